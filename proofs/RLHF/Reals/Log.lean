module
public import RLHF.Reals.ExpAdd

/-!
# The logarithm of the reals

What is modelled: `exp (log x) = x` for `x > 0`, where `log x` is the least upper bound of all `y`
with `exp y ≤ x`. If `exp (log x)` were larger, a little less than `log x` would still be an upper
bound; if it were smaller, a little more would still be in the set.

## Main results
* `Real.exp_log`.
-/

public section

namespace RLHF.Real

open Lean.Grind

theorem exp_zero : exp 0 = 1 := by
  have h := exp_add 0 0
  have := exp_pos 0
  rw [show (0 : Real) + 0 = 0 by grind] at h
  grind

theorem exp_lt_exp {x y : Real} (h : x < y) : exp x < exp y := by
  have h1 := exp_add x (y - x)
  rw [show x + (y - x) = y by grind] at h1
  have h2 := add_one_le_exp (y - x)
  have h3 := OrderedRing.mul_lt_mul_of_pos_left (a := 1) (b := exp (y - x)) (by grind) (exp_pos x)
  grind

theorem exp_sub_ge (x h : Real) : exp x * (1 - h) ≤ exp (x - h) := by
  have h1 := exp_add x (-h)
  rw [show x + -h = x - h by grind] at h1
  have := OrderedRing.mul_le_mul_of_nonneg_left (add_one_le_exp (-h)) (Std.le_of_lt (exp_pos x))
  grind

theorem exp_add_le_div (x h : Real) : exp (x + h) * (1 - h) ≤ exp x := by
  have := exp_sub_ge (x + h) h
  rwa [show x + h - h = x by grind] at this

theorem isLub_log {x : Real} (hx : 0 < x) : IsLub (fun y => exp y ≤ x) (log x) := by
  refine isLub_sup ⟨1 - x⁻¹, ?_⟩ (b := x - 1) fun y hy => by have := add_one_le_exp y; grind
  have h := exp_add_le_div 0 (1 - x⁻¹)
  rw [exp_zero, show (0 : Real) + (1 - x⁻¹) = 1 - x⁻¹ by grind] at h
  have := OrderedRing.mul_le_mul_of_nonneg_right h (Std.le_of_lt hx)
  rw [show exp (1 - x⁻¹) * (1 - (1 - x⁻¹)) * x = exp (1 - x⁻¹) by grind] at this
  grind

/-- `exp (log x) ≤ x`. -/
theorem exp_log_le {x : Real} (hx : 0 < x) : exp (log x) ≤ x := by
  apply Std.not_lt.1
  intro k
  have hp := exp_pos (log x)
  have e : (exp (log x) - x) / exp (log x) * exp (log x) = exp (log x) - x := by grind
  generalize (exp (log x) - x) / exp (log x) = h at e
  have h1 := exp_sub_ge (log x) h
  have h2 := (isLub_log hx).2 (log x - h) fun y hy => Std.not_lt.1 fun l => by
    have := exp_lt_exp l
    grind
  have := OrderedRing.mul_le_mul_of_nonneg_right (c := exp (log x)) (show h ≤ 0 by grind)
    (Std.le_of_lt hp)
  grind

/-- `x ≤ exp (log x)`. -/
theorem le_exp_log {x : Real} (hx : 0 < x) : x ≤ exp (log x) := by
  apply Std.not_lt.1
  intro k
  have hp := exp_pos (log x)
  have e : (x - exp (log x)) / x * x = x - exp (log x) := by grind
  generalize (x - exp (log x)) / x = h at e
  have h1 := exp_add_le_div (log x) h
  have h2 : 0 < 1 - h := by
    apply Std.not_le.1
    intro l
    have := OrderedRing.mul_le_mul_of_nonneg_right l (Std.le_of_lt hx)
    grind
  have h3 := (isLub_log hx).1 (log x + h)
    ((Field.IsOrdered.mul_le_mul_iff_of_pos_right h2).1 (by grind))
  have := OrderedRing.mul_le_mul_of_nonneg_right (c := x) (show h ≤ 0 by grind) (Std.le_of_lt hx)
  grind

theorem exp_log (x : Real) (hx : 0 < x) : exp (log x) = x :=
  Std.le_antisymm (exp_log_le hx) (le_exp_log hx)

end RLHF.Real
