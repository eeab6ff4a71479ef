module
public import RLHF.Foundations.Weighted
public import RLHF.Papers.RewardShift.ClippedKl.Clip

/-!
# The bias of a clipped divergence

What is modelled: the mean of the clipped log-ratio `ℓ = log (π / q)` under `π`, against the
divergence `KL(π ‖ q)`.

## Main results
* `klDiv_sub_mean_clip`: what clipping leaves out is the upper tail minus the lower tail.
* `abs_klDiv_sub_mean_clip_le`: it is at most `E_π (|ℓ| - τ)₊`.
* `lower_tail_le`, `upper_tail_le`: both tails fall exponentially in `τ`.
* `clipped_nonneg`, `clipped_eq_zero_iff`: a divergence for `τ ≥ 1`.
-/

public section

namespace RLHF

open Lean.Grind

universe u
variable {R : Type u} [ExpField R] {m : Nat} {π q : Fin m → R} {τ : R}

theorem klDiv_sub_mean_clip (π q : Fin m → R) (hτ : 0 ≤ τ) :
    klDiv π q - (mean π fun a => clip τ (logRatio π q a)) =
      (mean π fun a => posPart (logRatio π q a - τ)) -
        mean π fun a => posPart (-logRatio π q a - τ) := by
  rw [show klDiv π q = mean π (logRatio π q) from rfl, ← mean_sub, ← mean_sub]
  exact mean_congr fun a => sub_clip hτ _

theorem abs_klDiv_sub_mean_clip_le (hπ : IsProb π) (q : Fin m → R) (hτ : 0 ≤ τ) :
    abs (klDiv π q - mean π fun a => clip τ (logRatio π q a)) ≤
      mean π fun a => posPart (abs (logRatio π q a) - τ) := by
  have h := fun a => abs_le.mp (abs_posPart_sub_le hτ (logRatio π q a))
  have hup := mean_mono hπ.nonneg fun a => (h a).2
  have hlo := mean_mono hπ.nonneg fun a => (h a).1
  rw [klDiv_sub_mean_clip π q hτ, ← mean_sub, abs_le]
  rw [mean_neg] at hlo
  exact ⟨hlo, hup⟩

/-- The weights of `π` are those of `q` times `exp ℓ`. -/
theorem mul_exp_neg_logRatio (hq : ∀ a, 0 < q a) {a : Fin m} (ha : 0 < π a) :
    π a * exp (-logRatio π q a) = q a := by
  have := hq a
  unfold logRatio
  rw [exp_neg, exp_log _ (div_pos ha (hq a))]
  grind

theorem mul_exp_logRatio (hq : ∀ a, 0 < q a) {a : Fin m} (ha : 0 < π a) :
    π a * exp (logRatio π q a) = π a * π a / q a := by
  have := hq a
  unfold logRatio
  rw [exp_log _ (div_pos ha (hq a))]
  grind

theorem IsProb.zero_or_pos (hπ : IsProb π) (a : Fin m) : π a = 0 ∨ 0 < π a := by
  have := hπ.nonneg a; grind

/-- `E_π (-ℓ - τ)₊ ≤ exp(-τ - 1)`, for every policy. -/
theorem lower_tail_le (hπ : IsProb π) (hq : IsProb q) (hq0 : ∀ a, 0 < q a) (τ : R) :
    (mean π fun a => posPart (-logRatio π q a - τ)) ≤ exp (-τ - 1) := by
  have h : ∀ a, π a * posPart (-logRatio π q a - τ) ≤ exp (-τ - 1) * q a := fun a => by
    have he := exp_pos (-τ - 1)
    obtain h0 | ha := hπ.zero_or_pos a
    · have := mul_pos he (hq0 a)
      rw [h0]; grind
    · have h1 := mul_le_mul_left (posPart_sub_le τ (-logRatio π q a)) (hπ.nonneg a)
      have e : exp (-logRatio π q a - τ - 1) = exp (-τ - 1) * exp (-logRatio π q a) := by
        rw [← exp_add]; congr 1; grind
      have h2 := mul_exp_neg_logRatio hq0 ha
      rw [e] at h1
      generalize exp (-logRatio π q a) = c at *
      rw [← h2]
      grind
  have := sum_mono h
  rw [sum_mul, hq.sum_eq_one] at this
  unfold mean
  grind

