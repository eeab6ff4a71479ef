module

/-!
# Powers in an ordered ring

What is modelled: the order of powers with natural exponents, in any linearly ordered commutative
ring; used for the reals before they have an exponential, and for exponential fields.

## Main results
* `Power.bernoulli`: `1 + n x ≤ (1 + x) ^ n` for `1 + x ≥ 0`.
-/

public section

namespace RLHF.Power

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u

/-! Identities apart from the order, where `grind` sees the ring alone. -/

private theorem zero_mul_add {K : Type u} [CommRing K] (x : K) : 1 + ((0 : Nat) : K) * x = 1 := by
  grind

private theorem expand {K : Type u} [CommRing K] (n : Nat) (x : K) :
    (1 + (n : K) * x) * (1 + x) = (n : K) * (x ^ 2) + (1 + ((n : K) + 1) * x) := by grind

private theorem zero_add {K : Type u} [CommRing K] (x : K) : 0 + x = x := by grind

variable {K : Type u} [CommRing K] [LE K] [LT K] [Std.LawfulOrderLT K] [Std.IsLinearOrder K]
  [OrderedRing K]

theorem mul_le {a b c d : K} (h : a ≤ b) (k : c ≤ d) (ha : 0 ≤ a) (hd : 0 ≤ d) :
    a * c ≤ b * d :=
  Std.le_trans (OrderedRing.mul_le_mul_of_nonneg_left k ha)
    (OrderedRing.mul_le_mul_of_nonneg_right h hd)

omit [Std.LawfulOrderLT K] in
theorem pos {x : K} (h : 0 < x) (n : Nat) : 0 < x ^ n := by
  induction n with
  | zero => rw [Semiring.pow_zero]; exact OrderedRing.zero_lt_one
  | succ n ih => rw [Semiring.pow_succ]; exact OrderedRing.mul_pos ih h

theorem nonneg {x : K} (h : 0 ≤ x) (n : Nat) : 0 ≤ x ^ n := by
  induction n with
  | zero => rw [Semiring.pow_zero]; exact Std.le_of_lt OrderedRing.zero_lt_one
  | succ n ih => rw [Semiring.pow_succ]; exact OrderedRing.mul_nonneg ih h

theorem mono {x y : K} (h : 0 ≤ x) (k : x ≤ y) (n : Nat) : x ^ n ≤ y ^ n := by
  induction n with
  | zero => rw [Semiring.pow_zero, Semiring.pow_zero]; exact Std.le_refl _
  | succ n ih =>
    rw [Semiring.pow_succ, Semiring.pow_succ]
    exact mul_le ih k (nonneg h n) (Std.le_trans h k)

theorem le_one {x : K} (h : 0 ≤ x) (k : x ≤ 1) (n : Nat) : x ^ n ≤ 1 := by
  have := mono h k n
  rwa [Semiring.one_pow] at this

/-- Bernoulli's inequality. -/
theorem bernoulli {x : K} (h : 0 ≤ 1 + x) (n : Nat) : 1 + n * x ≤ (1 + x) ^ n := by
  induction n with
  | zero => rw [Semiring.pow_zero, zero_mul_add]; exact Std.le_refl _
  | succ n ih =>
    have h1 := OrderedRing.mul_le_mul_of_nonneg_right ih h
    have h2 := OrderedRing.mul_nonneg (OrderedRing.natCast_nonneg (R := K) (a := n))
      (OrderedRing.sq_nonneg (a := x))
    have h3 := (OrderedAdd.add_le_left_iff (1 + ((n : K) + 1) * x)).1 h2
    rw [zero_add] at h3
    rw [expand] at h1
    rw [Semiring.pow_succ, Semiring.natCast_succ]
    exact Std.le_trans h3 h1

end RLHF.Power
