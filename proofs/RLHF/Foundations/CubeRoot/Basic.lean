module
public import RLHF.Foundations.CubeRoot.Defs
public import RLHF.Foundations.Exp

/-!
# Cube roots and sums of cubes

What is modelled: the laws of the cube root, and the inequality of Hölder for two cubes.

## Main results
* `cbrt_pow`, `cbrt_eq`: the cube root is the number with that cube.
* `holder_cubes`: `(x p² + y q²)³ ≤ (x³ + y³)(p³ + q³)²`; `holder_cubes_eq_iff`.
-/

public section

namespace RLHF

open Lean.Grind

universe u
variable {R : Type u} [ExpField R]

theorem cbrt_nonneg (x : R) : 0 ≤ cbrt x := by
  unfold cbrt
  have := exp_pos (log x / 3)
  grind

theorem cbrt_pos {x : R} (h : 0 < x) : 0 < cbrt x := by
  have := exp_pos (log x / 3)
  unfold cbrt
  grind

theorem cbrt_pow {x : R} (h : 0 ≤ x) : cbrt x ^ 3 = x := by
  unfold cbrt
  split
  · rename_i h1
    have e : exp (log x / 3) ^ 3 = exp (log x / 3) * exp (log x / 3) * exp (log x / 3) := by grind
    rw [e, ← exp_add, ← exp_add, show log x / 3 + log x / 3 + log x / 3 = log x by grind,
      exp_log _ h1]
  · grind

/-- A difference of cubes is one of the numbers, times what is positive. -/
theorem cube_le_cube {x y : R} (hx : 0 ≤ x) (h : x ≤ y) : x ^ 3 ≤ y ^ 3 := by
  have h1 := mul_nonneg (by grind : 0 ≤ y - x) (mul_self_nonneg x)
  have h2 := mul_nonneg (by grind : 0 ≤ y - x) (mul_nonneg hx (by grind : 0 ≤ y))
  have h3 := mul_nonneg (by grind : 0 ≤ y - x) (mul_self_nonneg y)
  grind

theorem cube_lt_cube {x y : R} (hx : 0 ≤ x) (h : x < y) : x ^ 3 < y ^ 3 := by
  have h1 := mul_nonneg (by grind : 0 ≤ y - x) (mul_self_nonneg x)
  have h2 := mul_nonneg (by grind : 0 ≤ y - x) (mul_nonneg hx (by grind : 0 ≤ y))
  have h3 := mul_pos (by grind : 0 < y - x) (mul_pos (by grind : 0 < y) (by grind : 0 < y))
  grind

theorem cube_inj {x y : R} (hx : 0 ≤ x) (hy : 0 ≤ y) : x ^ 3 = y ^ 3 ↔ x = y := by
  constructor
  · intro h
    by_cases h1 : x < y
    · have := cube_lt_cube hx h1
      grind
    · by_cases h2 : y < x
      · have := cube_lt_cube hy h2
        grind
      · grind
  · intro h
    rw [h]

theorem cbrt_eq {x y : R} (hy : 0 ≤ y) (h : y ^ 3 = x) : cbrt x = y := by
  have hx : 0 ≤ x := by
    have := mul_nonneg hy (mul_self_nonneg y)
    grind
  rw [← cube_inj (cbrt_nonneg x) hy, cbrt_pow hx, h]

/-! ### Hölder's inequality for two cubes -/

/-- What the right side exceeds the left one by. -/
theorem holder_cubes_sub (x y p q : R) :
    (x ^ 3 + y ^ 3) * (p ^ 3 + q ^ 3) ^ 2 - (x * p ^ 2 + y * q ^ 2) ^ 3 =
      (x * q - y * p) ^ 2 * (p ^ 3 * (2 * (x * q) + y * p) + q ^ 3 * (x * q + 2 * (y * p))) := by
  grind

