module
public import RLHF.Foundations.ExpUnit

/-!
# Concrete policies on two actions, and a few numbers

What is modelled: the policies at which the headline theorems of this paper are instantiated, and
bounds on the values of `exp` and `log` that tell how large the sides of these instances are.

## Main definitions
* `Demo.pair`; `Demo.even`, `Demo.scant`, `Demo.bold`.

## Main results
* `Demo.le_exp_four`, `Demo.three_le_log_fifty`, `Demo.le_exp_neg_half`.
-/

@[expose] public section

namespace RLHF.Demo

open Lean.Grind

universe u
variable {R : Type u} [ExpField R]

/-- The policy that is `c` at the first of two actions. -/
noncomputable def pair (c : R) (a : Fin 2) : R := if a = 0 then c else 1 - c

theorem pair_pos {c : R} (h0 : 0 < c) (h1 : c < 1) (a : Fin 2) : 0 < pair c a := by
  unfold pair; grind

theorem pair_isProb {c : R} (h0 : 0 < c) (h1 : c < 1) : IsProb (pair c) where
  nonneg a := by have := pair_pos h0 h1 a; grind
  sum_eq_one := by simp only [sum, pair]; grind

/-- The uniform policy on two actions. -/
noncomputable def even : Fin 2 → R := pair (1 / 2)

/-- The reference `(1/100, 99/100)`. -/
noncomputable def scant : Fin 2 → R := pair (1 / 100)

theorem even_isProb : IsProb (even (R := R)) := pair_isProb (by grind) (by grind)
theorem even_pos (a : Fin 2) : 0 < (even a : R) := pair_pos (by grind) (by grind) a
theorem scant_isProb : IsProb (scant (R := R)) := pair_isProb (by grind) (by grind)
theorem scant_pos (a : Fin 2) : 0 < (scant a : R) := pair_pos (by grind) (by grind) a

/-- A lower bound of `exp y` from one of `exp (y / 2)`. -/
theorem le_exp_of_half {y c d : R} (h : c ≤ exp (y / 2)) (hc : 0 ≤ c) (hd : d ≤ c * c) :
    d ≤ exp y := by
  have := mul_le_mul h h (Std.le_of_lt (exp_pos _)) hc
  rw [exp_add_self] at this
  grind

theorem le_log {x y : R} (hy : 0 < y) (h : exp x ≤ y) : x ≤ log y := by
  rw [← exp_le_iff, exp_log _ hy]; exact h

theorem log_le {x y : R} (hy : 0 < y) (h : y ≤ exp x) : log y ≤ x := by
  rw [← exp_le_iff, exp_log _ hy]; exact h

/-- The policy `(2/5, 3/5)`. -/
noncomputable def bold : Fin 2 → R := pair (2 / 5)

theorem bold_isProb : IsProb (bold (R := R)) := pair_isProb (by grind) (by grind)
theorem bold_pos (a : Fin 2) : 0 < (bold a : R) := pair_pos (by grind) (by grind) a

/-! ### Numbers -/

/-- `2626/50 ≤ exp 4`. -/
theorem le_exp_four : 2626 / 50 ≤ exp (4 : R) := by
  have h0 := add_one_le_exp (4 / 2 / 2 / 2 / 2 / 2 / 2 / 2 / 2 : R)
  have h1 := le_exp_of_half (d := 10314941 / 10000000) h0 (by grind) (by grind)
  have h2 := le_exp_of_half (d := 10639800 / 10000000) h1 (by grind) (by grind)
  have h3 := le_exp_of_half (d := 11320534 / 10000000) h2 (by grind) (by grind)
  have h4 := le_exp_of_half (d := 12815449 / 10000000) h3 (by grind) (by grind)
  have h5 := le_exp_of_half (d := 16423573 / 10000000) h4 (by grind) (by grind)
  have h6 := le_exp_of_half (d := 26973375 / 10000000) h5 (by grind) (by grind)
  have h7 := le_exp_of_half (d := 72756295 / 10000000) h6 (by grind) (by grind)
  exact le_exp_of_half h7 (by grind) (by grind)

theorem three_le_log_fifty : 3 ≤ log (50 : R) := by
  have h1 := expBound_one (R := R) 1 (by rw [abs_of_nonneg] <;> grind)
  have h0 := exp_pos (1 : R)
  have h2 := mul_le_mul h1 h1 (by grind) (Std.le_of_lt h0)
  have h3 := mul_le_mul h2 h1 (by grind) (Std.le_of_lt h0)
  rw [← exp_add, ← exp_add] at h3
  rw [show (3 : R) = 1 + 1 + 1 by grind]
  exact le_log (by grind) (by grind)

/-- `20/33 ≤ exp(-1/2)`, from `1 - 1/512 ≤ exp(-1/512)` by eight squarings. -/
theorem le_exp_neg_half : 20 / 33 ≤ exp (-1 / 2 : R) := by
  have h0 := add_one_le_exp (-1 / 2 / 2 / 2 / 2 / 2 / 2 / 2 / 2 / 2 : R)
  have h1 := le_exp_of_half (d := 99609756 / 100000000) h0 (by grind) (by grind)
  have h2 := le_exp_of_half (d := 99221034 / 100000000) h1 (by grind) (by grind)
  have h3 := le_exp_of_half (d := 98448135 / 100000000) h2 (by grind) (by grind)
  have h4 := le_exp_of_half (d := 96920352 / 100000000) h3 (by grind) (by grind)
  have h5 := le_exp_of_half (d := 93935546 / 100000000) h4 (by grind) (by grind)
  have h6 := le_exp_of_half (d := 88238868 / 100000000) h5 (by grind) (by grind)
  have h7 := le_exp_of_half (d := 77860978 / 100000000) h6 (by grind) (by grind)
  exact le_exp_of_half h7 (by grind) (by grind)

end RLHF.Demo
