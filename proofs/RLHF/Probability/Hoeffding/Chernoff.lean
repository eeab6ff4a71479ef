module
public import RLHF.Foundations.Exp
public import RLHF.Probability.Moments

/-!
# From a moment generating function to a probability

What is modelled: events under any expectation, and the bounds on the tails of a function whose
moment generating function grows like that of a normal law.

## Main results
* `Expect.prob_nonneg`, `Expect.prob_le_one`, `Expect.prob_mono`, `Expect.one_sub_prob_le`.
* `Expect.chernoff`: `P(Δ ≥ t) ≤ exp(-t²/(4hV))` if `E exp(s Δ) ≤ exp(h s² V)` for all `s`.
* `Expect.chernoff_abs`: `P(|Δ| ≥ t) ≤ 2 exp(-t²/(4hV))`.
* `Expect.le_prob_abs_le`: `|Δ| ≤ 2 √(h log(2/δ) V)` with probability at least `1 - δ`.
-/

public section

namespace RLHF

open Lean.Grind

universe u v
variable {R : Type u} [ExpField R] {Ω : Type v}

theorem indicator_of {A : Prop} (h : A) : indicator (R := R) A = 1 := by unfold indicator; grind

theorem indicator_of_not {A : Prop} (h : ¬A) : indicator (R := R) A = 0 := by
  unfold indicator; grind

namespace Expect

variable (E : Expect R Ω)

/-! ### Events -/

theorem prob_nonneg (A : Ω → Prop) : 0 ≤ E.prob A :=
  E.nonneg fun ω => by unfold indicator; grind

theorem prob_le_one (A : Ω → Prop) : E.prob A ≤ 1 :=
  E.le_of_forall_le fun ω => by unfold indicator; grind

theorem prob_mono {A B : Ω → Prop} (h : ∀ ω, A ω → B ω) : E.prob A ≤ E.prob B :=
  E.mono fun ω => by have := h ω; unfold indicator; grind

/-- What always happens has probability `1`. -/
theorem prob_of_forall {A : Ω → Prop} (h : ∀ ω, A ω) : E.prob A = 1 := by
  unfold prob
  rw [E.congr fun ω => indicator_of (h ω), E.const]

/-- Of two events one of which always happens, the probabilities add up to at least `1`. -/
theorem one_sub_prob_le {A B : Ω → Prop} (h : ∀ ω, ¬A ω → B ω) : 1 - E.prob A ≤ E.prob B := by
  have k := E.mono (F := fun ω => 1 - indicator (A ω)) (G := fun ω => indicator (B ω)) fun ω => by
    have := h ω; unfold indicator; grind
  rw [E.sub, E.const] at k
  exact k

/-- The probability that one of two events happens is at most the sum of theirs. -/
theorem prob_or_le (A B : Ω → Prop) : E.prob (fun ω => A ω ∨ B ω) ≤ E.prob A + E.prob B := by
  have k := E.mono (F := fun ω => indicator (A ω ∨ B ω))
    (G := fun ω => indicator (A ω) + indicator (B ω)) fun ω => by unfold indicator; grind
  rw [E.add] at k
  exact k

/-! ### Tails -/

/-- Chernoff: a function whose moment generating function is at most `exp(h s² V)`. -/
theorem chernoff {Δ : Ω → R} {h V t : R} (hh : 0 < h) (hV : 0 < V)
    (hΔ : ∀ s, E (fun ω => exp (s * Δ ω)) ≤ exp (h * (s * s * V))) (ht : 0 ≤ t) :
    E.prob (fun ω => t ≤ Δ ω) ≤ exp (-(t * t / (4 * h * V))) := by
  have hhV := mul_pos hh hV
  have hs : 0 ≤ t / (2 * h * V) := div_nonneg ht (by grind)
  have h1 : ∀ ω, indicator (t ≤ Δ ω) ≤
      exp (-(t / (2 * h * V) * t)) * exp (t / (2 * h * V) * Δ ω) := fun ω => by
    rw [← exp_add]
    by_cases hS : t ≤ Δ ω
    · have := mul_le_mul_left hS hs
      rw [indicator_of hS, ← exp_zero (R := R), exp_le_iff]
      grind
    · rw [indicator_of_not hS]
      exact Std.le_of_lt (exp_pos _)
  refine Std.le_trans (E.mono h1) ?_
  rw [E.mul]
  refine Std.le_trans (mul_le_mul_left (hΔ _) (Std.le_of_lt (exp_pos _))) ?_
  rw [← exp_add, exp_le_iff]
  exact (by grind : -(t / (2 * h * V) * t) +
    h * (t / (2 * h * V) * (t / (2 * h * V)) * V) = -(t * t / (4 * h * V))) ▸ Std.le_refl _

