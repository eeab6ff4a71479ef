module
public import RLHF.Papers.RewardShift.ClippedKl.Bias
public import RLHF.Probability.Variance

/-!
# Estimators of the divergence

What is modelled: the expectations of `k1` and `k3` under the policy from which is drawn.

## Main results
* `mean_klEstimator1`, `mean_klEstimator3`: both are unbiased.
* `klEstimator3_nonneg`, `klEstimator3_eq_zero_iff`.
-/

public section

namespace RLHF

open Lean.Grind

universe u
variable {R : Type u} [ExpField R] {m : Nat} {π q : Fin m → R}

theorem mean_klEstimator1 (π q : Fin m → R) :
    (mean π fun a => klEstimator1 (logRatio π q a)) = klDiv π q := rfl

theorem mean_klEstimator3 (hπ : IsProb π) (hπ0 : ∀ a, 0 < π a) (hq : IsProb q)
    (hq0 : ∀ a, 0 < q a) :
    (mean π fun a => klEstimator3 (logRatio π q a)) = klDiv π q := by
  have e : (mean π fun a => exp (-logRatio π q a)) = sum q :=
    sum_congr fun a => mul_exp_neg_logRatio hq0 (hπ0 a)
  unfold klEstimator3
  rw [mean_add, mean_sub, mean_const hπ, e, hq.sum_eq_one, ← mean_klEstimator1]
  unfold klEstimator1
  grind

theorem klEstimator3_nonneg (l : R) : 0 ≤ klEstimator3 l := by
  have := add_one_le_exp (-l)
  unfold klEstimator3
  grind

theorem klEstimator3_eq_zero_iff (l : R) : klEstimator3 l = 0 ↔ l = 0 := by
  unfold klEstimator3
  constructor
  · intro h
    by_cases hl : l = 0
    · exact hl
    · have := add_one_lt_exp (x := -l) (by grind)
      grind
  · rintro rfl
    rw [show -(0 : R) = 0 by grind, exp_zero]
    grind

/-! ### k2 against the divergence, and the variance of k3 -/

/-- `k3 ≤ C ℓ²` for `|ℓ| ≤ M`. -/
theorem klEstimator3_le {M C l : R} (hC : ExpBound M C) (hl : abs l ≤ M) :
    klEstimator3 l ≤ C * (l * l) := by
  have h := hC (-l) (by rw [abs_neg]; exact hl)
  unfold klEstimator3
  grind

/-- `k2 ≤ 2 k3` for `ℓ ≤ 2`, from `exp(-ℓ) ≥ (1 - ℓ/2)²`. -/
theorem klEstimator2_le {l : R} (hl : l ≤ 2) : klEstimator2 l ≤ 2 * klEstimator3 l := by
  have h := add_one_le_exp (-l / 2)
  have h1 := mul_le_mul h h (Std.le_of_lt (exp_pos _)) (by grind)
  rw [exp_add_self] at h1
  unfold klEstimator2 klEstimator3
  grind

section
variable (hπ : IsProb π) (hπ0 : ∀ a, 0 < π a) (hq : IsProb q) (hq0 : ∀ a, 0 < q a)
include hπ hπ0 hq hq0

theorem klDiv_le_mean_klEstimator2 {M C : R} (hM : ∀ a, abs (logRatio π q a) ≤ M)
    (hC : ExpBound M C) :
    klDiv π q ≤ 2 * C * mean π fun a => klEstimator2 (logRatio π q a) := by
  rw [← mean_klEstimator3 hπ hπ0 hq hq0, ← mean_mul]
  refine mean_mono hπ.nonneg fun a => ?_
  have := klEstimator3_le hC (hM a)
  unfold klEstimator2
  grind

theorem mean_klEstimator2_le (hl : ∀ a, logRatio π q a ≤ 2) :
    (mean π fun a => klEstimator2 (logRatio π q a)) ≤ 2 * klDiv π q := by
  rw [← mean_klEstimator3 hπ hπ0 hq hq0, ← mean_mul]
  exact mean_mono hπ.nonneg fun a => klEstimator2_le (hl a)

theorem var_klEstimator3_le {M C : R} (hM : ∀ a, abs (logRatio π q a) ≤ M) (hC : ExpBound M C)
    (hC0 : 0 ≤ C) (hCM : C * M ≤ 1) :
    var π (fun a => klEstimator3 (logRatio π q a)) ≤
      var π fun a => klEstimator1 (logRatio π q a) := by
  rw [var_eq hπ, var_eq hπ, mean_klEstimator3 hπ hπ0 hq hq0, mean_klEstimator1]
  have h : ∀ a, klEstimator3 (logRatio π q a) * klEstimator3 (logRatio π q a) ≤
      klEstimator1 (logRatio π q a) * klEstimator1 (logRatio π q a) := fun a => by
    have h0 := klEstimator3_nonneg (logRatio π q a)
    have h1 := klEstimator3_le hC (hM a)
    have h2 := mul_le_mul_left (hM a) (mul_nonneg hC0 (abs_nonneg (logRatio π q a)))
    have h3 := mul_le_mul_right hCM (abs_nonneg (logRatio π q a))
    rw [← abs_mul_abs] at h1
    unfold klEstimator1
    rw [← abs_mul_abs (logRatio π q a)]
    generalize abs (logRatio π q a) = u at *
    generalize klEstimator3 (logRatio π q a) = k at *
    have h4 : k ≤ u := by grind
    exact mul_le_mul h4 h4 (by grind) h0
  have := mean_mono hπ.nonneg h
  grind

end

end RLHF
