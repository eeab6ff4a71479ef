module
public import RLHF.Foundations.ExpUnit
public import RLHF.Papers.Generalisation.Examples.Axes
public import RLHF.Papers.Generalisation.Main.HighProbability
public import RLHF.Probability.Hoeffding.TwoPoint

/-!
# Concrete instances: bounds with high probability

What is modelled: every headline theorem of `Main.HighProbability` at the problem of
`Examples.Axes`: three prompts with the weights `(1/2, 1/4, 1/4)`. Without a sample a gap is at most
`1/5` where no coordinate is further than `1/2` from `θ*` (`Demo.axesGap_le`).

* One step of gradient ascent on 40000 prompts has, with probability at least `19/20`, a gap of at
  most `107/1000`, below `log cosh (1/2) > 0.12`, what it has at the start (`axesGap_zero`); what is
  assumed of it is that it has at most `4/45` on every sample and at most `1/5` at every prompt.
* 128 prompts are enough for a probability of at least `13/16`. The bounds on ascents with
  `T = 1000` are at most `1/100`.
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

/-- What holds without a sample, where each coordinate is within `1/2` of that of `θ*`: the residual
has a range of at most `1` at every prompt, and `h = 1/5`. -/
theorem axesGap_le {θ : Vec R 3} (hθ : ∀ x, abs (halves x - θ x) ≤ 1 / 2) : axesGap θ ≤ 1 / 5 := by
  have k : ∀ x, (axes (R := R)).objectiveAt x halves - axes.objectiveAt x θ ≤ 1 / 5 := fun x => by
    have h := (axes (R := R)).toSetting.gap_le_range_mul_self x (axes.reward x)
      (fun a => inner θ (axes.feature x a)) (w := 1) hoeffdingBound_one_fifth fun a b => by
        have e : ∀ a, (axes (R := R)).reward x a - inner θ (axes.feature x a) =
            plusMinus a * (halves x - θ x) := fun a => by
          rw [← Vec.sub_apply, ← axes_inner_feature, inner_sub_left]
          rfl
        have hx := abs_le.mp (hθ x)
        rw [e, e]
        unfold plusMinus
        split <;> split <;> grind
    have e1 : (axes (R := R)).klCoef = 1 := rfl
    rw [e1] at h
    exact Std.le_trans h (by grind)
  have h := mean_le axesWeights_isProb k
  rwa [mean_sub] at h

/-- Stability constant `1/n + 3/n²` of one step, for `n = 40000`. -/
noncomputable def axesStability : R :=
  1 / ((40000 : Nat) : R) + 3 * (1 / ((40000 : Nat) : R) * (1 / ((40000 : Nat) : R)))

theorem sq_le_exp {a b : R} (h0 : 0 ≤ a) (h : a ≤ exp b) : a * a ≤ exp (b + b) := by
  rw [exp_add]
  exact mul_le_mul h h (Std.le_trans h0 h) h0

/-- `log 20 ≤ 10/3`. -/
theorem log_twenty_le : log (1 / (1 / 20) : R) ≤ 10 / 3 := by
  have h1 := sq_le_exp (by grind) (add_one_le_exp (1 / 6 : R))
  have h2 := sq_le_exp (by grind) (Std.le_trans (by grind : (34 / 25 : R) ≤ _) h1)
  have h3 := sq_le_exp (by grind) (Std.le_trans (by grind : (46 / 25 : R) ≤ _) h2)
  have h4 := sq_le_exp (by grind) (Std.le_trans (by grind : (67 / 20 : R) ≤ _) h3)
  have h5 := mul_le_mul h4 h2 (Std.le_of_lt (exp_pos _)) (by grind)
  rw [← exp_add] at h5
  have h := log_le_log (by grind : (0 : R) < 1 / (1 / 20)) (Std.le_trans (by grind) h5)
  rw [log_exp] at h
  grind

