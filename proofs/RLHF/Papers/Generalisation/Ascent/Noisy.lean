module
public import RLHF.Papers.Generalisation.Ascent.Descent
public import RLHF.Papers.Generalisation.Ascent.Stochastic

/-!
# Stochastic ascent with noisy gradients

What is modelled: projected stochastic ascent on `J_S` with unbiased gradient estimates of variance
at most `s²` and a projection onto a ball that contains `θ*`.

## Main results
* `norm_sub_projBall_le`, `norm_projBall_sub_le`: the projection moves no closer point of the ball
  away, and lands in the ball.
* `Problem.NoisyOracle.average_inner_le`: the average of `E⟨∇J_S(θ_t), θ* - θ_t⟩` is at most
  `ρ²/(ηT) + η s²`.
* `Problem.NoisyOracle.average_gap_le`: the average expected gap is at most
  `C (ρ²/(ηT) + η s²)`.
* `Problem.noisyOracle_uniform`: sampling one prompt a step is such an estimate.
* `Problem.NoisyOracle.average_gap_le_sqrt`: at `η = α/√T`, at most `C (ρ²/α + α s²)/√T`.

## References
arXiv 2601.16403, stochastic gradient ascent.
-/

public section

namespace RLHF

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R] {N m d n k : Nat}

/-! ### Projection onto a ball -/

private theorem inner_shrink_le {z y : Vec R d} {c : R} (hc1 : c ≤ 1)
    (hy : norm y ≤ c * norm z) : inner (y - c * z) (y - c * z) ≤ inner (y - z) (y - z) := by
  have h1 := Std.le_trans (inner_le_norm y z) (mul_le_mul_right hy (norm_nonneg z))
  have h2 := mul_le_mul_left h1 (by grind : 0 ≤ 1 - c)
  have h3 := mul_nonneg (mul_self_nonneg (1 - c)) (mul_self_nonneg (norm z))
  have hz := norm_mul_self z
  simp only [inner_sub_left, inner_sub_right, inner_smul_left, inner_smul_right, inner_comm z y]
  rw [← hz]
  grind

/-- The projection of `v` is no farther from a point of the ball than `v`. -/
theorem norm_sub_projBall_le {c y : Vec R d} {r : R} (hy : norm (y - c) ≤ r) (v : Vec R d) :
    norm (y - projBall c r v) ≤ norm (y - v) := by
  unfold projBall
  split
  · exact Std.le_refl _
  · rename_i h
    have hv : 0 < norm (v - c) := by have := norm_nonneg (y - c); grind
    have e1 : y - (c + (r / norm (v - c)) * (v - c)) = y - c - (r / norm (v - c)) * (v - c) :=
      sub_add_smul _ _ _ _
    have e2 : y - v = y - c - (v - c) := Vec.ext fun i => by simp only [Vec.sub_apply]; grind
    have e3 : r / norm (v - c) * norm (v - c) = r := by grind
    refine norm_le_of_inner_le (norm_nonneg _) ?_
    rw [norm_mul_self, e1, e2]
    exact inner_shrink_le (by rw [div_le_iff hv]; grind) (by rw [e3]; exact hy)

/-- The projection lands in the ball. -/
theorem norm_projBall_sub_le {r : R} (hr : 0 ≤ r) (c v : Vec R d) :
    norm (projBall c r v - c) ≤ r := by
  unfold projBall
  split
  · assumption
  · have hv : 0 < norm (v - c) := by grind
    have e : c + (r / norm (v - c)) * (v - c) - c = (r / norm (v - c)) * (v - c) :=
      Vec.ext fun i => by simp only [Vec.sub_apply, Vec.add_apply]; grind
    have e3 : r / norm (v - c) * norm (v - c) = r := by grind
    rw [e, norm_smul, abs_of_nonneg (div_nonneg hr hv), e3]
    exact Std.le_refl r

/-- Two points of a ball of radius `r` are within `2r`. -/
theorem norm_sub_le_of_ball {c v w : Vec R d} {r : R} (hv : norm (v - c) ≤ r)
    (hw : norm (w - c) ≤ r) : norm (v - w) ≤ 2 * r := by
  have h := norm_add_le (v - c) (c - w)
  have e : v - c + (c - w) = v - w :=
    Vec.ext fun i => by simp only [Vec.sub_apply, Vec.add_apply]; grind
  rw [norm_sub_comm w c] at hw
  rw [e] at h
  grind

/-! ### Square roots of numbers above one -/

theorem one_le_sqrt {x : R} (hx : 1 ≤ x) : 1 ≤ sqrt x := by
  have h := sqrt_le_sqrt (by grind : (0 : R) ≤ 1) hx
  rw [sqrt_eq (by grind : (0 : R) ≤ 1) (by grind)] at h
  exact h

