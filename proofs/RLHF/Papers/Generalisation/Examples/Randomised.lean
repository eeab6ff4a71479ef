module
public import RLHF.Papers.Generalisation.Examples.ThreePrompts
public import RLHF.Papers.Generalisation.Main.Randomised
public import RLHF.Papers.Generalisation.Suboptimality.HighProbability

/-!
# Concrete instances: randomised algorithms

What is modelled: every headline theorem of `Main.Randomised` at the problem of
`Examples.ThreePrompts`, for stochastic ascents from `θ_0 = 0`.

## Main results
* The instances conclude with numbers below what holds without a sample: `Demo.three_gap_le` within
  `‖θ*‖` of `θ*`, and `Demo.three_gap_ball_le` on the ball that iterates are projected on.
* `Demo.three_generalisation_le`: without a sample, of `J_S(θ_S) - J(θ_S)` in expectation.
-/

@[expose] public section

namespace RLHF.Demo

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R] {n : Nat}

/-! ### Stochastic gradient ascent: `n = 4`, `T = 10^8`, and `n = 10^4`, `T = 10^12` -/

/-- Stability constant `C (κ ρ · K ρ / √T + 2 ε² ρ² / λ)` of stochastic gradient ascent. -/
noncomputable def threeStability (n T : Nat) : R :=
  threeConstant * (conditionNumber (9 / 8)
    (exp (-(three (R := R)).exponentRadius (9 / 8) (1 / 16)) * threeEigenvalue n) * (1 / 16) *
      ((three (R := R)).cocoercivity (9 / 8) * (1 / 16) / sqrt (T : R)) +
    2 * (1 / 4 * (1 / 4)) * (1 / 16 * (1 / 16)) / (three (R := R)).klCoef)

/-- Optimisation term `C K ρ² / √T`. -/
noncomputable def threeOptimisation (T : Nat) : R :=
  threeConstant * ((three (R := R)).cocoercivity (9 / 8) * (1 / 16 * (1 / 16)) / sqrt (T : R))

/-- Uniform draws from a sample of four. -/
noncomputable def fourDraws : Expect R (Fin 100000000 → Fin 4) :=
  (Expect.ofWeights (uniform_isProb (R := R) (n := 4) (by decide))).sample 100000000

/-- The output of stochastic gradient ascent from `0` along the draws. -/
noncomputable def threeOutput {T : Nat} (S : Fin n → Fin 3) (draws : Fin T → Fin n) : Vec R 2 :=
  (three (R := R)).leastGradientIterate S 0 ((three (R := R)).stepSize (9 / 8)) draws

theorem three_stable : (three (R := R)).StableInExpectation fourDraws threeOutput
    (threeStability 4 100000000) :=
  Problem.stableInExpectation_leastGradient (three_coverage_trueParam (n := 3)) three_featureBound
    three_radius (expBound_exp _) threeConstant_nonneg (by decide) (T := 100000000) (by decide)

/-- Without a sample: `J_S(θ) - J(θ)` is within `17/5120` of `J_S(θ*) - J(θ*)`, of mean `0`. -/
theorem three_generalisation_le {alg : (Fin 4 → Fin 3) → (Fin 100000000 → Fin 4) → Vec R 2}
    (hθ : ∀ S draws, norm ((three (R := R)).trueParam - alg S draws) ≤ 1 / 16) :
    abs (expectSample (uniform (n := 3)) fun S : Fin 4 → Fin 3 => fourDraws fun draws =>
      (three (R := R)).objective S (alg S draws) -
        (three (R := R)).population uniform (alg S draws)) ≤ 17 / 5120 := by
  have hD := uniform_isProb (R := R) (n := 3) (by decide)
  have h0 : ∀ c : R, (expectSample uniform fun S : Fin 4 → Fin 3 =>
      (three (R := R)).objective S (three (R := R)).trueParam -
        (three (R := R)).population uniform (three (R := R)).trueParam + c) = c := fun c => by
    rw [expectSample_add, expectSample_sub, Problem.expectSample_objective three hD (by decide),
      expectSample_const hD, expectSample_const hD]
    grind
  have gap : ∀ (S : Fin 4 → Fin 3) θ, (three (R := R)).population uniform θ ≤
      (three (R := R)).population uniform (three (R := R)).trueParam ∧
      (three (R := R)).objective S θ ≤ (three (R := R)).objective S (three (R := R)).trueParam :=
    fun S θ => ⟨mean_mono hD.nonneg fun x => (three (R := R)).objectiveAt_le x θ,
      average_mono fun i => (three (R := R)).objectiveAt_le (S i) θ⟩
  rw [abs_le]
  have le_of_eq : ∀ {x y : R}, x = y → x ≤ y := fun h => h ▸ Std.le_refl _
  refine ⟨Std.le_trans (le_of_eq (h0 _).symm) ?_, Std.le_trans ?_ (le_of_eq (h0 _))⟩
  · refine expectSample_mono hD.nonneg fun S => fourDraws.le_of_forall_ge fun ω => ?_
    have := three_sample_gap_le (by decide) (hθ S ω) S
    have := gap S (alg S ω)
    grind
  · refine expectSample_mono hD.nonneg fun S => fourDraws.le_of_forall_le fun ω => ?_
    have := three_gap_le (hθ S ω)
    have := gap S (alg S ω)
    grind

