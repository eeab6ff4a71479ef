module
public import RLHF.Reals.CauSeq

/-!
# The real numbers

What is modelled: the real numbers as Cauchy sequences of rationals up to sequences that tend to
`0`, with their operations, their order, least upper bounds, `exp` and `log`.

A *complete ordered field* is a field with a linear order, compatible with sums and with products
by positive numbers, in which every nonempty set that is bounded above has a least upper bound
(`CompleteField`). `Real` is one (`reals_complete`). There is only one, up to one isomorphism
(`reals_unique`), so `Real` is what is called the real numbers, whichever way these are built; and
under the isomorphism any function with the two laws of `exp` becomes `exp` (`reals_unique_exp`).

To know what the theorems say of `Real`, read three definitions in `RLHF.Reals.CauSeq` (`CauSeq`,
`CauSeq.Equiv`, `CauSeq.le`) and then this file.

## Conventions
* `x < y` is defined as `¬ y ≤ x`; `1 / 0 = 0`.

## Main definitions
* `Real`; `Real.ofRat`, the rationals inside it; `Real.IsLub`, `Real.sup`.
* `Real.exp x`: least upper bound of `(1 + x / 2ⁿ) ^ (2ⁿ)` over all `n` with `|x| < 2ⁿ`.
* `Real.log x`: least upper bound of all `y` with `exp y ≤ x`.

## References
G. Cantor 1872; any textbook of analysis.
-/

@[expose] public section

namespace RLHF

open CauSeq

/-- The **real numbers**: Cauchy sequences of rationals, two of them being the same number if their
difference tends to `0`. -/
def Real : Type := Quotient CauSeq.setoid

namespace Real

/-- The limit of a Cauchy sequence. -/
noncomputable def mk (a : CauSeq) : Real := Quotient.mk CauSeq.setoid a

/-- A rational as a real: the constant sequence. -/
noncomputable def ofRat (q : Rat) : Real := mk (const q)

/-! ### Field operations, term by term -/

/-- Natural numbers as reals, in digits. -/
noncomputable instance instOfNat (n : Nat) : OfNat Real n := ⟨ofRat (n : Rat)⟩
/-- Natural numbers as reals. -/
noncomputable instance instNatCast : NatCast Real := ⟨fun n => ofRat (n : Rat)⟩
/-- Integers as reals. -/
noncomputable instance instIntCast : IntCast Real := ⟨fun n => ofRat (n : Rat)⟩

/-- Sum. -/
noncomputable instance instAdd : Add Real :=
  ⟨fun x y => Quotient.liftOn₂ x y (fun a b => mk (add a b)) fun _ _ _ _ h k =>
    Quotient.sound (equiv_add h k)⟩
/-- Product. -/
noncomputable instance instMul : Mul Real :=
  ⟨fun x y => Quotient.liftOn₂ x y (fun a b => mk (mul a b)) fun _ _ _ _ h k =>
    Quotient.sound (equiv_mul h k)⟩
/-- Opposite. -/
noncomputable instance instNeg : Neg Real :=
  ⟨fun x => Quotient.liftOn x (fun a => mk (neg a)) fun _ _ h => Quotient.sound (equiv_neg h)⟩
/-- Difference, `x + -y`. -/
noncomputable instance instSub : Sub Real := ⟨fun x y => x + -y⟩

open Classical in
/-- Inverse: the `y` with `x y = 1`; `0` if there is none. -/
noncomputable instance instInv : Inv Real :=
  ⟨fun x => if h : ∃ y, x * y = 1 then Classical.choose h else 0⟩
/-- Quotient, `x y⁻¹`. -/
noncomputable instance instDiv : Div Real := ⟨fun x y => x * y⁻¹⟩

/-- Powers: `x ^ 0 = 1`, `x ^ (n + 1) = x ^ n · x`. -/
noncomputable def npow (x : Real) : Nat → Real
  | 0 => 1
  | n + 1 => npow x n * x
/-- Powers with natural exponents. -/
noncomputable instance instPowNat : HPow Real Nat Real := ⟨npow⟩

/-- Powers with integer exponents: `x ^ (-n) = (x ^ n)⁻¹`. -/
noncomputable def zpow (x : Real) : Int → Real
  | .ofNat n => x ^ n
  | .negSucc n => (x ^ (n + 1))⁻¹
/-- Powers with integer exponents. -/
noncomputable instance instPowInt : HPow Real Int Real := ⟨zpow⟩

/-! ### Order -/

/-- `x ≤ y`: for every `ε > 0` the terms of `x` are below those of `y` plus `ε`, from some index
on. -/
instance instLE : LE Real :=
  ⟨fun x y => Quotient.liftOn₂ x y le fun _ _ _ _ h k => propext (le_congr h k)⟩
/-- `x < y`: not `y ≤ x`. -/
instance instLT : LT Real := ⟨fun x y => ¬ y ≤ x⟩

/-- `u` is the **least upper bound** of `S`. -/
def IsLub (S : Real → Prop) (u : Real) : Prop :=
  (∀ x, S x → x ≤ u) ∧ ∀ b, (∀ x, S x → x ≤ b) → u ≤ b

open Classical in
/-- The least upper bound of `S`; `0` if there is none. -/
noncomputable def sup (S : Real → Prop) : Real :=
  if h : ∃ u, IsLub S u then Classical.choose h else 0

/-! ### Exponential and logarithm -/

/-- `2ⁿ`. -/
noncomputable def twoPow (n : Nat) : Real := ((2 ^ n : Nat) : Real)

/-- Compound interest, `(1 + x / 2ⁿ) ^ (2ⁿ)`. -/
noncomputable def compound (n : Nat) (x : Real) : Real := (1 + x / twoPow n) ^ (2 ^ n)

/-- The **exponential**: the least upper bound of `(1 + x / 2ⁿ) ^ (2ⁿ)` over all `n` with
`|x| < 2ⁿ`. -/
noncomputable def exp (x : Real) : Real :=
  sup fun y => ∃ n, (x < twoPow n ∧ -x < twoPow n) ∧ y = compound n x

/-- The **natural logarithm**: the least upper bound of all `y` with `exp y ≤ x`, for `x > 0`. For
`x ≤ 0` there is no such `y`, so the value is `0`; it means nothing. -/
noncomputable def log (x : Real) : Real := sup fun y => exp y ≤ x

end Real

end RLHF