/-- The start `0` has a gap of more than `107/1000` (it is `log cosh (1/2)`). -/
theorem axesGap_zero : 107 / 1000 < axesGap (0 : Vec R 3) := by
  have k : ∀ x, (axes (R := R)).objectiveAt x halves - axes.objectiveAt x 0 =
      log (1 / 2 * exp (1 / 2) + 1 / 2 * exp (-(1 / 2))) := fun x => by
    have e : (axes (R := R)).score x ((axes (R := R)).trueParam - 0) =
        fun a => plusMinus a * (1 / 2) := funext fun a => by
      show inner _ ((axes (R := R)).feature x a) / 1 = _
      rw [axes_inner_feature]
      show plusMinus a * (1 / 2 - 0) / 1 = (plusMinus a * (1 / 2) : R)
      grind
    have h := (axes (R := R)).gap_eq_log_mean_exp x 0
    rw [Problem.policy_zero, e] at h
    have e0 : plusMinus 0 = (1 : R) := rfl
    have e1 : plusMinus (Fin.succ 0) = (-1 : R) := rfl
    have em : mean ((axes (R := R)).refPolicy x) (fun a => plusMinus a * (1 / 2)) = 0 := by
      show mean coin _ = _
      simp only [mean, sum, coin, e0, e1]
      grind
    rw [em] at h
    refine h.trans ?_
    show 1 * log (1 / 2 * exp (plusMinus 0 * (1 / 2) - 0) +
      (1 / 2 * exp (plusMinus (Fin.succ 0) * (1 / 2) - 0) + 0)) = _
    rw [e0, e1, show (1 * (1 / 2) - 0 : R) = 1 / 2 by grind,
      show (-1 * (1 / 2) - 0 : R) = -(1 / 2) by grind]
    grind
  have e : axesGap (0 : Vec R 3) = log (1 / 2 * exp (1 / 2) + 1 / 2 * exp (-(1 / 2))) := by
    unfold axesGap Problem.population
    rw [← mean_sub, mean_congr k, mean_const axesWeights_isProb]
  have p1 := sq_le_exp (by grind) (add_one_le_exp (1 / 32 : R))
  have p2 := sq_le_exp (by grind) (Std.le_trans (by grind : (10634 / 10000 : R) ≤ _) p1)
  have p3 := sq_le_exp (by grind) (Std.le_trans (by grind : (11308 / 10000 : R) ≤ _) p2)
  have p4 := sq_le_exp (by grind) (Std.le_trans (by grind : (12787 / 10000 : R) ≤ _) p3)
  have q1 := sq_le_exp (by grind) (add_one_le_exp (-(1 / 32) : R))
  have q2 := sq_le_exp (by grind) (Std.le_trans (by grind : (9384 / 10000 : R) ≤ _) q1)
  have q3 := sq_le_exp (by grind) (Std.le_trans (by grind : (8805 / 10000 : R) ≤ _) q2)
  have q4 := sq_le_exp (by grind) (Std.le_trans (by grind : (7752 / 10000 : R) ≤ _) q3)
  have u := expBound_one (107 / 1000 : R) (by rw [abs_le]; grind)
  rw [show (1 / 32 + 1 / 32 + (1 / 32 + 1 / 32) + (1 / 32 + 1 / 32 + (1 / 32 + 1 / 32)) +
    (1 / 32 + 1 / 32 + (1 / 32 + 1 / 32) + (1 / 32 + 1 / 32 + (1 / 32 + 1 / 32))) : R) =
    1 / 2 by grind] at p4
  rw [show (-(1 / 32) + -(1 / 32) + (-(1 / 32) + -(1 / 32)) +
    (-(1 / 32) + -(1 / 32) + (-(1 / 32) + -(1 / 32))) +
    (-(1 / 32) + -(1 / 32) + (-(1 / 32) + -(1 / 32)) +
    (-(1 / 32) + -(1 / 32) + (-(1 / 32) + -(1 / 32)))) : R) = -(1 / 2) by grind] at q4
  rw [e]
  clear e k p1 p2 p3 q1 q2 q3
  refine Std.not_le.mp fun h => ?_
  have h1 := exp_le_exp h
  rw [exp_log _ (by grind)] at h1
  grind

/-- The bound of `suboptimality_whp` at `n = 40000` is at most `107/1000`. -/
theorem axes_whp_bound_le : 4 / 45 + axesStability +
    2 * (2 * axesStability * ((40000 : Nat) : R) + 1 / 5) *
      sqrt (1 / 5 * log (1 / (1 / 20)) / ((40000 : Nat) : R)) ≤ 107 / 1000 := by
  have e : ((40000 : Nat) : R) = 40000 := by grind
  have hl := log_twenty_le (R := R)
  have h0 := log_nonneg (by grind : (1 : R) ≤ 1 / (1 / 20))
  unfold axesStability
  rw [e]
  generalize log (1 / (1 / 20) : R) = l at *
  have hs := sqrt_le_sqrt (div_nonneg (by grind : 0 ≤ 1 / 5 * l) (by grind : (0 : R) < 40000))
    ((div_le_iff (by grind)).mpr (by grind) :
      1 / 5 * l / 40000 ≤ 41 / 10000 * (41 / 10000))
  rw [sqrt_eq (y := 41 / 10000) (by grind) rfl] at hs
  generalize sqrt (1 / 5 * l / 40000) = t at *
  grind

