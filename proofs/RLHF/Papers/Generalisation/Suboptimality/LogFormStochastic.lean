module
public import RLHF.Papers.Generalisation.Suboptimality.LogForm
public import RLHF.Papers.Generalisation.Suboptimality.Stochastic

/-!
# Stochastic gradient ascent with the logarithm kept

What is modelled: stochastic gradient ascent on a sample covered at `θ*`, and its population gap in
expectation, averaged over the iterates. The logarithm lies below its tangents, and a tangent is
affine in `⟨∇J_S(θ), θ* - θ⟩`, whose expectations have a bounded sum.

## Main results
* `Problem.average_population_gap_stochasticAscent_le_log`: the expected gap, averaged.

## References
arXiv 2601.16403, cf. Theorem 7.
-/

public section

namespace RLHF

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R] {N m d n : Nat}

namespace Problem

variable {P : Problem R N m d} {D : Fin N → R} {S : Fin n → Fin N} {θ θ0 : Vec R d}
  {proj : Fin d → Vec R d} {σ ε B C ρ s : R}

/-- `1 + (C/λ²) ((1 + s) (B²/σ) λ g + (1 + 1/s) ε² ρ²)`: what the logarithm is taken of, with the
split `s`, where `⟨∇J_S(θ), θ* - θ⟩ = g`. -/
private noncomputable def logArgument (P : Problem R N m d) (C B σ ε ρ s g : R) : R :=
  1 + C / (P.klCoef * P.klCoef) *
    ((1 + s) * (B * B / σ * (P.klCoef * g)) + (1 + 1 / s) * (ε * ρ * (ε * ρ)))

private theorem one_le_logArgument (P : Problem R N m d) (hC0 : 0 ≤ C) (hσ : 0 < σ) (hs : 0 < s)
    {g : R} (hg : 0 ≤ g) : 1 ≤ P.logArgument C B σ ε ρ s g := by
  have hl := P.klCoef_pos
  have hc := div_nonneg hC0 (mul_pos hl hl)
  have h1 := mul_nonneg (by grind : 0 ≤ 1 + s) (mul_nonneg
    (div_nonneg (mul_self_nonneg B) hσ) (mul_nonneg P.klCoef_nonneg hg))
  have h2 := mul_nonneg (by have := div_pos (by grind : (0 : R) < 1) hs; grind : 0 ≤ 1 + 1 / s)
    (mul_self_nonneg (ε * ρ))
  have h3 := mul_nonneg hc (by grind : 0 ≤ (1 + s) * (B * B / σ * (P.klCoef * g)) +
    (1 + 1 / s) * (ε * ρ * (ε * ρ)))
  unfold logArgument
  grind

/-- The population gap at `θ` is at most the tangent at `c` of the bound with its logarithm. -/
private theorem Coverage.population_gap_le_tangent (h : P.Coverage S θ proj σ ε)
    (hB : P.FeatureBound B) (hρ : norm (P.trueParam - θ) ≤ ρ)
    (hC : ExpBound (2 * (B * ρ) / P.klCoef) C) (hC0 : 0 ≤ C)
    (hD : IsProb D) (hs : 0 < s) {c : R} (hc : 0 < c) :
    P.population D P.trueParam - P.population D θ ≤
      P.klCoef * (P.logArgument C B σ ε ρ s (inner (P.gradient S θ) (P.trueParam - θ)) / c - 1 +
        log c) := by
  have hl := P.klCoef_pos
  have hg := P.inner_gradient_error_nonneg S θ
  have hy := mul_nonneg (div_nonneg (mul_self_nonneg B) h.eigenvalue_pos)
    (mul_nonneg P.klCoef_nonneg hg)
  have h0 := P.one_le_logArgument (B := B) (ε := ε) (ρ := ρ) hC0 h.eigenvalue_pos hs hg
  have k := mul_le_mul_left (add_mul_self_le_split hs (sqrt (B * B / σ *
    (P.klCoef * inner (P.gradient S θ) (P.trueParam - θ)))) (ε * ρ))
    (div_nonneg hC0 (mul_pos hl hl))
  have k0 := mul_nonneg (div_nonneg hC0 (mul_pos hl hl)) (mul_self_nonneg (sqrt (B * B / σ *
    (P.klCoef * inner (P.gradient S θ) (P.trueParam - θ))) + ε * ρ))
  rw [sqrt_mul_self hy] at k
  refine Std.le_trans (h.population_gap_le_log hB hρ hC hC0 hD (Std.le_refl _))
    (mul_le_mul_left ?_ P.klCoef_nonneg)
  refine Std.le_trans (log_le_log ?_ ?_) (log_le_tangent (by grind) hc)
  · clear k; grind
  · unfold logArgument; grind

/-- The argument of the logarithm is affine in `g`. -/
private theorem tangent_eq (P : Problem R N m d) (C B σ ε ρ s c g : R) :
    P.klCoef * (P.logArgument C B σ ε ρ s g / c - 1 + log c) =
      P.klCoef * (C / (P.klCoef * P.klCoef) * ((1 + s) * (B * B / σ * P.klCoef)) / c) * g +
      P.klCoef * (P.logArgument C B σ ε ρ s 0 / c - 1 + log c) := by
  unfold logArgument
  generalize C / (P.klCoef * P.klCoef) = a
  generalize B * B / σ = b
  generalize 1 / s = r
  grind

