module
public import RLHF.Foundations.Defs

/-!
# Order facts of the field

What is modelled: products of inequalities, absolute value, maximum, cancellation of a positive
factor, and the discriminant inequality from which every Cauchy–Schwarz inequality follows.

## Main results
* `mul_self_nonneg`, `mul_le_mul`, `le_of_mul_le_mul_left`, `mul_self_le_iff`, `div_le_iff`.
* `abs_le`, `abs_add`, `abs_mul`.
* `mul_self_le_mul_of_quadratic`: a quadratic form that is never negative has `b² ≤ a c`.
-/

public section

namespace RLHF

open Lean.Grind

universe u
variable {R : Type u} [ExpField R]

theorem mul_nonneg {a b : R} (ha : 0 ≤ a) (hb : 0 ≤ b) : 0 ≤ a * b := OrderedRing.mul_nonneg ha hb

theorem mul_pos {a b : R} (ha : 0 < a) (hb : 0 < b) : 0 < a * b := OrderedRing.mul_pos ha hb

theorem mul_le_mul_left {a b c : R} (h : a ≤ b) (hc : 0 ≤ c) : c * a ≤ c * b :=
  OrderedRing.mul_le_mul_of_nonneg_left h hc

theorem mul_le_mul_right {a b c : R} (h : a ≤ b) (hc : 0 ≤ c) : a * c ≤ b * c :=
  OrderedRing.mul_le_mul_of_nonneg_right h hc

theorem mul_le_mul {a b c d : R} (hab : a ≤ b) (hcd : c ≤ d) (hb : 0 ≤ b) (hc : 0 ≤ c) :
    a * c ≤ b * d :=
  calc a * c ≤ b * c := mul_le_mul_right hab hc
    _ ≤ b * d := mul_le_mul_left hcd hb

theorem mul_self_nonneg (x : R) : 0 ≤ x * x := by
  by_cases h : 0 ≤ x
  · exact mul_nonneg h h
  · have := mul_nonneg (by grind : 0 ≤ -x) (by grind : 0 ≤ -x)
    grind

theorem mul_self_pos {x : R} (h : x ≠ 0) : 0 < x * x := by
  by_cases hx : 0 < x
  · exact mul_pos hx hx
  · have := mul_pos (by grind : 0 < -x) (by grind : 0 < -x)
    grind

theorem le_of_mul_le_mul_left {a b c : R} (hc : 0 < c) (h : c * a ≤ c * b) : a ≤ b := by
  by_cases hab : a ≤ b
  · exact hab
  · have := mul_pos hc (by grind : 0 < a - b)
    grind

theorem mul_self_le_iff {x y : R} (hx : 0 ≤ x) (hy : 0 ≤ y) : x * x ≤ y * y ↔ x ≤ y := by
  constructor
  · intro h
    by_cases hxy : x ≤ y
    · exact hxy
    · have := mul_pos (by grind : 0 < x - y) (by grind : 0 < x + y)
      grind
  · intro h
    exact mul_le_mul h h hy hx

theorem inv_pos {x : R} (h : 0 < x) : 0 < x⁻¹ := Field.IsOrdered.inv_pos_iff.mpr h

theorem div_pos {x y : R} (hx : 0 < x) (hy : 0 < y) : 0 < x / y := by
  rw [Field.div_eq_mul_inv]
  exact mul_pos hx (inv_pos hy)

theorem div_nonneg {x y : R} (hx : 0 ≤ x) (hy : 0 < y) : 0 ≤ x / y := by
  rw [Field.div_eq_mul_inv]
  have := inv_pos hy
  exact mul_nonneg hx (by grind)

theorem div_le_iff {a b c : R} (hc : 0 < c) : a / c ≤ b ↔ a ≤ b * c := by
  have e : a = a / c * c := by grind
  constructor
  · intro h
    have := mul_le_mul_right h (by grind : 0 ≤ c)
    grind
  · intro h
    exact le_of_mul_le_mul_left hc (by grind)

