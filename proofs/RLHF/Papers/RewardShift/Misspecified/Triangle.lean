module
public import RLHF.Model.Pinsker
public import RLHF.Papers.RewardShift.Misspecified.Gap

/-!
# A triangle inequality for gaps

What is modelled: the gap of any policy under the true reward `r`, against its gap under the learned
reward `s`, where `lo ≤ r - s ≤ hi`: at one prompt, and in the mean over prompts.

## Main results
* `Setting.sqrt_gap_le`: `√gap_r(π) ≤ √gap_s(π) + (hi - lo) √(h/λ)`.
* `Setting.sqrt_mean_gap_le`: the same for means under `D`, with `√E_D (hi - lo)²`.
-/

public section

namespace RLHF

open Lean.Grind

universe u
variable {R : Type u} [ExpField R] {N m : Nat}

/-- Minkowski: `E (u + v)² ≤ (√E u² + √E v²)²`. -/
theorem mean_add_mul_self_le {D : Fin N → R} (hD : ∀ x, 0 ≤ D x) (u v : Fin N → R) :
    mean D (fun x => (u x + v x) * (u x + v x)) ≤
      (sqrt (mean D fun x => u x * u x) + sqrt (mean D fun x => v x * v x)) *
        (sqrt (mean D fun x => u x * u x) + sqrt (mean D fun x => v x * v x)) := by
  have hu := mean_nonneg hD fun x => mul_self_nonneg (u x)
  have hv := mean_nonneg hD fun x => mul_self_nonneg (v x)
  have c := mean_mul_self_le hD u v
  have su := sqrt_mul_self hu
  have sv := sqrt_mul_self hv
  have e : ∀ x, (u x + v x) * (u x + v x) = u x * u x + 2 * (u x * v x) + v x * v x :=
    fun x => by grind
  rw [mean_congr e, mean_add, mean_add, mean_mul]
  have k : mean D (fun x => u x * v x) ≤
      sqrt (mean D fun x => u x * u x) * sqrt (mean D fun x => v x * v x) := by
    refine Std.le_trans (le_abs _) (abs_le_of_mul_self_le
      (mul_nonneg (sqrt_nonneg _) (sqrt_nonneg _)) ?_)
    generalize sqrt (mean D fun x => u x * u x) = a at *
    generalize sqrt (mean D fun x => v x * v x) = b at *
    rw [show a * b * (a * b) = a * a * (b * b) by grind, su, sv]
    exact c
  generalize sqrt (mean D fun x => u x * u x) = a at *
  generalize sqrt (mean D fun x => v x * v x) = b at *
  grind

namespace Setting

variable (E : Setting R N m) (x : Fin N) (r s : Fin m → R)

theorem gap_nonneg {π : Fin m → R} (hπ : IsProb π) :
    0 ≤ E.value x r (E.boltzmann x r) - E.value x r π := by
  rw [E.value_boltzmann_sub_value x r hπ]
  exact mul_nonneg E.klCoef_nonneg
    (klDiv_nonneg hπ (E.boltzmann_isProb x r) (E.boltzmann_pos x r))

variable {h lo hi : R} (hh : HoeffdingBound h) {r s} (hf : ∀ a, lo ≤ r a - s a ∧ r a - s a ≤ hi)
include hh hf

/-- `(E_{π_s} f - E_π f)² ≤ 4 (h (hi - lo)²/λ) gap_s(π)`. -/
theorem mean_sub_mul_self_le_gap {π : Fin m → R} (hπ : IsProb π) :
    (mean (E.boltzmann x s) (fun a => r a - s a) - mean π fun a => r a - s a) *
        (mean (E.boltzmann x s) (fun a => r a - s a) - mean π fun a => r a - s a) ≤
      4 * (h * ((hi - lo) * (hi - lo)) / E.klCoef) *
        (E.value x s (E.boltzmann x s) - E.value x s π) := by
  have hl := E.klCoef_pos
  have k := mean_sub_mul_self_le hπ (E.boltzmann_isProb x s) (E.boltzmann_pos x s) hh hf
  rw [E.value_boltzmann_sub_value x s hπ]
  generalize klDiv π (E.boltzmann x s) = d at *
  have e : 4 * (h * ((hi - lo) * (hi - lo)) / E.klCoef) * (E.klCoef * d) =
      4 * h * ((hi - lo) * (hi - lo)) * d := by clear k; grind
  rw [e]
  generalize mean (E.boltzmann x s) (fun a => r a - s a) = y at *
  generalize mean π (fun a => r a - s a) = z at *
  grind