theorem holder_factor_nonneg {x y p q : R} (hx : 0 ≤ x) (hy : 0 ≤ y) (hp : 0 ≤ p) (hq : 0 ≤ q) :
    0 ≤ p ^ 3 * (2 * (x * q) + y * p) + q ^ 3 * (x * q + 2 * (y * p)) := by
  have h1 := mul_nonneg hx hq
  have h2 := mul_nonneg hy hp
  have hp3 : 0 ≤ p ^ 3 := by have := mul_nonneg hp (mul_self_nonneg p); grind
  have hq3 : 0 ≤ q ^ 3 := by have := mul_nonneg hq (mul_self_nonneg q); grind
  have h3 := mul_nonneg hp3 (by grind : 0 ≤ 2 * (x * q) + y * p)
  have h4 := mul_nonneg hq3 (by grind : 0 ≤ x * q + 2 * (y * p))
  grind

/-- `(x p² + y q²)³ ≤ (x³ + y³)(p³ + q³)²` for `x, y, p, q ≥ 0`. -/
theorem holder_cubes {x y p q : R} (hx : 0 ≤ x) (hy : 0 ≤ y) (hp : 0 ≤ p) (hq : 0 ≤ q) :
    (x * p ^ 2 + y * q ^ 2) ^ 3 ≤ (x ^ 3 + y ^ 3) * (p ^ 3 + q ^ 3) ^ 2 := by
  have h := holder_cubes_sub x y p q
  have h1 := mul_nonneg (mul_self_nonneg (x * q - y * p)) (holder_factor_nonneg hx hy hp hq)
  have e : (x * q - y * p) ^ 2 = (x * q - y * p) * (x * q - y * p) := by grind
  rw [e] at h
  generalize (x ^ 3 + y ^ 3) * (p ^ 3 + q ^ 3) ^ 2 = r at *
  generalize (x * p ^ 2 + y * q ^ 2) ^ 3 = l at *
  grind

theorem holder_factor_pos {x y p q : R} (hx : 0 ≤ x) (hy : 0 ≤ y) (hp : 0 ≤ p) (hq : 0 ≤ q)
    (h : x * q ≠ y * p) :
    0 < p ^ 3 * (2 * (x * q) + y * p) + q ^ 3 * (x * q + 2 * (y * p)) := by
  have h1 := mul_nonneg hx hq
  have h2 := mul_nonneg hy hp
  have hp3 := mul_nonneg hp (mul_self_nonneg p)
  have hq3 := mul_nonneg hq (mul_self_nonneg q)
  have h3 := mul_nonneg hp3 (by grind : 0 ≤ 2 * (x * q) + y * p)
  have h4 := mul_nonneg hq3 (by grind : 0 ≤ x * q + 2 * (y * p))
  by_cases h0 : x * q = 0
  · have hp0 : 0 < p := by grind
    have := mul_pos (mul_pos hp0 (mul_pos hp0 hp0)) (by grind : 0 < 2 * (x * q) + y * p)
    grind
  · have hq0 : 0 < q := by grind
    have := mul_pos (mul_pos hq0 (mul_pos hq0 hq0)) (by grind : 0 < x * q + 2 * (y * p))
    grind

/-- Both sides are equal exactly if `x q = y p`. -/
theorem holder_cubes_eq_iff {x y p q : R} (hx : 0 ≤ x) (hy : 0 ≤ y) (hp : 0 ≤ p) (hq : 0 ≤ q) :
    (x * p ^ 2 + y * q ^ 2) ^ 3 = (x ^ 3 + y ^ 3) * (p ^ 3 + q ^ 3) ^ 2 ↔ x * q = y * p := by
  have h := holder_cubes_sub x y p q
  constructor
  · intro e
    rw [e] at h
    by_cases hd : x * q = y * p
    · exact hd
    · have h1 := mul_pos (mul_self_pos (by grind : x * q - y * p ≠ 0))
        (holder_factor_pos hx hy hp hq hd)
      have e' : (x * q - y * p) ^ 2 = (x * q - y * p) * (x * q - y * p) := by grind
      rw [e'] at h
      generalize p ^ 3 * (2 * (x * q) + y * p) + q ^ 3 * (x * q + 2 * (y * p)) = f at *
      generalize (x * q - y * p) * (x * q - y * p) = g at *
      grind
  · intro e
    rw [show (x * q - y * p) ^ 2 = 0 by grind] at h
    generalize (x ^ 3 + y ^ 3) * (p ^ 3 + q ^ 3) ^ 2 = r at *
    generalize (x * p ^ 2 + y * q ^ 2) ^ 3 = l at *
    grind

end RLHF
