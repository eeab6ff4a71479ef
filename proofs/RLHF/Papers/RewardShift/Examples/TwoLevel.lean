module
public import RLHF.Papers.RewardShift.Examples.PacBayes
public import RLHF.Papers.RewardShift.Main.TwoLevel

/-!
# Concrete instances: two-level sampling

What is modelled: every headline theorem of `Main.TwoLevel` at the reals, for 100 prompts of two
kinds and four responses to each of them, of a merit in `[0, 1]`.

## Main results
* `two_level_confidence_le`: the mean is within `1/20` of its expectation with probability at least
  `1/2`, where it could be off by more than `1/2`.
-/

@[expose] public section

namespace RLHF.Demo

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

/-- Merit `1`, `1/2` of the responses to the first prompt, `1/2`, `0` to the second. -/
noncomputable def merit (x a : Fin 2) : Real :=
  (if x = 0 then 1 / 2 else 0) + if a = 0 then 1 / 2 else 0

theorem mean_merit (x : Fin 2) : mean even (merit x) = (if x = 0 then 1 / 2 else 0) + 1 / 4 := by
  simp only [mean, sum, merit, even, pair]
  split <;> grind

theorem mean_merit_sub_le (x y : Fin 2) : mean even (merit x) - mean even (merit y) ≤ 1 / 2 := by
  rw [mean_merit, mean_merit]
  split <;> split <;> grind

theorem merit_sub_le (x a b : Fin 2) : merit x a - merit x b ≤ 1 / 2 := by
  unfold merit
  split <;> split <;> split <;> grind

/-- A hundred prompts, four responses to each. -/
noncomputable def hundred : Expect Real ((Fin 100 → Fin 2) × (Fin 100 → Fin 4 → Fin 2)) :=
  rollouts even_isProb (fun _ => even_isProb) 100 4

/-- How far the mean merit is from its expectation. -/
noncomputable def offBy (S : (Fin 100 → Fin 2) × (Fin 100 → Fin 4 → Fin 2)) : Real :=
  twoLevelMean merit S - meanPair even (fun _ => even) merit

theorem two_level_mean_instance :
    hundred (twoLevelMean merit) = meanPair even (fun _ => even) merit :=
  two_level_mean even_isProb (fun _ => even_isProb) merit (by omega) (by omega)

/-- Three prompts, two responses to each. -/
noncomputable def few : Expect Real ((Fin 3 → Fin 2) × (Fin 3 → Fin 2 → Fin 2)) :=
  rollouts even_isProb (fun _ => even_isProb) 3 2

theorem two_level_variance_instance :
    few (fun S => (twoLevelMean merit S - meanPair even (fun _ => even) merit) *
      (twoLevelMean merit S - meanPair even (fun _ => even) merit)) =
    var even (fun x => mean even (merit x)) / ((3 : Nat) : Real) +
      mean even (fun x => var even (merit x)) / (((3 : Nat) : Real) * ((2 : Nat) : Real)) :=
  two_level_variance (n := 3) (k := 2) even_isProb (fun _ => even_isProb) merit (by omega)
    (by omega)

theorem two_level_chebyshev_instance : hundred.prob (fun S => 1 / 5 ≤ abs (offBy S)) ≤
    (var even (fun x => mean even (merit x)) / ((100 : Nat) : Real) +
      mean even (fun x => var even (merit x)) / (((100 : Nat) : Real) * ((4 : Nat) : Real))) /
      (1 / 5 * (1 / 5)) :=
  two_level_chebyshev even_isProb (fun _ => even_isProb) merit (by omega) (by omega) (by grind)

theorem two_level_mgf_instance (s : Real) :
    few (fun S => exp (s * (twoLevelMean merit S - meanPair even (fun _ => even) merit))) ≤
      exp (1 / 8 * (s * s * (1 / 2 * (1 / 2) / ((3 : Nat) : Real) +
        1 / 2 * (1 / 2) / (((3 : Nat) : Real) * ((2 : Nat) : Real))))) :=
  two_level_mgf (n := 3) (k := 2) (f := merit) even_isProb (fun _ => even_isProb)
    (hoeffding_constant_archimedean archimedean_real) mean_merit_sub_le merit_sub_le (by omega)
    (by omega) s

