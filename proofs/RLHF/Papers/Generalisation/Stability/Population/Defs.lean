module
public import RLHF.Papers.Generalisation.Stability.Defs

/-!
# Coverage by the population

What is modelled: the assumption of coverage for the whole population of prompts instead of one
sample. On a finite population it is a property of the features and the prompt weights, and a random
sample inherits it (`Stability.RandomCoverage`).

## Main definitions
* `Problem.covarianceUnder`: the covariance `V_w(θ) = Σ_x w(x) V_x(θ)` under weights on the prompts.
* `Problem.PopulationCoverage`: it sees every feature up to `ε`.

## References
arXiv 2601.16403, cf. Assumption 5 (feature coverage).
-/

@[expose] public section

namespace RLHF

universe u
variable {R : Type u} [ExpField R] {N m d : Nat}

namespace Problem

variable (P : Problem R N m d)

/-- Covariance matrix `V_w(θ) = Σ_x w(x) V_x(θ)` under weights `w` on the prompts. -/
noncomputable def covarianceUnder (w : Fin N → R) (θ : Vec R d) : Fin d → Vec R d :=
  fun i j => mean w fun x => P.covarianceAt x θ i j

/-- **Coverage by the population** with weights `w` on the prompts, at the parameter `θ` through the
symmetric matrix `Π`: as `Problem.Coverage`, with `V_w(θ) = Σ_x w(x) V_x(θ)` for the covariance on a
sample. The weights are the probabilities `D` of the prompts, or the indicator of a set of prompts.
With the shares of the prompts in a sample as weights it is coverage by that sample. -/
structure PopulationCoverage (w : Fin N → R) (θ : Vec R d) (proj : Fin d → Vec R d) (σ ε : R) :
    Prop where
  /-- `Π` is symmetric. -/
  symm : ∀ i j, proj i j = proj j i
  /-- `‖φ(x, a) - Π φ(x, a)‖ ≤ ε` for every prompt. -/
  residual_le : ∀ x a, norm (P.feature x a - mulVec proj (P.feature x a)) ≤ ε
  /-- `σ > 0`. -/
  eigenvalue_pos : 0 < σ
  /-- `σ ‖Π v‖² ≤ ⟨V_w(θ) v, v⟩` for every `v`. -/
  le_covariance : ∀ v, σ * (norm (mulVec proj v) * norm (mulVec proj v)) ≤
    inner (mulVec (P.covarianceUnder w θ) v) v

end Problem

end RLHF
