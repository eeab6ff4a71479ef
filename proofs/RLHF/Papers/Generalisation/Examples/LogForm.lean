module
public import RLHF.Foundations.ExpUnit
public import RLHF.Papers.Generalisation.Main.LogForm
public import RLHF.Papers.Generalisation.Suboptimality.WithoutCoverage

/-!
# Concrete instances: bounds with the logarithm kept

What is modelled: every headline theorem of `Main.LogForm` at one problem with three prompts, a
sample of two of them, and a coverage that is neither exact nor trivial: of the third prompt a part
of length `1/10` lies outside of what the sample sees.

## Main definitions
* `Demo.partlySeen`: features `±(1, 0)`, `±(1, 0)`, `±(1/2, 1/10)`, `q = (1/2, 1/2)`, `λ = 1` and
  `θ* = (3/10, 2/5)`, at distance `1/2` from `0`. So `B = 1`, `M = 1`, and `C = 4/5` will do.
* `Demo.partFitted`: `(3/10, 0)`, stationary on the sample, at distance `2/5` from `θ*`.

## Main results
* `Demo.partlySeen_coverage`: the first two prompts cover at `0` with `σ = 1`, `ε = 1/10`.
-/

@[expose] public section

namespace RLHF.Demo

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R]

/-- Features `±(1, 0)` at two prompts, `±(1/2, 1/10)` at the third. -/
noncomputable def partFeature (x : Fin 3) (a : Fin 2) : Vec R 2 := fun j =>
  (if a = 0 then 1 else -1) * (if j = 0 then (if x = 2 then 1 / 2 else 1) else
    (if x = 2 then 1 / 10 else 0))

/-- Vector `(3/10, 2/5)`, of length `1/2`. -/
noncomputable def partTarget : Vec R 2 := fun j => if j = 0 then 3 / 10 else 2 / 5

/-- Three prompts; two have features along the first axis only. -/
noncomputable def partlySeen : Problem R 3 2 2 where
  feature := partFeature
  refPolicy _ _ := 1 / 2
  trueParam := partTarget
  klCoef := 1
  klCoef_pos := by grind
  refPolicy_pos _ _ := div_pos (by grind) (by grind)
  refPolicy_sum _ := by simp only [sum]; grind

/-- The sample of the first two prompts. -/
def partSample (i : Fin 2) : Fin 3 := if i = 0 then 0 else 1

/-- Equal weights of the three prompts. -/
noncomputable def partWeights (_ : Fin 3) : R := 1 / 3

theorem partWeights_isProb : IsProb (partWeights (R := R)) where
  nonneg _ := Std.le_of_lt (div_pos (by grind) (by grind))
  sum_eq_one := by simp only [sum, partWeights]; grind

theorem partlySeen_featureBound : (partlySeen (R := R)).FeatureBound 1 := fun x a => by
  refine norm_le_of_inner_le (by grind) ?_
  show inner (partFeature x a) (partFeature x a) ≤ (1 * 1 : R)
  simp only [inner, sum, partFeature]
  repeat' split
  all_goals grind

theorem partlySeen_differenceBound : (partlySeen (R := R)).DifferenceBound (2 * 1) :=
  partlySeen_featureBound.differenceBound

/-- Projection on the first axis. -/
noncomputable def partAxis (i : Fin 2) : Vec R 2 := fun j => if i = 0 ∧ j = 0 then 1 else 0

theorem mulVec_partAxis (v : Vec R 2) : mulVec partAxis v = fun j => if j = 0 then v 0 else 0 :=
  Vec.ext fun i => by simp only [mulVec, inner, sum, partAxis]; grind

theorem inner_covarianceOn_partSample (v : Vec R 2) :
    inner (mulVec ((partlySeen (R := R)).covarianceOn partSample 0) v) v = v 0 * v 0 := by
  rw [Problem.inner_mulVec_covarianceOn]
  simp only [Problem.policy_zero]
  show (average fun i => var (fun _ => 1 / 2) fun a =>
    inner v (partFeature (partSample i) a)) = _
  have h2 : ((2 : Nat) : R) = 2 := by grind
  simp only [average, sum, var, cov, mean, inner, partFeature, partSample, h2]
  grind

