module
public import RLHF.Geometry.Comparison
public import RLHF.Geometry.Range
public import RLHF.Papers.Generalisation.Suboptimality.LeaveOneOut

/-!
# The population gap without coverage

What is modelled: a rule `S ↦ θ_S` whose outputs are stationary for the objectives on their samples,
and its population gap. Nothing is assumed of the samples: at a prompt that `S` does not leave open
the gap of `θ_S` vanishes, and few prompts are left open.

## Main results
* `Problem.objectiveAt_eq_of_not_leavesOpen`: a stationary point of `J_S` is optimal at every prompt
  that `S` does not leave open.
* `Problem.expectSample_gap_le_of_pointwise`: if the gap of the outputs at a prompt is at most `G`,
  the population gap is at most `G k / (n + 1)` in expectation.

## References
arXiv 2601.16403, cf. Theorem 3, here without Assumption 5.
-/

public section

namespace RLHF

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R] {N m d n k : Nat}

namespace Problem

variable {P : Problem R N m d} {D : Fin N → R} {S : Fin n → Fin N} {θ : Vec R d}

/-- At a stationary point of `J_S` the residual does not vary at any prompt of `S`. -/
theorem inner_eq_of_stationary (h : P.gradient S θ = 0) (i : Fin n) (a b : Fin m) :
    inner (P.trueParam - θ) (P.feature (S i) a) = inner (P.trueParam - θ) (P.feature (S i) b) := by
  have hn := natCast_pos (R := R) (Nat.lt_of_le_of_lt (Nat.zero_le _) i.isLt)
  have hl := P.klCoef_pos
  have h0 : inner (P.gradient S θ) (P.trueParam - θ) = 0 := by rw [h, inner_zero_left]
  rw [inner_gradient_error] at h0
  have hs : (sum fun i => var (P.policy (S i) θ) fun a =>
      inner (P.trueParam - θ) (P.feature (S i) a)) = 0 := by unfold average at h0; grind
  have hv := sum_eq_zero (fun i => var_nonneg (P.policy_isProb (S i) θ).nonneg _) hs i
  exact (P.var_policy_eq_zero_iff (S i) θ _).1 hv a b

/-- And where it does not vary, the gradient vanishes. -/
theorem gradient_eq_zero_of_inner_eq (h : ∀ i a b, inner (P.trueParam - θ) (P.feature (S i) a) =
    inner (P.trueParam - θ) (P.feature (S i) b)) : P.gradient S θ = 0 := by
  have e : ∀ i, inner (P.gradientAt (S i) θ) (P.gradient S θ) = 0 := fun i => by
    have hp := P.policy_isProb (S i) θ
    have hv : var (P.policy (S i) θ) (fun a => inner (P.trueParam - θ) (P.feature (S i) a)) = 0 :=
      (P.var_policy_eq_zero_iff (S i) θ _).2 (h i)
    have hc := cov_mul_self_le hp.nonneg (fun a => inner (P.trueParam - θ) (P.feature (S i) a))
      fun a => inner (P.gradient S θ) (P.feature (S i) a)
    rw [hv, Semiring.zero_mul] at hc
    rw [inner_gradientAt]
    generalize cov (P.policy (S i) θ) _ _ = c at *
    have hc0 : c = 0 := Classical.byContradiction fun hne => by
      have := mul_self_pos hne
      grind
    have := P.klCoef_pos
    rw [hc0]
    grind
  refine eq_zero_of_inner_self ?_
  rw [inner_gradient, average_congr e]
  unfold average
  rw [sum_zero]
  grind

/-- Where the residual does not vary, the gap vanishes. -/
theorem objectiveAt_eq_of_inner_eq {x : Fin N} (h : ∀ a b,
    inner (P.trueParam - θ) (P.feature x a) = inner (P.trueParam - θ) (P.feature x b)) :
    P.objectiveAt x θ = P.objectiveAt x P.trueParam := by
  obtain ⟨B, hB⟩ := P.featureBound_exists
  have hl := P.klCoef_pos
  have h1 := P.gap_le_inner_gradientAt x θ hB (Std.le_refl _) (expBound_exp _)
  have h2 := P.objectiveAt_le x θ
  rw [inner_gradientAt_error, (P.var_policy_eq_zero_iff x θ _).2 h] at h1
  grind

theorem objectiveAt_eq_of_not_leavesOpen (h : P.gradient S θ = 0) {x : Fin N}
    (hx : ¬P.LeavesOpen S x) : P.objectiveAt x θ = P.objectiveAt x P.trueParam :=
  objectiveAt_eq_of_inner_eq fun a b => Classical.byContradiction fun hab =>
    hx ⟨P.trueParam - θ, inner_eq_of_stationary h, a, b, hab⟩

/-- `E_S[J(θ*) - J(θ_S)] ≤ G k / (n + 1)` if `∇J_S(θ_S) = 0` and `J_x(θ*) - J_x(θ_S) ≤ G`. -/
theorem expectSample_gap_le_of_pointwise {w : Fin k → Vec R d} (hw : P.SpanDifferences w)
    {alg : (Fin n → Fin N) → Vec R d} (hopt : ∀ S, P.gradient S (alg S) = 0) {G : R}
    (hG : ∀ S x, P.objectiveAt x P.trueParam - P.objectiveAt x (alg S) ≤ G) (hD : IsProb D) :
    expectSample D (fun S => P.population D P.trueParam - P.population D (alg S)) ≤
      G * ((k : R) / ((n : R) + 1)) := by
  have hG0 : 0 ≤ G := by
    have h1 := hG (fun _ => ⟨0, hD.size_pos⟩) ⟨0, hD.size_pos⟩
    have h2 := P.objectiveAt_le ⟨0, hD.size_pos⟩ (alg fun _ => ⟨0, hD.size_pos⟩)
    grind
  have each : ∀ S x, P.objectiveAt x P.trueParam - P.objectiveAt x (alg S) ≤
      G * indicator (P.LeavesOpen S x) := fun S x => by
    by_cases hx : P.LeavesOpen S x
    · rw [indicator_of hx]; have := hG S x; grind
    · rw [indicator_of_not hx, objectiveAt_eq_of_not_leavesOpen (hopt S) hx]; grind
  have h := expectSample_mono hD.nonneg fun S => mean_mono hD.nonneg (each S)
  simp only [mean_mul, expectSample_mul, mean_sub] at h
  exact Std.le_trans h (mul_le_mul_left (expectSample_leavesOpen_le hw hD n) hG0)

end Problem

end RLHF
