module
public import RLHF.Papers.Generalisation.Examples.Problem
public import RLHF.Papers.Variants.Main.NonlinearRewards
public import RLHF.Reals.Instance

/-!
# Concrete instances: rewards that are not linear

What is modelled: every headline theorem of `Main.NonlinearRewards` in the setting of the first
paper's example, with a reward that is the square of a parameter on one of two actions.
-/

@[expose] public section

namespace RLHF.Demo

open Lean.Grind

universe u
variable {R : Type u} [ExpField R]

/-- Reference policies `(1/3, 2/3)` and `λ = 1`. -/
noncomputable def setting : Setting R 2 2 := (problem (R := R)).toSetting

/-- True reward: `1` for the first action, `0` for the second. -/
noncomputable def truth (a : Fin 2) : R := if a = 0 then 1 else 0

/-- Reward with a parameter, `(w², 0)`: not linear in `w`. -/
noncomputable def square (w : Vec R 1) (a : Fin 2) : R := if a = 0 then w 0 * w 0 else 0

/-- Its gradients, `(2w, 0)`. -/
noncomputable def squareGrad (w : Vec R 1) (a : Fin 2) : Vec R 1 :=
  if a = 0 then fun _ => 2 * w 0 else 0

theorem hasGradient_coord (w : Vec R 1) : HasGradient (fun w => w 0) (fun _ => (1 : R)) w :=
  (hasGradient_inner_left (fun _ => (1 : R)) w).congr
    (fun w => by simp only [inner, sum]; grind) fun _ => rfl

theorem hasGradient_square (w : Vec R 1) (a : Fin 2) :
    HasGradient (fun w => square w a) (squareGrad w a) w := by
  cases a using Fin.cases with
  | zero =>
    refine ((hasGradient_coord w).mul (hasGradient_coord w)).congr (fun _ => rfl) fun j => ?_
    show 2 * w 0 = _
    simp only [Vec.add_apply, Vec.smul_apply]
    grind
  | succ a => exact (hasGradient_const 0 w).congr (fun _ => rfl) fun _ => rfl

theorem gap_general_instance :
    setting.value 0 (truth (R := R)) (setting.boltzmann 0 truth) -
      setting.value 0 truth weights =
    1 * klDiv weights (setting.boltzmann 0 (truth (R := R))) :=
  gap_general setting 0 truth weights_isProb

theorem nonlinear_gradient_instance :
    HasGradient (fun w => setting.value 0 (truth (R := R)) (setting.boltzmann 0 (square w)))
      (fun j => cov (setting.boltzmann 0 (square fun _ => (1 / 2 : R)))
        (fun a => truth a - square (fun _ => 1 / 2) a)
        (fun a => squareGrad (fun _ => 1 / 2) a j) / 1) (fun _ => 1 / 2) :=
  nonlinear_gradient setting 0 (hasGradient_square fun _ => 1 / 2)

theorem residual_le (a b : Fin 2) : ((truth a : R) - square (fun _ => 1 / 2) a) -
    (truth b - square (fun _ => 1 / 2) b) ≤ 1 * 1 := by
  unfold truth square
  split <;> split <;> grind

theorem nonlinear_gap_instance :
    setting.value 0 (truth (R := R)) (setting.boltzmann 0 truth) -
      setting.value 0 truth (setting.boltzmann 0 (square fun _ => 1 / 2)) ≤
    exp 1 / 1 * var (setting.boltzmann 0 (square fun _ => (1 / 2 : R)))
      (fun a => truth a - square (fun _ => 1 / 2) a) :=
  (nonlinear_gap setting 0 truth (square fun _ => 1 / 2) residual_le (expBound_exp 1)).2

theorem nonlinear_gap_sharp_instance :
    setting.value 0 (truth (R := Real)) (setting.boltzmann 0 truth) -
      setting.value 0 truth (setting.boltzmann 0 (square fun _ => 1 / 2)) ≤
    psi 1 / 1 * var (setting.boltzmann 0 (square fun _ => (1 / 2 : Real)))
      (fun a => truth a - square (fun _ => 1 / 2) a) :=
  (nonlinear_gap_sharp setting archimedean_real 0 truth (square fun _ => 1 / 2) residual_le rfl).2

end RLHF.Demo