theorem partlySeen_coverage :
    (partlySeen (R := R)).Coverage partSample 0 partAxis 1 (1 / 10) where
  symm i j := by unfold partAxis; grind
  residual_le x a := by
    refine norm_le_of_inner_le (Std.le_of_lt (div_pos (by grind) (by grind))) ?_
    rw [mulVec_partAxis]
    show inner (partFeature x a - fun j => if j = 0 then partFeature x a 0 else 0)
      (partFeature x a - fun j => if j = 0 then partFeature x a 0 else 0) ≤
      (1 / 10 * (1 / 10) : R)
    simp only [inner, sum, partFeature, Vec.sub_apply]
    repeat' split
    all_goals grind
  eigenvalue_pos := by grind
  le_covariance v := by
    rw [inner_covarianceOn_partSample, norm_mul_self, mulVec_partAxis]
    simp only [inner, sum]
    grind

theorem norm_partTarget : norm (partTarget - 0 : Vec R 2) = 1 / 2 := by
  refine sqrt_eq (Std.le_of_lt (div_pos (by grind) (by grind))) ?_
  simp only [inner, sum, partTarget, Vec.sub_apply, Vec.zero_apply]
  grind

theorem norm_partTarget_le : norm ((partlySeen (R := R)).trueParam - 0) ≤ 1 / 2 := by
  show norm (partTarget - 0 : Vec R 2) ≤ 1 / 2
  rw [norm_partTarget]
  exact Std.le_refl _

/-- `4/5` is a second-order constant at `Δρ/λ = 1`. -/
private theorem expBound_differences : ExpBound (2 * 1 * (1 / 2) / 1 : R) (4 / 5) := by
  rw [show (2 * 1 * (1 / 2) / 1 : R) = 1 by grind]
  exact expBound_one

private theorem expBound_radius :
    ExpBound ((partlySeen (R := R)).exponentRadius 1 (1 / 2)) (4 / 5) := by
  show ExpBound (2 * (1 * (1 / 2)) / 1 : R) (4 / 5)
  rw [show (2 * (1 * (1 / 2)) / 1 : R) = 1 by grind]
  exact expBound_one

private theorem constant_nonneg : (0 : R) ≤ 4 / 5 := Std.le_of_lt (div_pos (by grind) (by grind))

/-! ### At one prompt, on the sample, on the population -/

/-- At the prompt that is not in the sample. -/
theorem gap_log_form_instance :
    (partlySeen (R := R)).objectiveAt 2 partTarget - partlySeen.objectiveAt 2 0 ≤
    1 * log (1 + 4 / 5 / 1 * inner (partlySeen.gradientAt 2 0) (partTarget - 0)) :=
  gap_log_form partlySeen partlySeen_differenceBound norm_partTarget_le expBound_differences 2

theorem gap_log_form_sample_instance :
    (partlySeen (R := R)).objective partSample partTarget - partlySeen.objective partSample 0 ≤
      1 * log (1 + 4 / 5 / 1 * inner (partlySeen.gradient partSample 0) (partTarget - 0)) ∧
    (partlySeen (R := R)).population partWeights partTarget - partlySeen.population partWeights 0 ≤
      1 * log (1 + 4 / 5 / 1 *
        mean partWeights fun x => inner (partlySeen.gradientAt x 0) (partTarget - 0)) :=
  have h := gap_log_form_sample (n := 2) (D := partWeights) partlySeen partlySeen_differenceBound
    norm_partTarget_le expBound_differences
  ⟨h.1 partSample, h.2 partWeights_isProb⟩

/-- The range, `1` here. -/
theorem gap_range_instance : 0 ≤ (partlySeen (R := R)).population partWeights partTarget -
      partlySeen.population partWeights 0 ∧
    (partlySeen (R := R)).population partWeights partTarget - partlySeen.population partWeights 0 ≤
      2 * 1 * norm (partTarget - 0 : Vec R 2) :=
  (gap_range (n := 2) partlySeen partlySeen_differenceBound 0).2.2 partWeights_isProb

/-! ### Coverage -/

/-- At the prompt that is not in the sample, with the split `t = 1/2`. -/
theorem coverage_split_instance (v : Vec R 2) :
    var (fun _ => 1 / 2) (fun a => inner v ((partlySeen (R := R)).feature 2 a)) ≤
      (1 + 1 / 2) * (1 * 1 / 1) * inner (mulVec (partlySeen.covarianceOn partSample 0) v) v +
        (1 + 1 / (1 / 2)) * (1 / 10 * (1 / 10)) * (norm v * norm v) :=
  (coverage_split partlySeen partlySeen_coverage partlySeen_featureBound 2
    (partlySeen.refPolicy_isProb 2) v).2.1 (1 / 2) (div_pos (by grind) (by grind))