/-- The next theorem, with a name for what the logarithm is taken of. -/
private theorem average_gap_le_log_argument (hcov : P.Coverage S P.trueParam proj σ ε)
    (hB : P.FeatureBound B) (hρ : norm (P.trueParam - θ0) = ρ)
    (hC : ExpBound (2 * (B * ρ) / P.klCoef) C) (hC0 : 0 ≤ C) (hD : IsProb D) (hn : 0 < n)
    {T : Nat} (hT : 0 < T) (hs : 0 < s) :
    (average fun t : Fin T => expectSample uniform fun draws : Fin t → Fin n =>
      P.population D P.trueParam -
        P.population D (P.stochasticAscent S θ0 (P.klCoef / (B * B)) draws)) ≤
    P.klCoef * log (P.logArgument C B (exp (-(2 * (B * ρ) / P.klCoef)) * σ) ε ρ s
      (B * B / P.klCoef * (ρ * ρ) / (T : R))) := by
  have hu := uniform_isProb (R := R) hn
  have hl := P.klCoef_pos
  have hσ := mul_pos (exp_pos (-(2 * (B * ρ) / P.klCoef))) hcov.eigenvalue_pos
  have hsum := div_le_div_right (P.sum_expectSample_inner_le S θ0 hB hn T) (natCast_pos hT)
  have herr := fun (t : Fin T) (draws : Fin t → Fin n) =>
    P.norm_sub_stochasticAscent_le hB S θ0 draws
  rw [hρ] at hsum
  simp only [hρ] at herr
  have hG := div_nonneg (mul_nonneg (P.cocoercivity_constant_nonneg B) (mul_self_nonneg ρ))
    (natCast_pos (R := R) hT)
  have h1 := P.one_le_logArgument (B := B) (ε := ε) (ρ := ρ) hC0 hσ hs hG
  generalize B * B / P.klCoef * (ρ * ρ) / (T : R) = G at *
  have hgap := average_mono fun t : Fin T => expectSample_mono (n := t) hu.nonneg fun draws =>
    (hcov.of_trueParam hB (herr t draws)).population_gap_le_tangent hB (herr t draws) hC hC0 hD hs
      (by grind : 0 < P.logArgument C B (exp (-(2 * (B * ρ) / P.klCoef)) * σ) ε ρ s G)
  simp only [tangent_eq P C B _ ε ρ s _ (inner _ _), expectSample_mul, expectSample_add,
    expectSample_const hu, average_mul, average_add, average_const hT] at hgap
  refine Std.le_trans hgap ?_
  have hκ : 0 ≤ P.klCoef * (C / (P.klCoef * P.klCoef) * ((1 + s) * (B * B /
      (exp (-(2 * (B * ρ) / P.klCoef)) * σ) * P.klCoef)) /
      P.logArgument C B (exp (-(2 * (B * ρ) / P.klCoef)) * σ) ε ρ s G) :=
    mul_nonneg P.klCoef_nonneg (div_nonneg (mul_nonneg (div_nonneg hC0 (mul_pos hl hl))
      (mul_nonneg (by grind) (mul_nonneg (div_nonneg (mul_self_nonneg B) hσ) P.klCoef_nonneg)))
      (by grind))
  have h2 := mul_le_mul_left hsum hκ
  have e := P.tangent_eq C B (exp (-(2 * (B * ρ) / P.klCoef)) * σ) ε ρ s
    (P.logArgument C B (exp (-(2 * (B * ρ) / P.klCoef)) * σ) ε ρ s G) G
  unfold average
  generalize P.logArgument C B (exp (-(2 * (B * ρ) / P.klCoef)) * σ) ε ρ s G = c at *
  rw [show c / c - 1 + log c = log c by clear h2 hκ hgap hsum e; grind] at e
  grind

/-- Stochastic gradient ascent, on every sample covered at `θ*`: the average over `t < T` of
`E[J(θ*) - J(θ_t)]` is at most
`λ log(1 + (C/λ²) ((1 + s) (B²/(e^{-M} σ)) B² ρ²/T + (1 + 1/s) ε² ρ²))`, for every `s > 0`. -/
theorem average_population_gap_stochasticAscent_le_log (hcov : P.Coverage S P.trueParam proj σ ε)
    (hB : P.FeatureBound B) (hρ : norm (P.trueParam - θ0) = ρ)
    (hC : ExpBound (2 * (B * ρ) / P.klCoef) C) (hC0 : 0 ≤ C) (hD : IsProb D) (hn : 0 < n)
    {T : Nat} (hT : 0 < T) (hs : 0 < s) :
    (average fun t : Fin T => expectSample uniform fun draws : Fin t → Fin n =>
      P.population D P.trueParam -
        P.population D (P.stochasticAscent S θ0 (P.klCoef / (B * B)) draws)) ≤
    P.klCoef * log (1 + C / (P.klCoef * P.klCoef) *
      ((1 + s) * (B * B / (exp (-(2 * (B * ρ) / P.klCoef)) * σ) *
        (P.klCoef * (B * B / P.klCoef * (ρ * ρ) / (T : R)))) +
        (1 + 1 / s) * (ε * ρ * (ε * ρ)))) := by
  have h := average_gap_le_log_argument hcov hB hρ hC hC0 hD hn hT hs
  unfold logArgument at h
  exact h

end Problem

end RLHF
