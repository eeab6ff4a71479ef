module
public import RLHF.Archimedean.Sharp.SecondOrder
public import RLHF.Papers.RewardShift.ClippedKl.Estimators
public import RLHF.Papers.RewardShift.ClippedKl.Optimum
public import RLHF.Papers.RewardShift.ClippedKl.Tails

/-!
# Headline theorems: the clipped divergence and its estimators

Every statement of its group, under the name of its entry in the claim table, and nothing else.

## Conventions
* `R` is any exponential ordered field, `p` a policy at one prompt, `q` the reference there.
* `ℓ = log (p / q)` is the log-ratio, `τ` the threshold at which it is clipped.
* `Σ p² / q` is `1 + χ²(p ‖ q)`.

## References
cf. arXiv 2602.21765, KL clipping term.
-/

public section

namespace RLHF

universe u
variable {R : Type u} [ExpField R] {N m : Nat}

/-- `|clip_τ y| ≤ τ`, and `clip_τ y = y` exactly if `|y| ≤ τ`, for `τ ≥ 0`. -/
theorem clip_range {τ : R} (hτ : 0 ≤ τ) (y : R) :
    abs (clip τ y) ≤ τ ∧ (clip τ y = y ↔ abs y ≤ τ) :=
  ⟨abs_clip_le hτ y, clip_eq_iff hτ⟩

/-- `KL(p ‖ q) - E_p clip_τ ℓ = E_p (ℓ - τ)₊ - E_p (-ℓ - τ)₊` for `τ ≥ 0`, whatever the weights. -/
theorem clip_bias (p q : Fin m → R) {τ : R} (hτ : 0 ≤ τ) :
    klDiv p q - mean p (fun a => clip τ (logRatio p q a)) =
      mean p (fun a => posPart (logRatio p q a - τ)) -
        mean p (fun a => posPart (-logRatio p q a - τ)) :=
  klDiv_sub_mean_clip p q hτ

/-- `|KL(p ‖ q) - E_p clip_τ ℓ| ≤ E_p (|ℓ| - τ)₊` for `τ ≥ 0`.
2602.21765, cf. the KL clipping term of Theorem 1. -/
theorem clip_bias_bound {p : Fin m → R} (hp : IsProb p) (q : Fin m → R) {τ : R} (hτ : 0 ≤ τ) :
    abs (klDiv p q - mean p (fun a => clip τ (logRatio p q a))) ≤
      mean p (fun a => posPart (abs (logRatio p q a) - τ)) :=
  abs_klDiv_sub_mean_clip_le hp q hτ

/-- `E_p (|ℓ| - τ)₊ ≤ exp(-τ - 1) (1 + Σ p² / q)` for every `τ`. -/
theorem clip_tail {p q : Fin m → R} (hp : IsProb p) (hq : IsProb q) (hq0 : ∀ a, 0 < q a) (τ : R) :
    mean p (fun a => posPart (abs (logRatio p q a) - τ)) ≤
      exp (-τ - 1) * (1 + sum fun a => p a * p a / q a) :=
  tails_le hp hq hq0 τ

/-- `E_p clip_τ ℓ ≥ 0` for `τ ≥ 1`, with equality exactly if `p = q`. -/
theorem clipped_kl_nonneg {p q : Fin m → R} (hp : IsProb p) (hq : IsProb q)
    (hq0 : ∀ a, 0 < q a) {τ : R} (hτ : 1 ≤ τ) :
    0 ≤ mean p (fun a => clip τ (logRatio p q a)) ∧
      (mean p (fun a => clip τ (logRatio p q a)) = 0 ↔ p = q) :=
  ⟨clipped_nonneg hp hq hq0 hτ, clipped_eq_zero_iff hp hq hq0 hτ⟩

/-- A policy `π` that does at least as well as `π_r` in `E r - λ E clip_τ ℓ` loses at most
`λ (E_π (ℓ - τ)₊ + E_{π_r} (-ℓ_r - τ)₊) ≤ λ exp(-τ - 1) (1 + Σ π² / q)` in `J^r`. -/
theorem clipped_optimum_gap (E : Setting R N m) (x : Fin N) (r : Fin m → R) {π : Fin m → R}
    (hπ : IsProb π) {τ : R} (hτ : 0 ≤ τ)
    (h : E.clippedValue τ x r (E.boltzmann x r) ≤ E.clippedValue τ x r π) :
    E.value x r (E.boltzmann x r) - E.value x r π ≤
      E.klCoef * (mean π (fun a => posPart (logRatio π (E.refPolicy x) a - τ)) +
        mean (E.boltzmann x r) (fun a =>
          posPart (-logRatio (E.boltzmann x r) (E.refPolicy x) a - τ))) ∧
    E.klCoef * (mean π (fun a => posPart (logRatio π (E.refPolicy x) a - τ)) +
        mean (E.boltzmann x r) (fun a =>
          posPart (-logRatio (E.boltzmann x r) (E.refPolicy x) a - τ))) ≤
      E.klCoef * (exp (-τ - 1) * (1 + sum fun a => π a * π a / E.refPolicy x a)) :=
  ⟨E.value_sub_le_of_clippedValue_le x r hπ hτ h, E.clipped_tails_le x r hπ τ⟩

