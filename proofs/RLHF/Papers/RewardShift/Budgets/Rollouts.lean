module
public import RLHF.Foundations.CubeRoot.Basic
public import RLHF.Foundations.Sum

/-!
# How many rollouts for a prompt

What is modelled: a prompt costs `c` and each of its `K` rollouts `d`, so `n` prompts cost
`n (c + K d)`. What a bound, or a variance, is at a given budget depends on `K` alone.

## Conventions
* `σ` and `ρ` are the deviations of prompts and of rollouts, `v` and `w` their variances.

## Main results
* `boundCost_mono`, `boundCost_anti`: `(c + K d)(1 + 1/√K)²` falls, then rises.
* `variance_split`: `(c + K d)(σ² + ρ²/K)` is least where a square vanishes.
* `integer_optimal_iff`: the best natural number of rollouts.

## References
arXiv 2602.21765, cf. its sampling budget.
-/

public section

namespace RLHF

open Lean.Grind

universe u
variable {R : Type u} [ExpField R]

attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

theorem sqrt_pos {x : R} (h : 0 < x) : 0 < sqrt x := by
  have h1 := sqrt_mul_self (Std.le_of_lt h)
  have h2 := sqrt_nonneg x
  by_cases h0 : sqrt x = 0
  · rw [h0] at h1; grind
  · grind

theorem mul_self_inj {x y : R} (hx : 0 ≤ x) (hy : 0 ≤ y) (h : x * x = y * y) : x = y := by
  have h1 := @mul_self_le_iff R _ x y hx hy
  have h2 := @mul_self_le_iff R _ y x hy hx
  grind

theorem sqrt_mul_sqrt {x y : R} (hx : 0 ≤ x) (hy : 0 ≤ y) : sqrt x * sqrt y = sqrt (x * y) := by
  refine (sqrt_eq (mul_nonneg (sqrt_nonneg x) (sqrt_nonneg y)) ?_).symm
  have := sqrt_mul_self hx
  have := sqrt_mul_self hy
  grind

/-! ### The bound -/

/-- Between the numbers `s²` and `t²` of rollouts. -/
theorem boundCost_sub {a b s t : R} (hs : 0 < s) (ht : 0 < t) :
    (a ^ 3 + t * t * b ^ 3) * (1 + 1 / t) ^ 2 - (a ^ 3 + s * s * b ^ 3) * (1 + 1 / s) ^ 2 =
      (t - s) * (((b * s) * (b * s) * (b * t) - a ^ 3) * (s * t + t) +
        ((b * s) * (b * t) * (b * t) - a ^ 3) * (s * t + s)) / (s * t * (s * t)) := by
  grind

theorem le_of_sub_div {x y f g h : R} (e : y - x = f * g / h) (hf : 0 ≤ f) (hg : 0 ≤ g)
    (hh : 0 < h) : x ≤ y := by
  have := div_nonneg (mul_nonneg hf hg) hh
  grind

/-- From `√K = a/b` on it rises. -/
theorem boundCost_mono {a b s t : R} (ha : 0 < a) (hb : 0 < b) (hs : 0 < s) (h : a ≤ b * s)
    (hst : s ≤ t) :
    (a ^ 3 + s * s * b ^ 3) * (1 + 1 / s) ^ 2 ≤ (a ^ 3 + t * t * b ^ 3) * (1 + 1 / t) ^ 2 := by
  have ht : 0 < t := by grind
  have h0 := Std.le_of_lt ha
  have h2 : a ≤ b * t := Std.le_trans h (mul_le_mul_left hst (Std.le_of_lt hb))
  have k1 := mul_le_mul (mul_le_mul h h (by grind) h0) h2 (mul_self_nonneg _) h0
  have k2 := mul_le_mul (mul_le_mul h h2 (by grind) h0) h2 (by
    exact mul_nonneg (Std.le_trans h0 h) (Std.le_trans h0 h2)) h0
  have hp := mul_pos hs ht
  refine le_of_sub_div (boundCost_sub hs ht) (by grind) ?_ (mul_pos hp hp)
  have e1 : 0 ≤ b * s * (b * s) * (b * t) - a ^ 3 := by grind
  have e2 : 0 ≤ b * s * (b * t) * (b * t) - a ^ 3 := by grind
  have := mul_nonneg e1 (by grind : 0 ≤ s * t + t)
  have := mul_nonneg e2 (by grind : 0 ≤ s * t + s)
  grind

