module
public import RLHF.Model.Setting
public import RLHF.Probability.ChiSquare.Basic
public import RLHF.Probability.Hoeffding.Lemma

/-!
# How far a Boltzmann policy is from its reference

What is modelled: the divergences of the Boltzmann policy `π_r` from the reference policy at one
prompt, for a reward of bounded range.

## Main results
* `Setting.abs_log_boltzmann_div_le`: `|log(π_r/q)| ≤ (hi - lo)/λ` for `lo ≤ r ≤ hi`.
* `Setting.exp_klDiv_boltzmann`: `exp KL(π_r ‖ q) = E exp(-(r - E r)/λ)` under `π_r`.
* `Setting.klDiv_boltzmann_le`: `KL(π_r ‖ q) ≤ h (hi - lo)²/λ²` for `lo ≤ r ≤ hi`.
* `Setting.one_add_chiSq_boltzmann_le`: `1 + χ²(π_r ‖ q) ≤ exp(2h (hi - lo)²/λ²)`.

## References
arXiv 2602.21765, cf. its coverage coefficient.
-/

public section

namespace RLHF

open Lean.Grind

universe u
variable {R : Type u} [ExpField R] {N m : Nat}

namespace Setting

variable (E : Setting R N m) (x : Fin N) (r : Fin m → R)

/-- `KL(π_r ‖ q) = E r/λ - log Z` under `π_r`. -/
theorem klDiv_boltzmann : klDiv (E.boltzmann x r) (E.refPolicy x) =
    mean (E.boltzmann x r) (fun a => r a / E.klCoef) -
      log (tiltPartition (E.refPolicy x) fun a => r a / E.klCoef) := by
  have h := klDiv_tilt (E.refPolicy_isProb x) (E.refPolicy_pos x) (fun a => r a / E.klCoef)
    (E.boltzmann_isProb x r)
  have h0 := klDiv_self (E.boltzmann_pos x r)
  unfold boltzmann at *
  grind

/-- `exp KL(π_r ‖ q) = E exp(-(r - E r)/λ)` under `π_r`. -/
theorem exp_klDiv_boltzmann : exp (klDiv (E.boltzmann x r) (E.refPolicy x)) =
    mean (E.boltzmann x r) fun a =>
      exp (-(1 / E.klCoef) * (r a - mean (E.boltzmann x r) r)) := by
  have hq := E.refPolicy_isProb x
  have hZ := tiltPartition_pos hq (E.refPolicy_pos x) fun a => r a / E.klCoef
  rw [klDiv_boltzmann, mean_div]
  have hm := mean_tilt_exp hq (E.refPolicy_pos x) (fun a => r a / E.klCoef) fun _ => 0
  have e0 : tiltPartition (E.refPolicy x) (fun _ => 0) = 1 := by
    unfold tiltPartition
    rw [sum_congr fun a => (by rw [exp_zero]; grind : E.refPolicy x a * exp 0 = E.refPolicy x a),
      hq.sum_eq_one]
  rw [e0] at hm
  have e : ∀ a, exp (-(1 / E.klCoef) * (r a - mean (E.boltzmann x r) r)) =
      exp (mean (E.boltzmann x r) r / E.klCoef) * exp (0 - r a / E.klCoef) := fun a => by
    rw [← exp_add]; congr 1; grind
  rw [mean_congr e, mean_mul, exp_sub, exp_log _ hZ]
  unfold boltzmann at *
  rw [hm]
  grind

/-- `|log(π_r/q)| ≤ (hi - lo)/λ` for `lo ≤ r ≤ hi`. -/
theorem abs_log_boltzmann_div_le {lo hi : R} {r : Fin m → R} (hr : ∀ a, lo ≤ r a ∧ r a ≤ hi)
    (a : Fin m) : abs (log (E.boltzmann x r a / E.refPolicy x a)) ≤ (hi - lo) / E.klCoef := by
  have hl := E.klCoef_pos
  have hq := E.refPolicy_isProb x
  have e : log (E.boltzmann x r a / E.refPolicy x a) =
      r a / E.klCoef - log (tiltPartition (E.refPolicy x) fun a => r a / E.klCoef) :=
    log_tilt_div hq (E.refPolicy_pos x) _ a
  have hs : ∀ a, lo / E.klCoef ≤ r a / E.klCoef ∧ r a / E.klCoef ≤ hi / E.klCoef := fun a =>
    ⟨div_le_div_right (hr a).1 hl, div_le_div_right (hr a).2 hl⟩
  have hlo := le_mean hq fun a => exp_le_exp (hs a).1
  have hup := mean_le hq fun a => exp_le_exp (hs a).2
  have h1 : lo / E.klCoef ≤ log (tiltPartition (E.refPolicy x) fun a => r a / E.klCoef) := by
    have k := log_le_log (exp_pos _) hlo
    rw [log_exp] at k
    exact k
  have h2 : log (tiltPartition (E.refPolicy x) fun a => r a / E.klCoef) ≤ hi / E.klCoef := by
    have k := log_le_log (tiltPartition_pos hq (E.refPolicy_pos x) _) hup
    rw [log_exp] at k
    exact k
  have h3 := hs a
  rw [e, abs_le]
  grind

