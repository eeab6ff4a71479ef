module
public import RLHF.Papers.RewardShift.PacBayes.Bound
public import RLHF.Probability.Uniform

/-!
# McAllester's form

What is modelled: the bound of PAC-Bayes with the best `s` for every posterior, out of a geometric
grid that is fixed before. Of the grid some `s` is within a factor `√2` of the best, so that the
bound is at most `(√2 + 1/√2)/2` times as large as with the best.

## Main results
* `exists_geometric`: a grid of ratio `4` has a point below a number and above a quarter of it.
* `Expect.le_prob_mean_le_sqrt`: `E_Q Δ ≤ (3/√2) √(h V (KL(Q ‖ uniform) + log(J/δ)))`.
-/

public section

namespace RLHF

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u v
variable {R : Type u} [ExpField R] {Ω : Type v} {N J : Nat}

/-- Of `l, 4l, 16l, …` some number is at most `a` and more than a quarter of it. -/
theorem exists_geometric {l a : R} (hl : l ≤ a) (ha : a ≤ 4 ^ J * l) (hJ : 0 < J) :
    ∃ j : Fin J, 4 ^ j.val * l ≤ a ∧ a ≤ 4 * (4 ^ j.val * l) := by
  induction J with
  | zero => exact absurd hJ (Nat.lt_irrefl 0)
  | succ J ih =>
    rw [Semiring.pow_succ] at ha
    by_cases h : 0 < J ∧ a ≤ 4 ^ J * l
    · obtain ⟨j, hj⟩ := ih h.2 h.1
      exact ⟨j.castSucc, hj⟩
    · refine ⟨Fin.last J, ?_, ?_⟩
      · by_cases hJ0 : J = 0
        · subst hJ0
          show (4 : R) ^ 0 * l ≤ a
          rw [Semiring.pow_zero]; grind
        · show (4 : R) ^ J * l ≤ a
          have : ¬a ≤ 4 ^ J * l := fun k => h ⟨by omega, k⟩
          grind
      · show a ≤ 4 * ((4 : R) ^ J * l)
        grind

/-- `a/s + s b ≤ (3/√2) √(a b)` for `s` within a factor `√2` of `√(a/b)`. -/
theorem div_add_mul_le {a b s : R} (ha : 0 < a) (hb : 0 < b) (hs : 0 < s) (h1 : a ≤ 2 * (s * s * b))
    (h2 : s * s * b ≤ 2 * a) : a / s + s * b ≤ 3 * sqrt (b * a / 2) := by
  have hr : 0 ≤ b * a / 2 := by have := mul_pos hb ha; grind
  have k := sqrt_mul_self hr
  have n := sqrt_nonneg (b * a / 2)
  have n1 := div_pos ha hs
  have n2 := mul_pos hs hb
  generalize sqrt (b * a / 2) = r at *
  obtain ⟨x, hx⟩ : ∃ x, x = a / s := ⟨_, rfl⟩
  have e : a = x * s := by grind
  rw [← hx] at n1 ⊢
  have m1 : x ≤ 2 * (s * b) := le_of_mul_le_mul_left hs (by grind)
  have m2 : s * b ≤ 2 * x := le_of_mul_le_mul_left hs (by grind)
  have e2 : r * r = s * b * x / 2 := by rw [k, e]; grind
  generalize s * b = y at *
  rw [← mul_self_le_iff (by grind) (by grind)]
  have m3 := mul_nonneg (by grind : 0 ≤ 2 * y - x) (by grind : 0 ≤ 2 * x - y)
  rw [(by grind : 3 * r * (3 * r) = 9 * (r * r)), e2]
  grind

private theorem mul_self_pow (j : Nat) (c : R) :
    (2 : R) ^ j * c * (2 ^ j * c) = 4 ^ j * (c * c) := by
  induction j with
  | zero => rw [Semiring.pow_zero, Semiring.pow_zero]; grind
  | succ j ih => rw [Semiring.pow_succ, Semiring.pow_succ]; grind

private theorem two_pow_pos (j : Nat) : 0 < (2 : R) ^ j := by
  induction j with
  | zero => rw [Semiring.pow_zero]; grind
  | succ j ih => rw [Semiring.pow_succ]; grind

