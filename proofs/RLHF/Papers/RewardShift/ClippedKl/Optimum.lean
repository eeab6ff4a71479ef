module
public import RLHF.Model.Setting
public import RLHF.Papers.RewardShift.ClippedKl.Bias

/-!
# The optimum of a clipped objective

What is modelled: a policy that does at least as well as `π_r` in the objective with the clipped
divergence, and what it loses in the objective with the divergence itself.

## Main results
* `Setting.value_sub_le_of_clippedValue_le`: it loses at most `λ` times its own upper tail and the
  lower tail of `π_r`.
* `Setting.clipped_tails_le`: these fall exponentially in `τ`.
-/

public section

namespace RLHF

open Lean.Grind

universe u
variable {R : Type u} [ExpField R] {N m : Nat}

namespace Setting

variable (E : Setting R N m) (x : Fin N) (r : Fin m → R) {π : Fin m → R} {τ : R}

/-- The value with the divergence, by the clipped value and the two tails. -/
theorem value_eq_clippedValue (hτ : 0 ≤ τ) (π : Fin m → R) :
    E.value x r π = E.clippedValue τ x r π - E.klCoef *
      ((mean π fun a => posPart (logRatio π (E.refPolicy x) a - τ)) -
        mean π fun a => posPart (-logRatio π (E.refPolicy x) a - τ)) := by
  rw [← klDiv_sub_mean_clip π (E.refPolicy x) hτ]
  unfold value clippedValue
  grind

theorem value_sub_le_of_clippedValue_le (hπ : IsProb π) (hτ : 0 ≤ τ)
    (h : E.clippedValue τ x r (E.boltzmann x r) ≤ E.clippedValue τ x r π) :
    E.value x r (E.boltzmann x r) - E.value x r π ≤ E.klCoef *
      ((mean π fun a => posPart (logRatio π (E.refPolicy x) a - τ)) +
        mean (E.boltzmann x r) fun a =>
          posPart (-logRatio (E.boltzmann x r) (E.refPolicy x) a - τ)) := by
  have h1 := mul_nonneg E.klCoef_nonneg (mean_nonneg (E.boltzmann_isProb x r).nonneg fun a =>
    posPart_nonneg (logRatio (E.boltzmann x r) (E.refPolicy x) a - τ))
  have h2 := mul_nonneg E.klCoef_nonneg (mean_nonneg hπ.nonneg fun a =>
    posPart_nonneg (-logRatio π (E.refPolicy x) a - τ))
  rw [E.value_eq_clippedValue x r hτ, E.value_eq_clippedValue x r hτ]
  grind

theorem clipped_tails_le (hπ : IsProb π) (τ : R) : E.klCoef *
      ((mean π fun a => posPart (logRatio π (E.refPolicy x) a - τ)) +
        mean (E.boltzmann x r) fun a =>
          posPart (-logRatio (E.boltzmann x r) (E.refPolicy x) a - τ)) ≤
    E.klCoef * (exp (-τ - 1) * (1 + sum fun a => π a * π a / E.refPolicy x a)) := by
  have h1 := upper_tail_le hπ (E.refPolicy_pos x) τ
  have h2 := lower_tail_le (E.boltzmann_isProb x r) (E.refPolicy_isProb x) (E.refPolicy_pos x) τ
  refine mul_le_mul_left ?_ E.klCoef_nonneg
  grind

/-- The log-ratio of `π_r` is at most the range of `r / λ`. -/
theorem abs_logRatio_boltzmann_le (hr : ∀ a b, r a - r b ≤ E.klCoef * τ) (a : Fin m) :
    abs (logRatio (E.boltzmann x r) (E.refPolicy x) a) ≤ τ := by
  have hs : ∀ a b, r a / E.klCoef - r b / E.klCoef ≤ τ := fun a b => by
    have h := div_le_div_right (hr a b) E.klCoef_pos
    rw [show E.klCoef * τ / E.klCoef = τ by have := E.klCoef_pos; grind] at h
    grind
  have hq := E.refPolicy_isProb x
  have hZ : tiltPartition (E.refPolicy x) (fun a => r a / E.klCoef) =
    mean (E.refPolicy x) fun a => exp (r a / E.klCoef) := rfl
  have hup := mean_le hq fun b => exp_le_exp (by have := hs b a; grind :
    r b / E.klCoef ≤ r a / E.klCoef + τ)
  have hlo := le_mean hq fun b => exp_le_exp (by have := hs a b; grind :
    r a / E.klCoef - τ ≤ r b / E.klCoef)
  rw [← hZ] at hup hlo
  have h1 := log_le_log (exp_pos _) hlo
  have h2 := log_le_log (tiltPartition_pos hq (E.refPolicy_pos x) _) hup
  rw [log_exp] at h1 h2
  have e := log_tilt_div hq (E.refPolicy_pos x) (fun a => r a / E.klCoef) a
  rw [abs_le]
  unfold logRatio boltzmann
  rw [e]
  grind

end Setting

end RLHF
