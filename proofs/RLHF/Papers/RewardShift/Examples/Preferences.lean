module
public import RLHF.Papers.RewardShift.Examples.MisspecifiedReward
public import RLHF.Papers.RewardShift.Examples.TwoActions
public import RLHF.Papers.RewardShift.Main.Preferences

/-!
# Concrete instances: from preferences to the policy

What is modelled: every headline theorem of `Main.Preferences` at the reals, for a class of the two
rewards of the example of a wrong reward: the true one `(1, 0)` and `0`. On `40000` labelled items,
with probability at least `9/10`, a reward that is as likely as the true one has a policy of gap at
most `1/20`. That of the reward `0` is at least `1/19` at either prompt: it is less likely.

## Main results
* `preference_to_policy_le`: the number `1/20`.
-/

@[expose] public section

namespace RLHF.Demo

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

/-- The class: the true reward and `0`, the same at both prompts. -/
noncomputable def candidates (j : Fin 2) (_ a : Fin 2) : Real := if j = 0 then truth a else 0

theorem candidates_range (j x a b : Fin 2) : candidates j x a - candidates j x b ≤ 1 := by
  have := truth_bounds a
  have := truth_bounds b
  unfold candidates
  split <;> grind

theorem preference_affinity_instance : affinity (1 : Real) 0 * affinity 1 0 =
    1 / (1 + sinh ((1 - 0) / 4) * sinh ((1 - 0) / 4) /
      (cosh ((1 + 0) / 4) * cosh ((1 + 0) / 4))) :=
  preference_affinity 1 0

theorem preference_affinity_lower_instance :
    1 * ((1 - 0) * (1 - 0)) / (32 * (cosh (1 / 2) * cosh (1 / 2))) ≤ 1 - affinity (1 : Real) 0 :=
  preference_affinity_lower (sinhBound_one archimedean_real) (by rw [abs_le]; grind)
    (by rw [abs_le]; grind)

theorem preference_mle_instance :
    1 - 1 / 10 ≤ ((preferenceLaw (setting.itemLaw fairPair_isProb)
      (candidates 0)).sample 40000).prob fun S =>
        ∀ j, logLikelihood (candidates 0) S ≤ logLikelihood (candidates j) S →
          1 - setting.itemLaw fairPair_isProb (fun z =>
            affinity (margin (candidates j) z) (margin (candidates 0) z)) ≤
          log (((2 : Nat) : Real) / (1 / 10)) / ((40000 : Nat) : Real) :=
  preference_mle _ candidates 0 (by omega) (by grind)

theorem preference_to_policy_instance :
    1 - 1 / 10 ≤ ((preferenceLaw (setting.itemLaw fairPair_isProb)
      (candidates 0)).sample 40000).prob fun S =>
        ∀ j, logLikelihood (candidates 0) S ≤ logLikelihood (candidates j) S →
          (mean fairPair fun x =>
              setting.value x (candidates 0 x) (setting.boltzmann x (candidates 0 x)) -
              setting.value x (candidates 0 x) (setting.boltzmann x (candidates j x))) ≤
          16 * exp (2 * 1 / 1) * exp (1 / 1) * (cosh (1 / 2) * cosh (1 / 2)) / (1 * 1) *
            (log (((2 : Nat) : Real) / (1 / 10)) / ((40000 : Nat) : Real)) :=
  preference_to_policy setting fairPair_isProb candidates 0 candidates_range (expBound_exp _)
    (Std.le_of_lt (exp_pos _)) (sinhBound_one archimedean_real) (by grind) (by omega) (by grind)

