module
public import RLHF.Papers.RewardShift.Examples.TwoActions
public import RLHF.Papers.RewardShift.Main.ClippedKl
public import RLHF.Reals.Instance

/-!
# Concrete instances: the clipped divergence

What is modelled: every headline theorem of `Main.ClippedKl` at the reals, for the uniform policy on
two actions and a reference that gives the first of them `1/100`. Clipped at `3`, that policy has a
bias of at most `1/2`, by `clip_tail`, where its divergence is `1` or more.

## Main results
* `clip_tail_le_half`, `three_halves_le_mean_abs`: here the bound says more than `b(τ) ≤ E_π |ℓ|`.
* `clip_bias_le_half`, `one_le_klDiv`: the bias is at most half of the divergence.
* `clipped_half_nat`: clipped at half a nat, a divergence can be `-1/10`.
-/

@[expose] public section

namespace RLHF.Demo

open Lean.Grind

universe u
variable {R : Type u} [ExpField R]

/-! ### The tail at the threshold 3 -/

theorem clip_tail_instance :
    mean even (fun a => posPart (abs (logRatio even scant a) - 3)) ≤
      exp (-3 - 1) * (1 + sum fun a => even a * even a / (scant a : Real)) :=
  clip_tail even_isProb scant_isProb scant_pos 3

theorem clip_tail_le_half :
    mean even (fun a => posPart (abs (logRatio even scant a) - (3 : R))) ≤ 1 / 2 := by
  have h := clip_tail (R := R) even_isProb scant_isProb scant_pos 3
  have e : (sum fun a => even a * even a / (scant a : R)) = 2500 / 99 := by
    simp only [sum, even, scant, pair]; grind
  have h4 := le_exp_four (R := R)
  have h5 := exp_neg_mul_exp (4 : R)
  have h6 := mul_le_mul_left h4 (Std.le_of_lt (exp_pos (-4)))
  rw [e, show (-3 - 1 : R) = -4 by grind] at h
  grind

theorem logRatio_zero : logRatio even scant 0 = log (50 : R) := by
  unfold logRatio even scant pair; congr 1; grind

theorem logRatio_one : logRatio even scant (Fin.succ 0) = -log (99 / 50 : R) := by
  rw [← log_inv (by grind)]
  unfold logRatio even scant pair
  congr 1; grind

theorem three_halves_le_mean_abs : 3 / 2 ≤ mean even fun a => abs (logRatio even scant a : R) := by
  have h := three_le_log_fifty (R := R)
  have h5 := le_abs (log (50 : R))
  have h6 := abs_nonneg (-log (99 / 50 : R))
  simp only [mean, sum, logRatio_zero, logRatio_one]
  unfold even pair
  grind

/-- The divergence is at least `1`. -/
theorem one_le_klDiv : 1 ≤ klDiv even (scant (R := R)) := by
  have h := three_le_log_fifty (R := R)
  have h1 := log_le_sub_one (x := (99 / 50 : R)) (by grind)
  show 1 ≤ sum fun a => even a * logRatio even scant a
  simp only [sum, logRatio_zero, logRatio_one]
  unfold even pair
  grind

/-! ### Instances -/

theorem clip_range_instance :
    abs (clip (1 : Real) 3) ≤ 1 ∧ (clip (1 : Real) 3 = 3 ↔ abs (3 : Real) ≤ 1) :=
  clip_range (by grind) 3

theorem clip_bias_instance :
    klDiv even scant - mean even (fun a => clip (3 : Real) (logRatio even scant a)) =
      mean even (fun a => posPart (logRatio even scant a - 3)) -
        mean even (fun a => posPart (-logRatio even scant a - (3 : Real))) :=
  clip_bias even scant (by grind)

theorem clip_bias_bound_instance :
    abs (klDiv even scant - mean even (fun a => clip (3 : Real) (logRatio even scant a))) ≤
      mean even (fun a => posPart (abs (logRatio even scant a) - (3 : Real))) :=
  clip_bias_bound even_isProb scant (by grind)

