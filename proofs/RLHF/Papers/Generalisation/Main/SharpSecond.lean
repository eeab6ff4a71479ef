module
public import RLHF.Archimedean.Sharp.SecondOrder
public import RLHF.Papers.Generalisation.Main.HighProbability
public import RLHF.Papers.Generalisation.Main.LogForm
public import RLHF.Papers.Generalisation.Main.Randomised
public import RLHF.Papers.Generalisation.Main.SecondEdition
public import RLHF.Papers.Generalisation.Main.WithoutCoverage

/-!
# Headline theorems: with the least constant, second edition

Every statement of the group "With the least constant, second edition", under the name of its entry
in the claim table, and nothing else.

## Conventions
* Each is the theorem without `_sharp` in an Archimedean field, with `C = ψ(M)`, the least
  second-order constant on `[-M, M]` (`second_order_constant`), for any one; nothing else differs.

## References
arXiv 2601.16403, arXiv 2410.15610: each theorem as the one without `_sharp`.
-/

public section

namespace RLHF

attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R] {N m d n k : Nat} (P : Problem R N m d)
  {D : Fin N → R}

/-- With `C = ψ(M)`: Every rule `S ↦ θ_S` with `∇J_S(θ_S) = 0` within `ρ` of `θ*` has `E_S[J(θ*) -
J(θ_S)] ≤ C K ρ² k / (n + 1)`, `K = B²/λ`. 2601.16403, cf. Theorem 3, here without Assumption 5. -/
theorem suboptimality_no_coverage_sharp (hR : Archimedean R) {w : Fin k → Vec R d}
    (hw : P.SpanDifferences w) {alg : (Fin n → Fin N) → Vec R d} {B C ρ : R}
    (hB : P.FeatureBound B) (hρ : ∀ S, norm (P.trueParam - alg S) ≤ ρ)
    (hopt : ∀ S, P.gradient S (alg S) = 0) (hC : C = psi (2 * (B * ρ) / P.klCoef))
    (hD : IsProb D) :
    expectSample D (fun S => P.population D P.trueParam - P.population D (alg S)) ≤
      C * (B * B / P.klCoef * (ρ * ρ)) * ((k : R) / ((n : R) + 1)) :=
  suboptimality_no_coverage P hw hB hρ hopt (expBound_of_eq_psi hR hC) (nonneg_of_eq_psi hC) hD

/-- With `C = ψ(M)`: `J_x(θ*) - J_x(θ) ≤ λ log(1 + (C/λ) ⟨∇J_x(θ), u⟩)` for `‖u‖ ≤ ρ`, `C` at
`Δρ/λ`. 2410.15610, cf. weak gradient domination, for the policy class of 2601.16403. -/
theorem gap_log_form_sharp (hR : Archimedean R) {Δ C ρ : R} (hΔ : P.DifferenceBound Δ)
    {θ : Vec R d} (hρ : norm (P.trueParam - θ) ≤ ρ) (hC : C = psi (Δ * ρ / P.klCoef))
    (x : Fin N) : P.objectiveAt x P.trueParam - P.objectiveAt x θ ≤
      P.klCoef * log (1 + C / P.klCoef * inner (P.gradientAt x θ) (P.trueParam - θ)) :=
  gap_log_form P hΔ hρ (expBound_of_eq_psi hR hC) x

/-- With `C = ψ(M)`: The same for `J_S` with `∇J_S`, and for `J` with the mean of `⟨∇J_x(θ), u⟩`
under `D`, by Jensen. 2410.15610, cf. weak gradient domination, for the policy class of 2601.16403.
-/
theorem gap_log_form_sample_sharp (hR : Archimedean R) {Δ C ρ : R} (hΔ : P.DifferenceBound Δ)
    {θ : Vec R d} (hρ : norm (P.trueParam - θ) ≤ ρ) (hC : C = psi (Δ * ρ / P.klCoef)) :
    (∀ S : Fin n → Fin N, P.objective S P.trueParam - P.objective S θ ≤
      P.klCoef * log (1 + C / P.klCoef * inner (P.gradient S θ) (P.trueParam - θ))) ∧
    (IsProb D → P.population D P.trueParam - P.population D θ ≤ P.klCoef * log (1 +
      C / P.klCoef * mean D fun x => inner (P.gradientAt x θ) (P.trueParam - θ))) :=
  gap_log_form_sample P hΔ hρ (expBound_of_eq_psi hR hC)

