module
public import RLHF.Model.Defs

/-!
# Gradients of the objective

What is modelled: the closed forms of the covariance and the gradient of the objective. That the
closed form is the derivative is a theorem (`RLHF.grad_objective`), not part of the definition.

## Main definitions
* `Problem.covarianceAt`, `Problem.gradientAt` (one prompt); `Problem.covarianceOn`,
  `Problem.gradient` (sample).
* `Problem.scoreVec`, `Problem.pairGradient`: what the two sampled estimators average.

## References
arXiv 2601.16403, Section 4.
-/

@[expose] public section

namespace RLHF

universe u
variable {R : Type u} [ExpField R] {N m d n : Nat}

/-- Average of vectors, `(1/n) Σ_i v_i`. -/
noncomputable def averageVec (v : Fin n → Vec R d) : Vec R d := fun j => average fun i => v i j

namespace Problem

variable (P : Problem R N m d)

/-- Covariance matrix `V_x(θ)` of the features under `π_θ` at the prompt `x`. -/
noncomputable def covarianceAt (x : Fin N) (θ : Vec R d) : Fin d → Vec R d :=
  covariance (P.policy x θ) (P.feature x)

/-- Closed form `V_x(θ)(θ* - θ) / λ` of the gradient of `J_x`. -/
noncomputable def gradientAt (x : Fin N) (θ : Vec R d) : Vec R d :=
  (1 / P.klCoef) * mulVec (P.covarianceAt x θ) (P.trueParam - θ)

/-- Score vector `(φ(x, a) - E_{π_θ} φ(x, ·)) / λ` of an action: the gradient of
`θ ↦ log π_θ(a | x)` (`score_identity`). -/
noncomputable def scoreVec (x : Fin N) (θ : Vec R d) (a : Fin m) : Vec R d :=
  (1 / P.klCoef) * (P.feature x a - meanVec (P.policy x θ) (P.feature x))

/-- Pairwise gradient estimate `⟨δ, θ* - θ⟩ / (2λ) · δ` from two actions, `δ = φ(x, a) - φ(x, b)`;
it vanishes for `a = b`. -/
noncomputable def pairGradient (x : Fin N) (θ : Vec R d) (a b : Fin m) : Vec R d :=
  (inner (P.feature x a - P.feature x b) (P.trueParam - θ) / (2 * P.klCoef)) *
    (P.feature x a - P.feature x b)

/-- Empirical covariance matrix `V_S(θ) = (1/n) Σ_i V_{x_i}(θ)`. -/
noncomputable def covarianceOn (S : Fin n → Fin N) (θ : Vec R d) : Fin d → Vec R d :=
  fun i => averageVec fun k => P.covarianceAt (S k) θ i

/-- Closed form `V_S(θ)(θ* - θ) / λ` of the gradient of `J_S`. -/
noncomputable def gradient (S : Fin n → Fin N) (θ : Vec R d) : Vec R d :=
  (1 / P.klCoef) * mulVec (P.covarianceOn S θ) (P.trueParam - θ)

end Problem

end RLHF
