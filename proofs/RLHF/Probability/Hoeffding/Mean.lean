module
public import RLHF.Probability.Hoeffding.Chernoff
public import RLHF.Probability.Hoeffding.Lemma
public import RLHF.Probability.Sample

/-!
# Hoeffding's inequality for a sample mean

What is modelled: the mean of a bounded function over `n` independent draws, in probability. `h` is
a sub-Gaussian constant (`HoeffdingBound`).

## Main results
* `expectSample_exp_average_le`: the moment generating function of the sample mean.
* `probSample_average_le`: `P(|mean - E f| ≥ t) ≤ 2 exp(-t² n / (4h (hi - lo)²))`.
* `le_probSample_average`: with probability at least `1 - δ` the mean is within
  `2 (hi - lo) √(h log(2/δ) / n)` of `E f`.
-/

public section

namespace RLHF

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R] {N n : Nat} {D : Fin N → R}

/-! ### Events -/

/-- The probability of an event is one under the expectation of a sample. -/
theorem probSample_eq (hD : IsProb D) (E : (Fin n → Fin N) → Prop) :
    probSample D E = ((Expect.ofWeights hD).sample n).prob E :=
  (Expect.sample_ofWeights hD _).symm

theorem probSample_le_one (hD : IsProb D) (E : (Fin n → Fin N) → Prop) : probSample D E ≤ 1 :=
  probSample_eq hD E ▸ Expect.prob_le_one _ _

theorem probSample_nonneg (hD : IsProb D) (E : (Fin n → Fin N) → Prop) : 0 ≤ probSample D E :=
  probSample_eq hD E ▸ Expect.prob_nonneg _ _

/-- Of two events one of which always happens, the probabilities add up to at least `1`. -/
theorem one_sub_probSample_le (hD : IsProb D) {E F : (Fin n → Fin N) → Prop}
    (h : ∀ S, ¬E S → F S) : 1 - probSample D E ≤ probSample D F := by
  rw [probSample_eq hD, probSample_eq hD]
  exact Expect.one_sub_prob_le _ h

theorem probSample_chernoff (hD : IsProb D) {Δ : (Fin n → Fin N) → R} {h V t : R} (hh : 0 < h)
    (hV : 0 < V) (hΔ : ∀ s, expectSample D (fun S => exp (s * Δ S)) ≤ exp (h * (s * s * V)))
    (ht : 0 ≤ t) : probSample D (fun S => t ≤ Δ S) ≤ exp (-(t * t / (4 * h * V))) := by
  rw [probSample_eq hD]
  exact Expect.chernoff _ hh hV (fun s => (Expect.sample_ofWeights hD _).symm ▸ hΔ s) ht

theorem probSample_abs_le (hD : IsProb D) {Δ : (Fin n → Fin N) → R} {h V t : R} (hh : 0 < h)
    (hV : 0 < V) (hΔ : ∀ s, expectSample D (fun S => exp (s * Δ S)) ≤ exp (h * (s * s * V)))
    (ht : 0 ≤ t) : probSample D (fun S => t ≤ abs (Δ S)) ≤ 2 * exp (-(t * t / (4 * h * V))) := by
  rw [probSample_eq hD]
  exact Expect.chernoff_abs _ hh hV (fun s => (Expect.sample_ofWeights hD _).symm ▸ hΔ s) ht

/-! ### The mean of a bounded function -/

