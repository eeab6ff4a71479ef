module
public import RLHF.Papers.Generalisation.Ascent.Linear
public import RLHF.Papers.Generalisation.Ascent.Pairwise
public import RLHF.Papers.Generalisation.Ascent.PaperRates

/-!
# Headline theorems: gradient ascent, stochastic gradient ascent

Every statement of the group "Gradient ascent", under the name of its entry in the claim table, and
nothing else.

## Conventions
* `u = θ* - θ`, `ρ = ‖θ* - θ_0‖`, `K = B²/λ`; `C` is a second-order constant of the exponential
  (`ExpBound`) at the stated radius, `exp M` is one (`expBound_exp`).
* `fun s : Fin t => draws s` is the first `t` draws of an infinite sequence `draws`.
* `expectSample uniform` is the expectation over independent, uniform draws; `expectIterate` the
  expectation along the Markov chain of a transition operator.

## References
arXiv 2601.16403, gradient ascent and stochastic gradient ascent.
-/

public section

namespace RLHF

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R] {N m d n k : Nat} (P : Problem R N m d)

/-! ### Gradient ascent -/

/-- If `u_{t+1} = u_t - g_t / K` and `‖g_t‖² ≤ K ⟨g_t, u_t⟩`, then `‖u_t‖` never increases and
`Σ_{t<T} ⟨g_t, u_t⟩ ≤ K ‖u_0‖²`. 2601.16403, gradient ascent (its abstract core). -/
theorem ascent_engine {K : R} (hK : 0 ≤ K) {u g : Nat → Vec R d}
    (hstep : ∀ t, u (t + 1) = u t - (1 / K) * g t)
    (hco : ∀ t, norm (g t) * norm (g t) ≤ K * inner (g t) (u t)) :
    (∀ t, norm (u (t + 1)) ≤ norm (u t)) ∧
    ∀ T, sum (fun t : Fin T => inner (g t) (u t)) ≤ K * (norm (u 0) * norm (u 0)) := by
  simp only [norm_mul_self] at hco ⊢
  exact ⟨fun t => hstep t ▸ norm_step_le hK (one_div_nonneg hK) one_div_mul_le (hco t),
    fun T => sum_inner_le hK T hstep hco⟩

/-- For `0 ≤ η` and `η B² ≤ 2λ` the distance of the iterates to `θ*` never increases, so they never
leave the ball `‖θ* - θ‖ ≤ ‖θ* - θ_0‖`. 2601.16403 assumes boundedness; here it is a theorem. -/
theorem ga_bounded {B η : R} (hB : P.FeatureBound B) (S : Fin n → Fin N) (θ0 : Vec R d)
    (hη0 : 0 ≤ η) (hη : η * (B * B) ≤ 2 * P.klCoef) (t : Nat) :
    norm (P.trueParam - P.gradientAscent S θ0 η (t + 1)) ≤
      norm (P.trueParam - P.gradientAscent S θ0 η t) ∧
    norm (P.trueParam - P.gradientAscent S θ0 η t) ≤ norm (P.trueParam - θ0) :=
  ⟨P.error_succ_le S θ0 hB hη0 hη t, P.error_le S θ0 hB hη0 hη t⟩

/-- At `η = λ/B²` some iterate before `T` has `J_S(θ*) - J_S(θ_t) ≤ C (B²/λ) ρ² / T` and
`‖∇J_S(θ_t)‖² ≤ (B²/λ)² ρ² / T`, with `ρ = ‖θ* - θ_0‖` and `C` at `M = 2Bρ/λ`. 2601.16403, rate of
gradient ascent (there `T^{-1/4}`). -/
theorem ga_rate {B C : R} (hB : P.FeatureBound B) (hn : 0 < n) (S : Fin n → Fin N) (θ0 : Vec R d)
    (hC : ExpBound (2 * (B * norm (P.trueParam - θ0)) / P.klCoef) C) {T : Nat} (hT : 0 < T) :
    ∃ t, t < T ∧ P.objective S P.trueParam -
        P.objective S (P.gradientAscent S θ0 (P.klCoef / (B * B)) t) ≤
      C * (B * B / P.klCoef * (norm (P.trueParam - θ0) * norm (P.trueParam - θ0)) / (T : R)) ∧
    norm (P.gradient S (P.gradientAscent S θ0 (P.klCoef / (B * B)) t)) *
        norm (P.gradient S (P.gradientAscent S θ0 (P.klCoef / (B * B)) t)) ≤ B * B / P.klCoef *
      (B * B / P.klCoef * (norm (P.trueParam - θ0) * norm (P.trueParam - θ0)) / (T : R)) :=
  P.exists_iterate_le S θ0 hB hn hC hT

