module
public import RLHF.Papers.Generalisation.Examples.Ascent
public import RLHF.Papers.Generalisation.Examples.Geometry
public import RLHF.Papers.Generalisation.Examples.Line
public import RLHF.Papers.Generalisation.Main.Sharp
public import RLHF.Reals.Instance

/-!
# Concrete instances: with the least constant

What is modelled: every headline theorem of `Main.Sharp` at the reals, most of them at the problem
of `Examples.Line`, where `M = 1`, `C = ψ(1) = e - 2`, and every sample covers exactly.
-/

@[expose] public section

namespace RLHF.Demo

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

variable {n : Nat}

/-- `ψ(1) = e - 2` is the constant at `ρ = 1/2`. -/
theorem psi_one : psi (1 : Real) = psi (2 * (1 * (1 / 2)) / (line (R := Real)).klCoef) := by
  show psi (1 : Real) = psi (2 * (1 * (1 / 2)) / 1)
  have e : (2 * (1 * (1 / 2)) / 1 : Real) = 1 := by grind
  rw [e]

theorem psi_one_norm : psi (1 : Real) =
    psi (2 * (1 * norm ((line (R := Real)).trueParam - 0)) / (line (R := Real)).klCoef) := by
  have e : norm ((line (R := Real)).trueParam - 0) = 1 / 2 := norm_half
  rw [e]
  exact psi_one

theorem five_pos : 0 < 5 := by decide

/-- The gap of a parameter on a sample. -/
noncomputable def lineGap (S : Fin n → Fin 3) (θ : Vec Real 1) : Real :=
  line.objective S half - line.objective S θ

/-- The gap of a parameter under uniform weights of the prompts. -/
noncomputable def linePopulationGap (θ : Vec Real 1) : Real :=
  line.population uniform half - line.population uniform θ

/-! ### One parameter -/

theorem log_mgf_bound_sharp_instance :
    log (mean (weights (R := Real)) fun a => exp (centred a)) ≤ psi 2 * var weights centred :=
  log_mgf_bound_sharp archimedean_real weights_isProb mean_centred abs_centred_le rfl

theorem gradient_domination_sharp_instance (S : Fin n → Fin 3) :
    lineGap S 0 ≤ psi 1 * inner (line.gradient S 0) (half - 0) :=
  (gradient_domination_sharp line archimedean_real line_featureBound S 0 psi_one_norm).1

theorem optimisation_error_sharp_instance (S : Fin n → Fin 3) :
    abs (lineGap S 0) ≤ psi 1 * (1 / 2) * norm (line.gradient S 0) :=
  optimisation_error_sharp line archimedean_real line_featureBound S
    norm_half_le psi_one

/-! ### A thousand steps of gradient ascent, by the coverage of its own sample -/

theorem pointwise_gap_sharp_instance (S : Fin 5 → Fin 3) (x : Fin 3) :
    line.objectiveAt x half - line.objectiveAt x (lineAscent S 1000) ≤
    psi (1 : Real) * (2 * (1 * 1) / lineSigma *
      inner (line.gradient S (lineAscent S 1000)) (half - lineAscent S 1000) +
      2 * (0 * 0) *
        (norm (half - lineAscent S 1000) * norm (half - lineAscent S 1000)) / 1) :=
  pointwise_gap_sharp line archimedean_real (lineAscent_coverage five_pos S 1000) line_featureBound
    (lineAscent_error_le S 1000) psi_one x

