module
public import RLHF.Papers.Generalisation.Stability.Concentration
public import RLHF.Papers.Generalisation.Stability.Hoeffding
public import RLHF.Papers.Generalisation.Suboptimality.Decomposition

/-!
# Headline theorems: error decomposition

Every statement of the group "Error decomposition", under the name of its entry in the claim table,
and nothing else.

## Conventions
* `R` is any exponential ordered field, `P` a problem, `x` a prompt, `S` a sample of `n` prompts.
* `D` are the prompt weights. Expectations over samples `S ~ D^n` are finite product sums
  (`expectSample`), probabilities expectations of indicators (`probSample`).
* `C` is a second-order constant of the exponential (`ExpBound`); `exp M` is one (`expBound_exp`).
* `h` is a sub-Gaussian constant (`HoeffdingBound`); `1/5` is one in every field, `1/8` where the
  field is Archimedean.

## References
arXiv 2601.16403, cf. Definition 3.
-/

public section

namespace RLHF

attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R] {N m d n : Nat} (P : Problem R N m d) {D : Fin N → R}

/-! ### Decomposition -/

/-- `J(θ*) - J(θ) ≤ |J_S(θ*) - J(θ*)| + |J_S(θ*) - J_S(θ)| + |J_S(θ) - J(θ)|`: concentration,
optimisation, generalisation. 2601.16403, cf. Definition 3. -/
theorem error_decomposition (D : Fin N → R) (S : Fin n → Fin N) (θ : Vec R d) :
    P.population D P.trueParam - P.population D θ ≤
      abs (P.objective S P.trueParam - P.population D P.trueParam) +
      abs (P.objective S P.trueParam - P.objective S θ) +
      abs (P.objective S θ - P.population D θ) :=
  P.population_gap_le D S θ

/-- `|J_S(θ*) - J_S(θ)| ≤ C ρ ‖∇J_S(θ)‖` for `‖θ* - θ‖ ≤ ρ`, `C` at `M = 2Bρ/λ`. 2601.16403,
optimisation error. -/
theorem optimisation_error {B C ρ : R} (hB : P.FeatureBound B) (S : Fin n → Fin N) {θ : Vec R d}
    (hρ : norm (P.trueParam - θ) ≤ ρ) (hC : ExpBound (2 * (B * ρ) / P.klCoef) C) :
    abs (P.objective S P.trueParam - P.objective S θ) ≤ C * ρ * norm (P.gradient S θ) :=
  P.abs_objective_sub_le S θ hB hρ hC

/-! ### Concentration -/

/-- `E_S (J_S(θ*) - J(θ*))² = Var_D(J_x(θ*)) / n ≤ (B ‖θ*‖)² / n`. 2601.16403, cf. Definition 3
(concentration term). -/
theorem concentration_variance {B : R} (hB : P.FeatureBound B) (hD : IsProb D) (hn : 0 < n) :
    expectSample D (fun S : Fin n → Fin N =>
      (P.objective S P.trueParam - P.population D P.trueParam) *
      (P.objective S P.trueParam - P.population D P.trueParam)) =
      var D (fun x => P.objectiveAt x P.trueParam) / (n : R) ∧
    var D (fun x => P.objectiveAt x P.trueParam) / (n : R) ≤
      (B * norm P.trueParam) * (B * norm P.trueParam) / (n : R) :=
  ⟨P.expectSample_objective_sub_mul_self hD hn _, P.var_objectiveAt_trueParam_div_le hB hD hn⟩

/-- `E_S |J_S(θ*) - J(θ*)| ≤ B ‖θ*‖ / √n`. 2601.16403, cf. Definition 3 (concentration term). -/
theorem concentration_mean {B : R} (hB : P.FeatureBound B) (hD : IsProb D) (hn : 0 < n) :
    expectSample D (fun S : Fin n → Fin N =>
      abs (P.objective S P.trueParam - P.population D P.trueParam)) ≤
    B * norm P.trueParam / sqrt (n : R) :=
  P.expectSample_abs_le hB hD hn

/-- `P_S(|J_S(θ*) - J(θ*)| ≥ t) ≤ (B ‖θ*‖)² / (n t²)` for `t > 0`. 2601.16403, cf. Definition 3
(concentration term). -/
theorem concentration_chebyshev {B t : R} (hB : P.FeatureBound B) (hD : IsProb D) (hn : 0 < n)
    (ht : 0 < t) : probSample D (fun S : Fin n → Fin N =>
      t ≤ abs (P.objective S P.trueParam - P.population D P.trueParam)) ≤
    (B * norm P.trueParam) * (B * norm P.trueParam) / ((n : R) * (t * t)) :=
  P.probSample_objective_le hB hD hn ht

/-- `P_S(|J_S(θ*) - J(θ*)| ≥ t) ≤ 2 exp(-t² n / (16h (B ‖θ*‖)²))` for `t ≥ 0`, and for `δ > 0` with
probability at least `1 - δ`, `|J_S(θ*) - J(θ*)| ≤ 4 B ‖θ*‖ √(h log(2/δ) / n)`; `h = 1/8` gives
`B ‖θ*‖ √(2 log(2/δ) / n)`. 2601.16403, cf. Definition 3 (concentration term). -/
theorem concentration_hoeffding {B h : R} (hh : HoeffdingBound h) (hB : P.FeatureBound B)
    (hD : IsProb D) (hn : 0 < n) :
    (∀ t, 0 ≤ t → probSample D (fun S : Fin n → Fin N =>
      t ≤ abs (P.objective S P.trueParam - P.population D P.trueParam)) ≤
      2 * exp (-(t * t * (n : R) /
        (16 * h * ((B * norm P.trueParam) * (B * norm P.trueParam)))))) ∧
    ∀ δ, 0 < δ → 1 - δ ≤ probSample D (fun S : Fin n → Fin N =>
      abs (P.objective S P.trueParam - P.population D P.trueParam) ≤
        4 * (B * norm P.trueParam) * sqrt (h * log (2 / δ) / (n : R))) :=
  ⟨fun _ ht => P.probSample_objective_le_exp hh hB hD ht,
    fun _ hδ => P.le_probSample_objective hh hB hD hn hδ⟩

end RLHF
