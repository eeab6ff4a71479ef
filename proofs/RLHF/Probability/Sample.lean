module
public import RLHF.Probability.Moments

/-!
# Expectations over samples

What is modelled: the calculus of `expectSample`, the expectation over `n` independent prompts.

## Main results
* Linearity, monotonicity, `expectSample_const`, `expectSample_mul_self_le` (Jensen for squares).
* `expectSample_ghost`: an entry of the sample and a fresh prompt may be exchanged.
* `expectSample_apply` (marginals), `expectSample_mul_apply` (independence of two entries).
* `expectSample_sum_mul_self`: the second moment of a sum of centred terms.
* `probSample_le`: Chebyshev's inequality.
-/

public section

namespace RLHF

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R] {N m n : Nat} {D : Fin N → R}

/-! ### Linearity and order -/

theorem expectSample_succ (F : (Fin (n + 1) → Fin N) → R) :
    expectSample D F = mean D fun x => expectSample D fun S => F (consSample x S) := rfl

theorem expectSample_congr {F G : (Fin n → Fin N) → R} (h : ∀ S, F S = G S) :
    expectSample D F = expectSample D G := by rw [funext h]

theorem expectSample_add (F G : (Fin n → Fin N) → R) :
    expectSample D (fun S => F S + G S) = expectSample D F + expectSample D G := by
  induction n with
  | zero => simp only [expectSample]
  | succ n ih => simp only [expectSample, ih, mean_add]

theorem expectSample_mul (c : R) (F : (Fin n → Fin N) → R) :
    expectSample D (fun S => c * F S) = c * expectSample D F := by
  induction n with
  | zero => simp only [expectSample]
  | succ n ih => simp only [expectSample, ih, mean_mul]

theorem expectSample_sub (F G : (Fin n → Fin N) → R) :
    expectSample D (fun S => F S - G S) = expectSample D F - expectSample D G := by
  induction n with
  | zero => simp only [expectSample]
  | succ n ih => simp only [expectSample, ih, mean_sub]

theorem expectSample_div (F : (Fin n → Fin N) → R) (c : R) :
    expectSample D (fun S => F S / c) = expectSample D F / c := by
  induction n with
  | zero => simp only [expectSample]
  | succ n ih => simp only [expectSample, ih, mean_div]

theorem expectSample_sum (F : Fin m → (Fin n → Fin N) → R) :
    expectSample D (fun S => sum fun k => F k S) = sum fun k => expectSample D (F k) := by
  induction n with
  | zero => simp only [expectSample]
  | succ n ih =>
    simp only [expectSample, ih, mean]
    rw [sum_comm]
    exact sum_congr fun x => (sum_mul _ _).symm

theorem expectSample_average (F : Fin m → (Fin n → Fin N) → R) :
    expectSample D (fun S => average fun k => F k S) = average fun k => expectSample D (F k) := by
  unfold average
  rw [expectSample_div, expectSample_sum]

/-- Expectations over a sample and over one more choice may be exchanged. -/
theorem expectSample_mean (p : Fin m → R) (F : Fin m → (Fin n → Fin N) → R) :
    expectSample D (fun S => mean p fun k => F k S) = mean p fun k => expectSample D (F k) := by
  unfold mean
  rw [expectSample_sum]
  exact sum_congr fun k => expectSample_mul _ _

theorem expectSample_const (hD : IsProb D) (c : R) :
    expectSample D (fun _ : Fin n → Fin N => c) = c :=
  (Expect.sample_ofWeights hD _).symm.trans (Expect.const _ c)

theorem expectSample_mono (hD : ∀ x, 0 ≤ D x) {F G : (Fin n → Fin N) → R} (h : ∀ S, F S ≤ G S) :
    expectSample D F ≤ expectSample D G := by
  induction n with
  | zero => exact h _
  | succ n ih => exact mean_mono hD fun x => ih fun S => h (consSample x S)

