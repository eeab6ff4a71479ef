module
public import RLHF.Papers.Generalisation.Examples.Problem
public import RLHF.Papers.Generalisation.Main.Stability

/-!
# Concrete instances: stability, coverage

What is modelled: every headline theorem of `Main.Stability` at the problem of `Examples.Problem`;
`coverage_by_differences` at a problem whose features share a part at each prompt. `coverage_edge`
is at the problem of `Examples.NearParallel`, in that module; `stability_from_gradients` and
`uniform_stability_generalises` are there, too, in `Examples.SecondEdition`.

## Main results
* `Demo.coverage`: the sample of both prompts covers all features exactly (`ε = 0`) at `θ = 0`,
  with `σ = 2/9` and the identity matrix.
* `Demo.shifted_coverage`: a sample of one prompt that covers all differences of features exactly;
  `Demo.shifted_residual_ge`: it does not cover the features themselves with `ε < 1`.
-/

@[expose] public section

namespace RLHF.Demo

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R]

/-- The identity matrix. -/
noncomputable def identity (i : Fin 2) : Vec R 2 := fun j => if i = j then 1 else 0

theorem mulVec_identity (v : Vec R 2) : mulVec identity v = v := Vec.ext fun i => by
  simp only [mulVec, inner, sum, identity]
  cases i using Fin.cases with
  | zero => grind
  | succ i => grind

/-- Exact coverage by the sample of both prompts at `θ = 0`. -/
theorem coverage : (problem (R := R)).Coverage sample 0 identity (2 / 9) 0 where
  symm i j := by unfold identity; grind
  residual_le x a := by
    have e : (problem (R := R)).feature x a - (problem (R := R)).feature x a = 0 :=
      Vec.ext fun i => by rw [Vec.sub_apply, Vec.zero_apply]; grind
    rw [mulVec_identity, e, norm_zero]
    grind
  eigenvalue_pos := div_pos (by grind) (by grind)
  le_covariance v := by
    rw [mulVec_identity, norm_mul_self, Problem.inner_mulVec_covarianceOn]
    simp only [Problem.policy_zero]
    show 2 / 9 * inner v v ≤ average fun i => var weights fun a => inner v (feature i a)
    have h2 : ((2 : Nat) : R) = 2 := by grind
    simp only [average, sum, var, cov, mean, inner, feature, weights, h2]
    grind

/-! ### Coverage at `θ = 0` with `ε = 0` -/

theorem coverage_transfer_instance (v : Vec R 2) :
    var weights (fun a => inner v ((problem (R := R)).feature 1 a)) ≤
    2 * (2 * 2) / (2 / 9) * inner (mulVec ((problem (R := R)).covarianceOn sample 0) v) v +
      2 * (0 * 0) * (norm v * norm v) :=
  coverage_transfer problem coverage featureBound 1 weights_isProb v

theorem pointwise_gap_instance (x : Fin 2) : (problem (R := R)).objectiveAt x direction -
    (problem (R := R)).objectiveAt x 0 ≤ exp (2 * (2 * norm (direction - 0 : Vec R 2)) / 1) *
    (2 * (2 * 2) / (2 / 9) * inner ((problem (R := R)).gradient sample 0) (direction - 0) +
      2 * (0 * 0) * (norm (direction - 0 : Vec R 2) * norm (direction - 0 : Vec R 2)) / 1) :=
  pointwise_gap problem coverage featureBound (Std.le_refl _) (expBound_exp _)
    (Std.le_of_lt (exp_pos _)) x

theorem norm_zero_sub_le : norm (0 - 0 : Vec R 2) ≤ norm (direction - 0 : Vec R 2) := by
  have e : (0 - 0 : Vec R 2) = 0 := Vec.ext fun i => by
    rw [Vec.sub_apply, Vec.zero_apply]; grind
  rw [e, norm_zero]
  exact norm_nonneg _

theorem norm_direction_sub_le :
    norm (direction - direction : Vec R 2) ≤ norm (direction - 0 : Vec R 2) := by
  have e : (direction - direction : Vec R 2) = 0 := Vec.ext fun i => by
    rw [Vec.sub_apply, Vec.zero_apply]; grind
  rw [e, norm_zero]
  exact norm_nonneg _