/-- Up to `√K = a/b` it falls. -/
theorem boundCost_anti {a b s t : R} (hb : 0 < b) (hs : 0 < s) (hst : s ≤ t) (h : b * t ≤ a) :
    (a ^ 3 + t * t * b ^ 3) * (1 + 1 / t) ^ 2 ≤ (a ^ 3 + s * s * b ^ 3) * (1 + 1 / s) ^ 2 := by
  have ht : 0 < t := by grind
  have p1 := Std.le_of_lt (mul_pos hb hs)
  have p2 := Std.le_of_lt (mul_pos hb ht)
  have h2 : b * s ≤ a := Std.le_trans (mul_le_mul_left hst (Std.le_of_lt hb)) h
  have ha : 0 ≤ a := Std.le_trans p1 h2
  have k1 := mul_le_mul (mul_le_mul h2 h2 ha p1) h (mul_self_nonneg _) p2
  have k2 := mul_le_mul (mul_le_mul h2 h ha p2) h (mul_self_nonneg _) p2
  have hp := mul_pos hs ht
  have e := boundCost_sub (a := a) (b := b) hs ht
  refine le_of_sub_div (f := t - s) (g := (a ^ 3 - b * s * (b * s) * (b * t)) * (s * t + t) +
    (a ^ 3 - b * s * (b * t) * (b * t)) * (s * t + s)) (h := s * t * (s * t)) ?_ (by grind) ?_
    (mul_pos hp hp)
  · grind
  · have e1 : 0 ≤ a ^ 3 - b * s * (b * s) * (b * t) := by grind
    have e2 : 0 ≤ a ^ 3 - b * s * (b * t) * (b * t) := by grind
    have := mul_nonneg e1 (by grind : 0 ≤ s * t + t)
    have := mul_nonneg e2 (by grind : 0 ≤ s * t + s)
    grind

/-! ### The variance -/

/-- The product of cost and variance, with `P² = K d`, `Q² = c/K`, `A² = c`, `B² = d`, `PQ = AB`. -/
theorem variance_split_of {c d K A B P Q : R} (hK : 0 < K) (hA : A * A = c) (hB : B * B = d)
    (hP : P * P = K * d) (hQ : Q * Q = c / K) (h : P * Q = A * B) (σ ρ : R) :
    (c + K * d) * (σ * σ + ρ * ρ / K) =
      (A * σ + B * ρ) * (A * σ + B * ρ) + (P * σ - Q * ρ) * (P * σ - Q * ρ) := by
  have e1 : (c + K * d) * (σ * σ + ρ * ρ / K) =
      c * (σ * σ) + c / K * (ρ * ρ) + K * d * (σ * σ) + d * (ρ * ρ) := by grind
  rw [e1, ← hQ, ← hP, ← hA, ← hB]
  grind

/-- `(c + K d)(σ² + ρ²/K) = (√c σ + √d ρ)² + (√(K d) σ - √(c/K) ρ)²`. -/
theorem variance_split {c d K : R} (hc : 0 ≤ c) (hd : 0 ≤ d) (hK : 0 < K) (σ ρ : R) :
    (c + K * d) * (σ * σ + ρ * ρ / K) =
      (sqrt c * σ + sqrt d * ρ) * (sqrt c * σ + sqrt d * ρ) +
        (sqrt (K * d) * σ - sqrt (c / K) * ρ) * (sqrt (K * d) * σ - sqrt (c / K) * ρ) := by
  have hKd := mul_nonneg (Std.le_of_lt hK) hd
  have hcK := div_nonneg hc hK
  refine variance_split_of hK (sqrt_mul_self hc) (sqrt_mul_self hd) (sqrt_mul_self hKd)
    (sqrt_mul_self hcK) ?_ σ ρ
  rw [sqrt_mul_sqrt hKd hcK, sqrt_mul_sqrt hc hd]
  congr 1
  grind

/-- The square vanishes at one number of rollouts. -/
theorem variance_split_zero_iff {c d K σ ρ : R} (hc : 0 ≤ c) (hd : 0 < d) (hK : 0 < K)
    (hσ : 0 < σ) (hρ : 0 ≤ ρ) :
    (sqrt (K * d) * σ - sqrt (c / K) * ρ) * (sqrt (K * d) * σ - sqrt (c / K) * ρ) = 0 ↔
      K = sqrt (c * (ρ * ρ) / (d * (σ * σ))) := by
  have hKd := mul_pos hK hd
  have h1 := sqrt_mul_self (Std.le_of_lt hKd)
  have h2 := sqrt_mul_self (div_nonneg hc hK)
  have hs := mul_pos hd (mul_pos hσ hσ)
  have p1 := mul_nonneg (sqrt_nonneg (K * d)) (Std.le_of_lt hσ)
  have p2 := mul_nonneg (sqrt_nonneg (c / K)) hρ
  have hR := div_nonneg (mul_nonneg hc (mul_self_nonneg ρ)) hs
  have h3 := sqrt_mul_self hR
  have key : sqrt (K * d) * σ = sqrt (c / K) * ρ ↔ K * K = c * (ρ * ρ) / (d * (σ * σ)) := by
    have e1 : sqrt (K * d) * σ * (sqrt (K * d) * σ) = K * d * (σ * σ) := by grind
    have e2 : sqrt (c / K) * ρ * (sqrt (c / K) * ρ) = c / K * (ρ * ρ) := by grind
    constructor
    · intro h
      rw [h, e2] at e1
      clear h h1 h2 h3 p1 p2 hR e2
      grind
    · intro h
      refine mul_self_inj p1 p2 ?_
      rw [e1, e2]
      clear h1 h2 h3 p1 p2 hR e1 e2
      grind
  constructor
  · intro h
    refine (sqrt_eq (Std.le_of_lt hK) (key.mp ?_)).symm
    grind
  · intro h
    have := key.mpr (by rw [← h3, ← h])
    rw [this]
    grind

