module
public import RLHF.Papers.Generalisation.Ascent.Sampled
public import RLHF.Papers.Generalisation.Suboptimality.Assembled

/-!
# Population gap of ascent along noisy gradients

What is modelled: projected stochastic ascent on `J_S` along unbiased gradient estimates whose noise
need not vanish at `θ*`, with coverage of the sample at `θ*`, and its population gap by the direct
route.

## Main results
* `Problem.NoisyOracle.average_population_gap_le`: the expected population gap, averaged over the
  iterates; `Problem.NoisyOracle.average_population_gap_le_sqrt` at the step size `α/√T`.
* `Problem.SampledGradient.average_population_gap_le`: the same where the law of the estimates
  depends on `θ`.

## References
arXiv 2601.16403, cf. Theorem 7.
-/

public section

namespace RLHF

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R] {N m d n k : Nat}

namespace Problem

variable {P : Problem R N m d} {D : Fin N → R} {S : Fin n → Fin N} {w : Fin k → R}
  {g : Fin k → Vec R d → Vec R d} {proj : Fin d → Vec R d} {c θ0 : Vec R d} {s σ ε B C r η α : R}
  (h : P.NoisyOracle S w g c r s) (hcov : P.Coverage S P.trueParam proj σ ε)
  (hB : P.FeatureBound B) (hstar : norm (P.trueParam - c) ≤ r) (hstart : norm (θ0 - c) ≤ r)
  (hC : ExpBound (2 * (B * (2 * r)) / P.klCoef) C) (hC0 : 0 ≤ C) (hD : IsProb D) {T : Nat}
  (hT : 0 < T)
include h hcov hB hstar hstart hC hC0 hD hT

/-- Projected stochastic ascent from the ball, `η B² ≤ λ`, on every sample covered at `θ*`: the
average over `t < T` of `E[J(θ*) - J(θ_t)]` is at most
`C (κ (ρ²/(ηT) + η s²) + 2 ε² (2r)² / λ)`, `ρ = ‖θ* - θ_0‖`, `κ = 2B² e^M / σ`, `M = 4Br/λ`. -/
theorem NoisyOracle.average_population_gap_le (hη0 : 0 < η) (hη : η * (B * B / P.klCoef) ≤ 1) :
    (average fun t : Fin T => expectSample w fun draws : Fin t → Fin k =>
      P.population D P.trueParam - P.population D (projectedAscent g c r θ0 η draws)) ≤
    C * (2 * (B * B) / (exp (-(2 * (B * (2 * r)) / P.klCoef)) * σ) *
      (norm (P.trueParam - θ0) * norm (P.trueParam - θ0) / (η * (T : R)) + η * (s * s)) +
        2 * (ε * ε) * (2 * r * (2 * r)) / P.klCoef) := by
  have hr := Std.le_trans (norm_nonneg _) hstar
  have herr := fun (t : Fin T) (draws : Fin t → Fin k) =>
    norm_sub_le_of_ball hstar (norm_projectedAscent_sub_le (g := g) (η := η) hr hstart draws)
  have hgap := average_mono fun t : Fin T => expectSample_mono (n := t) h.isProb.nonneg fun draws =>
    hcov.population_gap_le_inner hB (herr t draws) hC hC0 hD
  simp only [expectSample_mul, expectSample_add, expectSample_const h.isProb, average_mul,
    average_add, average_const hT] at hgap
  refine Std.le_trans hgap (mul_le_mul_left ?_ hC0)
  have hκ := div_nonneg (by have := mul_self_nonneg B; grind : 0 ≤ 2 * (B * B))
    (mul_pos (exp_pos (-(2 * (B * (2 * r)) / P.klCoef))) hcov.eigenvalue_pos)
  have hinner := mul_le_mul_left (h.average_inner_le hB hstar hstart hη0 hη hT) hκ
  clear hgap herr hC h hcov hB hstar hstart hη
  grind

