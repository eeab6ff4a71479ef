module
public import RLHF.Papers.Generalisation.Main

/-!
# A concrete instance

What is modelled: one problem that satisfies every hypothesis used in the library, and every
headline theorem instantiated at it. No theorem of the library holds vacuously.

## Main definitions
* `Demo.problem`: two prompts, two actions, features in `R²`, `q = (1/3, 2/3)`, `λ = 1`,
  `θ* = (1, -1)`.
* `Demo.sample`: the sample of both prompts.

## Main results
* `Demo.featureBound`: its features are bounded by `2`.
-/

@[expose] public section

namespace RLHF.Demo

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R]

/-- Features `φ(0, a) = e_a`, `φ(1, 0) = (1, 1)`, `φ(1, 1) = 0`. -/
noncomputable def feature (x : Fin 2) (a : Fin 2) : Vec R 2 := fun j =>
  if x = 0 then (if a = j then 1 else 0) else (if a = 0 then 1 else 0)

/-- Probability weights `(1/3, 2/3)`. -/
noncomputable def weights (a : Fin 2) : R := if a = 0 then 1 / 3 else 2 / 3

/-- Vector `(1, -1)`. -/
noncomputable def direction : Vec R 2 := fun j => if j = 0 then 1 else -1

theorem weights_pos (a : Fin 2) : 0 < (weights a : R) := by
  have : 0 < (3 : R)⁻¹ := inv_pos (by grind)
  unfold weights; grind

theorem weights_sum : sum (weights (R := R)) = 1 := by simp only [sum, weights]; grind

theorem weights_isProb : IsProb (weights (R := R)) where
  nonneg a := by have := weights_pos (R := R) a; grind
  sum_eq_one := weights_sum

/-- The problem with these features, reference policy `(1/3, 2/3)`, `λ = 1` and `θ* = (1, -1)`. -/
noncomputable def problem : Problem R 2 2 2 where
  feature := feature
  refPolicy _ := weights
  trueParam := direction
  klCoef := 1
  klCoef_pos := by grind
  refPolicy_pos _ := weights_pos
  refPolicy_sum _ := weights_sum

/-- The sample that holds each prompt once. -/
def sample (i : Fin 2) : Fin 2 := i

theorem trueParam_ne_zero : (problem (R := R)).trueParam ≠ 0 := fun h => by
  have h0 : (1 : R) = 0 := congrFun h 0
  grind

theorem featureBound : (problem (R := R)).FeatureBound 2 := fun x a => by
  refine norm_le_of_inner_le (by grind) ?_
  show inner (feature x a) (feature x a) ≤ (2 * 2 : R)
  simp only [inner, sum, feature]
  grind

/-! ### Policy and objective -/

theorem boltzmann_normalised_instance :
    IsProb ((problem (R := R)).policy 0 0) ∧ ∀ a, 0 < (problem (R := R)).policy 0 0 a :=
  boltzmann_normalised problem 0 0

theorem log_ratio_instance : log ((problem (R := R)).policy 1 direction 0 / problem.refPolicy 1 0) =
    problem.score 1 direction 0 - problem.logPartition 1 direction :=
  log_ratio problem 1 direction 0

theorem kl_nonneg_instance : 0 ≤ klDiv (weights (R := R)) weights :=
  kl_nonneg weights_isProb weights_isProb weights_pos

theorem kl_zero_iff_instance : klDiv (weights (R := R)) weights = 0 :=
  (kl_zero_iff weights_isProb weights_isProb weights_pos).mpr rfl

theorem gibbs_variational_instance :
    (problem (R := R)).value 0 weights ≤ problem.objectiveAt 0 direction :=
  (gibbs_variational problem 0 weights_isProb).2.1

theorem gap_identity_instance :
    (problem (R := R)).objectiveAt 1 direction - problem.objectiveAt 1 0 =
    1 * klDiv (problem.policy 1 0) (problem.policy 1 direction) :=
  (gap_identity problem 1 0).1

theorem objective_range_instance :
    abs ((problem (R := R)).objectiveAt 0 direction) ≤ 2 * norm direction :=
  objective_range problem featureBound 0

