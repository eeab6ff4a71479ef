module
public import RLHF.Gradient.Alignment

/-!
# Gradient domination

What is modelled: the suboptimality gap on one prompt and on a sample, against the gradient.

## Main results
* `Problem.gap_le_inner_gradientAt`, `Problem.gap_le_inner_gradient`:
  `J(θ*) - J(θ) ≤ C ⟨∇J(θ), θ* - θ⟩`, `C` a second-order constant of `exp` at `M = 2Bρ/λ`,
  `‖θ* - θ‖ ≤ ρ`.
* `Problem.inner_gradient_le_norm`: `C ⟨∇J_S(θ), θ* - θ⟩ ≤ C ρ ‖∇J_S(θ)‖` for `‖θ* - θ‖ ≤ ρ`.
* `Problem.objective_eq_of_stationary`: a stationary point is optimal on the sample.

## References
arXiv 2410.15610, cf. weak gradient domination; arXiv 2601.16403, cf. Lemma 6.
-/

public section

namespace RLHF

open Lean.Grind

universe u
variable {R : Type u} [ExpField R] {N m d n : Nat}

namespace Problem

variable (P : Problem R N m d) (x : Fin N) (S : Fin n → Fin N) (θ v : Vec R d)

/-! ### Centred score -/

theorem mean_centred_score : mean (P.policy x θ)
    (fun a => P.score x v a - mean (P.policy x θ) (P.score x v)) = 0 := by
  rw [mean_sub, mean_const (P.policy_isProb x θ)]
  grind

theorem abs_centred_score_le {B : R} (hB : P.FeatureBound B) (a : Fin m) :
    abs (P.score x v a - mean (P.policy x θ) (P.score x v)) ≤ 2 * (B * norm v) / P.klCoef := by
  have h := hB.abs_score_le x v
  have h1 := abs_le.mp (h a)
  have h2 := abs_le.mp (abs_mean_le (P.policy_isProb x θ) h)
  rw [abs_le]
  grind

theorem var_centred_score : var (P.policy x θ)
    (fun a => P.score x v a - mean (P.policy x θ) (P.score x v)) =
    var (P.policy x θ) (fun a => inner v (P.feature x a)) / (P.klCoef * P.klCoef) := by
  have h : ∀ a, P.score x v a = (P.klCoef)⁻¹ * inner v (P.feature x a) := fun a => by
    unfold score; grind
  have e : P.score x v = fun a => (P.klCoef)⁻¹ * inner v (P.feature x a) := funext h
  rw [var_sub_const (P.policy_isProb x θ), e, var_mul]
  have := P.klCoef_pos
  grind

/-! ### Domination -/

/-- `J_x(θ*) - J_x(θ) ≤ C ⟨∇J_x(θ), θ* - θ⟩` for `‖θ* - θ‖ ≤ ρ`, `C` at `Δρ/λ`, where `Δ` bounds
the differences of features. -/
theorem DifferenceBound.gap_le_inner_gradientAt {P : Problem R N m d} {θ : Vec R d} {Δ C ρ : R}
    (hΔ : P.DifferenceBound Δ) (hρ : norm (P.trueParam - θ) ≤ ρ)
    (hC : ExpBound (Δ * ρ / P.klCoef) C) (x : Fin N) :
    P.objectiveAt x P.trueParam - P.objectiveAt x θ ≤
      C * inner (P.gradientAt x θ) (P.trueParam - θ) := by
  have hl := P.klCoef_pos
  have e : ∀ a, P.reward x a - inner θ (P.feature x a) =
      inner (P.trueParam - θ) (P.feature x a) := fun a => (inner_sub_left _ _ _).symm
  have h := P.toSetting.gap_le_var x (P.reward x) (fun a => inner θ (P.feature x a))
    (M := Δ * ρ / P.klCoef) (fun a b => by
      have h1 := inner_sub_le_of_norm_sub_le (P.trueParam - θ) (hΔ x a b)
      have h2 := mul_le_mul_right hρ (hΔ.nonneg x)
      have e2 : P.klCoef * (Δ * ρ / P.klCoef) = ρ * Δ := by grind
      rw [e, e, e2]
      exact Std.le_trans h1 h2) hC
  rw [funext e] at h
  have e3 : ∀ V : R, C * (V / P.klCoef) = C / P.klCoef * V := fun V => by grind
  rw [inner_gradientAt_error, e3]
  exact h

/-- `J_x(θ*) - J_x(θ) ≤ C ⟨∇J_x(θ), θ* - θ⟩` for `‖θ* - θ‖ ≤ ρ`, `C` at `2Bρ/λ`. -/
theorem gap_le_inner_gradientAt {B C ρ : R} (hB : P.FeatureBound B)
    (hρ : norm (P.trueParam - θ) ≤ ρ) (hC : ExpBound (2 * (B * ρ) / P.klCoef) C) :
    P.objectiveAt x P.trueParam - P.objectiveAt x θ ≤
      C * inner (P.gradientAt x θ) (P.trueParam - θ) :=
  hB.differenceBound.gap_le_inner_gradientAt hρ (by rw [Semiring.mul_assoc]; exact hC) x

theorem objective_sub : P.objective S P.trueParam - P.objective S θ =
    average fun i => P.objectiveAt (S i) P.trueParam - P.objectiveAt (S i) θ :=
  (average_sub _ _).symm

