module
public import RLHF.Gradient.Defs
public import RLHF.Model.Variational
public import RLHF.Probability.Variance

/-!
# Alignment and co-coercivity of the gradient

What is modelled: the closed form `V_S(θ)(θ* - θ) / λ` of the gradient and its inner product with
the error `θ* - θ`.

## Main results
* `Problem.inner_gradientAt`: `⟨∇J_x(θ), w⟩ = Cov_{π_θ}(⟨θ* - θ, φ⟩, ⟨w, φ⟩) / λ`.
* `Problem.gradient_eq_averageVec`: `∇J_S` is the average of the `∇J_{x_i}`.
* `Problem.gradientAt_cocoercive`, `Problem.gradient_cocoercive`:
  `‖∇J‖² ≤ (B² / λ) ⟨∇J, θ* - θ⟩` for one prompt and for a sample.

## References
arXiv 2601.16403, gradient-norm controlled stability.
-/

public section

namespace RLHF

open Lean.Grind

universe u
variable {R : Type u} [ExpField R] {N m d n : Nat}

/-! ### Averages of vectors -/

theorem inner_averageVec (v : Fin n → Vec R d) (w : Vec R d) :
    inner (averageVec v) w = average fun i => inner (v i) w := inner_average v w

theorem average_empty (f : Fin 0 → R) : average f = 0 := by
  unfold average; simp only [sum]; grind

/-- Jensen: `‖(1/n) Σ v_i‖² ≤ (1/n) Σ ‖v_i‖²`. -/
theorem inner_averageVec_self_le (v : Fin n → Vec R d) :
    inner (averageVec v) (averageVec v) ≤ average fun i => inner (v i) (v i) := by
  obtain rfl | hn := Nat.eq_zero_or_pos n
  · rw [inner_averageVec, average_empty, average_empty]; grind
  · have h : ∀ i, 2 * inner (v i) (averageVec v) - inner (averageVec v) (averageVec v) ≤
        inner (v i) (v i) := fun i => by
      have := inner_self_nonneg (v i - averageVec v)
      rw [inner_sub_left, inner_sub_right, inner_sub_right, inner_comm (averageVec v) (v i)] at this
      grind
    have := average_mono h
    rw [average_sub, average_mul, average_const hn, ← inner_averageVec] at this
    grind

namespace Problem

variable (P : Problem R N m d) (x : Fin N) (S : Fin n → Fin N) (θ : Vec R d)

/-! ### One prompt -/

theorem inner_gradientAt (w : Vec R d) : inner (P.gradientAt x θ) w =
    cov (P.policy x θ) (fun a => inner (P.trueParam - θ) (P.feature x a))
      (fun a => inner w (P.feature x a)) / P.klCoef := by
  unfold gradientAt covarianceAt
  rw [inner_smul_left, inner_mulVec_covariance]
  grind

/-- `⟨∇J_x(θ), θ* - θ⟩ = Var_{π_θ}(⟨θ* - θ, φ⟩) / λ`. -/
theorem inner_gradientAt_error : inner (P.gradientAt x θ) (P.trueParam - θ) =
    var (P.policy x θ) (fun a => inner (P.trueParam - θ) (P.feature x a)) / P.klCoef :=
  P.inner_gradientAt x θ _

theorem inner_gradientAt_error_nonneg : 0 ≤ inner (P.gradientAt x θ) (P.trueParam - θ) := by
  rw [inner_gradientAt_error]
  exact div_nonneg (var_nonneg (P.policy_isProb x θ).nonneg _) P.klCoef_pos

