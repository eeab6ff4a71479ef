module
public import RLHF.Archimedean.Hyperbolic.Basic
public import RLHF.Papers.RewardShift.Preferences.Defs

/-!
# The affinity of two preferences

What is modelled: how alike the labels of two margins are.

## Main results
* `affinity_eq`: `affinity = cosh((u + v)/4) / √(cosh(u/2) cosh(v/2))`.
* `affinity_mul_self`: its square is `1 / (1 + sinh²((u - v)/4) / cosh²((u + v)/4))`.
* `le_one_sub_affinity`: `1 - affinity ≥ g (u - v)² / (32 cosh²(U/2))` for `|u|, |v| ≤ U`.
-/

public section

namespace RLHF

open Lean.Grind

universe u
variable {R : Type u} [ExpField R]

/-- `σ(u) = exp(u/2) / (2 cosh(u/2))`. -/
theorem logistic_eq (u : R) : logistic u = exp (u / 2) / (2 * cosh (u / 2)) := by
  have h1 := exp_neg_mul_exp (u / 2)
  have h2 := exp_pos (u / 2)
  have h3 := exp_pos (-(u / 2))
  have e : exp (-u) = exp (-(u / 2)) * exp (-(u / 2)) := by rw [← exp_add]; congr 1; grind
  unfold logistic cosh
  rw [e]
  generalize exp (u / 2) = a at *
  generalize exp (-(u / 2)) = b at *
  have h4 := mul_pos h3 h3
  have e1 : 2 * ((a + b) / 2) = a * (1 + b * b) := by grind
  rw [e1]
  grind

/-- `√(σ(u) σ(v)) = exp((u + v)/4) / (2 √(cosh(u/2) cosh(v/2)))`. -/
theorem sqrt_logistic_mul (u v : R) : sqrt (logistic u * logistic v) =
    exp ((u + v) / 4) / (2 * sqrt (cosh (u / 2) * cosh (v / 2))) := by
  have hc := mul_pos (cosh_pos (u / 2)) (cosh_pos (v / 2))
  have hs := sqrt_mul_self (Std.le_of_lt hc)
  have hs0 := sqrt_nonneg (cosh (u / 2) * cosh (v / 2))
  have hp : 0 < sqrt (cosh (u / 2) * cosh (v / 2)) := by
    by_cases h : sqrt (cosh (u / 2) * cosh (v / 2)) = 0
    · rw [h] at hs; grind
    · grind
  have e : exp (u / 2) * exp (v / 2) = exp ((u + v) / 4) * exp ((u + v) / 4) := by
    rw [← exp_add, ← exp_add]; congr 1; grind
  refine sqrt_eq (div_nonneg (Std.le_of_lt (exp_pos _)) (by grind)) ?_
  have c1 := cosh_pos (u / 2)
  have c2 := cosh_pos (v / 2)
  rw [logistic_eq, logistic_eq]
  generalize sqrt (cosh (u / 2) * cosh (v / 2)) = d at *
  generalize cosh (u / 2) = c at *
  generalize cosh (v / 2) = c' at *
  rw [show exp ((u + v) / 4) / (2 * d) * (exp ((u + v) / 4) / (2 * d)) =
    exp ((u + v) / 4) * exp ((u + v) / 4) / (4 * (d * d)) by clear hs e; grind, ← e, hs]
  clear hs e hs0 hp hc
  grind

theorem affinity_eq (u v : R) :
    affinity u v = cosh ((u + v) / 4) / sqrt (cosh (u / 2) * cosh (v / 2)) := by
  have e1 : cosh (-u / 2) = cosh (u / 2) := by rw [← cosh_neg (u / 2)]; congr 1; grind
  have e2 : cosh (-v / 2) = cosh (v / 2) := by rw [← cosh_neg (v / 2)]; congr 1; grind
  have e3 : (-u + -v) / 4 = -((u + v) / 4) := by grind
  unfold affinity
  rw [sqrt_logistic_mul, sqrt_logistic_mul, e1, e2, e3]
  unfold cosh
  grind

theorem affinity_nonneg (u v : R) : 0 ≤ affinity u v := by
  have h1 := sqrt_nonneg (logistic u * logistic v)
  have h2 := sqrt_nonneg (logistic (-u) * logistic (-v))
  unfold affinity
  grind

