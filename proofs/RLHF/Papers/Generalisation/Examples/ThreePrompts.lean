module
public import RLHF.Geometry.Range
public import RLHF.Model.Constants
public import RLHF.Papers.Generalisation.Ascent.Noisy
public import RLHF.Papers.Generalisation.Stability.Coverage
public import RLHF.Probability.Hoeffding.TwoPoint

/-!
# A concrete instance with three prompts

What is modelled: a problem of three prompts that every sample covers, up to an error that is
neither nothing nor everything.

## Main definitions
* `Demo.three`: three prompts, two actions, features `± (1, h_x)` with `h = (0, 1/8, 1/4)`,
  `q = 1/2`, `λ = 1`, `θ* = (1/16, 0)`.

## Main results
* `Demo.three_coverage`: at `θ = 0` every sample of `n` prompts covers all features up to
  `ε = 1/4`, with `σ = 16/(17n)`; the features have norms from `1` to below `9/8`.
* `Demo.three_gap_le`, `Demo.three_gap_ball_le`: without a sample a gap is at most `17/5120` within
  `‖θ*‖` of `θ*`, and at most `17/1280` within `2r`, `r = 1/16`.
* `Demo.jittered_oracle`: a noisy gradient that draws a prompt and a sign.
-/

@[expose] public section

namespace RLHF.Demo

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R] {n : Nat}

/-! ### Three prompts -/

/-- Heights `(0, 1/8, 1/4)`. -/
noncomputable def height (x : Fin 3) : R := if x = 0 then 0 else if x = 1 then 1 / 8 else 1 / 4

/-- Directions `(1, h_x)`. -/
noncomputable def axis (x : Fin 3) : Vec R 2 := fun j => if j = 0 then 1 else height x

/-- Features `(1, h_x)` and `-(1, h_x)`. -/
noncomputable def signedAxis (x : Fin 3) (a : Fin 2) : Vec R 2 :=
  ((if a = 0 then 1 else -1) : R) * (axis x : Vec R 2)

/-- Vector `(1/16, 0)`. -/
noncomputable def shortVector : Vec R 2 := fun j => if j = 0 then 1 / 16 else 0

/-- The problem with these features, uniform reference policy, `λ = 1` and `θ* = (1/16, 0)`. -/
noncomputable def three : Problem R 3 2 2 where
  feature := signedAxis
  refPolicy _ := uniform
  trueParam := shortVector
  klCoef := 1
  klCoef_pos := by grind
  refPolicy_pos _ _ := by
    have h2 : ((2 : Nat) : R) = 2 := by grind
    unfold uniform
    rw [h2]
    exact div_pos (by grind) (by grind)
  refPolicy_sum _ := (uniform_isProb (by decide)).sum_eq_one

theorem inner_plane (u v : Vec R 2) : inner u v = u 0 * v 0 + u 1 * v 1 := by
  show u 0 * v 0 + (u 1 * v 1 + 0) = _
  grind

theorem height_cases (x : Fin 3) :
    height (R := R) x = 0 ∨ height (R := R) x = 1 / 8 ∨ height (R := R) x = 1 / 4 := by
  unfold height
  split
  · exact .inl rfl
  · split
    · exact .inr (.inl rfl)
    · exact .inr (.inr rfl)

theorem sign_mul_self (a : Fin 2) :
    ((if a = 0 then 1 else -1) : R) * ((if a = 0 then 1 else -1) : R) = 1 := by
  split <;> grind

theorem three_featureBound : (three (R := R)).FeatureBound (9 / 8) := fun x a => by
  refine norm_le_of_inner_le (by grind) ?_
  show inner (signedAxis x a) (signedAxis x a) ≤ (9 / 8 * (9 / 8) : R)
  unfold signedAxis
  rw [inner_smul_left, inner_smul_right, ← Semiring.mul_assoc, sign_mul_self, inner_plane]
  show 1 * (1 * 1 + height x * height x) ≤ (9 / 8 * (9 / 8) : R)
  obtain h | h | h := height_cases (R := R) x <;> rw [h] <;> grind

