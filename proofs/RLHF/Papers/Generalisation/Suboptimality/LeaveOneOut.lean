module
public import RLHF.Foundations.Biorthogonal
public import RLHF.Papers.Generalisation.Suboptimality.Defs
public import RLHF.Probability.Hoeffding.Chernoff
public import RLHF.Probability.Sample

/-!
# Leave one out

What is modelled: the probability that a sample leaves a further prompt open, without an assumption
on the sample. Of `n + 1` prompts at most `k` are left open by the others, `k` the number of vectors
that span all differences of features; the prompts being exchangeable, the last one is left open
with probability at most `k / (n + 1)`.

## Main results
* `Problem.sum_leavesOpen_le`: at most `k` of `n + 1` prompts are left open by the others.
* `Problem.expectSample_leavesOpen_le`: `E_S Σ_x D(x) 1(S leaves x open) ≤ k / (n + 1)`.
* `Problem.spanDifferences_unit`: `k = d` always does.

## References
arXiv 2601.16403, cf. Assumption 5 (feature coverage).
-/

public section

namespace RLHF

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R] {N m d n k : Nat}

theorem indicator_mono {E F : Prop} (h : E → F) :
    indicator (R := R) E ≤ indicator F := by
  unfold indicator; grind

theorem mean_sum {p : Fin m → R} (F : Fin n → Fin m → R) :
    mean p (fun a => sum fun i => F i a) = sum fun i => mean p (F i) := by
  have e : ∀ a, (p a * sum fun i => F i a) = sum fun i => p a * F i a := fun a => (sum_mul _ _).symm
  unfold mean
  rw [sum_congr e, sum_comm]

namespace Problem

variable {P : Problem R N m d} {D : Fin N → R}

/-- The unit vectors span the differences of features. -/
theorem spanDifferences_unit (P : Problem R N m d) :
    P.SpanDifferences fun l j : Fin d => if l = j then (1 : R) else 0 := fun x a b =>
  ⟨P.feature x a - P.feature x b, unit_combination (P.feature x a - P.feature x b)⟩

/-- Of the prompts `T` the one at `i` has a direction that does not vary at the others. -/
private def Alone (P : Problem R N m d) {s : Nat} (T : Fin s → Fin N) (i : Fin s) : Prop :=
  ∃ u : Vec R d, (∀ j, j ≠ i → ∀ a b, inner u (P.feature (T j) a) = inner u (P.feature (T j) b)) ∧
    ∃ a b, inner u (P.feature (T i) a) ≠ inner u (P.feature (T i) b)

/-- A direction `u`, and the coefficients `c` of a difference at `T_i`, for a prompt that is alone;
zeros for others. -/
private theorem exists_direction {w : Fin k → Vec R d} (hw : P.SpanDifferences w) {s : Nat}
    (T : Fin s → Fin N) (i : Fin s) : ∃ uc : Vec R d × Vec R k,
    (∀ j, j ≠ i → ∀ a b, inner uc.1 (P.feature (T j) a) = inner uc.1 (P.feature (T j) b)) ∧
    (∀ u : Vec R d, (∀ a b, inner u (P.feature (T i) a) = inner u (P.feature (T i) b)) →
      inner (fun l => inner u (w l)) uc.2 = 0) ∧
    (P.Alone T i → inner (fun l => inner uc.1 (w l)) uc.2 ≠ 0) := by
  by_cases hi : P.Alone T i
  · obtain ⟨u, hu, a, b, hab⟩ := hi
    obtain ⟨c, hc⟩ := hw (T i) a b
    have e := fun v : Vec R d =>
      inner_combination v (v := P.feature (T i) a - P.feature (T i) b) (w := w) hc
    refine ⟨(u, c), hu, fun v hv => ?_, fun _ => ?_⟩
    · have := hv a b
      rw [← e, inner_sub_right]; grind
    · rw [← e, inner_sub_right]; grind
  · exact ⟨(0, 0), fun j _ a b => by rw [inner_zero_left, inner_zero_left],
      fun u _ => inner_zero_right _, fun h => absurd h hi⟩

