module
public import RLHF.Foundations.Homogeneous
public import RLHF.Papers.Generalisation.Stability.Differences

/-!
# Samples too small to cover

What is modelled: `n` prompts with `m + 1` actions each, whose differences of features span at most
`nm` dimensions, in a population whose differences of features span more.

## Main results
* `Problem.exists_unseen_direction`: a direction along which no policy on the sample varies, and
  which some difference of features in the population has a part in.
* `Problem.Coverage.abs_inner_le`: along any direction `u` a difference `δ` of features at a prompt
  has `|⟨u, δ⟩| ≤ 2 ε ‖u‖ + ‖δ‖ √(⟨V_S(θ) u, u⟩ / σ)`. So along the former the error `ε` is positive
  (`Problem.Coverage.abs_inner_le_of_kernel`, `Problem.error_pos_of_abs_inner_le`), and where
  `V_S(θ)` nearly misses a direction, `ε` or `1/σ` is large.

## References
arXiv 2601.16403, cf. Assumption 5 (feature coverage).
-/

public section

namespace RLHF

open Lean.Grind

universe u
variable {R : Type u} [ExpField R] {N m d n : Nat}

/-- Pairs `(i, a)` in one sequence. -/
private theorem forall_of_pairs {f : Fin n → Fin m → R} (hm : Fin (n * m) → 0 < m)
    (h : ∀ r : Fin (n * m), f ⟨r.val / m, Nat.div_lt_of_lt_mul (Nat.mul_comm n m ▸ r.isLt)⟩
      ⟨r.val % m, Nat.mod_lt _ (hm r)⟩ = 0) (i : Fin n) (a : Fin m) : f i a = 0 := by
  have ha := a.isLt
  have hlt : m * i.val + a.val < n * m := by
    have h1 : m * (i.val + 1) ≤ m * n := Nat.mul_le_mul_left m i.isLt
    rw [Nat.mul_add, Nat.mul_one] at h1
    rw [Nat.mul_comm n m]
    omega
  have hr := h ⟨m * i.val + a.val, hlt⟩
  have e1 : (m * i.val + a.val) / m = i.val := by
    rw [Nat.mul_add_div (by omega), Nat.div_eq_of_lt ha, Nat.add_zero]
  have e2 : (m * i.val + a.val) % m = a.val := by
    rw [Nat.mul_add_mod, Nat.mod_eq_of_lt ha]
  simp only [e1, e2] at hr
  exact hr

namespace Problem

/-- A direction that is orthogonal to the differences of features on the sample is in the kernel of
`V_S(θ)` at every `θ`. -/
theorem covarianceOn_eq_zero {P : Problem R N m d} {S : Fin n → Fin N} {u : Vec R d}
    (h : ∀ i a b, inner u (P.feature (S i) a) = inner u (P.feature (S i) b)) (θ : Vec R d) :
    mulVec (P.covarianceOn S θ) u = 0 := by
  rw [mulVec_covarianceOn]
  refine Vec.ext fun j => ?_
  have e : ∀ i, mulVec (P.covarianceAt (S i) θ) u j = 0 := fun i => by
    have hm : ∀ a, inner u (P.feature (S i) a) -
        mean (P.policy (S i) θ) (fun b => inner u (P.feature (S i) b)) = 0 := fun a => by
      rw [mean_congr fun b => h i b a, mean_const (P.policy_isProb (S i) θ)]
      grind
    have e0 : ∀ a, (inner u (P.feature (S i) a) - mean (P.policy (S i) θ) fun b =>
        inner u (P.feature (S i) b)) * (P.feature (S i) a j - mean (P.policy (S i) θ) fun b =>
        P.feature (S i) b j) = 0 := fun a => by
      rw [hm a]
      grind
    unfold covarianceAt
    rw [mulVec_covariance]
    exact (mean_congr e0).trans (mean_const (P.policy_isProb (S i) θ) 0)
  show (average fun i => mulVec (P.covarianceAt (S i) θ) u j) = 0
  rw [average_congr e]
  unfold average
  rw [sum_zero]
  grind

