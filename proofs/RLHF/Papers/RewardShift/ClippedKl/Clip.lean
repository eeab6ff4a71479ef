module
public import RLHF.Foundations.Exp
public import RLHF.Papers.RewardShift.ClippedKl.Defs

/-!
# Clipping one number

What is modelled: what clipping does to one log-ratio, and the exponential bounds on what it cuts
off.

## Main results
* `abs_clip_le`, `clip_eq_iff`: the range of `clip_τ`, and where it changes nothing.
* `sub_clip`: `y - clip_τ y = (y - τ)₊ - (-y - τ)₊`.
* `posPart_sub_le`: `(y - τ)₊ ≤ exp(y - τ - 1)`.
* `posPart_abs_sub_le_square`: `(|y| - τ)₊ ≤ y² / (4τ)`.
* `one_sub_exp_neg_le_clip`: `1 - exp(-y) ≤ clip_τ y` for `τ ≥ 1`, with equality at `0` only.
-/

public section

namespace RLHF

open Lean.Grind

universe u
variable {R : Type u} [ExpField R] {τ y : R}

theorem posPart_nonneg (y : R) : 0 ≤ posPart y := le_max_right _ _

theorem le_posPart (y : R) : y ≤ posPart y := le_max_left _ _

theorem abs_clip_le (hτ : 0 ≤ τ) (y : R) : abs (clip τ y) ≤ τ := by unfold abs clip max; grind

theorem clip_eq_iff (hτ : 0 ≤ τ) : clip τ y = y ↔ abs y ≤ τ := by unfold abs clip max; grind

theorem clip_of_le (hτ : 0 ≤ τ) (h : τ ≤ y) : clip τ y = τ := by unfold clip max; grind

theorem clip_of_le_neg (hτ : 0 ≤ τ) (h : y ≤ -τ) : clip τ y = -τ := by unfold clip max; grind

theorem sub_clip (hτ : 0 ≤ τ) (y : R) : y - clip τ y = posPart (y - τ) - posPart (-y - τ) := by
  unfold clip posPart max; grind

/-- What is cut off, at either side. -/
theorem posPart_abs_sub_le (τ y : R) :
    posPart (abs y - τ) ≤ posPart (y - τ) + posPart (-y - τ) := by
  unfold abs posPart max; grind

theorem abs_posPart_sub_le (hτ : 0 ≤ τ) (y : R) :
    abs (posPart (y - τ) - posPart (-y - τ)) ≤ posPart (abs y - τ) := by
  unfold abs posPart max; grind

/-- `(y - τ)₊ ≤ exp(y - τ - 1)`, from `u ≤ exp(u - 1)`. -/
theorem posPart_sub_le (τ y : R) : posPart (y - τ) ≤ exp (y - τ - 1) := by
  have h1 := add_one_le_exp (y - τ - 1)
  have h2 := exp_pos (y - τ - 1)
  exact max_le (by grind) (by grind)

/-- For `τ ≥ 1` the clipped `y` lies above `1 - exp(-y)`. -/
theorem one_sub_exp_neg_le_clip (hτ : 1 ≤ τ) (y : R) : 1 - exp (-y) ≤ clip τ y := by
  have h1 := add_one_le_exp (-y)
  have h2 := exp_pos (-y)
  unfold clip max; grind

/-- The two touch at `0` only. -/
theorem one_sub_exp_neg_lt_clip (hτ : 1 ≤ τ) (hy : y ≠ 0) : 1 - exp (-y) < clip τ y := by
  have h1 := add_one_lt_exp (x := -y) (by grind)
  have h2 := exp_pos (-y)
  unfold clip max; grind

/-- Clipping brings numbers no further apart. -/
theorem abs_clip_sub_le (τ y z : R) : abs (clip τ y - clip τ z) ≤ abs (y - z) := by
  unfold abs clip max; grind

theorem clip_mono (τ : R) {y z : R} (h : y ≤ z) : clip τ y ≤ clip τ z := by
  unfold clip max; grind

theorem abs_sub_clip (hτ : 0 ≤ τ) (y : R) : abs (y - clip τ y) = posPart (abs y - τ) := by
  unfold abs clip posPart max; grind

/-- A larger threshold cuts off less, by at most the difference. -/
theorem posPart_sub_antitone {τ' : R} (h : τ ≤ τ') (u : R) :
    0 ≤ posPart (u - τ) - posPart (u - τ') ∧ posPart (u - τ) - posPart (u - τ') ≤ τ' - τ := by
  unfold posPart max; grind

/-- `(|y| - τ)₊ ≤ y² / (4τ)`, from `4τ(u - τ) ≤ u²`. -/
theorem posPart_abs_sub_le_square (hτ : 0 < τ) (y : R) :
    posPart (abs y - τ) ≤ y * y / (4 * τ) := by
  have h4 : 0 < 4 * τ := by grind
  have h1 := mul_self_nonneg (abs y - 2 * τ)
  have h2 := abs_mul_abs y
  refine max_le ?_ (div_nonneg (mul_self_nonneg y) h4)
  rw [le_div_iff h4]
  grind

/-- For every `τ ≥ 0` the clipped `y` lies above `τ - exp(τ - 1 - y)`. -/
theorem sub_exp_le_clip (hτ : 0 ≤ τ) (y : R) : τ - exp (τ - 1 - y) ≤ clip τ y := by
  have h1 := add_one_le_exp (τ - 1 - y)
  have h2 := exp_pos (τ - 1 - y)
  unfold clip max; grind

end RLHF
