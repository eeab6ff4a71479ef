module
public import RLHF.Papers.Generalisation.Ascent.Expectation
public import RLHF.Papers.Generalisation.Examples.Problem
public import RLHF.Papers.Generalisation.Main.Coverage

/-!
# Concrete instances: coverage of random samples

What is modelled: every headline theorem of `Main.Coverage` at a problem of three prompts with the
weights `(1/2, 3/8, 1/8)`. The features of the first two span a plane; those of the third, which is
rare, leave it by `1`. All features are bounded by `4`.

## Main results
* `Demo.rare_populationCoverage`: the population covers with `σ = 6` and `ε = 1` at `θ = 0`, through
  the projector on the plane; `Demo.rare_partCoverage`: so do the first two prompts alone, with
  `σ = 16`.
* `Demo.coverage_rate_attained`: three equal weights attain the bound on the missing weight.
* `Demo.rare_coverage_half`: 200 draws cover with `σ = 3` with probability at least `1/2`.
* `Demo.rare_coverage_all`, `Demo.rare_coverage_part`: 16 draws with `σ = 3/8` with probability at
  least `1/2`, 8 draws with `σ = 2` with probability at least `9/10`.
-/

@[expose] public section

namespace RLHF.Demo

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R]

/-- Directions `(4, 0, 0)`, `(0, 4, 0)`, `(2, 2, 1)` of the features of three prompts. -/
noncomputable def rareDirection (x : Fin 3) : Vec R 3 := fun j =>
  if x = 0 then (if j = 0 then 4 else 0) else if x = 1 then (if j = 1 then 4 else 0) else
    if j = 2 then 1 else 2

/-- Equal weights on two actions. -/
noncomputable def evenPolicy (_ : Fin 2) : R := 1 / 2

/-- Weights `(1/2, 3/8, 1/8)` of the three prompts. -/
noncomputable def rareWeights (x : Fin 3) : R :=
  if x = 0 then 1 / 2 else if x = 1 then 3 / 8 else 1 / 8

theorem rareWeights_ge (x : Fin 3) : 1 / 8 ≤ (rareWeights x : R) := by
  unfold rareWeights
  split
  · grind
  · split <;> grind

theorem rareWeights_isProb : IsProb (rareWeights (R := R)) where
  nonneg x := by have := rareWeights_ge (R := R) x; grind
  sum_eq_one := by simp only [sum, rareWeights]; grind

/-- Signs `1` and `-1` of the features of the two actions. -/
noncomputable def rareSign (a : Fin 2) : R := if a = 0 then 1 else -1

theorem rareSign_mul_self (a : Fin 2) : rareSign a * rareSign a = (1 : R) := by
  unfold rareSign; grind

/-- Three prompts, two actions with features `± rareDirection x`, equal reference weights, `λ = 1`,
`θ* = (1, 1, 1)`. -/
noncomputable def rare : Problem R 3 2 3 where
  feature x a := fun j => rareSign a * rareDirection x j
  refPolicy _ := evenPolicy
  trueParam _ := 1
  klCoef := 1
  klCoef_pos := by grind
  refPolicy_pos _ _ := by unfold evenPolicy; grind
  refPolicy_sum _ := by simp only [sum, evenPolicy]; grind

/-- The projector on the first two coordinates. -/
noncomputable def rarePlane (i : Fin 3) : Vec R 3 := fun j =>
  if i = j then (if i = 2 then 0 else 1) else 0

theorem inner_three (u v : Vec R 3) : inner u v = u 0 * v 0 + u 1 * v 1 + u 2 * v 2 := by
  show u 0 * v 0 + (u 1 * v 1 + (u 2 * v 2 + 0)) = _
  grind

/-- `Π` drops the third coordinate. -/
theorem mulVec_rarePlane (v : Vec R 3) : mulVec rarePlane v = fun j => if j = 2 then 0 else v j :=
  Vec.ext fun i => by
    show inner (rarePlane i) v = _
    rw [inner_three]
    unfold rarePlane
    grind

theorem rareDirection_sq : ∀ x : Fin 3, rareDirection x 0 * rareDirection x 0 +
    rareDirection x 1 * rareDirection x 1 + rareDirection x 2 * rareDirection x 2 ≤ (16 : R)
  | 0 => by show (4 * 4 + 0 * 0 + 0 * 0 : R) ≤ 16; grind
  | 1 => by show (0 * 0 + 4 * 4 + 0 * 0 : R) ≤ 16; grind
  | 2 => by show (2 * 2 + 2 * 2 + 1 * 1 : R) ≤ 16; grind