theorem one_le_natCast {T : Nat} (hT : 0 < T) : 1 ≤ (T : R) := by
  obtain ⟨t, rfl⟩ : ∃ t, T = t + 1 := ⟨T - 1, by omega⟩
  have := natCast_nonneg (R := R) t
  grind

/-! ### Noisy gradients -/

namespace Problem

variable {P : Problem R N m d} {S : Fin n → Fin N} {w : Fin k → R}
  {g : Fin k → Vec R d → Vec R d} {s B C r η : R} {c θ0 : Vec R d}

theorem NoisyOracle.mean_inner (h : P.NoisyOracle S w g c r s) {θ : Vec R d}
    (hθ : norm (θ - c) ≤ r) (v : Vec R d) :
    mean w (fun ω => inner v (g ω θ)) = inner v (P.gradient S θ) := by
  rw [RLHF.mean_inner, h.unbiased θ hθ]

/-- `E‖u - η g‖² ≤ ‖u‖² - 2η⟨∇J, u⟩ + η²(‖∇J‖² + s²)`. -/
theorem NoisyOracle.mean_step_le (h : P.NoisyOracle S w g c r s) {θ : Vec R d}
    (hθ : norm (θ - c) ≤ r) (v : Vec R d) (η : R) :
    mean w (fun ω => inner (v - η * g ω θ) (v - η * g ω θ)) ≤ inner v v -
      2 * η * inner (P.gradient S θ) v +
      η * η * (inner (P.gradient S θ) (P.gradient S θ) + s * s) := by
  have hs := mul_le_mul_left (h.variance_le θ hθ) (mul_self_nonneg η)
  have hG := h.mean_inner hθ (P.gradient S θ)
  have hv := h.mean_inner hθ v
  have e : ∀ ω, inner (v - η * g ω θ) (v - η * g ω θ) =
      η * η * (norm (g ω θ - P.gradient S θ) * norm (g ω θ - P.gradient S θ)) +
      2 * (η * η) * inner (P.gradient S θ) (g ω θ) - 2 * η * inner v (g ω θ) +
      (inner v v - η * η * inner (P.gradient S θ) (P.gradient S θ)) := fun ω => by
    rw [norm_mul_self]
    simp only [inner_sub_left, inner_sub_right, inner_smul_left, inner_smul_right,
      inner_comm (g ω θ) v, inner_comm (g ω θ) (P.gradient S θ)]
    grind
  rw [mean_congr e, mean_add, mean_sub, mean_add, mean_mul, mean_mul, mean_mul,
    mean_const h.isProb, hG, hv, inner_comm v]
  grind

private theorem drift_bound {η K V V1 i q S2 : R} (hη : 0 < η) (hηK : η * K ≤ 1) (hi : 0 ≤ i)
    (hq : q ≤ K * i) (h : V1 ≤ V - 2 * η * i + η * η * (q + S2)) :
    1 / η * V1 ≤ 1 / η * V - i + η * S2 := by
  have h1 := mul_le_mul_left hq (mul_self_nonneg η)
  have h2 := mul_le_mul_right hηK (mul_nonneg (Std.le_of_lt hη) hi)
  refine le_of_mul_le_mul_left hη ?_
  have e1 : η * (1 / η * V1) = V1 := by grind
  have e2 : η * (1 / η * V - i + η * S2) = V - η * i + η * η * S2 := by grind
  rw [e1, e2]
  clear e1 e2
  grind

/-- Drift of projected stochastic ascent with `η B² ≤ λ`. -/
private theorem NoisyOracle.drift (h : P.NoisyOracle S w g c r s) (hB : P.FeatureBound B)
    (hstar : norm (P.trueParam - c) ≤ r) (hη0 : 0 < η) (hη : η * (B * B / P.klCoef) ≤ 1)
    {θ : Vec R d} (hθ : norm (θ - c) ≤ r) : mean w (fun ω => 1 / η *
      inner (P.trueParam - projBall c r (θ + η * g ω θ))
        (P.trueParam - projBall c r (θ + η * g ω θ))) ≤
    1 / η * inner (P.trueParam - θ) (P.trueParam - θ) -
      inner (P.gradient S θ) (P.trueParam - θ) + η * (s * s) := by
  have hproj := mean_mono h.isProb.nonneg fun ω => inner_le_of_norm_le
    (norm_sub_projBall_le hstar (θ + η * g ω θ))
  simp only [norm_mul_self, sub_add_smul] at hproj
  rw [mean_mul]
  exact drift_bound hη0 hη (P.inner_gradient_error_nonneg S θ) (P.inner_gradient_self_le S hB θ)
    (Std.le_trans hproj (h.mean_step_le hθ (P.trueParam - θ) η))

