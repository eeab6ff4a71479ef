module
public import RLHF.Geometry.Comparison
public import RLHF.Geometry.Domination
public import RLHF.Geometry.LowerBound

/-!
# Headline theorems: gradient-norm geometry

Every statement of the group "Gradient-norm geometry", under the name of its entry in the claim
table, and nothing else.

## Conventions
* `R` is any exponential ordered field, `P` a problem, `x` a prompt, `S` a sample of `n` prompts.
* `C` is a second-order constant of the exponential (`ExpBound`); `exp M` is one (`expBound_exp`).

## References
arXiv 2601.16403, cf. Assumption 5, Lemma 6; arXiv 2410.15610 (cf. weak gradient domination).
-/

public section

namespace RLHF

universe u
variable {R : Type u} [ExpField R] {N m d n : Nat} (P : Problem R N m d)

/-- `Var_{π_θ}(⟨v, φ⟩) ≤ B² ‖v‖²`. 2601.16403, covariance of the features. -/
theorem variance_bound {B : R} (hB : P.FeatureBound B) (x : Fin N) (θ v : Vec R d) :
    var (P.policy x θ) (fun a => inner v (P.feature x a)) ≤ B * B * (norm v * norm v) :=
  var_inner_le (P.policy_isProb x θ) (hB x) v

/-- `⟨∇J_S(θ), θ* - θ⟩ = (1/λ) · mean_i Var_{π_θ}(⟨θ* - θ, φ(x_i, ·)⟩) ≥ 0`. 2601.16403, gradient of
the objective. -/
theorem gradient_alignment (S : Fin n → Fin N) (θ : Vec R d) :
    inner (P.gradient S θ) (P.trueParam - θ) = 1 / P.klCoef * (average fun i =>
      var (P.policy (S i) θ) fun a => inner (P.trueParam - θ) (P.feature (S i) a)) ∧
    0 ≤ inner (P.gradient S θ) (P.trueParam - θ) :=
  ⟨P.inner_gradient_error S θ, P.inner_gradient_error_nonneg S θ⟩

/-- `‖∇J(θ)‖² ≤ (B²/λ) ⟨∇J(θ), θ* - θ⟩`, for `J_S` and for each single prompt. 2601.16403,
gradient-norm controlled stability. -/
theorem gradient_cocoercive {B : R} (hB : P.FeatureBound B) (θ : Vec R d) :
    (∀ S : Fin n → Fin N, norm (P.gradient S θ) * norm (P.gradient S θ) ≤
      B * B / P.klCoef * inner (P.gradient S θ) (P.trueParam - θ)) ∧
    ∀ x, norm (P.gradientAt x θ) * norm (P.gradientAt x θ) ≤
      B * B / P.klCoef * inner (P.gradientAt x θ) (P.trueParam - θ) :=
  ⟨fun S => P.gradient_cocoercive S θ hB, fun x => P.gradientAt_cocoercive x θ hB⟩

/-- `log E_p exp Y ≤ C·Var_p(Y)` for centred `Y` with `|Y| ≤ M`. 2601.16403, cf. Lemma 6 (its
analytic core). -/
theorem log_mgf_bound {p Y : Fin m → R} {M C : R} (hp : IsProb p) (hY : mean p Y = 0)
    (hM : ∀ a, abs (Y a) ≤ M) (hC : ExpBound M C) :
    log (mean p fun a => exp (Y a)) ≤ C * var p Y :=
  log_mean_exp_le hp hY hM hC

/-- `J_S(θ*) - J_S(θ) ≤ C ⟨∇J_S(θ), θ* - θ⟩ ≤ C ‖θ* - θ‖ ‖∇J_S(θ)‖`, `C` at `M = 2B‖θ* - θ‖/λ`.
2410.15610, cf. weak gradient domination, for the policy class of 2601.16403. -/
theorem gradient_domination {B C : R} (hB : P.FeatureBound B) (S : Fin n → Fin N) (θ : Vec R d)
    (hC : ExpBound (2 * (B * norm (P.trueParam - θ)) / P.klCoef) C) :
    P.objective S P.trueParam - P.objective S θ ≤
      C * inner (P.gradient S θ) (P.trueParam - θ) ∧
    C * inner (P.gradient S θ) (P.trueParam - θ) ≤
      C * norm (P.trueParam - θ) * norm (P.gradient S θ) :=
  ⟨P.gap_le_inner_gradient S θ hB (Std.le_refl _) hC,
    P.inner_gradient_le_norm S θ hB (Std.le_refl _) hC⟩

