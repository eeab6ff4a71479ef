module
public import RLHF.Model.Constants
public import RLHF.Papers.Generalisation.Suboptimality.LeaveOneOutTail

/-!
# Headline theorems: without coverage

Every statement of the group "Without coverage", under the name of its entry in the claim table, and
nothing else. None assumes anything of the samples, and all hold for `n = 0`, too.

## Conventions
* `R` is any exponential ordered field, `P` a problem, `S` a sample of `n` prompts, `D` the prompt
  weights.
* The vectors `w_1, …, w_k` span the differences of features (`Problem.SpanDifferences`). The least
  `k` is the rank of the differences; `k = d` always works (`Problem.spanDifferences_unit`).
* `C` is a second-order constant of the exponential (`ExpBound`) at `M = 2Bρ/λ`, `h` a sub-Gaussian
  constant (`HoeffdingBound`): `1/5` in every field, `1/8` where the field is Archimedean.
* `K` and `M` are `P.cocoercivity B` and `P.exponentRadius B ρ`.

## References
arXiv 2601.16403, cf. Assumption 5, Theorem 3.
-/

public section

namespace RLHF

attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R] {N m d n k : Nat} (P : Problem R N m d) {D : Fin N → R}

/-- A sample of `n` prompts leaves a further prompt open with probability at most `k / (n + 1)`:
`E_S Σ_x D(x) 1(S leaves x open) ≤ k / (n + 1)`. 2601.16403, cf. Assumption 5. -/
theorem leave_one_out {w : Fin k → Vec R d} (hw : P.SpanDifferences w) (hD : IsProb D) :
    expectSample D (fun S : Fin n → Fin N => mean D fun x => indicator (P.LeavesOpen S x)) ≤
      (k : R) / ((n : R) + 1) :=
  Problem.expectSample_leavesOpen_le hw hD n

/-- Every rule `S ↦ θ_S` with `∇J_S(θ_S) = 0` within `ρ` of `θ*` has
`E_S[J(θ*) - J(θ_S)] ≤ C K ρ² k / (n + 1)`, `K = B²/λ`. 2601.16403, cf. Theorem 3, here without
Assumption 5. -/
theorem suboptimality_no_coverage {w : Fin k → Vec R d} (hw : P.SpanDifferences w)
    {alg : (Fin n → Fin N) → Vec R d} {B C ρ : R} (hB : P.FeatureBound B)
    (hρ : ∀ S, norm (P.trueParam - alg S) ≤ ρ) (hopt : ∀ S, P.gradient S (alg S) = 0)
    (hC : ExpBound (P.exponentRadius B ρ) C) (hC0 : 0 ≤ C) (hD : IsProb D) :
    expectSample D (fun S => P.population D P.trueParam - P.population D (alg S)) ≤
      C * (P.cocoercivity B * (ρ * ρ)) * ((k : R) / ((n : R) + 1)) :=
  Problem.expectSample_gap_le_of_pointwise hw hopt
    (fun S => Problem.gap_le_cocoercivity hB (hρ S) hC hC0) hD

/-- The same without an exponential: if `Δ` bounds the differences of features,
`E_S[J(θ*) - J(θ_S)]` is at most `h Δ² ρ² / λ · k / (n + 1)` and at most `Δ ρ · k / (n + 1)`.
2601.16403, cf. Theorem 3, here without Assumption 5. -/
theorem no_coverage_hoeffding {w : Fin k → Vec R d} (hw : P.SpanDifferences w)
    {alg : (Fin n → Fin N) → Vec R d} {Δ h ρ : R} (hΔ : P.DifferenceBound Δ)
    (hh : HoeffdingBound h) (hρ : ∀ S, norm (P.trueParam - alg S) ≤ ρ)
    (hopt : ∀ S, P.gradient S (alg S) = 0) (hD : IsProb D) :
    expectSample D (fun S => P.population D P.trueParam - P.population D (alg S)) ≤
      h * (Δ * Δ) * (ρ * ρ) / P.klCoef * ((k : R) / ((n : R) + 1)) ∧
    expectSample D (fun S => P.population D P.trueParam - P.population D (alg S)) ≤
      Δ * ρ * ((k : R) / ((n : R) + 1)) :=
  ⟨Problem.expectSample_gap_le_of_pointwise hw hopt
      (fun S => hΔ.gap_le_radius_mul_self hh (hρ S)) hD,
    Problem.expectSample_gap_le_of_pointwise hw hopt (fun S => hΔ.gap_le_radius (hρ S)) hD⟩

/-! ### With high probability -/

/-- The mass of the prompts that a sample of `n ≥ b L` prompts leaves open is at least `t` with
probability at most `(k / (t (b + 1)))^L`. 2601.16403, cf. Assumption 5. -/
theorem leave_one_out_tail {w : Fin k → Vec R d} (hw : P.SpanDifferences w) (hD : IsProb D) {t : R}
    (ht : 0 < t) {b L : Nat} (hn : b * L ≤ n) : probSample D (fun S : Fin n → Fin N =>
      t ≤ mean D fun x => indicator (P.LeavesOpen S x)) ≤ ((k : R) / (t * ((b : R) + 1))) ^ L :=
  Problem.probSample_leavesOpen_le hw hD ht b hn

/-- With probability at least `1 - (k / (t (b + 1)))^L` over samples of `n ≥ b L` prompts, every `θ`
within `ρ` of `θ*` with `∇J_S(θ) = 0` has `J(θ*) - J(θ) ≤ h Δ² ρ² / λ · t`. 2601.16403, cf. Theorem
3, here without Assumption 5. -/
theorem no_coverage_whp {w : Fin k → Vec R d} (hw : P.SpanDifferences w) {Δ h ρ : R}
    (hΔ : P.DifferenceBound Δ) (hh : HoeffdingBound h) (hD : IsProb D) {t : R} (ht : 0 < t)
    {b L : Nat} (hn : b * L ≤ n) : 1 - ((k : R) / (t * ((b : R) + 1))) ^ L ≤
    probSample D (fun S : Fin n → Fin N => ∀ θ, P.gradient S θ = 0 →
      norm (P.trueParam - θ) ≤ ρ → P.population D P.trueParam - P.population D θ ≤
        h * (Δ * Δ) * (ρ * ρ) / P.klCoef * t) :=
  Problem.le_probSample_gap_of_pointwise hw hD ht b hn fun _ hρ =>
    hΔ.gap_le_radius_mul_self hh hρ

end RLHF
