module
public import RLHF.Papers.Generalisation.Ascent.Noisy
public import RLHF.Papers.Generalisation.Ascent.Pairwise
public import RLHF.Probability.Moments

/-!
# Ascent along sampled gradients

What is modelled: projected ascent on `J_S` along unbiased estimates whose law depends on `θ`:
sampled prompts, actions sampled from the current policy, and noise that does not vanish at `θ*`.

## Main definitions
* `Problem.pairwiseLaw`: a prompt of the sample, two actions from the policy, added noise.

## Main results
* `Problem.SampledGradient.average_inner_le`: the average of `E⟨∇J_S(θ_t), θ* - θ_t⟩` is at most
  `ρ²/(ηT) + η s²`.
* `Problem.sampledGradient_pairwise`: pairs of actions with noise are such estimates, with
  `L = 2B²/λ` and `s²` the variance of the noise alone. `Problem.NoisyOracle.sampledGradient`: so is
  every noisy gradient oracle, with `L = B²/λ`.

## References
arXiv 2601.16403, stochastic gradient ascent.
-/

public section

namespace RLHF

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R] {N m d n k : Nat}

namespace Problem

variable {P : Problem R N m d} {S : Fin n → Fin N} {law : Vec R d → Expect R (Vec R d)}
  {c θ0 θ : Vec R d} {L s B r η : R}

/-- Projected steps never leave the ball. -/
theorem isTransition_projected (hr : 0 ≤ r) :
    IsTransition (projectedTransition law c r η) (fun θ => norm (θ - c) ≤ r) where
  add _ _ θ := (law θ).add _ _
  mul _ _ θ := (law θ).mul _ _
  const _ θ := (law θ).const _
  mono _ _ θ _ h := (law θ).mono fun _ => h _ (norm_projBall_sub_le hr c _)

private theorem drift_bound {V V1 i q S2 : R} (hη : 0 < η) (hηL : η * L ≤ 1) (hi : 0 ≤ i)
    (hq : q ≤ L * i + S2) (h : V1 ≤ V - 2 * η * i + η * η * q) :
    1 / η * V1 ≤ 1 / η * V - i + η * S2 := by
  have h1 := mul_le_mul_left hq (mul_self_nonneg η)
  have h2 := mul_le_mul_right hηL (mul_nonneg (Std.le_of_lt hη) hi)
  refine le_of_mul_le_mul_left hη ?_
  have e1 : η * (1 / η * V1) = V1 := by grind
  have e2 : η * (1 / η * V - i + η * S2) = V - η * i + η * η * S2 := by grind
  rw [e1, e2]
  clear e1 e2
  grind

/-- `E‖u - η g‖² = ‖u‖² - 2η ⟨∇J, u⟩ + η² E‖g‖²`, `u = θ* - θ`. -/
private theorem SampledGradient.step_eq (h : P.SampledGradient S law c r L s)
    (hθ : norm (θ - c) ≤ r) (η : R) :
    (law θ fun g => inner (P.trueParam - θ - η * g) (P.trueParam - θ - η * g)) =
      inner (P.trueParam - θ) (P.trueParam - θ) -
        2 * η * inner (P.gradient S θ) (P.trueParam - θ) +
        η * η * law θ fun g => norm g * norm g := by
  have e : ∀ g, inner (P.trueParam - θ - η * g) (P.trueParam - θ - η * g) =
      inner (P.trueParam - θ) (P.trueParam - θ) - 2 * η * inner g (P.trueParam - θ) +
        η * η * (norm g * norm g) := fun g => by
    rw [norm_mul_self]
    generalize P.trueParam - θ = u
    simp only [inner_sub_left, inner_sub_right, inner_smul_left, inner_smul_right, inner_comm u g]
    grind
  rw [(law θ).congr e, (law θ).add, (law θ).sub, (law θ).const, (law θ).mul, (law θ).mul,
    h.unbiased θ hθ]