/-- Independent factors. -/
theorem expectSample_exp_sum_le (hD : IsProb D) {g : Fin N → R} {c : R}
    (h : mean D (fun x => exp (g x)) ≤ exp c) :
    expectSample D (fun S : Fin n → Fin N => exp (sum fun i => g (S i))) ≤ exp ((n : R) * c) := by
  induction n with
  | zero =>
    show exp 0 ≤ exp (((0 : Nat) : R) * c)
    rw [exp_le_iff]
    grind
  | succ n ih =>
    have e : ∀ (x : Fin N) (S : Fin n → Fin N),
        exp (sum fun i => g (consSample x S i)) = exp (g x) * exp (sum fun i => g (S i)) :=
      fun x S => exp_add _ _
    have e2 : exp (((n + 1 : Nat) : R) * c) = exp ((n : R) * c) * exp c := by
      rw [← exp_add, Semiring.natCast_succ]; congr 1; grind
    rw [expectSample_succ, e2]
    refine Std.le_trans (mean_mono hD.nonneg (g := fun x => exp ((n : R) * c) * exp (g x))
      fun x => ?_) ?_
    · rw [expectSample_congr (e x), expectSample_mul]
      have := mul_le_mul_left ih (Std.le_of_lt (exp_pos (g x)))
      grind
    · rw [mean_mul]
      exact mul_le_mul_left h (Std.le_of_lt (exp_pos _))

variable {h lo hi : R} (hh : HoeffdingBound h) (hD : IsProb D) {f : Fin N → R}
  (hf : ∀ x, lo ≤ f x ∧ f x ≤ hi)
include hh hD hf

theorem expectSample_exp_average_le (hn : 0 < n) (s : R) :
    expectSample D (fun S : Fin n → Fin N => exp (s * ((average fun i => f (S i)) - mean D f))) ≤
      exp (h * (s * s * ((hi - lo) * (hi - lo) / (n : R)))) := by
  have hp := natCast_pos (R := R) hn
  have k := expectSample_exp_sum_le (n := n) hD (hh.mean_exp_le hD hf (s / (n : R)))
  have e : ∀ S : Fin n → Fin N, (sum fun i => s / (n : R) * (f (S i) - mean D f)) =
      s * ((average fun i => f (S i)) - mean D f) := fun S => by
    rw [sum_mul, sum_sub, sum_const]
    unfold average
    grind
  rw [expectSample_congr fun S => congrArg exp (e S)] at k
  rw [show h * (s * s * ((hi - lo) * (hi - lo) / (n : R))) =
    (n : R) * (h * (s / (n : R) * (s / (n : R)) * ((hi - lo) * (hi - lo)))) by grind]
  exact k

/-- Hoeffding's inequality for the mean of `n` independent draws. -/
theorem probSample_average_le {t : R} (ht : 0 ≤ t) :
    probSample D (fun S : Fin n → Fin N => t ≤ abs ((average fun i => f (S i)) - mean D f)) ≤
      2 * exp (-(t * t * (n : R) / (4 * h * ((hi - lo) * (hi - lo))))) := by
  by_cases h0 : 0 < n ∧ lo ≠ hi
  · have hp := natCast_pos (R := R) h0.1
    have hw := mul_self_pos (by grind : hi - lo ≠ 0)
    have hpos := hh.pos
    have k := probSample_abs_le hD hpos (div_pos hw hp)
      (expectSample_exp_average_le hh hD hf h0.1) ht
    have hne : h * ((hi - lo) * (hi - lo)) ≠ 0 := by have := mul_pos hpos hw; grind
    rw [show t * t * (n : R) / (4 * h * ((hi - lo) * (hi - lo))) =
      t * t / (4 * h * ((hi - lo) * (hi - lo) / (n : R))) by
        generalize (hi - lo) * (hi - lo) = v at *; grind]
    exact k
  · have e : t * t * (n : R) / (4 * h * ((hi - lo) * (hi - lo))) = 0 := by
      by_cases hn : n = 0
      · subst hn; grind
      · have : hi - lo = 0 := by grind
        rw [this]; grind
    have k := probSample_le_one hD fun S : Fin n → Fin N =>
      t ≤ abs ((average fun i => f (S i)) - mean D f)
    rw [e, show -(0 : R) = 0 by grind, exp_zero]
    grind

