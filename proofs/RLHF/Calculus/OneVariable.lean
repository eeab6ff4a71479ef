module
public import RLHF.Calculus.Defs
public import RLHF.Foundations.Exp

/-!
# Derivatives in one variable

What is modelled: the ε–δ derivatives of the square, the inverse, the exponential and the logarithm.
Each comes from a remainder of second order, so none needs a limit.

## Main results
* `hasDeriv_of_quadratic`: a remainder at most `K h²` near `0` gives the derivative.
* `hasDeriv_mul_self`, `hasDeriv_inv`, `hasDeriv_exp`, `hasDeriv_log`.
-/

public section

namespace RLHF

open Lean.Grind

universe u
variable {R : Type u} [ExpField R] {x : R}

/-- A positive `η` below `b` with `η K ≤ ε`. -/
theorem exists_pos_mul_le {ε K b : R} (hε : 0 < ε) (hK : 0 ≤ K) (hb : 0 < b) :
    ∃ η : R, 0 < η ∧ η ≤ b ∧ η * K ≤ ε := by
  have hq := div_pos hε (by grind : 0 < K + 1)
  have he : ε / (K + 1) * (K + 1) = ε := by grind
  by_cases h : b ≤ ε / (K + 1)
  · have := mul_le_mul_right h hK
    exact ⟨b, by grind⟩
  · exact ⟨ε / (K + 1), by grind⟩

/-- A remainder at most `K h²` for `|h| ≤ δ` gives the derivative. -/
theorem hasDeriv_of_quadratic {f : R → R} {f' δ K : R} (hδ : 0 < δ) (hK : 0 ≤ K)
    (hf : ∀ h, abs h ≤ δ → abs (f (x + h) - f x - f' * h) ≤ K * (h * h)) : HasDeriv f f' x := by
  intro ε hε
  obtain ⟨η, hη, hηδ, hηK⟩ := exists_pos_mul_le hε hK hδ
  refine ⟨η, hη, fun h hh => Std.le_trans (hf h (by grind)) ?_⟩
  have hn := abs_nonneg h
  have h1 := mul_le_mul_right hh hK
  have h2 := mul_le_mul_right (by grind : abs h * K ≤ ε) hn
  rw [← abs_mul_abs h]
  grind

/-- `(x²)' = 2x`. -/
theorem hasDeriv_mul_self (x : R) : HasDeriv (fun t => t * t) (2 * x) x := by
  refine hasDeriv_of_quadratic (δ := 1) (K := 1) (by grind) (by grind) fun h _ => ?_
  have e : (x + h) * (x + h) - x * x - 2 * x * h = h * h := by grind
  rw [e, abs_of_nonneg (mul_self_nonneg h)]
  grind

/-- `exp' = exp`. -/
theorem hasDeriv_exp (x : R) : HasDeriv exp (exp x) x := by
  have hx := exp_pos x
  refine hasDeriv_of_quadratic (δ := 1) (K := exp x * exp 1) (by grind)
    (mul_nonneg (by grind) (by have := exp_pos (1 : R); grind)) fun h hh => ?_
  have h1 := expBound_exp 1 h hh
  have h2 := add_one_le_exp h
  have h3 := mul_le_mul_left (by grind : exp h - 1 - h ≤ exp 1 * (h * h)) (by grind : 0 ≤ exp x)
  have e : exp (x + h) - exp x - exp x * h = exp x * (exp h - 1 - h) := by rw [exp_add]; grind
  rw [e, abs_of_nonneg (mul_nonneg (by grind) (by grind))]
  grind

/-- `log (1 + t)` lies between `t / (1 + t)` and `t`; hence `|log (1 + t) - t| ≤ 2t²`. -/
private theorem abs_log_one_add_sub_le {t : R} (ht : -(1 / 2) ≤ t) :
    abs (log (1 + t) - t) ≤ 2 * (t * t) := by
  have hp : 0 < 1 + t := by grind
  have h1 := log_le_sub_one hp
  have h2 := log_le_sub_one (inv_pos hp)
  rw [log_inv hp] at h2
  have h3 : (1 + t) * (2 * (t * t) - (t + (1 + t)⁻¹ - 1)) = t * t * (1 + 2 * t) := by grind
  have h4 := mul_nonneg (mul_self_nonneg t) (by grind : 0 ≤ 1 + 2 * t)
  have h5 := le_of_mul_le_mul_left hp
    (by grind : (1 + t) * 0 ≤ (1 + t) * (2 * (t * t) - (t + (1 + t)⁻¹ - 1)))
  rw [abs_le]
  have := mul_self_nonneg t
  grind

/-- `log' = 1/x` at positive points. -/
theorem hasDeriv_log (hx : 0 < x) : HasDeriv log x⁻¹ x := by
  have hi := inv_pos hx
  refine hasDeriv_of_quadratic (δ := x / 2) (K := 2 * (x⁻¹ * x⁻¹)) (by grind)
    (by have := mul_self_nonneg x⁻¹; grind) fun h hh => ?_
  have hl := abs_le.mp hh
  have ht : -(1 / 2) ≤ x⁻¹ * h := by
    have := mul_le_mul_left hl.1 (by grind : 0 ≤ x⁻¹)
    grind
  have hlog : log (x + h) = log x + log (1 + x⁻¹ * h) := by
    rw [← log_mul hx (by grind)]
    congr 1
    grind
  have h1 := abs_log_one_add_sub_le ht
  rw [hlog]
  have e : log x + log (1 + x⁻¹ * h) - log x - x⁻¹ * h = log (1 + x⁻¹ * h) - x⁻¹ * h := by grind
  rw [e]
  grind

/-- `(1/x)' = -1/x²` at `x ≠ 0`. -/
theorem hasDeriv_inv (hx : x ≠ 0) : HasDeriv (fun t => t⁻¹) (-(x * x)⁻¹) x := by
  have hA : 0 < abs x := by have := abs_nonneg x; have := @abs_eq_zero R _ x; grind
  have hA3 : 0 < abs x * (x * x) := mul_pos hA (mul_self_pos hx)
  have hi := inv_pos hA3
  refine hasDeriv_of_quadratic (δ := abs x / 2) (K := 2 * (abs x * (x * x))⁻¹) (by grind)
    (by grind) fun h hh => ?_
  have hs := abs_add (x + h) (-h)
  have ha : abs x / 2 ≤ abs (x + h) := by
    rw [abs_neg, (by grind : x + h + -h = x)] at hs
    grind
  have hne : x + h ≠ 0 := fun e => by rw [e, abs_zero] at ha; grind
  have e : ((x + h)⁻¹ - x⁻¹ - -(x * x)⁻¹ * h) * (x * x * (x + h)) = h * h := by grind
  have h1 := congrArg abs e
  rw [abs_mul, abs_mul (x * x), abs_of_nonneg (mul_self_nonneg x),
    abs_of_nonneg (mul_self_nonneg h)] at h1
  have hr := abs_nonneg ((x + h)⁻¹ - x⁻¹ - -(x * x)⁻¹ * h)
  generalize abs ((x + h)⁻¹ - x⁻¹ - -(x * x)⁻¹ * h) = r at *
  have h2 := mul_le_mul_left ha (mul_nonneg hr (mul_self_nonneg x))
  refine le_of_mul_le_mul_left hA3 ?_
  have e2 : abs x * (x * x) * (2 * (abs x * (x * x))⁻¹ * (h * h)) = 2 * (h * h) := by grind
  rw [e2]
  grind

end RLHF