/-! ### Gradient-norm geometry -/

theorem variance_bound_instance :
    var ((problem (R := R)).policy 0 0) (fun a => inner direction (problem.feature 0 a)) ≤
    2 * 2 * (norm direction * norm direction) :=
  variance_bound problem featureBound 0 0 direction

theorem gradient_alignment_instance :
    0 ≤ inner ((problem (R := R)).gradient sample 0) (problem.trueParam - 0) :=
  (gradient_alignment problem sample 0).2

theorem gradient_cocoercive_instance :
    norm ((problem (R := R)).gradient sample 0) * norm (problem.gradient sample 0) ≤
    2 * 2 / 1 * inner (problem.gradient sample 0) (direction - 0) :=
  (gradient_cocoercive problem featureBound 0).1 sample

/-- Centred under `weights`, nonconstant, bounded by `2`. -/
noncomputable def centred (a : Fin 2) : R := if a = 0 then 2 else -1

theorem mean_centred : mean (weights (R := R)) centred = 0 := by
  simp only [mean, sum, weights, centred]; grind

theorem abs_centred_le (a : Fin 2) : abs (centred (R := R) a) ≤ 2 := by
  rw [abs_le]; unfold centred; grind

theorem log_mgf_bound_instance :
    log (mean (weights (R := R)) fun a => exp (centred a)) ≤ exp 2 * var weights centred :=
  log_mgf_bound weights_isProb mean_centred abs_centred_le (expBound_exp 2)

theorem gradient_domination_instance :
    (problem (R := R)).objective sample direction - problem.objective sample 0 ≤
    exp (2 * (2 * norm (direction - 0)) / 1) *
      inner (problem.gradient sample 0) (direction - 0) :=
  (gradient_domination problem featureBound sample 0 (expBound_exp _)).1

theorem gradient_trueParam : (problem (R := R)).gradient sample direction = 0 := by
  have h := inner_self_nonneg ((problem (R := R)).gradient sample direction)
  have e : (problem (R := R)).trueParam - direction = 0 := Vec.ext fun j => by
    rw [Vec.sub_apply, Vec.zero_apply]
    show direction j - direction j = (0 : R)
    grind
  have hc := (gradient_cocoercive problem featureBound (R := R) direction).1 sample
  rw [e, inner_zero_right, norm_mul_self] at hc
  exact eq_zero_of_inner_self (by grind)

theorem stationary_is_optimal_instance :
    (average fun i => (problem (R := R)).value (sample i) weights) ≤
    problem.objective sample direction :=
  (stationary_is_optimal problem sample gradient_trueParam).2 (fun _ => weights)
    fun _ => weights_isProb

theorem covariance_comparison_instance (f : Fin 2 → R) :
    var ((problem (R := R)).policy 0 direction) f ≤
    exp (2 * (2 * norm (direction - 0)) / 1) * var (problem.policy 0 0) f :=
  (covariance_comparison problem featureBound 0 (Std.le_refl _) f).2

theorem kernel_invariant_instance :
    var ((problem (R := R)).policy 0 0) (fun a => inner direction (problem.feature 0 a)) ≠ 0 :=
  fun h => by
    have h1 := (kernel_invariant problem 0 0 direction).mp h 0 1
    change inner direction (feature 0 0) = (inner direction (feature 0 1) : R) at h1
    simp only [inner, sum, feature, direction] at h1
    grind

/-! ### Error decomposition -/

theorem error_decomposition_instance :
    (problem (R := R)).population weights direction - problem.population weights 0 ≤
    abs (problem.objective sample direction - problem.population weights direction) +
    abs (problem.objective sample direction - problem.objective sample 0) +
    abs (problem.objective sample 0 - problem.population weights 0) :=
  error_decomposition problem weights sample 0

theorem optimisation_error_instance :
    abs ((problem (R := R)).objective sample direction - problem.objective sample 0) ≤
    exp (2 * (2 * norm (direction - 0)) / 1) * norm (direction - 0) *
      norm (problem.gradient sample 0) :=
  optimisation_error problem featureBound sample (Std.le_refl _) (expBound_exp _)

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

end RLHF.Demo
