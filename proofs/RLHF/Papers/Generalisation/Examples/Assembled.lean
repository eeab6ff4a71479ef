module
public import RLHF.Papers.Generalisation.Examples.NearParallel
public import RLHF.Papers.Generalisation.Main.Assembled

/-!
# Concrete instances: assembled bounds

What is modelled: every headline theorem of `Main.Assembled` at the problem of
`Examples.NearParallel`: three prompts, `B = 1`, `λ = 2`, `ρ = 1`, `M = 1`, `C = 4/5`. Without a
sample a gap is at most `2/5` (`Demo.near_gap_le`); the instances conclude with numbers far below.

## Main definitions
* `Demo.nearOptimum`: the empirical optimum of least norm, which is not always `θ*`.
-/

@[expose] public section

namespace RLHF.Demo

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R]

/-! ### Empirical optima -/

/-- Vector `(3/5, 0)`: as good as `θ*` on the prompts `0` and `1`, and not `θ*`. -/
noncomputable def nearPartial : Vec R 2 := fun j => if j = 0 then 3 / 5 else 0

/-- The projection of `θ*` on the line of `f_2`. -/
noncomputable def nearTilted : Vec R 2 := fun j => if j = 0 then 68 / 101 else 34 / 505

/-- `θ*` projected on what the features of `S` span: the optimum of least norm, for `n > 0`. -/
noncomputable def nearOptimum {n : Nat} (S : Fin n → Fin 3) : Vec R 2 :=
  if ∀ i, S i ≠ 2 then nearPartial else if ∀ i, S i = 2 then nearTilted else near.trueParam

/-- Where no feature of `S` sees `θ* - θ`, the gradient at `θ` is `0`. -/
theorem near_stationary {n : Nat} (hn : 0 < n) {S : Fin n → Fin 3} {θ : Vec R 2}
    (h : ∀ i a, inner ((near (R := R)).trueParam - θ) (near.feature (S i) a) = 0) :
    (near (R := R)).gradient S θ = 0 := by
  have h1 := (near (R := R)).inner_gradient_error S θ
  have hv : ∀ i, var (near.policy (S i) θ) (fun a =>
      inner ((near (R := R)).trueParam - θ) (near.feature (S i) a)) = 0 := fun i =>
    (near.var_policy_eq_zero_iff (S i) θ _).mpr fun a b => by rw [h, h]
  rw [average_congr hv, average_const hn] at h1
  have h3 := (near (R := R)).gradient_cocoercive S θ near_featureBound
  rw [norm_mul_self, h1] at h3
  have := inner_self_nonneg ((near (R := R)).gradient S θ)
  exact eq_zero_of_inner_self (by grind)

theorem near_partial_orthogonal {x : Fin 3} (hx : x ≠ 2) (a : Fin 2) :
    inner ((near (R := R)).trueParam - nearPartial) (near.feature x a) = 0 := by
  show inner (fun j => (if j = 0 then 3 / 5 else 4 / 5) - nearPartial j) (nearFeature x a) = (0 : R)
  simp only [inner, sum, nearPartial, nearFeature, nearAxis]
  grind

theorem near_tilted_orthogonal (a : Fin 2) :
    inner ((near (R := R)).trueParam - nearTilted) (near.feature 2 a) = 0 := by
  show inner (fun j => (if j = 0 then 3 / 5 else 4 / 5) - nearTilted j) (nearFeature 2 a) = (0 : R)
  simp only [inner, sum, nearTilted, nearFeature, nearAxis]
  grind

theorem nearOptimum_stationary {n : Nat} (hn : 0 < n) (S : Fin n → Fin 3) :
    (near (R := R)).gradient S (nearOptimum S) = 0 := by
  refine near_stationary hn fun i a => ?_
  unfold nearOptimum
  split
  · rename_i h
    exact near_partial_orthogonal (h i) a
  · split
    · rename_i h
      rw [h i]
      exact near_tilted_orthogonal a
    · have e : (near (R := R)).trueParam - near.trueParam = 0 := Vec.ext fun j => by
        rw [Vec.sub_apply, Vec.zero_apply]; grind
      rw [e, inner_zero_left]

theorem nearOptimum_error_le {n : Nat} (S : Fin n → Fin 3) :
    norm ((near (R := R)).trueParam - nearOptimum S) ≤ 1 := by
  refine norm_le_of_inner_le (by grind) ?_
  rw [inner_two]
  unfold nearOptimum
  split
  · show (3 / 5 - 3 / 5) * (3 / 5 - 3 / 5) + (4 / 5 - 0) * (4 / 5 - 0) ≤ (1 * 1 : R)
    grind
  · split
    · show (3 / 5 - 68 / 101) * (3 / 5 - 68 / 101) + (4 / 5 - 34 / 505) * (4 / 5 - 34 / 505) ≤
        (1 * 1 : R)
      grind
    · show (3 / 5 - 3 / 5) * (3 / 5 - 3 / 5) + (4 / 5 - 4 / 5) * (4 / 5 - 4 / 5) ≤ (1 * 1 : R)
      grind

