module
public import RLHF.Probability.TwoLevel.Defs
public import RLHF.Probability.Moments

/-!
# Mean and variance of a two-level mean

## Main results
* `Expect.pi_sum_mul_self`: the second moment of a sum of independent centred terms.
* `Expect.twoLevel_mean`: the mean over a two-level sample is unbiased.
* `Expect.twoLevel_mul_self`: its variance is `σ_p²/n + σ_r²/(nk)`: that of the mean at a prompt,
  and the mean of that at a prompt.
-/

public section

namespace RLHF.Expect

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u v w
variable {R : Type u} [ExpField R] {Ω : Type v} {Ω' : Type w} {n k : Nat}

/-! ### Sums of independent terms -/

theorem pi_sum (E : Fin n → Expect R Ω) (g : Fin n → Ω → R) :
    pi E (fun S => RLHF.sum fun i => g i (S i)) = RLHF.sum fun i => E i (g i) := by
  rw [sum]
  exact sum_congr fun i => pi_apply E (g i) i

/-- Second moment of a sum of independent centred terms. -/
theorem pi_sum_mul_self {E : Fin n → Expect R Ω} {g : Fin n → Ω → R} (hg : ∀ i, E i (g i) = 0) :
    pi E (fun S => (RLHF.sum fun i => g i (S i)) * RLHF.sum fun i => g i (S i)) =
      RLHF.sum fun i => E i fun ω => g i ω * g i ω := by
  induction n with
  | zero =>
    show (0 : R) * 0 = 0
    grind
  | succ n ih =>
    have h0 : pi (fun i => E i.succ) (fun S => RLHF.sum fun i => g i.succ (S i)) = 0 := by
      rw [pi_sum, sum_congr fun i => hg i.succ, sum_zero]
    have e : ∀ ω, pi (fun i => E i.succ) (fun S =>
        (g 0 ω + RLHF.sum fun i => g i.succ (S i)) * (g 0 ω + RLHF.sum fun i => g i.succ (S i))) =
        g 0 ω * g 0 ω + RLHF.sum fun i => E i.succ fun ω => g i.succ ω * g i.succ ω := fun ω => by
      have e1 : ∀ S : Fin n → Ω,
          (g 0 ω + RLHF.sum fun i => g i.succ (S i)) * (g 0 ω + RLHF.sum fun i => g i.succ (S i)) =
          g 0 ω * g 0 ω + 2 * g 0 ω * (RLHF.sum fun i => g i.succ (S i)) +
            (RLHF.sum fun i => g i.succ (S i)) * RLHF.sum fun i => g i.succ (S i) :=
        fun S => by grind
      rw [congr _ e1, add, add, const, mul, h0, ih fun i => hg i.succ]
      grind
    show E 0 (fun ω => pi (fun i => E i.succ) fun S =>
      (g 0 ω + RLHF.sum fun i => g i.succ (S i)) * (g 0 ω + RLHF.sum fun i => g i.succ (S i))) = _
    rw [congr _ e, add, const]
    rfl

/-- A mean of independent outcomes of one law is unbiased. -/
theorem sample_average (E : Expect R Ω) (hk : 0 < k) (g : Ω → R) :
    E.sample k (fun S => RLHF.average fun j => g (S j)) = E g := by
  rw [average]
  exact (average_congr fun j => pi_apply (fun _ => E) g j).trans (average_const hk _)

/-- Variance of a mean of independent outcomes of one law. -/
theorem sample_average_mul_self (E : Expect R Ω) {g : Ω → R} (hg : E g = 0) :
    E.sample k (fun S => (RLHF.average fun j => g (S j)) * RLHF.average fun j => g (S j)) =
      E (fun ω => g ω * g ω) / (k : R) := by
  have e : ∀ S : Fin k → Ω, (RLHF.average fun j => g (S j)) * (RLHF.average fun j => g (S j)) =
      (RLHF.sum fun j => g (S j)) * (RLHF.sum fun j => g (S j)) / ((k : R) * (k : R)) := fun S => by
    unfold RLHF.average; grind
  have h := pi_sum_mul_self (E := fun _ : Fin k => E) (g := fun _ => g) fun _ => hg
  rw [congr _ e, div]
  show pi (fun _ => E) _ / _ = _
  rw [h, sum_const]
  by_cases h0 : (k : R) = 0
  · rw [h0]; grind
  · grind

/-! ### Two levels -/

variable (E : Expect R Ω) (K : Ω → Expect R Ω') (f : Ω → Ω' → R)

/-- Given the prompts, the mean of the responses has the mean of the means at the prompts. -/
theorem pi_twoLevelMean (hk : 0 < k) (x : Fin n → Ω) :
    pi (fun i => (K (x i)).sample k) (fun y => twoLevelMean f (x, y)) =
      RLHF.average fun i => K (x i) (f (x i)) := by
  unfold twoLevelMean
  rw [average]
  exact average_congr fun i =>
    (pi_apply (fun i => (K (x i)).sample k) (fun y => RLHF.average fun j => f (x i) (y j)) i).trans
      (sample_average (K (x i)) hk (f (x i)))

/-- The mean over a two-level sample is unbiased. -/
theorem twoLevel_mean (hn : 0 < n) (hk : 0 < k) :
    E.twoLevel K n k (twoLevelMean f) = E fun x => K x (f x) := by
  rw [twoLevel_apply, congr _ fun x => pi_twoLevelMean K f hk x]
  exact sample_average E hn fun x => K x (f x)

/-- Given the prompts: the second moment about the mean, from that of the means at the prompts. -/
private theorem pi_mul_self (hk : 0 < k) (J : R) (x : Fin n → Ω) :
    pi (fun i => (K (x i)).sample k) (fun y =>
        (twoLevelMean f (x, y) - J) * (twoLevelMean f (x, y) - J)) =
      ((RLHF.average fun i => K (x i) (f (x i))) - J) *
          ((RLHF.average fun i => K (x i) (f (x i))) - J) +
        (RLHF.average fun i => (K (x i)).variance (f (x i))) / ((n : R) * (k : R)) := by
  have hc : ∀ i, (K (x i)).sample k (fun y =>
      RLHF.average fun j => f (x i) (y j) - K (x i) (f (x i))) = 0 := fun i => by
    rw [sample_average (K (x i)) hk fun y => f (x i) y - K (x i) (f (x i)), sub, const]
    grind
  have h1 := pi_sum_mul_self (E := fun i => (K (x i)).sample k)
    (g := fun i y => RLHF.average fun j => f (x i) (y j) - K (x i) (f (x i))) hc
  have h0 := pi_sum (fun i => (K (x i)).sample k)
    (fun i y => RLHF.average fun j => f (x i) (y j) - K (x i) (f (x i)))
  rw [sum_congr hc, sum_zero] at h0
  rw [sum_congr fun i => sample_average_mul_self (K (x i))
    (g := fun y => f (x i) y - K (x i) (f (x i))) (by rw [sub, const]; grind)] at h1
  have e : ∀ y : Fin n → Fin k → Ω', (twoLevelMean f (x, y) - J) * (twoLevelMean f (x, y) - J) =
      ((RLHF.average fun i => K (x i) (f (x i))) - J) *
          ((RLHF.average fun i => K (x i) (f (x i))) - J) +
        2 * ((RLHF.average fun i => K (x i) (f (x i))) - J) / (n : R) *
          (RLHF.sum fun i => RLHF.average fun j => f (x i) (y i j) - K (x i) (f (x i))) +
        (RLHF.sum fun i => RLHF.average fun j => f (x i) (y i j) - K (x i) (f (x i))) *
          (RLHF.sum fun i => RLHF.average fun j => f (x i) (y i j) - K (x i) (f (x i))) /
          ((n : R) * (n : R)) := fun y => by
    have e1 : (RLHF.sum fun i => RLHF.average fun j => f (x i) (y i j) - K (x i) (f (x i))) =
        (RLHF.sum fun i => RLHF.average fun j => f (x i) (y i j)) -
          RLHF.sum fun i => K (x i) (f (x i)) := by
      rw [← sum_sub]
      exact sum_congr fun i => by rw [average_sub, average_const hk]
    rw [e1]
    unfold twoLevelMean
    show ((RLHF.sum fun i => RLHF.average fun j => f (x i) (y i j)) / (n : R) - J) *
      ((RLHF.sum fun i => RLHF.average fun j => f (x i) (y i j)) / (n : R) - J) = _
    unfold RLHF.average
    grind
  rw [congr _ e, add, add, const, mul, div, h0, h1, sum_div]
  unfold variance RLHF.average
  grind

/-- Variance of the mean over a two-level sample. -/
theorem twoLevel_mul_self (hn : 0 < n) (hk : 0 < k) :
    E.twoLevel K n k (fun S => (twoLevelMean f S - E fun x => K x (f x)) *
        (twoLevelMean f S - E fun x => K x (f x))) =
      E.variance (fun x => K x (f x)) / (n : R) +
        E (fun x => (K x).variance (f x)) / ((n : R) * (k : R)) := by
  have e : ∀ x : Fin n → Ω, (RLHF.average fun i => K (x i) (f (x i))) - (E fun x => K x (f x)) =
      RLHF.average fun i => K (x i) (f (x i)) - E fun x => K x (f x) := fun x => by
    rw [average_sub, average_const hn]
  rw [twoLevel_apply, congr _ fun x => pi_mul_self K f hk (E fun x => K x (f x)) x, add, div,
    sample_average E hn fun x => (K x).variance (f x)]
  congr 1
  simp only [e]
  exact sample_average_mul_self E (g := fun x => K x (f x) - E fun x => K x (f x))
    (by rw [sub, const]; grind)

end RLHF.Expect
