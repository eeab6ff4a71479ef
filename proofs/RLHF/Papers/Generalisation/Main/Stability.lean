module
public import RLHF.Papers.Generalisation.Stability.Coverage
public import RLHF.Papers.Generalisation.Stability.Generalisation
public import RLHF.Papers.Generalisation.Stability.RankDeficiency

/-!
# Headline theorems: stability

Every statement of the group "Stability", under the name of its entry in the claim table, and
nothing else: uniform stability, and coverage of all prompts by a sample.

## Conventions
* `R` is any exponential ordered field, `P` a problem, `S` a sample of `n` prompts, `D` the prompt
  weights.
* Expectations over samples are finite product sums (`expectSample`).
* `C` is a second-order constant of the exponential (`ExpBound`) at `M = 2Bρ/λ`; `0 ≤ C` follows
  from `0 < M` (`ExpBound.nonneg`). `κ = 2B²/σ`.

## References
arXiv 2601.16403, cf. Definition 3, Assumption 5, Lemma 6.
-/

public section

namespace RLHF

universe u
variable {R : Type u} [ExpField R] {N m d n : Nat} (P : Problem R N m d) {D : Fin N → R}

/-! ### Samples -/

/-- `|E_S[J_S(θ_S) - J(θ_S)]| ≤ γ` for an algorithm `S ↦ θ_S` whose output changes no `J_x` by more
than `γ` when one prompt of the sample is replaced. 2601.16403, cf. Definition 3 (generalisation
error). -/
theorem uniform_stability_generalises {γ : R} {alg : (Fin n → Fin N) → Vec R d}
    (hγ : P.UniformlyStable alg γ) (hD : IsProb D) (hn : 0 < n) :
    abs (expectSample D fun S => P.objective S (alg S) - P.population D (alg S)) ≤ γ :=
  hγ.abs_expectSample_le hD hn

/-! ### Coverage -/

/-- `Var_π(⟨v, φ(x, ·)⟩) ≤ κ ⟨V_S(θ) v, v⟩ + 2 ε² ‖v‖²` at every prompt `x`, seen or not, and under
every policy `π`. 2601.16403, cf. Assumption 5 (feature coverage). -/
theorem coverage_transfer {S : Fin n → Fin N} {θ : Vec R d} {proj : Fin d → Vec R d} {σ ε B : R}
    (hcov : P.Coverage S θ proj σ ε) (hB : P.FeatureBound B) (x : Fin N) {π : Fin m → R}
    (hπ : IsProb π) (v : Vec R d) :
    var π (fun a => inner v (P.feature x a)) ≤
      2 * (B * B) / σ * inner (mulVec (P.covarianceOn S θ) v) v +
        2 * (ε * ε) * (norm v * norm v) :=
  hcov.var_le hB x hπ v

/-- `Var_π(⟨v, φ(x, ·)⟩) ≤ Δ²/(2σ) ⟨V_S(θ) v, v⟩ + ε²/2 ‖v‖²` at every prompt `x`, seen or not, and
under every policy `π`, where `Δ` bounds the differences `φ(x, a) - φ(x, b)` and `S` covers them up
to `ε`. `coverage_transfer` is the case `Δ = 2B` with `2ε` for `ε`. 2601.16403, cf. Assumption 5
(feature coverage). -/
theorem coverage_by_differences {S : Fin n → Fin N} {θ : Vec R d} {proj : Fin d → Vec R d}
    {σ ε Δ : R} (hcov : P.DifferenceCoverage S θ proj σ ε) (hΔ : P.DifferenceBound Δ) (x : Fin N)
    {π : Fin m → R} (hπ : IsProb π) (v : Vec R d) :
    var π (fun a => inner v (P.feature x a)) ≤
      Δ * Δ / (2 * σ) * inner (mulVec (P.covarianceOn S θ) v) v +
        ε * ε / 2 * (norm v * norm v) :=
  hcov.var_le hΔ x hπ v

/-- `J_x(θ*) - J_x(θ) ≤ C (κ ⟨∇J_S(θ), θ* - θ⟩ + 2 ε² ‖θ* - θ‖² / λ)` at every prompt `x`, seen or
not. 2601.16403, cf. Assumption 5 and Lemma 6. -/
theorem pointwise_gap {S : Fin n → Fin N} {θ : Vec R d} {proj : Fin d → Vec R d} {σ ε B C ρ : R}
    (hcov : P.Coverage S θ proj σ ε) (hB : P.FeatureBound B)
    (hρ : norm (P.trueParam - θ) ≤ ρ) (hC : ExpBound (2 * (B * ρ) / P.klCoef) C) (hC0 : 0 ≤ C)
    (x : Fin N) : P.objectiveAt x P.trueParam - P.objectiveAt x θ ≤
    C * (2 * (B * B) / σ * inner (P.gradient S θ) (P.trueParam - θ) +
      2 * (ε * ε) * (norm (P.trueParam - θ) * norm (P.trueParam - θ)) / P.klCoef) :=
  hcov.gap_le hB hρ hC hC0 x

