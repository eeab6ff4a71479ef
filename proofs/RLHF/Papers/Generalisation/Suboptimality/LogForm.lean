module
public import RLHF.Geometry.LogForm
public import RLHF.Papers.Generalisation.Stability.Split
public import RLHF.Papers.Generalisation.Suboptimality.Assembled

/-!
# The population gap with its logarithm kept

What is modelled: the direct route, from the gradient on a covered sample to the gap at every prompt
and so on the population, with `λ log(1 + t)` in place of `λ t` and the two parts of the coverage
put together by Minkowski's inequality.

## Main results
* `Problem.Coverage.gap_le_log`: the gap at any prompt.
* `Problem.Coverage.population_gap_le_log`: the population gap of any parameter.
* `Problem.population_gap_gradientAscent_le_log`: gradient ascent, coverage at `θ*`.

## References
arXiv 2601.16403, cf. Theorems 3, 5, 7.
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

/-- `⟨V_S(θ) u, u⟩ = λ ⟨∇J_S(θ), u⟩` for `u = θ* - θ`. -/
theorem inner_covarianceOn_error (P : Problem R N m d) (S : Fin n → Fin N) (θ : Vec R d) :
    inner (mulVec (P.covarianceOn S θ) (P.trueParam - θ)) (P.trueParam - θ) =
      P.klCoef * inner (P.gradient S θ) (P.trueParam - θ) := by
  have := P.klCoef_pos
  rw [inner_gradient_eq]
  grind

/-- What `Var_{π_θ}(⟨θ* - θ, φ(x, ·)⟩)` is at most, where `⟨∇J_S(θ), θ* - θ⟩ ≤ g`. -/
theorem Coverage.var_error_le (h : P.Coverage S θ proj σ ε) (hB : P.FeatureBound B)
    (hρ : norm (P.trueParam - θ) ≤ ρ) {g : R}
    (hg : inner (P.gradient S θ) (P.trueParam - θ) ≤ g) (x : Fin N) :
    var (P.policy x θ) (fun a => inner (P.trueParam - θ) (P.feature x a)) ≤
      (sqrt (B * B / σ * (P.klCoef * g)) + ε * ρ) *
        (sqrt (B * B / σ * (P.klCoef * g)) + ε * ρ) := by
  have hv := h.var_le_mul_self hB x (P.policy_isProb x θ) (P.trueParam - θ)
  rw [inner_covarianceOn_error] at hv
  have hκ := div_nonneg (mul_self_nonneg B) h.eigenvalue_pos
  have h1 := mul_le_mul_left (mul_le_mul_left hg P.klCoef_nonneg) hκ
  have h2 := sqrt_le_sqrt (mul_nonneg hκ (mul_nonneg P.klCoef_nonneg
    (P.inner_gradient_error_nonneg S θ))) h1
  have h3 := mul_le_mul_left hρ (h.residual_nonneg x)
  have h4 := sqrt_nonneg (B * B / σ * (P.klCoef * inner (P.gradient S θ) (P.trueParam - θ)))
  have h5 := mul_nonneg (h.residual_nonneg x) (norm_nonneg (P.trueParam - θ))
  generalize sqrt (B * B / σ * (P.klCoef * inner (P.gradient S θ) (P.trueParam - θ))) = s at *
  generalize sqrt (B * B / σ * (P.klCoef * g)) = s' at *
  generalize ε * norm (P.trueParam - θ) = e at *
  generalize ε * ρ = e' at *
  exact Std.le_trans hv (mul_le_mul (by grind) (by grind) (by grind) (by grind))