/-- For `0 ≤ η ≤ 1/L` with `L = (B²/λ)(1 + M)`, `M = 2Bρ/λ`, the gap `J_S(θ*) - J_S(θ_t)` never
increases along gradient ascent. (`1/L ≤ λ/B²`.) 2601.16403, cf. Open Question 2. -/
theorem ga_monotone {B η : R} (hB : P.FeatureBound B) (hn : 0 < n) (S : Fin n → Fin N)
    (θ0 : Vec R d) (hη0 : 0 ≤ η)
    (hη : η * (B * B / P.klCoef * (1 + 2 * (B * norm (P.trueParam - θ0)) / P.klCoef)) ≤ 1)
    (t : Nat) :
    P.objective S P.trueParam - P.objective S (P.gradientAscent S θ0 η (t + 1)) ≤
      P.objective S P.trueParam - P.objective S (P.gradientAscent S θ0 η t) :=
  have := P.objective_gradientAscent_le_succ S θ0 hB hn hη0 hη t
  by grind

/-- For `0 < η ≤ 1/L`, `L = (B²/λ)(1 + M)`, `M = 2Bρ/λ`, the last iterate of gradient ascent has
`J_S(θ*) - J_S(θ_T) ≤ C ρ² / (η T)`, `C` at `M`. 2601.16403, cf. Open Question 2. -/
theorem ga_last_iterate {B C η : R} (hB : P.FeatureBound B) (hn : 0 < n) (S : Fin n → Fin N)
    (θ0 : Vec R d) (hη0 : 0 < η)
    (hη : η * (B * B / P.klCoef * (1 + 2 * (B * norm (P.trueParam - θ0)) / P.klCoef)) ≤ 1)
    (hC : ExpBound (2 * (B * norm (P.trueParam - θ0)) / P.klCoef) C) (hC0 : 0 ≤ C) {T : Nat}
    (hT : 0 < T) : P.objective S P.trueParam - P.objective S (P.gradientAscent S θ0 η T) ≤
      C * (norm (P.trueParam - θ0) * norm (P.trueParam - θ0) / (η * (T : R))) :=
  P.gap_last_iterate_le S θ0 hB hn hη0 hη hC hC0 hT

