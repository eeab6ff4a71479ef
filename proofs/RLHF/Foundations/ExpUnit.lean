module
public import RLHF.Foundations.Exp

/-!
# The second-order bound of the exponential on the unit interval

What is modelled: a constant below `1` for `ExpBound` at radius `1`, from the three laws of
`ExpField` alone. On `[0, 1/32]` it follows from `exp y ≤ 1 / (1 - y)`; five doublings
`exp (2z) = (exp z)²` carry it to `[0, 1]`.

## Main results
* `expBound_one`: `exp y ≤ 1 + y + (4/5) y²` for `|y| ≤ 1`. (On the reals the best constant is
  `e - 2 ≈ 0.718`.)
-/

public section

namespace RLHF

open Lean.Grind

universe u
variable {R : Type u} [ExpField R]

/-- `exp y ≤ 1 + y + c y²` on `[0, r]` gives it on `[0, 2r]` with another constant. -/
private theorem double {c c' r : R} (hc : 0 ≤ c)
    (h : ∀ y, 0 ≤ y → y ≤ r → exp y ≤ 1 + y + c * (y * y))
    (hc' : 1 + 2 * c + 2 * c * r + c * c * (r * r) ≤ 4 * c') :
    ∀ y, 0 ≤ y → y ≤ 2 * r → exp y ≤ 1 + y + c' * (y * y) := by
  intro y hy hyr
  obtain ⟨z, rfl⟩ : ∃ z, y = 2 * z := ⟨y / 2, by grind⟩
  have hz : 0 ≤ z := by grind
  have hzr : z ≤ r := by grind
  have h1 := h z hz hzr
  have h0 := exp_pos z
  have h2 := mul_le_mul h1 h1 (by grind) (by grind)
  rw [← exp_add, (by grind : z + z = 2 * z)] at h2
  have hzz := mul_le_mul hzr hzr (by grind) hz
  have h3 := mul_le_mul_left hzr hc
  have h4 := mul_le_mul_left hzz (mul_nonneg hc hc)
  have h5 := mul_le_mul_right (by grind : 1 + 2 * c + 2 * c * z + c * c * (z * z) ≤ 4 * c')
    (mul_nonneg hz hz)
  grind

private theorem exp_le_of_le_inv32 (y : R) (_ : 0 ≤ y) (h1 : y ≤ 1 / 32) :
    exp y ≤ 1 + y + 21 / 20 * (y * y) := by
  have h := mul_le_mul_right (add_one_le_exp (-y)) (Std.le_of_lt (exp_pos y))
  rw [exp_neg_mul_exp] at h
  have h2 := mul_nonneg (mul_self_nonneg y) (by grind : 0 ≤ 1 / 20 - 21 / 20 * y)
  exact le_of_mul_le_mul_left (by grind : 0 < 1 - y) (by grind)

private theorem exp_le_of_nonpos {y : R} (hy : y ≤ 0) : exp y ≤ 1 + y + 4 / 5 * (y * y) := by
  have h1 := add_one_le_exp (-(y / 2))
  have h2 := mul_le_mul h1 h1 (Std.le_of_lt (exp_pos _)) (by grind)
  rw [← exp_add, (by grind : -(y / 2) + -(y / 2) = -y)] at h2
  have h := mul_le_mul_right h2 (Std.le_of_lt (exp_pos y))
  rw [exp_neg_mul_exp] at h
  have hsq := mul_self_nonneg y
  have h3 := mul_nonneg hsq (by grind : 0 ≤ -y)
  have h4 := mul_nonneg hsq hsq
  exact le_of_mul_le_mul_left (mul_pos (by grind : 0 < 1 - y / 2) (by grind : 0 < 1 - y / 2))
    (by grind)

/-- `exp y ≤ 1 + y + (4/5) y²` on `[-1, 1]`. -/
theorem expBound_one : ExpBound 1 (4 / 5 : R) := by
  have h4 := double (R := R) (c' := 4 / 5) (by grind) exp_le_of_le_inv32 (by grind)
  have h3 := double (R := R) (c' := 7 / 10) (by grind) h4 (by grind)
  have h2 := double (R := R) (c' := 2 / 3) (by grind) h3 (by grind)
  have h1 := double (R := R) (c' := 27 / 40) (by grind) h2 (by grind)
  have h := double (R := R) (c' := 4 / 5) (by grind) h1 (by grind)
  intro y hy
  rw [abs_le] at hy
  by_cases h0 : 0 ≤ y
  · exact h y h0 (by grind)
  · exact exp_le_of_nonpos (by grind)

end RLHF
