module
public import RLHF.Archimedean.Basic
public import RLHF.Foundations.Exp
public import RLHF.Archimedean.Hyperbolic.Defs

/-!
# Hyperbolic functions

What is modelled: hyperbolic sine and cosine of an exponential ordered field, and how fast the sine
grows: as `x / 2` at least from the laws of `exp` alone, as `x` where the field is Archimedean.

## Main results
* `cosh_mul_cosh`: `cosh(x + y) cosh(x - y) = cosh² x + sinh² y`.
* `sinhBound_quarter`: `x²/4 ≤ sinh² x` in every exponential ordered field.
* `sinhBound_one`: `x² ≤ sinh² x` where the field is Archimedean.
-/

public section

namespace RLHF

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R]

theorem one_le_cosh (x : R) : 1 ≤ cosh x := by
  have h1 := add_one_le_exp x
  have h2 := add_one_le_exp (-x)
  unfold cosh
  grind

theorem cosh_pos (x : R) : 0 < cosh x := by have := one_le_cosh x; grind

theorem sinh_neg (x : R) : sinh (-x) = -sinh x := by
  unfold sinh; rw [show - -x = x by grind]; grind

theorem cosh_neg (x : R) : cosh (-x) = cosh x := by
  unfold cosh; rw [show - -x = x by grind]; grind

/-- `cosh` is even and increasing away from `0`. -/
theorem cosh_le_cosh {x y : R} (h : abs x ≤ y) : cosh x ≤ cosh y := by
  have k := abs_le.mp h
  have h1 := mul_nonneg (by have := exp_le_exp k.2; grind : 0 ≤ exp y - exp x)
    (by have := exp_le_exp (by grind : -y ≤ x); grind : 0 ≤ exp x - exp (-y))
  have e1 := exp_neg_mul_exp x
  have e2 := exp_neg_mul_exp y
  have p1 := exp_pos x
  have p2 := exp_pos (-y)
  unfold cosh
  generalize exp x = a at *
  generalize exp (-x) = b at *
  generalize exp y = c at *
  generalize exp (-y) = d at *
  refine le_of_mul_le_mul_left p1 ?_
  have e3 : (c - a) * (a - d) = a * (c + d) - a * a - d * c := by grind
  rw [e3, e2] at h1
  have e4 : a * ((a + b) / 2) = (a * a + b * a) / 2 := by grind
  rw [e4, e1]
  grind

/-- `cosh(x + y) cosh(x - y) = cosh² x + sinh² y`. -/
theorem cosh_mul_cosh (x y : R) :
    cosh (x + y) * cosh (x - y) = cosh x * cosh x + sinh y * sinh y := by
  have e1 : exp (x + y) = exp x * exp y := exp_add x y
  have e2 : exp (-(x + y)) = exp (-x) * exp (-y) := by rw [← exp_add]; congr 1; grind
  have e3 : exp (x - y) = exp x * exp (-y) := by rw [← exp_add]; congr 1; grind
  have e4 : exp (-(x - y)) = exp (-x) * exp y := by rw [← exp_add]; congr 1; grind
  have h1 := exp_neg_mul_exp x
  have h2 := exp_neg_mul_exp y
  unfold cosh sinh
  rw [e1, e2, e3, e4]
  generalize exp x = a at *
  generalize exp (-x) = b at *
  generalize exp y = c at *
  generalize exp (-y) = d at *
  grind

/-- `x / 2 ≤ sinh x` for `x ≥ 0`, from `exp(-x) ≤ 1/(1 + x)`. -/
theorem half_le_sinh {x : R} (hx : 0 ≤ x) : x / 2 ≤ sinh x := by
  have h1 := add_one_le_exp x
  have h2 := mul_le_mul_left h1 (Std.le_of_lt (exp_pos (-x)))
  rw [exp_neg_mul_exp] at h2
  have h3 := one_le_exp hx
  have h4 := mul_nonneg (Std.le_of_lt (exp_pos (-x))) hx
  unfold sinh
  generalize exp (-x) = d at *
  grind

