module
public import RLHF.Papers.RewardShift.Main.StationarySgd
public import RLHF.Reals.Instance

/-!
# Concrete instances: stochastic gradient descent as an autoregressive process

What is modelled: every headline theorem of `Main.StationarySgd` at the reals. With curvature `1`,
step `1` and noise of variance `1` the stationary variance is `1`, and the equation in continuous
time has `1/2`. For two coordinates, `H` is not diagonal.

## Main results
* `lyapunov_holds`, `lyapunov_gap`: a matrix that the step leaves as it is, and that does not
  satisfy the equation in continuous time.
* `ou_vs_ar1_instance`: half of the variance is missing there.
-/

@[expose] public section

namespace RLHF.Demo

open Lean.Grind

universe u
variable {R : Type u} [ExpField R]

/-- The matrix with `x` on its diagonal and `y` elsewhere, for two coordinates. -/
noncomputable def sameAndOther (x y : R) (i j : Fin 2) : R := if i = j then x else y

/-! ### Stationary matrices -/

theorem lyapunov_discrete_instance :
    (∀ i j, sameAndOther (2 / 3 : Real) 0 i j =
        matMul (matMul (stepMatrix (1 / 2) (sameAndOther 1 (1 / 2))) (sameAndOther (2 / 3) 0))
          (stepMatrix (1 / 2) (sameAndOther 1 (1 / 2))) i j +
        1 / 2 * (1 / 2) * sameAndOther (11 / 6) (2 / 3) i j) ↔
      ∀ i j, matMul (sameAndOther 1 (1 / 2)) (sameAndOther (2 / 3 : Real) 0) i j +
          matMul (sameAndOther (2 / 3) 0) (sameAndOther 1 (1 / 2)) i j =
        1 / 2 * (sameAndOther (11 / 6) (2 / 3) i j +
          matMul (matMul (sameAndOther 1 (1 / 2)) (sameAndOther (2 / 3) 0))
            (sameAndOther 1 (1 / 2)) i j) :=
  lyapunov_discrete (by grind) _ _ _

/-- Both sides hold there. -/
theorem lyapunov_holds (i j : Fin 2) :
    matMul (sameAndOther 1 (1 / 2)) (sameAndOther (2 / 3 : R) 0) i j +
        matMul (sameAndOther (2 / 3) 0) (sameAndOther 1 (1 / 2)) i j =
      1 / 2 * (sameAndOther (11 / 6) (2 / 3) i j +
        matMul (matMul (sameAndOther 1 (1 / 2)) (sameAndOther (2 / 3) 0))
          (sameAndOther 1 (1 / 2)) i j) := by
  unfold matMul sameAndOther
  simp only [sum]
  grind

/-- In continuous time the left side would be `11/12` at the diagonal. -/
theorem lyapunov_gap :
    matMul (sameAndOther 1 (1 / 2)) (sameAndOther (2 / 3 : R) 0) 0 0 +
        matMul (sameAndOther (2 / 3) 0) (sameAndOther 1 (1 / 2)) 0 0 = 4 / 3 ∧
      1 / 2 * sameAndOther (11 / 6 : R) (2 / 3) 0 0 = 11 / 12 := by
  unfold matMul sameAndOther
  simp only [sum]
  grind

/-! ### One direction -/

/-- Even weights on four outcomes. -/
noncomputable def quarter (_ : Fin 4) : R := 1 / 4

theorem mean_quarter (f : Fin 4 → R) : mean quarter f = (f 0 + f 1 + f 2 + f 3) / 4 := by
  have e : mean quarter f = 1 / 4 * f 0 + (1 / 4 * f 1 + (1 / 4 * f 2 + (1 / 4 * f 3 + 0))) := rfl
  rw [e]
  grind

theorem quarter_isProb : IsProb (quarter (R := R)) where
  nonneg a := by unfold quarter; grind
  sum_eq_one := by
    have e : sum (quarter (R := R)) = 1 / 4 + (1 / 4 + (1 / 4 + (1 / 4 + 0))) := rfl
    rw [e]
    grind

/-- The two signs of an outcome. -/
noncomputable def pattern (b : Bool) (a : Fin 4) : R :=
  match b, a with
  | true, 0 | true, 1 | false, 0 | false, 2 => 1
  | _, _ => -1

theorem mean_sign_mul (b c : Bool) :
    mean quarter (fun a => pattern b a * pattern c a) = if b = c then (1 : R) else 0 := by
  rw [mean_quarter]
  cases b <;> cases c <;> simp only [pattern] <;> grind

