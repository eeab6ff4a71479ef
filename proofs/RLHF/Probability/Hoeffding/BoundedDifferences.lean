module
public import RLHF.Probability.Hoeffding.Mean

/-!
# McDiarmid's inequality

What is modelled: a function of `n` independent draws that changes by at most `c_i` when its entry
`i` is replaced. `h` is a sub-Gaussian constant (`HoeffdingBound`).

## Main results
* `expectSample_exp_sub_le`: `E exp(s (F - E F)) ≤ exp(h s² Σ c_i²)`.
* `probSample_sub_le`: `P(F - E F ≥ t) ≤ exp(-t² / (4h Σ c_i²))`.
* `le_probSample_sub`: with probability at least `1 - δ`, `F - E F ≤ 2 √(h Σ c_i² log(1/δ))`.

## References
McDiarmid (1989), the method of bounded differences.
-/

public section

namespace RLHF

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R] {N n : Nat} {D : Fin N → R}

/-- A function on a finite set that is not empty attains its least value. -/
private theorem exists_forall_le {m : Nat} (hm : 0 < m) (f : Fin m → R) :
    ∃ a, ∀ b, f a ≤ f b := by
  induction m with
  | zero => exact absurd hm (Nat.lt_irrefl 0)
  | succ m ih =>
    obtain rfl | h := Nat.eq_zero_or_pos m
    · exact ⟨0, fun b => by rw [Fin.fin_one_eq_zero b]; exact Std.le_refl _⟩
    · obtain ⟨a, ha⟩ := ih h fun i => f i.succ
      by_cases h0 : f 0 ≤ f a.succ
      · refine ⟨0, fun b => ?_⟩
        cases b using Fin.cases with
        | zero => exact Std.le_refl _
        | succ b => exact Std.le_trans h0 (ha b)
      · refine ⟨a.succ, fun b => ?_⟩
        cases b using Fin.cases with
        | zero => grind
        | succ b => exact ha b

private theorem replaceAt_zero (x y : Fin N) (S : Fin n → Fin N) :
    replaceAt (consSample x S) 0 y = consSample y S := by
  funext j
  cases j using Fin.cases with
  | zero => rfl
  | succ j => exact if_neg (Fin.succ_ne_zero j)

private theorem replaceAt_succ (x y : Fin N) (S : Fin n → Fin N) (i : Fin n) :
    replaceAt (consSample x S) i.succ y = consSample x (replaceAt S i y) := by
  funext j
  cases j using Fin.cases with
  | zero => exact if_neg (Ne.symm (Fin.succ_ne_zero i))
  | succ j =>
    show (if j.succ = i.succ then y else S j) = if j = i then y else S j
    simp only [Fin.succ_inj]

/-! ### The first draw, and the others given it -/

private theorem tail_le {F : (Fin (n + 1) → Fin N) → R} {c : Fin (n + 1) → R}
    (hF : ∀ S i x, abs (F S - F (replaceAt S i x)) ≤ c i) (x : Fin N) (S : Fin n → Fin N)
    (i : Fin n) (y : Fin N) :
    abs (F (consSample x S) - F (consSample x (replaceAt S i y))) ≤ c i.succ := by
  rw [← replaceAt_succ]
  exact hF _ _ _

private theorem head_le (hD : IsProb D) {F : (Fin (n + 1) → Fin N) → R} {c : Fin (n + 1) → R}
    (hF : ∀ S i x, abs (F S - F (replaceAt S i x)) ≤ c i) (x y : Fin N) :
    expectSample D (fun S => F (consSample x S)) ≤
      expectSample D (fun S => F (consSample y S)) + c 0 := by
  rw [← expectSample_const hD (c 0) (n := n), ← expectSample_add]
  refine expectSample_mono hD.nonneg fun S => ?_
  have h := (abs_le.mp (hF (consSample x S) 0 y)).2
  rw [replaceAt_zero] at h
  grind

