module
public import RLHF.Foundations.Defs

/-!
# Hoeffding's bound: the vocabulary

What is modelled: the moment generating function of a centred two-point law, and what it means that
it grows like that of a normal law.

## Main definitions
* `twoPointMgf`, `HoeffdingBound`.
-/

@[expose] public section

namespace RLHF

universe u
variable {R : Type u} [ExpField R]

/-- Moment generating function at `s` of the centred law on `{-p, 1 - p}` with probability `p` of
`1 - p`: `p exp((1 - p) s) + (1 - p) exp(-p s)`. -/
noncomputable def twoPointMgf (p s : R) : R := p * exp ((1 - p) * s) + (1 - p) * exp (-(p * s))

/-- `h` is a **sub-Gaussian constant** of two-point laws:
`p exp((1 - p) s) + (1 - p) exp(-p s) ≤ exp(h s²)` for `0 ≤ p ≤ 1` and all `s`. It holds with
`h = 1/5` (`hoeffding_constant`), and with `h = 1/8` where the field is Archimedean
(`hoeffding_constant_archimedean`). -/
def HoeffdingBound (h : R) : Prop :=
  ∀ p s : R, 0 ≤ p → p ≤ 1 → twoPointMgf p s ≤ exp (h * (s * s))

end RLHF
