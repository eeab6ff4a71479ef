module

/-!
# Cauchy sequences of rationals

What is modelled: sequences of rational numbers that settle, the sum, the opposite and the product
of two of them, and when one of them is at most another.

## Conventions
* A sequence settles if for every `ε > 0` its terms are, from some index on, within `ε` of one
  rational number.
* `CauSeq.le a b` compares limits: the terms of `a` exceed those of `b` by less than any `ε > 0`,
  from some index on. Two sequences are equivalent if each is at most the other: their difference
  tends to `0`.

## Main results
* `CauSeq.equiv_add`, `CauSeq.equiv_neg`, `CauSeq.equiv_mul`: the operations respect equivalence.
* `CauSeq.apart`: what is not at most `b` exceeds `b` by a fixed `δ > 0` from some index on.
-/

@[expose] public section

namespace RLHF

/-- `P i` holds for all `i` from some index on. -/
def Eventually (P : Nat → Prop) : Prop := ∃ N, ∀ i, N ≤ i → P i

/-- `|a - b| < ε`. -/
def Near (ε a b : Rat) : Prop := a - b < ε ∧ b - a < ε

/-- A **Cauchy sequence** of rationals: it settles. This is the usual condition: terms within `ε` of
one rational are within `2 ε` of each other, and for terms within `ε` of each other one of them may
serve as the rational. -/
structure CauSeq where
  /-- The terms. -/
  term : Nat → Rat
  /-- For every `ε > 0` all terms from some index on are within `ε` of one rational. -/
  settles : ∀ ε, 0 < ε → ∃ c, Eventually fun i => Near ε (term i) c

theorem Eventually.mono {P Q : Nat → Prop} (h : Eventually P) (k : ∀ i, P i → Q i) :
    Eventually Q := by
  obtain ⟨N, hN⟩ := h
  exact ⟨N, fun i hi => k i (hN i hi)⟩

theorem Eventually.and {P Q : Nat → Prop} (h : Eventually P) (k : Eventually Q) :
    Eventually fun i => P i ∧ Q i := by
  obtain ⟨N, hN⟩ := h
  obtain ⟨M, hM⟩ := k
  exact ⟨N + M, fun i hi => ⟨hN i (by omega), hM i (by omega)⟩⟩

theorem Eventually.of_forall {P : Nat → Prop} (h : ∀ i, P i) : Eventually P := ⟨0, fun i _ => h i⟩

theorem Eventually.exists {P : Nat → Prop} (h : Eventually P) : ∃ i, P i := by
  obtain ⟨N, hN⟩ := h
  exact ⟨N, hN N (Nat.le_refl N)⟩

namespace Near

theorem mono {ε δ a b : Rat} (h : Near δ a b) (hδ : δ ≤ ε) : Near ε a b := by grind [Near]

theorem symm {ε a b : Rat} (h : Near ε a b) : Near ε b a := by grind [Near]

theorem add {ε δ a b c d : Rat} (h : Near ε a c) (k : Near δ b d) :
    Near (ε + δ) (a + b) (c + d) := by grind [Near]

theorem neg {ε a b : Rat} (h : Near ε a b) : Near ε (-a) (-b) := by grind [Near]

theorem trans {ε δ a b c : Rat} (h : Near ε a b) (k : Near δ b c) : Near (ε + δ) a c := by
  grind [Near]

/-- `|x y| < B δ` if `|x| < B` and `|y| < δ`. -/
theorem mul_zero {B δ x y : Rat} (h : Near B x 0) (k : Near δ y 0) : Near (B * δ) (x * y) 0 := by
  unfold Near at *
  have := Rat.mul_pos (a := B - x) (b := δ + y) (by grind) (by grind)
  have := Rat.mul_pos (a := B + x) (b := δ - y) (by grind) (by grind)
  have := Rat.mul_pos (a := B - x) (b := δ - y) (by grind) (by grind)
  have := Rat.mul_pos (a := B + x) (b := δ + y) (by grind) (by grind)
  grind

/-- From `a b - c d = a (b - d) + d (a - c)`. -/
theorem mul {B δ a b c d : Rat} (ha : Near B a 0) (hd : Near B d 0) (h : Near δ a c)
    (k : Near δ b d) : Near (2 * B * δ) (a * b) (c * d) := by
  have h1 := mul_zero ha (by grind [Near] : Near δ (b - d) 0)
  have h2 := mul_zero hd (by grind [Near] : Near δ (a - c) 0)
  grind [Near]

