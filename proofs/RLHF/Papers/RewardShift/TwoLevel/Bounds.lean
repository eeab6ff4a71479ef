module
public import RLHF.Papers.RewardShift.TwoLevel.Defs
public import RLHF.Probability.ChiSquare.Defs
public import RLHF.Probability.Hoeffding.Chernoff
public import RLHF.Probability.TwoLevel.Mgf
public import RLHF.Probability.TwoLevel.Moments
public import RLHF.Probability.Variance

/-!
# Rollouts: how far their mean is from its expectation

What is modelled: the mean of a function of prompt and response over rollouts, `n` prompts and `k`
responses to each. `w_g` bounds the differences of the function's means at the prompts, `w` its
differences at every single prompt, and `V = w_g²/n + w²/(nk)`.

## Main results
* `rollouts_exp_le`: `E exp(s (mean - its expectation)) ≤ exp(h s² V)`.
* `prob_rollouts_le`: `P(|mean - its expectation| ≥ t) ≤ 2 exp(-t²/(4hV))`.
* `le_prob_rollouts`: within `2 √(h log(2/δ) V)` with probability at least `1 - δ`.
* `le_prob_rollouts_union`: the same with a sum of two roots and `log(4/δ)`.

## References
arXiv 2602.21765, cf. the sampling term of Theorem 1.
-/

public section

namespace RLHF

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R] {N m n k : Nat} {D : Fin N → R} {π f : Fin N → Fin m → R}

/-! Numbers are compared outside the context of expectations. -/

private theorem add_sub_self (y w : R) : y + w - y = w := by grind

private theorem add_sub_self_le (y w : R) : y + w - y ≤ w := by grind

private theorem zero_exponent (t h y z : R) : -(t * t / (4 * h * (0 * 0 / y + 0 * 0 / z))) = 0 := by
  grind

private theorem one_le_double : (1 : R) ≤ 2 * 1 := by grind

private theorem one_sub_le_one {δ : R} (hδ : 0 < δ) : 1 - δ ≤ 1 := by grind

private theorem one_sub_nonpos {δ : R} (hδ : ¬δ ≤ 1) : 1 - δ ≤ 0 := by grind

private theorem le_double {y z : R} (hy : y ≤ 0 + 0) (hz : 0 ≤ z) : y ≤ 2 * z := by grind

/-- Differences of at most `w` are a range of at most `w`. -/
private theorem exists_range {f : Fin m → R} (hm : 0 < m) {w : R} (hw : ∀ a b, f a - f b ≤ w) :
    ∃ lo, ∀ a, lo ≤ f a ∧ f a ≤ lo + w := by
  obtain ⟨a, ha⟩ := exists_max hm fun a => -f a
  exact ⟨f a, fun b => by have := ha b; have := hw b a; grind⟩

/-- `V = 0` only if nothing varies. -/
theorem rollouts_variance_pos (hn : 0 < n) (hk : 0 < k) {wg w : R} (h0 : ¬(wg = 0 ∧ w = 0)) :
    0 < wg * wg / (n : R) + w * w / ((n : R) * (k : R)) := by
  have hn' := natCast_pos (R := R) hn
  have hk' := mul_pos hn' (natCast_pos (R := R) hk)
  have h1 := div_nonneg (mul_self_nonneg wg) hn'
  have h2 := div_nonneg (mul_self_nonneg w) hk'
  by_cases h : wg = 0
  · have := div_pos (mul_self_pos (by grind : w ≠ 0)) hk'
    grind
  · have := div_pos (mul_self_pos h) hn'
    grind

variable (hD : IsProb D) (hπ : ∀ x, IsProb (π x)) {wg w : R}
  (hg : ∀ x y, mean (π x) (f x) - mean (π y) (f y) ≤ wg) (hw : ∀ x a b, f x a - f x b ≤ w)
  (hn : 0 < n) (hk : 0 < k)
include hD hπ hg hw hn hk

/-- Hoeffding's lemma for rollouts. -/
theorem rollouts_exp_le {h : R} (hh : HoeffdingBound h) (s : R) :
    rollouts hD hπ n k (fun S => exp (s * (twoLevelMean f S - meanPair D π f))) ≤
      exp (h * (s * s * (wg * wg / (n : R) + w * w / ((n : R) * (k : R))))) := by
  obtain ⟨lo, hlo⟩ := exists_range hD.size_pos hg
  obtain ⟨low, hlow⟩ := Classical.axiomOfChoice fun x => exists_range (hπ x).size_pos (hw x)
  have key := hh.twoLevel_exp_le (n := n) (k := k) (Expect.ofWeights hD)
    (fun x => Expect.ofWeights (hπ x)) (f := f) (hi := lo + wg) (high := fun x => low x + w)
    (w := w) hlo
    hlow (fun x => add_sub_self_le (low x) w) hn hk s
  rw [add_sub_self] at key
  exact key

