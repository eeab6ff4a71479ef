module
public import RLHF.Papers.RewardShift.Budgets.Rollouts

/-!
# Two sizes for one budget

What is modelled: a bound that is the sum of two terms, one for each of two sizes `n` and `k`, at
costs `c` and `d` a unit: prompts against preferences, or prompts against rollouts.

## Main results
* `cube_roots_le`, `cube_roots_eq_iff`: both terms go with the square root of the size.
* `square_roots_le`, `square_roots_eq_iff`: both terms go with the size.
* `boundCost_ge`, `boundCost_eq_iff`: the first, for prompts and their rollouts.

## References
arXiv 2602.21765, cf. its sampling budget.
-/

public section

namespace RLHF

open Lean.Grind

universe u
variable {R : Type u} [ExpField R] {a b c d n k K : R}

/-- Hölder's inequality at the cube roots of `c n`, `d k`, `a/√n` and `b/√k`. -/
theorem term_eq (ha : 0 ≤ a) (hc : 0 ≤ c) (hn : 0 < n) :
    cbrt (c * n) * cbrt (a / sqrt n) ^ 2 = cbrt (a ^ 2 * c) := by
  have hs := sqrt_pos hn
  have e := sqrt_mul_self (Std.le_of_lt hn)
  have h1 := cbrt_pow (mul_nonneg hc (Std.le_of_lt hn))
  have h2 := cbrt_pow (div_nonneg ha hs)
  have p1 := cbrt_nonneg (c * n)
  have p2 := mul_self_nonneg (cbrt (a / sqrt n))
  refine (cbrt_eq (by have := mul_nonneg p1 p2; grind) ?_).symm
  generalize cbrt (c * n) = x at *
  generalize cbrt (a / sqrt n) = p at *
  have e1 : (x * p ^ 2) ^ 3 = x ^ 3 * (p ^ 3 * p ^ 3) := by grind
  rw [e1, h1, h2]
  generalize sqrt n = s at *
  clear h1 h2 p1 p2 e1
  subst e
  grind

theorem cube_roots_le (ha : 0 ≤ a) (hb : 0 ≤ b) (hc : 0 ≤ c) (hd : 0 ≤ d) (hn : 0 < n)
    (hk : 0 < k) :
    (cbrt (a ^ 2 * c) + cbrt (b ^ 2 * d)) ^ 3 ≤
      (a / sqrt n + b / sqrt k) ^ 2 * (c * n + d * k) := by
  have h := holder_cubes (cbrt_nonneg (c * n)) (cbrt_nonneg (d * k)) (cbrt_nonneg (a / sqrt n))
    (cbrt_nonneg (b / sqrt k))
  rw [term_eq ha hc hn, term_eq hb hd hk, cbrt_pow (mul_nonneg hc (Std.le_of_lt hn)),
    cbrt_pow (mul_nonneg hd (Std.le_of_lt hk)), cbrt_pow (div_nonneg ha (sqrt_pos hn)),
    cbrt_pow (div_nonneg hb (sqrt_pos hk))] at h
  grind

/-- Where Hölder's inequality is an equality. -/
theorem proportion_iff {s t : R} (ha : 0 < a) (hb : 0 < b) (hc : 0 < c) (hd : 0 < d) (hs : 0 < s)
    (ht : 0 < t) :
    c * (s * s) * (b / t) = d * (t * t) * (a / s) ↔ (s / t) ^ 3 = a * d / (b * c) := by
  have h1 := mul_pos hb hc
  have h2 := mul_pos ha hd
  constructor <;> intro h <;> grind

theorem ratio_iff (ha : 0 < a) (hb : 0 < b) (hc : 0 < c) (hd : 0 < d) (hn : 0 < n) (hk : 0 < k) :
    (sqrt n / sqrt k) ^ 3 = a * d / (b * c) ↔ n / k = cbrt (a * d / (b * c)) ^ 2 := by
  have hs := sqrt_pos hn
  have ht := sqrt_pos hk
  have e1 := sqrt_mul_self (Std.le_of_lt hn)
  have e2 := sqrt_mul_self (Std.le_of_lt hk)
  have hr := div_pos hs ht
  have hq := div_pos (mul_pos ha hd) (mul_pos hb hc)
  have hw := cbrt_pos hq
  have hw3 := cbrt_pow (Std.le_of_lt hq)
  have e : n / k = sqrt n / sqrt k * (sqrt n / sqrt k) := by
    generalize sqrt n = s at *
    generalize sqrt k = t at *
    subst e1 e2
    clear hr hw hw3 hq
    grind
  rw [e]
  generalize sqrt n / sqrt k = r at *
  generalize a * d / (b * c) = q at *
  constructor
  · intro h
    rw [cbrt_eq (Std.le_of_lt hr) h]
    grind
  · intro h
    rw [mul_self_inj (Std.le_of_lt hr) (Std.le_of_lt hw) (by grind), hw3]