/-- What clipping at `3` leaves out of the divergence is at most `1/2`. -/
theorem clip_bias_le_half :
    abs (klDiv even scant - mean even (fun a => clip (3 : Real) (logRatio even scant a))) ≤ 1 / 2 :=
  Std.le_trans clip_bias_bound_instance clip_tail_le_half

theorem clipped_kl_nonneg_instance :
    0 ≤ mean even (fun a => clip (1 : Real) (logRatio even scant a)) ∧
      (mean even (fun a => clip (1 : Real) (logRatio even scant a)) = 0 ↔
        even = (scant : Fin 2 → Real)) :=
  clipped_kl_nonneg even_isProb scant_isProb scant_pos (by grind)

theorem k3_unbiased_instance :
    mean even (fun a => klEstimator1 (logRatio even scant a)) = (klDiv even scant : Real) ∧
      mean even (fun a => klEstimator3 (logRatio even scant a)) = (klDiv even scant : Real) :=
  k3_unbiased even_isProb even_pos scant_isProb scant_pos

theorem k3_nonneg_instance :
    0 ≤ klEstimator3 (-1 : Real) ∧ (klEstimator3 (-1 : Real) = 0 ↔ (-1 : Real) = 0) :=
  k3_nonneg (-1)

/-! ### Clipped below one nat -/

/-- Below one nat the clipped divergence is none: for `π = (2/5, 3/5)`, `q = (1/100, 99/100)` and
`τ = 1/2` it is `-1/10`. -/
theorem clipped_half_nat :
    (mean bold fun a => clip (1 / 2 : R) (logRatio bold scant a)) = -1 / 10 := by
  have h1 := expBound_one (R := R) (1 / 2) (by rw [abs_of_nonneg] <;> grind)
  have h2 := le_log (R := R) (x := 1 / 2) (y := 40) (by grind) (by grind)
  have h3 := log_le (R := R) (x := -1 / 2) (y := 20 / 33) (by grind) le_exp_neg_half
  have e0 : logRatio bold scant 0 = log (40 : R) := by
    unfold logRatio bold scant pair; congr 1; grind
  have e1 : logRatio bold scant (Fin.succ 0) = log (20 / 33 : R) := by
    unfold logRatio bold scant pair; congr 1; grind
  have c0 : clip (1 / 2) (log (40 : R)) = 1 / 2 := clip_of_le (by grind) h2
  have c1 : clip (1 / 2) (log (20 / 33 : R)) = -(1 / 2) := clip_of_le_neg (by grind) (by grind)
  simp only [mean, sum, e0, e1, c0, c1]
  unfold bold pair
  grind

/-- Two actions, reference `(1/100, 99/100)`, `λ = 1`. -/
noncomputable def rareSetting : Setting R 1 2 where
  refPolicy _ := scant
  klCoef := 1
  klCoef_pos := by grind
  refPolicy_pos _ := scant_pos
  refPolicy_sum _ := scant_isProb.sum_eq_one

/-- Without a reward the Boltzmann policy is the reference. -/
theorem rareSetting_boltzmann : rareSetting.boltzmann 0 (fun _ => (0 : R)) = scant := by
  have h : (0 : R) / rareSetting.klCoef = 0 := by grind
  have e : tiltPartition (scant (R := R)) (fun _ => 0) = 1 := by
    unfold tiltPartition
    rw [sum_mul_right, scant_isProb.sum_eq_one, exp_zero]
    grind
  refine funext fun a => ?_
  show tilt scant (fun _ => 0 / rareSetting.klCoef) a = _
  unfold tilt
  rw [h, e, exp_zero]
  grind

