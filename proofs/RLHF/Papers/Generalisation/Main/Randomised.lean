module
public import RLHF.Model.Constants
public import RLHF.Papers.Generalisation.Suboptimality.Noisy
public import RLHF.Papers.Generalisation.Suboptimality.Randomised

/-!
# Headline theorems: randomised algorithms

Every statement of the group "Randomised algorithms", under the name of its entry in the claim
table, and nothing else.

## Conventions
* `R` is any exponential ordered field, `P` a problem, `S` a sample of `n` prompts, `D` the prompt
  weights. `E` is the expectation over the outcomes of an algorithm's own randomness; of stochastic
  gradient ascent these are uniform draws (`expectSample uniform`).
* `C` is a second-order constant of the exponential (`ExpBound`) at the stated radius.
* `K`, `M`, `κ` and the step `λ/B²` are `P.cocoercivity B`, `P.exponentRadius B ρ`,
  `conditionNumber B σ` and `P.stepSize B`.

## References
arXiv 2601.16403, cf. Definition 3, Theorem 7.
-/

public section

namespace RLHF

attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u v
variable {R : Type u} [ExpField R] {Ω : Type v} {N m d n k : Nat} (P : Problem R N m d)
  {D : Fin N → R}

/-- `|E_S E_ω[J_S(θ_{S,ω}) - J(θ_{S,ω})]| ≤ γ` for a randomised algorithm `(S, ω) ↦ θ_{S,ω}`, `ω`
independent of `S`, that is stable in expectation: `|E_ω[J_x(θ_{S,ω}) - J_x(θ_{S',ω})]| ≤ γ` for
neighbours `S`, `S'` and all `x`. A certain outcome gives `uniform_stability_generalises`.
2601.16403, cf. Definition 3 (generalisation error). -/
theorem random_stability {E : Expect R Ω} {alg : (Fin n → Fin N) → Ω → Vec R d} {γ : R}
    (hγ : P.StableInExpectation E alg γ) (hD : IsProb D) (hn : 0 < n) :
    abs (expectSample D fun S => E fun ω =>
      P.objective S (alg S ω) - P.population D (alg S ω)) ≤ γ :=
  hγ.abs_expectSample_le hD hn

/-- Stochastic gradient ascent with step `λ/B²` from `θ_0`, `‖θ* - θ_0‖ = ρ`, `T` uniform draws,
coverage of every `S` at `θ*`, and of the iterates `θ_t`, `t < T`, the one returned of least
`‖∇J_S(θ_t)‖`: `E_S E[J(θ*) - J(θ̂)]` is at most
`B ‖θ*‖ / √n + C (B²/λ) ρ² / √T + C (κ ρ · (B²/λ) ρ / √T + 2 ε² ρ² / λ)`, here with
`κ = 2B² / (e^{-M} σ)`. 2601.16403, cf. Theorem 7. -/
theorem suboptimality_sga_three_terms {θ0 : Vec R d} {proj : (Fin n → Fin N) → Fin d → Vec R d}
    {σ ε B C ρ : R} (hcov : ∀ S, P.Coverage S P.trueParam (proj S) σ ε) (hB : P.FeatureBound B)
    (hρ : norm (P.trueParam - θ0) = ρ) (hC : ExpBound (P.exponentRadius B ρ) C) (hC0 : 0 ≤ C)
    (hD : IsProb D) (hn : 0 < n) {T : Nat} (hT : 0 < T) :
    (expectSample D fun S : Fin n → Fin N => expectSample uniform fun draws : Fin T → Fin n =>
      P.population D P.trueParam -
        P.population D (P.leastGradientIterate S θ0 (P.stepSize B) draws)) ≤
    B * norm P.trueParam / sqrt (n : R) + C * (P.cocoercivity B * (ρ * ρ) / sqrt (T : R)) +
      C * (conditionNumber B (exp (-P.exponentRadius B ρ) * σ) * ρ *
        (P.cocoercivity B * ρ / sqrt (T : R)) + 2 * (ε * ε) * (ρ * ρ) / P.klCoef) :=
  Problem.expectSample_gap_leastGradient_le_three hcov hB hρ hC hC0 hT hn hD

/-- As `suboptimality_sga_three_terms`, without the concentration term `B ‖θ*‖ / √n`: in expectation
`J_S(θ*) - J(θ*)` is `0`. 2601.16403, cf. Theorem 7. -/
theorem suboptimality_sga_two_terms {θ0 : Vec R d} {proj : (Fin n → Fin N) → Fin d → Vec R d}
    {σ ε B C ρ : R} (hcov : ∀ S, P.Coverage S P.trueParam (proj S) σ ε) (hB : P.FeatureBound B)
    (hρ : norm (P.trueParam - θ0) = ρ) (hC : ExpBound (P.exponentRadius B ρ) C) (hC0 : 0 ≤ C)
    (hD : IsProb D) (hn : 0 < n) {T : Nat} (hT : 0 < T) :
    (expectSample D fun S : Fin n → Fin N => expectSample uniform fun draws : Fin T → Fin n =>
      P.population D P.trueParam -
        P.population D (P.leastGradientIterate S θ0 (P.stepSize B) draws)) ≤
    C * (P.cocoercivity B * (ρ * ρ) / sqrt (T : R)) +
      C * (conditionNumber B (exp (-P.exponentRadius B ρ) * σ) * ρ *
        (P.cocoercivity B * ρ / sqrt (T : R)) + 2 * (ε * ε) * (ρ * ρ) / P.klCoef) :=
  Problem.expectSample_gap_leastGradient_le hcov hB hρ hC hC0 hT hn hD