/-- `E_p k1 = E_p k3 = KL(p ‖ q)` for a policy `p > 0`. -/
theorem k3_unbiased {p q : Fin m → R} (hp : IsProb p) (hp0 : ∀ a, 0 < p a) (hq : IsProb q)
    (hq0 : ∀ a, 0 < q a) :
    mean p (fun a => klEstimator1 (logRatio p q a)) = klDiv p q ∧
      mean p (fun a => klEstimator3 (logRatio p q a)) = klDiv p q :=
  ⟨mean_klEstimator1 p q, mean_klEstimator3 hp hp0 hq hq0⟩

/-- `k3 ≥ 0` at every log-ratio, with equality at `0` only. -/
theorem k3_nonneg (l : R) : 0 ≤ klEstimator3 l ∧ (klEstimator3 l = 0 ↔ l = 0) :=
  ⟨klEstimator3_nonneg l, klEstimator3_eq_zero_iff l⟩

/-- Clipping is monotone and brings numbers no further apart, for every `τ`. -/
theorem clip_lipschitz (τ y z : R) :
    abs (clip τ y - clip τ z) ≤ abs (y - z) ∧ (y ≤ z → clip τ y ≤ clip τ z) :=
  ⟨abs_clip_sub_le τ y z, clip_mono τ⟩

/-- `|y - clip_τ y| = (|y| - τ)₊` for `τ ≥ 0`. -/
theorem clip_excess {τ : R} (hτ : 0 ≤ τ) (y : R) : abs (y - clip τ y) = posPart (abs y - τ) :=
  abs_sub_clip hτ y

