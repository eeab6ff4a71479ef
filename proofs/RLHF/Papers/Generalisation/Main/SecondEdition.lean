module
public import RLHF.Model.Constants
public import RLHF.Papers.Generalisation.Ascent.LinearFromStart
public import RLHF.Papers.Generalisation.Suboptimality.LastIterate
public import RLHF.Papers.Generalisation.Suboptimality.MostlyCovered
public import RLHF.Papers.Generalisation.Suboptimality.Tight
public import RLHF.Papers.Generalisation.Suboptimality.WithoutConcentration

/-!
# Headline theorems: assembled theorems, second edition

Every statement of the group "Assembled theorems, second edition", under the name of its entry in
the claim table, and nothing else: bounds without an oracle that stops an algorithm, without a term
that vanishes in expectation, from coverage at one point or by most samples; and how sharp they
are.

## Conventions
* `R` is any exponential ordered field, `P` a problem, `S` a sample of `n` prompts, `D` the prompt
  weights, `u = θ* - θ`. No bound depends on the dimension `d`.
* `C` is a second-order constant of the exponential (`ExpBound`) at `M = 2Bρ/λ`; `exp M` is one
  (`expBound_exp`), so where it enters, a bound may be exponential in `1/λ`.
* `K`, `M`, `κ` and the step `λ/B²` are `P.cocoercivity B`, `P.exponentRadius B ρ`,
  `conditionNumber B σ` and `P.stepSize B`.

## References
arXiv 2601.16403, cf. Definition 3, Theorems 3 and 5, Assumption 5, Open Question 3; arXiv
2410.15610, cf. weak gradient domination.
-/

public section

namespace RLHF

attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R] {N m d n : Nat} (P : Problem R N m d) {D : Fin N → R}

/-! ### The gap on the sample -/

/-- With `M = 2Bρ/λ`, `‖θ* - θ‖ ≤ ρ`, the gap is `⟨∇J(θ), θ* - θ⟩` up to the factors `1/(2 + M/2)²`
and `C`: at each prompt, and on each sample. 2410.15610, cf. weak gradient domination, for the
policy class of 2601.16403. -/
theorem gap_two_sided {B C ρ : R} (hB : P.FeatureBound B) {θ : Vec R d}
    (hρ : norm (P.trueParam - θ) ≤ ρ) (hC : ExpBound (P.exponentRadius B ρ) C) :
    (∀ x, inner (P.gradientAt x θ) (P.trueParam - θ) ≤
        (2 + P.exponentRadius B ρ / 2) * (2 + P.exponentRadius B ρ / 2) *
          (P.objectiveAt x P.trueParam - P.objectiveAt x θ) ∧
      P.objectiveAt x P.trueParam - P.objectiveAt x θ ≤
        C * inner (P.gradientAt x θ) (P.trueParam - θ)) ∧
    ∀ S : Fin n → Fin N, inner (P.gradient S θ) (P.trueParam - θ) ≤
        (2 + P.exponentRadius B ρ / 2) * (2 + P.exponentRadius B ρ / 2) *
          (P.objective S P.trueParam - P.objective S θ) ∧
      P.objective S P.trueParam - P.objective S θ ≤
        C * inner (P.gradient S θ) (P.trueParam - θ) :=
  ⟨fun x => ⟨P.inner_gradientAt_le_gap x θ hB hρ, P.gap_le_inner_gradientAt x θ hB hρ hC⟩,
    fun S => ⟨P.inner_gradient_le_gap S θ hB hρ, P.gap_le_inner_gradient S θ hB hρ hC⟩⟩

/-- `∇J_S(θ) = 0` if and only if `J_S(θ') ≤ J_S(θ)` for every `θ'`. 2601.16403, empirical optima. -/
theorem empirical_optimum_iff (S : Fin n → Fin N) (θ : Vec R d) :
    P.gradient S θ = 0 ↔ ∀ θ', P.objective S θ' ≤ P.objective S θ :=
  P.gradient_eq_zero_iff S θ

/-! ### Bounds on the population gap -/

