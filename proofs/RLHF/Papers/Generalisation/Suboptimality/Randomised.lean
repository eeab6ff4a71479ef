module
public import RLHF.Papers.Generalisation.Ascent.LeastGradient
public import RLHF.Papers.Generalisation.Stability.Randomised
public import RLHF.Papers.Generalisation.Suboptimality.Stochastic

/-!
# Population gap of randomised algorithms

What is modelled: the population gap of an algorithm with randomness of its own, in expectation over
this and over the sample, by optimisation and generalisation; and of stochastic gradient ascent that
returns the iterate of least gradient norm.

## Main results
* `Problem.expectSample_expect_gap_le`: optimisation and generalisation, for any algorithm that is
  stable in expectation. The concentration term has mean zero (`Problem.expectSample_objective_eq`).
* `Problem.stableInExpectation_of_gradient`: stability in expectation from coverage and gradients
  that are small in expectation.
* `Problem.stableInExpectation_leastGradient`, `Problem.expectSample_gap_leastGradient_le`:
  stochastic gradient ascent.

## References
arXiv 2601.16403, cf. Definition 3, Theorem 7.
-/

public section

namespace RLHF

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u v
variable {R : Type u} [ExpField R] {Ω : Type v} {N m d n : Nat}

namespace Problem

variable {P : Problem R N m d} {D : Fin N → R} {E : Expect R Ω}
  {alg : (Fin n → Fin N) → Ω → Vec R d} {projOf : (Fin n → Fin N) → Fin d → Vec R d}
  {θ θ0 : Vec R d} {σ ε B C ρ G γ τ : R}

/-- `E_S J_S(θ) = J(θ)` for a `θ` that does not depend on `S`. -/
theorem expectSample_objective_eq (hD : IsProb D) (hn : 0 < n) :
    expectSample D (fun S : Fin n → Fin N => P.objective S θ) = P.population D θ := by
  unfold objective population
  rw [expectSample_average fun i (S : Fin n → Fin N) => P.objectiveAt (S i) θ,
    average_congr fun i => expectSample_apply hD (fun x => P.objectiveAt x θ) i, average_const hn]

/-- Optimisation and generalisation: `E_S E_ω[J(θ*) - J(θ_{S,ω})] ≤ τ + γ`, where `τ` bounds the
expected empirical gap of the outputs. -/
theorem expectSample_expect_gap_le (hγ : P.StableInExpectation E alg γ) (hD : IsProb D)
    (hn : 0 < n) (hτ : ∀ S, (E fun ω => P.objective S P.trueParam - P.objective S (alg S ω)) ≤ τ) :
    (expectSample D fun S => E fun ω => P.population D P.trueParam - P.population D (alg S ω)) ≤
      τ + γ := by
  have hgen := (abs_le.mp (hγ.abs_expectSample_le hD hn)).2
  have e : ∀ S, (E fun ω => P.population D P.trueParam - P.population D (alg S ω)) =
      (E fun ω => P.objective S P.trueParam - P.objective S (alg S ω)) +
      (E fun ω => P.objective S (alg S ω) - P.population D (alg S ω)) +
      (P.population D P.trueParam - P.objective S P.trueParam) := fun S => by
    rw [E.sub, E.sub, E.sub, E.const, E.const]
    grind
  have hopt := expectSample_mono hD.nonneg hτ
  rw [expectSample_const hD] at hopt
  rw [expectSample_congr e, expectSample_add, expectSample_add, expectSample_sub,
    expectSample_const hD, expectSample_objective_eq hD hn]
  grind

/-! ### Stability from gradients -/

private theorem expect_affine (E : Expect R Ω) (a b c : R) (F : Ω → R) :
    (E fun ω => c * (a * F ω + b)) = c * (a * E F + b) := by
  rw [E.mul, E.add, E.mul, E.const]