/-- `E_π (ℓ - τ)₊ ≤ exp(-τ - 1) Σ π² / q`. -/
theorem upper_tail_le (hπ : IsProb π) (hq0 : ∀ a, 0 < q a) (τ : R) :
    (mean π fun a => posPart (logRatio π q a - τ)) ≤
      exp (-τ - 1) * sum fun a => π a * π a / q a := by
  rw [← sum_mul]
  refine sum_mono fun a => ?_
  have he := exp_pos (-τ - 1)
  obtain h0 | ha := hπ.zero_or_pos a
  · have := hq0 a
    rw [h0]; grind
  · have h1 := mul_le_mul_left (posPart_sub_le τ (logRatio π q a)) (hπ.nonneg a)
    have e : exp (logRatio π q a - τ - 1) = exp (-τ - 1) * exp (logRatio π q a) := by
      rw [← exp_add]; congr 1; grind
    rw [e] at h1
    rw [← mul_exp_logRatio hq0 ha]
    grind

theorem tails_le (hπ : IsProb π) (hq : IsProb q) (hq0 : ∀ a, 0 < q a) (τ : R) :
    (mean π fun a => posPart (abs (logRatio π q a) - τ)) ≤
      exp (-τ - 1) * (1 + sum fun a => π a * π a / q a) := by
  have h := mean_mono hπ.nonneg fun a => posPart_abs_sub_le τ (logRatio π q a)
  have h1 := lower_tail_le hπ hq hq0 τ
  have h2 := upper_tail_le hπ hq0 τ
  rw [mean_add] at h
  grind

/-! ### Sign -/

private theorem sub_le_mul_clip (hπ : IsProb π) (hq0 : ∀ a, 0 < q a) (hτ : 1 ≤ τ) (a : Fin m) :
    π a - q a ≤ π a * clip τ (logRatio π q a) := by
  obtain h0 | ha := hπ.zero_or_pos a
  · have := hq0 a
    rw [h0]; grind
  · have h1 := mul_le_mul_left (one_sub_exp_neg_le_clip hτ (logRatio π q a)) (hπ.nonneg a)
    have h2 := mul_exp_neg_logRatio hq0 ha
    grind

private theorem eq_of_mul_clip_eq (hπ : IsProb π) (hq0 : ∀ a, 0 < q a) (hτ : 1 ≤ τ) (a : Fin m)
    (h : π a * clip τ (logRatio π q a) = π a - q a) : π a = q a := by
  obtain h0 | ha := hπ.zero_or_pos a
  · rw [h0] at h ⊢; grind
  · have h2 := mul_exp_neg_logRatio hq0 ha
    by_cases hl : logRatio π q a = 0
    · rw [hl, show -(0 : R) = 0 by grind, exp_zero] at h2
      grind
    · have := mul_pos ha (by have := one_sub_exp_neg_lt_clip hτ hl; grind :
        0 < clip τ (logRatio π q a) - (1 - exp (-logRatio π q a)))
      grind

theorem clipped_nonneg (hπ : IsProb π) (hq : IsProb q) (hq0 : ∀ a, 0 < q a) (hτ : 1 ≤ τ) :
    0 ≤ mean π fun a => clip τ (logRatio π q a) := by
  have h := sum_mono (sub_le_mul_clip hπ hq0 hτ)
  rw [sum_sub, hπ.sum_eq_one, hq.sum_eq_one] at h
  unfold mean
  grind

theorem clipped_eq_zero_iff (hπ : IsProb π) (hq : IsProb q) (hq0 : ∀ a, 0 < q a) (hτ : 1 ≤ τ) :
    (mean π fun a => clip τ (logRatio π q a)) = 0 ↔ π = q := by
  constructor
  · intro h
    have h0 : sum (fun a => π a * clip τ (logRatio π q a) - (π a - q a)) = 0 := by
      rw [sum_sub, sum_sub, hπ.sum_eq_one, hq.sum_eq_one]
      unfold mean at h
      grind
    refine funext fun a => eq_of_mul_clip_eq hπ hq0 hτ a ?_
    have := sum_eq_zero (fun b => by have := sub_le_mul_clip hπ hq0 hτ b; grind) h0 a
    grind
  · rintro rfl
    have e : ∀ a, clip τ (logRatio π π a) = 0 := fun a => by
      have h1 := hq0 a
      unfold logRatio
      rw [show π a / π a = 1 by grind, log_one]
      exact (clip_eq_iff (by grind)).mpr (by rw [abs_zero]; grind)
    rw [mean_congr e, mean_const hπ]

end RLHF