/-- The mean over rollouts is never further from its expectation than the two ranges. -/
theorem abs_twoLevelMean_sub_le (S : (Fin n → Fin N) × (Fin n → Fin k → Fin m)) :
    abs (twoLevelMean f S - meanPair D π f) ≤ wg + w := by
  have h1 : ∀ x a, abs (f x a - meanPair D π f) ≤ wg + w := fun x a => by
    have k1 := abs_le.mp (abs_sub_mean_le (hπ x) (hw x) a)
    have k2 := abs_le.mp (abs_sub_mean_le hD hg x)
    rw [abs_le]
    unfold meanPair
    grind
  have h2 := average_mono fun i => average_mono fun j => (abs_le.mp (h1 (S.1 i) (S.2 i j))).1
  have h3 := average_mono fun i => average_mono fun j => (abs_le.mp (h1 (S.1 i) (S.2 i j))).2
  have e0 : ∀ c : R, (average fun _ : Fin n => average fun _ : Fin k => c) = c := fun c =>
    (average_congr fun _ => average_const hk c).trans (average_const hn c)
  have e : (average fun i => average fun j => f (S.1 i) (S.2 i j) - meanPair D π f) =
      twoLevelMean f S - meanPair D π f := by
    rw [average_congr fun i => (by rw [average_sub, average_const hk] :
      (average fun j => f (S.1 i) (S.2 i j) - meanPair D π f) =
        (average fun j => f (S.1 i) (S.2 i j)) - meanPair D π f), average_sub, average_const hn]
    rfl
  rw [e, e0] at h2 h3
  exact abs_le.mpr ⟨h2, h3⟩

/-- Hoeffding's inequality for rollouts. -/
theorem prob_rollouts_le {h : R} (hh : HoeffdingBound h) {t : R} (ht : 0 ≤ t) :
    (rollouts hD hπ n k).prob (fun S => t ≤ abs (twoLevelMean f S - meanPair D π f)) ≤
      2 * exp (-(t * t / (4 * h * (wg * wg / (n : R) + w * w / ((n : R) * (k : R)))))) := by
  by_cases h0 : wg = 0 ∧ w = 0
  · obtain ⟨rfl, rfl⟩ := h0
    have k1 := (rollouts hD hπ n k).prob_le_one fun S =>
      t ≤ abs (twoLevelMean f S - meanPair D π f)
    rw [zero_exponent, exp_zero]
    exact Std.le_trans k1 one_le_double
  · exact (rollouts hD hπ n k).chernoff_abs hh.pos (rollouts_variance_pos hn hk h0)
      (rollouts_exp_le hD hπ hg hw hn hk hh) ht

/-- The same with a confidence `1 - δ`. -/
theorem le_prob_rollouts {h : R} (hh : HoeffdingBound h) {δ : R} (hδ : 0 < δ) :
    1 - δ ≤ (rollouts hD hπ n k).prob fun S => abs (twoLevelMean f S - meanPair D π f) ≤
      2 * sqrt (h * log (2 / δ) * (wg * wg / (n : R) + w * w / ((n : R) * (k : R)))) := by
  by_cases h0 : wg = 0 ∧ w = 0
  · obtain ⟨rfl, rfl⟩ := h0
    rw [Expect.prob_of_forall]
    · exact one_sub_le_one hδ
    · exact fun S => le_double (abs_twoLevelMean_sub_le hD hπ hg hw hn hk S) (sqrt_nonneg _)
  · exact (rollouts hD hπ n k).le_prob_abs_le hh.pos (rollouts_variance_pos hn hk h0)
      (rollouts_exp_le hD hπ hg hw hn hk hh) hδ

omit hn hk in
theorem ranges_nonneg : 0 ≤ wg ∧ 0 ≤ w := by
  have h1 := hg ⟨0, hD.size_pos⟩ ⟨0, hD.size_pos⟩
  have h2 := hw ⟨0, hD.size_pos⟩ ⟨0, (hπ ⟨0, hD.size_pos⟩).size_pos⟩
    ⟨0, (hπ ⟨0, hD.size_pos⟩).size_pos⟩
  have z : ∀ y v : R, y - y ≤ v → 0 ≤ v := fun y v h => by grind
  exact ⟨z _ _ h1, z _ _ h2⟩