/-! ### Every sample: concentration, optimisation, generalisation -/

/-- Empirical optima of least norm on `10000` prompts. -/
theorem suboptimality_empirical_optimum_instance :
    expectSample nearWeights (fun S : Fin 10000 → Fin 3 =>
      (near (R := R)).population nearWeights near.trueParam -
        near.population nearWeights (nearOptimum S)) ≤ 9 / 500 := by
  have h := suboptimality_empirical_optimum (near (R := R)) (alg := nearOptimum)
    (fun S : Fin (9999 + 1) → Fin 3 =>
      (near_coverage_trueParam (near_coverage_every S)).of_trueParam near_featureBound
        (nearOptimum_error_le S))
    near_featureBound nearOptimum_error_le (nearOptimum_stationary (by decide)) near_expBound
    near_constant_nonneg nearWeights_isProb (by decide)
  have hn : sqrt ((9999 + 1 : Nat) : R) = 100 := sqrt_eq (by grind) (by grind)
  have hk : (near (R := R)).klCoef = 2 := rfl
  rw [near_trueParam_norm, hn, hk] at h
  exact Std.le_trans h (by grind)

/-- Gradient ascent on each of these samples, stopped before `10^20` steps. -/
theorem suboptimality_ga_instance : ∃ t : (Fin 10000 → Fin 3) → Nat,
    (∀ S, t S < 100000000000000000000) ∧
    expectSample nearWeights (fun S => (near (R := R)).population nearWeights near.trueParam -
      near.population nearWeights (near.gradientAscent S 0 (near.stepSize 1) (t S))) ≤ 1 / 50 := by
  obtain ⟨t, ht, h⟩ := suboptimality_ga (near (R := R))
    (fun S : Fin (9999 + 1) → Fin 3 => near_coverage_trueParam (near_coverage_every S))
    near_featureBound near_norm near_expBound near_constant_nonneg nearWeights_isProb (by decide)
    (T := 100000000000000000000) (by decide)
  refine ⟨t, ht, Std.le_trans h ?_⟩
  have hN : ((9999 + 1 : Nat) : R) = 10000 := by grind
  have hn : sqrt (10000 : R) = 100 := sqrt_eq (by grind) (by grind)
  have hT : ((100000000000000000000 : Nat) : R) = 100000000000000000000 := by grind
  have hs : sqrt (100000000000000000000 : R) = 10000000000 := sqrt_eq (by grind) (by grind)
  have hκ := near_condition_le (third_le_exp_neg_one (R := R))
    (div_pos (div_pos (div_pos (by grind) (by grind)) (by grind)) (by grind) :
      (0 : R) < 1 / 4 / 10000 / 3)
  have hk : (near (R := R)).klCoef = 2 := rfl
  rw [conditionNumber_eq, Problem.exponentRadius_eq, Problem.cocoercivity_eq, near_radius,
    near_trueParam_norm, hN, hn, hT, hs, hk]
  generalize 2 * (1 * 1) / (exp (-1 : R) * (1 / 4 / 10000 / 3)) = κ at *
  grind

/-! ### One sample: the direct route -/

/-- Coverage at `θ*` by the prompts `0` and `1`. -/
theorem near_coverage_target : (near (R := R)).Coverage nearPair near.trueParam firstAxis
    (5 / 8 / 3) (1 / 20) :=
  near_coverage_trueParam near_coverage_pair

/-- Condition number at the iterates, `κ = 2B²/(e^{-M}σ) ≤ 144/5`. -/
theorem near_pair_condition :
    2 * (1 * 1) / (exp (-1 : R) * (5 / 8 / 3)) ≤ 144 / 5 := by
  have h := near_condition_le (third_le_exp_neg_one (R := R))
    (div_pos (div_pos (by grind) (by grind)) (by grind) : (0 : R) < 5 / 8 / 3)
  exact Std.le_trans h (by grind)

/-- The empirical optimum `(3/5, 0)` on the prompts `0` and `1`. -/
theorem suboptimality_direct_instance : (near (R := R)).population nearWeights near.trueParam -
    near.population nearWeights (nearOptimum nearPair) ≤ 1 / 500 := by
  have h := suboptimality_direct (near (R := R))
    (near_coverage_target.of_trueParam near_featureBound (nearOptimum_error_le nearPair))
    near_featureBound (nearOptimum_error_le nearPair) near_expBound near_constant_nonneg
    nearWeights_isProb
  have hk : (near (R := R)).klCoef = 2 := rfl
  rw [nearOptimum_stationary (by decide), norm_zero, hk] at h
  exact Std.le_trans h (by grind)

