module
public import RLHF.Papers.Generalisation.Stability.Generalisation

/-!
# The population gap without a concentration term

What is modelled: the expected population gap `E_S[J(θ*) - J(θ_S)]` of a uniformly stable algorithm
`S ↦ θ_S`. In expectation the concentration term of the decomposition vanishes, since `θ*` does not
depend on the sample.

## Main results
* `Problem.expectSample_objective`: `E_S[J_S(θ)] = J(θ)`.
* `Problem.UniformlyStable.expectSample_gap_le`:
  `E_S[J(θ*) - J(θ_S)] ≤ E_S[J_S(θ*) - J_S(θ_S)] + γ`.

## References
arXiv 2601.16403, cf. Definition 3, Theorems 3 and 5.
-/

public section

namespace RLHF

open Lean.Grind

universe u
variable {R : Type u} [ExpField R] {N m d n : Nat} {D : Fin N → R}

namespace Problem

/-- The empirical objective of a fixed parameter is unbiased: `E_S[J_S(θ)] = J(θ)`. -/
theorem expectSample_objective (P : Problem R N m d) (hD : IsProb D) (hn : 0 < n) (θ : Vec R d) :
    expectSample D (fun S : Fin n → Fin N => P.objective S θ) = P.population D θ := by
  have h : expectSample D (fun S : Fin n → Fin N => P.objective S θ) =
      average fun i => expectSample D fun S => P.objectiveAt (S i) θ :=
    expectSample_average fun i S => P.objectiveAt (S i) θ
  rw [h, average_congr fun i => expectSample_apply hD (fun x => P.objectiveAt x θ) i,
    average_const hn]
  rfl

/-- `E_S[J_S(θ) - J(θ)] = 0` for a fixed parameter. -/
theorem expectSample_objective_sub_eq_zero (P : Problem R N m d) (hD : IsProb D) (hn : 0 < n)
    (θ : Vec R d) :
    expectSample D (fun S : Fin n → Fin N => P.objective S θ - P.population D θ) = 0 := by
  rw [expectSample_sub, expectSample_const hD, P.expectSample_objective hD hn]
  grind

/-- The expected population gap exceeds the expected empirical gap by at most `γ`. -/
theorem UniformlyStable.expectSample_gap_le {P : Problem R N m d}
    {alg : (Fin n → Fin N) → Vec R d} {γ : R} (hγ : P.UniformlyStable alg γ) (hD : IsProb D)
    (hn : 0 < n) :
    expectSample D (fun S => P.population D P.trueParam - P.population D (alg S)) ≤
      expectSample D (fun S => P.objective S P.trueParam - P.objective S (alg S)) + γ := by
  have hgen := (abs_le.mp (hγ.abs_expectSample_le hD hn)).2
  rw [expectSample_sub] at hgen
  rw [expectSample_sub, expectSample_const hD, expectSample_sub,
    P.expectSample_objective hD hn P.trueParam]
  grind

end Problem

end RLHF
