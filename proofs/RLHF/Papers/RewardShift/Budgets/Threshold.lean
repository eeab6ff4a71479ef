module
public import RLHF.Foundations.Weighted
public import RLHF.Papers.RewardShift.ClippedKl.Clip
public import RLHF.Probability.Occurrence.Basic

/-!
# The threshold at which to clip

What is modelled: a cost `c` for each unit of the threshold `τ`, against the mean of what exceeds
it. The cost `c τ + E(Z - τ)₊` is least at a quantile of `Z`.

## Main results
* `threshold_optimal`: a threshold `t` with `P(Z > t) ≤ c ≤ P(Z ≥ t)` is optimal.
* `exists_threshold`: there is one among the values of `Z` and `0`.
* `threshold_antitone`: it does not increase with `c`.

## References
arXiv 2602.21765, cf. the choice of its threshold.
-/

public section

namespace RLHF

open Lean.Grind

universe u
variable {R : Type u} [ExpField R] {m : Nat} {p Z : Fin m → R} {c t τ : R}

theorem posPart_sub_above (h : t ≤ τ) (z : R) :
    posPart (z - t) ≤ posPart (z - τ) + (τ - t) * indicator (t < z) := by
  by_cases hz : t < z
  · rw [indicator_eq_one hz]; unfold posPart max; grind
  · rw [indicator_eq_zero hz]; unfold posPart max; grind

theorem posPart_sub_below (h : τ ≤ t) (z : R) :
    posPart (z - t) + (t - τ) * indicator (t ≤ z) ≤ posPart (z - τ) := by
  by_cases hz : t ≤ z
  · rw [indicator_eq_one hz]; unfold posPart max; grind
  · rw [indicator_eq_zero hz]; unfold posPart max; grind

theorem mean_posPart_above (hp : IsProb p) (h : t ≤ τ) :
    (mean p fun a => posPart (Z a - t)) ≤
      (mean p fun a => posPart (Z a - τ)) + (τ - t) * mean p fun a => indicator (t < Z a) := by
  rw [← mean_mul, ← mean_add]
  exact mean_mono hp.nonneg fun a => posPart_sub_above h (Z a)

theorem mean_posPart_below (hp : IsProb p) (h : τ ≤ t) :
    (mean p fun a => posPart (Z a - t)) + (t - τ) * (mean p fun a => indicator (t ≤ Z a)) ≤
      mean p fun a => posPart (Z a - τ) := by
  rw [← mean_mul, ← mean_add]
  exact mean_mono hp.nonneg fun a => posPart_sub_below h (Z a)

/-- No threshold `τ ≥ 0` costs less than `t` if `P(Z > t) ≤ c`, and `c ≤ P(Z ≥ t)` or `t = 0`. -/
theorem threshold_optimal (hp : IsProb p) (h1 : (mean p fun a => indicator (t < Z a)) ≤ c)
    (h2 : (c ≤ mean p fun a => indicator (t ≤ Z a)) ∨ t = 0) (hτ : 0 ≤ τ) :
    (c * t + mean p fun a => posPart (Z a - t)) ≤ c * τ + mean p fun a => posPart (Z a - τ) := by
  by_cases h : t ≤ τ
  · have h3 := mean_posPart_above (Z := Z) hp h
    have h4 := mul_le_mul_left h1 (by grind : 0 ≤ τ - t)
    grind
  · obtain h2 | h2 := h2
    · have h3 := mean_posPart_below (Z := Z) hp (by grind : τ ≤ t)
      have h4 := mul_le_mul_left h2 (by grind : 0 ≤ t - τ)
      grind
    · grind

