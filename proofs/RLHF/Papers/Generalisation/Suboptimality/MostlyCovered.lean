module
public import RLHF.Geometry.Range
public import RLHF.Papers.Generalisation.Stability.RandomCoverage
public import RLHF.Papers.Generalisation.Suboptimality.Assembled

/-!
# The population gap where most samples cover

What is modelled: the direct route, `J(θ*) - J(θ) ≤ C (κ ρ ‖∇J_S(θ)‖ + 2 ε² ρ² / λ)`, if a sample
covers with some probability instead of always. A sample that does not cover costs what a gap is at
most, `C (B²/λ) ρ²`.

## Main results
* `Problem.expectSample_gap_le_of_event`: in expectation, from the bound on an event.
* `Problem.le_probSample_frequent_gap`, `Problem.expectSample_gap_le_frequent`: where some prompts
  cover together, the probability of the event from their weights.

## References
arXiv 2601.16403, cf. Theorems 3, 5, 7, Assumption 5 (feature coverage).
-/

public section

namespace RLHF

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R] {N m d n : Nat}

namespace Problem

variable {P : Problem R N m d} {D : Fin N → R} {S : Fin n → Fin N} {θ : Vec R d}
  {alg : (Fin n → Fin N) → Vec R d} {proj : Fin d → Vec R d} {σ ε κ δ B C ρ : R}

/-- A bound on an event of probability at least `1 - δ`, in expectation: `δ (B²/λ) ρ²` more. -/
theorem expectSample_gap_le_of_event (hB : P.FeatureBound B)
    (hρ : ∀ S, norm (P.trueParam - alg S) ≤ ρ) (hC : ExpBound (2 * (B * ρ) / P.klCoef) C)
    (hC0 : 0 ≤ C) (hD : IsProb D) {E : (Fin n → Fin N) → Prop} (hE : 1 - δ ≤ probSample D E)
    {a : (Fin n → Fin N) → R} (ha : ∀ S, 0 ≤ a S) {b : R} (hb : 0 ≤ b)
    (h : ∀ S, E S → P.population D P.trueParam - P.population D (alg S) ≤ C * (a S + b)) :
    expectSample D (fun S => P.population D P.trueParam - P.population D (alg S)) ≤
      C * (expectSample D a + b + δ * (B * B / P.klCoef * (ρ * ρ))) := by
  have hK := mul_nonneg hC0 (mul_nonneg (P.cocoercivity_constant_nonneg B) (mul_self_nonneg ρ))
  have k := expectSample_mono hD.nonneg (F := fun S => P.population D P.trueParam -
    P.population D (alg S)) (G := fun S => C * (a S + b) +
      C * (B * B / P.klCoef * (ρ * ρ)) * (1 - indicator (E S))) fun S => by
    have h0 := mul_nonneg hC0 (by have := ha S; grind : 0 ≤ a S + b)
    show P.population D P.trueParam - P.population D (alg S) ≤
      C * (a S + b) + C * (B * B / P.klCoef * (ρ * ρ)) * (1 - indicator (E S))
    by_cases hS : E S
    · rw [indicator_eq_one hS]
      have := h S hS
      grind
    · rw [indicator_eq_zero hS]
      have := mean_le hD fun x => P.gap_le_cocoercivity hB (hρ S) hC hC0 x
      rw [mean_sub] at this
      unfold population
      grind
  rw [expectSample_add, expectSample_mul, expectSample_mul, expectSample_add,
    expectSample_const hD, expectSample_sub (fun _ => 1), expectSample_const hD] at k
  have hδ := mul_le_mul_left (by grind : 1 - probSample D E ≤ δ) hK
  exact Std.le_trans k (by unfold probSample at hδ; grind)

