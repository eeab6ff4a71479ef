module
public import RLHF.Geometry.TwoSided
public import RLHF.Papers.Generalisation.Ascent.Descent
public import RLHF.Papers.Generalisation.Suboptimality.Assembled

/-!
# Population gap of iterates that an algorithm can find

What is modelled: gradient ascent on a sample that covers all prompts at `θ*`. A bound on some
iterate needs an oracle for the iterate; here are the last one, and the one of least gradient norm.
`K = B²/λ`, `M = 2Bρ/λ`, `κ = 2B² e^M / σ`.

## Main results
* `Problem.population_gap_last_iterate_le`: the last iterate, `O(1/T) + O(ε²)`.
* `Problem.Coverage.inner_gradient_le_norm_mul_self`:
  `⟨∇J_S(θ), u⟩ ≤ (2λ/σ) ‖∇J_S(θ)‖² + 2 ε² ‖u‖² / λ`.
* `exists_least`: there is such an iterate.
* `Problem.population_gap_least_gradient_le`: the iterate of least gradient norm.

## References
arXiv 2601.16403, cf. Theorem 5.
-/

public section

namespace RLHF

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R] {N m d n : Nat}

/-- `Cov_p(f, g) ≤ Var_p(f) / 4 + Var_p(g)`. -/
theorem cov_le_var_add {p : Fin m → R} (hp : ∀ a, 0 ≤ p a) (f g : Fin m → R) :
    cov p f g ≤ var p f / 4 + var p g := by
  have h := mean_mono hp (f := fun a => (f a - mean p f) * (g a - mean p g))
    (g := fun a => (f a - mean p f) * (f a - mean p f) / 4 +
      (g a - mean p g) * (g a - mean p g)) fun a => by
    have := mul_self_nonneg ((f a - mean p f) / 2 - (g a - mean p g))
    grind
  rw [mean_add, mean_div] at h
  exact h

private theorem average_const_le {c : R} (hc : 0 ≤ c) : average (fun _ : Fin n => c) ≤ c := by
  obtain rfl | hn := Nat.eq_zero_or_pos n
  · rw [average_empty]; exact hc
  · rw [average_const hn]; exact Std.le_refl c

/-- `w q ≤ w²/σ + σ q²/4`. -/
private theorem mul_le_of_pos {w q σ : R} (hσ : 0 < σ) : w * q ≤ w * w / σ + σ * (q * q) / 4 := by
  have h := mul_self_nonneg (w - σ * q / 2)
  have e : σ * (w * w / σ + σ * (q * q) / 4) = w * w + σ * σ * (q * q) / 4 := by grind
  refine le_of_mul_le_mul_left hσ ?_
  rw [e]
  grind