/-- `‖(1, h_x) - ⟨(1, h_y), (1, h_x)⟩ (1, h_y)‖ ≤ 1/4`. -/
theorem axis_residual_le (x y : Fin 3) :
    norm (axis x - (inner (axis y) (axis x) : R) * (axis y : Vec R 2)) ≤ 1 / 4 := by
  refine norm_le_of_inner_le (by grind) ?_
  rw [inner_plane, inner_plane]
  show (1 - (1 * 1 + height y * height x) * 1) * (1 - (1 * 1 + height y * height x) * 1) +
    (height x - (1 * 1 + height y * height x) * height y) *
      (height x - (1 * 1 + height y * height x) * height y) ≤ (1 / 4 * (1 / 4) : R)
  obtain h | h | h := height_cases (R := R) x <;> obtain k | k | k := height_cases (R := R) y <;>
    rw [h, k] <;> grind

/-- The matrix `f fᵀ` of the direction `f = (1, h_x)` of the first prompt of a sample. -/
noncomputable def firstMatrix (S : Fin (n + 1) → Fin 3) (i : Fin 2) : Vec R 2 :=
  (axis (S 0) i : R) * (axis (S 0) : Vec R 2)

theorem mulVec_firstMatrix (S : Fin (n + 1) → Fin 3) (v : Vec R 2) :
    mulVec (firstMatrix S) v = (inner (axis (S 0)) v : R) * (axis (S 0) : Vec R 2) := by
  refine Vec.ext fun i => ?_
  show inner (firstMatrix S i) v = inner (axis (S 0)) v * axis (S 0) i
  unfold firstMatrix
  rw [inner_smul_left]
  grind

/-- Under `q` the variance along `v` at the prompt `x` is `⟨(1, h_x), v⟩²`. -/
theorem var_signedAxis (x : Fin 3) (v : Vec R 2) :
    var (uniform (R := R) (n := 2)) (fun a => inner v (signedAxis x a)) =
      inner (axis x) v * inner (axis x) v := by
  have h2 : ((2 : Nat) : R) = 2 := by grind
  unfold signedAxis
  simp only [inner_smul_right, inner_comm v (axis x), var, cov, mean, sum, uniform, h2]
  generalize inner (axis x) v = t
  show _ * ((1 * t - (1 / 2 * (1 * t) + (1 / 2 * (-1 * t) + 0))) *
    (1 * t - (1 / 2 * (1 * t) + (1 / 2 * (-1 * t) + 0)))) +
    (_ * ((-1 * t - (1 / 2 * (1 * t) + (1 / 2 * (-1 * t) + 0))) *
    (-1 * t - (1 / 2 * (1 * t) + (1 / 2 * (-1 * t) + 0)))) + 0) = _
  grind

