module
public import RLHF.Model.Basic
public import RLHF.Probability.Divergence

/-!
# The Gibbs variational principle

What is modelled: the KL-regularised value of every policy at one prompt, its unique maximiser
`π_θ*`, and the suboptimality gap of a Boltzmann policy.

## Main results
* `Problem.gibbs`: `J_x(π) = λ A_x(θ*) - λ KL(π ‖ π_θ*)` for every probability vector `π`.
* `Problem.value_le`, `Problem.value_eq_iff`: `π_θ*` is the unique maximiser of `J_x`.
* `Problem.gap_eq_klDiv`, `Problem.gap_eq_log_mean_exp`: the gap `J_x(θ*) - J_x(θ)` in closed form.
* `Problem.abs_objectiveAt_trueParam_le`: `|J_x(θ*)| ≤ B ‖θ*‖`.

## References
arXiv 2601.16403, cf. Definition 3 (suboptimality gap).
-/

public section

namespace RLHF

open Lean.Grind

universe u
variable {R : Type u} [ExpField R] {N m d n : Nat}

namespace Problem

variable (P : Problem R N m d) (x : Fin N) (θ θ' : Vec R d) {π : Fin m → R}

/-- `KL(π ‖ π_θ) = KL(π ‖ q) - E_π ⟨θ, φ⟩ / λ + A_x(θ)`. -/
theorem klDiv_policy (hπ : IsProb π) : klDiv π (P.policy x θ) =
    klDiv π (P.refPolicy x) - mean π (P.score x θ) + P.logPartition x θ :=
  klDiv_tilt (P.refPolicy_isProb x) (P.refPolicy_pos x) _ hπ

/-- Gibbs identity: `J_x(π) = λ A_x(θ*) - λ KL(π ‖ π_θ*)`. -/
theorem gibbs (hπ : IsProb π) : P.value x π =
    P.klCoef * P.logPartition x P.trueParam - P.klCoef * klDiv π (P.policy x P.trueParam) :=
  P.value_eq x (P.reward x) hπ

theorem objectiveAt_trueParam :
    P.objectiveAt x P.trueParam = P.klCoef * P.logPartition x P.trueParam := by
  unfold objectiveAt
  rw [P.gibbs x (P.policy_isProb x _), klDiv_self (P.policy_pos x _)]
  grind

/-- Gap of any policy: `J_x(θ*) - J_x(π) = λ KL(π ‖ π_θ*)`. -/
theorem objectiveAt_sub_value (hπ : IsProb π) : P.objectiveAt x P.trueParam - P.value x π =
    P.klCoef * klDiv π (P.policy x P.trueParam) := by
  rw [objectiveAt_trueParam, P.gibbs x hπ]
  grind

/-- `π_θ*` maximises the value. -/
theorem value_le (hπ : IsProb π) : P.value x π ≤ P.objectiveAt x P.trueParam := by
  have h := P.objectiveAt_sub_value x hπ
  have hk := klDiv_nonneg hπ (P.policy_isProb x P.trueParam) (P.policy_pos x _)
  have := mul_nonneg P.klCoef_nonneg hk
  grind

/-- `π_θ*` is the only maximiser of the value. -/
theorem value_eq_iff (hπ : IsProb π) :
    P.value x π = P.objectiveAt x P.trueParam ↔ π = P.policy x P.trueParam := by
  rw [← klDiv_eq_zero_iff hπ (P.policy_isProb x P.trueParam) (P.policy_pos x _)]
  have h := P.objectiveAt_sub_value x hπ
  have := P.klCoef_pos
  grind

/-- `J_x(θ*) - J_x(θ) = λ KL(π_θ ‖ π_θ*)`. -/
theorem gap_eq_klDiv : P.objectiveAt x P.trueParam - P.objectiveAt x θ =
    P.klCoef * klDiv (P.policy x θ) (P.policy x P.trueParam) :=
  P.objectiveAt_sub_value x (P.policy_isProb x θ)

theorem objectiveAt_le : P.objectiveAt x θ ≤ P.objectiveAt x P.trueParam :=
  P.value_le x (P.policy_isProb x θ)

/-- `KL(π_θ ‖ π_θ') = A_x(θ') - A_x(θ) - E_{π_θ} ⟨θ' - θ, φ⟩ / λ`. -/
theorem klDiv_policy_policy : klDiv (P.policy x θ) (P.policy x θ') =
    P.logPartition x θ' - P.logPartition x θ - mean (P.policy x θ) (P.score x (θ' - θ)) := by
  rw [mean_congr (P.score_sub x θ' θ)]
  exact klDiv_tilt_tilt (P.refPolicy_isProb x) (P.refPolicy_pos x) _ _

/-- `KL(π_θ ‖ π_θ') = log E_{π_θ} exp Y` with `Y = ⟨θ' - θ, φ⟩ / λ - E_{π_θ} ⟨θ' - θ, φ⟩ / λ`. -/
theorem klDiv_eq_log_mean_exp : klDiv (P.policy x θ) (P.policy x θ') =
    log (mean (P.policy x θ) fun a =>
      exp (P.score x (θ' - θ) a - mean (P.policy x θ) (P.score x (θ' - θ)))) := by
  rw [show P.score x (θ' - θ) = fun a => P.score x θ' a - P.score x θ a from
    funext (P.score_sub x θ' θ)]
  exact klDiv_tilt_eq_log_mean_exp (P.refPolicy_isProb x) (P.refPolicy_pos x) _ _

/-- `J_x(θ*) - J_x(θ) = λ log E_{π_θ} exp Y`. -/
theorem gap_eq_log_mean_exp : P.objectiveAt x P.trueParam - P.objectiveAt x θ =
    P.klCoef * log (mean (P.policy x θ) fun a => exp (P.score x (P.trueParam - θ) a -
      mean (P.policy x θ) (P.score x (P.trueParam - θ)))) := by
  rw [gap_eq_klDiv, klDiv_eq_log_mean_exp]

/-! ### Range of the optimum -/

theorem FeatureBound.nonneg {P : Problem R N m d} {B : R} (hB : P.FeatureBound B) (x : Fin N) :
    0 ≤ B :=
  Std.le_trans (norm_nonneg _) (hB x ⟨0, P.action_pos x⟩)

theorem DifferenceBound.nonneg {P : Problem R N m d} {Δ : R} (hΔ : P.DifferenceBound Δ)
    (x : Fin N) : 0 ≤ Δ :=
  Std.le_trans (norm_nonneg _) (hΔ x ⟨0, P.action_pos x⟩ ⟨0, P.action_pos x⟩)

/-- Features of norm at most `B` differ by at most `2B`. -/
theorem FeatureBound.differenceBound {P : Problem R N m d} {B : R} (hB : P.FeatureBound B) :
    P.DifferenceBound (2 * B) := fun x a b => norm_sub_le_of_norm_le (hB x a) (hB x b)

theorem FeatureBound.abs_score_le {P : Problem R N m d} {B : R} (hB : P.FeatureBound B)
    (x : Fin N) (θ : Vec R d) (a : Fin m) :
    abs (P.score x θ a) ≤ B * norm θ / P.klCoef := by
  have h := abs_inner_le θ (P.feature x a)
  have h1 := mul_le_mul_right (hB x a) (norm_nonneg θ)
  have hle : abs (inner θ (P.feature x a)) ≤ B * norm θ := by grind
  rw [abs_le] at hle
  have h2 := div_le_div_right hle.2 P.klCoef_pos
  have h3 := div_le_div_right hle.1 P.klCoef_pos
  rw [abs_le]
  unfold score
  grind

/-- `|A_x(θ)| ≤ B ‖θ‖ / λ`. -/
theorem abs_logPartition_le {B : R} (hB : P.FeatureBound B) :
    abs (P.logPartition x θ) ≤ B * norm θ / P.klCoef := by
  have hs := fun a => abs_le.mp (hB.abs_score_le x θ a)
  have hZ : P.partition x θ = mean (P.refPolicy x) fun a => exp (P.score x θ a) := rfl
  have hup := mean_le (P.refPolicy_isProb x) fun a => exp_le_exp (hs a).2
  have hlo := le_mean (P.refPolicy_isProb x) fun a => exp_le_exp (hs a).1
  rw [← hZ] at hup hlo
  rw [abs_le]
  have h1 := log_le_log (exp_pos _) hlo
  have h2 := log_le_log (P.partition_pos x θ) hup
  rw [log_exp] at h1 h2
  exact ⟨h1, h2⟩

/-- `|J_x(θ*)| ≤ B ‖θ*‖`. -/
theorem abs_objectiveAt_trueParam_le {B : R} (hB : P.FeatureBound B) :
    abs (P.objectiveAt x P.trueParam) ≤ B * norm P.trueParam := by
  have hpos := P.klCoef_pos
  have h := mul_le_mul_left (P.abs_logPartition_le x P.trueParam hB) P.klCoef_nonneg
  have e : P.klCoef * (B * norm P.trueParam / P.klCoef) = B * norm P.trueParam := by grind
  rw [objectiveAt_trueParam, abs_mul, abs_of_nonneg P.klCoef_nonneg, ← e]
  exact h

end Problem

end RLHF
