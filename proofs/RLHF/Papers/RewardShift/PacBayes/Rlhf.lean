module
public import RLHF.Model.Setting
public import RLHF.Papers.RewardShift.ClippedKl.Bias
public import RLHF.Papers.RewardShift.PacBayes.Defs
public import RLHF.Papers.RewardShift.PacBayes.FiniteClass
public import RLHF.Papers.RewardShift.PacBayes.Grid
public import RLHF.Probability.ChiSquare.Pairs
public import RLHF.Probability.TwoLevel.Mgf

/-!
# A finite class of policies, each with rollouts of its own

What is modelled: policies `π_θ`, finitely many, and for each of them a two-level sample of prompts
and of its responses. The samples of different policies have any joint law: they may share prompts,
or be independent. The estimates are the means of the learned reward minus the clipped log-ratio.

## Main results
* `Setting.abs_meanPair_clippedReward_sub_le`: the estimate's mean against the objective.
* `Setting.rollouts_exp_le`: the moment generating function of an estimate.
* `Setting.le_prob_abs_mean_estimate_le`: from a bound on the deviations of a class, for both signs,
  to one on the objective.

## References
cf. arXiv 2602.21765, Theorem 2.
-/

public section

namespace RLHF.Setting

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u v
variable {R : Type u} [ExpField R] {Ω : Type v} {N M m n k : Nat} (E : Setting R N m)
  {D : Fin N → R} {π r s : Fin N → Fin m → R} {τ : R}

/-! ### Numbers, compared outside the context of expectations -/

private theorem split (x y b c l : R) : x - l * c - (y - l * b) = x - y + l * (b - c) := by grind

private theorem width {lo hi c w : R} (h : hi - lo + 2 * c = w) : hi + c - (lo - c) = w := by grind

private theorem width_le {lo hi c w : R} (h : hi - lo + 2 * c = w) : hi + c - (lo - c) ≤ w := by
  grind

private theorem chain {x y c z a b : R} (h0 : x ≤ y + c) (h1 : c ≤ z) (h2 : y ≤ a * b) :
    x ≤ b * a + z := by grind

private theorem abs_add_le_add {x y b c : R} (h1 : x ≤ b) (h2 : -x ≤ b) (h3 : -c ≤ y)
    (h4 : y ≤ c) : abs (x + y) ≤ b + c := by
  rw [abs_le]; grind

private theorem sub_eq_add (x y z : R) : x - z = x - y + (y - z) := by grind

private theorem one_sub_two_mul (δ : R) : 1 - 2 * δ = 1 - (δ + δ) := by grind

private theorem neg_mul_neg_self (t : R) : -t * -t = t * t := by grind

private theorem mul_neg_comm (t y : R) : t * -y = -t * y := by grind

private theorem le_of_selected {x y p q s b c : R} (h : x ≤ y + (2 * s + 2 * s)) (hb : -b ≤ x - p)
    (hc : y - q ≤ c) : p ≤ q + (4 * s + b + c) := by grind

/-! ### One policy -/

/-- The clipped reward is worth `E_P (s - r) + λ E_P (ℓ - clip_τ ℓ)` more than the objective. -/
theorem meanPair_clippedReward_sub (D : Fin N → R) (π r s : Fin N → Fin m → R) (τ : R) :
    meanPair D π (E.clippedReward τ s π) - E.populationValue D r π =
      meanPair D π (fun x a => s x a - r x a) + E.klCoef * meanPair D π fun x a =>
        logRatio (π x) (E.refPolicy x) a - clip τ (logRatio (π x) (E.refPolicy x) a) := by
  unfold meanPair populationValue
  rw [← mean_sub, ← mean_mul, ← mean_add]
  refine mean_congr fun x => ?_
  show (mean (π x) fun a => s x a - E.klCoef * clip τ (logRatio (π x) (E.refPolicy x) a)) -
    (mean (π x) (r x) - E.klCoef * mean (π x) (logRatio (π x) (E.refPolicy x))) = _
  rw [mean_sub, mean_sub, mean_sub, mean_mul]
  exact split _ _ _ _ _

