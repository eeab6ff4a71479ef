module
public import RLHF.Papers.RewardShift.TwoLevel.Bounds

/-!
# Headline theorems: two-level sampling

Every statement of its group, under the name of its entry in the claim table, and nothing else.

## Conventions
* `R` is any exponential ordered field. `rollouts` draws `n` prompts with the weights `D` and, given
  these, `k` responses to each with the weights `π_x`; `f` is a function of prompt and response.
* `twoLevelMean f` is its mean over them, `meanPair D π f = E_P f` its expectation.
* `w_g` bounds the differences of `g(x) = E_π f(x, ·)`, `w` those of `f` at every single prompt;
  `V = w_g²/n + w²/(nk)`.
* `h` is a sub-Gaussian constant (`HoeffdingBound`): `1/5` is one in every field, `1/8` where the
  field is Archimedean.

## References
cf. arXiv 2602.21765, sampling term of Theorem 1.
-/

public section

namespace RLHF

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u v
variable {R : Type u} [ExpField R] {Ω : Type v} {N m n k : Nat}

/-- `P(Δ ≥ t) ≤ exp(-t²/(4hV))` for `t ≥ 0` if `E exp(s Δ) ≤ exp(h s² V)` for all `s`. -/
theorem chernoff (E : Expect R Ω) {Δ : Ω → R} {h V t : R} (hh : 0 < h) (hV : 0 < V)
    (hΔ : ∀ s, E (fun ω => exp (s * Δ ω)) ≤ exp (h * (s * s * V))) (ht : 0 ≤ t) :
    E.prob (fun ω => t ≤ Δ ω) ≤ exp (-(t * t / (4 * h * V))) := E.chernoff hh hV hΔ ht

variable {D : Fin N → R} {π f : Fin N → Fin m → R}

/-- The mean over rollouts has the expectation `E_P f`. -/
theorem two_level_mean (hD : IsProb D) (hπ : ∀ x, IsProb (π x)) (f : Fin N → Fin m → R)
    (hn : 0 < n) (hk : 0 < k) : rollouts hD hπ n k (twoLevelMean f) = meanPair D π f :=
  Expect.twoLevel_mean _ _ f hn hk

/-- `E (mean - E_P f)² = σ_p²/n + σ_r²/(nk)`, `σ_p² = Var_D g`, `σ_r² = E_D Var_π f`. -/
theorem two_level_variance (hD : IsProb D) (hπ : ∀ x, IsProb (π x)) (f : Fin N → Fin m → R)
    (hn : 0 < n) (hk : 0 < k) :
    rollouts hD hπ n k (fun S => (twoLevelMean f S - meanPair D π f) *
      (twoLevelMean f S - meanPair D π f)) =
      var D (fun x => mean (π x) (f x)) / (n : R) +
        mean D (fun x => var (π x) (f x)) / ((n : R) * (k : R)) :=
  Expect.twoLevel_mul_self _ _ f hn hk

/-- `P(|mean - E_P f| ≥ t) ≤ (σ_p²/n + σ_r²/(nk))/t²` for `t > 0`. -/
theorem two_level_chebyshev (hD : IsProb D) (hπ : ∀ x, IsProb (π x)) (f : Fin N → Fin m → R)
    (hn : 0 < n) (hk : 0 < k) {t : R} (ht : 0 < t) :
    (rollouts hD hπ n k).prob (fun S => t ≤ abs (twoLevelMean f S - meanPair D π f)) ≤
      (var D (fun x => mean (π x) (f x)) / (n : R) +
        mean D (fun x => var (π x) (f x)) / ((n : R) * (k : R))) / (t * t) := by
  rw [← two_level_variance hD hπ f hn hk]
  exact (rollouts hD hπ n k).chebyshev _ ht

/-- `E exp(s (mean - E_P f)) ≤ exp(h s² V)`. -/
theorem two_level_mgf (hD : IsProb D) (hπ : ∀ x, IsProb (π x)) {h wg w : R}
    (hh : HoeffdingBound h) (hg : ∀ x y, mean (π x) (f x) - mean (π y) (f y) ≤ wg)
    (hw : ∀ x a b, f x a - f x b ≤ w) (hn : 0 < n) (hk : 0 < k) (s : R) :
    rollouts hD hπ n k (fun S => exp (s * (twoLevelMean f S - meanPair D π f))) ≤
      exp (h * (s * s * (wg * wg / (n : R) + w * w / ((n : R) * (k : R))))) :=
  rollouts_exp_le hD hπ hg hw hn hk hh s

/-- `P(|mean - E_P f| ≥ t) ≤ 2 exp(-t²/(4hV))` for `t ≥ 0`.
cf. 2602.21765, sampling term of Theorem 1. -/
theorem two_level_hoeffding (hD : IsProb D) (hπ : ∀ x, IsProb (π x)) {h wg w t : R}
    (hh : HoeffdingBound h) (hg : ∀ x y, mean (π x) (f x) - mean (π y) (f y) ≤ wg)
    (hw : ∀ x a b, f x a - f x b ≤ w) (hn : 0 < n) (hk : 0 < k) (ht : 0 ≤ t) :
    (rollouts hD hπ n k).prob (fun S => t ≤ abs (twoLevelMean f S - meanPair D π f)) ≤
      2 * exp (-(t * t / (4 * h * (wg * wg / (n : R) + w * w / ((n : R) * (k : R)))))) :=
  prob_rollouts_le hD hπ hg hw hn hk hh ht

/-- With probability at least `1 - δ`, `|mean - E_P f| ≤ 2 √(h log(2/δ) V)`.
cf. 2602.21765, sampling term of Theorem 1. -/
theorem two_level_confidence (hD : IsProb D) (hπ : ∀ x, IsProb (π x)) {h wg w δ : R}
    (hh : HoeffdingBound h) (hg : ∀ x y, mean (π x) (f x) - mean (π y) (f y) ≤ wg)
    (hw : ∀ x a b, f x a - f x b ≤ w) (hn : 0 < n) (hk : 0 < k) (hδ : 0 < δ) :
    1 - δ ≤ (rollouts hD hπ n k).prob fun S => abs (twoLevelMean f S - meanPair D π f) ≤
      2 * sqrt (h * log (2 / δ) * (wg * wg / (n : R) + w * w / ((n : R) * (k : R)))) :=
  le_prob_rollouts hD hπ hg hw hn hk hh hδ

/-- With probability at least `1 - δ`,
`|mean - E_P f| ≤ 2 √h (w_g √(log(4/δ)/n) + w √(log(4/δ)/(nk)))`.
cf. 2602.21765, sampling term of Theorem 1. -/
theorem two_level_union (hD : IsProb D) (hπ : ∀ x, IsProb (π x)) {h wg w δ : R}
    (hh : HoeffdingBound h) (hg : ∀ x y, mean (π x) (f x) - mean (π y) (f y) ≤ wg)
    (hw : ∀ x a b, f x a - f x b ≤ w) (hn : 0 < n) (hk : 0 < k) (hδ : 0 < δ) :
    1 - δ ≤ (rollouts hD hπ n k).prob fun S => abs (twoLevelMean f S - meanPair D π f) ≤
      2 * sqrt h * (wg * sqrt (log (4 / δ) / (n : R)) +
        w * sqrt (log (4 / δ) / ((n : R) * (k : R)))) :=
  le_prob_rollouts_union hD hπ hg hw hn hk hh hδ

end RLHF
