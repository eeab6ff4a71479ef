module
public import RLHF.Limits.Basic
public import RLHF.Reals.Instance

/-!
# Monotone sequences of reals

## Main results
* `Real.exists_tendsTo`: an increasing sequence that is bounded above tends to its least upper
  bound.
-/

public section

namespace RLHF.Real

theorem le_of_le_succ {a : Nat → Real} (ha : ∀ n, a n ≤ a (n + 1)) (n k : Nat) :
    a n ≤ a (n + k) := by
  induction k with
  | zero => exact Std.le_refl _
  | succ k ih => exact Std.le_trans ih (ha (n + k))

theorem tendsTo_of_isLub {a : Nat → Real} {u : Real} (ha : ∀ n, a n ≤ a (n + 1))
    (hu : IsLub (fun x => ∃ n, x = a n) u) : TendsTo a u := fun τ hτ => by
  obtain ⟨N, hN⟩ : ∃ N, u - τ < a N := Classical.byContradiction fun h => by
    have := hu.2 (u - τ) fun x ⟨n, hx⟩ => hx ▸ Std.not_lt.1 fun l => h ⟨n, l⟩
    grind
  refine ⟨N, fun n hn => abs_le.2 ?_⟩
  have h1 := hu.1 (a n) ⟨n, rfl⟩
  have h2 := le_of_le_succ ha N (n - N)
  rw [show N + (n - N) = n by omega] at h2
  grind

theorem exists_tendsTo {a : Nat → Real} {b : Real} (ha : ∀ n, a n ≤ a (n + 1))
    (hb : ∀ n, a n ≤ b) :
    ∃ l, TendsTo a l ∧ (∀ n, a n ≤ l) ∧ ∀ c, (∀ n, a n ≤ c) → l ≤ c := by
  obtain ⟨u, hu⟩ := exists_isLub (S := fun x => ∃ n, x = a n) ⟨_, 0, rfl⟩
    fun x ⟨n, hx⟩ => hx ▸ hb n
  exact ⟨u, tendsTo_of_isLub ha hu, fun n => hu.1 _ ⟨n, rfl⟩,
    fun c hc => hu.2 c fun x ⟨n, hx⟩ => hx ▸ hc n⟩

end RLHF.Real
