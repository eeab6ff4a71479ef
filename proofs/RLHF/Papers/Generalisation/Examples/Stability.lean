module
public import RLHF.Papers.Generalisation.Examples.Problem
public import RLHF.Papers.Generalisation.Main.Stability

/-!
# Concrete instances: stability, coverage

What is modelled: every headline theorem of `Main.Stability` at the problem of `Examples.Problem`.

## Main results
* `Demo.coverage`: the sample of both prompts covers all features exactly (`ε = 0`) at `θ = 0`,
  with `σ = 2/9` and the identity matrix.
-/

@[expose] public section

namespace RLHF.Demo

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R]

/-- The identity matrix. -/
noncomputable def identity (i : Fin 2) : Vec R 2 := fun j => if i = j then 1 else 0

theorem mulVec_identity (v : Vec R 2) : mulVec identity v = v := Vec.ext fun i => by
  simp only [mulVec, inner, sum, identity]
  cases i using Fin.cases with
  | zero => grind
  | succ i => grind

theorem policy_zero (x : Fin 2) : (problem (R := R)).policy x 0 = weights := funext fun a => by
  have hs : ∀ b, (problem (R := R)).score x 0 b = 0 := fun b => by
    unfold Problem.score; rw [inner_zero_left]; grind
  have hZ : (problem (R := R)).partition x 0 = 1 := by
    unfold Problem.partition tiltPartition
    rw [sum_congr fun b => by rw [hs b, exp_zero], sum_mul_right, Setting.refPolicy_sum]
    grind
  rw [Problem.policy_apply, hZ, hs, exp_zero]
  show weights a * 1 / 1 = weights a
  grind

/-- Exact coverage by the sample of both prompts at `θ = 0`. -/
theorem coverage : (problem (R := R)).Coverage sample 0 identity (2 / 9) 0 where
  symm i j := by unfold identity; grind
  residual_le x a := by
    have e : (problem (R := R)).feature x a - (problem (R := R)).feature x a = 0 :=
      Vec.ext fun i => by rw [Vec.sub_apply, Vec.zero_apply]; grind
    rw [mulVec_identity, e, norm_zero]
    grind
  eigenvalue_pos := div_pos (by grind) (by grind)
  le_covariance v := by
    rw [mulVec_identity, norm_mul_self, Problem.inner_mulVec_covarianceOn]
    simp only [policy_zero]
    show 2 / 9 * inner v v ≤ average fun i => var weights fun a => inner v (feature i a)
    have h2 : ((2 : Nat) : R) = 2 := by grind
    simp only [average, sum, var, cov, mean, inner, feature, weights, h2]
    grind

/-! ### Samples -/

/-- An algorithm that ignores all but the first prompt: `0` or `θ*`. -/
noncomputable def algorithm (S : Fin 3 → Fin 2) : Vec R 2 := if S 0 = 0 then 0 else direction

theorem algorithm_error_le (S : Fin 3 → Fin 2) :
    norm ((problem (R := R)).trueParam - algorithm S) ≤ norm (direction : Vec R 2) := by
  have h0 : (direction - 0 : Vec R 2) = direction := Vec.ext fun i => by
    rw [Vec.sub_apply, Vec.zero_apply]; grind
  have h1 : (direction - direction : Vec R 2) = 0 := Vec.ext fun i => by
    rw [Vec.sub_apply, Vec.zero_apply]; grind
  show norm (direction - algorithm S) ≤ norm (direction : Vec R 2)
  unfold algorithm
  split
  · rw [h0]; grind
  · rw [h1, norm_zero]; exact norm_nonneg _

/-- It is uniformly stable, by the headline theorem. -/
theorem stability_from_gradients_instance : (problem (R := R)).UniformlyStable algorithm
    (exp (2 * (2 * norm (direction : Vec R 2)) / 1) *
      (2 * (2 * 2) / 1 * norm (direction : Vec R 2) * (2 * 2 / 1 * norm (direction : Vec R 2)) +
        2 * (2 * 2) * (norm (direction : Vec R 2) * norm (direction : Vec R 2)) / 1)) :=
  stability_from_gradients problem
    (fun _ => Problem.coverage_zero featureBound (by grind : (0 : R) < 1)) featureBound
    algorithm_error_le
    (fun S => Std.le_trans (Problem.norm_gradient_le featureBound S _)
      (mul_le_mul_left (algorithm_error_le S)
        (div_nonneg (mul_self_nonneg 2) problem.klCoef_pos)))
    (expBound_exp _) (Std.le_of_lt (exp_pos _))

