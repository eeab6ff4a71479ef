module
public import RLHF.Geometry.Comparison
public import RLHF.Papers.Generalisation.Stability.Differences

/-!
# Feature coverage

What is modelled: what the gradient on a sample says about prompts outside of it, when the features
of all prompts lie within `ε` of directions that the sample covers.

## Main results
* `Problem.Coverage.var_le`: the variance of a feature direction at any prompt, under any policy.
* `Problem.Coverage.gap_le`, `Problem.Coverage.gap_le_norm`: the gap at any prompt by the gradient
  on the sample.
* `Problem.Coverage.abs_objectiveAt_sub_le`: gradient-norm controlled stability (cf. Lemma 6).
* `Problem.uniformlyStable_of_gradient`: uniform stability from small gradients.
* `Problem.Coverage.population_gap_le`: the population gap without a concentration term.
* `Problem.Coverage.of_norm_sub_le`: coverage at a nearby parameter; `Problem.coverage_zero`: the
  trivial coverage `Π = 0`, `ε = B`.

## References
arXiv 2601.16403, cf. Assumption 5, Lemma 6.
-/

public section

namespace RLHF

open Lean.Grind

universe u
variable {R : Type u} [ExpField R] {N m d n : Nat}

namespace Problem

variable {P : Problem R N m d} {S : Fin n → Fin N} {θ θ' : Vec R d} {proj proj' : Fin d → Vec R d}
  {σ ε B C ρ : R}

private theorem difference_constant (hσ : 0 < σ) :
    2 * B * (2 * B) / (2 * σ) = 2 * (B * B) / σ := by grind

private theorem difference_residual : 2 * ε * (2 * ε) / 2 = 2 * (ε * ε) := by grind

/-- `Var_π(⟨v, φ(x, ·)⟩) ≤ κ ⟨V_S(θ) v, v⟩ + 2 ε² ‖v‖²` with `κ = 2B²/σ`, at every prompt and under
every policy `π`. -/
theorem Coverage.var_le (h : P.Coverage S θ proj σ ε) (hB : P.FeatureBound B) (x : Fin N)
    {π : Fin m → R} (hπ : IsProb π) (v : Vec R d) :
    var π (fun a => inner v (P.feature x a)) ≤
      2 * (B * B) / σ * inner (mulVec (P.covarianceOn S θ) v) v +
        2 * (ε * ε) * (norm v * norm v) := by
  have := h.differences.var_le hB.differenceBound x hπ v
  rw [difference_constant h.eigenvalue_pos, difference_residual] at this
  exact this

/-- `J_x(θ*) - J_x(θ) ≤ C (κ ⟨∇J_S(θ), u⟩ + 2 ε² ‖u‖² / λ)` at every prompt, `u = θ* - θ`. -/
theorem Coverage.gap_le (h : P.Coverage S θ proj σ ε) (hB : P.FeatureBound B)
    (hρ : norm (P.trueParam - θ) ≤ ρ) (hC : ExpBound (2 * (B * ρ) / P.klCoef) C) (hC0 : 0 ≤ C)
    (x : Fin N) : P.objectiveAt x P.trueParam - P.objectiveAt x θ ≤
    C * (2 * (B * B) / σ * inner (P.gradient S θ) (P.trueParam - θ) +
      2 * (ε * ε) * (norm (P.trueParam - θ) * norm (P.trueParam - θ)) / P.klCoef) := by
  have := h.differences.gap_le hB.differenceBound hρ (by rw [Semiring.mul_assoc]; exact hC) hC0 x
  rw [difference_constant h.eigenvalue_pos, difference_residual] at this
  exact this

