module
public import RLHF.Geometry.LogForm
public import RLHF.Model.Constants
public import RLHF.Papers.Generalisation.Stability.Split
public import RLHF.Papers.Generalisation.Suboptimality.LogForm
public import RLHF.Papers.Generalisation.Suboptimality.LogFormStochastic

/-!
# Headline theorems: bounds with the logarithm kept

Every statement of the group "Bounds with the logarithm kept", under the name of its entry in the
claim table, and nothing else. A gap is `λ log E exp Y`; here the logarithm stays, so that no bound
grows faster than of the order of `λ M` as `λ` falls, where the forms without it are exponential in
`M`, that is in `1/λ`. As `log(1 + t) ≤ t`, each is at most the form without it.

## Conventions
* `R` is any exponential ordered field, `P` a problem, `x` a prompt, `S` a sample of `n` prompts,
  `D` the prompt weights, `u = θ* - θ`.
* `Δ` bounds the differences of features; `2B` does if `‖φ‖ ≤ B` (`FeatureBound.differenceBound`).
* `C` is a second-order constant of the exponential (`ExpBound`); `exp M` is one. `log C` is at most
  `M` then: the bounds with coverage are of the order of `λ M = 2Bρ`, plus `λ` times the logarithm
  of what does not depend on `M`. `gap_range` stands beside them: the smaller of the two counts.

## References
arXiv 2410.15610, cf. weak gradient domination; arXiv 2601.16403, cf. Assumption 5, Theorems 3, 5
and 7.
-/

public section

namespace RLHF

attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R] {N m d n : Nat} (P : Problem R N m d) {D : Fin N → R}

/-- `J_x(θ*) - J_x(θ) ≤ λ log(1 + (C/λ) ⟨∇J_x(θ), u⟩)` for `‖u‖ ≤ ρ`, `C` at `Δρ/λ`. 2410.15610,
cf. weak gradient domination, for the policy class of 2601.16403. -/
theorem gap_log_form {Δ C ρ : R} (hΔ : P.DifferenceBound Δ) {θ : Vec R d}
    (hρ : norm (P.trueParam - θ) ≤ ρ) (hC : ExpBound (Δ * ρ / P.klCoef) C) (x : Fin N) :
    P.objectiveAt x P.trueParam - P.objectiveAt x θ ≤
      P.klCoef * log (1 + C / P.klCoef * inner (P.gradientAt x θ) (P.trueParam - θ)) :=
  hΔ.gap_le_log hρ hC x

/-- The same for `J_S` with `∇J_S`, and for `J` with the mean of `⟨∇J_x(θ), u⟩` under `D`, by
Jensen. 2410.15610, cf. weak gradient domination, for the policy class of 2601.16403. -/
theorem gap_log_form_sample {Δ C ρ : R} (hΔ : P.DifferenceBound Δ) {θ : Vec R d}
    (hρ : norm (P.trueParam - θ) ≤ ρ) (hC : ExpBound (Δ * ρ / P.klCoef) C) :
    (∀ S : Fin n → Fin N, P.objective S P.trueParam - P.objective S θ ≤
      P.klCoef * log (1 + C / P.klCoef * inner (P.gradient S θ) (P.trueParam - θ))) ∧
    (IsProb D → P.population D P.trueParam - P.population D θ ≤ P.klCoef * log (1 +
      C / P.klCoef * mean D fun x => inner (P.gradientAt x θ) (P.trueParam - θ))) :=
  ⟨hΔ.sample_gap_le_log hρ hC, hΔ.population_gap_le_log hρ hC⟩

/-- `0 ≤ J_x(θ*) - J_x(θ) ≤ Δ ‖u‖`, so also for `J_S` and for `J`. 2601.16403, cf. Definition 3
(suboptimality gap). -/
theorem gap_range {Δ : R} (hΔ : P.DifferenceBound Δ) (θ : Vec R d) :
    (∀ x, 0 ≤ P.objectiveAt x P.trueParam - P.objectiveAt x θ ∧
      P.objectiveAt x P.trueParam - P.objectiveAt x θ ≤ Δ * norm (P.trueParam - θ)) ∧
    (∀ S : Fin n → Fin N, 0 < n → 0 ≤ P.objective S P.trueParam - P.objective S θ ∧
      P.objective S P.trueParam - P.objective S θ ≤ Δ * norm (P.trueParam - θ)) ∧
    (IsProb D → 0 ≤ P.population D P.trueParam - P.population D θ ∧
      P.population D P.trueParam - P.population D θ ≤ Δ * norm (P.trueParam - θ)) :=
  ⟨fun x => ⟨P.gap_nonneg x θ, hΔ.gap_le x θ⟩, fun S hn => hΔ.sample_gap_range hn S θ,
    fun hD => hΔ.population_gap_range hD θ⟩

