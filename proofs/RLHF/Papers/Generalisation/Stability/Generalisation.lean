module
public import RLHF.Papers.Generalisation.Stability.Defs
public import RLHF.Probability.Sample

/-!
# Uniform stability and generalisation

What is modelled: an algorithm that maps a sample of prompts to a policy parameter, and the
difference between its empirical and its population objective.

## Main results
* `Problem.expectSample_objective_sub`: the expected difference is the expected effect of replacing
  one prompt, by exchange with a ghost sample.
* `Problem.UniformlyStable.abs_expectSample_le`: it is at most the stability constant.

## References
arXiv 2601.16403, cf. Definition 3 (generalisation error).
-/

public section

namespace RLHF

open Lean.Grind

universe u
variable {R : Type u} [ExpField R] {N m d n : Nat} {D : Fin N → R}

namespace Problem

variable (P : Problem R N m d)

/-- `E_S[J_{S_i}(θ_S)] - E_S[J(θ_S)] = E_S E_{x'}[J_{S_i}(θ_S) - J_{S_i}(θ_{S with S_i := x'})]`. -/
theorem expectSample_objectiveAt_sub (hD : IsProb D) (alg : (Fin n → Fin N) → Vec R d)
    (i : Fin n) : expectSample D (fun S => P.objectiveAt (S i) (alg S)) -
      expectSample D (fun S => P.population D (alg S)) =
    expectSample D fun S => mean D fun x' =>
      P.objectiveAt (S i) (alg S) - P.objectiveAt (S i) (alg (replaceAt S i x')) := by
  have h := expectSample_ghost (D := D) (fun S x => P.objectiveAt x (alg S)) i
  have e : ∀ S : Fin n → Fin N, mean D (fun x' =>
      P.objectiveAt (S i) (alg S) - P.objectiveAt (S i) (alg (replaceAt S i x'))) =
      P.objectiveAt (S i) (alg S) -
        mean D fun x' => P.objectiveAt (S i) (alg (replaceAt S i x')) := fun S => by
    rw [mean_sub, mean_const hD]
  rw [expectSample_congr e, expectSample_sub, ← h]
  rfl

/-- The generalisation error in expectation is the average effect of replacing one prompt. -/
theorem expectSample_objective_sub (hD : IsProb D) (hn : 0 < n)
    (alg : (Fin n → Fin N) → Vec R d) :
    expectSample D (fun S => P.objective S (alg S) - P.population D (alg S)) =
    average fun i => expectSample D fun S => mean D fun x' =>
      P.objectiveAt (S i) (alg S) - P.objectiveAt (S i) (alg (replaceAt S i x')) := by
  have e := fun i => (P.expectSample_objectiveAt_sub hD alg i).symm
  have h : expectSample D (fun S => P.objective S (alg S)) =
      average fun i => expectSample D fun S => P.objectiveAt (S i) (alg S) :=
    expectSample_average fun i S => P.objectiveAt (S i) (alg S)
  rw [average_congr e, average_sub, average_const hn, expectSample_sub, h]

/-- Uniform stability bounds the generalisation error in expectation. -/
theorem UniformlyStable.abs_expectSample_le {P : Problem R N m d} {γ : R}
    {alg : (Fin n → Fin N) → Vec R d} (h : P.UniformlyStable alg γ) (hD : IsProb D) (hn : 0 < n) :
    abs (expectSample D fun S => P.objective S (alg S) - P.population D (alg S)) ≤ γ := by
  rw [P.expectSample_objective_sub hD hn alg]
  have hi : ∀ i, abs (expectSample D fun S => mean D fun x' => P.objectiveAt (S i) (alg S) -
      P.objectiveAt (S i) (alg (replaceAt S i x'))) ≤ γ := fun i =>
    RLHF.abs_expectSample_le hD fun S => abs_mean_le hD fun x' => h S i x' (S i)
  have hu := average_mono fun i => (abs_le.mp (hi i)).2
  have hl := average_mono fun i => (abs_le.mp (hi i)).1
  rw [average_const hn] at hu hl
  exact abs_le.mpr ⟨hl, hu⟩

end Problem

end RLHF
