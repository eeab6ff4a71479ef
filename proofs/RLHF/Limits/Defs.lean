module
public import RLHF.Foundations.Defs

/-!
# Limits of sequences: the vocabulary

What is modelled: convergence of a sequence in any exponential ordered field, in ε–N form.

## Main definitions
* `TendsTo`.

## Not covered
Limits of functions at a point, series, infinite limits.
-/

@[expose] public section

namespace RLHF

universe u
variable {R : Type u} [ExpField R]

/-- The sequence `a` has the **limit** `l`: for every `τ > 0` there is an `N` such that
`|a n - l| ≤ τ` for all `n > N`. -/
def TendsTo (a : Nat → R) (l : R) : Prop :=
  ∀ τ : R, 0 < τ → ∃ N : Nat, ∀ n : Nat, N < n → abs (a n - l) ≤ τ

end RLHF
