module
public import RLHF.Papers.Generalisation.Examples.ThreePrompts
public import RLHF.Papers.Generalisation.Main.Randomised

/-!
# Concrete instances: randomised algorithms

What is modelled: every headline theorem of `Main.Randomised` at the problem of
`Examples.ThreePrompts`, for stochastic ascents from `θ_0 = 0`.

## Main results
* `Demo.three_terms_le`, `Demo.two_terms_le`, `Demo.stability_le`, `Demo.noisy_le`,
  `Demo.sampled_le`: the bounds are numbers below `9/64 = 2B‖θ*‖`, which every
  gap within `‖θ*‖` of `θ*` has without any theorem.
-/

@[expose] public section

namespace RLHF.Demo

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R] {n : Nat}

/-! ### Stochastic gradient ascent: `n = 4` prompts, `T = 4` draws -/

/-- Stability constant `C (κ ρ · K ρ / √T + 2 ε² ρ² / λ)` of stochastic gradient ascent. -/
noncomputable def threeStability : R :=
  threeConstant * (conditionNumber (9 / 8)
    (exp (-(three (R := R)).exponentRadius (9 / 8) (1 / 16)) * threeEigenvalue) * (1 / 16) *
      ((three (R := R)).cocoercivity (9 / 8) * (1 / 16) / sqrt ((4 : Nat) : R)) +
    2 * (1 / 4 * (1 / 4)) * (1 / 16 * (1 / 16)) / (three (R := R)).klCoef)

/-- Optimisation term `C K ρ² / √T`. -/
noncomputable def threeOptimisation : R :=
  threeConstant * ((three (R := R)).cocoercivity (9 / 8) * (1 / 16 * (1 / 16)) /
    sqrt ((4 : Nat) : R))

/-- Four uniform draws from a sample of four. -/
noncomputable def fourDraws : Expect R (Fin 4 → Fin 4) :=
  (Expect.ofWeights (uniform_isProb (R := R) (n := 4) (by decide))).sample 4

/-- The output of stochastic gradient ascent from `0` along four draws. -/
noncomputable def threeOutput (S : Fin 4 → Fin 3) (draws : Fin 4 → Fin 4) : Vec R 2 :=
  (three (R := R)).leastGradientIterate S 0 ((three (R := R)).stepSize (9 / 8)) draws

theorem three_stable : (three (R := R)).StableInExpectation fourDraws threeOutput threeStability :=
  Problem.stableInExpectation_leastGradient three_coverage_trueParam three_featureBound three_radius
    (expBound_exp _) threeConstant_nonneg (by decide) (T := 4) (by decide)

theorem random_stability_instance :
    abs (expectSample (uniform (n := 3)) fun S : Fin 4 → Fin 3 => fourDraws fun draws =>
      (three (R := R)).objective S (threeOutput S draws) -
        (three (R := R)).population uniform (threeOutput S draws)) ≤ threeStability :=
  random_stability three three_stable (uniform_isProb (by decide)) (by decide)

theorem suboptimality_sga_three_terms_instance :
    (expectSample (uniform (n := 3)) fun S : Fin 4 → Fin 3 =>
      expectSample uniform fun draws : Fin 4 → Fin 4 =>
        (three (R := R)).population uniform (three (R := R)).trueParam -
          (three (R := R)).population uniform (threeOutput S draws)) ≤
    9 / 8 * norm (three (R := R)).trueParam / sqrt ((4 : Nat) : R) + threeOptimisation +
      threeStability :=
  suboptimality_sga_three_terms three three_coverage_trueParam three_featureBound three_radius
    (expBound_exp _) threeConstant_nonneg (uniform_isProb (by decide)) (by decide) (by decide)

theorem suboptimality_sga_two_terms_instance :
    (expectSample (uniform (n := 3)) fun S : Fin 4 → Fin 3 =>
      expectSample uniform fun draws : Fin 4 → Fin 4 =>
        (three (R := R)).population uniform (three (R := R)).trueParam -
          (three (R := R)).population uniform (threeOutput S draws)) ≤
    threeOptimisation + threeStability :=
  suboptimality_sga_two_terms three three_coverage_trueParam three_featureBound three_radius
    (expBound_exp _) threeConstant_nonneg (uniform_isProb (by decide)) (by decide) (by decide)

