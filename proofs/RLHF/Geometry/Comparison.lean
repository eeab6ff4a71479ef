module
public import RLHF.Model.Variational
public import RLHF.Probability.Variance

/-!
# Comparison of covariances at two parameters

What is modelled: how the variance of a function changes with the policy parameter.

## Main results
* `Problem.policy_le`: `π_θ ≤ e^M π_θ'` if `‖θ - θ'‖ ≤ ρ`, `M = 2Bρ/λ`.
* `Problem.var_policy_le`, `Problem.le_var_policy`: `e^{-M} Var_{π_θ'} f ≤ Var_{π_θ} f ≤ e^M
  Var_{π_θ'} f`.
* `Problem.var_policy_eq_zero_iff`: the kernel of the covariance does not depend on `θ`.

## References
arXiv 2601.16403, cf. Assumption 5.
-/

public section

namespace RLHF

open Lean.Grind

universe u
variable {R : Type u} [ExpField R] {N m d : Nat}

namespace Problem

variable (P : Problem R N m d) (x : Fin N) {θ θ' : Vec R d} {B ρ : R}

theorem abs_score_sub_le (hB : P.FeatureBound B) (hρ : norm (θ - θ') ≤ ρ) (a : Fin m) :
    abs (P.score x (θ - θ') a) ≤ B * ρ / P.klCoef :=
  Std.le_trans (hB.abs_score_le x _ a)
    (div_le_div_right (mul_le_mul_left hρ (hB.nonneg x)) P.klCoef_pos)

/-- `Z_x(θ') ≤ e^{Bρ/λ} Z_x(θ)`. -/
theorem partition_le (hB : P.FeatureBound B) (hρ : norm (θ - θ') ≤ ρ) :
    P.partition x θ' ≤ exp (B * ρ / P.klCoef) * P.partition x θ := by
  rw [norm_sub_comm] at hρ
  have h := mean_le (P.policy_isProb x θ) fun a =>
    exp_le_exp (abs_le.mp (P.abs_score_sub_le x hB hρ a)).2
  rw [mean_policy_exp, div_le_iff (P.partition_pos x θ)] at h
  exact h

private theorem ratio_le {w D E Z Z' : R} (hZ : 0 < Z) (hZ' : 0 < Z') (hw : 0 < w) (hE : 0 < E)
    (hD : D ≤ E) (h : Z' ≤ E * Z) : D * w / Z ≤ E * E * (w / Z') := by
  have h0 := mul_le_mul hD h (Std.le_of_lt hE) (Std.le_of_lt hZ')
  have h1 := mul_le_mul_right h0 (Std.le_of_lt hw)
  have e : Z' * (E * E * (w / Z') * Z) = E * (E * Z) * w := by
    clear h1 h0 h hD hE hw hZ; grind
  have e' : Z' * (D * w) = D * Z' * w := by clear h1 h0 h hD hE hw hZ; grind
  rw [div_le_iff hZ]
  refine le_of_mul_le_mul_left hZ' ?_
  rw [e, e']
  exact h1

/-- Density ratio: `π_θ ≤ e^M π_θ'`, `M = 2Bρ/λ`. -/
theorem policy_le (hB : P.FeatureBound B) (hρ : norm (θ - θ') ≤ ρ) (a : Fin m) :
    P.policy x θ a ≤ exp (2 * (B * ρ) / P.klCoef) * P.policy x θ' a := by
  have hs := exp_le_exp (abs_le.mp (P.abs_score_sub_le x hB hρ a)).2
  have e1 : P.refPolicy x a * exp (P.score x θ a) =
      exp (P.score x (θ - θ') a) * (P.refPolicy x a * exp (P.score x θ' a)) := by
    have : exp (P.score x θ a) = exp (P.score x (θ - θ') a) * exp (P.score x θ' a) := by
      rw [← exp_add, score_sub]; congr 1; grind
    rw [this]; grind
  have e2 : exp (2 * (B * ρ) / P.klCoef) =
      exp (B * ρ / P.klCoef) * exp (B * ρ / P.klCoef) := by
    rw [← exp_add]; congr 1; grind
  rw [policy_apply, policy_apply, e1, e2]
  exact ratio_le (P.partition_pos x θ) (P.partition_pos x θ') (P.weight_pos x θ' a) (exp_pos _)
    hs (P.partition_le x hB hρ)

/-- `Var_{π_θ} f ≤ e^M Var_{π_θ'} f`. -/
theorem var_policy_le (hB : P.FeatureBound B) (hρ : norm (θ - θ') ≤ ρ) (f : Fin m → R) :
    var (P.policy x θ) f ≤ exp (2 * (B * ρ) / P.klCoef) * var (P.policy x θ') f :=
  var_le_of_weights_le (P.policy_isProb x θ) (P.policy_le x hB hρ) f

/-- `e^{-M} Var_{π_θ'} f ≤ Var_{π_θ} f`. -/
theorem le_var_policy (hB : P.FeatureBound B) (hρ : norm (θ - θ') ≤ ρ) (f : Fin m → R) :
    exp (-(2 * (B * ρ) / P.klCoef)) * var (P.policy x θ') f ≤ var (P.policy x θ) f := by
  have h := P.var_policy_le x hB (by rw [norm_sub_comm]; exact hρ : norm (θ' - θ) ≤ ρ) f
  have hE := exp_neg_mul_exp (2 * (B * ρ) / P.klCoef)
  have h0 := exp_pos (-(2 * (B * ρ) / P.klCoef))
  generalize exp (-(2 * (B * ρ) / P.klCoef)) = E' at *
  have h1 := mul_le_mul_left h (by grind : 0 ≤ E')
  rw [← Semiring.mul_assoc, hE, Semiring.one_mul] at h1
  exact h1

/-- `Var_{π_θ} ⟨v, φ⟩ = 0` iff `⟨v, φ(x, ·)⟩` is constant. -/
theorem var_policy_eq_zero_iff (θ v : Vec R d) :
    var (P.policy x θ) (fun a => inner v (P.feature x a)) = 0 ↔
      ∀ a b, inner v (P.feature x a) = inner v (P.feature x b) :=
  var_eq_zero_iff (P.policy_isProb x θ) (P.policy_pos x θ) _

end Problem

end RLHF
