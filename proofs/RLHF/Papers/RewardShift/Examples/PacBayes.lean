module
public import RLHF.Papers.Reals.Main.SharpConstants
public import RLHF.Papers.RewardShift.Examples.TwoActions
public import RLHF.Papers.RewardShift.Main.PacBayes
public import RLHF.Papers.Variants.Examples.NonlinearRewards
public import RLHF.Probability.ChiSquare.Basic
public import RLHF.Probability.Hoeffding.Mean
public import RLHF.Reals.Instance

/-!
# Concrete instances: PAC-Bayes and finite classes

What is modelled: every headline theorem of `Main.PacBayes` at the reals, for the shares of heads
and of tails in 50 throws of a fair coin, which are two functions of one sample, each within `1/2`
of its mean whatever happens; and for two policies, each with 200 prompts and a response to each of
them, the two samples independent.

## Main results
* `finite_class_le`: both are within `3/20` of their means, with probability at least `1/2`.
* `pac_bayes_catoni_le`, `pac_bayes_mcallester_le`: the same of every mixture of them, within `1/8`
  and `3/20`.
* `finite_class_selection_le`, `pac_bayes_rlhf_le`: with these rollouts the terms of sampling are at
  most `1/4` and `9/80`, of rewards between `0` and `1`.
-/

@[expose] public section

namespace RLHF.Demo

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

/-! ### Fifty throws of a coin -/

/-- Which side of the coin counts, for either of two bets. -/
noncomputable def bet (θ : Fin 2) (a : Fin 2) : Real := if a = θ then 1 else 0

theorem bet_bounds (θ a : Fin 2) : 0 ≤ bet θ a ∧ bet θ a ≤ 1 := by
  unfold bet; split <;> grind

/-- Fifty throws of a fair coin. -/
noncomputable def throws : Expect Real (Fin 50 → Fin 2) :=
  (Expect.ofWeights even_isProb).sample 50

/-- Share of the throws that a bet wins, less its mean. -/
noncomputable def excess (θ : Fin 2) (S : Fin 50 → Fin 2) : Real :=
  (average fun i => bet θ (S i)) - mean even (bet θ)

theorem excess_mgf (s : Real) (θ : Fin 2) :
    throws (fun S => exp (s * excess θ S)) ≤ exp (1 / 8 * (s * s * (1 / 50))) := by
  have h := expectSample_exp_average_le (n := 50) (hoeffding_constant_archimedean archimedean_real)
    even_isProb (bet_bounds θ) (by omega) s
  rw [show ((1 : Real) - 0) * (1 - 0) / ((50 : Nat) : Real) = 1 / 50 by grind] at h
  unfold throws
  rw [Expect.sample_ofWeights]
  exact h

/-! ### Sizes of logarithms -/

theorem log_two_le : log (2 : Real) ≤ 3 / 4 := by
  refine log_le (by grind) ?_
  have h0 := add_one_le_exp (3 / 4 / 2 / 2 / 2 : Real)
  have h1 := le_exp_of_half (d := 119 / 100) h0 (by grind) (by grind)
  have h2 := le_exp_of_half (d := 1415 / 1000) h1 (by grind) (by grind)
  exact le_exp_of_half h2 (by grind) (by grind)

theorem log_four : log (4 : Real) = 2 * log 2 := by
  rw [show (4 : Real) = 2 * 2 by grind, log_mul (by grind) (by grind)]; grind

theorem log_eight : log (8 : Real) = 3 * log 2 := by
  rw [show (8 : Real) = 4 * 2 by grind, log_mul (by grind) (by grind), log_four]; grind

theorem log_two_pos : 0 < log (2 : Real) := by
  rw [← exp_lt_iff, exp_zero, exp_log _ (by grind)]; grind

/-! ### The bounds -/

theorem finite_class_instance : 1 - 1 / 2 ≤ throws.prob fun S => ∀ θ,
    abs (excess θ S) ≤ 2 * sqrt (1 / 8 * (1 / 50) * log (2 * ((2 : Nat) : Real) / (1 / 2))) :=
  finite_class throws (by grind) (by grind) (by grind) excess_mgf