/-- For a uniformly stable algorithm `E_S[J(θ*) - J(θ_S)] ≤ E_S[J_S(θ*) - J_S(θ_S)] + γ`, so at most
`τ + γ` if the expected empirical gap is at most `τ`: the concentration term has mean zero,
`E_S[J_S(θ*) - J(θ*)] = 0`. 2601.16403, cf. Definition 3, Theorems 3 and 5. -/
theorem suboptimality_without_concentration {alg : (Fin n → Fin N) → Vec R d} {γ τ : R}
    (hγ : P.UniformlyStable alg γ) (hD : IsProb D) (hn : 0 < n)
    (hτ : expectSample D (fun S => P.objective S P.trueParam - P.objective S (alg S)) ≤ τ) :
    expectSample D (fun S : Fin n → Fin N =>
      P.objective S P.trueParam - P.population D P.trueParam) = 0 ∧
    expectSample D (fun S => P.population D P.trueParam - P.population D (alg S)) ≤
      expectSample D (fun S => P.objective S P.trueParam - P.objective S (alg S)) + γ ∧
    expectSample D (fun S => P.population D P.trueParam - P.population D (alg S)) ≤ τ + γ :=
  have h := hγ.expectSample_gap_le hD hn
  ⟨P.expectSample_objective_sub_eq_zero hD hn _, h, Std.le_trans h (by grind)⟩

/-- The last iterate of gradient ascent with `η L ≤ 1`, `L = K (1 + M)`, on every sample covered at
`θ*`: `J(θ*) - J(θ_T) ≤ C (κ (2 + M/2)² C ρ² / (η T) + 2 ε² ρ² / λ)`, `κ = 2B² / (e^{-M} σ)`.
2601.16403, cf. Theorem 5 (the last iterate). -/
theorem suboptimality_ga_last_iterate {S : Fin n → Fin N} {θ0 : Vec R d} {proj : Fin d → Vec R d}
    {σ ε B C ρ η : R} (hcov : P.Coverage S P.trueParam proj σ ε) (hB : P.FeatureBound B)
    (hn : 0 < n) (hρ : norm (P.trueParam - θ0) = ρ) (hη0 : 0 < η)
    (hη : η * (P.cocoercivity B * (1 + P.exponentRadius B ρ)) ≤ 1)
    (hC : ExpBound (P.exponentRadius B ρ) C) (hC0 : 0 ≤ C) (hD : IsProb D) {T : Nat}
    (hT : 0 < T) :
    P.population D P.trueParam - P.population D (P.gradientAscent S θ0 η T) ≤
    C * (conditionNumber B (exp (-P.exponentRadius B ρ) * σ) *
      ((2 + P.exponentRadius B ρ / 2) * (2 + P.exponentRadius B ρ / 2) *
        (C * (ρ * ρ / (η * (T : R))))) + 2 * (ε * ε) * (ρ * ρ) / P.klCoef) :=
  Problem.population_gap_last_iterate_le hcov hB hn hρ hη0 hη hC hC0 hD hT

/-- The iterate of least gradient norm before `T`, step `λ/B²`, on every sample covered at `θ*`:
`J(θ*) - J(θ_t) ≤ C (κ K ρ² / √T + 2 ε² ρ² / λ)`, and
`J(θ*) - J(θ_t) ≤ C (κ (κ K ρ² / T + 2 ε² ρ² / λ) + 2 ε² ρ² / λ)`, `κ = 2B² / (e^{-M} σ)`.
2601.16403, cf. Theorem 5. -/
theorem suboptimality_ga_least_gradient {S : Fin n → Fin N} {θ0 : Vec R d}
    {proj : Fin d → Vec R d} {σ ε κ B C ρ : R} (hcov : P.Coverage S P.trueParam proj σ ε)
    (hB : P.FeatureBound B) (hρ : norm (P.trueParam - θ0) = ρ)
    (hC : ExpBound (P.exponentRadius B ρ) C) (hC0 : 0 ≤ C) (hD : IsProb D) {t T : Nat}
    (ht : t < T)
    (hmin : ∀ s, s < T → norm (P.gradient S (P.gradientAscent S θ0 (P.stepSize B) t)) ≤
      norm (P.gradient S (P.gradientAscent S θ0 (P.stepSize B) s)))
    (hκ : κ = conditionNumber B (exp (-P.exponentRadius B ρ) * σ)) :
    P.population D P.trueParam - P.population D (P.gradientAscent S θ0 (P.stepSize B) t) ≤
      C * (κ * (P.cocoercivity B * (ρ * ρ) / sqrt (T : R)) +
        2 * (ε * ε) * (ρ * ρ) / P.klCoef) ∧
    P.population D P.trueParam - P.population D (P.gradientAscent S θ0 (P.stepSize B) t) ≤
      C * (κ * (κ * (P.cocoercivity B * (ρ * ρ) / (T : R)) + 2 * (ε * ε) * (ρ * ρ) / P.klCoef) +
        2 * (ε * ε) * (ρ * ρ) / P.klCoef) :=
  Problem.population_gap_least_gradient_le hcov hB hρ hC hC0 hD ht hmin hκ

