module
public import RLHF.Papers.Generalisation.Examples.HighProbability
public import RLHF.Papers.Generalisation.Examples.LogForm
public import RLHF.Papers.Generalisation.Examples.Randomised
public import RLHF.Papers.Generalisation.Examples.SecondEdition
public import RLHF.Papers.Generalisation.Examples.WithoutCoverage
public import RLHF.Papers.Generalisation.Main.SharpSecond
public import RLHF.Reals.Instance

/-!
# Concrete instances: with the least constant, second edition

What is modelled: every headline theorem of `Main.SharpSecond` at the reals, at the problem of the
theorem without `_sharp`, with `C = ψ(M)` for the constant that stands there.
-/

@[expose] public section

namespace RLHF.Demo

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

/-! ### Without coverage -/

theorem suboptimality_no_coverage_sharp_instance :
    expectSample uniform (fun S : Fin 59 → Fin 3 =>
      (Axes.problem (R := Real)).population uniform Axes.problem.trueParam -
        (Axes.problem (R := Real)).population uniform (Axes.rule S)) ≤
    psi (2 * (3 / 2 * 1) / 3) * (3 / 2 * (3 / 2) / 3 * (1 * 1)) *
      (((3 : Nat) : Real) / (((59 : Nat) : Real) + 1)) :=
  suboptimality_no_coverage_sharp Axes.problem archimedean_real Axes.spanDifferences
    Axes.featureBound Axes.norm_sub_rule_le Axes.gradient_rule rfl Axes.weights_isProb

/-! ### With the logarithm kept -/

theorem gap_log_form_sharp_instance :
    (partlySeen (R := Real)).objectiveAt 2 partTarget - partlySeen.objectiveAt 2 0 ≤
    1 * log (1 + psi (2 * 1 * (1 / 2) / 1) / 1 *
      inner (partlySeen.gradientAt 2 0) (partTarget - 0)) :=
  gap_log_form_sharp partlySeen archimedean_real partlySeen_differenceBound norm_partTarget_le rfl 2

theorem gap_log_form_sample_sharp_instance :
    (partlySeen (R := Real)).objective partSample partTarget - partlySeen.objective partSample 0 ≤
      1 * log (1 + psi (2 * 1 * (1 / 2) / 1) / 1 *
        inner (partlySeen.gradient partSample 0) (partTarget - 0)) ∧
    (partlySeen (R := Real)).population partWeights partTarget -
        partlySeen.population partWeights 0 ≤
      1 * log (1 + psi (2 * 1 * (1 / 2) / 1) / 1 *
        mean partWeights fun x => inner (partlySeen.gradientAt x 0) (partTarget - 0)) :=
  have h := gap_log_form_sample_sharp (n := 2) (D := partWeights) partlySeen archimedean_real
    partlySeen_differenceBound norm_partTarget_le rfl
  ⟨h.1 partSample, h.2 partWeights_isProb⟩

/-- At the stationary point of the sample. -/
theorem suboptimality_direct_log_sharp_instance :
    (partlySeen (R := Real)).population partWeights partTarget -
        partlySeen.population partWeights partFitted ≤
      1 * log (1 + psi (2 * (1 * (2 / 5)) / 1) / 1 *
        (2 * (1 / 10 * (1 / 10)) * (2 / 5 * (2 / 5)) / 1)) := by
  have h := (suboptimality_direct_log_sharp (partlySeen (R := Real)) archimedean_real
    partFitted_coverage partlySeen_featureBound norm_partFitted_le rfl partWeights_isProb).2
  rw [gradient_partFitted, norm_zero, Semiring.mul_zero, Semiring.mul_zero,
    AddCommMonoid.zero_add] at h
  exact h

theorem suboptimality_direct_ga_log_sharp_instance : ∃ t, t < 400 ∧
    (partlySeen (R := Real)).population partWeights partTarget -
      partlySeen.population partWeights (partlySeen.gradientAscent partSample 0 (1 / (1 * 1)) t) ≤
    1 * log (1 + psi (2 * (1 * (1 / 2)) / 1) / 1 *
      (2 * (1 * 1) / (exp (-(2 * (1 * (1 / 2)) / 1)) * (exp (-(2 * (1 * (1 / 2)) / 1)) * 1)) *
        (1 * 1 / 1 * (1 / 2 * (1 / 2)) / ((400 : Nat) : Real)) +
          2 * (1 / 10 * (1 / 10)) * (1 / 2 * (1 / 2)) / 1)) := by
  obtain ⟨t, ht, -, h⟩ := suboptimality_direct_ga_log_sharp (partlySeen (R := Real)) (ρ := 1 / 2)
    archimedean_real
    (partlySeen_coverage.of_norm_sub_le partlySeen_featureBound norm_partTarget_le)
    partlySeen_featureBound norm_partTarget rfl partWeights_isProb (T := 400) (by decide)
  exact ⟨t, ht, h⟩