end Near

/-- A `δ` small enough for products of numbers below `B`. -/
theorem exists_small {B ε : Rat} (hB : 0 < B) (hε : 0 < ε) :
    ∃ δ, 0 < δ ∧ δ ≤ 1 ∧ 2 * B * δ ≤ ε := by
  have h0 : 0 < 2 * B + ε := by grind
  have h1 : ε / (2 * B + ε) * (2 * B + ε) = ε := Rat.div_mul_cancel (by grind)
  have h2 : 0 < ε / (2 * B + ε) := by rw [Rat.lt_div_iff h0]; grind
  have h3 := Rat.mul_pos h2 hB
  have h4 := Rat.mul_pos h2 hε
  exact ⟨_, h2, Std.le_of_lt ((Rat.div_lt_iff h0).2 (by grind)), by grind⟩

namespace CauSeq

/-- All terms from some index on are below some `B` in absolute value. -/
theorem bounded (a : CauSeq) : ∃ B, 0 < B ∧ Eventually fun i => Near B (a.term i) 0 := by
  obtain ⟨c, hc⟩ := a.settles 1 (by grind)
  have h0 := Lean.Grind.OrderedRing.sq_nonneg (a := c)
  have h1 := Lean.Grind.OrderedRing.sq_nonneg (a := c - 1)
  have h2 := Lean.Grind.OrderedRing.sq_nonneg (a := c + 1)
  exact ⟨c * c + 2, by grind, hc.mono fun i hi => by grind [Near]⟩

/-- A common bound of two sequences. -/
theorem bounded_both (a b : CauSeq) :
    ∃ B, 0 < B ∧ Eventually fun i => Near B (a.term i) 0 ∧ Near B (b.term i) 0 := by
  obtain ⟨A, hA, ha⟩ := a.bounded
  obtain ⟨B, hB, hb⟩ := b.bounded
  exact ⟨A + B, by grind,
    (ha.and hb).mono fun i hi => ⟨hi.1.mono (by grind), hi.2.mono (by grind)⟩⟩

/-! ### Operations -/

/-- The constant sequence. -/
noncomputable def const (q : Rat) : CauSeq :=
  ⟨fun _ => q, fun ε hε => ⟨q, Eventually.of_forall fun _ => by grind [Near]⟩⟩

/-- Sum, term by term. -/
noncomputable def add (a b : CauSeq) : CauSeq := ⟨fun i => a.term i + b.term i, fun ε hε => by
  obtain ⟨c, hc⟩ := a.settles (ε / 2) (by grind)
  obtain ⟨d, hd⟩ := b.settles (ε / 2) (by grind)
  exact ⟨c + d, (hc.and hd).mono fun i hi => (hi.1.add hi.2).mono (by grind)⟩⟩

/-- Opposite, term by term. -/
noncomputable def neg (a : CauSeq) : CauSeq := ⟨fun i => -a.term i, fun ε hε => by
  obtain ⟨c, hc⟩ := a.settles ε hε
  exact ⟨-c, hc.mono fun i hi => hi.neg⟩⟩

/-- Product, term by term. -/
noncomputable def mul (a b : CauSeq) : CauSeq := ⟨fun i => a.term i * b.term i, fun ε hε => by
  obtain ⟨B, hB, hab⟩ := bounded_both a b
  obtain ⟨δ, hδ, h1, hδε⟩ := exists_small (B := B + 1) (by grind) hε
  obtain ⟨c, hc⟩ := a.settles δ hδ
  obtain ⟨d, hd⟩ := b.settles δ hδ
  refine ⟨c * d, ((hc.and hd).and hab).mono fun i hi => ?_⟩
  have hd0 : Near (B + 1) d 0 := (hi.1.2.symm.trans hi.2.2).mono (by grind)
  exact ((hi.2.1.mono (by grind)).mul hd0 hi.1.1 hi.1.2).mono hδε⟩

/-! ### Equivalence and order -/

/-- The difference of the terms tends to `0`. -/
def Equiv (a b : CauSeq) : Prop :=
  ∀ ε, 0 < ε → Eventually fun i => Near ε (a.term i) (b.term i)

