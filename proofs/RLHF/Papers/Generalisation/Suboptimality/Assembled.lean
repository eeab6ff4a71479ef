module
public import RLHF.Papers.Generalisation.Ascent.Rate
public import RLHF.Papers.Generalisation.Stability.Concentration
public import RLHF.Papers.Generalisation.Stability.Coverage
public import RLHF.Papers.Generalisation.Stability.Generalisation

/-!
# Assembled bounds on the population gap

What is modelled: the population gap `J(θ*) - J(θ_S)` of an algorithm `S ↦ θ_S`, in expectation over
the sample by concentration, optimisation and generalisation, and on every sample by coverage alone.

## Main results
* `Problem.expectSample_gap_le`: the three terms for any uniformly stable algorithm.
* `Problem.expectSample_gap_le_of_stationary`: empirical optima.
* `Problem.expectSample_gap_gradientAscent_le`: gradient ascent, coverage at `θ*`.
* `Problem.population_gap_gradientAscent_le`: gradient ascent by the direct route, `O(1/T)`.
* `Problem.population_gap_le_of_threshold`: the order of the gap when `ε` decays with `n`.

## References
arXiv 2601.16403, cf. Theorems 3 and 5.
-/

public section

namespace RLHF

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R] {N m d n : Nat}

namespace Problem

variable {P : Problem R N m d} {D : Fin N → R} {S : Fin n → Fin N} {θ θ0 : Vec R d}
  {alg : (Fin n → Fin N) → Vec R d} {projOf : (Fin n → Fin N) → Fin d → Vec R d}
  {proj : Fin d → Vec R d} {σ ε B C ρ : R}

/-- Concentration, optimisation, generalisation:
`E_S[J(θ*) - J(θ_S)] ≤ B ‖θ*‖ / √n + τ + γ`, where `τ` bounds the empirical gap of the outputs. -/
theorem expectSample_gap_le {γ τ : R} (hγ : P.UniformlyStable alg γ) (hB : P.FeatureBound B)
    (hD : IsProb D) (hn : 0 < n)
    (hτ : ∀ S, P.objective S P.trueParam - P.objective S (alg S) ≤ τ) :
    expectSample D (fun S => P.population D P.trueParam - P.population D (alg S)) ≤
      B * norm P.trueParam / sqrt (n : R) + τ + γ := by
  have hgen := (abs_le.mp (hγ.abs_expectSample_le hD hn)).2
  have hcon := P.expectSample_abs_le hB hD hn
  have h := expectSample_mono hD.nonneg (F := fun S => P.population D P.trueParam -
    P.population D (alg S)) (G := fun S =>
      abs (P.objective S P.trueParam - P.population D P.trueParam) + τ +
      (P.objective S (alg S) - P.population D (alg S))) fun S => by
    have := neg_le_abs (P.objective S P.trueParam - P.population D P.trueParam)
    have := hτ S
    grind
  rw [expectSample_add, expectSample_add, expectSample_const hD] at h
  grind

/-- Empirical optima: `E_S[J(θ*) - J(θ_S)] ≤ B ‖θ*‖ / √n + 2 C ε² ρ² / λ` if `∇J_S(θ_S) = 0`. -/
theorem expectSample_gap_le_of_stationary (hcov : ∀ S, P.Coverage S (alg S) (projOf S) σ ε)
    (hB : P.FeatureBound B) (hρ : ∀ S, norm (P.trueParam - alg S) ≤ ρ)
    (hopt : ∀ S, P.gradient S (alg S) = 0) (hC : ExpBound (2 * (B * ρ) / P.klCoef) C)
    (hC0 : 0 ≤ C) (hD : IsProb D) (hn : 0 < n) :
    expectSample D (fun S => P.population D P.trueParam - P.population D (alg S)) ≤
      B * norm P.trueParam / sqrt (n : R) + C * (2 * (ε * ε) * (ρ * ρ) / P.klCoef) := by
  have hstable := uniformlyStable_of_gradient hcov hB hρ (G := 0)
    (fun S => by rw [hopt S, norm_zero]; grind) hC hC0
  have h := expectSample_gap_le hstable hB hD hn (τ := 0) fun S => by
    rw [P.objective_eq_of_stationary S _ (hopt S)]; grind
  have e : 2 * (B * B) / σ * ρ * 0 + 2 * (ε * ε) * (ρ * ρ) / P.klCoef =
      2 * (ε * ε) * (ρ * ρ) / P.klCoef := by grind
  rw [e] at h
  grind

/-! ### Gradient ascent -/

/-- Coverage at `θ*` gives coverage within `ρ` of it. -/
theorem Coverage.of_trueParam (hcov : P.Coverage S P.trueParam proj σ ε) (hB : P.FeatureBound B)
    (hρ : norm (P.trueParam - θ) ≤ ρ) :
    P.Coverage S θ proj (exp (-(2 * (B * ρ) / P.klCoef)) * σ) ε :=
  hcov.of_norm_sub_le hB (by rw [norm_sub_comm]; exact hρ)

