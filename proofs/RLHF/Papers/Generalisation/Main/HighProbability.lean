module
public import RLHF.Model.Constants
public import RLHF.Papers.Generalisation.Suboptimality.HighProbability

/-!
# Headline theorems: the population gap with high probability

Every statement of the group "With high probability", each a bound on `J(θ*) - J(θ̂)` that holds
with a probability over the sample, under the name of its entry in the claim table, and nothing
else.

## Conventions
* `R` is any exponential ordered field, `P` a problem, `S` a sample of `n` independent prompts with
  weights `D`. `probSample` is the probability of an event. No bound depends on the dimension `d`.
* `h` is a sub-Gaussian constant (`HoeffdingBound`); `1/5` is one in every field, `1/8` where the
  field is Archimedean.
* `N` is the number of prompts, and `p ≤ D x` for each of them. Nothing is assumed about coverage.
* `C` is a second-order constant of the exponential (`ExpBound`) at `M = 2Bρ/λ`; `K` and the step
  `λ/B²` are `P.cocoercivity B` and `P.stepSize B`.

## References
arXiv 2601.16403, cf. Definition 3 and Theorems 3, 5, 7.
-/

public section

namespace RLHF

attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R] {N m d n : Nat} (P : Problem R N m d) {D : Fin N → R}

/-! ### Uniformly stable algorithms -/

/-- With probability at least `1 - δ`, `J(θ*) - J(θ_S) ≤ G + γ + 2 (2γn + H) √(h log(1/δ) / n)` for
an algorithm `S ↦ θ_S` that is uniformly stable with `γ`, has empirical gaps of at most `G` and gaps
at single prompts of at most `H`; `h = 1/8` gives `(2γn + H) √(log(1/δ) / (2n))`. 2601.16403,
cf. Definition 3. -/
theorem suboptimality_whp {alg : (Fin n → Fin N) → Vec R d} {γ G H h : R} (hh : HoeffdingBound h)
    (hγ : P.UniformlyStable alg γ)
    (hG : ∀ S, P.objective S P.trueParam - P.objective S (alg S) ≤ G)
    (hH : ∀ S x, P.objectiveAt x P.trueParam - P.objectiveAt x (alg S) ≤ H)
    (hD : IsProb D) (hn : 0 < n) {δ : R} (hδ : 0 < δ) :
    1 - δ ≤ probSample D (fun S => P.population D P.trueParam - P.population D (alg S) ≤
      G + γ + 2 * (2 * γ * (n : R) + H) * sqrt (h * log (1 / δ) / (n : R))) :=
  hγ.le_probSample_gap hh hD hn hG hH hδ

/-! ### Any algorithm, if no prompt is rare -/

/-- With probability at least `1 - N exp(-n p / 8)`, `J(θ*) - J(θ) ≤ 2 (J_S(θ*) - J_S(θ))` at every
`θ` at once, hence at the output of any algorithm. 2601.16403, cf. Definition 3 and Assumption 5. -/
theorem suboptimality_whp_uniform (hD : IsProb D) {p : R} (hp : ∀ x, p ≤ D x) :
    1 - (N : R) * exp (-((n : R) * p / 8)) ≤ probSample D (fun S : Fin n → Fin N =>
      ∀ θ, P.population D P.trueParam - P.population D θ ≤
        2 * (P.objective S P.trueParam - P.objective S θ)) :=
  P.le_probSample_gap_of_frequency hD hp

/-- Empirical optima, `∇J_S(θ_S) = 0`: with probability at least `1 - N (1 - p)^n`,
`J(θ_S) = J(θ*)`. 2601.16403, cf. Theorem 3. -/
theorem suboptimality_whp_optimum {alg : (Fin n → Fin N) → Vec R d}
    (hopt : ∀ S, P.gradient S (alg S) = 0) (hD : IsProb D) {p : R} (hp : ∀ x, p ≤ D x) :
    1 - (N : R) * (1 - p) ^ n ≤
      probSample D (fun S => P.population D (alg S) = P.population D P.trueParam) :=
  P.le_probSample_population_eq hopt hD hp

/-- Gradient ascent with step `λ/B²` from `θ_0`, `‖θ* - θ_0‖ = ρ`: with probability at least
`1 - N exp(-n p / 8)` some iterate before `T` has `J(θ*) - J(θ_t) ≤ 2 C (B²/λ) ρ² / T`. 2601.16403,
cf. Theorem 5. -/
theorem suboptimality_whp_ga {θ0 : Vec R d} {B C ρ p : R} (hD : IsProb D) (hp : ∀ x, p ≤ D x)
    (hB : P.FeatureBound B) (hn : 0 < n) (hρ : norm (P.trueParam - θ0) = ρ)
    (hC : ExpBound (P.exponentRadius B ρ) C) {T : Nat} (hT : 0 < T) :
    1 - (N : R) * exp (-((n : R) * p / 8)) ≤ probSample D (fun S : Fin n → Fin N =>
      ∃ t, t < T ∧ P.population D P.trueParam -
        P.population D (P.gradientAscent S θ0 (P.stepSize B) t) ≤
          2 * (C * (P.cocoercivity B * (ρ * ρ) / (T : R)))) :=
  Problem.le_probSample_gap_gradientAscent hD hp hB hn hρ hC hT

/-- Stochastic gradient ascent, one uniform prompt of the sample a step, full expectation over
actions, step `λ/B²`: with probability at least `1 - N exp(-n p / 8)` over the sample, the average
over `t < T` of `E[J(θ*) - J(θ_t)]` is at most `2 C (B²/λ) ρ² / T`. 2601.16403, cf. Theorem 7. -/
theorem suboptimality_whp_sga {θ0 : Vec R d} {B C ρ p : R} (hD : IsProb D) (hp : ∀ x, p ≤ D x)
    (hB : P.FeatureBound B) (hn : 0 < n) (hρ : norm (P.trueParam - θ0) = ρ)
    (hC : ExpBound (P.exponentRadius B ρ) C) {T : Nat} (hT : 0 < T) :
    1 - (N : R) * exp (-((n : R) * p / 8)) ≤ probSample D (fun S : Fin n → Fin N =>
      (average fun t : Fin T => expectSample uniform fun draws : Fin t → Fin n =>
        P.population D P.trueParam -
          P.population D (P.stochasticAscent S θ0 (P.stepSize B) draws)) ≤
      2 * (C * (P.cocoercivity B * (ρ * ρ) / (T : R)))) :=
  Problem.le_probSample_gap_stochasticAscent hD hp hB hn hρ hC hT

end RLHF
