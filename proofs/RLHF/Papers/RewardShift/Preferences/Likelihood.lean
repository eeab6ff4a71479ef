module
public import RLHF.Papers.RewardShift.Preferences.Defs
public import RLHF.Probability.Moments
public import RLHF.Probability.Occurrence.Basic

/-!
# Rewards that are at least as likely as the true one

What is modelled: `k` independent labelled items and a finite class of rewards that holds the true
one; the affinity to it of every reward that is at least as likely on the data.

## Main results
* `prob_likely_le`: a reward of affinity `ρ` is at least as likely as the true one with probability
  at most `exp(-k (1 - ρ))`.
* `le_prob_likely`: with probability at least `1 - δ`, `1 - ρ ≤ log(n/δ) / k` for all of them.
-/

public section

namespace RLHF

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u v
variable {R : Type u} [ExpField R] {Ω : Type v} {N m n k : Nat}

/-- Independent factors: `E exp g ≤ exp c` gives `E exp(Σ_i g(ω_i)) ≤ exp(k c)`. -/
private theorem Expect.sample_exp_sum_independent_le (E : Expect R Ω) {g : Ω → R} {c : R}
    (h : E (fun ω => exp (g ω)) ≤ exp c) :
    E.sample k (fun S => exp (RLHF.sum fun i => g (S i))) ≤ exp ((k : R) * c) := by
  induction k with
  | zero =>
    show exp 0 ≤ exp (((0 : Nat) : R) * c)
    rw [exp_le_iff]
    grind
  | succ k ih =>
    show E (fun ω => E.sample k fun S => exp (g ω + RLHF.sum fun i => g (S i))) ≤ _
    have e : ∀ ω, E.sample k (fun S => exp (g ω + RLHF.sum fun i => g (S i))) ≤
        exp ((k : R) * c) * exp (g ω) := fun ω => by
      rw [Expect.congr _ fun S => exp_add (g ω) _, Expect.mul]
      have := mul_le_mul_left ih (Std.le_of_lt (exp_pos (g ω)))
      grind
    refine Std.le_trans (E.mono e) ?_
    rw [Expect.mul, Semiring.natCast_succ, show ((k : R) + 1) * c = k * c + c by grind, exp_add]
    exact mul_le_mul_left h (Std.le_of_lt (exp_pos _))

/-- The union bound, for the complements. -/
private theorem Expect.one_sub_sum_prob_le (E : Expect R Ω) {A : Fin n → Ω → Prop} {F : Ω → Prop}
    (h : ∀ ω, (∀ j, ¬A j ω) → F ω) : 1 - (RLHF.sum fun j => E.prob (A j)) ≤ E.prob F := by
  have e : ∀ ω, (1 : R) - (RLHF.sum fun j => indicator (A j ω)) ≤ indicator (F ω) := fun ω => by
    have h0 := sum_nonneg fun j => indicator_nonneg (R := R) (A j ω)
    by_cases hF : F ω
    · rw [indicator_eq_one hF]; grind
    · obtain ⟨j, hj⟩ := Classical.not_forall.1 fun i => hF (h ω i)
      have := le_sum (fun j => indicator_nonneg (R := R) (A j ω)) j
      rw [indicator_eq_one (Classical.not_not.1 hj)] at this
      rw [indicator_eq_zero hF]
      grind
  have i := E.mono e
  rw [Expect.sub, Expect.const, Expect.sum] at i
  exact i

/-- `b √(a/b) = √(a b)`, with the root as an exponential. -/
theorem mul_exp_half_log_sub {a b : R} (ha : 0 < a) (hb : 0 < b) :
    b * exp ((log a - log b) / 2) = sqrt (a * b) := by
  refine (sqrt_eq (mul_nonneg (Std.le_of_lt hb) (Std.le_of_lt (exp_pos _))) ?_).symm
  have e := exp_add_self (log a - log b)
  rw [exp_sub, exp_log _ ha, exp_log _ hb] at e
  generalize exp ((log a - log b) / 2) = y at *
  rw [show b * y * (b * y) = b * b * (y * y) by grind, e]
  grind

variable (law : Expect R (Item N m)) (r s : Fin N → Fin m → R)

/-- Half of the log-ratio of the likelihoods of `s` and `r` at one labelled item. -/
private noncomputable def halfRatio (w : Item N m × Fin 2) : R :=
  (log (labelProb (margin s w.1) w.2) - log (labelProb (margin r w.1) w.2)) / 2

/-- Under the labels of `r` the root of the ratio of likelihoods has the mean `affinity`. -/
private theorem mean_exp_halfRatio (z : Item N m) :
    mean (labelProb (margin r z)) (fun o => exp (halfRatio r s (z, o))) =
      affinity (margin s z) (margin r z) := by
  have h := fun o => mul_exp_half_log_sub (labelProb_pos (margin s z) o)
    (labelProb_pos (margin r z) o)
  show (sum fun o => labelProb (margin r z) o *
    exp ((log (labelProb (margin s z) o) - log (labelProb (margin r z) o)) / 2)) = _
  rw [sum_congr h]
  simp only [sum, labelProb, affinity]
  grind

