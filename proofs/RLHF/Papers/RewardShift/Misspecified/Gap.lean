module
public import RLHF.Geometry.Range
public import RLHF.Geometry.TwoSided
public import RLHF.Papers.RewardShift.Coverage
public import RLHF.Papers.RewardShift.Misspecified.Defs

/-!
# What a wrong reward costs

What is modelled: the gap `J^r(π_r) - J^r(π_s)` of the policy of a learned reward `s` under the true
reward `r`, at one prompt, in terms of the error `f = r - s`.

## Main results
* `Setting.gap_eq_log_mean_exp_scaledError`: it is `λ log E_{π_s} exp Y`, `Y` the scaled error.
* `Setting.gap_le_var_of_scaledError`: it is at most `(C/λ) Var_{π_s}(f)`.
* `Setting.le_gap_of_scaledError`: it is at least `λ v / (4 + v)`, `v = Var_{π_s}(Y)`, if `-2 ≤ Y`.
* `Setting.gap_transfer`: the gap of any policy under `r`, from its gap under `s`.
* `Setting.gap_le_training`: it is at most `(Cκ/λ) Var_μ(f)` for `π_s ≤ κ μ`.
-/

public section

namespace RLHF

open Lean.Grind

universe u
variable {R : Type u} [ExpField R] {N m : Nat}

/-- `(1 + y/2)² ≤ exp y` for `y ≥ -2`. -/
theorem quadratic_le_exp {y : R} (hy : -2 ≤ y) : 1 + y + 1 / 4 * (y * y) ≤ exp y := by
  have h := add_one_le_exp (y / 2)
  have h1 := mul_le_mul h h (Std.le_of_lt (exp_pos _)) (by grind)
  rw [exp_add_self] at h1
  grind

namespace Setting

variable (E : Setting R N m) (x : Fin N) (r s : Fin m → R)

theorem scaledError_eq (a : Fin m) : E.scaledError x r s a = (r a - s a) / E.klCoef -
    mean (E.boltzmann x s) fun a => (r a - s a) / E.klCoef := by
  have := E.klCoef_pos
  unfold scaledError
  rw [mean_div]
  grind

theorem mean_scaledError : mean (E.boltzmann x s) (E.scaledError x r s) = 0 := by
  have hp := E.boltzmann_isProb x s
  rw [mean_congr (E.scaledError_eq x r s), mean_sub, mean_const hp]
  grind

theorem var_scaledError : var (E.boltzmann x s) (E.scaledError x r s) =
    1 / (E.klCoef * E.klCoef) * var (E.boltzmann x s) fun a => r a - s a := by
  have hl := E.klCoef_pos
  have hp := E.boltzmann_isProb x s
  have e : E.scaledError x r s = fun a => 1 / E.klCoef * (r a - s a) -
      mean (E.boltzmann x s) fun a => (r a - s a) / E.klCoef := funext fun a => by
    rw [E.scaledError_eq x r s]; grind
  rw [e, var_sub_const hp, var_mul]
  grind

/-- `J^r(π_r) - J^r(π_s) = λ log E_{π_s} exp Y`. -/
theorem gap_eq_log_mean_exp_scaledError :
    E.value x r (E.boltzmann x r) - E.value x r (E.boltzmann x s) =
      E.klCoef * log (mean (E.boltzmann x s) fun a => exp (E.scaledError x r s a)) := by
  rw [E.gap_eq_log_mean_exp, mean_congr fun a => congrArg exp (E.scaledError_eq x r s a)]

/-- The gap is at most `(C/λ) Var_{π_s}(f)` for `|Y| ≤ M` and a second-order constant `C` at `M`. -/
theorem gap_le_var_of_scaledError {M C : R} (hM : ∀ a, abs (E.scaledError x r s a) ≤ M)
    (hC : ExpBound M C) : E.value x r (E.boltzmann x r) - E.value x r (E.boltzmann x s) ≤
      C / E.klCoef * var (E.boltzmann x s) fun a => r a - s a := by
  have hl := E.klCoef_pos
  have h := log_mean_exp_le (E.boltzmann_isProb x s) (E.mean_scaledError x r s) hM hC
  have k := mul_le_mul_left h E.klCoef_nonneg
  rw [E.gap_eq_log_mean_exp_scaledError]
  rw [var_scaledError] at k
  generalize var (E.boltzmann x s) (fun a => r a - s a) = v at *
  have e : C / E.klCoef * v = E.klCoef * (C * (1 / (E.klCoef * E.klCoef) * v)) := by
    clear h k hM; grind
  rw [e]
  exact k

