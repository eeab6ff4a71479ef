module
public import RLHF.Foundations.Vector

/-!
# Biorthogonal vectors

What is modelled: vectors `u_i`, `v_j` of `R^k` with `⟨u_i, v_j⟩ = 0` for `i ≠ j`. At most `k` of
the numbers `⟨u_i, v_i⟩` are not zero. The proof eliminates one coordinate after the other.

## Main results
* `sum_le_of_biorthogonal`: that count, as a sum of numbers `b_i ≤ 1`, positive for such `i` only.
* `inner_combination`: the inner product with a combination of vectors.
* `unit_combination`: every vector is a combination of the unit vectors.
-/

public section

namespace RLHF

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R] {s k d : Nat}

theorem sum_single (p : Fin s) (c : R) : sum (fun i => if i = p then c else 0) = c := by
  induction s with
  | zero => exact p.elim0
  | succ s ih =>
    cases p using Fin.cases with
    | zero =>
      have e : ∀ i : Fin s, (if i.succ = 0 then c else 0) = (0 : R) := fun i =>
        if_neg (Fin.succ_ne_zero i)
      rw [sum_succ, sum_congr e, sum_zero]
      grind
    | succ p =>
      have e : ∀ i : Fin s, (if i.succ = p.succ then c else 0) = if i = p then c else 0 :=
        fun i => by simp only [Fin.succ_inj]
      rw [sum_succ, sum_congr e, ih p, if_neg (Ne.symm (Fin.succ_ne_zero p))]
      grind

theorem inner_combination (u : Vec R d) {v : Vec R d} {w : Fin k → Vec R d} {c : Vec R k}
    (h : ∀ j, v j = sum fun l => c l * w l j) : inner u v = inner (fun l => inner u (w l)) c := by
  unfold inner
  have e : ∀ j, u j * v j = sum fun l => u j * w l j * c l := fun j => by
    rw [h, ← sum_mul]
    exact sum_congr fun l => by grind
  rw [sum_congr e, sum_comm]
  exact sum_congr fun l => sum_mul_right _ _

theorem unit_combination (v : Vec R d) (j : Fin d) :
    v j = sum fun l => v l * if l = j then 1 else 0 := by
  have e : ∀ l, (v l * if l = j then 1 else 0) = if l = j then v j else 0 := fun l => by
    by_cases h : l = j
    · rw [if_pos h, if_pos h, h]; grind
    · rw [if_neg h, if_neg h]; grind
  rw [sum_congr e, sum_single]

/-- Multiples of a vector `w` with `w_0 ≠ 0` make the coordinate `0` of every `v` vanish. -/
private theorem inner_eliminate (u : Vec R (k + 1)) (v : Vec R (k + 1)) {w : Vec R (k + 1)}
    (hw : w 0 ≠ 0) :
    inner (fun l => u l.succ : Vec R k) (fun l => v l.succ - v 0 / w 0 * w l.succ) =
      inner u v - v 0 / w 0 * inner u w := by
  have e : ∀ l : Fin k, u l.succ * (v l.succ - v 0 / w 0 * w l.succ) =
      u l.succ * v l.succ - v 0 / w 0 * (u l.succ * w l.succ) := fun l => by grind
  unfold inner
  rw [sum_congr e, sum_sub, sum_mul, sum_succ (fun i => u i * v i), sum_succ fun i => u i * w i]
  generalize (sum fun i : Fin k => u i.succ * w i.succ) = t
  grind

/-- Vectors with `⟨u_i, v_j⟩ = 0` for `i ≠ j` in `R^k`, and numbers `b_i ≤ 1` that are not positive
where `⟨u_i, v_i⟩ = 0`: `Σ b_i ≤ k`. -/
theorem sum_le_of_biorthogonal (U V : Fin s → Vec R k) {b : Fin s → R}
    (h : ∀ i j, i ≠ j → inner (U i) (V j) = 0) (h1 : ∀ i, b i ≤ 1)
    (h0 : ∀ i, inner (U i) (V i) = 0 → b i ≤ 0) : sum b ≤ (k : R) := by
  induction k generalizing b with
  | zero =>
    have hb := sum_mono (g := fun _ : Fin s => (0 : R)) fun i => h0 i rfl
    rw [sum_zero] at hb
    exact Std.le_trans hb (natCast_nonneg 0)
  | succ k ih =>
    rw [Semiring.natCast_succ]
    by_cases hp : ∃ p, V p 0 ≠ 0
    · obtain ⟨p, hp⟩ := hp
      have key := fun i j => inner_eliminate (U i) (V j) hp
      have hle := ih (fun i => if i = p then 0 else fun l => U i l.succ)
        (fun j l => V j l.succ - V j 0 / V p 0 * V p l.succ)
        (b := fun i => b i - if i = p then 1 else 0)
        (fun i j hij => by
          dsimp only
          by_cases hi : i = p
          · rw [if_pos hi, inner_zero_left]
          · rw [if_neg hi, key, h i j hij, h i p hi]; grind)
        (fun i => by have := h1 i; dsimp only; split <;> grind)
        (fun i hi => by
          have := h1 i
          dsimp only at hi ⊢
          by_cases hip : i = p
          · rw [if_pos hip]; grind
          · rw [if_neg hip, key, h i p hip] at hi
            have := h0 i (by grind)
            rw [if_neg hip]; grind)
      rw [sum_sub, sum_single] at hle
      grind
    · have e : ∀ i j, inner (fun l => U i l.succ : Vec R k) (fun l => V j l.succ) =
          inner (U i) (V j) := fun i j => by
        have hz : V j 0 = 0 := Classical.byContradiction fun hne => hp ⟨j, hne⟩
        show _ = U i 0 * V j 0 + _
        rw [hz]; unfold inner; grind
      have hle := ih (fun i l => U i l.succ) (fun j l => V j l.succ) (b := b)
        (fun i j hij => by rw [e]; exact h i j hij) h1 fun i hi => h0 i (by rw [← e]; exact hi)
      grind

end RLHF
