module
public import RLHF.Reals.Exp

/-!
# The exponential of a sum

What is modelled: `exp (x + y) = exp x · exp y`. For `a + b + c = 0` the product of the three
`compound n` is at least `1 - D / 2ⁿ` for some `D`, by Bernoulli's inequality; with
`compound n ≤ exp` and `exp x · compound n (-x) ≤ 1` this gives both inequalities up to `D / 2ⁿ`,
and `2ⁿ` is as large as wanted.

## Main results
* `Real.exp_add`.
-/

public section

namespace RLHF.Real

open Lean.Grind

/-- A number that `2ⁿ` times it stays bounded is not positive. -/
theorem nonpos_of_mul_twoPow_le {a b : Real} (N : Nat) (h : ∀ n, a * twoPow (N + n) ≤ b) :
    a ≤ 0 := by
  apply Std.not_lt.1
  intro ha
  obtain ⟨n, hn⟩ := exists_nat_ge (b / a)
  have h1 : b / a < twoPow (N + n) := by
    have := add_one_le_twoPow n
    have := twoPow_le_add n N
    rw [Nat.add_comm n N] at this
    grind
  have h2 := OrderedRing.mul_lt_mul_of_pos_left h1 ha
  have h3 : a * (b / a) = b := by grind
  have := h n
  grind

/-- `u T ≤ v` for factors `T ≥ 1 - D / 2ⁿ` gives `u ≤ v`. -/
theorem le_of_mul_le {u v D : Real} {T : Nat → Real} (N : Nat) (hu : 0 ≤ u)
    (hT : ∀ n, twoPow (N + n) - D ≤ twoPow (N + n) * T n) (h : ∀ n, u * T n ≤ v) : u ≤ v := by
  have := nonpos_of_mul_twoPow_le (a := u - v) (b := u * D) N fun n => by
    have h1 := OrderedRing.mul_le_mul_of_nonneg_left (hT n) hu
    have h2 := OrderedRing.mul_le_mul_of_nonneg_left (h n) (Std.le_of_lt (twoPow_pos (N + n)))
    grind
  grind

theorem exists_bound (x : Real) : ∃ D, 0 ≤ D ∧ -x ≤ D := by
  rcases Std.le_total (a := x) (b := 0) with k | k
  · exact ⟨-x, by grind, by grind⟩
  · exact ⟨0, by grind, by grind⟩

/-- The three bases multiply to `1 + (ab + bc + ca) / 4ⁿ + abc / 8ⁿ`. -/
theorem base_triple {a b c p : Real} (hp : 1 ≤ p) (h : a + b + c = 0) {D E : Real}
    (hD : -(a * b + b * c + c * a) ≤ D) (hE0 : 0 ≤ E) (hE : -(a * b * c) ≤ E) :
    -(D + E) ≤ p * (p * ((1 + a / p) * (1 + b / p) * (1 + c / p) - 1)) := by
  have e1 : p * (p * ((1 + a / p) * (1 + b / p) * (1 + c / p) - 1)) =
      (a * b + b * c + c * a) + a * b * c / p := by grind
  have e2 : a * b * c / p * p = a * b * c := by grind
  have h1 := OrderedRing.mul_nonneg hE0 (b := p - 1) (by grind)
  have h2 : -E ≤ a * b * c / p :=
    (Field.IsOrdered.mul_le_mul_iff_of_pos_right (c := p) (by grind)).1 (by grind)
  rw [e1]
  grind

