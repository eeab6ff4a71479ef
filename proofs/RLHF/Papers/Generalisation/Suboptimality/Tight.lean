module
public import RLHF.Geometry.TwoSided
public import RLHF.Papers.Generalisation.Ascent.Expectation
public import RLHF.Papers.Generalisation.Stability.Coverage

/-!
# The coverage error is felt

What is modelled: for all `B ≥ ε > 0`, `ρ ≥ 0` and `λ > 0` a problem with two prompts of equal
weight and two actions, whose sample holds the first prompt alone. Along the first axis the sample
sees all, along the second, where features have norm `ε`, nothing.

## Main definitions
* `tightProblem`: features `± B e_1` at the prompt `0`, `± ε e_2` at the prompt `1`, `q = 1/2`,
  `θ* = ρ e_2`.

## Main results
* `tight_gradient`, `tight_coverage`: `0` is stationary on the sample, which covers with `ε`.
* `tight_population_gap`: `J(θ*) - J(0) = (λ/2) log cosh(ερ/λ)`.
* `mul_self_le_log_cosh`: `y²/5 ≤ log cosh y` for `y² ≤ 1`.

## References
arXiv 2601.16403, cf. Open Question 3.
-/

@[expose] public section

namespace RLHF

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R] {n : Nat} {B ε ρ l : R}

/-- Features `± B e_1` at the prompt `0` and `± ε e_2` at the prompt `1`. -/
noncomputable def tightFeature (B ε : R) (x a : Fin 2) : Vec R 2 := fun j =>
  if x = j then (if a = 0 then 1 else -1) * (if x = 0 then B else ε) else 0

/-- The problem with these features, a uniform reference policy and `θ* = ρ e_2`. -/
noncomputable def tightProblem (B ε ρ l : R) (hl : 0 < l) : Problem R 2 2 2 where
  feature := tightFeature B ε
  refPolicy _ _ := 1 / 2
  trueParam j := if j = 0 then 0 else ρ
  klCoef := l
  klCoef_pos := hl
  refPolicy_pos _ _ := div_pos (by grind) (by grind)
  refPolicy_sum _ := by simp only [sum]; grind

/-- The projector on the first axis. -/
noncomputable def tightProjector (i : Fin 2) : Vec R 2 := fun j =>
  if i = 0 then (if j = 0 then 1 else 0) else 0

