module
public import RLHF.Archimedean.Basic
public import RLHF.Foundations.Power
public import RLHF.Foundations.Sum
public import RLHF.Probability.Hoeffding.TwoPoint

/-!
# Hoeffding's bound for two points, sharp

What is modelled: second-order constants of the exponential near `1/2` on small intervals, in every
field, and their limit where the field is Archimedean.

In a hyperreal field with an infinitesimal `t > 0` the constant `1/8` may fail (on paper, not
proved here): an additive map `δ` with `δ(t) = 10 t³`, `δ(t²) = 0`, `δ ∘ δ = 0` and `|δ(y)|` always
infinitely smaller than `y²` turns `exp` into `y ↦ exp(y + δ(y))`, which obeys the three laws, and
for it `cosh t - exp(t² / 2)` is `(119/12) t⁴` up to smaller terms, so positive.

## Main results
* `expBound_near_half`: `1/2 + (3/4)^k / 2` on `[-2^-(k+1), 2^-(k+1)]`, in every field.
* `hoeffdingBound_near`: `1/8 + (3/4)^k / 8`, in every field.
* `hoeffdingBound_one_eighth`: `1/8` in an Archimedean field.
-/

public section

namespace RLHF

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R]

private theorem expBound_halve {M C : R} (hC : 1 / 2 ≤ C) (hC1 : C ≤ 1) (hM0 : 0 ≤ M)
    (hM : M / 2 ≤ 4 / 5 * (C - 1 / 2)) (h : ExpBound M C) :
    ExpBound (M / 2) (1 / 2 + 3 / 4 * (C - 1 / 2)) := by
  intro y hy
  rw [abs_le] at hy
  have h1 := h (y / 2) (by rw [abs_le]; grind)
  have h0 := exp_pos (y / 2)
  have h2 := mul_le_mul h1 h1 (by grind) (by grind)
  rw [exp_add_self] at h2
  have hC0 : 0 ≤ C := by grind
  -- C y ≤ C M / 2 ≤ M/2
  have k1 : C * y ≤ M / 2 := by
    have a := mul_le_mul_left hy.2 hC0
    have b := mul_le_mul_right hC1 (by grind : 0 ≤ M / 2)
    grind
  have k2 : C * C * (y * y) ≤ M / 2 := by
    have a := mul_le_mul hC1 hC1 (by grind) hC0
    have b1 := mul_nonneg (by grind : 0 ≤ M / 2 - y) (by grind : 0 ≤ y + M / 2)
    have b2 := mul_nonneg (by grind : 0 ≤ M / 2) (by grind : 0 ≤ 1 - M / 2)
    have c := mul_le_mul_right a (mul_self_nonneg y)
    grind
  have k3 := mul_nonneg (by grind : 0 ≤ C / 4 - 1 / 8 - C * y / 4 - C * C * (y * y) / 16)
    (mul_self_nonneg y)
  grind

private theorem three_quarters_pow_pos (k : Nat) : 0 < ((3 / 4) ^ k : R) :=
  Power.pos (by grind) k

/-- Second-order constants that tend to `1/2`. -/
theorem expBound_near_half (k : Nat) :
    ExpBound ((1 / 2) ^ (k + 1) : R) (1 / 2 + 1 / 2 * (3 / 4) ^ k) := by
  suffices h : ExpBound ((1 / 2) ^ (k + 1) : R) (1 / 2 + 1 / 2 * (3 / 4) ^ k) ∧
      0 < ((1 / 2) ^ (k + 1) : R) ∧ ((1 / 2) ^ (k + 1) : R) ≤ 1 / 2 * (3 / 4) ^ k ∧
      (0 : R) ≤ (3 / 4) ^ k ∧ ((3 / 4) ^ k : R) ≤ 1 from h.1
  induction k with
  | zero =>
    simp only [Semiring.pow_succ, Semiring.pow_zero]
    refine ⟨fun y hy => ?_, by grind, by grind, by grind, by grind⟩
    have := expBound_one y (by grind)
    have := mul_self_nonneg y
    grind
  | succ k ih =>
    obtain ⟨h, h0, h1, h2, h3⟩ := ih
    rw [Semiring.pow_succ (1 / 2 : R) (k + 1), Semiring.pow_succ (3 / 4 : R) k]
    generalize ((1 / 2) ^ (k + 1) : R) = M at *
    generalize ((3 / 4) ^ k : R) = e at *
    refine ⟨?_, by grind, by grind, by grind, by grind⟩
    have := expBound_halve (by grind) (by grind) (by grind) (by grind) h
    have e1 : M * (1 / 2) = M / 2 := by grind
    have e2 : 1 / 2 + 3 / 4 * (1 / 2 + 1 / 2 * e - 1 / 2) = 1 / 2 + 1 / 2 * (e * (3 / 4)) := by
      grind
    rw [e2] at this
    rw [e1]
    exact this

