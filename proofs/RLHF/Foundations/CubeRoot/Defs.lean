module
public import RLHF.Foundations.Defs

/-!
# The cube root

What is modelled: the cube root of a number `x ≥ 0`, by `exp` and `log` as the square root is.

## Main definitions
* `cbrt`.

## References
arXiv 2602.21765, cf. the exponent `2/3` of its sampling budget.
-/

@[expose] public section

namespace RLHF

universe u
variable {R : Type u} [ExpField R]

/-- Cube root `exp (log x / 3)` for `x > 0`; `0` for `x ≤ 0`. -/
noncomputable def cbrt (x : R) : R := open Classical in if 0 < x then exp (log x / 3) else 0

end RLHF
