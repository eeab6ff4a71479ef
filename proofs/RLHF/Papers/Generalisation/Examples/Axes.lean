module
public import RLHF.Geometry.Range
public import RLHF.Papers.Generalisation.Ascent.Defs
public import RLHF.Papers.Generalisation.Ascent.Smoothness
public import RLHF.Papers.Generalisation.Stability.Coverage
public import RLHF.Probability.Hoeffding.TwoPoint
public import RLHF.Probability.Occurrence.Basic

/-!
# A concrete instance with three prompts, and one step of gradient ascent on it

What is modelled: a problem in which each of three prompts has a direction of its own, so that
samples differ in what they teach; one step of gradient ascent from `0`, which moves along the axis
of a prompt in proportion to its share of the sample.

## Main definitions
* `Demo.axes`: two actions with features `± e_x` at the prompt `x`, `q = (1/2, 1/2)`, `λ = 1`,
  `θ* = (1/2, 1/2, 1/2)`. `Demo.axesWeights`: the prompt weights `(1/2, 1/4, 1/4)`.
* `Demo.axesStep`: one step of gradient ascent on `J_S` from `0`, of the step `λ/B² = 1`.
* `Demo.axesSeen`: an empirical optimum, `θ*` on the axes of the prompts in the sample.

## Main results
* `Demo.axes_objective_gap_le`, `Demo.axes_gap_le`: after the step the empirical gap is at most
  `4/45` on every sample, and the gap at a prompt at most `1/5`.
* `Demo.axes_stable`: the step is uniformly stable with `1/n + 3/n²`.
* `Demo.axesSeen_stationary`.
-/

@[expose] public section

namespace RLHF.Demo

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R] {n : Nat}

/-- Values `1` and `-1` of two actions. -/
noncomputable def plusMinus (a : Fin 2) : R := if a = 0 then 1 else -1

/-- Weights `(1/2, 1/2)` of two actions. -/
noncomputable def coin (_ : Fin 2) : R := 1 / 2

/-- Weights `(1/2, 1/4, 1/4)` of three prompts. -/
noncomputable def axesWeights (x : Fin 3) : R := if x = 0 then 1 / 2 else 1 / 4

/-- Vector `(1/2, 1/2, 1/2)`. -/
noncomputable def halves : Vec R 3 := fun _ => 1 / 2

/-- Three prompts with features `± e_x`, `q = (1/2, 1/2)`, `λ = 1`, `θ* = (1/2, 1/2, 1/2)`. -/
noncomputable def axes : Problem R 3 2 3 where
  feature x a := fun j => plusMinus a * indicator (x = j)
  refPolicy _ := coin
  trueParam := halves
  klCoef := 1
  klCoef_pos := by grind
  refPolicy_pos _ _ := by unfold coin; grind
  refPolicy_sum _ := by simp only [sum, coin]; grind

theorem axesWeights_ge (x : Fin 3) : 1 / 4 ≤ (axesWeights x : R) := by
  unfold axesWeights; split <;> grind

theorem axesWeights_isProb : IsProb (axesWeights (R := R)) where
  nonneg x := by have := axesWeights_ge (R := R) x; grind
  sum_eq_one := by
    show (1 / 2 + (1 / 4 + (1 / 4 + 0)) : R) = 1
    grind

theorem plusMinus_mul_self (a : Fin 2) : plusMinus a * plusMinus a = (1 : R) := by
  unfold plusMinus; grind

theorem axes_inner_feature (w : Vec R 3) (x : Fin 3) (a : Fin 2) :
    inner w ((axes (R := R)).feature x a) = plusMinus a * w x := by
  have h := sum_indicator_eq_mul x w
  show (sum fun j => w j * (plusMinus a * indicator (x = j))) = _
  rw [sum_congr fun j => (by grind : w j * (plusMinus a * indicator (x = j)) =
    plusMinus a * (indicator (x = j) * w j)), sum_mul, h]

