module
public import RLHF.Gradient.Objective
public import RLHF.Papers.Generalisation.Ascent.Stochastic

/-!
# Stochastic gradient ascent, two actions a step

What is modelled: stochastic gradient ascent on `J_S` that draws one prompt of the sample uniformly
and two independent actions from the current policy, at the step size `λ/(2B²)`.

## Main results
* `Problem.inner_pairGradient_self_le`: `‖g‖² ≤ (2B²/λ) ⟨g, θ* - θ⟩` for every pair of actions.
* `Problem.pairwiseAscent_error_succ_le`, `Problem.sum_inner_pairwiseAscent_le`: along every
  sequence of draws.
* `Problem.sum_expect_pairwise_inner_le`, `Problem.average_expect_pairwise_gap_le`: in expectation.

## References
arXiv 2601.16403, stochastic gradient ascent.
-/

public section

namespace RLHF

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R] {N m d n : Nat}

namespace Problem

variable (P : Problem R N m d) (S : Fin n → Fin N) (θ0 : Vec R d) {B C : R}

/-- `‖φ(x, a) - φ(x, b)‖² ≤ 4 B²`. -/
private theorem inner_feature_sub_le (hB : P.FeatureBound B) (x : Fin N) (a b : Fin m) :
    inner (P.feature x a - P.feature x b) (P.feature x a - P.feature x b) ≤ 4 * (B * B) := by
  have ha := inner_le_of_norm_le (hB x a)
  have hb := inner_le_of_norm_le (hB x b)
  have h := inner_self_nonneg (P.feature x a + P.feature x b)
  simp only [inner_add_left, inner_add_right, inner_sub_left, inner_sub_right,
    inner_comm (P.feature x b) (P.feature x a)] at h ⊢
  grind

/-- Every pair of actions gives a co-coercive direction: `‖g‖² ≤ (2B²/λ) ⟨g, θ* - θ⟩`. -/
theorem inner_pairGradient_self_le (hB : P.FeatureBound B) (x : Fin N) (θ : Vec R d)
    (a b : Fin m) : inner (P.pairGradient x θ a b) (P.pairGradient x θ a b) ≤
      2 * (B * B) / P.klCoef * inner (P.pairGradient x θ a b) (P.trueParam - θ) := by
  have hl := P.klCoef_pos
  unfold pairGradient
  have h := P.inner_feature_sub_le hB x a b
  rw [inner_smul_left, inner_smul_right, inner_smul_left]
  generalize inner (P.feature x a - P.feature x b) (P.trueParam - θ) = c at *
  generalize inner (P.feature x a - P.feature x b) (P.feature x a - P.feature x b) = D at *
  have h1 := mul_le_mul_left h (mul_self_nonneg (c / (2 * P.klCoef)))
  have e : 2 * (B * B) / P.klCoef * (c / (2 * P.klCoef) * c) =
      c / (2 * P.klCoef) * (c / (2 * P.klCoef)) * (4 * (B * B)) := by grind
  grind

theorem pairwise_constant_nonneg (B : R) : 0 ≤ 2 * (B * B) / P.klCoef :=
  div_nonneg (by have := mul_self_nonneg B; grind) P.klCoef_pos

theorem pairwise_step_eq (B : R) :
    P.klCoef / (2 * (B * B)) = 1 / (2 * (B * B) / P.klCoef) := by
  have := P.klCoef_pos
  grind

/-- One step towards `θ*` along any pair of actions. -/
theorem norm_sub_pairGradient_step_le (hB : P.FeatureBound B) (x : Fin N) (θ : Vec R d)
    (a b : Fin m) :
    norm (P.trueParam - (θ + (P.klCoef / (2 * (B * B))) * P.pairGradient x θ a b)) ≤
      norm (P.trueParam - θ) := by
  have hK := P.pairwise_constant_nonneg B
  rw [sub_add_smul, pairwise_step_eq]
  exact norm_step_le hK (one_div_nonneg hK) one_div_mul_le (P.inner_pairGradient_self_le hB x θ a b)

/-- Along every sequence of draws the distance to `θ*` never increases. -/
theorem pairwiseAscent_error_succ_le (hB : P.FeatureBound B)
    (draws : Nat → Fin n × Fin m × Fin m) (t : Nat) :
    norm (P.trueParam - P.pairwiseAscent S θ0 (P.klCoef / (2 * (B * B)))
      (fun s : Fin (t + 1) => draws s)) ≤
    norm (P.trueParam - P.pairwiseAscent S θ0 (P.klCoef / (2 * (B * B)))
      (fun s : Fin t => draws s)) :=
  P.norm_sub_pairGradient_step_le hB (S (draws t).1) _ _ _

/-- Along every sequence of draws, `Σ_{t<T} ⟨g_t, u_t⟩ ≤ (2B²/λ) ‖u_0‖²`. -/
theorem sum_inner_pairwiseAscent_le (hB : P.FeatureBound B)
    (draws : Nat → Fin n × Fin m × Fin m) (T : Nat) :
    sum (fun t : Fin T => inner
      (P.pairGradient (S (draws t).1)
        (P.pairwiseAscent S θ0 (P.klCoef / (2 * (B * B))) fun s : Fin t => draws s)
        (draws t).2.1 (draws t).2.2)
      (P.trueParam -
        P.pairwiseAscent S θ0 (P.klCoef / (2 * (B * B))) fun s : Fin t => draws s)) ≤
    2 * (B * B) / P.klCoef * (norm (P.trueParam - θ0) * norm (P.trueParam - θ0)) := by
  rw [norm_mul_self, pairwise_step_eq]
  exact sum_inner_le (P.pairwise_constant_nonneg B) T
    (u := fun t => P.trueParam - P.pairwiseAscent S θ0 _ fun s : Fin t => draws s)
    (g := fun t => P.pairGradient (S (draws t).1)
      (P.pairwiseAscent S θ0 _ fun s : Fin t => draws s) (draws t).2.1 (draws t).2.2)
    (fun t => sub_add_smul _ _ _ _) fun t => P.inner_pairGradient_self_le hB _ _ _ _

