module
public import RLHF.Foundations.Exp

/-!
# Vectors

What is modelled: `R^d` with inner product and Euclidean norm.

## Main results
* Bilinearity of `inner`; `inner_mul_self_le` and `abs_inner_le` (Cauchy–Schwarz).
* `norm_mul_self`, `norm_add_le`, `norm_smul`, `norm_sub_comm`.
-/

public section

namespace RLHF

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R] {d k n : Nat}

/-! ### Coordinates -/

theorem Vec.add_apply (u v : Vec R d) (i : Fin d) : (u + v) i = u i + v i := rfl
theorem Vec.sub_apply (u v : Vec R d) (i : Fin d) : (u - v) i = u i - v i := rfl
theorem Vec.neg_apply (v : Vec R d) (i : Fin d) : (-v) i = -v i := rfl
theorem Vec.smul_apply (c : R) (v : Vec R d) (i : Fin d) : (c * v) i = c * v i := rfl
theorem Vec.zero_apply (i : Fin d) : (0 : Vec R d) i = 0 := rfl

omit [ExpField R] in
theorem Vec.ext {u v : Vec R d} (h : ∀ i, u i = v i) : u = v := funext h

/-! ### Inner product -/

theorem inner_comm (u v : Vec R d) : inner u v = inner v u := sum_congr fun i => by grind

theorem inner_add_left (u v w : Vec R d) : inner (u + v) w = inner u w + inner v w := by
  unfold inner
  rw [← sum_add]
  exact sum_congr fun i => by rw [Vec.add_apply]; grind

theorem inner_smul_left (c : R) (u v : Vec R d) : inner (c * u) v = c * inner u v := by
  unfold inner
  rw [← sum_mul]
  exact sum_congr fun i => by rw [Vec.smul_apply]; grind

theorem inner_sub_left (u v w : Vec R d) : inner (u - v) w = inner u w - inner v w := by
  unfold inner
  rw [← sum_sub]
  exact sum_congr fun i => by rw [Vec.sub_apply]; grind

theorem inner_neg_left (u v : Vec R d) : inner (-u) v = -inner u v := by
  unfold inner
  rw [← sum_neg]
  exact sum_congr fun i => by rw [Vec.neg_apply]; grind

theorem inner_zero_left (v : Vec R d) : inner 0 v = 0 := by
  unfold inner
  rw [← sum_zero (n := d)]
  exact sum_congr fun i => by rw [Vec.zero_apply]; grind

theorem inner_add_right (u v w : Vec R d) : inner w (u + v) = inner w u + inner w v := by
  rw [inner_comm, inner_add_left, inner_comm u, inner_comm v]

theorem inner_smul_right (c : R) (u v : Vec R d) : inner u (c * v) = c * inner u v := by
  rw [inner_comm, inner_smul_left, inner_comm]

theorem inner_sub_right (u v w : Vec R d) : inner w (u - v) = inner w u - inner w v := by
  rw [inner_comm, inner_sub_left, inner_comm u, inner_comm v]

theorem inner_neg_right (u v : Vec R d) : inner u (-v) = -inner u v := by
  rw [inner_comm, inner_neg_left, inner_comm]

theorem inner_zero_right (v : Vec R d) : inner v 0 = 0 := by rw [inner_comm, inner_zero_left]

theorem inner_self_nonneg (u : Vec R d) : 0 ≤ inner u u := sum_nonneg fun i => mul_self_nonneg (u i)

theorem eq_zero_of_inner_self {u : Vec R d} (h : inner u u = 0) : u = 0 := by
  refine Vec.ext fun i => ?_
  have := sum_eq_zero (fun i => mul_self_nonneg (u i)) h i
  rw [Vec.zero_apply]
  grind

theorem inner_average (f : Fin n → Vec R d) (v : Vec R d) :
    inner (fun j => average fun i => f i j) v = average fun i => inner (f i) v := by
  unfold inner average
  have h : ∀ j, sum (fun i => f i j) / n * v j = sum (fun i => f i j * v j) / n := fun j => by
    rw [sum_mul_right]; grind
  rw [sum_congr h, sum_div, sum_comm]

