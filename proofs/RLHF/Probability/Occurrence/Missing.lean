module
public import RLHF.Foundations.Power
public import RLHF.Probability.Occurrence.Basic

/-!
# Prompts that a sample misses

What is modelled: which prompts a sample of `n` independent draws from `D` does not hold, and how
much of `D` they make up, the missing mass.

## Main results
* `probSample_absent`: `P(x ∉ S) = (1 - D x)^n`.
* `le_probSample_contains`: with probability at least `1 - Σ_{x ∈ G} (1 - D x)^n` the sample holds
  all of `G`; `le_probSample_all`: all prompts, with probability at least `1 - N (1 - p)^n`.
* `expectSample_missing`: the expected missing mass is `Σ_x D x (1 - D x)^n`.
* `sum_missing_le`: that is at most `N (n/(n+1))^n / (n+1)`, whatever `D` is.
-/

public section

namespace RLHF

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R] {N n : Nat} {D : Fin N → R}

theorem IsProb.le_one (hD : IsProb D) (x : Fin N) : D x ≤ 1 := by
  rw [← hD.sum_eq_one]
  exact le_sum hD.nonneg x

/-! ### Absence -/

private theorem indicator_absent_cons (x y : Fin N) (S : Fin n → Fin N) :
    (indicator (∀ i, consSample y S i ≠ x) : R) =
      (1 - indicator (y = x)) * indicator (∀ i, S i ≠ x) := by
  by_cases h : y = x
  · rw [indicator_eq_one h, indicator_eq_zero fun k => k 0 h]
    grind
  · have e : (∀ i, consSample y S i ≠ x) = ∀ i, S i ≠ x := propext
      ⟨fun k i => k i.succ, fun k i => by cases i using Fin.cases with
        | zero => exact h
        | succ i => exact k i⟩
    rw [e, indicator_eq_zero h]
    grind

/-- A sample misses a prompt with probability `(1 - D(x))^n`. -/
theorem probSample_absent (hD : IsProb D) (x : Fin N) :
    probSample D (fun S : Fin n → Fin N => ∀ i, S i ≠ x) = (1 - D x) ^ n := by
  induction n with
  | zero =>
    rw [Semiring.pow_zero]
    exact indicator_eq_one fun i => i.elim0
  | succ n ih =>
    unfold probSample at *
    rw [expectSample_succ, mean_congr fun y => (expectSample_congr fun S =>
      indicator_absent_cons x y S).trans (expectSample_mul _ _), ih]
    rw [mean_congr (g := fun y => (1 - D x) ^ n * (1 - indicator (y = x))) fun y => by grind,
      mean_mul, mean_sub, mean_const hD, mean_indicator, Semiring.pow_succ]

/-- With probability at least `1 - Σ_{x ∈ G} (1 - D(x))^n` the sample holds every prompt of `G`. -/
theorem le_probSample_contains (hD : IsProb D) (G : Fin N → Prop) :
    1 - (sum fun x => indicator (G x) * (1 - D x) ^ n) ≤
      probSample D (fun S : Fin n → Fin N => ∀ x, G x → ∃ i, S i = x) := by
  have e : ∀ x, probSample D (fun S : Fin n → Fin N => G x ∧ ∀ i, S i ≠ x) =
      indicator (G x) * (1 - D x) ^ n := fun x => by
    rw [← probSample_absent hD x]
    unfold probSample
    rw [expectSample_congr fun S => indicator_and _ _, expectSample_mul]
  rw [← sum_congr e]
  exact one_sub_sum_le_probSample hD fun S h x hx => Classical.byContradiction fun k =>
    h x ⟨hx, fun i hi => k ⟨i, hi⟩⟩

/-- With probability at least `1 - N (1 - p)^n`, `p ≤ D`, the sample holds every prompt. -/
theorem le_probSample_all (hD : IsProb D) {p : R} (hp : ∀ x, p ≤ D x) :
    1 - (N : R) * (1 - p) ^ n ≤ probSample D (fun S : Fin n → Fin N => ∀ x, ∃ i, S i = x) := by
  have h : ∀ x, indicator True * (1 - D x) ^ n ≤ (1 - p) ^ n := fun x => by
    rw [indicator_eq_one trivial]
    have := Power.mono (by have := hD.le_one x; grind : 0 ≤ 1 - D x)
      (by have := hp x; grind : 1 - D x ≤ 1 - p) n
    grind
  have k := sum_mono h
  rw [sum_const] at k
  refine Std.le_trans ?_ (Std.le_trans (le_probSample_contains (n := n) hD fun _ => True)
    (probSample_mono hD fun S hS x => hS x trivial))
  grind

/-- A prompt that the sample holds has at least the share `1/n`. -/
theorem one_div_le_frequency {S : Fin n → Fin N} {x : Fin N} (h : ∃ i, S i = x) :
    1 / (n : R) ≤ frequency S x := by
  obtain ⟨i, hi⟩ := h
  have := le_sum (fun i => indicator_nonneg (R := R) (S i = x)) i
  rw [indicator_eq_one hi] at this
  exact div_le_div_right this (natCast_pos (Nat.lt_of_le_of_lt (Nat.zero_le _) i.isLt))