/-- `0 ≤ b(τ) - b(τ') ≤ τ' - τ` for `b(τ) = E_p (|ℓ| - τ)₊` and `τ ≤ τ'`. -/
theorem clip_bias_mono {p : Fin m → R} (hp : IsProb p) (q : Fin m → R) {τ τ' : R} (h : τ ≤ τ') :
    0 ≤ mean p (fun a => posPart (abs (logRatio p q a) - τ)) -
        mean p (fun a => posPart (abs (logRatio p q a) - τ')) ∧
      mean p (fun a => posPart (abs (logRatio p q a) - τ)) -
        mean p (fun a => posPart (abs (logRatio p q a) - τ')) ≤ τ' - τ :=
  cutOff_antitone hp q h

/-- For a policy `π > 0`, `E_π (|ℓ| - τ)₊ = 0` exactly if `|ℓ| ≤ τ` everywhere; for `π_r` that is so
if the range of `r` is at most `λ τ`. -/
theorem clip_bias_zero (E : Setting R N m) (x : Fin N) {π : Fin m → R} (hπ0 : ∀ a, 0 < π a)
    (τ : R) :
    (mean π (fun a => posPart (abs (logRatio π (E.refPolicy x) a) - τ)) = 0 ↔
      ∀ a, abs (logRatio π (E.refPolicy x) a) ≤ τ) ∧
    ∀ r : Fin m → R, (∀ a b, r a - r b ≤ E.klCoef * τ) →
      mean (E.boltzmann x r) (fun a =>
        posPart (abs (logRatio (E.boltzmann x r) (E.refPolicy x) a) - τ)) = 0 :=
  ⟨cutOff_eq_zero_iff hπ0 _, fun r hr => (cutOff_eq_zero_iff (E.boltzmann_pos x r) _).mpr
    (E.abs_logRatio_boltzmann_le x r hr)⟩

/-- `E_p (-ℓ - τ)₊ ≤ exp(-τ - 1)` for all policies and every `τ`. -/
theorem clip_lower_tail {p q : Fin m → R} (hp : IsProb p) (hq : IsProb q) (hq0 : ∀ a, 0 < q a)
    (τ : R) : mean p (fun a => posPart (-logRatio p q a - τ)) ≤ exp (-τ - 1) :=
  lower_tail_le hp hq hq0 τ

/-- `E_p (ℓ - τ)₊ ≤ exp(-τ - 1) Σ p² / q` for every `τ`. -/
theorem clip_upper_tail {p q : Fin m → R} (hp : IsProb p) (hq0 : ∀ a, 0 < q a) (τ : R) :
    mean p (fun a => posPart (logRatio p q a - τ)) ≤
      exp (-τ - 1) * sum fun a => p a * p a / q a :=
  upper_tail_le hp hq0 τ

/-- `E_p (|ℓ| - τ)₊ ≤ E_p ℓ² / (4τ)` for `τ > 0`. -/
theorem clip_second_moment {p : Fin m → R} (hp : IsProb p) (q : Fin m → R) {τ : R} (hτ : 0 < τ) :
    mean p (fun a => posPart (abs (logRatio p q a) - τ)) ≤
      mean p (fun a => logRatio p q a * logRatio p q a) / (4 * τ) :=
  cutOff_le_second_moment hp q hτ

/-- `P_p(ℓ ≥ τ) ≤ exp(-τ) Σ p² / q` and `P_p(ℓ ≤ -τ) ≤ exp(-τ)` for every `τ`. -/
theorem log_ratio_tail {p q : Fin m → R} (hp : IsProb p) (hq : IsProb q) (hq0 : ∀ a, 0 < q a)
    (τ : R) :
    mean p (fun a => indicator (τ ≤ logRatio p q a)) ≤
        exp (-τ) * (sum fun a => p a * p a / q a) ∧
      mean p (fun a => indicator (logRatio p q a ≤ -τ)) ≤ exp (-τ) :=
  ⟨prob_upper_le hp hq0 τ, prob_lower_le hp hq hq0 τ⟩

/-- `E_p clip_τ ℓ ≥ τ - exp(τ - 1)` for `τ ≥ 0`; it says something for `τ < 1`. -/
theorem clipped_kl_lower {p q : Fin m → R} (hp : IsProb p) (hq : IsProb q) (hq0 : ∀ a, 0 < q a)
    {τ : R} (hτ : 0 ≤ τ) : τ - exp (τ - 1) ≤ mean p (fun a => clip τ (logRatio p q a)) :=
  le_clipped hp hq hq0 hτ

/-- `E_p clip_τ ℓ ≤ KL(p ‖ q) + exp(-τ - 1)` for `τ ≥ 0`. -/
theorem clipped_kl_upper {p q : Fin m → R} (hp : IsProb p) (hq : IsProb q) (hq0 : ∀ a, 0 < q a)
    {τ : R} (hτ : 0 ≤ τ) :
    mean p (fun a => clip τ (logRatio p q a)) ≤ klDiv p q + exp (-τ - 1) :=
  clipped_le hp hq hq0 hτ

/-- `KL(p ‖ q) ≤ 2C E_p k2` if `|ℓ| ≤ M` and `C` is a second-order constant at `M`, and
`E_p k2 ≤ 2 KL(p ‖ q)` if `ℓ ≤ 2`. -/
theorem k2_bracket {p q : Fin m → R} (hp : IsProb p) (hp0 : ∀ a, 0 < p a) (hq : IsProb q)
    (hq0 : ∀ a, 0 < q a) {M C : R} (hM : ∀ a, abs (logRatio p q a) ≤ M) (hC : ExpBound M C) :
    klDiv p q ≤ 2 * C * mean p (fun a => klEstimator2 (logRatio p q a)) ∧
      ((∀ a, logRatio p q a ≤ 2) →
        mean p (fun a => klEstimator2 (logRatio p q a)) ≤ 2 * klDiv p q) :=
  ⟨klDiv_le_mean_klEstimator2 hp hp0 hq hq0 hM hC, mean_klEstimator2_le hp hp0 hq hq0⟩

/-- The same with `C = ψ(M)` in an Archimedean field. -/
theorem k2_bracket_sharp (hR : Archimedean R) {p q : Fin m → R} (hp : IsProb p)
    (hp0 : ∀ a, 0 < p a) (hq : IsProb q) (hq0 : ∀ a, 0 < q a) {M C : R}
    (hM : ∀ a, abs (logRatio p q a) ≤ M) (hC : C = psi M) :
    klDiv p q ≤ 2 * C * mean p (fun a => klEstimator2 (logRatio p q a)) ∧
      ((∀ a, logRatio p q a ≤ 2) →
        mean p (fun a => klEstimator2 (logRatio p q a)) ≤ 2 * klDiv p q) :=
  k2_bracket hp hp0 hq hq0 hM (expBound_of_eq_psi hR hC)

/-- `Var_p k3 ≤ Var_p k1` if `|ℓ| ≤ M` and `C ≥ 0` is a second-order constant at `M` with
`C M ≤ 1`. -/
theorem k3_variance_small {p q : Fin m → R} (hp : IsProb p) (hp0 : ∀ a, 0 < p a) (hq : IsProb q)
    (hq0 : ∀ a, 0 < q a) {M C : R} (hM : ∀ a, abs (logRatio p q a) ≤ M) (hC : ExpBound M C)
    (hC0 : 0 ≤ C) (hCM : C * M ≤ 1) :
    var p (fun a => klEstimator3 (logRatio p q a)) ≤
      var p (fun a => klEstimator1 (logRatio p q a)) :=
  var_klEstimator3_le hp hp0 hq hq0 hM hC hC0 hCM

/-- The same with `C = ψ(M)` in an Archimedean field. -/
theorem k3_variance_small_sharp (hR : Archimedean R) {p q : Fin m → R} (hp : IsProb p)
    (hp0 : ∀ a, 0 < p a) (hq : IsProb q) (hq0 : ∀ a, 0 < q a) {M C : R}
    (hM : ∀ a, abs (logRatio p q a) ≤ M) (hC : C = psi M) (hCM : C * M ≤ 1) :
    var p (fun a => klEstimator3 (logRatio p q a)) ≤
      var p (fun a => klEstimator1 (logRatio p q a)) :=
  k3_variance_small hp hp0 hq hq0 hM (expBound_of_eq_psi hR hC) (nonneg_of_eq_psi hC) hCM

end RLHF
