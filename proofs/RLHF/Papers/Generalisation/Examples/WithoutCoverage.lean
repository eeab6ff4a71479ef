module
public import RLHF.Foundations.ExpUnit
public import RLHF.Papers.Generalisation.Ascent.Expectation
public import RLHF.Papers.Generalisation.Main.WithoutCoverage
public import RLHF.Papers.Reals.Main.SharpConstants
public import RLHF.Probability.Occurrence.Basic

/-!
# Concrete instances: without coverage

What is modelled: every headline theorem of `Main.WithoutCoverage` at one problem: three prompts
with an axis each, and a fourth coordinate that no policy sees. The differences of features have
rank `3 < d = 4`. The rule knows `θ*` on the axes of the prompts of its sample and is `0` elsewhere:
the stationary point of least norm.

## Main definitions
* `Demo.Axes.problem`, `Demo.Axes.rule`.

## Main results
* `Demo.Axes.rule_ne`: it is not `θ*` on a sample that repeats one prompt.
* `Demo.Axes.gap_le`: without a sample a gap is at most `4/15`. At `n = 59` the bounds are `3/100`
  and `1/75`, at `n = 44` it is `2/15` with probability at least `15/16`.
-/

@[expose] public section

namespace RLHF.Demo

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R] {n : Nat}

namespace Axes

/-- `1` and `-1`. -/
noncomputable def side (a : Fin 2) : R := if a = 0 then 1 else -1

/-- Features `φ(x, a) = ±e_x + e_3`. -/
noncomputable def feature (x : Fin 3) (a : Fin 2) : Vec R 4 := fun j =>
  (if j = x.castSucc then side a else 0) + if j = Fin.last 3 then 1 else 0

/-- Three prompts, two actions, `q = 1/2`, `λ = 3`, `θ* = (1/2, 1/2, 1/2, 1/2)`. -/
noncomputable def problem : Problem R 3 2 4 where
  feature := feature
  refPolicy _ _ := 1 / 2
  trueParam _ := 1 / 2
  klCoef := 3
  klCoef_pos := by grind
  refPolicy_pos _ _ := by grind
  refPolicy_sum _ := by simp only [sum]; grind

open Classical in
/-- `θ_S`: the coordinates of `θ*` that belong to prompts of `S`, and `0` elsewhere. -/
noncomputable def rule (S : Fin n → Fin 3) : Vec R 4 := fun j =>
  if ∃ i, j = (S i).castSucc then 1 / 2 else 0

/-- The axes of the three prompts. -/
noncomputable def axis (l : Fin 3) : Vec R 4 := fun j => if j = l.castSucc then 1 else 0

theorem side_mul_self (a : Fin 2) : side a * side a = (1 : R) := by unfold side; grind

theorem inner_feature (v : Vec R 4) (x : Fin 3) (a : Fin 2) :
    inner v (feature x a) = v x.castSucc * side a + v (Fin.last 3) := by
  have e : ∀ j, v j * feature x a j = (if j = x.castSucc then v x.castSucc * side a else 0) +
      if j = Fin.last 3 then v (Fin.last 3) else 0 := fun j => by
    unfold feature
    by_cases h1 : j = x.castSucc <;> by_cases h2 : j = Fin.last 3 <;> simp only [h1, h2] <;> grind
  unfold inner
  rw [sum_congr e, sum_add, sum_single, sum_single]

theorem feature_axis (x : Fin 3) (a : Fin 2) : feature x a x.castSucc = (side a : R) := by
  have h : x.castSucc ≠ Fin.last 3 := fun h => by
    have := congrArg Fin.val h
    simp only [Fin.val_castSucc, Fin.val_last] at this
    omega
  unfold feature
  rw [if_pos rfl, if_neg h]
  grind

theorem feature_last (x : Fin 3) (a : Fin 2) : feature x a (Fin.last 3) = (1 : R) := by
  have h : Fin.last 3 ≠ x.castSucc := fun h => by
    have := congrArg Fin.val h
    simp only [Fin.val_castSucc, Fin.val_last] at this
    omega
  unfold feature
  rw [if_neg h, if_pos rfl]
  grind

theorem featureBound : (problem (R := R)).FeatureBound (3 / 2) := fun x a => by
  refine norm_le_of_inner_le (by grind) ?_
  show inner (feature x a) (feature x a) ≤ (3 / 2 * (3 / 2) : R)
  have := side_mul_self (R := R) a
  rw [inner_feature, feature_axis, feature_last]
  grind

