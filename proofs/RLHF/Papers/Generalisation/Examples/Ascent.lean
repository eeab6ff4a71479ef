module
public import RLHF.Papers.Generalisation.Examples.Stability
public import RLHF.Papers.Generalisation.Main.Ascent

/-!
# Concrete instances: gradient ascent, stochastic gradient ascent

What is modelled: every headline theorem of `Main.Ascent` at the problem of `Examples.Problem`,
from `θ_0 = 0`.

## Main results
* `Demo.noisyOracle`: a noisy gradient oracle with two outcomes and `s > 0`.
-/

@[expose] public section

namespace RLHF.Demo

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R]

theorem direction_sub_zero : (direction - 0 : Vec R 2) = direction := Vec.ext fun i => by
  rw [Vec.sub_apply, Vec.zero_apply]; grind

theorem norm_direction_le : norm (direction - 0 : Vec R 2) ≤ 2 := by
  rw [direction_sub_zero]
  refine norm_le_of_inner_le (by grind) ?_
  simp only [inner, sum, direction]
  grind

/-! ### Gradient ascent -/

/-- Error vectors `2^{-t} v`. -/
noncomputable def halving (v : Vec R 2) : Nat → Vec R 2
  | 0 => v
  | t + 1 => halving v t - ((1 / 2 : R)) * halving v t

theorem halving_cocoercive (v : Vec R 2) (t : Nat) :
    norm (halving v t) * norm (halving v t) ≤ 2 * inner (halving v t) (halving v t) := by
  have := inner_self_nonneg (halving v t)
  rw [norm_mul_self]
  grind

theorem ascent_engine_instance (v : Vec R 2) (T : Nat) :
    sum (fun t : Fin T => inner (halving v t) (halving v t)) ≤
    2 * (norm (halving v 0) * norm (halving v 0)) :=
  (ascent_engine (K := 2) (u := halving v) (g := halving v) (by grind) (fun _ => rfl)
    (halving_cocoercive v)).2 T

theorem ga_bounded_instance (t : Nat) :
    norm (direction - (problem (R := R)).gradientAscent sample 0 (1 / 4) t) ≤
    norm (direction (R := R) - 0) :=
  (ga_bounded problem featureBound sample 0 (η := 1 / 4) (by grind)
    (by show (1 / 4 * (2 * 2) : R) ≤ 2 * 1; grind) t).2

theorem ga_rate_instance : ∃ t, t < 10 ∧ (problem (R := R)).objective sample direction -
    problem.objective sample (problem.gradientAscent sample 0 (1 / (2 * 2)) t) ≤
    exp (2 * (2 * norm (direction - 0)) / 1) *
      (2 * 2 / 1 * (norm (direction - 0) * norm (direction - 0)) / ((10 : Nat) : R)) := by
  obtain ⟨t, ht, h, -⟩ := ga_rate (problem (R := R)) featureBound (by decide) sample 0
    (expBound_exp _) (T := 10) (by decide)
  exact ⟨t, ht, h⟩

/-- The step size `1/36` is below `1/L`. -/
theorem step_smooth : (1 / 36 : R) * (2 * 2 / (problem (R := R)).klCoef *
    (1 + 2 * (2 * norm ((problem (R := R)).trueParam - 0)) / (problem (R := R)).klCoef)) ≤ 1 := by
  have h : norm ((problem (R := R)).trueParam - 0) ≤ 2 := norm_direction_le
  show 1 / 36 * (2 * 2 / 1 * (1 + 2 * (2 * norm ((problem (R := R)).trueParam - 0)) / 1)) ≤ 1
  generalize norm ((problem (R := R)).trueParam - 0) = ρ at *
  grind

theorem ga_monotone_instance (t : Nat) : (problem (R := R)).objective sample direction -
      problem.objective sample (problem.gradientAscent sample 0 (1 / 36) (t + 1)) ≤
    (problem (R := R)).objective sample direction -
      problem.objective sample (problem.gradientAscent sample 0 (1 / 36) t) :=
  ga_monotone problem featureBound (by decide) sample 0
    (Std.le_of_lt (div_pos (by grind) (by grind))) step_smooth t

theorem ga_last_iterate_instance : (problem (R := R)).objective sample direction -
      problem.objective sample (problem.gradientAscent sample 0 (1 / 36) 10) ≤
    exp (2 * (2 * norm (direction - 0 : Vec R 2)) / 1) *
      (norm (direction - 0 : Vec R 2) * norm (direction - 0 : Vec R 2) /
        (1 / 36 * ((10 : Nat) : R))) :=
  ga_last_iterate problem featureBound (by decide) sample 0 (div_pos (by grind) (by grind))
    step_smooth (expBound_exp _) (Std.le_of_lt (exp_pos _)) (by decide)

theorem ga_linear_instance (t : Nat) : norm (mulVec identity (direction -
      (problem (R := R)).gradientAscent sample 0 (1 / (2 * 2)) t)) *
    norm (mulVec identity (direction -
      (problem (R := R)).gradientAscent sample 0 (1 / (2 * 2)) t)) ≤
    (1 - exp (-(2 * (2 * (2 * norm (direction - 0 : Vec R 2))) / 1)) * (2 / 9) / (2 * 2)) ^ t *
      (norm (mulVec identity (direction - 0 : Vec R 2)) *
        norm (mulVec identity (direction - 0 : Vec R 2))) :=
  (ga_linear problem (coverage.gradientAscent featureBound) featureBound (by decide)
    (expBound_exp _) (Std.le_of_lt (exp_pos _)) t).2.1

/-! ### Stochastic gradient ascent -/