/-! ### What the bounds are -/

theorem sqrt_four : sqrt ((4 : Nat) : R) = 2 := sqrt_eq (by grind) (by grind)

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

theorem threeOptimisation_le : threeOptimisation (R := R) ≤ 3 / 1024 := by
  unfold threeOptimisation
  rw [sqrt_four]
  show threeConstant * (9 / 8 * (9 / 8) / 1 * (1 / 16 * (1 / 16)) / 2) ≤ (3 / 1024 : R)
  have := threeConstant_le (R := R)
  grind

theorem three_conditionNumber_le : conditionNumber (9 / 8 : R)
    (exp (-(three (R := R)).exponentRadius (9 / 8) (1 / 16)) * threeEigenvalue) ≤ 15 := by
  have h := exp_neg_ge (R := R)
  have h4 : ((4 : Nat) : R) = 4 := by grind
  unfold conditionNumber threeEigenvalue
  rw [h4]
  generalize exp (-(three (R := R)).exponentRadius (9 / 8) (1 / 16)) = y at *
  have hy := mul_le_mul h h (by grind) (by grind)
  rw [div_le_iff (mul_pos (by grind) (mul_pos (by grind) (div_pos (div_pos (by grind) (by grind))
    (by grind))))]
  grind

/-- The stability constant is a third of `9/64`. -/
theorem stability_le : threeStability (R := R) ≤ 3 / 64 := by
  have h := three_conditionNumber_le (R := R)
  have hC := threeConstant_le (R := R)
  unfold threeStability
  rw [sqrt_four]
  generalize conditionNumber (9 / 8 : R) _ = κ at *
  show threeConstant * (κ * (1 / 16) * (9 / 8 * (9 / 8) / 1 * (1 / 16) / 2) +
    2 * (1 / 4 * (1 / 4)) * (1 / 16 * (1 / 16)) / 1) ≤ (3 / 64 : R)
  have h1 := mul_le_mul_left (c := threeConstant (R := R)) h threeConstant_nonneg
  generalize threeConstant (R := R) = C at *
  grind

theorem two_terms_le : threeOptimisation + threeStability ≤ (51 / 1024 : R) := by
  have := threeOptimisation_le (R := R)
  have := stability_le (R := R)
  grind

theorem three_terms_le : 9 / 8 * norm (three (R := R)).trueParam / sqrt ((4 : Nat) : R) +
    threeOptimisation + threeStability ≤ (87 / 1024 : R) := by
  have := two_terms_le (R := R)
  rw [three_norm, sqrt_four]
  grind

/-! ### Noise that does not vanish at the optimum: `T = 256` steps -/

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
        64 / 81 * (1 / 5 * (1 / 5))) / sqrt ((256 : Nat) : R)) +
    2 * (1 / 4 * (1 / 4)) * (2 * (1 / 16) * (2 * (1 / 16))) / (three (R := R)).klCoef)

theorem norm_zero_sub_zero : norm (0 - 0 : Vec R 2) ≤ 1 / 16 := by
  have e : (0 - 0 : Vec R 2) = 0 := Vec.ext fun i => by
    rw [Vec.sub_apply, Vec.zero_apply]; grind
  rw [e, norm_zero]
  grind

theorem suboptimality_noisy_instance :
    (average fun t : Fin 256 => expectSample uniform fun draws : Fin t → Fin 6 =>
      (three (R := R)).population uniform (three (R := R)).trueParam -
        (three (R := R)).population uniform (projectedAscent jitteredGradient 0 (1 / 16) 0
          (64 / 81 / sqrt ((256 : Nat) : R)) draws)) ≤ noisyBound :=
  (suboptimality_noisy three jittered_oracle
    ((three_coverage eachOnce).of_norm_sub_le three_featureBound three_radius_le)
    three_featureBound three_radius_le norm_zero_sub_zero (expBound_exp _)
    (Std.le_of_lt (exp_pos _)) (uniform_isProb (by decide)) (by decide)).2 (64 / 81)
    (div_pos (by grind) (by grind)) (by show (64 / 81 * (9 / 8 * (9 / 8) / 1) : R) ≤ 1; grind)

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

