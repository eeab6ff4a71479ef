module
public import RLHF.Probability.ChiSquare.Basic

/-!
# Change of measure on pairs

What is modelled: the mean of a function of two indices under the weights `P = D(x) π(a | x)`,
against its mean square under other weights `Q = D'(x) μ(a | x)`, `Q` with mass wherever `P` has.

## Main results
* `sum_mul_self_div_pair`: `Σ P²/Q = 1 + χ²(P ‖ Q)`.
* `one_add_chiSqPair_eq`: `1 + χ²(P ‖ Q) = Σ_x (D²/D') (1 + χ²(π_x ‖ μ_x))`.
* `abs_meanPair_le`: `|E_P e| ≤ √(1 + χ²(P ‖ Q)) √(E_Q e²)`.
-/

public section

namespace RLHF

open Lean.Grind

universe u
variable {R : Type u} [ExpField R] {N m : Nat} {D D' : Fin N → R} {π μ : Fin N → Fin m → R}

theorem sum_pair_eq_one (hD : IsProb D) (hπ : ∀ x, IsProb (π x)) :
    (sum fun x => sum fun a => D x * π x a) = 1 := by
  rw [sum_congr fun x => (by rw [sum_mul, (hπ x).sum_eq_one]; grind :
    (sum fun a => D x * π x a) = D x), hD.sum_eq_one]

theorem meanPair_eq (f : Fin N → Fin m → R) :
    meanPair D π f = sum fun x => sum fun a => D x * π x a * f x a := by
  unfold meanPair mean
  exact sum_congr fun x => by rw [← sum_mul]; exact sum_congr fun a => by grind

theorem meanPair_sub (f g : Fin N → Fin m → R) :
    meanPair D π (fun x a => f x a - g x a) = meanPair D π f - meanPair D π g := by
  unfold meanPair
  rw [mean_congr fun x => mean_sub (p := π x) (f x) (g x), mean_sub]

theorem pair_nonneg (hD : IsProb D) (hπ : ∀ x, IsProb (π x)) (x : Fin N) (a : Fin m) :
    0 ≤ D x * π x a := mul_nonneg (hD.nonneg x) ((hπ x).nonneg a)

theorem chiSqPair_nonneg (hD' : IsProb D') (hμ : ∀ x, IsProb (μ x)) :
    0 ≤ chiSqPair D π D' μ := sum_nonneg fun x => chiSq_nonneg fun a => pair_nonneg hD' hμ x a

variable (hD : IsProb D) (hπ : ∀ x, IsProb (π x)) (hD' : IsProb D') (hμ : ∀ x, IsProb (μ x))
  (h : AbsContPair D π D' μ)
include hD hπ hD' hμ h

/-- `Σ P²/Q = 1 + χ²(P ‖ Q)` on pairs. -/
theorem sum_mul_self_div_pair :
    (sum fun x => sum fun a => D x * π x a * (D x * π x a) / (D' x * μ x a)) =
      1 + chiSqPair D π D' μ := by
  have e : ∀ x, (sum fun a => D x * π x a * (D x * π x a) / (D' x * μ x a)) =
      chiSq (fun a => D x * π x a) (fun a => D' x * μ x a) + 2 * (sum fun a => D x * π x a) -
        sum fun a => D' x * μ x a := fun x => by
    have hx : AbsCont (fun a => D x * π x a) fun a => D' x * μ x a := h x
    rw [sum_congr fun a => mul_self_div_eq (hx.eq_zero (pair_nonneg hD hπ x) (a := a)), sum_sub,
      sum_add, sum_mul]
    rfl
  rw [sum_congr e, sum_sub, sum_add, sum_mul, sum_pair_eq_one hD hπ, sum_pair_eq_one hD' hμ]
  unfold chiSqPair
  grind

/-- `1 + χ²(P ‖ Q) = Σ_x (D(x)²/D'(x)) (1 + χ²(π_x ‖ μ_x))`. -/
theorem one_add_chiSqPair_eq : 1 + chiSqPair D π D' μ =
    sum fun x => D x * D x / D' x * (1 + chiSq (π x) (μ x)) := by
  rw [← sum_mul_self_div_pair hD hπ hD' hμ h]
  refine sum_congr fun x => ?_
  have e : ∀ a, D x * π x a * (D x * π x a) / (D' x * μ x a) =
      D x * D x / D' x * (π x a * π x a / μ x a) := fun a => by
    by_cases h1 : D' x = 0
    · rw [h1]; grind
    · by_cases h2 : μ x a = 0
      · rw [h2]; grind
      · grind
  rw [sum_congr e, sum_mul]
  by_cases h0 : D x = 0
  · rw [h0]; grind
  · have hDx : 0 < D x := by have := hD.nonneg x; grind
    have hx : AbsCont (π x) (μ x) := fun a ha => by
      have k := h x a (mul_pos hDx ha)
      have := (hμ x).nonneg a
      by_cases h2 : μ x a = 0
      · rw [h2] at k; grind
      · grind
    rw [sum_mul_self_div (hπ x) (hμ x) hx]

/-- `(E_P e)² ≤ (1 + χ²(P ‖ Q)) E_Q e²`. -/
theorem meanPair_mul_self_le (e : Fin N → Fin m → R) :
    meanPair D π e * meanPair D π e ≤
      (1 + chiSqPair D π D' μ) * meanPair D' μ fun x a => e x a * e x a := by
  have hQ := pair_nonneg hD' hμ
  rw [← sum_mul_self_div_pair hD hπ hD' hμ h, meanPair_eq, meanPair_eq]
  refine mul_self_le_mul_of_quadratic (sum_nonneg fun x => sum_nonneg fun a =>
    mul_nonneg (hQ x a) (mul_self_nonneg _)) fun s t => ?_
  have k := sum_nonneg fun x => sum_nonneg fun a => quadratic_nonneg (hQ x a)
    (AbsCont.eq_zero (h x) (pair_nonneg hD hπ x) (a := a)) (e x a) s t
  rw [sum_congr fun x => (by rw [sum_add, sum_add, sum_mul, sum_mul, sum_mul] :
    (sum fun a => s * s * (D x * π x a * (D x * π x a) / (D' x * μ x a)) +
      2 * s * t * (D x * π x a * e x a) + t * t * (D' x * μ x a * (e x a * e x a))) =
    s * s * (sum fun a => D x * π x a * (D x * π x a) / (D' x * μ x a)) +
      2 * s * t * (sum fun a => D x * π x a * e x a) +
      t * t * (sum fun a => D' x * μ x a * (e x a * e x a))),
    sum_add, sum_add, sum_mul, sum_mul, sum_mul] at k
  exact k

/-- `|E_P e| ≤ √(1 + χ²(P ‖ Q)) √(E_Q e²)`. -/
theorem abs_meanPair_le (e : Fin N → Fin m → R) :
    abs (meanPair D π e) ≤ sqrt (1 + chiSqPair D π D' μ) *
      sqrt (meanPair D' μ fun x a => e x a * e x a) := by
  have k := meanPair_mul_self_le hD hπ hD' hμ h e
  have h1 := chiSqPair_nonneg (D := D) (π := π) hD' hμ
  have h2 : 0 ≤ meanPair D' μ fun x a => e x a * e x a :=
    mean_nonneg hD'.nonneg fun x => mean_nonneg (hμ x).nonneg fun a => mul_self_nonneg _
  have s1 := sqrt_mul_self (by grind : 0 ≤ 1 + chiSqPair D π D' μ)
  have s2 := sqrt_mul_self h2
  refine abs_le_of_mul_self_le (mul_nonneg (sqrt_nonneg _) (sqrt_nonneg _)) ?_
  generalize sqrt (1 + chiSqPair D π D' μ) = c at *
  generalize sqrt (meanPair D' μ fun x a => e x a * e x a) = w at *
  rw [(by grind : c * w * (c * w) = c * c * (w * w)), s1, s2]
  exact k

end RLHF