/-- From `g² λ² ≤ v·B²·g` and `v = λ w`: `g ≤ (B² / λ) w`. -/
private theorem le_of_cauchySchwarz {g w c vu vg l b : R} (hl : 0 < l) (hb : 0 ≤ b) (hg0 : 0 ≤ g)
    (hw0 : 0 ≤ w) (hvu : 0 ≤ vu) (hg : g = c / l) (hw : w = vu / l) (hcs : c * c ≤ vu * vg)
    (hvg : vg ≤ b * g) : g ≤ b / l * w := by
  have hbl : 0 ≤ b / l * w := mul_nonneg (div_nonneg hb hl) hw0
  by_cases h0 : g = 0
  · grind
  · have h1 := mul_le_mul_left hvg hvu
    have hc : c = g * l := by grind
    have hv : vu = w * l := by grind
    subst hc hv
    have hgl : 0 < g * (l * l) := mul_pos (by grind) (mul_pos hl hl)
    have e : g * (l * l) * (b / l * w) = w * l * (b * g) := by grind
    exact le_of_mul_le_mul_left hgl (by grind)

/-- `‖∇J_x(θ)‖² ≤ (B² / λ) ⟨∇J_x(θ), θ* - θ⟩`. -/
theorem gradientAt_cocoercive {B : R} (hB : P.FeatureBound B) :
    norm (P.gradientAt x θ) * norm (P.gradientAt x θ) ≤
      B * B / P.klCoef * inner (P.gradientAt x θ) (P.trueParam - θ) := by
  have hp := P.policy_isProb x θ
  have hg := P.inner_gradientAt x θ (P.gradientAt x θ)
  rw [← norm_mul_self] at hg
  exact le_of_cauchySchwarz P.klCoef_pos (mul_self_nonneg B) (mul_self_nonneg _)
    (P.inner_gradientAt_error_nonneg x θ) (var_nonneg hp.nonneg _) hg
    (P.inner_gradientAt_error x θ) (cov_mul_self_le hp.nonneg _ _)
    (var_inner_le hp (hB x) (P.gradientAt x θ))

/-! ### A sample -/

theorem mulVec_covarianceOn (v : Vec R d) : mulVec (P.covarianceOn S θ) v =
    averageVec fun i => mulVec (P.covarianceAt (S i) θ) v :=
  funext fun _ => inner_averageVec _ v

theorem gradient_eq_averageVec :
    P.gradient S θ = averageVec fun i => P.gradientAt (S i) θ := by
  unfold gradient
  rw [mulVec_covarianceOn]
  exact funext fun j => (average_mul _ _).symm

theorem inner_gradient (w : Vec R d) : inner (P.gradient S θ) w =
    average fun i => inner (P.gradientAt (S i) θ) w := by
  rw [gradient_eq_averageVec, inner_averageVec]

/-- `⟨∇J_S(θ), θ* - θ⟩` is the average of the variances of `⟨θ* - θ, φ⟩`, divided by `λ`. -/
theorem inner_gradient_error : inner (P.gradient S θ) (P.trueParam - θ) = 1 / P.klCoef *
    average fun i => var (P.policy (S i) θ) fun a =>
      inner (P.trueParam - θ) (P.feature (S i) a) := by
  rw [inner_gradient, ← average_mul]
  exact average_congr fun i => by rw [inner_gradientAt_error]; grind

theorem inner_gradient_error_nonneg : 0 ≤ inner (P.gradient S θ) (P.trueParam - θ) := by
  rw [inner_gradient]
  exact average_nonneg fun i => P.inner_gradientAt_error_nonneg (S i) θ

/-- `‖∇J_S(θ)‖² ≤ (B² / λ) ⟨∇J_S(θ), θ* - θ⟩`. -/
theorem gradient_cocoercive {B : R} (hB : P.FeatureBound B) :
    norm (P.gradient S θ) * norm (P.gradient S θ) ≤
      B * B / P.klCoef * inner (P.gradient S θ) (P.trueParam - θ) := by
  rw [inner_gradient, ← average_mul, norm_mul_self, gradient_eq_averageVec]
  refine Std.le_trans (inner_averageVec_self_le _) (average_mono fun i => ?_)
  rw [← norm_mul_self]
  exact P.gradientAt_cocoercive (S i) θ hB

end Problem

end RLHF