/-- With `C = ψ(M)`: `J(θ*) - J(θ) ≤ λ log(1 + (C/λ²) (√((B²/σ) λ ρ ‖∇J_S(θ)‖) + ε ρ)²)`, which is
at most `λ log(1 + (C/λ) (κ ρ ‖∇J_S(θ)‖ + 2 ε² ρ² / λ))`, `κ = 2B²/σ`. 2601.16403, cf. Theorems 3,
5, 7 (another route). -/
theorem suboptimality_direct_log_sharp
    (hR : Archimedean R) {S : Fin n → Fin N} {θ : Vec R d} {proj : Fin d → Vec R d}
    {σ ε B C ρ : R} (hcov : P.Coverage S θ proj σ ε) (hB : P.FeatureBound B)
    (hρ : norm (P.trueParam - θ) ≤ ρ) (hC : C = psi (2 * (B * ρ) / P.klCoef)) (hD : IsProb D) :
    P.population D P.trueParam - P.population D θ ≤ P.klCoef * log (1 +
      C / (P.klCoef * P.klCoef) *
        ((sqrt (B * B / σ * (P.klCoef * (ρ * norm (P.gradient S θ)))) + ε * ρ) *
          (sqrt (B * B / σ * (P.klCoef * (ρ * norm (P.gradient S θ)))) + ε * ρ))) ∧
    P.population D P.trueParam - P.population D θ ≤ P.klCoef * log (1 + C / P.klCoef *
      (2 * (B * B) / σ * (ρ * norm (P.gradient S θ)) + 2 * (ε * ε) * (ρ * ρ) / P.klCoef)) :=
  suboptimality_direct_log P hcov hB hρ (expBound_of_eq_psi hR hC) (nonneg_of_eq_psi hC) hD

/-- With `C = ψ(M)`: On every sample covered at `θ*`, some iterate of gradient ascent before `T`,
step `λ/B²`, has `J(θ*) - J(θ_t) ≤ λ log(1 + (C/λ²) (√((B²/(e^{-M} σ)) B² ρ² / T) + ε ρ)²)`, which
is at most `λ log(1 + (C/λ) (κ (B²/λ) ρ² / T + 2 ε² ρ² / λ))`, `κ = 2B²/(e^{-M} σ)`. 2601.16403, cf.
Theorem 5 (direct route). -/
theorem suboptimality_direct_ga_log_sharp
    (hR : Archimedean R) {S : Fin n → Fin N} {θ0 : Vec R d} {proj : Fin d → Vec R d}
    {σ ε B C ρ : R} (hcov : P.Coverage S P.trueParam proj σ ε) (hB : P.FeatureBound B)
    (hρ : norm (P.trueParam - θ0) = ρ) (hC : C = psi (2 * (B * ρ) / P.klCoef)) (hD : IsProb D)
    {T : Nat} (hT : 0 < T) : ∃ t, t < T ∧
    P.population D P.trueParam -
        P.population D (P.gradientAscent S θ0 (P.klCoef / (B * B)) t) ≤
      P.klCoef * log (1 + C / (P.klCoef * P.klCoef) *
        ((sqrt (B * B / (exp (-(2 * (B * ρ) / P.klCoef)) * σ) *
          (P.klCoef * (B * B / P.klCoef * (ρ * ρ) / (T : R)))) + ε * ρ) *
        (sqrt (B * B / (exp (-(2 * (B * ρ) / P.klCoef)) * σ) *
          (P.klCoef * (B * B / P.klCoef * (ρ * ρ) / (T : R)))) + ε * ρ))) ∧
    P.population D P.trueParam -
        P.population D (P.gradientAscent S θ0 (P.klCoef / (B * B)) t) ≤
      P.klCoef * log (1 + C / P.klCoef *
        (2 * (B * B) / (exp (-(2 * (B * ρ) / P.klCoef)) * σ) *
          (B * B / P.klCoef * (ρ * ρ) / (T : R)) + 2 * (ε * ε) * (ρ * ρ) / P.klCoef)) :=
  suboptimality_direct_ga_log P hcov hB hρ (expBound_of_eq_psi hR hC) (nonneg_of_eq_psi hC) hD hT