/-- The gap is at least `λ v / (4 + v)` for `Y ≥ -2`, `v = Var_{π_s}(Y)`. -/
theorem le_gap_of_scaledError (hY : ∀ a, -2 ≤ E.scaledError x r s a) :
    E.klCoef * (var (E.boltzmann x s) (E.scaledError x r s) /
        (4 + var (E.boltzmann x s) (E.scaledError x r s))) ≤
      E.value x r (E.boltzmann x r) - E.value x r (E.boltzmann x s) := by
  have hp := E.boltzmann_isProb x s
  have h := mean_mono hp.nonneg fun a => quadratic_le_exp (hY a)
  have h0 := E.mean_scaledError x r s
  rw [mean_add, mean_add, mean_mul, mean_const hp, h0] at h
  have hv := var_eq hp (E.scaledError x r s)
  rw [h0] at hv
  have hv0 := var_nonneg hp.nonneg (E.scaledError x r s)
  rw [E.gap_eq_log_mean_exp_scaledError]
  refine mul_le_mul_left ?_ E.klCoef_nonneg
  generalize var (E.boltzmann x s) (E.scaledError x r s) = v at *
  have k := div_one_add_le_log (t := v / 4) (by grind)
  have e : v / (4 + v) = v / 4 / (1 + v / 4) := by clear h hv k h0; grind
  rw [e]
  exact Std.le_trans k (log_le_log (by grind) (by grind))

/-- `J^r(π_r) - J^r(π) = [J^s(π_s) - J^s(π)] + (E_{π_s} f - E_π f) + [J^r(π_r) - J^r(π_s)]`. -/
theorem gap_transfer (π : Fin m → R) :
    E.value x r (E.boltzmann x r) - E.value x r π =
      E.value x s (E.boltzmann x s) - E.value x s π +
        (mean (E.boltzmann x s) (fun a => r a - s a) - mean π fun a => r a - s a) +
        (E.value x r (E.boltzmann x r) - E.value x r (E.boltzmann x s)) := by
  unfold value
  rw [mean_sub, mean_sub]
  grind

/-- The gap is at most `(Cκ/λ) Var_μ(f)` if `π_s ≤ κ μ`. -/
theorem gap_le_training {M C κ : R} {μ : Fin m → R} (hM : ∀ a, abs (E.scaledError x r s a) ≤ M)
    (hC : ExpBound M C) (hC0 : 0 ≤ C) (hκ : ∀ a, E.boltzmann x s a ≤ κ * μ a) :
    E.value x r (E.boltzmann x r) - E.value x r (E.boltzmann x s) ≤
      C * κ / E.klCoef * var μ fun a => r a - s a := by
  have hl := E.klCoef_pos
  refine Std.le_trans (E.gap_le_var_of_scaledError x r s hM hC) ?_
  have k := mul_le_mul_left
    (var_le_of_weights_le (E.boltzmann_isProb x s) hκ fun a => r a - s a) (div_nonneg hC0 hl)
  generalize var μ (fun a => r a - s a) = v at *
  have e : C * κ / E.klCoef * v = C / E.klCoef * (κ * v) := by clear k hM hC hκ; grind
  rw [e]
  exact k

/-- `Var_μ(f)` is at most the mean square about any number, and `κ ≥ 0`. -/
theorem mul_var_le {C κ : R} {μ : Fin m → R} (hC0 : 0 ≤ C) (hμ : IsProb μ)
    (hκ : ∀ a, E.boltzmann x s a ≤ κ * μ a) (c : R) :
    C * κ / E.klCoef * (var μ fun a => r a - s a) ≤
      C * κ / E.klCoef * mean μ fun a => (r a - s a - c) * (r a - s a - c) := by
  have h := sum_mono hκ
  rw [(E.boltzmann_isProb x s).sum_eq_one, sum_mul, hμ.sum_eq_one] at h
  exact mul_le_mul_left (var_le_mean_sub hμ _ c)
    (div_nonneg (mul_nonneg hC0 (by grind)) E.klCoef_pos)

/-- Under the reward `0` the policy is the reference policy. -/
theorem boltzmann_zero : E.boltzmann x (fun _ => 0) = E.refPolicy x := funext fun a => by
  have hl := E.klCoef_pos
  have e : ∀ b, E.refPolicy x b * exp (0 / E.klCoef) = E.refPolicy x b := fun b => by
    rw [show (0 : R) / E.klCoef = 0 by grind, exp_zero]; grind
  unfold boltzmann tilt tiltPartition
  rw [sum_congr e, e, E.refPolicy_sum]
  grind

/-- `π_s ≤ exp((hi - lo)/λ) q` for `lo ≤ s ≤ hi`. -/
theorem boltzmann_le_mul_refPolicy {lo hi : R} (hs : ∀ a, lo ≤ s a ∧ s a ≤ hi) (a : Fin m) :
    E.boltzmann x s a ≤ exp ((hi - lo) / E.klCoef) * E.refPolicy x a := by
  have hq := E.refPolicy_pos x a
  have h := (abs_le.mp (E.abs_log_boltzmann_div_le x hs a)).2
  have h1 := exp_le_exp h
  rw [exp_log _ (div_pos (E.boltzmann_pos x s a) hq), div_le_iff hq] at h1
  exact h1

end Setting

end RLHF
