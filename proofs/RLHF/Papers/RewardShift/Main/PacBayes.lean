module
public import RLHF.Papers.RewardShift.PacBayes.Rlhf
public import RLHF.Probability.DataProcessing

/-!
# Headline theorems: PAC-Bayes and finite classes

Every statement of its group, under the name of its entry in the claim table, and nothing else.

## Conventions
* `R` is any exponential ordered field, `E` any expectation, `E.prob` its probabilities.
* `Δ_θ`, for `θ` in a finite set of size `N`, are functions of the outcome with
  `E exp(s Δ_θ) ≤ exp(h s² V)`.
* `P` are prior weights on the `θ`, positive and fixed; `Q` are any others, which may depend on the
  outcome: the statements are on the event that a bound holds for all of them.
* For policies, `S_θ` is the two-level sample of `π_θ`, `n` prompts and `k` responses to each; the
  samples of different policies have any joint law. The estimate of the objective
  `J(π_θ) = E_D[E_π r - λ KL(π ‖ q)]` is the mean of `s - λ clip_c ℓ` over it, `s` the learned
  reward.

## References
cf. arXiv 2602.21765, Theorem 2.
-/

public section

namespace RLHF

attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u v
variable {R : Type u} [ExpField R] {Ω : Type v} {N K J m n k : Nat}

/-- `E_p F ≤ KL(p ‖ q) + log E_q exp F`, with equality exactly if `p` is `q` tilted by `F`. -/
theorem donsker_varadhan {p q : Fin m → R} (hp : IsProb p) (hq : IsProb q) (hq0 : ∀ a, 0 < q a)
    (F : Fin m → R) :
    mean p F ≤ klDiv p q + log (mean q fun a => exp (F a)) ∧
      (mean p F = klDiv p q + log (mean q fun a => exp (F a)) ↔ p = tilt q F) :=
  ⟨mean_le_klDiv_add_log hp hq hq0 F, mean_eq_klDiv_add_log_iff hp hq hq0 F⟩

/-- With probability at least `1 - δ`, for all weights `Q`,
`E_Q Δ ≤ (KL(Q ‖ P) + log(1/δ))/s + h s V`. cf. 2602.21765, Theorem 2. -/
theorem pac_bayes_catoni (E : Expect R Ω) {P : Fin N → R} (hP : IsProb P) (hP0 : ∀ θ, 0 < P θ)
    {Δ : Fin N → Ω → R} {h V s δ : R} (hs : 0 < s) (hδ : 0 < δ)
    (hΔ : ∀ θ, E (fun ω => exp (s * Δ θ ω)) ≤ exp (h * (s * s * V))) :
    1 - δ ≤ E.prob fun ω => ∀ Q, IsProb Q →
      mean Q (fun θ => Δ θ ω) ≤ (klDiv Q P + log (1 / δ)) / s + h * s * V :=
  E.le_prob_mean_le hP hP0 hs hδ hΔ

/-- With probability at least `1 - δ`, for all weights `Q` and all `j ≤ J` at once,
`E_Q Δ ≤ (KL(Q ‖ P) + log(J/δ))/s_j + h s_j V`. cf. 2602.21765, Theorem 2. -/
theorem pac_bayes_grid (E : Expect R Ω) {P : Fin N → R} (hP : IsProb P) (hP0 : ∀ θ, 0 < P θ)
    {Δ : Fin N → Ω → R} {h V δ : R} {s : Fin J → R} (hs : ∀ j, 0 < s j) (hJ : 0 < J) (hδ : 0 < δ)
    (hΔ : ∀ j θ, E (fun ω => exp (s j * Δ θ ω)) ≤ exp (h * (s j * s j * V))) :
    1 - δ ≤ E.prob fun ω => ∀ j Q, IsProb Q →
      mean Q (fun θ => Δ θ ω) ≤ (klDiv Q P + log ((J : R) / δ)) / s j + h * s j * V :=
  E.le_prob_mean_le_grid hP hP0 hs hJ hδ hΔ

