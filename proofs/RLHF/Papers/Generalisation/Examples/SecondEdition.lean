module
public import RLHF.Papers.Generalisation.Examples.Assembled
public import RLHF.Papers.Generalisation.Main.SecondEdition

/-!
# Concrete instances: assembled theorems, second edition

What is modelled: every headline theorem of `Main.SecondEdition`, and two of `Main.Stability` on
the way, at the problem of `Examples.NearParallel`, gradient ascent from `0`. There `B = 1`,
`ρ = 1`, `λ = 2`, `M = 1`, `C = 4/5`, and without a sample a gap is at most `2/5`
(`Demo.near_gap_le`); the instances conclude with numbers far below. `coverage_tight` makes its own
problem.
-/

@[expose] public section

namespace RLHF.Demo

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R]

/-- `η = 1` is `1/L`: `L = (B²/λ)(1 + M) = 1`. -/
theorem near_step : (1 : R) * ((near (R := R)).cocoercivity 1 *
    (1 + near.exponentRadius 1 1)) ≤ 1 := by
  rw [Problem.exponentRadius_eq, near_radius]
  show (1 : R) * (1 * 1 / 2 * (1 + 1)) ≤ 1
  grind

/-! ### The gap on the sample -/

/-- At the prompt `2`, which has the smallest features but one: the gap of `0` is between
`289/31250` and `289/6250`. -/
theorem gap_two_sided_instance :
    (289 / 31250 : R) ≤ (near (R := R)).objectiveAt 2 near.trueParam - near.objectiveAt 2 0 ∧
    (near (R := R)).objectiveAt 2 near.trueParam - near.objectiveAt 2 0 ≤ 289 / 6250 := by
  have h := (gap_two_sided (n := 0) (near (R := R)) near_featureBound near_norm_le
    near_expBound).1 2
  rw [Problem.exponentRadius_eq, near_radius, Problem.inner_gradientAt_error, near_var] at h
  have e : inner ((near (R := R)).trueParam - 0) (nearAxis 2) = 17 / 50 := by
    simp only [inner, sum, Vec.sub_apply, Vec.zero_apply]
    show (3 / 5 - 0) * (1 / 2) + ((4 / 5 - 0) * (1 / 20) + 0) = (17 / 50 : R)
    grind
  have e2 : (17 / 50 * (17 / 50) / (near (R := R)).klCoef : R) = 289 / 5000 := by
    show (17 / 50 * (17 / 50) / 2 : R) = 289 / 5000
    grind
  rw [e, e2] at h
  generalize (near (R := R)).objectiveAt 2 near.trueParam - near.objectiveAt 2 0 = g at *
  obtain ⟨h1, h2⟩ := h
  grind

/-- On the prompts `0` and `1` features do not vary along `(0, 4/5)`. -/
theorem near_partial_stationary : (near (R := R)).gradient nearPair nearPartial = 0 :=
  near_stationary (by decide) fun i a => near_partial_orthogonal (fun h => by
    have := congrArg Fin.val h
    revert this
    show i.val ≠ 2
    omega) a

/-- Features do vary along `θ*`, so the gradient at `0` is not `0`. -/
theorem near_gradient_ne : (near (R := R)).gradient nearPair 0 ≠ 0 := fun h0 => by
  have h := (near_coverage_pair (R := R)).le_inner_gradient
  rw [h0, inner_zero_left, norm_mul_self] at h
  have e : inner (mulVec firstAxis ((near (R := R)).trueParam - 0))
      (mulVec firstAxis (near.trueParam - 0)) = 9 / 25 := by
    show inner (mulVec firstAxis fun j : Fin 2 => (if j = 0 then 3 / 5 else 4 / 5) - (0 : R))
      (mulVec firstAxis fun j : Fin 2 => (if j = 0 then 3 / 5 else 4 / 5) - (0 : R)) = 9 / 25
    simp only [inner, mulVec, sum, firstAxis]
    grind
  rw [e] at h
  have hk : (near (R := R)).klCoef = 2 := rfl
  rw [hk] at h
  grind

/-- `(3/5, 0)` maximises `J_S` on the prompts `0` and `1`; the start of gradient ascent does not. -/
theorem empirical_optimum_iff_instance :
    (∀ θ, (near (R := R)).objective nearPair θ ≤ near.objective nearPair nearPartial) ∧
    ¬∀ θ, (near (R := R)).objective nearPair θ ≤ near.objective nearPair 0 :=
  ⟨(empirical_optimum_iff near nearPair nearPartial).mp near_partial_stationary,
    fun h => near_gradient_ne ((empirical_optimum_iff near nearPair 0).mpr h)⟩