theorem differenceBound : (problem (R := R)).DifferenceBound 2 := fun x a b => by
  refine norm_le_of_inner_le (by grind) ?_
  show inner (feature x a - feature x b) (feature x a - feature x b) ≤ (2 * 2 : R)
  rw [inner_sub_right, inner_feature, inner_feature, Vec.sub_apply, Vec.sub_apply, feature_axis,
    feature_axis, feature_last, feature_last]
  unfold side
  by_cases ha : a = 0 <;> by_cases hb : b = 0 <;> simp only [ha, hb] <;> grind

/-- The rank of the differences is `3`, not `d = 4`. -/
theorem spanDifferences : (problem (R := R)).SpanDifferences axis := fun x a b =>
  ⟨fun l => if l = x then side a - side b else 0, fun j => by
    have e : ∀ l : Fin 3, (if l = x then side a - side b else 0) * axis l j =
        (if l = x then (side a - side b) * axis x j else 0 : R) := fun l => by
      by_cases h : l = x
      · rw [if_pos h, if_pos h, h]
      · rw [if_neg h, if_neg h]; grind
    rw [sum_congr e, sum_single]
    show feature x a j - feature x b j = _
    unfold feature axis
    by_cases h : j = x.castSucc
    · rw [if_pos h, if_pos h, if_pos h]; grind
    · rw [if_neg h, if_neg h, if_neg h]; grind⟩

theorem gradient_rule (S : Fin n → Fin 3) : (problem (R := R)).gradient S (rule S) = 0 :=
  Problem.gradient_eq_zero_of_inner_eq fun i a b => by
    show inner ((fun _ => 1 / 2 : Vec R 4) - rule S) (feature (S i) a) =
      inner ((fun _ => 1 / 2 : Vec R 4) - rule S) (feature (S i) b)
    have h : rule (R := R) S (S i).castSucc = 1 / 2 := if_pos ⟨i, rfl⟩
    rw [inner_feature, inner_feature, Vec.sub_apply, h]
    grind

theorem norm_sub_rule_le (S : Fin n → Fin 3) :
    norm ((problem (R := R)).trueParam - rule S) ≤ 1 := by
  refine norm_le_of_inner_le (by grind) ?_
  have h := sum_mono (f := fun j : Fin 4 => (1 / 2 - rule S j) * (1 / 2 - rule S j))
    (g := fun _ => (1 / 4 : R)) fun j => by dsimp only; unfold rule; split <;> grind
  rw [sum_const] at h
  have e : ((4 : Nat) : R) = 4 := by grind
  rw [e] at h
  show (sum fun j : Fin 4 => (1 / 2 - rule S j) * (1 / 2 - rule S j)) ≤ (1 * 1 : R)
  grind

theorem rule_ne : rule (fun _ : Fin 59 => 0) ≠ (problem (R := R)).trueParam := fun h => by
  have h1 : rule (fun _ : Fin 59 => 0) 1 = (1 / 2 : R) := congrFun h 1
  have h0 : rule (fun _ : Fin 59 => 0) 1 = (0 : R) := if_neg fun ⟨_, hi⟩ => by
    have := congrArg Fin.val hi
    simp at this
  grind

theorem expBound : ExpBound ((problem (R := R)).exponentRadius (3 / 2) 1) (4 / 5) := by
  have e : (problem (R := R)).exponentRadius (3 / 2) 1 = 1 := by
    show 2 * (3 / 2 * 1) / (3 : R) = 1
    grind
  rw [e]
  exact expBound_one

theorem weights_isProb : IsProb (uniform (R := R) (n := 3)) := uniform_isProb (by decide)

/-- At `n = 59` the share `k/(n + 1)` is `1/20`. -/
theorem share_eq : ((3 : Nat) : R) / (((59 : Nat) : R) + 1) = 1 / 20 := by
  have e3 : ((3 : Nat) : R) = 3 := by grind
  have e59 : ((59 : Nat) : R) = 59 := by grind
  rw [e3, e59]
  grind

end Axes

/-- What holds without a sample, `hΔ²ρ²/λ` with `h = 1/5`, `Δ = 2` and `ρ = 1`. -/
theorem Axes.gap_le {θ : Vec R 4} (hθ : norm ((Axes.problem (R := R)).trueParam - θ) ≤ 1) :
    (Axes.problem (R := R)).population uniform Axes.problem.trueParam -
      (Axes.problem (R := R)).population uniform θ ≤ 4 / 15 := by
  have h := mean_le Axes.weights_isProb
    (Axes.differenceBound.gap_le_radius_mul_self (hoeffdingBound_one_fifth (R := R)) hθ)
  have hk : (Axes.problem (R := R)).klCoef = 3 := rfl
  rw [mean_sub, hk] at h
  exact Std.le_trans h (by grind)

