module
public import RLHF.Stability.Concentration
public import RLHF.Stability.Generalisation

/-!
# Headline theorems: stability and concentration

Every statement about samples `S ~ D^n` of prompts, under the name of its entry in `claims.toml`,
and nothing else.

## Conventions
* `R` is any exponential ordered field, `P` a problem, `S` a sample of `n` prompts, `D` the prompt
  weights.
* Expectations over samples are finite product sums (`expectSample`), probabilities expectations of
  indicators (`probSample`).

## References
arXiv 2601.16403 (seed 000), Definition 3.
-/

public section

namespace RLHF

attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R] {N m d n : Nat} (P : Problem R N m d) {D : Fin N → R}

/-- `|E_S[J_S(θ_S) - J(θ_S)]| ≤ γ` for an algorithm `S ↦ θ_S` whose output changes no `J_x` by more
than `γ` when one prompt of the sample is replaced. Seed 000, Definition 3 (generalisation error). -/
theorem uniform_stability_generalises {γ : R} {alg : (Fin n → Fin N) → Vec R d}
    (hγ : P.UniformlyStable alg γ) (hD : IsProb D) (hn : 0 < n) :
    abs (expectSample D fun S => P.objective S (alg S) - P.population D (alg S)) ≤ γ :=
  hγ.abs_expectSample_le hD hn

/-- `E_S (J_S(θ*) - J(θ*))² = Var_D(J_x(θ*)) / n ≤ (B ‖θ*‖)² / n`. Seed 000, Definition 3
(concentration term). -/
theorem concentration_variance {B : R} (hB : P.FeatureBound B) (hD : IsProb D) (hn : 0 < n) :
    expectSample D (fun S : Fin n → Fin N =>
      (P.objective S P.trueParam - P.population D P.trueParam) *
      (P.objective S P.trueParam - P.population D P.trueParam)) =
      var D (fun x => P.objectiveAt x P.trueParam) / (n : R) ∧
    var D (fun x => P.objectiveAt x P.trueParam) / (n : R) ≤
      (B * norm P.trueParam) * (B * norm P.trueParam) / (n : R) :=
  ⟨P.expectSample_objective_sub_mul_self hD hn _, P.var_objectiveAt_trueParam_div_le hB hD hn⟩

/-- `E_S |J_S(θ*) - J(θ*)| ≤ B ‖θ*‖ / √n`. Seed 000, Definition 3 (concentration term). -/
theorem concentration_mean {B : R} (hB : P.FeatureBound B) (hD : IsProb D) (hn : 0 < n) :
    expectSample D (fun S : Fin n → Fin N =>
      abs (P.objective S P.trueParam - P.population D P.trueParam)) ≤
    B * norm P.trueParam / sqrt (n : R) :=
  P.expectSample_abs_le hB hD hn

/-- `P_S(|J_S(θ*) - J(θ*)| ≥ t) ≤ (B ‖θ*‖)² / (n t²)` for `t > 0`. Seed 000, Definition 3
(concentration term). -/
theorem concentration_chebyshev {B t : R} (hB : P.FeatureBound B) (hD : IsProb D) (hn : 0 < n)
    (ht : 0 < t) : probSample D (fun S : Fin n → Fin N =>
      t ≤ abs (P.objective S P.trueParam - P.population D P.trueParam)) ≤
    (B * norm P.trueParam) * (B * norm P.trueParam) / ((n : R) * (t * t)) :=
  P.probSample_objective_le hB hD hn ht

end RLHF