/-- `Var_π(⟨v, φ(x, ·)⟩) ≤ (√((B²/σ) ⟨V_S(θ) v, v⟩) + ε ‖v‖)²`, at most any
`(1 + t) (B²/σ) ⟨V_S(θ) v, v⟩ + (1 + 1/t) ε² ‖v‖²` with `t > 0`; with `ε = 0` it is
`(B²/σ) ⟨V_S(θ) v, v⟩`. 2601.16403, cf. Assumption 5. -/
theorem coverage_split {S : Fin n → Fin N} {θ : Vec R d} {proj : Fin d → Vec R d} {σ ε B : R}
    (hcov : P.Coverage S θ proj σ ε) (hB : P.FeatureBound B) (x : Fin N) {π : Fin m → R}
    (hπ : IsProb π) (v : Vec R d) :
    var π (fun a => inner v (P.feature x a)) ≤
      (sqrt (B * B / σ * inner (mulVec (P.covarianceOn S θ) v) v) + ε * norm v) *
      (sqrt (B * B / σ * inner (mulVec (P.covarianceOn S θ) v) v) + ε * norm v) ∧
    (∀ t, 0 < t → var π (fun a => inner v (P.feature x a)) ≤
      (1 + t) * (B * B / σ) * inner (mulVec (P.covarianceOn S θ) v) v +
        (1 + 1 / t) * (ε * ε) * (norm v * norm v)) ∧
    (ε = 0 → var π (fun a => inner v (P.feature x a)) ≤
      B * B / σ * inner (mulVec (P.covarianceOn S θ) v) v) :=
  ⟨hcov.var_le_mul_self hB x hπ v, fun _ ht => hcov.var_le_split hB x hπ v ht,
    fun h0 => (h0 ▸ hcov).var_le_of_exact hB x hπ v⟩

/-- As `coverage_split`, where only the differences of features are covered:
`(√((Δ²/σ) ⟨V_S(θ) v, v⟩) + ε ‖v‖)² / 4`. 2601.16403, cf. Assumption 5. -/
theorem coverage_split_differences {S : Fin n → Fin N} {θ : Vec R d} {proj : Fin d → Vec R d}
    {σ ε Δ : R} (hcov : P.DifferenceCoverage S θ proj σ ε) (hΔ : P.DifferenceBound Δ) (x : Fin N)
    {π : Fin m → R} (hπ : IsProb π) (v : Vec R d) :
    var π (fun a => inner v (P.feature x a)) ≤
      (sqrt (Δ * Δ / σ * inner (mulVec (P.covarianceOn S θ) v) v) + ε * norm v) *
      (sqrt (Δ * Δ / σ * inner (mulVec (P.covarianceOn S θ) v) v) + ε * norm v) / 4 ∧
    (∀ t, 0 < t → var π (fun a => inner v (P.feature x a)) ≤
      (1 + t) * (Δ * Δ / (4 * σ)) * inner (mulVec (P.covarianceOn S θ) v) v +
        (1 + 1 / t) * (ε * ε / 4) * (norm v * norm v)) ∧
    (ε = 0 → var π (fun a => inner v (P.feature x a)) ≤
      Δ * Δ / (4 * σ) * inner (mulVec (P.covarianceOn S θ) v) v) :=
  ⟨hcov.var_le_mul_self hΔ x hπ v, fun _ ht => hcov.var_le_split hΔ x hπ v ht,
    fun h0 => (h0 ▸ hcov).var_le_of_exact hΔ x hπ v⟩

/-- `J(θ*) - J(θ) ≤ λ log(1 + (C/λ²) (√((B²/σ) λ ρ ‖∇J_S(θ)‖) + ε ρ)²)`, which is at most
`λ log(1 + (C/λ) (κ ρ ‖∇J_S(θ)‖ + 2 ε² ρ² / λ))`, `κ = 2B²/σ`. 2601.16403, cf. Theorems 3, 5, 7
(another route). -/
theorem suboptimality_direct_log {S : Fin n → Fin N} {θ : Vec R d} {proj : Fin d → Vec R d}
    {σ ε B C ρ : R} (hcov : P.Coverage S θ proj σ ε) (hB : P.FeatureBound B)
    (hρ : norm (P.trueParam - θ) ≤ ρ) (hC : ExpBound (P.exponentRadius B ρ) C) (hC0 : 0 ≤ C)
    (hD : IsProb D) :
    P.population D P.trueParam - P.population D θ ≤ P.klCoef * log (1 +
      C / (P.klCoef * P.klCoef) *
        ((sqrt (B * B / σ * (P.klCoef * (ρ * norm (P.gradient S θ)))) + ε * ρ) *
          (sqrt (B * B / σ * (P.klCoef * (ρ * norm (P.gradient S θ)))) + ε * ρ))) ∧
    P.population D P.trueParam - P.population D θ ≤ P.klCoef * log (1 + C / P.klCoef *
      (conditionNumber B σ * (ρ * norm (P.gradient S θ)) + 2 * (ε * ε) * (ρ * ρ) / P.klCoef)) :=
  have h := hcov.population_gap_le_log hB hρ hC hC0 hD (Problem.inner_gradient_error_le hρ)
  ⟨h, Std.le_trans h (P.log_le_log_split hcov.eigenvalue_pos hC0
    (mul_nonneg (Std.le_trans (norm_nonneg _) hρ) (norm_nonneg _)) ε ρ)⟩

