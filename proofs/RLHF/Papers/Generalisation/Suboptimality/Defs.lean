module
public import RLHF.Model.Defs

/-!
# Prompts that a sample leaves open

What is modelled: what a sample does not say about a prompt that may be outside of it, and how many
directions the features of all prompts have.

## Main definitions
* `Problem.LeavesOpen`: some direction does not vary on the sample but does at the prompt.
* `Problem.SpanDifferences`: vectors of which all differences of features are combinations.

## References
arXiv 2601.16403, cf. Assumption 5 (feature coverage).
-/

@[expose] public section

namespace RLHF

universe u
variable {R : Type u} [ExpField R] {N m d n k : Nat}

/-- The sample `S` **leaves the prompt `x` open**: some vector `u` has
`⟨u, φ(x_i, a)⟩ = ⟨u, φ(x_i, b)⟩` for every prompt `x_i` of `S` and all actions, but not
`⟨u, φ(x, a)⟩ = ⟨u, φ(x, b)⟩` for all actions. So a prompt of `S` is not left open, and neither is a
prompt whose differences of features are combinations of those on `S`. The empty sample leaves open
every prompt at which some feature varies. -/
def Problem.LeavesOpen (P : Problem R N m d) (S : Fin n → Fin N) (x : Fin N) : Prop :=
  ∃ u : Vec R d, (∀ i a b, inner u (P.feature (S i) a) = inner u (P.feature (S i) b)) ∧
    ∃ a b, inner u (P.feature x a) ≠ inner u (P.feature x b)

/-- The vectors `w_1, …, w_k` **span the differences**: every difference `φ(x, a) - φ(x, b)` of
features at one prompt is a combination of them. The least such `k` is the rank of all these
differences; the `d` unit vectors always do (`Problem.spanDifferences_unit`). -/
def Problem.SpanDifferences (P : Problem R N m d) (w : Fin k → Vec R d) : Prop :=
  ∀ x a b, ∃ c : Vec R k, ∀ j, P.feature x a j - P.feature x b j = sum fun l => c l * w l j

end RLHF