/-- At most `k` of finitely many prompts are alone. -/
private theorem sum_alone_le {w : Fin k → Vec R d} (hw : P.SpanDifferences w) {s : Nat}
    (T : Fin s → Fin N) : (sum fun i => indicator (P.Alone T i)) ≤ (k : R) := by
  obtain ⟨uc, h⟩ := Classical.axiomOfChoice (exists_direction hw T)
  refine sum_le_of_biorthogonal (fun i l => inner (uc i).1 (w l)) (fun i => (uc i).2)
    (fun i j hij => (h j).2.1 _ ((h i).1 j (Ne.symm hij)))
    (fun i => by unfold indicator; grind) fun i hi => ?_
  rw [indicator_of_not fun ha => (h i).2.2 ha hi]
  grind

private theorem alone_zero {S : Fin n → Fin N} {x : Fin N} (h : P.LeavesOpen S x) :
    P.Alone (consSample x S) 0 := by
  obtain ⟨u, hu, hx⟩ := h
  refine ⟨u, fun j hj => ?_, hx⟩
  cases j using Fin.cases with
  | zero => exact absurd rfl hj
  | succ j => exact hu j

private theorem alone_succ {S : Fin n → Fin N} {x : Fin N} {i : Fin n}
    (h : P.LeavesOpen (replaceAt S i x) (S i)) : P.Alone (consSample x S) i.succ := by
  obtain ⟨u, hu, hx⟩ := h
  refine ⟨u, fun j hj => ?_, hx⟩
  cases j using Fin.cases with
  | zero => have := hu i; unfold replaceAt at this; rw [if_pos rfl] at this; exact this
  | succ j =>
    have := hu j
    unfold replaceAt at this
    rw [if_neg fun e => hj (congrArg Fin.succ e)] at this
    exact this

/-- Of `n + 1` prompts at most `k` are left open by the others. -/
theorem sum_leavesOpen_le {w : Fin k → Vec R d} (hw : P.SpanDifferences w) (S : Fin n → Fin N)
    (x : Fin N) : indicator (P.LeavesOpen S x) +
      (sum fun i => indicator (P.LeavesOpen (replaceAt S i x) (S i))) ≤ (k : R) := by
  have h := sum_alone_le hw (consSample x S)
  have h0 := indicator_mono (R := R) (alone_zero (P := P) (S := S) (x := x))
  have h1 := sum_mono fun i =>
    indicator_mono (R := R) (alone_succ (P := P) (S := S) (x := x) (i := i))
  rw [sum_succ] at h
  grind

/-- Leave one out: `E_S Σ_x D(x) 1(S leaves x open) ≤ k / (n + 1)`. -/
theorem expectSample_leavesOpen_le {w : Fin k → Vec R d} (hw : P.SpanDifferences w)
    (hD : IsProb D) (n : Nat) : expectSample D (fun S : Fin n → Fin N =>
      mean D fun x => indicator (P.LeavesOpen S x)) ≤ (k : R) / ((n : R) + 1) := by
  have hn := natCast_nonneg (R := R) n
  have h := expectSample_mono hD.nonneg fun S : Fin n → Fin N =>
    mean_le hD fun x => sum_leavesOpen_le hw S x
  have e : ∀ S : Fin n → Fin N, mean D (fun x => indicator (P.LeavesOpen S x) +
      sum fun i => indicator (P.LeavesOpen (replaceAt S i x) (S i))) =
      mean D (fun x => indicator (P.LeavesOpen S x)) +
      sum fun i => mean D fun x => indicator (P.LeavesOpen (replaceAt S i x) (S i)) := fun S => by
    rw [mean_add, mean_sum]
  have g := fun i : Fin n => (expectSample_ghost (D := D)
    (fun S x => indicator (R := R) (P.LeavesOpen S x)) i).symm
  rw [expectSample_congr e, expectSample_add, expectSample_sum, sum_congr g, sum_const,
    expectSample_const hD] at h
  rw [le_div_iff (by grind)]
  grind

end Problem

end RLHF
