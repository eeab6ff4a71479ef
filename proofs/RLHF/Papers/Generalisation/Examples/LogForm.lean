module
public import RLHF.Foundations.ExpUnit
public import RLHF.Geometry.Range
public import RLHF.Papers.Generalisation.Main.LogForm
public import RLHF.Papers.Generalisation.Suboptimality.WithoutCoverage
public import RLHF.Probability.Hoeffding.TwoPoint

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
* `Demo.partlySeen_gap_le`, `Demo.partlySeen_gap_fitted_le`: without a sample a gap is at most `1/5`
  within `1/2` of `θ*`, `16/125` within `2/5`. The instances conclude with numbers below.
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

/-! ### What holds without a sample -/

/-- At a prompt, `hΔ²ρ²/λ` with `h = 1/5` and `Δ = 2`. -/
theorem partlySeen_gap_at_le_radius {θ : Vec R 2} {ρ : R}
    (hθ : norm ((partlySeen (R := R)).trueParam - θ) ≤ ρ) (x : Fin 3) :
    (partlySeen (R := R)).objectiveAt x partTarget - partlySeen.objectiveAt x θ ≤
      4 / 5 * (ρ * ρ) := by
  have k := partlySeen_differenceBound.gap_le_radius_mul_self hoeffdingBound_one_fifth hθ x
  have hk : (partlySeen (R := R)).klCoef = 1 := rfl
  rw [hk] at k
  exact Std.le_trans k (by grind)

theorem partlySeen_gap_at_le {θ : Vec R 2}
    (hθ : norm ((partlySeen (R := R)).trueParam - θ) ≤ 1 / 2) (x : Fin 3) :
    (partlySeen (R := R)).objectiveAt x partTarget - partlySeen.objectiveAt x θ ≤ 1 / 5 := by
  have h := partlySeen_gap_at_le_radius hθ x
  grind

/-- Within `‖θ*‖` of `θ*`. -/
theorem partlySeen_gap_le {θ : Vec R 2}
    (hθ : norm ((partlySeen (R := R)).trueParam - θ) ≤ 1 / 2) :
    (partlySeen (R := R)).population partWeights partTarget - partlySeen.population partWeights θ ≤
      1 / 5 := by
  have h := mean_le partWeights_isProb (partlySeen_gap_at_le hθ)
  rwa [mean_sub] at h

/-- Within the distance of `partFitted`. -/
theorem partlySeen_gap_fitted_le {θ : Vec R 2}
    (hθ : norm ((partlySeen (R := R)).trueParam - θ) ≤ 2 / 5) :
    (partlySeen (R := R)).population partWeights partTarget - partlySeen.population partWeights θ ≤
      16 / 125 := by
  have h := mean_le partWeights_isProb (partlySeen_gap_at_le_radius hθ)
  rw [mean_sub] at h
  exact Std.le_trans h (by grind)

/-! ### At one prompt, on the sample, on the population -/

theorem inner_gradientAt_start (x : Fin 3) :
    inner ((partlySeen (R := R)).gradientAt x 0) (partTarget - 0) =
      if x = 2 then 361 / 10000 else 9 / 100 := by
  have h := (partlySeen (R := R)).inner_gradientAt_error x 0
  rw [Problem.policy_zero] at h
  refine h.trans ?_
  show var (fun _ => 1 / 2) (fun a => inner (partTarget - 0) (partFeature x a)) / 1 = _
  simp only [sum, var, cov, mean, inner, partFeature, partTarget, Vec.sub_apply, Vec.zero_apply]
  grind

private theorem log_one_add_le {y c : R} (h0 : 0 ≤ y) (h : y ≤ c) : 1 * log (1 + y) ≤ c := by
  have k := log_le_sub_one (by grind : (0 : R) < 1 + y)
  grind

private theorem log_start_le {y v c : R} (e : y = v) (h0 : 0 ≤ v) (h : 4 / 5 * v ≤ c) :
    1 * log (1 + 4 / 5 / 1 * y) ≤ c := by
  rw [e]
  exact log_one_add_le (by grind) (by grind)