/-- `J_x(θ*) - J_x(θ) ≤ C (κ ρ ‖∇J_S(θ)‖ + 2 ε² ρ² / λ)` for `‖θ* - θ‖ ≤ ρ`. -/
theorem Coverage.gap_le_norm (h : P.Coverage S θ proj σ ε) (hB : P.FeatureBound B)
    (hρ : norm (P.trueParam - θ) ≤ ρ) (hC : ExpBound (2 * (B * ρ) / P.klCoef) C) (hC0 : 0 ≤ C)
    (x : Fin N) : P.objectiveAt x P.trueParam - P.objectiveAt x θ ≤
    C * (2 * (B * B) / σ * ρ * norm (P.gradient S θ) +
      2 * (ε * ε) * (ρ * ρ) / P.klCoef) := by
  refine Std.le_trans (h.gap_le hB hρ hC hC0 x) (mul_le_mul_left ?_ hC0)
  have hκ := div_nonneg (by have := mul_self_nonneg B; grind : 0 ≤ 2 * (B * B)) h.eigenvalue_pos
  have h1 := mul_le_mul_left (Std.le_trans (inner_le_norm (P.gradient S θ) (P.trueParam - θ))
    (mul_le_mul_left hρ (norm_nonneg _))) hκ
  have h2 := mul_le_mul hρ hρ (Std.le_trans (norm_nonneg _) hρ) (norm_nonneg _)
  have h3 := div_le_div_right (mul_le_mul_left h2
    (by have := mul_self_nonneg ε; grind : 0 ≤ 2 * (ε * ε))) P.klCoef_pos
  generalize 2 * (B * B) / σ = κ at *
  grind

