module
public import RLHF.Papers.RewardShift.Examples.ClippedKl
public import RLHF.Papers.RewardShift.Examples.TwoLevel
public import RLHF.Papers.RewardShift.Main.ThreeTerms

/-!
# Concrete instances: the three terms

What is modelled: both headline theorems of `Main.ThreeTerms` at the reals, for 400 prompts and
four responses to each from the policy `(2/5, 3/5)`, the uniform reference, `λ = 1`, log-ratios
clipped at `1/5` (they reach beyond), and a learned reward that is wrong by `1/10` at one of four
pairs.

## Main results
* `paper_theorem_1_le`: the bound is at most `1/4`, where `1 + 2λτ` is `7/5`.
-/

@[expose] public section

namespace RLHF.Demo

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

/-- Two prompts, two actions, the uniform reference, `λ = 1`. -/
noncomputable def evenSetting : Setting Real 2 2 where
  refPolicy _ := even
  klCoef := 1
  klCoef_pos := by grind
  refPolicy_pos _ := even_pos
  refPolicy_sum _ := even_isProb.sum_eq_one

/-- The learned reward: the merit, but `9/10` in place of `1`. -/
noncomputable def guess (x a : Fin 2) : Real :=
  merit x a - if x = 0 then (if a = 0 then 1 / 10 else 0) else 0

theorem guess_bounds (x a : Fin 2) : 0 ≤ guess x a ∧ guess x a ≤ 1 := by
  unfold guess merit
  split <;> split <;> grind

/-- The learned reward minus the clipped log-ratio. -/
noncomputable def clippedGuess : Fin 2 → Fin 2 → Real :=
  evenSetting.clippedReward (1 / 5) guess fun _ => bold

theorem clippedGuess_bounds (x a : Fin 2) :
    -(1 / 5) ≤ clippedGuess x a ∧ clippedGuess x a ≤ 6 / 5 := by
  have h := evenSetting.clippedReward_bounds (π := fun _ => bold) guess_bounds
    (by grind : (0 : Real) ≤ 1 / 5) x a
  have e : evenSetting.klCoef = 1 := rfl
  rw [e] at h
  unfold clippedGuess
  grind

theorem clippedGuess_sub_le (x a b : Fin 2) : clippedGuess x a - clippedGuess x b ≤ 7 / 5 := by
  have := clippedGuess_bounds x a
  have := clippedGuess_bounds x b
  grind

theorem clippedValue_guess_sub_le (x y : Fin 2) :
    evenSetting.clippedValue (1 / 5) x (guess x) bold -
      evenSetting.clippedValue (1 / 5) y (guess y) bold ≤ 7 / 5 := by
  have e : ∀ x, evenSetting.clippedValue (1 / 5) x (guess x) bold =
      mean bold (clippedGuess x) := fun x => by
    unfold clippedGuess Setting.clippedReward Setting.clippedValue
    rw [mean_sub, mean_mul]
  have h1 := mean_le bold_isProb fun a => (clippedGuess_bounds x a).2
  have h2 := le_mean bold_isProb fun a => (clippedGuess_bounds y a).1
  rw [e, e]
  grind

/-- Four hundred prompts, four responses to each. -/
noncomputable def many : Expect Real ((Fin 400 → Fin 2) × (Fin 400 → Fin 4 → Fin 2)) :=
  rollouts even_isProb (fun _ => bold_isProb) 400 4

theorem three_term_bound_instance : 1 - 1 / 2 ≤ many.prob fun S =>
    abs (twoLevelMean clippedGuess S - evenSetting.populationValue even merit fun _ => bold) ≤
      2 * sqrt (1 / 8 * log (2 / (1 / 2)) * (7 / 5 * (7 / 5) / ((400 : Nat) : Real) +
        7 / 5 * (7 / 5) / (((400 : Nat) : Real) * ((4 : Nat) : Real)))) +
      abs (meanPair even (fun _ => bold) fun x a => merit x a - guess x a) +
      1 * abs (meanPair even (fun _ => bold) fun _ a =>
        logRatio bold even a - clip (1 / 5) (logRatio bold even a)) :=
  three_term_bound evenSetting even_isProb (fun _ => bold_isProb) merit guess
    (hoeffding_constant_archimedean archimedean_real) clippedValue_guess_sub_le
    clippedGuess_sub_le (by omega) (by omega) (by grind)

