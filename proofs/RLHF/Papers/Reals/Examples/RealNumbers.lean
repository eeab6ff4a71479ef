module
public import RLHF.Papers.Reals.Main.RealNumbers

/-!
# Concrete instances: the real numbers

What is modelled: the square root of `2` as a least upper bound, the number `e`, and the identity,
which is the only isomorphism from the reals to themselves.
-/

public section

namespace RLHF.Demo

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

theorem le_two_of_mul_self_le (x : Real) (h : x * x ≤ 2) : x ≤ 2 := by
  apply Std.not_lt.1
  intro k
  have := mul_pos (by grind : 0 < x - 2) (by grind : 0 < x + 2)
  grind

theorem reals_complete_instance : ∃ u : Real, (∀ x, x * x ≤ 2 → x ≤ u) ∧
    ∀ c, (∀ x : Real, x * x ≤ 2 → x ≤ c) → u ≤ c :=
  reals_complete (S := fun x => x * x ≤ 2) ⟨0, by grind⟩ le_two_of_mul_self_le

/-- The only map from the reals to themselves that respects `1`, sums and the order is the
identity. -/
theorem reals_unique_instance : ∃ φ : Real → Real, IsFieldIso φ ∧ ∀ x, φ x = x :=
  let ⟨φ, h, unique⟩ := reals_unique (F := Real)
  ⟨φ, h, fun x => (unique (fun x => x) rfl (fun _ _ => rfl) (fun _ _ h => h) x).symm⟩

theorem reals_isFieldIso_id : IsFieldIso fun x : Real => x :=
  ⟨fun z => ⟨z, rfl⟩, fun _ _ h => h, rfl, fun _ _ => rfl, fun _ _ => rfl, fun _ _ => Iff.rfl⟩

theorem reals_unique_exp_instance : (exp (1 / 2) * exp (1 / 2) : Real) = exp 1 :=
  reals_unique_exp (f := fun x => exp (x / 2) * exp (x / 2)) reals_isFieldIso_id
    (fun x y => by dsimp only; rw [exp_add_self, exp_add_self, exp_add_self, exp_add])
    (fun x => by dsimp only; rw [exp_add_self]; exact add_one_le_exp x) 1

theorem reals_unconditional_instance : exp (1 + 1 : Real) = exp 1 * exp 1 :=
  reals_unconditional.1 1 1

theorem reals_exp_unique_instance : (exp (1 / 2) * exp (1 / 2) : Real) = exp 1 :=
  reals_exp_unique archimedean_real (f := fun x => exp (x / 2) * exp (x / 2))
    (fun x y => by dsimp only; rw [exp_add_self, exp_add_self, exp_add_self, exp_add])
    (fun x => by dsimp only; rw [exp_add_self]; exact add_one_le_exp x) 1

theorem reals_exp_limit_instance :
    ∃ N : Nat, ∀ n : Nat, N < n → abs ((1 + 1 / (n : Real)) ^ n - exp 1) ≤ 1 / 1000 :=
  (reals_exp_limit archimedean_real 1).2 (1 / 1000) (by grind)

end RLHF.Demo