theorem le_div_iff {a b c : R} (hc : 0 < c) : a ≤ b / c ↔ a * c ≤ b := by
  have e : b = b / c * c := by grind
  constructor
  · intro h
    have := mul_le_mul_right h (by grind : 0 ≤ c)
    grind
  · intro h
    exact le_of_mul_le_mul_left hc (by grind)

theorem div_le_div_right {a b c : R} (h : a ≤ b) (hc : 0 < c) : a / c ≤ b / c :=
  (div_le_iff hc).mpr (by have e : b = b / c * c := by grind
                          rw [← e]; exact h)

/-! ### Absolute value and maximum -/

theorem abs_nonneg (x : R) : 0 ≤ abs x := by unfold abs; grind

theorem le_abs (x : R) : x ≤ abs x := by unfold abs; grind

theorem neg_le_abs (x : R) : -x ≤ abs x := by unfold abs; grind

theorem abs_le {x c : R} : abs x ≤ c ↔ -c ≤ x ∧ x ≤ c := by unfold abs; grind

theorem abs_of_nonneg {x : R} (h : 0 ≤ x) : abs x = x := by unfold abs; grind

theorem abs_zero : abs (0 : R) = 0 := abs_of_nonneg (by grind)

theorem abs_eq_zero {x : R} : abs x = 0 ↔ x = 0 := by unfold abs; grind

theorem abs_add (x y : R) : abs (x + y) ≤ abs x + abs y := by unfold abs; grind

theorem abs_neg (x : R) : abs (-x) = abs x := by unfold abs; grind

theorem abs_sub_comm (x y : R) : abs (x - y) = abs (y - x) := by unfold abs; grind

theorem abs_mul_abs (x : R) : abs x * abs x = x * x := by unfold abs; grind

theorem abs_of_nonpos {x : R} (h : x ≤ 0) : abs x = -x := by unfold abs; grind

theorem abs_mul (x y : R) : abs (x * y) = abs x * abs y := by
  by_cases hx : 0 ≤ x <;> by_cases hy : 0 ≤ y
  · rw [abs_of_nonneg hx, abs_of_nonneg hy, abs_of_nonneg (mul_nonneg hx hy)]
  · have h := mul_nonneg hx (by grind : 0 ≤ -y)
    rw [abs_of_nonneg hx, abs_of_nonpos (by grind : y ≤ 0), abs_of_nonpos (by grind : x * y ≤ 0)]
    grind
  · have h := mul_nonneg (by grind : 0 ≤ -x) hy
    rw [abs_of_nonpos (by grind : x ≤ 0), abs_of_nonneg hy, abs_of_nonpos (by grind : x * y ≤ 0)]
    grind
  · have h := mul_nonneg (by grind : 0 ≤ -x) (by grind : 0 ≤ -y)
    rw [abs_of_nonpos (by grind : x ≤ 0), abs_of_nonpos (by grind : y ≤ 0),
      abs_of_nonneg (by grind : 0 ≤ x * y)]
    grind

theorem abs_le_of_mul_self_le {x c : R} (hc : 0 ≤ c) (h : x * x ≤ c * c) : abs x ≤ c := by
  rw [← mul_self_le_iff (abs_nonneg x) hc, abs_mul_abs]
  exact h

theorem le_max_left (x y : R) : x ≤ max x y := by unfold max; grind

theorem le_max_right (x y : R) : y ≤ max x y := by unfold max; grind

theorem max_le {x y c : R} (hx : x ≤ c) (hy : y ≤ c) : max x y ≤ c := by unfold max; grind

/-! ### The discriminant -/

/-- If `s²a + 2stb + t²c ≥ 0` for all `s, t` and `c ≥ 0`, then `b² ≤ a c`. -/
theorem mul_self_le_mul_of_quadratic {a b c : R} (hc : 0 ≤ c)
    (key : ∀ s t : R, 0 ≤ s * s * a + 2 * s * t * b + t * t * c) : b * b ≤ a * c := by
  by_cases h0 : c = 0
  · subst h0
    have k := key (2 * b) (-(a + 1))
    grind
  · have k := key c (-b)
    exact le_of_mul_le_mul_left (by grind : 0 < c) (by grind)

end RLHF
