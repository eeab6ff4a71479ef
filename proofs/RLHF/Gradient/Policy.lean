module
public import RLHF.Calculus.Rules
public import RLHF.Gradient.Defs
public import RLHF.Gradient.Tilt
public import RLHF.Model.Basic

/-!
# Gradients of the log-partition function, the policy and expectations

What is modelled: derivatives in `θ` of the Boltzmann policy at one prompt and of what is built
from it, as theorems about `HasGradient`.

## Main results
* `Problem.hasGradient_logPartition`: `∇A_x(θ) = E_{π_θ} φ / λ`.
* `Problem.hasGradient_log_policy`: `∇log π_θ(a) = (φ(x, a) - E_{π_θ} φ) / λ`.
* `Problem.hasGradient_policy`: `∇π_θ(a) = π_θ(a) ∇log π_θ(a)`.
* `Problem.hasGradient_mean_policy`: gradient of `θ ↦ E_{π_θ} f_θ`.

## References
arXiv 2601.16403, Section 4.
-/

public section

namespace RLHF

open Lean.Grind

universe u
variable {R : Type u} [ExpField R] {N m d : Nat}

namespace Problem

variable (P : Problem R N m d) (x : Fin N) (θ : Vec R d)

theorem hasGradient_score (a : Fin m) :
    HasGradient (fun θ => P.score x θ a) ((1 / P.klCoef) * P.feature x a) θ :=
  ((hasGradient_inner_left (P.feature x a) θ).smul (1 / P.klCoef)).congr
    (fun θ => by unfold score; grind) fun _ => rfl

/-- `∇A_x(θ) = E_{π_θ} φ / λ`. -/
theorem hasGradient_logPartition : HasGradient (P.logPartition x)
    ((1 / P.klCoef) * meanVec (P.policy x θ) (P.feature x)) θ :=
  (hasGradient_log_tiltPartition (P.refPolicy_isProb x) (P.refPolicy_pos x)
    (P.hasGradient_score x θ)).congr (fun _ => rfl) fun _ => (mean_mul _ _).symm

theorem log_policy (a : Fin m) : log (P.policy x θ a) =
    log (P.refPolicy x a) + (P.score x θ a - P.logPartition x θ) := by
  have h := P.log_policy_div x θ a
  rw [log_div (P.policy_pos x θ a) (P.refPolicy_pos x a)] at h
  grind

/-- `∇log π_θ(a) = (φ(x, a) - E_{π_θ} φ) / λ`. -/
theorem hasGradient_log_policy (a : Fin m) :
    HasGradient (fun θ => log (P.policy x θ a)) (P.scoreVec x θ a) θ := by
  refine ((hasGradient_const _ θ).add ((P.hasGradient_score x θ a).sub
    (P.hasGradient_logPartition x θ))).congr (fun θ => P.log_policy x θ a) fun j => ?_
  unfold scoreVec
  simp only [Vec.add_apply, Vec.sub_apply, Vec.smul_apply, Vec.zero_apply]
  grind

/-- `∇π_θ(a) = π_θ(a) ∇log π_θ(a)`. -/
theorem hasGradient_policy (a : Fin m) :
    HasGradient (fun θ => P.policy x θ a) (P.policy x θ a * P.scoreVec x θ a) θ := by
  have h := (P.hasGradient_log_policy x θ a).exp
  rw [exp_log _ (P.policy_pos x θ a)] at h
  exact h.congr (fun θ => (exp_log _ (P.policy_pos x θ a)).symm) fun _ => rfl

/-- `E_{π_θ}[∇log π_θ · f] = Cov_{π_θ}(f, φ) / λ`. -/
theorem mean_mul_scoreVec (f : Fin m → R) (j : Fin d) :
    mean (P.policy x θ) (fun a => f a * P.scoreVec x θ a j) =
      cov (P.policy x θ) f (fun a => P.feature x a j) / P.klCoef := by
  have h : ∀ a, f a * P.scoreVec x θ a j = (1 / P.klCoef) * (f a * P.feature x a j -
      mean (P.policy x θ) (fun a => P.feature x a j) * f a) := fun a => by
    unfold scoreVec meanVec
    rw [Vec.smul_apply, Vec.sub_apply]
    grind
  rw [mean_congr h, mean_mul, mean_sub, mean_mul, cov_eq (P.policy_isProb x θ)]
  grind

/-- Gradient of an expectation whose integrand depends on the parameter as well:
`∇E_{π_θ} f_θ = E_{π_θ}[∇f_θ] + Cov_{π_θ}(f_θ, φ) / λ`. -/
theorem hasGradient_mean_policy {f : Vec R d → Fin m → R} {f' : Fin m → Vec R d}
    (hf : ∀ a, HasGradient (fun θ => f θ a) (f' a) θ) :
    HasGradient (fun θ => mean (P.policy x θ) (f θ)) (fun j => meanVec (P.policy x θ) f' j +
      cov (P.policy x θ) (f θ) (fun a => P.feature x a j) / P.klCoef) θ := by
  refine (HasGradient.sum fun a => (P.hasGradient_policy x θ a).mul (hf a)).congr
    (fun _ => rfl) fun j => ?_
  rw [← P.mean_mul_scoreVec]
  unfold meanVec mean
  rw [← sum_add]
  refine sum_congr fun a => ?_
  simp only [Vec.add_apply, Vec.smul_apply]
  grind

/-- `∇E_{π_θ} f = Cov_{π_θ}(f, φ) / λ`. -/
theorem hasGradient_mean_policy_const (f : Fin m → R) :
    HasGradient (fun θ => mean (P.policy x θ) f)
      (fun j => cov (P.policy x θ) f (fun a => P.feature x a j) / P.klCoef) θ := by
  have h0 : ∀ j, meanVec (P.policy x θ) (fun _ => (0 : Vec R d)) j = 0 := fun j =>
    mean_const (P.policy_isProb x θ) 0
  refine (P.hasGradient_mean_policy x θ fun a => hasGradient_const (f a) θ).congr
    (fun _ => rfl) fun j => ?_
  rw [h0]
  grind

/-- Row `i` of the Hessian of `A_x` is row `i` of `V_x(θ) / λ²`. -/
theorem hasGradient_logPartition_grad (i : Fin d) :
    HasGradient (fun θ => ((1 / P.klCoef) * meanVec (P.policy x θ) (P.feature x) : Vec R d) i)
      ((1 / (P.klCoef * P.klCoef)) * P.covarianceAt x θ i) θ := by
  have := P.klCoef_pos
  refine ((P.hasGradient_mean_policy_const x θ fun a => P.feature x a i).smul
    (1 / P.klCoef)).congr (fun _ => rfl) fun j => ?_
  unfold covarianceAt covariance
  rw [Vec.smul_apply, Vec.smul_apply]
  grind

end Problem

end RLHF
