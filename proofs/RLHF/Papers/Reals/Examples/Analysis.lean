module
public import RLHF.Papers.Reals.Main.Analysis
public import RLHF.Papers.Reals.Main.RealNumbers

/-!
# Concrete instances: analysis on the reals

What is modelled: `exp t - 1 - t` on `[0, 5]`, the logarithm of `2`, the number `e` by its second
derivative and as the limit of `(1 + 1/n) ^ n`, and compound interest.
-/

@[expose] public section

namespace RLHF.Demo

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

theorem reals_derivative_test_instance :
    exp (1 : Real) + (-1 + -1 * (1 - 0) + 0 * ((1 - 0) * (1 - 0))) ≤
      exp 4 + (-1 + -1 * (4 - 0) + 0 * ((4 - 0) * (4 - 0))) :=
  reals_derivative_test (a := 0) (b := 5) (x := 1) (y := 4)
    (fun x _ _ => (hasDeriv_exp x).add (hasDeriv_quadratic (-1) (-1) 0 0 x))
    (fun x h _ => by have := add_one_le_exp x; grind) (by grind) (by grind) (by grind)

theorem inv_bounds {x : Real} (h1 : 1 ≤ x) (h2 : x ≤ 2) : 1 / 2 ≤ x⁻¹ ∧ x⁻¹ ≤ 1 := by
  have h0 := inv_pos (show 0 < x by grind)
  have e : x * x⁻¹ = 1 := by grind
  have h3 := mul_le_mul_right h1 (show 0 ≤ x⁻¹ by grind)
  have h4 := mul_le_mul_right h2 (show 0 ≤ x⁻¹ by grind)
  grind

/-- `1/2 ≤ log 2 ≤ 1`. -/
theorem reals_mean_value_instance :
    1 / 2 * (2 - 1) ≤ log (2 : Real) - log 1 ∧ log (2 : Real) - log 1 ≤ 1 * (2 - 1) :=
  reals_mean_value (f' := fun x => x⁻¹) (by grind)
    (fun x h1 _ => hasDeriv_log (x := x) (by grind))
    (fun _ h1 h2 => (inv_bounds h1 h2).1) fun _ h1 h2 => (inv_bounds h1 h2).2

/-- `e ≤ 2 + e / 2`. -/
theorem reals_second_order_instance :
    exp (1 : Real) ≤ exp 0 + exp 0 * (1 - 0) + exp 1 / 2 * ((1 - 0) * (1 - 0)) :=
  reals_second_order (by grind) (fun x _ _ => hasDeriv_exp x) (fun x _ _ => hasDeriv_exp x)
    fun _ _ h => exp_le_exp h

theorem within_one (n : Nat) : Real.Within (n + 1) 1 := by
  have := Real.one_le_twoPow n
  have := Real.twoPow_succ n
  exact ⟨by grind, by grind⟩

/-- `(1 + 1 / 2ⁿ) ^ (2ⁿ)`, from `n = 1` on. -/
theorem reals_monotone_limit_instance :
    ∃ l, TendsTo (fun n => Real.compound (n + 1) 1) l ∧ (∀ n, Real.compound (n + 1) 1 ≤ l) ∧
      ∀ c, (∀ n, Real.compound (n + 1) 1 ≤ c) → l ≤ c :=
  reals_monotone_limit (b := Real.exp 1) (fun n => Real.compound_succ (within_one n))
    fun n => Real.compound_le_exp (within_one n)

/-- `(1 + 1/n) ^ n` tends to `e`. -/
theorem tendsTo_e : TendsTo (fun n : Nat => (1 + 1 / (n : Real)) ^ n) (exp 1) :=
  (reals_exp_limit archimedean_real 1).2

theorem limit_unique_instance : exp (1 : Real) = exp (1 / 2) * exp (1 / 2) :=
  limit_unique tendsTo_e (by rw [exp_add_self]; exact tendsTo_e)

/-- `2 ≤ e`, since `2 ≤ (1 + 1/n) ^ n`. -/
theorem limit_order_instance : (2 : Real) ≤ exp 1 :=
  limit_order (a := fun _ => 2) (fun τ h => ⟨0, fun _ _ => abs_le.2 (by grind)⟩) tendsTo_e (N := 0)
    fun n hn => by
      have h0 : 0 < (n : Real) := natCast_pos hn
      have := div_pos (show 0 < (1 : Real) by grind) h0
      have := Power.bernoulli (x := 1 / (n : Real)) (by grind) n
      rw [show (n : Real) * (1 / (n : Real)) = 1 by grind] at this
      grind

end RLHF.Demo