theorem abs_meanPair_clippedReward_sub_le (D : Fin N → R) (π r s : Fin N → Fin m → R) (τ : R) :
    abs (meanPair D π (E.clippedReward τ s π) - E.populationValue D r π) ≤
      E.bias D π r s τ := by
  unfold bias
  rw [E.meanPair_clippedReward_sub]
  refine Std.le_trans (abs_add _ _) ?_
  rw [abs_mul, abs_of_nonneg E.klCoef_nonneg]
  exact Std.le_refl _

/-- The bias from clipping, and its majorant. -/
theorem abs_meanPair_sub_clip_le (hD : IsProb D) (hπ : ∀ x, IsProb (π x)) (hτ : 0 ≤ τ) :
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

/-- Hoeffding's lemma for the estimate of one policy, `w` the range of the clipped reward. -/
theorem rollouts_exp_le {h lo hi w : R} (hh : HoeffdingBound h) (hD : IsProb D)
    (hπ : ∀ x, IsProb (π x)) (hτ : 0 ≤ τ) (hs : ∀ x a, lo ≤ s x a ∧ s x a ≤ hi)
    (hw : hi - lo + 2 * (E.klCoef * τ) = w) (hn : 0 < n) (hk : 0 < k) (t : R) :
    rollouts hD hπ n k (fun S => exp (t * (twoLevelMean (E.clippedReward τ s π) S -
      meanPair D π (E.clippedReward τ s π)))) ≤
      exp (h * (t * t * (w * w / (n : R) + w * w / ((n : R) * (k : R))))) := by
  have hb : ∀ x a, lo - E.klCoef * τ ≤ E.clippedReward τ s π x a ∧
      E.clippedReward τ s π x a ≤ hi + E.klCoef * τ := fun x a => by
    have k0 := abs_le.mp (abs_clip_le hτ (logRatio (π x) (E.refPolicy x) a))
    have k1 := mul_le_mul_left k0.1 E.klCoef_nonneg
    have k2 := mul_le_mul_left k0.2 E.klCoef_nonneg
    have := hs x a
    unfold clippedReward
    grind
  have key := hh.twoLevel_exp_le (n := n) (k := k) (Expect.ofWeights hD)
    (fun x => Expect.ofWeights (hπ x)) (f := E.clippedReward τ s π)
    (lo := lo - E.klCoef * τ) (hi := hi + E.klCoef * τ) (low := fun _ => lo - E.klCoef * τ)
    (high := fun _ => hi + E.klCoef * τ) (w := w)
    (fun x => ⟨le_mean (hπ x) fun a => (hb x a).1, mean_le (hπ x) fun a => (hb x a).2⟩) hb
    (fun _ => width_le hw) hn hk t
  rw [width hw] at key
  exact key

/-! ### A class of policies -/

variable {π : Fin M → Fin N → Fin m → R} {S : Fin M → Ω → (Fin n → Fin N) × (Fin n → Fin k → Fin m)}

