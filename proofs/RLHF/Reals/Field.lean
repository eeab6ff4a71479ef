module
public import RLHF.Reals.Defs

/-!
# The reals are an ordered field

## Main results
* `Real.instCommRing`, `Real.instIsLinearOrder`, `Real.instOrderedRing`, `Real.instField`.
* `Real.lt_iff`: `x < y` if the terms of `y` are above those of `x` by a fixed `δ > 0`, from some
  index on.
-/

@[expose] public section

namespace RLHF.Real

open CauSeq Lean.Grind

/-- To prove something of all reals, prove it of all limits. -/
theorem ind {P : Real → Prop} (h : ∀ a, P (mk a)) (x : Real) : P x := Quotient.ind h x

theorem mk_congr {a b : CauSeq} (h : ∀ i, a.term i = b.term i) : mk a = mk b :=
  Quotient.sound fun ε hε => Eventually.of_forall fun i => by have := h i; grind [Near]

theorem const_term (q : Rat) (i : Nat) : (const q).term i = q := rfl

theorem add_term (a b : CauSeq) (i : Nat) : (add a b).term i = a.term i + b.term i := rfl

theorem neg_term (a : CauSeq) (i : Nat) : (neg a).term i = -a.term i := rfl

theorem mul_term (a b : CauSeq) (i : Nat) : (mul a b).term i = a.term i * b.term i := rfl

/-! ### Commutative ring -/

/-- The laws hold term by term. -/
noncomputable instance instCommRing : CommRing Real where
  nsmul := ⟨fun n x => (n : Real) * x⟩
  zsmul := ⟨fun n x => (n : Real) * x⟩
  add_zero := ind fun a => mk_congr fun i => by simp only [add_term, const_term]; grind
  add_comm := ind fun a => ind fun b => mk_congr fun i => by simp only [add_term]; grind
  add_assoc := ind fun a => ind fun b => ind fun c => mk_congr fun i => by
    simp only [add_term]; grind
  mul_assoc := ind fun a => ind fun b => ind fun c => mk_congr fun i => by
    simp only [mul_term]; grind
  mul_comm := ind fun a => ind fun b => mk_congr fun i => by simp only [mul_term]; grind
  mul_one := ind fun a => mk_congr fun i => by simp only [mul_term, const_term]; grind
  one_mul := ind fun a => mk_congr fun i => by simp only [mul_term, const_term]; grind
  mul_zero := ind fun a => mk_congr fun i => by simp only [mul_term, const_term]; grind
  zero_mul := ind fun a => mk_congr fun i => by simp only [mul_term, const_term]; grind
  left_distrib := ind fun a => ind fun b => ind fun c => mk_congr fun i => by
    simp only [mul_term, add_term]; grind
  right_distrib := ind fun a => ind fun b => ind fun c => mk_congr fun i => by
    simp only [mul_term, add_term]; grind
  pow_zero _ := rfl
  pow_succ _ _ := rfl
  ofNat_succ n := mk_congr fun i => by simp only [add_term, const_term]; grind
  neg_add_cancel := ind fun a => mk_congr fun i => by
    simp only [add_term, neg_term, const_term]; grind
  sub_eq_add_neg _ _ := rfl
  neg_zsmul n := ind fun a => mk_congr fun i => by simp only [mul_term, neg_term, const_term]; grind
  intCast_neg n := mk_congr fun i => by simp only [neg_term, const_term]; grind

/-! ### Order -/

instance instIsLinearOrder : Std.IsLinearOrder Real where
  le_refl := ind fun a => le_of_equiv (setoid.refl a)
  le_trans := ind fun _ => ind fun _ => ind fun _ h k => CauSeq.le_trans h k
  le_antisymm := ind fun _ => ind fun _ h k => Quotient.sound (equiv_of_le h k)
  le_total := ind fun a => ind fun b => CauSeq.le_total a b

