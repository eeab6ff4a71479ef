module
public import RLHF.Foundations.ExpUnit
public import RLHF.Geometry.Range
public import RLHF.Model.Constants
public import RLHF.Papers.Generalisation.Examples.Stability
public import RLHF.Papers.Generalisation.Stability.RandomCoverage
public import RLHF.Probability.Hoeffding.TwoPoint

/-!
# Three prompts whose features are nearly parallel

What is modelled: a problem with three prompts on which coverage says something: every sample sees
one direction well, along which the features of all prompts nearly lie.

## Main definitions
* `Demo.near`: three prompts, two actions with features `± f_x`, `f_0 = (1, 0)`, `f_1 = (1/2, 0)`,
  `f_2 = (1/2, 1/20)`, `q = 1/2`, `λ = 2`, `θ* = (3/5, 4/5)`.
* `Demo.nearPair`: the sample of the prompts `0` and `1`; the prompt `2` is not seen.

## Main results
* `Demo.near_coverage_pair`: `nearPair` covers at `0` with `ε = 1/20`, `σ = 5/8`.
* `Demo.coverage_edge_instance`, `Demo.near_edge`: `coverage_edge` at `nearPair` along `(0, 1)`, the
  direction that it misses, is an equality.
* `Demo.near_coverage_every`: every sample of `n` prompts covers at `0` with `ε = 1/10` and
  `σ = 1/(4n)`.
* `Demo.near_gap_le`: without a sample, a gap is at most `2/5`.
-/

@[expose] public section

namespace RLHF.Demo

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R]

/-- The vectors `(1, 0)`, `(1/2, 0)` and `(1/2, 1/20)`. -/
noncomputable def nearAxis (x : Fin 3) : Vec R 2 := fun j =>
  if j = 0 then (if x = 0 then 1 else 1 / 2) else (if x = 2 then 1 / 20 else 0)

/-- Features `± f_x`. -/
noncomputable def nearFeature (x : Fin 3) (a : Fin 2) : Vec R 2 := fun j =>
  if a = 0 then nearAxis x j else -nearAxis x j

/-- The problem with these features, a uniform reference policy, `λ = 2` and `θ* = (3/5, 4/5)`. -/
noncomputable def near : Problem R 3 2 2 where
  feature := nearFeature
  refPolicy _ _ := 1 / 2
  trueParam j := if j = 0 then 3 / 5 else 4 / 5
  klCoef := 2
  klCoef_pos := by grind
  refPolicy_pos _ _ := div_pos (by grind) (by grind)
  refPolicy_sum _ := by simp only [sum]; grind

/-- Prompt weights `1/3`. -/
noncomputable def nearWeights (_ : Fin 3) : R := 1 / 3

theorem nearWeights_isProb : IsProb (nearWeights (R := R)) where
  nonneg _ := div_nonneg (by grind) (by grind)
  sum_eq_one := by simp only [sum, nearWeights]; grind

/-- The sample of the prompts `0` and `1`. -/
def nearPair (i : Fin 2) : Fin 3 := i.castSucc

theorem near_featureBound : (near (R := R)).FeatureBound 1 := fun x a => by
  refine norm_le_of_inner_le (by grind) ?_
  show inner (nearFeature x a) (nearFeature x a) ≤ (1 * 1 : R)
  have e : inner (nearFeature x a) (nearFeature x a) =
      if x = 0 then 1 else if x = 1 then 1 / 4 else (101 / 400 : R) := by
    simp only [inner, sum, nearFeature, nearAxis]
    grind
  rw [e]
  repeat' split
  all_goals grind

theorem near_norm : norm ((near (R := R)).trueParam - 0) = 1 := by
  refine sqrt_eq (by grind) ?_
  simp only [inner, sum, Vec.sub_apply, Vec.zero_apply]
  show 1 * 1 = (3 / 5 - 0) * (3 / 5 - 0) + ((4 / 5 - 0) * (4 / 5 - 0) + (0 : R))
  grind

/-- At `θ = 0` the variance along `v` is `⟨v, f_x⟩²`. -/
theorem near_var (x : Fin 3) (v : Vec R 2) :
    var ((near (R := R)).policy x 0) (fun a => inner v (near.feature x a)) =
      inner v (nearAxis x) * inner v (nearAxis x) := by
  rw [Problem.policy_zero]
  show var (fun _ : Fin 2 => (1 / 2 : R)) (fun a => inner v (nearFeature x a)) = _
  have e : ∀ a, inner v (nearFeature x a) =
      (if a = 0 then 1 else -1) * inner v (nearAxis x) := fun a => by
    simp only [inner, sum, nearFeature]
    grind
  rw [funext e]
  generalize inner v (nearAxis x) = w
  simp only [var, cov, mean, sum]
  grind

