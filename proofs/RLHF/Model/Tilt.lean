module
public import RLHF.Model.Defs
public import RLHF.Probability.Divergence

/-!
# Tilted distributions

What is modelled: a probability vector `q > 0` tilted by scores `s`, `tilt q s ∝ q exp s`. Every
Boltzmann policy is one.

## Main results
* `tilt_isProb`, `tilt_pos`: a probability vector with full support.
* `log_tilt_div`: `log (tilt q s / q) = s - log Z`.
* `klDiv_tilt`: `KL(π ‖ tilt q s) = KL(π ‖ q) - E_π s + log Z`.
* `klDiv_tilt_eq_log_mean_exp`: `KL(tilt q s ‖ tilt q s') = log E exp Y`, `Y` the centred `s' - s`.
-/

public section

namespace RLHF

open Lean.Grind

universe u
variable {R : Type u} [ExpField R] {m : Nat} {q s s' π : Fin m → R}

variable (hq : IsProb q) (hq0 : ∀ a, 0 < q a)
include hq hq0

theorem tiltPartition_pos (s : Fin m → R) : 0 < tiltPartition q s := by
  have h : ∀ a, 0 < q a * exp (s a) := fun a => mul_pos (hq0 a) (exp_pos _)
  exact sum_pos (fun a => by have := h a; grind) ⟨0, hq.size_pos⟩ (h _)

theorem tilt_pos (s : Fin m → R) (a : Fin m) : 0 < tilt q s a :=
  div_pos (mul_pos (hq0 a) (exp_pos _)) (tiltPartition_pos hq hq0 s)

theorem tilt_isProb (s : Fin m → R) : IsProb (tilt q s) where
  nonneg a := by have := tilt_pos hq hq0 s a; grind
  sum_eq_one := by
    have hZ := tiltPartition_pos hq hq0 s
    have h : sum (tilt q s) = tiltPartition q s / tiltPartition q s := sum_div _ _
    grind

/-- `log (tilt q s / q) = s - log Z`. -/
theorem log_tilt_div (s : Fin m → R) (a : Fin m) :
    log (tilt q s a / q a) = s a - log (tiltPartition q s) := by
  have hqa := hq0 a
  have hZ := tiltPartition_pos hq hq0 s
  have h : tilt q s a / q a = exp (s a) / tiltPartition q s := by unfold tilt; grind
  rw [h, log_div (exp_pos _) hZ, log_exp]

/-- `E_{tilt q s} exp (s' - s) = Z(s') / Z(s)`. -/
theorem mean_tilt_exp (s s' : Fin m → R) : mean (tilt q s) (fun a => exp (s' a - s a)) =
    tiltPartition q s' / tiltPartition q s := by
  have h : ∀ a, tilt q s a * exp (s' a - s a) = q a * exp (s' a) / tiltPartition q s := fun a => by
    have := exp_pos (s a)
    have := tiltPartition_pos hq hq0 s
    rw [exp_sub]; unfold tilt; grind
  unfold mean
  rw [sum_congr h, sum_div]
  rfl

/-- `KL(π ‖ tilt q s) = KL(π ‖ q) - E_π s + log Z`. -/
theorem klDiv_tilt (s : Fin m → R) (hπ : IsProb π) : klDiv π (tilt q s) =
    klDiv π q - mean π s + log (tiltPartition q s) := by
  have h : ∀ a, π a * log (π a / tilt q s a) =
      π a * log (π a / q a) - π a * s a + π a * log (tiltPartition q s) := fun a => by
    by_cases h0 : π a = 0
    · rw [h0]; grind
    · have hpos : 0 < π a := by have := hπ.nonneg a; grind
      have e := log_tilt_div hq hq0 s a
      rw [log_div (tilt_pos hq hq0 s a) (hq0 a)] at e
      rw [log_div hpos (tilt_pos hq hq0 s a), log_div hpos (hq0 a)]
      grind
  unfold klDiv mean
  rw [sum_congr h, sum_add, sum_sub, sum_mul_right, hπ.sum_eq_one]
  grind

/-- `KL(tilt q s ‖ tilt q s') = log Z(s') - log Z(s) - E_{tilt q s}(s' - s)`. -/
theorem klDiv_tilt_tilt (s s' : Fin m → R) : klDiv (tilt q s) (tilt q s') =
    log (tiltPartition q s') - log (tiltPartition q s) -
      mean (tilt q s) (fun a => s' a - s a) := by
  have h := klDiv_tilt hq hq0 s (tilt_isProb hq hq0 s)
  rw [klDiv_self (tilt_pos hq hq0 s)] at h
  rw [klDiv_tilt hq hq0 s' (tilt_isProb hq hq0 s), mean_sub]
  grind

/-- `KL(tilt q s ‖ tilt q s') = log E exp Y` under `tilt q s`, `Y` the centred `s' - s`. -/
theorem klDiv_tilt_eq_log_mean_exp (s s' : Fin m → R) : klDiv (tilt q s) (tilt q s') =
    log (mean (tilt q s) fun a =>
      exp (s' a - s a - mean (tilt q s) (fun a => s' a - s a))) := by
  rw [klDiv_tilt_tilt hq hq0]
  generalize mean (tilt q s) (fun a => s' a - s a) = c
  have hZ := tiltPartition_pos hq hq0 s
  have hZ' := tiltPartition_pos hq hq0 s'
  have h : ∀ a, exp (s' a - s a - c) = exp (-c) * exp (s' a - s a) :=
    fun a => by rw [← exp_add]; congr 1; grind
  rw [mean_congr h, mean_mul, mean_tilt_exp hq hq0, log_mul (exp_pos _) (div_pos hZ' hZ), log_exp,
    log_div hZ' hZ]
  grind

theorem tilt_mul_tiltPartition (s : Fin m → R) (a : Fin m) :
    tilt q s a * tiltPartition q s = q a * exp (s a) := by
  have := tiltPartition_pos hq hq0 s
  unfold tilt
  grind

end RLHF
