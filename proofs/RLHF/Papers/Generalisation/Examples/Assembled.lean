module
public import RLHF.Papers.Generalisation.Examples.NearParallel
public import RLHF.Papers.Generalisation.Main.Assembled

/-!
# Concrete instances: assembled bounds

What is modelled: every headline theorem of `Main.Assembled` at the problem of
`Examples.NearParallel`: three prompts, `B = 1`, `λ = 2`, `ρ = 1`, `M = 1`, `C = 4/5`. Without a
sample a gap is at most `C K ρ² = 2/5`; the instances conclude with numbers
far below (`Demo.near_gap_le`).
-/

@[expose] public section

namespace RLHF.Demo

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R]

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