theorem expectSample_nonneg (hD : ∀ x, 0 ≤ D x) {F : (Fin n → Fin N) → R} (h : ∀ S, 0 ≤ F S) :
    0 ≤ expectSample D F := by
  induction n with
  | zero => exact h _
  | succ n ih => exact mean_nonneg hD fun x => ih fun S => h (consSample x S)

theorem abs_expectSample_le (hD : IsProb D) {F : (Fin n → Fin N) → R} {c : R}
    (h : ∀ S, abs (F S) ≤ c) : abs (expectSample D F) ≤ c := by
  induction n with
  | zero => exact h _
  | succ n ih => exact abs_mean_le hD fun x => ih fun S => h (consSample x S)

/-- Jensen for squares: `(E F)² ≤ E F²`. -/
theorem expectSample_mul_self_le (hD : IsProb D) (F : (Fin n → Fin N) → R) :
    expectSample D F * expectSample D F ≤ expectSample D fun S => F S * F S := by
  have h := ((Expect.ofWeights hD).sample n).mul_self_le F
  rw [Expect.sample_ofWeights, Expect.sample_ofWeights] at h
  exact h

/-! ### The ghost sample -/

theorem mean_comm {k : Nat} (p : Fin m → R) (q : Fin k → R) (f : Fin m → Fin k → R) :
    mean p (fun a => mean q (f a)) = mean q fun b => mean p fun a => f a b := by
  unfold mean
  simp only [← sum_mul]
  rw [sum_comm]
  exact sum_congr fun b => sum_congr fun a => by grind

private theorem replaceAt_consSample_zero (y x : Fin N) (S : Fin n → Fin N) :
    replaceAt (consSample y S) 0 x = consSample x S := by
  funext j
  cases j using Fin.cases with
  | zero => rfl
  | succ j => exact if_neg (Fin.succ_ne_zero j)

private theorem replaceAt_consSample_succ (y x : Fin N) (S : Fin n → Fin N) (i : Fin n) :
    replaceAt (consSample y S) i.succ x = consSample y (replaceAt S i x) := by
  funext j
  cases j using Fin.cases with
  | zero => exact if_neg (Ne.symm (Fin.succ_ne_zero i))
  | succ j =>
    show (if j.succ = i.succ then x else S j) = if j = i then x else S j
    simp only [Fin.succ_inj]

/-- Exchange of the entry `i` of the sample with a fresh prompt `x'`:
`E_S E_{x'} F(S, x') = E_S E_{x'} F(S with S_i := x', S_i)`. -/
theorem expectSample_ghost (F : (Fin n → Fin N) → Fin N → R) (i : Fin n) :
    expectSample D (fun S => mean D (F S)) =
      expectSample D fun S => mean D fun x' => F (replaceAt S i x') (S i) := by
  induction n with
  | zero => exact i.elim0
  | succ n ih =>
    simp only [expectSample]
    cases i using Fin.cases with
    | zero =>
      simp only [replaceAt_consSample_zero, expectSample_mean]
      exact mean_comm _ _ _
    | succ i =>
      simp only [replaceAt_consSample_succ]
      exact mean_congr fun y => ih (fun S => F (consSample y S)) i

/-- Every entry of the sample has the distribution `D`: `E_S g(S_i) = E_D g`. -/
theorem expectSample_apply (hD : IsProb D) (g : Fin N → R) (i : Fin n) :
    expectSample D (fun S => g (S i)) = mean D g := by
  have h := expectSample_ghost (D := D) (fun _ x => g x) i
  simp only [mean_const hD, expectSample_const hD] at h
  exact h.symm

/-- Two entries of the sample are independent: `E_S[g(S_i) h(S_j)] = E_D g · E_D h`. -/
theorem expectSample_mul_apply (hD : IsProb D) (g h : Fin N → R) {i j : Fin n} (hij : j ≠ i) :
    expectSample D (fun S => g (S i) * h (S j)) = mean D g * mean D h := by
  have k := expectSample_ghost (D := D) (fun S x => h (S j) * g x) i
  have e : ∀ (S : Fin n → Fin N) x, replaceAt S i x j = S j := fun S x => if_neg hij
  simp only [e, mean_const hD, mean_mul] at k
  rw [expectSample_congr fun S => CommSemiring.mul_comm (g (S i)) _, ← k,
    expectSample_congr fun S => CommSemiring.mul_comm (h (S j)) _, expectSample_mul,
    expectSample_apply hD]

