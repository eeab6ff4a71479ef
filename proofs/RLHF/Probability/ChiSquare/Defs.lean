module
public import RLHF.Foundations.Defs

/-!
# Chi-square divergence: the vocabulary

What is modelled: `χ²(p ‖ q)` of two weight vectors on a finite set, and of two families of
weights on pairs, which need no index of their own for the pairs.

## Conventions
* A term with `q_a = 0` is `0`, since `y / 0 = 0`. Where that hides mass of `p`, the statements
  assume `AbsCont`: no mass of `p` where `q` has none.

## Main definitions
* `AbsCont`, `chiSq` for weights on one set; `AbsContPair`, `chiSqPair` for weights on pairs.
-/

@[expose] public section

namespace RLHF

universe u
variable {R : Type u} [ExpField R] {N m : Nat}

/-- `q` has mass wherever `p` has: `p_a > 0` gives `q_a > 0`. -/
def AbsCont (p q : Fin m → R) : Prop := ∀ a, 0 < p a → 0 < q a

/-- Chi-square divergence `χ²(p ‖ q) = Σ_a (p_a - q_a)² / q_a`. -/
noncomputable def chiSq (p q : Fin m → R) : R :=
  sum fun a => (p a - q a) * (p a - q a) / q a

/-- Expectation `Σ_x D(x) Σ_a π(a | x) f(x, a)` under the weights `D(x) π(a | x)` of pairs. -/
noncomputable def meanPair (D : Fin N → R) (π f : Fin N → Fin m → R) : R :=
  mean D fun x => mean (π x) (f x)

/-- `D'(x) μ(a | x)` is positive wherever `D(x) π(a | x)` is. -/
def AbsContPair (D : Fin N → R) (π : Fin N → Fin m → R) (D' : Fin N → R)
    (μ : Fin N → Fin m → R) : Prop := ∀ x a, 0 < D x * π x a → 0 < D' x * μ x a

/-- Chi-square divergence `χ²(P ‖ Q) = Σ_{x,a} (P(x, a) - Q(x, a))² / Q(x, a)` of the weights
`P = D(x) π(a | x)` and `Q = D'(x) μ(a | x)` of pairs. -/
noncomputable def chiSqPair (D : Fin N → R) (π : Fin N → Fin m → R) (D' : Fin N → R)
    (μ : Fin N → Fin m → R) : R :=
  sum fun x => chiSq (fun a => D x * π x a) (fun a => D' x * μ x a)

end RLHF
