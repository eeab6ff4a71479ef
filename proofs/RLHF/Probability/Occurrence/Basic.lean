module
public import RLHF.Probability.Hoeffding.Mean
public import RLHF.Probability.Occurrence.Defs

/-!
# How often a sample holds a prompt

What is modelled: the shares that the prompts have in a sample of `n` independent draws from `D`.

## Main results
* `average_eq_mean_frequency`: an average over a sample is a mean under its shares.
* `one_sub_sum_le_probSample`: the union bound.
* `probSample_frequency_le`: lower Chernoff tail, `P(frequency S x ≤ D x / 2) ≤ exp(-n D x / 8)`, in
  every exponential ordered field.
* `le_probSample_frequency_part`: with probability at least `1 - Σ_{x ∈ G} exp(-n D x / 8)` every
  prompt of `G` has at least half of its expected share.
* `le_probSample_frequency`: with probability at least `1 - N exp(-n p / 8)` every prompt has at
  least half of its expected share, where `p ≤ D`.
-/

public section

namespace RLHF

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R] {N n k : Nat} {D : Fin N → R}

/-! ### Indicators -/

theorem indicator_nonneg (E : Prop) : 0 ≤ (indicator E : R) := by unfold indicator; grind

theorem indicator_eq_one {E : Prop} (h : E) : (indicator E : R) = 1 := by unfold indicator; grind

theorem indicator_eq_zero {E : Prop} (h : ¬E) : (indicator E : R) = 0 := by unfold indicator; grind

theorem indicator_and (E F : Prop) : (indicator (E ∧ F) : R) = indicator E * indicator F := by
  unfold indicator; grind

/-- `Σ_x 1{y = x} f(x) = f(y)`. -/
theorem sum_indicator_eq_mul (y : Fin N) (f : Fin N → R) :
    (sum fun x => indicator (y = x) * f x) = f y := by
  induction N with
  | zero => exact y.elim0
  | succ N ih =>
    rw [sum_succ]
    cases y using Fin.cases with
    | zero =>
      have h : ∀ x : Fin N, indicator ((0 : Fin (N + 1)) = x.succ) * f x.succ = 0 := fun x => by
        rw [indicator_eq_zero (Ne.symm (Fin.succ_ne_zero x))]; grind
      rw [sum_congr h, sum_zero, indicator_eq_one rfl]
      grind
    | succ y =>
      have h : ∀ x : Fin N, indicator (y.succ = x.succ) * f x.succ = indicator (y = x) * f x.succ :=
        fun x => by rw [Fin.succ_inj]
      rw [sum_congr h, ih y fun x => f x.succ, indicator_eq_zero (Fin.succ_ne_zero y)]
      grind

/-- `P(y = x) = D(x)`. -/
theorem mean_indicator (x : Fin N) : mean D (fun y => indicator (y = x)) = D x := by
  rw [← sum_indicator_eq_mul x D]
  refine sum_congr fun y => ?_
  show D y * indicator (y = x) = indicator (x = y) * D y
  rw [show (y = x) = (x = y) from propext ⟨Eq.symm, Eq.symm⟩]
  grind

/-- A larger event has a larger probability. -/
theorem probSample_mono (hD : IsProb D) {E F : (Fin n → Fin N) → Prop} (h : ∀ S, E S → F S) :
    probSample D E ≤ probSample D F :=
  expectSample_mono hD.nonneg fun S => by
    by_cases hE : E S
    · rw [indicator_eq_one hE, indicator_eq_one (h S hE)]; exact Std.le_refl _
    · rw [indicator_eq_zero hE]; exact indicator_nonneg _

/-! ### Shares -/