/-- With `C = ψ(M)`: Gradient ascent with step `λ/B²` from `θ_0`, `‖θ* - θ_0‖ = ρ`: with probability
at least `1 - N exp(-n p / 8)` some iterate before `T` has `J(θ*) - J(θ_t) ≤ 2 C (B²/λ) ρ² / T`.
2601.16403, cf. Theorem 5. -/
theorem suboptimality_whp_ga_sharp (hR : Archimedean R) {θ0 : Vec R d} {B C ρ p : R}
    (hD : IsProb D) (hp : ∀ x, p ≤ D x) (hB : P.FeatureBound B) (hn : 0 < n)
    (hρ : norm (P.trueParam - θ0) = ρ) (hC : C = psi (2 * (B * ρ) / P.klCoef)) {T : Nat}
    (hT : 0 < T) :
    1 - (N : R) * exp (-((n : R) * p / 8)) ≤ probSample D (fun S : Fin n → Fin N =>
      ∃ t, t < T ∧ P.population D P.trueParam -
        P.population D (P.gradientAscent S θ0 (P.klCoef / (B * B)) t) ≤
          2 * (C * (B * B / P.klCoef * (ρ * ρ) / (T : R)))) :=
  suboptimality_whp_ga P hD hp hB hn hρ (expBound_of_eq_psi hR hC) hT

/-- With `C = ψ(M)`: Stochastic gradient ascent, one uniform prompt of the sample a step, full
expectation over actions, step `λ/B²`: with probability at least `1 - N exp(-n p / 8)` over the
sample, the average over `t < T` of `E[J(θ*) - J(θ_t)]` is at most `2 C (B²/λ) ρ² / T`. 2601.16403,
cf. Theorem 7. -/
theorem suboptimality_whp_sga_sharp (hR : Archimedean R) {θ0 : Vec R d} {B C ρ p : R}
    (hD : IsProb D) (hp : ∀ x, p ≤ D x) (hB : P.FeatureBound B) (hn : 0 < n)
    (hρ : norm (P.trueParam - θ0) = ρ) (hC : C = psi (2 * (B * ρ) / P.klCoef)) {T : Nat}
    (hT : 0 < T) :
    1 - (N : R) * exp (-((n : R) * p / 8)) ≤ probSample D (fun S : Fin n → Fin N =>
      (average fun t : Fin T => expectSample uniform fun draws : Fin t → Fin n =>
        P.population D P.trueParam -
          P.population D (P.stochasticAscent S θ0 (P.klCoef / (B * B)) draws)) ≤
      2 * (C * (B * B / P.klCoef * (ρ * ρ) / (T : R)))) :=
  suboptimality_whp_sga P hD hp hB hn hρ (expBound_of_eq_psi hR hC) hT