/-! ### Coverage by one sample -/

theorem near_coverage_pair :
    (near (R := R)).Coverage nearPair 0 firstAxis (5 / 8) (1 / 20) where
  symm i j := by unfold firstAxis; grind
  residual_le x a := by
    refine norm_le_of_inner_le (div_nonneg (by grind) (by grind)) ?_
    show inner (nearFeature x a - mulVec firstAxis (nearFeature x a))
      (nearFeature x a - mulVec firstAxis (nearFeature x a)) ≤ 1 / 20 * (1 / 20 : R)
    have e : inner (nearFeature x a - mulVec firstAxis (nearFeature x a))
        (nearFeature x a - mulVec firstAxis (nearFeature x a)) =
        if x = 2 then 1 / 400 else (0 : R) := by
      simp only [inner, mulVec, sum, Vec.sub_apply, nearFeature, nearAxis, firstAxis]
      grind
    rw [e]
    split
    all_goals grind
  eigenvalue_pos := div_pos (by grind) (by grind)
  le_covariance v := by
    rw [Problem.inner_mulVec_covarianceOn, norm_mul_self]
    simp only [near_var]
    have h2 : ((2 : Nat) : R) = 2 := by grind
    have e0 : inner v (nearAxis (nearPair 0)) = v 0 := by
      simp only [inner, sum, nearAxis, nearPair]; grind
    have e1 : inner v (nearAxis (nearPair 1)) = v 0 / 2 := by
      simp only [inner, sum, nearAxis, nearPair]; grind
    have e : inner (mulVec firstAxis v) (mulVec firstAxis v) = v 0 * v 0 := by
      simp only [inner, mulVec, sum, firstAxis]; grind
    rw [e]
    unfold average
    simp only [sum, h2]
    show 5 / 8 * (v 0 * v 0) ≤ (inner v (nearAxis (nearPair 0)) * inner v (nearAxis (nearPair 0)) +
      (inner v (nearAxis (nearPair 1)) * inner v (nearAxis (nearPair 1)) + 0)) / 2
    rw [e0, e1]
    grind

/-- `nearPair` sees no variance along `(0, 1)`. -/
theorem near_covariance_shift :
    inner (mulVec ((near (R := R)).covarianceOn nearPair 0) shift) shift = 0 := by
  have h2 : ((2 : Nat) : R) = 2 := by grind
  have e : ∀ i, inner shift (nearAxis (R := R) (nearPair i)) = 0 := fun i => by
    have hi : nearPair i ≠ 2 := fun h => absurd (congrArg Fin.val h) (by
      show i.val ≠ 2
      omega)
    simp only [inner, sum, shift, nearAxis, hi]
    grind
  rw [Problem.inner_mulVec_covarianceOn, average_congr fun i => near_var (nearPair i) shift]
  simp only [average, sum, e, h2]
  grind

theorem norm_shift : norm (shift : Vec R 2) = 1 := by
  refine sqrt_eq (by grind) ?_
  simp only [inner, sum, shift]
  grind

/-- At the prompt that is not seen, along `(0, 1)`, where `V_S(0) = 0` and `ε = 1/20`. -/
theorem coverage_edge_instance :
    abs (inner shift ((near (R := R)).feature 2 0 - (near (R := R)).feature 2 1)) ≤
      2 * (1 / 20) := by
  have h := coverage_edge near near_coverage_pair (shift (R := R)) 2 0 1
  rw [near_covariance_shift, norm_shift, show (0 / (5 / 8) : R) = 0 by grind,
    sqrt_eq (y := 0) (by grind) (by grind)] at h
  grind

/-- It is an equality. -/
theorem near_edge :
    inner shift ((near (R := R)).feature 2 0 - (near (R := R)).feature 2 1) = 2 * (1 / 20) := by
  show inner shift (nearFeature 2 0 - nearFeature 2 1) = (2 * (1 / 20) : R)
  simp only [inner, sum, shift, nearFeature, nearAxis, Vec.sub_apply]
  grind

/-! ### Coverage by every sample -/

/-- The projector on the line of `f_x`. -/
noncomputable def nearProjector (x : Fin 3) (i : Fin 2) : Vec R 2 := fun j =>
  if x = 2 then
    (if i = 0 then (if j = 0 then 100 / 101 else 10 / 101)
      else (if j = 0 then 10 / 101 else 1 / 101))
  else firstAxis i j

/-- Residual of `f_x` at the line of `f_y`. -/
noncomputable def nearResidual (y x : Fin 3) : R :=
  if y = 2 then (if x = 0 then 1 / 101 else if x = 1 then 1 / 404 else 0)
  else (if x = 2 then 1 / 400 else 0)

