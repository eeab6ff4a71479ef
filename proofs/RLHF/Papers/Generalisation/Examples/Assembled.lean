module
public import RLHF.Papers.Generalisation.Examples.Stability
public import RLHF.Papers.Generalisation.Main.Assembled

/-!
# Concrete instances: assembled bounds

What is modelled: every headline theorem of `Main.Assembled` at the problem of `Examples.Problem`.
Where all samples are quantified, coverage is the trivial one (`Π = 0`, `ε = B`).
-/

@[expose] public section

namespace RLHF.Demo

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R]

theorem suboptimality_direct_instance : (problem (R := R)).population weights direction -
    (problem (R := R)).population weights 0 ≤ exp (2 * (2 * norm (direction - 0 : Vec R 2)) / 1) *
    (2 * (2 * 2) / (2 / 9) * norm (direction - 0 : Vec R 2) *
      norm ((problem (R := R)).gradient sample 0) +
      2 * (0 * 0) * (norm (direction - 0 : Vec R 2) * norm (direction - 0 : Vec R 2)) / 1) :=
  suboptimality_direct problem coverage featureBound (Std.le_refl _) (expBound_exp _)
    (Std.le_of_lt (exp_pos _)) weights_isProb

/-- `Π = 0` covers every sample at every parameter. -/
theorem coverage_trivial {n : Nat} (S : Fin n → Fin 2) (θ : Vec R 2) :
    (problem (R := R)).Coverage S θ (fun _ => (0 : Vec R 2)) 1 2 :=
  Problem.coverage_zero featureBound (by grind)

theorem gradient_direction {n : Nat} (S : Fin n → Fin 2) :
    (problem (R := R)).gradient S direction = 0 := by
  have h := Problem.norm_gradient_le (featureBound (R := R)) S direction
  have e : (problem (R := R)).trueParam - direction = 0 := Vec.ext fun i => by
    show direction i - direction i = (0 : R)
    grind
  rw [e, norm_zero] at h
  have h0 := norm_nonneg ((problem (R := R)).gradient S direction)
  exact eq_zero_of_norm (by grind)

theorem suboptimality_empirical_optimum_instance : expectSample weights (fun S : Fin 5 → Fin 2 =>
    (problem (R := R)).population weights direction -
      (problem (R := R)).population weights ((fun _ => direction) S)) ≤
    2 * norm (direction : Vec R 2) / sqrt ((5 : Nat) : R) +
      exp (2 * (2 * norm (direction - 0 : Vec R 2)) / 1) *
        (2 * (2 * 2) * (norm (direction - 0 : Vec R 2) * norm (direction - 0 : Vec R 2)) / 1) :=
  suboptimality_empirical_optimum problem (fun S => coverage_trivial S direction) featureBound
    (fun _ => norm_direction_sub_le) gradient_direction (expBound_exp _)
    (Std.le_of_lt (exp_pos _)) weights_isProb (by decide)

/-- Distance `‖θ* - 0‖` of the start of gradient ascent. -/
noncomputable def radius : R := norm (direction - 0 : Vec R 2)

/-- Constant `e^M` at `M = 2 B ρ / λ`, `B = 2`, `λ = 1`. -/
noncomputable def expConstant : R := exp (2 * (2 * radius) / 1)

theorem expConstant_nonneg : 0 ≤ expConstant (R := R) := Std.le_of_lt (exp_pos _)

/-- The problem's optimum under the prompt weights `(1/3, 2/3)`, minus the value after `t` steps. -/
noncomputable def ascentGap {n : Nat} (S : Fin n → Fin 2) (t : Nat) : R :=
  problem.population weights direction -
    problem.population weights (problem.gradientAscent S 0 (1 / (2 * 2)) t)