/-- Along all draws the iterates of projected ascent stay in the ball. -/
theorem norm_projectedAscent_sub_le (hr : 0 ≤ r) (hstart : norm (θ0 - c) ≤ r) {t : Nat}
    (draws : Fin t → Fin k) : norm (projectedAscent g c r θ0 η draws - c) ≤ r := by
  cases t with
  | zero => exact hstart
  | succ t => exact norm_projBall_sub_le hr c _

/-- Projected stochastic ascent from the ball, `η B² ≤ λ`: the average over `t < T` of
`E⟨∇J_S(θ_t), θ* - θ_t⟩` is at most `ρ²/(ηT) + η s²`, `ρ = ‖θ* - θ_0‖`. -/
theorem NoisyOracle.average_inner_le (h : P.NoisyOracle S w g c r s) (hB : P.FeatureBound B)
    (hstar : norm (P.trueParam - c) ≤ r) (hstart : norm (θ0 - c) ≤ r) (hη0 : 0 < η)
    (hη : η * (B * B / P.klCoef) ≤ 1) {T : Nat} (hT : 0 < T) :
    (average fun t : Fin T => expectSample w fun draws : Fin t → Fin k =>
      inner (P.gradient S (projectedAscent g c r θ0 η draws))
        (P.trueParam - projectedAscent g c r θ0 η draws)) ≤
    norm (P.trueParam - θ0) * norm (P.trueParam - θ0) / (η * (T : R)) + η * (s * s) := by
  have hr := Std.le_trans (norm_nonneg _) hstar
  have htr := isTransition_mean h.isProb (next := fun ω θ => projBall c r (θ + η * g ω θ))
    (I := fun θ => norm (θ - c) ≤ r) fun ω θ _ => norm_projBall_sub_le hr c _
  have hsum := sum_expectIterate_inner_le htr (Std.le_of_lt (div_pos (by grind) hη0))
    (fun _ hθ => h.drift hB hstar hη0 hη hθ) T hstart
  rw [← sum_congr fun t : Fin T => expectSample_iterateAlong w _
    (fun θ => inner (P.gradient S θ) (P.trueParam - θ)) t θ0] at hsum
  have hT0 := natCast_pos (R := R) hT
  have e : norm (P.trueParam - θ0) * norm (P.trueParam - θ0) / (η * (T : R)) + η * (s * s) =
      (1 / η * (norm (P.trueParam - θ0) * norm (P.trueParam - θ0)) + (T : R) * (η * (s * s))) /
        (T : R) := by grind
  rw [e]
  exact div_le_div_right hsum hT0

/-- Projected stochastic ascent from the ball, `η B² ≤ λ`: the average over `t < T` of the expected
gap is at most `C (ρ²/(ηT) + η s²)`, `ρ = ‖θ* - θ_0‖`. -/
theorem NoisyOracle.average_gap_le (h : P.NoisyOracle S w g c r s) (hB : P.FeatureBound B)
    (hstar : norm (P.trueParam - c) ≤ r) (hstart : norm (θ0 - c) ≤ r) (hη0 : 0 < η)
    (hη : η * (B * B / P.klCoef) ≤ 1) (hC : ExpBound (2 * (B * (2 * r)) / P.klCoef) C)
    (hC0 : 0 ≤ C) {T : Nat} (hT : 0 < T) :
    (average fun t : Fin T => expectSample w fun draws : Fin t → Fin k =>
      P.objective S P.trueParam - P.objective S (projectedAscent g c r θ0 η draws)) ≤
    C * (norm (P.trueParam - θ0) * norm (P.trueParam - θ0) / (η * (T : R)) + η * (s * s)) := by
  have hr := Std.le_trans (norm_nonneg _) hstar
  have htr := isTransition_mean h.isProb (next := fun ω θ => projBall c r (θ + η * g ω θ))
    (I := fun θ => norm (θ - c) ≤ r) fun ω θ _ => norm_projBall_sub_le hr c _
  have hsum := sum_expectIterate_inner_le htr (Std.le_of_lt (div_pos (by grind) hη0))
    (fun _ hθ => h.drift hB hstar hη0 hη hθ) T hstart
  have hgap := sum_expectIterate_gap_le htr (fun θ hθ => norm_sub_le_of_ball hstar hθ) hB hC hC0 T
    hstart hsum
  rw [← sum_congr fun t : Fin T => expectSample_iterateAlong w _
    (fun θ => P.objective S P.trueParam - P.objective S θ) t θ0] at hgap
  have hT0 := natCast_pos (R := R) hT
  have e : norm (P.trueParam - θ0) * norm (P.trueParam - θ0) / (η * (T : R)) + η * (s * s) =
      (1 / η * (norm (P.trueParam - θ0) * norm (P.trueParam - θ0)) + (T : R) * (η * (s * s))) /
        (T : R) := by grind
  rw [e]
  exact average_le_of_sum_le hT hgap