/-- `J(θ*) - J(θ) ≤ C (κ ⟨∇J_S(θ), θ* - θ⟩ + 2 ε² ρ² / λ)` for `‖θ* - θ‖ ≤ ρ` and coverage at `θ*`,
with `κ = 2B² e^M / σ`. -/
theorem Coverage.population_gap_le_inner (hcov : P.Coverage S P.trueParam proj σ ε)
    (hB : P.FeatureBound B) (hρ : norm (P.trueParam - θ) ≤ ρ)
    (hC : ExpBound (2 * (B * ρ) / P.klCoef) C) (hC0 : 0 ≤ C) (hD : IsProb D) :
    P.population D P.trueParam - P.population D θ ≤
    C * (2 * (B * B) / (exp (-(2 * (B * ρ) / P.klCoef)) * σ) *
      inner (P.gradient S θ) (P.trueParam - θ) + 2 * (ε * ε) * (ρ * ρ) / P.klCoef) := by
  unfold population
  rw [← mean_sub]
  refine mean_le hD fun x => Std.le_trans ((hcov.of_trueParam hB hρ).gap_le hB hρ hC hC0 x)
    (mul_le_mul_left ?_ hC0)
  have h2 := mul_le_mul hρ hρ (Std.le_trans (norm_nonneg _) hρ) (norm_nonneg _)
  have h3 := div_le_div_right (mul_le_mul_left h2
    (by have := mul_self_nonneg ε; grind : 0 ≤ 2 * (ε * ε))) P.klCoef_pos
  grind

/-- Some iterate before `T` has `⟨∇J_S(θ_t), θ* - θ_t⟩ ≤ (B²/λ) ρ² / T`. -/
theorem exists_inner_gradientAscent_le (hB : P.FeatureBound B) (S : Fin n → Fin N) (θ0 : Vec R d)
    {T : Nat} (hT : 0 < T) : ∃ t, t < T ∧
    inner (P.gradient S (P.gradientAscent S θ0 (P.klCoef / (B * B)) t))
      (P.trueParam - P.gradientAscent S θ0 (P.klCoef / (B * B)) t) ≤
    B * B / P.klCoef * (norm (P.trueParam - θ0) * norm (P.trueParam - θ0)) / (T : R) := by
  obtain ⟨t, ht⟩ := exists_mul_le_sum hT fun t : Fin T =>
    inner (P.gradient S (P.gradientAscent S θ0 (P.klCoef / (B * B)) t))
      (P.trueParam - P.gradientAscent S θ0 (P.klCoef / (B * B)) t)
  refine ⟨t, t.isLt, ?_⟩
  rw [le_div_iff (natCast_pos hT)]
  have h := Std.le_trans ht (P.sum_inner_gradientAscent_le S θ0 hB T)
  grind

/-- Direct route: on every sample some iterate before `T` has
`J(θ*) - J(θ_t) ≤ C (κ (B²/λ) ρ² / T + 2 ε² ρ² / λ)`, with `κ = 2B² e^M / σ`. -/
theorem population_gap_gradientAscent_le (hcov : P.Coverage S P.trueParam proj σ ε)
    (hB : P.FeatureBound B) (hρ : norm (P.trueParam - θ0) = ρ)
    (hC : ExpBound (2 * (B * ρ) / P.klCoef) C) (hC0 : 0 ≤ C) (hD : IsProb D) {T : Nat}
    (hT : 0 < T) : ∃ t, t < T ∧ P.population D P.trueParam -
      P.population D (P.gradientAscent S θ0 (P.klCoef / (B * B)) t) ≤
    C * (2 * (B * B) / (exp (-(2 * (B * ρ) / P.klCoef)) * σ) *
      (B * B / P.klCoef * (ρ * ρ) / (T : R)) + 2 * (ε * ε) * (ρ * ρ) / P.klCoef) := by
  obtain ⟨t, ht, h⟩ := P.exists_inner_gradientAscent_le hB S θ0 hT
  have he := P.error_le S θ0 hB (P.step_nonneg B) (P.step_mul_le B) t
  rw [hρ] at h he
  refine ⟨t, ht, Std.le_trans (hcov.population_gap_le_inner hB he hC hC0 hD)
    (mul_le_mul_left ?_ hC0)⟩
  have hκ := div_nonneg (by have := mul_self_nonneg B; grind : 0 ≤ 2 * (B * B))
    (hcov.of_trueParam hB he).eigenvalue_pos
  have h1 := mul_le_mul_left h hκ
  grind