/-- Every sample, repetitions included, covers all prompts at `θ = 0`. -/
theorem three_coverage (S : Fin (n + 1) → Fin 3) :
    (three (R := R)).Coverage S 0 (firstMatrix S) (16 / 17 / ((n + 1 : Nat) : R)) (1 / 4) where
  symm i j := by
    show (axis (S 0) i : R) * axis (S 0) j = axis (S 0) j * axis (S 0) i
    grind
  residual_le x a := by
    have e : (three (R := R)).feature x a - mulVec (firstMatrix S) ((three (R := R)).feature x a) =
        ((if a = 0 then 1 else -1) : R) *
          ((axis x : Vec R 2) - (inner (axis (S 0)) (axis x) : R) * (axis (S 0) : Vec R 2)) := by
      rw [mulVec_firstMatrix]
      show signedAxis x a - (inner (axis (S 0)) (signedAxis x a) : R) * (axis (S 0) : Vec R 2) = _
      unfold signedAxis
      rw [inner_smul_right]
      exact Vec.ext fun i => by simp only [Vec.sub_apply, Vec.smul_apply]; grind
    have k : abs ((if a = 0 then 1 else -1) : R) = 1 := by unfold abs; grind
    rw [e, norm_smul, k, Semiring.one_mul]
    exact axis_residual_le x (S 0)
  eigenvalue_pos := div_pos (div_pos (by grind) (by grind)) (natCast_pos (Nat.succ_pos n))
  le_covariance v := by
    rw [mulVec_firstMatrix, norm_mul_self, inner_smul_left, inner_smul_right,
      Problem.inner_mulVec_covarianceOn]
    simp only [Problem.policy_zero]
    show _ ≤ average fun i => var (uniform (R := R) (n := 2)) fun a => inner v (signedAxis (S i) a)
    simp only [var_signedAxis]
    have h := div_le_div_right (le_sum (fun i => mul_self_nonneg (inner (axis (S i)) v)) 0)
      (natCast_pos (R := R) (Nat.succ_pos n))
    refine Std.le_trans ?_ h
    have k : inner (axis (S 0)) (axis (S 0)) ≤ (17 / 16 : R) := by
      rw [inner_plane]
      show 1 * 1 + height (S 0) * height (S 0) ≤ (17 / 16 : R)
      obtain h | h | h := height_cases (R := R) (S 0) <;> rw [h] <;> grind
    have e := div_le_div_right (mul_le_mul_left k (mul_self_nonneg (inner (axis (S 0)) v)))
      (natCast_pos (R := R) (Nat.succ_pos n))
    generalize (inner (axis (S 0)) v : R) = t at *
    generalize (inner (axis (S 0)) (axis (S 0)) : R) = l at *
    generalize ((n + 1 : Nat) : R) = N at *
    have e1 : 16 / 17 / N * (t * (t * l)) = 16 / 17 * (t * t * l / N) := by grind
    have e2 : t * t / N = 16 / 17 * (t * t * (17 / 16) / N) := by grind
    rw [e1, e2]
    exact mul_le_mul_left e (by grind)

theorem three_radius : norm ((three (R := R)).trueParam - 0) = 1 / 16 := by
  refine sqrt_eq (by grind) ?_
  rw [inner_plane]
  show 1 / 16 * (1 / 16) = ((1 / 16 - 0) * (1 / 16 - 0) + (0 - 0) * (0 - 0) : R)
  grind

theorem three_radius_le : norm ((three (R := R)).trueParam - 0) ≤ 1 / 16 := by
  rw [three_radius]
  exact Std.le_refl _

theorem three_norm : norm (three (R := R)).trueParam = 1 / 16 := by
  have e : (three (R := R)).trueParam - 0 = (three (R := R)).trueParam := Vec.ext fun i => by
    rw [Vec.sub_apply, Vec.zero_apply]; grind
  rw [← e]
  exact three_radius

/-- Constant `e^M` at `M = 2Bρ/λ = 9/64`. -/
noncomputable def threeConstant : R := exp ((three (R := R)).exponentRadius (9 / 8) (1 / 16))

theorem threeConstant_nonneg : 0 ≤ threeConstant (R := R) := Std.le_of_lt (exp_pos _)

/-- Constant of coverage at `θ*`, `e^{-M} σ` with `σ = 16/(17n)`. -/
noncomputable def threeEigenvalue (n : Nat) : R :=
  exp (-(three (R := R)).exponentRadius (9 / 8) (1 / 16)) * (16 / 17 / (n : R))

theorem three_coverage_trueParam (S : Fin (n + 1) → Fin 3) : (three (R := R)).Coverage S
    (three (R := R)).trueParam (firstMatrix S) (threeEigenvalue (n + 1)) (1 / 4) :=
  (three_coverage S).of_norm_sub_le three_featureBound three_radius_le

/-! ### What holds without a sample -/

theorem three_differenceBound : (three (R := R)).DifferenceBound (sqrt (17 / 4)) := fun x a b => by
  refine norm_le_of_inner_le (sqrt_nonneg _) ?_
  rw [sqrt_mul_self (by grind), inner_plane]
  show (_ * 1 - _ * 1) * (_ * 1 - _ * 1) +
    (_ * height x - _ * height x) * (_ * height x - _ * height x) ≤ (17 / 4 : R)
  have ha := sign_mul_self (R := R) a
  have hb := sign_mul_self (R := R) b
  have hs := mul_self_nonneg (((if a = 0 then 1 else -1) : R) + (if b = 0 then 1 else -1))
  generalize ((if a = 0 then 1 else -1) : R) = s at *
  generalize ((if b = 0 then 1 else -1) : R) = t at *
  obtain h | h | h := height_cases (R := R) x <;> rw [h] <;> grind

