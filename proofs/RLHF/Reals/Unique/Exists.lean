module
public import RLHF.Reals.Unique.Basic

/-!
# A map from one complete ordered field to another

What is modelled: the map that sends `x` to the least upper bound of the fractions `(m - k) / n`
with `m - k ≤ n x`. It respects `1`, sums and the order.

## Main results
* `CompleteField.exists_respects`.
-/

public section

namespace RLHF.CompleteField

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u v
variable {F : Type u} {G : Type v} [CompleteField F] [CompleteField G]

/-- Some fraction `(m - k) / n` is at least `r` in `G` and at most `x` in `F`. -/
def Below (x : F) (r : G) : Prop :=
  ∃ m k n : Nat, 0 < n ∧ (n : G) * r + k ≤ m ∧ (m : F) ≤ (n : F) * x + k

namespace Below

variable {x y : F} {r s : G}

theorem mono (h : Below x r) (hxy : x ≤ y) : Below y r := by
  obtain ⟨m, k, n, hn, h1, h2⟩ := h
  have := OrderedRing.mul_le_mul_of_nonneg_left hxy (cast_nonneg (F := F) n)
  exact ⟨m, k, n, hn, h1, by grind⟩

theorem add (h : Below x r) (h' : Below y s) : Below (x + y) (r + s) := by
  obtain ⟨m, k, n, hn, h1, h2⟩ := h
  obtain ⟨m', k', n', hn', h1', h2'⟩ := h'
  have e1 := OrderedRing.mul_le_mul_of_nonneg_left h1 (cast_nonneg (F := G) n')
  have e2 := OrderedRing.mul_le_mul_of_nonneg_left h2 (cast_nonneg (F := F) n')
  have e3 := OrderedRing.mul_le_mul_of_nonneg_left h1' (cast_nonneg (F := G) n)
  have e4 := OrderedRing.mul_le_mul_of_nonneg_left h2' (cast_nonneg (F := F) n)
  refine ⟨n' * m + n * m', n' * k + n * k', n * n', Nat.mul_pos hn hn', ?_, ?_⟩
  · simp only [Semiring.natCast_add, Semiring.natCast_mul]
    grind
  · simp only [Semiring.natCast_add, Semiring.natCast_mul]
    grind

/-- What is below a natural number in `F` is below it in `G`. -/
theorem le_cast {N : Nat} (h : Below x r) (hx : x ≤ (N : F)) : r ≤ (N : G) := by
  obtain ⟨m, k, n, hn, h1, h2⟩ := h
  have h3 := OrderedRing.mul_le_mul_of_nonneg_left hx (cast_nonneg (F := F) n)
  have h4 : ((m : Nat) : F) ≤ ((n * N + k : Nat) : F) := by
    rw [Semiring.natCast_add, Semiring.natCast_mul]
    grind
  have h5 := (cast_le (F := G)).2 (cast_le.1 h4)
  rw [Semiring.natCast_add, Semiring.natCast_mul] at h5
  exact (Field.IsOrdered.mul_le_mul_iff_of_pos_left (cast_pos hn)).1 (by grind)

theorem nonempty (x : F) : ∃ r : G, Below x r := by
  obtain ⟨k, hk⟩ := exists_nat_ge (-x)
  exact ⟨-(k : G), 0, k, 1, by omega, by grind, by grind⟩

theorem one : Below (1 : F) (1 : G) := ⟨1, 0, 1, by omega, by grind, by grind⟩

/-- The fractions `(m - k) / n` and `(k - m - 1) / n`, where `m - k` is next to `n x`. -/
theorem neighbours (x : F) {n : Nat} (hn : 0 < n) :
    ∃ r s : G, Below x r ∧ Below (-x) s ∧ (n : G) * (r + s) = -1 := by
  obtain ⟨m, k, h1, h2⟩ := exists_floor ((n : F) * x)
  have hp := cast_pos (F := G) hn
  have e1 : (n : G) * (((m : G) - k) / n) = m - k := by grind
  have e2 : (n : G) * (((k : G) - m - 1) / n) = k - m - 1 := by grind
  refine ⟨((m : G) - k) / n, ((k : G) - m - 1) / n, ⟨m, k, n, hn, by grind, h1⟩,
    ⟨k, m + 1, n, hn, ?_, ?_⟩, by grind⟩
  · rw [Semiring.natCast_succ]
    grind
  · rw [Semiring.natCast_succ]
    grind

end Below

/-- `u` is the least upper bound of all `r` below `x`. -/
def Image (x : F) (u : G) : Prop :=
  (∀ r, Below x r → r ≤ u) ∧ ∀ c, (∀ r, Below x r → r ≤ c) → u ≤ c

namespace Image

variable {x y : F} {u v w : G}

theorem exists_image (x : F) : ∃ u : G, Image x u := by
  obtain ⟨N, hN⟩ := exists_nat_ge x
  exact exists_lub (Below x) (N : G) (Below.nonempty x) fun r h => h.le_cast hN

theorem mono (hu : Image x u) (hv : Image y v) (h : x ≤ y) : u ≤ v :=
  hu.2 v fun r hr => hv.1 r (hr.mono h)

theorem add_le (hu : Image x u) (hv : Image y v) (hw : Image (x + y) w) : u + v ≤ w := by
  have : u ≤ w - v := hu.2 _ fun r hr => by
    have : v ≤ w - r := hv.2 _ fun s hs => by
      have := hw.1 _ (hr.add hs)
      grind
    grind
  grind

theorem neg_le (hu : Image x u) (hv : Image (-x) v) : 0 ≤ u + v := by
  apply Std.not_lt.1
  intro k
  obtain ⟨n, hn, h⟩ := exists_mul_gt (show 0 < -(u + v) by grind) 1
  obtain ⟨r, s, hr, hs, e⟩ := Below.neighbours (G := G) x hn
  have := OrderedRing.mul_le_mul_of_nonneg_left (hu.1 r hr) (cast_nonneg (F := G) n)
  have := OrderedRing.mul_le_mul_of_nonneg_left (hv.1 s hs) (cast_nonneg (F := G) n)
  grind

theorem one (hu : Image (1 : F) u) : u = 1 := by
  have h := hu.2 ((1 : Nat) : G) fun r hr => hr.le_cast (N := 1) (by grind)
  exact Std.le_antisymm (by grind) (hu.1 1 Below.one)

end Image

/-- `φ (x + y) = φ x + φ y`, since `φ x = φ (x + y - y) ≥ φ (x + y) + φ (-y)`. -/
theorem exists_respects : ∃ φ : F → G, Respects φ := by
  obtain ⟨φ, hφ⟩ := Classical.axiomOfChoice fun x : F => Image.exists_image (G := G) x
  refine ⟨φ, (hφ 1).one, fun x y => Std.le_antisymm ?_ ((hφ x).add_le (hφ y) (hφ (x + y))),
    fun x y h => (hφ x).mono (hφ y) h⟩
  have h1 := (hφ (x + y)).add_le (hφ (-y)) (hφ (x + y + -y))
  rw [show x + y + -y = x by grind] at h1
  have := (hφ y).neg_le (hφ (-y))
  grind

end RLHF.CompleteField
