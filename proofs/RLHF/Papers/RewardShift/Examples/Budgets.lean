module
public import RLHF.Papers.RewardShift.Examples.TwoActions
public import RLHF.Papers.RewardShift.Main.Budgets
public import RLHF.Reals.Instance

/-!
# Concrete instances: clipping threshold and sampling budget

What is modelled: every headline theorem of `Main.Budgets` at the reals. The log-ratio is `1` or `3`
with even chances, and a unit of the threshold costs `3/4`: the threshold `1` is best. A prompt
costs eight times a rollout, or `31/5` times: the best number of rollouts is then `4`, or `3`, where
`√(31/5)` is nearer to `2`.

## Main results
* `threshold_one_beats`: there clipping at `1` costs less than clipping at `0` or at `3`.
* `budget_bound_at_four`: the bound is attained; `three_rollouts_beat_two`.
-/

@[expose] public section

namespace RLHF.Demo

open Lean.Grind

universe u
variable {R : Type u} [ExpField R]

/-- The values `1` and `3`. -/
noncomputable def oneOrThree (a : Fin 2) : R := if a = 0 then 1 else 3

theorem above_one :
    (mean even fun a => indicator (1 < (oneOrThree a : R))) = (1 / 2 : R) := by
  simp only [mean, sum, even, pair, oneOrThree]
  unfold indicator
  grind

theorem from_one : (mean even fun a => indicator (1 ≤ (oneOrThree a : R))) = (1 : R) := by
  simp only [mean, sum, even, pair, oneOrThree]
  unfold indicator
  grind

theorem clip_threshold_optimal_instance :
    ((3 / 4 : Real) * 1 + mean even fun a => posPart (oneOrThree a - 1)) ≤
      3 / 4 * 3 + mean even fun a => posPart (oneOrThree a - 3) :=
  clip_threshold_optimal even_isProb oneOrThree (by rw [above_one]; grind)
    (.inl (by rw [from_one]; grind)) (by grind)

/-- What three thresholds cost: `7/4` at `1`, `2` at `0`, `9/4` at `3`. -/
theorem threshold_one_beats :
    ((3 / 4 : R) * 1 + mean even fun a => posPart (oneOrThree a - 1)) = 7 / 4 ∧
      ((3 / 4 : R) * 0 + mean even fun a => posPart (oneOrThree a - 0)) = 2 ∧
      ((3 / 4 : R) * 3 + mean even fun a => posPart (oneOrThree a - 3)) = 9 / 4 := by
  simp only [mean, sum, even, pair, oneOrThree]
  unfold posPart max
  grind

theorem budget_bound_instance :
    (cbrt (8 : Real) + cbrt 1) ^ 3 ≤ (8 + 9 * 1) * (1 + 1 / sqrt (9 : Real)) ^ 2 ∧
      ((cbrt (8 : Real) + cbrt 1) ^ 3 = (8 + 9 * 1) * (1 + 1 / sqrt (9 : Real)) ^ 2 ↔
        9 = cbrt (8 / 1 : Real) ^ 2) ∧
      (1 ≤ (9 : Real) →
        (8 + max 1 (cbrt (8 / 1 : Real) ^ 2) * 1) *
            (1 + 1 / sqrt (max 1 (cbrt (8 / 1 : Real) ^ 2))) ^ 2 ≤
          (8 + 9 * 1) * (1 + 1 / sqrt (9 : Real)) ^ 2) :=
  budget_bound (by grind) (by grind) (by grind)

/-- With four rollouts the bound `(2 + 1)³` is attained. -/
theorem budget_bound_at_four :
    (cbrt 8 + cbrt (1 : R)) ^ 3 = 27 ∧ ((8 : R) + 4 * 1) * (1 + 1 / sqrt 4) ^ 2 = 27 := by
  rw [cbrt_eq (x := (8 : R)) (y := 2) (by grind) (by grind),
    cbrt_eq (x := (1 : R)) (y := 1) (by grind) (by grind),
    sqrt_eq (x := (4 : R)) (y := 2) (by grind) (by grind)]
  grind

attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

theorem budget_variance_integer_instance :
    (∀ j : Nat, 1 ≤ j →
        ((31 / 5 : Real) + (3 : Nat) * 1) * (1 + 1 / (3 : Nat)) ≤ (31 / 5 + j * 1) * (1 + 1 / j)) ↔
      ((3 : Nat) : Real) * ((3 : Nat) - 1) ≤ 31 / 5 * 1 / (1 * 1) ∧
        (31 / 5 * 1 / (1 * 1) : Real) ≤ (3 : Nat) * ((3 : Nat) + 1) :=
  budget_variance_integer (by grind) (by grind) (by grind) (by grind) (by omega)

