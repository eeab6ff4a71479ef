module
public import RLHF.Foundations.Exp
public import RLHF.Papers.RewardShift.StationarySgd.Defs

/-!
# The divergence between normal laws, on its formula

What is modelled: `gaussKl`, and the logarithm of a determinant by its triangular factors.

## Main results
* `gaussKl_nonneg`, `gaussKl_eq_zero_iff`, `gaussKl_le`.
* `gaussKl_const_sub`, `gaussKl_const_le`: the best variance of an isotropic prior.
* `sum_log_le`: `Σ log D_i ≤ tr(L diag(D) Lᵀ) - d`.

## References
arXiv 2602.21765, cf. its PAC-Bayes theorem with normal laws.
-/

public section

namespace RLHF

open Lean.Grind

universe u
variable {R : Type u} [ExpField R] {d n : Nat} {μ v ζ b : Vec R d}

attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

theorem excess_nonneg {t : R} (h : 0 < t) : 0 ≤ t - 1 - log t := by
  have := log_le_sub_one h
  grind

theorem excess_eq_zero_iff {t : R} (h : 0 < t) : t - 1 - log t = 0 ↔ t = 1 := by
  constructor
  · intro e
    by_cases h1 : t = 1
    · exact h1
    · have := log_lt_sub_one h h1
      grind
  · intro e
    rw [e, log_one]
    grind

/-- `t - 1 - log t ≤ (t - 1)²/t`. -/
theorem excess_le {t : R} (h : 0 < t) : t - 1 - log t ≤ (t - 1) * (t - 1) / t := by
  have h1 := log_le_sub_one (inv_pos h)
  rw [log_inv h] at h1
  have e : (t - 1) * (t - 1) / t = t - 2 + t⁻¹ := by grind
  grind

theorem term_nonneg (hv : ∀ i, 0 < v i) (hb : ∀ i, 0 < b i) (i : Fin d) :
    0 ≤ v i / b i - 1 - log (v i / b i) + (μ i - ζ i) * (μ i - ζ i) / b i := by
  have := excess_nonneg (div_pos (hv i) (hb i))
  have := div_nonneg (mul_self_nonneg (μ i - ζ i)) (hb i)
  grind

theorem gaussKl_nonneg (hv : ∀ i, 0 < v i) (hb : ∀ i, 0 < b i) : 0 ≤ gaussKl μ v ζ b := by
  have := sum_nonneg (term_nonneg (μ := μ) (ζ := ζ) hv hb)
  unfold gaussKl
  grind

theorem gaussKl_eq_zero_iff (hv : ∀ i, 0 < v i) (hb : ∀ i, 0 < b i) :
    gaussKl μ v ζ b = 0 ↔ v = b ∧ μ = ζ := by
  constructor
  · intro h
    have h0 : (sum fun i => v i / b i - 1 - log (v i / b i) + (μ i - ζ i) * (μ i - ζ i) / b i) =
        0 := by
      unfold gaussKl at h
      grind
    have hz := sum_eq_zero (term_nonneg (μ := μ) (ζ := ζ) hv hb) h0
    have h1 : ∀ i, v i / b i - 1 - log (v i / b i) = 0 ∧ (μ i - ζ i) * (μ i - ζ i) / b i = 0 :=
      fun i => by
        have := hz i
        have := excess_nonneg (div_pos (hv i) (hb i))
        have := div_nonneg (mul_self_nonneg (μ i - ζ i)) (hb i)
        grind
    refine ⟨funext fun i => ?_, funext fun i => ?_⟩
    · have := (excess_eq_zero_iff (div_pos (hv i) (hb i))).mp (h1 i).1
      have := hb i
      grind
    · have := (h1 i).2
      have := hb i
      by_cases hd : μ i - ζ i = 0
      · grind
      · have := mul_self_pos hd
        grind
  · rintro ⟨rfl, rfl⟩
    have e : ∀ i, v i / v i - 1 - log (v i / v i) + (μ i - μ i) * (μ i - μ i) / v i = 0 :=
      fun i => by
        have := hv i
        rw [show v i / v i = 1 by grind, log_one]
        grind
    unfold gaussKl
    rw [sum_congr e, sum_zero]
    grind

theorem gaussKl_le (hv : ∀ i, 0 < v i) (hb : ∀ i, 0 < b i) :
    gaussKl μ v ζ b ≤ 1 / 2 * sum fun i =>
      (v i / b i - 1) * (v i / b i - 1) / (v i / b i) + (μ i - ζ i) * (μ i - ζ i) / b i := by
  unfold gaussKl
  refine mul_le_mul_left (sum_mono fun i => ?_) (by grind)
  have := excess_le (div_pos (hv i) (hb i))
  grind

/-! ### The best isotropic prior -/

