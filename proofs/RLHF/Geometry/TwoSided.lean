module
public import RLHF.Geometry.LowerBound

/-!
# The gap from both sides, in every field

What is modelled: the suboptimality gap against `⟨∇J(θ), θ* - θ⟩`, from below without a limit: by
`1 + y + y²/(4 + 2M) ≤ exp y` in the place of `1 + y + ψ(-M) y² ≤ exp y`, `M = 2Bρ/λ`.

## Main results
* `second_order_le_exp`: that bound, for `|y| ≤ M`.
* `var_le_mul_log_mean_exp`: `Var_p(Y) ≤ (2 + M/2)² log E_p exp Y` for centred `Y` of range `M`.
* `Problem.inner_gradientAt_le_gap`, `Problem.inner_gradient_le_gap`:
  `⟨∇J(θ), θ* - θ⟩ ≤ (2 + M/2)² (J(θ*) - J(θ))`, at one prompt and on a sample.
* `Problem.gradient_eq_zero_iff`: the zeros of the gradient are the maximisers of `J_S`.

## References
arXiv 2601.16403, empirical optima.
-/

public section

namespace RLHF

open Lean.Grind

universe u
variable {R : Type u} [ExpField R] {N m d n : Nat}

/-- For `y ≥ -2` the square of `1 + y/2 ≤ exp (y/2)`; below, the left side is negative. -/
theorem second_order_le_exp {M y : R} (hy : abs y ≤ M) :
    1 + y + y * y / (4 + 2 * M) ≤ exp y := by
  have h := abs_le.mp hy
  have hM : 0 < 4 + 2 * M := by grind
  by_cases h2 : -2 ≤ y
  · have h1 := mul_le_mul (add_one_le_exp (y / 2)) (add_one_le_exp (y / 2))
      (Std.le_of_lt (exp_pos _)) (by grind)
    rw [exp_add_self] at h1
    have h3 : y * y / (4 + 2 * M) ≤ y * y / 4 := by
      rw [div_le_iff hM]
      have := mul_nonneg (mul_self_nonneg y) (by grind : 0 ≤ M)
      grind
    grind
  · have h0 : y * y / (4 + 2 * M) ≤ -1 - y := by
      rw [div_le_iff hM]
      have := mul_nonneg (by grind : 0 ≤ -1 - y) (by grind : 0 ≤ M + y)
      have := mul_nonneg (by grind : 0 ≤ -2 - y) (by grind : 0 ≤ -y)
      grind
    have := exp_pos y
    grind

/-- `t / (1 + t) ≤ log (1 + t)` for `t ≥ 0`. -/
theorem div_one_add_le_log {t : R} (ht : 0 ≤ t) : t / (1 + t) ≤ log (1 + t) := by
  have hp : 0 < 1 + t := by grind
  have h := log_le_sub_one (inv_pos hp)
  rw [log_inv hp] at h
  have e : t / (1 + t) = 1 - (1 + t)⁻¹ := by grind
  grind

