module
public import RLHF.Archimedean.ExpLimit
public import RLHF.Reals.Instance
public import RLHF.Reals.Unique.Iso

/-!
# The reals are the complete ordered field

What is modelled: `Real` as a complete ordered field, and what an isomorphism makes of a function
with the two laws of `exp`.

## Main results
* `instCompleteFieldReal`; `IsFieldIso.map_exp`.
-/

public section

namespace RLHF

universe u
variable {F : Type u} [CompleteField F]

/-- The reals are a complete ordered field. -/
noncomputable instance instCompleteFieldReal : CompleteField Real where
  exists_lub _ _ hS hb := Real.exists_isLub hS hb

/-- `φ ∘ f ∘ φ⁻¹` obeys the two laws, so it is `exp`. -/
theorem IsFieldIso.map_exp {φ : F → Real} (h : IsFieldIso φ) {f : F → F}
    (hadd : ∀ x y, f (x + y) = f x * f y) (hone : ∀ x, x + 1 ≤ f x) (x : F) :
    φ (f x) = exp (φ x) := by
  obtain ⟨ψ, hψ⟩ := Classical.axiomOfChoice h.surjective
  have e : ∀ x, ψ (φ x) = x := fun x => h.injective _ _ (hψ _)
  have a : ∀ y z : Real, ψ (y + z) = ψ y + ψ z := fun y z => h.injective _ _ (by
    rw [hψ, h.add, hψ, hψ])
  have k : ExpLike fun y : Real => φ (f (ψ y)) := by
    refine ⟨fun y z => ?_, fun y => ?_⟩
    · rw [a, hadd, h.mul]
    · have l := (h.le _ _).1 (hone (ψ y))
      rw [h.add, h.one, hψ] at l
      exact l
  have := k.eq_exp archimedean_real (φ x)
  rwa [e] at this

end RLHF
