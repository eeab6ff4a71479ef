module
public import RLHF.Archimedean.Sharp.SecondOrder
public import RLHF.Geometry.Domination

/-!
# The gap from below

What is modelled: the suboptimality gap at one prompt of an Archimedean field, against the gradient
from both sides. `M = 2B‖θ* - θ‖/λ`.

## Main results
* `psi_mul_var_le`: `ψ(-M) Var_p(Y) ≤ log E_p exp Y - E_p Y` if `Y` has range at most `M`.
* `Problem.psi_mul_le_gap`: `ψ(-M) ⟨∇J_x(θ), θ* - θ⟩ ≤ J_x(θ*) - J_x(θ)`.
* `Problem.log_le_gap`: so `λ log(1 + ψ(-M) ⟨∇J_x(θ), θ* - θ⟩ / λ)` is at most the gap, too.
* `Problem.gap_le_psi_mul`: the gap is at most `ψ(M) ⟨∇J_x(θ), θ* - θ⟩`.
-/

public section

namespace RLHF

open Lean.Grind

universe u
variable {R : Type u} [ExpField R] {N m d : Nat}

/-- With `L = log E_p exp Y` the mean of `exp(Y - L)` is `1`, and `Y - L ≥ -M`: the bound of the
exponential from below, in the mean. -/
theorem psi_mul_var_le (hR : Archimedean R) {p Y : Fin m → R} {M : R} (hp : IsProb p)
    (hp0 : ∀ a, 0 < p a) (hM : ∀ a b, Y a - Y b ≤ M) :
    psi (-M) * var p Y ≤ log (mean p fun a => exp (Y a)) - mean p Y := by
  have hZ : 0 < mean p fun a => exp (Y a) := tiltPartition_pos hp hp0 Y
  have hZL := exp_log _ hZ
  have hup : ∀ a, log (mean p fun a => exp (Y a)) ≤ Y a + M := fun a => by
    have h := log_le_log hZ
      (mean_le hp fun b => exp_le_exp (by have := hM b a; grind : Y b ≤ Y a + M))
    rw [log_exp] at h
    exact h
  generalize log (mean p fun a => exp (Y a)) = L at *
  have e : ∀ a, exp (Y a - L) = exp (-L) * exp (Y a) := fun a => by
    rw [← exp_add]; congr 1; grind
  have hone : mean p (fun a => exp (Y a - L)) = 1 := by
    rw [mean_congr e, mean_mul, ← hZL, exp_neg_mul_exp]
  have low := mean_mono hp.nonneg fun a =>
    le_exp_psi hR (by have := hup a; grind : -M ≤ Y a - L)
  rw [hone, mean_add, mean_add, mean_sub, mean_mul, mean_const hp, mean_const hp] at low
  have hv := mul_le_mul_left (var_le_mean_sub hp Y L) (psi_nonneg (-M))
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

theorem psi_mul_le_gap (hR : Archimedean R) {B : R} (hB : P.FeatureBound B) :
    psi (-(2 * (B * norm (P.trueParam - θ)) / P.klCoef)) *
      inner (P.gradientAt x θ) (P.trueParam - θ) ≤
    P.objectiveAt x P.trueParam - P.objectiveAt x θ := by
  have hl := P.klCoef_pos
  have hs := fun a => abs_le.1 (hB.abs_score_le x (P.trueParam - θ) a)
  have h := psi_mul_var_le hR (P.policy_isProb x θ) (P.policy_pos x θ)
    (Y := fun a => P.score x (P.trueParam - θ) a -
      mean (P.policy x θ) (P.score x (P.trueParam - θ)))
    (M := 2 * (B * norm (P.trueParam - θ)) / P.klCoef)
    fun a b => by have := hs a; have := hs b; grind
  rw [mean_centred_score, var_centred_score_error] at h
  rw [gap_eq_log_mean_exp]
  have k := mul_le_mul_left h P.klCoef_nonneg
  generalize psi (-(2 * (B * norm (P.trueParam - θ)) / P.klCoef)) = c at *
  generalize inner (P.gradientAt x θ) (P.trueParam - θ) = g at *
  rw [show P.klCoef * (c * (g / P.klCoef)) = c * g by grind] at k
  grind

theorem log_le_gap (hR : Archimedean R) {B : R} (hB : P.FeatureBound B) :
    P.klCoef * log (1 + psi (-(2 * (B * norm (P.trueParam - θ)) / P.klCoef)) *
      (inner (P.gradientAt x θ) (P.trueParam - θ) / P.klCoef)) ≤
    P.objectiveAt x P.trueParam - P.objectiveAt x θ := by
  have hl := P.klCoef_pos
  refine Std.le_trans ?_ (P.psi_mul_le_gap x θ hR hB)
  have hv := mul_nonneg (psi_nonneg (-(2 * (B * norm (P.trueParam - θ)) / P.klCoef)))
    (div_nonneg (P.inner_gradientAt_error_nonneg x θ) hl)
  generalize psi (-(2 * (B * norm (P.trueParam - θ)) / P.klCoef)) = c at *
  generalize inner (P.gradientAt x θ) (P.trueParam - θ) = g at *
  have h := log_le_sub_one (x := 1 + c * (g / P.klCoef)) (by grind)
  have k := mul_le_mul_left h P.klCoef_nonneg
  rw [show P.klCoef * (1 + c * (g / P.klCoef) - 1) = c * g by grind] at k
  exact k

/-- The gap from above, `C = ψ(M)`. -/
theorem gap_le_psi_mul (hR : Archimedean R) {B : R} (hB : P.FeatureBound B) :
    P.objectiveAt x P.trueParam - P.objectiveAt x θ ≤
      psi (2 * (B * norm (P.trueParam - θ)) / P.klCoef) *
        inner (P.gradientAt x θ) (P.trueParam - θ) :=
  P.gap_le_inner_gradientAt x θ hB (Std.le_refl _) (expBound_psi hR _)

end Problem

end RLHF