/-- Noise that is one sign at even times and the other at odd ones. -/
noncomputable def noise (t : Nat) : Fin 4 → R := pattern (t % 2 == 0)

/-- Descent from `0` with step and curvature `1`: it is where the last noise took it. -/
noncomputable def path : Nat → Fin 4 → R
  | 0 => fun _ => 0
  | t + 1 => noise t

theorem path_step (t : Nat) (a : Fin 4) :
    path (t + 1) a = path t a - 1 * (1 * path t a - (noise t a : R)) := by
  show noise t a = _
  grind

theorem path_noise (t : Nat) : mean quarter (fun a => path t a * (noise t a : R)) = 0 := by
  cases t with
  | zero =>
    rw [mean_quarter]
    show ((0 : R) * _ + 0 * _ + 0 * _ + 0 * _) / 4 = 0
    grind
  | succ t =>
    show mean quarter (fun a => pattern (t % 2 == 0) a * (pattern ((t + 1) % 2 == 0) a : R)) = 0
    rw [mean_sign_mul, if_neg]
    grind

theorem ar1_stationary_instance (t : Nat) :
    (Expect.ofWeights quarter_isProb fun a => path t a * (path t a : Real)) -
          1 * 1 / (1 * (2 - 1 * 1)) =
        ((1 - 1 * 1) * (1 - 1 * 1)) ^ t *
          ((Expect.ofWeights quarter_isProb fun a => path 0 a * (path 0 a : Real)) -
            1 * 1 / (1 * (2 - 1 * 1))) ∧
      ((1 : Real) - 1 * 1) * (1 - 1 * 1) < 1 :=
  ar1_stationary (Expect.ofWeights quarter_isProb) (by grind) (by grind) (by grind) path_step
    path_noise (fun t => (mean_sign_mul (t % 2 == 0) (t % 2 == 0)).trans (if_pos rfl)) t

theorem ou_vs_ar1_instance : (1 / 2 : Real) = 1 * (1 - 1 * 1 / 2) :=
  ou_vs_ar1 (s := 1) (by grind) (by grind) (by grind) (by grind)

/-! ### Normal laws -/

theorem gauss_kl_diagonal_instance :
    0 ≤ gaussKl (R := Real) (d := 2) (fun _ => 1) (fun _ => 1) (fun _ => 0) (fun _ => 2) ∧
      (gaussKl (R := Real) (d := 2) (fun _ => 1) (fun _ => 1) (fun _ => 0) (fun _ => 2) = 0 ↔
        ((fun _ => 1 : Vec Real 2) = fun _ => 2) ∧ (fun _ => 1 : Vec Real 2) = fun _ => 0) ∧
      gaussKl (R := Real) (d := 2) (fun _ => 1) (fun _ => 1) (fun _ => 0) (fun _ => 2) ≤
        1 / 2 * sum fun _ : Fin 2 =>
          (1 / 2 - 1) * (1 / 2 - 1) / (1 / 2) + ((1 : Real) - 0) * (1 - 0) / 2 :=
  gauss_kl_diagonal (fun _ => by grind) fun _ => by grind

theorem gauss_prior_optimal_instance :
    gaussKl (R := Real) (d := 2) (fun _ => 1) (fun _ => 1) (fun _ => 0) (fun _ => 2) ≤
        gaussKl (d := 2) (fun _ => 1) (fun _ => 1) (fun _ => 0) (fun _ => 1) ∧
      (gaussKl (R := Real) (d := 2) (fun _ => 1) (fun _ => 1) (fun _ => 0) (fun _ => 2) =
          gaussKl (d := 2) (fun _ => 1) (fun _ => 1) (fun _ => 0) (fun _ => 1) ↔
        (1 : Real) = 2) :=
  gauss_prior_optimal (fun _ => by grind) (by omega) (by grind) (by
    simp only [sum]
    grind)

/-- The unit lower triangular matrix with a one below its diagonal. -/
noncomputable def lower (i j : Fin 2) : R := if i = j then 1 else if i = 1 then 1 else 0

attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

theorem logdet_trace_instance :
    (sum fun _ : Fin 2 => log (2 : Real)) ≤
      (sum fun i => ldl lower (fun _ => (2 : Real)) i i) - (2 : Nat) :=
  logdet_trace (fun i => by unfold lower; grind) fun _ => by grind

end RLHF.Demo