/-- Cauchy–Schwarz: `⟨u, v⟩² ≤ ⟨u, u⟩⟨v, v⟩`. -/
theorem inner_mul_self_le (u v : Vec R d) : inner u v * inner u v ≤ inner u u * inner v v := by
  refine mul_self_le_mul_of_quadratic (inner_self_nonneg v) fun s t => ?_
  have h := inner_self_nonneg (s * u + t * v)
  simp only [inner_add_left, inner_add_right, inner_smul_left, inner_smul_right,
    inner_comm v u] at h
  grind

/-! ### Norm -/

theorem norm_nonneg (v : Vec R d) : 0 ≤ norm v := sqrt_nonneg _

theorem norm_mul_self (v : Vec R d) : norm v * norm v = inner v v :=
  sqrt_mul_self (inner_self_nonneg v)

theorem norm_zero : norm (0 : Vec R d) = 0 := sqrt_eq (by grind) (by rw [inner_zero_left]; grind)

theorem eq_zero_of_norm {v : Vec R d} (h : norm v = 0) : v = 0 :=
  eq_zero_of_inner_self (by rw [← norm_mul_self, h]; grind)

/-- Cauchy–Schwarz: `|⟨u, v⟩| ≤ ‖u‖‖v‖`. -/
theorem abs_inner_le (u v : Vec R d) : abs (inner u v) ≤ norm u * norm v := by
  refine abs_le_of_mul_self_le (mul_nonneg (norm_nonneg u) (norm_nonneg v)) ?_
  have h := inner_mul_self_le u v
  rw [← norm_mul_self u, ← norm_mul_self v] at h
  grind

theorem inner_le_norm (u v : Vec R d) : inner u v ≤ norm u * norm v :=
  Std.le_trans (le_abs _) (abs_inner_le u v)

theorem norm_le_of_inner_le {v : Vec R d} {c : R} (hc : 0 ≤ c) (h : inner v v ≤ c * c) :
    norm v ≤ c := by
  rw [← mul_self_le_iff (norm_nonneg v) hc, norm_mul_self]
  exact h

theorem inner_le_of_norm_le {v : Vec R d} {c : R} (h : norm v ≤ c) : inner v v ≤ c * c := by
  rw [← norm_mul_self]
  have := norm_nonneg v
  exact mul_le_mul h h (by grind) this

theorem norm_smul (c : R) (v : Vec R d) : norm (c * v) = abs c * norm v := by
  refine sqrt_eq (mul_nonneg (abs_nonneg c) (norm_nonneg v)) ?_
  rw [inner_smul_left, inner_smul_right, ← norm_mul_self]
  have := abs_mul_abs c
  grind

theorem norm_neg (v : Vec R d) : norm (-v) = norm v := by
  unfold norm
  rw [inner_neg_left, inner_neg_right]
  congr 1
  grind

theorem norm_sub_comm (u v : Vec R d) : norm (u - v) = norm (v - u) := by
  have : u - v = -(v - u) := Vec.ext fun i => by
    rw [Vec.neg_apply, Vec.sub_apply, Vec.sub_apply]; grind
  rw [this, norm_neg]

/-- Triangle inequality. -/
theorem norm_add_le (u v : Vec R d) : norm (u + v) ≤ norm u + norm v := by
  have hu := norm_nonneg u
  have hv := norm_nonneg v
  refine norm_le_of_inner_le (by grind) ?_
  have := inner_le_norm u v
  have := norm_mul_self u
  have := norm_mul_self v
  rw [inner_add_left, inner_add_right, inner_add_right, inner_comm v u]
  grind

/-- `⟨v, w⟩ - ⟨v, w'⟩ ≤ ‖v‖ c` for `‖w - w'‖ ≤ c`. -/
theorem inner_sub_le_of_norm_sub_le (v : Vec R d) {w w' : Vec R d} {c : R}
    (h : norm (w - w') ≤ c) : inner v w - inner v w' ≤ norm v * c := by
  rw [← inner_sub_right]
  exact Std.le_trans (inner_le_norm v _) (mul_le_mul_left h (norm_nonneg v))

theorem norm_sub_le_of_norm_le {v w : Vec R d} {c : R} (hv : norm v ≤ c) (hw : norm w ≤ c) :
    norm (v - w) ≤ 2 * c := by
  have e : v - w = v + -w := Vec.ext fun i => by
    rw [Vec.sub_apply, Vec.add_apply, Vec.neg_apply]; grind
  have h := norm_add_le v (-w)
  rw [norm_neg] at h
  rw [e]
  grind

end RLHF
