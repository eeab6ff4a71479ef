module
public import RLHF.Gradient.Alignment
public import RLHF.Gradient.Policy
public import RLHF.Model.Variational

/-!
# Gradient of the objective

What is modelled: the closed form `V(θ)(θ* - θ)/λ` is the gradient of the KL-regularised objective,
at one prompt and on a sample, and equals the expectation of two sampled estimators.

## Main results
* `Problem.hasGradient_objectiveAt`, `Problem.hasGradient_objective`.
* `Problem.gradientAt_apply`: the coordinates of the gradient as covariances.
* `Problem.gradientAt_eq_meanVec_scoreVec` (REINFORCE form).
* `Problem.meanVec_pairGradient` (pairwise estimator).

## References
arXiv 2601.16403, Section 4.
-/

public section

namespace RLHF

open Lean.Grind

universe u
variable {R : Type u} [ExpField R] {N m d n : Nat}

namespace Problem

variable (P : Problem R N m d) (x : Fin N) (θ : Vec R d)

/-- `(∇J_x(θ))_j = Cov_{π_θ}(⟨θ* - θ, φ⟩, φ_j) / λ`. -/
theorem gradientAt_apply (j : Fin d) : P.gradientAt x θ j =
    cov (P.policy x θ) (fun a => inner (P.trueParam - θ) (P.feature x a))
      (fun a => P.feature x a j) / P.klCoef := by
  unfold gradientAt covarianceAt
  rw [Vec.smul_apply, mulVec_covariance]
  grind

/-- `J_x(θ) = λ A_x(θ) + E_{π_θ}⟨θ* - θ, φ⟩`. -/
theorem objectiveAt_eq : P.objectiveAt x θ = P.klCoef * P.logPartition x θ +
    mean (P.policy x θ) fun a => inner (P.trueParam - θ) (P.feature x a) := by
  have hl := P.klCoef_pos
  have h := P.gap_eq_klDiv x θ
  rw [P.klDiv_policy_policy, P.objectiveAt_trueParam] at h
  have e : mean (P.policy x θ) (fun a => inner (P.trueParam - θ) (P.feature x a)) =
      P.klCoef * mean (P.policy x θ) (P.score x (P.trueParam - θ)) := by
    rw [← mean_mul]
    exact mean_congr fun a => by unfold score; grind
  rw [e]
  grind

/-- `∇J_x(θ) = V_x(θ)(θ* - θ) / λ`. -/
theorem hasGradient_objectiveAt : HasGradient (P.objectiveAt x) (P.gradientAt x θ) θ := by
  have hl := P.klCoef_pos
  have hu : ∀ a, HasGradient (fun θ => inner (P.trueParam - θ) (P.feature x a))
      (-P.feature x a) θ := fun a =>
    ((hasGradient_const _ θ).sub (hasGradient_inner_left (P.feature x a) θ)).congr
      (fun θ => inner_sub_left _ _ _) fun j => by
        rw [Vec.sub_apply, Vec.neg_apply, Vec.zero_apply]; grind
  refine (((P.hasGradient_logPartition x θ).smul P.klCoef).add
    (P.hasGradient_mean_policy x θ hu)).congr (P.objectiveAt_eq x) fun j => ?_
  have hm : meanVec (P.policy x θ) (fun a => -P.feature x a) j =
      -meanVec (P.policy x θ) (P.feature x) j := mean_neg _
  rw [gradientAt_apply, Vec.add_apply, Vec.smul_apply, Vec.smul_apply, hm]
  grind

/-- `∇J_S(θ) = V_S(θ)(θ* - θ) / λ`. -/
theorem hasGradient_objective (S : Fin n → Fin N) :
    HasGradient (P.objective S) (P.gradient S θ) θ := by
  rw [gradient_eq_averageVec]
  exact HasGradient.average fun i => P.hasGradient_objectiveAt (S i) θ

/-- REINFORCE form: `∇J_x(θ) = E_{a ~ π_θ}[(r*(x, a) - λ log (π_θ/q)) ∇log π_θ(a)]`. -/
theorem gradientAt_eq_meanVec_scoreVec : P.gradientAt x θ = meanVec (P.policy x θ) fun a =>
    (P.reward x a - P.klCoef * log (P.policy x θ a / P.refPolicy x a)) * P.scoreVec x θ a := by
  funext j
  have hl := P.klCoef_pos
  have h : ∀ a, P.reward x a - P.klCoef * log (P.policy x θ a / P.refPolicy x a) =
      inner (P.trueParam - θ) (P.feature x a) + P.klCoef * P.logPartition x θ := fun a => by
    rw [P.log_policy_div, inner_sub_left]
    unfold reward score
    grind
  have hc : cov (P.policy x θ) (fun _ => P.klCoef * P.logPartition x θ)
      (fun a => P.feature x a j) = 0 := by
    rw [cov_eq (P.policy_isProb x θ), mean_mul, mean_const (P.policy_isProb x θ)]
    grind
  unfold meanVec
  simp only [Vec.smul_apply]
  rw [P.mean_mul_scoreVec, funext h, cov_add_left, hc, gradientAt_apply]
  grind

/-- `E_a E_b[(f_a - f_b)(g_a - g_b)] = 2 Cov(f, g)`. -/
private theorem mean_mean_sub_mul_sub {p : Fin m → R} (hp : IsProb p) (f g : Fin m → R) :
    mean p (fun a => mean p fun b => (f a - f b) * (g a - g b)) = 2 * cov p f g := by
  have h : ∀ a b, (f a - f b) * (g a - g b) =
      f b * g b - f a * g b - g a * f b + f a * g a := fun a b => by grind
  have h' : ∀ a, mean p (fun b => (f a - f b) * (g a - g b)) =
      mean p (fun b => f b * g b) - mean p g * f a - mean p f * g a + f a * g a := fun a => by
    rw [mean_congr (h a), mean_add, mean_sub, mean_sub, mean_mul, mean_mul, mean_const hp]
    grind
  rw [mean_congr h', mean_add, mean_sub, mean_sub, mean_mul, mean_mul, mean_const hp, cov_eq hp]
  grind

/-- The pairwise estimator is unbiased: `E_{a, b ~ π_θ}[⟨δ, θ* - θ⟩ δ / (2λ)] = ∇J_x(θ)`. -/
theorem meanVec_pairGradient : (meanVec (P.policy x θ) fun a => meanVec (P.policy x θ)
    (P.pairGradient x θ a)) = P.gradientAt x θ := by
  funext j
  have hl := P.klCoef_pos
  have h := mean_mean_sub_mul_sub (P.policy_isProb x θ)
    (fun a => inner (P.trueParam - θ) (P.feature x a)) fun a => P.feature x a j
  have e : ∀ a b, P.pairGradient x θ a b j = 1 / (2 * P.klCoef) *
      ((inner (P.trueParam - θ) (P.feature x a) - inner (P.trueParam - θ) (P.feature x b)) *
        (P.feature x a j - P.feature x b j)) := fun a b => by
    unfold pairGradient
    rw [Vec.smul_apply, inner_comm, inner_sub_right, Vec.sub_apply]
    grind
  unfold meanVec
  rw [mean_congr fun a => (mean_congr (e a)).trans (mean_mul _ _), mean_mul, h, gradientAt_apply]
  grind

end Problem

end RLHF
