module
public import RLHF.Papers.Generalisation.Ascent.Expectation
public import RLHF.Papers.Generalisation.Ascent.Rate
public import RLHF.Papers.Generalisation.Ascent.Smoothness

/-!
# Monotone ascent and the last iterate

What is modelled: gradient ascent on `J_S` with a step size `η ≤ 1/L`,
`L = (B²/λ)(1 + 2Bρ/λ)`, `ρ = ‖θ* - θ_0‖`.

## Main results
* `Problem.objective_gradientAscent_le_succ`: the objective never decreases.
* `Problem.gap_last_iterate_le`: the gap of `θ_T` is at most `C ρ² / (η T)`.

## References
arXiv 2601.16403, gradient ascent, cf. Open Question 2.
-/

public section

namespace RLHF

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R] {N m d n : Nat}

/-- From `η L ≤ 1`, `L = K (1 + M)`: the step size is below `1/K`. -/
private theorem mul_le_one_of_smooth {η K M : R} (hη0 : 0 ≤ η) (hK : 0 ≤ K) (hM : 0 ≤ M)
    (hη : η * (K * (1 + M)) ≤ 1) : η * K ≤ 1 ∧ η * K * M ≤ 1 := by
  have h1 := mul_nonneg hη0 hK
  have h2 := mul_nonneg h1 hM
  grind

/-- `‖g‖ ≤ K ‖u‖` from co-coercivity. -/
theorem norm_le_of_cocoercive {u g : Vec R d} {K : R} (hK : 0 ≤ K)
    (hco : inner g g ≤ K * inner g u) : norm g ≤ K * norm u := by
  have h := mul_le_mul_left (inner_le_norm g u) hK
  rw [← norm_mul_self] at hco
  have hg := norm_nonneg g
  have hKu := mul_nonneg hK (norm_nonneg u)
  by_cases h0 : norm g = 0
  · grind
  · exact le_of_mul_le_mul_left (by grind : 0 < norm g) (by grind)

/-- A step with `η K ≤ 1` gains `η ⟨g, u⟩` in the squared distance. -/
theorem mul_inner_le_decrease {u g : Vec R d} {K η : R} (hK : 0 ≤ K) (hη0 : 0 ≤ η)
    (hη : η * K ≤ 1) (hco : inner g g ≤ K * inner g u) :
    η * inner g u ≤ inner u u - inner (u - η * g) (u - η * g) := by
  have h := inner_step_le hco η
  have := mul_nonneg (mul_nonneg hη0 (by grind : 0 ≤ 1 - η * K))
    (inner_nonneg_of_cocoercive hK hco)
  grind

/-- `Σ_{t<T} η ⟨g_t, u_t⟩ ≤ ‖u_0‖²` along `u_{t+1} = u_t - η g_t` with `η K ≤ 1`. -/
theorem mul_sum_inner_le {K η : R} (hK : 0 ≤ K) (hη0 : 0 ≤ η) (hη : η * K ≤ 1) (T : Nat)
    {u g : Nat → Vec R d} (hstep : ∀ t, u (t + 1) = u t - η * g t)
    (hco : ∀ t, inner (g t) (g t) ≤ K * inner (g t) (u t)) :
    sum (fun t : Fin T => η * inner (g t) (u t)) ≤ inner (u 0) (u 0) := by
  induction T generalizing u g with
  | zero => simp only [sum]; exact inner_self_nonneg (u 0)
  | succ T ih =>
    have h := ih (u := fun t => u (t + 1)) (g := fun t => g (t + 1)) (fun t => hstep (t + 1))
      fun t => hco (t + 1)
    have h0 := mul_inner_le_decrease hK hη0 hη (hco 0)
    rw [← hstep 0] at h0
    simp only [sum_succ, Fin.val_zero, Fin.val_succ]
    grind

namespace Problem

variable (P : Problem R N m d) (S : Fin n → Fin N) (θ0 : Vec R d) {B C η ρ : R}