/-- `g x² ≤ sinh² x` follows for all `x` from `x ≥ 0`. -/
private theorem sinhBound_of_nonneg {g : R} (h : ∀ x : R, 0 ≤ x → g * (x * x) ≤ sinh x * sinh x) :
    SinhBound g := fun x => by
  by_cases hx : 0 ≤ x
  · exact h x hx
  · have k := h (-x) (by grind)
    rw [sinh_neg] at k
    grind

theorem sinhBound_quarter : SinhBound (1 / 4 : R) := sinhBound_of_nonneg fun x hx => by
  have h := half_le_sinh hx
  have := mul_le_mul h h (by grind) (by grind)
  grind

/-! ### Archimedean fields -/

/-- `x (1 + x/2) / (1 + x) ≤ sinh x` for `x ≥ 0`. -/
private theorem le_one_add_mul_sinh {x : R} (hx : 0 ≤ x) :
    x * (1 + x / 2) ≤ (1 + x) * sinh x := by
  have h1 := add_one_le_exp x
  have h2 := mul_le_mul_left h1 (Std.le_of_lt (exp_pos (-x)))
  rw [exp_neg_mul_exp] at h2
  have h3 := mul_le_mul_left h1 (by grind : 0 ≤ 1 + x)
  unfold sinh
  generalize exp (-x) = d at *
  generalize exp x = a at *
  grind

/-- `n sinh x ≤ sinh(n x)` for `x ≥ 0`, by induction on `n`. -/
private theorem mul_sinh_le {x : R} (hx : 0 ≤ x) (n : Nat) :
    (n : R) * sinh x ≤ sinh ((n : R) * x) := by
  induction n with
  | zero =>
    have e : sinh (((0 : Nat) : R) * x) = 0 := by
      unfold sinh
      rw [show ((0 : Nat) : R) * x = 0 by grind, show -(0 : R) = 0 by grind]; grind
    rw [e]; grind
  | succ n ih =>
    have hn := natCast_nonneg (R := R) n
    have hs : ∀ y : R, 0 ≤ y → 0 ≤ sinh y := fun y hy => by
      have := half_le_sinh hy; grind
    have e : sinh ((n : R) * x + x) =
        sinh ((n : R) * x) * cosh x + cosh ((n : R) * x) * sinh x := by
      have e2 : exp (-((n : R) * x + x)) = exp (-((n : R) * x)) * exp (-x) := by
        rw [← exp_add]; congr 1; grind
      unfold sinh cosh
      rw [exp_add, e2]
      grind
    have h1 := mul_le_mul_left (one_le_cosh x) (hs _ (mul_nonneg hn hx))
    have h2 := mul_le_mul_right (one_le_cosh ((n : R) * x)) (hs x hx)
    rw [Semiring.natCast_succ, show ((n : R) + 1) * x = n * x + x by grind, e]
    grind

/-- `x ≤ sinh x` for `x ≥ 0` where the field is Archimedean. -/
theorem le_sinh (hR : Archimedean R) {x : R} (hx : 0 ≤ x) : x ≤ sinh x := by
  refine hR.le_of_sub_div_le (a := x * x) (c := 1) fun n hn _ => ?_
  have hy : 0 ≤ x / (n : R) := div_nonneg hx hn
  have h1 := mul_sinh_le hy n
  rw [show (n : R) * (x / n) = x by grind] at h1
  have h2 := le_one_add_mul_sinh hy
  have h3 := half_le_sinh hy
  have h4 := mul_nonneg (mul_nonneg hy hy) hy
  have h5 : x / (n : R) - x / n * (x / n) ≤ sinh (x / n) := by
    refine le_of_mul_le_mul_left (by grind : 0 < 1 + x / (n : R)) ?_
    have := mul_nonneg hy hy
    generalize x / (n : R) = y at *
    grind
  have h6 := mul_le_mul_left h5 (Std.le_of_lt hn)
  have e : (n : R) * (x / n - x / n * (x / n)) = x - x * x / n := by
    clear h1 h2 h3 h4 h5 h6 hy; grind
  rw [e] at h6
  exact Std.le_trans h6 h1

theorem sinhBound_one (hR : Archimedean R) : SinhBound (1 : R) :=
  sinhBound_of_nonneg fun x hx => by
    have h := le_sinh hR hx
    have := mul_le_mul h h (by grind) hx
    grind

end RLHF
