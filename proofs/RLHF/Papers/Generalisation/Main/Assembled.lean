module
public import RLHF.Model.Constants
public import RLHF.Papers.Generalisation.Suboptimality.Assembled
public import RLHF.Papers.Generalisation.Suboptimality.Stochastic

/-!
# Headline theorems: assembled bounds on the population gap

Every statement of the group "Assembled theorems", each a bound on `J(θ*) - J(θ̂)`, under the name
of its entry in the claim table, and nothing else.

## Conventions
* `R` is any exponential ordered field, `P` a problem, `S` a sample of `n` prompts, `D` the prompt
  weights. No bound depends on the dimension `d`.
* `C` is a second-order constant of the exponential (`ExpBound`) at `M = 2Bρ/λ`; `0 ≤ C` follows
  from `0 < M` (`ExpBound.nonneg`).
* `K`, `M`, `κ` and the step `λ/B²` are `P.cocoercivity B`, `P.exponentRadius B ρ`,
  `conditionNumber B σ` and `P.stepSize B`.

## References
arXiv 2601.16403, cf. Theorems 3, 5, 7.
-/

public section

namespace RLHF

attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R] {N m d n : Nat} (P : Problem R N m d) {D : Fin N → R}

/-! ### Concentration, optimisation, generalisation -/

/-- `E_S[J(θ*) - J(θ_S)] ≤ B ‖θ*‖ / √n + 2 C ε² ρ² / λ` for empirical optima, `∇J_S(θ_S) = 0`,
within `ρ` of `θ*`, with coverage of `S` at `θ_S`. 2601.16403, cf. Theorem 3. -/
theorem suboptimality_empirical_optimum {alg : (Fin n → Fin N) → Vec R d}
    {proj : (Fin n → Fin N) → Fin d → Vec R d} {σ ε B C ρ : R}
    (hcov : ∀ S, P.Coverage S (alg S) (proj S) σ ε) (hB : P.FeatureBound B)
    (hρ : ∀ S, norm (P.trueParam - alg S) ≤ ρ) (hopt : ∀ S, P.gradient S (alg S) = 0)
    (hC : ExpBound (P.exponentRadius B ρ) C) (hC0 : 0 ≤ C) (hD : IsProb D) (hn : 0 < n) :
    expectSample D (fun S => P.population D P.trueParam - P.population D (alg S)) ≤
      B * norm P.trueParam / sqrt (n : R) + C * (2 * (ε * ε) * (ρ * ρ) / P.klCoef) :=
  Problem.expectSample_gap_le_of_stationary hcov hB hρ hopt hC hC0 hD hn

/-- Gradient ascent with step `λ/B²` from `θ_0`, `‖θ* - θ_0‖ = ρ`, coverage of every `S` at `θ*`,
stopped at a suitable `t(S) < T`: `E_S[J(θ*) - J(θ_{t(S)})]` is at most
`B ‖θ*‖ / √n + C (B²/λ) ρ² / T + C (κ ρ · (B²/λ) ρ / √T + 2 ε² ρ² / λ)`, here with
`κ = 2B² / (e^{-M} σ)`. 2601.16403, cf. Theorem 5. -/
theorem suboptimality_ga {θ0 : Vec R d} {proj : (Fin n → Fin N) → Fin d → Vec R d} {σ ε B C ρ : R}
    (hcov : ∀ S, P.Coverage S P.trueParam (proj S) σ ε) (hB : P.FeatureBound B)
    (hρ : norm (P.trueParam - θ0) = ρ) (hC : ExpBound (P.exponentRadius B ρ) C) (hC0 : 0 ≤ C)
    (hD : IsProb D) (hn : 0 < n) {T : Nat} (hT : 0 < T) :
    ∃ t : (Fin n → Fin N) → Nat, (∀ S, t S < T) ∧
    expectSample D (fun S => P.population D P.trueParam -
      P.population D (P.gradientAscent S θ0 (P.stepSize B) (t S))) ≤
    B * norm P.trueParam / sqrt (n : R) + C * (P.cocoercivity B * (ρ * ρ) / (T : R)) +
      C * (conditionNumber B (exp (-P.exponentRadius B ρ) * σ) * ρ *
        (P.cocoercivity B * ρ / sqrt (T : R)) + 2 * (ε * ε) * (ρ * ρ) / P.klCoef) :=
  Problem.expectSample_gap_gradientAscent_le hcov hB hρ hC hC0 hD hn hT

/-! ### Direct route -/

/-- `J(θ*) - J(θ) ≤ C (κ ρ ‖∇J_S(θ)‖ + 2 ε² ρ² / λ)` for every prompt distribution, without a
concentration term. 2601.16403, cf. Theorems 3, 5, 7 (another route). -/
theorem suboptimality_direct {S : Fin n → Fin N} {θ : Vec R d} {proj : Fin d → Vec R d}
    {σ ε B C ρ : R} (hcov : P.Coverage S θ proj σ ε) (hB : P.FeatureBound B)
    (hρ : norm (P.trueParam - θ) ≤ ρ) (hC : ExpBound (P.exponentRadius B ρ) C) (hC0 : 0 ≤ C)
    (hD : IsProb D) : P.population D P.trueParam - P.population D θ ≤
    C * (conditionNumber B σ * ρ * norm (P.gradient S θ) + 2 * (ε * ε) * (ρ * ρ) / P.klCoef) :=
  hcov.population_gap_le hB hρ hC hC0 hD