/-- `∇J_S(θ) = 0` implies `J_S(θ) = J_S(θ*)`, and no choice of one policy for each prompt does
better on the sample. 2601.16403, empirical optima. -/
theorem stationary_is_optimal (S : Fin n → Fin N) {θ : Vec R d} (h : P.gradient S θ = 0) :
    P.objective S θ = P.objective S P.trueParam ∧
    ∀ π : Fin N → Fin m → R, (∀ x, IsProb (π x)) →
      (average fun i => P.value (S i) (π (S i))) ≤ P.objective S θ :=
  have e := P.objective_eq_of_stationary S θ h
  ⟨e, fun _ hπ => e ▸ P.average_value_le S hπ⟩

/-- `e^{-M} Var_{π_θ'}(f) ≤ Var_{π_θ}(f) ≤ e^M Var_{π_θ'}(f)` for `‖θ - θ'‖ ≤ ρ`, `M = 2Bρ/λ`.
2601.16403, cf. Assumption 5 (moves coverage between parameters). -/
theorem covariance_comparison {B ρ : R} (hB : P.FeatureBound B) (x : Fin N) {θ θ' : Vec R d}
    (hρ : norm (θ - θ') ≤ ρ) (f : Fin m → R) :
    exp (-(2 * (B * ρ) / P.klCoef)) * var (P.policy x θ') f ≤ var (P.policy x θ) f ∧
    var (P.policy x θ) f ≤ exp (2 * (B * ρ) / P.klCoef) * var (P.policy x θ') f :=
  ⟨P.le_var_policy x hB hρ f, P.var_policy_le x hB hρ f⟩

/-- `Var_{π_θ}⟨v, φ⟩ = 0` iff `⟨v, φ(x, ·)⟩` is constant, a condition without `θ`. 2601.16403,
cf. Assumption 5 (column space of the covariance). -/
theorem kernel_invariant (x : Fin N) (θ v : Vec R d) :
    var (P.policy x θ) (fun a => inner v (P.feature x a)) = 0 ↔
      ∀ a b, inner v (P.feature x a) = inner v (P.feature x b) :=
  P.var_policy_eq_zero_iff x θ v

/-- In an Archimedean field the gap at a prompt is of the order of `g = ⟨∇J_x(θ), θ* - θ⟩` from both
sides: with `M = 2B‖θ* - θ‖/λ` it is at least `ψ(-M) g`, so at least `λ log(1 + ψ(-M) g / λ)`, and
at most `ψ(M) g`. 2410.15610, cf. weak gradient domination, for the policy class of 2601.16403. -/
theorem kl_lower_variance {R : Type u} [ExpField R] (hR : Archimedean R) {N m d : Nat}
    (P : Problem R N m d) {B : R} (hB : P.FeatureBound B) (x : Fin N) (θ : Vec R d) {M : R}
    (hM : M = 2 * (B * norm (P.trueParam - θ)) / P.klCoef) :
    psi (-M) * inner (P.gradientAt x θ) (P.trueParam - θ) ≤
      P.objectiveAt x P.trueParam - P.objectiveAt x θ ∧
    P.klCoef * log (1 + psi (-M) * (inner (P.gradientAt x θ) (P.trueParam - θ) / P.klCoef)) ≤
      P.objectiveAt x P.trueParam - P.objectiveAt x θ ∧
    P.objectiveAt x P.trueParam - P.objectiveAt x θ ≤
      psi M * inner (P.gradientAt x θ) (P.trueParam - θ) :=
  hM ▸ ⟨P.psi_mul_le_gap x θ hR hB, P.log_le_gap x θ hR hB, P.gap_le_psi_mul x θ hR hB⟩

end RLHF