theorem rareDirection_two_sq : ∀ x : Fin 3, rareDirection x 2 * rareDirection x 2 ≤ (1 : R)
  | 0 => by show (0 * 0 : R) ≤ 1; grind
  | 1 => by show (0 * 0 : R) ≤ 1; grind
  | 2 => by show (1 * 1 : R) ≤ 1; grind

theorem rare_featureBound : (rare (R := R)).FeatureBound 4 := fun x a => by
  refine norm_le_of_inner_le (by grind) ?_
  rw [inner_three]
  have h := rareDirection_sq (R := R) x
  have e := rareSign_mul_self (R := R) a
  show rareSign a * rareDirection x 0 * (rareSign a * rareDirection x 0) +
    rareSign a * rareDirection x 1 * (rareSign a * rareDirection x 1) +
    rareSign a * rareDirection x 2 * (rareSign a * rareDirection x 2) ≤ (4 * 4 : R)
  generalize rareDirection (R := R) x 0 = u, rareDirection (R := R) x 1 = v,
    rareDirection (R := R) x 2 = w, rareSign (R := R) a = s at *
  rw [show s * u * (s * u) + s * v * (s * v) + s * w * (s * w) =
    s * s * (u * u + v * v + w * w) by grind, e]
  grind

theorem rare_residual_le (x : Fin 3) (a : Fin 2) : norm ((rare (R := R)).feature x a -
    mulVec rarePlane ((rare (R := R)).feature x a)) ≤ 1 := by
  refine norm_le_of_inner_le (by grind) ?_
  rw [mulVec_rarePlane, inner_three]
  have h := rareDirection_two_sq (R := R) x
  have e := rareSign_mul_self (R := R) a
  show (rareSign a * rareDirection x 0 - rareSign a * rareDirection x 0) *
    (rareSign a * rareDirection x 0 - rareSign a * rareDirection x 0) +
    (rareSign a * rareDirection x 1 - rareSign a * rareDirection x 1) *
    (rareSign a * rareDirection x 1 - rareSign a * rareDirection x 1) +
    (rareSign a * rareDirection x 2 - 0) * (rareSign a * rareDirection x 2 - 0) ≤ (1 * 1 : R)
  generalize rareDirection (R := R) x 0 = u, rareDirection (R := R) x 1 = v,
    rareDirection (R := R) x 2 = w, rareSign (R := R) a = s at *
  rw [show (s * w - 0) * (s * w - 0) = s * s * (w * w) by grind, e]
  grind

/-- At `θ = 0` the variance along `v` is `⟨v, rareDirection x⟩²`. -/
theorem rare_var (x : Fin 3) (v : Vec R 3) :
    var ((rare (R := R)).policy x 0) (fun a => inner v ((rare (R := R)).feature x a)) =
      inner v (rareDirection x) * inner v (rareDirection x) := by
  rw [Problem.policy_zero]
  show var evenPolicy (fun a => inner v fun j => rareSign a * rareDirection x j) = _
  have e : ∀ a : Fin 2, (inner v fun j => rareSign a * rareDirection x j) =
      rareSign a * inner v (rareDirection x) := fun a => by rw [inner_three, inner_three]; grind
  rw [funext e]
  generalize inner v (rareDirection x) = s
  show 1 / 2 * ((1 * s - (1 / 2 * (1 * s) + (1 / 2 * (-1 * s) + 0))) *
      (1 * s - (1 / 2 * (1 * s) + (1 / 2 * (-1 * s) + 0)))) +
    (1 / 2 * ((-1 * s - (1 / 2 * (1 * s) + (1 / 2 * (-1 * s) + 0))) *
      (-1 * s - (1 / 2 * (1 * s) + (1 / 2 * (-1 * s) + 0)))) + 0) = _
  grind

theorem norm_rarePlane (v : Vec R 3) :
    norm (mulVec rarePlane v) * norm (mulVec rarePlane v) = v 0 * v 0 + v 1 * v 1 := by
  rw [norm_mul_self, mulVec_rarePlane, inner_three]
  grind

