module
public import RLHF.Foundations.Vector

/-!
# Mean, variance, covariance under weights

## Main results
* Linearity and monotonicity of `mean`.
* `cov_eq`: `Cov_p(f, g) = E_p[fg] - E_p f · E_p g`; `var_nonneg`; `var_le_mean_sub`: the mean is
  the best constant; `cov_mul_self_le` (Cauchy–Schwarz).
* `mulVec_covariance`: `V v = Cov_p(⟨v, φ⟩, φ)`, and `inner_mulVec_covariance`.
-/

public section

namespace RLHF

open Lean.Grind

universe u
variable {R : Type u} [ExpField R] {m d : Nat} {p : Fin m → R}

/-! ### Mean -/

/-- A probability vector has an entry. -/
theorem IsProb.size_pos (hp : IsProb p) : 0 < m := by
  obtain rfl | hm := Nat.eq_zero_or_pos m
  · have h := hp.sum_eq_one
    simp only [sum] at h
    grind
  · exact hm

theorem mean_congr {f g : Fin m → R} (h : ∀ a, f a = g a) : mean p f = mean p g := by rw [funext h]

theorem mean_add (f g : Fin m → R) : mean p (fun a => f a + g a) = mean p f + mean p g := by
  unfold mean
  rw [← sum_add]
  exact sum_congr fun a => by grind

theorem mean_sub (f g : Fin m → R) : mean p (fun a => f a - g a) = mean p f - mean p g := by
  unfold mean
  rw [← sum_sub]
  exact sum_congr fun a => by grind

theorem mean_mul (c : R) (f : Fin m → R) : mean p (fun a => c * f a) = c * mean p f := by
  unfold mean
  rw [← sum_mul]
  exact sum_congr fun a => by grind

theorem mean_neg (f : Fin m → R) : mean p (fun a => -f a) = -mean p f := by
  unfold mean
  rw [← sum_neg]
  exact sum_congr fun a => by grind

theorem mean_div (f : Fin m → R) (c : R) : mean p (fun a => f a / c) = mean p f / c := by
  unfold mean
  rw [← sum_div]
  exact sum_congr fun a => by grind

theorem mean_const (hp : IsProb p) (c : R) : mean p (fun _ => c) = c := by
  unfold mean
  rw [sum_mul_right, hp.sum_eq_one]
  grind

theorem mean_mono (hp : ∀ a, 0 ≤ p a) {f g : Fin m → R} (h : ∀ a, f a ≤ g a) :
    mean p f ≤ mean p g := sum_mono fun a => mul_le_mul_left (h a) (hp a)

theorem mean_nonneg (hp : ∀ a, 0 ≤ p a) {f : Fin m → R} (h : ∀ a, 0 ≤ f a) : 0 ≤ mean p f :=
  sum_nonneg fun a => mul_nonneg (hp a) (h a)

theorem mean_le (hp : IsProb p) {f : Fin m → R} {c : R} (h : ∀ a, f a ≤ c) : mean p f ≤ c := by
  have := mean_mono hp.nonneg h
  rw [mean_const hp] at this
  exact this

theorem le_mean (hp : IsProb p) {f : Fin m → R} {c : R} (h : ∀ a, c ≤ f a) : c ≤ mean p f := by
  have := mean_mono hp.nonneg h
  rw [mean_const hp] at this
  exact this

theorem abs_mean_le (hp : IsProb p) {f : Fin m → R} {c : R} (h : ∀ a, abs (f a) ≤ c) :
    abs (mean p f) ≤ c :=
  abs_le.mpr ⟨le_mean hp fun a => (abs_le.mp (h a)).1, mean_le hp fun a => (abs_le.mp (h a)).2⟩

/-- A mean passes through the inner product. -/
theorem mean_mul_inner (c : Fin m → R) (w : Vec R d) (φ : Fin m → Vec R d) :
    mean p (fun a => c a * inner w (φ a)) = inner w fun j => mean p fun a => c a * φ a j := by
  unfold mean inner
  have h : ∀ a, p a * (c a * sum fun j => w j * φ a j) = sum fun j => w j * (p a * (c a * φ a j)) :=
    fun a => by rw [← sum_mul, ← sum_mul]; exact sum_congr fun j => by grind
  rw [sum_congr h, sum_comm]
  exact sum_congr fun j => sum_mul _ _

theorem mean_inner (w : Vec R d) (φ : Fin m → Vec R d) :
    mean p (fun a => inner w (φ a)) = inner w (meanVec p φ) := by
  have h := mean_mul_inner (p := p) (fun _ => 1) w φ
  simp only [Semiring.one_mul] at h
  exact h

/-! ### Variance and covariance -/

theorem cov_comm (f g : Fin m → R) : cov p f g = cov p g f := mean_congr fun a => by grind