/-- Under exact coverage (`ε = 0`) along the iterates and at `η = λ/B²`,
`‖Π u_{t+1}‖² ≤ (1 - σ/B²) ‖Π u_t‖²`, hence `‖Π u_t‖² ≤ (1 - σ/B²)^t ‖Π u_0‖²`, and
`J_S(θ*) - J_S(θ_t) ≤ C (B²/λ) ‖Π u_t‖²`, `C` at `M = 2Bρ/λ`. Coverage at `θ_0` alone gives coverage
along the iterates, with `e^{-2M} σ` for `σ` (`ga_linear_from_start`). 2601.16403,
cf. Assumption 5. -/
theorem ga_linear {B C σ : R} {S : Fin n → Fin N} {θ0 : Vec R d} {proj : Fin d → Vec R d}
    (hcov : ∀ t, P.Coverage S (P.gradientAscent S θ0 (P.klCoef / (B * B)) t) proj σ 0)
    (hB : P.FeatureBound B) (hn : 0 < n)
    (hC : ExpBound (2 * (B * norm (P.trueParam - θ0)) / P.klCoef) C) (hC0 : 0 ≤ C) (t : Nat) :
    norm (mulVec proj (P.trueParam - P.gradientAscent S θ0 (P.klCoef / (B * B)) (t + 1))) *
      norm (mulVec proj (P.trueParam - P.gradientAscent S θ0 (P.klCoef / (B * B)) (t + 1))) ≤
    (1 - σ / (B * B)) *
      (norm (mulVec proj (P.trueParam - P.gradientAscent S θ0 (P.klCoef / (B * B)) t)) *
        norm (mulVec proj (P.trueParam - P.gradientAscent S θ0 (P.klCoef / (B * B)) t))) ∧
    norm (mulVec proj (P.trueParam - P.gradientAscent S θ0 (P.klCoef / (B * B)) t)) *
      norm (mulVec proj (P.trueParam - P.gradientAscent S θ0 (P.klCoef / (B * B)) t)) ≤
    (1 - σ / (B * B)) ^ t *
      (norm (mulVec proj (P.trueParam - θ0)) * norm (mulVec proj (P.trueParam - θ0))) ∧
    P.objective S P.trueParam -
        P.objective S (P.gradientAscent S θ0 (P.klCoef / (B * B)) t) ≤
      C * (B * B / P.klCoef *
        (norm (mulVec proj (P.trueParam - P.gradientAscent S θ0 (P.klCoef / (B * B)) t)) *
          norm (mulVec proj (P.trueParam - P.gradientAscent S θ0 (P.klCoef / (B * B)) t)))) :=
  ⟨Problem.norm_proj_error_succ_le hB (hcov t), Problem.norm_proj_error_le hB hcov t,
    Problem.gap_le_norm_proj (hcov t) hB hn
      (P.error_le S θ0 hB (P.step_nonneg B) (P.step_mul_le B) t) hC hC0⟩

/-! ### Stochastic gradient ascent -/

/-- Stochastic gradient ascent with one prompt a step and the full expectation over actions, at
`η = λ/B²`. Along every sequence of draws `‖u_t‖` never increases and
`Σ_{t<T} ⟨∇J_{x_{i_t}}(θ_t), u_t⟩ ≤ K ρ²`; over independent, uniform draws
`Σ_{t<T} E⟨∇J_S(θ_t), u_t⟩ ≤ K ρ²` and the average over `t < T` of `E[J_S(θ*) - J_S(θ_t)]` is at
most `C K ρ² / T`, `K = B²/λ`, `C` at `M = 2Bρ/λ`. 2601.16403, stochastic gradient ascent. -/
theorem sga_rate {B C : R} (hB : P.FeatureBound B) (hn : 0 < n) (S : Fin n → Fin N)
    (θ0 : Vec R d) (hC : ExpBound (2 * (B * norm (P.trueParam - θ0)) / P.klCoef) C) {T : Nat}
    (hT : 0 < T) :
    (∀ draws : Nat → Fin n,
      (∀ t, norm (P.trueParam - P.stochasticAscent S θ0 (P.klCoef / (B * B))
          (fun s : Fin (t + 1) => draws s)) ≤
        norm (P.trueParam - P.stochasticAscent S θ0 (P.klCoef / (B * B))
          (fun s : Fin t => draws s))) ∧
      sum (fun t : Fin T => inner
        (P.gradientAt (S (draws t))
          (P.stochasticAscent S θ0 (P.klCoef / (B * B)) fun s : Fin t => draws s))
        (P.trueParam - P.stochasticAscent S θ0 (P.klCoef / (B * B)) fun s : Fin t => draws s)) ≤
      B * B / P.klCoef * (norm (P.trueParam - θ0) * norm (P.trueParam - θ0))) ∧
    sum (fun t : Fin T => expectSample uniform fun draws : Fin t → Fin n =>
      inner (P.gradient S (P.stochasticAscent S θ0 (P.klCoef / (B * B)) draws))
        (P.trueParam - P.stochasticAscent S θ0 (P.klCoef / (B * B)) draws)) ≤
      B * B / P.klCoef * (norm (P.trueParam - θ0) * norm (P.trueParam - θ0)) ∧
    (average fun t : Fin T => expectSample uniform fun draws : Fin t → Fin n =>
      P.objective S P.trueParam -
        P.objective S (P.stochasticAscent S θ0 (P.klCoef / (B * B)) draws)) ≤
    C * (B * B / P.klCoef * (norm (P.trueParam - θ0) * norm (P.trueParam - θ0)) / (T : R)) :=
  ⟨fun draws => ⟨P.stochasticAscent_error_succ_le S θ0 hB draws,
    P.sum_inner_stochasticAscent_le S θ0 hB draws T⟩, P.sum_expectSample_inner_le S θ0 hB hn T,
    P.average_expectSample_gap_le S θ0 hB hn hC hT⟩