/-- Gradient ascent from `0` on the prompts `0` and `1`, before step `100000`. -/
theorem suboptimality_direct_ga_instance : ∃ t, t < 100000 ∧
    (near (R := R)).population nearWeights near.trueParam - near.population nearWeights
      (near.gradientAscent nearPair 0 (near.stepSize 1) t) ≤ 1 / 400 := by
  obtain ⟨t, ht, h⟩ := suboptimality_direct_ga (near (R := R)) near_coverage_target
    near_featureBound near_norm near_expBound near_constant_nonneg nearWeights_isProb
    (T := 100000) (by decide)
  refine ⟨t, ht, Std.le_trans h ?_⟩
  have hκ := near_pair_condition (R := R)
  have hk : (near (R := R)).klCoef = 2 := rfl
  have hT : ((100000 : Nat) : R) = 100000 := by grind
  rw [conditionNumber_eq, Problem.exponentRadius_eq, Problem.cocoercivity_eq, near_radius, hT, hk]
  generalize 2 * (1 * 1) / (exp (-1 : R) * (5 / 8 / 3)) = κ at *
  grind

/-- Stochastic gradient ascent, one of the two prompts a step, on average over `100000` iterates. -/
theorem suboptimality_sga_instance :
    (average fun t : Fin 100000 => expectSample uniform fun draws : Fin t → Fin 2 =>
      (near (R := R)).population nearWeights near.trueParam - near.population nearWeights
        (near.stochasticAscent nearPair 0 (near.stepSize 1) draws)) ≤ 1 / 400 := by
  refine Std.le_trans (suboptimality_sga (near (R := R)) near_coverage_target near_featureBound
    near_norm near_expBound near_constant_nonneg nearWeights_isProb (by decide) (by decide)) ?_
  have hκ := near_pair_condition (R := R)
  have hk : (near (R := R)).klCoef = 2 := rfl
  have hT : ((100000 : Nat) : R) = 100000 := by grind
  rw [conditionNumber_eq, Problem.exponentRadius_eq, Problem.cocoercivity_eq, near_radius, hT, hk]
  generalize 2 * (1 * 1) / (exp (-1 : R) * (5 / 8 / 3)) = κ at *
  grind

/-- The same with two sampled actions a step. -/
theorem suboptimality_sga_pairwise_instance : (average fun t : Fin 100000 => expectIterate
      ((near (R := R)).pairwiseTransition nearPair (near.klCoef / (2 * (1 * 1)))) t (fun θ =>
        near.population nearWeights near.trueParam - near.population nearWeights θ) 0) ≤
    1 / 400 := by
  refine Std.le_trans (suboptimality_sga_pairwise (near (R := R)) near_coverage_target
    near_featureBound near_norm near_expBound near_constant_nonneg nearWeights_isProb (by decide)
    (by decide)) ?_
  have hκ := near_pair_condition (R := R)
  have hk : (near (R := R)).klCoef = 2 := rfl
  have hT : ((100000 : Nat) : R) = 100000 := by grind
  rw [conditionNumber_eq, Problem.exponentRadius_eq, near_radius, hT, hk]
  generalize 2 * (1 * 1) / (exp (-1 : R) * (5 / 8 / 3)) = κ at *
  grind

/-- Factor `c` of the coverage error `1/20 = c n^{-1/4}` at `n = 2`. -/
noncomputable def nearFactor : R := 1 / 20 * exp (1 / 4 * log ((2 : Nat) : R))

theorem near_factor : nearFactor * exp (-(1 / 4 * log ((2 : Nat) : R))) = (1 / 20 : R) := by
  have := exp_neg_mul_exp (1 / 4 * log ((2 : Nat) : R))
  unfold nearFactor
  grind

theorem near_coverage_factor : (near (R := R)).Coverage nearPair (nearOptimum nearPair) firstAxis
    (exp (-(2 * (1 * 1) / (near (R := R)).klCoef)) * (5 / 8 / 3))
    (nearFactor * exp (-(1 / 4 * log ((2 : Nat) : R)))) := by
  rw [near_factor]
  exact near_coverage_target.of_trueParam near_featureBound (nearOptimum_error_le nearPair)

/-- At the empirical optimum the bound is what the coverage error leaves, `(4/5) c² / √2`, and that
is `1/500`. -/
theorem coverage_threshold_instance : (near (R := R)).population nearWeights near.trueParam -
    near.population nearWeights (nearOptimum nearPair) ≤
      4 / 5 * (nearFactor * nearFactor) * (1 / sqrt ((2 : Nat) : R)) ∧
    4 / 5 * (nearFactor * nearFactor) * (1 / sqrt ((2 : Nat) : R)) = (1 / 500 : R) := by
  have e := near_factor (R := R)
  obtain ⟨h, hs⟩ := coverage_threshold (near (R := R)) near_coverage_factor near_featureBound
    (nearOptimum_error_le nearPair) near_expBound near_constant_nonneg nearWeights_isProb
  have hk : (near (R := R)).klCoef = 2 := rfl
  rw [nearOptimum_stationary (by decide), norm_zero, hk, hs (by decide) rfl] at h
  refine ⟨Std.le_trans h (by grind), ?_⟩
  rw [← hs (by decide) rfl, show -(2 * (1 / 4) * log ((2 : Nat) : R)) =
    -(1 / 4 * log ((2 : Nat) : R)) + -(1 / 4 * log ((2 : Nat) : R)) by grind, exp_add]
  generalize exp (-(1 / 4 * log ((2 : Nat) : R))) = w at *
  grind

end RLHF.Demo