/-- One step of gradient ascent does not decrease the objective. -/
theorem objective_le_step (hB : P.FeatureBound B) (hn : 0 < n) {θ : Vec R d}
    (hρ : norm (P.trueParam - θ) ≤ ρ) (hη0 : 0 ≤ η)
    (hη : η * (B * B / P.klCoef * (1 + 2 * (B * ρ) / P.klCoef)) ≤ 1) :
    P.objective S θ ≤ P.objective S (θ + η * P.gradient S θ) := by
  have hl := P.klCoef_pos
  have hB0 := hB.nonneg (S ⟨0, hn⟩)
  have hK := P.cocoercivity_constant_nonneg B
  have hρ0 := Std.le_trans (norm_nonneg _) hρ
  have hM : 0 ≤ 2 * (B * ρ) / P.klCoef := div_nonneg (by have := mul_nonneg hB0 hρ0; grind) hl
  obtain ⟨-, h1⟩ := mul_le_one_of_smooth hη0 hK hM hη
  have hg := Std.le_trans (norm_le_of_cocoercive hK (P.inner_gradient_self_le S hB θ))
    (mul_le_mul_left hρ hK)
  have hh : 2 * (B * norm (η * P.gradient S θ)) ≤ P.klCoef := by
    rw [norm_smul, abs_of_nonneg hη0]
    have h2 := mul_le_mul_left hg (mul_nonneg hB0 hη0)
    have h3 := mul_le_mul_left h1 P.klCoef_nonneg
    have e : P.klCoef * (η * (B * B / P.klCoef) * (2 * (B * ρ) / P.klCoef)) =
      2 * (B * η * (B * B / P.klCoef * ρ)) := by grind
    grind
  have h := P.le_objective_add S θ (η * P.gradient S θ) hB hn hρ hh
  rw [inner_smul_right, norm_mul_self, inner_smul_left, inner_smul_right] at h
  generalize B * B / P.klCoef * (1 + 2 * (B * ρ) / P.klCoef) = L at *
  have := mul_nonneg (mul_nonneg hη0 (by grind : 0 ≤ 1 - η * L))
    (inner_self_nonneg (P.gradient S θ))
  grind

/-- `η L ≤ 1` implies `η B²/λ ≤ 1`. -/
theorem step_mul_le_of_smooth (S : Fin n → Fin N) (hB : P.FeatureBound B) (hn : 0 < n)
    (hη0 : 0 ≤ η)
    (hη : η * (B * B / P.klCoef * (1 + 2 * (B * norm (P.trueParam - θ0)) / P.klCoef)) ≤ 1) :
    η * (B * B / P.klCoef) ≤ 1 :=
  (mul_le_one_of_smooth hη0 (P.cocoercivity_constant_nonneg B)
    (div_nonneg (by have := mul_nonneg (hB.nonneg (S ⟨0, hn⟩)) (norm_nonneg (P.trueParam - θ0))
                    grind) P.klCoef_pos) hη).1

/-- With `η B²/λ ≤ 1` the iterates stay in the ball of radius `‖θ* - θ_0‖` about `θ*`. -/
theorem error_le_of_mul_le (hB : P.FeatureBound B) (hη0 : 0 ≤ η)
    (hη : η * (B * B / P.klCoef) ≤ 1) (t : Nat) :
    norm (P.trueParam - P.gradientAscent S θ0 η t) ≤ norm (P.trueParam - θ0) := by
  refine P.error_le S θ0 hB hη0 ?_ t
  have hl := P.klCoef_pos
  have h := mul_le_mul_left hη P.klCoef_nonneg
  have e : P.klCoef * (η * (B * B / P.klCoef)) = η * (B * B) := by grind
  grind

/-- The objective never decreases along gradient ascent with `η L ≤ 1`. -/
theorem objective_gradientAscent_le_succ (hB : P.FeatureBound B) (hn : 0 < n) (hη0 : 0 ≤ η)
    (hη : η * (B * B / P.klCoef * (1 + 2 * (B * norm (P.trueParam - θ0)) / P.klCoef)) ≤ 1)
    (t : Nat) : P.objective S (P.gradientAscent S θ0 η t) ≤
      P.objective S (P.gradientAscent S θ0 η (t + 1)) :=
  P.objective_le_step S hB hn (P.error_le_of_mul_le S θ0 hB hη0
    (P.step_mul_le_of_smooth θ0 S hB hn hη0 hη) t) hη0 hη

