module
public import RLHF.Papers.Generalisation.Ascent.Linear

/-!
# Linear rate from coverage at the start

What is modelled: gradient ascent on `J_S` at the step size `λ/B²` when the sample covers the
features exactly (`ε = 0`) at `θ_0`; nothing is assumed of the later iterates.

## Main results
* `Problem.Coverage.gap_le_norm_proj`: `J_x(θ*) - J_x(θ) ≤ C (B²/λ) ‖Π u‖²` at every prompt.
* `Problem.Coverage.norm_proj_error_le`: `‖Π u_t‖² ≤ (1 - e^{-2M} σ/B²)^t ‖Π u_0‖²`, `M = 2Bρ/λ`.
* `Problem.Coverage.gap_gradientAscent_le`: the gap at every prompt decays at that rate.

## References
arXiv 2601.16403, cf. Assumption 5 (feature coverage).
-/

public section

namespace RLHF

open Lean.Grind

universe u
variable {R : Type u} [ExpField R] {N m d n : Nat}

namespace Problem

variable {P : Problem R N m d} {S : Fin n → Fin N} {θ θ0 : Vec R d} {proj : Fin d → Vec R d}
  {σ B C ρ : R}

/-- Exact coverage by a sample bounds the gap at every prompt, seen or not, by `‖Π u‖²`. -/
theorem Coverage.gap_le_norm_proj (h : P.Coverage S θ proj σ 0) (hB : P.FeatureBound B)
    (hρ : norm (P.trueParam - θ) ≤ ρ) (hC : ExpBound (2 * (B * ρ) / P.klCoef) C) (hC0 : 0 ≤ C)
    (x : Fin N) : P.objectiveAt x P.trueParam - P.objectiveAt x θ ≤
      C * (B * B / P.klCoef * (norm (mulVec proj (P.trueParam - θ)) *
        norm (mulVec proj (P.trueParam - θ)))) := by
  refine Std.le_trans (P.gap_le_inner_gradientAt x θ hB hρ hC) (mul_le_mul_left ?_ hC0)
  have hv := var_inner_le (P.policy_isProb x θ) (hB x) (mulVec proj (P.trueParam - θ))
  simp only [h.inner_mulVec_feature] at hv
  rw [inner_gradientAt_error]
  have := div_le_div_right hv P.klCoef_pos
  grind

private theorem drift_eq (B ρ l : R) : 2 * (B * (2 * ρ)) / l = 2 * (2 * (B * ρ) / l) := by
  grind

/-- `‖Π u_t‖² ≤ (1 - e^{-2M} σ/B²)^t ‖Π u_0‖²` from exact coverage at `θ_0`. -/
theorem Coverage.norm_proj_error_le (h : P.Coverage S θ0 proj σ 0) (hB : P.FeatureBound B)
    (hρ : norm (P.trueParam - θ0) = ρ) (t : Nat) :
    norm (mulVec proj (P.trueParam - P.gradientAscent S θ0 (P.klCoef / (B * B)) t)) *
      norm (mulVec proj (P.trueParam - P.gradientAscent S θ0 (P.klCoef / (B * B)) t)) ≤
    (1 - exp (-(2 * (2 * (B * ρ) / P.klCoef))) * σ / (B * B)) ^ t *
      (norm (mulVec proj (P.trueParam - θ0)) * norm (mulVec proj (P.trueParam - θ0))) := by
  subst hρ
  rw [← drift_eq]
  exact Problem.norm_proj_error_le hB (fun t => h.gradientAscent hB t) t

/-- The gap at every prompt, seen or not, decays at the rate `1 - e^{-2M} σ/B²`. -/
theorem Coverage.gap_gradientAscent_le (h : P.Coverage S θ0 proj σ 0) (hB : P.FeatureBound B)
    (hρ : norm (P.trueParam - θ0) = ρ) (hC : ExpBound (2 * (B * ρ) / P.klCoef) C) (hC0 : 0 ≤ C)
    (t : Nat) (x : Fin N) : P.objectiveAt x P.trueParam -
        P.objectiveAt x (P.gradientAscent S θ0 (P.klCoef / (B * B)) t) ≤
      C * (B * B / P.klCoef * ((1 - exp (-(2 * (2 * (B * ρ) / P.klCoef))) * σ / (B * B)) ^ t *
        (norm (mulVec proj (P.trueParam - θ0)) * norm (mulVec proj (P.trueParam - θ0))))) := by
  have he := P.error_le S θ0 hB (P.step_nonneg B) (P.step_mul_le B) t
  rw [hρ] at he
  exact Std.le_trans ((h.gradientAscent hB t).gap_le_norm_proj hB he hC hC0 x)
    (mul_le_mul_left (mul_le_mul_left (h.norm_proj_error_le hB hρ t)
      (P.cocoercivity_constant_nonneg B)) hC0)

end Problem

end RLHF
