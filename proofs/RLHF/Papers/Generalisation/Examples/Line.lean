module
public import RLHF.Papers.Generalisation.Ascent.Linear
public import RLHF.Papers.Generalisation.Examples.Problem

/-!
# A concrete instance that every prompt covers

What is modelled: a problem with one feature that differs between the actions at every prompt. So
every sample, of whatever prompts, covers all features exactly, `ε = 0`; gradient ascent then comes
as near to `θ*` as one likes, and the bounds on it are below those without coverage.

## Main definitions
* `Demo.line`: three prompts, two actions, one feature, `q = (1/3, 2/3)`, `λ = 1`, `θ* = 1/2`.
* `Demo.lineAscent`: gradient ascent from `0`, after `t` steps.

## Main results
* `Demo.line_coverage`, `Demo.lineAscent_coverage`: coverage by every sample, at `0` and at every
  iterate.
-/

@[expose] public section

namespace RLHF.Demo

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R] {n : Nat}

/-- Features `φ(0, 0) = -1`, `φ(1, 0) = φ(2, 0) = 1`, `φ(x, 1) = 0`. -/
noncomputable def lineFeature (x : Fin 3) (a : Fin 2) : Vec R 1 := fun _ =>
  if a = 0 then (if x = 0 then -1 else 1) else 0

/-- Vector `(1/2)`. -/
noncomputable def half : Vec R 1 := fun _ => 1 / 2

/-- The problem with these features, reference policy `(1/3, 2/3)`, `λ = 1` and `θ* = 1/2`. -/
noncomputable def line : Problem R 3 2 1 where
  feature := lineFeature
  refPolicy _ := weights
  trueParam := half
  klCoef := 1
  klCoef_pos := by grind
  refPolicy_pos _ := weights_pos
  refPolicy_sum _ := weights_sum

/-- The sample that holds each prompt once. -/
def everyPrompt (i : Fin 3) : Fin 3 := i

/-- Weights `(1/3, 1/3, 1/3)` of the prompts. -/
theorem uniform_three_isProb : IsProb (uniform : Fin 3 → R) := uniform_isProb (by decide)

theorem line_featureBound : (line (R := R)).FeatureBound 1 := fun x a => by
  refine norm_le_of_inner_le (by grind) ?_
  have h : lineFeature x a 0 = (-1 : R) ∨ lineFeature x a 0 = (1 : R) ∨
      lineFeature x a 0 = (0 : R) := by unfold lineFeature; grind
  show lineFeature x a 0 * lineFeature x a 0 + 0 ≤ (1 * 1 : R)
  rcases h with h | h | h <;> rw [h] <;> grind

theorem norm_half : norm (half - 0 : Vec R 1) = 1 / 2 := by
  refine sqrt_eq (by grind) ?_
  simp only [inner, sum, Vec.sub_apply, Vec.zero_apply, half]
  grind

theorem norm_half_le : norm (half - 0 : Vec R 1) ≤ 1 / 2 := by rw [norm_half]; grind

/-- The identity matrix of one row. -/
noncomputable def lineProj (_ : Fin 1) : Vec R 1 := fun _ => 1

theorem mulVec_lineProj (v : Vec R 1) : mulVec lineProj v = v := Vec.ext fun i => by
  simp only [mulVec, inner, sum, lineProj]
  rw [show i = 0 from Subsingleton.elim i 0]
  grind

/-- Every sample of at least one prompt covers all features exactly at `θ = 0`. -/
theorem line_coverage (hn : 0 < n) (S : Fin n → Fin 3) :
    (line (R := R)).Coverage S 0 lineProj (2 / 9) 0 where
  symm _ _ := rfl
  residual_le x a := by
    have e : (line (R := R)).feature x a - (line (R := R)).feature x a = 0 :=
      Vec.ext fun i => by rw [Vec.sub_apply, Vec.zero_apply]; grind
    rw [mulVec_lineProj, e, norm_zero]
    grind
  eigenvalue_pos := div_pos (by grind) (by grind)
  le_covariance v := by
    rw [mulVec_lineProj, norm_mul_self, Problem.inner_mulVec_covarianceOn]
    simp only [Problem.policy_zero]
    have e : ∀ i, var weights (fun a => inner v (lineFeature (S i) a)) =
        (2 / 9 * inner v v : R) := fun i => by
      simp only [sum, var, cov, mean, inner, lineFeature, weights]
      grind
    show 2 / 9 * inner v v ≤ average fun i => var weights fun a => inner v (lineFeature (S i) a)
    rw [average_congr e, average_const hn]
    exact Std.le_refl _