/-- Stochastic gradient ascent with one prompt and two actions `a, b` from `π_{θ_t}` a step, along
`g = ⟨δ, u⟩ δ / (2λ)`, `δ = φ(x, a) - φ(x, b)`, at `η = λ/(2B²)`. The statements of `sga_rate` hold
with `K = 2B²/λ`; the expectation is over a uniform prompt and two independent actions from the
current policy, step by step (`Problem.pairwiseTransition`). 2601.16403, stochastic gradient
ascent. -/
theorem sga_pairwise_rate {B C : R} (hB : P.FeatureBound B) (hn : 0 < n) (S : Fin n → Fin N)
    (θ0 : Vec R d) (hC : ExpBound (2 * (B * norm (P.trueParam - θ0)) / P.klCoef) C) {T : Nat}
    (hT : 0 < T) :
    (∀ draws : Nat → Fin n × Fin m × Fin m,
      (∀ t, norm (P.trueParam - P.pairwiseAscent S θ0 (P.klCoef / (2 * (B * B)))
          (fun s : Fin (t + 1) => draws s)) ≤
        norm (P.trueParam - P.pairwiseAscent S θ0 (P.klCoef / (2 * (B * B)))
          (fun s : Fin t => draws s))) ∧
      sum (fun t : Fin T => inner
        (P.pairGradient (S (draws t).1)
          (P.pairwiseAscent S θ0 (P.klCoef / (2 * (B * B))) fun s : Fin t => draws s)
          (draws t).2.1 (draws t).2.2)
        (P.trueParam -
          P.pairwiseAscent S θ0 (P.klCoef / (2 * (B * B))) fun s : Fin t => draws s)) ≤
      2 * (B * B) / P.klCoef * (norm (P.trueParam - θ0) * norm (P.trueParam - θ0))) ∧
    sum (fun t : Fin T => expectIterate (P.pairwiseTransition S (P.klCoef / (2 * (B * B)))) t
      (fun θ => inner (P.gradient S θ) (P.trueParam - θ)) θ0) ≤
      2 * (B * B) / P.klCoef * (norm (P.trueParam - θ0) * norm (P.trueParam - θ0)) ∧
    (average fun t : Fin T =>
      expectIterate (P.pairwiseTransition S (P.klCoef / (2 * (B * B)))) t
        (fun θ => P.objective S P.trueParam - P.objective S θ) θ0) ≤
    C * (2 * (B * B) / P.klCoef * (norm (P.trueParam - θ0) * norm (P.trueParam - θ0)) /
      (T : R)) :=
  ⟨fun draws => ⟨P.pairwiseAscent_error_succ_le S θ0 hB draws,
    P.sum_inner_pairwiseAscent_le S θ0 hB draws T⟩, P.sum_expect_pairwise_inner_le S θ0 hB hn T,
    P.average_expect_pairwise_gap_le S θ0 hB hn hC hT⟩

