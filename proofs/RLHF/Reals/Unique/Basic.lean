module
public import RLHF.Reals.Unique.Defs

/-!
# Complete ordered fields are Archimedean

What is modelled: every element of a complete ordered field lies between two neighbouring integers,
and a map that respects `1`, sums and the order is determined by that.

## Main results
* `CompleteField.exists_nat_ge` (Archimedes), `CompleteField.exists_floor`.
* `CompleteField.Respects.eq`: two maps that respect `1`, sums and the order agree.
-/

public section

namespace RLHF.CompleteField

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u v
variable {F : Type u} {G : Type v} [CompleteField F] [CompleteField G]

/-- If the natural numbers had an upper bound, they would have a least one, and that less `1` would
be one, too. -/
theorem exists_nat_ge (x : F) : ∃ n : Nat, x ≤ (n : F) := by
  apply Classical.byContradiction
  intro h
  obtain ⟨u, h1, h2⟩ := exists_lub (fun y : F => ∃ n : Nat, y = (n : F)) x ⟨_, 0, rfl⟩
    fun y ⟨n, hy⟩ => hy ▸ (Std.le_total (a := (n : F)) (b := x)).resolve_right fun k => h ⟨n, k⟩
  have := h2 (u - 1) fun y ⟨n, hy⟩ => by
    have := h1 ((n + 1 : Nat) : F) ⟨n + 1, rfl⟩
    rw [Semiring.natCast_succ] at this
    grind
  grind

theorem cast_nonneg (n : Nat) : 0 ≤ (n : F) := OrderedRing.natCast_nonneg

theorem cast_pos {n : Nat} (h : 0 < n) : 0 < (n : F) := by
  obtain ⟨m, rfl⟩ := Nat.exists_eq_add_of_lt h
  have := cast_nonneg (F := F) m
  rw [show 0 + m + 1 = m + 1 by omega, Semiring.natCast_succ]
  grind

theorem cast_le {m n : Nat} : (m : F) ≤ (n : F) ↔ m ≤ n := by
  constructor
  · intro h
    apply Classical.byContradiction
    intro k
    obtain ⟨d, rfl⟩ := Nat.exists_eq_add_of_lt (Nat.lt_of_not_le k)
    have := cast_nonneg (F := F) d
    rw [Semiring.natCast_succ, Semiring.natCast_add] at h
    grind
  · intro h
    obtain ⟨d, rfl⟩ := Nat.exists_eq_add_of_le h
    have := cast_nonneg (F := F) d
    rw [Semiring.natCast_add]
    grind

theorem exists_nat_between {x : F} (h : 0 ≤ x) : ∃ m : Nat, (m : F) ≤ x ∧ x ≤ (m : F) + 1 := by
  obtain ⟨n, hn⟩ := exists_nat_ge x
  induction n with
  | zero => exact ⟨0, by grind, by grind⟩
  | succ n ih =>
    rcases Std.le_total (a := x) (b := (n : F)) with k | k
    · exact ih k
    · exact ⟨n, k, by rwa [Semiring.natCast_succ] at hn⟩

/-- `m - k ≤ x ≤ m - k + 1` for some natural numbers `m` and `k`. -/
theorem exists_floor (x : F) : ∃ m k : Nat, (m : F) ≤ x + k ∧ x + k ≤ m + 1 := by
  obtain ⟨k, hk⟩ := exists_nat_ge (-x)
  obtain ⟨m, h1, h2⟩ := exists_nat_between (x := x + k) (by grind)
  exact ⟨m, k, h1, h2⟩

/-- A multiple of a positive element exceeds any other. -/
theorem exists_mul_gt {x : F} (h : 0 < x) (y : F) : ∃ n : Nat, 0 < n ∧ y < (n : F) * x := by
  obtain ⟨n, hn⟩ := exists_nat_ge (y * x⁻¹)
  refine ⟨n + 1, by omega, ?_⟩
  have := OrderedRing.mul_le_mul_of_nonneg_right hn (Std.le_of_lt h)
  rw [show y * x⁻¹ * x = y by grind] at this
  rw [Semiring.natCast_succ]
  grind

/-- `φ` respects `1`, sums and the order. -/
structure Respects (φ : F → G) : Prop where
  /-- `φ 1 = 1`. -/
  one : φ 1 = 1
  /-- `φ (x + y) = φ x + φ y`. -/
  add : ∀ x y, φ (x + y) = φ x + φ y
  /-- `φ x ≤ φ y` where `x ≤ y`. -/
  mono : ∀ x y, x ≤ y → φ x ≤ φ y

namespace Respects

variable {φ ψ : F → G}

theorem zero (h : Respects φ) : φ 0 = 0 := by
  have := h.add 0 0
  rw [show (0 : F) + 0 = 0 by grind] at this
  grind

theorem neg (h : Respects φ) (x : F) : φ (-x) = -φ x := by
  have := h.add x (-x)
  rw [show x + -x = 0 by grind, h.zero] at this
  grind

theorem nat_mul (h : Respects φ) (n : Nat) (x : F) : φ ((n : F) * x) = (n : G) * φ x := by
  induction n with
  | zero =>
    rw [show ((0 : Nat) : F) * x = 0 by grind, h.zero]
    grind
  | succ n ih =>
    rw [Semiring.natCast_succ, Semiring.natCast_succ, show ((n : F) + 1) * x = n * x + x by grind,
      h.add, ih]
    grind

theorem cast (h : Respects φ) (n : Nat) : φ (n : F) = (n : G) := by
  have := h.nat_mul n 1
  rw [h.one] at this
  rwa [show (n : F) * 1 = n by grind, show (n : G) * 1 = n by grind] at this

/-- Were `φ x < ψ x`, some `m - k` would lie between `n φ x` and `n ψ x` for some `n`. It is at
most `n x`, or at least; both are false. -/
theorem le (h : Respects φ) (k : Respects ψ) (x : F) : ψ x ≤ φ x := by
  apply Std.not_lt.1
  intro l
  obtain ⟨n, -, hn⟩ := exists_mul_gt (show 0 < ψ x - φ x by grind) 2
  obtain ⟨m, j, h1, h2⟩ := exists_floor ((n : G) * φ x)
  rcases Std.le_total (a := ((m + 1 + 1 : Nat) : F)) (b := (n : F) * x + j) with c | c
  · have := h.mono _ _ c
    rw [h.add, h.nat_mul, h.cast, h.cast, Semiring.natCast_succ, Semiring.natCast_succ] at this
    grind
  · have := k.mono _ _ c
    rw [k.add, k.nat_mul, k.cast, k.cast, Semiring.natCast_succ, Semiring.natCast_succ] at this
    grind

/-- Two maps that respect `1`, sums and the order agree. -/
theorem eq (h : Respects φ) (k : Respects ψ) (x : F) : φ x = ψ x :=
  Std.le_antisymm (k.le h x) (h.le k x)

end Respects

end RLHF.CompleteField
