module
public import RLHF.Geometry.Domination
public import RLHF.Probability.Chain
public import RLHF.Probability.Uniform

/-!
# From drift to rates

What is modelled: a Markov chain of parameters that moves towards `θ*` in expectation.

## Main results
* `Problem.sum_expectIterate_inner_le`, `Problem.sum_expectIterate_gap_le`: sums over time of the
  expected alignment `⟨∇J_S(θ_t), θ* - θ_t⟩` and of the expected gap.
* `Problem.exists_nonneg_constant`: the second-order constant may be taken nonnegative.

## References
arXiv 2601.16403, stochastic gradient ascent.
-/

public section

namespace RLHF

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R] {N m d n : Nat}

theorem mean_uniform (f : Fin n → R) : mean uniform f = average f := by
  unfold mean uniform average
  rw [sum_mul]
  grind

/-- A bound on the sum over `t < T` is `T` times the bound on the average. -/
theorem average_le_of_sum_le {T : Nat} (hT : 0 < T) {f : Fin T → R} {C W : R}
    (h : sum f ≤ C * W) : average f ≤ C * (W / (T : R)) := by
  have e : C * (W / (T : R)) = C * W / (T : R) := by grind
  rw [e]
  exact div_le_div_right h (natCast_pos hT)

namespace Problem

variable {P : Problem R N m d} {S : Fin n → Fin N} {step : (Vec R d → R) → Vec R d → R}
  {θ : Vec R d} {B C K c ρ : R}

/-- The constant of `ExpBound` at `2Bρ/λ` may be taken nonnegative: where it is negative,
`(B²/λ) ρ²` vanishes. -/
theorem exists_nonneg_constant (P : Problem R N m d) (hB0 : 0 ≤ B) (hρ : 0 ≤ ρ)
    (hC : ExpBound (2 * (B * ρ) / P.klCoef) C) : ∃ C', 0 ≤ C' ∧
    ExpBound (2 * (B * ρ) / P.klCoef) C' ∧
    C' * (B * B / P.klCoef * (ρ * ρ)) = C * (B * B / P.klCoef * (ρ * ρ)) := by
  by_cases h : 0 ≤ C
  · exact ⟨C, h, hC, rfl⟩
  · have hBρ : B * ρ = 0 := by
      by_cases h0 : B * ρ = 0
      · exact h0
      · have := hC.nonneg (div_pos (by have := mul_nonneg hB0 hρ; grind) P.klCoef_pos)
        grind
    have e : B * B / P.klCoef * (ρ * ρ) = B * ρ * (B * ρ) / P.klCoef := by grind
    refine ⟨0, by grind, fun y hy => ?_, by rw [e, hBρ]; grind⟩
    have h1 := mul_nonneg (by grind : 0 ≤ -C) (mul_self_nonneg y)
    have := hC y hy
    grind

/-- `Σ_{t<T} E⟨∇J_S(θ_t), u_t⟩ ≤ K ‖u_0‖² + T c` from the drift
`E[K ‖u_1‖²] ≤ K ‖u_0‖² - ⟨∇J_S(θ_0), u_0⟩ + c`, with `u = θ* - θ`. -/
theorem sum_expectIterate_inner_le {I : Vec R d → Prop} (h : IsTransition step I) (hK : 0 ≤ K)
    (hdrift : ∀ θ, I θ → step (fun θ => K * inner (P.trueParam - θ) (P.trueParam - θ)) θ ≤
      K * inner (P.trueParam - θ) (P.trueParam - θ) -
        inner (P.gradient S θ) (P.trueParam - θ) + c) (T : Nat) (hθ : I θ) :
    sum (fun t : Fin T => expectIterate step t
      (fun θ => inner (P.gradient S θ) (P.trueParam - θ)) θ) ≤
    K * (norm (P.trueParam - θ) * norm (P.trueParam - θ)) + (T : R) * c := by
  rw [norm_mul_self]
  exact h.sum_expectIterate_le (fun θ _ => mul_nonneg hK (inner_self_nonneg _)) hdrift T hθ

/-- The same for the gap, times `C`, for a chain that stays within `ρ` of `θ*`. -/
theorem sum_expectIterate_gap_le {I : Vec R d → Prop} (h : IsTransition step I)
    (hI : ∀ θ, I θ → norm (P.trueParam - θ) ≤ ρ) (hB : P.FeatureBound B)
    (hC : ExpBound (2 * (B * ρ) / P.klCoef) C) (hC0 : 0 ≤ C) (T : Nat) (hθ : I θ) {W : R}
    (hW : sum (fun t : Fin T => expectIterate step t
      (fun θ => inner (P.gradient S θ) (P.trueParam - θ)) θ) ≤ W) :
    sum (fun t : Fin T => expectIterate step t
      (fun θ => P.objective S P.trueParam - P.objective S θ) θ) ≤ C * W := by
  refine Std.le_trans (sum_mono fun t : Fin T => h.expectIterate_mono
    (fun θ hθ => P.gap_le_inner_gradient S θ hB (hI θ hθ) hC) t hθ) ?_
  rw [sum_congr fun t : Fin T => h.expectIterate_mul C _ t θ, sum_mul]
  exact mul_le_mul_left hW hC0

end Problem

end RLHF
