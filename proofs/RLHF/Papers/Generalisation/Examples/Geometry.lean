module
public import RLHF.Papers.Generalisation.Examples.Problem
public import RLHF.Papers.Generalisation.Main.Geometry
public import RLHF.Reals.Instance

/-!
# Concrete instances: gradient-norm geometry

What is modelled: every headline theorem of `Main.Geometry` at the problem of `Examples.Problem`.
-/

@[expose] public section

namespace RLHF.Demo

open Lean.Grind

universe u
variable {R : Type u} [ExpField R]

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

theorem kl_lower_variance_instance :
    psi (-(2 * (2 * norm (direction - 0 : Vec Real 2)) / 1)) *
      inner (problem.gradientAt 0 0) (direction - 0) ≤
    (problem (R := Real)).objectiveAt 0 direction - problem.objectiveAt 0 0 :=
  (kl_lower_variance archimedean_real problem featureBound 0 0 rfl).1

end RLHF.Demo