private theorem le_div_sqrt_of_mul_self_le {g K T : R} (hg : 0 ≤ g) (hK : 0 ≤ K) (hρ : 0 ≤ ρ)
    (hT : 0 < T) (h : g * g ≤ K * (K * (ρ * ρ) / T)) : g ≤ K * ρ / sqrt T := by
  refine le_div_sqrt hg (mul_nonneg hK hρ) hT ?_
  have e : K * (K * (ρ * ρ) / T) = K * ρ * (K * ρ) / T := by grind
  rw [← e]
  exact h

/-- Gradient ascent from `θ0` with step `λ/B²` and coverage at `θ*`, stopped at a suitable
`t(S) < T`: `E_S[J(θ*) - J(θ_{t(S)})]` is at most
`B ‖θ*‖ / √n + C K ρ² / T + C (κ ρ · K ρ / √T + 2 ε² ρ² / λ)`, `K = B²/λ`, `κ = 2B² e^M / σ`. -/
theorem expectSample_gap_gradientAscent_le
    (hcov : ∀ S : Fin n → Fin N, P.Coverage S P.trueParam (projOf S) σ ε) (hB : P.FeatureBound B)
    (hρ : norm (P.trueParam - θ0) = ρ) (hC : ExpBound (2 * (B * ρ) / P.klCoef) C) (hC0 : 0 ≤ C)
    (hD : IsProb D) (hn : 0 < n) {T : Nat} (hT : 0 < T) :
    ∃ t : (Fin n → Fin N) → Nat, (∀ S, t S < T) ∧
    expectSample D (fun S => P.population D P.trueParam -
      P.population D (P.gradientAscent S θ0 (P.klCoef / (B * B)) (t S))) ≤
    B * norm P.trueParam / sqrt (n : R) + C * (B * B / P.klCoef * (ρ * ρ) / (T : R)) +
      C * (2 * (B * B) / (exp (-(2 * (B * ρ) / P.klCoef)) * σ) * ρ *
        (B * B / P.klCoef * ρ / sqrt (T : R)) + 2 * (ε * ε) * (ρ * ρ) / P.klCoef) := by
  have hit := fun S : Fin n → Fin N => P.exists_iterate_le S θ0 hB hn (by rw [hρ]; exact hC) hT
  have herr := fun S t => P.error_le (n := n) S θ0 hB (P.step_nonneg B) (P.step_mul_le B) t
  rw [hρ] at hit herr
  obtain ⟨t, ht⟩ := Classical.skolem.mp hit
  refine ⟨t, fun S => (ht S).1, ?_⟩
  have hρ0 : 0 ≤ ρ := hρ ▸ norm_nonneg _
  exact expectSample_gap_le (uniformlyStable_of_gradient
    (fun S => (hcov S).of_trueParam hB (herr S (t S))) hB
    (fun S => herr S (t S)) (fun S => le_div_sqrt_of_mul_self_le (norm_nonneg _)
      (P.cocoercivity_constant_nonneg B) hρ0 (natCast_pos hT) (ht S).2.2) hC hC0) hB hD hn
    fun S => (ht S).2.1

/-! ### Decay of the coverage error -/

/-- A coverage error `ε = c n^{-α}` enters the population gap as `n^{-2α}`. -/
theorem population_gap_le_of_threshold {c α : R}
    (hcov : P.Coverage S θ proj σ (c * exp (-(α * log (n : R))))) (hB : P.FeatureBound B)
    (hρ : norm (P.trueParam - θ) ≤ ρ) (hC : ExpBound (2 * (B * ρ) / P.klCoef) C) (hC0 : 0 ≤ C)
    (hD : IsProb D) : P.population D P.trueParam - P.population D θ ≤
    C * (2 * (B * B) / σ * ρ * norm (P.gradient S θ) +
      2 * (c * c) * (ρ * ρ) / P.klCoef * exp (-(2 * α * log (n : R)))) := by
  have h := hcov.population_gap_le hB hρ hC hC0 hD
  have e : exp (-(2 * α * log (n : R))) = exp (-(α * log (n : R))) * exp (-(α * log (n : R))) := by
    rw [← exp_add]; congr 1; grind
  rw [e]
  generalize exp (-(α * log (n : R))) = r at *
  generalize 2 * (B * B) / σ * ρ * norm (P.gradient S θ) = w at *
  have e' : 2 * (c * c) * (ρ * ρ) / P.klCoef * (r * r) =
      2 * (c * r * (c * r)) * (ρ * ρ) / P.klCoef := by grind
  rw [e']
  exact h

/-- `n^{-2α} = 1/√n` for `α = 1/4`. -/
theorem exp_neg_log_eq_one_div_sqrt (hn : 0 < n) :
    exp (-(2 * (1 / 4) * log (n : R))) = 1 / sqrt (n : R) := by
  have hp := natCast_pos (R := R) hn
  have e : (2 * (1 / 4) * log (n : R)) = log (n : R) / 2 := by grind
  have hs : sqrt (n : R) = exp (log (n : R) / 2) := by unfold sqrt; exact if_pos hp
  rw [e, exp_neg, hs]
  grind

end Problem

end RLHF