private theorem sqrt_pos {x : R} (hx : 0 < x) : 0 < sqrt x := by
  have k := sqrt_mul_self (Std.le_of_lt hx)
  have n := sqrt_nonneg x
  by_cases h0 : sqrt x = 0
  · rw [h0] at k; grind
  · grind

private theorem log_div_pos {x δ : R} (hδ : 0 < δ) (h : δ < x) : 0 < log (x / δ) := by
  have := mul_pos (by grind : 0 < x - δ) (inv_pos hδ)
  have hlt : 1 < x / δ := by grind
  rw [← exp_lt_iff, exp_zero, exp_log _ (by grind)]
  exact hlt

/-- The point `2^j √(2l/b)` of the grid is within a factor `√2` of `√(a/b)` for some `j`. -/
private theorem exists_div_add_mul_le {a b l : R} (hb : 0 < b) (hl0 : 0 < l) (hl : l ≤ a)
    (ha : a ≤ 4 ^ J * l) (hJ : 0 < J) : ∃ j : Fin J,
    a / (2 ^ j.val * sqrt (2 * l / b)) + 2 ^ j.val * sqrt (2 * l / b) * b ≤
      3 * sqrt (b * a / 2) := by
  obtain ⟨j, h1, h2⟩ := exists_geometric hl ha hJ
  have hc : 0 < 2 * l / b := div_pos (by grind) hb
  have k := sqrt_mul_self (Std.le_of_lt hc)
  have e := mul_self_pow j.val (sqrt (2 * l / b))
  have e2 : (4 : R) ^ j.val * (2 * l / b) * b = 2 * (4 ^ j.val * l) := by grind
  refine ⟨j, div_add_mul_le (by grind) hb (mul_pos (two_pow_pos _) (sqrt_pos hc)) ?_ ?_⟩
  · rw [e, k, e2]; grind
  · rw [e, k, e2]; grind

/-- McAllester's bound: of all weights on the indices, with uniform prior weights. -/
theorem Expect.le_prob_mean_le_sqrt (E : Expect R Ω) (hN : 0 < N) {Δ : Fin N → Ω → R} {h V δ : R}
    (hh : 0 < h) (hV : 0 < V) (hδ : 0 < δ) (hδJ : δ < (J : R))
    (hJ : 1 + log (N : R) / log ((J : R) / δ) ≤ 4 ^ J)
    (hΔ : ∀ s θ, E (fun ω => exp (s * Δ θ ω)) ≤ exp (h * (s * s * V))) :
    1 - δ ≤ E.prob fun ω => ∀ Q, IsProb Q → mean Q (fun θ => Δ θ ω) ≤
      3 * sqrt (h * V * (klDiv Q uniform + log ((J : R) / δ)) / 2) := by
  have hJ0 : 0 < J := by
    by_cases h0 : J = 0
    · subst h0; grind
    · omega
  have hb := mul_pos hh hV
  have hl0 := log_div_pos hδ hδJ
  have hs : ∀ j : Fin J, 0 < (2 : R) ^ j.val * sqrt (2 * log ((J : R) / δ) / (h * V)) := fun j =>
    mul_pos (two_pow_pos _) (sqrt_pos (div_pos (by grind) hb))
  refine Std.le_trans (E.le_prob_mean_le_grid (uniform_isProb hN) (uniform_pos hN) hs hJ0 hδ
    fun j θ => hΔ _ θ) (E.prob_mono fun ω hω Q hQ => ?_)
  have hK := klDiv_uniform_le hQ
  have hK0 := klDiv_nonneg hQ (uniform_isProb hN) (uniform_pos hN)
  have hJ' := mul_le_mul_right hJ (Std.le_of_lt hl0)
  obtain ⟨j, hj⟩ := exists_div_add_mul_le (J := J) (a := klDiv Q uniform + log ((J : R) / δ)) hb hl0
    (by grind) (by
      rw [(by grind : (1 + log (N : R) / log ((J : R) / δ)) * log ((J : R) / δ) =
        log ((J : R) / δ) + log (N : R))] at hJ'
      grind) hJ0
  refine Std.le_trans (hω j Q hQ) (Std.le_trans ?_ hj)
  grind

end RLHF
