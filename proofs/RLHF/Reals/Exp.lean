module
public import RLHF.Foundations.Power
public import RLHF.Reals.Complete

/-!
# The exponential of the reals: bounds

What is modelled: `compound n x = (1 + x / 2ⁿ) ^ (2ⁿ)`, for `|x| < 2ⁿ`. It increases with `n`, and
`compound m x · compound n (-x) ≤ 1`, so the least upper bound `exp x` exists.

## Main results
* `Real.compound_le_exp`, `Real.exp_mul_compound_neg_le`: how `exp` lies between.
* `Real.exp_pos`, `Real.add_one_le_exp`.
-/

@[expose] public section

namespace RLHF.Real

open Lean.Grind

/-! ### Powers of two -/

theorem twoPow_succ (n : Nat) : twoPow (n + 1) = 2 * twoPow n := by
  unfold twoPow
  rw [Nat.pow_succ, Semiring.natCast_mul]
  grind

theorem add_one_le_twoPow (n : Nat) : (n : Real) + 1 ≤ twoPow n := by
  induction n with
  | zero => unfold twoPow; grind
  | succ n ih =>
    have := OrderedRing.natCast_nonneg (R := Real) (a := n)
    rw [twoPow_succ, Semiring.natCast_succ]
    grind

theorem one_le_twoPow (n : Nat) : 1 ≤ twoPow n := by
  have := OrderedRing.natCast_nonneg (R := Real) (a := n)
  have := add_one_le_twoPow n
  grind

theorem twoPow_pos (n : Nat) : 0 < twoPow n := by
  have := one_le_twoPow n
  grind

theorem twoPow_le_add (n k : Nat) : twoPow n ≤ twoPow (n + k) := by
  induction k with
  | zero => grind
  | succ k ih =>
    rw [show n + (k + 1) = n + k + 1 by omega, twoPow_succ]
    have := twoPow_pos (n + k)
    grind

/-- `|x| < 2ⁿ`. -/
def Within (n : Nat) (x : Real) : Prop := x < twoPow n ∧ -x < twoPow n

namespace Within

variable {n : Nat} {x : Real}

theorem neg (h : Within n x) : Within n (-x) := ⟨h.2, by have := h.1; grind⟩

theorem add (h : Within n x) (k : Nat) : Within (n + k) x := by
  have := twoPow_le_add n k
  exact ⟨by have := h.1; grind, by have := h.2; grind⟩

theorem base_pos (h : Within n x) : 0 < 1 + x / twoPow n := by
  have hp := twoPow_pos n
  have h1 : (1 + x / twoPow n) * twoPow n = twoPow n + x := by grind
  have h2 := h.2
  apply Std.not_le.1
  intro k
  have := OrderedRing.mul_le_mul_of_nonneg_right k (Std.le_of_lt hp)
  grind

end Within

theorem exists_within (x : Real) : ∃ n, Within n x := by
  obtain ⟨n, hn⟩ := exists_nat_ge x
  obtain ⟨m, hm⟩ := exists_nat_ge (-x)
  have h1 := add_one_le_twoPow n
  have h2 := add_one_le_twoPow m
  have h3 := twoPow_le_add n m
  have h4 := twoPow_le_add m n
  rw [Nat.add_comm m n] at h4
  exact ⟨n + m, by grind, by grind⟩

/-! ### Compound interest -/

variable {n m : Nat} {x : Real}

theorem compound_pos (h : Within n x) : 0 < compound n x := Power.pos h.base_pos _

/-- From `(1 + y / 2)² ≥ 1 + y`. -/
theorem compound_succ (h : Within n x) : compound n x ≤ compound (n + 1) x := by
  unfold compound
  have hp := twoPow_pos n
  have e : (1 + x / twoPow (n + 1)) * (1 + x / twoPow (n + 1)) =
      (1 + x / twoPow n) + (x / twoPow n) ^ 2 / 4 := by rw [twoPow_succ]; grind
  rw [show 2 ^ (n + 1) = 2 ^ n + 2 ^ n by omega, Semiring.pow_add, ← CommSemiring.mul_pow, e]
  have := OrderedRing.sq_nonneg (a := x / twoPow n)
  exact Power.mono (Std.le_of_lt h.base_pos) (by grind) _

