module
public import RLHF.Gradient.Objective

/-!
# Hessian of the objective

What is modelled: the second derivative of the KL-regularised objective at one prompt, through the
third cumulant of the features under `π_θ`.

## Main results
* `cumulant3_eq`: the third cumulant through covariances.
* `Problem.hasGradient_gradientAt`: `∇²J_x(θ) = κ₃(⟨θ* - θ, φ⟩, φ, φ) / λ² - V_x(θ) / λ`.

## References
arXiv 2601.16403, Section 4.
-/

public section

namespace RLHF

open Lean.Grind

universe u
variable {R : Type u} [ExpField R] {N m d : Nat}

/-- `κ₃(f, g, h) = Cov(fg, h) - E f · Cov(g, h) - E g · Cov(f, h)`. -/
theorem cumulant3_eq {p : Fin m → R} (hp : IsProb p) (f g h : Fin m → R) : cumulant3 p f g h =
    cov p (fun a => f a * g a) h - mean p f * cov p g h - mean p g * cov p f h := by
  have e : ∀ a, (f a - mean p f) * (g a - mean p g) * (h a - mean p h) =
      (f a * g a - mean p (fun a => f a * g a)) * (h a - mean p h) -
      mean p f * ((g a - mean p g) * (h a - mean p h)) -
      mean p g * ((f a - mean p f) * (h a - mean p h)) +
      (mean p (fun a => f a * g a) - mean p f * mean p g) * (h a - mean p h) := fun a => by grind
  have h0 : mean p (fun a => h a - mean p h) = 0 := by rw [mean_sub, mean_const hp]; grind
  unfold cumulant3
  rw [mean_congr e, mean_add, mean_sub, mean_sub, mean_mul, mean_mul, mean_mul, h0]
  unfold cov
  grind

namespace Problem

variable (P : Problem R N m d) (x : Fin N) (θ : Vec R d)

private theorem hasGradient_error (a : Fin m) :
    HasGradient (fun θ => inner (P.trueParam - θ) (P.feature x a)) (-P.feature x a) θ :=
  ((hasGradient_const _ θ).sub (hasGradient_inner_left (P.feature x a) θ)).congr
    (fun θ => inner_sub_left _ _ _) fun j => by
      rw [Vec.sub_apply, Vec.neg_apply, Vec.zero_apply]; grind

/-- `∇_θ Cov_{π_θ}(c_θ, g) = κ₃(c_θ, g, φ) / λ - Cov_{π_θ}(g, φ)` with `c_θ = ⟨θ* - θ, φ⟩`. -/
theorem hasGradient_cov_error (g : Fin m → R) :
    HasGradient (fun θ => cov (P.policy x θ)
      (fun a => inner (P.trueParam - θ) (P.feature x a)) g)
      (fun k => cumulant3 (P.policy x θ) (fun a => inner (P.trueParam - θ) (P.feature x a)) g
        (fun a => P.feature x a k) / P.klCoef -
        cov (P.policy x θ) g fun a => P.feature x a k) θ := by
  have hp := P.policy_isProb x θ
  have h1 := P.hasGradient_mean_policy x θ fun a => (P.hasGradient_error x θ a).mul
    (hasGradient_const (g a) θ)
  have h2 := (P.hasGradient_mean_policy x θ (P.hasGradient_error x θ)).mul
    (P.hasGradient_mean_policy_const x θ g)
  refine (h1.sub h2).congr (fun θ => cov_eq (P.policy_isProb x θ) _ g) fun k => ?_
  have hv := cov_eq hp g fun a => P.feature x a k
  rw [cumulant3_eq hp]
  simp only [Vec.sub_apply, Vec.add_apply, Vec.smul_apply, meanVec, Vec.neg_apply, Vec.zero_apply]
  have e : mean (P.policy x θ) (fun a => g a * -P.feature x a k +
      inner (P.trueParam - θ) (P.feature x a) * 0) =
      -mean (P.policy x θ) (fun a => g a * P.feature x a k) := by
    rw [← mean_neg]; exact mean_congr fun a => by grind
  rw [e, mean_neg]
  clear e h1 h2
  generalize mean (P.policy x θ) (fun a => g a * P.feature x a k) = w at *
  grind

/-- Row `j` of the Hessian of `J_x`:
`∇(∇J_x)_j = κ₃(⟨θ* - θ, φ⟩, φ_j, φ) / λ² - V_x(θ)_j / λ`. -/
theorem hasGradient_gradientAt (j : Fin d) : HasGradient (fun θ => P.gradientAt x θ j) (fun k =>
    cumulant3 (P.policy x θ) (fun a => inner (P.trueParam - θ) (P.feature x a))
      (fun a => P.feature x a j) (fun a => P.feature x a k) / (P.klCoef * P.klCoef) -
    P.covarianceAt x θ j k / P.klCoef) θ := by
  have := P.klCoef_pos
  refine ((P.hasGradient_cov_error x θ fun a => P.feature x a j).smul (1 / P.klCoef)).congr
    (fun θ => by rw [gradientAt_apply]; grind) fun k => ?_
  rw [Vec.smul_apply]
  unfold covarianceAt covariance
  grind

end Problem

end RLHF
