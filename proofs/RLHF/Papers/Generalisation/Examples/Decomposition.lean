module
public import RLHF.Papers.Generalisation.Examples.Problem
public import RLHF.Papers.Generalisation.Main.Decomposition
public import RLHF.Probability.Hoeffding.TwoPoint

/-!
# Concrete instances: error decomposition

What is modelled: every headline theorem of `Main.Decomposition` at the problem of
`Examples.Problem`.
-/

@[expose] public section

namespace RLHF.Demo

attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R]

theorem error_decomposition_instance :
    (problem (R := R)).population weights direction - problem.population weights 0 ≤
    abs (problem.objective sample direction - problem.population weights direction) +
    abs (problem.objective sample direction - problem.objective sample 0) +
    abs (problem.objective sample 0 - problem.population weights 0) :=
  error_decomposition problem weights sample 0

theorem optimisation_error_instance :
    abs ((problem (R := R)).objective sample direction - problem.objective sample 0) ≤
    exp (2 * (2 * norm (direction - 0)) / 1) * norm (direction - 0) *
      norm (problem.gradient sample 0) :=
  optimisation_error problem featureBound sample (Std.le_refl _) (expBound_exp _)

theorem concentration_variance_instance : expectSample weights (fun S : Fin 5 → Fin 2 =>
    ((problem (R := R)).objective S direction - (problem (R := R)).population weights direction) *
    ((problem (R := R)).objective S direction - (problem (R := R)).population weights direction)) =
    var weights (fun x => (problem (R := R)).objectiveAt x direction) / ((5 : Nat) : R) :=
  (concentration_variance problem featureBound weights_isProb (by decide)).1

theorem concentration_mean_instance : expectSample weights (fun S : Fin 5 → Fin 2 =>
    abs ((problem (R := R)).objective S direction -
      (problem (R := R)).population weights direction)) ≤
    2 * norm (direction : Vec R 2) / sqrt ((5 : Nat) : R) :=
  concentration_mean problem featureBound weights_isProb (by decide)

theorem concentration_chebyshev_instance : probSample weights (fun S : Fin 5 → Fin 2 => (1 : R) ≤
    abs ((problem (R := R)).objective S direction -
      (problem (R := R)).population weights direction)) ≤
    (2 * norm (direction : Vec R 2)) * (2 * norm (direction : Vec R 2)) /
      (((5 : Nat) : R) * (1 * 1)) :=
  concentration_chebyshev problem featureBound weights_isProb (by decide) (by grind)

theorem concentration_hoeffding_instance : 1 - (1 / 2 : R) ≤ probSample weights
    (fun S : Fin 5 → Fin 2 => abs ((problem (R := R)).objective S direction -
      (problem (R := R)).population weights direction) ≤
      4 * (2 * norm (direction : Vec R 2)) * sqrt (1 / 5 * log (2 / (1 / 2)) / ((5 : Nat) : R))) :=
  (concentration_hoeffding problem hoeffdingBound_one_fifth featureBound weights_isProb
    (by decide)).2 (1 / 2) (by grind)

end RLHF.Demo
