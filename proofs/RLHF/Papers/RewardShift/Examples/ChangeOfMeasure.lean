module
public import RLHF.Papers.RewardShift.Main.ChangeOfMeasure
public import RLHF.Papers.Reals.Main.SharpConstants
public import RLHF.Papers.Variants.Examples.NonlinearRewards

/-!
# Concrete instances: change of measure

What is modelled: every headline theorem of `Main.ChangeOfMeasure` at the reals, for the uniform
policy on two actions and the reference `(1/3, 2/3)`, of `χ² = 1/8`, and for a learned reward that
is wrong by `1` at one of four pairs, which has weight `1/9` in the training data and `1/4` under
the policy.

## Main results
* `reward_shift_le`: there the bound is below `2/5`, where the largest error is `1`.
* `change_of_measure_centred_eq`: a bound on the mean that is attained.
* `coverage_boltzmann_le`: a bound of `4/3`, where the largest ratio `π_r/q` can be `exp 1`.
-/

@[expose] public section

namespace RLHF.Demo

open Lean.Grind

/-- Uniform weights `(1/2, 1/2)`. -/
noncomputable def fairPair (_ : Fin 2) : Real := 1 / 2

theorem fairPair_isProb : IsProb fairPair where
  nonneg _ := by unfold fairPair; grind
  sum_eq_one := by simp only [sum, fairPair]; grind

theorem absCont_fairPair : AbsCont fairPair weights := absCont_of_pos weights_pos

/-- `χ²((1/2, 1/2) ‖ (1/3, 2/3)) = 1/8`. -/
theorem chiSq_fairPair : chiSq fairPair weights = 1 / 8 := by
  simp only [chiSq, sum, fairPair, weights]
  grind

theorem chi_square_moment_instance :
    sum (fun a => fairPair a * fairPair a / weights a) = 1 + chiSq fairPair weights :=
  chi_square_moment fairPair_isProb weights_isProb absCont_fairPair

theorem change_of_measure_instance : mean fairPair truth * mean fairPair truth ≤
    (1 + 1 / 8) * mean weights fun a => truth a * truth a := by
  rw [← chiSq_fairPair]
  exact change_of_measure fairPair_isProb weights_isProb absCont_fairPair truth

theorem change_of_measure_centred_instance : abs (mean fairPair truth) ≤
    abs (mean weights truth) + sqrt (chiSq fairPair weights * var weights truth) :=
  (change_of_measure_centred fairPair_isProb weights_isProb absCont_fairPair truth).2.1

/-- Here the bound is attained: it is `1/2`, as the mean is; the maximum of the function is `1`. -/
theorem change_of_measure_centred_eq :
    abs (mean weights truth) + sqrt (chiSq fairPair weights * var weights truth) = 1 / 2 := by
  have hm : mean weights truth = (1 / 3 : Real) := by
    simp only [mean, sum, weights, truth]; grind
  have hv : var weights truth = (2 / 9 : Real) := by
    rw [var_eq weights_isProb, hm]; simp only [mean, sum, weights, truth]; grind
  rw [chiSq_fairPair, hm, hv, abs_of_nonneg (by grind),
    sqrt_eq (y := 1 / 6) (by grind) (by grind)]
  grind

theorem chi_square_ratio_instance : 1 + chiSq fairPair weights ≤ 3 / 2 ∧
    mean fairPair (fun a => truth a * truth a) ≤ 3 / 2 * mean weights (fun a => truth a * truth a) ∧
    var fairPair truth ≤ 3 / 2 * var weights truth :=
  chi_square_ratio fairPair_isProb weights_isProb
    (fun a => by unfold fairPair weights; split <;> grind) truth

theorem kl_chi_square_instance : klDiv fairPair weights ≤ log (1 + 1 / 8) ∧
    log (1 + 1 / 8) ≤ (1 / 8 : Real) := by
  rw [← chiSq_fairPair]
  exact kl_chi_square fairPair_isProb weights_isProb absCont_fairPair

/-! ### A wrong reward -/

/-- A reward of two prompts that is `1` at the first action of the first of them, else `0`. -/
noncomputable def corner (x : Fin 2) (a : Fin 2) : Real := if x = 0 then truth a else 0

theorem absContPair_fairPair :
    AbsContPair fairPair (fun _ => fairPair) weights (fun _ : Fin 2 => weights) := fun x a _ =>
  mul_pos (weights_pos x) (by have := weights_pos (R := Real) a; unfold weights at *; grind)

