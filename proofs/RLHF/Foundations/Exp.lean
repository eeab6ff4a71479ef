module
public import RLHF.Foundations.Sum

/-!
# Exponential, logarithm, square root

Everything follows from the three laws of `ExpField`.

## Main results
* `exp_pos`, `exp_lt_iff`, `exp_le_iff`, `exp_injective`; `add_one_lt_exp` (strict tangent).
* `log_exp`, `log_mul`, `log_div`, `log_le_sub_one`, `log_lt_sub_one`.
* `expBound_exp`: `exp y ≤ 1 + y + exp M · y²` for `|y| ≤ M`.
* `sqrt_mul_self`, `sqrt_le_sqrt`.
-/

public section

namespace RLHF

open Lean.Grind

universe u
variable {R : Type u} [ExpField R]

/-! ### Exponential -/

theorem exp_zero : exp (0 : R) = 1 := by
  have h := exp_add (0 : R) 0
  have h1 := add_one_le_exp (0 : R)
  have h0 : (0 : R) + 0 = 0 := by grind
  rw [h0] at h
  grind

theorem exp_neg_mul_exp (x : R) : exp (-x) * exp x = 1 := by
  rw [← exp_add, ← exp_zero (R := R)]
  congr 1
  grind

theorem exp_add_self (x : R) : exp (x / 2) * exp (x / 2) = exp x := by
  rw [← exp_add]
  congr 1
  grind

theorem exp_pos (x : R) : 0 < exp x := by
  have h1 := mul_self_nonneg (exp (x / 2))
  have h2 := exp_neg_mul_exp x
  rw [exp_add_self] at h1
  have h3 : exp x ≠ 0 := by intro h0; rw [h0] at h2; grind
  grind

theorem exp_neg (x : R) : exp (-x) = (exp x)⁻¹ := by
  have := exp_neg_mul_exp x
  have := exp_pos x
  grind

theorem exp_sub (x y : R) : exp (x - y) = exp x / exp y := by
  have h : x - y = x + -y := by grind
  rw [h, exp_add, exp_neg, Field.div_eq_mul_inv]

theorem exp_lt_exp {x y : R} (h : x < y) : exp x < exp y := by
  have h1 := add_one_le_exp (y - x)
  have h2 : exp y = exp (y - x) * exp x := by rw [← exp_add]; congr 1; grind
  have h3 := mul_pos (by grind : 0 < exp (y - x) - 1) (exp_pos x)
  grind

theorem exp_le_exp {x y : R} (h : x ≤ y) : exp x ≤ exp y := by
  by_cases e : x = y
  · grind
  · have := exp_lt_exp (by grind : x < y)
    grind

theorem exp_lt_iff {x y : R} : exp x < exp y ↔ x < y := by
  constructor
  · intro h
    by_cases hxy : x < y
    · exact hxy
    · have := exp_le_exp (by grind : y ≤ x)
      grind
  · exact exp_lt_exp

theorem exp_le_iff {x y : R} : exp x ≤ exp y ↔ x ≤ y := by
  have := @exp_lt_iff R _ y x
  grind

theorem exp_injective {x y : R} (h : exp x = exp y) : x = y := by
  have := @exp_le_iff R _ x y
  have := @exp_le_iff R _ y x
  grind

theorem one_le_exp {x : R} (h : 0 ≤ x) : 1 ≤ exp x := by
  have := add_one_le_exp x
  grind

/-- The tangent at `0` touches the exponential only there. -/
theorem add_one_lt_exp {x : R} (h : x ≠ 0) : x + 1 < exp x := by
  have hp := exp_pos x
  by_cases h2 : x + 1 ≤ 0
  · grind
  · have t := add_one_le_exp (x / 2)
    have s := mul_le_mul t t (by have := exp_pos (x / 2); grind) (by grind)
    have q := mul_self_pos h
    rw [exp_add_self] at s
    grind

/-- `exp y - 1 ≤ y · exp y`. -/
theorem exp_sub_one_le (y : R) : exp y - 1 ≤ y * exp y := by
  have h := mul_le_mul_right (add_one_le_exp (-y)) (by have := exp_pos y; grind : 0 ≤ exp y)
  rw [exp_neg_mul_exp] at h
  grind