/-! ### Bounds on the population gap -/

/-- The last of `250000000` steps `η = 1` from `0`, as an algorithm on samples of `n` prompts. -/
noncomputable def nearLast {n : Nat} (S : Fin n → Fin 3) : Vec R 2 :=
  near.gradientAscent S 0 1 250000000

theorem nearLast_error_le {n : Nat} (S : Fin n → Fin 3) :
    norm ((near (R := R)).trueParam - nearLast S) ≤ 1 := by
  have h := (near (R := R)).error_le S 0 (η := 1) near_featureBound (by grind)
    (by show (1 : R) * (1 * 1) ≤ 2 * 2; grind) 250000000
  rw [near_norm] at h
  exact h

/-- Its empirical gap is at most `(4/5)/250000000`. -/
theorem nearLast_gap_le {n : Nat} (hn : 0 < n) (S : Fin n → Fin 3) :
    (near (R := R)).objective S near.trueParam - near.objective S (nearLast S) ≤
      1 / 312500000 := by
  have h := (near (R := R)).gap_last_iterate_le S 0 (η := 1) (C := 4 / 5) (T := 250000000)
    near_featureBound hn (by grind)
    (by rw [near_norm, near_radius]; show (1 : R) * (1 * 1 / 2 * (1 + 1)) ≤ 1; grind)
    (by rw [near_norm, near_radius]; exact expBound_one) near_constant_nonneg (by decide)
  have hT : ((250000000 : Nat) : R) = 250000000 := by grind
  rw [near_norm, hT] at h
  exact Std.le_trans h (by grind)

/-- So its gradient is at most `1/10000`. -/
theorem nearLast_gradient_le {n : Nat} (hn : 0 < n) (S : Fin n → Fin 3) :
    norm ((near (R := R)).gradient S (nearLast S)) ≤ 1 / 10000 := by
  have h1 := (near (R := R)).gradient_cocoercive S (nearLast S) near_featureBound
  have h2 := (near (R := R)).inner_gradient_le_gap S _ near_featureBound (nearLast_error_le S)
  have h3 := nearLast_gap_le (R := R) hn S
  have hk : (near (R := R)).klCoef = 2 := rfl
  rw [near_radius] at h2
  rw [norm_mul_self, hk] at h1
  exact norm_le_of_inner_le (div_nonneg (by grind) (by grind)) (by grind)

/-- The stability constant of this algorithm, from coverage and the size of its gradients. -/
noncomputable def nearStability : R := 4 / 5 * (2 * (1 * 1) / (exp (-(2 * (1 * 1) /
  (near (R := R)).klCoef)) * (1 / 12 / 3)) * 1 * (1 / 10000) +
    2 * (1 / 10 * (1 / 10)) * (1 * 1) / (near (R := R)).klCoef)

/-- Gradient ascent of `250000000` steps is uniformly stable. -/
theorem stability_from_gradients_instance :
    (near (R := R)).UniformlyStable (nearLast (n := 3)) nearStability :=
  stability_from_gradients near
    (fun S => (near_coverage_trueParam (near_coverage_all (R := R) S)).of_trueParam
      near_featureBound (nearLast_error_le S)) near_featureBound nearLast_error_le
    (nearLast_gradient_le (by decide)) near_expBound near_constant_nonneg

theorem nearStability_le : nearStability (R := R) ≤ 1 / 31 := by
  have hκ := near_condition_le (third_le_exp_neg_one (R := R))
    (div_pos (div_pos (by grind) (by grind)) (by grind) : (0 : R) < 1 / 12 / 3)
  have hk : (near (R := R)).klCoef = 2 := rfl
  unfold nearStability
  rw [near_radius, hk]
  generalize 2 * (1 * 1) / (exp (-1 : R) * (1 / 12 / 3)) = κ at *
  grind

/-- Its value on the sample and its value for the population differ by at most `1/31` in
expectation. -/
theorem uniform_stability_generalises_instance :
    abs (expectSample nearWeights fun S : Fin 3 → Fin 3 =>
      (near (R := R)).objective S (nearLast S) - near.population nearWeights (nearLast S)) ≤
        1 / 31 :=
  Std.le_trans (uniform_stability_generalises near stability_from_gradients_instance
    nearWeights_isProb (by decide)) nearStability_le

theorem nearLast_expected_gap_le : expectSample nearWeights (fun S : Fin 3 → Fin 3 =>
    (near (R := R)).objective S near.trueParam - near.objective S (nearLast S)) ≤
      1 / 312500000 := by
  have h := expectSample_mono (nearWeights_isProb (R := R)).nonneg
    (nearLast_gap_le (by decide : 0 < 3))
  rwa [expectSample_const nearWeights_isProb] at h

