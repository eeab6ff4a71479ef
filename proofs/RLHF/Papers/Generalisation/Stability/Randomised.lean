module
public import RLHF.Papers.Generalisation.Stability.Generalisation
public import RLHF.Probability.Moments

/-!
# Stability of randomised algorithms

What is modelled: an algorithm that maps a sample and an outcome of its own, independent of the
sample, to a policy parameter.

## Main results
* `Problem.StableInExpectation.abs_expectSample_le`: stability in expectation bounds the expected
  difference of the empirical and the population objective.
* `Problem.stableInExpectation_pure`: for a certain outcome it is uniform stability.
* `Problem.StableInExpectation.of_abs`, `Problem.StableInExpectation.of_forall`: it follows from the
  expected absolute change, and from uniform stability for every outcome.

## References
arXiv 2601.16403, cf. Definition 3 (generalisation error), cf. Theorem 7.
-/

public section

namespace RLHF

open Lean.Grind

universe u v
variable {R : Type u} [ExpField R] {Ω : Type v} {N m d n : Nat} {D : Fin N → R}

/-- A mean over prompts and an expectation may be exchanged. -/
theorem Expect.mean (E : Expect R Ω) (p : Fin m → R) (F : Fin m → Ω → R) :
    E (fun ω => RLHF.mean p fun x => F x ω) = RLHF.mean p fun x => E (F x) := by
  unfold RLHF.mean
  rw [E.sum fun x ω => p x * F x ω]
  exact sum_congr fun x => E.mul _ _

namespace Problem

variable {P : Problem R N m d} {E : Expect R Ω} {alg : (Fin n → Fin N) → Ω → Vec R d} {γ : R}

/-- `|E_S E_ω[J_S(θ_{S,ω}) - J(θ_{S,ω})]| ≤ γ` for an algorithm that is stable in expectation. -/
theorem StableInExpectation.abs_expectSample_le (h : P.StableInExpectation E alg γ)
    (hD : IsProb D) (hn : 0 < n) : abs (expectSample D fun S => E fun ω =>
      P.objective S (alg S ω) - P.population D (alg S ω)) ≤ γ := by
  have e : ∀ S, E (fun ω => P.objective S (alg S ω) - P.population D (alg S ω)) =
      (average fun i => E fun ω => P.objectiveAt (S i) (alg S ω)) -
        RLHF.mean D fun x => E fun ω => P.objectiveAt x (alg S ω) := fun S => by
    rw [E.sub]
    exact congr (congrArg _ (E.average _)) (E.mean D fun x ω => P.objectiveAt x (alg S ω))
  rw [expectSample_congr e]
  exact abs_expectSample_average_sub_le hD hn fun S i x' x => by
    rw [← E.sub]
    exact h S i x' x

/-- For a certain outcome stability in expectation is uniform stability. -/
theorem stableInExpectation_pure (ω : Ω) : P.StableInExpectation (Expect.pure ω) alg γ ↔
    P.UniformlyStable (fun S => alg S ω) γ := Iff.rfl

/-- `E_ω |J_x(θ_{S,ω}) - J_x(θ_{S',ω})| ≤ γ` for neighbours is enough. -/
theorem StableInExpectation.of_abs (h : ∀ (S : Fin n → Fin N) (i : Fin n) (x' x : Fin N),
    (E fun ω => abs (P.objectiveAt x (alg S ω) - P.objectiveAt x (alg (replaceAt S i x') ω))) ≤ γ) :
    P.StableInExpectation E alg γ :=
  fun S i x' x => Std.le_trans (E.abs_le _) (h S i x' x)

/-- Uniform stability for every outcome is enough. -/
theorem StableInExpectation.of_forall (h : ∀ ω, P.UniformlyStable (fun S => alg S ω) γ) :
    P.StableInExpectation E alg γ :=
  .of_abs fun S i x' x => E.le_of_forall_le fun ω => h ω S i x' x

end Problem

end RLHF