/-- `gap_r(π) ≤ (√gap_s(π) + (hi - lo) √(h/λ))²`. -/
theorem gap_le_add_mul_self {π : Fin m → R} (hπ : IsProb π) :
    E.value x r (E.boltzmann x r) - E.value x r π ≤
      (sqrt (E.value x s (E.boltzmann x s) - E.value x s π) +
          (hi - lo) * sqrt (h / E.klCoef)) *
        (sqrt (E.value x s (E.boltzmann x s) - E.value x s π) +
          (hi - lo) * sqrt (h / E.klCoef)) := by
  have hl := E.klCoef_pos
  have hp := E.boltzmann_isProb x s
  have hw : lo ≤ hi := Std.le_trans (le_mean hp fun a => (hf a).1) (mean_le hp fun a => (hf a).2)
  have sg := sqrt_mul_self (E.gap_nonneg x s hπ)
  have sh := sqrt_mul_self (div_nonneg (Std.le_of_lt hh.pos) hl)
  have n1 := sqrt_nonneg (E.value x s (E.boltzmann x s) - E.value x s π)
  have n2 := mul_nonneg (by grind : 0 ≤ hi - lo) (sqrt_nonneg (h / E.klCoef))
  have k1 := E.gap_le_range_mul_self x r s hh (w := hi - lo)
    fun a b => by have := hf a; have := hf b; grind
  have k2 := E.mean_sub_mul_self_le_gap x hh hf hπ
  rw [E.gap_transfer x r s π]
  generalize sqrt (E.value x s (E.boltzmann x s) - E.value x s π) = g at *
  generalize sqrt (h / E.klCoef) = c at *
  rw [← sg]
  have e : h * ((hi - lo) * (hi - lo)) / E.klCoef = (hi - lo) * c * ((hi - lo) * c) := by
    rw [show (hi - lo) * c * ((hi - lo) * c) = (hi - lo) * (hi - lo) * (c * c) by grind, sh]
    clear k1 k2 sg n1 n2; grind
  rw [e] at k1 k2
  generalize (hi - lo) * c = b at *
  rw [← sg] at k2
  generalize mean (E.boltzmann x s) (fun a => r a - s a) = y at *
  generalize mean π (fun a => r a - s a) = z at *
  have k3 : abs (y - z) ≤ 2 * (b * g) := abs_le_of_mul_self_le
    (by have := mul_nonneg n2 n1; grind)
    (by rw [show 2 * (b * g) * (2 * (b * g)) = 4 * (b * b) * (g * g) by grind]; exact k2)
  have k4 := (abs_le.mp k3).2
  rw [show (g + b) * (g + b) = g * g + 2 * (b * g) + b * b by grind]
  clear k2 k3 sh e sg
  grind

/-- `√gap_r(π) ≤ √gap_s(π) + (hi - lo) √(h/λ)`. -/
theorem sqrt_gap_le {π : Fin m → R} (hπ : IsProb π) :
    sqrt (E.value x r (E.boltzmann x r) - E.value x r π) ≤
      sqrt (E.value x s (E.boltzmann x s) - E.value x s π) + (hi - lo) * sqrt (h / E.klCoef) := by
  have hp := E.boltzmann_isProb x s
  have hw : lo ≤ hi := Std.le_trans (le_mean hp fun a => (hf a).1) (mean_le hp fun a => (hf a).2)
  have n1 := sqrt_nonneg (E.value x s (E.boltzmann x s) - E.value x s π)
  have n2 := mul_nonneg (by grind : 0 ≤ hi - lo) (sqrt_nonneg (h / E.klCoef))
  rw [← mul_self_le_iff (sqrt_nonneg _) (by grind), sqrt_mul_self (E.gap_nonneg x r hπ)]
  exact E.gap_le_add_mul_self x hh hf hπ

end Setting

/-- `√E_D gap_r(π) ≤ √E_D gap_s(π) + √(E_D (hi - lo)²) √(h/λ)`. -/
theorem Setting.sqrt_mean_gap_le (E : Setting R N m) {h : R} (hh : HoeffdingBound h)
    {D : Fin N → R} (hD : ∀ x, 0 ≤ D x) {r s π : Fin N → Fin m → R} {lo hi : Fin N → R}
    (hf : ∀ x a, lo x ≤ r x a - s x a ∧ r x a - s x a ≤ hi x) (hπ : ∀ x, IsProb (π x)) :
    sqrt (mean D fun x => E.value x (r x) (E.boltzmann x (r x)) - E.value x (r x) (π x)) ≤
      sqrt (mean D fun x => E.value x (s x) (E.boltzmann x (s x)) - E.value x (s x) (π x)) +
        sqrt (mean D fun x => (hi x - lo x) * (hi x - lo x)) * sqrt (h / E.klCoef) := by
  have hl := E.klCoef_pos
  have hv := mean_nonneg hD fun x => mul_self_nonneg (hi x - lo x)
  have n1 := sqrt_nonneg (mean D fun x => (hi x - lo x) * (hi x - lo x))
  have n2 := sqrt_nonneg (h / E.klCoef)
  have n3 := mul_nonneg n1 n2
  have n4 := sqrt_nonneg
    (mean D fun x => E.value x (s x) (E.boltzmann x (s x)) - E.value x (s x) (π x))
  have k := Std.le_trans (mean_mono hD fun x => E.gap_le_add_mul_self x hh (hf x) (hπ x))
    (mean_add_mul_self_le hD _ _)
  rw [mean_congr fun x => sqrt_mul_self (E.gap_nonneg x (s x) (hπ x)),
    mean_congr (f := fun x => (hi x - lo x) * sqrt (h / E.klCoef) *
      ((hi x - lo x) * sqrt (h / E.klCoef)))
      (g := fun x => sqrt (h / E.klCoef) * sqrt (h / E.klCoef) *
        ((hi x - lo x) * (hi x - lo x))) fun x => by grind, mean_mul] at k
  have e : sqrt (sqrt (h / E.klCoef) * sqrt (h / E.klCoef) *
      mean D fun x => (hi x - lo x) * (hi x - lo x)) =
      sqrt (mean D fun x => (hi x - lo x) * (hi x - lo x)) * sqrt (h / E.klCoef) := by
    refine sqrt_eq n3 ?_
    have sv := sqrt_mul_self hv
    generalize sqrt (mean D fun x => (hi x - lo x) * (hi x - lo x)) = a at *
    rw [← sv]
    grind
  rw [e] at k
  rw [← mul_self_le_iff (sqrt_nonneg _) (by grind), sqrt_mul_self
    (mean_nonneg hD fun x => E.gap_nonneg x (r x) (hπ x))]
  exact k

end RLHF
