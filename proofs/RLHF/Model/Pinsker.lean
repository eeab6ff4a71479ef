module
public import RLHF.Model.Tilt
public import RLHF.Probability.Hoeffding.Lemma

/-!
# Pinsker's inequality

What is modelled: the total variation of two probability vectors against their divergence, by the
variational formula of Donsker and Varadhan and Hoeffding's lemma.

## Main results
* `mean_sub_log_le_klDiv`: `E_p f - log E_q exp f ≤ KL(p ‖ q)`; `mean_eq_klDiv_add_log_iff`: with
  equality exactly if `p` is `q` tilted by `f`.
* `mean_sub_mul_self_le`: `(E_p f - E_q f)² ≤ 4h (hi - lo)² KL(p ‖ q)` for `lo ≤ f ≤ hi`.
* `pinsker_of_hoeffdingBound`: `(Σ |p - q|)² ≤ 16h KL(p ‖ q)`.
-/

public section

namespace RLHF

open Lean.Grind

universe u
variable {R : Type u} [ExpField R] {m : Nat} {p q : Fin m → R} (hp : IsProb p) (hq : IsProb q)
  (hq0 : ∀ a, 0 < q a)
include hp hq hq0

/-- Donsker and Varadhan: `E_p f - log E_q exp f ≤ KL(p ‖ q)`. -/
theorem mean_sub_log_le_klDiv (f : Fin m → R) :
    mean p f - log (mean q fun a => exp (f a)) ≤ klDiv p q := by
  have h := klDiv_tilt hq hq0 f hp
  have h0 := klDiv_nonneg hp (tilt_isProb hq hq0 f) (tilt_pos hq hq0 f)
  have e : (mean q fun a => exp (f a)) = tiltPartition q f := rfl
  rw [e]
  grind

theorem mean_le_klDiv_add_log (f : Fin m → R) :
    mean p f ≤ klDiv p q + log (mean q fun a => exp (f a)) := by
  have := mean_sub_log_le_klDiv hp hq hq0 f
  grind

/-- Equality exactly at the tilted distribution. -/
theorem mean_eq_klDiv_add_log_iff (f : Fin m → R) :
    mean p f = klDiv p q + log (mean q fun a => exp (f a)) ↔ p = tilt q f := by
  have h := klDiv_tilt hq hq0 f hp
  have e : (mean q fun a => exp (f a)) = tiltPartition q f := rfl
  rw [e, ← klDiv_eq_zero_iff hp (tilt_isProb hq hq0 f) (tilt_pos hq hq0 f)]
  grind

/-- Means of a bounded function differ by at most the root of the divergence. -/
theorem mean_sub_mul_self_le {h lo hi : R} (hh : HoeffdingBound h) {f : Fin m → R}
    (hf : ∀ a, lo ≤ f a ∧ f a ≤ hi) :
    (mean p f - mean q f) * (mean p f - mean q f) ≤
      4 * h * ((hi - lo) * (hi - lo)) * klDiv p q := by
  have hpos := hh.pos
  have key : ∀ s : R, s * (mean p f - mean q f) - h * (s * s * ((hi - lo) * (hi - lo))) ≤
      klDiv p q := fun s => by
    have h1 := hh.mean_exp_le hq hf s
    have h2 := mean_sub_log_le_klDiv hp hq hq0 fun a => s * (f a - mean q f)
    have h3 := log_le_log (tiltPartition_pos hq hq0 fun a => s * (f a - mean q f)) h1
    rw [log_exp] at h3
    rw [mean_mul, mean_sub, mean_const hp] at h2
    have e : (mean q fun a => exp (s * (f a - mean q f))) =
      tiltPartition q fun a => s * (f a - mean q f) := rfl
    rw [e] at h2
    grind
  by_cases hw : hi - lo = 0
  · have e : ∀ a, f a = lo := fun a => by have := hf a; grind
    rw [mean_congr (p := p) e, mean_congr (p := q) e, mean_const hp, mean_const hq, hw]
    grind
  · have hv := mul_self_pos hw
    generalize mean p f - mean q f = d at *
    generalize (hi - lo) * (hi - lo) = v at *
    have hhv := mul_pos hpos hv
    have k := key (d / (2 * h * v))
    have e : d / (2 * h * v) * d - h * (d / (2 * h * v) * (d / (2 * h * v)) * v) =
        d * d / (4 * h * v) := by grind
    rw [e, div_le_iff (by grind)] at k
    grind

theorem pinsker_of_hoeffdingBound {h : R} (hh : HoeffdingBound h) :
    (sum fun a => abs (p a - q a)) * (sum fun a => abs (p a - q a)) ≤ 16 * h * klDiv p q := by
  open Classical in
  have k := mean_sub_mul_self_le (lo := -1) (hi := 1) hp hq hq0 hh
    (f := fun a => if q a ≤ p a then 1 else -1) fun a => by dsimp only; split <;> grind
  have e : (mean p fun a => if q a ≤ p a then (1 : R) else -1) -
      (mean q fun a => if q a ≤ p a then (1 : R) else -1) = sum fun a => abs (p a - q a) := by
    unfold mean
    rw [← sum_sub]
    exact sum_congr fun a => by unfold abs; split <;> grind
  rw [e] at k
  grind

end RLHF