theorem suboptimality_sga_log_sharp_instance :
    (average fun t : Fin 400 => expectSample uniform fun draws : Fin t → Fin 2 =>
      (partlySeen (R := Real)).population partWeights partTarget - partlySeen.population partWeights
        (partlySeen.stochasticAscent partSample 0 (1 / (1 * 1)) draws)) ≤
    1 * log (1 + psi (2 * (1 * (1 / 2)) / 1) / (1 * 1) *
      ((1 + 1) * (1 * 1 / (exp (-(2 * (1 * (1 / 2)) / 1)) *
        (exp (-(2 * (1 * (1 / 2)) / 1)) * 1)) * (1 * (1 * 1 / 1 * (1 / 2 * (1 / 2)) /
          ((400 : Nat) : Real)))) + (1 + 1 / 1) * (1 / 10 * (1 / 2) * (1 / 10 * (1 / 2))))) :=
  suboptimality_sga_log_sharp (partlySeen (R := Real)) (ρ := 1 / 2) archimedean_real
    (partlySeen_coverage.of_norm_sub_le partlySeen_featureBound norm_partTarget_le)
    partlySeen_featureBound norm_partTarget rfl partWeights_isProb (by decide) (T := 400)
    (by decide) (s := 1) (by grind)

/-! ### With high probability -/

theorem suboptimality_whp_ga_sharp_instance : (13 / 16 : Real) ≤ probSample axesWeights
    (fun S : Fin 128 → Fin 3 => ∃ t, t < 1000 ∧
      axesGap (R := Real) (axes.gradientAscent S 0 (1 / (1 * 1)) t) ≤
      2 * (psi (2 * (1 * axesRadius) / 1) *
        (1 * 1 / 1 * (axesRadius * axesRadius) / ((1000 : Nat) : Real)))) :=
  Std.le_trans axes_probability_le (suboptimality_whp_ga_sharp axes archimedean_real
    axesWeights_isProb axesWeights_ge axes_featureBound (by decide) rfl rfl (T := 1000) (by decide))

theorem suboptimality_whp_sga_sharp_instance : (13 / 16 : Real) ≤ probSample axesWeights
    (fun S : Fin 128 → Fin 3 =>
      (average fun t : Fin 1000 => expectSample uniform fun draws : Fin t → Fin 128 =>
        axesGap (R := Real) (axes.stochasticAscent S 0 (1 / (1 * 1)) draws)) ≤
      2 * (psi (2 * (1 * axesRadius) / 1) *
        (1 * 1 / 1 * (axesRadius * axesRadius) / ((1000 : Nat) : Real)))) :=
  Std.le_trans axes_probability_le (suboptimality_whp_sga_sharp axes archimedean_real
    axesWeights_isProb axesWeights_ge axes_featureBound (by decide) rfl rfl (T := 1000) (by decide))

/-! ### Randomised algorithms -/

/-- The least constant of the problem with three prompts. -/
noncomputable def threePsi : Real := psi (2 * (9 / 8 * (1 / 16)) / (three (R := Real)).klCoef)

/-- Bound of the two terms, with the least constant. -/
noncomputable def threeSharpBound (n T : Nat) : Real :=
  threePsi * (9 / 8 * (9 / 8) / (three (R := Real)).klCoef * (1 / 16 * (1 / 16)) /
      sqrt (T : Real)) +
    threePsi * (2 * (9 / 8 * (9 / 8)) /
      (exp (-(2 * (9 / 8 * (1 / 16)) / (three (R := Real)).klCoef)) * threeEigenvalue n) *
        (1 / 16) * (9 / 8 * (9 / 8) / (three (R := Real)).klCoef * (1 / 16) / sqrt (T : Real)) +
      2 * (1 / 4 * (1 / 4)) * (1 / 16 * (1 / 16)) / (three (R := Real)).klCoef)

theorem suboptimality_sga_two_terms_sharp_instance :
    (expectSample (uniform (n := 3)) fun S : Fin 4 → Fin 3 =>
      expectSample uniform fun draws : Fin 100000000 → Fin 4 =>
        (three (R := Real)).population uniform (three (R := Real)).trueParam -
          (three (R := Real)).population uniform (threeOutput S draws)) ≤
    threeSharpBound 4 100000000 :=
  suboptimality_sga_two_terms_sharp three archimedean_real (three_coverage_trueParam (n := 3))
    three_featureBound three_radius rfl (uniform_isProb (by decide)) (by decide) (by decide)

