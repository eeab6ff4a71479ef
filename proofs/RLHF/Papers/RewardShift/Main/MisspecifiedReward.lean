module
public import RLHF.Archimedean.Sharp.SecondOrder
public import RLHF.Papers.RewardShift.Misspecified.Triangle

/-!
# Headline theorems: a reward that is wrong

Every statement of its group, under the name of its entry in the claim table, and nothing else.

## Conventions
* `R` is any exponential ordered field, `E` a setting, `x` a prompt. `r` is the true reward, `s` the
  learned one, `f = r - s` the error, and `Y = (f - E_{π_s} f) / λ` (`Setting.scaledError`).
* `J^r(π) = E_π r - λ KL(π ‖ q)`; `J^r(π_r) - J^r(π)` is the gap of `π` under `r`.
* `C` is a second-order constant of the exponential (`ExpBound`), `h` a sub-Gaussian constant
  (`HoeffdingBound`).

## References
cf. arXiv 2602.21765, reward shift, which is of first order in the error of the reward.
-/

public section

namespace RLHF

universe u
variable {R : Type u} [ExpField R] {N m : Nat} (E : Setting R N m)

/-- `J^r(π_r) - J^r(π_s) = λ KL(π_s ‖ π_r) = λ log E_{π_s} exp Y`. -/
theorem reward_error_identity (x : Fin N) (r s : Fin m → R) :
    E.value x r (E.boltzmann x r) - E.value x r (E.boltzmann x s) =
      E.klCoef * klDiv (E.boltzmann x s) (E.boltzmann x r) ∧
    E.value x r (E.boltzmann x r) - E.value x r (E.boltzmann x s) =
      E.klCoef * log (mean (E.boltzmann x s) fun a => exp (E.scaledError x r s a)) :=
  ⟨E.value_boltzmann_sub_value x r (E.boltzmann_isProb x s),
    E.gap_eq_log_mean_exp_scaledError x r s⟩

/-- `J^r(π_r) - J^r(π_s) ≤ (C/λ) Var_{π_s}(f)` if `|Y| ≤ M` and `C` is a second-order constant at
`M`: what a wrong reward costs is of second order in its error.
2602.21765, cf. the reward shift term of Theorem 1. -/
theorem reward_error_second_order (x : Fin N) (r s : Fin m → R) {M C : R}
    (hM : ∀ a, abs (E.scaledError x r s a) ≤ M) (hC : ExpBound M C) :
    E.value x r (E.boltzmann x r) - E.value x r (E.boltzmann x s) ≤
      C / E.klCoef * var (E.boltzmann x s) (fun a => r a - s a) :=
  E.gap_le_var_of_scaledError x r s hM hC

/-- The same with `C = ψ(M)` in an Archimedean field. -/
theorem reward_error_second_order_sharp (hR : Archimedean R) (x : Fin N) (r s : Fin m → R)
    {M C : R} (hM : ∀ a, abs (E.scaledError x r s a) ≤ M) (hC : C = psi M) :
    E.value x r (E.boltzmann x r) - E.value x r (E.boltzmann x s) ≤
      C / E.klCoef * var (E.boltzmann x s) (fun a => r a - s a) :=
  reward_error_second_order E x r s hM (expBound_of_eq_psi hR hC)

/-- `λ v / (4 + v) ≤ J^r(π_r) - J^r(π_s)` with `v = Var_{π_s}(Y)` if `Y ≥ -2`: the second order is
the exact one. -/
theorem reward_error_lower (x : Fin N) (r s : Fin m → R) (hY : ∀ a, -2 ≤ E.scaledError x r s a) :
    E.klCoef * (var (E.boltzmann x s) (E.scaledError x r s) /
        (4 + var (E.boltzmann x s) (E.scaledError x r s))) ≤
      E.value x r (E.boltzmann x r) - E.value x r (E.boltzmann x s) :=
  E.le_gap_of_scaledError x r s hY

/-- `√(J^r(π_r) - J^r(π)) ≤ √(J^s(π_s) - J^s(π)) + (hi - lo) √(h/λ)` for every policy `π` at every
prompt with `lo ≤ r - s ≤ hi`, and `√E_D[J^r(π_r) - J^r(π)] ≤ √E_D[J^s(π_s) - J^s(π)] +
√E_D[(hi - lo)²] √(h/λ)` in the mean over prompts. -/
theorem gap_triangle {h : R} (hh : HoeffdingBound h) {D : Fin N → R} (hD : IsProb D)
    {r s π : Fin N → Fin m → R} {lo hi : Fin N → R}
    (hf : ∀ x a, lo x ≤ r x a - s x a ∧ r x a - s x a ≤ hi x) (hπ : ∀ x, IsProb (π x)) :
    (∀ x, sqrt (E.value x (r x) (E.boltzmann x (r x)) - E.value x (r x) (π x)) ≤
      sqrt (E.value x (s x) (E.boltzmann x (s x)) - E.value x (s x) (π x)) +
        (hi x - lo x) * sqrt (h / E.klCoef)) ∧
    sqrt (mean D fun x => E.value x (r x) (E.boltzmann x (r x)) - E.value x (r x) (π x)) ≤
      sqrt (mean D fun x => E.value x (s x) (E.boltzmann x (s x)) - E.value x (s x) (π x)) +
        sqrt (mean D fun x => (hi x - lo x) * (hi x - lo x)) * sqrt (h / E.klCoef) :=
  ⟨fun x => E.sqrt_gap_le x hh (hf x) (hπ x), E.sqrt_mean_gap_le hh hD.nonneg hf hπ⟩