/-! ### The missing mass -/

/-- The expected missing mass. -/
theorem expectSample_missing (hD : IsProb D) :
    expectSample D (fun S : Fin n → Fin N => sum fun x => D x * indicator (∀ i, S i ≠ x)) =
      sum fun x => D x * (1 - D x) ^ n := by
  rw [expectSample_sum]
  exact sum_congr fun x => by rw [expectSample_mul, ← probSample_absent hD x]; rfl

/-- The arithmetic mean of `a^(n+1)` and `n` times `t^(n+1)` is at least the geometric one. -/
private theorem mul_pow_le_add {a t : R} (ha : 0 ≤ a) (ht : 0 ≤ t) (n : Nat) :
    ((n : R) + 1) * (a * t ^ n) ≤ a ^ (n + 1) + (n : R) * t ^ (n + 1) := by
  induction n with
  | zero =>
    rw [Semiring.pow_succ, Semiring.pow_succ, Semiring.pow_zero, Semiring.pow_zero]
    grind
  | succ n ih =>
    have h1 := mul_le_mul_left ih ha
    have h2 := mul_nonneg (mul_nonneg (by have := natCast_nonneg (R := R) n; grind :
      0 ≤ (n : R) + 1) (Power.nonneg ht n)) (mul_self_nonneg (a - t))
    rw [Semiring.natCast_succ]
    simp only [Semiring.pow_succ] at *
    generalize (n : R) = k, a ^ n = A, t ^ n = T at *
    grind

/-- `y (1 - y)^n ≤ (n/(n+1))^n / (n+1)` for `y ≤ 1`, with equality at `y = 1/(n+1)`. -/
private theorem mul_one_sub_pow_le {y : R} (hy : y ≤ 1) (n : Nat) :
    y * (1 - y) ^ n ≤ ((n : R) / ((n : R) + 1)) ^ n / ((n : R) + 1) := by
  obtain rfl | hn := Nat.eq_zero_or_pos n
  · rw [Semiring.pow_zero, Semiring.pow_zero]
    grind
  have hk := natCast_pos (R := R) hn
  have ha : 0 < (n : R) / ((n : R) + 1) := div_pos hk (by grind)
  have h := mul_pow_le_add (Std.le_of_lt ha) (by grind : 0 ≤ 1 - y) n
  rw [le_div_iff (by grind : 0 < (n : R) + 1)]
  refine le_of_mul_le_mul_left ha ?_
  have e : (n : R) = (n : R) / ((n : R) + 1) * ((n : R) + 1) := by grind
  simp only [Semiring.pow_succ] at h
  generalize (n : R) / ((n : R) + 1) = a at *
  generalize (n : R) = k, a ^ n = A, (1 - y) ^ n = T at *
  rw [show (k + 1) * (a * T) = a * (k + 1) * T by grind, ← e] at h
  rw [show a * (y * T * (k + 1)) = a * (k + 1) * (y * T) by grind, ← e]
  grind

/-- The missing mass is `O(1/n)`, whatever the weights. -/
theorem sum_missing_le (hD : IsProb D) (n : Nat) : (sum fun x => D x * (1 - D x) ^ n) ≤
    (N : R) * (((n : R) / ((n : R) + 1)) ^ n / ((n : R) + 1)) := by
  rw [← sum_const]
  exact sum_mono fun x => mul_one_sub_pow_le (hD.le_one x) n

/-- Equal weights `1/(n+1)` attain the bound. -/
theorem sum_missing_eq {n : Nat} (h : ∀ x, D x = 1 / ((n : R) + 1)) :
    (sum fun x => D x * (1 - D x) ^ n) =
      (N : R) * (((n : R) / ((n : R) + 1)) ^ n / ((n : R) + 1)) := by
  have hk := natCast_nonneg (R := R) n
  rw [← sum_const]
  refine sum_congr fun x => ?_
  rw [h, show 1 - 1 / ((n : R) + 1) = (n : R) / ((n : R) + 1) by grind]
  grind

/-- `N (n/(n+1))^n / (n+1) ≤ N / (n+1)`. -/
theorem missing_bound_le (N n : Nat) :
    (N : R) * (((n : R) / ((n : R) + 1)) ^ n / ((n : R) + 1)) ≤ (N : R) / ((n : R) + 1) := by
  have hk := natCast_nonneg (R := R) n
  have hp : 0 < (n : R) + 1 := by grind
  have h := Power.le_one (div_nonneg hk hp) ((div_le_iff hp).2 (by grind : (n : R) ≤ 1 * (n + 1))) n
  have := mul_le_mul_left (div_le_div_right h hp) (natCast_nonneg (R := R) N)
  grind

end RLHF