/-- At a prompt, `hΔ²ρ²/λ` with `h = 1/5` and `Δ² = 17/4`. -/
theorem three_gap_at_le_radius {θ : Vec R 2} {ρ : R}
    (hθ : norm ((three (R := R)).trueParam - θ) ≤ ρ) (x : Fin 3) :
    (three (R := R)).objectiveAt x (three (R := R)).trueParam -
      (three (R := R)).objectiveAt x θ ≤ 17 / 20 * (ρ * ρ) := by
  have k := three_differenceBound.gap_le_radius_mul_self hoeffdingBound_one_fifth hθ x
  have e : 1 / 5 * (17 / 4) * (ρ * ρ) / (three (R := R)).klCoef = 17 / 20 * (ρ * ρ) := by
    show 1 / 5 * (17 / 4) * (ρ * ρ) / 1 = 17 / 20 * (ρ * ρ)
    grind
  rw [sqrt_mul_self (by grind), e] at k
  exact k

/-- Within `‖θ*‖` of `θ*`. -/
theorem three_gap_le {θ : Vec R 2} (hθ : norm ((three (R := R)).trueParam - θ) ≤ 1 / 16) :
    (three (R := R)).population uniform (three (R := R)).trueParam -
      (three (R := R)).population uniform θ ≤ 17 / 5120 := by
  have h := mean_le (uniform_isProb (by decide)) (three_gap_at_le_radius hθ)
  rw [mean_sub] at h
  exact Std.le_trans h (by grind)

theorem three_sample_gap_le (hn : 0 < n) {θ : Vec R 2}
    (hθ : norm ((three (R := R)).trueParam - θ) ≤ 1 / 16) (S : Fin n → Fin 3) :
    (three (R := R)).objective S (three (R := R)).trueParam -
      (three (R := R)).objective S θ ≤ 17 / 5120 := by
  have h := average_mono fun i => three_gap_at_le_radius hθ (S i)
  rw [average_const hn] at h
  rw [Problem.objective_sub]
  exact Std.le_trans h (by grind)

/-- Within `2r` of `θ*`, where the ball of the radius `r = 1/16` around `0` lies. -/
theorem three_gap_ball_le {θ : Vec R 2} (hθ : norm ((three (R := R)).trueParam - θ) ≤ 1 / 8) :
    (three (R := R)).population uniform (three (R := R)).trueParam -
      (three (R := R)).population uniform θ ≤ 17 / 1280 := by
  have h := mean_le (uniform_isProb (by decide)) (three_gap_at_le_radius hθ)
  rw [mean_sub] at h
  exact Std.le_trans h (by grind)

/-! ### Noise that does not vanish at the optimum -/

/-- Vector `(0, 1/16)`. -/
noncomputable def jitter : Vec R 2 := fun j => if j = 0 then 0 else 1 / 16

/-- The sample that holds each of the three prompts once. -/
def eachOnce (i : Fin 3) : Fin 3 := i

/-- The prompt of an outcome: each is drawn by two outcomes. -/
def drawnPrompt (ω : Fin 6) : Fin 3 := ⟨ω.val % 3, Nat.mod_lt _ (by decide)⟩

/-- The sign of an outcome. -/
noncomputable def drawnSign (ω : Fin 6) : R := if ω.val < 3 then 1 else -1

/-- The gradient at one prompt, plus or minus `jitter`. -/
noncomputable def jitteredGradient (ω : Fin 6) (θ : Vec R 2) : Vec R 2 :=
  (three (R := R)).gradientAt (eachOnce (drawnPrompt ω)) θ + (drawnSign ω : R) * (jitter : Vec R 2)

