module
public import RLHF.Foundations.Defs

/-!
# Hyperbolic functions: the vocabulary

## Main definitions
* `sinh`, `cosh`.
* `SinhBound`.
-/

@[expose] public section

namespace RLHF

universe u
variable {R : Type u} [ExpField R]

/-- Hyperbolic sine `(exp x - exp(-x)) / 2`. -/
noncomputable def sinh (x : R) : R := (exp x - exp (-x)) / 2

/-- Hyperbolic cosine `(exp x + exp(-x)) / 2`. -/
noncomputable def cosh (x : R) : R := (exp x + exp (-x)) / 2

/-- `g` is a **lower constant of sinh²**: `g x² ≤ sinh² x` for all `x`. It holds with `g = 1/4`
(`sinhBound_quarter`), and with `g = 1` where the field is Archimedean (`sinhBound_one`). -/
def SinhBound (g : R) : Prop := ∀ x : R, g * (x * x) ≤ sinh x * sinh x

end RLHF