/-- `cosh(u/2) cosh(v/2) = cosh²((u + v)/4) + sinh²((u - v)/4)`. -/
theorem cosh_half_mul (u v : R) : cosh (u / 2) * cosh (v / 2) =
    cosh ((u + v) / 4) * cosh ((u + v) / 4) + sinh ((u - v) / 4) * sinh ((u - v) / 4) := by
  rw [← cosh_mul_cosh, show (u + v) / 4 + (u - v) / 4 = u / 2 by grind,
    show (u + v) / 4 - (u - v) / 4 = v / 2 by grind]

/-- `affinity² (cosh² + sinh²) = cosh²`. -/
theorem affinity_mul_self_mul (u v : R) :
    affinity u v * affinity u v * (cosh (u / 2) * cosh (v / 2)) =
      cosh ((u + v) / 4) * cosh ((u + v) / 4) := by
  have hc := mul_pos (cosh_pos (u / 2)) (cosh_pos (v / 2))
  have hs := sqrt_mul_self (Std.le_of_lt hc)
  rw [affinity_eq]
  generalize cosh (u / 2) * cosh (v / 2) = c at *
  generalize sqrt c = d at *
  generalize cosh ((u + v) / 4) = e at *
  have hd : d ≠ 0 := by intro h; rw [h] at hs; grind
  rw [← hs]
  grind

theorem affinity_mul_self (u v : R) : affinity u v * affinity u v =
    1 / (1 + sinh ((u - v) / 4) * sinh ((u - v) / 4) /
      (cosh ((u + v) / 4) * cosh ((u + v) / 4))) := by
  have h := affinity_mul_self_mul u v
  have hC := mul_pos (cosh_pos ((u + v) / 4)) (cosh_pos ((u + v) / 4))
  have hS := mul_self_nonneg (sinh ((u - v) / 4))
  rw [cosh_half_mul] at h
  generalize cosh ((u + v) / 4) * cosh ((u + v) / 4) = C at *
  generalize sinh ((u - v) / 4) * sinh ((u - v) / 4) = S at *
  generalize affinity u v * affinity u v = ρ at *
  rw [show 1 + S / C = (C + S) / C by grind, show 1 / ((C + S) / C) = C / (C + S) by grind, ← h]
  grind

/-- `1 - affinity ≥ g (u - v)² / (32 cosh²(U/2))` for `|u|, |v| ≤ U`. -/
theorem le_one_sub_affinity {g U u v : R} (hg : SinhBound g) (hu : abs u ≤ U) (hv : abs v ≤ U) :
    g * ((u - v) * (u - v)) / (32 * (cosh (U / 2) * cosh (U / 2))) ≤ 1 - affinity u v := by
  have h := affinity_mul_self_mul u v
  have hs := hg ((u - v) / 4)
  have a1 := abs_le.mp hu
  have a2 := abs_le.mp hv
  have k := mul_le_mul (cosh_le_cosh (x := u / 2) (y := U / 2) (by rw [abs_le]; grind))
    (cosh_le_cosh (x := v / 2) (y := U / 2) (by rw [abs_le]; grind))
    (Std.le_of_lt (cosh_pos _)) (Std.le_of_lt (cosh_pos _))
  have hK := mul_pos (cosh_pos (U / 2)) (cosh_pos (U / 2))
  have hq := mul_self_nonneg (1 - affinity u v)
  have hc := mul_pos (cosh_pos (u / 2)) (cosh_pos (v / 2))
  have hS := mul_self_nonneg (sinh ((u - v) / 4))
  rw [div_le_iff (by grind)]
  have e := cosh_half_mul u v
  rw [← Semiring.add_zero (cosh ((u + v) / 4) * cosh ((u + v) / 4))] at h
  generalize cosh ((u + v) / 4) * cosh ((u + v) / 4) = C at *
  generalize sinh ((u - v) / 4) * sinh ((u - v) / 4) = S at *
  generalize cosh (u / 2) * cosh (v / 2) = c at *
  generalize cosh (U / 2) * cosh (U / 2) = K at *
  generalize affinity u v = ρ at *
  have h1 : S = (1 - ρ * ρ) * c := by grind
  have h2 : 0 ≤ 1 - ρ * ρ := le_of_mul_le_mul_left hc (by grind)
  have h3 := mul_le_mul_left k h2
  have h4 : (1 - ρ * ρ) * K ≤ 2 * (1 - ρ) * K := by
    have := mul_nonneg hq (Std.le_of_lt hK)
    grind
  have h5 : g * ((u - v) * (u - v)) = 16 * (g * ((u - v) / 4 * ((u - v) / 4))) := by grind
  rw [h5]
  clear h5 h e a1 a2 hu hv
  grind

end RLHF