/-! ### In expectation -/

private theorem isTransition (hB : P.FeatureBound B) (hn : 0 < n) (ρ : R) :
    IsTransition (P.pairwiseTransition S (P.klCoef / (2 * (B * B))))
      (fun θ => norm (P.trueParam - θ) ≤ ρ) where
  add F G θ := by simp only [pairwiseTransition, mean_add, average_add]
  mul c F θ := by simp only [pairwiseTransition, mean_mul, average_mul]
  const c θ := by
    simp only [pairwiseTransition, mean_const (P.policy_isProb _ θ), average_const hn]
  mono F G θ hθ h := average_mono fun i =>
    mean_mono (P.policy_isProb _ θ).nonneg fun a =>
      mean_mono (P.policy_isProb _ θ).nonneg fun b =>
        h _ (Std.le_trans (P.norm_sub_pairGradient_step_le hB (S i) θ a b) hθ)

/-- `E⟨g, w⟩ = ⟨∇J_x(θ), w⟩` over two independent actions. -/
theorem mean_mean_inner_pairGradient (x : Fin N) (θ w : Vec R d) :
    mean (P.policy x θ) (fun a => mean (P.policy x θ) fun b =>
      inner (P.pairGradient x θ a b) w) = inner (P.gradientAt x θ) w := by
  rw [← meanVec_pairGradient, inner_comm, ← mean_inner]
  refine mean_congr fun a => ?_
  rw [← mean_inner]
  exact mean_congr fun b => inner_comm _ _

private theorem drift (hB : P.FeatureBound B) (hn : 0 < n) (θ : Vec R d) :
    P.pairwiseTransition S (P.klCoef / (2 * (B * B)))
      (fun θ => 2 * (B * B) / P.klCoef * inner (P.trueParam - θ) (P.trueParam - θ)) θ ≤
    2 * (B * B) / P.klCoef * inner (P.trueParam - θ) (P.trueParam - θ) -
      inner (P.gradient S θ) (P.trueParam - θ) + 0 := by
  have h := average_mono fun i => mean_mono (P.policy_isProb (S i) θ).nonneg fun a =>
    mean_mono (P.policy_isProb (S i) θ).nonneg fun b =>
      inner_le_decrease (P.pairwise_constant_nonneg B) (P.inner_pairGradient_self_le hB (S i) θ a b)
  simp only [← pairwise_step_eq, ← sub_add_smul, mean_mean_inner_pairGradient, mean_mul,
    mean_sub, mean_const (P.policy_isProb _ θ), average_mul, average_sub, average_const hn] at h
  rw [← inner_gradient] at h
  simp only [pairwiseTransition, mean_mul, average_mul]
  grind

/-- `Σ_{t<T} E⟨∇J_S(θ_t), u_t⟩ ≤ (2B²/λ) ‖u_0‖²` over prompts and pairs of actions. -/
theorem sum_expect_pairwise_inner_le (hB : P.FeatureBound B) (hn : 0 < n) (T : Nat) :
    sum (fun t : Fin T => expectIterate (P.pairwiseTransition S (P.klCoef / (2 * (B * B)))) t
      (fun θ => inner (P.gradient S θ) (P.trueParam - θ)) θ0) ≤
    2 * (B * B) / P.klCoef * (norm (P.trueParam - θ0) * norm (P.trueParam - θ0)) := by
  have := sum_expectIterate_inner_le (P.isTransition S hB hn (norm (P.trueParam - θ0)))
    (P.pairwise_constant_nonneg B) (fun θ _ => P.drift S hB hn θ) T (Std.le_refl _)
  grind

/-- The average over `t < T` of the expected gap is at most `C (2B²/λ) ρ² / T`, `ρ = ‖u_0‖`. -/
theorem average_expect_pairwise_gap_le (hB : P.FeatureBound B) (hn : 0 < n)
    (hC : ExpBound (2 * (B * norm (P.trueParam - θ0)) / P.klCoef) C) {T : Nat} (hT : 0 < T) :
    (average fun t : Fin T =>
      expectIterate (P.pairwiseTransition S (P.klCoef / (2 * (B * B)))) t
        (fun θ => P.objective S P.trueParam - P.objective S θ) θ0) ≤
    C * (2 * (B * B) / P.klCoef * (norm (P.trueParam - θ0) * norm (P.trueParam - θ0)) /
      (T : R)) := by
  refine average_le_of_sum_le hT ?_
  obtain ⟨C', hC0, hC', e⟩ := P.exists_nonneg_constant (hB.nonneg (S ⟨0, hn⟩)) (norm_nonneg _) hC
  have h := P.sum_expect_pairwise_inner_le S θ0 hB hn T
  have e' : ∀ c r : R, c * (2 * (B * B) / P.klCoef * r) = 2 * (c * (B * B / P.klCoef * r)) :=
    fun c r => by grind
  rw [e', ← e, ← e']
  exact sum_expectIterate_gap_le (P.isTransition S hB hn _) (fun _ hθ => hθ) hB hC' hC0 T
    (Std.le_refl _) h

end Problem

end RLHF