/-- A reward is at least as likely as the true one with probability at most `exp(-k (1 - ρ))`. -/
theorem prob_likely_le : ((preferenceLaw law r).sample k).prob
      (fun S => logLikelihood r S ≤ logLikelihood s S) ≤
    exp ((k : R) * (law (fun z => affinity (margin s z) (margin r z)) - 1)) := by
  have h : preferenceLaw law r (fun w => exp (halfRatio r s w)) ≤
      exp (law (fun z => affinity (margin s z) (margin r z)) - 1) := by
    have e : preferenceLaw law r (fun w => exp (halfRatio r s w)) =
        law fun z => affinity (margin s z) (margin r z) := law.congr (mean_exp_halfRatio r s)
    have := add_one_le_exp (law (fun z => affinity (margin s z) (margin r z)) - 1)
    rw [e]
    grind
  refine Std.le_trans (Expect.mono _ fun S => ?_) (Expect.sample_exp_sum_independent_le _ h)
  by_cases hS : logLikelihood r S ≤ logLikelihood s S
  · have e : (sum fun i => halfRatio r s (S i)) = (logLikelihood s S - logLikelihood r S) / 2 := by
      unfold halfRatio logLikelihood
      rw [sum_div, sum_sub]
    rw [indicator_eq_one hS, e]
    exact one_le_exp (by grind)
  · rw [indicator_eq_zero hS]
    exact Std.le_of_lt (exp_pos _)

/-- With probability at least `1 - δ` every reward of the class that is at least as likely as the
true one has `1 - ρ ≤ log(n/δ) / k`. -/
theorem le_prob_likely (r : Fin n → Fin N → Fin m → R) (t : Fin n) (hk : 0 < k) {δ : R}
    (hδ : 0 < δ) : 1 - δ ≤ ((preferenceLaw law (r t)).sample k).prob fun S =>
      ∀ j, logLikelihood (r t) S ≤ logLikelihood (r j) S →
        1 - law (fun z => affinity (margin (r j) z) (margin (r t) z)) ≤
          log ((n : R) / δ) / (k : R) := by
  have hn := natCast_pos (R := R) (Nat.lt_of_le_of_lt (Nat.zero_le _) t.isLt)
  have hkR := natCast_pos (R := R) hk
  have hp : ∀ j, ((preferenceLaw law (r t)).sample k).prob (fun S =>
      log ((n : R) / δ) / (k : R) < 1 - law (fun z => affinity (margin (r j) z) (margin (r t) z)) ∧
        logLikelihood (r t) S ≤ logLikelihood (r j) S) ≤ δ / (n : R) := fun j => by
    unfold Expect.prob
    by_cases hj : log ((n : R) / δ) / (k : R) <
        1 - law (fun z => affinity (margin (r j) z) (margin (r t) z))
    · rw [Expect.congr _ fun S => indicator_and _ _, Expect.mul, indicator_eq_one hj]
      have h1 := prob_likely_le (k := k) law (r t) (r j)
      have h2 := mul_le_mul_left (Std.le_of_lt hj) (Std.le_of_lt hkR)
      have e : (k : R) * (log ((n : R) / δ) / k) = log ((n : R) / δ) := by grind
      rw [e] at h2
      have h3 := exp_le_exp (x := (k : R) * (law (fun z =>
        affinity (margin (r j) z) (margin (r t) z)) - 1)) (y := -log ((n : R) / δ)) (by grind)
      rw [exp_neg, exp_log _ (div_pos hn hδ), show ((n : R) / δ)⁻¹ = δ / n by grind] at h3
      unfold Expect.prob at h1
      grind
    · rw [Expect.congr _ fun S => indicator_and _ _, Expect.mul, indicator_eq_zero hj]
      have := div_nonneg (Std.le_of_lt hδ) hn
      grind
  have h := Expect.one_sub_sum_prob_le ((preferenceLaw law (r t)).sample k) (A := fun j S =>
    log ((n : R) / δ) / (k : R) < 1 - law (fun z => affinity (margin (r j) z) (margin (r t) z)) ∧
      logLikelihood (r t) S ≤ logLikelihood (r j) S)
    (F := fun S => ∀ j, logLikelihood (r t) S ≤ logLikelihood (r j) S →
      1 - law (fun z => affinity (margin (r j) z) (margin (r t) z)) ≤ log ((n : R) / δ) / (k : R))
    fun S hS j hj => by
      exact Std.not_lt.mp fun h0 => hS j ⟨h0, hj⟩
  have hs := sum_mono hp
  rw [sum_const, show (n : R) * (δ / n) = δ by grind] at hs
  grind

end RLHF
