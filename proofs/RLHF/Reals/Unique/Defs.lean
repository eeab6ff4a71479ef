module

/-!
# Complete ordered fields: the vocabulary

What is modelled: fields with a linear order in which every nonempty set that is bounded above has
a least upper bound. Nothing is said of what their elements are, and there is no `exp`.

## Main definitions
* `CompleteField`: complete ordered field. The reals are one (`instCompleteFieldReal`).
* `IsFieldIso`: isomorphism of ordered fields.
-/

@[expose] public section

namespace RLHF

universe u v

/-- A **complete ordered field**: a field with a linear order, compatible with sums and with
products by positive numbers, in which every nonempty set that is bounded above has a least upper
bound. -/
class CompleteField (F : Type u) extends Lean.Grind.Field F, LE F, LT F, Std.LawfulOrderLT F,
    Std.IsLinearOrder F, Lean.Grind.OrderedRing F where
  /-- A set `S` with an element and an upper bound `b` has a least upper bound. -/
  exists_lub (S : F → Prop) (b : F) : (∃ x, S x) → (∀ x, S x → x ≤ b) →
    ∃ u, (∀ x, S x → x ≤ u) ∧ ∀ c, (∀ x, S x → x ≤ c) → u ≤ c

/-- `φ` is an **isomorphism** of ordered fields: one to one and onto, it respects `1`, sums,
products and the order; with the sums, `0`, opposites and differences. -/
structure IsFieldIso {F : Type u} {G : Type v} [CompleteField F] [CompleteField G] (φ : F → G) :
    Prop where
  /-- Every element is a value. -/
  surjective : ∀ z, ∃ x, φ x = z
  /-- No two elements have the same value. -/
  injective : ∀ x y, φ x = φ y → x = y
  /-- `φ 1 = 1`. -/
  one : φ 1 = 1
  /-- `φ (x + y) = φ x + φ y`. -/
  add : ∀ x y, φ (x + y) = φ x + φ y
  /-- `φ (x y) = φ x · φ y`. -/
  mul : ∀ x y, φ (x * y) = φ x * φ y
  /-- `x ≤ y` exactly if `φ x ≤ φ y`. -/
  le : ∀ x y, x ≤ y ↔ φ x ≤ φ y

end RLHF
