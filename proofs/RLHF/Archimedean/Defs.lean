module
public import RLHF.Foundations.Defs

/-!
# Archimedean fields: the vocabulary

What is modelled: fields in which every element is at most some natural number. Not every
exponential ordered field is one; the reals are (`archimedean_real`).

## Main definitions
* `Archimedean`.
-/

@[expose] public section

namespace RLHF

attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u

/-- The field is **Archimedean**: every element is at most some natural number. -/
def Archimedean (R : Type u) [ExpField R] : Prop := ∀ x : R, ∃ n : Nat, x ≤ (n : R)

end RLHF
