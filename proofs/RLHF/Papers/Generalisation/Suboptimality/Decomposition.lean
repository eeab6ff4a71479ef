module
public import RLHF.Geometry.Domination

/-!
# Decomposition of the suboptimality gap

What is modelled: the population gap `J(θ*) - J(θ)` of a parameter `θ` against a sample `S`.

## Main results
* `Problem.population_gap_le`: concentration + optimisation + generalisation.
* `Problem.abs_objective_sub_le`: the optimisation term is at most `C ρ ‖∇J_S(θ)‖`.

## Not covered
The concentration and generalisation terms, which need the law of the sample.

## References
arXiv 2601.16403, cf. Definition 3.
-/

public section

namespace RLHF

open Lean.Grind

universe u
variable {R : Type u} [ExpField R] {N m d n : Nat}

namespace Problem

variable (P : Problem R N m d) (D : Fin N → R) (S : Fin n → Fin N) (θ : Vec R d)

/-- `J(θ*) - J(θ) ≤ |J_S(θ*) - J(θ*)| + |J_S(θ*) - J_S(θ)| + |J_S(θ) - J(θ)|`. -/
theorem population_gap_le : P.population D P.trueParam - P.population D θ ≤
    abs (P.objective S P.trueParam - P.population D P.trueParam) +
    abs (P.objective S P.trueParam - P.objective S θ) +
    abs (P.objective S θ - P.population D θ) := by
  have h1 := neg_le_abs (P.objective S P.trueParam - P.population D P.trueParam)
  have h2 := le_abs (P.objective S P.trueParam - P.objective S θ)
  have h3 := le_abs (P.objective S θ - P.population D θ)
  grind

/-- `|J_S(θ*) - J_S(θ)| ≤ C ρ ‖∇J_S(θ)‖` for `‖θ* - θ‖ ≤ ρ`. -/
theorem abs_objective_sub_le {B C ρ : R} (hB : P.FeatureBound B)
    (hρ : norm (P.trueParam - θ) ≤ ρ) (hC : ExpBound (2 * (B * ρ) / P.klCoef) C) :
    abs (P.objective S P.trueParam - P.objective S θ) ≤ C * ρ * norm (P.gradient S θ) := by
  have hle := P.objective_le S θ
  rw [abs_of_nonneg (by grind)]
  exact Std.le_trans (P.gap_le_inner_gradient S θ hB hρ hC)
    (P.inner_gradient_le_norm S θ hB hρ hC)

end Problem

end RLHF