/-- `exp y ≤ 1 + y + y² · exp |y|`. -/
theorem exp_le_quadratic (y : R) : exp y ≤ 1 + y + exp (abs y) * (y * y) := by
  have h1 := exp_sub_one_le y
  by_cases hy : 0 ≤ y
  · have := mul_nonneg hy (by grind : 0 ≤ y * exp y - (exp y - 1))
    rw [abs_of_nonneg hy]
    grind
  · have h2 := mul_nonneg (by grind : 0 ≤ -y)
      (by have := add_one_le_exp y; grind : 0 ≤ exp y - 1 - y)
    have h3 := mul_nonneg (mul_self_nonneg y)
      (by have := one_le_exp (abs_nonneg y); grind : 0 ≤ exp (abs y) - 1)
    grind

/-- The second-order bound holds with the constant `exp M`. -/
theorem expBound_exp (M : R) : ExpBound M (exp M) := by
  intro y hy
  have h := mul_le_mul_right (exp_le_exp hy) (mul_self_nonneg y)
  have := exp_le_quadratic y
  grind

/-- A smaller radius keeps the constant. -/
theorem ExpBound.mono {M M' C : R} (h : ExpBound M C) (hM : M' ≤ M) : ExpBound M' C :=
  fun y hy => h y (by grind)

/-- On a nontrivial interval the constant is nonnegative. -/
theorem ExpBound.nonneg {M C : R} (h : ExpBound M C) (hM : 0 < M) : 0 ≤ C := by
  have h1 := h M (by rw [abs_of_nonneg] <;> grind)
  have h2 := add_one_le_exp M
  have h3 : 0 < M * M := mul_pos hM hM
  exact le_of_mul_le_mul_left h3 (by grind)

/-! ### Logarithm -/

theorem log_exp (x : R) : log (exp x) = x := exp_injective (exp_log _ (exp_pos x))

theorem log_one : log (1 : R) = 0 := by rw [← exp_zero (R := R), log_exp]

theorem log_le_sub_one {x : R} (h : 0 < x) : log x ≤ x - 1 := by
  have := add_one_le_exp (log x)
  rw [exp_log x h] at this
  grind

theorem log_lt_sub_one {x : R} (h : 0 < x) (h1 : x ≠ 1) : log x < x - 1 := by
  have h0 : log x ≠ 0 := by
    intro e
    have := exp_log x h
    rw [e, exp_zero] at this
    grind
  have := add_one_lt_exp h0
  rw [exp_log x h] at this
  grind

theorem log_mul {x y : R} (hx : 0 < x) (hy : 0 < y) : log (x * y) = log x + log y :=
  exp_injective (by rw [exp_log _ (mul_pos hx hy), exp_add, exp_log _ hx, exp_log _ hy])

theorem log_inv {x : R} (h : 0 < x) : log x⁻¹ = -log x := by
  have h1 := log_mul h (inv_pos h)
  have h2 : x * x⁻¹ = 1 := by grind
  rw [h2, log_one] at h1
  grind

theorem log_div {x y : R} (hx : 0 < x) (hy : 0 < y) : log (x / y) = log x - log y := by
  rw [Field.div_eq_mul_inv, log_mul hx (inv_pos hy), log_inv hy]
  grind

theorem log_le_log {x y : R} (hx : 0 < x) (h : x ≤ y) : log x ≤ log y := by
  rw [← exp_le_iff, exp_log _ hx, exp_log _ (by grind)]
  exact h

theorem log_nonneg {x : R} (h : 1 ≤ x) : 0 ≤ log x := by
  rw [← log_one (R := R)]
  exact log_le_log (by grind) h

/-! ### Square root -/

theorem sqrt_nonneg (x : R) : 0 ≤ sqrt x := by
  unfold sqrt
  have := exp_pos (log x / 2)
  grind

theorem sqrt_mul_self {x : R} (h : 0 ≤ x) : sqrt x * sqrt x = x := by
  unfold sqrt
  split
  · rw [exp_add_self, exp_log _ (by assumption)]
  · grind

theorem sqrt_le_sqrt {x y : R} (hx : 0 ≤ x) (h : x ≤ y) : sqrt x ≤ sqrt y := by
  rw [← mul_self_le_iff (sqrt_nonneg x) (sqrt_nonneg y), sqrt_mul_self hx, sqrt_mul_self (by grind)]
  exact h

theorem sqrt_eq {x y : R} (hy : 0 ≤ y) (h : y * y = x) : sqrt x = y := by
  have hs := sqrt_mul_self (x := x) (by have := mul_self_nonneg y; grind)
  have h1 := @mul_self_le_iff R _ (sqrt x) y (sqrt_nonneg x) hy
  have h2 := @mul_self_le_iff R _ y (sqrt x) hy (sqrt_nonneg x)
  grind

end RLHF
