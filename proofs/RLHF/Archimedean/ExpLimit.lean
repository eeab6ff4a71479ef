module
public import RLHF.Archimedean.Basic
public import RLHF.Foundations.Exp
public import RLHF.Reals.Power

/-!
# The exponential is the limit of compound interest

What is modelled: functions that obey the two laws of `exp`. Each is squeezed by `(1 + x / n) ^ n`,
so in an Archimedean field there is only one.

## Main results
* `ExpLike.mul_le_pow`, `ExpLike.pow_le`: `f x (1 - x² / n) ≤ (1 + x / n) ^ n ≤ f x` for `n ≥ |x|`,
  `n ≥ 1`.
* `ExpLike.eq_exp`; `exists_pow_near_exp`, in ε–N form.
-/

@[expose] public section

namespace RLHF

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R]

/-- `f` obeys the two laws of `exp`. -/
structure ExpLike (f : R → R) : Prop where
  /-- `f (x + y) = f x · f y`. -/
  add : ∀ x y, f (x + y) = f x * f y
  /-- `x + 1 ≤ f x`. -/
  add_one_le : ∀ x, x + 1 ≤ f x

theorem expLike_exp : ExpLike (exp : R → R) := ⟨exp_add, add_one_le_exp⟩

namespace ExpLike

variable {f : R → R} (h : ExpLike f) {x : R} {n : Nat}
include h

theorem zero : f 0 = 1 := by
  have h1 := h.add 0 0
  have h2 := h.add_one_le 0
  rw [show (0 : R) + 0 = 0 by grind] at h1
  grind

theorem nonneg (x : R) : 0 ≤ f x := by
  have := h.add (x / 2) (x / 2)
  rw [show x / 2 + x / 2 = x by grind] at this
  rw [this]
  exact mul_self_nonneg _

theorem nat_mul (t : R) (n : Nat) : f ((n : R) * t) = f t ^ n := by
  induction n with
  | zero => rw [show ((0 : Nat) : R) * t = 0 by grind, h.zero]; grind
  | succ n ih =>
    rw [Semiring.natCast_succ, show ((n : R) + 1) * t = n * t + t by grind, h.add, ih]
    grind

theorem pow_le (hn : 0 < (n : R)) (hx : abs x ≤ n) : (1 + x / n) ^ n ≤ f x := by
  have e : (n : R) * (x / n) = x := by grind
  have h0 := (le_div_iff (a := -1) (b := x) hn).2 (by have := abs_le.1 hx; grind)
  have h1 := Power.mono (x := 1 + x / n) (y := f (x / n)) (by grind)
    (by have := h.add_one_le (x / n); grind) n
  rw [← h.nat_mul, e] at h1
  exact h1

/-- Bernoulli for `(1 + x / n) (1 - x / n) = 1 - x² / n²`. -/
theorem mul_le_pow (hn : 0 < (n : R)) (hx : abs x ≤ n) :
    f x * (1 - x * x / n) ≤ (1 + x / n) ^ n := by
  have h1 := h.pow_le hn (x := -x) (by rwa [abs_neg])
  have h2 := h.add x (-x)
  rw [show x + -x = 0 by grind, h.zero] at h2
  have a1 := (le_div_iff (a := -1) (b := x) hn).2 (by have := abs_le.1 hx; grind)
  have a2 := (div_le_iff (a := x) (b := 1) hn).2 (by have := abs_le.1 hx; grind)
  have a3 : -x / n = -(x / n) := by grind
  have h3 := Power.nonneg (x := 1 + x / n) (by grind) n
  have a4 := mul_nonneg (show 0 ≤ 1 + x / n by grind) (show 0 ≤ 1 - x / n by grind)
  have hb := Power.bernoulli (x := (1 + x / n) * (1 + -x / n) - 1) (by grind) n
  rw [show 1 + ((1 + x / n) * (1 + -x / n) - 1) = (1 + x / n) * (1 + -x / n) by grind,
    CommSemiring.mul_pow,
    show 1 + (n : R) * ((1 + x / n) * (1 + -x / n) - 1) = 1 - x * x / n by grind] at hb
  have h4 := mul_le_mul_left hb (h.nonneg x)
  have h5 := mul_le_mul_left (mul_le_mul_left h1 (h.nonneg x)) h3
  rw [← h2] at h5
  generalize (1 + x / n) ^ n = s at *
  generalize (1 + -x / n) ^ n = t at *
  grind

theorem le_of_archimedean {g : R → R} (k : ExpLike g) (hR : Archimedean R) (x : R) :
    f x ≤ g x := by
  refine hR.le_of_sub_div_le (a := f x * (x * x)) (c := abs x) fun n h1 h2 => ?_
  have h3 := h.mul_le_pow h1 h2
  have h4 := k.pow_le h1 h2
  grind

/-- In an Archimedean field only `exp` obeys the two laws. -/
theorem eq_exp (hR : Archimedean R) (x : R) : f x = exp x :=
  Std.le_antisymm (h.le_of_archimedean expLike_exp hR x) (expLike_exp.le_of_archimedean h hR x)

end ExpLike

/-- `|(1 + x / n) ^ n - exp x| ≤ ε` for all `n` from some index on. -/
theorem exists_pow_near_exp (hR : Archimedean R) (x : R) {ε : R} (hε : 0 < ε) :
    ∃ N : Nat, ∀ n : Nat, N ≤ n → abs ((1 + x / n) ^ n - exp x) ≤ ε := by
  obtain ⟨N, h1, h2, h3⟩ := hR.exists_ge_three 1 (abs x) (exp x * (x * x) / ε)
  refine ⟨N, fun n hn => ?_⟩
  have hc := cast_le_cast (R := R) hn
  have hn0 : 0 < (n : R) := by grind
  have h4 := expLike_exp.pow_le hn0 (x := x) (by grind)
  have h5 := expLike_exp.mul_le_pow hn0 (x := x) (by grind)
  have h6 := (div_le_iff (a := exp x * (x * x)) (b := (n : R)) hε).1 (by grind)
  have h7 := (div_le_iff (a := exp x * (x * x)) (b := ε) hn0).2 (by grind)
  rw [show exp x * (1 - x * x / n) = exp x - exp x * (x * x) / n by grind] at h5
  exact abs_le.2 ⟨by grind, by grind⟩

end RLHF