theorem axes_featureBound : (axes (R := R)).FeatureBound 1 := fun x a => by
  refine norm_le_of_inner_le (by grind) ?_
  rw [axes_inner_feature]
  show plusMinus a * (plusMinus a * indicator (x = x)) ≤ (1 * 1 : R)
  have := plusMinus_mul_self (R := R) a
  rw [indicator_eq_one rfl]
  grind

/-! ### One step -/

/-- One step of gradient ascent on `J_S` from `0` with the step size `λ/B² = 1`. -/
noncomputable def axesStep (S : Fin n → Fin 3) : Vec R 3 :=
  axes.gradientAscent S 0 (1 / (1 * 1)) 1

theorem cov_plusMinus (c w : R) :
    cov coin (fun a => plusMinus a * c) (fun a => plusMinus a * w) = c * w := by
  have e0 : plusMinus 0 = (1 : R) := rfl
  have e1 : plusMinus (Fin.succ 0) = (-1 : R) := rfl
  simp only [cov, mean, sum, coin, e0, e1]
  grind

theorem axes_inner_gradient (S : Fin n → Fin 3) (w : Vec R 3) :
    inner ((axes (R := R)).gradient S 0) w = average fun i => 1 / 2 * w (S i) := by
  rw [Problem.inner_gradient]
  refine average_congr fun i => ?_
  rw [Problem.inner_gradientAt, Problem.policy_zero, funext (axes_inner_feature _ (S i)),
    funext (axes_inner_feature w (S i))]
  show cov coin (fun a => plusMinus a * _) (fun a => plusMinus a * _) / 1 = _
  rw [cov_plusMinus, show ((axes (R := R)).trueParam - 0 : Vec R 3) (S i) = 1 / 2 - 0 from rfl]
  generalize w (S i) = c
  grind

/-- The step is half of the shares of the prompts in the sample. -/
theorem axesStep_apply (S : Fin n → Fin 3) (j : Fin 3) :
    axesStep S j = (1 / 2 * frequency S j : R) := by
  have h := axes_inner_gradient (R := R) S fun x => indicator (x = j)
  have e : inner ((axes (R := R)).gradient S 0) (fun x => indicator (x = j)) =
      (axes (R := R)).gradient S 0 j := by
    have k := sum_indicator_eq_mul j ((axes (R := R)).gradient S 0)
    rw [← k]
    refine sum_congr fun x => ?_
    show (axes (R := R)).gradient S 0 x * indicator (x = j) = _
    rw [show (x = j) = (j = x) from propext ⟨Eq.symm, Eq.symm⟩]
    grind
  rw [e, average_mul] at h
  show (0 : R) + 1 / (1 * 1) * (axes (R := R)).gradient S 0 j = _
  rw [h]
  unfold frequency
  grind

theorem frequency_bounds (S : Fin n → Fin 3) (j : Fin 3) :
    0 ≤ (frequency S j : R) ∧ (frequency S j : R) ≤ 1 := by
  unfold frequency
  refine ⟨average_nonneg fun i => indicator_nonneg _, ?_⟩
  obtain rfl | hn := Nat.eq_zero_or_pos n
  · simp only [average, sum]; grind
  · rw [← average_const (R := R) hn 1]
    exact average_mono fun i => by unfold indicator; grind

/-- The error `θ* - θ_S` on the axis of a prompt. -/
theorem axes_error (S : Fin n → Fin 3) (x : Fin 3) :
    ((axes (R := R)).trueParam - axesStep S : Vec R 3) x = 1 / 2 * (1 - frequency S x) := by
  show (1 / 2 : R) - axesStep S x = _
  rw [axesStep_apply]
  grind

theorem inner_axes (u : Vec R 3) : inner u u = u 0 * u 0 + u 1 * u 1 + u 2 * u 2 := by
  show u 0 * u 0 + (u 1 * u 1 + (u 2 * u 2 + 0)) = _
  grind

/-- A vector with coordinates of at most `c / 2` has norm at most `c`. -/
theorem norm_axes_le {u : Vec R 3} {c : R} (hc : 0 ≤ c) (h : ∀ x, abs (u x) ≤ 1 / 2 * c) :
    norm u ≤ c := by
  refine norm_le_of_inner_le hc ?_
  have k : ∀ x, u x * u x ≤ 1 / 2 * c * (1 / 2 * c) := fun x => by
    rw [← abs_mul_abs]
    exact mul_le_mul (h x) (h x) (by grind) (abs_nonneg _)
  have := mul_self_nonneg c
  have := k 0
  have := k 1
  have := k 2
  rw [inner_axes]
  grind