theorem near_residual (y x : Fin 3) (a : Fin 2) :
    inner (nearFeature x a - mulVec (nearProjector y) (nearFeature x a))
      (nearFeature x a - mulVec (nearProjector y) (nearFeature x a)) =
    nearResidual (R := R) y x := by
  simp only [inner, mulVec, sum, Vec.sub_apply, nearFeature, nearAxis, nearProjector, firstAxis,
    nearResidual]
  obtain rfl | rfl | rfl : x = 0 ∨ x = 1 ∨ x = 2 := by omega
  all_goals by_cases hy : y = 2
  all_goals by_cases ha : a = 0
  all_goals simp only [hy, ha]
  all_goals grind

theorem near_projector_le (x : Fin 3) (v : Vec R 2) :
    inner (mulVec (nearProjector x) v) (mulVec (nearProjector x) v) ≤
      4 * (inner v (nearAxis x) * inner v (nearAxis x)) := by
  have h0 := mul_self_nonneg (v 0)
  have h1 := mul_self_nonneg (10 * v 0 + v 1)
  simp only [inner, mulVec, sum, nearAxis, nearProjector, firstAxis]
  obtain rfl | rfl | rfl : x = 0 ∨ x = 1 ∨ x = 2 := by omega
  all_goals grind

/-- The line of the first prompt of the sample covers all prompts. -/
theorem near_coverage_every {n : Nat} (S : Fin (n + 1) → Fin 3) : (near (R := R)).Coverage S 0
    (nearProjector (S 0)) (1 / 4 / ((n + 1 : Nat) : R)) (1 / 10) where
  symm i j := by unfold nearProjector firstAxis; grind
  residual_le x a := by
    refine norm_le_of_inner_le (div_nonneg (by grind) (by grind)) ?_
    show inner (nearFeature x a - mulVec (nearProjector (S 0)) (nearFeature x a))
      (nearFeature x a - mulVec (nearProjector (S 0)) (nearFeature x a)) ≤ 1 / 10 * (1 / 10 : R)
    rw [near_residual]
    unfold nearResidual
    repeat' split
    all_goals grind
  eigenvalue_pos := div_pos (div_pos (by grind) (by grind)) (natCast_pos (Nat.succ_pos n))
  le_covariance v := by
    rw [Problem.inner_mulVec_covarianceOn, norm_mul_self]
    simp only [near_var]
    have h := le_sum (f := fun i => inner v (nearAxis (S i)) * inner v (nearAxis (S i)))
      (fun i => mul_self_nonneg _) 0
    have h1 := near_projector_le (S 0) v
    unfold average
    rw [le_div_iff (natCast_pos (Nat.succ_pos n))]
    have hN : ((n + 1 : Nat) : R) ≠ 0 := by
      have := natCast_pos (R := R) (Nat.succ_pos n)
      grind
    generalize ((n + 1 : Nat) : R) = N at *
    generalize inner (mulVec (nearProjector (S 0)) v) (mulVec (nearProjector (S 0)) v) = w at *
    have e : 1 / 4 / N * w * N = w / 4 := by grind
    rw [e]
    grind

theorem near_coverage_all (S : Fin 3 → Fin 3) :
    (near (R := R)).Coverage S 0 (nearProjector (S 0)) (1 / 12) (1 / 10) := by
  have h := near_coverage_every (R := R) S
  have e : 1 / 4 / ((2 + 1 : Nat) : R) = 1 / 12 := by
    have : ((2 + 1 : Nat) : R) = 3 := by grind
    rw [this]
    grind
  rwa [e] at h

/-! ### Constants -/

/-- `e ≤ 3`, so `e^{-1} ≥ 1/3`. -/
theorem third_le_exp_neg_one : 1 / 3 ≤ exp (-1 : R) := by
  have h := expBound_one (R := R) 1 (by rw [abs_le]; grind)
  have h1 := exp_neg_mul_exp (1 : R)
  have h0 := exp_pos (-1 : R)
  have := mul_le_mul_left h (Std.le_of_lt h0)
  grind

theorem near_radius : 2 * (1 * 1) / (near (R := R)).klCoef = 1 := by
  show 2 * (1 * 1) / (2 : R) = 1
  grind

theorem near_norm_le : norm ((near (R := R)).trueParam - 0) ≤ 1 := by
  rw [near_norm]; exact Std.le_refl 1

theorem near_expBound : ExpBound ((near (R := R)).exponentRadius 1 1) (4 / 5) := by
  rw [Problem.exponentRadius_eq, near_radius]; exact expBound_one

theorem near_constant_nonneg : 0 ≤ (4 / 5 : R) := div_nonneg (by grind) (by grind)