theorem Coverage.bound_mono (h : P.Coverage S θ proj σ ε) (hρ : norm (P.trueParam - θ) ≤ ρ)
    (hC0 : 0 ≤ C) {G G' : R} (hG : G ≤ G') :
    C * (2 * (B * B) / σ * ρ * G + 2 * (ε * ε) * (ρ * ρ) / P.klCoef) ≤
      C * (2 * (B * B) / σ * ρ * G' + 2 * (ε * ε) * (ρ * ρ) / P.klCoef) := by
  have hκ := div_nonneg (by have := mul_self_nonneg B; grind : 0 ≤ 2 * (B * B)) h.eigenvalue_pos
  have hκρ := mul_nonneg hκ (Std.le_trans (norm_nonneg _) hρ)
  have := mul_le_mul_left hG hκρ
  exact mul_le_mul_left (by grind) hC0

/-- Gradient-norm controlled stability: two parameters near `θ*`, each with coverage by its sample,
have close objectives at every prompt. -/
theorem Coverage.abs_objectiveAt_sub_le {S' : Fin n → Fin N} (h : P.Coverage S θ proj σ ε)
    (h' : P.Coverage S' θ' proj' σ ε) (hB : P.FeatureBound B) (hρ : norm (P.trueParam - θ) ≤ ρ)
    (hρ' : norm (P.trueParam - θ') ≤ ρ) (hC : ExpBound (2 * (B * ρ) / P.klCoef) C) (hC0 : 0 ≤ C)
    (x : Fin N) : abs (P.objectiveAt x θ - P.objectiveAt x θ') ≤
    C * (2 * (B * B) / σ * ρ * max (norm (P.gradient S θ)) (norm (P.gradient S' θ')) +
      2 * (ε * ε) * (ρ * ρ) / P.klCoef) := by
  have h1 := Std.le_trans (h.gap_le_norm hB hρ hC hC0 x)
    (h.bound_mono (B := B) hρ hC0 (le_max_left _ (norm (P.gradient S' θ'))))
  have h2 := Std.le_trans (h'.gap_le_norm hB hρ' hC hC0 x)
    (h'.bound_mono (B := B) hρ' hC0 (le_max_right (norm (P.gradient S θ)) _))
  have h3 := P.objectiveAt_le x θ
  have h4 := P.objectiveAt_le x θ'
  rw [abs_le]
  grind

/-- An algorithm with coverage at its outputs, errors at most `ρ` and empirical gradients at most
`G` is uniformly stable with constant `C (κ ρ G + 2 ε² ρ² / λ)`. -/
theorem uniformlyStable_of_gradient {alg : (Fin n → Fin N) → Vec R d} {G : R}
    {projOf : (Fin n → Fin N) → Fin d → Vec R d}
    (h : ∀ S, P.Coverage S (alg S) (projOf S) σ ε) (hB : P.FeatureBound B)
    (hρ : ∀ S, norm (P.trueParam - alg S) ≤ ρ) (hG : ∀ S, norm (P.gradient S (alg S)) ≤ G)
    (hC : ExpBound (2 * (B * ρ) / P.klCoef) C) (hC0 : 0 ≤ C) :
    P.UniformlyStable alg (C * (2 * (B * B) / σ * ρ * G + 2 * (ε * ε) * (ρ * ρ) / P.klCoef)) :=
  fun S i x' x =>
    Std.le_trans ((h S).abs_objectiveAt_sub_le (h (replaceAt S i x')) hB (hρ S) (hρ _) hC hC0 x)
      ((h S).bound_mono (hρ S) hC0 (max_le (hG S) (hG _)))

/-- `J(θ*) - J(θ) ≤ C (κ ρ ‖∇J_S(θ)‖ + 2 ε² ρ² / λ)` for the population objective. -/
theorem Coverage.population_gap_le (h : P.Coverage S θ proj σ ε) (hB : P.FeatureBound B)
    (hρ : norm (P.trueParam - θ) ≤ ρ) (hC : ExpBound (2 * (B * ρ) / P.klCoef) C) (hC0 : 0 ≤ C)
    {D : Fin N → R} (hD : IsProb D) : P.population D P.trueParam - P.population D θ ≤
    C * (2 * (B * B) / σ * ρ * norm (P.gradient S θ) +
      2 * (ε * ε) * (ρ * ρ) / P.klCoef) := by
  unfold population
  rw [← mean_sub]
  exact mean_le hD (h.gap_le_norm hB hρ hC hC0)

/-- Coverage moves to a parameter at distance `ρ`, at the price of a factor `e^{-2Bρ/λ}` in `σ`. -/
theorem Coverage.of_norm_sub_le (h : P.Coverage S θ proj σ ε) (hB : P.FeatureBound B)
    (hρ : norm (θ' - θ) ≤ ρ) :
    P.Coverage S θ' proj (exp (-(2 * (B * ρ) / P.klCoef)) * σ) ε where
  symm := h.symm
  residual_le := h.residual_le
  eigenvalue_pos := mul_pos (exp_pos _) h.eigenvalue_pos
  le_covariance v := by
    have h1 := mul_le_mul_left (h.le_covariance v)
      (Std.le_of_lt (exp_pos (-(2 * (B * ρ) / P.klCoef))))
    have h2 := average_mono fun i =>
      P.le_var_policy (S i) hB hρ fun a => inner v (P.feature (S i) a)
    rw [inner_mulVec_covarianceOn, ← average_mul, ← Semiring.mul_assoc] at h1
    rw [inner_mulVec_covarianceOn]
    exact Std.le_trans h1 h2

/-- `‖∇J_S(θ)‖ ≤ (B²/λ) ‖θ* - θ‖`. -/
theorem norm_gradient_le (hB : P.FeatureBound B) (S : Fin n → Fin N) (θ : Vec R d) :
    norm (P.gradient S θ) ≤ B * B / P.klCoef * norm (P.trueParam - θ) := by
  have hK := div_nonneg (mul_self_nonneg B) P.klCoef_pos
  have h1 := P.gradient_cocoercive S θ hB
  have h2 := mul_le_mul_left (inner_le_norm (P.gradient S θ) (P.trueParam - θ)) hK
  have h3 := mul_nonneg hK (norm_nonneg (P.trueParam - θ))
  have h4 := norm_nonneg (P.gradient S θ)
  generalize norm (P.gradient S θ) = g at *
  by_cases h0 : g = 0
  · rw [h0]; exact h3
  · exact le_of_mul_le_mul_left (by grind : 0 < g) (by grind)

/-- The zero matrix covers with `ε = B`. -/
theorem coverage_zero (hB : P.FeatureBound B) (hσ : 0 < σ) :
    P.Coverage S θ (fun _ => (0 : Vec R d)) σ B := by
  have h0 : ∀ v : Vec R d, mulVec (fun _ : Fin d => (0 : Vec R d)) v = 0 := fun v =>
    Vec.ext fun i => inner_zero_left v
  refine ⟨fun i j => rfl, fun x a => ?_, hσ, fun v => ?_⟩
  · have e : P.feature x a - 0 = P.feature x a := Vec.ext fun i => by
      rw [Vec.sub_apply, Vec.zero_apply]; grind
    rw [h0, e]
    exact hB x a
  · have h := average_nonneg fun i => var_nonneg (P.policy_isProb (S i) θ).nonneg
      fun a => inner v (P.feature (S i) a)
    rw [h0, norm_zero, inner_mulVec_covarianceOn]
    grind

end Problem

end RLHF