/-- With `C = ψ(M)`: Stochastic gradient ascent with step `λ/B²` from `θ_0`, `‖θ* - θ_0‖ = ρ`, `T`
uniform draws, coverage of every `S` at `θ*`, and of the iterates `θ_t`, `t < T`, the one returned
of least `‖∇J_S(θ_t)‖`: `E_S E[J(θ*) - J(θ̂)]` is at most `B ‖θ*‖ / √n + C (B²/λ) ρ² / √T + C (κ ρ ·
(B²/λ) ρ / √T + 2 ε² ρ² / λ)`, here with `κ = 2B² / (e^{-M} σ)`. 2601.16403, cf. Theorem 7. -/
theorem suboptimality_sga_three_terms_sharp (hR : Archimedean R) {θ0 : Vec R d}
    {proj : (Fin n → Fin N) → Fin d → Vec R d} {σ ε B C ρ : R}
    (hcov : ∀ S, P.Coverage S P.trueParam (proj S) σ ε) (hB : P.FeatureBound B)
    (hρ : norm (P.trueParam - θ0) = ρ) (hC : C = psi (2 * (B * ρ) / P.klCoef))
    (hD : IsProb D) (hn : 0 < n) {T : Nat} (hT : 0 < T) :
    (expectSample D fun S : Fin n → Fin N => expectSample uniform fun draws : Fin T → Fin n =>
      P.population D P.trueParam -
        P.population D (P.leastGradientIterate S θ0 (P.klCoef / (B * B)) draws)) ≤
    B * norm P.trueParam / sqrt (n : R) + C * (B * B / P.klCoef * (ρ * ρ) / sqrt (T : R)) +
      C * (2 * (B * B) / (exp (-(2 * (B * ρ) / P.klCoef)) * σ) * ρ *
        (B * B / P.klCoef * ρ / sqrt (T : R)) + 2 * (ε * ε) * (ρ * ρ) / P.klCoef) :=
  suboptimality_sga_three_terms P hcov hB hρ (expBound_of_eq_psi hR hC) (nonneg_of_eq_psi hC) hD hn
    hT

/-- With `C = ψ(M)`: As `suboptimality_sga_three_terms`, without the concentration term `B ‖θ*‖ /
√n`: in expectation `J_S(θ*) - J(θ*)` is `0`. 2601.16403, cf. Theorem 7. -/
theorem suboptimality_sga_two_terms_sharp (hR : Archimedean R) {θ0 : Vec R d}
    {proj : (Fin n → Fin N) → Fin d → Vec R d} {σ ε B C ρ : R}
    (hcov : ∀ S, P.Coverage S P.trueParam (proj S) σ ε) (hB : P.FeatureBound B)
    (hρ : norm (P.trueParam - θ0) = ρ) (hC : C = psi (2 * (B * ρ) / P.klCoef))
    (hD : IsProb D) (hn : 0 < n) {T : Nat} (hT : 0 < T) :
    (expectSample D fun S : Fin n → Fin N => expectSample uniform fun draws : Fin T → Fin n =>
      P.population D P.trueParam -
        P.population D (P.leastGradientIterate S θ0 (P.klCoef / (B * B)) draws)) ≤
    C * (B * B / P.klCoef * (ρ * ρ) / sqrt (T : R)) +
      C * (2 * (B * B) / (exp (-(2 * (B * ρ) / P.klCoef)) * σ) * ρ *
        (B * B / P.klCoef * ρ / sqrt (T : R)) + 2 * (ε * ε) * (ρ * ρ) / P.klCoef) :=
  suboptimality_sga_two_terms P hcov hB hρ (expBound_of_eq_psi hR hC) (nonneg_of_eq_psi hC) hD hn hT