omit hD hπ hg hw hn hk in
/-- `√(y + z) ≤ √y + √z`. -/
private theorem sqrt_add_le {y z : R} (hy : 0 ≤ y) (hz : 0 ≤ z) :
    sqrt (y + z) ≤ sqrt y + sqrt z := by
  have h1 := sqrt_mul_self hy
  have h2 := sqrt_mul_self hz
  have h3 := sqrt_mul_self (by grind : 0 ≤ y + z)
  have h4 := mul_nonneg (sqrt_nonneg y) (sqrt_nonneg z)
  have h5 := sqrt_nonneg y
  have h6 := sqrt_nonneg z
  rw [← mul_self_le_iff (sqrt_nonneg _) (by grind)]
  grind

omit hD hπ hg hw hn hk in
/-- A root with a square in it. -/
private theorem sqrt_mul_square {c y : R} (hc : 0 ≤ c) (hy : 0 ≤ y) :
    sqrt (c * c * y) = c * sqrt y := by
  have h := sqrt_mul_self hy
  exact sqrt_eq (mul_nonneg hc (sqrt_nonneg y)) (by grind)

omit hD hπ hg hw in
/-- The deviation of `le_prob_rollouts` is at most one with a sum of two roots. -/
theorem sqrt_rollouts_le {h δ : R} (hh : 0 ≤ h) (hδ : 0 < δ) (hδ1 : δ ≤ 1) (hg0 : 0 ≤ wg)
    (hw0 : 0 ≤ w) :
    2 * sqrt (h * log (2 / δ) * (wg * wg / (n : R) + w * w / ((n : R) * (k : R)))) ≤
      2 * sqrt h * (wg * sqrt (log (4 / δ) / (n : R)) +
        w * sqrt (log (4 / δ) / ((n : R) * (k : R)))) := by
  have hn' := natCast_pos (R := R) hn
  have hk' := mul_pos hn' (natCast_pos (R := R) hk)
  have h24 : 2 / δ ≤ 4 / δ := div_le_div_right (by grind) hδ
  have hl : log (2 / δ) ≤ log (4 / δ) := log_le_log (div_pos (by grind) hδ) h24
  have hl0 : 0 ≤ log (2 / δ) := log_nonneg (by rw [le_div_iff hδ]; grind)
  have hlg : 0 ≤ log (4 / δ) := Std.le_trans hl0 hl
  have a1 := div_nonneg hlg hn'
  have a2 := div_nonneg hlg hk'
  have b1 := mul_nonneg (mul_self_nonneg wg) (mul_nonneg hh a1)
  have b2 := mul_nonneg (mul_self_nonneg w) (mul_nonneg hh a2)
  have hV : 0 ≤ wg * wg / (n : R) + w * w / ((n : R) * (k : R)) := by
    have := div_nonneg (mul_self_nonneg wg) hn'
    have := div_nonneg (mul_self_nonneg w) hk'
    grind
  have k0 := sqrt_le_sqrt (mul_nonneg (mul_nonneg hh hl0) hV)
    (mul_le_mul_right (mul_le_mul_left hl hh) hV)
  have e : h * log (4 / δ) * (wg * wg / (n : R) + w * w / ((n : R) * (k : R))) =
      wg * wg * (h * (log (4 / δ) / (n : R))) +
        w * w * (h * (log (4 / δ) / ((n : R) * (k : R)))) := by grind
  have k1 := sqrt_add_le b1 b2
  have r : ∀ {y : R}, 0 ≤ y → sqrt (h * y) = sqrt h * sqrt y := fun {y} hy => by
    have s1 := sqrt_mul_self hh
    have s2 := sqrt_mul_self hy
    exact sqrt_eq (mul_nonneg (sqrt_nonneg h) (sqrt_nonneg y)) (by grind)
  rw [sqrt_mul_square hg0 (mul_nonneg hh a1), sqrt_mul_square hw0 (mul_nonneg hh a2), r a1, r a2,
    ← e] at k1
  grind

/-- The union bound's form. -/
theorem le_prob_rollouts_union {h : R} (hh : HoeffdingBound h) {δ : R} (hδ : 0 < δ) :
    1 - δ ≤ (rollouts hD hπ n k).prob fun S => abs (twoLevelMean f S - meanPair D π f) ≤
      2 * sqrt h * (wg * sqrt (log (4 / δ) / (n : R)) +
        w * sqrt (log (4 / δ) / ((n : R) * (k : R)))) := by
  have k1 := le_prob_rollouts hD hπ hg hw hn hk hh hδ
  have k2 := ranges_nonneg hD hπ hg hw
  by_cases hδ1 : δ ≤ 1
  · exact Std.le_trans k1 ((rollouts hD hπ n k).prob_mono fun S hS => Std.le_trans hS
      (sqrt_rollouts_le hn hk (Std.le_of_lt hh.pos) hδ hδ1 k2.1 k2.2))
  · exact Std.le_trans (one_sub_nonpos hδ1) ((rollouts hD hπ n k).prob_nonneg _)

end RLHF