/-- Two different parameters, `0` and `θ*`, each with exact coverage. -/
theorem gradient_norm_stability_instance (x : Fin 2) : abs ((problem (R := R)).objectiveAt x 0 -
    (problem (R := R)).objectiveAt x direction) ≤
    exp (2 * (2 * norm (direction - 0 : Vec R 2)) / 1) *
    (2 * (2 * 2) / (exp (-(2 * (2 * norm (direction - 0 : Vec R 2)) / 1)) * (2 / 9)) *
      norm (direction - 0 : Vec R 2) * max (norm ((problem (R := R)).gradient sample 0))
        (norm ((problem (R := R)).gradient sample direction)) +
      2 * (0 * 0) * (norm (direction - 0 : Vec R 2) * norm (direction - 0 : Vec R 2)) / 1) :=
  gradient_norm_stability problem (coverage.of_norm_sub_le featureBound norm_zero_sub_le)
    (coverage.of_norm_sub_le featureBound (Std.le_refl _)) featureBound (Std.le_refl _)
    norm_direction_sub_le (expBound_exp _) (Std.le_of_lt (exp_pos _)) x

/-! ### Coverage by differences -/

/-- Features `(1, 0)` and `(0, 0)` at the prompt `0`, and the same with `(0, 1)` added at the prompt
`1`: a part that its two actions share. -/
noncomputable def shiftedFeature (x : Fin 2) (a : Fin 2) : Vec R 2 := fun j =>
  if j = 0 then (if a = 0 then 1 else 0) else (if x = 0 then 0 else 1)

/-- The problem of `Examples.Problem` with these features. -/
noncomputable def shifted : Problem R 2 2 2 := { problem with feature := shiftedFeature }

/-- The sample that holds the prompt `0` alone. -/
def first (_ : Fin 1) : Fin 2 := 0

/-- The projector on the first coordinate. -/
noncomputable def firstAxis (i : Fin 2) : Vec R 2 := fun j =>
  if i = 0 then (if j = 0 then 1 else 0) else 0

theorem shifted_differenceBound : (shifted (R := R)).DifferenceBound 1 := fun x a b => by
  refine norm_le_of_inner_le (by grind) ?_
  show inner (shiftedFeature x a - shiftedFeature x b)
    (shiftedFeature x a - shiftedFeature x b) ≤ (1 * 1 : R)
  simp only [inner, sum, Vec.sub_apply, shiftedFeature]
  by_cases ha : a = 0 <;> by_cases hb : b = 0 <;> simp only [ha, hb] <;> grind

/-- `⟨V_S(0) v, v⟩ = 2/9 v_0²` on the sample of the prompt `0`. -/
theorem shifted_covariance (v : Vec R 2) :
    inner (mulVec ((shifted (R := R)).covarianceOn first 0) v) v = 2 / 9 * (v 0 * v 0) := by
  rw [Problem.inner_mulVec_covarianceOn]
  simp only [Problem.policy_zero]
  show (average fun _ : Fin 1 => var weights fun a => inner v (shiftedFeature 0 a)) = _
  have h1 : ((1 : Nat) : R) = 1 := by grind
  simp only [average, sum, var, cov, mean, inner, shiftedFeature, weights, h1]
  grind

/-- The prompt `0` covers the differences at both prompts exactly. -/
theorem shifted_coverage : (shifted (R := R)).DifferenceCoverage first 0 firstAxis (2 / 9) 0 where
  symm i j := by unfold firstAxis; grind
  residual_le x a b := by
    refine norm_le_of_inner_le (by grind) ?_
    show inner (shiftedFeature x a - shiftedFeature x b - mulVec firstAxis
      (shiftedFeature x a - shiftedFeature x b)) (shiftedFeature x a - shiftedFeature x b -
      mulVec firstAxis (shiftedFeature x a - shiftedFeature x b)) ≤ (0 * 0 : R)
    simp only [inner, mulVec, sum, Vec.sub_apply, shiftedFeature, firstAxis]
    grind
  eigenvalue_pos := div_pos (by grind) (by grind)
  le_covariance v := by
    rw [shifted_covariance, norm_mul_self]
    simp only [inner, mulVec, sum, firstAxis]
    grind

theorem coverage_by_differences_instance (v : Vec R 2) :
    var weights (fun a => inner v ((shifted (R := R)).feature 1 a)) ≤
    1 * 1 / (2 * (2 / 9)) * inner (mulVec ((shifted (R := R)).covarianceOn first 0) v) v +
      0 * 0 / 2 * (norm v * norm v) :=
  coverage_by_differences shifted shifted_coverage shifted_differenceBound 1 weights_isProb v