/-- `J^r(π_r) - J^r(π_s) ≤ h w²/λ` if the error `f = r - s` has a range of at most `w`. -/
theorem reward_error_range {h : R} (hh : HoeffdingBound h) (x : Fin N) {r s : Fin m → R} {w : R}
    (hw : ∀ a b, (r a - s a) - (r b - s b) ≤ w) :
    E.value x r (E.boltzmann x r) - E.value x r (E.boltzmann x s) ≤ h * (w * w) / E.klCoef :=
  E.gap_le_range_mul_self x r s hh hw

/-- `J^r(π_r) - J^r(π) = [J^s(π_s) - J^s(π)] + (E_{π_s} f - E_π f) + λ log E_{π_s} exp Y` for every
policy `π`. -/
theorem reward_error_transfer (x : Fin N) (r s π : Fin m → R) :
    E.value x r (E.boltzmann x r) - E.value x r π =
      E.value x s (E.boltzmann x s) - E.value x s π +
        (mean (E.boltzmann x s) (fun a => r a - s a) - mean π (fun a => r a - s a)) +
        E.klCoef * log (mean (E.boltzmann x s) fun a => exp (E.scaledError x r s a)) := by
  rw [← E.gap_eq_log_mean_exp_scaledError]
  exact E.gap_transfer x r s π

/-- If `|Y| ≤ M`, `C ≥ 0` is a second-order constant at `M` and `π_s ≤ κ μ` for the law `μ` of the
training data, then `J^r(π_r) - J^r(π_s) ≤ (Cκ/λ) Var_μ(f) ≤ (Cκ/λ) E_μ[(f - c)²]` for every number
`c`; for `lo ≤ s ≤ hi` and `μ = q` that holds with `κ = exp((hi - lo)/λ)`. -/
theorem reward_error_training (x : Fin N) (r s : Fin m → R) {M C κ : R} {μ : Fin m → R}
    (hM : ∀ a, abs (E.scaledError x r s a) ≤ M) (hC : ExpBound M C) (hC0 : 0 ≤ C)
    (hμ : IsProb μ) (hκ : ∀ a, E.boltzmann x s a ≤ κ * μ a) :
    E.value x r (E.boltzmann x r) - E.value x r (E.boltzmann x s) ≤
      C * κ / E.klCoef * var μ (fun a => r a - s a) ∧
    (∀ c, C * κ / E.klCoef * var μ (fun a => r a - s a) ≤
      C * κ / E.klCoef * mean μ (fun a => (r a - s a - c) * (r a - s a - c))) ∧
    ∀ lo hi : R, (∀ a, lo ≤ s a ∧ s a ≤ hi) →
      E.value x r (E.boltzmann x r) - E.value x r (E.boltzmann x s) ≤
        C * exp ((hi - lo) / E.klCoef) / E.klCoef * var (E.refPolicy x) (fun a => r a - s a) :=
  ⟨E.gap_le_training x r s hM hC hC0 hκ, fun c => E.mul_var_le x r s hC0 hμ hκ c,
    fun _ _ hs => E.gap_le_training x r s hM hC hC0 (E.boltzmann_le_mul_refPolicy x s hs)⟩

/-- The same with `C = ψ(M)` in an Archimedean field. -/
theorem reward_error_training_sharp (hR : Archimedean R) (x : Fin N) (r s : Fin m → R)
    {M C κ : R} {μ : Fin m → R} (hM : ∀ a, abs (E.scaledError x r s a) ≤ M) (hC : C = psi M)
    (hμ : IsProb μ) (hκ : ∀ a, E.boltzmann x s a ≤ κ * μ a) :
    E.value x r (E.boltzmann x r) - E.value x r (E.boltzmann x s) ≤
      C * κ / E.klCoef * var μ (fun a => r a - s a) ∧
    (∀ c, C * κ / E.klCoef * var μ (fun a => r a - s a) ≤
      C * κ / E.klCoef * mean μ (fun a => (r a - s a - c) * (r a - s a - c))) ∧
    ∀ lo hi : R, (∀ a, lo ≤ s a ∧ s a ≤ hi) →
      E.value x r (E.boltzmann x r) - E.value x r (E.boltzmann x s) ≤
        C * exp ((hi - lo) / E.klCoef) / E.klCoef * var (E.refPolicy x) (fun a => r a - s a) :=
  reward_error_training E x r s hM (expBound_of_eq_psi hR hC) (nonneg_of_eq_psi hC) hμ hκ

end RLHF