theorem compound_le_add (h : Within n x) (k : Nat) : compound n x ≤ compound (n + k) x := by
  induction k with
  | zero => exact Std.le_refl _
  | succ k ih => exact Std.le_trans ih (compound_succ (h.add k))

/-- Bernoulli's inequality. -/
theorem add_one_le_compound (h : Within n x) : x + 1 ≤ compound n x := by
  have hb := Power.bernoulli (Std.le_of_lt h.base_pos) (2 ^ n)
  have hp := twoPow_pos n
  have e : ((2 ^ n : Nat) : Real) * (x / twoPow n) = x := by
    show twoPow n * (x / twoPow n) = x
    grind
  have hb' : 1 + ((2 ^ n : Nat) : Real) * (x / twoPow n) ≤ (1 + x / twoPow n) ^ (2 ^ n) := hb
  rw [e] at hb'
  unfold compound
  grind

theorem compound_mul_neg_self (h : Within n x) : compound n x * compound n (-x) ≤ 1 := by
  unfold compound
  rw [← CommSemiring.mul_pow]
  refine Power.le_one (OrderedRing.mul_nonneg (Std.le_of_lt h.base_pos)
    (Std.le_of_lt h.neg.base_pos)) ?_ _
  have := OrderedRing.sq_nonneg (a := x / twoPow n)
  have : -x / twoPow n = -(x / twoPow n) := by grind
  grind

theorem compound_mul_neg_le (h : Within n x) (k : Within m x) :
    compound m x * compound n (-x) ≤ 1 := by
  have h1 := compound_le_add h.neg m
  have h2 := compound_le_add k n
  rw [Nat.add_comm m n] at h2
  exact Std.le_trans (Power.mul_le h2 h1 (Std.le_of_lt (compound_pos k))
    (Std.le_of_lt (compound_pos (h.neg.add m)))) (compound_mul_neg_self (h.add m))

theorem compound_le_inv (h : Within n x) (k : Within m x) :
    compound m x ≤ 1 / compound n (-x) := by
  have h0 := compound_pos h.neg
  have h1 := compound_mul_neg_le h k
  have h2 : 1 / compound n (-x) * compound n (-x) = 1 := by grind
  exact (Field.IsOrdered.mul_le_mul_iff_of_pos_right h0).1 (by grind)

/-! ### Their least upper bound -/

theorem isLub_exp (x : Real) : IsLub (fun y => ∃ n, Within n x ∧ y = compound n x) (exp x) := by
  obtain ⟨N, hN⟩ := exists_within x
  exact isLub_sup ⟨_, N, hN, rfl⟩ (b := 1 / compound N (-x)) fun y ⟨m, hm, hy⟩ =>
    hy ▸ compound_le_inv hN hm

theorem compound_le_exp (h : Within n x) : compound n x ≤ exp x := (isLub_exp x).1 _ ⟨n, h, rfl⟩

theorem exp_mul_compound_neg_le (h : Within n x) : exp x * compound n (-x) ≤ 1 := by
  have h1 := (isLub_exp x).2 (1 / compound n (-x)) fun y ⟨m, hm, hy⟩ => hy ▸ compound_le_inv h hm
  have h0 := compound_pos h.neg
  have h2 := OrderedRing.mul_le_mul_of_nonneg_right h1 (Std.le_of_lt h0)
  grind

theorem exp_pos (x : Real) : 0 < exp x := by
  obtain ⟨n, hn⟩ := exists_within x
  exact Std.lt_of_lt_of_le (compound_pos hn) (compound_le_exp hn)

theorem add_one_le_exp (x : Real) : x + 1 ≤ exp x := by
  obtain ⟨n, hn⟩ := exists_within x
  exact Std.le_trans (add_one_le_compound hn) (compound_le_exp hn)

end RLHF.Real
