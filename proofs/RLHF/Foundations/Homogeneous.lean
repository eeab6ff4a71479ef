module
public import RLHF.Foundations.Vector

/-!
# More unknowns than equations

What is modelled: homogeneous linear equations over the field, `k` of them in `k + 1` unknowns.

## Main results
* `exists_nonzero_solution`: they have a solution that is not zero.
* `exists_orthogonal`: of `k + 1` independent vectors some combination is orthogonal to `k` given
  vectors, and not to all of the `k + 1`.
-/

public section

namespace RLHF

open Lean.Grind

universe u
variable {R : Type u} [ExpField R] {k d : Nat}

/-- The indices other than `p`, in order. -/
private noncomputable def others (p : Fin (k + 1)) (i : Fin k) : Fin (k + 1) :=
  if i.val < p.val then i.castSucc else i.succ

private theorem exists_others {p i : Fin (k + 1)} (h : i ≠ p) : ∃ j, others p j = i := by
  have hv : i.val ≠ p.val := fun e => h (Fin.ext e)
  have hi := i.isLt
  have hp := p.isLt
  by_cases hlt : i.val < p.val
  · refine ⟨⟨i.val, by omega⟩, ?_⟩
    unfold others
    rw [if_pos hlt]
    rfl
  · refine ⟨⟨i.val - 1, by omega⟩, ?_⟩
    unfold others
    rw [if_neg (show ¬i.val - 1 < p.val by omega)]
    exact Fin.ext (show i.val - 1 + 1 = i.val by omega)

/-- `k` homogeneous linear equations in `k + 1` unknowns have a solution that is not zero. -/
theorem exists_nonzero_solution (A : Fin k → Vec R (k + 1)) :
    ∃ c : Vec R (k + 1), (∃ j, c j ≠ 0) ∧ ∀ i, inner (A i) c = 0 := by
  induction k with
  | zero => exact ⟨fun _ => 1, ⟨0, by grind⟩, fun i => i.elim0⟩
  | succ k ih =>
    by_cases h : ∀ i, A i 0 = 0
    · refine ⟨fun j => if j = 0 then 1 else 0, ⟨0, by grind⟩, fun i => ?_⟩
      have e : ∀ j : Fin (k + 1), A i j.succ * (if j.succ = 0 then 1 else 0 : R) = 0 := fun j => by
        rw [if_neg (Fin.succ_ne_zero j)]
        grind
      unfold inner
      rw [sum_succ, sum_congr e, sum_zero, h i]
      grind
    · obtain ⟨p, hp⟩ := Classical.not_forall.mp h
      obtain ⟨c, ⟨q, hq⟩, hc⟩ := ih fun i => (fun j => A (others p i) j.succ) -
        (A (others p i) 0 / A p 0) * (fun j => A p j.succ : Vec R (k + 1))
      refine ⟨fun j => Fin.cases (motive := fun _ => R)
        (-(inner (fun j => A p j.succ) c / A p 0)) c j, ⟨q.succ, hq⟩, fun i => ?_⟩
      show A i 0 * -(inner (fun j => A p j.succ) c / A p 0) + inner (fun j => A i j.succ) c = 0
      by_cases hi : i = p
      · rw [hi]
        grind
      · obtain ⟨j, rfl⟩ := exists_others hi
        have hj := hc j
        rw [inner_sub_left, inner_smul_left] at hj
        grind

private theorem inner_combination_right (v : Vec R d) (w : Fin k → Vec R d) (c : Vec R k) :
    inner v (fun l => sum fun j => c j * w j l) = inner (fun j => inner v (w j)) c := by
  unfold inner
  have e : ∀ l, v l * (sum fun j => c j * w j l) = sum fun j => v l * w j l * c j := fun l => by
    rw [← sum_mul]
    exact sum_congr fun j => by grind
  rw [sum_congr e, sum_comm]
  exact sum_congr fun j => sum_mul_right _ _

/-- Of `k + 1` linearly independent vectors some combination is orthogonal to `k` given vectors, and
not to all of the `k + 1`. -/
theorem exists_orthogonal (v : Fin k → Vec R d) {w : Fin (k + 1) → Vec R d}
    (hw : ∀ c : Vec R (k + 1), (∀ l, (sum fun j => c j * w j l) = 0) → ∀ j, c j = 0) :
    ∃ u, (∀ i, inner (v i) u = 0) ∧ ∃ j, inner u (w j) ≠ 0 := by
  obtain ⟨c, ⟨q, hq⟩, hc⟩ := exists_nonzero_solution fun i j => inner (v i) (w j)
  refine ⟨fun l => sum fun j => c j * w j l,
    fun i => (inner_combination_right _ _ _).trans (hc i), ?_⟩
  refine Classical.byContradiction fun hno => hq (hw c (fun l => ?_) q)
  have h0 : ∀ j, inner (fun l => sum fun j => c j * w j l) (w j) = 0 := fun j =>
    Classical.byContradiction fun h => hno ⟨j, h⟩
  have hz := inner_combination_right (fun l => sum fun j => c j * w j l) w c
  rw [funext h0] at hz
  have he := eq_zero_of_inner_self (hz.trans (inner_zero_left c))
  exact congrFun he l

end RLHF