/-- With probability at least `1 - δ`, for all weights `Q`,
`E_Q Δ ≤ (3/√2) √(h V (KL(Q ‖ uniform) + log(J/δ)))`, if `4^J ≥ 1 + log N / log(J/δ)` and `δ < J`.
cf. 2602.21765, Theorem 2. -/
theorem pac_bayes_mcallester (E : Expect R Ω) (hN : 0 < N) {Δ : Fin N → Ω → R} {h V δ : R}
    (hh : 0 < h) (hV : 0 < V) (hδ : 0 < δ) (hδJ : δ < (J : R))
    (hJ : 1 + log (N : R) / log ((J : R) / δ) ≤ 4 ^ J)
    (hΔ : ∀ s θ, E (fun ω => exp (s * Δ θ ω)) ≤ exp (h * (s * s * V))) :
    1 - δ ≤ E.prob fun ω => ∀ Q, IsProb Q → mean Q (fun θ => Δ θ ω) ≤
      3 * sqrt (h * V * (klDiv Q uniform + log ((J : R) / δ)) / 2) :=
  E.le_prob_mean_le_sqrt hN hh hV hδ hδJ hJ hΔ

/-- With probability at least `1 - δ`, `|Δ_θ| ≤ 2 √(h V log(2N/δ))` for all `θ`. -/
theorem finite_class (E : Expect R Ω) {Δ : Fin N → Ω → R} {h V δ : R} (hh : 0 < h) (hV : 0 < V)
    (hδ : 0 < δ) (hΔ : ∀ s θ, E (fun ω => exp (s * Δ θ ω)) ≤ exp (h * (s * s * V))) :
    1 - δ ≤ E.prob fun ω => ∀ θ, abs (Δ θ ω) ≤ 2 * sqrt (h * V * log (2 * (N : R) / δ)) :=
  E.le_prob_forall_abs_le hh hV hδ hΔ

/-- `KL(Q ‖ uniform) = log N - H(Q) ≤ log N` for the entropy `H(Q) = -Σ Q log Q`, and
`KL = log N` at a point mass. -/
theorem kl_uniform {Q : Fin N → R} (hQ : IsProb Q) :
    klDiv Q uniform = log (N : R) - (-sum fun θ => Q θ * log (Q θ)) ∧
      klDiv Q uniform ≤ log (N : R) ∧
      ∀ j : Fin N, klDiv (fun θ => indicator (j = θ)) uniform = log (N : R) :=
  ⟨klDiv_uniform hQ, klDiv_uniform_le hQ, klDiv_point_uniform⟩

/-- `KL(g_# p ‖ g_# q) ≤ KL(p ‖ q)` for every function `g` between finite sets. -/
theorem kl_data_processing (g : Fin m → Fin k) {p q : Fin m → R} (hp : IsProb p) (hq : IsProb q)
    (hpq : AbsCont p q) : klDiv (pushforward g p) (pushforward g q) ≤ klDiv p q :=
  klDiv_pushforward_le g hp hq hpq