theorem compound_triple {a b c : Real} (h : a + b + c = 0) : ∃ D, ∀ n, Within n a → Within n b →
    Within n c →
    twoPow n - D ≤ twoPow n * (compound n a * compound n b * compound n c) := by
  obtain ⟨D, -, hD⟩ := exists_bound (a * b + b * c + c * a)
  obtain ⟨E, hE0, hE⟩ := exists_bound (a * b * c)
  refine ⟨D + E, fun n ha hb hc => ?_⟩
  have h1 := base_triple (one_le_twoPow n) h hD hE0 hE
  have h0 := OrderedRing.mul_pos (OrderedRing.mul_pos ha.base_pos hb.base_pos) hc.base_pos
  have e : compound n a * compound n b * compound n c =
      ((1 + a / twoPow n) * (1 + b / twoPow n) * (1 + c / twoPow n)) ^ (2 ^ n) := by
    unfold compound
    rw [CommSemiring.mul_pow, CommSemiring.mul_pow]
  rw [e]
  generalize (1 + a / twoPow n) * (1 + b / twoPow n) * (1 + c / twoPow n) = t at *
  have hb' : 1 + twoPow n * (t - 1) ≤ (1 + (t - 1)) ^ (2 ^ n) :=
    Power.bernoulli (x := t - 1) (by grind) (2 ^ n)
  rw [show 1 + (t - 1) = t by grind] at hb'
  have h2 := OrderedRing.mul_le_mul_of_nonneg_left hb' (Std.le_of_lt (twoPow_pos n))
  rw [show twoPow n * (1 + twoPow n * (t - 1)) = twoPow n + twoPow n * (twoPow n * (t - 1)) by
    grind] at h2
  generalize twoPow n * (twoPow n * (t - 1)) = s at *
  generalize t ^ (2 ^ n) = r at *
  grind

theorem exists_common (a b c : Real) :
    ∃ N, ∀ n, Within (N + n) a ∧ Within (N + n) b ∧ Within (N + n) c := by
  obtain ⟨i, hi⟩ := exists_within a
  obtain ⟨j, hj⟩ := exists_within b
  obtain ⟨k, hk⟩ := exists_within c
  refine ⟨i + j + k, fun n => ⟨?_, ?_, ?_⟩⟩
  · have := hi.add (j + k + n)
    rwa [show i + (j + k + n) = i + j + k + n by omega] at this
  · have := hj.add (i + k + n)
    rwa [show j + (i + k + n) = i + j + k + n by omega] at this
  · have := hk.add (i + j + n)
    rwa [show k + (i + j + n) = i + j + k + n by omega] at this

theorem exp_add_le (x y : Real) : exp (x + y) ≤ exp x * exp y := by
  obtain ⟨N, hN⟩ := exists_common x y (x + y)
  obtain ⟨D, hD⟩ := compound_triple (a := x) (b := y) (c := -(x + y)) (by grind)
  refine le_of_mul_le N (Std.le_of_lt (exp_pos _))
    (fun n => hD (N + n) (hN n).1 (hN n).2.1 (hN n).2.2.neg) fun n => ?_
  have hxy := OrderedRing.mul_pos (exp_pos x) (exp_pos y)
  have h1 := Power.mul_le (compound_le_exp (hN n).1) (compound_le_exp (hN n).2.1)
    (Std.le_of_lt (compound_pos (hN n).1)) (Std.le_of_lt (exp_pos y))
  have h2 := exp_mul_compound_neg_le (hN n).2.2
  have p := OrderedRing.mul_pos (compound_pos (hN n).1) (compound_pos (hN n).2.1)
  have h3 := Power.mul_le h1 h2 (Std.le_of_lt p) (by grind)
  grind

theorem le_exp_add (x y : Real) : exp x * exp y ≤ exp (x + y) := by
  obtain ⟨N, hN⟩ := exists_common x y (x + y)
  obtain ⟨D, hD⟩ := compound_triple (a := -x) (b := -y) (c := x + y) (by grind)
  refine le_of_mul_le N (Std.le_of_lt (OrderedRing.mul_pos (exp_pos x) (exp_pos y)))
    (fun n => hD (N + n) (hN n).1.neg (hN n).2.1.neg (hN n).2.2) fun n => ?_
  have p1 := OrderedRing.mul_pos (exp_pos x) (compound_pos (hN n).1.neg)
  have p2 := OrderedRing.mul_pos (exp_pos y) (compound_pos (hN n).2.1.neg)
  have h1 := Power.mul_le (exp_mul_compound_neg_le (hN n).1)
    (exp_mul_compound_neg_le (hN n).2.1) (Std.le_of_lt p1) (by grind)
  have h2 := Power.mul_le h1 (compound_le_exp (hN n).2.2)
    (Std.le_of_lt (OrderedRing.mul_pos p1 p2)) (Std.le_of_lt (exp_pos _))
  grind

/-- `exp` turns sums into products. -/
theorem exp_add (x y : Real) : exp (x + y) = exp x * exp y :=
  Std.le_antisymm (exp_add_le x y) (le_exp_add x y)

end RLHF.Real