/-- `κ ρ ‖∇J_S(θ_S)‖` and `2 ε² ρ² / λ` in the place of `a S` and `b`. -/
theorem expectSample_gap_le_mostly (hB : P.FeatureBound B)
    (hρ : ∀ S, norm (P.trueParam - alg S) ≤ ρ) (hC : ExpBound (2 * (B * ρ) / P.klCoef) C)
    (hC0 : 0 ≤ C) (hD : IsProb D) {E : (Fin n → Fin N) → Prop} (hE : 1 - δ ≤ probSample D E)
    (hκ : 0 ≤ κ) (h : ∀ S, E S → P.population D P.trueParam - P.population D (alg S) ≤
      C * (κ * ρ * norm (P.gradient S (alg S)) + 2 * (ε * ε) * (ρ * ρ) / P.klCoef)) :
    expectSample D (fun S => P.population D P.trueParam - P.population D (alg S)) ≤
      C * (κ * ρ * expectSample D (fun S => norm (P.gradient S (alg S))) +
        (2 * (ε * ε) + δ * (B * B)) * (ρ * ρ) / P.klCoef) := by
  have hb : 0 ≤ 2 * (ε * ε) * (ρ * ρ) / P.klCoef := div_nonneg
    (mul_nonneg (mul_nonneg (by grind) (mul_self_nonneg ε)) (mul_self_nonneg ρ))
    P.klCoef_pos
  have k := expectSample_gap_le_of_event hB hρ hC hC0 hD hE (fun S => mul_nonneg
    (mul_nonneg hκ (Std.le_trans (norm_nonneg _) (hρ S))) (norm_nonneg _)) hb h
  rw [expectSample_mul] at k
  grind

/-- With probability at least `1 - Σ_{x ∈ G} exp(-n D(x) / 8)` the direct bound holds at every `θ`
within `ρ` of `θ*` at once, with `σ / 2`, if the prompts of `G` cover at `θ*` with `σ`. -/
theorem le_probSample_frequent_gap {G : Fin N → Prop}
    (hcov : P.PopulationCoverage (fun x => D x * indicator (G x)) P.trueParam proj σ ε)
    (hB : P.FeatureBound B) (hC : ExpBound (2 * (B * ρ) / P.klCoef) C) (hC0 : 0 ≤ C)
    (hD : IsProb D) : 1 - (sum fun x => indicator (G x) * exp (-((n : R) * D x / 8))) ≤
      probSample D (fun S : Fin n → Fin N => ∀ θ, norm (P.trueParam - θ) ≤ ρ →
        P.population D P.trueParam - P.population D θ ≤
          C * (2 * (B * B) / (exp (-(2 * (B * ρ) / P.klCoef)) * (σ / 2)) * ρ *
            norm (P.gradient S θ) + 2 * (ε * ε) * (ρ * ρ) / P.klCoef)) :=
  Std.le_trans (le_probSample_frequency_part hD G) (probSample_mono hD fun _ hS _ hθ =>
    ((hcov.half_of_part hS).of_trueParam hB hθ).population_gap_le hB hθ hC hC0 hD)

/-- The same in expectation, for any algorithm whose outputs are within `ρ` of `θ*`. -/
theorem expectSample_gap_le_frequent {G : Fin N → Prop}
    (hcov : P.PopulationCoverage (fun x => D x * indicator (G x)) P.trueParam proj σ ε)
    (hB : P.FeatureBound B) (hρ : ∀ S, norm (P.trueParam - alg S) ≤ ρ)
    (hC : ExpBound (2 * (B * ρ) / P.klCoef) C) (hC0 : 0 ≤ C) (hD : IsProb D) :
    expectSample D (fun S => P.population D P.trueParam - P.population D (alg S)) ≤
      C * (2 * (B * B) / (exp (-(2 * (B * ρ) / P.klCoef)) * (σ / 2)) * ρ *
        expectSample D (fun S => norm (P.gradient S (alg S))) +
        (2 * (ε * ε) + (sum fun x => indicator (G x) * exp (-((n : R) * D x / 8))) * (B * B)) *
          (ρ * ρ) / P.klCoef) :=
  expectSample_gap_le_mostly hB hρ hC hC0 hD (le_probSample_frequent_gap hcov hB hC hC0 hD)
    (div_nonneg (mul_nonneg (by grind) (mul_self_nonneg B))
      (mul_pos (exp_pos _) (div_pos hcov.eigenvalue_pos (by grind))))
    fun S hS => hS _ (hρ S)

end Problem

end RLHF
