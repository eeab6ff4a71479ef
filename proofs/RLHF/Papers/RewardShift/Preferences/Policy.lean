module
public import RLHF.Papers.RewardShift.Misspecified.Gap
public import RLHF.Papers.RewardShift.Preferences.Affinity
public import RLHF.Papers.RewardShift.Preferences.Likelihood

/-!
# From preferences to the policy

What is modelled: the policy of a reward that is at least as likely on the preferences as the true
one, with items whose two actions come from the reference policy.

## Main results
* `mean_pair_sub_mul_self`: `E (f(a) - f(b))² = 2 Var f` for independent `a` and `b`.
* `Setting.mean_gap_le_affinity`: `E_D gap ≤ 16 C κ cosh²(U/2) / (g λ) (1 - ρ)`.
* `Setting.le_prob_mean_gap_le`: with probability at least `1 - δ` it is `log(n/δ) / k` times that.
-/

public section

namespace RLHF

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R] {N m n k : Nat}

/-- `E (f(a) - f(b))² = 2 Var f` for independent `a` and `b`. -/
theorem mean_pair_sub_mul_self {p : Fin m → R} (hp : IsProb p) (f : Fin m → R) :
    mean p (fun a => mean p fun b => (f a - f b) * (f a - f b)) = 2 * var p f := by
  have e : ∀ a, mean p (fun b => (f a - f b) * (f a - f b)) =
      f a * f a - 2 * mean p f * f a + mean p fun b => f b * f b := fun a => by
    rw [mean_congr fun b => (by grind : (f a - f b) * (f a - f b) =
      f a * f a - 2 * f a * f b + f b * f b), mean_add, mean_sub, mean_const hp, mean_mul]
    grind
  rw [mean_congr e, mean_add, mean_sub, mean_mul, mean_const hp, var_eq hp]
  grind

private theorem zero_le_sixteen : (0 : R) ≤ 16 := by grind

private theorem indicator_le_indicator {A B : Prop} (h : A → B) :
    (indicator A : R) ≤ indicator B := by
  by_cases hA : A
  · rw [indicator_eq_one hA, indicator_eq_one (h hA)]; exact Std.le_refl _
  · rw [indicator_eq_zero hA]; exact indicator_nonneg _

namespace Setting

variable (E : Setting R N m) (x : Fin N) {U : R}

/-- `π_s ≤ exp(U/λ) q` if `s` has a range of at most `U`. -/
theorem boltzmann_le_of_range {s : Fin m → R} (hs : ∀ a b, s a - s b ≤ U) (a : Fin m) :
    E.boltzmann x s a ≤ exp (U / E.klCoef) * E.refPolicy x a := by
  have hl := E.klCoef_pos
  have hq := E.refPolicy_isProb x
  have hqa := E.refPolicy_pos x a
  have hZ : exp ((s a - U) / E.klCoef) ≤ tiltPartition (E.refPolicy x) fun b => s b / E.klCoef :=
    le_mean hq fun b => exp_le_exp (div_le_div_right (by have := hs a b; grind) hl)
  have hZ0 := tiltPartition_pos hq (E.refPolicy_pos x) fun b => s b / E.klCoef
  show E.refPolicy x a * exp (s a / E.klCoef) /
    tiltPartition (E.refPolicy x) (fun b => s b / E.klCoef) ≤ _
  rw [div_le_iff hZ0]
  have h := mul_le_mul_left hZ (mul_nonneg (Std.le_of_lt (exp_pos (U / E.klCoef)))
    (Std.le_of_lt hqa))
  have e : exp (s a / E.klCoef) = exp (U / E.klCoef) * exp ((s a - U) / E.klCoef) := by
    rw [← exp_add]; congr 1; grind
  rw [e]
  clear e hs
  grind

/-- The gap of the policy of `s` at a prompt, for `r` and `s` of a range of at most `U`. -/
theorem gap_le_of_range {C : R} (hC : ExpBound (2 * U / E.klCoef) C) (hC0 : 0 ≤ C)
    {r s : Fin m → R} (hr : ∀ a b, r a - r b ≤ U) (hs : ∀ a b, s a - s b ≤ U) :
    E.value x r (E.boltzmann x r) - E.value x r (E.boltzmann x s) ≤
      C * exp (U / E.klCoef) / E.klCoef * var (E.refPolicy x) fun a => r a - s a := by
  have hl := E.klCoef_pos
  refine E.gap_le_training x r s (fun a => ?_) hC hC0 (E.boltzmann_le_of_range x hs)
  have h := abs_le.mp (abs_sub_mean_le (E.boltzmann_isProb x s) (f := fun a => r a - s a)
    (w := 2 * U) (fun a b => by have := hr a b; have := hs b a; grind) a)
  rw [abs_le]
  have h1 := div_le_div_right h.1 hl
  have h2 := div_le_div_right h.2 hl
  refine ⟨?_, h2⟩
  rw [show -(2 * U / E.klCoef) = -(2 * U) / E.klCoef by clear h h1 h2 hr hs hC; grind]
  exact h1

variable {D : Fin N → R} (hD : IsProb D)