/-- Among the first `T` values of a sequence there is a least one. -/
theorem exists_least (f : Nat → R) {T : Nat} (hT : 0 < T) :
    ∃ t, t < T ∧ ∀ s, s < T → f t ≤ f s := by
  induction T with
  | zero => omega
  | succ T ih =>
    obtain rfl | hT' := Nat.eq_zero_or_pos T
    · exact ⟨0, by omega, fun s hs => by rw [(by omega : s = 0)]; exact Std.le_refl _⟩
    · obtain ⟨t, ht, h⟩ := ih hT'
      obtain hle | hle := Std.le_total (a := f t) (b := f T)
      · exact ⟨t, by omega, fun s hs => by
          obtain rfl | hs' : s = T ∨ s < T := by omega
          · exact hle
          · exact h s hs'⟩
      · exact ⟨T, by omega, fun s hs => by
          obtain rfl | hs' : s = T ∨ s < T := by omega
          · exact Std.le_refl _
          · exact Std.le_trans hle (h s hs')⟩

namespace Problem

variable {P : Problem R N m d} {D : Fin N → R} {S : Fin n → Fin N} {θ θ0 : Vec R d}
  {proj : Fin d → Vec R d} {σ ε B C ρ η : R}

/-! ### The last iterate -/

/-- The last iterate of gradient ascent with `η L ≤ 1`, `L = K (1 + M)`, on a sample covered at
`θ*`: `J(θ*) - J(θ_T) ≤ C (κ (2 + M/2)² C ρ² / (η T) + 2 ε² ρ² / λ)`. -/
theorem population_gap_last_iterate_le (hcov : P.Coverage S P.trueParam proj σ ε)
    (hB : P.FeatureBound B) (hn : 0 < n) (hρ : norm (P.trueParam - θ0) = ρ) (hη0 : 0 < η)
    (hη : η * (B * B / P.klCoef * (1 + 2 * (B * ρ) / P.klCoef)) ≤ 1)
    (hC : ExpBound (2 * (B * ρ) / P.klCoef) C) (hC0 : 0 ≤ C) (hD : IsProb D) {T : Nat}
    (hT : 0 < T) :
    P.population D P.trueParam - P.population D (P.gradientAscent S θ0 η T) ≤
    C * (2 * (B * B) / (exp (-(2 * (B * ρ) / P.klCoef)) * σ) *
      ((2 + 2 * (B * ρ) / P.klCoef / 2) * (2 + 2 * (B * ρ) / P.klCoef / 2) *
        (C * (ρ * ρ / (η * (T : R))))) + 2 * (ε * ε) * (ρ * ρ) / P.klCoef) := by
  subst hρ
  have he := P.error_le_of_mul_le S θ0 hB (Std.le_of_lt hη0)
    (P.step_mul_le_of_smooth θ0 S hB hn (Std.le_of_lt hη0) hη) T
  refine Std.le_trans (hcov.population_gap_le_inner hB he hC hC0 hD) (mul_le_mul_left ?_ hC0)
  have h := Std.le_trans (P.inner_gradient_le_gap S _ hB he)
    (mul_le_mul_left (P.gap_last_iterate_le S θ0 hB hn hη0 hη hC hC0 hT) (mul_self_nonneg _))
  have hκ := div_nonneg (by have := mul_self_nonneg B; grind : 0 ≤ 2 * (B * B))
    (hcov.of_trueParam hB he).eigenvalue_pos
  have := mul_le_mul_left h hκ
  grind

/-! ### The iterate of least gradient norm -/

private theorem Coverage.inner_mulVec_residual_le (h : P.Coverage S θ proj σ ε) (u : Vec R d) :
    inner (mulVec (P.covarianceOn S θ) u) (u - mulVec proj u) ≤
      inner (mulVec (P.covarianceOn S θ) u) u / 4 + ε * ε * (norm u * norm u) := by
  have hc := average_const_le (n := n) (mul_nonneg (mul_self_nonneg ε) (mul_self_nonneg (norm u)))
  have hi : ∀ i : Fin n, cov (P.policy (S i) θ) (fun a => inner u (P.feature (S i) a))
      (fun a => inner (u - mulVec proj u) (P.feature (S i) a)) ≤
      var (P.policy (S i) θ) (fun a => inner u (P.feature (S i) a)) / 4 +
        ε * ε * (norm u * norm u) := fun i => by
    have e : ∀ a, inner (u - mulVec proj u) (P.feature (S i) a) =
        inner u (P.feature (S i) a - mulVec proj (P.feature (S i) a)) := fun a => by
      rw [inner_sub_left, inner_sub_right, inner_mulVec_of_symm h.symm]
    have hp := P.policy_isProb (S i) θ
    have h1 := cov_le_var_add hp.nonneg (fun a => inner u (P.feature (S i) a))
      fun a => inner (u - mulVec proj u) (P.feature (S i) a)
    have h2 := var_inner_le hp (fun a => h.residual_le (S i) a) u
    rw [← funext e] at h2
    grind
  have hs := average_mono hi
  rw [average_add] at hs
  rw [mulVec_covarianceOn, inner_averageVec, inner_averageVec]
  simp only [covarianceAt, inner_mulVec_covariance]
  have e4 : average (fun i => var (P.policy (S i) θ) (fun a => inner u (P.feature (S i) a)) / 4) =
      average (fun i => var (P.policy (S i) θ) fun a => inner u (P.feature (S i) a)) / 4 := by
    unfold average
    rw [sum_div]
    grind
  rw [e4] at hs
  exact Std.le_trans hs (by unfold var at *; grind)

/-- `⟨V_S(θ) u, u⟩ ≤ (2/σ) ‖V_S(θ) u‖² + 2 ε² ‖u‖²`. -/
theorem Coverage.inner_mulVec_le (h : P.Coverage S θ proj σ ε) (u : Vec R d) :
    inner (mulVec (P.covarianceOn S θ) u) u ≤
      2 * (norm (mulVec (P.covarianceOn S θ) u) * norm (mulVec (P.covarianceOn S θ) u) / σ) +
        2 * (ε * ε * (norm u * norm u)) := by
  have h1 := inner_le_norm (mulVec (P.covarianceOn S θ) u) (mulVec proj u)
  have h2 := mul_le_of_pos (w := norm (mulVec (P.covarianceOn S θ) u))
    (q := norm (mulVec proj u)) h.eigenvalue_pos
  have h3 := h.le_covariance u
  have h4 := h.inner_mulVec_residual_le u
  rw [inner_sub_right] at h4
  grind

/-- `⟨∇J_S(θ), u⟩ ≤ (2λ/σ) ‖∇J_S(θ)‖² + 2 ε² ‖u‖² / λ`, `u = θ* - θ`. -/
theorem Coverage.inner_gradient_le_norm_mul_self (h : P.Coverage S θ proj σ ε) :
    inner (P.gradient S θ) (P.trueParam - θ) ≤
      2 * (P.klCoef / σ) * (norm (P.gradient S θ) * norm (P.gradient S θ)) +
        2 * (ε * ε) * (norm (P.trueParam - θ) * norm (P.trueParam - θ)) / P.klCoef := by
  have hl := P.klCoef_pos
  have h1 := div_le_div_right (h.inner_mulVec_le (P.trueParam - θ)) hl
  have e : norm (P.gradient S θ) * norm (P.gradient S θ) = 1 / P.klCoef * (1 / P.klCoef *
      (norm (mulVec (P.covarianceOn S θ) (P.trueParam - θ)) *
        norm (mulVec (P.covarianceOn S θ) (P.trueParam - θ)))) := by
    rw [norm_mul_self, norm_mul_self]
    unfold gradient
    rw [inner_smul_left, inner_smul_right]
  rw [e, inner_gradient_eq]
  have hσ := h.eigenvalue_pos
  generalize norm (mulVec (P.covarianceOn S θ) (P.trueParam - θ)) *
    norm (mulVec (P.covarianceOn S θ) (P.trueParam - θ)) = w at *
  generalize norm (P.trueParam - θ) * norm (P.trueParam - θ) = r at *
  generalize inner (mulVec (P.covarianceOn S θ) (P.trueParam - θ)) (P.trueParam - θ) = a at *
  have e2 : (2 * (w / σ) + 2 * (ε * ε * r)) / P.klCoef =
      2 * (P.klCoef / σ) * (1 / P.klCoef * (1 / P.klCoef * w)) + 2 * (ε * ε) * r / P.klCoef := by
    grind
  rw [e2] at h1
  grind

/-- The least gradient norm before `T`: `‖∇J_S(θ_t)‖² ≤ K² ρ² / T` at the step size `λ/B²`. -/
theorem least_gradient_mul_self_le (hB : P.FeatureBound B) (S : Fin n → Fin N) (θ0 : Vec R d)
    {t T : Nat} (ht : t < T)
    (hmin : ∀ s, s < T → norm (P.gradient S (P.gradientAscent S θ0 (P.klCoef / (B * B)) t)) ≤
      norm (P.gradient S (P.gradientAscent S θ0 (P.klCoef / (B * B)) s))) :
    norm (P.gradient S (P.gradientAscent S θ0 (P.klCoef / (B * B)) t)) *
      norm (P.gradient S (P.gradientAscent S θ0 (P.klCoef / (B * B)) t)) ≤
    B * B / P.klCoef * (B * B / P.klCoef * (norm (P.trueParam - θ0) * norm (P.trueParam - θ0)) /
      (T : R)) := by
  obtain ⟨s, hs, h⟩ := P.exists_inner_gradientAscent_le hB S θ0 (by omega : 0 < T)
  exact Std.le_trans (mul_le_mul (hmin s hs) (hmin s hs) (norm_nonneg _) (norm_nonneg _))
    (Std.le_trans (P.gradient_cocoercive S _ hB)
      (mul_le_mul_left h (P.cocoercivity_constant_nonneg B)))

private theorem inner_le_div_sqrt {i g K ρ T : R} (hg : 0 ≤ g) (hK : 0 ≤ K) (hρ : 0 ≤ ρ)
    (hT : 0 < T) (hi : i ≤ g * ρ) (h : g * g ≤ K * (K * (ρ * ρ) / T)) :
    i ≤ K * (ρ * ρ) / sqrt T := by
  have e : K * (K * (ρ * ρ) / T) = K * ρ * (K * ρ) / T := by grind
  rw [e] at h
  have h1 := mul_le_mul_right (le_div_sqrt hg (mul_nonneg hK hρ) hT h) hρ
  grind

variable {κ : R}

private theorem inner_gradient_least_le (hcov : P.Coverage S θ proj σ ε)
    (hρ : norm (P.trueParam - θ) ≤ ρ) (hκ : κ = 2 * (B * B) / σ) {T : R}
    (hg : norm (P.gradient S θ) * norm (P.gradient S θ) ≤
      B * B / P.klCoef * (B * B / P.klCoef * (ρ * ρ) / T)) :
    inner (P.gradient S θ) (P.trueParam - θ) ≤
      κ * (B * B / P.klCoef * (ρ * ρ) / T) + 2 * (ε * ε) * (ρ * ρ) / P.klCoef := by
  have hl := P.klCoef_pos
  have hσ := hcov.eigenvalue_pos
  have h1 := hcov.inner_gradient_le_norm_mul_self
  have h2 := mul_le_mul_left hg (by
    have := div_nonneg P.klCoef_nonneg hσ; grind : 0 ≤ 2 * (P.klCoef / σ))
  have hu := mul_le_mul hρ hρ (Std.le_trans (norm_nonneg _) hρ) (norm_nonneg _)
  have h3 := div_le_div_right (mul_le_mul_left hu
    (by have := mul_self_nonneg ε; grind : 0 ≤ 2 * (ε * ε))) hl
  have e : ∀ y : R, 2 * (P.klCoef / σ) * (B * B / P.klCoef * y) = κ * y := fun y => by
    rw [hκ]; grind
  rw [e] at h2
  grind

/-- The iterate of least gradient norm of gradient ascent with step `λ/B²` on a sample covered at
`θ*`: `J(θ*) - J(θ_t)` is at most `C (κ K ρ² / √T + 2 ε² ρ² / λ)` and at most
`C (κ (κ K ρ² / T + 2 ε² ρ² / λ) + 2 ε² ρ² / λ)`. -/
theorem population_gap_least_gradient_le (hcov : P.Coverage S P.trueParam proj σ ε)
    (hB : P.FeatureBound B) (hρ : norm (P.trueParam - θ0) = ρ)
    (hC : ExpBound (2 * (B * ρ) / P.klCoef) C) (hC0 : 0 ≤ C) (hD : IsProb D) {t T : Nat}
    (ht : t < T)
    (hmin : ∀ s, s < T → norm (P.gradient S (P.gradientAscent S θ0 (P.klCoef / (B * B)) t)) ≤
      norm (P.gradient S (P.gradientAscent S θ0 (P.klCoef / (B * B)) s)))
    (hκ : κ = 2 * (B * B) / (exp (-(2 * (B * ρ) / P.klCoef)) * σ)) :
    P.population D P.trueParam -
      P.population D (P.gradientAscent S θ0 (P.klCoef / (B * B)) t) ≤
    C * (κ * (B * B / P.klCoef * (ρ * ρ) / sqrt (T : R)) + 2 * (ε * ε) * (ρ * ρ) / P.klCoef) ∧
    P.population D P.trueParam -
      P.population D (P.gradientAscent S θ0 (P.klCoef / (B * B)) t) ≤
    C * (κ * (κ * (B * B / P.klCoef * (ρ * ρ) / (T : R)) + 2 * (ε * ε) * (ρ * ρ) / P.klCoef) +
      2 * (ε * ε) * (ρ * ρ) / P.klCoef) := by
  subst hρ
  have hg := P.least_gradient_mul_self_le hB S θ0 ht hmin
  have he := P.error_le S θ0 hB (P.step_nonneg B) (P.step_mul_le B) t
  have hT := natCast_pos (R := R) (by omega : 0 < T)
  generalize P.gradientAscent S θ0 (P.klCoef / (B * B)) t = θ at *
  have hgap := hcov.population_gap_le_inner hB he hC hC0 hD
  have hκ0 := div_nonneg (by have := mul_self_nonneg B; grind : 0 ≤ 2 * (B * B))
    (hcov.of_trueParam hB he).eigenvalue_pos
  rw [← hκ] at hκ0 hgap
  have h1 := mul_le_mul_left (inner_le_div_sqrt (norm_nonneg _) (P.cocoercivity_constant_nonneg B)
    (norm_nonneg _) hT (Std.le_trans (inner_le_norm _ _) (mul_le_mul_left he (norm_nonneg _))) hg)
    hκ0
  have h2 := mul_le_mul_left (inner_gradient_least_le (hcov.of_trueParam hB he) he hκ hg) hκ0
  exact ⟨Std.le_trans hgap (mul_le_mul_left (by grind) hC0),
    Std.le_trans hgap (mul_le_mul_left (by grind) hC0)⟩

end Problem

end RLHF