/-- With `C = ψ(M)`: Projected stochastic ascent along a noisy gradient of `J_S`, with a ball of
radius `r` that contains `θ*` and `θ_0`, whose noise need not vanish at `θ*`, on every sample
covered at `θ*`: the average over `t < T` of `E[J(θ*) - J(θ_t)]` is at most `C (κ (ρ²/(ηT) + η s²) +
8 ε² r² / λ)` for `0 < η ≤ λ/B²`, and at most `C (κ (ρ²/α + α s²)/√T + 8 ε² r² / λ)` at `η = α/√T`
for `0 < α ≤ λ/B²`; `ρ = ‖θ* - θ_0‖`, `C` at `M = 4Br/λ`, `κ = 2B² / (e^{-M} σ)`. 2601.16403, cf.
Theorem 7 (direct route). -/
theorem suboptimality_noisy_sharp (hR : Archimedean R) {B C s r σ ε : R} {S : Fin n → Fin N}
    {w : Fin k → R} {g : Fin k → Vec R d → Vec R d} {c θ0 : Vec R d} {proj : Fin d → Vec R d}
    (horacle : P.NoisyOracle S w g c r s) (hcov : P.Coverage S P.trueParam proj σ ε)
    (hB : P.FeatureBound B) (hstar : norm (P.trueParam - c) ≤ r) (hstart : norm (θ0 - c) ≤ r)
    (hC : C = psi (2 * (B * (2 * r)) / P.klCoef)) (hD : IsProb D) {T : Nat} (hT : 0 < T) :
    (∀ η : R, 0 < η → η * (B * B / P.klCoef) ≤ 1 →
      (average fun t : Fin T => expectSample w fun draws : Fin t → Fin k =>
        P.population D P.trueParam - P.population D (projectedAscent g c r θ0 η draws)) ≤
      C * (conditionNumber B (exp (-P.exponentRadius B (2 * r)) * σ) *
        (norm (P.trueParam - θ0) * norm (P.trueParam - θ0) / (η * (T : R)) + η * (s * s)) +
          2 * (ε * ε) * (2 * r * (2 * r)) / P.klCoef)) ∧
    ∀ α : R, 0 < α → α * (B * B / P.klCoef) ≤ 1 →
      (average fun t : Fin T => expectSample w fun draws : Fin t → Fin k =>
        P.population D P.trueParam -
          P.population D (projectedAscent g c r θ0 (α / sqrt (T : R)) draws)) ≤
      C * (conditionNumber B (exp (-P.exponentRadius B (2 * r)) * σ) *
        ((norm (P.trueParam - θ0) * norm (P.trueParam - θ0) / α + α * (s * s)) / sqrt (T : R)) +
          2 * (ε * ε) * (2 * r * (2 * r)) / P.klCoef) :=
  suboptimality_noisy P horacle hcov hB hstar hstart (expBound_of_eq_psi hR hC)
    (nonneg_of_eq_psi hC) hD hT

/-- With `C = ψ(M)`: stochastic gradient ascent, one uniform prompt of the sample a step, step
`λ/B²`, on every sample covered at `θ*`: the average over `t < T` of `E[J(θ*) - J(θ_t)]` with the
logarithm kept, for any split `s > 0`. 2601.16403, cf. Theorem 7 (direct route). -/
theorem suboptimality_sga_log_sharp
    (hR : Archimedean R) {S : Fin n → Fin N} {θ0 : Vec R d} {proj : Fin d → Vec R d}
    {σ ε B C ρ : R} (hcov : P.Coverage S P.trueParam proj σ ε) (hB : P.FeatureBound B)
    (hρ : norm (P.trueParam - θ0) = ρ) (hC : C = psi (2 * (B * ρ) / P.klCoef)) (hD : IsProb D)
    (hn : 0 < n) {T : Nat} (hT : 0 < T) {s : R} (hs : 0 < s) :
    (average fun t : Fin T => expectSample uniform fun draws : Fin t → Fin n =>
      P.population D P.trueParam -
        P.population D (P.stochasticAscent S θ0 (P.klCoef / (B * B)) draws)) ≤
    P.klCoef * log (1 + C / (P.klCoef * P.klCoef) *
      ((1 + s) * (B * B / (exp (-(2 * (B * ρ) / P.klCoef)) * σ) *
        (P.klCoef * (B * B / P.klCoef * (ρ * ρ) / (T : R)))) +
        (1 + 1 / s) * (ε * ρ * (ε * ρ)))) :=
  suboptimality_sga_log P hcov hB hρ (expBound_of_eq_psi hR hC) (nonneg_of_eq_psi hC) hD hn hT hs

