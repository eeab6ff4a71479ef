module
public import RLHF.Archimedean.Sharp.Hoeffding
public import RLHF.Model.Basic
public import RLHF.Papers.RewardShift.ClippedKl.Bias
public import RLHF.Papers.RewardShift.TwoLevel.Bounds
public import RLHF.Probability.ChiSquare.Pairs

/-!
# The three terms: sampling, reward shift, clipping

What is modelled: the mean of the learned reward minus the clipped log-ratio over rollouts, against
the objective under the true reward.

## Main results
* `Setting.le_prob_three_terms`: sampling error plus `|E_P(r - s)|` plus `λ |E_P(ℓ - clip_τ ℓ)|`.
* `Setting.le_prob_theorem_1`: their majorants, for a learned reward in `[0, 1]`.

## References
arXiv 2602.21765, cf. Theorem 1.
-/

public section

namespace RLHF.Setting

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R] {N m n k : Nat} (E : Setting R N m) {D : Fin N → R}
  {π r s : Fin N → Fin m → R} {τ : R}

/-- Bias of the estimate: by the reward, and by clipping. -/
private theorem clippedReward_bias (D : Fin N → R) (π r s : Fin N → Fin m → R) (τ : R) :
    meanPair D π (E.clippedReward τ s π) - E.populationValue D r π =
      E.klCoef * (meanPair D π fun x a =>
        logRatio (π x) (E.refPolicy x) a - clip τ (logRatio (π x) (E.refPolicy x) a)) -
      meanPair D π fun x a => r x a - s x a := by
  unfold meanPair populationValue
  rw [← mean_sub, ← mean_mul, ← mean_sub]
  refine mean_congr fun x => ?_
  have e : klDiv (π x) (E.refPolicy x) = mean (π x) (logRatio (π x) (E.refPolicy x)) := rfl
  unfold clippedReward value
  rw [mean_sub, mean_sub, mean_sub, mean_mul, e]
  grind

/-- The clipping term and its majorant. -/
private theorem abs_clip_bias_le (hD : IsProb D) (hπ : ∀ x, IsProb (π x)) (hτ : 0 ≤ τ) :
    abs (meanPair D π fun x a =>
        logRatio (π x) (E.refPolicy x) a - clip τ (logRatio (π x) (E.refPolicy x) a)) ≤
      meanPair D π fun x a => posPart (abs (logRatio (π x) (E.refPolicy x) a) - τ) := by
  have h : ∀ x, abs (mean (π x) fun a =>
      logRatio (π x) (E.refPolicy x) a - clip τ (logRatio (π x) (E.refPolicy x) a)) ≤
      mean (π x) fun a => posPart (abs (logRatio (π x) (E.refPolicy x) a) - τ) := fun x => by
    have k := abs_klDiv_sub_mean_clip_le (hπ x) (E.refPolicy x) hτ
    rw [mean_sub]
    exact k
  have h1 := mean_mono hD.nonneg fun x => (abs_le.mp (h x)).1
  have h2 := mean_mono hD.nonneg fun x => (abs_le.mp (h x)).2
  rw [mean_neg] at h1
  exact abs_le.mpr ⟨h1, h2⟩

variable (hD : IsProb D) (hπ : ∀ x, IsProb (π x)) (hn : 0 < n) (hk : 0 < k)
include hD hπ hn hk

/-- Sampling error, reward shift and clipping, signed biases. -/
theorem le_prob_three_terms {h wg w δ : R} (hh : HoeffdingBound h)
    (hg : ∀ x y, E.clippedValue τ x (s x) (π x) - E.clippedValue τ y (s y) (π y) ≤ wg)
    (hw : ∀ x a b, E.clippedReward τ s π x a - E.clippedReward τ s π x b ≤ w) (hδ : 0 < δ) :
    1 - δ ≤ (rollouts hD hπ n k).prob fun S =>
      abs (twoLevelMean (E.clippedReward τ s π) S - E.populationValue D r π) ≤
        2 * sqrt (h * log (2 / δ) * (wg * wg / (n : R) + w * w / ((n : R) * (k : R)))) +
        abs (meanPair D π fun x a => r x a - s x a) +
        E.klCoef * abs (meanPair D π fun x a =>
          logRatio (π x) (E.refPolicy x) a - clip τ (logRatio (π x) (E.refPolicy x) a)) := by
  have e : ∀ x, mean (π x) (E.clippedReward τ s π x) = E.clippedValue τ x (s x) (π x) := fun x => by
    unfold clippedReward clippedValue
    rw [mean_sub, mean_mul]
  refine Std.le_trans (le_prob_rollouts hD hπ (f := E.clippedReward τ s π)
    (fun x y => by rw [e x, e y]; exact hg x y) hw hn hk hh hδ)
    ((rollouts hD hπ n k).prob_mono fun S hS => ?_)
  have b := E.clippedReward_bias D π r s τ
  have k1 := abs_le.mp hS
  have k2 := le_abs (meanPair D π fun x a => r x a - s x a)
  have k3 := neg_le_abs (meanPair D π fun x a => r x a - s x a)
  have hl := Std.le_of_lt E.klCoef_pos
  have k4 := mul_le_mul_left (le_abs (meanPair D π fun x a =>
    logRatio (π x) (E.refPolicy x) a - clip τ (logRatio (π x) (E.refPolicy x) a))) hl
  have k5 := mul_le_mul_left (neg_le_abs (meanPair D π fun x a =>
    logRatio (π x) (E.refPolicy x) a - clip τ (logRatio (π x) (E.refPolicy x) a))) hl
  rw [abs_le]
  grind