/-- The divergence from a prior of variance `t` in each coordinate, up to what does not depend
on `t`. -/
theorem gaussKl_const {μ v ζ : Vec R n} (hv : ∀ i, 0 < v i) {t : R} (ht : 0 < t) :
    gaussKl μ v ζ (fun _ => t) =
      1 / 2 * ((sum fun i => v i + (μ i - ζ i) * (μ i - ζ i)) / t + n * log t +
        sum fun i => -1 - log (v i)) := by
  have e : ∀ i, v i / t - 1 - log (v i / t) + (μ i - ζ i) * (μ i - ζ i) / t =
      (v i + (μ i - ζ i) * (μ i - ζ i)) / t + (log t + (-1 - log (v i))) := fun i => by
    rw [log_div (hv i) ht]
    grind
  unfold gaussKl
  rw [sum_congr e, sum_add, sum_div, sum_add (fun _ => log t), sum_const]
  grind

theorem gaussKl_const_sub {μ v ζ : Vec R n} (hv : ∀ i, 0 < v i) (hn : 0 < n) {t w : R}
    (ht : 0 < t) (hw : w = (sum fun i => v i + (μ i - ζ i) * (μ i - ζ i)) / n) (hw0 : 0 < w) :
    gaussKl μ v ζ (fun _ => t) - gaussKl μ v ζ (fun _ => w) =
      n / 2 * (w / t - 1 - log (w / t)) := by
  have hn0 := natCast_pos (R := R) hn
  rw [gaussKl_const hv ht, gaussKl_const hv hw0, log_div hw0 ht]
  generalize (sum fun i => v i + (μ i - ζ i) * (μ i - ζ i)) = T at *
  have e : T = n * w := by grind
  rw [e]
  generalize (sum fun i => -1 - log (v i)) = c
  clear hw e
  grind

theorem spread_pos {μ v ζ : Vec R n} (hv : ∀ i, 0 < v i) (hn : 0 < n) :
    0 < (sum fun i => v i + (μ i - ζ i) * (μ i - ζ i)) / (n : R) := by
  have h : ∀ i, 0 < v i + (μ i - ζ i) * (μ i - ζ i) := fun i => by
    have := hv i
    have := mul_self_nonneg (μ i - ζ i)
    grind
  exact div_pos (sum_pos (fun i => Std.le_of_lt (h i)) ⟨0, hn⟩ (h _)) (natCast_pos hn)

theorem gaussKl_const_le {μ v ζ : Vec R n} (hv : ∀ i, 0 < v i) (hn : 0 < n) {t w : R}
    (ht : 0 < t) (hw : w = (sum fun i => v i + (μ i - ζ i) * (μ i - ζ i)) / n) :
    gaussKl μ v ζ (fun _ => w) ≤ gaussKl μ v ζ (fun _ => t) ∧
      (gaussKl μ v ζ (fun _ => w) = gaussKl μ v ζ (fun _ => t) ↔ t = w) := by
  have hw0 : 0 < w := by rw [hw]; exact spread_pos hv hn
  have e := gaussKl_const_sub hv hn ht hw hw0
  have hr := div_pos hw0 ht
  have hx := excess_nonneg hr
  have hi := excess_eq_zero_iff hr
  have hn0 := natCast_pos (R := R) hn
  have h1 := mul_nonneg (by grind : 0 ≤ (n : R) / 2) hx
  have hwt : w / t = 1 ↔ t = w := by constructor <;> intro h <;> grind
  rw [hwt] at hi
  generalize w / t - 1 - log (w / t) = x at *
  generalize gaussKl μ v ζ (fun _ => t) = A at *
  generalize gaussKl μ v ζ (fun _ => w) = B at *
  clear hwt hr
  refine ⟨by grind, ?_⟩
  rw [← hi]
  constructor
  · intro h
    have : (n : R) / 2 * x = 0 := by grind
    grind
  · intro h
    rw [h] at e
    grind

/-! ### Determinant and trace -/

theorem sum_log_le {L : Fin d → Vec R d} {D : Vec R d} (hL : ∀ i, L i i = 1)
    (hD : ∀ i, 0 < D i) : (sum fun i => log (D i)) ≤ (sum fun i => ldl L D i i) - d := by
  have h : ∀ i, log (D i) ≤ ldl L D i i - 1 := fun i => by
    have h1 := log_le_sub_one (hD i)
    have h2 := le_sum (f := fun l => L i l * D l * L i l) (fun l => by
      have := mul_nonneg (Std.le_of_lt (hD l)) (mul_self_nonneg (L i l))
      grind) i
    have e : L i i * D i * L i i = D i := by rw [hL]; grind
    show log (D i) ≤ (sum fun l => L i l * D l * L i l) - 1
    rw [← e] at h1
    grind
  have := sum_mono h
  rw [sum_sub, sum_const] at this
  grind

end RLHF
