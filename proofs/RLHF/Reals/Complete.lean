module
public import RLHF.Reals.Field

/-!
# The reals are complete

What is modelled: every real is below some natural number, and every nonempty set of reals that is
bounded above has a least upper bound. For each `n` take a rational upper bound `q n` of the set
such that `q n - 1 / (n + 1)` is none; these settle, and their limit is the least upper bound.

## Main results
* `Real.exists_nat_ge` (Archimedes), `Real.isLub_sup` (completeness).
-/

public section

namespace RLHF.Real

open CauSeq Lean.Grind

/-! ### Archimedes -/

theorem exists_nat_gt (q : Rat) : ∃ n : Nat, q < (n : Rat) := by
  refine ⟨(q.floor + 1).toNat, ?_⟩
  have h1 := Rat.lt_floor_add_one q
  have h2 : ((q.floor + 1 : Int) : Rat) ≤ (((q.floor + 1).toNat : Int) : Rat) :=
    Rat.intCast_le_intCast.2 (Int.self_le_toNat _)
  rw [Rat.intCast_natCast] at h2
  grind

theorem ofRat_le {p q : Rat} (h : p ≤ q) : ofRat p ≤ ofRat q := fun ε hε =>
  Eventually.of_forall fun i => by simp only [const_term]; grind

theorem lt_of_ofRat_lt {p q : Rat} (h : ofRat p < ofRat q) : p < q := by
  obtain ⟨δ, hδ, k⟩ := lt_iff.1 h
  obtain ⟨i, hi⟩ := k.exists
  simp only [const_term] at hi
  grind

theorem exists_rat_ge : ∀ x : Real, ∃ q, x ≤ ofRat q := ind fun a => by
  obtain ⟨B, -, h⟩ := a.bounded
  exact ⟨B, fun ε hε => h.mono fun i hi => by simp only [const_term]; grind [Near]⟩

theorem exists_rat_lt (x : Real) : ∃ q, ofRat q < x := by
  obtain ⟨q, h⟩ := exists_rat_ge (-x + 1)
  refine ⟨-q, ?_⟩
  rw [show ofRat (-q) = -ofRat q from mk_congr fun _ => rfl]
  grind

/-- Every real is at most some natural number. -/
theorem exists_nat_ge (x : Real) : ∃ n : Nat, x ≤ (n : Real) := by
  obtain ⟨q, hq⟩ := exists_rat_ge x
  obtain ⟨n, hn⟩ := exists_nat_gt q
  exact ⟨n, Std.le_trans hq (ofRat_le (by grind))⟩

/-! ### Least upper bounds -/

/-- `1 / (n + 1)`. -/
noncomputable def recip (n : Nat) : Rat := 1 / ((n : Rat) + 1)

theorem recip_pos (n : Nat) : 0 < recip n := by
  have : (0 : Rat) ≤ (n : Rat) := Rat.natCast_nonneg
  unfold recip
  rw [Rat.lt_div_iff (by grind)]
  grind

theorem recip_lt {ε : Rat} (hε : 0 < ε) : ∃ N, ∀ n, N ≤ n → recip n < ε := by
  obtain ⟨N, hN⟩ := exists_nat_gt (1 / ε)
  refine ⟨N, fun n hn => ?_⟩
  have hn' : (N : Rat) ≤ (n : Rat) := Rat.natCast_le_natCast.2 hn
  have h0 : (0 : Rat) ≤ (N : Rat) := Rat.natCast_nonneg
  unfold recip
  rw [Rat.div_lt_iff hε] at hN
  rw [Rat.div_lt_iff (by grind)]
  have := Rat.mul_nonneg (a := (n : Rat) - N) (b := ε) (by grind) (by grind)
  grind

/-- A step of length `δ` leads from `¬ P` to `P`. -/
theorem exists_step {P : Rat → Prop} {p r δ : Rat} (hδ : 0 < δ) (hp : ¬ P p) (hr : P r)
    (mono : ∀ s t, s ≤ t → P s → P t) : ∃ q, P q ∧ ¬ P (q - δ) := by
  obtain ⟨n, hn⟩ := exists_nat_gt ((r - p) / δ)
  rw [Rat.div_lt_iff hδ] at hn
  have h : P (p + n * δ) := mono r _ (by grind) hr
  clear hn
  induction n with
  | zero => rw [show p + ((0 : Nat) : Rat) * δ = p by grind] at h; exact absurd h hp
  | succ n ih =>
    by_cases k : P (p + n * δ)
    · exact ih k
    · refine ⟨_, h, fun l => k ?_⟩
      rwa [show p + ((n + 1 : Nat) : Rat) * δ - δ = p + n * δ by
        rw [Rat.natCast_add]; grind] at l