theorem axes_error_le (S : Fin n → Fin 3) : norm ((axes (R := R)).trueParam - axesStep S) ≤ 1 :=
  norm_axes_le (by grind) fun x => by
    have := frequency_bounds (R := R) S x
    rw [axes_error, abs_le]
    grind

/-! ### Its gaps -/

/-- The gap at a prompt is at most `w²/5`, `w = 1 - f` the range of the residual there. -/
theorem axes_gap_le_error (S : Fin n → Fin 3) (x : Fin 3) :
    (axes (R := R)).objectiveAt x halves - axes.objectiveAt x (axesStep S) ≤
      1 / 5 * ((1 - frequency S x) * (1 - frequency S x)) := by
  have h := (axes (R := R)).toSetting.gap_le_range_mul_self x (axes.reward x)
    (fun a => inner (axesStep S) (axes.feature x a)) (w := 1 - frequency S x)
    hoeffdingBound_one_fifth fun a b => by
      have e : ∀ a, (axes (R := R)).reward x a - inner (axesStep S) (axes.feature x a) =
          plusMinus a * (1 / 2 * (1 - frequency S x)) := fun a => by
        rw [← axes_error, ← axes_inner_feature, inner_sub_left]
        rfl
      have hf := frequency_bounds (R := R) S x
      rw [e, e]
      unfold plusMinus
      split <;> split <;> grind
  have e1 : (axes (R := R)).klCoef = 1 := rfl
  rw [e1] at h
  refine Std.le_trans h ?_
  generalize frequency (R := R) S x = f
  grind

theorem axes_gap_le (S : Fin n → Fin 3) (x : Fin 3) :
    (axes (R := R)).objectiveAt x halves - axes.objectiveAt x (axesStep S) ≤ 1 / 5 := by
  have h := axes_gap_le_error (R := R) S x
  have hf := frequency_bounds (R := R) S x
  have h1 := mul_nonneg hf.1 (by grind : 0 ≤ 2 - frequency (R := R) S x)
  generalize frequency (R := R) S x = f at *
  grind

/-- `f (1 - f)² ≤ 4/27` for `f ≤ 1`. -/
theorem share_le {f : R} (h1 : f ≤ 1) : f * ((1 - f) * (1 - f)) ≤ 4 / 27 := by
  have := mul_nonneg (mul_self_nonneg (1 / 3 - f)) (by grind : 0 ≤ 4 / 3 - f)
  grind

/-- A sample has a gap of at most `4/45` after the step. -/
theorem axes_objective_gap_le (S : Fin n → Fin 3) :
    (axes (R := R)).objective S halves - axes.objective S (axesStep S) ≤ 4 / 45 := by
  have e : (axes (R := R)).objective S halves - axes.objective S (axesStep S) =
      mean (frequency S) fun x => (axes (R := R)).objectiveAt x halves -
        axes.objectiveAt x (axesStep S) := by
    rw [← average_eq_mean_frequency, average_sub]
    rfl
  have k : ∀ x, frequency S x * ((axes (R := R)).objectiveAt x halves -
      axes.objectiveAt x (axesStep S)) ≤ 4 / 135 := fun x => by
    have hf := frequency_bounds (R := R) S x
    have h1 := mul_le_mul_left (axes_gap_le_error (R := R) S x) hf.1
    have h2 := share_le hf.2
    generalize frequency (R := R) S x = f at *
    grind
  rw [e]
  refine Std.le_trans (sum_mono k) ?_
  rw [sum_const, show ((3 : Nat) : R) = 3 by grind]
  grind

/-! ### Its stability -/

