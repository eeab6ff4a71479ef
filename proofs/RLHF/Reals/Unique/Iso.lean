module
public import RLHF.Reals.Unique.Exists

/-!
# There is only one complete ordered field

What is modelled: the maps from `F` to `G` and back undo each other, since only one map from a
complete ordered field to itself respects `1`, sums and the order; and they respect products, since
for `y > 0` the map `x ↦ φ (x y) / φ y` respects `1`, sums and the order, so it is `φ`.

## Main results
* `CompleteField.exists_iso`.
-/

public section

namespace RLHF.CompleteField

open Lean.Grind

universe u v
variable {F : Type u} {G : Type v} [CompleteField F] [CompleteField G] {φ : F → G}

namespace Respects

theorem id : Respects fun x : F => x := ⟨rfl, fun _ _ => rfl, fun _ _ h => h⟩

theorem comp {ψ : G → F} (h : Respects φ) (k : Respects ψ) : Respects fun x => ψ (φ x) where
  one := by rw [h.one, k.one]
  add x y := by rw [h.add, k.add]
  mono x y l := k.mono _ _ (h.mono _ _ l)

/-- What goes there and back arrives where it was. -/
theorem left_inverse {ψ : G → F} (h : Respects φ) (k : Respects ψ) (x : F) : ψ (φ x) = x :=
  (h.comp k).eq id x

theorem pos {y : F} {ψ : G → F} (h : Respects φ) (k : Respects ψ) (hy : 0 < y) : 0 < φ y := by
  have h1 := h.mono 0 y (Std.le_of_lt hy)
  rw [h.zero] at h1
  have h2 : φ y ≠ 0 := fun e => by
    have := h.left_inverse k y
    rw [e, k.zero] at this
    grind
  grind

theorem mul_of_pos {y : F} (h : Respects φ) (hy : 0 < y) (hp : 0 < φ y) (x : F) :
    φ (x * y) = φ x * φ y := by
  have k : Respects fun x => φ (x * y) / φ y := by
    refine ⟨?_, fun x z => ?_, fun x z l => ?_⟩
    · rw [show 1 * y = y by grind]
      grind
    · rw [show (x + z) * y = x * y + z * y by grind, h.add]
      grind
    · have := h.mono _ _ (OrderedRing.mul_le_mul_of_nonneg_right l (Std.le_of_lt hy))
      refine (Field.IsOrdered.mul_le_mul_iff_of_pos_right hp).1 ?_
      rw [show φ (x * y) / φ y * φ y = φ (x * y) by grind,
        show φ (z * y) / φ y * φ y = φ (z * y) by grind]
      exact this
  have := k.eq h x
  grind

theorem mul {ψ : G → F} (h : Respects φ) (k : Respects ψ) (x y : F) : φ (x * y) = φ x * φ y := by
  by_cases hy : 0 < y
  · exact h.mul_of_pos hy (h.pos k hy) x
  · by_cases h0 : y = 0
    · rw [h0, show x * 0 = 0 by grind, h.zero]
      grind
    · have := h.mul_of_pos (show 0 < -y by grind) (h.pos k (by grind)) x
      rw [h.neg, show x * -y = -(x * y) by grind, h.neg] at this
      grind

theorem isFieldIso {ψ : G → F} (h : Respects φ) (k : Respects ψ) : IsFieldIso φ where
  surjective z := ⟨ψ z, k.left_inverse h z⟩
  injective x y e := by rw [← h.left_inverse k x, e, h.left_inverse k y]
  one := h.one
  add := h.add
  mul := h.mul k
  le x y := ⟨h.mono x y, fun l => by
    have := k.mono _ _ l
    rwa [h.left_inverse k, h.left_inverse k] at this⟩

end Respects

/-- **There is only one complete ordered field.** -/
theorem exists_iso : ∃ φ : F → G, IsFieldIso φ := by
  obtain ⟨φ, h⟩ := exists_respects (F := F) (G := G)
  obtain ⟨ψ, k⟩ := exists_respects (F := G) (G := F)
  exact ⟨φ, h.isFieldIso k⟩

end RLHF.CompleteField
