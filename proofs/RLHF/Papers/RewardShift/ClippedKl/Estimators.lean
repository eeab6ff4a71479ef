module
public import RLHF.Papers.RewardShift.ClippedKl.Bias

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

end RLHF