/-- Earlier iterates of monotone gradient ascent have a smaller objective. -/
private theorem objective_gradientAscent_mono (hB : P.FeatureBound B) (hn : 0 < n) (hη0 : 0 ≤ η)
    (hη : η * (B * B / P.klCoef * (1 + 2 * (B * norm (P.trueParam - θ0)) / P.klCoef)) ≤ 1)
    (s t : Nat) : P.objective S (P.gradientAscent S θ0 η s) ≤
      P.objective S (P.gradientAscent S θ0 η (s + t)) := by
  induction t with
  | zero => exact Std.le_refl _
  | succ t ih => exact Std.le_trans ih (P.objective_gradientAscent_le_succ S θ0 hB hn hη0 hη _)

/-- `η (J_S(θ*) - J_S(θ_T)) ≤ C η ⟨∇J_S(θ_t), u_t⟩` for every `t ≤ T`. -/
private theorem mul_gap_le (hB : P.FeatureBound B) (hn : 0 < n) (hη0 : 0 ≤ η)
    (hη : η * (B * B / P.klCoef * (1 + 2 * (B * norm (P.trueParam - θ0)) / P.klCoef)) ≤ 1)
    (hC : ExpBound (2 * (B * norm (P.trueParam - θ0)) / P.klCoef) C) {t T : Nat} (ht : t ≤ T) :
    η * (P.objective S P.trueParam - P.objective S (P.gradientAscent S θ0 η T)) ≤
      C * (η * inner (P.gradient S (P.gradientAscent S θ0 η t))
        (P.trueParam - P.gradientAscent S θ0 η t)) := by
  have h1 := P.gap_le_inner_gradient S _ hB (P.error_le_of_mul_le S θ0 hB hη0
    (P.step_mul_le_of_smooth θ0 S hB hn hη0 hη) t) hC
  have h2 := P.objective_gradientAscent_mono S θ0 hB hn hη0 hη t (T - t)
  rw [(by omega : t + (T - t) = T)] at h2
  have h3 : P.objective S P.trueParam - P.objective S (P.gradientAscent S θ0 η T) ≤
      P.objective S P.trueParam - P.objective S (P.gradientAscent S θ0 η t) := by
    clear h1 hη
    grind
  have e : ∀ i : R, C * (η * i) = η * (C * i) := fun i => by clear h1 h2 h3 hη; grind
  rw [e]
  exact mul_le_mul_left (Std.le_trans h3 h1) hη0

/-- The gap of `θ_T` is at most `C ρ² / (η T)`, `ρ = ‖θ* - θ_0‖`, for `η L ≤ 1`. -/
theorem gap_last_iterate_le (hB : P.FeatureBound B) (hn : 0 < n) (hη0 : 0 < η)
    (hη : η * (B * B / P.klCoef * (1 + 2 * (B * norm (P.trueParam - θ0)) / P.klCoef)) ≤ 1)
    (hC : ExpBound (2 * (B * norm (P.trueParam - θ0)) / P.klCoef) C) (hC0 : 0 ≤ C) {T : Nat}
    (hT : 0 < T) : P.objective S P.trueParam - P.objective S (P.gradientAscent S θ0 η T) ≤
      C * (norm (P.trueParam - θ0) * norm (P.trueParam - θ0) / (η * (T : R))) := by
  have hη1 := P.step_mul_le_of_smooth θ0 S hB hn (Std.le_of_lt hη0) hη
  have hsum := sum_mono fun t : Fin T =>
    P.mul_gap_le S θ0 hB hn (Std.le_of_lt hη0) hη hC (Nat.le_of_lt t.isLt)
  have htel := mul_le_mul_left (mul_sum_inner_le (P.cocoercivity_constant_nonneg B)
    (Std.le_of_lt hη0) hη1 T (u := fun t => P.trueParam - P.gradientAscent S θ0 η t)
    (fun t => P.error_succ S θ0 η t) fun t => P.inner_gradient_self_le S hB _) hC0
  rw [sum_const, sum_mul] at hsum
  have e : C * (norm (P.trueParam - θ0) * norm (P.trueParam - θ0) / (η * (T : R))) =
      C * (norm (P.trueParam - θ0) * norm (P.trueParam - θ0)) / (η * (T : R)) := by grind
  rw [e, le_div_iff (mul_pos hη0 (natCast_pos hT)), norm_mul_self]
  have := Std.le_trans hsum htel
  simp only [gradientAscent] at this
  grind

end Problem

end RLHF
