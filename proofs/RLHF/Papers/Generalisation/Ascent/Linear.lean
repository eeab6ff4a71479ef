module
public import RLHF.Papers.Generalisation.Ascent.Descent
public import RLHF.Papers.Generalisation.Stability.Coverage

/-!
# Linear rate under coverage

What is modelled: gradient ascent on `J_S` at the step size `λ/B²` when the sample covers the
features exactly (`ε = 0`) along the iterates, through a symmetric matrix `Π` with `Π φ = φ`.

## Main results
* `Problem.Coverage.gradientAscent`: coverage at `θ_0` gives coverage at every iterate.
* `Problem.norm_proj_error_succ_le`: `‖Π u_{t+1}‖² ≤ (1 - σ/B²) ‖Π u_t‖²`, `u_t = θ* - θ_t`.
* `Problem.gap_le_norm_proj`: the gap is at most `C (B²/λ) ‖Π u_t‖²`.
* `Problem.norm_proj_error_le`: `‖Π u_t‖² ≤ (1 - σ/B²)^t ‖Π u_0‖²`.

## References
arXiv 2601.16403, cf. Assumption 5 (feature coverage).
-/

public section

namespace RLHF

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R] {N m d n : Nat}

/-- Two vectors with the same inner products are equal. -/
private theorem eq_of_inner_eq {v w : Vec R d} (h : ∀ z, inner v z = inner w z) : v = w := by
  have h0 : v - w = 0 := eq_zero_of_inner_self (by rw [inner_sub_left, h]; grind)
  refine Vec.ext fun i => ?_
  have := congrFun h0 i
  rw [Vec.sub_apply, Vec.zero_apply] at this
  grind

private theorem mulVec_sub_smul (A : Fin d → Vec R d) (v g : Vec R d) (c : R) :
    mulVec A (v - c * g) = mulVec A v - c * mulVec A g :=
  Vec.ext fun i => by
    simp only [Vec.sub_apply, Vec.smul_apply, mulVec, inner_sub_right, inner_smul_right]

namespace Problem

variable {P : Problem R N m d} {S : Fin n → Fin N} {θ θ0 : Vec R d} {proj : Fin d → Vec R d}
  {σ B C ρ : R}

/-- Exact coverage: `⟨Π v, φ⟩ = ⟨v, φ⟩` for every feature. -/
theorem Coverage.inner_mulVec_feature (h : P.Coverage S θ proj σ 0) (x : Fin N) (a : Fin m)
    (v : Vec R d) : inner (mulVec proj v) (P.feature x a) = inner v (P.feature x a) := by
  have h0 := h.residual_le x a
  have h1 := norm_nonneg (P.feature x a - mulVec proj (P.feature x a))
  have e := eq_zero_of_norm (by grind : norm (P.feature x a - mulVec proj (P.feature x a)) = 0)
  have e' : inner v (P.feature x a - mulVec proj (P.feature x a)) = 0 := by
    rw [e, inner_zero_right]
  rw [inner_sub_right] at e'
  rw [inner_mulVec_of_symm h.symm]
  grind

/-- Exact coverage: `Π ∇J_S = ∇J_S`. -/
theorem Coverage.mulVec_gradient (h : P.Coverage S θ proj σ 0) :
    mulVec proj (P.gradient S θ) = P.gradient S θ :=
  eq_of_inner_eq fun z => by
    rw [inner_mulVec_of_symm h.symm, inner_gradient, inner_gradient]
    simp only [inner_gradientAt, h.inner_mulVec_feature]

theorem Coverage.inner_gradient_mulVec (h : P.Coverage S θ proj σ 0) (v : Vec R d) :
    inner (P.gradient S θ) (mulVec proj v) = inner (P.gradient S θ) v := by
  rw [← inner_mulVec_of_symm h.symm, h.mulVec_gradient]

