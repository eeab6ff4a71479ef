module
public import RLHF.Gradient.Hessian

/-!
# Headline theorems: gradients

Every statement of the group "Gradient", under the name of its entry in the claim table, and
nothing else. Derivatives are true derivatives: `HasGradient` is the ε–δ (Fréchet) statement on
`R^d`.

## Conventions
* `R` is any exponential ordered field, `P` a problem, `x` a prompt, `S` a sample of `n` prompts.

## References
arXiv 2601.16403, Section 4.
-/

public section

namespace RLHF

universe u
variable {R : Type u} [ExpField R] {N m d n : Nat} (P : Problem R N m d)

/-- `∇A_x(θ) = E_{π_θ}[φ] / λ`. 2601.16403, posterior Boltzmann policy. -/
theorem grad_log_partition (x : Fin N) (θ : Vec R d) :
    HasGradient (P.logPartition x)
      ((1 / P.klCoef) * meanVec (P.policy x θ) (P.feature x)) θ :=
  P.hasGradient_logPartition x θ

/-- `∇²A_x(θ) = V_x(θ) / λ²`: row `i` of the matrix is the gradient of coordinate `i` of `∇A_x`.
2601.16403, covariance of the features. -/
theorem hess_log_partition (x : Fin N) (θ : Vec R d) (i : Fin d) :
    HasGradient (fun θ => ((1 / P.klCoef) * meanVec (P.policy x θ) (P.feature x) : Vec R d) i)
      ((1 / (P.klCoef * P.klCoef)) * P.covarianceAt x θ i) θ :=
  P.hasGradient_logPartition_grad x θ i

/-- `∇E_{π_θ}[f] = Cov_{π_θ}(f, φ) / λ`. 2601.16403, policy gradient. -/
theorem grad_expectation (x : Fin N) (θ : Vec R d) (f : Fin m → R) :
    HasGradient (fun θ => mean (P.policy x θ) f)
      (fun j => cov (P.policy x θ) f (fun a => P.feature x a j) / P.klCoef) θ :=
  P.hasGradient_mean_policy_const x θ f

/-- `∇J_x(θ) = V_x(θ)(θ* - θ) / λ` and `∇J_S(θ) = V_S(θ)(θ* - θ) / λ`. 2601.16403, gradient of the
KL-regularised objective. -/
theorem grad_objective (θ : Vec R d) :
    (∀ x, HasGradient (P.objectiveAt x) (P.gradientAt x θ) θ) ∧
    ∀ S : Fin n → Fin N, HasGradient (P.objective S) (P.gradient S θ) θ :=
  ⟨fun x => P.hasGradient_objectiveAt x θ, fun S => P.hasGradient_objective θ S⟩

/-- `∇²J_x(θ) = κ₃(⟨θ* - θ, φ⟩, φ, φ) / λ² - V_x(θ) / λ` under `π_θ`: row `j` of the matrix is the
gradient of coordinate `j` of `∇J_x`. 2601.16403, smoothness of the objective. -/
theorem hess_objective (x : Fin N) (θ : Vec R d) (j : Fin d) :
    HasGradient (fun θ => P.gradientAt x θ j) (fun k =>
      cumulant3 (P.policy x θ) (fun a => inner (P.trueParam - θ) (P.feature x a))
        (fun a => P.feature x a j) (fun a => P.feature x a k) / (P.klCoef * P.klCoef) -
      P.covarianceAt x θ j k / P.klCoef) θ :=
  P.hasGradient_gradientAt x θ j

/-- `∇J_x(θ) = E_{a ~ π_θ}[(r*(x, a) - λ log (π_θ/q)) ∇log π_θ(a)]`, where
`∇log π_θ(a) = (φ(x, a) - E_{π_θ} φ) / λ`. 2601.16403, REINFORCE form of the gradient. -/
theorem score_identity (x : Fin N) (θ : Vec R d) :
    (∀ a, HasGradient (fun θ => log (P.policy x θ a)) (P.scoreVec x θ a) θ) ∧
    P.gradientAt x θ = meanVec (P.policy x θ) fun a =>
      (P.reward x a - P.klCoef * log (P.policy x θ a / P.refPolicy x a)) * P.scoreVec x θ a :=
  ⟨P.hasGradient_log_policy x θ, P.gradientAt_eq_meanVec_scoreVec x θ⟩

/-- `E_{a, b ~ π_θ}[⟨δ, θ* - θ⟩ δ / (2λ)] = ∇J_x(θ)` with `δ = φ(x, a) - φ(x, b)`. 2601.16403,
stochastic gradient from pairs of responses. -/
theorem pairwise_estimator (x : Fin N) (θ : Vec R d) :
    (meanVec (P.policy x θ) fun a => meanVec (P.policy x θ) (P.pairGradient x θ a)) =
      P.gradientAt x θ :=
  P.meanVec_pairGradient x θ

end RLHF