private theorem half_pow_mul_two_pow (k : Nat) : ((1 / 2) ^ k * 2 ^ (k + 3) : R) = 8 := by
  induction k with
  | zero => simp only [Semiring.pow_succ, Semiring.pow_zero]; grind
  | succ k ih => rw [Semiring.pow_succ _ (k + 1 + 2), Semiring.pow_succ _ k]; grind

/-- Sub-Gaussian constants that tend to `1/8`. -/
theorem hoeffdingBound_near (k : Nat) : HoeffdingBound (1 / 8 + 1 / 8 * (3 / 4) ^ k : R) := by
  have h := expBound_near_half (R := R) k
  have e0 := three_quarters_pow_pos (R := R) k
  have e4 := half_pow_mul_two_pow (R := R) (k + 1)
  have e2 : (1 / 8 + 1 / 8 * (3 / 4) ^ k : R) = (1 / 2 + 1 / 2 * (3 / 4) ^ k) / 4 := by grind
  rw [e2]
  refine hoeffdingBound_of_expBound (by grind) h ?_ (k + 1 + 3) (by rw [e4]; grind)
  exact coshBound_of_expBound (by grind) h (k + 1 + 3) (by rw [e4]; grind)

private theorem pow_mul_le (k : Nat) : ((3 / 4) ^ k * (1 + (k : R) / 3) : R) ≤ 1 := by
  induction k with
  | zero => rw [Semiring.pow_zero]; grind
  | succ k ih =>
    have hk := mul_nonneg (Std.le_of_lt (three_quarters_pow_pos (R := R) k))
      (natCast_nonneg (R := R) k)
    rw [Semiring.pow_succ, show ((k + 1 : Nat) : R) = (k : R) + 1 from Semiring.natCast_succ k]
    grind

private theorem le_of_forall_pow {a b c : R} (hR : Archimedean R)
    (h : ∀ k : Nat, a ≤ b + (3 / 4) ^ k * c) : a ≤ b := by
  by_cases hab : a ≤ b
  · exact hab
  · obtain ⟨k, hk⟩ := hR (3 * (c / (a - b)))
    have h1 := h k
    have h2 := pow_mul_le (R := R) k
    have h3 := mul_le_mul_right hk (by grind : 0 ≤ a - b)
    have h4 : 3 * (c / (a - b)) * (a - b) = 3 * c := by grind
    rw [h4] at h3
    have h7 := three_quarters_pow_pos (R := R) k
    have h5 := mul_le_mul_left h3 (Std.le_of_lt h7)
    generalize ((3 / 4) ^ k : R) = e at *
    generalize (k : R) = κ at *
    have h6 := mul_le_mul_right h2 (by grind : 0 ≤ a - b)
    have h9 := mul_pos h7 (by grind : 0 < a - b)
    grind

theorem hoeffdingBound_one_eighth (hR : Archimedean R) : HoeffdingBound (1 / 8 : R) := by
  intro p s hp hp1
  have hL := twoPointMgf_pos hp hp1 s
  rw [← exp_log _ hL, exp_le_iff]
  refine le_of_forall_pow (c := 1 / 8 * (s * s)) hR fun k => ?_
  have h := log_le_log hL (hoeffdingBound_near k p s hp hp1)
  rw [log_exp] at h
  grind

end RLHF