theorem sga_rate_instance :
    (average fun t : Fin 10 => expectSample uniform fun draws : Fin t → Fin 2 =>
      (problem (R := R)).objective sample direction -
        problem.objective sample (problem.stochasticAscent sample 0 (1 / (2 * 2)) draws)) ≤
    exp (2 * (2 * norm (direction - 0 : Vec R 2)) / 1) *
      (2 * 2 / 1 * (norm (direction - 0 : Vec R 2) * norm (direction - 0 : Vec R 2)) /
        ((10 : Nat) : R)) :=
  (sga_rate problem featureBound (by decide) sample 0 (expBound_exp _) (by decide)).2.2

theorem sga_pairwise_rate_instance (draws : Nat → Fin 2 × Fin 2 × Fin 2) (t : Nat) :
    norm (direction - (problem (R := R)).pairwiseAscent sample 0 (1 / (2 * (2 * 2)))
      fun s : Fin (t + 1) => draws s) ≤
    norm (direction - (problem (R := R)).pairwiseAscent sample 0 (1 / (2 * (2 * 2)))
      fun s : Fin t => draws s) :=
  ((sga_pairwise_rate problem featureBound (by decide) sample 0 (expBound_exp _)
    (T := 1) (by decide)).1 draws).1 t

example : (average fun t : Fin 10 =>
      expectIterate ((problem (R := R)).pairwiseTransition sample (1 / (2 * (2 * 2)))) t
        (fun θ => problem.objective sample direction - problem.objective sample θ) 0) ≤
    exp (2 * (2 * norm (direction - 0 : Vec R 2)) / 1) *
      (2 * (2 * 2) / 1 * (norm (direction - 0 : Vec R 2) * norm (direction - 0 : Vec R 2)) /
        ((10 : Nat) : R)) :=
  (sga_pairwise_rate problem featureBound (by decide) sample 0 (expBound_exp _) (by decide)).2.2

/-- The gradient, plus or minus `direction`. -/
noncomputable def noisyGradient (ω : Fin 2) (θ : Vec R 2) : Vec R 2 :=
  (problem (R := R)).gradient sample θ + ((if ω = 0 then 1 else -1) : R) * (direction : Vec R 2)

/-- Two equally likely outcomes, unbiased, with standard deviation `‖(1, -1)‖`. -/
theorem noisyOracle : (problem (R := R)).NoisyOracle sample uniform noisyGradient 0 2
    (norm (direction : Vec R 2)) where
  isProb := uniform_isProb (by decide)
  unbiased θ _ := Vec.ext fun j => by
    have h2 : ((2 : Nat) : R) = 2 := by grind
    unfold meanVec noisyGradient
    simp only [mean, sum, uniform, Vec.add_apply, Vec.smul_apply, h2]
    grind
  variance_le θ _ := by
    have e : ∀ ω, norm (noisyGradient ω θ - (problem (R := R)).gradient sample θ) *
        norm (noisyGradient ω θ - (problem (R := R)).gradient sample θ) =
        norm (direction : Vec R 2) * norm (direction : Vec R 2) := fun ω => by
      have h : noisyGradient ω θ - (problem (R := R)).gradient sample θ =
          ((if ω = 0 then 1 else -1) : R) * (direction : Vec R 2) := Vec.ext fun j => by
        unfold noisyGradient
        simp only [Vec.sub_apply, Vec.add_apply, Vec.smul_apply]
        grind
      rw [h, norm_mul_self, inner_smul_left, inner_smul_right, norm_mul_self]
      grind
    rw [mean_congr e, mean_const (uniform_isProb (by decide))]
    exact Std.le_refl _

theorem sga_noisy_rate_instance :
    (average fun t : Fin 10 => expectSample uniform fun draws : Fin t → Fin 2 =>
      (problem (R := R)).objective sample direction - problem.objective sample
        (projectedAscent noisyGradient 0 2 0 (1 / 4 / sqrt ((10 : Nat) : R)) draws)) ≤
    exp (2 * (2 * (2 * 2)) / 1) *
      ((norm (direction - 0 : Vec R 2) * norm (direction - 0 : Vec R 2) / (1 / 4) +
        1 / 4 * (norm (direction : Vec R 2) * norm (direction : Vec R 2))) /
          sqrt ((10 : Nat) : R)) :=
  (sga_noisy_rate problem noisyOracle featureBound norm_direction_le
    (by have e : (0 - 0 : Vec R 2) = 0 := Vec.ext fun i => by
          rw [Vec.sub_apply, Vec.zero_apply]; grind
        rw [e, norm_zero]; grind)
    (expBound_exp _) (Std.le_of_lt (exp_pos _)) (by decide)).2 (1 / 4)
    (div_pos (by grind) (by grind)) (by show (1 / 4 : R) * (2 * 2 / 1) ≤ 1; grind)

/-! ### The paper's exponents -/

theorem paper_rates_instance : ∃ t, t < 10 ∧ (problem (R := R)).objective sample direction -
    problem.objective sample (problem.gradientAscent sample 0 (1 / (2 * 2)) t) ≤
    exp (2 * (2 * norm (direction - 0 : Vec R 2)) / 1) *
      (2 * 2 / 1 * (norm (direction - 0 : Vec R 2) * norm (direction - 0 : Vec R 2)) /
        sqrt (sqrt ((10 : Nat) : R))) := by
  obtain ⟨⟨t, ht, h, -⟩, -⟩ := paper_rates (problem (R := R)) featureBound (by decide) sample 0
    (expBound_exp _) (Std.le_of_lt (exp_pos _)) (T := 10) (by decide)
  exact ⟨t, ht, h⟩

end RLHF.Demo
