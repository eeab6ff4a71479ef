module
public import RLHF.Papers.RewardShift.TwoLevel.ThreeTerms

/-!
# Headline theorems: the three terms

Every statement of its group, under the name of its entry in the claim table, and nothing else.

## Conventions
* `R` is any exponential ordered field. `rollouts` draws `n` prompts with the weights `D` and, given
  these, `k` responses to each with the weights `π_x`.
* `r` is the true reward, `s` the learned one, `ℓ = log (π / q)`; the estimate is the mean of
  `s - λ clip_τ ℓ` (`Setting.clippedReward`) over the rollouts, its aim is
  `E_D (E_π r - λ KL(π ‖ q))` (`Setting.populationValue`).
* `E_P` is `meanPair D π`; `h` is a sub-Gaussian constant (`HoeffdingBound`).

## References
cf. arXiv 2602.21765, Theorem 1.
-/

public section

namespace RLHF

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R] {N m n k : Nat} {D : Fin N → R} {π : Fin N → Fin m → R}

/-- With probability at least `1 - p` the estimate is within
`2 √(h log(2/p) V) + |E_P (r - s)| + λ |E_P (ℓ - clip_τ ℓ)|` of the objective,
`V = w_g²/n + w²/(nk)`. cf. 2602.21765, Theorem 1. -/
theorem three_term_bound (E : Setting R N m) (hD : IsProb D) (hπ : ∀ x, IsProb (π x))
    (r s : Fin N → Fin m → R) {h wg w τ p : R} (hh : HoeffdingBound h)
    (hg : ∀ x y, E.clippedValue τ x (s x) (π x) - E.clippedValue τ y (s y) (π y) ≤ wg)
    (hw : ∀ x a b, E.clippedReward τ s π x a - E.clippedReward τ s π x b ≤ w) (hn : 0 < n)
    (hk : 0 < k) (hp : 0 < p) :
    1 - p ≤ (rollouts hD hπ n k).prob fun S =>
      abs (twoLevelMean (E.clippedReward τ s π) S - E.populationValue D r π) ≤
        2 * sqrt (h * log (2 / p) * (wg * wg / (n : R) + w * w / ((n : R) * (k : R)))) +
        abs (meanPair D π fun x a => r x a - s x a) +
        E.klCoef * abs (meanPair D π fun x a =>
          logRatio (π x) (E.refPolicy x) a - clip τ (logRatio (π x) (E.refPolicy x) a)) :=
  E.le_prob_three_terms hD hπ hn hk hh hg hw hp

/-- With probability at least `1 - p` the estimate is within
`(1 + 2λτ) (√(log(4/p)/(2n)) + √(log(4/p)/(2nk))) + √(1 + χ²(P ‖ Q)) √(E_Q (r - s)²) +
λ E_P (|ℓ| - τ)₊` of the objective, for `s` in `[0, 1]`. cf. 2602.21765, Theorem 1. -/
theorem paper_theorem_1 (hR : Archimedean R) (E : Setting R N m) (hD : IsProb D)
    (hπ : ∀ x, IsProb (π x)) {D' : Fin N → R} {μ : Fin N → Fin m → R} (hD' : IsProb D')
    (hμ : ∀ x, IsProb (μ x)) (hPQ : AbsContPair D π D' μ) (r : Fin N → Fin m → R)
    {s : Fin N → Fin m → R} {τ p : R} (hs : ∀ x a, 0 ≤ s x a ∧ s x a ≤ 1) (hτ : 0 ≤ τ)
    (hn : 0 < n) (hk : 0 < k) (hp : 0 < p) :
    1 - p ≤ (rollouts hD hπ n k).prob fun S =>
      abs (twoLevelMean (E.clippedReward τ s π) S - E.populationValue D r π) ≤
        (1 + 2 * E.klCoef * τ) * (sqrt (log (4 / p) / (2 * (n : R))) +
          sqrt (log (4 / p) / (2 * ((n : R) * (k : R))))) +
        sqrt (1 + chiSqPair D π D' μ) *
          sqrt (meanPair D' μ fun x a => (r x a - s x a) * (r x a - s x a)) +
        E.klCoef * meanPair D π fun x a =>
          posPart (abs (logRatio (π x) (E.refPolicy x) a) - τ) :=
  E.le_prob_theorem_1 hD hπ hn hk hR hD' hμ hPQ hs hτ hp

end RLHF