theorem suboptimality_ga_instance : ∃ t : (Fin 5 → Fin 2) → Nat, (∀ S, t S < 10) ∧
    expectSample weights (fun S => ascentGap (R := R) S (t S)) ≤
    2 * norm (direction : Vec R 2) / sqrt ((5 : Nat) : R) +
      expConstant * (2 * 2 / 1 * (radius * radius) / ((10 : Nat) : R)) +
      expConstant * (2 * (2 * 2) / (exp (-(2 * (2 * radius) / 1)) * 1) * radius *
        (2 * 2 / 1 * radius / sqrt ((10 : Nat) : R)) + 2 * (2 * 2) * (radius * radius) / 1) :=
  suboptimality_ga problem (fun S => coverage_trivial S _) featureBound rfl (expBound_exp _)
    expConstant_nonneg weights_isProb (by decide) (T := 10) (by decide)

theorem suboptimality_direct_ga_instance : ∃ t, t < 10 ∧ ascentGap (R := R) sample t ≤
    expConstant * (2 * (2 * 2) / (exp (-(2 * (2 * radius) / 1)) *
      (exp (-(2 * (2 * radius) / 1)) * (2 / 9))) *
      (2 * 2 / 1 * (radius * radius) / ((10 : Nat) : R)) + 2 * (0 * 0) * (radius * radius) / 1) :=
  suboptimality_direct_ga problem
    (coverage.of_norm_sub_le featureBound (Std.le_refl _)) featureBound rfl (expBound_exp _)
    expConstant_nonneg weights_isProb (T := 10) (by decide)

theorem suboptimality_sga_instance :
    (average fun t : Fin 10 => expectSample uniform fun draws : Fin t → Fin 2 =>
      (problem (R := R)).population weights direction - (problem (R := R)).population weights
        ((problem (R := R)).stochasticAscent sample 0 (1 / (2 * 2)) draws)) ≤
    expConstant * (2 * (2 * 2) / (exp (-(2 * (2 * radius) / 1)) *
      (exp (-(2 * (2 * radius) / 1)) * (2 / 9))) *
      (2 * 2 / 1 * (radius * radius) / ((10 : Nat) : R)) + 2 * (0 * 0) * (radius * radius) / 1) :=
  suboptimality_sga problem
    (coverage.of_norm_sub_le featureBound (Std.le_refl _)) featureBound rfl (expBound_exp _)
    expConstant_nonneg weights_isProb (by decide) (T := 10) (by decide)

theorem suboptimality_sga_pairwise_instance : (average fun t : Fin 10 => expectIterate
      ((problem (R := R)).pairwiseTransition sample (1 / (2 * (2 * 2)))) t (fun θ =>
        (problem (R := R)).population weights direction -
          (problem (R := R)).population weights θ) 0) ≤
    expConstant * (2 * (2 * 2) / (exp (-(2 * (2 * radius) / 1)) *
      (exp (-(2 * (2 * radius) / 1)) * (2 / 9))) *
      (2 * (2 * 2) / 1 * (radius * radius) / ((10 : Nat) : R)) +
      2 * (0 * 0) * (radius * radius) / 1) :=
  suboptimality_sga_pairwise problem
    (coverage.of_norm_sub_le featureBound (Std.le_refl _)) featureBound rfl (expBound_exp _)
    expConstant_nonneg weights_isProb (by decide) (T := 10) (by decide)

theorem coverage_threshold_instance : (problem (R := R)).population weights direction -
    (problem (R := R)).population weights 0 ≤
    expConstant * (2 * (2 * 2) / (2 / 9) * radius * norm ((problem (R := R)).gradient sample 0) +
      2 * (0 * 0) * (radius * radius) / 1 * exp (-(2 * (1 / 4) * log ((2 : Nat) : R)))) :=
  (coverage_threshold problem (n := 2) (c := 0) (α := 1 / 4) (by
    have e : 0 * exp (-(1 / 4 * log ((2 : Nat) : R))) = 0 := by grind
    rw [e]; exact coverage) featureBound (Std.le_refl _) (expBound_exp _)
    expConstant_nonneg weights_isProb).1

end RLHF.Demo