/-- A fraction with `E ≥ 1/3` in its denominator. -/
theorem near_condition_le {E s : R} (hE : 1 / 3 ≤ E) (hs : 0 < s) :
    2 * (1 * 1) / (E * s) ≤ 6 / s := by
  have h := mul_le_mul_right hE (Std.le_of_lt hs)
  have h6 := div_nonneg (by grind : (0 : R) ≤ 6) hs
  have e : 6 / s * (1 / 3 * s) = 2 := by grind
  rw [div_le_iff (mul_pos (by grind) hs)]
  have := mul_le_mul_left h h6
  grind

theorem near_trueParam_norm : norm (near (R := R)).trueParam = 1 := by
  have e : (near (R := R)).trueParam - 0 = near.trueParam := Vec.ext fun j => by
    rw [Vec.sub_apply, Vec.zero_apply]; grind
  rw [← e]
  exact near_norm

/-- What holds without a sample, `hΔ²ρ²/λ` with `h = 1/5` and `Δ = 2`; `C K ρ²` is the same. -/
theorem near_gap_le {θ : Vec R 2} (hθ : norm ((near (R := R)).trueParam - θ) ≤ 1) :
    (near (R := R)).population nearWeights near.trueParam - near.population nearWeights θ ≤
      2 / 5 := by
  have k := near_featureBound.differenceBound.gap_le_radius_mul_self
    (hoeffdingBound_one_fifth (R := R)) hθ
  have h := mean_le nearWeights_isProb k
  have e : mean nearWeights (fun x => (near (R := R)).objectiveAt x near.trueParam -
      near.objectiveAt x θ) = near.population nearWeights near.trueParam -
        near.population nearWeights θ := mean_sub _ _
  have hk : (near (R := R)).klCoef = 2 := rfl
  rw [e, hk] at h
  exact Std.le_trans h (by grind)

/-- Coverage at `0` is coverage at `θ*`, with a third of `σ`. -/
theorem near_coverage_trueParam {n : Nat} {S : Fin n → Fin 3} {proj : Fin 2 → Vec R 2} {σ ε : R}
    (h : (near (R := R)).Coverage S 0 proj σ ε) :
    (near (R := R)).Coverage S near.trueParam proj (σ / 3) ε where
  symm := h.symm
  residual_le := h.residual_le
  eigenvalue_pos := div_pos h.eigenvalue_pos (by grind)
  le_covariance v := by
    have hρ : norm ((near (R := R)).trueParam - 0) ≤ 1 := by rw [near_norm]; exact Std.le_refl 1
    have h1 := (h.of_norm_sub_le near_featureBound hρ).le_covariance v
    rw [near_radius] at h1
    have h2 := mul_le_mul_right (mul_le_mul_left (third_le_exp_neg_one (R := R))
      (Std.le_of_lt h.eigenvalue_pos)) (mul_self_nonneg (norm (mulVec proj v)))
    grind

/-! ### Coverage by the population -/

/-- What the prompt `0` covers alone, with the weight `c`. -/
theorem near_coverage_first {w : Fin 3 → R} {c : R} (hw : ∀ x, 0 ≤ w x) (h0 : 0 < c)
    (hc : w 0 = c) :
    (near (R := R)).PopulationCoverage w near.trueParam firstAxis (c / 3) (1 / 20) where
  symm := near_coverage_pair.symm
  residual_le := near_coverage_pair.residual_le
  eigenvalue_pos := div_pos h0 (by grind)
  le_covariance v := by
    rw [Problem.inner_mulVec_covarianceUnder, norm_mul_self]
    have h := le_sum (f := fun x => w x * var ((near (R := R)).policy x near.trueParam)
      fun a => inner v (near.feature x a)) (fun x => mul_nonneg (hw x)
        (var_nonneg (near.policy_isProb x _).nonneg _)) 0
    have k := (near (R := R)).le_var_policy 0 near_featureBound near_norm_le
      fun a => inner v (near.feature 0 a)
    have e0 : inner v (nearAxis 0) = v 0 := by simp only [inner, sum, nearAxis]; grind
    have e : inner (mulVec firstAxis v) (mulVec firstAxis v) = v 0 * v 0 := by
      simp only [inner, mulVec, sum, firstAxis]; grind
    rw [near_radius, near_var, e0] at k
    have k2 := Std.le_trans (mul_le_mul_right (third_le_exp_neg_one (R := R))
      (mul_self_nonneg (v 0))) k
    have k3 := mul_le_mul_left k2 (Std.le_of_lt h0)
    rw [e]
    refine Std.le_trans ?_ h
    rw [hc]
    grind

end RLHF.Demo