theorem cov_eq (hp : IsProb p) (f g : Fin m → R) :
    cov p f g = mean p (fun a => f a * g a) - mean p f * mean p g := by
  have h : ∀ a, (f a - mean p f) * (g a - mean p g) =
      f a * g a - mean p g * f a - mean p f * g a + mean p f * mean p g := fun a => by grind
  unfold cov
  rw [mean_congr h, mean_add, mean_sub, mean_sub, mean_mul, mean_mul, mean_const hp]
  grind

theorem cov_add_left (f g h : Fin m → R) :
    cov p (fun a => f a + g a) h = cov p f h + cov p g h := by
  have e : ∀ a, (f a + g a - (mean p f + mean p g)) * (h a - mean p h) =
      (f a - mean p f) * (h a - mean p h) + (g a - mean p g) * (h a - mean p h) := fun a => by grind
  unfold cov
  rw [mean_add, mean_congr e, mean_add]

theorem cov_mul_left (c : R) (f g : Fin m → R) : cov p (fun a => c * f a) g = c * cov p f g := by
  have h : ∀ a, (c * f a - c * mean p f) * (g a - mean p g) =
      c * ((f a - mean p f) * (g a - mean p g)) := fun a => by grind
  unfold cov
  rw [mean_mul, mean_congr h, mean_mul]

theorem var_nonneg (hp : ∀ a, 0 ≤ p a) (f : Fin m → R) : 0 ≤ var p f :=
  mean_nonneg hp fun _ => mul_self_nonneg _

theorem var_eq (hp : IsProb p) (f : Fin m → R) :
    var p f = mean p (fun a => f a * f a) - mean p f * mean p f := cov_eq hp f f

/-- The mean is the best constant: `Var_p(f) ≤ E_p[(f - c)²]`. -/
theorem var_le_mean_sub (hp : IsProb p) (f : Fin m → R) (c : R) :
    var p f ≤ mean p fun a => (f a - c) * (f a - c) := by
  have h : ∀ a, (f a - c) * (f a - c) = f a * f a - (2 * c) * f a + c * c := fun a => by grind
  have := mul_self_nonneg (mean p f - c)
  rw [mean_congr h, mean_add, mean_sub, mean_mul, mean_const hp, var_eq hp]
  grind

/-- Cauchy–Schwarz under weights: `E_p[fg]² ≤ E_p[f²] E_p[g²]`. -/
theorem mean_mul_self_le (hp : ∀ a, 0 ≤ p a) (f g : Fin m → R) :
    mean p (fun a => f a * g a) * mean p (fun a => f a * g a) ≤
      mean p (fun a => f a * f a) * mean p (fun a => g a * g a) := by
  refine mul_self_le_mul_of_quadratic (mean_nonneg hp fun _ => mul_self_nonneg _) fun s t => ?_
  have h := mean_nonneg hp fun a => mul_self_nonneg (s * f a + t * g a)
  have e : ∀ a, (s * f a + t * g a) * (s * f a + t * g a) =
      (s * s) * (f a * f a) + (2 * s * t) * (f a * g a) + (t * t) * (g a * g a) := fun a => by grind
  rw [mean_congr e, mean_add, mean_add, mean_mul, mean_mul, mean_mul] at h
  exact h

/-- Cauchy–Schwarz for the covariance. -/
theorem cov_mul_self_le (hp : ∀ a, 0 ≤ p a) (f g : Fin m → R) :
    cov p f g * cov p f g ≤ var p f * var p g := mean_mul_self_le hp _ _

/-- The covariance with `⟨w, φ⟩` is `w` applied to the covariances with the coordinates of `φ`. -/
theorem cov_inner_right (f : Fin m → R) (w : Vec R d) (φ : Fin m → Vec R d) :
    cov p f (fun a => inner w (φ a)) = inner w fun j => cov p f fun a => φ a j := by
  unfold cov
  rw [mean_inner]
  have h : ∀ a, (f a - mean p f) * (inner w (φ a) - inner w (meanVec p φ)) =
      (f a - mean p f) * inner w (φ a - meanVec p φ) := fun a => by rw [inner_sub_right]
  rw [mean_congr h, mean_mul_inner]
  rfl

/-- `(V v)_j = Cov_p(⟨v, φ⟩, φ_j)` for the covariance matrix `V` of `φ`. -/
theorem mulVec_covariance (φ : Fin m → Vec R d) (v : Vec R d) :
    mulVec (covariance p φ) v = fun j => cov p (fun a => inner v (φ a)) fun a => φ a j := by
  funext j
  unfold mulVec
  rw [inner_comm, cov_comm, cov_inner_right]
  rfl

/-- `⟨V v, w⟩ = Cov_p(⟨v, φ⟩, ⟨w, φ⟩)`. -/
theorem inner_mulVec_covariance (φ : Fin m → Vec R d) (v w : Vec R d) :
    inner (mulVec (covariance p φ) v) w =
      cov p (fun a => inner v (φ a)) (fun a => inner w (φ a)) := by
  rw [mulVec_covariance, inner_comm, cov_inner_right]

end RLHF