theorem cube_roots_eq_iff (ha : 0 < a) (hb : 0 < b) (hc : 0 < c) (hd : 0 < d) (hn : 0 < n)
    (hk : 0 < k) :
    (cbrt (a ^ 2 * c) + cbrt (b ^ 2 * d)) ^ 3 =
      (a / sqrt n + b / sqrt k) ^ 2 * (c * n + d * k) ↔ n / k = cbrt (a * d / (b * c)) ^ 2 := by
  have hs := sqrt_pos hn
  have ht := sqrt_pos hk
  have h := holder_cubes_eq_iff (cbrt_nonneg (c * n)) (cbrt_nonneg (d * k))
    (cbrt_nonneg (a / sqrt n)) (cbrt_nonneg (b / sqrt k))
  have p1 := mul_nonneg (cbrt_nonneg (c * n)) (cbrt_nonneg (b / sqrt k))
  have p2 := mul_nonneg (cbrt_nonneg (d * k)) (cbrt_nonneg (a / sqrt n))
  have q1 := cbrt_pow (Std.le_of_lt (mul_pos hc hn))
  have q2 := cbrt_pow (Std.le_of_lt (mul_pos hd hk))
  have q3 := cbrt_pow (Std.le_of_lt (div_pos ha hs))
  have q4 := cbrt_pow (Std.le_of_lt (div_pos hb ht))
  rw [term_eq (Std.le_of_lt ha) (Std.le_of_lt hc) hn,
    term_eq (Std.le_of_lt hb) (Std.le_of_lt hd) hk, q1, q2, q3, q4, ← cube_inj p1 p2] at h
  have e1 : (cbrt (c * n) * cbrt (b / sqrt k)) ^ 3 = c * n * (b / sqrt k) := by
    rw [← q1, ← q4, q1, q4]; grind
  have e2 : (cbrt (d * k) * cbrt (a / sqrt n)) ^ 3 = d * k * (a / sqrt n) := by
    rw [← q2, ← q3, q2, q3]; grind
  have h1 := proportion_iff ha hb hc hd hs ht
  rw [sqrt_mul_self (Std.le_of_lt hn), sqrt_mul_self (Std.le_of_lt hk), ratio_iff ha hb hc hd hn hk]
    at h1
  rw [e1, e2, h1] at h
  rw [← h]
  grind

/-! ### Terms that go with the size -/

theorem square_roots_sub {A B : R} (hA : A * A = a * c) (hB : B * B = b * d) (hn : 0 < n)
    (hk : 0 < k) :
    b * c * (n / k) * ((a / n + b / k) * (c * n + d * k) - (A + B) * (A + B)) =
      (b * c * (n / k) - A * B) * (b * c * (n / k) - A * B) := by
  have e1 : (a / n + b / k) * (c * n + d * k) =
      a * c + b * d + a * d / (n / k) + b * c * (n / k) := by grind
  have hr := div_pos hn hk
  rw [e1]
  generalize n / k = r at *
  have e2 : a * d / r * r = a * d := by grind
  generalize a * d / r = z at *
  have e3 : A * B * (A * B) = b * c * (a * d) := by grind
  grind

theorem square_roots_le (ha : 0 < a) (hb : 0 < b) (hc : 0 < c) (hd : 0 < d) (hn : 0 < n)
    (hk : 0 < k) :
    (sqrt (a * c) + sqrt (b * d)) ^ 2 ≤ (a / n + b / k) * (c * n + d * k) := by
  have e := square_roots_sub (sqrt_mul_self (Std.le_of_lt (mul_pos ha hc)))
    (sqrt_mul_self (Std.le_of_lt (mul_pos hb hd))) hn hk
  have h := mul_pos (mul_pos hb hc) (div_pos hn hk)
  have h1 := mul_self_nonneg (b * c * (n / k) - sqrt (a * c) * sqrt (b * d))
  rw [← e] at h1
  have := le_of_mul_le_mul_left h (a := 0)
    (b := (a / n + b / k) * (c * n + d * k) -
      (sqrt (a * c) + sqrt (b * d)) * (sqrt (a * c) + sqrt (b * d))) (by grind)
  grind

