module
public import RLHF.Archimedean.ExpLimit
public import RLHF.Archimedean.Sharp.Defs

/-!
# The second-order bound of the exponential, sharp

What is modelled: in an Archimedean field `(exp y - 1 - y) / y²` increases, since
`((1 + y / n) ^ n - 1 - y) / y²` is a polynomial in `y` that does and tends to it.

## Main results
* `exp_sub_mono`: `(exp x - 1 - x) y² ≤ (exp y - 1 - y) x²` for `x ≤ y`.
* `expBound_psi`, `psi_le`: `ψ(M)` is the least second-order constant on `[-M, M]`.
* `le_exp_psi`: `1 + y + ψ(-M) y² ≤ exp y` for `y ≥ -M`.
-/

public section

namespace RLHF

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R]

/-- The polynomials `q_n` with `(1 + t) ^ n = 1 + n t + t² q_n(t)`. -/
private noncomputable def rest : Nat → R → R
  | 0, _ => 0
  | n + 1, t => (1 + t) * rest n t + n

private theorem pow_eq (n : Nat) (t : R) : (1 + t) ^ n = 1 + n * t + t * t * rest n t := by
  induction n with
  | zero => simp only [rest]; grind
  | succ n ih => rw [Semiring.pow_succ, ih, Semiring.natCast_succ]; simp only [rest]; grind

private theorem rest_mono (n : Nat) {s t : R} (hs : 0 ≤ 1 + s) (h : s ≤ t) :
    0 ≤ rest n s ∧ rest n s ≤ rest n t := by
  induction n with
  | zero => simp only [rest]; grind
  | succ n ih =>
    have h0 := OrderedRing.natCast_nonneg (R := R) (a := n)
    have h1 := mul_nonneg hs ih.1
    have h2 := mul_le_mul (show 1 + s ≤ 1 + t by grind) ih.2 (by grind) ih.1
    simp only [rest]
    grind

/-- `(exp y - 1 - y) / y²` increases, without division. -/
theorem exp_sub_mono (hR : Archimedean R) {x y : R} (h : x ≤ y) :
    (exp x - 1 - x) * (y * y) ≤ (exp y - 1 - y) * (x * x) := by
  refine hR.le_of_sub_div_le (a := exp x * (x * x) * (y * y)) (c := max (abs x) (abs y))
    fun n hn hc => ?_
  have hx := Std.le_trans (le_max_left (abs x) (abs y)) hc
  have hy := Std.le_trans (le_max_right (abs x) (abs y)) hc
  have h3 := expLike_exp.mul_le_pow hn hx
  have h4 := expLike_exp.pow_le hn hy
  have a1 := (le_div_iff (a := -1) (b := x) hn).2 (by have := abs_le.1 hx; grind)
  have hq := (rest_mono n (s := x / n) (t := y / n) (by grind) (div_le_div_right h hn)).2
  rw [pow_eq] at h3 h4
  have k3 := mul_le_mul_right h3 (mul_self_nonneg y)
  have k4 := mul_le_mul_right h4 (mul_self_nonneg x)
  have k5 := mul_le_mul_left hq (mul_nonneg (mul_self_nonneg (x / n)) (mul_self_nonneg y))
  have e1 : (n : R) * (x / n) = x := by grind
  have e2 : (n : R) * (y / n) = y := by grind
  have e3 : x / n * (x / n) * (y * y) = y / n * (y / n) * (x * x) := by grind
  rw [e1] at k3
  rw [e2] at k4
  generalize rest n (x / n) = r at *
  generalize rest n (y / n) = s at *
  have e4 : (1 + x + x / n * (x / n) * r) * (y * y) =
      (1 + x) * (y * y) + x / n * (x / n) * (y * y) * r := by grind
  have e5 : (1 + y + y / n * (y / n) * s) * (x * x) =
      (1 + y) * (x * x) + x / n * (x / n) * (y * y) * s := by rw [e3]; grind
  have e6 : exp x * (1 - x * x / n) * (y * y) =
      exp x * (y * y) - exp x * (x * x) * (y * y) / n := by grind
  rw [e4, e6] at k3
  rw [e5] at k4
  grind

theorem psi_mul_self (M : R) : psi M * (M * M) = exp M - 1 - M := by
  by_cases h : M = 0
  · subst h; rw [exp_zero]; grind
  · unfold psi; grind

theorem psi_nonneg (M : R) : 0 ≤ psi M := by
  have h := add_one_le_exp M
  have h0 := psi_mul_self M
  by_cases hM : M = 0
  · subst hM; unfold psi; grind
  · exact le_of_mul_le_mul_left (mul_self_pos hM) (by grind)

private theorem eq_zero_of_abs_le {y : R} (hy : abs y ≤ 0) : y = 0 := by
  have := abs_le.1 hy
  grind

/-- `ψ(M)` is a second-order constant; where `M ≤ 0`, there is little or nothing to bound. -/
theorem expBound_psi (hR : Archimedean R) (M : R) : ExpBound M (psi M) := by
  intro y hy
  by_cases h0 : M = 0
  · subst h0
    rw [eq_zero_of_abs_le hy, exp_zero]
    grind
  · have h := exp_sub_mono hR (abs_le.1 hy).2
    rw [← psi_mul_self M] at h
    have := le_of_mul_le_mul_left (mul_self_pos h0)
      (by grind : M * M * (exp y - 1 - y) ≤ M * M * (psi M * (y * y)))
    grind

theorem expBound_of_eq_psi (hR : Archimedean R) {M C : R} (h : C = psi M) : ExpBound M C :=
  h ▸ expBound_psi hR M

theorem nonneg_of_eq_psi {M C : R} (h : C = psi M) : 0 ≤ C := h ▸ psi_nonneg M

/-- No smaller number is one. -/
theorem psi_le {M C : R} (hM : 0 < M) (h : ExpBound M C) : psi M ≤ C := by
  have h1 := h M (by rw [abs_of_nonneg (by grind)]; grind)
  have h2 := psi_mul_self M
  exact le_of_mul_le_mul_left (mul_pos hM hM) (by grind)

/-- The bound from below, for all `y ≥ -M`. -/
theorem le_exp_psi (hR : Archimedean R) {M y : R} (hy : -M ≤ y) :
    1 + y + psi (-M) * (y * y) ≤ exp y := by
  by_cases h0 : M = 0
  · have h := add_one_le_exp y
    have e : psi (-M) = 0 := by subst h0; unfold psi; grind
    rw [e]
    grind
  · have h := exp_sub_mono hR hy
    have e : -M * -M = M * M := by grind
    rw [← psi_mul_self (-M), e] at h
    have := le_of_mul_le_mul_left (mul_self_pos h0)
      (by grind : M * M * (psi (-M) * (y * y)) ≤ M * M * (exp y - 1 - y))
    grind

end RLHF