/-- `⟨V_w(0) v, v⟩` is at least `16 (w_0 v_0² + w_1 v_1²)`. -/
theorem rare_covariance_ge {w : Fin 3 → R} (hw : 0 ≤ w 2) (v : Vec R 3) :
    16 * (w 0 * (v 0 * v 0) + w 1 * (v 1 * v 1)) ≤
      inner (mulVec ((rare (R := R)).covarianceUnder w 0) v) v := by
  rw [Problem.inner_mulVec_covarianceUnder, mean_congr fun x => rare_var x v]
  have h := mul_nonneg hw (mul_self_nonneg (inner v (rareDirection 2)))
  have e0 : inner v (rareDirection 0) = 4 * v 0 := by
    rw [inner_three]; unfold rareDirection; grind
  have e1 : inner v (rareDirection 1) = 4 * v 1 := by
    rw [inner_three]; unfold rareDirection; grind
  show _ ≤ w 0 * (inner v (rareDirection 0) * inner v (rareDirection 0)) +
    (w 1 * (inner v (rareDirection 1) * inner v (rareDirection 1)) +
      (w 2 * (inner v (rareDirection 2) * inner v (rareDirection 2)) + 0))
  rw [e0, e1]
  grind

/-- The population covers through the plane with `σ = 6` and `ε = 1`. -/
theorem rare_populationCoverage :
    (rare (R := R)).PopulationCoverage rareWeights 0 rarePlane 6 1 where
  symm i j := by unfold rarePlane; grind
  residual_le := rare_residual_le
  eigenvalue_pos := by grind
  le_covariance v := by
    have h := rare_covariance_ge (w := rareWeights (R := R)) (rareWeights_isProb.nonneg 2) v
    have e0 : rareWeights (R := R) 0 = 1 / 2 := rfl
    have e1 : rareWeights (R := R) 1 = 3 / 8 := rfl
    have := mul_self_nonneg (v 0)
    rw [e0, e1] at h
    rw [norm_rarePlane]
    grind

/-- The two frequent prompts. -/
abbrev frequent (x : Fin 3) : Prop := x ≠ 2

theorem frequent_zero : (indicator (frequent 0) : R) = 1 := indicator_eq_one (by decide)

theorem frequent_one : (indicator (frequent 1) : R) = 1 := indicator_eq_one (by decide)

theorem frequent_two : (indicator (frequent 2) : R) = 0 := indicator_eq_zero (by decide)

/-- The two frequent prompts cover, too. -/
theorem rare_partCoverage :
    (rare (R := R)).PopulationCoverage (fun x => indicator (frequent x)) 0 rarePlane 16 1 where
  symm i j := by unfold rarePlane; grind
  residual_le := rare_residual_le
  eigenvalue_pos := by grind
  le_covariance v := by
    have h := rare_covariance_ge (w := fun x => indicator (R := R) (frequent x))
      (indicator_nonneg _) v
    rw [frequent_zero, frequent_one] at h
    rw [norm_rarePlane]
    grind

/-! ### The headline theorems -/

theorem coverage_random_sample_instance (n : Nat) : 1 - ((3 : Nat) : R) * (1 - 1 / 8) ^ n ≤
    probSample rareWeights (fun S : Fin n → Fin 3 => (∀ x, ∃ i, S i = x) ∧ ∀ θ proj σ ε,
      (rare (R := R)).PopulationCoverage rareWeights θ proj σ ε →
        (rare (R := R)).Coverage S θ proj (σ / (n : R)) ε) :=
  coverage_random_sample rare rareWeights_isProb rareWeights_ge

theorem coverage_half_instance (n : Nat) : 1 - ((3 : Nat) : R) * exp (-((n : R) * (1 / 8) / 8)) ≤
    probSample rareWeights (fun S : Fin n → Fin 3 => ∀ θ proj σ ε,
      (rare (R := R)).PopulationCoverage rareWeights θ proj σ ε →
        (rare (R := R)).Coverage S θ proj (σ / 2) ε) :=
  coverage_half rare rareWeights_isProb rareWeights_ge

theorem coverage_tail_instance :
    1 - (sum fun x => (indicator (frequent x) : R) * (1 - rareWeights x) ^ 8) ≤
    probSample rareWeights (fun S : Fin 8 → Fin 3 => (∀ x, frequent x → ∃ i, S i = x) ∧
      ∀ θ proj σ ε,
        (rare (R := R)).PopulationCoverage (fun x => indicator (frequent x)) θ proj σ ε →
        (rare (R := R)).Coverage S θ proj (σ / ((8 : Nat) : R)) ε) :=
  coverage_tail rare rareWeights_isProb (by decide) frequent

