module
public import RLHF.Gradient.Defs

/-!
# Gradient ascent

What is modelled: full-batch gradient ascent on the empirical objective.

## Main definitions
* `Problem.gradientAscent`: the iterates `θ_t`.

## Not covered
Stochastic gradients, projections, varying step sizes.

## References
arXiv 2601.16403, gradient ascent.
-/

@[expose] public section

namespace RLHF

universe u
variable {R : Type u} [ExpField R] {N m d n : Nat}

/-- Iterates of **gradient ascent** on `J_S`: `θ_0 = θ0` and `θ_{t+1} = θ_t + η ∇J_S(θ_t)`. -/
noncomputable def Problem.gradientAscent (P : Problem R N m d) (S : Fin n → Fin N)
    (θ0 : Vec R d) (η : R) : Nat → Vec R d
  | 0 => θ0
  | t + 1 => P.gradientAscent S θ0 η t + η * P.gradient S (P.gradientAscent S θ0 η t)

end RLHF