theorem suboptimality_whp_instance : 1 - (1 / 20 : R) ≤ probSample axesWeights
    (fun S : Fin 40000 → Fin 3 => axesGap (R := R) (axesStep S) ≤ 107 / 1000) :=
  Std.le_trans (suboptimality_whp axes hoeffdingBound_one_fifth (axes_stable (by decide))
    axes_objective_gap_le axes_gap_le axesWeights_isProb (by decide) (by grind))
    (probSample_mono axesWeights_isProb fun _ h => Std.le_trans h axes_whp_bound_le)

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

/-- `2 e^{2r} r²/1000` at `r² = 3/4` is at most `1/100`, as `2r ≤ 7/4`. -/
theorem axes_ascent_bound_le : 2 * (exp (2 * (1 * axesRadius) / 1) *
    (1 * 1 / 1 * (axesRadius * axesRadius) / ((1000 : Nat) : R))) ≤ 1 / 100 := by
  have hT : ((1000 : Nat) : R) = 1000 := by grind
  have e : axesRadius * axesRadius = (3 / 4 : R) := by
    unfold axesRadius
    rw [norm_mul_self, inner_axes]
    show (1 / 2 - 0) * (1 / 2 - 0) + (1 / 2 - 0) * (1 / 2 - 0) + (1 / 2 - 0) * (1 / 2 - 0) =
      (3 / 4 : R)
    grind
  have h0 : 0 ≤ axesRadius (R := R) := norm_nonneg _
  have hr : axesRadius ≤ (7 / 8 : R) := (mul_self_le_iff h0 (by grind)).mp (by rw [e]; grind)
  have h1 := expBound_one (R := R) 1 (by rw [abs_le]; grind)
  have h2 := expBound_one (R := R) (3 / 4) (by rw [abs_le]; grind)
  have h3 := mul_le_mul (by grind : exp (1 : R) ≤ 14 / 5) (by grind : exp (3 / 4 : R) ≤ 11 / 5)
    (by grind) (Std.le_of_lt (exp_pos _))
  rw [← exp_add] at h3
  have h4 := Std.le_trans (exp_le_exp (by grind : 2 * (1 * axesRadius) / 1 ≤ (1 + 3 / 4 : R))) h3
  rw [e, hT]
  clear h0 h1 h2 h3 hr e hT
  grind

theorem suboptimality_whp_ga_instance : (13 / 16 : R) ≤ probSample axesWeights
    (fun S : Fin 128 → Fin 3 => ∃ t, t < 1000 ∧
      axesGap (R := R) (axes.gradientAscent S 0 (1 / (1 * 1)) t) ≤ 1 / 100) :=
  Std.le_trans (Std.le_trans axes_probability_le (suboptimality_whp_ga axes axesWeights_isProb
    axesWeights_ge axes_featureBound (by decide) rfl (expBound_exp _) (T := 1000) (by decide)))
    (probSample_mono axesWeights_isProb fun _ ⟨t, ht, h⟩ =>
      ⟨t, ht, Std.le_trans h axes_ascent_bound_le⟩)

theorem suboptimality_whp_sga_instance : (13 / 16 : R) ≤ probSample axesWeights
    (fun S : Fin 128 → Fin 3 =>
      (average fun t : Fin 1000 => expectSample uniform fun draws : Fin t → Fin 128 =>
        axesGap (R := R) (axes.stochasticAscent S 0 (1 / (1 * 1)) draws)) ≤ 1 / 100) :=
  Std.le_trans (Std.le_trans axes_probability_le (suboptimality_whp_sga axes axesWeights_isProb
    axesWeights_ge axes_featureBound (by decide) rfl (expBound_exp _) (T := 1000) (by decide)))
    (probSample_mono axesWeights_isProb fun _ h => Std.le_trans h axes_ascent_bound_le)

end RLHF.Demo
