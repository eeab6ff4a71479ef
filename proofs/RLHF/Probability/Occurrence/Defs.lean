module
public import RLHF.Probability.Defs

/-!
# How often a sample holds a prompt

## Main definitions
* `frequency S x`: the share of the sample `S` that is the prompt `x`.
-/

@[expose] public section

namespace RLHF

universe u
variable {R : Type u} [ExpField R] {N n : Nat}

/-- Share `(1/n) #{i : S_i = x}` of the entries of the sample `S` that are the prompt `x`; `0` for
the empty sample. -/
noncomputable def frequency (S : Fin n → Fin N) (x : Fin N) : R :=
  average fun i => indicator (S i = x)

end RLHF