/-- Gradient ascent on every sample of three prompts: the population gap of the last iterate is at
most `1/30` in expectation. -/
theorem suboptimality_without_concentration_instance :
    expectSample nearWeights (fun S : Fin 3 → Fin 3 =>
      (near (R := R)).population nearWeights near.trueParam -
        near.population nearWeights (nearLast S)) ≤ 1 / 30 := by
  refine Std.le_trans (suboptimality_without_concentration near stability_from_gradients_instance
    nearWeights_isProb (by decide) nearLast_expected_gap_le).2.2 ?_
  have := nearStability_le (R := R)
  grind

/-- Gradient ascent of `1000000` steps on the prompts `0` and `1`: the population gap of the last
iterate, with the prompt `2` among the population, is at most `1/400`. -/
theorem suboptimality_ga_last_iterate_instance :
    (near (R := R)).population nearWeights near.trueParam -
      near.population nearWeights (near.gradientAscent nearPair 0 1 1000000) ≤ 1 / 400 := by
  have h := suboptimality_ga_last_iterate (near (R := R))
    near_coverage_target near_featureBound (by decide) near_norm
    (by grind : (0 : R) < 1) near_step near_expBound near_constant_nonneg nearWeights_isProb
    (T := 1000000) (by decide)
  have hκ := near_pair_condition (R := R)
  have hk : (near (R := R)).klCoef = 2 := rfl
  have hT : ((1000000 : Nat) : R) = 1000000 := by grind
  rw [conditionNumber_eq, Problem.exponentRadius_eq, near_radius, hk, hT] at h
  refine Std.le_trans h ?_
  generalize 2 * (1 * 1) / (exp (-1 : R) * (5 / 8 / 3)) = κ at *
  grind

theorem nearLeast_exists (R : Type u) [ExpField R] : ∃ t, t < 100000000 ∧
    ∀ s, s < 100000000 →
      norm ((near (R := R)).gradient nearPair (near.gradientAscent nearPair 0 (2 / (1 * 1)) t)) ≤
      norm (near.gradient nearPair (near.gradientAscent nearPair 0 (2 / (1 * 1)) s)) :=
  exists_least (fun t => norm ((near (R := R)).gradient nearPair
    (near.gradientAscent nearPair 0 (2 / (1 * 1)) t))) (by decide)

/-- The index of an iterate of least gradient norm among `100000000` of gradient ascent on the
prompts `0` and `1`, `λ/B² = 2`. -/
noncomputable def nearLeast (R : Type u) [ExpField R] : Nat := Classical.choose (nearLeast_exists R)

/-- Its population gap is at most `1/250`. -/
theorem suboptimality_ga_least_gradient_instance :
    (near (R := R)).population nearWeights near.trueParam - near.population nearWeights
      (near.gradientAscent nearPair 0 (2 / (1 * 1)) (nearLeast R)) ≤ 1 / 250 := by
  have h := (suboptimality_ga_least_gradient (near (R := R))
    near_coverage_target near_featureBound near_norm near_expBound
    near_constant_nonneg nearWeights_isProb (Classical.choose_spec (nearLeast_exists R)).1
    (Classical.choose_spec (nearLeast_exists R)).2 rfl).1
  have hκ := near_pair_condition (R := R)
  have hk : (near (R := R)).klCoef = 2 := rfl
  have hT : sqrt ((100000000 : Nat) : R) = 10000 := sqrt_eq (by grind) (by grind)
  rw [conditionNumber_eq, Problem.exponentRadius_eq, Problem.cocoercivity_eq, near_radius, hk,
    hT] at h
  refine Std.le_trans h ?_
  generalize 2 * (1 * 1) / (exp (-1 : R) * (5 / 8 / 3)) = κ at *
  grind

/-! ### Coverage by most samples -/

theorem exp_neg_thousand_le : exp (-(24000 * (1 / 3) / 8) : R) ≤ 1 / 1001 := by
  have h := mul_le_mul_left (add_one_le_exp (1000 : R)) (Std.le_of_lt (exp_pos (-1000)))
  rw [exp_neg_mul_exp] at h
  rw [show -(24000 * (1 / 3) / 8) = (-1000 : R) by grind]
  grind

