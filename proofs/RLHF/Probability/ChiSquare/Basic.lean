module
public import RLHF.Foundations.Exp
public import RLHF.Probability.ChiSquare.Defs
public import RLHF.Probability.Defs
public import RLHF.Probability.LogJensen
public import RLHF.Probability.Variance

/-!
# Chi-square divergence

What is modelled: the means of one function under two probability vectors `p` and `q`, `q` with mass
wherever `p` has.

## Main results
* `sum_mul_self_div`: `Σ p²/q = 1 + χ²(p ‖ q)`.
* `mean_mul_self_le_chiSq`: `(E_p f)² ≤ (1 + χ²) E_q f²`.
* `mean_sub_mul_self_le_chiSq`: `(E_p f - E_q f)² ≤ χ² Var_q f`.
* `one_add_chiSq_le_of_le`: `p ≤ κ q` gives `1 + χ² ≤ κ`.
* `klDiv_le_log_one_add_chiSq`, `log_one_add_chiSq_le`: `KL(p ‖ q) ≤ log(1 + χ²) ≤ χ²`.
-/

public section

namespace RLHF

open Lean.Grind

universe u
variable {R : Type u} [ExpField R] {m : Nat} {p q : Fin m → R}

/-- `q_a = 0` gives `p_a = 0`. -/
theorem AbsCont.eq_zero (h : AbsCont p q) (hp : ∀ a, 0 ≤ p a) {a : Fin m} (hq : q a = 0) :
    p a = 0 := by
  have h1 := hp a
  have h2 := h a
  grind

theorem absCont_of_pos (hq : ∀ a, 0 < q a) : AbsCont p q := fun a _ => hq a

theorem chiSq_nonneg (hq : ∀ a, 0 ≤ q a) : 0 ≤ chiSq p q := sum_nonneg fun a => by
  have h := mul_self_nonneg (p a - q a)
  by_cases h0 : q a = 0
  · rw [h0]; grind
  · exact div_nonneg h (by have := hq a; grind)

/-- `p²/q = (p - q)²/q + 2p - q`, and `0` on both sides where `p = q = 0`. -/
theorem mul_self_div_eq {s t : R} (h : t = 0 → s = 0) :
    s * s / t = (s - t) * (s - t) / t + 2 * s - t := by
  by_cases h0 : t = 0
  · rw [h h0, h0]; grind
  · grind

/-- `Σ p²/q = 1 + χ²(p ‖ q)`. -/
theorem sum_mul_self_div (hp : IsProb p) (hq : IsProb q) (h : AbsCont p q) :
    sum (fun a => p a * p a / q a) = 1 + chiSq p q := by
  rw [sum_congr fun a => mul_self_div_eq (h.eq_zero hp.nonneg (a := a)), sum_sub, sum_add, sum_mul,
    hp.sum_eq_one, hq.sum_eq_one]
  unfold chiSq
  grind

/-- The square `w (s u/w + t g)²` in expanded form, for a weight `w ≥ 0` with `u = 0` where `w = 0`.
-/
theorem quadratic_nonneg {u w : R} (hw : 0 ≤ w) (h : w = 0 → u = 0) (g s t : R) :
    0 ≤ s * s * (u * u / w) + 2 * s * t * (u * g) + t * t * (w * (g * g)) := by
  by_cases h0 : w = 0
  · rw [h h0, h0]; grind
  · have k := mul_nonneg hw (mul_self_nonneg (s * (u / w) + t * g))
    have e : s * s * (u * u / w) + 2 * s * t * (u * g) + t * t * (w * (g * g)) =
        w * ((s * (u / w) + t * g) * (s * (u / w) + t * g)) := by grind
    rw [e]
    exact k

/-- Cauchy–Schwarz: `(Σ u g)² ≤ Σ u²/q · E_q g²` for `u` that vanishes where `q` does. -/
theorem sum_mul_self_le_of_weights {u : Fin m → R} (hq : ∀ a, 0 ≤ q a) (h : ∀ a, q a = 0 → u a = 0)
    (g : Fin m → R) : sum (fun a => u a * g a) * sum (fun a => u a * g a) ≤
      sum (fun a => u a * u a / q a) * mean q fun a => g a * g a := by
  refine mul_self_le_mul_of_quadratic (mean_nonneg hq fun _ => mul_self_nonneg _) fun s t => ?_
  have k := sum_nonneg fun a => quadratic_nonneg (hq a) (h a) (g a) s t
  rw [sum_add, sum_add, sum_mul, sum_mul, sum_mul] at k
  exact k