theorem chernoff_instance :
    few.prob (fun S => 1 / 4 ≤ twoLevelMean merit S - meanPair even (fun _ => even) merit) ≤
      exp (-(1 / 4 * (1 / 4) / (4 * (1 / 8) * (1 / 2 * (1 / 2) / ((3 : Nat) : Real) +
        1 / 2 * (1 / 2) / (((3 : Nat) : Real) * ((2 : Nat) : Real)))))) :=
  chernoff few (Δ := fun S => twoLevelMean merit S - meanPair even (fun _ => even) merit)
    (by grind) (by grind) two_level_mgf_instance (by grind)

theorem two_level_hoeffding_instance : hundred.prob (fun S => 1 / 5 ≤ abs (offBy S)) ≤
    2 * exp (-(1 / 5 * (1 / 5) / (4 * (1 / 8) * (1 / 2 * (1 / 2) / ((100 : Nat) : Real) +
      1 / 2 * (1 / 2) / (((100 : Nat) : Real) * ((4 : Nat) : Real)))))) :=
  two_level_hoeffding even_isProb (fun _ => even_isProb)
    (hoeffding_constant_archimedean archimedean_real) mean_merit_sub_le merit_sub_le (by omega)
    (by omega) (by grind)

theorem two_level_confidence_instance : 1 - 1 / 2 ≤ hundred.prob fun S => abs (offBy S) ≤
    2 * sqrt (1 / 8 * log (2 / (1 / 2)) * (1 / 2 * (1 / 2) / ((100 : Nat) : Real) +
      1 / 2 * (1 / 2) / (((100 : Nat) : Real) * ((4 : Nat) : Real)))) :=
  two_level_confidence even_isProb (fun _ => even_isProb)
    (hoeffding_constant_archimedean archimedean_real) mean_merit_sub_le merit_sub_le (by omega)
    (by omega) (by grind)

/-- The mean merit is within `1/20` of its expectation, with probability at least `1/2`. -/
theorem two_level_confidence_le :
    2 * sqrt (1 / 8 * log (2 / (1 / 2)) * (1 / 2 * (1 / 2) / ((100 : Nat) : Real) +
      1 / 2 * (1 / 2) / (((100 : Nat) : Real) * ((4 : Nat) : Real)))) ≤ 1 / 20 := by
  have h1 := log_two_le
  have h2 := log_two_pos
  rw [(by grind : (2 / (1 / 2) : Real) = 4), log_four,
    (by grind : 1 / 8 * (2 * log 2) * (1 / 2 * (1 / 2) / ((100 : Nat) : Real) +
      1 / 2 * (1 / 2) / (((100 : Nat) : Real) * ((4 : Nat) : Real))) = log 2 / 1280)]
  have h3 := sqrt_le_sqrt (x := log (2 : Real) / 1280) (y := 1 / 40 * (1 / 40)) (by grind)
    (by grind)
  rw [sqrt_eq (y := (1 / 40 : Real)) (by grind) rfl] at h3
  grind

theorem two_level_union_instance : 1 - 1 / 2 ≤ hundred.prob fun S => abs (offBy S) ≤
    2 * sqrt (1 / 8) * (1 / 2 * sqrt (log (4 / (1 / 2)) / ((100 : Nat) : Real)) +
      1 / 2 * sqrt (log (4 / (1 / 2)) / (((100 : Nat) : Real) * ((4 : Nat) : Real)))) :=
  two_level_union even_isProb (fun _ => even_isProb)
    (hoeffding_constant_archimedean archimedean_real) mean_merit_sub_le merit_sub_le (by omega)
    (by omega) (by grind)

end RLHF.Demo
