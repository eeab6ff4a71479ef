module
public import RLHF.Foundations.ExpUnit
public import RLHF.Foundations.Vector
public import RLHF.Model.Defs

/-!
# A concrete instance

What is modelled: one problem that satisfies every hypothesis used in the library. The other files
here instantiate every headline theorem at it: no theorem of the library holds vacuously.

## Main definitions
* `Demo.problem`: two prompts, two actions, features in `R²`, `q = (1/3, 2/3)`, `λ = 1`,
  `θ* = (1, -1)`.
* `Demo.sample`: the sample of both prompts.

## Main results
* `Demo.featureBound`: its features are bounded by `2`.
-/

@[expose] public section

namespace RLHF.Demo

open Lean.Grind

universe u
variable {R : Type u} [ExpField R]

/-- Features `φ(0, a) = e_a`, `φ(1, 0) = (1, 1)`, `φ(1, 1) = 0`. -/
noncomputable def feature (x : Fin 2) (a : Fin 2) : Vec R 2 := fun j =>
  if x = 0 then (if a = j then 1 else 0) else (if a = 0 then 1 else 0)

/-- Probability weights `(1/3, 2/3)`. -/
noncomputable def weights (a : Fin 2) : R := if a = 0 then 1 / 3 else 2 / 3

/-- Vector `(1, -1)`. -/
noncomputable def direction : Vec R 2 := fun j => if j = 0 then 1 else -1

theorem weights_pos (a : Fin 2) : 0 < (weights a : R) := by
  have : 0 < (3 : R)⁻¹ := inv_pos (by grind)
  unfold weights; grind

theorem weights_sum : sum (weights (R := R)) = 1 := by simp only [sum, weights]; grind

theorem weights_isProb : IsProb (weights (R := R)) where
  nonneg a := by have := weights_pos (R := R) a; grind
  sum_eq_one := weights_sum

/-- The problem with these features, reference policy `(1/3, 2/3)`, `λ = 1` and `θ* = (1, -1)`. -/
noncomputable def problem : Problem R 2 2 2 where
  feature := feature
  refPolicy _ := weights
  trueParam := direction
  klCoef := 1
  klCoef_pos := by grind
  refPolicy_pos _ := weights_pos
  refPolicy_sum _ := weights_sum

/-- The sample that holds each prompt once. -/
def sample (i : Fin 2) : Fin 2 := i

theorem trueParam_ne_zero : (problem (R := R)).trueParam ≠ 0 := fun h => by
  have h0 : (1 : R) = 0 := congrFun h 0
  grind

theorem featureBound : (problem (R := R)).FeatureBound 2 := fun x a => by
  refine norm_le_of_inner_le (by grind) ?_
  show inner (feature x a) (feature x a) ≤ (2 * 2 : R)
  simp only [inner, sum, feature]
  grind

end RLHF.Demo