/-- With `C = ψ(M)`: projected stochastic ascent whose estimates have a law that depends on the
point, as where actions are drawn from the current policy. 2601.16403, cf. Theorem 7 (direct route;
sampled actions, and noise). -/
theorem suboptimality_sampled_sharp (hR : Archimedean R) {B C L s r σ ε η : R} {S : Fin n → Fin N}
    {law : Vec R d → Expect R (Vec R d)} {c θ0 : Vec R d} {proj : Fin d → Vec R d}
    (hlaw : P.SampledGradient S law c r L s) (hcov : P.Coverage S P.trueParam proj σ ε)
    (hB : P.FeatureBound B) (hstar : norm (P.trueParam - c) ≤ r) (hstart : norm (θ0 - c) ≤ r)
    (hC : C = psi (2 * (B * (2 * r)) / P.klCoef)) (hD : IsProb D) {T : Nat} (hT : 0 < T)
    (hη0 : 0 < η) (hη : η * L ≤ 1) :
    (average fun t : Fin T => expectIterate (projectedTransition law c r η) t
      (fun θ => P.population D P.trueParam - P.population D θ) θ0) ≤
    C * (conditionNumber B (exp (-P.exponentRadius B (2 * r)) * σ) *
      (norm (P.trueParam - θ0) * norm (P.trueParam - θ0) / (η * (T : R)) + η * (s * s)) +
        2 * (ε * ε) * (2 * r * (2 * r)) / P.klCoef) :=
  suboptimality_sampled P hlaw hcov hB hstar hstart (expBound_of_eq_psi hR hC)
    (nonneg_of_eq_psi hC) hD hT hη0 hη

/-! ### Iterates that an algorithm can find -/

/-- With `C = ψ(M)`, `M = 2Bρ/λ`, `‖θ* - θ‖ ≤ ρ`: the gap is `⟨∇J(θ), θ* - θ⟩` up to the factors
`1/(2 + M/2)²` and `C`, at each prompt, and on each sample. 2410.15610, cf. weak gradient
domination, for the policy class of 2601.16403. -/
theorem gap_two_sided_sharp (hR : Archimedean R) {B C ρ : R} (hB : P.FeatureBound B) {θ : Vec R d}
    (hρ : norm (P.trueParam - θ) ≤ ρ) (hC : C = psi (P.exponentRadius B ρ)) :
    (∀ x, inner (P.gradientAt x θ) (P.trueParam - θ) ≤
        (2 + P.exponentRadius B ρ / 2) * (2 + P.exponentRadius B ρ / 2) *
          (P.objectiveAt x P.trueParam - P.objectiveAt x θ) ∧
      P.objectiveAt x P.trueParam - P.objectiveAt x θ ≤
        C * inner (P.gradientAt x θ) (P.trueParam - θ)) ∧
    ∀ S : Fin n → Fin N, inner (P.gradient S θ) (P.trueParam - θ) ≤
        (2 + P.exponentRadius B ρ / 2) * (2 + P.exponentRadius B ρ / 2) *
          (P.objective S P.trueParam - P.objective S θ) ∧
      P.objective S P.trueParam - P.objective S θ ≤
        C * inner (P.gradient S θ) (P.trueParam - θ) :=
  gap_two_sided P hB hρ (expBound_of_eq_psi hR hC)

/-- With `C = ψ(M)`: the last iterate of gradient ascent with `η L ≤ 1`, `L = K (1 + M)`, on every
sample covered at `θ*`: `J(θ*) - J(θ_T) ≤ C (κ (2 + M/2)² C ρ² / (η T) + 2 ε² ρ² / λ)`,
`κ = 2B² / (e^{-M} σ)`. 2601.16403, cf. Theorem 5 (the last iterate). -/
theorem suboptimality_ga_last_iterate_sharp (hR : Archimedean R) {S : Fin n → Fin N}
    {θ0 : Vec R d} {proj : Fin d → Vec R d}
    {σ ε B C ρ η : R} (hcov : P.Coverage S P.trueParam proj σ ε) (hB : P.FeatureBound B)
    (hn : 0 < n) (hρ : norm (P.trueParam - θ0) = ρ) (hη0 : 0 < η)
    (hη : η * (P.cocoercivity B * (1 + P.exponentRadius B ρ)) ≤ 1)
    (hC : C = psi (P.exponentRadius B ρ)) (hD : IsProb D) {T : Nat} (hT : 0 < T) :
    P.population D P.trueParam - P.population D (P.gradientAscent S θ0 η T) ≤
    C * (conditionNumber B (exp (-P.exponentRadius B ρ) * σ) *
      ((2 + P.exponentRadius B ρ / 2) * (2 + P.exponentRadius B ρ / 2) *
        (C * (ρ * ρ / (η * (T : R))))) + 2 * (ε * ε) * (ρ * ρ) / P.klCoef) :=
  suboptimality_ga_last_iterate P hcov hB hn hρ hη0 hη (expBound_of_eq_psi hR hC)
    (nonneg_of_eq_psi hC) hD hT