theorem leave_one_out_instance : expectSample uniform (fun S : Fin 59 → Fin 3 =>
    mean uniform fun x => indicator ((Axes.problem (R := R)).LeavesOpen S x)) ≤
      ((3 : Nat) : R) / (((59 : Nat) : R) + 1) :=
  leave_one_out Axes.problem Axes.spanDifferences Axes.weights_isProb

theorem suboptimality_no_coverage_instance : expectSample uniform (fun S : Fin 59 → Fin 3 =>
    (Axes.problem (R := R)).population uniform Axes.problem.trueParam -
      (Axes.problem (R := R)).population uniform (Axes.rule S)) ≤ 3 / 100 := by
  have h := suboptimality_no_coverage Axes.problem Axes.spanDifferences Axes.featureBound
    Axes.norm_sub_rule_le (Axes.gradient_rule (R := R) (n := 59)) Axes.expBound (by grind)
    Axes.weights_isProb
  rw [Axes.share_eq] at h
  refine Std.le_trans h ?_
  show 4 / 5 * (3 / 2 * (3 / 2) / 3 * (1 * 1)) * (1 / 20) ≤ (3 / 100 : R)
  grind

/-- The first of the two bounds; the second, `Δρ k/(n + 1)`, is `1/10`. -/
theorem no_coverage_hoeffding_instance : expectSample uniform (fun S : Fin 59 → Fin 3 =>
    (Axes.problem (R := R)).population uniform Axes.problem.trueParam -
      (Axes.problem (R := R)).population uniform (Axes.rule S)) ≤ 1 / 75 := by
  have h := (no_coverage_hoeffding Axes.problem Axes.spanDifferences Axes.differenceBound
    hoeffding_constant Axes.norm_sub_rule_le (Axes.gradient_rule (R := R) (n := 59))
    Axes.weights_isProb).1
  rw [Axes.share_eq] at h
  refine Std.le_trans h ?_
  show 1 / 5 * (2 * 2) * (1 * 1) / 3 * (1 / 20) ≤ (1 / 75 : R)
  grind

/-- Of 44 prompts, four blocks of 11: with probability at least `15/16` less than half of the mass
is left open. Markov's inequality and `leave_one_out` leave a probability of `6/45`, not `1/16`. -/
theorem leave_one_out_tail_instance : probSample uniform (fun S : Fin 44 → Fin 3 =>
    (1 / 2 : R) ≤ mean uniform fun x => indicator ((Axes.problem (R := R)).LeavesOpen S x)) ≤
      (((3 : Nat) : R) / (1 / 2 * (((11 : Nat) : R) + 1))) ^ 4 :=
  leave_one_out_tail Axes.problem Axes.spanDifferences Axes.weights_isProb (b := 11) (L := 4)
    (by grind) (by decide)

/-- That probability is `15/16`. -/
theorem Axes.confidence :
    1 - (((3 : Nat) : R) / (1 / 2 * (((11 : Nat) : R) + 1))) ^ 4 = 15 / 16 := by
  have e3 : ((3 : Nat) : R) = 3 := by grind
  have e11 : ((11 : Nat) : R) = 11 := by grind
  rw [e3, e11]
  grind

theorem no_coverage_whp_instance : (15 / 16 : R) ≤
    probSample uniform (fun S : Fin 44 → Fin 3 => ∀ θ, (Axes.problem (R := R)).gradient S θ = 0 →
      norm ((Axes.problem (R := R)).trueParam - θ) ≤ 1 →
      (Axes.problem (R := R)).population uniform Axes.problem.trueParam -
        (Axes.problem (R := R)).population uniform θ ≤ 2 / 15) := by
  have h := no_coverage_whp (Axes.problem (R := R)) Axes.spanDifferences Axes.differenceBound
    hoeffding_constant Axes.weights_isProb (n := 44) (b := 11) (L := 4) (t := 1 / 2) (by grind)
    (by decide) (ρ := 1)
  rw [Axes.confidence] at h
  refine Std.le_trans h (probSample_mono Axes.weights_isProb fun S k θ h0 h1 =>
    Std.le_trans (k θ h0 h1) ?_)
  show 1 / 5 * (2 * 2) * (1 * 1) / 3 * (1 / 2) ≤ (2 / 15 : R)
  grind

end RLHF.Demo