theorem square_roots_eq_iff (ha : 0 < a) (hb : 0 < b) (hc : 0 < c) (hd : 0 < d) (hn : 0 < n)
    (hk : 0 < k) :
    (sqrt (a * c) + sqrt (b * d)) ^ 2 = (a / n + b / k) * (c * n + d * k) ↔
      n / k = sqrt (a * d / (b * c)) := by
  have hA := sqrt_mul_self (Std.le_of_lt (mul_pos ha hc))
  have hB := sqrt_mul_self (Std.le_of_lt (mul_pos hb hd))
  have e := square_roots_sub hA hB hn hk
  have hbc := mul_pos hb hc
  have hr := div_pos hn hk
  have h := mul_pos hbc hr
  have p := mul_nonneg (sqrt_nonneg (a * c)) (sqrt_nonneg (b * d))
  have hq := Std.le_of_lt (div_pos (mul_pos ha hd) hbc)
  have k1 : sqrt (a * d / (b * c)) = sqrt (a * c) * sqrt (b * d) / (b * c) := by
    refine sqrt_eq (div_nonneg p hbc) ?_
    generalize sqrt (a * c) = A at *
    generalize sqrt (b * d) = B at *
    have e3 : A * B * (A * B) = b * c * (a * d) := by grind
    have e4 : A * B / (b * c) * (A * B / (b * c)) = A * B * (A * B) / (b * c * (b * c)) := by grind
    rw [e4, e3]
    grind
  rw [k1]
  generalize sqrt (a * c) = A at *
  generalize sqrt (b * d) = B at *
  generalize n / k = r at *
  generalize (a / n + b / k) * (c * n + d * k) = z at *
  clear k1 hA hB hq
  constructor
  · intro h0
    have : b * c * r - A * B = 0 := by
      by_cases h1 : b * c * r - A * B = 0
      · exact h1
      · have := mul_self_pos h1
        grind
    grind
  · intro h0
    have h1 : b * c * r - A * B = 0 := by grind
    rw [h1] at e
    by_cases h2 : z - (A + B) * (A + B) = 0
    · grind
    · have : b * c * r * (z - (A + B) * (A + B)) ≠ 0 := by grind
      grind

/-! ### Prompts and their rollouts -/

theorem sqrt_one : sqrt (1 : R) = 1 := sqrt_eq (by grind) (by grind)

theorem boundCost_ge (hc : 0 < c) (hd : 0 < d) (hK : 0 < K) :
    (cbrt c + cbrt d) ^ 3 ≤ (c + K * d) * (1 + 1 / sqrt K) ^ 2 := by
  have h := cube_roots_le (a := 1) (b := 1) (n := 1) (by grind) (by grind) (Std.le_of_lt hc)
    (Std.le_of_lt hd) (by grind) hK
  rw [sqrt_one, show (1 : R) ^ 2 * c = c by grind, show (1 : R) ^ 2 * d = d by grind] at h
  have e : (1 / 1 + 1 / sqrt K) ^ 2 * (c * 1 + d * K) = (c + K * d) * (1 + 1 / sqrt K) ^ 2 := by
    grind
  rw [← e]
  exact h

theorem cbrt_inv {x y : R} (hx : 0 < x) (hy : 0 < y) : cbrt (x / y) * cbrt (y / x) = 1 := by
  have h1 := cbrt_pow (Std.le_of_lt (div_pos hx hy))
  have h2 := cbrt_pow (Std.le_of_lt (div_pos hy hx))
  rw [← cube_inj (mul_nonneg (cbrt_nonneg _) (cbrt_nonneg _)) (by grind)]
  have e : (cbrt (x / y) * cbrt (y / x)) ^ 3 = x / y * (y / x) := by
    rw [← h1, ← h2, h1, h2]; grind
  rw [e]
  grind

theorem boundCost_eq_iff (hc : 0 < c) (hd : 0 < d) (hK : 0 < K) :
    (cbrt c + cbrt d) ^ 3 = (c + K * d) * (1 + 1 / sqrt K) ^ 2 ↔ K = cbrt (c / d) ^ 2 := by
  have h := cube_roots_eq_iff (a := 1) (b := 1) (n := 1) (by grind) (by grind) hc hd (by grind) hK
  have e : (1 / 1 + 1 / sqrt K) ^ 2 * (c * 1 + d * K) = (c + K * d) * (1 + 1 / sqrt K) ^ 2 := by
    grind
  rw [sqrt_one, show (1 : R) ^ 2 * c = c by grind, show (1 : R) ^ 2 * d = d by grind, e,
    show 1 * d / (1 * c) = d / c by grind] at h
  rw [h]
  have i := cbrt_inv hc hd
  have p1 := cbrt_pos (div_pos hc hd)
  generalize cbrt (c / d) = x at *
  generalize cbrt (d / c) = y at *
  clear h e
  constructor <;> intro h <;> grind

