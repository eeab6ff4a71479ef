module
public import RLHF.Probability.Hoeffding.Chernoff

/-!
# Events under any expectation

What is modelled: the complement of an event, and several events at once.

## Main results
* `Expect.prob_not_le`: what has probability at least `1 - δ` fails with probability at most `δ`.
* `Expect.le_prob_and`: two events, each with a confidence.
* `Expect.one_sub_sum_le_prob`: the union bound, for the complements.
-/

public section

namespace RLHF.Expect

open Lean.Grind

universe u v
variable {R : Type u} [ExpField R] {Ω : Type v} {k : Nat} (E : Expect R Ω)

theorem prob_not (A : Ω → Prop) : E.prob (fun ω => ¬A ω) = 1 - E.prob A := by
  unfold prob
  rw [E.congr fun ω => (by unfold indicator; grind :
    (indicator (¬A ω) : R) = 1 - indicator (A ω)), E.sub, E.const]

theorem prob_not_le {A : Ω → Prop} {δ : R} (h : 1 - δ ≤ E.prob A) :
    E.prob (fun ω => ¬A ω) ≤ δ := by
  rw [E.prob_not]
  grind

/-- Two events, each with a confidence. -/
theorem le_prob_and {A B : Ω → Prop} {δ ε : R} (hA : 1 - δ ≤ E.prob A) (hB : 1 - ε ≤ E.prob B) :
    1 - (δ + ε) ≤ E.prob fun ω => A ω ∧ B ω := by
  have k := E.one_sub_prob_le (A := fun ω => ¬A ω ∨ ¬B ω) (B := fun ω => A ω ∧ B ω) fun ω hω =>
    ⟨Classical.byContradiction fun h => hω (Or.inl h),
      Classical.byContradiction fun h => hω (Or.inr h)⟩
  have l := E.prob_or_le (fun ω => ¬A ω) fun ω => ¬B ω
  have := E.prob_not_le hA
  have := E.prob_not_le hB
  grind

/-- The union bound, for the complements. -/
theorem one_sub_sum_le_prob {A : Fin k → Ω → Prop} {B : Ω → Prop}
    (h : ∀ ω, (∀ j, ¬A j ω) → B ω) : 1 - (RLHF.sum fun j => E.prob (A j)) ≤ E.prob B := by
  have e : ∀ ω, (1 : R) - (RLHF.sum fun j => indicator (A j ω)) ≤ indicator (B ω) := fun ω => by
    have h0 := sum_nonneg fun j => (by unfold indicator; grind : (0 : R) ≤ indicator (A j ω))
    by_cases hB : B ω
    · rw [indicator_of hB]; grind
    · obtain ⟨j, hj⟩ := Classical.not_forall.1 fun k => hB (h ω k)
      have := le_sum (fun j => (by unfold indicator; grind : (0 : R) ≤ indicator (A j ω))) j
      rw [indicator_of (Classical.not_not.1 hj)] at this
      rw [indicator_of_not hB]
      grind
  have k := E.mono e
  rw [E.sub, E.const, E.sum] at k
  exact k

end RLHF.Expect