/-- `(σ/λ) ‖Π u‖² ≤ ⟨∇J_S(θ), u⟩`. -/
theorem Coverage.le_inner_gradient {ε : R} (h : P.Coverage S θ proj σ ε) :
    σ / P.klCoef * (norm (mulVec proj (P.trueParam - θ)) *
      norm (mulVec proj (P.trueParam - θ))) ≤ inner (P.gradient S θ) (P.trueParam - θ) := by
  have h1 := div_le_div_right (h.le_covariance (P.trueParam - θ)) P.klCoef_pos
  rw [inner_gradient_eq]
  grind

/-- `⟨∇J_S(θ), u⟩ ≤ (B²/λ) ‖Π u‖²`. -/
theorem Coverage.inner_gradient_le (h : P.Coverage S θ proj σ 0) (hB : P.FeatureBound B)
    (hn : 0 < n) : inner (P.gradient S θ) (P.trueParam - θ) ≤
    B * B / P.klCoef * (norm (mulVec proj (P.trueParam - θ)) *
      norm (mulVec proj (P.trueParam - θ))) := by
  have hv := average_mono fun i => var_inner_le (P.policy_isProb (S i) θ) (hB (S i))
    (mulVec proj (P.trueParam - θ))
  simp only [h.inner_mulVec_feature, average_const hn] at hv
  have h1 := div_le_div_right hv P.klCoef_pos
  rw [inner_gradient_error]
  grind

/-- The gap is at most `C (B²/λ) ‖Π u‖²`, `C` at `2Bρ/λ`, `‖u‖ ≤ ρ`. -/
theorem gap_le_norm_proj (h : P.Coverage S θ proj σ 0) (hB : P.FeatureBound B) (hn : 0 < n)
    (hρ : norm (P.trueParam - θ) ≤ ρ) (hC : ExpBound (2 * (B * ρ) / P.klCoef) C) (hC0 : 0 ≤ C) :
    P.objective S P.trueParam - P.objective S θ ≤
      C * (B * B / P.klCoef * (norm (mulVec proj (P.trueParam - θ)) *
        norm (mulVec proj (P.trueParam - θ)))) :=
  Std.le_trans (P.gap_le_inner_gradient S θ hB hρ hC)
    (mul_le_mul_left (h.inner_gradient_le hB hn) hC0)

private theorem step_mul_constant_le {k b : R} (hk : 0 < k) : k / b * (b / k) ≤ 1 := by
  by_cases hb : b = 0
  · subst hb; grind
  · have e : k / b * (b / k) = 1 := by grind
    rw [e]
    exact Std.le_refl 1

private theorem step_mul_eigenvalue {k b σ : R} (hk : 0 < k) : k / b * (σ / k) = σ / b := by
  grind