/-! ### Moments of a sum -/

/-- Centred terms have a centred sum. -/
theorem expectSample_sum_eq_zero (hD : IsProb D) {g : Fin N → R} (hg : mean D g = 0) :
    expectSample D (fun S : Fin n → Fin N => sum fun i => g (S i)) = 0 := by
  rw [expectSample_sum, sum_congr fun i => (expectSample_apply hD g i).trans hg, sum_zero]

/-- Second moment of a sum of centred terms: `E_S (Σ_i g(S_i))² = n E_D g²`. -/
theorem expectSample_sum_mul_self (hD : IsProb D) {g : Fin N → R} (hg : mean D g = 0) :
    expectSample D (fun S : Fin n → Fin N => (sum fun i => g (S i)) * sum fun i => g (S i)) =
      (n : R) * mean D fun x => g x * g x := by
  induction n with
  | zero => simp only [expectSample, sum]; grind
  | succ n ih =>
    have e : ∀ (x : Fin N) (S : Fin n → Fin N), (sum fun i => g (consSample x S i)) =
        g x + sum fun i => g (S i) := fun x S => rfl
    have h : ∀ (x : Fin N) (S : Fin n → Fin N), (g x + sum fun i => g (S i)) *
        (g x + sum fun i => g (S i)) = g x * g x + 2 * g x * (sum fun i => g (S i)) +
        (sum fun i => g (S i)) * sum fun i => g (S i) := fun x S => by grind
    have k : ∀ x : Fin N, expectSample D (fun S : Fin n → Fin N => (g x + sum fun i => g (S i)) *
        (g x + sum fun i => g (S i))) = g x * g x + (n : R) * mean D fun x => g x * g x :=
      fun x => by
        rw [expectSample_congr (h x), expectSample_add, expectSample_add, expectSample_const hD,
          expectSample_mul, expectSample_sum_eq_zero hD hg, ih]
        grind
    simp only [expectSample, e]
    rw [mean_congr k, mean_add, mean_const hD]
    grind

/-- Variance of a sample mean: `E_S ((1/n) Σ_i f(S_i) - E_D f)² = Var_D(f) / n`. -/
theorem expectSample_average_sub_mul_self (hD : IsProb D) (hn : 0 < n) (f : Fin N → R) :
    expectSample D (fun S : Fin n → Fin N => ((average fun i => f (S i)) - mean D f) *
      ((average fun i => f (S i)) - mean D f)) = var D f / (n : R) := by
  have hp := natCast_pos (R := R) hn
  have hg : mean D (fun x => f x - mean D f) = 0 := by
    rw [mean_sub, mean_const hD]; grind
  have h : ∀ S : Fin n → Fin N, ((average fun i => f (S i)) - mean D f) *
      ((average fun i => f (S i)) - mean D f) = (1 / ((n : R) * (n : R))) *
      ((sum fun i => f (S i) - mean D f) * sum fun i => f (S i) - mean D f) := fun S => by
    have : (average fun i => f (S i)) - mean D f = (sum fun i => f (S i) - mean D f) / (n : R) := by
      rw [sum_sub, sum_const]; unfold average; grind
    rw [this]; grind
  rw [expectSample_congr h, expectSample_mul, expectSample_sum_mul_self hD hg]
  unfold var cov
  grind

/-- Chebyshev: `P(|F| ≥ t) ≤ E F² / t²`. -/
theorem probSample_le (hD : IsProb D) (F : (Fin n → Fin N) → R) {t : R} (ht : 0 < t) :
    probSample D (fun S => t ≤ abs (F S)) ≤ expectSample D (fun S => F S * F S) / (t * t) := by
  have h := ((Expect.ofWeights hD).sample n).chebyshev F ht
  unfold Expect.prob at h
  rw [Expect.sample_ofWeights, Expect.sample_ofWeights] at h
  exact h

end RLHF