theorem coverage_split_differences_instance (v : Vec R 2) :
    var (fun _ => 1 / 2) (fun a => inner v ((partlySeen (R := R)).feature 2 a)) ≤
      (1 + 1 / 2) * (2 * 1 * (2 * 1) / (4 * 1)) *
        inner (mulVec (partlySeen.covarianceOn partSample 0) v) v +
        (1 + 1 / (1 / 2)) * (2 * (1 / 10) * (2 * (1 / 10)) / 4) * (norm v * norm v) :=
  (coverage_split_differences partlySeen partlySeen_coverage.differences
    partlySeen_differenceBound 2 (partlySeen.refPolicy_isProb 2) v).2.1 (1 / 2)
    (div_pos (by grind) (by grind))

/-! ### The direct route -/

/-- Vector `(3/10, 0)`: `θ*` along the axis that the sample sees. -/
noncomputable def partFitted : Vec R 2 := fun j => if j = 0 then 3 / 10 else 0

theorem gradient_partFitted : (partlySeen (R := R)).gradient partSample partFitted = 0 :=
  Problem.gradient_eq_zero_of_inner_eq fun i a b => by
    show inner (partTarget - partFitted) (partFeature (partSample i) a) =
      inner (partTarget - partFitted) (partFeature (partSample i) b)
    simp only [inner, sum, partFeature, partSample, partTarget, partFitted, Vec.sub_apply]
    grind

theorem norm_partFitted_le :
    norm ((partlySeen (R := R)).trueParam - partFitted) ≤ 2 / 5 := by
  refine norm_le_of_inner_le (Std.le_of_lt (div_pos (by grind) (by grind))) ?_
  show inner (partTarget - partFitted) (partTarget - partFitted) ≤ (2 / 5 * (2 / 5) : R)
  simp only [inner, sum, partTarget, partFitted, Vec.sub_apply]
  grind

/-- Coverage at `(3/10, 0)`, at the distance `3/10` from `0`. -/
theorem partFitted_coverage : (partlySeen (R := R)).Coverage partSample partFitted partAxis
    (exp (-(2 * (1 * (3 / 10)) / (partlySeen (R := R)).klCoef)) * 1) (1 / 10) :=
  partlySeen_coverage.of_norm_sub_le partlySeen_featureBound (by
    refine norm_le_of_inner_le (Std.le_of_lt (div_pos (by grind) (by grind))) ?_
    simp only [inner, sum, partFitted, Vec.sub_apply, Vec.zero_apply]
    grind)

private theorem expBound_fitted :
    ExpBound ((partlySeen (R := R)).exponentRadius 1 (2 / 5)) (4 / 5) :=
  expBound_one.mono (by show (2 * (1 * (2 / 5)) / 1 : R) ≤ 1; grind)

/-- Coverage with `ε = 1/10` at `(3/10, 0)`, where `∇J_S = 0`: the gap is at most
`log(1 + (4/5) (1/25)²) < 0.0013`. Without a sample, `hΔ²ρ²/λ` is `0.128` at `h = 1/5`. -/
theorem suboptimality_direct_log_instance :
    (partlySeen (R := R)).population partWeights partTarget -
        partlySeen.population partWeights partFitted ≤ log (1 + 4 / 5 * (1 / 25 * (1 / 25))) ∧
    log (1 + 4 / 5 * (1 / 25 * (1 / 25)) : R) < 13 / 10000 := by
  have h := (suboptimality_direct_log (partlySeen (R := R)) partFitted_coverage
    partlySeen_featureBound norm_partFitted_le expBound_fitted constant_nonneg
    partWeights_isProb).1
  rw [gradient_partFitted, norm_zero] at h
  refine ⟨Std.le_trans h ?_, ?_⟩
  · show 1 * log (1 + 4 / 5 / (1 * 1) * ((sqrt (1 * 1 / _ * (1 * (2 / 5 * 0))) +
      1 / 10 * (2 / 5)) * (sqrt (1 * 1 / _ * (1 * (2 / 5 * 0))) + 1 / 10 * (2 / 5)))) ≤ _
    rw [show ∀ y : R, y * (1 * (2 / 5 * 0)) = 0 by intro y; grind, sqrt_eq (y := 0) (by grind)
      (by grind), show (1 + 4 / 5 / (1 * 1) * ((0 + 1 / 10 * (2 / 5)) * (0 + 1 / 10 * (2 / 5))) :
      R) = 1 + 4 / 5 * (1 / 25 * (1 / 25)) by grind, Semiring.one_mul]
    exact Std.le_refl _
  · have := log_le_sub_one (by grind : (0 : R) < 1 + 4 / 5 * (1 / 25 * (1 / 25)))
    grind

