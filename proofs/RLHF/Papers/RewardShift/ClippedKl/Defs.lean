module
public import RLHF.Model.Defs

/-!
# Clipping and the estimators of the divergence

What is modelled: a log-ratio clipped at a threshold, what clipping cuts off, and the estimators of
`KL(π ‖ q)` that are computed from the log-ratio of one draw from `π`.

## Conventions
* `π` is the policy from which is drawn, `q` the reference, `ℓ_a = log (π_a / q_a)`.
* `τ` is the threshold. Clipping is meant for `τ ≥ 0`.

## Main definitions
* `clip`, `posPart`, `logRatio`.
* `Setting.clippedValue`: the objective at a prompt with the clipped divergence.
* `klEstimator1`, `klEstimator2`, `klEstimator3`: k1, k2 and k3.

## References
arXiv 2602.21765, KL clipping.
-/

@[expose] public section

namespace RLHF

universe u
variable {R : Type u} [ExpField R] {N m : Nat}

/-- `clip_τ(y) = max(-τ, min(τ, y))`: `y` clipped to `[-τ, τ]`. For `τ < 0` it is `-τ`. -/
noncomputable def clip (τ y : R) : R := open Classical in max (-τ) (if y ≤ τ then y else τ)

/-- Positive part `(y)₊ = max(y, 0)`. -/
noncomputable def posPart (y : R) : R := max y 0

/-- Log-ratio `ℓ_a = log (π_a / q_a)`; where `π_a = 0` it is unspecified. -/
noncomputable def logRatio (π q : Fin m → R) (a : Fin m) : R := log (π a / q a)

/-- Value `E_π r - λ E_π clip_τ ℓ` of a policy `π` at the prompt `x` under a reward `r` on its
actions, with the log-ratio to the reference policy clipped at `τ`. -/
noncomputable def Setting.clippedValue (E : Setting R N m) (τ : R) (x : Fin N) (r π : Fin m → R) :
    R :=
  mean π r - E.klCoef * mean π fun a => clip τ (logRatio π (E.refPolicy x) a)

/-- The estimator `k1 = ℓ` of the divergence from a log-ratio `ℓ`. -/
def klEstimator1 (l : R) : R := l

/-- The estimator `k2 = ℓ²/2`. -/
noncomputable def klEstimator2 (l : R) : R := l * l / 2

/-- The estimator `k3 = exp(-ℓ) - 1 + ℓ`. -/
noncomputable def klEstimator3 (l : R) : R := exp (-l) - 1 + l

end RLHF