/-- Projected stochastic ascent along a noisy gradient of `J_S`, with a ball of radius `r` that
contains `θ*` and `θ_0`, whose noise need not vanish at `θ*`, on every sample covered at `θ*`: the
average over `t < T` of `E[J(θ*) - J(θ_t)]` is at most `C (κ (ρ²/(ηT) + η s²) + 8 ε² r² / λ)` for
`0 < η ≤ λ/B²`, and at most `C (κ (ρ²/α + α s²)/√T + 8 ε² r² / λ)` at `η = α/√T` for
`0 < α ≤ λ/B²`; `ρ = ‖θ* - θ_0‖`, `C` at `M = 4Br/λ`, `κ = 2B² / (e^{-M} σ)`. 2601.16403,
cf. Theorem 7 (direct route). -/
theorem suboptimality_noisy {B C s r σ ε : R} {S : Fin n → Fin N} {w : Fin k → R}
    {g : Fin k → Vec R d → Vec R d} {c θ0 : Vec R d} {proj : Fin d → Vec R d}
    (horacle : P.NoisyOracle S w g c r s) (hcov : P.Coverage S P.trueParam proj σ ε)
    (hB : P.FeatureBound B) (hstar : norm (P.trueParam - c) ≤ r) (hstart : norm (θ0 - c) ≤ r)
    (hC : ExpBound (2 * (B * (2 * r)) / P.klCoef) C) (hC0 : 0 ≤ C) (hD : IsProb D) {T : Nat}
    (hT : 0 < T) :
    (∀ η : R, 0 < η → η * (B * B / P.klCoef) ≤ 1 →
      (average fun t : Fin T => expectSample w fun draws : Fin t → Fin k =>
        P.population D P.trueParam - P.population D (projectedAscent g c r θ0 η draws)) ≤
      C * (conditionNumber B (exp (-P.exponentRadius B (2 * r)) * σ) *
        (norm (P.trueParam - θ0) * norm (P.trueParam - θ0) / (η * (T : R)) + η * (s * s)) +
          2 * (ε * ε) * (2 * r * (2 * r)) / P.klCoef)) ∧
    ∀ α : R, 0 < α → α * (B * B / P.klCoef) ≤ 1 →
      (average fun t : Fin T => expectSample w fun draws : Fin t → Fin k =>
        P.population D P.trueParam -
          P.population D (projectedAscent g c r θ0 (α / sqrt (T : R)) draws)) ≤
      C * (conditionNumber B (exp (-P.exponentRadius B (2 * r)) * σ) *
        ((norm (P.trueParam - θ0) * norm (P.trueParam - θ0) / α + α * (s * s)) / sqrt (T : R)) +
          2 * (ε * ε) * (2 * r * (2 * r)) / P.klCoef) :=
  ⟨fun _ => horacle.average_population_gap_le hcov hB hstar hstart hC hC0 hD hT,
    fun _ => horacle.average_population_gap_le_sqrt hcov hB hstar hstart hC hC0 hD hT⟩

/-- Projected ascent along a sampled gradient of `J_S`, whose law may depend on `θ`: prompts of the
sample, actions from `π_θ`, and noise that need not vanish at `θ*`, with
`E‖g‖² ≤ L ⟨∇J_S(θ), θ* - θ⟩ + s²`. With a ball of radius `r` that contains `θ*` and `θ_0`, on every
sample covered at `θ*` and for `0 < η ≤ 1/L`, the average over `t < T` of `E[J(θ*) - J(θ_t)]` is at
most `C (κ (ρ²/(ηT) + η s²) + 8 ε² r² / λ)`; `ρ = ‖θ* - θ_0‖`, `C` at `M = 4Br/λ`,
`κ = 2B² / (e^{-M} σ)`. A prompt and two actions with noise of variance `s²` are such a gradient,
with `L = 2B²/λ` (`Problem.sampledGradient_pairwise`). 2601.16403, cf. Theorem 7 (direct route). -/
theorem suboptimality_sampled {B C L s r σ ε η : R} {S : Fin n → Fin N}
    {law : Vec R d → Expect R (Vec R d)} {c θ0 : Vec R d} {proj : Fin d → Vec R d}
    (hlaw : P.SampledGradient S law c r L s) (hcov : P.Coverage S P.trueParam proj σ ε)
    (hB : P.FeatureBound B) (hstar : norm (P.trueParam - c) ≤ r) (hstart : norm (θ0 - c) ≤ r)
    (hC : ExpBound (2 * (B * (2 * r)) / P.klCoef) C) (hC0 : 0 ≤ C) (hD : IsProb D) {T : Nat}
    (hT : 0 < T) (hη0 : 0 < η) (hη : η * L ≤ 1) :
    (average fun t : Fin T => expectIterate (projectedTransition law c r η) t
      (fun θ => P.population D P.trueParam - P.population D θ) θ0) ≤
    C * (conditionNumber B (exp (-P.exponentRadius B (2 * r)) * σ) *
      (norm (P.trueParam - θ0) * norm (P.trueParam - θ0) / (η * (T : R)) + η * (s * s)) +
        2 * (ε * ε) * (2 * r * (2 * r)) / P.klCoef) :=
  hlaw.average_population_gap_le hcov hB hstar hstart hC hC0 hD hT hη0 hη

end RLHF