/-- At the prompt that is not in the sample: `log(1 + (4/5) (19/100)²)`. -/
theorem gap_log_form_instance :
    (partlySeen (R := R)).objectiveAt 2 partTarget - partlySeen.objectiveAt 2 0 ≤ 3 / 100 :=
  Std.le_trans (gap_log_form partlySeen partlySeen_differenceBound norm_partTarget_le
    expBound_differences 2) (log_start_le ((inner_gradientAt_start 2).trans (if_pos rfl)) (by grind)
      (by grind))

theorem gap_log_form_sample_instance :
    (partlySeen (R := R)).objective partSample partTarget - partlySeen.objective partSample 0 ≤
      3 / 40 ∧
    (partlySeen (R := R)).population partWeights partTarget - partlySeen.population partWeights 0 ≤
      3 / 50 := by
  have h := gap_log_form_sample (n := 2) (D := partWeights) partlySeen partlySeen_differenceBound
    norm_partTarget_le (expBound_differences (R := R))
  have e1 : inner ((partlySeen (R := R)).gradient partSample 0) (partTarget - 0) = 9 / 100 := by
    have h2 : ((2 : Nat) : R) = 2 := by grind
    rw [Problem.inner_gradient, average_congr fun i => inner_gradientAt_start (partSample i)]
    simp only [average, sum, partSample, h2]
    grind
  have e2 : (mean partWeights fun x =>
      inner ((partlySeen (R := R)).gradientAt x 0) (partTarget - 0)) = 2161 / 30000 := by
    rw [mean_congr inner_gradientAt_start]
    simp only [mean, sum, partWeights]
    grind
  exact ⟨Std.le_trans (h.1 partSample) (log_start_le e1 (by grind) (by grind)),
    Std.le_trans (h.2 partWeights_isProb) (log_start_le e2 (by grind) (by grind))⟩

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
`log(1 + (4/5) (1/25)²)`. -/
theorem suboptimality_direct_log_instance :
    (partlySeen (R := R)).population partWeights partTarget -
      partlySeen.population partWeights partFitted ≤ 13 / 10000 := by
  have h := (suboptimality_direct_log (partlySeen (R := R)) partFitted_coverage
    partlySeen_featureBound norm_partFitted_le expBound_fitted constant_nonneg
    partWeights_isProb).1
  rw [gradient_partFitted, norm_zero] at h
  refine Std.le_trans h ?_
  show 1 * log (1 + 4 / 5 / (1 * 1) * ((sqrt (1 * 1 / _ * (1 * (2 / 5 * 0))) +
    1 / 10 * (2 / 5)) * (sqrt (1 * 1 / _ * (1 * (2 / 5 * 0))) + 1 / 10 * (2 / 5)))) ≤ _
  rw [show ∀ y : R, y * (1 * (2 / 5 * 0)) = 0 by intro y; grind, sqrt_eq (y := 0) (by grind)
    (by grind)]
  exact log_one_add_le (by grind) (by grind)

/-- Term `(B²/(e^{-M}σ)) B²ρ²/T` of the ascents, with `T = 400` and `σ = e^{-1}`: `e²/1600`. -/
noncomputable def ascentTerm : R := 1 * 1 / (exp (-(2 * (1 * (1 / 2)) / 1)) *
  (exp (-(2 * (1 * (1 / 2)) / 1)) * 1)) * (1 * (1 * 1 / 1 * (1 / 2 * (1 / 2)) / ((400 : Nat) : R)))

private theorem ascentTerm_bounds : 0 ≤ ascentTerm (R := R) ∧ ascentTerm (R := R) ≤ 49 / 10000 := by
  have h1 := expBound_one (R := R) 1 (by rw [abs_of_nonneg (by grind)]; grind)
  have h : exp (1 : R) ≤ 14 / 5 := by grind
  have h0 := exp_pos (1 : R)
  have e4 : ((400 : Nat) : R) = 400 := by grind
  have hs := mul_le_mul h h (by grind) (by grind)
  have hs0 := mul_self_nonneg (exp (1 : R))
  unfold ascentTerm
  rw [show (2 * (1 * (1 / 2)) / 1 : R) = 1 by grind, exp_neg, e4]
  clear h1
  generalize exp (1 : R) = E at *
  rw [show 1 * 1 / (E⁻¹ * (E⁻¹ * 1)) * (1 * (1 * 1 / 1 * (1 / 2 * (1 / 2)) / 400)) =
    E * E / 1600 by clear h hs hs0; grind]
  clear h
  grind