/-- Gradient ascent on `J_S` from `0` with step `λ/B² = 1`, after `t` steps. -/
noncomputable def lineAscent (S : Fin n → Fin 3) (t : Nat) : Vec R 1 :=
  line.gradientAscent S 0 ((line (R := R)).klCoef / (1 * 1)) t

/-- Eigenvalue `e^{-2} · 2/9` with which every sample covers at every iterate. -/
noncomputable def lineSigma : R := exp (-(2 * (1 * (2 * norm (half - 0 : Vec R 1))) / 1)) * (2 / 9)

theorem lineAscent_coverage (hn : 0 < n) (S : Fin n → Fin 3) (t : Nat) :
    (line (R := R)).Coverage S (lineAscent S t) lineProj lineSigma 0 :=
  (line_coverage hn S).gradientAscent line_featureBound t

theorem lineAscent_error_le (S : Fin n → Fin 3) (t : Nat) :
    norm (half - lineAscent (R := R) S t) ≤ 1 / 2 := by
  have h := line.error_le S 0 line_featureBound (line.step_nonneg (1 : R)) (line.step_mul_le 1) t
  rw [← norm_half]
  exact h

/-- Exact coverage at the optimum, `e^{-1} · 2/9`. -/
theorem line_coverage_half (hn : 0 < n) (S : Fin n → Fin 3) : (line (R := R)).Coverage S
    (line (R := R)).trueParam lineProj (exp (-(2 * (1 * (1 / 2)) / 1)) * (2 / 9)) 0 :=
  (line_coverage hn S).of_norm_sub_le line_featureBound norm_half_le

theorem half_error_le : norm ((line (R := R)).trueParam - half) ≤ 1 / 2 := by
  have e : (line (R := R)).trueParam - half = 0 := Vec.ext fun i => by
    show half i - half i = (0 : R)
    grind
  rw [e, norm_zero]
  grind

theorem line_gradient_half (S : Fin n → Fin 3) : (line (R := R)).gradient S half = 0 := by
  have h := Problem.norm_gradient_le (line_featureBound (R := R)) S half
  have e : (line (R := R)).trueParam - half = 0 := Vec.ext fun i => by
    show half i - half i = (0 : R)
    grind
  rw [e, norm_zero] at h
  have h0 := norm_nonneg ((line (R := R)).gradient S half)
  exact eq_zero_of_norm (by grind)

/-- The gradient after `t` steps: at most `√((1 - σ)^t / 4)`. -/
theorem lineAscent_gradient_le (hn : 0 < n) (S : Fin n → Fin 3) (t : Nat) :
    norm ((line (R := R)).gradient S (lineAscent S t)) ≤
      sqrt ((1 - lineSigma (R := R) / (1 * 1)) ^ t * (1 / 2 * (1 / 2))) := by
  have h1 := Problem.norm_proj_error_le line_featureBound (lineAscent_coverage (R := R) hn S) t
  simp only [mulVec_lineProj] at h1
  have e : norm ((line (R := R)).trueParam - 0) = 1 / 2 := norm_half
  rw [e] at h1
  have h2 := mul_self_nonneg (norm ((line (R := R)).trueParam - lineAscent S t))
  have h3 := sqrt_le_sqrt h2 h1
  rw [sqrt_eq (norm_nonneg _) rfl] at h3
  have h4 := Problem.norm_gradient_le (line_featureBound (R := R)) S (lineAscent S t)
  have e1 : 1 * 1 / (line (R := R)).klCoef = 1 := by show (1 * 1 / 1 : R) = 1; grind
  rw [e1] at h4
  exact Std.le_trans h4 (by grind)

end RLHF.Demo