/-- `|J_x(θ) - J_x(θ')| ≤ C (κ ρ max(‖∇J_S(θ)‖, ‖∇J_S'(θ')‖) + 2 ε² ρ² / λ)` for `θ`, `θ'` within
`ρ` of `θ*`, with coverage of `S` at `θ` and of `S'` at `θ'`. 2601.16403, cf. Lemma 6. -/
theorem gradient_norm_stability {S S' : Fin n → Fin N} {θ θ' : Vec R d}
    {proj proj' : Fin d → Vec R d} {σ ε B C ρ : R} (hcov : P.Coverage S θ proj σ ε)
    (hcov' : P.Coverage S' θ' proj' σ ε) (hB : P.FeatureBound B)
    (hρ : norm (P.trueParam - θ) ≤ ρ) (hρ' : norm (P.trueParam - θ') ≤ ρ)
    (hC : ExpBound (2 * (B * ρ) / P.klCoef) C) (hC0 : 0 ≤ C) (x : Fin N) :
    abs (P.objectiveAt x θ - P.objectiveAt x θ') ≤
    C * (2 * (B * B) / σ * ρ * max (norm (P.gradient S θ)) (norm (P.gradient S' θ')) +
      2 * (ε * ε) * (ρ * ρ) / P.klCoef) :=
  hcov.abs_objectiveAt_sub_le hcov' hB hρ hρ' hC hC0 x

/-- An algorithm `S ↦ θ_S` with coverage of `S` at `θ_S`, `‖θ* - θ_S‖ ≤ ρ` and `‖∇J_S(θ_S)‖ ≤ G` is
uniformly stable with `γ = C (κ ρ G + 2 ε² ρ² / λ)`, which therefore bounds the expected
generalisation error. 2601.16403, cf. Lemma 6 and Definition 3. -/
theorem stability_from_gradients {alg : (Fin n → Fin N) → Vec R d}
    {proj : (Fin n → Fin N) → Fin d → Vec R d} {σ ε B C ρ G : R}
    (hcov : ∀ S, P.Coverage S (alg S) (proj S) σ ε) (hB : P.FeatureBound B)
    (hρ : ∀ S, norm (P.trueParam - alg S) ≤ ρ) (hG : ∀ S, norm (P.gradient S (alg S)) ≤ G)
    (hC : ExpBound (2 * (B * ρ) / P.klCoef) C) (hC0 : 0 ≤ C) :
    P.UniformlyStable alg
      (C * (2 * (B * B) / σ * ρ * G + 2 * (ε * ε) * (ρ * ρ) / P.klCoef)) :=
  Problem.uniformlyStable_of_gradient hcov hB hρ hG hC hC0

/-- `|⟨u, δ⟩| ≤ 2 ε ‖u‖ + ‖δ‖ √(⟨V_S(θ) u, u⟩ / σ)` for every direction `u` and every difference
`δ = φ(x, a) - φ(x, b)` of features, seen or not: where the sample nearly misses a direction of the
population, `ε` or `κ = 2B²/σ` is large. With `ε = 0` and `‖φ‖ ≤ B` it says
`κ ≥ ⟨u, δ⟩² / (2 ⟨V_S(θ) u, u⟩)`. 2601.16403, cf. Assumption 5 (feature coverage). -/
theorem coverage_edge {S : Fin n → Fin N} {θ : Vec R d} {proj : Fin d → Vec R d} {σ ε : R}
    (hcov : P.Coverage S θ proj σ ε) (u : Vec R d) (x : Fin N) (a b : Fin m) :
    abs (inner u (P.feature x a - P.feature x b)) ≤
      2 * ε * norm u + norm (P.feature x a - P.feature x b) *
        sqrt (inner (mulVec (P.covarianceOn S θ) u) u / σ) :=
  hcov.abs_inner_le u x a b

/-- A sample of `n` prompts with `m + 1` actions each, while the population has `nm + 1` linearly
independent differences of features `φ(x, a) - φ(x, b)`: some `u` and some difference `δ` have
`V_S(θ) u = 0` at every `θ` and `⟨u, δ⟩ ≠ 0`, and every coverage of `S`, at any `θ`, has `ε > 0` and
`|⟨u, δ⟩| ≤ 2 ε ‖u‖`. 2601.16403, cf. Assumption 5 (feature coverage). -/
theorem rank_deficiency (P : Problem R N (m + 1) d) {S : Fin n → Fin N}
    {w : Fin (n * m + 1) → Vec R d} (hw : ∀ j, ∃ x a b, w j = P.feature x a - P.feature x b)
    (hi : ∀ c : Vec R (n * m + 1), (∀ l, (sum fun j => c j * w j l) = 0) → ∀ j, c j = 0) :
    ∃ u x a b, inner u (P.feature x a - P.feature x b) ≠ 0 ∧
      (∀ θ, mulVec (P.covarianceOn S θ) u = 0) ∧ ∀ θ proj σ ε, P.Coverage S θ proj σ ε →
        0 < ε ∧ abs (inner u (P.feature x a - P.feature x b)) ≤ 2 * ε * norm u := by
  obtain ⟨u, x, a, b, h0, hu⟩ := P.exists_unseen_direction S hw hi
  exact ⟨u, x, a, b, h0, hu, fun θ _ _ _ h =>
    ⟨Problem.error_pos_of_abs_inner_le h0 (h.abs_inner_le_of_kernel (hu θ) x a b),
      h.abs_inner_le_of_kernel (hu θ) x a b⟩⟩

end RLHF