private theorem SampledGradient.drift (h : P.SampledGradient S law c r L s)
    (hstar : norm (P.trueParam - c) ≤ r) (hη0 : 0 < η) (hη : η * L ≤ 1) (hθ : norm (θ - c) ≤ r) :
    projectedTransition law c r η
      (fun θ => 1 / η * inner (P.trueParam - θ) (P.trueParam - θ)) θ ≤
    1 / η * inner (P.trueParam - θ) (P.trueParam - θ) -
      inner (P.gradient S θ) (P.trueParam - θ) + η * (s * s) := by
  have hone : ∀ g : Vec R d, inner (P.trueParam - projBall c r (θ + η * g))
      (P.trueParam - projBall c r (θ + η * g)) ≤
      inner (P.trueParam - θ - η * g) (P.trueParam - θ - η * g) := fun g => by
    have := inner_le_of_norm_le (norm_sub_projBall_le hstar (θ + η * g))
    rw [norm_mul_self, sub_add_smul] at this
    exact this
  have hproj := (law θ).mono hone
  rw [h.step_eq hθ] at hproj
  have e : projectedTransition law c r η
      (fun θ => 1 / η * inner (P.trueParam - θ) (P.trueParam - θ)) θ = 1 / η * law θ fun g =>
        inner (P.trueParam - projBall c r (θ + η * g))
          (P.trueParam - projBall c r (θ + η * g)) := (law θ).mul _ _
  rw [e]
  exact drift_bound hη0 hη (P.inner_gradient_error_nonneg S θ) (h.moment_le θ hθ) hproj

/-- Projected ascent from the ball with `η L ≤ 1`: the average over `t < T` of
`E⟨∇J_S(θ_t), θ* - θ_t⟩` is at most `ρ²/(ηT) + η s²`, `ρ = ‖θ* - θ_0‖`. -/
theorem SampledGradient.average_inner_le (h : P.SampledGradient S law c r L s)
    (hstar : norm (P.trueParam - c) ≤ r) (hstart : norm (θ0 - c) ≤ r) (hη0 : 0 < η)
    (hη : η * L ≤ 1) {T : Nat} (hT : 0 < T) :
    (average fun t : Fin T => expectIterate (projectedTransition law c r η) t
      (fun θ => inner (P.gradient S θ) (P.trueParam - θ)) θ0) ≤
    norm (P.trueParam - θ0) * norm (P.trueParam - θ0) / (η * (T : R)) + η * (s * s) := by
  have hsum := sum_expectIterate_inner_le
    (isTransition_projected (Std.le_trans (norm_nonneg _) hstar))
    (Std.le_of_lt (div_pos (by grind) hη0)) (fun _ hθ => h.drift hstar hη0 hη hθ) T hstart
  have hT0 := natCast_pos (R := R) hT
  have e : norm (P.trueParam - θ0) * norm (P.trueParam - θ0) / (η * (T : R)) + η * (s * s) =
      (1 / η * (norm (P.trueParam - θ0) * norm (P.trueParam - θ0)) + (T : R) * (η * (s * s))) /
        (T : R) := by grind
  rw [e]
  exact div_le_div_right hsum hT0

/-! ### Sampled prompts, sampled actions, noise -/

/-- Law of `⟨δ, θ* - θ⟩ δ / (2λ) + ξ`: a uniform prompt of the sample, two independent actions from
`π_θ`, and noise `ξ_ω` with weights `w`, the same at each `θ`. -/
noncomputable def pairwiseLaw (P : Problem R N m d) (S : Fin n → Fin N) (hn : 0 < n)
    {w : Fin k → R} (hw : IsProb w) (ξ : Fin k → Vec R d) (θ : Vec R d) : Expect R (Vec R d) where
  fn F := average fun i => mean (P.policy (S i) θ) fun a => mean (P.policy (S i) θ) fun b =>
    mean w fun ω => F (P.pairGradient (S i) θ a b + ξ ω)
  add' F G := by simp only [mean_add, average_add]
  mul' c F := by simp only [mean_mul, average_mul]
  mono' F G h := average_mono fun i => mean_mono (P.policy_isProb _ θ).nonneg fun a =>
    mean_mono (P.policy_isProb _ θ).nonneg fun b => mean_mono hw.nonneg fun ω => h _
  one' := by simp only [mean_const hw, mean_const (P.policy_isProb _ θ), average_const hn]