/-- Hoeffding's lemma for a function all of whose values are within `c` of each other. -/
private theorem mean_exp_sub_le {h c : R} (hh : HoeffdingBound h) (hD : IsProb D) {G : Fin N → R}
    (hG : ∀ x y, G x ≤ G y + c) (s : R) :
    mean D (fun x => exp (s * (G x - mean D G))) ≤ exp (h * (s * s * (c * c))) := by
  obtain ⟨a, ha⟩ := exists_forall_le hD.size_pos G
  have k := hh.mean_exp_le hD (lo := G a) (hi := G a + c) (fun x => ⟨ha x, hG x a⟩) s
  rw [show G a + c - G a = c by grind] at k
  exact k

/-- Moment generating function of a function with bounded differences. -/
theorem expectSample_exp_sub_le {h : R} (hh : HoeffdingBound h) (hD : IsProb D)
    {F : (Fin n → Fin N) → R} {c : Fin n → R}
    (hF : ∀ S i x, abs (F S - F (replaceAt S i x)) ≤ c i) (s : R) :
    expectSample D (fun S => exp (s * (F S - expectSample D F))) ≤
      exp (h * (s * s * sum fun i => c i * c i)) := by
  induction n with
  | zero =>
    simp only [expectSample, sum]
    rw [exp_le_iff]
    grind
  | succ n ih =>
    have k := fun x => ih (F := fun S => F (consSample x S)) (tail_le hF x)
    have k0 := mean_exp_sub_le hh hD (head_le hD hF) s
    rw [← expectSample_succ] at k0
    rw [expectSample_succ, sum_succ]
    generalize expectSample D F = μ at *
    generalize (sum fun i => c i.succ * c i.succ) = V at *
    have e : ∀ x (S : Fin n → Fin N), exp (s * (F (consSample x S) - μ)) =
        exp (s * (expectSample D (fun S => F (consSample x S)) - μ)) *
        exp (s * (F (consSample x S) - expectSample D fun S => F (consSample x S))) :=
      fun x S => by rw [← exp_add]; congr 1; grind
    rw [mean_congr fun x => expectSample_congr (e x), mean_congr fun x => expectSample_mul _ _]
    refine Std.le_trans (mean_mono hD.nonneg fun x =>
      mul_le_mul_left (k x) (Std.le_of_lt (exp_pos _))) ?_
    rw [mean_congr fun x => CommSemiring.mul_comm _ _, mean_mul]
    refine Std.le_trans (mul_le_mul_left k0 (Std.le_of_lt (exp_pos _))) ?_
    rw [← exp_add, exp_le_iff]
    grind

/-- Such a function exceeds its mean by at most the sum of the differences. -/
private theorem sub_expectSample_le (hD : IsProb D) {F : (Fin n → Fin N) → R} {c : Fin n → R}
    (hF : ∀ S i x, abs (F S - F (replaceAt S i x)) ≤ c i) (S : Fin n → Fin N) :
    F S ≤ expectSample D F + sum c := by
  induction n with
  | zero =>
    have e : S = fun i => i.elim0 := funext fun i => i.elim0
    simp only [expectSample, sum, e]
    grind
  | succ n ih =>
    have e : S = consSample (S 0) fun i => S i.succ := funext fun i => by
      cases i using Fin.cases <;> rfl
    have k := ih (F := fun S' => F (consSample (S 0) S')) (tail_le hF (S 0)) fun i => S i.succ
    have k0 := le_mean hD (c := expectSample D (fun S' => F (consSample (S 0) S')) - c 0)
      (f := fun y => expectSample D fun S' => F (consSample y S')) fun y => by
        have := head_le hD hF (S 0) y
        grind
    rw [← expectSample_succ] at k0
    rw [← e] at k
    rw [sum_succ]
    grind

/-! ### The tail -/

private theorem sum_mul_self_pos {c : Fin n → R} (hV : (sum fun i => c i * c i) ≠ 0) :
    0 < sum fun i => c i * c i := by
  have := sum_nonneg fun i => mul_self_nonneg (c i)
  grind

private theorem sum_eq_zero_of_mul_self {c : Fin n → R} (hV : (sum fun i => c i * c i) = 0) :
    sum c = 0 := by
  rw [← sum_zero (R := R) (n := n)]
  refine sum_congr fun i => Classical.byContradiction fun hi => ?_
  have h0 := sum_eq_zero (fun i => mul_self_nonneg (c i)) hV i
  have := mul_self_pos hi
  grind