theorem chernoff_abs {Δ : Ω → R} {h V t : R} (hh : 0 < h) (hV : 0 < V)
    (hΔ : ∀ s, E (fun ω => exp (s * Δ ω)) ≤ exp (h * (s * s * V))) (ht : 0 ≤ t) :
    E.prob (fun ω => t ≤ abs (Δ ω)) ≤ 2 * exp (-(t * t / (4 * h * V))) := by
  have k1 := E.chernoff hh hV hΔ ht
  have k2 := E.chernoff hh hV (Δ := fun ω => -Δ ω) (t := t) (fun s => by
    have e : ∀ ω, exp (s * -Δ ω) = exp (-s * Δ ω) := fun ω => by congr 1; grind
    have e2 : -s * -s = s * s := by grind
    rw [E.congr e, ← e2]
    exact hΔ (-s)) ht
  have k3 := E.prob_mono (A := fun ω => t ≤ abs (Δ ω)) (B := fun ω => t ≤ Δ ω ∨ t ≤ -Δ ω)
    fun ω => by unfold abs; grind
  have k4 := E.prob_or_le (fun ω => t ≤ Δ ω) fun ω => t ≤ -Δ ω
  grind

/-- The same with a confidence `1 - δ`. -/
theorem le_prob_abs_le {Δ : Ω → R} {h V δ : R} (hh : 0 < h) (hV : 0 < V)
    (hΔ : ∀ s, E (fun ω => exp (s * Δ ω)) ≤ exp (h * (s * s * V))) (hδ : 0 < δ) :
    1 - δ ≤ E.prob fun ω => abs (Δ ω) ≤ 2 * sqrt (h * log (2 / δ) * V) := by
  by_cases hδ1 : δ ≤ 1
  · have hl : 0 ≤ log (2 / δ) := log_nonneg (by rw [le_div_iff hδ]; grind)
    have hr := mul_nonneg (mul_nonneg (Std.le_of_lt hh) hl) (Std.le_of_lt hV)
    have hs := sqrt_mul_self hr
    have h0 := sqrt_nonneg (h * log (2 / δ) * V)
    have k := E.chernoff_abs hh hV hΔ (by grind : 0 ≤ 2 * sqrt (h * log (2 / δ) * V))
    have e : 2 * sqrt (h * log (2 / δ) * V) * (2 * sqrt (h * log (2 / δ) * V)) / (4 * h * V) =
        log (2 / δ) := by
      have hhV := mul_pos hh hV
      rw [show 2 * sqrt (h * log (2 / δ) * V) * (2 * sqrt (h * log (2 / δ) * V)) =
        4 * (sqrt (h * log (2 / δ) * V) * sqrt (h * log (2 / δ) * V)) by grind, hs]
      generalize log (2 / δ) = l at *
      grind
    have e2 : 2 * exp (-log (2 / δ)) = δ := by
      rw [exp_neg, exp_log _ (div_pos (by grind) hδ)]; grind
    have k2 := E.one_sub_prob_le (A := fun ω => 2 * sqrt (h * log (2 / δ) * V) ≤ abs (Δ ω))
      (B := fun ω => abs (Δ ω) ≤ 2 * sqrt (h * log (2 / δ) * V)) fun ω hω => by grind
    rw [e, e2] at k
    grind
  · have := E.prob_nonneg fun ω => abs (Δ ω) ≤ 2 * sqrt (h * log (2 / δ) * V)
    grind

end Expect

end RLHF