/-- A randomised algorithm with coverage at its outputs, errors at most `ρ` and empirical gradients
of expected norm at most `G` is stable in expectation with constant `C (κ ρ G + 2 ε² ρ² / λ)`. -/
theorem stableInExpectation_of_gradient (h : ∀ S ω, P.Coverage S (alg S ω) (projOf S) σ ε)
    (hB : P.FeatureBound B) (hρ : ∀ S ω, norm (P.trueParam - alg S ω) ≤ ρ)
    (hG : ∀ S, (E fun ω => norm (P.gradient S (alg S ω))) ≤ G) (hσ : 0 < σ) (hρ0 : 0 ≤ ρ)
    (hC : ExpBound (2 * (B * ρ) / P.klCoef) C) (hC0 : 0 ≤ C) :
    P.StableInExpectation E alg
      (C * (2 * (B * B) / σ * ρ * G + 2 * (ε * ε) * (ρ * ρ) / P.klCoef)) := by
  have hκ := mul_nonneg (div_nonneg (by have := mul_self_nonneg B; grind : 0 ≤ 2 * (B * B)) hσ) hρ0
  have hgap : ∀ S x, (E fun ω => P.objectiveAt x P.trueParam - P.objectiveAt x (alg S ω)) ≤
      C * (2 * (B * B) / σ * ρ * G + 2 * (ε * ε) * (ρ * ρ) / P.klCoef) := fun S x => by
    have h1 := E.mono fun ω => (h S ω).gap_le_norm hB (hρ S ω) hC hC0 x
    rw [expect_affine] at h1
    have h2 := mul_le_mul_left (hG S) hκ
    exact Std.le_trans h1 (mul_le_mul_left (by grind) hC0)
  have hpos : ∀ S x, 0 ≤ E fun ω => P.objectiveAt x P.trueParam - P.objectiveAt x (alg S ω) :=
    fun S x => E.nonneg fun ω => by have := P.objectiveAt_le x (alg S ω); grind
  intro S i x' x
  have h1 := hgap S x
  have h2 := hgap (replaceAt S i x') x
  have h3 := hpos S x
  have h4 := hpos (replaceAt S i x') x
  generalize C * (2 * (B * B) / σ * ρ * G + 2 * (ε * ε) * (ρ * ρ) / P.klCoef) = b at *
  rw [E.sub, E.const] at h1 h2 h3 h4
  rw [E.sub, abs_le]
  clear hgap hpos hκ hG
  grind

/-! ### Stochastic gradient ascent, the iterate of least gradient norm -/

/-- The output stays in the ball of radius `‖θ* - θ_0‖` about `θ*`. -/
theorem norm_sub_leastGradientIterate_le (hB : P.FeatureBound B) (S : Fin n → Fin N) (θ0 : Vec R d)
    {T : Nat} (draws : Fin T → Fin n) :
    norm (P.trueParam - P.leastGradientIterate S θ0 (P.klCoef / (B * B)) draws) ≤
      norm (P.trueParam - θ0) := by
  induction T with
  | zero => exact Std.le_refl _
  | succ T ih =>
    obtain ⟨h, -⟩ | ⟨h, -⟩ := P.leastGradientIterate_succ S θ0 draws <;> rw [h]
    · exact norm_sub_stochasticAscent_le hB S θ0 _
    · exact ih _

private theorem rate_eq {K q : R} : C * ρ * (K * ρ / q) = C * (K * (ρ * ρ) / q) := by grind

/-- Draws of a step, uniform and independent, as an expectation. -/
private theorem sample_uniform_apply (hn : 0 < n) {T : Nat} (F : (Fin T → Fin n) → R) :
    ((Expect.ofWeights (uniform_isProb (R := R) hn)).sample T) F = expectSample uniform F :=
  Expect.sample_ofWeights _ _

variable (hcov : ∀ S : Fin n → Fin N, P.Coverage S P.trueParam (projOf S) σ ε)
  (hB : P.FeatureBound B) (hρ : norm (P.trueParam - θ0) = ρ)
  (hC : ExpBound (2 * (B * ρ) / P.klCoef) C) (hC0 : 0 ≤ C) (hn : 0 < n) {T : Nat} (hT : 0 < T)
include hcov hB hρ hC hC0 hT

/-- Stochastic gradient ascent from `θ_0`, every sample covered at `θ*`, is stable in expectation
with constant `C (κ ρ · K ρ / √T + 2 ε² ρ² / λ)`, `K = B²/λ`, `κ = 2B² e^M / σ`. -/
theorem stableInExpectation_leastGradient : P.StableInExpectation
    ((Expect.ofWeights (uniform_isProb (R := R) hn)).sample T)
    (fun (S : Fin n → Fin N) draws => P.leastGradientIterate S θ0 (P.klCoef / (B * B)) draws)
    (C * (2 * (B * B) / (exp (-(2 * (B * ρ) / P.klCoef)) * σ) * ρ *
      (B * B / P.klCoef * ρ / sqrt (T : R)) + 2 * (ε * ε) * (ρ * ρ) / P.klCoef)) := by
  have herr := fun (S : Fin n → Fin N) (draws : Fin T → Fin n) =>
    hρ ▸ norm_sub_leastGradientIterate_le hB S θ0 draws
  by_cases hN : Nonempty (Fin n → Fin N)
  · obtain ⟨S0⟩ := hN
    refine stableInExpectation_of_gradient (fun S draws => (hcov S).of_trueParam hB (herr S draws))
      hB herr (fun S => ?_) (mul_pos (exp_pos _) (hcov S0).eigenvalue_pos) (hρ ▸ norm_nonneg _)
      hC hC0
    rw [sample_uniform_apply hn, ← hρ]
    exact P.expectSample_norm_le S θ0 hB hn hT
  · exact fun S => absurd ⟨S⟩ hN

/-- Stochastic gradient ascent from `θ_0`, every sample covered at `θ*`: the expected population gap
is at most `C K ρ² / √T + C (κ ρ · K ρ / √T + 2 ε² ρ² / λ)`, `K = B²/λ`, `κ = 2B² e^M / σ`. -/
theorem expectSample_gap_leastGradient_le (hn : 0 < n) (hD : IsProb D) :
    (expectSample D fun S : Fin n → Fin N => expectSample uniform fun draws : Fin T → Fin n =>
      P.population D P.trueParam -
        P.population D (P.leastGradientIterate S θ0 (P.klCoef / (B * B)) draws)) ≤
    C * (B * B / P.klCoef * (ρ * ρ) / sqrt (T : R)) +
      C * (2 * (B * B) / (exp (-(2 * (B * ρ) / P.klCoef)) * σ) * ρ *
        (B * B / P.klCoef * ρ / sqrt (T : R)) + 2 * (ε * ε) * (ρ * ρ) / P.klCoef) := by
  have h := expectSample_expect_gap_le
    (stableInExpectation_leastGradient hcov hB hρ hC hC0 hn hT) hD hn
    (τ := C * (B * B / P.klCoef * (ρ * ρ) / sqrt (T : R))) fun S => by
      have herr := fun draws : Fin T → Fin n =>
        hρ ▸ norm_sub_leastGradientIterate_le hB S θ0 draws
      rw [sample_uniform_apply hn]
      refine Std.le_trans (expectSample_mono (uniform_isProb (R := R) hn).nonneg fun draws =>
        Std.le_trans (P.gap_le_inner_gradient S _ hB (herr draws) hC)
          (P.inner_gradient_le_norm S _ hB (herr draws) hC)) ?_
      rw [expectSample_mul]
      have h1 := mul_le_mul_left (P.expectSample_norm_le S θ0 hB hn hT)
        (mul_nonneg hC0 (hρ ▸ norm_nonneg (P.trueParam - θ0)))
      rw [hρ, rate_eq] at h1
      exact h1
  rw [← expectSample_congr fun S : Fin n → Fin N => sample_uniform_apply (R := R) hn
    fun draws : Fin T → Fin n => P.population D P.trueParam -
      P.population D (P.leastGradientIterate S θ0 (P.klCoef / (B * B)) draws)]
  exact h

/-- The same with the concentration term. -/
theorem expectSample_gap_leastGradient_le_three (hn : 0 < n) (hD : IsProb D) :
    (expectSample D fun S : Fin n → Fin N => expectSample uniform fun draws : Fin T → Fin n =>
      P.population D P.trueParam -
        P.population D (P.leastGradientIterate S θ0 (P.klCoef / (B * B)) draws)) ≤
    B * norm P.trueParam / sqrt (n : R) + C * (B * B / P.klCoef * (ρ * ρ) / sqrt (T : R)) +
      C * (2 * (B * B) / (exp (-(2 * (B * ρ) / P.klCoef)) * σ) * ρ *
        (B * B / P.klCoef * ρ / sqrt (T : R)) + 2 * (ε * ε) * (ρ * ρ) / P.klCoef) := by
  have h := expectSample_gap_leastGradient_le hcov hB hρ hC hC0 hT hn hD
  have h0 := Std.le_trans (expectSample_nonneg (n := n) hD.nonneg fun S => abs_nonneg _)
    (P.expectSample_abs_le hB hD hn)
  clear hC hC0 hcov
  grind

end Problem

end RLHF
