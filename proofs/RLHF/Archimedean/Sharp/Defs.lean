module
public import RLHF.Foundations.Defs

/-!
# The sharp second-order constant: the vocabulary

## Main definitions
* `psi`: `ψ(M) = (exp M - 1 - M) / M²`.
-/

@[expose] public section

namespace RLHF

universe u

/-- `ψ(M) = (exp M - 1 - M) / M²`, which for `M > 0` is the least second-order constant of the
exponential on `[-M, M]` (`second_order_constant`) in an Archimedean field. (`ψ(0) = 0 / 0 = 0`.) -/
noncomputable def psi {R : Type u} [ExpField R] (M : R) : R := (exp M - 1 - M) / (M * M)

end RLHF