/-- An average over a sample is the mean under the shares of the prompts in it. -/
theorem average_eq_mean_frequency (S : Fin n → Fin N) (f : Fin N → R) :
    (average fun i => f (S i)) = mean (frequency S) f := by
  have e : ∀ i, f (S i) = sum fun x => f x * indicator (S i = x) := fun i => by
    rw [← sum_indicator_eq_mul (S i) f]
    exact sum_congr fun x => by grind
  rw [average_congr e]
  show (sum fun i => sum fun x => f x * indicator (S i = x)) / (n : R) = _
  rw [sum_comm, ← sum_div]
  refine sum_congr fun x => ?_
  show (average fun i => f x * indicator (S i = x)) = _
  rw [average_mul]
  show _ = frequency S x * f x
  unfold frequency
  grind

/-- The union bound, for the complements. -/
theorem one_sub_sum_le_probSample (hD : IsProb D) {E : Fin k → (Fin n → Fin N) → Prop}
    {F : (Fin n → Fin N) → Prop} (h : ∀ S, (∀ j, ¬E j S) → F S) :
    1 - (sum fun j => probSample D (E j)) ≤ probSample D F := by
  have e : ∀ S, (1 : R) - (sum fun j => indicator (E j S)) ≤ indicator (F S) := fun S => by
    have h0 := sum_nonneg fun j => indicator_nonneg (R := R) (E j S)
    by_cases hF : F S
    · rw [indicator_eq_one hF]; grind
    · obtain ⟨j, hj⟩ := Classical.not_forall.1 fun k => hF (h S k)
      have := le_sum (fun j => indicator_nonneg (R := R) (E j S)) j
      rw [indicator_eq_one (Classical.not_not.1 hj)] at this
      rw [indicator_eq_zero hF]
      grind
  have k := expectSample_mono hD.nonneg e
  rw [expectSample_sub, expectSample_const hD, expectSample_sum] at k
  exact k

/-! ### The lower tail of a share -/

/-- `e^{-1/2} ≤ 5/8`, from `(1 + 1/8)^4 ≥ 8/5`. -/
private theorem exp_neg_half_le : exp (-(1 / 2) : R) ≤ 5 / 8 := by
  have h1 := add_one_le_exp (1 / 8 : R)
  have h2 := mul_le_mul h1 h1 (Std.le_of_lt (exp_pos _)) (by grind)
  rw [← exp_add, show (1 / 8 + 1 / 8 : R) = 1 / 4 by grind] at h2
  have h4 := mul_le_mul h2 h2 (Std.le_of_lt (exp_pos _)) (by grind)
  rw [← exp_add, show (1 / 4 + 1 / 4 : R) = 1 / 2 by grind] at h4
  have h := exp_neg_mul_exp (1 / 2 : R)
  have := mul_le_mul_left h4 (Std.le_of_lt (exp_pos (-(1 / 2) : R)))
  rw [h] at this
  grind

private theorem exp_indicator (E : Prop) : exp (-(1 / 2) * indicator E : R) =
    1 - (1 - exp (-(1 / 2))) * indicator E := by
  by_cases h : E
  · rw [indicator_eq_one h, show (-(1 / 2) * 1 : R) = -(1 / 2) by grind]; grind
  · rw [indicator_eq_zero h, show (-(1 / 2) * 0 : R) = 0 by grind, exp_zero]; grind

/-- `E exp(-1{y = x} / 2) ≤ exp(-(3/8) D(x))`. -/
private theorem mean_exp_le (hD : IsProb D) (x : Fin N) :
    mean D (fun y => exp (-(1 / 2) * indicator (y = x))) ≤ exp (-(3 / 8 * D x)) := by
  rw [mean_congr fun y => exp_indicator _, mean_sub, mean_const hD, mean_mul, mean_indicator]
  have h1 := mul_le_mul_right (exp_neg_half_le (R := R)) (hD.nonneg x)
  have h2 := add_one_le_exp (-(3 / 8 * D x))
  grind