/-! ### A natural number of rollouts -/

theorem variance_sub {c d v w x y : R} (hx : 0 < x) (hy : 0 < y) :
    (c + y * d) * (v + w / y) - (c + x * d) * (v + w / x) =
      (y - x) * (x * y * (d * v) - c * w) / (x * y) := by
  grind

theorem variance_le_iff {c d v w x y : R} (hx : 0 < x) (hy : 0 < y) :
    (c + x * d) * (v + w / x) ≤ (c + y * d) * (v + w / y) ↔
      0 ≤ (y - x) * (x * y * (d * v) - c * w) := by
  have e := variance_sub (c := c) (d := d) (v := v) (w := w) hx hy
  have h := @le_div_iff R _ 0 ((y - x) * (x * y * (d * v) - c * w)) (x * y) (mul_pos hx hy)
  rw [← e] at h
  grind

theorem natCast_add_one_le {i j : Nat} (h : i < j) : (i : R) + 1 ≤ (j : R) := by
  obtain ⟨k, rfl⟩ : ∃ k, j = i + 1 + k := ⟨j - (i + 1), by omega⟩
  have := natCast_nonneg (R := R) k
  grind

/-- A natural number `K ≥ 1` of rollouts is best exactly if `K(K-1) ≤ cw/(dv) ≤ K(K+1)`. -/
theorem integer_optimal_iff {c d v w : R} (hc : 0 ≤ c) (hd : 0 < d) (hv : 0 < v) (hw : 0 ≤ w)
    {K : Nat} (hK : 1 ≤ K) :
    (∀ j : Nat, 1 ≤ j → (c + K * d) * (v + w / K) ≤ (c + j * d) * (v + w / j)) ↔
      K * (K - 1) ≤ c * w / (d * v) ∧ c * w / (d * v) ≤ K * (K + 1) := by
  have hdv := mul_pos hd hv
  have hK0 := natCast_pos (R := R) hK
  rw [le_div_iff hdv, div_le_iff hdv]
  constructor
  · intro h
    have up := h (K + 1) (by omega)
    have e : ((K + 1 : Nat) : R) = K + 1 := by grind
    rw [e, variance_le_iff hK0 (by grind)] at up
    refine ⟨?_, by grind⟩
    by_cases h1 : K = 1
    · subst h1
      have := mul_nonneg hc hw
      grind
    · have down := h (K - 1) (by omega)
      have e : ((K - 1 : Nat) : R) = K - 1 := by
        obtain ⟨k, rfl⟩ : ∃ k, K = k + 1 := ⟨K - 1, by omega⟩
        rw [show k + 1 - 1 = k by omega]
        grind
      rw [e, variance_le_iff hK0 (by have := natCast_add_one_le (R := R) (by omega : 1 < K); grind)]
        at down
      grind
  · intro ⟨h1, h2⟩ j hj
    have hj0 := natCast_pos (R := R) hj
    rw [variance_le_iff hK0 hj0]
    obtain hlt | rfl | hlt := Nat.lt_trichotomy K j
    · have k1 := natCast_add_one_le (R := R) hlt
      have k2 := mul_le_mul_right (mul_le_mul_left k1 (Std.le_of_lt hK0)) (Std.le_of_lt hdv)
      exact mul_nonneg (by grind) (by grind)
    · grind
    · have k1 := natCast_add_one_le (R := R) hlt
      have k2 := mul_le_mul_right (mul_le_mul_left (by grind : (j : R) ≤ K - 1)
        (Std.le_of_lt hK0)) (Std.le_of_lt hdv)
      have := mul_nonneg (by grind : 0 ≤ (K : R) - j)
        (by grind : 0 ≤ c * w - K * j * (d * v))
      grind

end RLHF
