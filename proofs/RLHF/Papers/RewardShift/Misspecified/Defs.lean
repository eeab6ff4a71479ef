module
public import RLHF.Model.Defs

/-!
# A wrong reward: the vocabulary

What is modelled: the error of a learned reward `s` against the true reward `r` at one prompt, as
the policy `π_s` that is tuned on `s` sees it.

## Main definitions
* `Setting.scaledError`.
-/

@[expose] public section

namespace RLHF

universe u
variable {R : Type u} [ExpField R] {N m : Nat}

/-- Scaled error `Y_a = (f_a - E_{π_s} f) / λ` with `f = r - s`, centred under `π_s`. -/
noncomputable def Setting.scaledError (E : Setting R N m) (x : Fin N) (r s : Fin m → R)
    (a : Fin m) : R :=
  (r a - s a - mean (E.boltzmann x s) fun a => r a - s a) / E.klCoef

end RLHF