/-- The six outcomes in pairs. -/
theorem mean_six (F : Fin 3 → R → R) :
    mean (uniform (R := R) (n := 6)) (fun ω => F (drawnPrompt ω) (drawnSign ω)) =
      average fun i => (F i 1 + F i (-1)) / 2 := by
  have h6 : ((6 : Nat) : R) = 6 := by grind
  have h3 : ((3 : Nat) : R) = 3 := by grind
  simp only [mean, average, sum, uniform, h6, h3]
  show 1 / 6 * F 0 1 + (1 / 6 * F 1 1 + (1 / 6 * F 2 1 + (1 / 6 * F 0 (-1) + (1 / 6 * F 1 (-1) +
    (1 / 6 * F 2 (-1) + 0))))) =
    ((F 0 1 + F 0 (-1)) / 2 + ((F 1 1 + F 1 (-1)) / 2 + ((F 2 1 + F 2 (-1)) / 2 + 0))) / 3
  grind

theorem inner_jitter : inner (jitter : Vec R 2) (jitter : Vec R 2) = 1 / 256 := by
  rw [inner_plane]
  show 0 * 0 + 1 / 16 * (1 / 16) = (1 / 256 : R)
  grind

/-- `(‖g + v - w‖² + ‖g - v - w‖²)/2 = ‖g - w‖² + ‖v‖²` at `v = jitter`. -/
theorem norm_jittered (g w : Vec R 2) :
    (norm (g + (1 : R) * (jitter : Vec R 2) - w) * norm (g + (1 : R) * (jitter : Vec R 2) - w) +
      norm (g + (-1 : R) * (jitter : Vec R 2) - w) *
        norm (g + (-1 : R) * (jitter : Vec R 2) - w)) / 2 =
    norm (g - w) * norm (g - w) + 1 / 256 := by
  simp only [norm_mul_self, ← inner_jitter (R := R)]
  simp only [inner_add_left, inner_add_right, inner_sub_left, inner_sub_right, inner_smul_left,
    inner_smul_right]
  grind

private theorem add_le_of_le {a b c : R} (h : a ≤ b) : a + c ≤ b + c := by grind

/-- A drawn prompt and a drawn sign: unbiased, and even at `θ*` of variance `1/256`. -/
theorem jittered_oracle : (three (R := R)).NoisyOracle eachOnce uniform jitteredGradient 0 (1 / 16)
    (1 / 5) where
  isProb := uniform_isProb (by decide)
  unbiased θ _ := Vec.ext fun j => by
    rw [Problem.gradient_eq_averageVec]
    have e := mean_six fun i s => (three (R := R)).gradientAt (eachOnce i) θ j + s * jitter j
    refine e.trans ?_
    show _ = average fun i => (three (R := R)).gradientAt (eachOnce i) θ j
    exact average_congr fun i => by grind
  variance_le θ hθ := by
    have h := (Problem.noisyOracle_uniform three eachOnce three_featureBound (by decide)
      three_radius_le).variance_le θ hθ
    rw [mean_uniform] at h
    have e := mean_six fun i s => norm ((three (R := R)).gradientAt (eachOnce i) θ +
      (s : R) * (jitter : Vec R 2) - (three (R := R)).gradient eachOnce θ) *
      norm ((three (R := R)).gradientAt (eachOnce i) θ +
      (s : R) * (jitter : Vec R 2) - (three (R := R)).gradient eachOnce θ)
    refine (show mean uniform (fun ω => norm (jitteredGradient ω θ -
      (three (R := R)).gradient eachOnce θ) * norm (jitteredGradient ω θ -
      (three (R := R)).gradient eachOnce θ)) = _ from
      e.trans (average_congr fun i => norm_jittered _ _)) ▸ ?_
    rw [average_add, average_const (by decide)]
    have hs : 9 / 8 * (9 / 8) / (three (R := R)).klCoef * (2 * (1 / 16)) *
        (9 / 8 * (9 / 8) / (three (R := R)).klCoef * (2 * (1 / 16))) =
        (81 / 512 * (81 / 512) : R) := by
      show 9 / 8 * (9 / 8) / 1 * (2 * (1 / 16)) * (9 / 8 * (9 / 8) / 1 * (2 * (1 / 16))) =
        (81 / 512 * (81 / 512) : R)
      grind
    rw [hs] at h
    have : 81 / 512 * (81 / 512) + 1 / 256 ≤ (1 / 5 * (1 / 5) : R) := by grind
    exact Std.le_trans (add_le_of_le h) this

end RLHF.Demo
