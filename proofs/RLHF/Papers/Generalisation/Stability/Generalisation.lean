module
public import RLHF.Papers.Generalisation.Stability.Defs
public import RLHF.Probability.Sample

/-!
# Uniform stability and generalisation

What is modelled: an algorithm that maps a sample of prompts to a policy parameter, and the
difference between its empirical and its population objective.

## Main results
* `abs_expectSample_average_sub_le`: values `G_S(x)` that one prompt of the sample moves by at most
  `γ` have, in expectation, on the sample and on the population means that differ by at most `γ`.
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

/-- `E_S[G_S(S_i)] - E_S E_x[G_S(x)] = E_S E_{x'}[G_S(S_i) - G_{S with S_i := x'}(S_i)]`. -/
private theorem expectSample_apply_sub (hD : IsProb D) (G : (Fin n → Fin N) → Fin N → R)
    (i : Fin n) : expectSample D (fun S => G S (S i)) - expectSample D (fun S => mean D (G S)) =
    expectSample D fun S => mean D fun x' => G S (S i) - G (replaceAt S i x') (S i) := by
  have e : ∀ S : Fin n → Fin N, mean D (fun x' => G S (S i) - G (replaceAt S i x') (S i)) =
      G S (S i) - mean D fun x' => G (replaceAt S i x') (S i) := fun S => by
    rw [mean_sub, mean_const hD]
  rw [expectSample_congr e, expectSample_sub, ← expectSample_ghost G i]

/-- Values `G_S(x)` on a sample against their mean under `D`: in expectation the difference is the
average effect of replacing one prompt. -/
private theorem expectSample_average_sub (hD : IsProb D) (hn : 0 < n)
    (G : (Fin n → Fin N) → Fin N → R) :
    expectSample D (fun S => (average fun i => G S (S i)) - mean D (G S)) =
    average fun i => expectSample D fun S => mean D fun x' =>
      G S (S i) - G (replaceAt S i x') (S i) := by
  have e := fun i => (expectSample_apply_sub hD G i).symm
  rw [average_congr e, average_sub, average_const hn, expectSample_sub, expectSample_average]

/-- If replacing one prompt changes no value `G_S(x)` by more than `γ`, then
`|E_S[(1/n) Σ_i G_S(S_i) - E_x G_S(x)]| ≤ γ`. -/
theorem abs_expectSample_average_sub_le (hD : IsProb D) (hn : 0 < n) {γ : R}
    {G : (Fin n → Fin N) → Fin N → R}
    (h : ∀ S i x' x, abs (G S x - G (replaceAt S i x') x) ≤ γ) :
    abs (expectSample D fun S => (average fun i => G S (S i)) - mean D (G S)) ≤ γ := by
  rw [expectSample_average_sub hD hn]
  have hi : ∀ i, abs (expectSample D fun S => mean D fun x' =>
      G S (S i) - G (replaceAt S i x') (S i)) ≤ γ := fun i =>
    abs_expectSample_le hD fun S => abs_mean_le hD fun x' => h S i x' (S i)
  have hu := average_mono fun i => (abs_le.mp (hi i)).2
  have hl := average_mono fun i => (abs_le.mp (hi i)).1
  rw [average_const hn] at hu hl
  exact abs_le.mpr ⟨hl, hu⟩

namespace Problem

variable (P : Problem R N m d)

/-- `E_S[J_{S_i}(θ_S)] - E_S[J(θ_S)] = E_S E_{x'}[J_{S_i}(θ_S) - J_{S_i}(θ_{S with S_i := x'})]`. -/
theorem expectSample_objectiveAt_sub (hD : IsProb D) (alg : (Fin n → Fin N) → Vec R d)
    (i : Fin n) : expectSample D (fun S => P.objectiveAt (S i) (alg S)) -
      expectSample D (fun S => P.population D (alg S)) =
    expectSample D fun S => mean D fun x' =>
      P.objectiveAt (S i) (alg S) - P.objectiveAt (S i) (alg (replaceAt S i x')) :=
  expectSample_apply_sub hD (fun S x => P.objectiveAt x (alg S)) i

/-- The generalisation error in expectation is the average effect of replacing one prompt. -/
theorem expectSample_objective_sub (hD : IsProb D) (hn : 0 < n)
    (alg : (Fin n → Fin N) → Vec R d) :
    expectSample D (fun S => P.objective S (alg S) - P.population D (alg S)) =
    average fun i => expectSample D fun S => mean D fun x' =>
      P.objectiveAt (S i) (alg S) - P.objectiveAt (S i) (alg (replaceAt S i x')) :=
  expectSample_average_sub hD hn fun S x => P.objectiveAt x (alg S)

/-- Uniform stability bounds the generalisation error in expectation. -/
theorem UniformlyStable.abs_expectSample_le {P : Problem R N m d} {γ : R}
    {alg : (Fin n → Fin N) → Vec R d} (h : P.UniformlyStable alg γ) (hD : IsProb D) (hn : 0 < n) :
    abs (expectSample D fun S => P.objective S (alg S) - P.population D (alg S)) ≤ γ :=
  abs_expectSample_average_sub_le hD hn h

end Problem

end RLHF