/-- With `C = ψ(M)`: the iterate of least gradient norm before `T`, step `λ/B²`, on every sample
covered at `θ*`: `J(θ*) - J(θ_t) ≤ C (κ K ρ² / √T + 2 ε² ρ² / λ)`, and
`J(θ*) - J(θ_t) ≤ C (κ (κ K ρ² / T + 2 ε² ρ² / λ) + 2 ε² ρ² / λ)`, `κ = 2B² / (e^{-M} σ)`.
2601.16403, cf. Theorem 5. -/
theorem suboptimality_ga_least_gradient_sharp (hR : Archimedean R) {S : Fin n → Fin N}
    {θ0 : Vec R d}
    {proj : Fin d → Vec R d} {σ ε κ B C ρ : R} (hcov : P.Coverage S P.trueParam proj σ ε)
    (hB : P.FeatureBound B) (hρ : norm (P.trueParam - θ0) = ρ)
    (hC : C = psi (P.exponentRadius B ρ)) (hD : IsProb D) {t T : Nat}
    (ht : t < T)
    (hmin : ∀ s, s < T → norm (P.gradient S (P.gradientAscent S θ0 (P.stepSize B) t)) ≤
      norm (P.gradient S (P.gradientAscent S θ0 (P.stepSize B) s)))
    (hκ : κ = conditionNumber B (exp (-P.exponentRadius B ρ) * σ)) :
    P.population D P.trueParam - P.population D (P.gradientAscent S θ0 (P.stepSize B) t) ≤
      C * (κ * (P.cocoercivity B * (ρ * ρ) / sqrt (T : R)) +
        2 * (ε * ε) * (ρ * ρ) / P.klCoef) ∧
    P.population D P.trueParam - P.population D (P.gradientAscent S θ0 (P.stepSize B) t) ≤
      C * (κ * (κ * (P.cocoercivity B * (ρ * ρ) / (T : R)) + 2 * (ε * ε) * (ρ * ρ) / P.klCoef) +
        2 * (ε * ε) * (ρ * ρ) / P.klCoef) :=
  suboptimality_ga_least_gradient P hcov hB hρ (expBound_of_eq_psi hR hC) (nonneg_of_eq_psi hC) hD
    ht hmin hκ

/-- With `C = ψ(M)`: If `S` covers at `θ_S` with probability at least `1 - δ`, `κ = 2B²/σ`, then
with this probability `J(θ*) - J(θ_S) ≤ C (κ ρ ‖∇J_S(θ_S)‖ + 2 ε² ρ² / λ)`, and
`E_S[J(θ*) - J(θ_S)] ≤ C (κ ρ E_S[‖∇J_S(θ_S)‖] + (2 ε² + δ B²) ρ² / λ)`. 2601.16403,
cf. Theorems 3, 5, 7 (another route). -/
theorem suboptimality_mostly_covered_sharp (hR : Archimedean R)
    {alg : (Fin n → Fin N) → Vec R d} {proj : (Fin n → Fin N) → Fin d → Vec R d}
    {σ ε δ B C ρ : R}
    (hcov : 1 - δ ≤ probSample D (fun S => P.Coverage S (alg S) (proj S) σ ε)) (hσ : 0 < σ)
    (hB : P.FeatureBound B) (hρ : ∀ S, norm (P.trueParam - alg S) ≤ ρ)
    (hC : C = psi (P.exponentRadius B ρ)) (hD : IsProb D) :
    1 - δ ≤ probSample D (fun S => P.population D P.trueParam - P.population D (alg S) ≤
      C * (conditionNumber B σ * ρ * norm (P.gradient S (alg S)) +
        2 * (ε * ε) * (ρ * ρ) / P.klCoef)) ∧
    expectSample D (fun S => P.population D P.trueParam - P.population D (alg S)) ≤
      C * (conditionNumber B σ * ρ * expectSample D (fun S => norm (P.gradient S (alg S))) +
        (2 * (ε * ε) + δ * (B * B)) * (ρ * ρ) / P.klCoef) :=
  suboptimality_mostly_covered P hcov hσ hB hρ (expBound_of_eq_psi hR hC) (nonneg_of_eq_psi hC) hD

