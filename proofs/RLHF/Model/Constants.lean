module
public import RLHF.Model.Defs

/-!
# Constants of a problem

What is modelled: names for the constants in which bounds are stated. They are abbreviations: a
statement with them is, by definition, the statement with the formulas.

## Main definitions
* `Problem.cocoercivity B`: `K = B²/λ`. `Problem.stepSize B`: `1/K = λ/B²`.
* `Problem.exponentRadius B ρ`: `M = 2Bρ/λ`.
* `conditionNumber B σ`: `κ = 2B²/σ`.
-/

@[expose] public section

namespace RLHF

universe u
variable {R : Type u} [ExpField R] {N m d : Nat}

/-- `K = B²/λ`, with which `‖∇J_S(θ)‖² ≤ K ⟨∇J_S(θ), θ* - θ⟩` (`gradient_cocoercive`), for features
of norm at most `B`. -/
noncomputable abbrev Problem.cocoercivity (P : Problem R N m d) (B : R) : R := B * B / P.klCoef

/-- The step size `λ/B²` of gradient ascent, `1/K`; `0` if `B = 0`. -/
noncomputable abbrev Problem.stepSize (P : Problem R N m d) (B : R) : R := P.klCoef / (B * B)

/-- `M = 2Bρ/λ`: within `ρ` of `θ*`, the scaled, centred residual `Y` has `|Y| ≤ M`. -/
noncomputable abbrev Problem.exponentRadius (P : Problem R N m d) (B ρ : R) : R :=
  2 * (B * ρ) / P.klCoef

/-- `κ = 2B²/σ`, for features of norm at most `B` and coverage with the eigenvalue `σ`. -/
noncomputable abbrev conditionNumber (B σ : R) : R := 2 * (B * B) / σ

variable (P : Problem R N m d) (B ρ σ : R)

theorem Problem.cocoercivity_eq : P.cocoercivity B = B * B / P.klCoef := rfl

theorem Problem.stepSize_eq : P.stepSize B = P.klCoef / (B * B) := rfl

theorem Problem.exponentRadius_eq : P.exponentRadius B ρ = 2 * (B * ρ) / P.klCoef := rfl

theorem conditionNumber_eq : conditionNumber B σ = 2 * (B * B) / σ := rfl

end RLHF