theorem suboptimality_sga_three_terms_sharp_instance :
    (expectSample (uniform (n := 3)) fun S : Fin 10000 → Fin 3 =>
      expectSample uniform fun draws : Fin 1000000000000 → Fin 10000 =>
        (three (R := Real)).population uniform (three (R := Real)).trueParam -
          (three (R := Real)).population uniform (threeOutput S draws)) ≤
    9 / 8 * norm (three (R := Real)).trueParam / sqrt ((10000 : Nat) : Real) +
      threeSharpBound 10000 1000000000000 := by
  have h := suboptimality_sga_three_terms_sharp three archimedean_real
    (three_coverage_trueParam (n := 9999)) three_featureBound three_radius rfl
    (uniform_isProb (n := 3) (by decide)) (n := 10000) (by decide) (T := 1000000000000) (by decide)
  unfold threeSharpBound threePsi
  rw [← Semiring.add_assoc]
  exact h

/-- The bound of `suboptimality_noisy` at the step size `(64/81)/√T`, with the least constant. -/
noncomputable def noisySharpBound : Real :=
  psi (2 * (9 / 8 * (2 * (1 / 16))) / (three (R := Real)).klCoef) *
    (2 * (9 / 8 * (9 / 8)) / (exp (-(2 * (9 / 8 * (2 * (1 / 16))) / (three (R := Real)).klCoef)) *
        noisyEigenvalue) *
      ((norm ((three (R := Real)).trueParam - 0) * norm ((three (R := Real)).trueParam - 0) /
        (64 / 81) + 64 / 81 * (1 / 5 * (1 / 5))) / sqrt ((100000000 : Nat) : Real)) +
    2 * (1 / 4 * (1 / 4)) * (2 * (1 / 16) * (2 * (1 / 16))) / (three (R := Real)).klCoef)

theorem suboptimality_noisy_sharp_instance :
    (average fun t : Fin 100000000 => expectSample uniform fun draws : Fin t → Fin 6 =>
      (three (R := Real)).population uniform (three (R := Real)).trueParam -
        (three (R := Real)).population uniform (projectedAscent jitteredGradient 0 (1 / 16) 0
          (64 / 81 / sqrt ((100000000 : Nat) : Real)) draws)) ≤ noisySharpBound :=
  (suboptimality_noisy_sharp three archimedean_real jittered_oracle
    ((three_coverage eachOnce).of_norm_sub_le three_featureBound three_radius_le)
    three_featureBound three_radius_le norm_zero_sub_zero rfl (uniform_isProb (by decide))
    (by decide)).2 (64 / 81) (div_pos (by grind) (by grind))
    (by show (64 / 81 * (9 / 8 * (9 / 8) / 1) : Real) ≤ 1; grind)

/-- The bound of `suboptimality_sampled` at the step size `1/1600`, with the least constant. -/
noncomputable def sampledSharpBound : Real :=
  psi (2 * (9 / 8 * (2 * (1 / 16))) / (three (R := Real)).klCoef) *
    (2 * (9 / 8 * (9 / 8)) / (exp (-(2 * (9 / 8 * (2 * (1 / 16))) / (three (R := Real)).klCoef)) *
        noisyEigenvalue) *
      (norm ((three (R := Real)).trueParam - 0) * norm ((three (R := Real)).trueParam - 0) /
        (1 / 1600 * ((100000000 : Nat) : Real)) + 1 / 1600 * (1 / 16 * (1 / 16))) +
    2 * (1 / 4 * (1 / 4)) * (2 * (1 / 16) * (2 * (1 / 16))) / (three (R := Real)).klCoef)

theorem suboptimality_sampled_sharp_instance : (average fun t : Fin 100000000 =>
    expectIterate (projectedTransition sampledLaw 0 (1 / 16) (1 / 1600)) t
      (fun θ => (three (R := Real)).population uniform (three (R := Real)).trueParam -
        (three (R := Real)).population uniform θ) 0) ≤ sampledSharpBound :=
  suboptimality_sampled_sharp three archimedean_real sampledGradient
    ((three_coverage eachOnce).of_norm_sub_le three_featureBound three_radius_le)
    three_featureBound three_radius_le norm_zero_sub_zero rfl (uniform_isProb (by decide))
    (by decide) (div_pos (by grind) (by grind))
    (by show (1 / 1600 * (2 * (9 / 8 * (9 / 8)) / 1) : Real) ≤ 1; grind)

/-! ### Iterates that an algorithm can find -/

theorem gap_two_sided_sharp_instance (x : Fin 3) :
    (near (R := Real)).objectiveAt x near.trueParam - near.objectiveAt x 0 ≤
      psi (near.exponentRadius 1 1) * inner (near.gradientAt x 0) (near.trueParam - 0) :=
  ((gap_two_sided_sharp (n := 0) (near (R := Real)) archimedean_real near_featureBound near_norm_le
    rfl).1 x).2