/-- Vector `(0, 1)`, along which the features of a prompt do not differ. -/
noncomputable def shift : Vec R 2 := fun j => if j = 0 then 0 else 1

/-- So the unseen prompt has no variance along `(0, 1)`. -/
theorem shifted_var_le :
    var weights (fun a => inner shift ((shifted (R := R)).feature 1 a)) ≤ 0 := by
  have h := coverage_by_differences_instance (R := R) shift
  have e : shift (R := R) 0 = 0 := rfl
  rw [shifted_covariance, e] at h
  grind

theorem inner_two (u v : Vec R 2) : inner u v = u 0 * v 0 + u 1 * v 1 := by
  show u 0 * v 0 + (u 1 * v 1 + 0) = _
  grind

/-- Whatever `Π` and `σ`, the prompt `0` does not cover the features themselves with `ε < 1`. The
bound of `coverage_transfer` is then at least `2 ‖v‖²`, which `variance_bound` says already. -/
theorem shifted_residual_ge {proj : Fin 2 → Vec R 2} {σ ε : R}
    (h : (shifted (R := R)).Coverage first 0 proj σ ε) : 1 ≤ ε := by
  have h0 : mulVec proj shift = 0 := eq_zero_of_inner_self (by
    have h1 := h.le_covariance shift
    have e : shift (R := R) 0 = 0 := rfl
    rw [shifted_covariance, norm_mul_self, e] at h1
    have h2 := le_of_mul_le_mul_left (b := 0) h.eigenvalue_pos
      (Std.le_trans h1 (by grind))
    have := inner_self_nonneg (mulVec proj shift)
    grind)
  have h2 : ∀ i, proj i 1 = 0 := fun i => by
    have : inner (proj i) shift = 0 := congrFun h0 i
    have e0 : shift (R := R) 0 = 0 := rfl
    have e1 : shift (R := R) 1 = 1 := rfl
    rw [inner_two, e0, e1] at this
    grind
  have e : (shifted.feature 1 0 - mulVec proj (shifted.feature 1 0) : Vec R 2) 1 = 1 := by
    show shiftedFeature 1 0 1 - inner (proj 1) (shiftedFeature 1 0) = 1
    rw [inner_two, h.symm 1 0, h2 0, h2 1]
    simp only [shiftedFeature]
    grind
  have h3 := inner_le_of_norm_le (h.residual_le 1 0)
  rw [inner_two, e] at h3
  have := mul_self_nonneg ((shifted.feature 1 0 - mulVec proj (shifted.feature 1 0) : Vec R 2) 0)
  exact (mul_self_le_iff (by grind) (Std.le_trans (norm_nonneg _) (h.residual_le 1 0))).mp
    (by grind)

/-! ### A sample too small -/

/-- Differences `(1, -1)` and `(1, 1)` of the features at the two prompts. -/
noncomputable def spread (j : Fin 2) : Vec R 2 := feature j 0 - feature j 1

theorem spread_independent (c : Vec R 2) (h : ∀ l, (sum fun j => c j * spread j l) = 0)
    (j : Fin 2) : c j = 0 := by
  have h0 : c 0 * (1 - 0) + (c 1 * (1 - 0) + 0) = 0 := h 0
  have h1 : c 0 * (0 - 1) + (c 1 * (1 - 0) + 0) = 0 := h 1
  obtain e | e : j.val = 0 ∨ j.val = 1 := by omega
  · rw [show j = 0 from Fin.ext e]
    grind
  · rw [show j = 1 from Fin.ext e]
    grind

/-- One prompt with two actions does not cover a population whose differences span the plane. -/
theorem rank_deficiency_instance : ∃ u x a b,
    inner u ((problem (R := R)).feature x a - (problem (R := R)).feature x b) ≠ 0 ∧
      (∀ θ, mulVec ((problem (R := R)).covarianceOn first θ) u = 0) ∧
      ∀ θ proj σ ε, (problem (R := R)).Coverage first θ proj σ ε → 0 < ε ∧
        abs (inner u ((problem (R := R)).feature x a - (problem (R := R)).feature x b)) ≤
          2 * ε * norm u :=
  rank_deficiency (m := 1) problem (S := first) (w := spread) (fun j => ⟨j, 0, 1, rfl⟩)
    spread_independent

end RLHF.Demo