/-- A sample of `n` prompts with `m + 1` actions, and `nm + 1` independent differences of features
in the population: some direction is not seen on the sample, and is on the population. -/
theorem exists_unseen_direction (P : Problem R N (m + 1) d) (S : Fin n → Fin N)
    {w : Fin (n * m + 1) → Vec R d} (hw : ∀ j, ∃ x a b, w j = P.feature x a - P.feature x b)
    (hi : ∀ c : Vec R (n * m + 1), (∀ l, (sum fun j => c j * w j l) = 0) → ∀ j, c j = 0) :
    ∃ u x a b, inner u (P.feature x a - P.feature x b) ≠ 0 ∧
      ∀ θ, mulVec (P.covarianceOn S θ) u = 0 := by
  have hm : Fin (n * m) → 0 < m := fun r => by
    have h : 0 < n * m := Nat.lt_of_le_of_lt (Nat.zero_le _) r.isLt
    exact Nat.pos_of_ne_zero fun e => by
      rw [e, Nat.mul_zero] at h
      exact absurd h (Nat.lt_irrefl 0)
  obtain ⟨u, hu, j, hj⟩ := exists_orthogonal (fun r : Fin (n * m) =>
    P.feature (S ⟨r.val / m, Nat.div_lt_of_lt_mul (Nat.mul_comm n m ▸ r.isLt)⟩)
      (Fin.succ ⟨r.val % m, Nat.mod_lt _ (hm r)⟩) -
    P.feature (S ⟨r.val / m, Nat.div_lt_of_lt_mul (Nat.mul_comm n m ▸ r.isLt)⟩) 0) hi
  have hz := forall_of_pairs (f := fun i a => inner (P.feature (S i) (Fin.succ a) -
    P.feature (S i) 0) u) hm hu
  have h0 : ∀ i a, inner u (P.feature (S i) a) = inner u (P.feature (S i) 0) := fun i a => by
    cases a using Fin.cases with
    | zero => rfl
    | succ a =>
      have := hz i a
      dsimp only at this
      rw [inner_comm, inner_sub_right] at this
      grind
  obtain ⟨x, a, b, e⟩ := hw j
  exact ⟨u, x, a, b, e ▸ hj, covarianceOn_eq_zero fun i a b => (h0 i a).trans (h0 i b).symm⟩

variable {P : Problem R N m d} {S : Fin n → Fin N} {θ u : Vec R d} {proj : Fin d → Vec R d}
  {σ ε : R}

/-- `‖Π u‖ ≤ √(⟨V_S(θ) u, u⟩ / σ)`. -/
private theorem DifferenceCoverage.norm_proj_le (h : P.DifferenceCoverage S θ proj σ ε)
    (u : Vec R d) :
    norm (mulVec proj u) ≤ sqrt (inner (mulVec (P.covarianceOn S θ) u) u / σ) := by
  refine sqrt_le_sqrt (inner_self_nonneg _) ((le_div_iff h.eigenvalue_pos).mpr ?_)
  have := h.le_covariance u
  rw [norm_mul_self] at this
  rw [CommSemiring.mul_comm]
  exact this

/-- What a coverage costs: `|⟨u, δ⟩| ≤ ε ‖u‖ + ‖δ‖ √(⟨V_S(θ) u, u⟩ / σ)` for every direction `u` and
every difference `δ` of features at a prompt. -/
theorem DifferenceCoverage.abs_inner_le (h : P.DifferenceCoverage S θ proj σ ε) (u : Vec R d)
    (x : Fin N) (a b : Fin m) : abs (inner u (P.feature x a - P.feature x b)) ≤
    ε * norm u + norm (P.feature x a - P.feature x b) *
      sqrt (inner (mulVec (P.covarianceOn S θ) u) u / σ) := by
  have hr := h.residual_le x a b
  generalize P.feature x a - P.feature x b = v at *
  have e : inner u v = inner u (v - mulVec proj v) + inner (mulVec proj u) v := by
    rw [inner_sub_right, inner_mulVec_of_symm h.symm]
    grind
  have h1 := Std.le_trans (RLHF.abs_inner_le u (v - mulVec proj v))
    (mul_le_mul_left hr (norm_nonneg u))
  have h2 := Std.le_trans (RLHF.abs_inner_le (mulVec proj u) v)
    (mul_le_mul_right (h.norm_proj_le u) (norm_nonneg v))
  have h3 := abs_add (inner u (v - mulVec proj v)) (inner (mulVec proj u) v)
  rw [← e] at h3
  clear e
  grind

/-- The same for coverage of features, with `2ε`. -/
theorem Coverage.abs_inner_le (h : P.Coverage S θ proj σ ε) (u : Vec R d) (x : Fin N)
    (a b : Fin m) : abs (inner u (P.feature x a - P.feature x b)) ≤
    2 * ε * norm u + norm (P.feature x a - P.feature x b) *
      sqrt (inner (mulVec (P.covarianceOn S θ) u) u / σ) :=
  h.differences.abs_inner_le u x a b

/-- Along a direction in the kernel of `V_S(θ)` a difference has at most `2 ε ‖u‖`. -/
theorem Coverage.abs_inner_le_of_kernel (h : P.Coverage S θ proj σ ε)
    (hu : mulVec (P.covarianceOn S θ) u = 0) (x : Fin N) (a b : Fin m) :
    abs (inner u (P.feature x a - P.feature x b)) ≤ 2 * ε * norm u := by
  have := h.abs_inner_le u x a b
  have e : (0 : R) / σ = 0 := by grind
  rw [hu, inner_zero_left, e, sqrt_eq (y := 0) (by grind) (by grind)] at this
  grind

/-- A part that is not zero makes `ε` positive. -/
theorem error_pos_of_abs_inner_le {v : Vec R d} (h0 : inner u v ≠ 0)
    (h : abs (inner u v) ≤ 2 * ε * norm u) : 0 < ε := by
  have h1 := abs_nonneg (inner u v)
  have h2 : abs (inner u v) ≠ 0 := fun e => h0 (abs_eq_zero.mp e)
  refine Classical.byContradiction fun hε => ?_
  have h3 := mul_nonneg (by grind : 0 ≤ -ε) (norm_nonneg u)
  grind

end Problem

end RLHF
