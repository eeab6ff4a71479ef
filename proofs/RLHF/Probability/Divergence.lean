module
public import RLHF.Foundations.Weighted
public import RLHF.Probability.Defs

/-!
# Kullback–Leibler divergence

What is modelled: `KL(p ‖ q)` for probability vectors `p`, `q` on a finite set, `q > 0`.

## Main results
* `klDiv_self`, `klDiv_nonneg`, `klDiv_eq_zero_iff`.

## References
arXiv 2601.16403, KL regulariser.
-/

public section

namespace RLHF

open Lean.Grind

universe u
variable {R : Type u} [ExpField R] {m : Nat} {p q : Fin m → R}

private theorem sub_le_mul_log {s t : R} (hs : 0 ≤ s) (ht : 0 < t) :
    s - t ≤ s * log (s / t) := by
  by_cases h0 : s = 0
  · subst h0; grind
  · have hs' : 0 < s := by grind
    have h1 := log_le_sub_one (div_pos ht hs')
    rw [log_div ht hs'] at h1
    rw [log_div hs' ht]
    have h2 := mul_nonneg hs (by grind : 0 ≤ t / s - 1 - (log t - log s))
    have h3 : s * (t / s) = t := by grind
    grind

private theorem eq_of_mul_log_eq {s t : R} (hs : 0 ≤ s) (ht : 0 < t)
    (h : s * log (s / t) = s - t) : s = t := by
  by_cases h0 : s = 0
  · subst h0; grind
  · have hs' : 0 < s := by grind
    by_cases h1 : t / s = 1
    · grind
    · have h2 := log_lt_sub_one (div_pos ht hs') h1
      rw [log_div ht hs'] at h2
      rw [log_div hs' ht] at h
      have h3 := mul_pos hs' (by grind : 0 < t / s - 1 - (log t - log s))
      have h4 : s * (t / s) = t := by grind
      grind

theorem klDiv_self (hp : ∀ a, 0 < p a) : klDiv p p = 0 := by
  have h : ∀ a, p a * log (p a / p a) = 0 := fun a => by
    have := hp a
    have e : p a / p a = 1 := by grind
    rw [e, log_one]; grind
  unfold klDiv
  rw [sum_congr h, sum_zero]

theorem klDiv_nonneg (hp : IsProb p) (hq : IsProb q) (hq0 : ∀ a, 0 < q a) : 0 ≤ klDiv p q := by
  have h : sum (fun a => p a - q a) ≤ klDiv p q :=
    sum_mono fun a => sub_le_mul_log (hp.nonneg a) (hq0 a)
  rw [sum_sub, hp.sum_eq_one, hq.sum_eq_one] at h
  grind

theorem klDiv_eq_zero_iff (hp : IsProb p) (hq : IsProb q) (hq0 : ∀ a, 0 < q a) :
    klDiv p q = 0 ↔ p = q := by
  refine ⟨fun h => funext fun a => ?_, fun h => h ▸ klDiv_self (h ▸ hq0)⟩
  refine eq_of_mul_log_eq (hp.nonneg a) (hq0 a) ?_
  have h0 : sum (fun a => p a * log (p a / q a) - (p a - q a)) = 0 := by
    rw [sum_sub, sum_sub, hp.sum_eq_one, hq.sum_eq_one]
    unfold klDiv at h
    grind
  have := sum_eq_zero (fun b => by have := sub_le_mul_log (hp.nonneg b) (hq0 b); grind) h0 a
  grind

end RLHF