private theorem exp_one_le : exp (1 : R) ≤ 14 / 5 := by
  have h := expBound_one (R := R) 1 (by rw [abs_of_nonneg (by grind)]; grind)
  grind

private theorem ascent_le : 1 * 1 / (exp (-(2 * (1 * (1 / 2)) / 1)) *
    (exp (-(2 * (1 * (1 / 2)) / 1)) * 1)) *
      (1 * (1 * 1 / 1 * (1 / 2 * (1 / 2)) / ((400 : Nat) : R))) ≤ 7 / 100 * (7 / 100) := by
  have h := exp_one_le (R := R)
  have h0 := exp_pos (1 : R)
  have e4 : ((400 : Nat) : R) = 400 := by grind
  have hs := mul_le_mul h h (by grind) (by grind)
  rw [show (2 * (1 * (1 / 2)) / 1 : R) = 1 by grind, exp_neg, e4]
  generalize exp (1 : R) = E at *
  rw [show 1 * 1 / (E⁻¹ * (E⁻¹ * 1)) * (1 * (1 * 1 / 1 * (1 / 2 * (1 / 2)) / 400)) =
    E * E / 1600 by clear h hs; grind]
  clear h
  grind

private theorem sqrt_ascent_le : sqrt (1 * 1 / (exp (-(2 * (1 * (1 / 2)) / 1)) *
    (exp (-(2 * (1 * (1 / 2)) / 1)) * 1)) *
      (1 * (1 * 1 / 1 * (1 / 2 * (1 / 2)) / ((400 : Nat) : R)))) ≤ 7 / 100 := by
  have h := ascent_le (R := R)
  have hE := exp_pos (-(2 * (1 * (1 / 2)) / 1) : R)
  have h0 := mul_nonneg (div_nonneg (mul_self_nonneg (1 : R)) (mul_pos hE (mul_pos hE (by grind :
    (0 : R) < 1)))) (mul_nonneg (by grind : (0 : R) ≤ 1) (div_nonneg (mul_nonneg (div_nonneg
      (mul_self_nonneg (1 : R)) (by grind : (0 : R) < 1)) (mul_self_nonneg (1 / 2)))
        (natCast_pos (by decide : 0 < 400))))
  have k := sqrt_le_sqrt h0 h
  rw [sqrt_eq (Std.le_of_lt (div_pos (by grind) (by grind))) rfl] at k
  exact k