theorem cbrt_ratio (hc : 0 < c) (hd : 0 < d) : cbrt d * cbrt (c / d) = cbrt c := by
  have h1 := cbrt_pow (Std.le_of_lt hd)
  have h2 := cbrt_pow (Std.le_of_lt (div_pos hc hd))
  refine (cbrt_eq (mul_nonneg (cbrt_nonneg _) (cbrt_nonneg _)) ?_).symm
  have e : (cbrt d * cbrt (c / d)) ^ 3 = cbrt d ^ 3 * cbrt (c / d) ^ 3 := by grind
  rw [e, h1, h2]
  grind

/-- With `√K` in place of `K`, and the cube roots of the costs. -/
theorem boundCost_mono_of_le {K' : R} (hc : 0 < c) (hd : 0 < d) (hK : 0 < K) (h : K ≤ K')
    (h0 : cbrt (c / d) ^ 2 ≤ K) :
    (c + K * d) * (1 + 1 / sqrt K) ^ 2 ≤ (c + K' * d) * (1 + 1 / sqrt K') ^ 2 := by
  have hs := sqrt_mul_self (Std.le_of_lt hK)
  have ht := sqrt_mul_self (by grind : 0 ≤ K')
  have e := cbrt_ratio hc hd
  have hb := cbrt_pos hd
  have k := boundCost_mono (cbrt_pos hc) hb (sqrt_pos hK) (by
    have := (mul_self_le_iff (cbrt_nonneg (c / d)) (sqrt_nonneg K)).mp (by grind)
    have := mul_le_mul_left this (Std.le_of_lt hb)
    grind) (sqrt_le_sqrt (Std.le_of_lt hK) h)
  rw [cbrt_pow (Std.le_of_lt hc), cbrt_pow (Std.le_of_lt hd), hs, ht] at k
  exact k

theorem boundCost_anti_of_le {K' : R} (hc : 0 < c) (hd : 0 < d) (hK : 0 < K) (h : K ≤ K')
    (h0 : K' ≤ cbrt (c / d) ^ 2) :
    (c + K' * d) * (1 + 1 / sqrt K') ^ 2 ≤ (c + K * d) * (1 + 1 / sqrt K) ^ 2 := by
  have hs := sqrt_mul_self (Std.le_of_lt hK)
  have ht := sqrt_mul_self (by grind : 0 ≤ K')
  have e := cbrt_ratio hc hd
  have hb := cbrt_pos hd
  have k := boundCost_anti hb (sqrt_pos hK) (sqrt_le_sqrt (Std.le_of_lt hK) h) (a := cbrt c) (by
    have := (mul_self_le_iff (sqrt_nonneg K') (cbrt_nonneg (c / d))).mp (by grind)
    have := mul_le_mul_left this (Std.le_of_lt hb)
    grind)
  rw [cbrt_pow (Std.le_of_lt hc), cbrt_pow (Std.le_of_lt hd), hs, ht] at k
  exact k

/-- Of all numbers `K ≥ 1` the larger one of `1` and `(c/d)^{2/3}` is best. -/
theorem boundCost_max_le (hc : 0 < c) (hd : 0 < d) (hK : 1 ≤ K) :
    (c + max 1 (cbrt (c / d) ^ 2) * d) * (1 + 1 / sqrt (max 1 (cbrt (c / d) ^ 2))) ^ 2 ≤
      (c + K * d) * (1 + 1 / sqrt K) ^ 2 := by
  have hw := cbrt_pos (div_pos hc hd)
  by_cases h : 1 ≤ cbrt (c / d) ^ 2
  · have e : max 1 (cbrt (c / d) ^ 2) = cbrt (c / d) ^ 2 := by unfold max; rw [if_pos h]
    rw [e, ← (boundCost_eq_iff hc hd (by grind : 0 < cbrt (c / d) ^ 2)).mpr rfl]
    exact boundCost_ge hc hd (by grind)
  · have e : max 1 (cbrt (c / d) ^ 2) = 1 := by unfold max; rw [if_neg h]
    rw [e]
    exact boundCost_mono_of_le hc hd (by grind) hK (by grind)

end RLHF