/-- Of `24` prompts one is the prompt `0`, but for one sample in `10000`. -/
theorem nearLast_covered : (1 - 1 / 10000 : R) ≤ probSample nearWeights (fun S : Fin 24 → Fin 3 =>
    (near (R := R)).Coverage S (nearLast S) firstAxis
      (exp (-(2 * (1 * 1) / near.klCoef)) * (1 / 3 / ((24 : Nat) : R))) (1 / 20)) := by
  have h := (near (R := R)).le_probSample_coverage_part nearWeights_isProb
    (by decide : 0 < 24) fun x => 0 = x
  rw [sum_indicator_eq_mul 0 fun x => (1 - nearWeights x) ^ 24] at h
  have hcov := near_coverage_first (R := R) (w := fun x => indicator (0 = x))
    (fun _ => indicator_nonneg _) (by grind : (0 : R) < 1) (indicator_eq_one rfl)
  refine Std.le_trans (Std.le_trans ?_ h) (probSample_mono nearWeights_isProb fun S hS =>
    (hS.2 _ _ _ _ hcov).of_trueParam near_featureBound (nearLast_error_le S))
  show (1 - 1 / 10000 : R) ≤ 1 - (1 - 1 / 3) ^ 24
  grind

/-- So the population gap of gradient ascent on `24` prompts is at most `1/27` in expectation,
whether the sample holds the prompt `0` or not. -/
theorem suboptimality_mostly_covered_instance :
    expectSample nearWeights (fun S : Fin 24 → Fin 3 =>
      (near (R := R)).population nearWeights near.trueParam -
        near.population nearWeights (nearLast S)) ≤ 1 / 27 := by
  have h24 : ((24 : Nat) : R) = 24 := by grind
  have h := (suboptimality_mostly_covered (near (R := R)) nearLast_covered
    (mul_pos (exp_pos _) (div_pos (div_pos (by grind) (by grind)) (natCast_pos (by decide))))
    near_featureBound nearLast_error_le near_expBound near_constant_nonneg nearWeights_isProb).2
  have hg := expectSample_mono (nearWeights_isProb (R := R)).nonneg
    (nearLast_gradient_le (by decide : 0 < 24))
  have hκ := near_condition_le (third_le_exp_neg_one (R := R))
    (div_pos (div_pos (by grind) (by grind)) (by grind) : (0 : R) < 1 / 3 / 24)
  have hk : (near (R := R)).klCoef = 2 := rfl
  rw [expectSample_const nearWeights_isProb] at hg
  rw [conditionNumber_eq, near_radius, hk, h24] at h
  have := mul_le_mul hκ hg (by grind) (expectSample_nonneg nearWeights_isProb.nonneg fun _ =>
    norm_nonneg _)
  exact Std.le_trans h (by grind)

/-- The prompt `0` with its weight `1/3`. -/
theorem near_coverage_frequent : (near (R := R)).PopulationCoverage
    (fun x => nearWeights x * indicator (0 = x)) near.trueParam firstAxis (1 / 3 / 3) (1 / 20) :=
  near_coverage_first (fun x => mul_nonneg (nearWeights_isProb.nonneg x) (indicator_nonneg _))
    (div_pos (by grind) (by grind) : (0 : R) < 1 / 3)
    (by show (1 / 3 * indicator (0 = 0) : R) = 1 / 3; rw [indicator_eq_one rfl]; grind)

/-- Of `24000` prompts the prompt `0` has at least half of its expected share, but for one sample in
`1000`: the population gap of gradient ascent is at most `1/90` in expectation. -/
theorem suboptimality_frequent_prompts_instance :
    expectSample nearWeights (fun S : Fin 24000 → Fin 3 =>
      (near (R := R)).population nearWeights near.trueParam -
        near.population nearWeights (nearLast S)) ≤ 1 / 90 := by
  have hn : ((24000 : Nat) : R) = 24000 := by grind
  have h := (suboptimality_frequent_prompts (near (R := R)) (n := 24000)
    near_coverage_frequent rfl near_featureBound near_expBound near_constant_nonneg
    nearWeights_isProb).2 nearLast nearLast_error_le
  have hg := expectSample_mono (nearWeights_isProb (R := R)).nonneg
    (nearLast_gradient_le (by decide : 0 < 24000))
  have hκ := near_condition_le (third_le_exp_neg_one (R := R))
    (div_pos (div_pos (div_pos (by grind) (by grind)) (by grind)) (by grind) :
      (0 : R) < 1 / 3 / 3 / 2)
  have hk : (near (R := R)).klCoef = 2 := rfl
  have he : (sum fun x => indicator (0 = x) * exp (-(24000 * nearWeights (R := R) x / 8))) ≤
      1 / 1001 := by
    rw [sum_indicator_eq_mul 0 fun x => exp (-(24000 * nearWeights (R := R) x / 8))]
    exact exp_neg_thousand_le
  rw [expectSample_const nearWeights_isProb] at hg
  rw [conditionNumber_eq, Problem.exponentRadius_eq, near_radius, hk, hn] at h
  have := mul_le_mul hκ hg (by grind) (expectSample_nonneg nearWeights_isProb.nonneg fun _ =>
    norm_nonneg _)
  exact Std.le_trans h (by grind)