/-- From bounds on both signs of the deviations of all mixtures to one on the objectives. -/
theorem le_prob_abs_mean_estimate_le (law : Expect R Ω) {D' : Fin N → R} {μ : Fin N → Fin m → R}
    (hD : IsProb D) (hD' : IsProb D') (hπ : ∀ θ x, IsProb (π θ x)) (hμ : ∀ x, IsProb (μ x))
    (hPQ : ∀ θ, AbsContPair D (π θ) D' μ) (hτ : 0 ≤ τ) {δ : R} {B : (Fin M → R) → R}
    {J : Fin M → Ω → R}
    (h1 : 1 - δ ≤ law.prob fun ω => ∀ Q, IsProb Q → mean Q (fun θ =>
      J θ ω - meanPair D (π θ) (E.clippedReward τ s (π θ))) ≤ B Q)
    (h2 : 1 - δ ≤ law.prob fun ω => ∀ Q, IsProb Q → mean Q (fun θ =>
      -(J θ ω - meanPair D (π θ) (E.clippedReward τ s (π θ)))) ≤ B Q) :
    1 - 2 * δ ≤ law.prob fun ω => ∀ Q, IsProb Q →
      abs (mean Q fun θ => J θ ω - E.populationValue D r (π θ)) ≤
        B Q + E.mixtureBias D D' μ π r s τ Q := by
  refine one_sub_two_mul δ ▸ Std.le_trans (law.le_prob_and h1 h2)
    (law.prob_mono fun ω hω Q hQ => ?_)
  have a1 := hω.1 Q hQ
  have a2 := hω.2 Q hQ
  rw [mean_neg] at a2
  have hb : ∀ θ, abs (meanPair D (π θ) (E.clippedReward τ s (π θ)) - E.populationValue D r (π θ)) ≤
      sqrt (meanPair D' μ fun x a => (r x a - s x a) * (r x a - s x a)) *
        sqrt (1 + chiSqPair D (π θ) D' μ) + E.klCoef * meanPair D (π θ) fun x a =>
          posPart (abs (logRatio (π θ x) (E.refPolicy x) a) - τ) := fun θ => by
    have k1 := mul_le_mul_left (E.abs_meanPair_sub_clip_le hD (hπ θ) hτ) E.klCoef_nonneg
    have k2 := abs_meanPair_le hD (hπ θ) hD' hμ (hPQ θ) fun x a => r x a - s x a
    rw [meanPair_sub, abs_sub_comm, ← meanPair_sub] at k2
    exact chain (E.abs_meanPair_clippedReward_sub_le D (π θ) r s τ) k1 k2
  have b1 := mean_mono hQ.nonneg fun θ => (abs_le.mp (hb θ)).1
  have b2 := mean_mono hQ.nonneg fun θ => (abs_le.mp (hb θ)).2
  rw [mean_neg] at b1
  rw [mean_add, mean_mul, mean_mul] at b1 b2
  have e : (mean Q fun θ => J θ ω - E.populationValue D r (π θ)) =
      (mean Q fun θ => J θ ω - meanPair D (π θ) (E.clippedReward τ s (π θ))) +
      mean Q fun θ => meanPair D (π θ) (E.clippedReward τ s (π θ)) -
        E.populationValue D r (π θ) := by
    rw [← mean_add]
    exact mean_congr fun θ => sub_eq_add _ _ _
  rw [e]
  exact abs_add_le_add a1 a2 b1 b2

variable (law : Expect R Ω) {h lo hi w V δ : R} (hh : HoeffdingBound h) {D D' : Fin N → R}
  (hD : IsProb D) (hD' : IsProb D') {μ : Fin N → Fin m → R} (hπ : ∀ θ x, IsProb (π θ x))
  (hμ : ∀ x, IsProb (μ x)) (hPQ : ∀ θ, AbsContPair D (π θ) D' μ) (hτ : 0 ≤ τ)
  (hs : ∀ x a, lo ≤ s x a ∧ s x a ≤ hi) (hw : hi - lo + 2 * (E.klCoef * τ) = w) (hw0 : 0 < w)
  (hn : 0 < n) (hk : 0 < k) (hV : w * w / (n : R) + w * w / ((n : R) * (k : R)) = V)
  (hS : ∀ θ F, law (fun ω => F (S θ ω)) = rollouts hD (hπ θ) n k F) (hδ : 0 < δ)

include hh hτ hs hw hn hk hV hS in
private theorem law_exp_le (t : R) (θ : Fin M) :
    law (fun ω => exp (t * (twoLevelMean (E.clippedReward τ s (π θ)) (S θ ω) -
      meanPair D (π θ) (E.clippedReward τ s (π θ))))) ≤ exp (h * (t * t * V)) := by
  rw [hS θ fun T => exp (t * (twoLevelMean (E.clippedReward τ s (π θ)) T -
    meanPair D (π θ) (E.clippedReward τ s (π θ)))), ← hV]
  exact E.rollouts_exp_le hh hD (hπ θ) hτ hs hw hn hk t

include hh hτ hs hw hn hk hV hS in
private theorem law_exp_neg_le (t : R) (θ : Fin M) :
    law (fun ω => exp (t * -(twoLevelMean (E.clippedReward τ s (π θ)) (S θ ω) -
      meanPair D (π θ) (E.clippedReward τ s (π θ))))) ≤ exp (h * (t * t * V)) := by
  have k0 := E.law_exp_le law hh hD hπ hτ hs hw hn hk hV hS (-t) θ
  rw [neg_mul_neg_self] at k0
  rw [law.congr fun ω => congrArg exp (mul_neg_comm t _)]
  exact k0

include hw0 hn hk hV in
private theorem variance_pos : 0 < V := by
  have hn' := natCast_pos (R := R) hn
  have h2 := mul_pos hw0 hw0
  have := div_pos h2 hn'
  have := div_pos h2 (mul_pos hn' (natCast_pos (R := R) hk))
  grind

include hh hτ hs hw hw0 hn hk hV hS hδ in
/-- What the policy of the largest estimate loses. -/
theorem le_prob_selection : 1 - δ ≤ law.prob fun ω => ∀ θ',
    (∀ θ, twoLevelMean (E.clippedReward τ s (π θ)) (S θ ω) ≤
      twoLevelMean (E.clippedReward τ s (π θ')) (S θ' ω)) → ∀ θ,
    E.populationValue D r (π θ) ≤ E.populationValue D r (π θ') +
      (4 * sqrt (h * V * log (2 * (M : R) / δ)) + E.bias D (π θ) r s τ +
        E.bias D (π θ') r s τ) := by
  have k0 := law.le_prob_forall_abs_le hh.pos (variance_pos hw0 hn hk hV) hδ
    (E.law_exp_le law hh hD hπ hτ hs hw hn hk hV hS)
  refine Std.le_trans k0 (law.prob_mono fun ω hω θ' hθ θ => ?_)
  have a1 := le_of_estimates (hω θ) (hω θ') (hθ θ)
  have a2 := E.abs_meanPair_clippedReward_sub_le D (π θ) r s τ
  have a3 := E.abs_meanPair_clippedReward_sub_le D (π θ') r s τ
  exact le_of_selected a1 (abs_le.mp a2).1 (abs_le.mp a3).2

include hh hD' hμ hPQ hτ hs hw hw0 hn hk hV hS hδ in
/-- McAllester's form, for the objectives of a class of policies. -/
theorem le_prob_mcallester (hM : 0 < M) {L : Nat} (hδL : δ < (L : R))
    (hL : 1 + log (M : R) / log ((L : R) / δ) ≤ 4 ^ L) :
    1 - 2 * δ ≤ law.prob fun ω => ∀ Q, IsProb Q →
      abs (mean Q fun θ => twoLevelMean (E.clippedReward τ s (π θ)) (S θ ω) -
        E.populationValue D r (π θ)) ≤
        3 * sqrt (h * V * (klDiv Q uniform + log ((L : R) / δ)) / 2) +
          E.mixtureBias D D' μ π r s τ Q :=
  E.le_prob_abs_mean_estimate_le law hD hD' hπ hμ hPQ hτ
    (law.le_prob_mean_le_sqrt hM hh.pos (variance_pos hw0 hn hk hV) hδ hδL hL
      (E.law_exp_le law hh hD hπ hτ hs hw hn hk hV hS))
    (law.le_prob_mean_le_sqrt hM hh.pos (variance_pos hw0 hn hk hV) hδ hδL hL
      (E.law_exp_neg_le law hh hD hπ hτ hs hw hn hk hV hS))

include hh hD' hμ hPQ hτ hs hw hn hk hV hS hδ in
/-- Catoni's form, for the objectives of a class of policies. -/
theorem le_prob_catoni {P : Fin M → R} (hP : IsProb P) (hP0 : ∀ θ, 0 < P θ) {t : R} (ht : 0 < t) :
    1 - 2 * δ ≤ law.prob fun ω => ∀ Q, IsProb Q →
      abs (mean Q fun θ => twoLevelMean (E.clippedReward τ s (π θ)) (S θ ω) -
        E.populationValue D r (π θ)) ≤
        (klDiv Q P + log (1 / δ)) / t + h * t * V + E.mixtureBias D D' μ π r s τ Q :=
  E.le_prob_abs_mean_estimate_le law hD hD' hπ hμ hPQ hτ
    (law.le_prob_mean_le hP hP0 ht hδ
      fun θ => E.law_exp_le law hh hD hπ hτ hs hw hn hk hV hS t θ)
    (law.le_prob_mean_le hP hP0 ht hδ
      fun θ => E.law_exp_neg_le law hh hD hπ hτ hs hw hn hk hV hS t θ)

end RLHF.Setting