/-- The margins of two rewards differ by twice the variance of the error, in the mean square. -/
theorem itemLaw_margin (r s : Fin N → Fin m → R) :
    E.itemLaw hD (fun z => (margin s z - margin r z) * (margin s z - margin r z)) =
      2 * mean D fun x => var (E.refPolicy x) fun a => r x a - s x a := by
  rw [← mean_mul]
  refine mean_congr fun x => ?_
  rw [← mean_pair_sub_mul_self (E.refPolicy_isProb x)]
  refine mean_congr fun a => mean_congr fun b => ?_
  show (s x a - s x b - (r x a - r x b)) * (s x a - s x b - (r x a - r x b)) = _
  grind

/-- `E_D gap ≤ (16 C κ cosh²(U/2) / (g λ)) (1 - ρ)`, `κ = exp(U/λ)`. -/
theorem mean_gap_le_affinity {C g : R} (hC : ExpBound (2 * U / E.klCoef) C) (hC0 : 0 ≤ C)
    (hg : SinhBound g) (hg0 : 0 < g) {r s : Fin N → Fin m → R}
    (hr : ∀ x a b, r x a - r x b ≤ U) (hs : ∀ x a b, s x a - s x b ≤ U) :
    (mean D fun x => E.value x (r x) (E.boltzmann x (r x)) -
        E.value x (r x) (E.boltzmann x (s x))) ≤
      16 * C * exp (U / E.klCoef) * (cosh (U / 2) * cosh (U / 2)) / (g * E.klCoef) *
        (1 - E.itemLaw hD fun z => affinity (margin s z) (margin r z)) := by
  have hl := E.klCoef_pos
  have hU : ∀ f : Fin N → Fin m → R, (∀ x a b, f x a - f x b ≤ U) →
      ∀ z, abs (margin f z) ≤ U := fun f hf z => by
    have h1 := hf z.1 z.2.1 z.2.2
    have h2 := hf z.1 z.2.2 z.2.1
    show abs (f z.1 z.2.1 - f z.1 z.2.2) ≤ U
    rw [abs_le]
    exact ⟨by grind, h1⟩
  have h1 := mean_mono hD.nonneg fun x => E.gap_le_of_range x hC hC0 (hr x) (hs x)
  rw [mean_mul] at h1
  have h2 := (E.itemLaw hD).mono fun z => le_one_sub_affinity hg (hU s hs z) (hU r hr z)
  have hK := mul_pos (cosh_pos (U / 2)) (cosh_pos (U / 2))
  rw [Expect.sub, Expect.const, Expect.div, Expect.mul, E.itemLaw_margin hD r s] at h2
  refine Std.le_trans h1 ?_
  have hx := Std.le_of_lt (exp_pos (U / E.klCoef))
  generalize cosh (U / 2) * cosh (U / 2) = K at *
  generalize (mean D fun x => var (E.refPolicy x) fun a => r x a - s x a) = V at *
  generalize E.itemLaw hD (fun z => affinity (margin s z) (margin r z)) = ρ at *
  generalize exp (U / E.klCoef) = κ at *
  generalize E.klCoef = l at *
  have h3 := mul_le_mul_left h2 (div_nonneg (mul_nonneg (mul_nonneg (mul_nonneg
    zero_le_sixteen hC0) hx) (Std.le_of_lt hK)) (mul_pos hg0 hl))
  have e : 16 * C * κ * K / (g * l) * (g * (2 * V) / (32 * K)) = C * κ / l * V := by
    clear h1 h2 h3 hC hU; grind
  rw [e] at h3
  exact h3

/-- With probability at least `1 - δ` the gap is at most
`(16 C κ cosh²(U/2) / (g λ)) log(n/δ) / k` for every reward at least as likely as the true one. -/
theorem le_prob_mean_gap_le (r : Fin n → Fin N → Fin m → R) (t : Fin n) {C g : R}
    (hU : ∀ j x a b, r j x a - r j x b ≤ U) (hC : ExpBound (2 * U / E.klCoef) C) (hC0 : 0 ≤ C)
    (hg : SinhBound g) (hg0 : 0 < g) (hk : 0 < k) {δ : R} (hδ : 0 < δ) :
    1 - δ ≤ ((preferenceLaw (E.itemLaw hD) (r t)).sample k).prob fun S =>
      ∀ j, logLikelihood (r t) S ≤ logLikelihood (r j) S →
        (mean D fun x => E.value x (r t x) (E.boltzmann x (r t x)) -
            E.value x (r t x) (E.boltzmann x (r j x))) ≤
          16 * C * exp (U / E.klCoef) * (cosh (U / 2) * cosh (U / 2)) / (g * E.klCoef) *
            (log ((n : R) / δ) / (k : R)) := by
  refine Std.le_trans (le_prob_likely (E.itemLaw hD) r t hk hδ)
    (Expect.mono _ fun S => indicator_le_indicator fun hS j hj => ?_)
  refine Std.le_trans (E.mean_gap_le_affinity hD hC hC0 hg hg0 (hU t) (hU j))
    (mul_le_mul_left (hS j hj) ?_)
  exact div_nonneg (mul_nonneg (mul_nonneg (mul_nonneg zero_le_sixteen hC0)
    (Std.le_of_lt (exp_pos _))) (Std.le_of_lt (mul_pos (cosh_pos _) (cosh_pos _))))
    (mul_pos hg0 E.klCoef_pos)

end Setting

end RLHF
