module
public import RLHF.Probability.Divergence
public import RLHF.Probability.Occurrence.Missing

/-!
# Uniform weights, and the divergence from them

What is modelled: uniform weights on a finite set that is not empty. The divergence from them is
what the entropy `-Σ p log p` lacks to the logarithm of the size.

## Main results
* `uniform_isProb`, `uniform_pos`.
* `klDiv_uniform`: `KL(p ‖ uniform) = log n - (-Σ p log p)`.
* `klDiv_uniform_le`: `KL(p ‖ uniform) ≤ log n`; `klDiv_point_uniform`: equality at one point.
-/

public section

namespace RLHF

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R] {n : Nat} {p : Fin n → R}

theorem uniform_pos (hn : 0 < n) (i : Fin n) : 0 < (uniform i : R) :=
  div_pos (by grind) (natCast_pos hn)

theorem uniform_isProb (hn : 0 < n) : IsProb (uniform (R := R) (n := n)) where
  nonneg i := Std.le_of_lt (uniform_pos hn i)
  sum_eq_one := by
    have := natCast_pos (R := R) hn
    unfold uniform
    rw [sum_const]
    grind

private theorem mul_log_div_uniform {s : R} (hs : 0 ≤ s) (hn : 0 < (n : R)) :
    s * log (s / (1 / (n : R))) = s * log s + s * log (n : R) := by
  by_cases h0 : s = 0
  · rw [h0]; grind
  · have hs' : 0 < s := by grind
    rw [log_div hs' (div_pos (by grind) hn), log_div (by grind) hn, log_one]
    grind

/-- `KL(p ‖ uniform)` is the logarithm of the size minus the entropy of `p`. -/
theorem klDiv_uniform (hp : IsProb p) :
    klDiv p uniform = log (n : R) - -sum fun i => p i * log (p i) := by
  have hn := natCast_pos (R := R) hp.size_pos
  have e : ∀ i, p i * log (p i / uniform i) = p i * log (p i) + p i * log (n : R) := fun i =>
    mul_log_div_uniform (hp.nonneg i) hn
  unfold klDiv
  rw [sum_congr e, sum_add, sum_mul_right, hp.sum_eq_one]
  grind

private theorem mul_log_nonpos {s : R} (hs : 0 ≤ s) (h1 : s ≤ 1) : s * log s ≤ 0 := by
  by_cases h0 : s = 0
  · rw [h0]; grind
  · have h := log_le_sub_one (by grind : 0 < s)
    have := mul_nonneg hs (by grind : 0 ≤ -log s)
    grind

theorem klDiv_uniform_le (hp : IsProb p) : klDiv p uniform ≤ log (n : R) := by
  have h := sum_nonneg fun i => (by
    have := mul_log_nonpos (hp.nonneg i) (hp.le_one i)
    grind : 0 ≤ -(p i * log (p i)))
  rw [sum_neg] at h
  rw [klDiv_uniform hp]
  grind

/-- One certain outcome. -/
theorem point_isProb (j : Fin n) : IsProb fun i => (indicator (j = i) : R) where
  nonneg i := indicator_nonneg _
  sum_eq_one := by
    have h := sum_indicator_eq_mul j fun _ => (1 : R)
    rw [sum_congr fun i => (by grind : (indicator (j = i) : R) * 1 = indicator (j = i))] at h
    exact h

theorem klDiv_point_uniform (j : Fin n) :
    klDiv (fun i => indicator (j = i)) uniform = log (n : R) := by
  rw [klDiv_uniform (point_isProb j), sum_congr (g := fun _ => 0) fun i => ?_, sum_zero]
  · grind
  · by_cases h : j = i
    · rw [indicator_eq_one h, log_one]; grind
    · rw [indicator_eq_zero h]; grind

end RLHF