/-- Gradient estimates, on a ball of radius `r` that contains `θ*` and `θ_0` unbiased with variance
at most `s²`, and projection onto that ball. The average over `t < T` of `E[J_S(θ*) - J_S(θ_t)]`
is at most `C (ρ²/(ηT) + η s²)` for `0 < η ≤ λ/B²`, and at most `C (ρ²/α + α s²)/√T` at
`η = α/√T` for `0 < α ≤ λ/B²`; `C` at `4Br/λ`. 2601.16403, stochastic gradient ascent. -/
theorem sga_noisy_rate {B C s r : R} {S : Fin n → Fin N} {w : Fin k → R}
    {g : Fin k → Vec R d → Vec R d} {c θ0 : Vec R d} (horacle : P.NoisyOracle S w g c r s)
    (hB : P.FeatureBound B) (hstar : norm (P.trueParam - c) ≤ r) (hstart : norm (θ0 - c) ≤ r)
    (hC : ExpBound (2 * (B * (2 * r)) / P.klCoef) C) (hC0 : 0 ≤ C) {T : Nat} (hT : 0 < T) :
    (∀ η : R, 0 < η → η * (B * B / P.klCoef) ≤ 1 →
      (average fun t : Fin T => expectSample w fun draws : Fin t → Fin k =>
        P.objective S P.trueParam - P.objective S (projectedAscent g c r θ0 η draws)) ≤
      C * (norm (P.trueParam - θ0) * norm (P.trueParam - θ0) / (η * (T : R)) + η * (s * s))) ∧
    ∀ α : R, 0 < α → α * (B * B / P.klCoef) ≤ 1 →
      (average fun t : Fin T => expectSample w fun draws : Fin t → Fin k =>
        P.objective S P.trueParam -
          P.objective S (projectedAscent g c r θ0 (α / sqrt (T : R)) draws)) ≤
      C * ((norm (P.trueParam - θ0) * norm (P.trueParam - θ0) / α + α * (s * s)) /
        sqrt (T : R)) :=
  ⟨fun _ hη0 hη => horacle.average_gap_le hB hstar hstart hη0 hη hC hC0 hT,
    fun _ hα0 hα => horacle.average_gap_le_sqrt hB hstar hstart hα0 hα hC hC0 hT⟩

/-! ### The paper's exponents -/

/-- The paper's exponents, implied by the sharper rates. Gradient ascent at `η = λ/B²`: some iterate
before `T` has a gap of at most `C K ρ² T^{-1/4}` and a gradient of norm at most `K ρ T^{-1/4}`.
Stochastic gradient ascent: the average expected gap is at most `C K ρ² T^{-1/8}`. `K = B²/λ`, `C`
at `M = 2Bρ/λ`. 2601.16403, rates of gradient ascent and stochastic gradient ascent. -/
theorem paper_rates {B C : R} (hB : P.FeatureBound B) (hn : 0 < n) (S : Fin n → Fin N)
    (θ0 : Vec R d) (hC : ExpBound (2 * (B * norm (P.trueParam - θ0)) / P.klCoef) C)
    (hC0 : 0 ≤ C) {T : Nat} (hT : 0 < T) :
    (∃ t, t < T ∧ P.objective S P.trueParam -
        P.objective S (P.gradientAscent S θ0 (P.klCoef / (B * B)) t) ≤
      C * (B * B / P.klCoef * (norm (P.trueParam - θ0) * norm (P.trueParam - θ0)) /
        sqrt (sqrt (T : R))) ∧
      norm (P.gradient S (P.gradientAscent S θ0 (P.klCoef / (B * B)) t)) ≤
        B * B / P.klCoef * norm (P.trueParam - θ0) / sqrt (sqrt (T : R))) ∧
    (average fun t : Fin T => expectSample uniform fun draws : Fin t → Fin n =>
      P.objective S P.trueParam -
        P.objective S (P.stochasticAscent S θ0 (P.klCoef / (B * B)) draws)) ≤
    C * (B * B / P.klCoef * (norm (P.trueParam - θ0) * norm (P.trueParam - θ0)) /
      sqrt (sqrt (sqrt (T : R)))) :=
  ⟨P.exists_iterate_le_fourth_root S θ0 hB hn hC hC0 hT,
    P.average_gap_le_eighth_root S θ0 hB hn hC hC0 hT⟩

end RLHF