omit hD hπ hn hk in
/-- A learned reward in `[0, 1]` minus the clipped log-ratio has a range of `1 + 2λτ`. -/
theorem clippedReward_bounds (hs : ∀ x a, 0 ≤ s x a ∧ s x a ≤ 1) (hτ : 0 ≤ τ) (x : Fin N)
    (a : Fin m) : -(E.klCoef * τ) ≤ E.clippedReward τ s π x a ∧
      E.clippedReward τ s π x a ≤ 1 + E.klCoef * τ := by
  have hl := Std.le_of_lt E.klCoef_pos
  have k0 := abs_le.mp (abs_clip_le hτ (logRatio (π x) (E.refPolicy x) a))
  have k1 := mul_le_mul_left k0.1 hl
  have k2 := mul_le_mul_left k0.2 hl
  have := hs x a
  unfold clippedReward
  grind

omit hD hπ in
/-- The sampling term with `h = 1/8` and one range. -/
private theorem sampling_term_le {w δ : R} (hw : 0 ≤ w) (hδ : 0 < δ) (hδ1 : δ ≤ 1) :
    2 * sqrt (1 / 8 * log (2 / δ) * (w * w / (n : R) + w * w / ((n : R) * (k : R)))) ≤
      w * (sqrt (log (4 / δ) / (2 * (n : R))) +
        sqrt (log (4 / δ) / (2 * ((n : R) * (k : R))))) := by
  have hn' := natCast_pos (R := R) hn
  have hk' := mul_pos hn' (natCast_pos (R := R) hk)
  have hlg : 0 ≤ log (4 / δ) := log_nonneg (by rw [le_div_iff hδ]; grind)
  have key := sqrt_rollouts_le (n := n) (k := k) hn hk (by grind : (0 : R) ≤ 1 / 8) hδ hδ1 hw hw
  have r : ∀ {y : R}, 0 < y → 2 * sqrt (1 / 8) * sqrt (log (4 / δ) / y) =
      sqrt (log (4 / δ) / (2 * y)) := fun {y} hy => by
    have s1 := sqrt_mul_self (by grind : (0 : R) ≤ 1 / 8)
    have s2 := sqrt_mul_self (div_nonneg hlg hy)
    refine (sqrt_eq (mul_nonneg (mul_nonneg (by grind) (sqrt_nonneg _)) (sqrt_nonneg _)) ?_).symm
    rw [(by grind : 2 * sqrt (1 / 8) * sqrt (log (4 / δ) / y) *
      (2 * sqrt (1 / 8) * sqrt (log (4 / δ) / y)) = 4 * (sqrt (1 / 8) * sqrt (1 / 8)) *
      (sqrt (log (4 / δ) / y) * sqrt (log (4 / δ) / y))), s1, s2]
    generalize log (4 / δ) = l at *
    grind
  rw [← r hn', ← r hk']
  grind

/-- The majorants of the three terms. -/
theorem le_prob_theorem_1 (hR : Archimedean R) {D' : Fin N → R} {μ : Fin N → Fin m → R} {δ : R}
    (hD' : IsProb D') (hμ : ∀ x, IsProb (μ x)) (hPQ : AbsContPair D π D' μ)
    (hs : ∀ x a, 0 ≤ s x a ∧ s x a ≤ 1) (hτ : 0 ≤ τ) (hδ : 0 < δ) :
    1 - δ ≤ (rollouts hD hπ n k).prob fun S =>
      abs (twoLevelMean (E.clippedReward τ s π) S - E.populationValue D r π) ≤
        (1 + 2 * E.klCoef * τ) * (sqrt (log (4 / δ) / (2 * (n : R))) +
          sqrt (log (4 / δ) / (2 * ((n : R) * (k : R))))) +
        sqrt (1 + chiSqPair D π D' μ) *
          sqrt (meanPair D' μ fun x a => (r x a - s x a) * (r x a - s x a)) +
        E.klCoef * meanPair D π fun x a =>
          posPart (abs (logRatio (π x) (E.refPolicy x) a) - τ) := by
  by_cases hδ1 : δ ≤ 1
  · have hb := E.clippedReward_bounds (π := π) hs hτ
    have e : ∀ x, E.clippedValue τ x (s x) (π x) = mean (π x) (E.clippedReward τ s π x) :=
      fun x => by unfold clippedReward clippedValue; rw [mean_sub, mean_mul]
    have hw0 := mul_nonneg (Std.le_of_lt E.klCoef_pos) hτ
    refine Std.le_trans (E.le_prob_three_terms (r := r) (τ := τ) (s := s)
      (wg := 1 + 2 * E.klCoef * τ) (w := 1 + 2 * E.klCoef * τ) hD hπ hn hk
      (hoeffdingBound_one_eighth hR) (fun x y => ?_)
      (fun x a b => by have := hb x a; have := hb x b; grind) hδ)
      ((rollouts hD hπ n k).prob_mono fun S hS => Std.le_trans hS ?_)
    · rw [e x, e y]
      have h1 := mean_le (hπ x) fun a => (hb x a).2
      have h2 := le_mean (hπ y) fun a => (hb y a).1
      grind
    · have k1 := sampling_term_le (n := n) (k := k) hn hk
        (by grind : 0 ≤ 1 + 2 * E.klCoef * τ) hδ hδ1
      have k2 := abs_meanPair_le hD hπ hD' hμ hPQ fun x a => r x a - s x a
      have k3 := mul_le_mul_left (E.abs_clip_bias_le hD hπ hτ) (Std.le_of_lt E.klCoef_pos)
      grind
  · exact Std.le_trans (by grind : 1 - δ ≤ 0) ((rollouts hD hπ n k).prob_nonneg _)

end RLHF.Setting
