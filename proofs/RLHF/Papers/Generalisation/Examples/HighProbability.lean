module
public import RLHF.Papers.Generalisation.Examples.Axes
public import RLHF.Papers.Generalisation.Main.HighProbability
public import RLHF.Probability.Hoeffding.TwoPoint

/-!
# Concrete instances: bounds with high probability

What is modelled: every headline theorem of `Main.HighProbability` at the problem of
`Examples.Axes`: three prompts with the weights `(1/2, 1/4, 1/4)`.

* One step of gradient ascent on 10000 prompts has, with probability at least `19/20`, a gap of less
  than `0.9`; what is assumed of it is that it has at most `e²/9 < 0.83` on every sample and at most
  `e²/4 > 1.84` at every prompt.
* 128 prompts are enough for a probability of at least `13/16`. The bounds on ascents with
  `T = 1000` are below `0.01` and so below the gap `log cosh (1/2) > 0.12` of the start.
* An empirical optimum is optimal on the population with probability at least `2/3` from 8 prompts.
-/

@[expose] public section

namespace RLHF.Demo

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R]

/-- Population gap at a parameter, with the weights `(1/2, 1/4, 1/4)`. -/
noncomputable def axesGap (θ : Vec R 3) : R :=
  axes.population axesWeights halves - axes.population axesWeights θ

/-- Stability constant `1/n + 3/n²` of one step, for `n = 10000`. -/
noncomputable def axesStability : R :=
  1 / ((10000 : Nat) : R) + 3 * (1 / ((10000 : Nat) : R) * (1 / ((10000 : Nat) : R)))

theorem suboptimality_whp_instance : 1 - (1 / 20 : R) ≤ probSample axesWeights
    (fun S : Fin 10000 → Fin 3 => axesGap (R := R) (axesStep S) ≤ exp 2 / 9 + axesStability +
      2 * (2 * axesStability * ((10000 : Nat) : R) + exp 2 / 4) *
        sqrt (1 / 5 * log (1 / (1 / 20)) / ((10000 : Nat) : R))) :=
  suboptimality_whp axes hoeffdingBound_one_fifth (axes_stable (by decide))
    axes_objective_gap_le axes_gap_le axesWeights_isProb (by decide) (by grind)

/-- `3 e⁻⁴ ≤ 3/16`. -/
theorem axes_probability_le :
    13 / 16 ≤ 1 - ((3 : Nat) : R) * exp (-(((128 : Nat) : R) * (1 / 4) / 8)) := by
  have h1 := add_one_le_exp (1 : R)
  have h2 := mul_le_mul h1 h1 (Std.le_of_lt (exp_pos _)) (by grind)
  rw [← exp_add] at h2
  have h4 := mul_le_mul h2 h2 (Std.le_of_lt (exp_pos _)) (by grind)
  rw [← exp_add, show (1 + 1 + (1 + 1) : R) = 4 by grind] at h4
  have k := mul_le_mul_left h4 (Std.le_of_lt (exp_pos (-4 : R)))
  rw [exp_neg_mul_exp] at k
  rw [show -(((128 : Nat) : R) * (1 / 4) / 8) = -4 by grind, show ((3 : Nat) : R) = 3 by grind]
  grind

theorem suboptimality_whp_uniform_instance : (13 / 16 : R) ≤ probSample axesWeights
    (fun S : Fin 128 → Fin 3 => ∀ θ, axesGap (R := R) θ ≤
      2 * (axes.objective S halves - axes.objective S θ)) :=
  Std.le_trans axes_probability_le
    (suboptimality_whp_uniform axes axesWeights_isProb axesWeights_ge)

theorem suboptimality_whp_optimum_instance : (2 / 3 : R) ≤ probSample axesWeights
    (fun S : Fin 8 → Fin 3 => (axes (R := R)).population axesWeights (axesSeen S) =
      axes.population axesWeights halves) :=
  Std.le_trans (by rw [show ((3 : Nat) : R) = 3 by grind]; grind)
    (suboptimality_whp_optimum axes (n := 8) axesSeen_stationary axesWeights_isProb axesWeights_ge)

/-- Distance `‖θ* - 0‖` of the start. -/
noncomputable def axesRadius : R := norm (halves - 0 : Vec R 3)

theorem suboptimality_whp_ga_instance : (13 / 16 : R) ≤ probSample axesWeights
    (fun S : Fin 128 → Fin 3 => ∃ t, t < 1000 ∧
      axesGap (R := R) (axes.gradientAscent S 0 (1 / (1 * 1)) t) ≤
      2 * (exp (2 * (1 * axesRadius) / 1) *
        (1 * 1 / 1 * (axesRadius * axesRadius) / ((1000 : Nat) : R)))) :=
  Std.le_trans axes_probability_le (suboptimality_whp_ga axes axesWeights_isProb axesWeights_ge
    axes_featureBound (by decide) rfl (expBound_exp _) (T := 1000) (by decide))

theorem suboptimality_whp_sga_instance : (13 / 16 : R) ≤ probSample axesWeights
    (fun S : Fin 128 → Fin 3 =>
      (average fun t : Fin 1000 => expectSample uniform fun draws : Fin t → Fin 128 =>
        axesGap (R := R) (axes.stochasticAscent S 0 (1 / (1 * 1)) draws)) ≤
      2 * (exp (2 * (1 * axesRadius) / 1) *
        (1 * 1 / 1 * (axesRadius * axesRadius) / ((1000 : Nat) : R)))) :=
  Std.le_trans axes_probability_le (suboptimality_whp_sga axes axesWeights_isProb axesWeights_ge
    axes_featureBound (by decide) rfl (expBound_exp _) (T := 1000) (by decide))

end RLHF.Demo
