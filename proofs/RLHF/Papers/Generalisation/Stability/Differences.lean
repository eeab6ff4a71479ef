module
public import RLHF.Geometry.Domination
public import RLHF.Papers.Generalisation.Stability.Defs

/-!
# Coverage of the differences of features

What is modelled: what the gradient on a sample says about prompts outside of it, when the
differences of features at every prompt lie within `ε` of directions that the sample covers. Only
these differences matter to a policy, so the hypothesis is the weaker one, and the bound on features
follows from it with `Δ = 2B` and `2ε` for `ε`.

## Main results
* `Problem.DifferenceCoverage.var_le`: the variance of a feature direction at any prompt, under any
  policy.
* `Problem.DifferenceCoverage.gap_le`: the gap at any prompt by the gradient on the sample.
* `Problem.Coverage.differences`: coverage of features implies it.

## References
arXiv 2601.16403, cf. Assumption 5, Lemma 6.
-/

public section

namespace RLHF

open Lean.Grind

universe u
variable {R : Type u} [ExpField R] {N m d n : Nat}

/-- A symmetric matrix moves from one side of the inner product to the other. -/
theorem inner_mulVec_of_symm {A : Fin d → Vec R d} (hA : ∀ i j, A i j = A j i) (v w : Vec R d) :
    inner (mulVec A v) w = inner v (mulVec A w) := by
  unfold inner mulVec inner
  simp only [← sum_mul, ← sum_mul_right]
  rw [sum_comm]
  exact sum_congr fun i => sum_congr fun j => by rw [hA]; grind

theorem mulVec_sub (A : Fin d → Vec R d) (v w : Vec R d) :
    mulVec A (v - w) = mulVec A v - mulVec A w := Vec.ext fun i => inner_sub_right v w (A i)

namespace Problem

variable {P : Problem R N m d} {S : Fin n → Fin N} {θ : Vec R d} {proj : Fin d → Vec R d}
  {σ ε C ρ Δ : R}

/-- `⟨V_S(θ) v, v⟩ = mean_i Var_{π_θ}(⟨v, φ(x_i, ·)⟩)`. -/
theorem inner_mulVec_covarianceOn (v : Vec R d) : inner (mulVec (P.covarianceOn S θ) v) v =
    average fun i => var (P.policy (S i) θ) fun a => inner v (P.feature (S i) a) := by
  rw [mulVec_covarianceOn, inner_averageVec]
  exact average_congr fun i => inner_mulVec_covariance _ v v

theorem inner_gradient_eq (w : Vec R d) : inner (P.gradient S θ) w =
    1 / P.klCoef * inner (mulVec (P.covarianceOn S θ) (P.trueParam - θ)) w := inner_smul_left _ _ _

private theorem residual_sub (v w : Vec R d) : v - w - mulVec proj (v - w) =
    (v - mulVec proj v) - (w - mulVec proj w) := Vec.ext fun i => by
  rw [mulVec_sub]; simp only [Vec.sub_apply]; grind

/-- Coverage of features with `ε` is coverage of their differences with `2ε`. -/
theorem Coverage.differences (h : P.Coverage S θ proj σ ε) :
    P.DifferenceCoverage S θ proj σ (2 * ε) where
  symm := h.symm
  residual_le x a b := by
    rw [residual_sub]
    exact norm_sub_le_of_norm_le (h.residual_le x a) (h.residual_le x b)
  eigenvalue_pos := h.eigenvalue_pos
  le_covariance := h.le_covariance

/-- `Var_π(⟨v, φ(x, ·)⟩) ≤ Δ²/(2σ) ⟨V_S(θ) v, v⟩ + ε²/2 ‖v‖²`, at every prompt and under every
policy `π`. -/
theorem DifferenceCoverage.var_le (h : P.DifferenceCoverage S θ proj σ ε)
    (hΔ : P.DifferenceBound Δ) (x : Fin N) {π : Fin m → R} (hπ : IsProb π) (v : Vec R d) :
    var π (fun a => inner v (P.feature x a)) ≤
      Δ * Δ / (2 * σ) * inner (mulVec (P.covarianceOn S θ) v) v +
        ε * ε / 2 * (norm v * norm v) := by
  have e : ∀ a, inner v (P.feature x a) = inner (mulVec proj v) (P.feature x a) +
      inner v (P.feature x a - mulVec proj (P.feature x a)) := fun a => by
    rw [inner_sub_right, inner_mulVec_of_symm h.symm]; grind
  have h0 := var_add_le hπ.nonneg (fun a => inner (mulVec proj v) (P.feature x a))
    fun a => inner v (P.feature x a - mulVec proj (P.feature x a))
  rw [← funext e] at h0
  have h1 := var_inner_le_of_differences hπ (hΔ x) (mulVec proj v)
  have h2 := var_inner_le_of_differences hπ
    (φ := fun a => P.feature x a - mulVec proj (P.feature x a))
    (fun a b => residual_sub (P.feature x a) _ ▸ h.residual_le x a b) v
  have hσ := h.eigenvalue_pos
  have h3 := mul_le_mul_left (h.le_covariance v)
    (div_nonneg (mul_self_nonneg Δ) (by grind : 0 < 2 * σ))
  have e3 : ∀ y : R, Δ * Δ / (2 * σ) * (σ * y) = 2 * (Δ * Δ / 4 * y) := fun y => by grind
  rw [e3] at h3
  grind

/-- `J_x(θ*) - J_x(θ) ≤ C (Δ²/(2σ) ⟨∇J_S(θ), u⟩ + ε² ‖u‖² / (2λ))` at every prompt, `u = θ* - θ`,
`C` at `Δρ/λ`. -/
theorem DifferenceCoverage.gap_le (h : P.DifferenceCoverage S θ proj σ ε)
    (hΔ : P.DifferenceBound Δ) (hρ : norm (P.trueParam - θ) ≤ ρ)
    (hC : ExpBound (Δ * ρ / P.klCoef) C) (hC0 : 0 ≤ C) (x : Fin N) :
    P.objectiveAt x P.trueParam - P.objectiveAt x θ ≤
    C * (Δ * Δ / (2 * σ) * inner (P.gradient S θ) (P.trueParam - θ) +
      ε * ε / 2 * (norm (P.trueParam - θ) * norm (P.trueParam - θ)) / P.klCoef) := by
  refine Std.le_trans (hΔ.gap_le_inner_gradientAt hρ hC x) (mul_le_mul_left ?_ hC0)
  rw [inner_gradientAt_error, inner_gradient_eq]
  have hv := div_le_div_right (h.var_le hΔ x (P.policy_isProb x θ) (P.trueParam - θ)) P.klCoef_pos
  refine Std.le_trans hv ?_
  generalize Δ * Δ / (2 * σ) = κ
  have := P.klCoef_pos
  grind

end Problem

end RLHF
