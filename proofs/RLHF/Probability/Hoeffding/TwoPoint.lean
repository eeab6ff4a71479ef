module
public import RLHF.Foundations.ExpUnit
public import RLHF.Probability.Hoeffding.Defs

/-!
# Hoeffding's bound for two points

What is modelled: the moment generating function `L(p, s)` of a centred two-point law, by halving.
The bound `exp(c s² / 4)` is true near `0`, where it follows from a second-order constant `c` of the
exponential; `L(p, 2s) ≤ L(p, s)² (1 + cosh s) / 2` and `cosh x ≤ exp(c x²)` carry it to `2s`; far
out it is trivial. No derivative is needed, and no field is excluded.

## Main results
* `CoshBound`, `coshBound_of_expBound`.
* `hoeffdingBound_of_expBound`: `h = c / 4`.
* `hoeffdingBound_one_fifth`: `h = 1/5` in every exponential ordered field.
-/

public section

namespace RLHF

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R]

/-- `cosh x ≤ exp(c x²)` for all `x`. -/
def CoshBound (c : R) : Prop := ∀ x : R, exp x + exp (-x) ≤ 2 * exp (c * (x * x))

/-- What is true near `0` and stays true when `x` is doubled is true as far out as wanted. -/
private theorem of_doubling {Q : R → Prop} {r : R} (h0 : ∀ x, abs x ≤ r → Q x)
    (h2 : ∀ x, Q x → Q (2 * x)) (j : Nat) : ∀ x, abs x ≤ r * 2 ^ j → Q x := by
  induction j with
  | zero => intro x hx; rw [Semiring.pow_zero] at hx; exact h0 x (by grind)
  | succ j ih =>
    intro x hx
    rw [Semiring.pow_succ] at hx
    have e : x = 2 * (x / 2) := by grind
    rw [e]
    refine h2 _ (ih _ ?_)
    rw [abs_le] at hx ⊢
    grind

/-! ### The hyperbolic cosine -/

private theorem cosh_double {c x : R} (h : exp x + exp (-x) ≤ 2 * exp (c * (x * x))) :
    exp (2 * x) + exp (-(2 * x)) ≤ 2 * exp (c * (2 * x * (2 * x))) := by
  have e1 : exp (2 * x) = exp x * exp x := by rw [← exp_add]; congr 1; grind
  have e2 : exp (-(2 * x)) = exp (-x) * exp (-x) := by rw [← exp_add]; congr 1; grind
  have e3 : exp (c * (2 * x * (2 * x))) = exp (c * (x * x)) * exp (c * (x * x)) *
      (exp (c * (x * x)) * exp (c * (x * x))) := by
    rw [← exp_add, ← exp_add]; congr 1; grind
  have hx := exp_pos x
  have hx' := exp_pos (-x)
  have hm := exp_neg_mul_exp x
  rw [e1, e2, e3]
  generalize exp (c * (x * x)) = u at *
  have h2 := mul_le_mul h h (by grind) (by grind)
  have h3 := mul_self_nonneg (u * u - 1)
  grind

private theorem exp_add_exp_neg_le (x : R) : exp x + exp (-x) ≤ 2 * exp (abs x) := by
  have h1 := exp_le_exp (le_abs x)
  have h2 := exp_le_exp (neg_le_abs x)
  grind

theorem coshBound_of_expBound {M c : R} (hc : 0 < c) (h : ExpBound M c) (j : Nat)
    (hj : 1 ≤ c * (M * 2 ^ j)) : CoshBound c := by
  intro x
  by_cases hx : abs x ≤ M * 2 ^ j
  · refine of_doubling (Q := fun x => exp x + exp (-x) ≤ 2 * exp (c * (x * x))) ?_
      (fun x => cosh_double) j x hx
    intro y hy
    have h1 := h y hy
    have h2 := h (-y) (by rw [abs_neg]; exact hy)
    have h3 := add_one_le_exp (c * (y * y))
    grind
  · have h1 := exp_add_exp_neg_le x
    have h2 := mul_le_mul_left (by grind : M * 2 ^ j ≤ abs x) (by grind : 0 ≤ c)
    have h3 := mul_le_mul_right (by grind : 1 ≤ c * abs x) (abs_nonneg x)
    have h4 := abs_mul_abs x
    have h5 := exp_le_exp (by rw [← h4]; grind : abs x ≤ c * (x * x))
    grind

