module
public import RLHF.Foundations.Order
public import RLHF.Limits.Defs

/-!
# Limits of sequences

## Main results
* `TendsTo.le`: limits keep `≤`.
* `TendsTo.unique`: a sequence has at most one limit.
-/

public section

namespace RLHF.TendsTo

universe u
variable {R : Type u} [ExpField R] {a b : Nat → R} {l m : R}

/-- Were `m < l`, the terms of `a` would be above the middle of both, and those of `b` below it. -/
theorem le (ha : TendsTo a l) (hb : TendsTo b m) {K : Nat} (h : ∀ n, K < n → a n ≤ b n) :
    l ≤ m := by
  apply Std.not_lt.1
  intro k
  obtain ⟨M, hM⟩ := ha ((l - m) / 3) (by grind)
  obtain ⟨N, hN⟩ := hb ((l - m) / 3) (by grind)
  have h1 := abs_le.1 (hM (K + M + N + 1) (by omega))
  have h2 := abs_le.1 (hN (K + M + N + 1) (by omega))
  have h3 := h (K + M + N + 1) (by omega)
  grind

theorem unique (ha : TendsTo a l) (hb : TendsTo a m) : l = m :=
  Std.le_antisymm (ha.le hb (K := 0) fun _ _ => Std.le_refl _)
    (hb.le ha (K := 0) fun _ _ => Std.le_refl _)

end RLHF.TendsTo
