module
public import RLHF.Foundations.Order

/-!
# Finite sums and averages

## Main results
* Linearity (`sum_add`, `sum_sub`, `sum_mul`), exchange of two sums (`sum_comm`), monotonicity.
* `sum_eq_zero`: a vanishing sum of nonnegative terms has only vanishing terms.
* `average_const`, `average_add`, `average_mono` and their kin.
-/

public section

namespace RLHF

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R] {n m : Nat}

theorem sum_succ (f : Fin (n + 1) → R) : sum f = f 0 + sum fun i => f i.succ := rfl

theorem sum_congr {f g : Fin n → R} (h : ∀ i, f i = g i) : sum f = sum g := by rw [funext h]

theorem sum_add (f g : Fin n → R) : sum (fun i => f i + g i) = sum f + sum g := by
  induction n with
  | zero => simp only [sum]; grind
  | succ n ih => simp only [sum, ih]; grind

theorem sum_mul (c : R) (f : Fin n → R) : sum (fun i => c * f i) = c * sum f := by
  induction n with
  | zero => simp only [sum]; grind
  | succ n ih => simp only [sum, ih]; grind

theorem sum_neg (f : Fin n → R) : sum (fun i => -f i) = -sum f := by
  induction n with
  | zero => simp only [sum]; grind
  | succ n ih => simp only [sum, ih]; grind

theorem sum_sub (f g : Fin n → R) : sum (fun i => f i - g i) = sum f - sum g := by
  induction n with
  | zero => simp only [sum]; grind
  | succ n ih => simp only [sum, ih]; grind

theorem sum_mul_right (f : Fin n → R) (c : R) : sum (fun i => f i * c) = sum f * c := by
  induction n with
  | zero => simp only [sum]; grind
  | succ n ih => simp only [sum, ih]; grind

theorem sum_div (f : Fin n → R) (c : R) : sum (fun i => f i / c) = sum f / c := by
  have h : ∀ i, f i / c = f i * c⁻¹ := fun i => Field.div_eq_mul_inv _ _
  rw [sum_congr h, sum_mul_right, Field.div_eq_mul_inv]

theorem sum_zero : sum (fun _ : Fin n => (0 : R)) = 0 := by
  induction n with
  | zero => simp only [sum]
  | succ n ih => simp only [sum, ih]; grind

theorem sum_const (c : R) : sum (fun _ : Fin n => c) = (n : R) * c := by
  induction n with
  | zero => simp only [sum]; grind
  | succ n ih => simp only [sum, ih]; grind

theorem sum_nonneg {f : Fin n → R} (h : ∀ i, 0 ≤ f i) : 0 ≤ sum f := by
  induction n with
  | zero => simp only [sum]; grind
  | succ n ih =>
    have := ih fun i => h i.succ
    simp only [sum]; grind

theorem sum_mono {f g : Fin n → R} (h : ∀ i, f i ≤ g i) : sum f ≤ sum g := by
  induction n with
  | zero => simp only [sum]; grind
  | succ n ih =>
    have := ih fun i => h i.succ
    simp only [sum]; grind

theorem sum_comm (f : Fin n → Fin m → R) :
    sum (fun i => sum fun j => f i j) = sum fun j => sum fun i => f i j := by
  induction n with
  | zero => simp only [sum, sum_zero]
  | succ n ih => simp only [sum, ih, sum_add]

theorem abs_sum_le (f : Fin n → R) : abs (sum f) ≤ sum fun i => abs (f i) := by
  induction n with
  | zero => simp only [sum, abs_zero]; grind
  | succ n ih =>
    have h1 := ih fun i => f i.succ
    have h2 := abs_add (f 0) (sum fun i => f i.succ)
    simp only [sum]; grind

theorem le_sum {f : Fin n → R} (h : ∀ i, 0 ≤ f i) (j : Fin n) : f j ≤ sum f := by
  induction n with
  | zero => exact j.elim0
  | succ n ih =>
    have h0 := sum_nonneg fun i => h (Fin.succ i)
    simp only [sum]
    cases j using Fin.cases with
    | zero => grind
    | succ j =>
      have := ih (fun i => h i.succ) j
      have := h 0
      grind

theorem sum_eq_zero {f : Fin n → R} (h : ∀ i, 0 ≤ f i) (hs : sum f = 0) (j : Fin n) :
    f j = 0 := by
  have := le_sum h j
  have := h j
  grind

theorem sum_pos {f : Fin n → R} (h : ∀ i, 0 ≤ f i) (j : Fin n) (hj : 0 < f j) : 0 < sum f := by
  have := le_sum h j
  grind

/-! ### Averages -/

theorem natCast_nonneg (n : Nat) : 0 ≤ (n : R) := by
  have h := sum_const (n := n) (1 : R)
  have := sum_nonneg (f := fun _ : Fin n => (1 : R)) fun _ => by grind
  grind

theorem natCast_pos (h : 0 < n) : 0 < (n : R) := by
  obtain ⟨k, rfl⟩ : ∃ k, n = k + 1 := ⟨n - 1, by omega⟩
  have := natCast_nonneg (R := R) k
  grind

theorem average_add (f g : Fin n → R) :
    average (fun i => f i + g i) = average f + average g := by
  unfold average; rw [sum_add]; grind

theorem average_sub (f g : Fin n → R) :
    average (fun i => f i - g i) = average f - average g := by
  unfold average; rw [sum_sub]; grind

theorem average_mul (c : R) (f : Fin n → R) : average (fun i => c * f i) = c * average f := by
  unfold average; rw [sum_mul]; grind

theorem average_const (hn : 0 < n) (c : R) : average (fun _ : Fin n => c) = c := by
  have := natCast_pos (R := R) hn
  unfold average; rw [sum_const]; grind

theorem average_congr {f g : Fin n → R} (h : ∀ i, f i = g i) : average f = average g := by
  rw [funext h]

theorem average_mono {f g : Fin n → R} (h : ∀ i, f i ≤ g i) : average f ≤ average g := by
  obtain rfl | hn := Nat.eq_zero_or_pos n
  · unfold average; simp only [sum]; grind
  · exact div_le_div_right (sum_mono h) (natCast_pos hn)

theorem average_nonneg {f : Fin n → R} (h : ∀ i, 0 ≤ f i) : 0 ≤ average f := by
  obtain rfl | hn := Nat.eq_zero_or_pos n
  · unfold average; simp only [sum]; grind
  · exact div_nonneg (sum_nonneg h) (natCast_pos hn)

end RLHF