/-! ### Two points -/

/-- `L(p, 2s) ≤ L(p, s)² (1 + cosh s) / 2`, for all `p` and `s`. -/
theorem twoPointMgf_halving (p s : R) :
    twoPointMgf p (2 * s) ≤
      twoPointMgf p s * twoPointMgf p s * ((1 + (exp s + exp (-s)) / 2) / 2) := by
  unfold twoPointMgf
  have e1 : exp ((1 - p) * s) = exp s * exp (-(p * s)) := by rw [← exp_add]; congr 1; grind
  have e2 : exp ((1 - p) * (2 * s)) = exp s * exp s * (exp (-(p * s)) * exp (-(p * s))) := by
    rw [← exp_add, ← exp_add, ← exp_add]; congr 1; grind
  have e3 : exp (-(p * (2 * s))) = exp (-(p * s)) * exp (-(p * s)) := by
    rw [← exp_add]; congr 1; grind
  have ha := exp_pos s
  have hb := exp_pos (-(p * s))
  have hi := exp_neg_mul_exp s
  rw [e1, e2, e3]
  generalize exp (-(p * s)) = b at *
  generalize exp (-s) = i at *
  generalize exp s = a at *
  refine le_of_mul_le_mul_left (by grind : 0 < 4 * a) ?_
  have k1 := mul_self_nonneg (1 - p - p * a)
  have k2 := mul_nonneg (mul_nonneg k1 (mul_self_nonneg (a - 1))) (mul_self_nonneg b)
  have e : 4 * a * ((p * (a * b) + (1 - p) * b) * (p * (a * b) + (1 - p) * b) *
      ((1 + (a + i) / 2) / 2)) =
      (1 - p + p * a) * (1 - p + p * a) * (b * b) * ((a + 1) * (a + 1)) := by
    grind
  rw [e]
  grind