/-- With probability at least `1 - δ`, the policy of the largest estimate loses at most
`4 √(h V log(2K/δ))` and the biases `|E_P (s - r)| + λ |E_P (ℓ - clip_c ℓ)|` at it and at the policy
that it is compared with. cf. 2602.21765, Theorem 2. -/
theorem finite_class_selection (E : Setting R N m) (law : Expect R Ω) {h lo hi w V c δ : R}
    (hh : HoeffdingBound h) {D : Fin N → R} (hD : IsProb D) {π : Fin K → Fin N → Fin m → R}
    (hπ : ∀ θ x, IsProb (π θ x)) {r s : Fin N → Fin m → R} (hc : 0 ≤ c)
    (hs : ∀ x a, lo ≤ s x a ∧ s x a ≤ hi) (hw : hi - lo + 2 * (E.klCoef * c) = w) (hw0 : 0 < w)
    (hn : 0 < n) (hk : 0 < k) (hV : w * w / (n : R) + w * w / ((n : R) * (k : R)) = V)
    {S : Fin K → Ω → (Fin n → Fin N) × (Fin n → Fin k → Fin m)}
    (hS : ∀ θ F, law (fun ω => F (S θ ω)) = rollouts hD (hπ θ) n k F) (hδ : 0 < δ) :
    1 - δ ≤ law.prob fun ω => ∀ θ', (∀ θ, twoLevelMean (E.clippedReward c s (π θ)) (S θ ω) ≤
        twoLevelMean (E.clippedReward c s (π θ')) (S θ' ω)) → ∀ θ,
      E.populationValue D r (π θ) ≤ E.populationValue D r (π θ') +
        (4 * sqrt (h * V * log (2 * (K : R) / δ)) + E.bias D (π θ) r s c +
          E.bias D (π θ') r s c) :=
  E.le_prob_selection law hh hD hπ hc hs hw hw0 hn hk hV hS hδ

/-- With probability at least `1 - 2δ`, for all weights `Q` on the policies,
`|E_Q (estimate - J)| ≤ 3 √(h V (KL(Q ‖ uniform) + log(L/δ))/2) + √(E_{D'μ} (r - s)²) E_Q 𝒞(π_θ) +
λ E_Q E_P (|ℓ| - c)₊`, if `4^L ≥ 1 + log K / log(L/δ)` and `δ < L`; and for all prior weights `P`
and `t > 0` the same with `(KL(Q ‖ P) + log(1/δ))/t + h t V` for the first term.
cf. 2602.21765, Theorem 2. -/
theorem pac_bayes_rlhf (E : Setting R N m) (law : Expect R Ω) {h lo hi w V c δ : R}
    (hh : HoeffdingBound h) {D D' : Fin N → R} (hD : IsProb D) (hD' : IsProb D')
    {π : Fin K → Fin N → Fin m → R} {μ : Fin N → Fin m → R} (hπ : ∀ θ x, IsProb (π θ x))
    (hμ : ∀ x, IsProb (μ x)) (hPQ : ∀ θ, AbsContPair D (π θ) D' μ) {r s : Fin N → Fin m → R}
    (hc : 0 ≤ c) (hs : ∀ x a, lo ≤ s x a ∧ s x a ≤ hi)
    (hw : hi - lo + 2 * (E.klCoef * c) = w) (hw0 : 0 < w) (hn : 0 < n) (hk : 0 < k)
    (hV : w * w / (n : R) + w * w / ((n : R) * (k : R)) = V)
    {S : Fin K → Ω → (Fin n → Fin N) × (Fin n → Fin k → Fin m)}
    (hS : ∀ θ F, law (fun ω => F (S θ ω)) = rollouts hD (hπ θ) n k F) (hδ : 0 < δ) :
    (0 < K → ∀ L : Nat, δ < (L : R) → 1 + log (K : R) / log ((L : R) / δ) ≤ 4 ^ L →
      1 - 2 * δ ≤ law.prob fun ω => ∀ Q, IsProb Q →
        abs (mean Q fun θ => twoLevelMean (E.clippedReward c s (π θ)) (S θ ω) -
          E.populationValue D r (π θ)) ≤
          3 * sqrt (h * V * (klDiv Q uniform + log ((L : R) / δ)) / 2) +
            E.mixtureBias D D' μ π r s c Q) ∧
    ∀ P : Fin K → R, IsProb P → (∀ θ, 0 < P θ) → ∀ t, 0 < t →
      1 - 2 * δ ≤ law.prob fun ω => ∀ Q, IsProb Q →
        abs (mean Q fun θ => twoLevelMean (E.clippedReward c s (π θ)) (S θ ω) -
          E.populationValue D r (π θ)) ≤
          (klDiv Q P + log (1 / δ)) / t + h * t * V + E.mixtureBias D D' μ π r s c Q :=
  ⟨fun hK _ hδL hL => E.le_prob_mcallester law hh hD hD' hπ hμ hPQ hc hs hw hw0 hn hk hV hS hδ hK
      hδL hL,
    fun _ hP hP0 _ ht => E.le_prob_catoni law hh hD hD' hπ hμ hPQ hc hs hw hn hk hV hS hδ hP hP0 ht⟩

end RLHF