/-- Three rollouts are best, though `√(31/5) < 5/2`. -/
theorem three_rollouts_beat_two (j : Nat) (hj : 1 ≤ j) :
    ((31 / 5 : Real) + (3 : Nat) * 1) * (1 + 1 / (3 : Nat)) ≤ (31 / 5 + j * 1) * (1 + 1 / j) :=
  budget_variance_integer_instance.mpr ⟨by grind, by grind⟩ j hj

theorem budget_preferences_instance :
    (cbrt (1 ^ 2 * 8 : Real) + cbrt (1 ^ 2 * 1 : Real)) ^ 3 ≤
        (1 / sqrt (1 : Real) + 1 / sqrt (4 : Real)) ^ 2 * (8 * 1 + 1 * 4) ∧
      ((cbrt (1 ^ 2 * 8 : Real) + cbrt (1 ^ 2 * 1 : Real)) ^ 3 =
          (1 / sqrt (1 : Real) + 1 / sqrt (4 : Real)) ^ 2 * (8 * 1 + 1 * 4) ↔
        1 / 4 = cbrt (1 * 1 / (1 * 8) : Real) ^ 2) :=
  budget_preferences (by grind) (by grind) (by grind) (by grind) (by grind) (by grind)

theorem budget_variance_instance :
    ((4 : Real) + 2 * 1) * (1 * 1 + 1 * 1 / 2) =
        (sqrt (4 : Real) * 1 + sqrt (1 : Real) * 1) * (sqrt (4 : Real) * 1 + sqrt (1 : Real) * 1) +
          (sqrt (2 * 1 : Real) * 1 - sqrt (4 / 2 : Real) * 1) *
            (sqrt (2 * 1 : Real) * 1 - sqrt (4 / 2 : Real) * 1) ∧
      ((sqrt (2 * 1 : Real) * 1 - sqrt (4 / 2 : Real) * 1) *
            (sqrt (2 * 1 : Real) * 1 - sqrt (4 / 2 : Real) * 1) = 0 ↔
        2 = sqrt (4 * (1 * 1) / (1 * (1 * 1)) : Real)) :=
  budget_variance (by grind) (by grind) (by grind) (by grind) (by grind)

theorem holder_two_instance :
    ((2 : Real) * 1 ^ 2 + 1 * 2 ^ 2) ^ 3 ≤ (2 ^ 3 + 1 ^ 3) * (1 ^ 3 + 2 ^ 3) ^ 2 ∧
      (((2 : Real) * 1 ^ 2 + 1 * 2 ^ 2) ^ 3 = (2 ^ 3 + 1 ^ 3) * (1 ^ 3 + 2 ^ 3) ^ 2 ↔
        (2 : Real) * 2 = 1 * 1) :=
  holder_two (by grind) (by grind) (by grind) (by grind)

theorem clip_threshold_exists_instance :
    ∃ t : Real, 0 ≤ t ∧ (t = 0 ∨ ∃ b, t = oneOrThree b) ∧
      (mean even fun a => indicator (t < oneOrThree a)) ≤ (3 / 4 : Real) ∧
      (((3 / 4 : Real) ≤ mean even fun a => indicator (t ≤ oneOrThree a)) ∨ t = 0) :=
  clip_threshold_exists even_isProb oneOrThree (by grind)

theorem clip_threshold_monotone_instance : (1 : Real) ≤ 1 :=
  clip_threshold_monotone (c := 3 / 4) (c' := 1) even_isProb oneOrThree (by grind)
    (by rw [above_one]; grind) (by grind) (.inl (by rw [from_one]; grind))

theorem budget_bound_unimodal_instance :
    (cbrt (8 / 1 : Real) ^ 2 ≤ 4 →
        (8 + 4 * 1) * (1 + 1 / sqrt (4 : Real)) ^ 2 ≤
          (8 + 9 * 1) * (1 + 1 / sqrt (9 : Real)) ^ 2) ∧
      (9 ≤ cbrt (8 / 1 : Real) ^ 2 →
        (8 + 9 * 1) * (1 + 1 / sqrt (9 : Real)) ^ 2 ≤
          (8 + 4 * 1) * (1 + 1 / sqrt (4 : Real)) ^ 2) :=
  budget_bound_unimodal (by grind) (by grind) (by grind) (by grind)

theorem budget_preferences_fast_instance :
    (sqrt (1 * 4 : Real) + sqrt (1 * 1 : Real)) ^ 2 ≤ (1 / 1 + 1 / 2) * (4 * 1 + 1 * 2) ∧
      ((sqrt (1 * 4 : Real) + sqrt (1 * 1 : Real)) ^ 2 = (1 / 1 + 1 / 2) * (4 * 1 + 1 * 2) ↔
        1 / 2 = sqrt (1 * 1 / (1 * 4) : Real)) :=
  budget_preferences_fast (by grind) (by grind) (by grind) (by grind) (by grind) (by grind)

end RLHF.Demo
