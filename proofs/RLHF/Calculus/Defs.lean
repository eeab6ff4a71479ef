module
public import RLHF.Foundations.Defs

/-!
# Derivatives

What is modelled: the derivative on `R` and the Fréchet derivative on `R^d` as ε–δ statements.

## Main definitions
* `HasDeriv f f' x`: `f(x + h) = f(x) + f' h + o(|h|)` in one variable.
* `HasGradient f g θ`: `f(θ + h) = f(θ) + ⟨g, h⟩ + o(‖h‖)`.

## Not covered
Partial derivatives, derivatives of vector-valued functions other than coordinate by coordinate.
-/

@[expose] public section

namespace RLHF

universe u
variable {R : Type u} [ExpField R] {d : Nat}

/-- `f : R → R` has the **derivative** `f'` at `x` (ε–δ form):
`|f(x + h) - f(x) - f' h| ≤ ε |h|` for all `h` with `|h| ≤ δ(ε)`. -/
def HasDeriv (f : R → R) (f' x : R) : Prop :=
  ∀ ε : R, 0 < ε → ∃ δ : R, 0 < δ ∧
    ∀ h : R, abs h ≤ δ → abs (f (x + h) - f x - f' * h) ≤ ε * abs h

/-- `f : R^d → R` has the **gradient** `g` at `θ` (Fréchet derivative, ε–δ form):
`|f(θ + h) - f(θ) - ⟨g, h⟩| ≤ ε ‖h‖` for all `h` with `‖h‖ ≤ δ(ε)`. -/
def HasGradient (f : Vec R d → R) (g θ : Vec R d) : Prop :=
  ∀ ε : R, 0 < ε → ∃ δ : R, 0 < δ ∧
    ∀ h : Vec R d, norm h ≤ δ → abs (f (θ + h) - f θ - inner g h) ≤ ε * norm h

end RLHF