theorem abs_frequency_sub_le (S : Fin n → Fin 3) (i : Fin n) (x j : Fin 3) :
    abs ((frequency S j : R) - frequency (replaceAt S i x) j) ≤ 1 / (n : R) := by
  have k : ∀ l, abs ((indicator (S l = j) : R) - indicator (replaceAt S i x l = j)) ≤
      indicator (i = l) * 1 := fun l => by
    by_cases h : i = l
    · have h1 := indicator_nonneg (R := R) (S l = j)
      have h2 := indicator_nonneg (R := R) (replaceAt S i x l = j)
      have h3 : (indicator (S l = j) : R) ≤ 1 := by unfold indicator; grind
      have h4 : (indicator (replaceAt S i x l = j) : R) ≤ 1 := by unfold indicator; grind
      rw [indicator_eq_one h, abs_le]
      grind
    · have e : replaceAt S i x l = S l := if_neg fun h' => h h'.symm
      rw [e, indicator_eq_zero h, abs_le]
      grind
  have e : (average fun l => indicator (i = l) * 1) = 1 / (n : R) := by
    unfold average
    rw [sum_indicator_eq_mul i fun _ => (1 : R)]
  unfold frequency
  rw [← average_sub, ← e, abs_le]
  have hu := average_mono fun l => (abs_le.mp (k l)).2
  have hl := average_mono fun l => (abs_le.mp (k l)).1
  rw [show ∀ f : Fin n → R, (average fun l => -f l) = -average f from fun f => by
    unfold average; rw [sum_neg]; grind] at hl
  exact ⟨hl, hu⟩

theorem axesStep_sub_le (hn : 0 < n) (S : Fin n → Fin 3) (i : Fin n) (x : Fin 3) :
    norm (axesStep (R := R) (replaceAt S i x) - axesStep S) ≤ 1 / (n : R) :=
  norm_axes_le (div_nonneg (by grind) (natCast_pos hn)) fun j => by
    have h := abs_le.mp (abs_frequency_sub_le (R := R) S i x j)
    rw [Vec.sub_apply, axesStep_apply, axesStep_apply, abs_le]
    grind

theorem axes_norm_gradientAt_le {θ : Vec R 3} (x : Fin 3)
    (hθ : norm ((axes (R := R)).trueParam - θ) ≤ 1) :
    norm ((axes (R := R)).gradientAt x θ) ≤ 1 := by
  have h := (axes (R := R)).gradientAt_cocoercive x θ axes_featureBound
  have e : 1 * 1 / (axes (R := R)).klCoef = 1 := by show (1 * 1 / 1 : R) = 1; grind
  have h1 := inner_le_norm ((axes (R := R)).gradientAt x θ) ((axes (R := R)).trueParam - θ)
  have h0 := norm_nonneg ((axes (R := R)).gradientAt x θ)
  have h2 := mul_le_mul_left hθ h0
  rw [e] at h
  refine (mul_self_le_iff h0 (by grind)).mp ?_
  by_cases hg : norm ((axes (R := R)).gradientAt x θ) ≤ 1
  · exact mul_le_mul hg hg (by grind) h0
  · have := mul_pos (by grind : 0 < norm ((axes (R := R)).gradientAt x θ))
      (by grind : 0 < norm ((axes (R := R)).gradientAt x θ) - 1)
    grind

