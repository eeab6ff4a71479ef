module
public import RLHF.Probability.ChiSquare.Defs
public import RLHF.Probability.Occurrence.Basic

/-!
# Data processing

What is modelled: the law of a function of a random outcome, on finite sets. Two laws are not
further apart, in divergence, after the same function.

## Main definitions
* `pushforward g p`: the weights `Σ_{g(a) = b} p_a` of the values of `g`.

## Main results
* `mean_pushforward`: `E_{g_# p} f = E_p f(g)`.
* `klDiv_pushforward_le`: `KL(g_# p ‖ g_# q) ≤ KL(p ‖ q)`.
-/

@[expose] public section

namespace RLHF

open Lean.Grind

universe u
variable {R : Type u} [ExpField R] {m k : Nat} {p q : Fin m → R}

/-- Weights `(g_# p)_b = Σ_{g(a) = b} p_a` of the values of `g` under the weights `p`. -/
noncomputable def pushforward (g : Fin m → Fin k) (p : Fin m → R) (b : Fin k) : R :=
  sum fun a => indicator (g a = b) * p a

variable (g : Fin m → Fin k)

/-- `E_{g_# p} f = E_p f(g)`. -/
theorem mean_pushforward (p : Fin m → R) (f : Fin k → R) :
    mean (pushforward g p) f = mean p fun a => f (g a) := by
  unfold mean pushforward
  rw [sum_congr fun b => (sum_mul_right (fun a => indicator (g a = b) * p a) (f b)).symm, sum_comm]
  refine sum_congr fun a => ?_
  rw [sum_congr fun b => (by grind : (indicator (g a = b) : R) * p a * f b =
    indicator (g a = b) * (p a * f b)), sum_indicator_eq_mul (g a) fun b => p a * f b]

theorem pushforward_isProb (hp : IsProb p) : IsProb (pushforward g p) where
  nonneg b := sum_nonneg fun a => mul_nonneg (indicator_nonneg _) (hp.nonneg a)
  sum_eq_one := by
    have h := mean_pushforward g p fun _ => 1
    rw [mean_const hp] at h
    unfold mean at h
    rw [sum_congr fun b => (by grind : pushforward g p b * 1 = pushforward g p b)] at h
    exact h

theorem le_pushforward (hp : ∀ a, 0 ≤ p a) (a : Fin m) : p a ≤ pushforward g p (g a) := by
  have h := le_sum (fun c => mul_nonneg (indicator_nonneg (R := R) (g c = g a)) (hp c)) a
  rw [indicator_eq_one rfl] at h
  unfold pushforward
  grind

/-- A term of the divergence against that of the means `u`, `v` of its class. -/
private theorem sub_le_mul_log_sub {s t u v : R} (hs : 0 ≤ s) (ht : 0 ≤ t) (hst : 0 < s → 0 < t)
    (hu : s ≤ u) (hv : t ≤ v) :
    s - t * (u / v) ≤ s * log (s / t) - s * log (u / v) := by
  by_cases h0 : s = 0
  · by_cases hv0 : v = 0
    · have : t = 0 := by grind
      rw [this, h0]; grind
    · have := mul_nonneg ht (div_nonneg (by grind : 0 ≤ u) (by grind : 0 < v))
      rw [h0]; grind
  · have hs' : 0 < s := by grind
    have ht' := hst hs'
    have huv : 0 < u / v := div_pos (by grind) (by grind)
    have h := log_le_sub_one (div_pos (mul_pos ht' huv) hs')
    rw [log_div (mul_pos ht' huv) hs', log_mul ht' huv] at h
    have k := mul_le_mul_left h hs
    rw [log_div hs' ht']
    generalize u / v = c at *
    have e : s * (t * c / s) = t * c := by grind
    grind

private theorem mul_div_le {u : R} (hu : 0 ≤ u) (v : R) : v * (u / v) ≤ u := by
  by_cases h0 : v = 0
  · rw [h0]; grind
  · rw [(by grind : v * (u / v) = u)]; exact Std.le_refl _

/-- The divergence does not increase under a function. -/
theorem klDiv_pushforward_le (hp : IsProb p) (hq : IsProb q) (hpq : AbsCont p q) :
    klDiv (pushforward g p) (pushforward g q) ≤ klDiv p q := by
  have e := mean_pushforward g p fun b => log (pushforward g p b / pushforward g q b)
  have eq := mean_pushforward g q fun b => pushforward g p b / pushforward g q b
  have h := sum_mono fun a => sub_le_mul_log_sub (hp.nonneg a) (hq.nonneg a) (hpq a)
    (le_pushforward g hp.nonneg a) (le_pushforward g hq.nonneg a)
  have hP := pushforward_isProb g hp
  have h1 : (mean (pushforward g q) fun b => pushforward g p b / pushforward g q b) ≤ 1 := by
    rw [← hP.sum_eq_one]
    refine sum_mono fun b => ?_
    exact mul_div_le (hP.nonneg b) (pushforward g q b)
  rw [sum_sub, sum_sub, hp.sum_eq_one] at h
  unfold mean at e eq h1
  unfold klDiv
  grind

end RLHF