/-- `J_x(θ*) - J_x(θ) ≤ λ log(1 + (C/λ²) w)` where `Var_{π_θ}(⟨θ* - θ, φ(x, ·)⟩) ≤ w`. -/
theorem DifferenceBound.gap_le_log_of_var {Δ w : R} (hΔ : P.DifferenceBound Δ)
    (hρ : norm (P.trueParam - θ) ≤ ρ) (hC : ExpBound (Δ * ρ / P.klCoef) C) (hC0 : 0 ≤ C)
    {x : Fin N} (hw : var (P.policy x θ)
      (fun a => inner (P.trueParam - θ) (P.feature x a)) ≤ w) :
    P.objectiveAt x P.trueParam - P.objectiveAt x θ ≤
      P.klCoef * log (1 + C / (P.klCoef * P.klCoef) * w) := by
  have hl := P.klCoef_pos
  refine le_mul_log hl (Std.le_trans (hΔ.exp_gap_le hρ hC x) ?_)
  have h := mul_le_mul_left hw (div_nonneg hC0 (mul_pos hl hl))
  rw [inner_gradientAt_error]
  generalize var (P.policy x θ) (fun a => inner (P.trueParam - θ) (P.feature x a)) = V at *
  rw [show C / P.klCoef * (V / P.klCoef) = C / (P.klCoef * P.klCoef) * V by clear h; grind]
  grind

/-- The gap at every prompt, where `⟨∇J_S(θ), θ* - θ⟩ ≤ g`:
`J_x(θ*) - J_x(θ) ≤ λ log(1 + (C/λ²) (√((B²/σ) λ g) + ε ρ)²)`. -/
theorem Coverage.gap_le_log (h : P.Coverage S θ proj σ ε) (hB : P.FeatureBound B)
    (hρ : norm (P.trueParam - θ) ≤ ρ) (hC : ExpBound (2 * (B * ρ) / P.klCoef) C) (hC0 : 0 ≤ C)
    {g : R} (hg : inner (P.gradient S θ) (P.trueParam - θ) ≤ g) (x : Fin N) :
    P.objectiveAt x P.trueParam - P.objectiveAt x θ ≤ P.klCoef * log (1 +
      C / (P.klCoef * P.klCoef) * ((sqrt (B * B / σ * (P.klCoef * g)) + ε * ρ) *
        (sqrt (B * B / σ * (P.klCoef * g)) + ε * ρ))) :=
  hB.differenceBound.gap_le_log_of_var hρ (by rw [Semiring.mul_assoc]; exact hC) hC0
    (h.var_error_le hB hρ hg x)

private theorem split_constant {k e r g l : R} (hl : 0 < l) :
    C / l * (2 * k * g + 2 * (e * e) * (r * r) / l) =
      C / (l * l) * ((1 + 1) * (k * (l * g)) + (1 + 1 / 1) * (e * r * (e * r))) := by grind

/-- The logarithm with the split `t = 1`, `κ = 2B²/σ`: the larger of the two bounds. -/
theorem log_le_log_split (P : Problem R N m d) (hσ : 0 < σ) (hC0 : 0 ≤ C) {g : R} (hg : 0 ≤ g)
    (ε ρ : R) : P.klCoef * log (1 +
      C / (P.klCoef * P.klCoef) * ((sqrt (B * B / σ * (P.klCoef * g)) + ε * ρ) *
        (sqrt (B * B / σ * (P.klCoef * g)) + ε * ρ))) ≤
    P.klCoef * log (1 + C / P.klCoef *
      (2 * (B * B) / σ * g + 2 * (ε * ε) * (ρ * ρ) / P.klCoef)) := by
  have hl := P.klCoef_pos
  have hc := div_nonneg hC0 (mul_pos hl hl)
  have hy := mul_nonneg (div_nonneg (mul_self_nonneg B) hσ) (mul_nonneg P.klCoef_nonneg hg)
  have hs := sqrt_mul_self hy
  have k := add_mul_self_le_split (by grind : (0 : R) < 1) (sqrt (B * B / σ * (P.klCoef * g)))
    (ε * ρ)
  rw [hs] at k
  have k1 := mul_le_mul_left k hc
  have k0 := mul_nonneg hc (mul_self_nonneg (sqrt (B * B / σ * (P.klCoef * g)) + ε * ρ))
  rw [show 2 * (B * B) / σ = 2 * (B * B / σ) by clear k k1 k0 hs; grind, split_constant hl]
  generalize sqrt (B * B / σ * (P.klCoef * g)) = s at *
  exact mul_le_mul_left (log_le_log (by clear k; grind) (by clear k; grind)) P.klCoef_nonneg