/-- On every sample covered at `θ*`, some iterate of gradient ascent before `T`, step `λ/B²`, has
`J(θ*) - J(θ_t) ≤ λ log(1 + (C/λ²) (√((B²/(e^{-M} σ)) B² ρ² / T) + ε ρ)²)`, which is at most
`λ log(1 + (C/λ) (κ (B²/λ) ρ² / T + 2 ε² ρ² / λ))`, `κ = 2B²/(e^{-M} σ)`. 2601.16403, cf. Theorem 5
(direct route). -/
theorem suboptimality_direct_ga_log {S : Fin n → Fin N} {θ0 : Vec R d} {proj : Fin d → Vec R d}
    {σ ε B C ρ : R} (hcov : P.Coverage S P.trueParam proj σ ε) (hB : P.FeatureBound B)
    (hρ : norm (P.trueParam - θ0) = ρ) (hC : ExpBound (P.exponentRadius B ρ) C) (hC0 : 0 ≤ C)
    (hD : IsProb D) {T : Nat} (hT : 0 < T) :
    ∃ t, t < T ∧
    P.population D P.trueParam - P.population D (P.gradientAscent S θ0 (P.stepSize B) t) ≤
      P.klCoef * log (1 + C / (P.klCoef * P.klCoef) *
        ((sqrt (B * B / (exp (-P.exponentRadius B ρ) * σ) *
          (P.klCoef * (P.cocoercivity B * (ρ * ρ) / (T : R)))) + ε * ρ) *
        (sqrt (B * B / (exp (-P.exponentRadius B ρ) * σ) *
          (P.klCoef * (P.cocoercivity B * (ρ * ρ) / (T : R)))) + ε * ρ))) ∧
    P.population D P.trueParam - P.population D (P.gradientAscent S θ0 (P.stepSize B) t) ≤
      P.klCoef * log (1 + C / P.klCoef * (conditionNumber B (exp (-P.exponentRadius B ρ) * σ) *
        (P.cocoercivity B * (ρ * ρ) / (T : R)) + 2 * (ε * ε) * (ρ * ρ) / P.klCoef)) := by
  obtain ⟨t, ht, h⟩ := Problem.population_gap_gradientAscent_le_log hcov hB hρ hC hC0 hD hT
  exact ⟨t, ht, h, Std.le_trans h (P.log_le_log_split
    (mul_pos (exp_pos _) hcov.eigenvalue_pos) hC0 (div_nonneg
      (mul_nonneg (P.cocoercivity_constant_nonneg B) (mul_self_nonneg ρ)) (natCast_pos hT)) ε ρ)⟩

/-- Stochastic gradient ascent, one uniform prompt of the sample a step, full expectation over
actions, step `λ/B²`: on every sample covered at `θ*` the average over `t < T` of
`E[J(θ*) - J(θ_t)]` is at most
`λ log(1 + (C/λ²) ((1 + s) (B²/(e^{-M} σ)) B² ρ²/T + (1 + 1/s) ε² ρ²))` for every split `s > 0`.
2601.16403, cf. Theorem 7 (direct route). -/
theorem suboptimality_sga_log {S : Fin n → Fin N} {θ0 : Vec R d} {proj : Fin d → Vec R d}
    {σ ε B C ρ : R} (hcov : P.Coverage S P.trueParam proj σ ε) (hB : P.FeatureBound B)
    (hρ : norm (P.trueParam - θ0) = ρ) (hC : ExpBound (P.exponentRadius B ρ) C) (hC0 : 0 ≤ C)
    (hD : IsProb D) (hn : 0 < n) {T : Nat} (hT : 0 < T) {s : R} (hs : 0 < s) :
    (average fun t : Fin T => expectSample uniform fun draws : Fin t → Fin n =>
      P.population D P.trueParam -
        P.population D (P.stochasticAscent S θ0 (P.stepSize B) draws)) ≤
    P.klCoef * log (1 + C / (P.klCoef * P.klCoef) *
      ((1 + s) * (B * B / (exp (-P.exponentRadius B ρ) * σ) *
        (P.klCoef * (P.cocoercivity B * (ρ * ρ) / (T : R)))) +
        (1 + 1 / s) * (ε * ρ * (ε * ρ)))) :=
  Problem.average_population_gap_stochasticAscent_le_log hcov hB hρ hC hC0 hD hn hT hs

end RLHF
