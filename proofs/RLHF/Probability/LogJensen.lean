module
public import RLHF.Foundations.Exp
public import RLHF.Foundations.Weighted

/-!
# Jensen's inequality for the logarithm

What is modelled: the mean of a logarithm against the logarithm of the mean, for a probability
vector and for the average of finitely many numbers. `log` lies below its tangents:
`log y ≤ y/c - 1 + log c`.

## Main results
* `mean_log_le`: `E_p log Y ≤ log E_p Y` for `Y > 0`.
* `average_log_le`: `(1/n) Σ log y_i ≤ log ((1/n) Σ y_i)` for `y_i > 0`, `n ≥ 1`.
-/

public section

namespace RLHF

open Lean.Grind

universe u
variable {R : Type u} [ExpField R] {m n : Nat}

/-- The tangent of `log` at `c`: `log y ≤ y/c - 1 + log c`. -/
theorem log_le_tangent {y c : R} (hy : 0 < y) (hc : 0 < c) : log y ≤ y / c - 1 + log c := by
  have h := log_le_sub_one (div_pos hy hc)
  rw [log_div hy hc] at h
  grind

/-- Jensen: `E_p log Y ≤ log E_p Y`. -/
theorem mean_log_le {p Y : Fin m → R} (hp : IsProb p) (hY : ∀ a, 0 < Y a) :
    (mean p fun a => log (Y a)) ≤ log (mean p Y) := by
  by_cases h0 : 0 < mean p Y
  · have h := mean_mono hp.nonneg fun a => log_le_tangent (hY a) h0
    rw [mean_add, mean_sub, mean_div, mean_const hp, mean_const hp] at h
    grind
  · have hn : ∀ a, 0 ≤ p a * Y a := fun a => by
      have := mul_nonneg (hp.nonneg a) (Std.le_of_lt (hY a))
      exact this
    have hz : mean p Y = 0 := by
      have := sum_nonneg hn
      unfold mean at *
      grind
    have hp0 : ∀ a, p a = 0 := fun a => by
      have h1 := sum_eq_zero hn hz a
      have h2 := hY a
      grind
    have h1 := hp.sum_eq_one
    rw [sum_congr hp0, sum_zero] at h1
    grind

/-- Jensen: the average of the logarithms is at most the logarithm of the average. -/
theorem average_log_le {y : Fin n → R} (hn : 0 < n) (hy : ∀ i, 0 < y i) :
    (average fun i => log (y i)) ≤ log (average y) := by
  have hc : 0 < average y :=
    div_pos (sum_pos (fun i => Std.le_of_lt (hy i)) ⟨0, hn⟩ (hy _)) (natCast_pos hn)
  have h := average_mono fun i => log_le_tangent (hy i) hc
  have e : ∀ i, y i / average y = (average y)⁻¹ * y i := fun i => by grind
  rw [average_add, average_sub, average_congr e, average_mul, average_const hn,
    average_const hn] at h
  grind

end RLHF