/-- At the step size `α/√T` with `α B² ≤ λ`: at most `C (κ (ρ²/α + α s²)/√T + 2 ε² (2r)² / λ)`. -/
theorem NoisyOracle.average_population_gap_le_sqrt (hα0 : 0 < α)
    (hα : α * (B * B / P.klCoef) ≤ 1) :
    (average fun t : Fin T => expectSample w fun draws : Fin t → Fin k =>
      P.population D P.trueParam -
        P.population D (projectedAscent g c r θ0 (α / sqrt (T : R)) draws)) ≤
    C * (2 * (B * B) / (exp (-(2 * (B * (2 * r)) / P.klCoef)) * σ) *
      ((norm (P.trueParam - θ0) * norm (P.trueParam - θ0) / α + α * (s * s)) / sqrt (T : R)) +
        2 * (ε * ε) * (2 * r * (2 * r)) / P.klCoef) := by
  have hT1 := one_le_natCast (R := R) hT
  have hs := one_le_sqrt hT1
  rw [← div_sqrt_eq hα0 hT1]
  exact h.average_population_gap_le hcov hB hstar hstart hC hC0 hD hT
    (div_pos hα0 (by grind)) (div_sqrt_mul_le hα hT1)

omit h hstart hT in
/-- Along a chain that stays in the ball, `C (κ ⟨∇J_S(θ_t), θ* - θ_t⟩ + 2 ε² (2r)² / λ)` bounds the
population gap in expectation. -/
private theorem expectIterate_gap_le {step : (Vec R d → R) → Vec R d → R}
    (htr : IsTransition step fun θ => norm (θ - c) ≤ r) (hstart : norm (θ0 - c) ≤ r) (t : Nat) :
    expectIterate step t (fun θ => P.population D P.trueParam - P.population D θ) θ0 ≤
    C * (2 * (B * B) / (exp (-(2 * (B * (2 * r)) / P.klCoef)) * σ) *
      expectIterate step t (fun θ => inner (P.gradient S θ) (P.trueParam - θ)) θ0 +
        2 * (ε * ε) * (2 * r * (2 * r)) / P.klCoef) := by
  have hgap := htr.expectIterate_mono (fun θ hθ => hcov.population_gap_le_inner hB
    (norm_sub_le_of_ball hstar hθ) hC hC0 hD) t hstart
  rw [htr.expectIterate_mul, htr.expectIterate_affine] at hgap
  exact hgap

omit h in
/-- Projected ascent along sampled gradients, `η L ≤ 1`, on every sample covered at `θ*`: the bound
of `NoisyOracle.average_population_gap_le`. -/
theorem SampledGradient.average_population_gap_le {law : Vec R d → Expect R (Vec R d)} {L : R}
    (h : P.SampledGradient S law c r L s) (hη0 : 0 < η) (hη : η * L ≤ 1) :
    (average fun t : Fin T => expectIterate (projectedTransition law c r η) t
      (fun θ => P.population D P.trueParam - P.population D θ) θ0) ≤
    C * (2 * (B * B) / (exp (-(2 * (B * (2 * r)) / P.klCoef)) * σ) *
      (norm (P.trueParam - θ0) * norm (P.trueParam - θ0) / (η * (T : R)) + η * (s * s)) +
        2 * (ε * ε) * (2 * r * (2 * r)) / P.klCoef) := by
  have htr := isTransition_projected (law := law) (c := c) (η := η)
    (Std.le_trans (norm_nonneg _) hstar)
  have hgap := average_mono fun t : Fin T =>
    expectIterate_gap_le hcov hB hstar hC hC0 hD htr hstart t
  simp only [average_mul, average_add, average_const hT] at hgap
  refine Std.le_trans hgap (mul_le_mul_left ?_ hC0)
  have hκ := div_nonneg (by have := mul_self_nonneg B; grind : 0 ≤ 2 * (B * B))
    (mul_pos (exp_pos (-(2 * (B * (2 * r)) / P.klCoef))) hcov.eigenvalue_pos)
  have hinner := mul_le_mul_left (h.average_inner_le hstar hstart hη0 hη hT) hκ
  clear hgap htr hC h hcov hB hstar hstart hη
  grind

end Problem

end RLHF