/-- Parameters with the same scores at a prompt have the same objective there. -/
private theorem objectiveAt_le_of_inner_eq {N m d : Nat} (P : Problem R N m d) (x : Fin N)
    {θ θ' : Vec R d} (h : ∀ a, inner θ (P.feature x a) = inner θ' (P.feature x a)) :
    P.objectiveAt x θ ≤ P.objectiveAt x θ' := by
  have e : P.score x θ = P.score x θ' := funext fun a => by unfold Problem.score; rw [h]
  have e' : P.policy x θ = P.policy x θ' := congrArg (tilt _) e
  have h' : P.objectiveAt x θ = P.objectiveAt x θ' := congrArg (P.value x) e'
  rw [h']
  exact Std.le_refl _

theorem tight_featureBound (hε : 0 ≤ ε) (h : ε ≤ B) (hl : 0 < l) :
    (tightProblem B ε ρ l hl).FeatureBound B := fun x a => by
  refine norm_le_of_inner_le (by grind) ?_
  have e : inner (tightFeature B ε x a) (tightFeature B ε x a) =
      if x = 0 then B * B else ε * ε := by
    simp only [inner, sum, tightFeature]
    grind
  show inner (tightFeature B ε x a) (tightFeature B ε x a) ≤ B * B
  have := mul_le_mul h h (by grind) hε
  rw [e]
  grind

theorem tight_norm (hρ : 0 ≤ ρ) (hl : 0 < l) :
    norm ((tightProblem B ε ρ l hl).trueParam - 0) = ρ := by
  refine sqrt_eq hρ ?_
  show ρ * ρ = inner (fun j : Fin 2 => (if j = 0 then 0 else ρ) - (0 : R))
    (fun j : Fin 2 => (if j = 0 then 0 else ρ) - (0 : R))
  simp only [inner, sum]
  grind

/-- At the prompt `0` the score of `θ*` vanishes. -/
theorem tight_inner_zero (hl : 0 < l) (a : Fin 2) :
    inner (tightProblem B ε ρ l hl).trueParam ((tightProblem B ε ρ l hl).feature 0 a) = 0 := by
  show inner (fun j : Fin 2 => if j = 0 then 0 else ρ) (tightFeature B ε 0 a) = 0
  simp only [inner, sum, tightFeature]
  grind

/-- At the prompt `1` it is `± ερ`. -/
theorem tight_inner_one (hl : 0 < l) (a : Fin 2) :
    inner (tightProblem B ε ρ l hl).trueParam ((tightProblem B ε ρ l hl).feature 1 a) =
      (if a = 0 then 1 else -1) * (ε * ρ) := by
  show inner (fun j : Fin 2 => if j = 0 then 0 else ρ) (tightFeature B ε 1 a) = _
  simp only [inner, sum, tightFeature]
  grind

/-- On the sample that holds the prompt `0` alone, `0` is as good as `θ*`. -/
theorem tight_gradient (hl : 0 < l) :
    (tightProblem B ε ρ l hl).gradient (fun _ : Fin n => 0) 0 = 0 :=
  (tightProblem B ε ρ l hl).gradient_eq_zero_of_le _ 0 (average_mono fun _ =>
    objectiveAt_le_of_inner_eq _ 0 fun a => by rw [tight_inner_zero, inner_zero_left])

theorem tight_coverage (hε : 0 ≤ ε) (hB : 0 < B) (hl : 0 < l) (hn : 0 < n) :
    (tightProblem B ε ρ l hl).Coverage (fun _ : Fin n => 0) 0 tightProjector (B * B) ε where
  symm i j := by unfold tightProjector; grind
  residual_le x a := by
    have e : inner (tightFeature B ε x a - mulVec tightProjector (tightFeature B ε x a))
        (tightFeature B ε x a - mulVec tightProjector (tightFeature B ε x a)) =
        if x = 0 then 0 else ε * ε := by
      simp only [inner, mulVec, sum, Vec.sub_apply, tightFeature, tightProjector]
      grind
    refine norm_le_of_inner_le hε ?_
    show inner (tightFeature B ε x a - mulVec tightProjector (tightFeature B ε x a))
      (tightFeature B ε x a - mulVec tightProjector (tightFeature B ε x a)) ≤ ε * ε
    have := mul_self_nonneg ε
    rw [e]
    grind
  eigenvalue_pos := mul_pos hB hB
  le_covariance v := by
    rw [Problem.inner_mulVec_covarianceOn, average_const hn, Problem.policy_zero, norm_mul_self]
    show B * B * inner (mulVec tightProjector v) (mulVec tightProjector v) ≤
      var (fun _ : Fin 2 => 1 / 2) fun a => inner v (tightFeature B ε 0 a)
    simp only [var, cov, mean, inner, mulVec, sum, tightFeature, tightProjector]
    grind

private theorem mean_half (f : Fin 2 → R) : mean (fun _ => 1 / 2) f = (f 0 + f 1) / 2 := by
  simp only [mean, sum]
  show 1 / 2 * f 0 + (1 / 2 * f 1 + 0) = _
  grind

private theorem tiltPartition_half (s : Fin 2 → R) :
    tiltPartition (fun _ => 1 / 2) s = (exp (s 0) + exp (s 1)) / 2 := mean_half fun a => exp (s a)

private theorem mean_uniform_two (f : Fin 2 → R) : mean uniform f = (f 0 + f 1) / 2 := by
  have h2 : ((2 : Nat) : R) = 2 := by grind
  have e : (uniform : Fin 2 → R) = fun _ => 1 / 2 := funext fun _ => by unfold uniform; rw [h2]
  rw [e, mean_half]

private theorem add_zero_div : (0 + 0) / 2 - l * 0 = 0 := by grind

private theorem add_neg_div (y : R) : (1 * y + -1 * y) / 2 - l * 0 = 0 := by grind

/-- At `θ = 0` the policy is the reference policy. -/
private theorem objectiveAt_zero {N m d : Nat} (P : Problem R N m d) (x : Fin N) :
    P.objectiveAt x 0 = mean (P.refPolicy x) (P.reward x) - P.klCoef * 0 := by
  unfold Problem.objectiveAt Problem.value Setting.value
  rw [P.policy_zero, klDiv_self (P.refPolicy_pos x)]

/-- At either prompt `J_x(0) = 0`: rewards have mean `0` under the reference policy. -/
theorem tight_objectiveAt_zero (hl : 0 < l) (x : Fin 2) :
    (tightProblem B ε ρ l hl).objectiveAt x 0 = 0 := by
  refine (objectiveAt_zero _ x).trans ((congrArg (· - l * 0) (mean_half _)).trans ?_)
  show (inner (tightProblem B ε ρ l hl).trueParam ((tightProblem B ε ρ l hl).feature x 0) +
    inner (tightProblem B ε ρ l hl).trueParam ((tightProblem B ε ρ l hl).feature x 1)) / 2 -
      l * 0 = 0
  obtain rfl | rfl : x = 0 ∨ x = 1 := by omega
  · rw [tight_inner_zero, tight_inner_zero]
    exact add_zero_div
  · rw [tight_inner_one, tight_inner_one, if_pos rfl, if_neg (by decide : (1 : Fin 2) ≠ 0)]
    exact add_neg_div _

/-- `J_x(θ*) = λ log((exp s_0 + exp s_1)/2)` with two actions and `q = 1/2`. -/
private theorem objectiveAt_trueParam_half {N d : Nat} (P : Problem R N 2 d) (x : Fin N)
    (hq : P.refPolicy x = fun _ => 1 / 2) {l s t : R} (hl : P.klCoef = l)
    (h0 : inner P.trueParam (P.feature x 0) = s) (h1 : inner P.trueParam (P.feature x 1) = t) :
    P.objectiveAt x P.trueParam = l * log ((exp (s / l) + exp (t / l)) / 2) := by
  have hZ : P.partition x P.trueParam = (exp (s / l) + exp (t / l)) / 2 := by
    unfold Problem.partition
    rw [hq, tiltPartition_half]
    unfold Problem.score
    rw [h0, h1, hl]
  rw [P.objectiveAt_trueParam, Problem.logPartition, hZ, hl]

theorem tight_objectiveAt_trueParam_zero (hl : 0 < l) :
    (tightProblem B ε ρ l hl).objectiveAt 0 (tightProblem B ε ρ l hl).trueParam = 0 := by
  have e : l * log ((exp (0 / l) + exp (0 / l)) / 2) = (0 : R) := by
    have h0 : (0 / l : R) = 0 := by grind
    have h1 : ((1 + 1) / 2 : R) = 1 := by grind
    rw [h0, exp_zero, h1, log_one]
    grind
  exact (objectiveAt_trueParam_half (l := l) _ 0 rfl rfl (tight_inner_zero hl 0)
    (tight_inner_zero hl 1)).trans e

theorem tight_objectiveAt_trueParam_one (hl : 0 < l) :
    (tightProblem B ε ρ l hl).objectiveAt 1 (tightProblem B ε ρ l hl).trueParam =
      l * log ((exp (ε * ρ / l) + exp (-(ε * ρ / l))) / 2) := by
  have e : ((if (0 : Fin 2) = 0 then 1 else -1) * (ε * ρ) / l : R) = ε * ρ / l := by
    rw [if_pos rfl]; grind
  have e' : ((if (1 : Fin 2) = 0 then 1 else -1) * (ε * ρ) / l : R) = -(ε * ρ / l) := by
    rw [if_neg (by decide : (1 : Fin 2) ≠ 0)]; grind
  refine (objectiveAt_trueParam_half (l := l) _ 1 rfl rfl (tight_inner_one hl 0)
    (tight_inner_one hl 1)).trans ?_
  rw [e, e']

private theorem gap_of_prompts (j k w : R) (h : k = l * w) (h0 : j = 0) :
    (j + k) / 2 - (0 + 0) / 2 = l / 2 * w := by grind

/-- `J(θ*) - J(0) = (λ/2) log cosh(ερ/λ)` with both prompts equally likely. -/
theorem tight_population_gap (hl : 0 < l) :
    (tightProblem B ε ρ l hl).population uniform (tightProblem B ε ρ l hl).trueParam -
      (tightProblem B ε ρ l hl).population uniform 0 =
    l / 2 * log ((exp (ε * ρ / l) + exp (-(ε * ρ / l))) / 2) := by
  have h := mean_uniform_two fun x => (tightProblem B ε ρ l hl).objectiveAt x
    (tightProblem B ε ρ l hl).trueParam
  have h' := mean_uniform_two fun x => (tightProblem B ε ρ l hl).objectiveAt x 0
  rw [tight_objectiveAt_zero, tight_objectiveAt_zero] at h'
  exact (congr (congrArg HSub.hSub h) h').trans
    (gap_of_prompts _ _ _ (tight_objectiveAt_trueParam_one hl)
      (tight_objectiveAt_trueParam_zero hl))

/-- `y²/5 ≤ log cosh y` for `0 ≤ y ≤ 1`: `cosh y ≥ 1 + y²/4` and `log(1 + t) ≥ t/(1 + t)`. -/
theorem mul_self_le_log_cosh {y : R} (h0 : 0 ≤ y) (h1 : y ≤ 1) :
    y * y / 5 ≤ log ((exp y + exp (-y)) / 2) := by
  have hp := mul_le_mul (add_one_le_exp (y / 2)) (add_one_le_exp (y / 2))
    (Std.le_of_lt (exp_pos _)) (by grind)
  have hm := mul_le_mul (add_one_le_exp (-y / 2)) (add_one_le_exp (-y / 2))
    (Std.le_of_lt (exp_pos _)) (by grind)
  rw [exp_add_self] at hp hm
  have hy := mul_self_nonneg y
  have hy1 := mul_le_mul h1 h1 (by grind) h0
  have hlog := log_le_log (by grind : 0 < 1 + y * y / 4)
    (by grind : 1 + y * y / 4 ≤ (exp y + exp (-y)) / 2)
  refine Std.le_trans ?_ (Std.le_trans (div_one_add_le_log (by grind)) hlog)
  rw [le_div_iff (by grind)]
  have := mul_nonneg hy (by grind : 0 ≤ 1 - y * y)
  grind

/-- The gap is at least `ε²ρ²/(10λ)` if `ερ ≤ λ`. -/
theorem tight_population_gap_ge (hε : 0 ≤ ε) (hρ : 0 ≤ ρ) (hl : 0 < l) (h : ε * ρ ≤ l) :
    ε * ε * (ρ * ρ) / (10 * l) ≤ l / 2 * log ((exp (ε * ρ / l) + exp (-(ε * ρ / l))) / 2) := by
  have hy := mul_self_le_log_cosh (div_nonneg (mul_nonneg hε hρ) hl)
    (by rw [div_le_iff hl]; grind : ε * ρ / l ≤ 1)
  have h1 := mul_le_mul_left hy (by grind : 0 ≤ l / 2)
  have e : l / 2 * (ε * ρ / l * (ε * ρ / l) / 5) = ε * ε * (ρ * ρ) / (10 * l) := by grind
  rw [e] at h1
  exact h1

end RLHF