/-- `(E_p f)² ≤ (1 + χ²(p ‖ q)) E_q f²`. -/
theorem mean_mul_self_le_chiSq (hp : IsProb p) (hq : IsProb q) (h : AbsCont p q) (f : Fin m → R) :
    mean p f * mean p f ≤ (1 + chiSq p q) * mean q fun a => f a * f a := by
  rw [← sum_mul_self_div hp hq h]
  exact sum_mul_self_le_of_weights hq.nonneg (fun a => h.eq_zero hp.nonneg (a := a)) f

/-- `(E_p f - E_q f)² ≤ χ²(p ‖ q) Var_q f`. -/
theorem mean_sub_mul_self_le_chiSq (hp : IsProb p) (hq : IsProb q) (h : AbsCont p q)
    (f : Fin m → R) :
    (mean p f - mean q f) * (mean p f - mean q f) ≤ chiSq p q * var q f := by
  have e : mean p f - mean q f = sum fun a => (p a - q a) * (f a - mean q f) := by
    rw [sum_congr fun a => (by grind : (p a - q a) * (f a - mean q f) =
      p a * f a - q a * f a - mean q f * (p a - q a)), sum_sub, sum_sub, sum_mul, sum_sub,
      hp.sum_eq_one, hq.sum_eq_one]
    unfold mean
    grind
  have k := sum_mul_self_le_of_weights (u := fun a => p a - q a) hq.nonneg
    (fun a h0 => by have := h.eq_zero hp.nonneg h0; grind) fun a => f a - mean q f
  rw [e]
  exact k

/-- `|b| + √(c V) ≤ √((1 + c)(b² + V))`. -/
theorem abs_add_sqrt_le {b c V : R} (hc : 0 ≤ c) (hV : 0 ≤ V) :
    abs b + sqrt (c * V) ≤ sqrt ((1 + c) * (b * b + V)) := by
  have hb := mul_self_nonneg b
  have h1 := mul_nonneg hc hV
  have h2 := mul_nonneg hc hb
  have s1 := sqrt_mul_self h1
  have s2 := sqrt_mul_self (mul_nonneg (by grind : 0 ≤ 1 + c) (by grind : 0 ≤ b * b + V))
  have n1 := sqrt_nonneg (c * V)
  have n2 := sqrt_nonneg ((1 + c) * (b * b + V))
  have a1 := abs_nonneg b
  have a2 := abs_mul_abs b
  rw [← mul_self_le_iff (by grind) n2, s2]
  have key : abs b * sqrt (c * V) * 2 ≤ V + c * (b * b) := by
    have k := mul_self_nonneg (V - c * (b * b))
    rw [← mul_self_le_iff (by have := mul_nonneg a1 n1; grind) (by grind)]
    have e : abs b * sqrt (c * V) * 2 * (abs b * sqrt (c * V) * 2) =
        4 * (abs b * abs b) * (sqrt (c * V) * sqrt (c * V)) := by grind
    rw [e, a2, s1]
    grind
  have e : (abs b + sqrt (c * V)) * (abs b + sqrt (c * V)) =
      abs b * abs b + abs b * sqrt (c * V) * 2 + sqrt (c * V) * sqrt (c * V) := by grind
  rw [e, a2, s1]
  grind

/-- `|E_p f| ≤ |E_q f| + √(χ²(p ‖ q) Var_q f)`. -/
theorem abs_mean_le_add_sqrt (hp : IsProb p) (hq : IsProb q) (h : AbsCont p q) (f : Fin m → R) :
    abs (mean p f) ≤ abs (mean q f) + sqrt (chiSq p q * var q f) := by
  have k := mean_sub_mul_self_le_chiSq hp hq h f
  rw [← sqrt_mul_self (mul_nonneg (chiSq_nonneg hq.nonneg) (var_nonneg hq.nonneg f))] at k
  have h1 := abs_le_of_mul_self_le (sqrt_nonneg _) k
  have h2 := abs_add (mean q f) (mean p f - mean q f)
  rw [(by grind : mean q f + (mean p f - mean q f) = mean p f)] at h2
  grind

