module
public import RLHF.Model.Variational
public import RLHF.Probability.Hoeffding.Mean

/-!
# Exponential concentration of the empirical objective at the optimum

What is modelled: `J_S(θ*) - J(θ*)` for a sample `S` of `n` independent prompts, with the
exponential tail of Hoeffding's inequality. `h` is a sub-Gaussian constant (`HoeffdingBound`).

## Main results
* `Problem.probSample_objective_le_exp`: the tail.
* `Problem.le_probSample_objective`: the same with a confidence `1 - δ`.

## References
arXiv 2601.16403, cf. Definition 3 (concentration term).
-/

public section

namespace RLHF

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R] {N m d n : Nat} {D : Fin N → R}

namespace Problem

variable (P : Problem R N m d) {B h : R} (hh : HoeffdingBound h) (hB : P.FeatureBound B)
  (hD : IsProb D)
include hh hB hD

/-- `P_S(|J_S(θ*) - J(θ*)| ≥ t) ≤ 2 exp(-t² n / (16h (B ‖θ*‖)²))`. -/
theorem probSample_objective_le_exp {t : R} (ht : 0 ≤ t) :
    probSample D (fun S : Fin n → Fin N =>
      t ≤ abs (P.objective S P.trueParam - P.population D P.trueParam)) ≤
    2 * exp (-(t * t * (n : R) /
      (16 * h * ((B * norm P.trueParam) * (B * norm P.trueParam))))) := by
  have k := probSample_average_le (n := n) hh hD
    (fun x => abs_le.1 (P.abs_objectiveAt_trueParam_le x hB)) ht
  generalize B * norm P.trueParam = b at *
  rw [show 4 * h * ((b - -b) * (b - -b)) = 16 * h * (b * b) by grind] at k
  exact k

/-- With probability at least `1 - δ`, `|J_S(θ*) - J(θ*)| ≤ 4 B ‖θ*‖ √(h log(2/δ) / n)`. -/
theorem le_probSample_objective (hn : 0 < n) {δ : R} (hδ : 0 < δ) :
    1 - δ ≤ probSample D (fun S : Fin n → Fin N =>
      abs (P.objective S P.trueParam - P.population D P.trueParam) ≤
        4 * (B * norm P.trueParam) * sqrt (h * log (2 / δ) / (n : R))) := by
  have k := le_probSample_average hh hD
    (fun x => abs_le.1 (P.abs_objectiveAt_trueParam_le x hB)) hn hδ
  generalize B * norm P.trueParam = b at *
  rw [show 2 * (b - -b) = 4 * b by grind] at k
  exact k

end Problem

end RLHF