theorem gradient_norm_stability_sharp_instance (S S' : Fin 5 → Fin 3) (x : Fin 3) :
    abs (line.objectiveAt x (lineAscent S 1000) - line.objectiveAt x (lineAscent S' 1000)) ≤
    psi (1 : Real) * (2 * (1 * 1) / lineSigma * (1 / 2) *
      max (norm (line.gradient S (lineAscent S 1000)))
        (norm (line.gradient S' (lineAscent S' 1000))) +
      2 * (0 * 0) * (1 / 2 * (1 / 2)) / 1) :=
  gradient_norm_stability_sharp line archimedean_real (lineAscent_coverage five_pos S 1000)
    (lineAscent_coverage five_pos S' 1000) line_featureBound (lineAscent_error_le S 1000)
    (lineAscent_error_le S' 1000) psi_one x

/-- Gradient ascent is uniformly stable, with a `γ` that decreases geometrically in the steps. -/
theorem stability_from_gradients_sharp_instance (t : Nat) :
    (line (R := Real)).UniformlyStable (fun S : Fin 5 → Fin 3 => lineAscent S t)
      (psi 1 * (2 * (1 * 1) / lineSigma * (1 / 2) *
        sqrt ((1 - lineSigma (R := Real) / (1 * 1)) ^ t * (1 / 2 * (1 / 2))) +
        2 * (0 * 0) * (1 / 2 * (1 / 2)) / 1)) :=
  stability_from_gradients_sharp line archimedean_real
    (fun S => lineAscent_coverage five_pos S t) line_featureBound
    (fun S => lineAscent_error_le S t) (fun S => lineAscent_gradient_le five_pos S t) psi_one

theorem suboptimality_direct_sharp_instance (S : Fin 5 → Fin 3) :
    linePopulationGap (lineAscent S 1000) ≤ psi 1 * (2 * (1 * 1) / lineSigma * (1 / 2) *
      norm (line.gradient S (lineAscent S 1000)) + 2 * (0 * 0) * (1 / 2 * (1 / 2)) / 1) :=
  suboptimality_direct_sharp line archimedean_real (lineAscent_coverage five_pos S 1000)
    line_featureBound (lineAscent_error_le S 1000) psi_one uniform_three_isProb

theorem coverage_threshold_sharp_instance (S : Fin 5 → Fin 3) :
    linePopulationGap (lineAscent S 1000) ≤ psi 1 * (2 * (1 * 1) / lineSigma * (1 / 2) *
      norm (line.gradient S (lineAscent S 1000)) +
      2 * (0 * 0) * (1 / 2 * (1 / 2)) / 1 * exp (-(2 * (1 / 4) * log ((5 : Nat) : Real)))) :=
  (coverage_threshold_sharp line archimedean_real (c := 0) (α := 1 / 4) (by
    have e : 0 * exp (-(1 / 4 * log ((5 : Nat) : Real))) = 0 := by grind
    rw [e]; exact lineAscent_coverage five_pos S 1000) line_featureBound
    (lineAscent_error_le S 1000) psi_one uniform_three_isProb).1

/-! ### Ascents on a sample -/

theorem ga_rate_sharp_instance (S : Fin 5 → Fin 3) : ∃ t, t < 1000 ∧
    lineGap S (lineAscent S t) ≤ psi 1 * (1 * 1 / 1 *
      (norm (half - 0 : Vec Real 1) * norm (half - 0 : Vec Real 1)) / ((1000 : Nat) : Real)) := by
  obtain ⟨t, ht, h, -⟩ := ga_rate_sharp line archimedean_real line_featureBound five_pos S 0
    psi_one_norm (T := 1000) (by decide)
  exact ⟨t, ht, h⟩

/-- The step `1/2` is `1/L`, `L = (B²/λ)(1 + M)`. -/
theorem line_step_smooth : (1 / 2 : Real) * (1 * 1 / (line (R := Real)).klCoef *
    (1 + 2 * (1 * norm ((line (R := Real)).trueParam - 0)) / (line (R := Real)).klCoef)) ≤ 1 := by
  have e : norm ((line (R := Real)).trueParam - 0) = 1 / 2 := norm_half
  rw [e]
  show (1 / 2 : Real) * (1 * 1 / 1 * (1 + 2 * (1 * (1 / 2)) / 1)) ≤ 1
  grind

theorem ga_last_iterate_sharp_instance (S : Fin 5 → Fin 3) :
    lineGap S (line.gradientAscent S 0 (1 / 2) 1000) ≤ psi 1 *
      (norm (half - 0 : Vec Real 1) * norm (half - 0 : Vec Real 1) /
        (1 / 2 * ((1000 : Nat) : Real))) :=
  ga_last_iterate_sharp line archimedean_real line_featureBound five_pos S 0
    (div_pos (by grind) (by grind)) line_step_smooth psi_one_norm (by decide)

theorem ga_linear_sharp_instance (S : Fin 5 → Fin 3) (t : Nat) :
    lineGap S (lineAscent S t) ≤ psi 1 * (1 * 1 / 1 *
      (norm (mulVec lineProj (half - lineAscent S t)) *
        norm (mulVec lineProj (half - lineAscent S t)))) :=
  (ga_linear_sharp line archimedean_real (lineAscent_coverage five_pos S) line_featureBound five_pos
    psi_one_norm t).2.2

theorem sga_rate_sharp_instance (S : Fin 5 → Fin 3) :
    (average fun t : Fin 1000 => expectSample uniform fun draws : Fin t → Fin 5 =>
      lineGap S (line.stochasticAscent S 0 (1 / (1 * 1)) draws)) ≤
    psi 1 * (1 * 1 / 1 * (norm (half - 0 : Vec Real 1) * norm (half - 0 : Vec Real 1)) /
      ((1000 : Nat) : Real)) :=
  (sga_rate_sharp line archimedean_real line_featureBound five_pos S 0 psi_one_norm (by decide)).2.2

theorem sga_pairwise_rate_sharp_instance (S : Fin 5 → Fin 3) :
    (average fun t : Fin 1000 =>
      expectIterate (line.pairwiseTransition S (1 / (2 * (1 * 1)))) t (lineGap S) 0) ≤
    psi 1 * (2 * (1 * 1) / 1 * (norm (half - 0 : Vec Real 1) * norm (half - 0 : Vec Real 1)) /
      ((1000 : Nat) : Real)) :=
  (sga_pairwise_rate_sharp line archimedean_real line_featureBound five_pos S 0 psi_one_norm
    (by decide)).2.2

/-- The oracle of `Examples.Ascent`, two outcomes with `s > 0`. -/
theorem sga_noisy_rate_sharp_instance :
    (average fun t : Fin 1000 => expectSample uniform fun draws : Fin t → Fin 2 =>
      (problem (R := Real)).objective sample direction - problem.objective sample
        (projectedAscent noisyGradient 0 2 0 (1 / 4 / sqrt ((1000 : Nat) : Real)) draws)) ≤
    psi (2 * (2 * (2 * 2)) / 1) *
      ((norm (direction - 0 : Vec Real 2) * norm (direction - 0 : Vec Real 2) / (1 / 4) +
        1 / 4 * (norm (direction : Vec Real 2) * norm (direction : Vec Real 2))) /
          sqrt ((1000 : Nat) : Real)) :=
  (sga_noisy_rate_sharp problem archimedean_real noisyOracle featureBound norm_direction_le
    (by have e : (0 - 0 : Vec Real 2) = 0 := Vec.ext fun i => by
          rw [Vec.sub_apply, Vec.zero_apply]; grind
        rw [e, norm_zero]; grind) rfl (by decide)).2 (1 / 4)
    (div_pos (by grind) (by grind)) (by show (1 / 4 : Real) * (2 * 2 / 1) ≤ 1; grind)

theorem paper_rates_sharp_instance (S : Fin 5 → Fin 3) : ∃ t, t < 1000 ∧
    lineGap S (lineAscent S t) ≤ psi 1 * (1 * 1 / 1 *
      (norm (half - 0 : Vec Real 1) * norm (half - 0 : Vec Real 1)) /
        sqrt (sqrt ((1000 : Nat) : Real))) := by
  obtain ⟨⟨t, ht, h, -⟩, -⟩ := paper_rates_sharp line archimedean_real line_featureBound five_pos
    S 0 psi_one_norm (T := 1000) (by decide)
  exact ⟨t, ht, h⟩

/-! ### Assembled bounds, without a residual -/

/-- The optimum of every sample is `θ*`, as each covers exactly. -/
theorem suboptimality_empirical_optimum_sharp_instance :
    expectSample uniform (fun S : Fin 100 → Fin 3 => linePopulationGap ((fun _ => half) S)) ≤
    1 * norm (half : Vec Real 1) / sqrt ((100 : Nat) : Real) +
      psi 1 * (2 * (0 * 0) * (1 / 2 * (1 / 2)) / 1) :=
  suboptimality_empirical_optimum_sharp line archimedean_real
    (fun S => line_coverage_half (by decide) S) line_featureBound
    (fun _ => half_error_le) line_gradient_half psi_one uniform_three_isProb (by decide)

theorem suboptimality_ga_sharp_instance : ∃ t : (Fin 100 → Fin 3) → Nat, (∀ S, t S < 1000000) ∧
    expectSample uniform (fun S => linePopulationGap (lineAscent S (t S))) ≤
    1 * norm (half : Vec Real 1) / sqrt ((100 : Nat) : Real) +
      psi 1 * (1 * 1 / 1 * (1 / 2 * (1 / 2)) / ((1000000 : Nat) : Real)) +
      psi 1 * (2 * (1 * 1) / (exp (-(2 * (1 * (1 / 2)) / 1)) *
        (exp (-(2 * (1 * (1 / 2)) / 1)) * (2 / 9))) * (1 / 2) *
        (1 * 1 / 1 * (1 / 2) / sqrt ((1000000 : Nat) : Real)) +
        2 * (0 * 0) * (1 / 2 * (1 / 2)) / 1) :=
  suboptimality_ga_sharp line archimedean_real (fun S => line_coverage_half (by decide) S)
    line_featureBound norm_half psi_one uniform_three_isProb (by decide) (by decide)

/-- The bound of the direct route after `T` steps: `κ = 9 e^{2}` times that without coverage. -/
noncomputable def lineBound (speed : Real) (T : Nat) : Real :=
  psi 1 * (2 * (1 * 1) / (exp (-(2 * (1 * (1 / 2)) / 1)) *
    (exp (-(2 * (1 * (1 / 2)) / 1)) * (2 / 9))) *
    (speed / 1 * (1 / 2 * (1 / 2)) / (T : Real)) + 2 * (0 * 0) * (1 / 2 * (1 / 2)) / 1)

theorem suboptimality_direct_ga_sharp_instance : ∃ t, t < 1000 ∧
    linePopulationGap (lineAscent everyPrompt t) ≤ lineBound (1 * 1) 1000 :=
  suboptimality_direct_ga_sharp line archimedean_real (line_coverage_half (by decide) everyPrompt)
    line_featureBound norm_half psi_one uniform_three_isProb (by decide)

theorem suboptimality_sga_sharp_instance :
    (average fun t : Fin 1000 => expectSample uniform fun draws : Fin t → Fin 3 =>
      linePopulationGap (line.stochasticAscent everyPrompt 0 (1 / (1 * 1)) draws)) ≤
    lineBound (1 * 1) 1000 :=
  suboptimality_sga_sharp line archimedean_real (line_coverage_half (by decide) everyPrompt)
    line_featureBound norm_half psi_one uniform_three_isProb (by decide) (by decide)

theorem suboptimality_sga_pairwise_sharp_instance :
    (average fun t : Fin 1000 => expectIterate
      (line.pairwiseTransition everyPrompt (1 / (2 * (1 * 1)))) t linePopulationGap 0) ≤
    lineBound (2 * (1 * 1)) 1000 :=
  suboptimality_sga_pairwise_sharp line archimedean_real
    (line_coverage_half (by decide) everyPrompt) line_featureBound norm_half psi_one
    uniform_three_isProb (by decide) (by decide)

end RLHF.Demo
