module
public import RLHF.Foundations.Weighted
public import RLHF.Model.Defs

/-!
# Boltzmann policies

What is modelled: the posterior Boltzmann policy `π_θ` of a problem at one prompt.

## Main results
* `Problem.policy_isProb`, `Problem.policy_pos`: `π_θ` is a probability vector with full support.
* `Problem.log_policy_div`: `log (π_θ / q) = ⟨θ, φ⟩ / λ - A_x(θ)`.
* `Problem.mean_policy_exp`: `E_{π_θ} exp (⟨θ' - θ, φ⟩ / λ) = Z_x(θ') / Z_x(θ)`.

## References
arXiv 2601.16403, posterior Boltzmann policy.
-/

public section

namespace RLHF

open Lean.Grind

universe u
variable {R : Type u} [ExpField R] {N m d : Nat}

namespace Problem

variable (P : Problem R N m d) (x : Fin N) (θ θ' : Vec R d)

/-- Every prompt has an action: the reference policy sums to one. -/
theorem action_pos (P : Problem R N m d) (x : Fin N) : 0 < m := by
  obtain rfl | hm := Nat.eq_zero_or_pos m
  · have h := P.refPolicy_sum x
    simp only [sum] at h
    grind
  · exact hm

theorem klCoef_nonneg : 0 ≤ P.klCoef := by have := P.klCoef_pos; grind

theorem refPolicy_isProb : IsProb (P.refPolicy x) where
  nonneg a := by have := P.refPolicy_pos x a; grind
  sum_eq_one := P.refPolicy_sum x

theorem weight_pos (a : Fin m) : 0 < P.refPolicy x a * exp (P.score x θ a) :=
  mul_pos (P.refPolicy_pos x a) (exp_pos _)

theorem partition_pos : 0 < P.partition x θ := by
  have h := P.weight_pos x θ
  exact sum_pos (fun a => by have := h a; grind) ⟨0, P.action_pos x⟩ (h _)

theorem policy_pos (a : Fin m) : 0 < P.policy x θ a :=
  div_pos (P.weight_pos x θ a) (P.partition_pos x θ)

theorem policy_sum : sum (P.policy x θ) = 1 := by
  have hZ := P.partition_pos x θ
  have h : sum (P.policy x θ) = P.partition x θ / P.partition x θ := sum_div _ _
  grind

theorem policy_isProb : IsProb (P.policy x θ) where
  nonneg a := by have := P.policy_pos x θ a; grind
  sum_eq_one := P.policy_sum x θ

theorem log_policy_div (a : Fin m) :
    log (P.policy x θ a / P.refPolicy x a) = P.score x θ a - P.logPartition x θ := by
  have hq := P.refPolicy_pos x a
  have hZ := P.partition_pos x θ
  have h : P.policy x θ a / P.refPolicy x a = exp (P.score x θ a) / P.partition x θ := by
    unfold policy; grind
  rw [h, log_div (exp_pos _) hZ, log_exp]
  rfl

theorem score_sub (a : Fin m) : P.score x (θ - θ') a = P.score x θ a - P.score x θ' a := by
  unfold score; rw [inner_sub_left]; grind

/-- Change of parameter: `E_{π_θ} exp (⟨θ' - θ, φ⟩ / λ) = Z_x(θ') / Z_x(θ)`. -/
theorem mean_policy_exp : mean (P.policy x θ) (fun a => exp (P.score x (θ' - θ) a)) =
    P.partition x θ' / P.partition x θ := by
  unfold mean
  have h : ∀ a, P.policy x θ a * exp (P.score x (θ' - θ) a) =
      P.refPolicy x a * exp (P.score x θ' a) / P.partition x θ := fun a => by
    have := exp_pos (P.score x θ a)
    rw [score_sub, exp_sub]; unfold policy; grind
  rw [sum_congr h, sum_div]
  rfl

end Problem

end RLHF
