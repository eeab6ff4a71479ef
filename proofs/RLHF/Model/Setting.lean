module
public import RLHF.Model.Tilt
public import RLHF.Probability.Variance

/-!
# Boltzmann policies of any reward

What is modelled: the KL-regularised value at one prompt under any reward `r`, linear or not; its
unique maximiser `π_r`; and what is lost by the policy of another reward `r'`, in terms of the
residual `f = r - r'`.

## Main results
* `Setting.value_eq`: `J^r_x(π) = λ log Z(r) - λ KL(π ‖ π_r)` for every probability vector `π`.
* `Setting.value_boltzmann_sub_value`: `J^r_x(π_r) - J^r_x(π) = λ KL(π ‖ π_r)`.
* `Setting.gap_eq_log_mean_exp`: the gap of `π_r'` is `λ log E_{π_r'} exp Y`, with `Y` the
  centred `f / λ`.
* `Setting.gap_le_var`: that gap is at most `(C / λ) Var_{π_r'}(f)`: of second order in `f`.
-/

public section

namespace RLHF

open Lean.Grind

universe u
variable {R : Type u} [ExpField R] {N m : Nat}

namespace Setting

variable (E : Setting R N m) (x : Fin N) (r : Fin m → R) {π : Fin m → R}

theorem klCoef_nonneg : 0 ≤ E.klCoef := by have := E.klCoef_pos; grind

theorem refPolicy_isProb : IsProb (E.refPolicy x) where
  nonneg a := by have := E.refPolicy_pos x a; grind
  sum_eq_one := E.refPolicy_sum x

/-- Every prompt has an action: the reference policy sums to one. -/
theorem action_pos (E : Setting R N m) (x : Fin N) : 0 < m := (E.refPolicy_isProb x).size_pos

theorem boltzmann_isProb : IsProb (E.boltzmann x r) :=
  tilt_isProb (E.refPolicy_isProb x) (E.refPolicy_pos x) _

theorem boltzmann_pos (a : Fin m) : 0 < E.boltzmann x r a :=
  tilt_pos (E.refPolicy_isProb x) (E.refPolicy_pos x) _ a

/-- Gibbs: `J^r_x(π) = λ log Z(r) - λ KL(π ‖ π_r)`. -/
theorem value_eq (hπ : IsProb π) : E.value x r π =
    E.klCoef * log (tiltPartition (E.refPolicy x) fun a => r a / E.klCoef) -
      E.klCoef * klDiv π (E.boltzmann x r) := by
  have hl := E.klCoef_pos
  have h := klDiv_tilt (E.refPolicy_isProb x) (E.refPolicy_pos x) (fun a => r a / E.klCoef) hπ
  have e : E.klCoef * mean π (fun a => r a / E.klCoef) = mean π r := by
    rw [← mean_mul]
    exact mean_congr fun a => by grind
  unfold value boltzmann
  rw [h]
  grind

/-- `J^r_x(π_r) - J^r_x(π) = λ KL(π ‖ π_r)` for every policy `π`. -/
theorem value_boltzmann_sub_value (hπ : IsProb π) :
    E.value x r (E.boltzmann x r) - E.value x r π = E.klCoef * klDiv π (E.boltzmann x r) := by
  rw [E.value_eq x r hπ, E.value_eq x r (E.boltzmann_isProb x r), klDiv_self (E.boltzmann_pos x r)]
  grind

/-- Gap of the Boltzmann policy of another reward `r'`, with the residual `f = r - r'`. -/
theorem gap_eq_log_mean_exp (r' : Fin m → R) :
    E.value x r (E.boltzmann x r) - E.value x r (E.boltzmann x r') =
      E.klCoef * log (mean (E.boltzmann x r') fun a => exp ((r a - r' a) / E.klCoef -
        mean (E.boltzmann x r') fun a => (r a - r' a) / E.klCoef)) := by
  have e : ∀ a, r a / E.klCoef - r' a / E.klCoef = (r a - r' a) / E.klCoef := fun a => by
    have := E.klCoef_pos; grind
  rw [E.value_boltzmann_sub_value x r (E.boltzmann_isProb x r')]
  unfold boltzmann
  rw [klDiv_tilt_eq_log_mean_exp (E.refPolicy_isProb x) (E.refPolicy_pos x)]
  simp only [e]

/-- `J^r_x(π_r') = λ log Z(r') + E_{π_r'}(r - r')`. -/
theorem value_boltzmann_eq (r r' : Fin m → R) : E.value x r (E.boltzmann x r') =
    E.klCoef * log (tiltPartition (E.refPolicy x) fun a => r' a / E.klCoef) +
      mean (E.boltzmann x r') fun a => r a - r' a := by
  have h := E.value_eq x r' (E.boltzmann_isProb x r')
  rw [klDiv_self (E.boltzmann_pos x r')] at h
  unfold value at *
  rw [mean_sub]
  grind

/-- `J^r(π_r) - J^r(π_r') ≤ (C / λ) Var_{π_r'}(f)` with the residual `f = r - r'`, where
`f_a - f_b ≤ λ M` for all actions and `C` is a second-order constant of `exp` at `M`. -/
theorem gap_le_var (r' : Fin m → R) {M C : R}
    (hM : ∀ a b, (r a - r' a) - (r b - r' b) ≤ E.klCoef * M) (hC : ExpBound M C) :
    E.value x r (E.boltzmann x r) - E.value x r (E.boltzmann x r') ≤
      C / E.klCoef * var (E.boltzmann x r') (fun a => r a - r' a) := by
  have hl := E.klCoef_pos
  have hp := E.boltzmann_isProb x r'
  have hY : ∀ a b, (r a - r' a) / E.klCoef - (r b - r' b) / E.klCoef ≤ M := fun a b => by
    have h := div_le_div_right (hM a b) hl
    rw [show E.klCoef * M / E.klCoef = M by grind] at h
    grind
  have h := log_mean_exp_le hp (by rw [mean_sub, mean_const hp]; grind) (abs_sub_mean_le hp hY) hC
  have e : (fun a => (r a - r' a) / E.klCoef) = fun a => (E.klCoef)⁻¹ * (r a - r' a) :=
    funext fun a => by grind
  rw [var_sub_const hp] at h
  rw [E.gap_eq_log_mean_exp]
  have e2 := var_mul (p := E.boltzmann x r') (E.klCoef)⁻¹ fun a => r a - r' a
  rw [← e] at e2
  rw [e2] at h
  generalize var (E.boltzmann x r') (fun a => r a - r' a) = V at *
  have h2 := mul_le_mul_left h E.klCoef_nonneg
  have e3 : C / E.klCoef * V = E.klCoef * (C * ((E.klCoef)⁻¹ * (E.klCoef)⁻¹ * V)) := by grind
  rw [e3]
  exact h2

end Setting

end RLHF
