module
public import RLHF.Policy.Defs

/-!
# Derivatives and gradients

What is modelled: the Fréchet derivative on `R^d` as an ε–δ statement, and the closed forms of the
covariance and the gradient of the objective. That the closed form is the derivative is a theorem
(`RLHF.grad_objective`), not part of the definition.

## Main definitions
* `HasGradient f g θ`: `f(θ + h) = f(θ) + ⟨g, h⟩ + o(‖h‖)`.
* `Problem.covarianceAt`, `Problem.gradientAt` (one prompt), `Problem.covarianceOn`, `Problem.gradient` (sample).

## References
arXiv 2601.16403, Section 4.
-/

@[expose] public section

namespace RLHF

universe u
variable {R : Type u} [ExpField R] {N m d n : Nat}

/-- `f : R^d → R` has the **gradient** `g` at `θ` (Fréchet derivative, ε–δ form):
`|f(θ + h) - f(θ) - ⟨g, h⟩| ≤ ε ‖h‖` for all `h` with `‖h‖ ≤ δ(ε)`. -/
def HasGradient (f : Vec R d → R) (g θ : Vec R d) : Prop :=
  ∀ ε : R, 0 < ε → ∃ δ : R, 0 < δ ∧
    ∀ h : Vec R d, norm h ≤ δ → abs (f (θ + h) - f θ - inner g h) ≤ ε * norm h

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

/-- Empirical covariance matrix `V_S(θ) = (1/n) Σ_i V_{x_i}(θ)`. -/
noncomputable def covarianceOn (S : Fin n → Fin N) (θ : Vec R d) : Fin d → Vec R d :=
  fun i => averageVec fun k => P.covarianceAt (S k) θ i

/-- Closed form `V_S(θ)(θ* - θ) / λ` of the gradient of `J_S`. -/
noncomputable def gradient (S : Fin n → Fin N) (θ : Vec R d) : Vec R d :=
  (1 / P.klCoef) * mulVec (P.covarianceOn S θ) (P.trueParam - θ)

end Problem

end RLHF