/-- Two draws miss a weight of `47/128`, about `0.37`, in the mean; the bound is `4/9`. -/
theorem coverage_rate_instance :
    expectSample rareWeights (fun S : Fin 2 → Fin 3 =>
      sum fun x => rareWeights x * indicator (∀ i, S i ≠ x)) = (47 / 128 : R) ∧
    (sum fun x => (rareWeights x : R) * (1 - rareWeights x) ^ 2) ≤ 4 / 9 := by
  have h := coverage_rate (rareWeights_isProb (R := R)) 2
  refine ⟨h.1.trans ?_, Std.le_trans h.2.1 (by grind)⟩
  show 1 / 2 * (1 - (1 / 2 : R)) ^ 2 + (3 / 8 * (1 - (3 / 8 : R)) ^ 2 +
    (1 / 8 * (1 - (1 / 8 : R)) ^ 2 + 0)) = _
  grind

/-- Three equal weights attain that bound. -/
theorem coverage_rate_attained :
    expectSample uniform (fun S : Fin 2 → Fin 3 =>
      sum fun x => uniform x * indicator (∀ i, S i ≠ x)) = (4 / 9 : R) := by
  have hu : ∀ x : Fin 3, uniform x = 1 / (((2 : Nat) : R) + 1) := fun x => by
    show 1 / ((3 : Nat) : R) = _
    grind
  have hD : IsProb (uniform (R := R) (n := 3)) := uniform_isProb (by decide)
  rw [(coverage_rate hD 2).1, (coverage_rate hD 2).2.2.2 hu]
  grind

/-! ### What they say in numbers -/

theorem rare_coverage_all : (1 / 2 : R) ≤ probSample rareWeights (fun S : Fin 16 → Fin 3 =>
    (rare (R := R)).Coverage S 0 rarePlane (3 / 8) 1) := by
  refine Std.le_trans ?_ (Std.le_trans (coverage_random_sample_instance 16)
    (probSample_mono rareWeights_isProb fun S h => by
      have := h.2 0 rarePlane _ _ rare_populationCoverage
      rwa [show (6 / ((16 : Nat) : R)) = 3 / 8 by grind] at this))
  grind

/-- `6 ≤ exp(25/8)`, from `(1 + 25/32)^4 ≥ 6`. -/
private theorem six_le_exp : (6 : R) ≤ exp (25 / 8) := by
  have h1 := add_one_le_exp (25 / 32 : R)
  have h2 := mul_le_mul h1 h1 (Std.le_of_lt (exp_pos _)) (by grind)
  rw [← exp_add, show (25 / 32 + 25 / 32 : R) = 25 / 16 by grind] at h2
  have h4 := mul_le_mul h2 h2 (Std.le_of_lt (exp_pos _)) (by grind)
  rw [← exp_add, show (25 / 16 + 25 / 16 : R) = 25 / 8 by grind] at h4
  grind

theorem rare_coverage_half : (1 / 2 : R) ≤ probSample rareWeights (fun S : Fin 200 → Fin 3 =>
    (rare (R := R)).Coverage S 0 rarePlane 3 1) := by
  refine Std.le_trans ?_ (Std.le_trans (coverage_half_instance 200)
    (probSample_mono rareWeights_isProb fun S h => by
      have := h 0 rarePlane _ _ rare_populationCoverage
      rwa [show (6 / 2 : R) = 3 by grind] at this))
  rw [show (((200 : Nat) : R) * (1 / 8) / 8) = 25 / 8 by grind]
  have h := exp_neg_mul_exp (25 / 8 : R)
  have := mul_le_mul_left (six_le_exp (R := R)) (Std.le_of_lt (exp_pos (-(25 / 8) : R)))
  grind

theorem rare_coverage_part : (9 / 10 : R) ≤ probSample rareWeights (fun S : Fin 8 → Fin 3 =>
    (rare (R := R)).Coverage S 0 rarePlane 2 1) := by
  refine Std.le_trans ?_ (Std.le_trans coverage_tail_instance
    (probSample_mono rareWeights_isProb fun S h => by
      have := h.2 0 rarePlane _ _ rare_partCoverage
      rwa [show (16 / ((8 : Nat) : R)) = 2 by grind] at this))
  have e : (sum fun x => (indicator (frequent x) : R) * (1 - rareWeights x) ^ 8) =
      indicator (frequent 0) * (1 - (1 / 2 : R)) ^ 8 + (indicator (frequent 1) *
        (1 - (3 / 8 : R)) ^ 8 + (indicator (frequent 2) * (1 - (1 / 8 : R)) ^ 8 + 0)) := rfl
  rw [e, frequent_zero, frequent_one, frequent_two]
  grind

end RLHF.Demo