theorem reward_shift_instance :
    abs (meanPair fairPair (fun _ => fairPair) corner -
      meanPair fairPair (fun _ => fairPair) fun _ _ => 0) ≤
    sqrt (1 + chiSqPair fairPair (fun _ => fairPair) weights fun _ => weights) *
      sqrt (meanPair weights (fun _ => weights) fun x a =>
        (corner x a - 0) * (corner x a - 0)) :=
  reward_shift fairPair_isProb weights_isProb (fun _ => fairPair_isProb) (fun _ => weights_isProb)
    absContPair_fairPair corner fun _ _ => 0

/-- The reward that is `0` everywhere is wrong by `1` at one pair, but by less than `2/5` in the
mean. -/
theorem reward_shift_le :
    sqrt (1 + chiSqPair fairPair (fun _ => fairPair) weights fun _ => weights) *
    sqrt (meanPair weights (fun _ => weights) fun x a =>
      (corner x a - 0) * (corner x a - 0)) ≤ 2 / 5 := by
  have hc : 1 + chiSqPair fairPair (fun _ => fairPair) weights (fun _ : Fin 2 => weights) =
      81 / 64 := by
    simp only [chiSqPair, chiSq, sum, fairPair, weights]; grind
  have hs : (meanPair weights (fun _ => weights) fun x a =>
      (corner x a - 0) * (corner x a - 0)) = 1 / 9 := by
    simp only [meanPair, mean, sum, weights, corner, truth]; grind
  rw [hc, hs, sqrt_eq (y := 9 / 8) (by grind) (by grind),
    sqrt_eq (y := 1 / 3) (by grind) (by grind)]
  grind

theorem chi_square_disintegration_instance :
    1 + chiSqPair fairPair (fun _ => fairPair) weights (fun _ : Fin 2 => weights) =
      sum fun x => fairPair x * fairPair x / weights x * (1 + chiSq fairPair weights) :=
  chi_square_disintegration fairPair_isProb weights_isProb (fun _ => fairPair_isProb)
    (fun _ => weights_isProb) absContPair_fairPair

/-! ### The policy of a reward -/

theorem truth_bounds (a : Fin 2) : 0 ≤ (truth a : Real) ∧ (truth a : Real) ≤ 1 := by
  unfold truth; split <;> grind

theorem coverage_boltzmann_instance :
    1 + chiSq (setting.boltzmann 0 truth) (setting.refPolicy 0) ≤
      (exp (2 * (1 / 8) * ((1 - 0) * (1 - 0)) / (1 * 1)) : Real) :=
  coverage_boltzmann setting (hoeffding_constant_archimedean archimedean_real) 0 truth_bounds

/-- The bound is at most `4/3`. -/
theorem coverage_boltzmann_le :
    (exp (2 * (1 / 8) * ((1 - 0) * (1 - 0)) / (1 * 1)) : Real) ≤ 4 / 3 := by
  have h := add_one_le_exp (-(1 / 4) : Real)
  have h1 := exp_neg_mul_exp (1 / 4 : Real)
  have h2 := exp_pos (1 / 4 : Real)
  rw [show (2 * (1 / 8) * ((1 - 0) * (1 - 0)) / (1 * 1) : Real) = 1 / 4 by grind]
  have h3 := mul_le_mul_right h (Std.le_of_lt h2)
  rw [h1] at h3
  grind

theorem mean_shift_kl_instance :
    (mean fairPair truth - mean weights truth) * (mean fairPair truth - mean weights truth) ≤
      4 * (1 / 8) * ((1 - 0) * (1 - 0)) * klDiv fairPair weights :=
  mean_shift_kl (hoeffding_constant_archimedean archimedean_real) fairPair_isProb weights_isProb
    weights_pos truth_bounds

theorem boltzmann_ratio_instance (a : Fin 2) :
    abs (log (setting.boltzmann 0 truth a / setting.refPolicy 0 a)) ≤ ((1 - 0) / 1 : Real) :=
  boltzmann_ratio setting 0 truth_bounds a

theorem kl_budget_instance : klDiv (setting.boltzmann 0 truth) (setting.refPolicy 0) ≤
    (1 / 8 * ((1 - 0) * (1 - 0)) / (1 * 1) : Real) :=
  kl_budget setting (hoeffding_constant_archimedean archimedean_real) 0 truth_bounds

end RLHF.Demo