variable {S : Real → Prop}

theorem exists_upper (hS : ∃ x, S x) {b : Real} (hb : ∀ x, S x → x ≤ b) {δ : Rat} (hδ : 0 < δ) :
    ∃ q, (∀ x, S x → x ≤ ofRat q) ∧ ∃ x, S x ∧ ofRat (q - δ) < x := by
  obtain ⟨x, hx⟩ := hS
  obtain ⟨p, hp⟩ := exists_rat_lt x
  obtain ⟨r, hr⟩ := exists_rat_ge b
  obtain ⟨q, hq, h⟩ := exists_step (P := fun q => ∀ x, S x → x ≤ ofRat q) hδ (p := p) (r := r)
    (fun h => by have := h x hx; grind) (fun x hx => Std.le_trans (hb x hx) hr)
    (fun s t h k x hx => Std.le_trans (k x hx) (ofRat_le h))
  simp only [Classical.not_forall] at h
  obtain ⟨y, hy, h⟩ := h
  exact ⟨q, hq, y, hy, Std.not_le.1 h⟩

/-- Upper bounds that shrink by ever smaller steps settle. -/
noncomputable def cut {q : Nat → Rat} (h : ∀ i j, q i - recip i < q j) : CauSeq :=
  ⟨q, fun ε hε => by
    obtain ⟨N, hN⟩ := recip_lt hε
    refine ⟨q N, N, fun i hi => ?_⟩
    have := hN i hi
    have := hN N (Nat.le_refl N)
    have := h i N
    have := h N i
    grind [Near]⟩

theorem isLub_cut {q : Nat → Rat} (h : ∀ i j, q i - recip i < q j)
    (h1 : ∀ n x, S x → x ≤ ofRat (q n)) (h2 : ∀ n, ∃ x, S x ∧ ofRat (q n - recip n) < x) :
    IsLub S (mk (cut h)) := by
  refine ⟨ind fun a ha ε hε => ?_, ind fun a ha ε hε => ?_⟩
  · obtain ⟨N, hN⟩ := recip_lt (ε := ε / 2) (by grind)
    refine (h1 N _ ha (ε / 2) (by grind)).mono fun i (hi : a.term i < q N + ε / 2) => ?_
    have := h N i
    have := hN N (Nat.le_refl N)
    show a.term i < q i + ε
    grind
  · obtain ⟨N, hN⟩ := recip_lt (ε := ε / 3) (by grind)
    obtain ⟨x, hx, hxq⟩ := h2 N
    have hle : ofRat (q N - recip N) ≤ mk a := by have := ha x hx; grind
    refine ((hle (ε / 3) (by grind)).and ⟨N, hN⟩).mono
      fun i (hi : q N - recip N < a.term i + ε / 3 ∧ recip i < ε / 3) => ?_
    have := h i N
    have := hN N (Nat.le_refl N)
    show q i < a.term i + ε
    grind

/-- **Completeness.** -/
theorem exists_isLub (hS : ∃ x, S x) {b : Real} (hb : ∀ x, S x → x ≤ b) : ∃ u, IsLub S u := by
  obtain ⟨q, hq⟩ := Classical.axiomOfChoice fun n => exists_upper hS hb (recip_pos n)
  have h : ∀ i j, q i - recip i < q j := fun i j => by
    obtain ⟨x, hx, hxq⟩ := (hq i).2
    have := (hq j).1 x hx
    exact lt_of_ofRat_lt (by grind)
  exact ⟨_, isLub_cut h (fun n => (hq n).1) fun n => (hq n).2⟩

/-- What `sup` gives is the least upper bound, for a nonempty set that is bounded above. -/
theorem isLub_sup (hS : ∃ x, S x) {b : Real} (hb : ∀ x, S x → x ≤ b) : IsLub S (sup S) := by
  have h := exists_isLub hS hb
  rw [show sup S = Classical.choose h from dif_pos h]
  exact Classical.choose_spec h

end RLHF.Real
