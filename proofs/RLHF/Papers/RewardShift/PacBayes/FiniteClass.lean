module
public import RLHF.Probability.Events

/-!
# Finitely many functions at once, and selection by an estimate

What is modelled: functions `Δ_θ` of an outcome, finitely many, with moment generating functions at
most `exp(h s² V)`; and the index at which an estimate is largest.

## Main results
* `Expect.le_prob_forall_abs_le`: `|Δ_θ| ≤ 2 √(h V log(2N/δ))` for all `θ`, with probability at
  least `1 - δ`.
* `le_of_estimates`: the index of the largest estimate loses at most the errors at two indices.
-/

public section

namespace RLHF

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u v
variable {R : Type u} [ExpField R] {Ω : Type v} {N : Nat}

/-- The union bound over a finite class. -/
theorem Expect.le_prob_forall_abs_le (E : Expect R Ω) {Δ : Fin N → Ω → R} {h V δ : R} (hh : 0 < h)
    (hV : 0 < V) (hδ : 0 < δ)
    (hΔ : ∀ s θ, E (fun ω => exp (s * Δ θ ω)) ≤ exp (h * (s * s * V))) :
    1 - δ ≤ E.prob fun ω => ∀ θ,
      abs (Δ θ ω) ≤ 2 * sqrt (h * V * log (2 * (N : R) / δ)) := by
  by_cases hN : N = 0
  · subst hN
    rw [E.prob_of_forall fun ω θ => θ.elim0]
    grind
  · have hN0 := natCast_pos (R := R) (by omega : 0 < N)
    have k := E.one_sub_sum_le_prob
      (A := fun θ ω => ¬abs (Δ θ ω) ≤ 2 * sqrt (h * log (2 / (δ / (N : R))) * V))
      (B := fun ω => ∀ θ, abs (Δ θ ω) ≤ 2 * sqrt (h * V * log (2 * (N : R) / δ)))
      fun ω hω θ => by
        have := Classical.not_not.mp (hω θ)
        rw [(by grind : 2 / (δ / (N : R)) = 2 * (N : R) / δ),
          (by grind : h * log (2 * (N : R) / δ) * V = h * V * log (2 * (N : R) / δ))] at this
        exact this
    refine Std.le_trans ?_ k
    have l := sum_mono fun θ => E.prob_not_le
      (E.le_prob_abs_le hh hV (fun s => hΔ s θ) (div_pos hδ hN0))
    rw [sum_const, (by grind : (N : R) * (δ / (N : R)) = δ)] at l
    grind

/-- Two estimates, each within its error of the truth: what the larger estimate loses at most. -/
theorem le_of_estimates {a b x y u v : R} (ha : abs (a - x) ≤ u) (hb : abs (b - y) ≤ v)
    (hab : a ≤ b) : x ≤ y + (u + v) := by
  have h1 := (abs_le.mp ha).1
  have h2 := (abs_le.mp hb).2
  grind

end RLHF