/-- On every sample covered at `θ*`, some iterate of gradient ascent before `T`, step `λ/B²`, has
`J(θ*) - J(θ_t) ≤ C (κ (B²/λ) ρ² / T + 2 ε² ρ² / λ)`, here with `κ = 2B² / (e^{-M} σ)`. 2601.16403,
cf. Theorem 5 (direct route). -/
theorem suboptimality_direct_ga {S : Fin n → Fin N} {θ0 : Vec R d} {proj : Fin d → Vec R d}
    {σ ε B C ρ : R} (hcov : P.Coverage S P.trueParam proj σ ε) (hB : P.FeatureBound B)
    (hρ : norm (P.trueParam - θ0) = ρ) (hC : ExpBound (P.exponentRadius B ρ) C) (hC0 : 0 ≤ C)
    (hD : IsProb D) {T : Nat} (hT : 0 < T) :
    ∃ t, t < T ∧ P.population D P.trueParam -
      P.population D (P.gradientAscent S θ0 (P.stepSize B) t) ≤
    C * (conditionNumber B (exp (-P.exponentRadius B ρ) * σ) *
      (P.cocoercivity B * (ρ * ρ) / (T : R)) + 2 * (ε * ε) * (ρ * ρ) / P.klCoef) :=
  Problem.population_gap_gradientAscent_le hcov hB hρ hC hC0 hD hT

/-- Stochastic gradient ascent, one uniform prompt of the sample a step, full expectation over
actions, step `λ/B²`: on every sample covered at `θ*` the average over `t < T` of
`E[J(θ*) - J(θ_t)]` is at most `C (κ (B²/λ) ρ² / T + 2 ε² ρ² / λ)`, here with
`κ = 2B² / (e^{-M} σ)`. 2601.16403, cf. Theorem 7 (direct route). -/
theorem suboptimality_sga {S : Fin n → Fin N} {θ0 : Vec R d} {proj : Fin d → Vec R d}
    {σ ε B C ρ : R} (hcov : P.Coverage S P.trueParam proj σ ε) (hB : P.FeatureBound B)
    (hρ : norm (P.trueParam - θ0) = ρ) (hC : ExpBound (P.exponentRadius B ρ) C) (hC0 : 0 ≤ C)
    (hD : IsProb D) (hn : 0 < n) {T : Nat} (hT : 0 < T) :
    (average fun t : Fin T => expectSample uniform fun draws : Fin t → Fin n =>
      P.population D P.trueParam -
        P.population D (P.stochasticAscent S θ0 (P.stepSize B) draws)) ≤
    C * (conditionNumber B (exp (-P.exponentRadius B ρ) * σ) *
      (P.cocoercivity B * (ρ * ρ) / (T : R)) + 2 * (ε * ε) * (ρ * ρ) / P.klCoef) :=
  Problem.average_population_gap_stochasticAscent_le hcov hB hρ hC hC0 hD hn hT

/-- Pairwise stochastic gradient ascent, one uniform prompt and two actions from `π_θ` a step, step
`λ/(2B²)`: as `suboptimality_sga`, with `2B²/λ` for `B²/λ`. 2601.16403, cf. Theorem 7 (direct
route). -/
theorem suboptimality_sga_pairwise {S : Fin n → Fin N} {θ0 : Vec R d} {proj : Fin d → Vec R d}
    {σ ε B C ρ : R} (hcov : P.Coverage S P.trueParam proj σ ε) (hB : P.FeatureBound B)
    (hρ : norm (P.trueParam - θ0) = ρ) (hC : ExpBound (P.exponentRadius B ρ) C) (hC0 : 0 ≤ C)
    (hD : IsProb D) (hn : 0 < n) {T : Nat} (hT : 0 < T) :
    (average fun t : Fin T => expectIterate (P.pairwiseTransition S (P.klCoef / (2 * (B * B)))) t
      (fun θ => P.population D P.trueParam - P.population D θ) θ0) ≤
    C * (conditionNumber B (exp (-P.exponentRadius B ρ) * σ) *
      (2 * (B * B) / P.klCoef * (ρ * ρ) / (T : R)) + 2 * (ε * ε) * (ρ * ρ) / P.klCoef) :=
  Problem.average_population_gap_pairwise_le hcov hB hρ hC hC0 hD hn hT

/-- On one sample that covers with the error `ε = c n^{-α}`, the term of the bound on the population
gap that is left at `∇J_S(θ) = 0` is of the order `n^{-2α}`, and of no smaller one
(`coverage_tight`). The second part is about numbers alone: `n^{-2α} = 1/√n` for `α = 1/4`. Whether
samples do cover with such an error is not said. 2601.16403, cf. Open Question 3. -/
theorem coverage_threshold {S : Fin n → Fin N} {θ : Vec R d} {proj : Fin d → Vec R d}
    {σ c α B C ρ : R} (hcov : P.Coverage S θ proj σ (c * exp (-(α * log (n : R)))))
    (hB : P.FeatureBound B) (hρ : norm (P.trueParam - θ) ≤ ρ)
    (hC : ExpBound (P.exponentRadius B ρ) C) (hC0 : 0 ≤ C) (hD : IsProb D) :
    P.population D P.trueParam - P.population D θ ≤
      C * (conditionNumber B σ * ρ * norm (P.gradient S θ) +
        2 * (c * c) * (ρ * ρ) / P.klCoef * exp (-(2 * α * log (n : R)))) ∧
    (0 < n → α = 1 / 4 → exp (-(2 * α * log (n : R))) = 1 / sqrt (n : R)) :=
  ⟨Problem.population_gap_le_of_threshold hcov hB hρ hC hC0 hD,
    fun hn hα => by rw [hα]; exact Problem.exp_neg_log_eq_one_div_sqrt hn⟩

end RLHF