/-- The optimal threshold does not increase with the cost. -/
theorem threshold_antitone {c' t' : R} (hp : IsProb p) (hc : c < c')
    (h1 : (mean p fun a => indicator (t < Z a)) ≤ c) (ht : 0 ≤ t)
    (h2 : (c' ≤ mean p fun a => indicator (t' ≤ Z a)) ∨ t' = 0) : t' ≤ t := by
  by_cases h : t' ≤ t
  · exact h
  · have h3 : (mean p fun a => indicator (t' ≤ Z a)) ≤ mean p fun a => indicator (t < Z a) :=
      mean_mono hp.nonneg fun a => by unfold indicator; grind
    grind

/-! ### There is one -/

/-- Of finitely many indices with a property there is one with the least value. -/
theorem exists_least_among {n : Nat} (f : Fin n → R) (A : Fin n → Prop) (h : ∃ i, A i) :
    ∃ i, A i ∧ ∀ j, A j → f i ≤ f j := by
  induction n with
  | zero => exact h.elim fun i _ => i.elim0
  | succ n ih =>
    by_cases h1 : ∃ i, A (Fin.succ i)
    · obtain ⟨i, hi, hm⟩ := ih (fun i => f i.succ) (fun i => A i.succ) h1
      by_cases h0 : A 0 ∧ f 0 ≤ f i.succ
      · exact ⟨0, h0.1, Fin.cases (fun _ => Std.le_refl _) fun j hj => Std.le_trans h0.2 (hm j hj)⟩
      · exact ⟨i.succ, hi, Fin.cases (fun hz => by grind) hm⟩
    · obtain ⟨i, hi⟩ := h
      have h0 : A 0 := by
        revert hi
        exact Fin.cases id (fun j hj => (h1 ⟨j, hj⟩).elim) i
      exact ⟨0, h0, Fin.cases (fun _ => Std.le_refl _) fun j hj => (h1 ⟨j, hj⟩).elim⟩

/-- Above a threshold lies nothing, or what lies at or above the next value. -/
theorem above_eq_next (hp : IsProb p) (hc : 0 ≤ c) (t : R)
    (h : ∀ b, t < Z b → (mean p fun a => indicator (Z b ≤ Z a)) ≤ c) :
    (mean p fun a => indicator (t < Z a)) ≤ c := by
  by_cases h0 : ∃ b, t < Z b
  · obtain ⟨b, hb, hm⟩ := exists_least_among Z (fun b => t < Z b) h0
    refine Std.le_trans (mean_mono hp.nonneg fun a => ?_) (h b hb)
    have := hm a
    unfold indicator; grind
  · have e : (mean p fun a => indicator (t < Z a)) = mean p fun _ => 0 :=
      mean_congr fun a => by unfold indicator; grind
    rw [e, mean_const hp]
    exact hc

/-- If `P(Z > 0) > c`, the largest value `t` with `P(Z ≥ t) ≥ c` is such a threshold. -/
theorem exists_threshold_pos (hp : IsProb p) (hc : 0 ≤ c)
    (h : c < mean p fun a => indicator (0 < Z a)) :
    ∃ b, 0 < Z b ∧ (mean p fun a => indicator (Z b < Z a)) ≤ c ∧
      c ≤ mean p fun a => indicator (Z b ≤ Z a) := by
  have hS : ∃ b, 0 < Z b ∧ c ≤ mean p fun a => indicator (Z b ≤ Z a) := by
    by_cases h0 : ∃ b, 0 < Z b ∧ c ≤ mean p fun a => indicator (Z b ≤ Z a)
    · exact h0
    · have := above_eq_next hp hc (Z := Z) 0 fun b hb => by
        by_cases h1 : c ≤ mean p fun a => indicator (Z b ≤ Z a)
        · exact (h0 ⟨b, hb, h1⟩).elim
        · grind
      grind
  obtain ⟨b, ⟨hb, hcb⟩, hm⟩ := exists_least_among (fun a => -Z a) _ hS
  refine ⟨b, hb, above_eq_next hp hc _ fun b' hb' => ?_, hcb⟩
  by_cases h1 : c ≤ mean p fun a => indicator (Z b' ≤ Z a)
  · have := hm b' ⟨by grind, h1⟩
    grind
  · grind

/-- Among the values of `Z` and `0` there is a threshold that is optimal for `c`. -/
theorem exists_threshold (hp : IsProb p) (hc : 0 ≤ c) (Z : Fin m → R) :
    ∃ t, 0 ≤ t ∧ (t = 0 ∨ ∃ b, t = Z b) ∧ (mean p fun a => indicator (t < Z a)) ≤ c ∧
      ((c ≤ mean p fun a => indicator (t ≤ Z a)) ∨ t = 0) := by
  by_cases h : (mean p fun a => indicator (0 < Z a)) ≤ c
  · exact ⟨0, Std.le_refl _, .inl rfl, h, .inr rfl⟩
  · obtain ⟨b, h0, h1, h2⟩ := exists_threshold_pos (Z := Z) hp hc (by grind)
    exact ⟨Z b, Std.le_of_lt h0, .inr ⟨b, rfl⟩, h1, .inl h2⟩

end RLHF
