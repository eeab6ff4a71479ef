module
public import RLHF.Papers.Generalisation.Examples.Problem
public import RLHF.Papers.Reals.Main.SharpConstants
public import RLHF.Reals.Instance

/-!
# Concrete instances: sharp constants

What is modelled: every headline theorem of `Main.SharpConstants`, at the reals where the field must
be Archimedean, and at the weights `(1/3, 2/3)`.
-/

@[expose] public section

namespace RLHF.Demo

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R]

/-- At `M = 1` the constant is `e - 2`. -/
theorem second_order_constant_instance : ExpBound (1 : Real) (psi 1) ∧ psi (1 : Real) = exp 1 - 2 :=
  ⟨(second_order_constant archimedean_real (by grind)).1, by unfold psi; grind⟩

theorem hoeffding_constant_instance : twoPointMgf (1 / 2) (2 : R) ≤ exp (1 / 5 * (2 * 2)) :=
  hoeffding_constant (1 / 2) 2 (by grind) (by grind)

theorem hoeffding_constant_archimedean_instance :
    twoPointMgf (1 / 2) (2 : Real) ≤ exp (1 / 8 * (2 * 2)) :=
  hoeffding_constant_archimedean archimedean_real (1 / 2) 2 (by grind) (by grind)

/-- A function with values `1` and `-1`. -/
noncomputable def sign (a : Fin 2) : R := if a = 0 then 1 else -1

theorem sign_bounds (a : Fin 2) : (-1 : R) ≤ sign a ∧ sign a ≤ (1 : R) := by
  unfold sign; split <;> grind

theorem hoeffding_lemma_instance :
    mean weights (fun a => exp (3 * (sign a - mean weights sign))) ≤
      (exp (1 / 5 * (3 * 3 * ((1 - -1) * (1 - -1)))) : R) :=
  hoeffding_lemma hoeffding_constant weights_isProb sign_bounds 3

/-- Weights `(1/2, 1/2)`. -/
noncomputable def fair (_ : Fin 2) : R := 1 / 2

theorem fair_isProb : IsProb (fair (R := R)) where
  nonneg _ := by unfold fair; grind
  sum_eq_one := by simp only [sum, fair]; grind

theorem pinsker_instance :
    (sum fun a => abs (fair a - weights a)) * (sum fun a => abs (fair a - weights a)) ≤
      (16 * (1 / 5) * klDiv fair weights : R) :=
  pinsker hoeffding_constant fair_isProb weights_isProb weights_pos

theorem hoeffding_mean_instance : probSample weights (fun S : Fin 5 → Fin 2 =>
      (1 : R) ≤ abs ((average fun i => sign (S i)) - mean weights sign)) ≤
    2 * exp (-(1 * 1 * ((5 : Nat) : R) / (4 * (1 / 5) * ((1 - -1) * (1 - -1))))) :=
  hoeffding_mean hoeffding_constant weights_isProb sign_bounds (by grind)

/-- Difference of two entries of a sample of which the third has no say. -/
noncomputable def contrast (S : Fin 3 → Fin 2) : R := sign (S 0) - sign (S 1)

/-- How much `contrast` changes with an entry. -/
noncomputable def contrastChange (i : Fin 3) : R := if i = 2 then 0 else 2

theorem contrast_sub_le (S : Fin 3 → Fin 2) (i : Fin 3) (x : Fin 2) :
    abs (contrast S - contrast (replaceAt S i x)) ≤ (contrastChange i : R) := by
  have h0 := sign_bounds (R := R) (S 0)
  have h1 := sign_bounds (R := R) (S 1)
  have hx := sign_bounds (R := R) x
  rw [abs_le]
  unfold contrast
  match i with
  | 0 =>
    show (-2 : R) ≤ sign (S 0) - sign (S 1) - (sign x - sign (S 1)) ∧
      sign (S 0) - sign (S 1) - (sign x - sign (S 1)) ≤ (2 : R)
    grind
  | 1 =>
    show (-2 : R) ≤ sign (S 0) - sign (S 1) - (sign (S 0) - sign x) ∧
      sign (S 0) - sign (S 1) - (sign (S 0) - sign x) ≤ (2 : R)
    grind
  | 2 =>
    show (-0 : R) ≤ sign (S 0) - sign (S 1) - (sign (S 0) - sign (S 1)) ∧
      sign (S 0) - sign (S 1) - (sign (S 0) - sign (S 1)) ≤ (0 : R)
    grind

theorem mcdiarmid_instance : probSample weights (fun S : Fin 3 → Fin 2 =>
      (2 : R) ≤ contrast S - expectSample weights contrast) ≤
    (exp (-(2 * 2 / (4 * (1 / 5) * sum fun i => contrastChange i * contrastChange i))) : R) :=
  (mcdiarmid hoeffding_constant weights_isProb contrast_sub_le).1 2 (by grind)

end RLHF.Demo