instance instLawfulOrderLT : Std.LawfulOrderLT Real where
  lt_iff x y := ⟨fun h => ⟨(Std.le_total (a := x) (b := y)).resolve_right h, h⟩, fun h => h.2⟩

theorem lt_iff {a b : CauSeq} :
    mk a < mk b ↔ ∃ δ, 0 < δ ∧ Eventually fun i => a.term i + δ < b.term i :=
  ⟨apart, fun ⟨_, hδ, h⟩ => not_le hδ h⟩

instance instOrderedAdd : OrderedAdd Real where
  add_le_left_iff := @fun x y z => by
    revert x y z
    exact ind fun a => ind fun b => ind fun c =>
      ⟨fun h ε hε => (h ε hε).mono fun i hi => by simp only [add_term]; grind,
        fun h ε hε => (h ε hε).mono fun i hi => by simp only [add_term] at hi; grind⟩

/-- Terms above `δ` and `ε` have a product above `δ ε`. -/
theorem mul_pos : ∀ x y : Real, 0 < x → 0 < y → 0 < x * y :=
  ind fun a => ind fun b => fun h k => by
    obtain ⟨δ, hδ, h⟩ := lt_iff.1 h
    obtain ⟨ε, hε, k⟩ := lt_iff.1 k
    refine lt_iff.2 ⟨δ * ε, Rat.mul_pos hδ hε, (h.and k).mono fun i hi => ?_⟩
    simp only [mul_term, const_term] at *
    have := Rat.mul_pos (a := a.term i - δ) (b := b.term i) (by grind) (by grind)
    have := Rat.mul_pos (a := b.term i - ε) (b := δ) (by grind) hδ
    grind

theorem lt_of_sub_pos {x y : Real} (h : 0 < y - x) : x < y := fun k => h (by
  have := (OrderedAdd.add_le_left_iff (-x)).1 k
  rwa [show y + -x = y - x by grind, show x + -x = 0 by grind] at this)

instance instOrderedRing : OrderedRing Real where
  zero_lt_one := lt_iff.2
    ⟨1 / 2, by grind, Eventually.of_forall fun i => by simp only [const_term]; grind⟩
  mul_lt_mul_of_pos_left := @fun a b c h k => lt_of_sub_pos (by
    have := mul_pos c (b - a) k (by grind)
    rwa [show c * b - c * a = c * (b - a) by grind])
  mul_lt_mul_of_pos_right := @fun a b c h k => lt_of_sub_pos (by
    have := mul_pos (b - a) c (by grind) k
    rwa [show b * c - a * c = (b - a) * c by grind])

/-! ### Inverses -/

/-- `|1/x - 1/y| < ε` if `x` and `y` are above `δ` and `|x - y| < ε δ²`. -/
theorem near_inv {x y δ ε : Rat} (hδ : 0 < δ) (hε : 0 < ε) (hx : δ < x) (hy : δ < y)
    (h : Near (ε * (δ * δ)) x y) : Near ε x⁻¹ y⁻¹ := by
  have hxy := Rat.mul_pos (a := x) (b := y) (by grind) (by grind)
  have e1 : x * x⁻¹ = 1 := Rat.mul_inv_cancel _ (by grind)
  have e2 : y * y⁻¹ = 1 := Rat.mul_inv_cancel _ (by grind)
  have h1 := Rat.mul_pos (a := x - δ) (b := y) (by grind) (by grind)
  have h2 := Rat.mul_pos (a := y - δ) (b := δ) (by grind) hδ
  have h3 := Rat.mul_pos (a := x * y - δ * δ) (b := ε) (by grind) hε
  have hu := Rat.mul_pos (Rat.inv_pos.2 (by grind : 0 < x)) (Rat.inv_pos.2 (by grind : 0 < y))
  have k1 := Rat.mul_pos (a := x * y * ε - (x - y)) (by grind [Near]) hu
  have k2 := Rat.mul_pos (a := x * y * ε - (y - x)) (by grind [Near]) hu
  rw [show (x * y * ε - (x - y)) * (x⁻¹ * y⁻¹) = ε - (y⁻¹ - x⁻¹) by grind] at k1
  rw [show (x * y * ε - (y - x)) * (x⁻¹ * y⁻¹) = ε - (x⁻¹ - y⁻¹) by grind] at k2
  grind [Near]