theorem twoPointMgf_pos {p : R} (hp : 0 ≤ p) (hp1 : p ≤ 1) (s : R) : 0 < twoPointMgf p s := by
  have h0 := exp_pos ((1 - p) * s)
  have h0' := exp_pos (-(p * s))
  have h1 := mul_nonneg hp (Std.le_of_lt h0)
  have h2 := mul_nonneg (by grind : 0 ≤ 1 - p) (Std.le_of_lt h0')
  unfold twoPointMgf
  by_cases h : p = 0
  · subst h; grind
  · have := mul_pos (by grind : 0 < p) h0
    grind

private theorem twoPointMgf_double {c p : R} (hp : 0 ≤ p) (hp1 : p ≤ 1) (hc : CoshBound c) {s : R}
    (h : twoPointMgf p s ≤ exp (c / 4 * (s * s))) :
    twoPointMgf p (2 * s) ≤ exp (c / 4 * (2 * s * (2 * s))) := by
  refine Std.le_trans (twoPointMgf_halving p s) ?_
  have h0 := Std.le_of_lt (twoPointMgf_pos hp hp1 s)
  have hs := hc (s / 2)
  have e1 : exp s = exp (s / 2) * exp (s / 2) := (exp_add_self s).symm
  have e2 : exp (-s) = exp (-(s / 2)) * exp (-(s / 2)) := by rw [← exp_add]; congr 1; grind
  have hm := exp_neg_mul_exp (s / 2)
  have e3 : exp (c * (s / 2 * (s / 2))) = exp (c / 4 * (s * s)) := by congr 1; grind
  have e4 : exp (c / 4 * (2 * s * (2 * s))) = exp (c / 4 * (s * s)) * exp (c / 4 * (s * s)) *
      (exp (c / 4 * (s * s)) * exp (c / 4 * (s * s))) := by
    rw [← exp_add, ← exp_add]; congr 1; grind
  rw [e3] at hs
  rw [e4, e1, e2]
  have p1 := exp_pos (s / 2)
  have p2 := exp_pos (-(s / 2))
  generalize exp (c / 4 * (s * s)) = u at *
  generalize twoPointMgf p s = L at *
  generalize exp (s / 2) = a at *
  generalize exp (-(s / 2)) = b at *
  have k1 := mul_le_mul h h (by grind) h0
  have k2 := mul_le_mul hs hs (by grind) (by grind)
  have e : (1 + (a * a + b * b) / 2) / 2 = (a + b) * (a + b) / 4 := by grind
  rw [e]
  exact mul_le_mul k1 (by grind) (mul_self_nonneg u) (by have := mul_self_nonneg (a + b); grind)

private theorem twoPointMgf_le_of_small {M c p s : R} (hp : 0 ≤ p) (hp1 : p ≤ 1) (hc : 0 ≤ c)
    (h : ExpBound M c) (hs : abs s ≤ M) : twoPointMgf p s ≤ exp (c / 4 * (s * s)) := by
  have hs' := hs
  rw [abs_le] at hs'
  have a1 : abs ((1 - p) * s) ≤ M := by
    rw [abs_mul, abs_of_nonneg (by grind : 0 ≤ 1 - p)]
    have := mul_nonneg hp (abs_nonneg s)
    grind
  have a2 : abs (-(p * s)) ≤ M := by
    rw [abs_neg, abs_mul, abs_of_nonneg hp]
    have := mul_nonneg (by grind : 0 ≤ 1 - p) (abs_nonneg s)
    grind
  have h1 := mul_le_mul_left (h _ a1) hp
  have h2 := mul_le_mul_left (h _ a2) (by grind : 0 ≤ 1 - p)
  have h3 := add_one_le_exp (c / 4 * (s * s))
  have h4 := mul_nonneg (mul_nonneg hc (mul_self_nonneg s)) (mul_self_nonneg (1 - 2 * p))
  unfold twoPointMgf
  grind

private theorem twoPointMgf_le_exp_abs {p s : R} (hp : 0 ≤ p) (hp1 : p ≤ 1) :
    twoPointMgf p s ≤ exp (abs s) := by
  have h0 := abs_nonneg s
  have a1 : (1 - p) * s ≤ abs s := by
    have := mul_le_mul_left (le_abs s) (by grind : 0 ≤ 1 - p)
    have := mul_nonneg hp h0
    grind
  have a2 : -(p * s) ≤ abs s := by
    have := mul_le_mul_left (neg_le_abs s) hp
    have := mul_nonneg (by grind : 0 ≤ 1 - p) h0
    grind
  have h1 := mul_le_mul_left (exp_le_exp a1) hp
  have h2 := mul_le_mul_left (exp_le_exp a2) (by grind : 0 ≤ 1 - p)
  unfold twoPointMgf
  grind

/-- A second-order constant `c` on some interval gives the sub-Gaussian constant `c / 4`. -/
theorem hoeffdingBound_of_expBound {M c : R} (hc0 : 0 < c) (h : ExpBound M c) (hc : CoshBound c)
    (j : Nat) (hj : 4 ≤ c * (M * 2 ^ j)) : HoeffdingBound (c / 4) := by
  intro p s hp hp1
  by_cases hx : abs s ≤ M * 2 ^ j
  · exact of_doubling (Q := fun s => twoPointMgf p s ≤ exp (c / 4 * (s * s)))
      (fun s hs => twoPointMgf_le_of_small hp hp1 (by grind) h hs)
      (fun s => twoPointMgf_double hp hp1 hc) j s hx
  · have h2 := mul_le_mul_left (by grind : M * 2 ^ j ≤ abs s) (by grind : 0 ≤ c)
    have h3 := mul_le_mul_right (by grind : 4 ≤ c * abs s) (abs_nonneg s)
    have h4 := abs_mul_abs s
    exact Std.le_trans (twoPointMgf_le_exp_abs hp hp1)
      (exp_le_exp (by rw [← h4]; grind : abs s ≤ c / 4 * (s * s)))

theorem hoeffdingBound_one_fifth : HoeffdingBound (1 / 5 : R) := by
  have h := hoeffdingBound_of_expBound (R := R) (by grind) expBound_one 
    (coshBound_of_expBound (by grind) expBound_one 1 (by grind)) 3
    (by grind)
  have e : (4 / 5 / 4 : R) = 1 / 5 := by grind
  rw [e] at h
  exact h

end RLHF
