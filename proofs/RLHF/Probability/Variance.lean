module
public import RLHF.Foundations.Weighted

/-!
# Variance bounds under weights

What is modelled: the variance of a function under probability weights.

## Main results
* `var_inner_le`: `Var_p(⟨v, φ⟩) ≤ B² ‖v‖²` if `‖φ‖ ≤ B`.
* `var_eq_zero_iff`: under positive weights only constants have variance `0`.
* `var_le_of_weights_le`: `p ≤ c·p'` gives `Var_p f ≤ c·Var_p' f`.
* `var_le_of_range`: a function of range at most `w` has a variance of at most `w²/4` (Popoviciu).
* `var_add_le`: `Var_p(f + g) ≤ 2 Var_p(f) + 2 Var_p(g)`.
* `log_mean_exp_le`: `log E_p exp Y ≤ C·Var_p(Y)` for a centred, bounded `Y`.

## References
arXiv 2601.16403, covariance of the features.
-/

public section

namespace RLHF

open Lean.Grind

universe u
variable {R : Type u} [ExpField R] {m d : Nat} {p p' : Fin m → R}

theorem var_mul (c : R) (f : Fin m → R) : var p (fun a => c * f a) = c * c * var p f := by
  unfold var
  rw [cov_mul_left, cov_comm, cov_mul_left]
  grind

theorem var_sub_const (hp : IsProb p) (f : Fin m → R) (c : R) :
    var p (fun a => f a - c) = var p f := by
  unfold var cov
  rw [mean_sub, mean_const hp]
  exact mean_congr fun a => by grind

theorem var_inner_le (hp : IsProb p) {φ : Fin m → Vec R d} {B : R} (hB : ∀ a, norm (φ a) ≤ B)
    (v : Vec R d) : var p (fun a => inner v (φ a)) ≤ B * B * (norm v * norm v) := by
  refine Std.le_trans (var_le_mean_sub hp _ 0) (mean_le hp fun a => ?_)
  have h := inner_mul_self_le v (φ a)
  have h1 := mul_le_mul_left (inner_le_of_norm_le (hB a)) (inner_self_nonneg v)
  rw [norm_mul_self]
  grind

theorem var_eq_zero_iff (hp : IsProb p) (hpos : ∀ a, 0 < p a) (f : Fin m → R) :
    var p f = 0 ↔ ∀ a b, f a = f b := by
  constructor
  · intro h
    have e : ∀ a, f a = mean p f := fun a => by
      have h0 := sum_eq_zero
        (fun c => mul_nonneg (hp.nonneg c) (mul_self_nonneg (f c - mean p f))) h a
      by_cases hne : f a - mean p f = 0
      · grind
      · have := mul_pos (hpos a) (mul_self_pos hne)
        grind
    exact fun a b => by rw [e a, e b]
  · intro h
    have e : ∀ a, mean p f = f a := fun a => by
      rw [mean_congr fun b => h b a, mean_const hp]
    have e0 : ∀ a, (f a - mean p f) * (f a - mean p f) = 0 := fun a => by have := e a; grind
    unfold var cov
    rw [mean_congr e0, mean_const hp]

theorem var_le_of_weights_le (hp : IsProb p) {c : R} (h : ∀ a, p a ≤ c * p' a) (f : Fin m → R) :
    var p f ≤ c * var p' f := by
  refine Std.le_trans (var_le_mean_sub hp f (mean p' f)) ?_
  unfold var cov
  rw [← mean_mul]
  refine sum_mono fun a => ?_
  have := mul_le_mul_right (h a) (mul_self_nonneg (f a - mean p' f))
  grind

/-- A function of range at most `w` is within `w` of its mean. -/
theorem abs_sub_mean_le {f : Fin m → R} (hp : IsProb p) {w : R} (hw : ∀ a b, f a - f b ≤ w)
    (a : Fin m) : abs (f a - mean p f) ≤ w := by
  have h1 := mean_le hp fun b => (by have := hw b a; grind : f b ≤ f a + w)
  have h2 := le_mean hp fun b => (by have := hw a b; grind : f a - w ≤ f b)
  rw [abs_le]
  grind

/-- A function on a nonempty finite set has a largest value. -/
theorem exists_max (hm : 0 < m) (f : Fin m → R) : ∃ a, ∀ b, f b ≤ f a := by
  induction m with
  | zero => omega
  | succ m ih =>
    obtain rfl | h := Nat.eq_zero_or_pos m
    · exact ⟨0, fun b => by rw [show b = 0 from Fin.ext (by omega)]; exact Std.le_refl _⟩
    · obtain ⟨a, ha⟩ := ih h fun i => f i.succ
      obtain h0 | h0 := Std.le_total (a := f 0) (b := f a.succ)
      · exact ⟨a.succ, Fin.cases h0 ha⟩
      · exact ⟨0, Fin.cases (Std.le_refl _) fun b => Std.le_trans (ha b) h0⟩

/-- Popoviciu: a function of range at most `w` has a variance of at most `w²/4`. -/
theorem var_le_of_range (hp : IsProb p) {f : Fin m → R} {w : R} (hw : ∀ a b, f a - f b ≤ w) :
    var p f ≤ w * w / 4 := by
  obtain ⟨a, ha⟩ := exists_max hp.size_pos f
  refine Std.le_trans (var_le_mean_sub hp f (f a - w / 2)) (mean_le hp fun b => ?_)
  have h1 := mul_nonneg (by have := hw a b; grind : 0 ≤ f b - (f a - w))
    (by have := ha b; grind : 0 ≤ f a - f b)
  grind

/-- `Var_p(f + g) ≤ 2 Var_p(f) + 2 Var_p(g)`. -/
theorem var_add_le (hp : ∀ a, 0 ≤ p a) (f g : Fin m → R) :
    var p (fun a => f a + g a) ≤ 2 * var p f + 2 * var p g := by
  have h := mean_mono hp (f := fun a => (f a + g a - (mean p f + mean p g)) *
      (f a + g a - (mean p f + mean p g)))
    (g := fun a => 2 * ((f a - mean p f) * (f a - mean p f)) +
      2 * ((g a - mean p g) * (g a - mean p g))) fun a => by
    have := mul_self_nonneg ((f a - mean p f) - (g a - mean p g))
    grind
  rw [mean_add, mean_mul, mean_mul, ← mean_add f g] at h
  exact h

/-- Vectors that differ by at most `c` have a variance of at most `c² ‖v‖² / 4` along `v`. -/
theorem var_inner_le_of_differences (hp : IsProb p) {φ : Fin m → Vec R d} {c : R}
    (h : ∀ a b, norm (φ a - φ b) ≤ c) (v : Vec R d) :
    var p (fun a => inner v (φ a)) ≤ c * c / 4 * (norm v * norm v) := by
  have h1 := var_le_of_range hp (f := fun a => inner v (φ a)) (w := norm v * c)
    fun a b => inner_sub_le_of_norm_sub_le v (h a b)
  have e : norm v * c * (norm v * c) / 4 = c * c / 4 * (norm v * norm v) := by grind
  rw [← e]
  exact h1

/-- `log E_p exp Y ≤ C·Var_p(Y)` for centred `Y` with `|Y| ≤ M`. -/
theorem log_mean_exp_le (hp : IsProb p) {Y : Fin m → R} {M C : R} (hY : mean p Y = 0)
    (hM : ∀ a, abs (Y a) ≤ M) (hC : ExpBound M C) :
    log (mean p fun a => exp (Y a)) ≤ C * var p Y := by
  have hup := mean_mono hp.nonneg fun a => hC (Y a) (hM a)
  have hlo := mean_mono hp.nonneg fun a => add_one_le_exp (Y a)
  rw [mean_add, mean_const hp, hY] at hlo
  rw [mean_add, mean_add, mean_mul, mean_const hp, hY] at hup
  have hlog := log_le_sub_one (x := mean p fun a => exp (Y a)) (by grind)
  rw [var_eq hp, hY]
  grind

end RLHF