/-! ### What the bounds are -/

theorem sqrt_large : sqrt ((100000000 : Nat) : R) = 10000 := sqrt_eq (by grind) (by grind)

theorem exp_neg_ge : 55 / 64 ≤ exp (-(three (R := R)).exponentRadius (9 / 8) (1 / 16)) := by
  have h := add_one_le_exp (-(three (R := R)).exponentRadius (9 / 8) (1 / 16))
  have e : (three (R := R)).exponentRadius (9 / 8) (1 / 16) = 9 / 64 := by
    show 2 * (9 / 8 * (1 / 16)) / 1 = (9 / 64 : R)
    grind
  rw [e] at h ⊢
  grind

theorem threeConstant_le : threeConstant (R := R) ≤ 64 / 55 := by
  have h := exp_neg_ge (R := R)
  have k := exp_neg_mul_exp ((three (R := R)).exponentRadius (9 / 8) (1 / 16))
  have := mul_le_mul_right h (threeConstant_nonneg (R := R))
  unfold threeConstant at *
  rw [k] at this
  clear k h
  grind

theorem threeOptimisation_le {T : Nat} {r : R} (hr : 0 < r) (hT : sqrt (T : R) = r) :
    threeOptimisation T ≤ 64 / 55 * (81 / 16384 / r) := by
  have h := mul_le_mul_right threeConstant_le (div_nonneg (by grind : (0 : R) ≤ 81 / 16384) hr)
  have e : (9 / 8 * (9 / 8) / 1 * (1 / 16 * (1 / 16)) : R) = 81 / 16384 := by grind
  unfold threeOptimisation
  show threeConstant * (9 / 8 * (9 / 8) / 1 * (1 / 16 * (1 / 16)) / sqrt (T : R)) ≤ _
  rw [e, hT]
  exact h

theorem three_conditionNumber_le (hn : 0 < n) : conditionNumber (9 / 8 : R)
    (exp (-(three (R := R)).exponentRadius (9 / 8) (1 / 16)) * threeEigenvalue n) ≤
      15 / 4 * (n : R) := by
  have h := exp_neg_ge (R := R)
  have hN := natCast_pos (R := R) hn
  unfold conditionNumber threeEigenvalue
  generalize exp (-(three (R := R)).exponentRadius (9 / 8) (1 / 16)) = y at *
  generalize (n : R) = N at *
  have hy := mul_le_mul h h (by grind) (by grind)
  have e : 15 / 4 * N * (y * (y * (16 / 17 / N))) = 15 / 4 * (16 / 17) * (y * y) := by
    clear h hy; grind
  rw [div_le_iff (mul_pos (by grind) (mul_pos (by grind) (div_pos (by grind) hN))), e]
  clear e hN
  grind

theorem threeStability_le {T : Nat} {r : R} (hr : 0 < r) (hT : sqrt (T : R) = r) (hn : 0 < n) :
    threeStability n T ≤ 64 / 55 * (15 / 4 * (n : R) * (1 / 16) * (81 / 1024 / r) + 1 / 2048) := by
  have hs := div_nonneg (by grind : (0 : R) ≤ 81 / 1024) hr
  have h := mul_le_mul_right (three_conditionNumber_le (R := R) hn) hs
  have h0 := mul_nonneg (Std.le_of_lt (natCast_pos (R := R) hn)) hs
  have e : (9 / 8 * (9 / 8) / 1 * (1 / 16) : R) = 81 / 1024 := by grind
  unfold threeStability
  generalize conditionNumber (9 / 8 : R) _ = κ at *
  show threeConstant * (κ * (1 / 16) * (9 / 8 * (9 / 8) / 1 * (1 / 16) / sqrt (T : R)) +
    2 * (1 / 4 * (1 / 4)) * (1 / 16 * (1 / 16)) / 1) ≤ _
  rw [e, hT]
  generalize 81 / 1024 / r = s at *
  refine Std.le_trans (mul_le_mul_left (?_ : _ ≤ 15 / 4 * (n : R) * (1 / 16) * s + 1 / 2048)
    threeConstant_nonneg) (mul_le_mul_right threeConstant_le ?_)
  · clear h0 hs e; grind
  · clear h hs e; grind