/-- The reciprocals of a Cauchy sequence that stays above some `δ > 0`. -/
noncomputable def inv (a : CauSeq) {δ : Rat} (hδ : 0 < δ)
    (h : Eventually fun i => δ < a.term i) : CauSeq :=
  ⟨fun i => (a.term i)⁻¹, fun ε hε => by
    have hm := Rat.mul_pos hε (Rat.mul_pos hδ hδ)
    obtain ⟨c, hc⟩ := a.settles (ε * (δ * δ) / 2) (by grind)
    obtain ⟨j, hj, hj'⟩ := (h.and hc).exists
    exact ⟨(a.term j)⁻¹, (h.and hc).mono fun i hi =>
      near_inv hδ hε hi.1 hj ((hi.2.trans hj'.symm).mono (by grind))⟩⟩

theorem exists_inv_of_pos : ∀ x : Real, 0 < x → ∃ y, x * y = 1 := ind fun a h => by
  obtain ⟨δ, hδ, h⟩ := lt_iff.1 h
  have h' : Eventually fun i => δ < a.term i := h.mono fun i hi => by
    simp only [const_term] at hi; grind
  refine ⟨mk (inv a hδ h'), Quotient.sound fun ε hε => h'.mono fun i hi => ?_⟩
  have h1 : a.term i * (a.term i)⁻¹ = 1 := Rat.mul_inv_cancel _ (by grind)
  show Near ε (a.term i * (a.term i)⁻¹) ((1 : Nat) : Rat)
  rw [h1]
  grind [Near]

theorem exists_inv {x : Real} (h : x ≠ 0) : ∃ y, x * y = 1 := by
  rcases Std.le_total (a := x) (b := 0) with k | k
  · obtain ⟨y, hy⟩ := exists_inv_of_pos (-x) (by grind)
    exact ⟨-y, by grind⟩
  · exact exists_inv_of_pos x (by grind)

theorem mul_inv_cancel {x : Real} (h : x ≠ 0) : x * x⁻¹ = 1 := by
  rw [show x⁻¹ = Classical.choose (exists_inv h) from dif_pos (exists_inv h)]
  exact Classical.choose_spec (exists_inv h)

theorem zero_ne_one : (0 : Real) ≠ 1 := fun h => by
  have : (0 : Real) < 1 := OrderedRing.zero_lt_one
  grind

theorem inv_zero : (0 : Real)⁻¹ = 0 := dif_neg fun ⟨y, hy⟩ => zero_ne_one (by grind)

theorem inv_inv (x : Real) : x⁻¹⁻¹ = x := by
  by_cases h : x = 0
  · rw [h, inv_zero, inv_zero]
  · have h1 := mul_inv_cancel h
    have h2 := mul_inv_cancel (x := x⁻¹) fun k => zero_ne_one (by rw [k] at h1; grind)
    grind

noncomputable instance instField : Field Real where
  div_eq_mul_inv _ _ := rfl
  zero_ne_one := zero_ne_one
  inv_zero := inv_zero
  mul_inv_cancel := mul_inv_cancel
  zpow_zero _ := rfl
  zpow_succ _ _ := rfl
  zpow_neg x n := by
    match n with
    | .ofNat 0 =>
      have := mul_inv_cancel (x := 1) (by have := zero_ne_one; grind)
      exact (show (1 : Real)⁻¹ = 1 by grind).symm
    | .ofNat (n + 1) => rfl
    | .negSucc n => exact (inv_inv _).symm

end RLHF.Real
