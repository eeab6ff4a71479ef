module
public import RLHF.Geometry.Domination
public import RLHF.Papers.Generalisation.Ascent.Defs
public import RLHF.Papers.Generalisation.Ascent.Engine

/-!
# Rate of gradient ascent

What is modelled: gradient ascent on the empirical objective with a constant step size.

## Main results
* `Problem.error_succ_le`, `Problem.error_le`: the distance to `θ*` never grows if
  `0 ≤ η` and `η B² ≤ 2 λ`. Boundedness of the iterates is a theorem, not an assumption.
* `Problem.sum_inner_gradientAscent_le`: `Σ_{t<T} ⟨∇J_S(θ_t), θ* - θ_t⟩ ≤ (B²/λ) ‖θ* - θ_0‖²`.
* `Problem.exists_iterate_le`: one iterate with a gap `O(1/T)` and a squared gradient `O(1/T)`.

## References
arXiv 2601.16403, gradient ascent.
-/

public section

namespace RLHF

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R] {N m d n : Nat}

namespace Problem

variable (P : Problem R N m d) (S : Fin n → Fin N) (θ0 : Vec R d)

theorem error_succ (η : R) (t : Nat) : P.trueParam - P.gradientAscent S θ0 η (t + 1) =
    P.trueParam - P.gradientAscent S θ0 η t - η * P.gradient S (P.gradientAscent S θ0 η t) :=
  Vec.ext fun j => by
    rw [gradientAscent]
    simp only [Vec.sub_apply, Vec.add_apply, Vec.smul_apply]
    grind

theorem cocoercivity_constant_nonneg (B : R) : 0 ≤ B * B / P.klCoef :=
  div_nonneg (mul_self_nonneg B) P.klCoef_pos

theorem inner_gradient_self_le {B : R} (hB : P.FeatureBound B) (θ : Vec R d) :
    inner (P.gradient S θ) (P.gradient S θ) ≤
      B * B / P.klCoef * inner (P.gradient S θ) (P.trueParam - θ) := by
  rw [← norm_mul_self]
  exact P.gradient_cocoercive S θ hB

/-- A step with `0 ≤ η`, `η B² ≤ 2 λ` does not increase the distance to `θ*`. -/
theorem error_succ_le {B η : R} (hB : P.FeatureBound B) (hη0 : 0 ≤ η)
    (hη : η * (B * B) ≤ 2 * P.klCoef) (t : Nat) :
    norm (P.trueParam - P.gradientAscent S θ0 η (t + 1)) ≤
      norm (P.trueParam - P.gradientAscent S θ0 η t) := by
  rw [error_succ]
  refine norm_step_le (P.cocoercivity_constant_nonneg B) hη0 ?_ (P.inner_gradient_self_le S hB _)
  have e : η * (B * B / P.klCoef) = η * (B * B) / P.klCoef := by grind
  rw [e, div_le_iff P.klCoef_pos]
  exact hη

theorem error_le {B η : R} (hB : P.FeatureBound B) (hη0 : 0 ≤ η)
    (hη : η * (B * B) ≤ 2 * P.klCoef) (t : Nat) :
    norm (P.trueParam - P.gradientAscent S θ0 η t) ≤ norm (P.trueParam - θ0) := by
  induction t with
  | zero => exact Std.le_refl _
  | succ t ih => exact Std.le_trans (P.error_succ_le S θ0 hB hη0 hη t) ih

/-- The step size `λ / B²` is admissible. -/
theorem step_mul_le (B : R) : P.klCoef / (B * B) * (B * B) ≤ 2 * P.klCoef := by
  have := P.klCoef_pos
  by_cases h : B * B = 0
  · rw [h]; grind
  · have e : P.klCoef / (B * B) * (B * B) = P.klCoef := by grind
    grind

theorem step_nonneg (B : R) : 0 ≤ P.klCoef / (B * B) := by
  by_cases h : B * B = 0
  · have e : P.klCoef / (B * B) = 0 := by rw [h]; grind
    grind
  · exact div_nonneg P.klCoef_nonneg (by have := mul_self_nonneg B; grind)