/-- The step size `a/√T` in `ρ/(ηT) + η s`. -/
theorem div_sqrt_eq {a T ρ s : R} (ha : 0 < a) (hT : 1 ≤ T) :
    ρ / (a / sqrt T * T) + a / sqrt T * s = (ρ / a + a * s) / sqrt T := by
  have hs := one_le_sqrt hT
  have hT2 := sqrt_mul_self (by grind : 0 ≤ T)
  generalize sqrt T = q at *
  subst hT2
  grind

/-- With `a` the step size `a/√T` is admissible. -/
theorem div_sqrt_mul_le {a K T : R} (haK : a * K ≤ 1) (hT : 1 ≤ T) :
    a / sqrt T * K ≤ 1 := by
  have hs := one_le_sqrt hT
  have e : a / sqrt T * K = a * K / sqrt T := by grind
  rw [e, div_le_iff (by grind)]
  grind

/-- At the step size `α/√T` with `α B² ≤ λ`, the average over `t < T` of the expected gap is at most
`C (ρ²/α + α s²)/√T`. -/
theorem NoisyOracle.average_gap_le_sqrt {α : R} (h : P.NoisyOracle S w g c r s)
    (hB : P.FeatureBound B) (hstar : norm (P.trueParam - c) ≤ r) (hstart : norm (θ0 - c) ≤ r)
    (hα0 : 0 < α) (hα : α * (B * B / P.klCoef) ≤ 1)
    (hC : ExpBound (2 * (B * (2 * r)) / P.klCoef) C) (hC0 : 0 ≤ C) {T : Nat} (hT : 0 < T) :
    (average fun t : Fin T => expectSample w fun draws : Fin t → Fin k =>
      P.objective S P.trueParam -
        P.objective S (projectedAscent g c r θ0 (α / sqrt (T : R)) draws)) ≤
    C * ((norm (P.trueParam - θ0) * norm (P.trueParam - θ0) / α + α * (s * s)) /
      sqrt (T : R)) := by
  have hT1 := one_le_natCast (R := R) hT
  have hs := one_le_sqrt hT1
  rw [← div_sqrt_eq hα0 hT1]
  exact h.average_gap_le hB hstar hstart (div_pos hα0 (by grind))
    (div_sqrt_mul_le hα hT1) hC hC0 hT

/-- The variance of vectors with `‖v_i‖² ≤ b` is at most `b`. -/
private theorem average_inner_sub_self_le {v : Fin n → Vec R d} {b : R} (hn : 0 < n)
    (hb : ∀ i, inner (v i) (v i) ≤ b) :
    (average fun i => inner (v i - averageVec v) (v i - averageVec v)) ≤ b := by
  have e : ∀ i, inner (v i - averageVec v) (v i - averageVec v) =
      inner (v i) (v i) - 2 * inner (v i) (averageVec v) +
        inner (averageVec v) (averageVec v) := fun i => by
    rw [inner_sub_left, inner_sub_right, inner_sub_right, inner_comm (averageVec v) (v i)]
    grind
  have hm := average_mono hb
  have hv := inner_averageVec v (averageVec v)
  have := inner_self_nonneg (averageVec v)
  rw [average_const hn] at hm
  rw [average_congr e, average_add, average_sub, average_mul, average_const hn, ← hv]
  grind

/-- Sampling one prompt of the sample uniformly is a noisy gradient oracle on every ball of radius
`r` that contains `θ*`, with `s = 2 (B²/λ) r`. -/
theorem noisyOracle_uniform (P : Problem R N m d) (S : Fin n → Fin N) (hB : P.FeatureBound B)
    (hn : 0 < n) (hstar : norm (P.trueParam - c) ≤ r) :
    P.NoisyOracle S uniform (fun i θ => P.gradientAt (S i) θ) c r
      (B * B / P.klCoef * (2 * r)) where
  isProb := uniform_isProb hn
  unbiased θ _ := by
    rw [gradient_eq_averageVec]
    exact funext fun j => mean_uniform _
  variance_le θ hθ := by
    have hK := P.cocoercivity_constant_nonneg B
    simp only [norm_mul_self]
    rw [mean_uniform, gradient_eq_averageVec]
    refine average_inner_sub_self_le hn fun i => inner_le_of_norm_le ?_
    exact Std.le_trans (norm_le_of_cocoercive hK (P.inner_gradientAt_self_le hB (S i) θ))
      (mul_le_mul_left (norm_sub_le_of_ball hstar hθ) hK)

end Problem

end RLHF