/-! ### Linear rate -/

/-- The sample of the prompts `0` and `2`; the prompt `1` is not seen. -/
def nearOuter (i : Fin 2) : Fin 3 := if i = 0 then 0 else 2

/-- The sample of the prompts `0` and `2` covers all features exactly. -/
theorem near_coverage_outer : (near (R := R)).Coverage nearOuter 0 identity (1 / 2000) 0 where
  symm i j := by unfold identity; grind
  residual_le x a := by
    have e : (near (R := R)).feature x a - (near (R := R)).feature x a = 0 :=
      Vec.ext fun i => by rw [Vec.sub_apply, Vec.zero_apply]; grind
    rw [mulVec_identity, e, norm_zero]
    grind
  eigenvalue_pos := div_pos (by grind) (by grind)
  le_covariance v := by
    rw [Problem.inner_mulVec_covarianceOn, norm_mul_self, mulVec_identity]
    simp only [near_var]
    have h2 : ((2 : Nat) : R) = 2 := by grind
    have e0 : inner v (nearAxis (nearOuter 0)) = v 0 := by
      simp only [inner, sum, nearAxis, nearOuter]; grind
    have e1 : inner v (nearAxis (nearOuter 1)) = v 0 / 2 + v 1 / 20 := by
      simp only [inner, sum, nearAxis, nearOuter]; grind
    unfold average
    simp only [sum, h2]
    show 1 / 2000 * inner v v ≤ (inner v (nearAxis (nearOuter 0)) *
      inner v (nearAxis (nearOuter 0)) + (inner v (nearAxis (nearOuter 1)) *
        inner v (nearAxis (nearOuter 1)) + 0)) / 2
    rw [e0, e1, inner_two]
    have := mul_self_nonneg (v 0)
    have := mul_self_nonneg (50 * v 0 + 3 * v 1)
    grind

/-- Gradient ascent on the prompts `0` and `2`, with `λ/B² = 2`: the gap at the unseen prompt `1`
decays geometrically from `2/5`, since the start covers. -/
theorem ga_linear_from_start_instance (t : Nat) :
    (near (R := R)).objectiveAt 1 near.trueParam -
      near.objectiveAt 1 (near.gradientAscent nearOuter 0 (2 / (1 * 1)) t) ≤
    2 / 5 * (1 - exp (-2) / 2000) ^ t := by
  have h := (ga_linear_from_start (near (R := R)) near_coverage_outer near_featureBound near_norm
    near_expBound near_constant_nonneg t).2 1
  have hk : (near (R := R)).klCoef = 2 := rfl
  have e : (1 - exp (-(2 * 1)) * (1 / 2000) / (1 * 1) : R) = 1 - exp (-2) / 2000 := by grind
  rw [Problem.exponentRadius_eq, Problem.cocoercivity_eq, near_radius, mulVec_identity, near_norm,
    hk, e] at h
  refine Std.le_trans h ?_
  generalize (1 - exp (-2) / 2000 : R) ^ t = r
  grind

/-! ### The coverage error is felt -/

/-- With `B = ρ = λ = 1`, `ε = 1/10` and a sample of `100` prompts: the gap is at least `1/1000`. -/
theorem coverage_tight_instance : ∃ (P : Problem R 2 2 2) (S : Fin 100 → Fin 2)
    (θ : Vec R 2) (proj : Fin 2 → Vec R 2), P.FeatureBound 1 ∧
    P.gradient S θ = 0 ∧ P.Coverage S θ proj (1 * 1) (1 / 10) ∧
    1 / 1000 ≤ P.population uniform P.trueParam - P.population uniform θ := by
  obtain ⟨P, S, θ, proj, -, hB, -, hg, hcov, -, h⟩ := coverage_tight (R := R) (B := 1)
    (ε := 1 / 10) (ρ := 1) (l := 1) ⟨div_pos (by grind) (by grind), by grind⟩ (by grind)
    (by grind) (by decide : 0 < 100)
  exact ⟨P, S, θ, proj, hB, hg, hcov, Std.le_trans (by grind) (h (by grind))⟩

end RLHF.Demo