theorem rareSetting_clippedValue : rareSetting.clippedValue (1 / 2) 0 (fun _ => 0)
    (rareSetting.boltzmann 0 fun _ => (0 : R)) ≤
      rareSetting.clippedValue (1 / 2) 0 (fun _ => 0) bold := by
  have e : ∀ a, clip (1 / 2) (logRatio scant scant a) = (0 : R) := fun a => by
    have := scant_pos (R := R) a
    unfold logRatio
    rw [show scant a / scant a = (1 : R) by grind, log_one]
    exact (clip_range (by grind) 0).2.mpr (by rw [abs_zero]; grind)
  rw [rareSetting_boltzmann]
  show mean scant (fun _ => 0) - 1 * mean scant (fun a => clip (1 / 2) (logRatio scant scant a)) ≤
    mean bold (fun _ => 0) - 1 * mean bold fun a => clip (1 / 2) (logRatio bold scant a)
  rw [mean_congr e, clipped_half_nat, mean_const scant_isProb, mean_const bold_isProb]
  grind

/-- Clipped at half a nat, `(2/5, 3/5)` beats the optimum of no reward, which is `q`. -/
theorem clipped_optimum_gap_instance :
    rareSetting.value 0 (fun _ => 0) (rareSetting.boltzmann 0 fun _ => 0) -
        rareSetting.value 0 (fun _ => 0) bold ≤
      1 * (mean bold (fun a => posPart (logRatio bold scant a - 1 / 2)) +
        mean (rareSetting.boltzmann 0 fun _ => 0) (fun a =>
          posPart (-logRatio (rareSetting.boltzmann 0 fun _ => 0) scant a - (1 / 2 : Real)))) :=
  (clipped_optimum_gap rareSetting 0 (fun _ => 0) bold_isProb (by grind)
    rareSetting_clippedValue).1

/-! ### Tails, and policies that are close -/

theorem clip_lipschitz_instance :
    abs (clip (1 : Real) 3 - clip 1 (1 / 2)) ≤ abs (3 - 1 / 2) ∧
      ((3 : Real) ≤ 1 / 2 → clip (1 : Real) 3 ≤ clip 1 (1 / 2)) :=
  clip_lipschitz 1 3 (1 / 2)

theorem clip_excess_instance : abs (3 - clip (1 : Real) 3) = posPart (abs 3 - 1) :=
  clip_excess (by grind) 3

theorem clip_bias_mono_instance :
    0 ≤ mean even (fun a => posPart (abs (logRatio even scant a) - (1 : Real))) -
        mean even (fun a => posPart (abs (logRatio even scant a) - 3)) ∧
      mean even (fun a => posPart (abs (logRatio even scant a) - (1 : Real))) -
        mean even (fun a => posPart (abs (logRatio even scant a) - 3)) ≤ 3 - 1 :=
  clip_bias_mono even_isProb scant (by grind)

theorem clip_bias_zero_instance :
    (mean even (fun a => posPart (abs (logRatio even scant a) - (4 : Real))) = 0 ↔
      ∀ a, abs (logRatio even scant a) ≤ (4 : Real)) ∧
    ∀ r : Fin 2 → Real, (∀ a b, r a - r b ≤ 1 * 4) →
      mean (rareSetting.boltzmann 0 r) (fun a =>
        posPart (abs (logRatio (rareSetting.boltzmann 0 r) scant a) - 4)) = 0 :=
  clip_bias_zero rareSetting 0 even_pos 4

theorem clip_lower_tail_instance :
    mean even (fun a => posPart (-logRatio even scant a - (1 / 2 : Real))) ≤ exp (-(1 / 2) - 1) :=
  clip_lower_tail even_isProb scant_isProb scant_pos (1 / 2)

theorem clip_upper_tail_instance :
    mean even (fun a => posPart (logRatio even scant a - (3 : Real))) ≤
      exp (-3 - 1) * sum fun a => even a * even a / scant a :=
  clip_upper_tail even_isProb scant_pos 3

theorem clip_second_moment_instance :
    mean even (fun a => posPart (abs (logRatio even scant a) - (3 : Real))) ≤
      mean even (fun a => logRatio even scant a * logRatio even scant a) / (4 * 3) :=
  clip_second_moment even_isProb scant (by grind)

theorem log_ratio_tail_instance :
    mean even (fun a => indicator ((3 : Real) ≤ logRatio even scant a)) ≤
        exp (-3 : Real) * (sum fun a => even a * even a / scant a) ∧
      mean even (fun a => indicator (logRatio even scant a ≤ (-3 : Real))) ≤ exp (-3 : Real) :=
  log_ratio_tail even_isProb scant_isProb scant_pos 3