/-- `J_S(θ*) - J_S(θ) ≤ C ⟨∇J_S(θ), θ* - θ⟩` for `‖θ* - θ‖ ≤ ρ`, `C` at `2Bρ/λ`. -/
theorem gap_le_inner_gradient {B C ρ : R} (hB : P.FeatureBound B)
    (hρ : norm (P.trueParam - θ) ≤ ρ) (hC : ExpBound (2 * (B * ρ) / P.klCoef) C) :
    P.objective S P.trueParam - P.objective S θ ≤
      C * inner (P.gradient S θ) (P.trueParam - θ) := by
  rw [objective_sub, inner_gradient, ← average_mul]
  exact average_mono fun i => P.gap_le_inner_gradientAt (S i) θ hB hρ hC

theorem objective_le : P.objective S θ ≤ P.objective S P.trueParam :=
  average_mono fun i => P.objectiveAt_le (S i) θ

theorem gradient_eq_zero_of_feature (hB : P.FeatureBound 0) : P.gradient S θ = 0 := by
  have hg := P.gradient_cocoercive S θ hB
  have e : (0 * 0 / P.klCoef : R) = 0 := by grind
  rw [e, Semiring.zero_mul, norm_mul_self] at hg
  have := inner_self_nonneg (P.gradient S θ)
  exact eq_zero_of_inner_self (by grind)

/-- With `‖θ* - θ‖ ≤ ρ`, the second-order constant is nonnegative, or `ρ ‖∇J_S(θ)‖` vanishes. -/
theorem constant_nonneg_or {B C ρ : R} (hB : P.FeatureBound B) (hρ : norm (P.trueParam - θ) ≤ ρ)
    (hC : ExpBound (2 * (B * ρ) / P.klCoef) C) : 0 ≤ C ∨ ρ * norm (P.gradient S θ) = 0 := by
  obtain rfl | hn := Nat.eq_zero_or_pos n
  · right
    have h : inner (P.gradient S θ) (P.gradient S θ) = 0 := by rw [inner_gradient, average_empty]
    rw [eq_zero_of_inner_self h, norm_zero]
    grind
  · have hB0 := hB.nonneg (S ⟨0, hn⟩)
    have hu0 := norm_nonneg (P.trueParam - θ)
    by_cases hr : ρ = 0
    · right; rw [hr]; grind
    · by_cases hB1 : B = 0
      · subst hB1
        right; rw [P.gradient_eq_zero_of_feature S θ hB, norm_zero]; grind
      · have := mul_pos (by grind : 0 < B) (by grind : 0 < ρ)
        exact .inl (hC.nonneg (div_pos (by grind) P.klCoef_pos))

/-- `C ⟨∇J_S(θ), θ* - θ⟩ ≤ C ρ ‖∇J_S(θ)‖` for `‖θ* - θ‖ ≤ ρ`, whatever the sign of `C`. -/
theorem inner_gradient_le_norm {B C ρ : R} (hB : P.FeatureBound B)
    (hρ : norm (P.trueParam - θ) ≤ ρ) (hC : ExpBound (2 * (B * ρ) / P.klCoef) C) :
    C * inner (P.gradient S θ) (P.trueParam - θ) ≤ C * ρ * norm (P.gradient S θ) := by
  have hle := inner_le_norm (P.gradient S θ) (P.trueParam - θ)
  have hmono := mul_le_mul_left hρ (norm_nonneg (P.gradient S θ))
  have h0 := P.inner_gradient_error_nonneg S θ
  obtain h | h := P.constant_nonneg_or S θ hB hρ hC
  · have := mul_le_mul_left (Std.le_trans hle hmono) h
    grind
  · have h1 : inner (P.gradient S θ) (P.trueParam - θ) = 0 := by grind
    have h2 : C * ρ * norm (P.gradient S θ) = 0 := by
      rw [Semiring.mul_assoc, h]; grind
    rw [h1, h2]
    grind

/-! ### Stationary points -/

/-- Every problem has a feature bound. -/
theorem featureBound_exists : ∃ B : R, P.FeatureBound B :=
  ⟨sum fun x => sum fun a => norm (P.feature x a), fun x a =>
    Std.le_trans (le_sum (fun b => norm_nonneg (P.feature x b)) a)
      (le_sum (fun y => sum_nonneg fun b => norm_nonneg (P.feature y b)) x)⟩

/-- A stationary point has the optimal objective. -/
theorem objective_eq_of_stationary (h : P.gradient S θ = 0) :
    P.objective S θ = P.objective S P.trueParam := by
  obtain ⟨B, hB⟩ := P.featureBound_exists
  have hgap := P.gap_le_inner_gradient S θ hB (Std.le_refl _) (expBound_exp _)
  have hle := P.objective_le S θ
  rw [h, inner_zero_left] at hgap
  grind

/-- No choice of policies beats `θ*` on the sample. -/
theorem average_value_le {π : Fin N → Fin m → R} (hπ : ∀ x, IsProb (π x)) :
    (average fun i => P.value (S i) (π (S i))) ≤ P.objective S P.trueParam :=
  average_mono fun i => P.value_le (S i) (hπ (S i))

end Problem

end RLHF
