module
public import RLHF.Papers.Generalisation.Examples.Problem
public import RLHF.Papers.Generalisation.Main.Geometry
public import RLHF.Papers.Generalisation.Main.Gradient

/-!
# Concrete instances: gradients

What is modelled: every headline theorem of `Main.Gradient` at the problem of
`Examples.Problem`, at a point that is not the optimum.

## Main results
* `Demo.gradientAt_ne_zero`: at `θ = 0` the gradient does not vanish, so the identities between
  gradients do not read `0 = 0`.
-/

public section

namespace RLHF.Demo

open Lean.Grind

universe u
variable {R : Type u} [ExpField R]

theorem grad_log_partition_instance :
    HasGradient ((problem (R := R)).logPartition 0) (((1 : R) / 1) *
    meanVec ((problem (R := R)).policy 0 0) (feature 0)) 0 :=
  grad_log_partition problem 0 0

theorem hess_log_partition_instance : HasGradient
    (fun θ => ((1 / (problem (R := R)).klCoef) *
      meanVec ((problem (R := R)).policy 0 θ) ((problem (R := R)).feature 0) : Vec R 2) 1)
    (((1 : R) / (1 * 1)) * (problem (R := R)).covarianceAt 0 0 1) 0 :=
  hess_log_partition problem 0 0 1

theorem grad_expectation_instance :
    HasGradient (fun θ => mean ((problem (R := R)).policy 0 θ) weights)
    (fun j => cov ((problem (R := R)).policy 0 0) weights (fun a => feature 0 a j) / 1) 0 :=
  grad_expectation problem 0 0 weights

theorem grad_objective_instance :
    HasGradient ((problem (R := R)).objectiveAt 1) ((problem (R := R)).gradientAt 1 0) 0 :=
  (grad_objective (n := 2) problem 0).1 1

example : HasGradient ((problem (R := R)).objective sample)
    ((problem (R := R)).gradient sample 0) 0 :=
  (grad_objective problem 0).2 sample

theorem hess_objective_instance :
    HasGradient (fun θ => (problem (R := R)).gradientAt 0 θ 1) (fun k =>
    cumulant3 ((problem (R := R)).policy 0 0) (fun a => inner (direction - 0) (feature 0 a))
      (fun a => feature 0 a 1) (fun a => feature 0 a k) / (1 * 1) -
    (problem (R := R)).covarianceAt 0 0 1 k / 1) 0 :=
  hess_objective problem 0 0 1

theorem score_identity_instance : HasGradient (fun θ => log ((problem (R := R)).policy 0 θ 1))
    ((problem (R := R)).scoreVec 0 0 1) 0 :=
  (score_identity problem 0 0).1 1

example : (problem (R := R)).gradientAt 0 0 = meanVec ((problem (R := R)).policy 0 0) fun a =>
    ((problem (R := R)).reward 0 a - (problem (R := R)).klCoef *
      log ((problem (R := R)).policy 0 0 a / (problem (R := R)).refPolicy 0 a)) *
      (problem (R := R)).scoreVec 0 0 a :=
  (score_identity problem 0 0).2

theorem pairwise_estimator_instance :
    (meanVec ((problem (R := R)).policy 0 0) fun a => meanVec ((problem (R := R)).policy 0 0)
    ((problem (R := R)).pairGradient 0 0 a)) = (problem (R := R)).gradientAt 0 0 :=
  pairwise_estimator problem 0 0

/-- At `θ = 0` the two actions of the prompt `0` differ in reward, so the gradient is not zero. -/
theorem gradientAt_ne_zero : (problem (R := R)).gradientAt 0 0 ≠ 0 := fun h => by
  have hk := (kernel_invariant (R := R) problem 0 0 direction).mp (by
    have h1 := (problem (R := R)).inner_gradientAt_error 0 (0 : Vec R 2)
    have hu : (direction - 0 : Vec R 2) = direction := Vec.ext fun i => by
      rw [Vec.sub_apply, Vec.zero_apply]; grind
    rw [h, inner_zero_left] at h1
    change 0 = var _ (fun a => inner (direction - 0) _) / 1 at h1
    rw [hu] at h1
    grind) 0 1
  change inner direction (feature 0 0) = inner (direction (R := R)) (feature 0 1) at hk
  simp only [inner, sum, direction, feature] at hk
  grind

end RLHF.Demo
