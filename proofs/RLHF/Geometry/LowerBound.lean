module
public import RLHF.Archimedean.Sharp.SecondOrder
public import RLHF.Geometry.Domination

/-!
# The gap from below

What is modelled: the suboptimality gap at one prompt of an Archimedean field, against the gradient
from both sides. `M = 2B‖θ* - θ‖/λ`.

## Main results
* `Problem.log_le_gap`: `λ log(1 + ψ(-M) ⟨∇J_x(θ), θ* - θ⟩ / λ) ≤ J_x(θ*) - J_x(θ)`.
* `Problem.inner_gradientAt_le_gap`: `ψ(-M) / (1 + (e^(-M) - 1 + M)/4) ⟨∇J_x(θ), θ* - θ⟩` is at most
  the gap, too.
-/

public section

namespace RLHF

open Lean.Grind

universe u
variable {R : Type u} [ExpField R] {N m d : Nat}

/-- `1 + c Var_p(Y) ≤ E_p exp Y` for a centred `Y` with `1 + y + c y² ≤ exp y` at its values. -/
theorem one_add_le_mean_exp {p Y : Fin m → R} (hp : IsProb p) {c : R} (hY : mean p Y = 0)
    (h : ∀ a, 1 + Y a + c * (Y a * Y a) ≤ exp (Y a)) :
    1 + c * var p Y ≤ mean p fun a => exp (Y a) := by
  have low := mean_mono hp.nonneg h
  rw [mean_add, mean_add, mean_mul, mean_const hp, hY] at low
  rw [var_eq hp, hY]
  grind

/-- `t / (1 + t) ≤ log(1 + t)` for `t ≥ 0`. -/
private theorem div_le_log_one_add {t : R} (h : 0 ≤ t) : t / (1 + t) ≤ log (1 + t) := by
  have h0 : 0 < 1 + t := by grind
  have h1 := log_le_sub_one (inv_pos h0)
  rw [log_inv h0] at h1
  have e : t / (1 + t) = 1 - (1 + t)⁻¹ := by grind
  rw [e]
  grind

namespace Problem

variable (P : Problem R N m d) (x : Fin N) (θ : Vec R d)

/-- The variance of the centred score is the alignment of the gradient. -/
theorem var_centred_score_error : var (P.policy x θ) (fun a => P.score x (P.trueParam - θ) a -
      mean (P.policy x θ) (P.score x (P.trueParam - θ))) =
    inner (P.gradientAt x θ) (P.trueParam - θ) / P.klCoef := by
  have := P.klCoef_pos
  rw [var_centred_score, inner_gradientAt_error]
  grind

theorem log_le_gap (hR : Archimedean R) {B : R} (hB : P.FeatureBound B) :
    P.klCoef * log (1 + psi (-(2 * (B * norm (P.trueParam - θ)) / P.klCoef)) *
      (inner (P.gradientAt x θ) (P.trueParam - θ) / P.klCoef)) ≤
    P.objectiveAt x P.trueParam - P.objectiveAt x θ := by
  have hp := P.policy_isProb x θ
  have hM := P.abs_centred_score_le x θ (P.trueParam - θ) hB
  have h := one_add_le_mean_exp hp (P.mean_centred_score x θ (P.trueParam - θ))
    fun a => le_exp_psi hR (hM a)
  have hv := mul_nonneg (psi_nonneg (-(2 * (B * norm (P.trueParam - θ)) / P.klCoef)))
    (var_nonneg hp.nonneg fun a => P.score x (P.trueParam - θ) a -
      mean (P.policy x θ) (P.score x (P.trueParam - θ)))
  rw [var_centred_score_error] at h hv
  rw [gap_eq_log_mean_exp]
  exact mul_le_mul_left (log_le_log (by grind) h) P.klCoef_nonneg

theorem inner_gradientAt_le_gap (hR : Archimedean R) {B : R} (hB : P.FeatureBound B) :
    psi (-(2 * (B * norm (P.trueParam - θ)) / P.klCoef)) /
      (1 + (exp (-(2 * (B * norm (P.trueParam - θ)) / P.klCoef)) - 1 +
        2 * (B * norm (P.trueParam - θ)) / P.klCoef) / 4) *
      inner (P.gradientAt x θ) (P.trueParam - θ) ≤
    P.objectiveAt x P.trueParam - P.objectiveAt x θ := by
  have hl := P.klCoef_pos
  have hp := P.policy_isProb x θ
  refine Std.le_trans ?_ (P.log_le_gap x θ hR hB)
  have hv0 := var_nonneg hp.nonneg fun a => P.score x (P.trueParam - θ) a -
    mean (P.policy x θ) (P.score x (P.trueParam - θ))
  have hv := div_le_div_right (var_inner_le hp (hB x) (P.trueParam - θ)) (mul_pos hl hl)
  rw [← var_centred_score] at hv
  rw [var_centred_score_error] at hv0 hv
  have e : B * B * (norm (P.trueParam - θ) * norm (P.trueParam - θ)) / (P.klCoef * P.klCoef) =
      2 * (B * norm (P.trueParam - θ)) / P.klCoef *
        (2 * (B * norm (P.trueParam - θ)) / P.klCoef) / 4 := by grind
  rw [e] at hv
  rw [show inner (P.gradientAt x θ) (P.trueParam - θ) =
    P.klCoef * (inner (P.gradientAt x θ) (P.trueParam - θ) / P.klCoef) by grind]
  rw [show P.klCoef * (inner (P.gradientAt x θ) (P.trueParam - θ) / P.klCoef) / P.klCoef =
    inner (P.gradientAt x θ) (P.trueParam - θ) / P.klCoef by grind]
  generalize inner (P.gradientAt x θ) (P.trueParam - θ) / P.klCoef = v at *
  generalize 2 * (B * norm (P.trueParam - θ)) / P.klCoef = M at *
  have hc := psi_nonneg (-M)
  have hs := psi_mul_self (-M)
  generalize psi (-M) = c at *
  generalize exp (-M) = w at *
  have hcv := mul_nonneg hc hv0
  have h1 := mul_le_mul_left hv hc
  have e2 : c * (M * M / 4) = (w - 1 + M) / 4 := by grind
  rw [e2] at h1
  have h2 := div_le_log_one_add hcv
  have h3 : c * v / (1 + (w - 1 + M) / 4) ≤ c * v / (1 + c * v) := by
    rw [div_le_iff (by grind), show c * v / (1 + c * v) * (1 + (w - 1 + M) / 4) =
      c * v * (1 + (w - 1 + M) / 4) / (1 + c * v) by grind, le_div_iff (by grind)]
    exact mul_le_mul_left (by grind) hcv
  have h4 := mul_le_mul_left (Std.le_trans h3 h2) P.klCoef_nonneg
  rw [show c / (1 + (w - 1 + M) / 4) * (P.klCoef * v) =
    P.klCoef * (c * v / (1 + (w - 1 + M) / 4)) by grind]
  exact h4

/-- The gap from above, `C = ψ(M)`. -/
theorem gap_le_psi_mul (hR : Archimedean R) {B : R} (hB : P.FeatureBound B) :
    P.objectiveAt x P.trueParam - P.objectiveAt x θ ≤
      psi (2 * (B * norm (P.trueParam - θ)) / P.klCoef) *
        inner (P.gradientAt x θ) (P.trueParam - θ) :=
  P.gap_le_inner_gradientAt x θ hB (Std.le_refl _) (expBound_psi hR _)

end Problem

end RLHF