/-- `|E_q f| + √(χ²(p ‖ q) Var_q f) ≤ √((1 + χ²(p ‖ q)) E_q f²)`. -/
theorem abs_add_sqrt_chiSq_le (hq : IsProb q) (f : Fin m → R) :
    abs (mean q f) + sqrt (chiSq p q * var q f) ≤
      sqrt ((1 + chiSq p q) * mean q fun a => f a * f a) := by
  have k := abs_add_sqrt_le (b := mean q f) (chiSq_nonneg (p := p) hq.nonneg)
    (var_nonneg hq.nonneg f)
  rw [(by rw [var_eq hq]; grind : mean q f * mean q f + var q f = mean q fun a => f a * f a)] at k
  exact k

/-- `p ≤ κ q` gives mass to `q` wherever `p` has. -/
theorem absCont_of_le (hq : IsProb q) {κ : R} (h : ∀ a, p a ≤ κ * q a) : AbsCont p q :=
  fun a ha => by
    have h1 := h a
    have h2 := hq.nonneg a
    by_cases h0 : q a = 0
    · rw [h0] at h1; grind
    · grind

/-- `p ≤ κ q` gives `1 + χ²(p ‖ q) ≤ κ`. -/
theorem one_add_chiSq_le_of_le (hp : IsProb p) (hq : IsProb q) {κ : R}
    (h : ∀ a, p a ≤ κ * q a) : 1 + chiSq p q ≤ κ := by
  have hac := absCont_of_le hq h
  have k : sum (fun a => p a * p a / q a) ≤ sum fun a => κ * p a := sum_mono fun a => by
    by_cases h0 : q a = 0
    · rw [hac.eq_zero hp.nonneg h0]; grind
    · rw [div_le_iff (by have := hq.nonneg a; grind)]
      have := mul_le_mul_left (h a) (hp.nonneg a)
      grind
  rw [sum_mul_self_div hp hq hac, sum_mul, hp.sum_eq_one] at k
  grind

/-- `p ≤ κ q` gives `E_p f ≤ κ E_q f` for `f ≥ 0`. -/
theorem mean_le_of_weights_le {κ : R} (h : ∀ a, p a ≤ κ * q a) {f : Fin m → R}
    (hf : ∀ a, 0 ≤ f a) : mean p f ≤ κ * mean q f := by
  rw [← mean_mul]
  refine sum_mono fun a => ?_
  have := mul_le_mul_right (h a) (hf a)
  grind

/-- `KL(p ‖ q) ≤ log(1 + χ²(p ‖ q))`. -/
theorem klDiv_le_log_one_add_chiSq (hp : IsProb p) (hq : IsProb q) (h : AbsCont p q) :
    klDiv p q ≤ log (1 + chiSq p q) := by
  have hc : 0 < 1 + chiSq p q := by have := chiSq_nonneg (p := p) hq.nonneg; grind
  have hs := sum_mul_self_div hp hq h
  generalize 1 + chiSq p q = c at *
  have k : klDiv p q ≤ sum fun a => p a * p a / q a / c - p a * (1 - log c) := sum_mono fun a => by
    by_cases h0 : p a = 0
    · rw [h0]; grind
    · have hpa : 0 < p a := by have := hp.nonneg a; grind
      have hqa := h a hpa
      have k1 := mul_le_mul_left (log_le_tangent (div_pos hpa hqa) hc) (hp.nonneg a)
      have e : p a * (p a / q a / c - 1 + log c) = p a * p a / q a / c - p a * (1 - log c) := by
        grind
      rw [← e]
      exact k1
  rw [sum_sub, sum_div, sum_mul_right, hs, hp.sum_eq_one] at k
  grind

/-- `log(1 + χ²(p ‖ q)) ≤ χ²(p ‖ q)`. -/
theorem log_one_add_chiSq_le (hq : IsProb q) : log (1 + chiSq p q) ≤ chiSq p q := by
  have := chiSq_nonneg (p := p) hq.nonneg
  have := log_le_sub_one (x := 1 + chiSq p q) (by grind)
  grind

end RLHF