/-- Lower Chernoff tail: `P(frequency S x ≤ D(x) / 2) ≤ exp(-n D(x) / 8)`. -/
theorem probSample_frequency_le (hD : IsProb D) (x : Fin N) :
    probSample D (fun S : Fin n → Fin N => frequency S x ≤ D x / 2) ≤
      exp (-((n : R) * D x / 8)) := by
  obtain rfl | hn := Nat.eq_zero_or_pos n
  · rw [show -(((0 : Nat) : R) * D x / 8) = 0 by grind, exp_zero]
    exact probSample_le_one hD _
  have hp := natCast_pos (R := R) hn
  have e : ∀ S : Fin n → Fin N, indicator (frequency S x ≤ D x / 2) ≤
      exp ((n : R) * D x / 4) * exp (sum fun i => -(1 / 2) * indicator (S i = x)) := fun S => by
    rw [← exp_add, sum_mul]
    by_cases h : frequency S x ≤ D x / 2
    · rw [indicator_eq_one h]
      unfold frequency average at h
      rw [div_le_iff hp] at h
      exact one_le_exp (by grind)
    · rw [indicator_eq_zero h]
      exact Std.le_of_lt (exp_pos _)
  refine Std.le_trans (expectSample_mono hD.nonneg e) ?_
  rw [expectSample_mul]
  refine Std.le_trans (mul_le_mul_left (expectSample_exp_sum_le hD (mean_exp_le hD x))
    (Std.le_of_lt (exp_pos _))) ?_
  rw [← exp_add, exp_le_iff]
  grind

/-- With probability at least `1 - Σ_{x ∈ G} exp(-n D(x) / 8)` every prompt of `G` has at least half
of its expected share in the sample. -/
theorem le_probSample_frequency_part (hD : IsProb D) (G : Fin N → Prop) :
    1 - (sum fun x => indicator (G x) * exp (-((n : R) * D x / 8))) ≤
      probSample D (fun S : Fin n → Fin N => ∀ x, G x → D x / 2 ≤ frequency S x) := by
  refine Std.le_trans ?_ (one_sub_sum_le_probSample hD
    (E := fun x S => G x ∧ frequency S x ≤ D x / 2) fun S h x hx =>
      Std.le_of_lt (Std.not_le.mp fun k => h x ⟨hx, k⟩))
  have k := sum_mono fun x => mul_le_mul_left (probSample_frequency_le (n := n) hD x)
    (indicator_nonneg (R := R) (G x))
  have e : ∀ x, probSample D (fun S : Fin n → Fin N => G x ∧ frequency S x ≤ D x / 2) =
      indicator (G x) * probSample D (fun S : Fin n → Fin N => frequency S x ≤ D x / 2) :=
    fun x => by
      unfold probSample
      rw [expectSample_congr fun S => indicator_and _ _, expectSample_mul]
  rw [sum_congr e]
  grind

/-- With probability at least `1 - N exp(-n p / 8)` every prompt has at least half of its expected
share in the sample, where `p ≤ D(x)` for every prompt. -/
theorem le_probSample_frequency (hD : IsProb D) {p : R} (hp : ∀ x, p ≤ D x) :
    1 - (N : R) * exp (-((n : R) * p / 8)) ≤
      probSample D (fun S : Fin n → Fin N => ∀ x, D x / 2 ≤ frequency S x) := by
  have h : ∀ x, indicator True * exp (-((n : R) * D x / 8)) ≤ exp (-((n : R) * p / 8)) :=
    fun x => by
      rw [indicator_eq_one trivial]
      have := exp_le_exp (x := -((n : R) * D x / 8)) (y := -((n : R) * p / 8)) (by
        have := mul_le_mul_left (hp x) (natCast_nonneg (R := R) n); grind)
      grind
  have k := sum_mono h
  rw [sum_const] at k
  refine Std.le_trans ?_ (Std.le_trans (le_probSample_frequency_part (n := n) hD fun _ => True)
    (probSample_mono hD fun S hS x => hS x trivial))
  grind

end RLHF
