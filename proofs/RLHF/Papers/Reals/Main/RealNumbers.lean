module
public import RLHF.Archimedean.ExpLimit
public import RLHF.Reals.Unique.Instance

/-!
# Headline theorems: the real numbers

Every statement of its group, under the name of its entry in the claim table, and nothing else.
Every other headline theorem of the library, taken at the reals, is in `Reals.Unconditional`.

## Conventions
* `Real` is constructed in `RLHF.Reals.Defs`; nothing is assumed of it.
* `F` is any complete ordered field (`CompleteField`), `R` any exponential ordered field.
  `Archimedean R`: every element is at most some natural number. The reals are Archimedean
  (`reals_unconditional`).

## References
Textbook facts; no place in the papers.
-/

public section

namespace RLHF

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R] {F : Type u} [CompleteField F]

/-- Every nonempty set of reals that is bounded above has a least upper bound: the reals are a
complete ordered field. There is only one (`reals_unique`). -/
theorem reals_complete {S : Real → Prop} {b : Real} (hS : ∃ x, S x) (hb : ∀ x, S x → x ≤ b) :
    ∃ u, (∀ x, S x → x ≤ u) ∧ ∀ c, (∀ x, S x → x ≤ c) → u ≤ c :=
  Real.exists_isLub hS hb

/-- There is only one complete ordered field: from any such field `F` an isomorphism of ordered
fields leads to the reals, and it is the only map there that respects `1`, sums and the order. -/
theorem reals_unique : ∃ φ : F → Real, IsFieldIso φ ∧ ∀ ψ : F → Real, ψ 1 = 1 →
    (∀ x y, ψ (x + y) = ψ x + ψ y) → (∀ x y, x ≤ y → ψ x ≤ ψ y) → ∀ x, ψ x = φ x :=
  let ⟨φ, h⟩ := CompleteField.exists_iso (F := F) (G := Real)
  ⟨φ, h, fun _ one add mono x =>
    CompleteField.Respects.eq ⟨one, add, mono⟩ ⟨h.one, h.add, fun x y => (h.le x y).1⟩ x⟩

/-- Under that isomorphism every `f` with `f (x + y) = f x · f y` and `x + 1 ≤ f x` becomes `exp`:
however complete ordered field and exponential are built, they are the reals and their `exp`. -/
theorem reals_unique_exp {φ : F → Real} (hφ : IsFieldIso φ) {f : F → F}
    (hadd : ∀ x y, f (x + y) = f x * f y) (hone : ∀ x, x + 1 ≤ f x) (x : F) : φ (f x) = exp (φ x) :=
  hφ.map_exp hadd hone x

/-- The reals with their `exp` and `log` obey the laws that every headline theorem assumes, and
every real is at most some natural number. -/
theorem reals_unconditional : (∀ x y : Real, exp (x + y) = exp x * exp y) ∧
    (∀ x : Real, x + 1 ≤ exp x) ∧ (∀ x : Real, 0 < x → exp (log x) = x) ∧ Archimedean Real :=
  ⟨exp_add, add_one_le_exp, exp_log, archimedean_real⟩

/-- In an Archimedean field any `f` with `f (x + y) = f x · f y` and `x + 1 ≤ f x` is `exp`. -/
theorem reals_exp_unique (hR : Archimedean R) {f : R → R} (hadd : ∀ x y, f (x + y) = f x * f y)
    (hone : ∀ x, x + 1 ≤ f x) (x : R) : f x = exp x :=
  ExpLike.eq_exp ⟨hadd, hone⟩ hR x

/-- `exp x (1 - x² / n) ≤ (1 + x / n) ^ n ≤ exp x` for `n ≥ 1`, `n ≥ |x|`; in an Archimedean field
`(1 + x / n) ^ n` tends to `exp x`. -/
theorem reals_exp_limit (hR : Archimedean R) (x : R) :
    (∀ n : Nat, 0 < n → abs x ≤ n →
      exp x * (1 - x * x / n) ≤ (1 + x / n) ^ n ∧ (1 + x / n) ^ n ≤ exp x) ∧
    ∀ ε, 0 < ε → ∃ N : Nat, ∀ n : Nat, N < n → abs ((1 + x / n) ^ n - exp x) ≤ ε :=
  ⟨fun _ hn hx =>
      ⟨expLike_exp.mul_le_pow (natCast_pos hn) hx, expLike_exp.pow_le (natCast_pos hn) hx⟩,
    fun _ hε => let ⟨N, hN⟩ := exists_pow_near_exp hR x hε; ⟨N, fun n h => hN n (Nat.le_of_lt h)⟩⟩

end RLHF