private theorem le_sq_mul {V M L : R} (hM : 0 ≤ M) (hV : V ≤ M * M / 4) (hL : 0 ≤ L)
    (h : V / (4 + 2 * M) / (1 + V / (4 + 2 * M)) ≤ L) (hV0 : 0 ≤ V) :
    V ≤ (2 + M / 2) * (2 + M / 2) * L := by
  have h4 : 0 < 4 + 2 * M := by grind
  have ht := div_nonneg hV0 h4
  rw [div_le_iff (by grind)] at h
  have h1 := mul_le_mul_left h (Std.le_of_lt h4)
  have e : (4 + 2 * M) * (V / (4 + 2 * M)) = V := by grind
  have e' : (4 + 2 * M) * (L * (1 + V / (4 + 2 * M))) = L * (4 + 2 * M + V) := by grind
  rw [e, e'] at h1
  have h2 := mul_le_mul_left (by grind : 4 + 2 * M + V ≤ (2 + M / 2) * (2 + M / 2)) hL
  grind

/-- `Var_p(Y) ≤ (2 + M/2)² log E_p exp Y` for centred `Y` with `|Y| ≤ M` and range at most `M`. -/
theorem var_le_mul_log_mean_exp {p Y : Fin m → R} {M : R} (hp : IsProb p) (hY : mean p Y = 0)
    (hM : ∀ a, abs (Y a) ≤ M) (hw : ∀ a b, Y a - Y b ≤ M) :
    var p Y ≤ (2 + M / 2) * (2 + M / 2) * log (mean p fun a => exp (Y a)) := by
  have hM0 := Std.le_trans (abs_nonneg _) (hM ⟨0, hp.size_pos⟩)
  have hV := var_le_of_range hp hw
  have hV0 := var_nonneg hp.nonneg Y
  have low := mean_mono hp.nonneg fun a => second_order_le_exp (hM a)
  rw [mean_add, mean_add, mean_const hp, mean_div, hY] at low
  have hv := var_eq hp Y
  rw [hY] at hv
  have ev : mean p (fun a => Y a * Y a) = var p Y := by grind
  rw [ev] at low
  have ht := div_nonneg hV0 (by grind : 0 < 4 + 2 * M)
  have hlog := log_le_log (by grind : 0 < 1 + var p Y / (4 + 2 * M))
    (by grind : 1 + var p Y / (4 + 2 * M) ≤ mean p fun a => exp (Y a))
  have h0 := log_nonneg (by grind : 1 ≤ 1 + var p Y / (4 + 2 * M))
  exact le_sq_mul hM0 hV (Std.le_trans h0 hlog)
    (Std.le_trans (div_one_add_le_log ht) hlog) hV0

namespace Problem

variable (P : Problem R N m d) (x : Fin N) (S : Fin n → Fin N) (θ : Vec R d) {B ρ : R}

/-- `⟨∇J_x(θ), u⟩ ≤ (2 + M/2)² (J_x(θ*) - J_x(θ))` for `‖u‖ ≤ ρ`, `u = θ* - θ`, `M = 2Bρ/λ`. -/
theorem inner_gradientAt_le_gap (hB : P.FeatureBound B) (hρ : norm (P.trueParam - θ) ≤ ρ) :
    inner (P.gradientAt x θ) (P.trueParam - θ) ≤
      (2 + 2 * (B * ρ) / P.klCoef / 2) * (2 + 2 * (B * ρ) / P.klCoef / 2) *
        (P.objectiveAt x P.trueParam - P.objectiveAt x θ) := by
  have hl := P.klCoef_pos
  have hmul := div_le_div_right (mul_le_mul_left hρ (hB.nonneg x)) hl
  have hs := fun a => abs_le.mp (hB.abs_score_le x (P.trueParam - θ) a)
  have hY := fun a => P.abs_centred_score_le x θ (P.trueParam - θ) hB a
  have h := var_le_mul_log_mean_exp (P.policy_isProb x θ)
    (P.mean_centred_score x θ (P.trueParam - θ)) (M := 2 * (B * ρ) / P.klCoef)
    (fun a => Std.le_trans (hY a) (by grind))
    (fun a b => by have := hs a; have := hs b; grind)
  rw [var_centred_score_error] at h
  rw [gap_eq_log_mean_exp]
  have k := mul_le_mul_left h P.klCoef_nonneg
  generalize 2 + 2 * (B * ρ) / P.klCoef / 2 = c at *
  generalize inner (P.gradientAt x θ) (P.trueParam - θ) = g at *
  rw [show P.klCoef * (g / P.klCoef) = g by grind] at k
  grind

/-- `⟨∇J_S(θ), u⟩ ≤ (2 + M/2)² (J_S(θ*) - J_S(θ))` for `‖u‖ ≤ ρ`, `u = θ* - θ`, `M = 2Bρ/λ`. -/
theorem inner_gradient_le_gap (hB : P.FeatureBound B) (hρ : norm (P.trueParam - θ) ≤ ρ) :
    inner (P.gradient S θ) (P.trueParam - θ) ≤
      (2 + 2 * (B * ρ) / P.klCoef / 2) * (2 + 2 * (B * ρ) / P.klCoef / 2) *
        (P.objective S P.trueParam - P.objective S θ) := by
  rw [objective_sub, inner_gradient, ← average_mul]
  exact average_mono fun i => P.inner_gradientAt_le_gap (S i) θ hB hρ

/-- A parameter that does as well as `θ*` on the sample is stationary. -/
theorem gradient_eq_zero_of_le (h : P.objective S P.trueParam ≤ P.objective S θ) :
    P.gradient S θ = 0 := by
  obtain ⟨B, hB⟩ := P.featureBound_exists
  have h0 : P.objective S P.trueParam - P.objective S θ = 0 := by
    have := P.objective_le S θ
    grind
  have h1 := P.inner_gradient_le_gap S θ hB (Std.le_refl _)
  have h2 := P.inner_gradient_error_nonneg S θ
  have h3 := P.gradient_cocoercive S θ hB
  rw [h0] at h1
  rw [show inner (P.gradient S θ) (P.trueParam - θ) = 0 by grind, norm_mul_self] at h3
  have := inner_self_nonneg (P.gradient S θ)
  exact eq_zero_of_inner_self (by grind)

/-- `∇J_S(θ) = 0` exactly where `θ` maximises `J_S`. -/
theorem gradient_eq_zero_iff :
    P.gradient S θ = 0 ↔ ∀ θ', P.objective S θ' ≤ P.objective S θ :=
  ⟨fun h θ' => P.objective_eq_of_stationary S θ h ▸ P.objective_le S θ',
    fun h => P.gradient_eq_zero_of_le S θ (h P.trueParam)⟩

end Problem

end RLHF
