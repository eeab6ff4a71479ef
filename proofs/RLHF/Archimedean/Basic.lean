module
public import RLHF.Archimedean.Defs
public import RLHF.Foundations.Order

/-!
# Archimedean fields

## Main results
* `Archimedean.le_of_sub_div_le`: `u - a / n ≤ v` for all large `n` gives `u ≤ v`.
-/

public section

namespace RLHF

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R]

theorem cast_le_cast {m n : Nat} (h : m ≤ n) : (m : R) ≤ (n : R) := by
  obtain ⟨k, rfl⟩ := Nat.exists_eq_add_of_le h
  have := OrderedRing.natCast_nonneg (R := R) (a := k)
  rw [Semiring.natCast_add]
  grind

/-- Some natural number is at least three given ones. -/
theorem Archimedean.exists_ge_three (hR : Archimedean R) (a b c : R) :
    ∃ N : Nat, a ≤ (N : R) ∧ b ≤ (N : R) ∧ c ≤ (N : R) := by
  obtain ⟨N, hN⟩ := hR (max a (max b c))
  have := le_max_left a (max b c)
  have := le_max_right a (max b c)
  have := le_max_left b c
  have := le_max_right b c
  exact ⟨N, by grind, by grind, by grind⟩

/-- If `u - a / n ≤ v` for all `n` from some number on, then `u ≤ v`. -/
theorem Archimedean.le_of_sub_div_le (hR : Archimedean R) {u v a c : R}
    (h : ∀ n : Nat, 0 < (n : R) → c ≤ (n : R) → u - a / n ≤ v) : u ≤ v := by
  apply Std.not_lt.1
  intro k
  obtain ⟨N, h1, hc, h2⟩ := hR.exists_ge_three 1 c ((a + 1) / (u - v))
  have h3 := h N (by grind) hc
  have h4 := (div_le_iff (a := a + 1) (b := (N : R)) (by grind : 0 < u - v)).1 h2
  have h5 := (le_div_iff (a := u - v) (b := a) (by grind : 0 < (N : R))).1 (by grind)
  grind

end RLHF
