module
public import RLHF.Papers.RewardShift.TwoLevel.Defs
public import RLHF.Probability.ChiSquare.Defs

/-!
# What an estimate from rollouts is wrong by in the mean

What is modelled: the two biases of the estimate of a policy's objective, from the learned reward
and from clipping, and a majorant of them for a mixture of policies.

## Main definitions
* `Setting.bias`: `|E_P (s - r)| + λ |E_P (ℓ - clip_τ ℓ)|`.
* `Setting.mixtureBias`: `√(E_{D'μ} (r - s)²) E_Q 𝒞(π_θ) + λ E_Q E_P (|ℓ_θ| - τ)₊`.

## References
cf. arXiv 2602.21765, reward shift term and KL clipping term.
-/

@[expose] public section

namespace RLHF.Setting

universe u
variable {R : Type u} [ExpField R] {N M m : Nat} (E : Setting R N m)

/-- Bias `|E_P (s - r)| + λ |E_P (ℓ - clip_τ ℓ)|` of the estimate of a policy's objective, from the
learned reward `s` in the place of the true one, `r`, and from clipping; `P = D(x) π(a | x)`. -/
noncomputable def bias (D : Fin N → R) (π r s : Fin N → Fin m → R) (τ : R) : R :=
  abs (meanPair D π fun x a => s x a - r x a) + E.klCoef * abs (meanPair D π fun x a =>
    logRatio (π x) (E.refPolicy x) a - clip τ (logRatio (π x) (E.refPolicy x) a))

/-- Bias `√(E_{D'μ} (r - s)²) E_Q 𝒞(π_θ) + λ E_Q E_P (|ℓ_θ| - τ)₊` of the estimates of a mixture `Q`
of policies, `𝒞(π) = √(1 + χ²(D π ‖ D' μ))`. -/
noncomputable def mixtureBias (D D' : Fin N → R) (μ : Fin N → Fin m → R)
    (π : Fin M → Fin N → Fin m → R) (r s : Fin N → Fin m → R) (τ : R) (Q : Fin M → R) : R :=
  sqrt (meanPair D' μ fun x a => (r x a - s x a) * (r x a - s x a)) *
      mean Q (fun θ => sqrt (1 + chiSqPair D (π θ) D' μ)) +
    E.klCoef * mean Q fun θ => meanPair D (π θ) fun x a =>
      posPart (abs (logRatio (π θ x) (E.refPolicy x) a) - τ)

end RLHF.Setting
