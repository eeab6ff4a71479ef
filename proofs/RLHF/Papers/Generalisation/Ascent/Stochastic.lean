module
public import RLHF.Papers.Generalisation.Ascent.Expectation
public import RLHF.Papers.Generalisation.Ascent.Rate

/-!
# Stochastic gradient ascent, one prompt a step

What is modelled: stochastic gradient ascent on `J_S` that draws one prompt of the sample a step,
uniformly and independently, and takes the full expectation over actions, at the step size `λ/B²`.

## Main results
* `Problem.stochasticAscent_error_succ_le`, `Problem.sum_inner_stochasticAscent_le`: along every
  sequence of draws.
* `Problem.sum_expectSample_inner_le`, `Problem.average_expectSample_gap_le`: in expectation.

## References
arXiv 2601.16403, stochastic gradient ascent.
-/

public section

namespace RLHF

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R] {N m d n : Nat}

/-- `w - (v + c g) = (w - v) - c g`. -/
theorem sub_add_smul (w v g : Vec R d) (c : R) : w - (v + c * g) = w - v - c * g :=
  Vec.ext fun j => by
    simp only [Vec.sub_apply, Vec.add_apply, Vec.smul_apply]
    grind

namespace Problem

variable (P : Problem R N m d) (S : Fin n → Fin N) (θ0 : Vec R d) {B C : R}

theorem inner_gradientAt_self_le (hB : P.FeatureBound B) (x : Fin N) (θ : Vec R d) :
    inner (P.gradientAt x θ) (P.gradientAt x θ) ≤
      B * B / P.klCoef * inner (P.gradientAt x θ) (P.trueParam - θ) := by
  rw [← norm_mul_self]
  exact P.gradientAt_cocoercive x θ hB

theorem step_eq (B : R) : P.klCoef / (B * B) = 1 / (B * B / P.klCoef) := by
  have := P.klCoef_pos
  grind

/-- One step towards `θ*` along the gradient of any prompt. -/
theorem norm_sub_gradientAt_step_le (hB : P.FeatureBound B) (x : Fin N) (θ : Vec R d) :
    norm (P.trueParam - (θ + (P.klCoef / (B * B)) * P.gradientAt x θ)) ≤
      norm (P.trueParam - θ) := by
  have hK := P.cocoercivity_constant_nonneg B
  rw [sub_add_smul, step_eq]
  exact norm_step_le hK (one_div_nonneg hK) one_div_mul_le (P.inner_gradientAt_self_le hB x θ)

/-- Along every sequence of draws the distance to `θ*` never increases. -/
theorem stochasticAscent_error_succ_le (hB : P.FeatureBound B) (draws : Nat → Fin n) (t : Nat) :
    norm (P.trueParam - P.stochasticAscent S θ0 (P.klCoef / (B * B))
      (fun s : Fin (t + 1) => draws s)) ≤
    norm (P.trueParam - P.stochasticAscent S θ0 (P.klCoef / (B * B))
      (fun s : Fin t => draws s)) :=
  P.norm_sub_gradientAt_step_le hB (S (draws t)) _

/-- Along every sequence of draws, `Σ_{t<T} ⟨∇J_{x_{i_t}}(θ_t), u_t⟩ ≤ (B²/λ) ‖u_0‖²`. -/
theorem sum_inner_stochasticAscent_le (hB : P.FeatureBound B) (draws : Nat → Fin n) (T : Nat) :
    sum (fun t : Fin T => inner
      (P.gradientAt (S (draws t))
        (P.stochasticAscent S θ0 (P.klCoef / (B * B)) fun s : Fin t => draws s))
      (P.trueParam - P.stochasticAscent S θ0 (P.klCoef / (B * B)) fun s : Fin t => draws s)) ≤
    B * B / P.klCoef * (norm (P.trueParam - θ0) * norm (P.trueParam - θ0)) := by
  rw [norm_mul_self, step_eq]
  exact sum_inner_le (P.cocoercivity_constant_nonneg B) T
    (u := fun t => P.trueParam - P.stochasticAscent S θ0 _ fun s : Fin t => draws s)
    (g := fun t => P.gradientAt (S (draws t))
      (P.stochasticAscent S θ0 _ fun s : Fin t => draws s))
    (fun t => sub_add_smul _ _ _ _) fun t => P.inner_gradientAt_self_le hB _ _

/-! ### In expectation -/