theorem sqrt_large : sqrt ((256 : Nat) : R) = 16 := sqrt_eq (by grind) (by grind)

theorem noisy_le : noisyBound (R := R) ≤ 1 / 16 := by
  have h := noisy_conditionNumber_le (R := R)
  have hC := noisyConstant_le (R := R)
  have hC0 : 0 ≤ noisyConstant (R := R) := Std.le_of_lt (exp_pos _)
  unfold noisyBound
  rw [sqrt_large, three_radius]
  generalize conditionNumber (9 / 8 : R) _ = κ at *
  show noisyConstant * (κ * ((1 / 16 * (1 / 16) / (64 / 81) + 64 / 81 * (1 / 5 * (1 / 5))) / 16) +
    2 * (1 / 4 * (1 / 4)) * (2 * (1 / 16) * (2 * (1 / 16))) / 1) ≤ (1 / 16 : R)
  have h1 := mul_le_mul_left h hC0
  generalize noisyConstant (R := R) = C at *
  grind

/-! ### Sampled prompts, sampled actions, noise: `T = 256` steps -/

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

/-- The bound of `suboptimality_sampled` at the step size `1/16`. -/
noncomputable def sampledBound : R :=
  noisyConstant * (conditionNumber (9 / 8)
    (exp (-(three (R := R)).exponentRadius (9 / 8) (2 * (1 / 16))) * noisyEigenvalue) *
      (norm ((three (R := R)).trueParam - 0) * norm ((three (R := R)).trueParam - 0) /
        (1 / 16 * ((256 : Nat) : R)) + 1 / 16 * (1 / 16 * (1 / 16))) +
    2 * (1 / 4 * (1 / 4)) * (2 * (1 / 16) * (2 * (1 / 16))) / (three (R := R)).klCoef)

theorem suboptimality_sampled_instance : (average fun t : Fin 256 =>
    expectIterate (projectedTransition sampledLaw 0 (1 / 16) (1 / 16)) t
      (fun θ => (three (R := R)).population uniform (three (R := R)).trueParam -
        (three (R := R)).population uniform θ) 0) ≤ sampledBound :=
  suboptimality_sampled three sampledGradient
    ((three_coverage eachOnce).of_norm_sub_le three_featureBound three_radius_le)
    three_featureBound three_radius_le norm_zero_sub_zero (expBound_exp _)
    (Std.le_of_lt (exp_pos _)) (uniform_isProb (by decide)) (by decide)
    (div_pos (by grind) (by grind))
    (by show (1 / 16 * (2 * (9 / 8 * (9 / 8)) / 1) : R) ≤ 1; grind)

theorem sampled_le : sampledBound (R := R) ≤ 1 / 64 := by
  have h := noisy_conditionNumber_le (R := R)
  have hC := noisyConstant_le (R := R)
  have hC0 : 0 ≤ noisyConstant (R := R) := Std.le_of_lt (exp_pos _)
  have hT : ((256 : Nat) : R) = 256 := by grind
  unfold sampledBound
  rw [hT, three_radius]
  generalize conditionNumber (9 / 8 : R) _ = κ at *
  show noisyConstant * (κ * (1 / 16 * (1 / 16) / (1 / 16 * 256) + 1 / 16 * (1 / 16 * (1 / 16))) +
    2 * (1 / 4 * (1 / 4)) * (2 * (1 / 16) * (2 * (1 / 16))) / 1) ≤ (1 / 64 : R)
  have h1 := mul_le_mul_left h hC0
  generalize noisyConstant (R := R) = C at *
  grind

end RLHF.Demo