/-! ### Coverage by most samples -/

/-- If `S` covers at `θ_S` with probability at least `1 - δ`, `κ = 2B²/σ`, then with this
probability `J(θ*) - J(θ_S) ≤ C (κ ρ ‖∇J_S(θ_S)‖ + 2 ε² ρ² / λ)`, and
`E_S[J(θ*) - J(θ_S)] ≤ C (κ ρ E_S[‖∇J_S(θ_S)‖] + (2 ε² + δ B²) ρ² / λ)`. 2601.16403,
cf. Theorems 3, 5, 7 (another route). -/
theorem suboptimality_mostly_covered {alg : (Fin n → Fin N) → Vec R d}
    {proj : (Fin n → Fin N) → Fin d → Vec R d} {σ ε δ B C ρ : R}
    (hcov : 1 - δ ≤ probSample D (fun S => P.Coverage S (alg S) (proj S) σ ε)) (hσ : 0 < σ)
    (hB : P.FeatureBound B) (hρ : ∀ S, norm (P.trueParam - alg S) ≤ ρ)
    (hC : ExpBound (P.exponentRadius B ρ) C) (hC0 : 0 ≤ C) (hD : IsProb D) :
    1 - δ ≤ probSample D (fun S => P.population D P.trueParam - P.population D (alg S) ≤
      C * (conditionNumber B σ * ρ * norm (P.gradient S (alg S)) +
        2 * (ε * ε) * (ρ * ρ) / P.klCoef)) ∧
    expectSample D (fun S => P.population D P.trueParam - P.population D (alg S)) ≤
      C * (conditionNumber B σ * ρ * expectSample D (fun S => norm (P.gradient S (alg S))) +
        (2 * (ε * ε) + δ * (B * B)) * (ρ * ρ) / P.klCoef) :=
  have h := fun S (hS : P.Coverage S (alg S) (proj S) σ ε) =>
    hS.population_gap_le hB (hρ S) hC hC0 hD
  ⟨Std.le_trans hcov (probSample_mono hD h), Problem.expectSample_gap_le_mostly hB hρ hC hC0 hD
    hcov (div_nonneg (mul_nonneg (by grind) (mul_self_nonneg B)) hσ) h⟩

/-- If the prompts of a set `G`, with their weights, cover at `θ*`, and `κ = 4B² / (e^{-M} σ)`: with
probability at least `1 - δ`, `δ = Σ_{x ∈ G} exp(-n D(x) / 8)`,
`J(θ*) - J(θ) ≤ C (κ ρ ‖∇J_S(θ)‖ + 2 ε² ρ² / λ)` at every `θ` within `ρ` of `θ*` at once, and
`E_S[J(θ*) - J(θ_S)] ≤ C (κ ρ E_S[‖∇J_S(θ_S)‖] + (2 ε² + δ B²) ρ² / λ)` for every algorithm with
`‖θ* - θ_S‖ ≤ ρ`. Prompts outside of `G` may be rare. 2601.16403, cf. Assumption 5 and Theorems 3,
5, 7 (another route). -/
theorem suboptimality_frequent_prompts {G : Fin N → Prop} {proj : Fin d → Vec R d}
    {σ ε δ B C ρ : R}
    (hcov : P.PopulationCoverage (fun x => D x * indicator (G x)) P.trueParam proj σ ε)
    (hδ : δ = sum fun x => indicator (G x) * exp (-((n : R) * D x / 8))) (hB : P.FeatureBound B)
    (hC : ExpBound (P.exponentRadius B ρ) C) (hC0 : 0 ≤ C) (hD : IsProb D) :
    1 - δ ≤ probSample D (fun S : Fin n → Fin N => ∀ θ, norm (P.trueParam - θ) ≤ ρ →
      P.population D P.trueParam - P.population D θ ≤
        C * (conditionNumber B (exp (-P.exponentRadius B ρ) * (σ / 2)) * ρ *
          norm (P.gradient S θ) + 2 * (ε * ε) * (ρ * ρ) / P.klCoef)) ∧
    ∀ alg : (Fin n → Fin N) → Vec R d, (∀ S, norm (P.trueParam - alg S) ≤ ρ) →
      expectSample D (fun S => P.population D P.trueParam - P.population D (alg S)) ≤
        C * (conditionNumber B (exp (-P.exponentRadius B ρ) * (σ / 2)) * ρ *
          expectSample D (fun S => norm (P.gradient S (alg S))) +
          (2 * (ε * ε) + δ * (B * B)) * (ρ * ρ) / P.klCoef) :=
  hδ ▸ ⟨Problem.le_probSample_frequent_gap hcov hB hC hC0 hD,
    fun _ hρ => Problem.expectSample_gap_le_frequent hcov hB hρ hC hC0 hD⟩