/-- With `C = ψ(M)`: As `suboptimality_frequent_prompts`: with probability at least `1 - δ` at every
`θ` within `ρ` of `θ*`, and in expectation. 2601.16403, cf. Assumption 5 and Theorems 3, 5, 7
(another route). -/
theorem suboptimality_frequent_prompts_sharp (hR : Archimedean R) {G : Fin N → Prop}
    {proj : Fin d → Vec R d} {σ ε δ B C ρ : R}
    (hcov : P.PopulationCoverage (fun x => D x * indicator (G x)) P.trueParam proj σ ε)
    (hδ : δ = sum fun x => indicator (G x) * exp (-((n : R) * D x / 8))) (hB : P.FeatureBound B)
    (hC : C = psi (P.exponentRadius B ρ)) (hD : IsProb D) :
    1 - δ ≤ probSample D (fun S : Fin n → Fin N => ∀ θ, norm (P.trueParam - θ) ≤ ρ →
      P.population D P.trueParam - P.population D θ ≤
        C * (conditionNumber B (exp (-P.exponentRadius B ρ) * (σ / 2)) * ρ *
          norm (P.gradient S θ) + 2 * (ε * ε) * (ρ * ρ) / P.klCoef)) ∧
    ∀ alg : (Fin n → Fin N) → Vec R d, (∀ S, norm (P.trueParam - alg S) ≤ ρ) →
      expectSample D (fun S => P.population D P.trueParam - P.population D (alg S)) ≤
        C * (conditionNumber B (exp (-P.exponentRadius B ρ) * (σ / 2)) * ρ *
          expectSample D (fun S => norm (P.gradient S (alg S))) +
          (2 * (ε * ε) + δ * (B * B)) * (ρ * ρ) / P.klCoef) :=
  suboptimality_frequent_prompts P hcov hδ hB (expBound_of_eq_psi hR hC) (nonneg_of_eq_psi hC) hD

/-- With `C = ψ(M)`: under exact coverage (`ε = 0`) at the start, with step `λ/B²`:
`‖Π u_t‖² ≤ (1 - e^{-2M} σ/B²)^t ‖Π u_0‖²`, and the gap at every prompt, seen or not, is at most
`C K (1 - e^{-2M} σ/B²)^t ‖Π u_0‖²`. 2601.16403, cf. Assumption 5. -/
theorem ga_linear_from_start_sharp (hR : Archimedean R) {B C ρ σ : R} {S : Fin n → Fin N}
    {θ0 : Vec R d}
    {proj : Fin d → Vec R d} (hcov : P.Coverage S θ0 proj σ 0) (hB : P.FeatureBound B)
    (hρ : norm (P.trueParam - θ0) = ρ) (hC : C = psi (P.exponentRadius B ρ)) (t : Nat) :
    norm (mulVec proj (P.trueParam - P.gradientAscent S θ0 (P.stepSize B) t)) *
      norm (mulVec proj (P.trueParam - P.gradientAscent S θ0 (P.stepSize B) t)) ≤
    (1 - exp (-(2 * P.exponentRadius B ρ)) * σ / (B * B)) ^ t *
      (norm (mulVec proj (P.trueParam - θ0)) * norm (mulVec proj (P.trueParam - θ0))) ∧
    ∀ x, P.objectiveAt x P.trueParam -
        P.objectiveAt x (P.gradientAscent S θ0 (P.stepSize B) t) ≤
      C * (P.cocoercivity B * ((1 - exp (-(2 * P.exponentRadius B ρ)) * σ / (B * B)) ^ t *
        (norm (mulVec proj (P.trueParam - θ0)) * norm (mulVec proj (P.trueParam - θ0))))) :=
  ga_linear_from_start P hcov hB hρ (expBound_of_eq_psi hR hC) (nonneg_of_eq_psi hC) t

end RLHF