private theorem one_le_probSample (hD : IsProb D) {E : (Fin n → Fin N) → Prop} (h : ∀ S, E S) :
    1 ≤ probSample (R := R) D E := by
  rw [← expectSample_const hD (1 : R) (n := n)]
  exact expectSample_mono hD.nonneg fun S => by have := h S; unfold indicator; grind

variable {h : R} (hh : HoeffdingBound h) (hD : IsProb D) {F : (Fin n → Fin N) → R} {c : Fin n → R}
  (hF : ∀ S i x, abs (F S - F (replaceAt S i x)) ≤ c i)
include hh hD hF

/-- McDiarmid's inequality. -/
theorem probSample_sub_le {t : R} (ht : 0 ≤ t) :
    probSample D (fun S => t ≤ F S - expectSample D F) ≤
      exp (-(t * t / (4 * h * sum fun i => c i * c i))) := by
  by_cases hV : (sum fun i => c i * c i) = 0
  · have k := probSample_le_one hD fun S => t ≤ F S - expectSample D F
    rw [hV, show -(t * t / (4 * h * 0)) = (0 : R) by grind, exp_zero]
    exact k
  · exact probSample_chernoff hD hh.pos (sum_mul_self_pos hV)
      (expectSample_exp_sub_le hh hD hF) ht

/-- The case in which some `c_i` is not `0`. -/
private theorem le_probSample_sub_of_ne (hV : (sum fun i => c i * c i) ≠ 0) {δ : R} (hδ : 0 < δ)
    (hδ1 : δ ≤ 1) : 1 - δ ≤ probSample D (fun S =>
      F S - expectSample D F ≤ 2 * sqrt (h * (sum fun i => c i * c i) * log (1 / δ))) := by
  have hhV := mul_pos hh.pos (sum_mul_self_pos hV)
  have hl : 0 ≤ log (1 / δ) := log_nonneg (by rw [le_div_iff hδ]; grind)
  have hs := sqrt_mul_self (mul_nonneg (Std.le_of_lt hhV) hl)
  have k := probSample_sub_le hh hD hF (t := 2 * sqrt (h * (sum fun i => c i * c i) * log (1 / δ)))
    (by have := sqrt_nonneg (h * (sum fun i => c i * c i) * log (1 / δ)); grind)
  generalize sqrt (h * (sum fun i => c i * c i) * log (1 / δ)) = r at *
  have e : 2 * r * (2 * r) / (4 * h * sum fun i => c i * c i) = log (1 / δ) := by
    rw [show 2 * r * (2 * r) = 4 * (r * r) by grind, hs]
    generalize log (1 / δ) = l at *
    grind
  rw [e, exp_neg, exp_log _ (div_pos (by grind) hδ), show (1 / δ)⁻¹ = δ by grind] at k
  have k2 := one_sub_probSample_le hD (E := fun S => 2 * r ≤ F S - expectSample D F)
    (F := fun S => F S - expectSample D F ≤ 2 * r) fun S hS => by grind
  grind

/-- The same with a confidence `1 - δ`. -/
theorem le_probSample_sub {δ : R} (hδ : 0 < δ) :
    1 - δ ≤ probSample D (fun S =>
      F S - expectSample D F ≤ 2 * sqrt (h * (sum fun i => c i * c i) * log (1 / δ))) := by
  by_cases hδ1 : δ ≤ 1
  · by_cases hV : (sum fun i => c i * c i) = 0
    · have k := one_le_probSample hD fun S => show F S - expectSample D F ≤
          2 * sqrt (h * (sum fun i => c i * c i) * log (1 / δ)) by
        have h1 := sub_expectSample_le hD hF S
        have h2 := sqrt_nonneg (h * (sum fun i => c i * c i) * log (1 / δ))
        rw [sum_eq_zero_of_mul_self hV] at h1
        grind
      grind
    · exact le_probSample_sub_of_ne hh hD hF hV hδ hδ1
  · have := probSample_nonneg hD fun S => F S - expectSample D F ≤
      2 * sqrt (h * (sum fun i => c i * c i) * log (1 / δ))
    grind

end RLHF
