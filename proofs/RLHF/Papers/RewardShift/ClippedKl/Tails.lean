module
public import RLHF.Papers.RewardShift.ClippedKl.Bias

/-!
# The bias at other thresholds, and tails of the log-ratio

What is modelled: `b(τ) = E_π (|ℓ| - τ)₊` as a function of `τ`, where it is `0`, and how likely a
large log-ratio is under `π`.

## Main results
* `cutOff_antitone`, `cutOff_eq_zero_iff`, `cutOff_le_second_moment`.
* `prob_upper_le`, `prob_lower_le`: the tails of `ℓ` itself.
* `le_clipped`, `clipped_le`: the clipped divergence from below and from above.
-/

public section

namespace RLHF

open Lean.Grind

universe u
variable {R : Type u} [ExpField R] {m : Nat} {π q : Fin m → R} {τ : R}

theorem cutOff_antitone (hπ : IsProb π) (q : Fin m → R) {τ' : R} (h : τ ≤ τ') :
    0 ≤ (mean π fun a => posPart (abs (logRatio π q a) - τ)) -
        (mean π fun a => posPart (abs (logRatio π q a) - τ')) ∧
      (mean π fun a => posPart (abs (logRatio π q a) - τ)) -
        (mean π fun a => posPart (abs (logRatio π q a) - τ')) ≤ τ' - τ := by
  rw [← mean_sub]
  have k := fun a => posPart_sub_antitone h (abs (logRatio π q a))
  exact ⟨mean_nonneg hπ.nonneg fun a => (k a).1, mean_le hπ fun a => (k a).2⟩

theorem cutOff_eq_zero_iff (hπ : ∀ a, 0 < π a) (q : Fin m → R) :
    (mean π fun a => posPart (abs (logRatio π q a) - τ)) = 0 ↔ ∀ a, abs (logRatio π q a) ≤ τ := by
  constructor
  · intro h a
    have h0 := sum_eq_zero (fun b => mul_nonneg (Std.le_of_lt (hπ b)) (posPart_nonneg _)) h a
    have h1 := hπ a
    have h2 := le_posPart (abs (logRatio π q a) - τ)
    generalize posPart (abs (logRatio π q a) - τ) = u at *
    have h3 : u = 0 := by grind
    grind
  · intro h
    have e : ∀ a, π a * posPart (abs (logRatio π q a) - τ) = 0 := fun a => by
      have := h a
      rw [show posPart (abs (logRatio π q a) - τ) = 0 by unfold posPart max; grind]
      grind
    unfold mean
    rw [sum_congr e, sum_zero]

theorem cutOff_le_second_moment (hπ : IsProb π) (q : Fin m → R) (hτ : 0 < τ) :
    (mean π fun a => posPart (abs (logRatio π q a) - τ)) ≤
      (mean π fun a => logRatio π q a * logRatio π q a) / (4 * τ) := by
  rw [← mean_div]
  exact mean_mono hπ.nonneg fun a => posPart_abs_sub_le_square hτ _

private theorem indicator_le_exp {A : Prop} {c u : R} (h : A → c ≤ u) :
    indicator A ≤ exp (u - c) := by
  have h0 := exp_pos (u - c)
  by_cases k : A
  · have := one_le_exp (x := u - c) (by have := h k; grind)
    unfold indicator; grind
  · unfold indicator; grind

/-- `P_π(ℓ ≥ τ) ≤ exp(-τ) Σ π² / q`. -/
theorem prob_upper_le (hπ : IsProb π) (hq0 : ∀ a, 0 < q a) (τ : R) :
    (mean π fun a => indicator (τ ≤ logRatio π q a)) ≤
      exp (-τ) * sum fun a => π a * π a / q a := by
  rw [← sum_mul]
  refine sum_mono fun a => ?_
  obtain h0 | ha := hπ.zero_or_pos a
  · have := hq0 a
    rw [h0]; grind
  · have h1 := mul_le_mul_left (indicator_le_exp fun h : τ ≤ logRatio π q a => h) (hπ.nonneg a)
    have e : exp (logRatio π q a - τ) = exp (-τ) * exp (logRatio π q a) := by
      rw [← exp_add]; congr 1; grind
    rw [e] at h1
    rw [← mul_exp_logRatio hq0 ha]
    grind

/-- `P_π(ℓ ≤ -τ) ≤ exp(-τ)`. -/
theorem prob_lower_le (hπ : IsProb π) (hq : IsProb q) (hq0 : ∀ a, 0 < q a) (τ : R) :
    (mean π fun a => indicator (logRatio π q a ≤ -τ)) ≤ exp (-τ) := by
  have h : ∀ a, π a * indicator (logRatio π q a ≤ -τ) ≤ exp (-τ) * q a := fun a => by
    obtain h0 | ha := hπ.zero_or_pos a
    · have := mul_pos (exp_pos (-τ)) (hq0 a)
      rw [h0]; grind
    · have h1 := mul_le_mul_left (indicator_le_exp (c := τ) (u := -logRatio π q a)
        fun h : logRatio π q a ≤ -τ => by grind) (hπ.nonneg a)
      have e : exp (-logRatio π q a - τ) = exp (-τ) * exp (-logRatio π q a) := by
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

/-- `E_π clip_τ ℓ ≥ τ - exp(τ - 1)`. -/
theorem le_clipped (hπ : IsProb π) (hq : IsProb q) (hq0 : ∀ a, 0 < q a) (hτ : 0 ≤ τ) :
    τ - exp (τ - 1) ≤ mean π fun a => clip τ (logRatio π q a) := by
  have h : ∀ a, τ * π a - exp (τ - 1) * q a ≤ π a * clip τ (logRatio π q a) := fun a => by
    obtain h0 | ha := hπ.zero_or_pos a
    · have := mul_pos (exp_pos (τ - 1)) (hq0 a)
      rw [h0]; grind
    · have h1 := mul_le_mul_left (sub_exp_le_clip hτ (logRatio π q a)) (hπ.nonneg a)
      have e : exp (τ - 1 - logRatio π q a) = exp (τ - 1) * exp (-logRatio π q a) := by
        rw [← exp_add]; congr 1; grind
      have h2 := mul_exp_neg_logRatio hq0 ha
      rw [e] at h1
      generalize exp (-logRatio π q a) = c at *
      rw [← h2]
      grind
  have k := sum_mono h
  rw [sum_sub, sum_mul, sum_mul, hπ.sum_eq_one, hq.sum_eq_one] at k
  unfold mean
  grind

/-- `E_π clip_τ ℓ ≤ KL(π ‖ q) + exp(-τ - 1)`. -/
theorem clipped_le (hπ : IsProb π) (hq : IsProb q) (hq0 : ∀ a, 0 < q a) (hτ : 0 ≤ τ) :
    (mean π fun a => clip τ (logRatio π q a)) ≤ klDiv π q + exp (-τ - 1) := by
  have h := klDiv_sub_mean_clip π q hτ
  have h1 := lower_tail_le hπ hq hq0 τ
  have h2 := mean_nonneg hπ.nonneg fun a => posPart_nonneg (logRatio π q a - τ)
  grind

end RLHF