theorem paper_theorem_1_instance : 1 - 1 / 2 ≤ many.prob fun S =>
    abs (twoLevelMean clippedGuess S - evenSetting.populationValue even merit fun _ => bold) ≤
      (1 + 2 * 1 * (1 / 5)) * (sqrt (log (4 / (1 / 2)) / (2 * ((400 : Nat) : Real))) +
        sqrt (log (4 / (1 / 2)) / (2 * (((400 : Nat) : Real) * ((4 : Nat) : Real))))) +
      sqrt (1 + chiSqPair even (fun _ => bold) even fun _ : Fin 2 => even) *
        sqrt (meanPair even (fun _ => even) fun x a =>
          (merit x a - guess x a) * (merit x a - guess x a)) +
      1 * meanPair even (fun _ => bold) fun _ a =>
        posPart (abs (logRatio bold even a) - 1 / 5) :=
  paper_theorem_1 archimedean_real evenSetting even_isProb (fun _ => bold_isProb) even_isProb
    (fun _ => even_isProb) (fun x a _ => mul_pos (even_pos x) (even_pos a)) merit guess_bounds
    (by grind) (by omega) (by omega) (by grind)

/-! ### How large the bound is -/

/-- A bound of a root. -/
theorem sqrt_le {y z : Real} (hy : 0 ≤ y) (hz : 0 ≤ z) (h : y ≤ z * z) : sqrt y ≤ z := by
  have k := sqrt_le_sqrt hy h
  rwa [sqrt_eq (y := z) hz rfl] at k

/-- The bound of `paper_theorem_1_instance` is at most `1/4`. -/
theorem paper_theorem_1_le :
    (1 + 2 * 1 * (1 / 5)) * (sqrt (log (4 / (1 / 2)) / (2 * ((400 : Nat) : Real))) +
        sqrt (log (4 / (1 / 2)) / (2 * (((400 : Nat) : Real) * ((4 : Nat) : Real))))) +
      sqrt (1 + chiSqPair even (fun _ => bold) even fun _ : Fin 2 => even) *
        sqrt (meanPair even (fun _ => even) fun x a =>
          (merit x a - guess x a) * (merit x a - guess x a)) +
      1 * (meanPair even (fun _ => bold) fun _ : Fin 2 => fun a =>
        posPart (abs (logRatio bold even a) - 1 / 5)) ≤ (1 / 4 : Real) := by
  have h1 := log_two_le
  have h2 := log_two_pos
  have hc : 1 + chiSqPair even (fun _ => bold) even (fun _ : Fin 2 => even) = (26 / 25 : Real) := by
    simp only [chiSqPair, chiSq, sum, even, bold, pair]; grind
  have he : (meanPair even (fun _ => even) fun x a =>
      (merit x a - guess x a) * (merit x a - guess x a)) = 1 / 20 * (1 / 20) := by
    simp only [meanPair, mean, sum, even, pair, guess]; grind
  have hp : (meanPair even (fun _ => bold) fun _ : Fin 2 => fun a =>
      posPart (abs (logRatio bold even a) - 1 / 5)) ≤ (1 / 20 : Real) :=
    mean_le even_isProb fun _ => mean_le bold_isProb fun a =>
      max_le (by have := abs_logRatio_bold_le (R := Real) a; grind) (by grind)
  have k1 := sqrt_le (y := log (8 : Real) / (2 * ((400 : Nat) : Real))) (z := 54 / 1000)
    (by rw [log_eight]; grind) (by grind) (by rw [log_eight]; grind)
  have k2 := sqrt_le (y := log (8 : Real) / (2 * (((400 : Nat) : Real) * ((4 : Nat) : Real))))
    (z := 27 / 1000) (by rw [log_eight]; grind) (by grind) (by rw [log_eight]; grind)
  have k3 := sqrt_le (y := (26 / 25 : Real)) (z := 102 / 100) (by grind) (by grind) (by grind)
  rw [(by grind : (4 / (1 / 2) : Real) = 8), hc, he,
    sqrt_eq (y := (1 / 20 : Real)) (by grind) rfl]
  grind

end RLHF.Demo