theorem finite_class_le :
    2 * sqrt (1 / 8 * (1 / 50) * log (2 * ((2 : Nat) : Real) / (1 / 2))) ≤ 3 / 20 := by
  have h := log_two_le
  have h0 := log_two_pos
  rw [show 2 * ((2 : Nat) : Real) / (1 / 2) = 8 by grind, log_eight]
  have k := sqrt_le_sqrt (x := 1 / 8 * (1 / 50) * (3 * log 2)) (y := (9 / 1600 : Real))
    (by grind) (by grind)
  rw [show sqrt (9 / 1600 : Real) = 3 / 40 from sqrt_eq (by grind) (by grind)] at k
  grind

theorem pac_bayes_catoni_instance : 1 - 1 / 2 ≤ throws.prob fun S => ∀ Q, IsProb Q →
    mean Q (fun θ => excess θ S) ≤
      (klDiv Q even + log (1 / (1 / 2))) / 20 + 1 / 8 * 20 * (1 / 50) :=
  pac_bayes_catoni throws even_isProb even_pos (by grind) (by grind) fun θ => excess_mgf 20 θ

theorem even_eq_uniform : even = (uniform : Fin 2 → Real) := by
  funext a
  unfold even pair uniform
  grind

theorem klDiv_even_le {Q : Fin 2 → Real} (hQ : IsProb Q) : klDiv Q even ≤ log 2 := by
  rw [even_eq_uniform]
  have h := klDiv_uniform_le hQ
  rw [show ((2 : Nat) : Real) = 2 by grind] at h
  exact h

theorem pac_bayes_catoni_le {Q : Fin 2 → Real} (hQ : IsProb Q) :
    (klDiv Q even + log (1 / (1 / 2))) / 20 + 1 / 8 * 20 * (1 / 50) ≤ 1 / 8 := by
  have h := klDiv_even_le hQ
  have h1 := log_two_le
  rw [show 1 / (1 / 2) = (2 : Real) by grind]
  grind

theorem pac_bayes_grid_instance : 1 - 1 / 2 ≤ throws.prob fun S => ∀ (j : Fin 2) Q, IsProb Q →
    mean Q (fun θ => excess θ S) ≤
      (klDiv Q even + log (((2 : Nat) : Real) / (1 / 2))) / (if j = 0 then 20 else 30) +
        1 / 8 * (if j = 0 then 20 else 30) * (1 / 50) :=
  pac_bayes_grid throws even_isProb even_pos (s := fun j => if j = 0 then 20 else 30)
    (fun j => by dsimp only; split <;> grind) (by omega) (by grind) fun _ θ => excess_mgf _ θ

theorem pac_bayes_mcallester_instance : 1 - 1 / 2 ≤ throws.prob fun S => ∀ Q, IsProb Q →
    mean Q (fun θ => excess θ S) ≤
      3 * sqrt (1 / 8 * (1 / 50) * (klDiv Q uniform + log (((1 : Nat) : Real) / (1 / 2))) / 2) :=
  pac_bayes_mcallester throws (by omega) (by grind) (by grind) (by grind) (by grind) (by
    have h := log_two_pos
    rw [show ((1 : Nat) : Real) / (1 / 2) = 2 by grind, show ((2 : Nat) : Real) = 2 by grind,
      show log (2 : Real) / log 2 = 1 by grind]
    grind) excess_mgf

theorem pac_bayes_mcallester_le {Q : Fin 2 → Real} (hQ : IsProb Q) :
    3 * sqrt (1 / 8 * (1 / 50) * (klDiv Q uniform + log (((1 : Nat) : Real) / (1 / 2))) / 2) ≤
      3 / 20 := by
  have h := klDiv_even_le hQ
  have h0 := klDiv_nonneg hQ even_isProb even_pos
  have h1 := log_two_le
  have h2 := log_two_pos
  rw [even_eq_uniform] at h h0
  rw [show ((1 : Nat) : Real) / (1 / 2) = 2 by grind]
  have k := sqrt_le_sqrt (x := 1 / 8 * (1 / 50) * (klDiv Q uniform + log 2) / 2)
    (y := (1 / 400 : Real)) (by grind) (by grind)
  rw [show sqrt (1 / 400 : Real) = 1 / 20 from sqrt_eq (by grind) (by grind)] at k
  grind