/-- With noise of mean `0` and `E‖ξ‖² ≤ s²` it is a sampled gradient on every ball, `L = 2B²/λ`. -/
theorem sampledGradient_pairwise (P : Problem R N m d) (S : Fin n → Fin N)
    (hB : P.FeatureBound B) (hn : 0 < n) {w : Fin k → R} (hw : IsProb w) {ξ : Fin k → Vec R d}
    (hmean : ∀ v, mean w (fun ω => inner (ξ ω) v) = 0)
    (hvar : mean w (fun ω => norm (ξ ω) * norm (ξ ω)) ≤ s * s) :
    P.SampledGradient S (P.pairwiseLaw S hn hw ξ) c r (2 * (B * B) / P.klCoef) s where
  unbiased θ _ := by
    show (average fun i => mean (P.policy (S i) θ) fun a => mean (P.policy (S i) θ) fun b =>
      mean w fun ω => inner (P.pairGradient (S i) θ a b + ξ ω) (P.trueParam - θ)) = _
    simp only [inner_add_left, mean_add, mean_const hw, hmean, mean_mean_inner_pairGradient,
      mean_const (P.policy_isProb _ θ)]
    rw [inner_gradient]
    exact average_congr fun i => by grind
  moment_le θ _ := by
    have e : ∀ g : Vec R d, mean w (fun ω => norm (g + ξ ω) * norm (g + ξ ω)) =
        inner g g + mean w fun ω => norm (ξ ω) * norm (ξ ω) := fun g => by
      have e1 : ∀ ω, norm (g + ξ ω) * norm (g + ξ ω) =
          inner g g + 2 * inner (ξ ω) g + norm (ξ ω) * norm (ξ ω) := fun ω => by
        rw [norm_mul_self, norm_mul_self]
        simp only [inner_add_left, inner_add_right, inner_comm g (ξ ω)]
        grind
      rw [mean_congr e1, mean_add, mean_add, mean_const hw, mean_mul, hmean]
      grind
    show (average fun i => mean (P.policy (S i) θ) fun a => mean (P.policy (S i) θ) fun b =>
      mean w fun ω => norm (P.pairGradient (S i) θ a b + ξ ω) *
        norm (P.pairGradient (S i) θ a b + ξ ω)) ≤ _
    simp only [e]
    have h := average_mono fun i => mean_mono (P.policy_isProb (S i) θ).nonneg fun a =>
      mean_mono (P.policy_isProb (S i) θ).nonneg fun b =>
        P.inner_pairGradient_self_le hB (S i) θ a b
    simp only [mean_mul, mean_mean_inner_pairGradient, average_mul] at h
    rw [← inner_gradient] at h
    simp only [mean_add, mean_const (P.policy_isProb _ θ), average_add, average_const hn]
    grind

/-- Every noisy gradient oracle is a sampled gradient, with `L = B²/λ`. -/
theorem NoisyOracle.sampledGradient {w : Fin k → R} {g : Fin k → Vec R d → Vec R d}
    (h : P.NoisyOracle S w g c r s) (hB : P.FeatureBound B) : P.SampledGradient S
    (fun θ => (Expect.ofWeights h.isProb).map fun ω => g ω θ) c r (B * B / P.klCoef) s where
  unbiased θ hθ := by
    show mean w (fun ω => inner (g ω θ) (P.trueParam - θ)) = _
    rw [mean_congr fun ω => inner_comm (g ω θ) _, h.mean_inner hθ, inner_comm]
  moment_le θ hθ := by
    show mean w (fun ω => norm (g ω θ) * norm (g ω θ)) ≤ _
    have h1 := h.mean_step_le hθ 0 (-1)
    have e : ∀ ω, (0 : Vec R d) - (-1 : R) * g ω θ = g ω θ := fun ω => Vec.ext fun j => by
      simp only [Vec.sub_apply, Vec.smul_apply, Vec.zero_apply]
      grind
    simp only [e, inner_zero_right] at h1
    have h2 := P.inner_gradient_self_le S hB θ
    simp only [norm_mul_self]
    grind

end Problem

end RLHF
