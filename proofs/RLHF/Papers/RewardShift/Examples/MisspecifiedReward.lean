module
public import RLHF.Papers.RewardShift.Examples.ChangeOfMeasure
public import RLHF.Papers.RewardShift.Main.MisspecifiedReward

/-!
# Concrete instances: a reward that is wrong

What is modelled: every headline theorem of `Main.MisspecifiedReward` at the reals, for the
reference policies `(1/3, 2/3)`, `λ = 1`, the true reward `(1, 0)` and the learned reward `0`, whose
policy is the reference policy. Its gap lies between `1/19` and `8/45`, where the error has the
range `1`.

## Main results
* `reward_error_second_order_le`, `le_reward_error_lower`: the numbers `8/45` and `1/19`.
* `gap_triangle_le`: the uniform policy has a gap of at most `1/2`.
-/

@[expose] public section

namespace RLHF.Demo

open Lean.Grind

/-- The learned reward, `0` for every action. -/
noncomputable def silence (_ : Fin 2) : Real := 0

theorem boltzmann_silence (x : Fin 2) : setting.boltzmann x silence = weights :=
  setting.boltzmann_zero x

theorem mean_error : (mean weights fun a => truth a - silence a) = 1 / 3 := by
  simp only [mean, sum, weights, truth, silence]; grind

theorem var_error : (var weights fun a => truth a - silence a) = 2 / 9 := by
  rw [var_eq weights_isProb, mean_error]
  simp only [mean, sum, weights, truth, silence]; grind

/-- The scaled error is `2/3` at the first action and `-1/3` at the second. -/
theorem scaledError_eq (a : Fin 2) :
    setting.scaledError 0 truth silence a = if a = 0 then 2 / 3 else -1 / 3 := by
  unfold Setting.scaledError
  rw [boltzmann_silence, mean_error]
  show ((truth a - silence a - 1 / 3) / 1 : Real) = _
  unfold truth silence
  split <;> grind

theorem abs_scaledError_le (a : Fin 2) : abs (setting.scaledError 0 truth silence a) ≤ 1 := by
  rw [scaledError_eq, abs_le]; split <;> grind

theorem reward_error_identity_instance :
    setting.value 0 truth (setting.boltzmann 0 truth) -
      setting.value 0 truth (setting.boltzmann 0 silence) =
    1 * log (mean (setting.boltzmann 0 silence) fun a =>
      exp (setting.scaledError 0 truth silence a)) :=
  (reward_error_identity setting 0 truth silence).2

theorem reward_error_second_order_instance :
    setting.value 0 truth (setting.boltzmann 0 truth) -
      setting.value 0 truth (setting.boltzmann 0 silence) ≤
    4 / 5 / 1 * var (setting.boltzmann 0 silence) fun a => truth a - silence a :=
  reward_error_second_order setting 0 truth silence abs_scaledError_le expBound_one

/-- The bound is `8/45`. -/
theorem reward_error_second_order_le :
    setting.value 0 truth (setting.boltzmann 0 truth) -
      setting.value 0 truth (setting.boltzmann 0 silence) ≤ 8 / 45 := by
  have h := reward_error_second_order_instance
  rw [boltzmann_silence] at *
  rw [var_error] at h
  grind

theorem reward_error_second_order_sharp_instance :
    setting.value 0 truth (setting.boltzmann 0 truth) -
      setting.value 0 truth (setting.boltzmann 0 silence) ≤
    psi 1 / 1 * var (setting.boltzmann 0 silence) fun a => truth a - silence a :=
  reward_error_second_order_sharp setting archimedean_real 0 truth silence abs_scaledError_le rfl

theorem reward_error_lower_instance :
    1 * (var (setting.boltzmann 0 silence) (setting.scaledError 0 truth silence) /
      (4 + var (setting.boltzmann 0 silence) (setting.scaledError 0 truth silence))) ≤
    setting.value 0 truth (setting.boltzmann 0 truth) -
      setting.value 0 truth (setting.boltzmann 0 silence) :=
  reward_error_lower setting 0 truth silence fun a => by rw [scaledError_eq]; split <;> grind

/-- The bound is `1/19`. -/
theorem le_reward_error_lower : 1 / 19 ≤
    setting.value 0 truth (setting.boltzmann 0 truth) -
      setting.value 0 truth (setting.boltzmann 0 silence) := by
  have h := reward_error_lower_instance
  have e : var (setting.boltzmann 0 silence) (setting.scaledError 0 truth silence) = 2 / 9 := by
    rw [setting.var_scaledError, boltzmann_silence, var_error]
    show (1 / (1 * 1) * (2 / 9) : Real) = 2 / 9
    grind
  rw [e] at h
  grind

/-! ### The triangle inequality -/

/-- The width of the error at a prompt: `1` at the first, `0` at the second. -/
noncomputable def width (x : Fin 2) : Real := if x = 0 then 1 else 0

theorem corner_bounds (x a : Fin 2) :
    0 ≤ corner x a - silence a ∧ corner x a - silence a ≤ width x := by
  unfold corner silence width truth
  split <;> (try split) <;> grind