theorem suboptimality_ga_last_iterate_sharp_instance :
    (near (R := Real)).population nearWeights near.trueParam -
      near.population nearWeights (near.gradientAscent nearPair 0 1 1000000) ≤
    psi (near.exponentRadius 1 1) *
      (conditionNumber 1 (exp (-(near (R := Real)).exponentRadius 1 1) * (5 / 8 / 3)) *
        ((2 + near.exponentRadius 1 1 / 2) * (2 + near.exponentRadius 1 1 / 2) *
          (psi (near.exponentRadius 1 1) * (1 * 1 / (1 * ((1000000 : Nat) : Real))))) +
        2 * (1 / 20 * (1 / 20)) * (1 * 1) / near.klCoef) :=
  suboptimality_ga_last_iterate_sharp (near (R := Real)) archimedean_real
    (near_coverage_trueParam near_coverage_pair) near_featureBound (by decide) near_norm
    (by grind : (0 : Real) < 1) near_step rfl nearWeights_isProb (T := 1000000) (by decide)

theorem suboptimality_ga_least_gradient_sharp_instance :
    (near (R := Real)).population nearWeights near.trueParam - near.population nearWeights
      (near.gradientAscent nearPair 0 (2 / (1 * 1)) (nearLeast Real)) ≤
    psi (near.exponentRadius 1 1) *
      (conditionNumber 1 (exp (-(near (R := Real)).exponentRadius 1 1) * (5 / 8 / 3)) *
        (near.cocoercivity 1 * (1 * 1) / sqrt ((100000000 : Nat) : Real)) +
        2 * (1 / 20 * (1 / 20)) * (1 * 1) / near.klCoef) :=
  (suboptimality_ga_least_gradient_sharp (near (R := Real)) archimedean_real
    (near_coverage_trueParam near_coverage_pair) near_featureBound near_norm rfl
    nearWeights_isProb (Classical.choose_spec (nearLeast_exists Real)).1
    (Classical.choose_spec (nearLeast_exists Real)).2 rfl).1

theorem suboptimality_mostly_covered_sharp_instance :
    expectSample nearWeights (fun S : Fin 24 → Fin 3 =>
      (near (R := Real)).population nearWeights near.trueParam -
        near.population nearWeights (nearLast S)) ≤
    psi (near.exponentRadius 1 1) *
      (conditionNumber 1 (exp (-(2 * (1 * 1) / (near (R := Real)).klCoef)) *
          (1 / 3 / ((24 : Nat) : Real))) * 1 *
        expectSample nearWeights (fun S : Fin 24 → Fin 3 => norm (near.gradient S (nearLast S))) +
        (2 * (1 / 20 * (1 / 20)) + 1 / 10000 * (1 * 1)) * (1 * 1) / near.klCoef) :=
  (suboptimality_mostly_covered_sharp (near (R := Real)) archimedean_real nearLast_covered
    (mul_pos (exp_pos _) (div_pos (div_pos (by grind) (by grind)) (natCast_pos (by decide))))
    near_featureBound nearLast_error_le rfl nearWeights_isProb).2

theorem suboptimality_frequent_prompts_sharp_instance :
    expectSample nearWeights (fun S : Fin 24000 → Fin 3 =>
      (near (R := Real)).population nearWeights near.trueParam -
        near.population nearWeights (nearLast S)) ≤
    psi (near.exponentRadius 1 1) *
      (conditionNumber 1 (exp (-(near (R := Real)).exponentRadius 1 1) * (1 / 3 / 3 / 2)) * 1 *
        expectSample nearWeights (fun S : Fin 24000 → Fin 3 =>
          norm (near.gradient S (nearLast S))) +
        (2 * (1 / 20 * (1 / 20)) + (sum fun x => indicator (0 = x) *
          exp (-(((24000 : Nat) : Real) * nearWeights x / 8))) * (1 * 1)) * (1 * 1) /
            near.klCoef) :=
  (suboptimality_frequent_prompts_sharp (near (R := Real)) archimedean_real (n := 24000)
    near_coverage_frequent rfl near_featureBound rfl nearWeights_isProb).2 nearLast
      nearLast_error_le

theorem ga_linear_from_start_sharp_instance (t : Nat) :
    (near (R := Real)).objectiveAt 1 near.trueParam -
      near.objectiveAt 1 (near.gradientAscent nearOuter 0 (2 / (1 * 1)) t) ≤
    psi (near.exponentRadius 1 1) * (near.cocoercivity 1 *
      ((1 - exp (-(2 * (near (R := Real)).exponentRadius 1 1)) * (1 / 2000) / (1 * 1)) ^ t *
        (norm (mulVec identity ((near (R := Real)).trueParam - 0)) *
          norm (mulVec identity ((near (R := Real)).trueParam - 0))))) :=
  (ga_linear_from_start_sharp (near (R := Real)) archimedean_real near_coverage_outer
    near_featureBound near_norm rfl t).2 1

end RLHF.Demo
