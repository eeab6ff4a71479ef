module
public import RLHF.Papers.RewardShift.ClippedKl.Defs
public import RLHF.Probability.TwoLevel.Defs

/-!
# The objective, and what is averaged over rollouts

What is modelled: the objective of a policy on a population of prompts under any reward, and the
number that is computed for one rollout: the learned reward minus the clipped log-ratio.

## Conventions
* `π_x` is the policy at the prompt `x`, `q` the reference, `ℓ = log (π_x / q)`.
* `P = D(x) π(a | x)` are the weights of the pairs that the policy meets (`meanPair`).
* The estimate is `twoLevelMean (E.clippedReward τ s π)`; its mean is `E_P` of the same.

## Main definitions
* `Setting.clippedReward`: `s(x, a) - λ clip_τ ℓ`.
* `Setting.populationValue`: `J = E_D [E_π r - λ KL(π ‖ q)]`.

## References
arXiv 2602.21765, cf. Theorem 1.
-/

@[expose] public section

namespace RLHF.Setting

universe u
variable {R : Type u} [ExpField R] {N m : Nat} (E : Setting R N m)

/-- Reward `s(x, a) - λ clip_τ ℓ(x, a)` of one rollout, with the log-ratio of `π_x` to the reference
policy clipped at `τ`. -/
noncomputable def clippedReward (τ : R) (s π : Fin N → Fin m → R) (x : Fin N) (a : Fin m) : R :=
  s x a - E.klCoef * clip τ (logRatio (π x) (E.refPolicy x) a)

/-- Objective `J = Σ_x D(x) (E_π r(x, ·) - λ KL(π_x ‖ q))` of any policy under any reward, on
prompts with the weights `D`. -/
noncomputable def populationValue (D : Fin N → R) (r π : Fin N → Fin m → R) : R :=
  mean D fun x => E.value x (r x) (π x)

end RLHF.Setting