/-- The stability constant is below a fifth of `17/5120`. -/
theorem stability_le : threeStability 4 100000000 ≤ (1 / 1700 : R) := by
  have h := threeStability_le (R := R) (n := 4) (by grind) sqrt_large (by decide)
  have h4 : ((4 : Nat) : R) = 4 := by grind
  rw [h4] at h
  grind

theorem random_stability_instance :
    abs (expectSample (uniform (n := 3)) fun S : Fin 4 → Fin 3 => fourDraws fun draws =>
      (three (R := R)).objective S (threeOutput S draws) -
        (three (R := R)).population uniform (threeOutput S draws)) ≤ 1 / 1700 :=
  Std.le_trans (random_stability three three_stable (uniform_isProb (by decide)) (by decide))
    stability_le

theorem two_terms_le : threeOptimisation 100000000 + threeStability 4 100000000 ≤
    (1 / 1600 : R) := by
  have h := threeOptimisation_le (R := R) (by grind) sqrt_large
  have := stability_le (R := R)
  grind

theorem suboptimality_sga_two_terms_instance :
    (expectSample (uniform (n := 3)) fun S : Fin 4 → Fin 3 =>
      expectSample uniform fun draws : Fin 100000000 → Fin 4 =>
        (three (R := R)).population uniform (three (R := R)).trueParam -
          (three (R := R)).population uniform (threeOutput S draws)) ≤ 1 / 1600 :=
  Std.le_trans (suboptimality_sga_two_terms three (three_coverage_trueParam (n := 3))
    three_featureBound three_radius (expBound_exp _) threeConstant_nonneg
    (uniform_isProb (by decide)) (by decide) (by decide)) two_terms_le