variable {h lo hi : R} (hh : HoeffdingBound h) {r} (hr : ∀ a, lo ≤ r a ∧ r a ≤ hi)
include hh hr

/-- `exp KL(π_r ‖ q) ≤ exp(h (hi - lo)²/λ²)` for `lo ≤ r ≤ hi`. -/
theorem exp_klDiv_boltzmann_le : exp (klDiv (E.boltzmann x r) (E.refPolicy x)) ≤
    exp (h * ((hi - lo) * (hi - lo)) / (E.klCoef * E.klCoef)) := by
  have hl := E.klCoef_pos
  have k := hh.mean_exp_le (E.boltzmann_isProb x r) hr (-(1 / E.klCoef))
  rw [exp_klDiv_boltzmann, (by grind : h * ((hi - lo) * (hi - lo)) / (E.klCoef * E.klCoef) =
    h * (-(1 / E.klCoef) * -(1 / E.klCoef) * ((hi - lo) * (hi - lo))))]
  exact k

/-- `KL(π_r ‖ q) ≤ h (hi - lo)²/λ²` for `lo ≤ r ≤ hi`. -/
theorem klDiv_boltzmann_le : klDiv (E.boltzmann x r) (E.refPolicy x) ≤
    h * ((hi - lo) * (hi - lo)) / (E.klCoef * E.klCoef) :=
  exp_le_iff.mp (E.exp_klDiv_boltzmann_le x hh hr)

/-- `1 + χ²(π_r ‖ q) ≤ exp(2h (hi - lo)²/λ²)` for `lo ≤ r ≤ hi`. -/
theorem one_add_chiSq_boltzmann_le : 1 + chiSq (E.boltzmann x r) (E.refPolicy x) ≤
    exp (2 * h * ((hi - lo) * (hi - lo)) / (E.klCoef * E.klCoef)) := by
  have hl := E.klCoef_pos
  have hq := E.refPolicy_isProb x
  have hp := E.boltzmann_isProb x r
  have hZ := tiltPartition_pos hq (E.refPolicy_pos x) fun a => r a / E.klCoef
  have e : ∀ a, E.boltzmann x r a * E.boltzmann x r a / E.refPolicy x a =
      E.boltzmann x r a * (exp (klDiv (E.boltzmann x r) (E.refPolicy x)) *
        exp (1 / E.klCoef * (r a - mean (E.boltzmann x r) r))) := fun a => by
    have hqa := E.refPolicy_pos x a
    have e1 : exp (klDiv (E.boltzmann x r) (E.refPolicy x)) *
        exp (1 / E.klCoef * (r a - mean (E.boltzmann x r) r)) =
        exp (r a / E.klCoef - log (tiltPartition (E.refPolicy x) fun a => r a / E.klCoef)) := by
      rw [klDiv_boltzmann, mean_div, ← exp_add]; congr 1; grind
    have e2 : log (E.boltzmann x r a / E.refPolicy x a) =
        r a / E.klCoef - log (tiltPartition (E.refPolicy x) fun a => r a / E.klCoef) :=
      log_tilt_div hq (E.refPolicy_pos x) _ a
    rw [e1, ← e2, exp_log _ (div_pos (E.boltzmann_pos x r a) hqa)]
    grind
  rw [← sum_mul_self_div hp hq (absCont_of_pos (E.refPolicy_pos x)), sum_congr e]
  show (mean (E.boltzmann x r) fun a => exp (klDiv (E.boltzmann x r) (E.refPolicy x)) *
    exp (1 / E.klCoef * (r a - mean (E.boltzmann x r) r))) ≤ _
  have k := hh.mean_exp_le hp hr (1 / E.klCoef)
  rw [mean_mul, (by grind : 2 * h * ((hi - lo) * (hi - lo)) / (E.klCoef * E.klCoef) =
    h * ((hi - lo) * (hi - lo)) / (E.klCoef * E.klCoef) +
    h * (1 / E.klCoef * (1 / E.klCoef) * ((hi - lo) * (hi - lo)))), exp_add]
  exact mul_le_mul (E.exp_klDiv_boltzmann_le x hh hr) k (Std.le_of_lt (exp_pos _))
    (mean_nonneg hp.nonneg fun a => Std.le_of_lt (exp_pos _))

end Setting

end RLHF