theorem gap_triangle_instance :
    sqrt (mean fairPair fun x => setting.value x (corner x) (setting.boltzmann x (corner x)) -
      setting.value x (corner x) fairPair) ≤
    sqrt (mean fairPair fun x => setting.value x silence (setting.boltzmann x silence) -
      setting.value x silence fairPair) +
      sqrt (mean fairPair fun x => (width x - 0) * (width x - 0)) * sqrt (1 / 8 / 1) :=
  (gap_triangle setting (hoeffding_constant_archimedean archimedean_real) fairPair_isProb
    (s := fun _ => silence) (lo := fun _ => 0) corner_bounds fun _ => fairPair_isProb).2

/-- The uniform policy has a gap of at most `1/8` under the reward `0`. -/
theorem gap_silence_le : setting.value 0 silence (setting.boltzmann 0 silence) -
    setting.value 0 silence fairPair ≤ 1 / 8 := by
  rw [gap_general setting 0 silence fairPair_isProb, boltzmann_silence]
  have h := kl_chi_square_instance
  show (1 : Real) * _ ≤ _
  grind

/-- Under the true reward the uniform policy has a gap of at most `1/2`. -/
theorem gap_triangle_le : setting.value 0 truth (setting.boltzmann 0 truth) -
    setting.value 0 truth fairPair ≤ 1 / 2 := by
  have h := (gap_triangle setting (hoeffding_constant_archimedean archimedean_real)
    fairPair_isProb (r := fun _ => truth) (s := fun _ => silence) (lo := fun _ => 0)
    (hi := fun _ => 1) (fun _ a => by have := truth_bounds a; unfold silence; grind)
    fun _ => fairPair_isProb).1 0
  have h1 := sqrt_le_sqrt (setting.gap_nonneg 0 silence fairPair_isProb) gap_silence_le
  have e : sqrt (1 / 8 / setting.klCoef : Real) = sqrt (1 / 8) := by
    show sqrt (1 / 8 / 1 : Real) = _
    congr 1; grind
  rw [e] at h
  have h0 := sqrt_nonneg (1 / 8 : Real)
  have h2 := sqrt_mul_self (by grind : (0 : Real) ≤ 1 / 8)
  have h3 := sqrt_nonneg (setting.value 0 truth (setting.boltzmann 0 truth) -
    setting.value 0 truth fairPair)
  have h4 := sqrt_mul_self (setting.gap_nonneg 0 truth fairPair_isProb)
  generalize sqrt (1 / 8 : Real) = c at *
  have h5 := mul_le_mul (by grind : sqrt (setting.value 0 truth (setting.boltzmann 0 truth) -
    setting.value 0 truth fairPair) ≤ 2 * c) (by grind : sqrt (setting.value 0 truth
      (setting.boltzmann 0 truth) - setting.value 0 truth fairPair) ≤ 2 * c) (by grind) h3
  rw [h4, (by grind : 2 * c * (2 * c) = 4 * (c * c)), h2] at h5
  clear h h1 h3 h4 h2
  grind

/-! ### Range, transfer, training data -/

theorem error_range (a b : Fin 2) : (truth a - silence a) - (truth b - silence b) ≤ (1 : Real) := by
  have := truth_bounds a
  have := truth_bounds b
  unfold silence
  grind

theorem reward_error_range_instance :
    setting.value 0 truth (setting.boltzmann 0 truth) -
      setting.value 0 truth (setting.boltzmann 0 silence) ≤ (1 / 8 * (1 * 1) / 1 : Real) :=
  reward_error_range setting (hoeffding_constant_archimedean archimedean_real) 0 error_range

theorem reward_error_transfer_instance :
    setting.value 0 truth (setting.boltzmann 0 truth) - setting.value 0 truth fairPair =
      setting.value 0 silence (setting.boltzmann 0 silence) - setting.value 0 silence fairPair +
        (mean (setting.boltzmann 0 silence) (fun a => truth a - silence a) -
          mean fairPair (fun a => truth a - silence a)) +
        1 * log (mean (setting.boltzmann 0 silence) fun a =>
          exp (setting.scaledError 0 truth silence a)) :=
  reward_error_transfer setting 0 truth silence fairPair

theorem boltzmann_silence_le (a : Fin 2) :
    setting.boltzmann 0 silence a ≤ 4 / 3 * fairPair a := by
  rw [boltzmann_silence]
  unfold weights fairPair
  split <;> grind

theorem reward_error_training_instance :
    setting.value 0 truth (setting.boltzmann 0 truth) -
      setting.value 0 truth (setting.boltzmann 0 silence) ≤
    4 / 5 * (4 / 3) / 1 * var fairPair (fun a => truth a - silence a) :=
  (reward_error_training setting 0 truth silence abs_scaledError_le expBound_one (by grind)
    fairPair_isProb boltzmann_silence_le).1

theorem reward_error_training_sharp_instance :
    setting.value 0 truth (setting.boltzmann 0 truth) -
      setting.value 0 truth (setting.boltzmann 0 silence) ≤
    psi 1 * (4 / 3) / 1 * var fairPair (fun a => truth a - silence a) :=
  (reward_error_training_sharp setting archimedean_real 0 truth silence abs_scaledError_le rfl
    fairPair_isProb boltzmann_silence_le).1

end RLHF.Demo
