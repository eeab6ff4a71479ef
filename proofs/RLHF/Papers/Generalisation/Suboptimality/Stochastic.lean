module
public import RLHF.Papers.Generalisation.Ascent.Pairwise
public import RLHF.Papers.Generalisation.Suboptimality.Assembled

/-!
# Population gap of stochastic gradient ascent

What is modelled: stochastic gradient ascent that draws one prompt of the sample a step, with
coverage of the sample at `θ*`, with all actions or a pair of actions, and its population gap by the
direct route.

## Main results
* `Problem.norm_sub_stochasticAscent_le`: along all draws the iterates stay in the ball of radius
  `‖θ* - θ_0‖` about `θ*`.
* `Problem.average_population_gap_stochasticAscent_le`: the expected population gap, averaged over
  the iterates; `Problem.average_population_gap_pairwise_le` for pairs of actions.

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
  {proj : Fin d → Vec R d} {σ ε B C ρ : R}

/-- Along all draws the iterates stay in the ball of radius `‖θ* - θ_0‖` about `θ*`. -/
theorem norm_sub_stochasticAscent_le (hB : P.FeatureBound B) (S : Fin n → Fin N) (θ0 : Vec R d)
    {t : Nat} (draws : Fin t → Fin n) :
    norm (P.trueParam - P.stochasticAscent S θ0 (P.klCoef / (B * B)) draws) ≤
      norm (P.trueParam - θ0) := by
  induction t with
  | zero => exact Std.le_refl _
  | succ t ih =>
    exact Std.le_trans (P.norm_sub_gradientAt_step_le hB (S (draws (Fin.last t))) _)
      (ih fun s => draws s.castSucc)

/-- Stochastic gradient ascent, on every sample covered at `θ*`: the average over `t < T` of
`E[J(θ*) - J(θ_t)]` is at most `C (κ K ρ² / T + 2 ε² ρ² / λ)`, `K = B²/λ`, `κ = 2B² e^M / σ`. -/
theorem average_population_gap_stochasticAscent_le (hcov : P.Coverage S P.trueParam proj σ ε)
    (hB : P.FeatureBound B) (hρ : norm (P.trueParam - θ0) = ρ)
    (hC : ExpBound (2 * (B * ρ) / P.klCoef) C) (hC0 : 0 ≤ C) (hD : IsProb D) (hn : 0 < n)
    {T : Nat} (hT : 0 < T) :
    (average fun t : Fin T => expectSample uniform fun draws : Fin t → Fin n =>
      P.population D P.trueParam -
        P.population D (P.stochasticAscent S θ0 (P.klCoef / (B * B)) draws)) ≤
    C * (2 * (B * B) / (exp (-(2 * (B * ρ) / P.klCoef)) * σ) *
      (B * B / P.klCoef * (ρ * ρ) / (T : R)) + 2 * (ε * ε) * (ρ * ρ) / P.klCoef) := by
  have hu := uniform_isProb (R := R) hn
  have hsum := div_le_div_right (P.sum_expectSample_inner_le S θ0 hB hn T) (natCast_pos hT)
  have herr := fun (t : Fin T) (draws : Fin t → Fin n) =>
    P.norm_sub_stochasticAscent_le hB S θ0 draws
  rw [hρ] at hsum
  simp only [hρ] at herr
  have hgap := average_mono fun t : Fin T => expectSample_mono (n := t) hu.nonneg fun draws =>
    hcov.population_gap_le_inner hB (herr t draws) hC hC0 hD
  simp only [expectSample_mul, expectSample_add, expectSample_const hu, average_mul, average_add,
    average_const hT] at hgap
  refine Std.le_trans hgap (mul_le_mul_left ?_ hC0)
  have hκ := div_nonneg (by have := mul_self_nonneg B; grind : 0 ≤ 2 * (B * B))
    (mul_pos (exp_pos (-(2 * (B * ρ) / P.klCoef))) hcov.eigenvalue_pos)
  have h := mul_le_mul_left hsum hκ
  unfold average
  grind

/-! ### Pairs of actions -/

private theorem isTransition_pairwise (hB : P.FeatureBound B) (S : Fin n → Fin N) (hn : 0 < n)
    (ρ : R) : IsTransition (P.pairwiseTransition S (P.klCoef / (2 * (B * B))))
      (fun θ => norm (P.trueParam - θ) ≤ ρ) where
  add F G θ := by simp only [pairwiseTransition, mean_add, average_add]
  mul c F θ := by simp only [pairwiseTransition, mean_mul, average_mul]
  const c θ := by
    simp only [pairwiseTransition, mean_const (P.policy_isProb _ θ), average_const hn]
  mono F G θ hθ h := average_mono fun i =>
    mean_mono (P.policy_isProb _ θ).nonneg fun a => mean_mono (P.policy_isProb _ θ).nonneg fun b =>
      h _ (Std.le_trans (P.norm_sub_pairGradient_step_le hB (S i) θ a b) hθ)

/-- Pairwise stochastic gradient ascent, on every sample covered at `θ*`: the average over `t < T`
of `E[J(θ*) - J(θ_t)]` is at most `C (κ K ρ² / T + 2 ε² ρ² / λ)`, `K = 2B²/λ`, `κ = 2B² e^M / σ`. -/
theorem average_population_gap_pairwise_le (hcov : P.Coverage S P.trueParam proj σ ε)
    (hB : P.FeatureBound B) (hρ : norm (P.trueParam - θ0) = ρ)
    (hC : ExpBound (2 * (B * ρ) / P.klCoef) C) (hC0 : 0 ≤ C) (hD : IsProb D) (hn : 0 < n)
    {T : Nat} (hT : 0 < T) :
    (average fun t : Fin T => expectIterate (P.pairwiseTransition S (P.klCoef / (2 * (B * B)))) t
      (fun θ => P.population D P.trueParam - P.population D θ) θ0) ≤
    C * (2 * (B * B) / (exp (-(2 * (B * ρ) / P.klCoef)) * σ) *
      (2 * (B * B) / P.klCoef * (ρ * ρ) / (T : R)) + 2 * (ε * ε) * (ρ * ρ) / P.klCoef) := by
  have htr := isTransition_pairwise hB S hn ρ
  have hρ0 : norm (P.trueParam - θ0) ≤ ρ := by rw [hρ]; exact Std.le_refl _
  have hsum := div_le_div_right (P.sum_expect_pairwise_inner_le S θ0 hB hn T) (natCast_pos hT)
  rw [hρ] at hsum
  have hgap := average_mono fun t : Fin T => htr.expectIterate_mono
    (fun θ hθ => hcov.population_gap_le_inner hB hθ hC hC0 hD) t hρ0
  simp only [htr.expectIterate_mul, htr.expectIterate_affine, average_mul, average_add,
    average_const hT] at hgap
  refine Std.le_trans hgap (mul_le_mul_left ?_ hC0)
  have hκ := div_nonneg (by have := mul_self_nonneg B; grind : 0 ≤ 2 * (B * B))
    (mul_pos (exp_pos (-(2 * (B * ρ) / P.klCoef))) hcov.eigenvalue_pos)
  have h := mul_le_mul_left hsum hκ
  unfold average
  grind

end Problem

end RLHF
