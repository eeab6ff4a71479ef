module
public import RLHF.Model.Setting

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

theorem policy_apply (a : Fin m) : P.policy x θ a =
    P.refPolicy x a * exp (P.score x θ a) / P.partition x θ := rfl

theorem weight_pos (a : Fin m) : 0 < P.refPolicy x a * exp (P.score x θ a) :=
  mul_pos (P.refPolicy_pos x a) (exp_pos _)

theorem partition_pos : 0 < P.partition x θ :=
  tiltPartition_pos (P.refPolicy_isProb x) (P.refPolicy_pos x) _

theorem policy_pos (a : Fin m) : 0 < P.policy x θ a :=
  tilt_pos (P.refPolicy_isProb x) (P.refPolicy_pos x) _ a

theorem policy_isProb : IsProb (P.policy x θ) :=
  tilt_isProb (P.refPolicy_isProb x) (P.refPolicy_pos x) _

/-- At `θ = 0` the policy is the reference policy. -/
theorem policy_zero : P.policy x 0 = P.refPolicy x := funext fun a => by
  have hs : ∀ b, P.score x 0 b = 0 := fun b => by
    unfold score; rw [inner_zero_left]; grind
  have hZ : P.partition x 0 = 1 := by
    unfold partition tiltPartition
    rw [sum_congr fun b => by rw [hs b, exp_zero], sum_mul_right, P.refPolicy_sum]
    grind
  rw [policy_apply, hZ, hs, exp_zero]
  grind

theorem log_policy_div (a : Fin m) :
    log (P.policy x θ a / P.refPolicy x a) = P.score x θ a - P.logPartition x θ :=
  log_tilt_div (P.refPolicy_isProb x) (P.refPolicy_pos x) _ a

theorem score_sub (a : Fin m) : P.score x (θ - θ') a = P.score x θ a - P.score x θ' a := by
  unfold score; rw [inner_sub_left]; grind

/-- Change of parameter: `E_{π_θ} exp (⟨θ' - θ, φ⟩ / λ) = Z_x(θ') / Z_x(θ)`. -/
theorem mean_policy_exp : mean (P.policy x θ) (fun a => exp (P.score x (θ' - θ) a)) =
    P.partition x θ' / P.partition x θ := by
  rw [mean_congr fun a => by rw [P.score_sub x θ' θ a]]
  exact mean_tilt_exp (P.refPolicy_isProb x) (P.refPolicy_pos x) _ _

end Problem

end RLHF