/-- For every `ε > 0` the terms of `a` are below those of `b` plus `ε`, from some index on. -/
def le (a b : CauSeq) : Prop := ∀ ε, 0 < ε → Eventually fun i => a.term i < b.term i + ε

/-- Sequences up to equivalence. -/
instance setoid : Setoid CauSeq where
  r := Equiv
  iseqv := {
    refl _ _ _ := Eventually.of_forall fun _ => by grind [Near]
    symm h ε hε := (h ε hε).mono fun _ hi => hi.symm
    trans h k ε hε := ((h (ε / 2) (by grind)).and (k (ε / 2) (by grind))).mono fun _ hi =>
      (hi.1.trans hi.2).mono (by grind) }

theorem equiv_add {a b c d : CauSeq} (h : Equiv a c) (k : Equiv b d) :
    Equiv (add a b) (add c d) := fun ε hε =>
  ((h (ε / 2) (by grind)).and (k (ε / 2) (by grind))).mono fun _ hi =>
    (hi.1.add hi.2).mono (by grind)

theorem equiv_neg {a b : CauSeq} (h : Equiv a b) : Equiv (neg a) (neg b) := fun ε hε =>
  (h ε hε).mono fun _ hi => hi.neg

theorem equiv_mul {a b c d : CauSeq} (h : Equiv a c) (k : Equiv b d) :
    Equiv (mul a b) (mul c d) := fun ε hε => by
  obtain ⟨B, hB, hB'⟩ := bounded_both a d
  obtain ⟨δ, hδ, _, hδε⟩ := exists_small hB hε
  exact (((h δ hδ).and (k δ hδ)).and hB').mono fun i hi =>
    (hi.2.1.mul hi.2.2 hi.1.1 hi.1.2).mono hδε

theorem le_trans {a b c : CauSeq} (h : le a b) (k : le b c) : le a c := fun ε hε =>
  ((h (ε / 2) (by grind)).and (k (ε / 2) (by grind))).mono fun i hi => by grind

theorem le_of_equiv {a b : CauSeq} (h : Equiv a b) : le a b := fun ε hε =>
  (h ε hε).mono fun i hi => by grind [Near]

theorem equiv_of_le {a b : CauSeq} (h : le a b) (k : le b a) : Equiv a b := fun ε hε =>
  ((h ε hε).and (k ε hε)).mono fun i hi => by grind [Near]

theorem le_congr {a b c d : CauSeq} (h : Equiv a c) (k : Equiv b d) : le a b ↔ le c d :=
  ⟨fun l => le_trans (le_of_equiv (setoid.symm h)) (le_trans l (le_of_equiv k)),
    fun l => le_trans (le_of_equiv h) (le_trans l (le_of_equiv (setoid.symm k)))⟩

/-- Where the terms of `a` are above those of `b` by `ε` again and again, they stay above by
`ε / 5`, since both sequences settle within `ε / 5`. -/
theorem apart {a b : CauSeq} (h : ¬ le a b) :
    ∃ δ, 0 < δ ∧ Eventually fun i => b.term i + δ < a.term i := by
  simp only [le, Classical.not_forall] at h
  obtain ⟨ε, hε, h⟩ := h
  obtain ⟨c, hc⟩ := a.settles (ε / 5) (by grind)
  obtain ⟨d, hd⟩ := b.settles (ε / 5) (by grind)
  refine ⟨ε / 5, by grind, Classical.byContradiction fun hn => h ?_⟩
  refine (hc.and hd).mono fun i hi => Classical.byContradiction fun hi' => ?_
  exact hn ((hc.and hd).mono fun j hj => by grind [Near])

theorem not_le {a b : CauSeq} {δ : Rat} (hδ : 0 < δ)
    (h : Eventually fun i => b.term i + δ < a.term i) : ¬ le a b := fun k => by
  obtain ⟨i, hi⟩ := (h.and (k δ hδ)).exists
  grind

theorem le_total (a b : CauSeq) : le a b ∨ le b a := by
  by_cases h : le a b
  · exact Or.inl h
  · obtain ⟨δ, hδ, h⟩ := apart h
    exact Or.inr fun ε hε => h.mono fun i hi => by grind

end CauSeq

end RLHF