/-- Gradient ascent from `0` with step `1`, the coverage moved to `θ*` and from there to the
iterates: before step `400` the gap is at most `log(1 + (4/5) (3/25)²)`, about `1/87` of its
range. -/
theorem suboptimality_direct_ga_log_instance : ∃ t, t < 400 ∧
    (partlySeen (R := R)).population partWeights partTarget -
      partlySeen.population partWeights (partlySeen.gradientAscent partSample 0 (1 / (1 * 1)) t) ≤
    log (1 + 4 / 5 * (3 / 25 * (3 / 25))) := by
  obtain ⟨t, ht, h, -⟩ := suboptimality_direct_ga_log (partlySeen (R := R)) (ρ := 1 / 2)
    (partlySeen_coverage.of_norm_sub_le partlySeen_featureBound norm_partTarget_le)
    partlySeen_featureBound norm_partTarget expBound_radius constant_nonneg partWeights_isProb
    (T := 400) (by decide)
  refine ⟨t, ht, Std.le_trans h ?_⟩
  have hs := sqrt_ascent_le (R := R)
  have hs0 := sqrt_nonneg (1 * 1 / (exp (-(2 * (1 * (1 / 2)) / 1)) *
    (exp (-(2 * (1 * (1 / 2)) / 1)) * 1)) *
      (1 * (1 * 1 / 1 * (1 / 2 * (1 / 2)) / ((400 : Nat) : R))))
  change 1 * log (1 + 4 / 5 / (1 * 1) * ((sqrt (1 * 1 / (exp (-(2 * (1 * (1 / 2)) / 1)) *
    (exp (-(2 * (1 * (1 / 2)) / 1)) * 1)) * (1 * (1 * 1 / 1 * (1 / 2 * (1 / 2)) /
      ((400 : Nat) : R)))) + 1 / 10 * (1 / 2)) * (sqrt (1 * 1 / (exp (-(2 * (1 * (1 / 2)) / 1)) *
    (exp (-(2 * (1 * (1 / 2)) / 1)) * 1)) * (1 * (1 * 1 / 1 * (1 / 2 * (1 / 2)) /
      ((400 : Nat) : R)))) + 1 / 10 * (1 / 2)))) ≤ _
  generalize sqrt (1 * 1 / (exp (-(2 * (1 * (1 / 2)) / 1)) *
    (exp (-(2 * (1 * (1 / 2)) / 1)) * 1)) *
      (1 * (1 * 1 / 1 * (1 / 2 * (1 / 2)) / ((400 : Nat) : R)))) = s at *
  have k := mul_le_mul (by grind : s + 1 / 10 * (1 / 2) ≤ 3 / 25)
    (by grind : s + 1 / 10 * (1 / 2) ≤ 3 / 25) (by grind) (by grind)
  have k0 := mul_self_nonneg (s + 1 / 10 * (1 / 2))
  rw [Semiring.one_mul]
  exact log_le_log (by grind) (by grind)

/-- Stochastic gradient ascent from `0` with step `1`, split `s = 1`: averaged over `400` iterates
the expected gap is at most `log(1 + (4/5) (37/2500))`, about `1/85` of its range. -/
theorem suboptimality_sga_log_instance :
    (average fun t : Fin 400 => expectSample uniform fun draws : Fin t → Fin 2 =>
      (partlySeen (R := R)).population partWeights partTarget - partlySeen.population partWeights
        (partlySeen.stochasticAscent partSample 0 (1 / (1 * 1)) draws)) ≤
    log (1 + 4 / 5 * (37 / 2500)) := by
  have h := suboptimality_sga_log (partlySeen (R := R)) (ρ := 1 / 2)
    (partlySeen_coverage.of_norm_sub_le partlySeen_featureBound norm_partTarget_le)
    partlySeen_featureBound norm_partTarget expBound_radius constant_nonneg partWeights_isProb
    (by decide) (T := 400) (by decide) (s := 1) (by grind)
  refine Std.le_trans h ?_
  have hy := ascent_le (R := R)
  have hE := exp_pos (-(2 * (1 * (1 / 2)) / 1) : R)
  have h0 := div_nonneg (mul_self_nonneg (1 : R)) (mul_pos hE (mul_pos hE (by grind :
    (0 : R) < 1)))
  have h4 := div_pos (by grind : (0 : R) < 1) (natCast_pos (by decide : 0 < 400))
  change 1 * log (1 + 4 / 5 / (1 * 1) * ((1 + 1) * (1 * 1 / (exp (-(2 * (1 * (1 / 2)) / 1)) *
    (exp (-(2 * (1 * (1 / 2)) / 1)) * 1)) * (1 * (1 * 1 / 1 * (1 / 2 * (1 / 2)) /
      ((400 : Nat) : R)))) + (1 + 1 / 1) * (1 / 10 * (1 / 2) * (1 / 10 * (1 / 2))))) ≤ _
  have h1 := mul_nonneg h0 (by grind : (0 : R) ≤ 1 * (1 * 1 / 1 * (1 / 2 * (1 / 2)) /
    ((400 : Nat) : R)))
  generalize 1 * 1 / (exp (-(2 * (1 * (1 / 2)) / 1)) * (exp (-(2 * (1 * (1 / 2)) / 1)) * 1)) *
    (1 * (1 * 1 / 1 * (1 / 2 * (1 / 2)) / ((400 : Nat) : R))) = y at *
  rw [Semiring.one_mul]
  exact log_le_log (by clear h0 h4 hE h; grind) (by clear h0 h4 hE h; grind)

end RLHF.Demo