private theorem le_one_sub_mul {s w v i : R} (h : s * w ≤ i) (h' : i ≤ w - v) :
    v ≤ (1 - s) * w := by
  grind

/-- Coverage at the starting point gives coverage at every iterate, with `e^{-2M} σ` for `σ`,
`M = 2Bρ/λ`, `ρ = ‖θ* - θ_0‖`. -/
theorem Coverage.gradientAscent {ε : R} (h : P.Coverage S θ0 proj σ ε) (hB : P.FeatureBound B)
    (t : Nat) : P.Coverage S (P.gradientAscent S θ0 (P.klCoef / (B * B)) t) proj
      (exp (-(2 * (B * (2 * norm (P.trueParam - θ0))) / P.klCoef)) * σ) ε := by
  refine h.of_norm_sub_le hB ?_
  have h1 := P.error_le S θ0 hB (P.step_nonneg B) (P.step_mul_le B) t
  generalize P.gradientAscent S θ0 (P.klCoef / (B * B)) t = θ at *
  have h2 := norm_add_le (θ - P.trueParam) (P.trueParam - θ0)
  have e : θ - P.trueParam + (P.trueParam - θ0) = θ - θ0 :=
    Vec.ext fun i => by simp only [Vec.sub_apply, Vec.add_apply]; grind
  rw [e, norm_sub_comm θ P.trueParam] at h2
  grind

/-- One step of gradient ascent contracts the covered part of the error. -/
theorem norm_proj_error_succ_le {t : Nat} (hB : P.FeatureBound B)
    (h : P.Coverage S (P.gradientAscent S θ0 (P.klCoef / (B * B)) t) proj σ 0) :
    norm (mulVec proj (P.trueParam - P.gradientAscent S θ0 (P.klCoef / (B * B)) (t + 1))) *
      norm (mulVec proj (P.trueParam - P.gradientAscent S θ0 (P.klCoef / (B * B)) (t + 1))) ≤
    (1 - σ / (B * B)) *
      (norm (mulVec proj (P.trueParam - P.gradientAscent S θ0 (P.klCoef / (B * B)) t)) *
        norm (mulVec proj (P.trueParam - P.gradientAscent S θ0 (P.klCoef / (B * B)) t))) := by
  have hη0 := P.step_nonneg B
  have hη := step_mul_constant_le (b := B * B) P.klCoef_pos
  rw [error_succ, mulVec_sub_smul, h.mulVec_gradient, norm_mul_self, norm_mul_self]
  have hco := P.inner_gradient_self_le S hB (P.gradientAscent S θ0 (P.klCoef / (B * B)) t)
  have hlow := mul_le_mul_left h.le_inner_gradient hη0
  rw [← h.inner_gradient_mulVec (P.trueParam - _)] at hco hlow
  rw [← Semiring.mul_assoc, step_mul_eigenvalue P.klCoef_pos, norm_mul_self] at hlow
  exact le_one_sub_mul hlow
    (mul_inner_le_decrease (P.cocoercivity_constant_nonneg B) hη0 hη hco)

/-- A nonnegative sequence with `a_{t+1} ≤ r a_t` has `a_t ≤ r^t a_0`, whatever the sign of `r`. -/
private theorem le_pow_mul {a : Nat → R} {r : R} (h0 : ∀ t, 0 ≤ a t)
    (h : ∀ t, a (t + 1) ≤ r * a t) (t : Nat) : a t ≤ r ^ t * a 0 := by
  by_cases hr : 0 ≤ r
  · induction t with
    | zero => rw [Semiring.pow_zero]; grind
    | succ t ih =>
      have := mul_le_mul_left ih hr
      rw [Semiring.pow_succ]
      have := h t
      grind
  · have hz : ∀ t, a t = 0 := fun t => by
      have h1 := h0 t
      by_cases h2 : a t = 0
      · exact h2
      · have := mul_pos (by grind : 0 < -r) (by grind : 0 < a t)
        have := h t
        have := h0 (t + 1)
        grind
    rw [hz t, hz 0]
    grind

/-- `‖Π u_t‖² ≤ (1 - σ/B²)^t ‖Π u_0‖²`. -/
theorem norm_proj_error_le (hB : P.FeatureBound B)
    (h : ∀ t, P.Coverage S (P.gradientAscent S θ0 (P.klCoef / (B * B)) t) proj σ 0) (t : Nat) :
    norm (mulVec proj (P.trueParam - P.gradientAscent S θ0 (P.klCoef / (B * B)) t)) *
      norm (mulVec proj (P.trueParam - P.gradientAscent S θ0 (P.klCoef / (B * B)) t)) ≤
    (1 - σ / (B * B)) ^ t *
      (norm (mulVec proj (P.trueParam - θ0)) * norm (mulVec proj (P.trueParam - θ0))) :=
  le_pow_mul
    (a := fun t => norm (mulVec proj (P.trueParam - P.gradientAscent S θ0 _ t)) *
      norm (mulVec proj (P.trueParam - P.gradientAscent S θ0 _ t)))
    (fun _ => mul_self_nonneg _) (fun t => norm_proj_error_succ_le hB (h t)) t

end Problem

end RLHF