theorem uniform_stability_generalises_instance :
    abs (expectSample weights fun S => (problem (R := R)).objective S (algorithm S) -
    (problem (R := R)).population weights (algorithm S)) ≤
    exp (2 * (2 * norm (direction : Vec R 2)) / 1) *
      (2 * (2 * 2) / 1 * norm (direction : Vec R 2) * (2 * 2 / 1 * norm (direction : Vec R 2)) +
        2 * (2 * 2) * (norm (direction : Vec R 2) * norm (direction : Vec R 2)) / 1) :=
  uniform_stability_generalises problem stability_from_gradients_instance weights_isProb (by decide)

/-! ### Coverage at `θ = 0` with `ε = 0` -/

theorem coverage_transfer_instance (v : Vec R 2) :
    var weights (fun a => inner v ((problem (R := R)).feature 1 a)) ≤
    2 * (2 * 2) / (2 / 9) * inner (mulVec ((problem (R := R)).covarianceOn sample 0) v) v +
      2 * (0 * 0) * (norm v * norm v) :=
  coverage_transfer problem coverage featureBound 1 weights_isProb v

theorem pointwise_gap_instance (x : Fin 2) : (problem (R := R)).objectiveAt x direction -
    (problem (R := R)).objectiveAt x 0 ≤ exp (2 * (2 * norm (direction - 0 : Vec R 2)) / 1) *
    (2 * (2 * 2) / (2 / 9) * inner ((problem (R := R)).gradient sample 0) (direction - 0) +
      2 * (0 * 0) * (norm (direction - 0 : Vec R 2) * norm (direction - 0 : Vec R 2)) / 1) :=
  pointwise_gap problem coverage featureBound (Std.le_refl _) (expBound_exp _)
    (Std.le_of_lt (exp_pos _)) x

theorem norm_zero_sub_le : norm (0 - 0 : Vec R 2) ≤ norm (direction - 0 : Vec R 2) := by
  have e : (0 - 0 : Vec R 2) = 0 := Vec.ext fun i => by
    rw [Vec.sub_apply, Vec.zero_apply]; grind
  rw [e, norm_zero]
  exact norm_nonneg _

theorem norm_direction_sub_le :
    norm (direction - direction : Vec R 2) ≤ norm (direction - 0 : Vec R 2) := by
  have e : (direction - direction : Vec R 2) = 0 := Vec.ext fun i => by
    rw [Vec.sub_apply, Vec.zero_apply]; grind
  rw [e, norm_zero]
  exact norm_nonneg _

/-- Two different parameters, `0` and `θ*`, each with exact coverage. -/
theorem gradient_norm_stability_instance (x : Fin 2) : abs ((problem (R := R)).objectiveAt x 0 -
    (problem (R := R)).objectiveAt x direction) ≤
    exp (2 * (2 * norm (direction - 0 : Vec R 2)) / 1) *
    (2 * (2 * 2) / (exp (-(2 * (2 * norm (direction - 0 : Vec R 2)) / 1)) * (2 / 9)) *
      norm (direction - 0 : Vec R 2) * max (norm ((problem (R := R)).gradient sample 0))
        (norm ((problem (R := R)).gradient sample direction)) +
      2 * (0 * 0) * (norm (direction - 0 : Vec R 2) * norm (direction - 0 : Vec R 2)) / 1) :=
  gradient_norm_stability problem (coverage.of_norm_sub_le featureBound norm_zero_sub_le)
    (coverage.of_norm_sub_le featureBound (Std.le_refl _)) featureBound (Std.le_refl _)
    norm_direction_sub_le (expBound_exp _) (Std.le_of_lt (exp_pos _)) x

end RLHF.Demo