theorem three_terms_le : 9 / 8 * norm (three (R := R)).trueParam / sqrt ((10000 : Nat) : R) +
    threeOptimisation 1000000000000 + threeStability 10000 1000000000000 ≤ (1 / 650 : R) := by
  have hT : sqrt ((1000000000000 : Nat) : R) = 1000000 := sqrt_eq (by grind) (by grind)
  have h := threeOptimisation_le (by grind) hT
  have k := threeStability_le (n := 10000) (by grind) hT (by decide)
  have hn : sqrt ((10000 : Nat) : R) = 100 := sqrt_eq (by grind) (by grind)
  have hn' : ((10000 : Nat) : R) = 10000 := by grind
  rw [hn'] at k
  rw [three_norm, hn]
  clear hT hn hn'
  grind

theorem suboptimality_sga_three_terms_instance :
    (expectSample (uniform (n := 3)) fun S : Fin 10000 → Fin 3 =>
      expectSample uniform fun draws : Fin 1000000000000 → Fin 10000 =>
        (three (R := R)).population uniform (three (R := R)).trueParam -
          (three (R := R)).population uniform (threeOutput S draws)) ≤ 1 / 650 :=
  Std.le_trans (suboptimality_sga_three_terms three (three_coverage_trueParam (n := 9999))
    three_featureBound three_radius (expBound_exp _) threeConstant_nonneg
    (uniform_isProb (by decide)) (by decide) (by decide)) three_terms_le

/-! ### Noise that does not vanish at the optimum: `T = 10^8` steps -/

/-- Constant `e^M` at `M = 4Br/λ = 9/32`. -/
noncomputable def noisyConstant : R := exp (2 * (9 / 8 * (2 * (1 / 16))) / (three (R := R)).klCoef)

/-- Constant of coverage of `eachOnce` at `θ*`. -/
noncomputable def noisyEigenvalue : R :=
  exp (-(three (R := R)).exponentRadius (9 / 8) (1 / 16)) * (16 / 17 / ((3 : Nat) : R))

/-- The bound of `suboptimality_noisy` at the step size `(64/81)/√T`. -/
noncomputable def noisyBound : R :=
  noisyConstant * (conditionNumber (9 / 8)
    (exp (-(three (R := R)).exponentRadius (9 / 8) (2 * (1 / 16))) * noisyEigenvalue) *
      ((norm ((three (R := R)).trueParam - 0) * norm ((three (R := R)).trueParam - 0) / (64 / 81) +
        64 / 81 * (1 / 5 * (1 / 5))) / sqrt ((100000000 : Nat) : R)) +
    2 * (1 / 4 * (1 / 4)) * (2 * (1 / 16) * (2 * (1 / 16))) / (three (R := R)).klCoef)

theorem norm_zero_sub_zero : norm (0 - 0 : Vec R 2) ≤ 1 / 16 := by
  have e : (0 - 0 : Vec R 2) = 0 := Vec.ext fun i => by
    rw [Vec.sub_apply, Vec.zero_apply]; grind
  rw [e, norm_zero]
  grind

theorem noisy_radius : (three (R := R)).exponentRadius (9 / 8) (2 * (1 / 16)) = 9 / 32 := by
  show 2 * (9 / 8 * (2 * (1 / 16))) / 1 = (9 / 32 : R)
  grind

theorem exp_neg_noisy_ge : 23 / 32 ≤ exp (-(9 / 32 : R)) := by
  have h := add_one_le_exp (-(9 / 32 : R))
  grind

theorem noisyConstant_le : noisyConstant (R := R) ≤ 32 / 23 := by
  have h := exp_neg_noisy_ge (R := R)
  have k := exp_neg_mul_exp (9 / 32 : R)
  have e : 2 * (9 / 8 * (2 * (1 / 16))) / (three (R := R)).klCoef = 9 / 32 := noisy_radius
  unfold noisyConstant
  rw [e]
  have := mul_le_mul_right h (Std.le_of_lt (exp_pos (9 / 32 : R)))
  rw [k] at this
  clear k h e
  grind

theorem noisy_conditionNumber_le : conditionNumber (9 / 8 : R)
    (exp (-(three (R := R)).exponentRadius (9 / 8) (2 * (1 / 16))) * noisyEigenvalue) ≤ 14 := by
  have h := exp_neg_ge (R := R)
  have h' := exp_neg_noisy_ge (R := R)
  have h3 : ((3 : Nat) : R) = 3 := by grind
  unfold conditionNumber noisyEigenvalue
  rw [noisy_radius, h3]
  generalize exp (-(three (R := R)).exponentRadius (9 / 8) (1 / 16)) = y at *
  generalize exp (-(9 / 32 : R)) = z at *
  have hy := mul_le_mul h' h (by grind) (by grind)
  rw [div_le_iff (mul_pos (by grind) (mul_pos (by grind) (div_pos (div_pos (by grind) (by grind))
    (by grind))))]
  grind

theorem noisy_le : noisyBound (R := R) ≤ 1 / 350 := by
  have h := noisy_conditionNumber_le (R := R)
  have hC := noisyConstant_le (R := R)
  have hC0 : 0 ≤ noisyConstant (R := R) := Std.le_of_lt (exp_pos _)
  unfold noisyBound
  rw [sqrt_large, three_radius]
  generalize conditionNumber (9 / 8 : R) _ = κ at *
  show noisyConstant * (κ * ((1 / 16 * (1 / 16) / (64 / 81) + 64 / 81 * (1 / 5 * (1 / 5))) /
    10000) + 2 * (1 / 4 * (1 / 4)) * (2 * (1 / 16) * (2 * (1 / 16))) / 1) ≤ (1 / 350 : R)
  have h1 := mul_le_mul_left h hC0
  generalize noisyConstant (R := R) = C at *
  grind

theorem suboptimality_noisy_instance :
    (average fun t : Fin 100000000 => expectSample uniform fun draws : Fin t → Fin 6 =>
      (three (R := R)).population uniform (three (R := R)).trueParam -
        (three (R := R)).population uniform (projectedAscent jitteredGradient 0 (1 / 16) 0
          (64 / 81 / sqrt ((100000000 : Nat) : R)) draws)) ≤ 1 / 350 :=
  Std.le_trans ((suboptimality_noisy three jittered_oracle
    ((three_coverage eachOnce).of_norm_sub_le three_featureBound three_radius_le)
    three_featureBound three_radius_le norm_zero_sub_zero (expBound_exp _)
    (Std.le_of_lt (exp_pos _)) (uniform_isProb (by decide)) (by decide)).2 (64 / 81)
    (div_pos (by grind) (by grind)) (by show (64 / 81 * (9 / 8 * (9 / 8) / 1) : R) ≤ 1; grind))
    noisy_le

/-! ### Sampled prompts, sampled actions, noise: `T = 10^8` steps -/

/-- Noise `jitter` or `-jitter`. -/
noncomputable def jitterNoise (ω : Fin 2) : Vec R 2 :=
  ((if ω = 0 then 1 else -1) : R) * (jitter : Vec R 2)

/-- A prompt of `eachOnce`, two actions from the policy, and this noise. -/
noncomputable def sampledLaw : Vec R 2 → Expect R (Vec R 2) :=
  (three (R := R)).pairwiseLaw eachOnce (by decide) (uniform_isProb (n := 2) (by decide))
    jitterNoise

theorem sampledGradient : (three (R := R)).SampledGradient eachOnce sampledLaw 0 (1 / 16)
    (2 * (9 / 8 * (9 / 8)) / (three (R := R)).klCoef) (1 / 16) :=
  Problem.sampledGradient_pairwise three eachOnce three_featureBound (by decide)
    (uniform_isProb (by decide))
    (fun v => by
      have h2 : ((2 : Nat) : R) = 2 := by grind
      unfold jitterNoise
      simp only [inner_smul_left, mean, sum, uniform, h2]
      show 1 / 2 * (1 * inner jitter v) + (1 / 2 * (-1 * inner jitter v) + 0) = (0 : R)
      grind)
    (by
      have e : ∀ ω, norm (jitterNoise ω : Vec R 2) * norm (jitterNoise ω : Vec R 2) = 1 / 256 :=
        fun ω => by
          unfold jitterNoise
          rw [norm_mul_self, inner_smul_left, inner_smul_right, ← Semiring.mul_assoc, sign_mul_self,
            inner_jitter]
          grind
      rw [mean_congr e, mean_const (uniform_isProb (by decide))]
      grind)

/-- The bound of `suboptimality_sampled` at the step size `1/1600`. -/
noncomputable def sampledBound : R :=
  noisyConstant * (conditionNumber (9 / 8)
    (exp (-(three (R := R)).exponentRadius (9 / 8) (2 * (1 / 16))) * noisyEigenvalue) *
      (norm ((three (R := R)).trueParam - 0) * norm ((three (R := R)).trueParam - 0) /
        (1 / 1600 * ((100000000 : Nat) : R)) + 1 / 1600 * (1 / 16 * (1 / 16))) +
    2 * (1 / 4 * (1 / 4)) * (2 * (1 / 16) * (2 * (1 / 16))) / (three (R := R)).klCoef)

theorem sampled_le : sampledBound (R := R) ≤ 1 / 350 := by
  have h := noisy_conditionNumber_le (R := R)
  have hC := noisyConstant_le (R := R)
  have hC0 : 0 ≤ noisyConstant (R := R) := Std.le_of_lt (exp_pos _)
  have hT : ((100000000 : Nat) : R) = 100000000 := by grind
  unfold sampledBound
  rw [hT, three_radius]
  generalize conditionNumber (9 / 8 : R) _ = κ at *
  show noisyConstant * (κ * (1 / 16 * (1 / 16) / (1 / 1600 * 100000000) +
    1 / 1600 * (1 / 16 * (1 / 16))) + 2 * (1 / 4 * (1 / 4)) *
      (2 * (1 / 16) * (2 * (1 / 16))) / 1) ≤ (1 / 350 : R)
  have h1 := mul_le_mul_left h hC0
  generalize noisyConstant (R := R) = C at *
  grind

theorem suboptimality_sampled_instance : (average fun t : Fin 100000000 =>
    expectIterate (projectedTransition sampledLaw 0 (1 / 16) (1 / 1600)) t
      (fun θ => (three (R := R)).population uniform (three (R := R)).trueParam -
        (three (R := R)).population uniform θ) 0) ≤ 1 / 350 :=
  Std.le_trans (suboptimality_sampled three sampledGradient
    ((three_coverage eachOnce).of_norm_sub_le three_featureBound three_radius_le)
    three_featureBound three_radius_le norm_zero_sub_zero (expBound_exp _)
    (Std.le_of_lt (exp_pos _)) (uniform_isProb (by decide)) (by decide)
    (div_pos (by grind) (by grind))
    (by show (1 / 1600 * (2 * (9 / 8 * (9 / 8)) / 1) : R) ≤ 1; grind)) sampled_le

end RLHF.Demo
