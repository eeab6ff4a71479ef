module
public import RLHF.Foundations.Exp
public import RLHF.Probability.Hoeffding.Lemma
public import RLHF.Probability.TwoLevel.Defs

/-!
# Moment generating functions of a two-level mean

What is modelled: how fast `E exp(s (mean - its expectation))` grows for the mean over a two-level
sample: first the responses given the prompts, then the prompts.

## Main results
* `Expect.pi_exp_sum_le`: independent factors.
* `Expect.twoLevel_exp_le`: from bounds at one response and at one prompt to the whole sample.
* `HoeffdingBound.twoLevel_exp_le`: `exp(h s² (w_g²/n + w²/(nk)))`.
* `Expect.exp_le_of_expBound`: `E exp Y ≤ exp(C E Y²)` for a centred, bounded `Y` (Bernstein).

## References
arXiv 2602.21765, cf. the sampling term of Theorem 1.
-/

public section

namespace RLHF

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u v w
variable {R : Type u} [ExpField R] {Ω : Type v} {Ω' : Type w} {n k : Nat}

namespace Expect

/-- Independent factors. -/
theorem pi_exp_sum_le {E : Fin n → Expect R Ω} {g : Fin n → Ω → R} {c : Fin n → R}
    (h : ∀ i, E i (fun ω => exp (g i ω)) ≤ exp (c i)) :
    pi E (fun S => exp (RLHF.sum fun i => g i (S i))) ≤ exp (RLHF.sum c) := by
  induction n with
  | zero => exact Std.le_refl _
  | succ n ih =>
    have e : ∀ ω, pi (fun i => E i.succ) (fun S => exp (g 0 ω + RLHF.sum fun i => g i.succ (S i))) =
        exp (g 0 ω) * pi (fun i => E i.succ) fun S => exp (RLHF.sum fun i => g i.succ (S i)) :=
      fun ω => by rw [← mul]; exact congr _ fun S => exp_add _ _
    have k1 := fun ω => mul_le_mul_left (ih fun i => h i.succ) (Std.le_of_lt (exp_pos (g 0 ω)))
    show E 0 (fun ω => pi (fun i => E i.succ) fun S =>
      exp (g 0 ω + RLHF.sum fun i => g i.succ (S i))) ≤ _
    rw [(E 0).congr e, sum_succ, exp_add]
    refine Std.le_trans ((E 0).mono k1) ?_
    have e2 : ∀ ω, exp (g 0 ω) * exp (RLHF.sum fun i => c i.succ) =
        exp (RLHF.sum fun i => c i.succ) * exp (g 0 ω) := fun ω => by grind
    rw [(E 0).congr e2, mul]
    have := mul_le_mul_left (h 0) (Std.le_of_lt (exp_pos (RLHF.sum fun i => c i.succ)))
    grind

/-- Independent factors of one law. -/
theorem sample_exp_sum_le {E : Expect R Ω} {g : Ω → R} {c : R}
    (h : E (fun ω => exp (g ω)) ≤ exp c) :
    E.sample n (fun S => exp (RLHF.sum fun i => g (S i))) ≤ exp ((n : R) * c) := by
  have k := pi_exp_sum_le (E := fun _ : Fin n => E) (g := fun _ => g) (c := fun _ => c) fun _ => h
  rw [sum_const] at k
  exact k

variable (E : Expect R Ω) (K : Ω → Expect R Ω') (f : Ω → Ω' → R)

/-- The scaled deviation of a two-level mean, as a sum over prompts and one over responses. -/
theorem mul_twoLevelMean_sub (hn : 0 < n) (hk : 0 < k) (s J : R) (g : Ω → R)
    (S : (Fin n → Ω) × (Fin n → Fin k → Ω')) : s * (twoLevelMean f S - J) =
      (RLHF.sum fun i => s / (n : R) * (g (S.1 i) - J)) + RLHF.sum fun i => RLHF.sum fun j =>
        s / ((n : R) * (k : R)) * (f (S.1 i) (S.2 i j) - g (S.1 i)) := by
  have hn' := natCast_pos (R := R) hn
  have hk' := natCast_pos (R := R) hk
  have e : ∀ i, (RLHF.sum fun j => s / ((n : R) * (k : R)) * (f (S.1 i) (S.2 i j) - g (S.1 i))) =
      s / (n : R) * ((RLHF.average fun j => f (S.1 i) (S.2 i j)) - g (S.1 i)) := fun i => by
    rw [sum_mul, sum_sub, sum_const]
    unfold RLHF.average
    grind
  rw [sum_congr e, sum_mul, sum_mul, sum_sub, sum_sub, sum_const]
  unfold twoLevelMean
  rw [RLHF.average]
  grind

/-- From one response and from one prompt to the whole sample. -/
theorem twoLevel_exp_le (hn : 0 < n) (hk : 0 < k) {s a b : R}
    (ha : ∀ x, K x (fun y => exp (s / ((n : R) * (k : R)) * (f x y - K x (f x)))) ≤ exp a)
    (hb : E (fun x => exp (s / (n : R) * (K x (f x) - E fun x => K x (f x)))) ≤ exp b) :
    E.twoLevel K n k (fun S => exp (s * (twoLevelMean f S - E fun x => K x (f x)))) ≤
      exp ((n : R) * ((k : R) * a) + (n : R) * b) := by
  have e := fun S => mul_twoLevelMean_sub f hn hk s (E fun x => K x (f x)) (fun x => K x (f x)) S
  have k1 : ∀ x : Fin n → Ω, pi (fun i => (K (x i)).sample k) (fun y =>
      exp (s * (twoLevelMean f (x, y) - E fun x => K x (f x)))) ≤ exp ((n : R) * ((k : R) * a)) *
        exp (RLHF.sum fun i => s / (n : R) * (K (x i) (f (x i)) - E fun x => K x (f x))) :=
    fun x => by
      have e1 : ∀ y, exp (s * (twoLevelMean f (x, y) - E fun x => K x (f x))) =
          exp (RLHF.sum fun i => s / (n : R) * (K (x i) (f (x i)) - E fun x => K x (f x))) *
            exp (RLHF.sum fun i => RLHF.sum fun j =>
              s / ((n : R) * (k : R)) * (f (x i) (y i j) - K (x i) (f (x i)))) :=
        fun y => (congrArg exp (e (x, y))).trans (exp_add _ _)
      rw [congr _ e1, mul]
      have k0 := pi_exp_sum_le (E := fun i => (K (x i)).sample k) (c := fun _ => (k : R) * a)
        (g := fun i y => RLHF.sum fun j =>
          s / ((n : R) * (k : R)) * (f (x i) (y j) - K (x i) (f (x i))))
        fun i => sample_exp_sum_le (ha (x i))
      rw [sum_const] at k0
      have := mul_le_mul_left k0 (Std.le_of_lt (exp_pos
        (RLHF.sum fun i => s / (n : R) * (K (x i) (f (x i)) - E fun x => K x (f x)))))
      grind
  rw [twoLevel_apply]
  refine Std.le_trans (mono _ k1) ?_
  rw [mul, exp_add]
  exact mul_le_mul_left (sample_exp_sum_le hb) (Std.le_of_lt (exp_pos _))

/-- Bernstein: `E exp Y ≤ exp(C E Y²)` for a centred `Y` with `|Y| ≤ M` and a second-order constant
`C` on `[-M, M]`. -/
theorem exp_le_of_expBound {Y : Ω → R} {M C : R} (hY : E Y = 0) (hM : ∀ ω, abs (Y ω) ≤ M)
    (hC : ExpBound M C) : E (fun ω => exp (Y ω)) ≤ exp (C * E fun ω => Y ω * Y ω) := by
  have k := E.mono fun ω => hC (Y ω) (hM ω)
  have e : ∀ ω, 1 + Y ω + C * (Y ω * Y ω) = (1 + C * (Y ω * Y ω)) + Y ω := fun ω => by grind
  rw [E.congr e, E.add, E.add, E.const, E.mul, hY] at k
  have := add_one_le_exp (C * E fun ω => Y ω * Y ω)
  grind

end Expect

/-- Hoeffding's lemma for a two-level mean: `w_g` bounds the range of the mean at a prompt, `w` the
range at every single prompt. -/
theorem HoeffdingBound.twoLevel_exp_le {h : R} (hh : HoeffdingBound h) (E : Expect R Ω)
    (K : Ω → Expect R Ω') {f : Ω → Ω' → R} {lo hi : R} {low high : Ω → R} {w : R}
    (hg : ∀ x, lo ≤ K x (f x) ∧ K x (f x) ≤ hi)
    (hf : ∀ x y, low x ≤ f x y ∧ f x y ≤ high x) (hw : ∀ x, high x - low x ≤ w) (hn : 0 < n)
    (hk : 0 < k) (s : R) :
    E.twoLevel K n k (fun S => exp (s * (twoLevelMean f S - E fun x => K x (f x)))) ≤
      exp (h * (s * s * ((hi - lo) * (hi - lo) / (n : R) + w * w / ((n : R) * (k : R))))) := by
  have hn' := natCast_pos (R := R) hn
  have hk' := natCast_pos (R := R) hk
  have key := E.twoLevel_exp_le K f hn hk (s := s)
    (a := h * (s / ((n : R) * (k : R)) * (s / ((n : R) * (k : R))) * (w * w)))
    (fun x => Std.le_trans (hh.expect_exp_le (K x) (hf x) _) (exp_le_exp ?_))
    (hh.expect_exp_le E hg _)
  · rw [(by grind : h * (s * s * ((hi - lo) * (hi - lo) / (n : R) + w * w / ((n : R) * (k : R)))) =
      (n : R) * ((k : R) * (h * (s / ((n : R) * (k : R)) * (s / ((n : R) * (k : R))) * (w * w)))) +
      (n : R) * (h * (s / (n : R) * (s / (n : R)) * ((hi - lo) * (hi - lo)))))]
    exact key
  · have h1 := (K x).le_of_forall_ge fun y => (hf x y).1
    have h2 := (K x).le_of_forall_le fun y => (hf x y).2
    exact mul_le_mul_left (mul_le_mul_left (mul_le_mul (hw x) (hw x) (by have := hw x; grind)
      (by grind)) (mul_self_nonneg _)) (Std.le_of_lt hh.pos)

end RLHF