/-- The population gap, where `⟨∇J_S(θ), θ* - θ⟩ ≤ g`:
`J(θ*) - J(θ) ≤ λ log(1 + (C/λ²) (√((B²/σ) λ g) + ε ρ)²)`. -/
theorem Coverage.population_gap_le_log (h : P.Coverage S θ proj σ ε) (hB : P.FeatureBound B)
    (hρ : norm (P.trueParam - θ) ≤ ρ) (hC : ExpBound (2 * (B * ρ) / P.klCoef) C) (hC0 : 0 ≤ C)
    (hD : IsProb D) {g : R} (hg : inner (P.gradient S θ) (P.trueParam - θ) ≤ g) :
    P.population D P.trueParam - P.population D θ ≤ P.klCoef * log (1 +
      C / (P.klCoef * P.klCoef) * ((sqrt (B * B / σ * (P.klCoef * g)) + ε * ρ) *
        (sqrt (B * B / σ * (P.klCoef * g)) + ε * ρ))) := by
  unfold population
  rw [← mean_sub]
  exact mean_le hD (h.gap_le_log hB hρ hC hC0 hg)

/-- `⟨∇J_S(θ), θ* - θ⟩ ≤ ρ ‖∇J_S(θ)‖` for `‖θ* - θ‖ ≤ ρ`. -/
theorem inner_gradient_error_le (hρ : norm (P.trueParam - θ) ≤ ρ) :
    inner (P.gradient S θ) (P.trueParam - θ) ≤ ρ * norm (P.gradient S θ) := by
  have := inner_le_norm (P.gradient S θ) (P.trueParam - θ)
  have := mul_le_mul_left hρ (norm_nonneg (P.gradient S θ))
  grind

/-- Gradient ascent from `θ0` with step `λ/B²`, coverage at `θ*`: some `t < T` has
`J(θ*) - J(θ_t) ≤ λ log(1 + (C/λ²) (√((B²/(e^{-M} σ)) B² ρ²/T) + ε ρ)²)`. -/
theorem population_gap_gradientAscent_le_log (hcov : P.Coverage S P.trueParam proj σ ε)
    (hB : P.FeatureBound B) (hρ : norm (P.trueParam - θ0) = ρ)
    (hC : ExpBound (2 * (B * ρ) / P.klCoef) C) (hC0 : 0 ≤ C) (hD : IsProb D) {T : Nat}
    (hT : 0 < T) : ∃ t, t < T ∧ P.population D P.trueParam -
      P.population D (P.gradientAscent S θ0 (P.klCoef / (B * B)) t) ≤ P.klCoef * log (1 +
      C / (P.klCoef * P.klCoef) *
        ((sqrt (B * B / (exp (-(2 * (B * ρ) / P.klCoef)) * σ) *
          (P.klCoef * (B * B / P.klCoef * (ρ * ρ) / (T : R)))) + ε * ρ) *
        (sqrt (B * B / (exp (-(2 * (B * ρ) / P.klCoef)) * σ) *
          (P.klCoef * (B * B / P.klCoef * (ρ * ρ) / (T : R)))) + ε * ρ))) := by
  obtain ⟨t, ht, h⟩ := P.exists_inner_gradientAscent_le hB S θ0 hT
  have he := P.error_le S θ0 hB (P.step_nonneg B) (P.step_mul_le B) t
  rw [hρ] at h he
  exact ⟨t, ht, (hcov.of_trueParam hB he).population_gap_le_log hB he hC hC0 hD h⟩

end Problem

end RLHF
