module
public import RLHF.Papers.Generalisation.Examples.Problem
public import RLHF.Papers.Generalisation.Main.Policy

/-!
# Concrete instances: policy and objective

What is modelled: every headline theorem of `Main.Policy` at the problem of `Examples.Problem`.
-/

@[expose] public section

namespace RLHF.Demo

universe u
variable {R : Type u} [ExpField R]

theorem boltzmann_normalised_instance :
    IsProb ((problem (R := R)).policy 0 0) ∧ ∀ a, 0 < (problem (R := R)).policy 0 0 a :=
  boltzmann_normalised problem 0 0

theorem log_ratio_instance : log ((problem (R := R)).policy 1 direction 0 / problem.refPolicy 1 0) =
    problem.score 1 direction 0 - problem.logPartition 1 direction :=
  log_ratio problem 1 direction 0

theorem kl_nonneg_instance : 0 ≤ klDiv (weights (R := R)) weights :=
  kl_nonneg weights_isProb weights_isProb weights_pos

theorem kl_zero_iff_instance : klDiv (weights (R := R)) weights = 0 :=
  (kl_zero_iff weights_isProb weights_isProb weights_pos).mpr rfl

theorem gibbs_variational_instance :
    (problem (R := R)).value 0 weights ≤ problem.objectiveAt 0 direction :=
  (gibbs_variational problem 0 weights_isProb).2.1

theorem gap_identity_instance :
    (problem (R := R)).objectiveAt 1 direction - problem.objectiveAt 1 0 =
    1 * klDiv (problem.policy 1 0) (problem.policy 1 direction) :=
  (gap_identity problem 1 0).1

theorem objective_range_instance :
    abs ((problem (R := R)).objectiveAt 0 direction) ≤ 2 * norm direction :=
  objective_range problem featureBound 0

end RLHF.Demo