/-! ### Divergences -/

theorem donsker_varadhan_instance :
    mean bold (bet 0) ≤ klDiv bold even + log (mean even fun a => exp (bet 0 a)) :=
  (donsker_varadhan bold_isProb even_isProb even_pos (bet 0)).1

/-- The weights for which it is an equality. -/
theorem donsker_varadhan_eq : mean (tilt even (bet 0)) (bet 0) =
    klDiv (tilt even (bet 0)) even + log (mean even fun a => exp (bet 0 a)) :=
  (donsker_varadhan (tilt_isProb even_isProb even_pos _) even_isProb even_pos (bet 0)).2.mpr rfl

theorem kl_uniform_instance : klDiv bold uniform ≤ log ((2 : Nat) : Real) :=
  (kl_uniform bold_isProb).2.1

/-- The weights `(c, 1/2 - c, 1/2)`. -/
noncomputable def split (c : Real) (a : Fin 3) : Real :=
  if a = 0 then c else if a = Fin.succ 0 then 1 / 2 - c else 1 / 2

theorem split_pos {c : Real} (h0 : 0 < c) (h1 : c < 1 / 2) (a : Fin 3) : 0 < split c a := by
  unfold split; grind

theorem split_isProb {c : Real} (h0 : 0 < c) (h1 : c < 1 / 2) : IsProb (split c) where
  nonneg a := Std.le_of_lt (split_pos h0 h1 a)
  sum_eq_one := by simp only [sum, split]; grind

/-- Whether `a` is the last of three. -/
noncomputable def isLast (a : Fin 3) : Fin 2 := if a = Fin.succ (Fin.succ 0) then Fin.succ 0 else 0

theorem kl_data_processing_instance :
    klDiv (pushforward isLast (split (1 / 8))) (pushforward isLast (split (1 / 4))) ≤
      klDiv (split (1 / 8)) (split (1 / 4)) :=
  kl_data_processing isLast (split_isProb (by grind) (by grind))
    (split_isProb (by grind) (by grind)) (absCont_of_pos (split_pos (by grind) (by grind)))

/-! ### Two policies -/

/-- Two policies, the same at both prompts: uniform, and `(2/5, 3/5)`. -/
noncomputable def twoPolicies : Fin 2 → Fin 2 → Fin 2 → Real
  | 0, _ => even
  | 1, _ => bold

theorem twoPolicies_isProb : ∀ θ x, IsProb (twoPolicies θ x)
  | 0, _ => even_isProb
  | 1, _ => bold_isProb

/-- The outcome that belongs to `θ`. -/
def own {Ω : Type} : Fin 2 → Ω × Ω → Ω
  | 0, ω => ω.1
  | 1, ω => ω.2

/-- Of two independent outcomes each has its own law. -/
theorem bind_own {Ω : Type} (A : Fin 2 → Expect Real Ω) : ∀ θ F,
    ((A 0).bind fun _ => A 1) (fun ω => F (own θ ω)) = A θ F
  | 0, F => Expect.bind_fst (A 0) (fun _ => A 1) F
  | 1, F => (A 0).const (A 1 F)

/-- Independent rollouts of both policies, with `n` prompts and `k` responses to each of them. -/
noncomputable def bothRollouts (n k : Nat) :=
  (rollouts even_isProb (twoPolicies_isProb 0) n k).bind fun _ =>
    rollouts even_isProb (twoPolicies_isProb 1) n k

theorem bothRollouts_own (n k : Nat) : ∀ θ F, bothRollouts n k (fun ω => F (own θ ω)) =
    rollouts even_isProb (twoPolicies_isProb θ) n k F :=
  bind_own fun θ => rollouts even_isProb (twoPolicies_isProb θ) n k

/-- A true reward that is nine tenths of the learned one. -/
noncomputable def trueBet (x a : Fin 2) : Real := 9 / 10 * bet x a

theorem rollout_variance : (1 : Real) * 1 / ((200 : Nat) : Real) +
    1 * 1 / (((200 : Nat) : Real) * ((1 : Nat) : Real)) = 1 / 100 := by grind

theorem width_eq : (1 : Real) - 0 + 2 * ((setting (R := Real)).klCoef * 0) = 1 := by grind