private theorem isTransition (hB : P.FeatureBound B) (hn : 0 < n) (ρ : R) :
    IsTransition (fun F θ => mean (uniform (R := R)) fun i : Fin n =>
      F (θ + (P.klCoef / (B * B)) * P.gradientAt (S i) θ))
      (fun θ => norm (P.trueParam - θ) ≤ ρ) :=
  isTransition_mean (uniform_isProb hn) fun i θ hθ =>
    Std.le_trans (P.norm_sub_gradientAt_step_le hB (S i) θ) hθ

private theorem drift (hB : P.FeatureBound B) (hn : 0 < n) (θ : Vec R d) :
    mean (uniform (R := R)) (fun i : Fin n => B * B / P.klCoef *
      inner (P.trueParam - (θ + (P.klCoef / (B * B)) * P.gradientAt (S i) θ))
        (P.trueParam - (θ + (P.klCoef / (B * B)) * P.gradientAt (S i) θ))) ≤
    B * B / P.klCoef * inner (P.trueParam - θ) (P.trueParam - θ) -
      inner (P.gradient S θ) (P.trueParam - θ) + 0 := by
  have h := average_mono fun i => inner_le_decrease (P.cocoercivity_constant_nonneg B)
    (P.inner_gradientAt_self_le hB (S i) θ)
  simp only [← step_eq, ← sub_add_smul] at h
  rw [← inner_gradient, average_mul, average_sub, average_const hn] at h
  rw [mean_uniform, average_mul]
  grind

private theorem expectSample_eq (F : Vec R d → R) (t : Nat) (η : R) :
    expectSample (uniform (R := R)) (fun draws : Fin t → Fin n =>
      F (P.stochasticAscent S θ0 η draws)) =
    expectIterate (fun F θ => mean (uniform (R := R)) fun i : Fin n =>
      F (θ + η * P.gradientAt (S i) θ)) t F θ0 :=
  expectSample_iterateAlong _ _ F t θ0

/-- `Σ_{t<T} E⟨∇J_S(θ_t), u_t⟩ ≤ (B²/λ) ‖u_0‖²` over uniform, independent draws. -/
theorem sum_expectSample_inner_le (hB : P.FeatureBound B) (hn : 0 < n) (T : Nat) :
    sum (fun t : Fin T => expectSample uniform fun draws : Fin t → Fin n =>
      inner (P.gradient S (P.stochasticAscent S θ0 (P.klCoef / (B * B)) draws))
        (P.trueParam - P.stochasticAscent S θ0 (P.klCoef / (B * B)) draws)) ≤
    B * B / P.klCoef * (norm (P.trueParam - θ0) * norm (P.trueParam - θ0)) := by
  have h := P.isTransition S hB hn (norm (P.trueParam - θ0))
  rw [sum_congr fun t : Fin T => P.expectSample_eq S θ0
    (fun θ => inner (P.gradient S θ) (P.trueParam - θ)) t _]
  have := sum_expectIterate_inner_le h (P.cocoercivity_constant_nonneg B)
    (fun θ _ => P.drift S hB hn θ) T (Std.le_refl _)
  grind

/-- The average over `t < T` of the expected gap is at most `C (B²/λ) ρ² / T`, `ρ = ‖u_0‖`. -/
theorem average_expectSample_gap_le (hB : P.FeatureBound B) (hn : 0 < n)
    (hC : ExpBound (2 * (B * norm (P.trueParam - θ0)) / P.klCoef) C) {T : Nat} (hT : 0 < T) :
    (average fun t : Fin T => expectSample uniform fun draws : Fin t → Fin n =>
      P.objective S P.trueParam -
        P.objective S (P.stochasticAscent S θ0 (P.klCoef / (B * B)) draws)) ≤
    C * (B * B / P.klCoef * (norm (P.trueParam - θ0) * norm (P.trueParam - θ0)) / (T : R)) := by
  refine average_le_of_sum_le hT ?_
  obtain ⟨C', hC0, hC', e⟩ := P.exists_nonneg_constant (hB.nonneg (S ⟨0, hn⟩)) (norm_nonneg _) hC
  have h := P.sum_expectSample_inner_le S θ0 hB hn T
  rw [sum_congr fun t : Fin T => P.expectSample_eq S θ0
    (fun θ => inner (P.gradient S θ) (P.trueParam - θ)) t _] at h
  rw [sum_congr fun t : Fin T => P.expectSample_eq S θ0
    (fun θ => P.objective S P.trueParam - P.objective S θ) t _, ← e]
  exact sum_expectIterate_gap_le (P.isTransition S hB hn _) (fun _ hθ => hθ) hB hC' hC0 T
    (Std.le_refl _) h

end Problem

end RLHF