/-- `Σ_{t<T} ⟨∇J_S(θ_t), θ* - θ_t⟩ ≤ (B²/λ) ‖θ* - θ_0‖²` at the step size `λ / B²`. -/
theorem sum_inner_gradientAscent_le {B : R} (hB : P.FeatureBound B) (T : Nat) :
    sum (fun t : Fin T => inner (P.gradient S (P.gradientAscent S θ0 (P.klCoef / (B * B)) t))
      (P.trueParam - P.gradientAscent S θ0 (P.klCoef / (B * B)) t)) ≤
    B * B / P.klCoef * (norm (P.trueParam - θ0) * norm (P.trueParam - θ0)) := by
  have hlam := P.klCoef_pos
  have e : P.klCoef / (B * B) = 1 / (B * B / P.klCoef) := by grind
  rw [norm_mul_self, e]
  exact sum_inner_le (P.cocoercivity_constant_nonneg B) T
    (u := fun t => P.trueParam - P.gradientAscent S θ0 _ t)
    (g := fun t => P.gradient S (P.gradientAscent S θ0 _ t))
    (fun t => P.error_succ S θ0 _ t) fun t => P.inner_gradient_self_le S hB _

private theorem constant_mul_le {B C M r w k T : R} (hB : 0 ≤ B) (hr : 0 ≤ r) (hk : 0 < k)
    (hM : M = 2 * (B * r) / k) (hC : ExpBound M C) (hw : 0 ≤ w)
    (h : w ≤ B * B / k * (r * r) / T) : C * w ≤ C * (B * B / k * (r * r) / T) := by
  by_cases hBr : B * r = 0
  · have e : B * B / k * (r * r) / T = B * r * (B * r) / k / T := by grind
    have e0 : B * r * (B * r) / k / T = 0 := by rw [hBr]; grind
    rw [e, e0] at h ⊢
    have hw0 : w = 0 := by grind
    rw [hw0]
    exact Std.le_refl _
  · have hpos : 0 < B * r := by have := mul_nonneg hB hr; grind
    exact mul_le_mul_left h (hC.nonneg (hM ▸ div_pos (by grind) hk))

/-- Some iterate before `T` has a gap of at most `C B² ρ² / (λ T)` and a squared gradient norm of
at most `(B²/λ)² ρ² / T`, with `ρ = ‖θ* - θ_0‖` and the step size `λ / B²`. -/
theorem exists_iterate_le {B C : R} (hB : P.FeatureBound B) (hn : 0 < n)
    (hC : ExpBound (2 * (B * norm (P.trueParam - θ0)) / P.klCoef) C) {T : Nat} (hT : 0 < T) :
    ∃ t, t < T ∧ P.objective S P.trueParam -
        P.objective S (P.gradientAscent S θ0 (P.klCoef / (B * B)) t) ≤
      C * (B * B / P.klCoef * (norm (P.trueParam - θ0) * norm (P.trueParam - θ0)) / (T : R)) ∧
    norm (P.gradient S (P.gradientAscent S θ0 (P.klCoef / (B * B)) t)) *
        norm (P.gradient S (P.gradientAscent S θ0 (P.klCoef / (B * B)) t)) ≤ B * B / P.klCoef *
      (B * B / P.klCoef * (norm (P.trueParam - θ0) * norm (P.trueParam - θ0)) / (T : R)) := by
  have hTpos := natCast_pos (R := R) hT
  obtain ⟨t, ht⟩ := exists_mul_le_sum hT fun t : Fin T =>
    inner (P.gradient S (P.gradientAscent S θ0 (P.klCoef / (B * B)) t))
      (P.trueParam - P.gradientAscent S θ0 (P.klCoef / (B * B)) t)
  have hle := Std.le_trans ht (P.sum_inner_gradientAscent_le S θ0 hB T)
  rw [CommSemiring.mul_comm, ← le_div_iff hTpos] at hle
  have hρ := P.error_le S θ0 hB (P.step_nonneg B) (P.step_mul_le B) t
  refine ⟨t, t.isLt, ?_, ?_⟩
  · exact Std.le_trans (P.gap_le_inner_gradient S _ hB hρ hC)
      (constant_mul_le (hB.nonneg (S ⟨0, hn⟩)) (norm_nonneg _) P.klCoef_pos rfl hC
        (P.inner_gradient_error_nonneg S _) hle)
  · exact Std.le_trans (P.gradient_cocoercive S _ hB)
      (mul_le_mul_left hle (P.cocoercivity_constant_nonneg B))

end Problem

end RLHF