theorem clipped_kl_lower_instance :
    1 / 2 - exp (1 / 2 - 1) ≤ mean bold (fun a => clip (1 / 2 : Real) (logRatio bold scant a)) :=
  clipped_kl_lower bold_isProb scant_isProb scant_pos (by grind)

theorem clipped_kl_upper_instance :
    mean even (fun a => clip (3 : Real) (logRatio even scant a)) ≤
      klDiv even scant + exp (-3 - 1) :=
  clipped_kl_upper even_isProb scant_isProb scant_pos (by grind)

/-- The log-ratio of `(2/5, 3/5)` to the uniform policy is at most `1/4` in size. -/
theorem abs_logRatio_bold_le (a : Fin 2) : abs (logRatio bold even a) ≤ (1 / 4 : R) := by
  have e : ∀ c : R, 0 < c → 3 / 4 ≤ c → c ≤ 5 / 4 → 4 / 5 ≤ c → abs (log c) ≤ 1 / 4 :=
    fun c h0 _ h2 h3 => by
      have h4 := log_le_sub_one h0
      have h5 := log_le_sub_one (inv_pos h0)
      have h6 : c⁻¹ ≤ 5 / 4 := by
        have := mul_le_mul_right h3 (Std.le_of_lt (inv_pos h0))
        grind
      rw [log_inv h0] at h5
      rw [abs_le]
      grind
  unfold logRatio bold even pair
  split
  · rw [show (2 / 5 / (1 / 2) : R) = 4 / 5 by grind]
    exact e _ (by grind) (by grind) (by grind) (by grind)
  · rw [show ((1 - 2 / 5) / (1 - 1 / 2) : R) = 6 / 5 by grind]
    exact e _ (by grind) (by grind) (by grind) (by grind)

theorem k2_bracket_instance :
    (klDiv bold even : Real) ≤
        2 * (4 / 5 : Real) * mean bold (fun a => klEstimator2 (logRatio bold even a)) ∧
      ((∀ a, logRatio bold even a ≤ (2 : Real)) →
        mean bold (fun a => klEstimator2 (logRatio bold even a)) ≤
          2 * (klDiv bold even : Real)) :=
  k2_bracket bold_isProb bold_pos even_isProb even_pos abs_logRatio_bold_le
    (expBound_one.mono (by grind))

theorem k2_bracket_sharp_instance :
    (klDiv bold even : Real) ≤
        2 * psi (1 / 4 : Real) * mean bold (fun a => klEstimator2 (logRatio bold even a)) ∧
      ((∀ a, logRatio bold even a ≤ (2 : Real)) →
        mean bold (fun a => klEstimator2 (logRatio bold even a)) ≤
          2 * (klDiv bold even : Real)) :=
  k2_bracket_sharp archimedean_real bold_isProb bold_pos even_isProb even_pos
    abs_logRatio_bold_le rfl

theorem k3_variance_small_instance :
    var bold (fun a => klEstimator3 (logRatio bold even a)) ≤
      var bold (fun a => klEstimator1 (logRatio bold even a : Real)) :=
  k3_variance_small bold_isProb bold_pos even_isProb even_pos abs_logRatio_bold_le
    (expBound_one.mono (by grind)) (C := 4 / 5) (by grind) (by grind)

theorem psi_quarter_le : psi (1 / 4 : Real) * (1 / 4) ≤ 1 := by
  have h := psi_le (M := (1 / 4 : Real)) (by grind) (expBound_one.mono (by grind))
  grind

theorem k3_variance_small_sharp_instance :
    var bold (fun a => klEstimator3 (logRatio bold even a)) ≤
      var bold (fun a => klEstimator1 (logRatio bold even a : Real)) :=
  k3_variance_small_sharp archimedean_real bold_isProb bold_pos even_isProb even_pos
    abs_logRatio_bold_le rfl psi_quarter_le

end RLHF.Demo