/-- The objective at a prompt falls by at most `s + 3 s²` over a distance of `s ≤ 1/2`. -/
theorem axes_objectiveAt_sub_le {θ θ' : Vec R 3} {s : R} (x : Fin 3)
    (hθ : norm ((axes (R := R)).trueParam - θ) ≤ 1) (hs : norm (θ' - θ) ≤ s) (hs2 : s ≤ 1 / 2) :
    (axes (R := R)).objectiveAt x θ - axes.objectiveAt x θ' ≤ s + 3 * (s * s) := by
  have h := (axes (R := R)).le_objectiveAt_add x θ (θ' - θ) axes_featureBound
    (by show 2 * (1 * norm (θ' - θ)) ≤ (1 : R); grind)
  have e : θ + (θ' - θ) = θ' := Vec.ext fun j => by rw [Vec.add_apply, Vec.sub_apply]; grind
  have e2 : 1 * 1 / (axes (R := R)).klCoef * (1 + 2 * (1 * norm ((axes (R := R)).trueParam - θ)) /
      (axes (R := R)).klCoef) = 1 + 2 * norm ((axes (R := R)).trueParam - θ) := by
    show (1 * 1 / 1 : R) * (1 + 2 * (1 * _) / 1) = _
    grind
  have h1 := inner_le_norm ((axes (R := R)).gradientAt x θ) (-(θ' - θ))
  have h0 := norm_nonneg (θ' - θ)
  have h2 := mul_le_mul_right (axes_norm_gradientAt_le x hθ) h0
  have h3 := mul_le_mul hs hs (Std.le_trans h0 hs) h0
  have h4 := mul_le_mul_right hθ (mul_nonneg h0 h0)
  rw [inner_neg_right, norm_neg] at h1
  rw [e, e2] at h
  generalize norm (θ' - θ) = w at *
  generalize norm ((axes (R := R)).trueParam - θ) = u at *
  grind

/-- One step of gradient ascent is uniformly stable. -/
theorem axes_stable (hn : 2 ≤ n) : (axes (R := R)).UniformlyStable (axesStep (n := n))
    (1 / (n : R) + 3 * (1 / (n : R) * (1 / (n : R)))) := fun S i x' x => by
  have hp := natCast_pos (R := R) (by omega : 0 < n)
  have hs : 1 / (n : R) ≤ 1 / 2 := by
    obtain ⟨k, rfl⟩ := Nat.exists_eq_add_of_le hn
    have := natCast_nonneg (R := R) k
    rw [div_le_iff hp, Semiring.natCast_add]
    grind
  have h := axesStep_sub_le (R := R) (by omega : 0 < n) S i x'
  have h1 := axes_objectiveAt_sub_le x (axes_error_le (R := R) S) h hs
  rw [norm_sub_comm] at h
  have h2 := axes_objectiveAt_sub_le x (axes_error_le (R := R) (replaceAt S i x')) h hs
  rw [abs_le]
  grind

/-! ### An empirical optimum -/

open Classical in
/-- The parameter `θ*` on the axes of the prompts in the sample, `0` on the others. -/
noncomputable def axesSeen (S : Fin n → Fin 3) : Vec R 3 :=
  fun j => if ∃ i, S i = j then 1 / 2 else 0

theorem axesSeen_stationary (S : Fin n → Fin 3) : (axes (R := R)).gradient S (axesSeen S) = 0 := by
  have hg := (axes (R := R)).gradient_cocoercive S (axesSeen S) axes_featureBound
  have e : ∀ i, inner ((axes (R := R)).gradientAt (S i) (axesSeen S))
      ((axes (R := R)).trueParam - axesSeen S) = 0 := fun i => by
    have hz : ((axes (R := R)).trueParam - axesSeen S : Vec R 3) (S i) = 0 := by
      show (1 / 2 : R) - (if ∃ j, S j = S i then 1 / 2 else 0) = 0
      rw [if_pos ⟨i, rfl⟩]
      grind
    rw [Problem.inner_gradientAt_error]
    simp only [axes_inner_feature, hz]
    have hp := (axes (R := R)).policy_isProb (S i) (axesSeen S)
    have h := var_le_mean_sub hp (fun a => plusMinus a * (0 : R)) 0
    have h0 := var_nonneg hp.nonneg fun a => plusMinus a * (0 : R)
    have e : ∀ a, (plusMinus a * (0 : R) - 0) * (plusMinus a * 0 - 0) = 0 := fun a => by grind
    rw [mean_congr e, mean_const hp] at h
    show var _ _ / 1 = (0 : R)
    grind
  have ez : inner ((axes (R := R)).gradient S (axesSeen S))
      ((axes (R := R)).trueParam - axesSeen S) = 0 := by
    rw [Problem.inner_gradient, average_congr e]
    unfold average
    rw [sum_zero]
    grind
  rw [ez, norm_mul_self] at hg
  have := inner_self_nonneg ((axes (R := R)).gradient S (axesSeen S))
  exact eq_zero_of_inner_self (by grind)

end RLHF.Demo