theorem finite_class_selection_instance : 1 - 1 / 2 ≤ (bothRollouts 200 1).prob fun ω => ∀ θ',
    (∀ θ, twoLevelMean (setting.clippedReward 0 bet (twoPolicies θ)) (own θ ω) ≤
      twoLevelMean (setting.clippedReward 0 bet (twoPolicies θ')) (own θ' ω)) → ∀ θ,
    setting.populationValue even trueBet (twoPolicies θ) ≤
      setting.populationValue even trueBet (twoPolicies θ') +
        (4 * sqrt (1 / 8 * (1 / 100) * log (2 * ((2 : Nat) : Real) / (1 / 2))) +
          setting.bias even (twoPolicies θ) trueBet bet 0 +
          setting.bias even (twoPolicies θ') trueBet bet 0) :=
  finite_class_selection setting (bothRollouts 200 1)
    (hoeffding_constant_archimedean archimedean_real) even_isProb twoPolicies_isProb
    (Std.le_refl _) bet_bounds width_eq (by grind) (by omega) (by omega) rollout_variance
    (bothRollouts_own 200 1) (by grind)

theorem finite_class_selection_le :
    4 * sqrt (1 / 8 * (1 / 100) * log (2 * ((2 : Nat) : Real) / (1 / 2))) ≤ 1 / 4 := by
  have h := log_two_le
  have h0 := log_two_pos
  rw [show 2 * ((2 : Nat) : Real) / (1 / 2) = 8 by grind, log_eight]
  have k := sqrt_le_sqrt (x := 1 / 8 * (1 / 100) * (3 * log 2)) (y := (1 / 256 : Real))
    (by grind) (by grind)
  rw [show sqrt (1 / 256 : Real) = 1 / 16 from sqrt_eq (by grind) (by grind)] at k
  grind

theorem pac_bayes_rlhf_instance : 1 - 2 * (1 / 4) ≤ (bothRollouts 200 1).prob fun ω =>
    ∀ Q, IsProb Q →
    abs (mean Q fun θ => twoLevelMean (setting.clippedReward 0 bet (twoPolicies θ))
      (own θ ω) - setting.populationValue even trueBet (twoPolicies θ)) ≤
      3 * sqrt (1 / 8 * (1 / 100) * (klDiv Q uniform + log (((1 : Nat) : Real) / (1 / 4))) / 2) +
        setting.mixtureBias even bold (fun _ => even) twoPolicies trueBet bet 0 Q :=
  (pac_bayes_rlhf setting (bothRollouts 200 1) (hoeffding_constant_archimedean archimedean_real)
    even_isProb bold_isProb twoPolicies_isProb (fun _ => even_isProb)
    (fun _ x a _ => mul_pos (bold_pos x) (even_pos a)) (Std.le_refl _) bet_bounds width_eq
    (by grind) (by omega) (by omega) rollout_variance (bothRollouts_own 200 1)
    (by grind)).1 (by omega) 1
    (by grind) (by
      have h := log_two_pos
      rw [show ((1 : Nat) : Real) / (1 / 4) = 4 by grind, show ((2 : Nat) : Real) = 2 by grind,
        log_four, show log (2 : Real) / (2 * log 2) = 1 / 2 by grind]
      grind)

theorem pac_bayes_rlhf_le {Q : Fin 2 → Real} (hQ : IsProb Q) :
    3 * sqrt (1 / 8 * (1 / 100) * (klDiv Q uniform + log (((1 : Nat) : Real) / (1 / 4))) / 2) ≤
      9 / 80 := by
  have h := klDiv_even_le hQ
  have h0 := klDiv_nonneg hQ even_isProb even_pos
  have h1 := log_two_le
  have h2 := log_two_pos
  rw [even_eq_uniform] at h h0
  rw [show ((1 : Nat) : Real) / (1 / 4) = 4 by grind, log_four]
  have k := sqrt_le_sqrt (x := 1 / 8 * (1 / 100) * (klDiv Q uniform + 2 * log 2) / 2)
    (y := (9 / 6400 : Real)) (by grind) (by grind)
  rw [show sqrt (9 / 6400 : Real) = 3 / 80 from sqrt_eq (by grind) (by grind)] at k
  grind

end RLHF.Demo