private theorem sqrt_ascentTerm_le : sqrt (ascentTerm (R := R)) ≤ 7 / 100 := by
  have h := sqrt_le_sqrt (ascentTerm_bounds (R := R)).1 ascentTerm_bounds.2
  rwa [sqrt_eq (x := 49 / 10000) (y := 7 / 100) (by grind) (by grind)] at h

/-- Gradient ascent from `0` with step `1`, the coverage moved to `θ*` and from there to the
iterates: before step `400` the gap is at most `log(1 + (4/5) (3/25)²)`. -/
theorem suboptimality_direct_ga_log_instance : ∃ t, t < 400 ∧
    (partlySeen (R := R)).population partWeights partTarget -
      partlySeen.population partWeights (partlySeen.gradientAscent partSample 0 (1 / (1 * 1)) t) ≤
    3 / 250 := by
  obtain ⟨t, ht, h, -⟩ := suboptimality_direct_ga_log (partlySeen (R := R)) (ρ := 1 / 2)
    (partlySeen_coverage.of_norm_sub_le partlySeen_featureBound norm_partTarget_le)
    partlySeen_featureBound norm_partTarget expBound_radius constant_nonneg partWeights_isProb
    (T := 400) (by decide)
  refine ⟨t, ht, Std.le_trans h ?_⟩
  have hs := sqrt_ascentTerm_le (R := R)
  have hs0 := sqrt_nonneg (ascentTerm (R := R))
  change 1 * log (1 + 4 / 5 / (1 * 1) * ((sqrt ascentTerm + 1 / 10 * (1 / 2)) *
    (sqrt ascentTerm + 1 / 10 * (1 / 2)))) ≤ _
  generalize sqrt (ascentTerm (R := R)) = s at *
  have k := mul_le_mul (by grind : s + 1 / 10 * (1 / 2) ≤ 3 / 25)
    (by grind : s + 1 / 10 * (1 / 2) ≤ 3 / 25) (by grind) (by grind)
  have k0 := mul_self_nonneg (s + 1 / 10 * (1 / 2))
  exact log_one_add_le (by grind) (by grind)

/-- Stochastic gradient ascent from `0` with step `1`, split `s = 1`: averaged over `400` iterates
the expected gap is at most `log(1 + (4/5) (37/2500))`. -/
theorem suboptimality_sga_log_instance :
    (average fun t : Fin 400 => expectSample uniform fun draws : Fin t → Fin 2 =>
      (partlySeen (R := R)).population partWeights partTarget - partlySeen.population partWeights
        (partlySeen.stochasticAscent partSample 0 (1 / (1 * 1)) draws)) ≤ 3 / 250 := by
  have h := suboptimality_sga_log (partlySeen (R := R)) (ρ := 1 / 2)
    (partlySeen_coverage.of_norm_sub_le partlySeen_featureBound norm_partTarget_le)
    partlySeen_featureBound norm_partTarget expBound_radius constant_nonneg partWeights_isProb
    (by decide) (T := 400) (by decide) (s := 1) (by grind)
  refine Std.le_trans h ?_
  have hy := ascentTerm_bounds (R := R)
  change 1 * log (1 + 4 / 5 / (1 * 1) * ((1 + 1) * ascentTerm +
    (1 + 1 / 1) * (1 / 10 * (1 / 2) * (1 / 10 * (1 / 2))))) ≤ _
  generalize ascentTerm (R := R) = y at *
  exact log_one_add_le (by clear h; grind) (by clear h; grind)

end RLHF.Demo
