module
public import RLHF.Foundations.Vector

/-!
# The engine of ascent

What is modelled: an error sequence `u_{t+1} = u_t - η g_t` whose directions satisfy the
co-coercivity inequality `‖g_t‖² ≤ K ⟨g_t, u_t⟩`.

## Main results
* `inner_step_le`: one step, `‖u - η g‖² ≤ ‖u‖² - η (2 - η K) ⟨g, u⟩`.
* `norm_step_le`: the error never grows if `0 ≤ η` and `η K ≤ 2`.
* `sum_inner_le`: `Σ_{t<T} ⟨g_t, u_t⟩ ≤ K ‖u_0‖²` at `η = 1/K`.
* `exists_mul_le_sum`: some term of a finite sum is at most the mean.

## References
arXiv 2601.16403, gradient ascent.
-/

public section

namespace RLHF

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R] {d : Nat}

/-- One step: `‖u - η g‖² ≤ ‖u‖² - η (2 - η K) ⟨g, u⟩`. -/
theorem inner_step_le {u g : Vec R d} {K : R} (hco : inner g g ≤ K * inner g u) (η : R) :
    inner (u - η * g) (u - η * g) ≤ inner u u - η * (2 - η * K) * inner g u := by
  have h := mul_le_mul_left hco (mul_self_nonneg η)
  simp only [inner_sub_left, inner_sub_right, inner_smul_left, inner_smul_right, inner_comm u g]
  grind

theorem inner_nonneg_of_cocoercive {u g : Vec R d} {K : R} (hK : 0 ≤ K)
    (hco : inner g g ≤ K * inner g u) : 0 ≤ inner g u := by
  have h0 := inner_self_nonneg g
  by_cases h : K = 0
  · subst h
    rw [eq_zero_of_inner_self (u := g) (by grind), inner_zero_left]
    grind
  · exact le_of_mul_le_mul_left (by grind : 0 < K) (by grind)

/-- A step with `0 ≤ η`, `η K ≤ 2` does not increase the norm of the error. -/
theorem norm_step_le {u g : Vec R d} {K η : R} (hK : 0 ≤ K) (hη0 : 0 ≤ η) (hη : η * K ≤ 2)
    (hco : inner g g ≤ K * inner g u) : norm (u - η * g) ≤ norm u := by
  have h := inner_step_le hco η
  have h1 := mul_nonneg (mul_nonneg hη0 (by grind : 0 ≤ 2 - η * K))
    (inner_nonneg_of_cocoercive hK hco)
  refine norm_le_of_inner_le (norm_nonneg u) ?_
  rw [norm_mul_self]
  grind

/-- `⟨g, u⟩ ≤ K (‖u‖² - ‖u - g/K‖²)`. -/
theorem inner_le_decrease {u g : Vec R d} {K : R} (hK : 0 ≤ K)
    (hco : inner g g ≤ K * inner g u) :
    inner g u ≤ K * (inner u u - inner (u - (1 / K) * g) (u - (1 / K) * g)) := by
  by_cases h0 : K = 0
  · subst h0
    rw [eq_zero_of_inner_self (u := g) (by have := inner_self_nonneg g; grind), inner_zero_left]
    grind
  · have h := mul_le_mul_left (inner_step_le hco (1 / K)) hK
    generalize inner (u - (1 / K) * g) (u - (1 / K) * g) = w at *
    have e : K * (inner u u - 1 / K * (2 - 1 / K * K) * inner g u) =
        K * inner u u - inner g u := by grind
    grind

/-- `Σ_{t<T} ⟨g_t, u_t⟩ ≤ K ‖u_0‖²` along `u_{t+1} = u_t - g_t / K`. -/
theorem sum_inner_le {K : R} (hK : 0 ≤ K) (T : Nat) {u g : Nat → Vec R d}
    (hstep : ∀ t, u (t + 1) = u t - (1 / K) * g t)
    (hco : ∀ t, inner (g t) (g t) ≤ K * inner (g t) (u t)) :
    sum (fun t : Fin T => inner (g t) (u t)) ≤ K * inner (u 0) (u 0) := by
  induction T generalizing u g with
  | zero =>
    have := mul_nonneg hK (inner_self_nonneg (u 0))
    simp only [sum]
    exact this
  | succ T ih =>
    have h := ih (u := fun t => u (t + 1)) (g := fun t => g (t + 1)) (fun t => hstep (t + 1))
      fun t => hco (t + 1)
    have h0 := inner_le_decrease hK (hco 0)
    rw [← hstep 0] at h0
    simp only [sum_succ, Fin.val_zero, Fin.val_succ]
    grind

/-- The step size `1/K` is admissible, also for `K = 0`. -/
theorem one_div_mul_le {K : R} : 1 / K * K ≤ 2 := by
  by_cases h : K = 0
  · rw [h]; grind
  · have e : 1 / K * K = 1 := by grind
    grind

theorem one_div_nonneg {K : R} (hK : 0 ≤ K) : 0 ≤ 1 / K := by
  by_cases h : K = 0
  · have e : 1 / K = 0 := by rw [h]; grind
    grind
  · exact div_nonneg (by grind) (by grind)

/-- Some term of a nonempty sum is at most the mean: `T · f t ≤ Σ f`. -/
theorem exists_mul_le_sum {T : Nat} (hT : 0 < T) (f : Fin T → R) : ∃ t, (T : R) * f t ≤ sum f := by
  refine Classical.byContradiction fun hno => ?_
  have hlt : ∀ t, sum f ≤ (T : R) * f t := fun t => by
    have : ¬(T : R) * f t ≤ sum f := fun h => hno ⟨t, h⟩
    grind
  have h0 : ¬(T : R) * f ⟨0, hT⟩ ≤ sum f := fun h => hno ⟨_, h⟩
  have hpos := sum_pos (f := fun t => (T : R) * f t - sum f)
    (fun t => by have := hlt t; grind) ⟨0, hT⟩ (by grind)
  rw [sum_sub, sum_mul, sum_const] at hpos
  grind

end RLHF
