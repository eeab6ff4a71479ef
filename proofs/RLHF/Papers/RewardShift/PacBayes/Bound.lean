module
public import RLHF.Model.Pinsker
public import RLHF.Probability.Events

/-!
# PAC-Bayes bounds

What is modelled: functions `Δ_θ` of an outcome, finitely many, with moment generating functions at
most `exp(h s² V)`, and their mean under weights `Q` on the indices `θ` that are chosen after the
outcome. The price is the divergence `KL(Q ‖ P)` from weights `P > 0` fixed before.

## Main results
* `Expect.le_prob_mean_le`: the bound at one `s > 0`.
* `Expect.le_prob_mean_le_grid`: the bounds at several `s` at once, each with `log(J/δ)`.

## References
cf. arXiv 2602.21765, Theorem 2.
-/

public section

namespace RLHF.Expect

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u v
variable {R : Type u} [ExpField R] {Ω : Type v} {N J : Nat} (E : Expect R Ω)

/-- A nonnegative function of mean at most `1` is below `1/δ`, with probability at least `1 - δ`. -/
theorem le_prob_lt_of_le_one {W : Ω → R} (hW : ∀ ω, 0 ≤ W ω) (h1 : E W ≤ 1) {δ : R} (hδ : 0 < δ) :
    1 - δ ≤ E.prob fun ω => W ω < 1 / δ := by
  have hd : 0 < 1 / δ := div_pos (by grind) hδ
  have h := E.markov hW hd
  have k := E.one_sub_prob_le (A := fun ω => 1 / δ ≤ W ω) (B := fun ω => W ω < 1 / δ)
    fun ω hω => Std.not_le.mp hω
  have e : E W / (1 / δ) ≤ δ := by
    rw [div_le_iff hd]
    grind
  grind

variable {P : Fin N → R} (hP : IsProb P) (hP0 : ∀ θ, 0 < P θ) {Δ : Fin N → Ω → R} {h V : R}

/-- The mean over `θ` of `exp(s Δ_θ - h s² V)` has mean at most `1`. -/
theorem mean_exp_sub_le_one {s : R} (hP : IsProb P)
    (hΔ : ∀ θ, E (fun ω => exp (s * Δ θ ω)) ≤ exp (h * (s * s * V))) :
    E (fun ω => mean P fun θ => exp (s * Δ θ ω - h * (s * s * V))) ≤ 1 := by
  unfold mean
  rw [E.sum fun θ ω => P θ * exp (s * Δ θ ω - h * (s * s * V))]
  rw [sum_congr fun θ => E.mul (P θ) _]
  refine mean_le hP (f := fun θ => E fun ω => exp (s * Δ θ ω - h * (s * s * V))) fun θ => ?_
  show E (fun ω => exp (s * Δ θ ω - h * (s * s * V))) ≤ 1
  rw [E.congr fun ω => (by rw [← exp_add]; congr 1; grind : exp (s * Δ θ ω - h * (s * s * V)) =
    exp (-(h * (s * s * V))) * exp (s * Δ θ ω)), E.mul]
  refine Std.le_trans (mul_le_mul_left (hΔ θ) (Std.le_of_lt (exp_pos _))) ?_
  rw [exp_neg_mul_exp]
  exact Std.le_refl _

include hP hP0

/-- What a small mean over `θ` of `exp(s Δ_θ - c)` says of all weights on the indices. -/
theorem mean_le_of_mean_exp_lt {Q D : Fin N → R} (hQ : IsProb Q) {s c δ : R} (hs : 0 < s)
    (hW : (mean P fun θ => exp (s * D θ - c)) < 1 / δ) :
    mean Q D ≤ (klDiv Q P + log (1 / δ)) / s + c / s := by
  have k := mean_sub_log_le_klDiv hQ hP hP0 fun θ => s * D θ - c
  have hpos : 0 < mean P fun θ => exp (s * D θ - c) := tiltPartition_pos hP hP0 _
  have l := log_le_log hpos (Std.le_of_lt hW)
  rw [mean_sub, mean_mul, mean_const hQ] at k
  refine le_of_mul_le_mul_left hs ?_
  rw [(by grind : s * ((klDiv Q P + log (1 / δ)) / s + c / s) = klDiv Q P + log (1 / δ) + c)]
  grind

/-- Catoni's bound, for all weights at once. -/
theorem le_prob_mean_le {s δ : R} (hs : 0 < s) (hδ : 0 < δ)
    (hΔ : ∀ θ, E (fun ω => exp (s * Δ θ ω)) ≤ exp (h * (s * s * V))) :
    1 - δ ≤ E.prob fun ω => ∀ Q, IsProb Q →
      mean Q (fun θ => Δ θ ω) ≤ (klDiv Q P + log (1 / δ)) / s + h * s * V := by
  refine Std.le_trans (E.le_prob_lt_of_le_one (fun ω => Std.le_of_lt (tiltPartition_pos hP hP0 _))
    (E.mean_exp_sub_le_one hP hΔ) hδ) (E.prob_mono fun ω hω Q hQ => ?_)
  have k := mean_le_of_mean_exp_lt hP hP0 hQ hs hω
  rw [(by grind : h * (s * s * V) / s = h * s * V)] at k
  exact k

/-- The same at each of `J` numbers `s_j`. -/
theorem le_prob_mean_le_grid {s : Fin J → R} {δ : R} (hs : ∀ j, 0 < s j) (hJ : 0 < J) (hδ : 0 < δ)
    (hΔ : ∀ j θ, E (fun ω => exp (s j * Δ θ ω)) ≤ exp (h * (s j * s j * V))) :
    1 - δ ≤ E.prob fun ω => ∀ j Q, IsProb Q →
      mean Q (fun θ => Δ θ ω) ≤ (klDiv Q P + log ((J : R) / δ)) / s j + h * s j * V := by
  have hJ0 := natCast_pos (R := R) hJ
  have hδJ : 0 < δ / (J : R) := div_pos hδ hJ0
  have k := E.one_sub_sum_le_prob
    (A := fun j ω => ¬∀ Q, IsProb Q →
      mean Q (fun θ => Δ θ ω) ≤ (klDiv Q P + log (1 / (δ / (J : R)))) / s j + h * s j * V)
    (B := fun ω => ∀ j Q, IsProb Q →
      mean Q (fun θ => Δ θ ω) ≤ (klDiv Q P + log ((J : R) / δ)) / s j + h * s j * V)
    fun ω hω j => by
      have := Classical.not_not.mp (hω j)
      rw [(by grind : 1 / (δ / (J : R)) = (J : R) / δ)] at this
      exact this
  refine Std.le_trans ?_ k
  have l := sum_mono fun j => E.prob_not_le (E.le_prob_mean_le hP hP0 (hs j) hδJ (hΔ j))
  rw [sum_const, (by grind : (J : R) * (δ / (J : R)) = δ)] at l
  grind

end RLHF.Expect