/-! ### Linear rate -/

/-- Under exact coverage (`ε = 0`) at the start, with step `λ/B²`:
`‖Π u_t‖² ≤ (1 - e^{-2M} σ/B²)^t ‖Π u_0‖²`, and the gap at every prompt, seen or not, is at most
`C K (1 - e^{-2M} σ/B²)^t ‖Π u_0‖²`. 2601.16403, cf. Assumption 5. -/
theorem ga_linear_from_start {B C ρ σ : R} {S : Fin n → Fin N} {θ0 : Vec R d}
    {proj : Fin d → Vec R d} (hcov : P.Coverage S θ0 proj σ 0) (hB : P.FeatureBound B)
    (hρ : norm (P.trueParam - θ0) = ρ) (hC : ExpBound (P.exponentRadius B ρ) C) (hC0 : 0 ≤ C)
    (t : Nat) :
    norm (mulVec proj (P.trueParam - P.gradientAscent S θ0 (P.stepSize B) t)) *
      norm (mulVec proj (P.trueParam - P.gradientAscent S θ0 (P.stepSize B) t)) ≤
    (1 - exp (-(2 * P.exponentRadius B ρ)) * σ / (B * B)) ^ t *
      (norm (mulVec proj (P.trueParam - θ0)) * norm (mulVec proj (P.trueParam - θ0))) ∧
    ∀ x, P.objectiveAt x P.trueParam -
        P.objectiveAt x (P.gradientAscent S θ0 (P.stepSize B) t) ≤
      C * (P.cocoercivity B * ((1 - exp (-(2 * P.exponentRadius B ρ)) * σ / (B * B)) ^ t *
        (norm (mulVec proj (P.trueParam - θ0)) * norm (mulVec proj (P.trueParam - θ0))))) :=
  ⟨hcov.norm_proj_error_le hB hρ t, hcov.gap_gradientAscent_le hB hρ hC hC0 t⟩

/-! ### The coverage error is felt -/

/-- For all `B ≥ ε > 0`, `ρ ≥ 0`, `l > 0` and `n ≥ 1` some problem with `λ = l`, `‖φ‖ ≤ B` and two
prompts of equal weight has a sample of `n` prompts that covers with `ε` and `σ = B²` at a zero `θ`
of its gradient, `‖θ* - θ‖ = ρ`, and still `J(θ*) - J(θ) = (λ/2) log cosh(ερ/λ)`, which is at least
`ε²ρ²/(10λ)` if `ερ ≤ λ`. 2601.16403, cf. Open Question 3. -/
theorem coverage_tight {B ε ρ l : R} (hε : 0 < ε ∧ ε ≤ B) (hρ : 0 ≤ ρ) (hl : 0 < l)
    (hn : 0 < n) :
    ∃ (P : Problem R 2 2 2) (S : Fin n → Fin 2) (θ : Vec R 2) (proj : Fin 2 → Vec R 2),
      P.klCoef = l ∧ P.FeatureBound B ∧ norm (P.trueParam - θ) = ρ ∧ P.gradient S θ = 0 ∧
      P.Coverage S θ proj (B * B) ε ∧
      P.population uniform P.trueParam - P.population uniform θ =
        l / 2 * log ((exp (ε * ρ / l) + exp (-(ε * ρ / l))) / 2) ∧
      (ε * ρ ≤ l → ε * ε * (ρ * ρ) / (10 * l) ≤
        P.population uniform P.trueParam - P.population uniform θ) :=
  have h0 := Std.le_of_lt hε.1
  ⟨tightProblem B ε ρ l hl, fun _ => 0, 0, tightProjector, rfl, tight_featureBound h0 hε.2 hl,
    tight_norm hρ hl, tight_gradient hl,
    tight_coverage h0 (Std.lt_of_lt_of_le hε.1 hε.2) hl hn, tight_population_gap hl,
    fun h => tight_population_gap hl ▸ tight_population_gap_ge h0 hρ hl h⟩

end RLHF