theorem cosh_half_mul_self_le : cosh (1 / 2 : Real) * cosh (1 / 2) ≤ 53 / 40 := by
  have h1 := expBound_one (R := Real) 1 (by rw [abs_of_nonneg] <;> grind)
  have h2 := add_one_le_exp (1 : Real)
  have h3 := exp_neg_mul_exp (1 : Real)
  have h4 := exp_neg_mul_exp (1 / 2 : Real)
  have h5 := exp_add_self (1 : Real)
  have h6 := exp_add_self (-1 : Real)
  have h7 := mul_le_mul_left h2 (Std.le_of_lt (exp_pos (-1 : Real)))
  rw [show (-1 / 2 : Real) = -(1 / 2) by grind] at h6
  unfold cosh
  generalize exp (1 / 2 : Real) = a at *
  generalize exp (-(1 / 2) : Real) = b at *
  rw [show (a + b) / 2 * ((a + b) / 2) = (a * a + 2 * (b * a) + b * b) / 4 by grind, h4, h5, h6]
  generalize exp (1 : Real) = e at *
  generalize exp (-1 : Real) = d at *
  grind

theorem exp_three_le : exp (2 * 1 / 1 : Real) * exp (1 / 1) ≤ 2744 / 125 := by
  have h1 := expBound_one (R := Real) 1 (by rw [abs_of_nonneg] <;> grind)
  have h0 := exp_pos (1 : Real)
  rw [show (2 * 1 / 1 : Real) = 1 + 1 by grind, show (1 / 1 : Real) = 1 by grind, exp_add]
  generalize exp (1 : Real) = e at *
  have h2 : e ≤ 14 / 5 := by grind
  have h3 := mul_le_mul h2 h2 (by grind) (Std.le_of_lt h0)
  have h4 := mul_le_mul h3 h2 (by grind) (Std.le_of_lt h0)
  grind

/-- The bound is at most `1/20`. -/
theorem preference_to_policy_le : 16 * exp (2 * 1 / 1) * exp (1 / 1) *
    (cosh (1 / 2) * cosh (1 / 2)) / (1 * 1) *
      (log (((2 : Nat) : Real) / (1 / 10)) / ((40000 : Nat) : Real)) ≤ 1 / 20 := by
  have h1 := exp_three_le
  have h2 := cosh_half_mul_self_le
  have h3 := log_le (x := (4 : Real)) (y := 20) (by grind)
    (by have := le_exp_four (R := Real); grind)
  have h4 := log_nonneg (by grind : (1 : Real) ≤ 20)
  have h5 := mul_pos (exp_pos (2 * 1 / 1 : Real)) (exp_pos (1 / 1))
  have h6 := mul_pos (cosh_pos (1 / 2 : Real)) (cosh_pos (1 / 2))
  rw [show ((2 : Nat) : Real) / (1 / 10) = 20 by grind]
  generalize cosh (1 / 2 : Real) * cosh (1 / 2) = K at *
  generalize log (20 : Real) = l at *
  rw [show 16 * exp (2 * 1 / 1 : Real) * exp (1 / 1) =
    16 * (exp (2 * 1 / 1) * exp (1 / 1)) by grind]
  generalize exp (2 * 1 / 1 : Real) * exp (1 / 1) = e at *
  have h7 := mul_le_mul h1 h2 (by grind) (Std.le_of_lt h6)
  have h8 := mul_le_mul h7 h3 (by grind) h4
  rw [show 16 * e * K / (1 * 1) * (l / ((40000 : Nat) : Real)) = e * K * l / 2500 by grind]
  grind

theorem preference_to_policy_sharp_instance :
    1 - 1 / 10 ≤ ((preferenceLaw (setting.itemLaw fairPair_isProb)
      (candidates 0)).sample 40000).prob fun S =>
        ∀ j, logLikelihood (candidates 0) S ≤ logLikelihood (candidates j) S →
          (mean fairPair fun x =>
              setting.value x (candidates 0 x) (setting.boltzmann x (candidates 0 x)) -
              setting.value x (candidates 0 x) (setting.boltzmann x (candidates j x))) ≤
          16 * psi (2 * 1 / 1) * exp (1 / 1) * (cosh (1 / 2) * cosh (1 / 2)) / (1 * 1) *
            (log (((2 : Nat) : Real) / (1 / 10)) / ((40000 : Nat) : Real)) :=
  preference_to_policy_sharp archimedean_real setting fairPair_isProb candidates 0 candidates_range
    rfl (sinhBound_one archimedean_real) (by grind) (by omega) (by grind)

end RLHF.Demo