omit hh in
private theorem average_eq_mean (hn : 0 < n) (e : lo = hi) (S : Fin n → Fin N) :
    (average fun i => f (S i)) - mean D f = 0 := by
  have hc : ∀ x, f x = lo := fun x => by have := hf x; grind
  rw [average_congr fun i => hc (S i), average_const hn, mean_congr hc, mean_const hD]
  grind

/-- The same with a confidence `1 - δ`. -/
theorem le_probSample_average (hn : 0 < n) {δ : R} (hδ : 0 < δ) :
    1 - δ ≤ probSample D (fun S : Fin n → Fin N =>
      abs ((average fun i => f (S i)) - mean D f) ≤
        2 * (hi - lo) * sqrt (h * log (2 / δ) / (n : R))) := by
  have hN : lo ≤ hi := by
    have := le_mean hD fun x => (hf x).1
    have := mean_le hD fun x => (hf x).2
    grind
  by_cases hδ1 : δ ≤ 1
  · by_cases e : lo = hi
    · have k := one_sub_probSample_le hD (E := fun _ : Fin n → Fin N => False)
        (F := fun S => abs ((average fun i => f (S i)) - mean D f) ≤
          2 * (hi - lo) * sqrt (h * log (2 / δ) / (n : R))) fun S _ => by
          show abs ((average fun i => f (S i)) - mean D f) ≤ _
          rw [average_eq_mean hD hf hn e S, abs_zero, ← e]
          grind
      have z : probSample D (fun _ : Fin n → Fin N => False) = 0 := by
        unfold probSample
        rw [expectSample_congr fun S => indicator_of_not (fun h => h), expectSample_const hD]
      rw [z] at k
      grind
    · have hp := natCast_pos (R := R) hn
      have hw := mul_self_pos (by grind : hi - lo ≠ 0)
      have hpos := hh.pos
      have hl : 0 ≤ log (2 / δ) := log_nonneg (by rw [le_div_iff hδ]; grind)
      have hr : 0 ≤ h * log (2 / δ) / (n : R) := div_nonneg (mul_nonneg (by grind) hl) hp
      have hs := sqrt_mul_self hr
      have k := probSample_average_le (n := n) hh hD hf
        (mul_nonneg (by grind : 0 ≤ 2 * (hi - lo)) (sqrt_nonneg (h * log (2 / δ) / (n : R))))
      have e2 : 2 * (hi - lo) * sqrt (h * log (2 / δ) / (n : R)) *
          (2 * (hi - lo) * sqrt (h * log (2 / δ) / (n : R))) * (n : R) /
          (4 * h * ((hi - lo) * (hi - lo))) = log (2 / δ) := by
        rw [show 2 * (hi - lo) * sqrt (h * log (2 / δ) / (n : R)) *
          (2 * (hi - lo) * sqrt (h * log (2 / δ) / (n : R))) = 4 * ((hi - lo) * (hi - lo)) *
          (sqrt (h * log (2 / δ) / (n : R)) * sqrt (h * log (2 / δ) / (n : R))) by grind, hs]
        have hne := mul_pos hpos hw
        generalize log (2 / δ) = l at *
        generalize (hi - lo) * (hi - lo) = v at *
        grind
      rw [e2, exp_neg, exp_log _ (div_pos (by grind) hδ)] at k
      have k2 := one_sub_probSample_le hD (E := fun S : Fin n → Fin N =>
        2 * (hi - lo) * sqrt (h * log (2 / δ) / (n : R)) ≤
          abs ((average fun i => f (S i)) - mean D f))
        (F := fun S => abs ((average fun i => f (S i)) - mean D f) ≤
          2 * (hi - lo) * sqrt (h * log (2 / δ) / (n : R))) fun S hS => by grind
      rw [show 2 * (2 / δ)⁻¹ = δ by grind] at k
      grind
  · have := probSample_nonneg hD fun S : Fin n → Fin N =>
      abs ((average fun i => f (S i)) - mean D f) ≤
        2 * (hi - lo) * sqrt (h * log (2 / δ) / (n : R))
    grind

end RLHF
