module
public import RLHF.Gradient.Defs
public import RLHF.Probability.Expect

/-!
# Stability and coverage

What is modelled: uniform stability of an algorithm that maps a sample to a policy parameter, with
or without randomness of its own, and coverage of all prompts by the features of a sample.

## Main definitions
* `Problem.UniformlyStable`: replacing one prompt of the sample moves no `J_x` by more than `γ`.
* `Problem.StableInExpectation`: the same in expectation, for an algorithm with its own randomness.
* `Problem.Coverage`: the covariance on the sample sees every feature up to `ε`, `σ Π² ≤ V_S(θ)`.
* `Problem.DifferenceCoverage`: it sees every difference of features at one prompt up to `ε`.

## Not covered
Randomness of an algorithm whose law depends on the sample.

## References
arXiv 2601.16403, cf. Definition 3 (error decomposition), cf. Assumption 5 (feature
coverage).
-/

@[expose] public section

namespace RLHF

universe u v
variable {R : Type u} [ExpField R] {Ω : Type v} {N m d n : Nat}

/-- The algorithm `alg : S ↦ θ_S` is **uniformly stable** with constant `γ`: replacing one prompt of
the sample changes the objective at each prompt by at most `γ`,
`|J_x(θ_S) - J_x(θ_{S'})| ≤ γ` for all `x` and all `S`, `S'` that differ in one entry. -/
def Problem.UniformlyStable (P : Problem R N m d) (alg : (Fin n → Fin N) → Vec R d) (γ : R) :
    Prop :=
  ∀ (S : Fin n → Fin N) (i : Fin n) (x' x : Fin N),
    abs (P.objectiveAt x (alg S) - P.objectiveAt x (alg (replaceAt S i x'))) ≤ γ

/-- The randomised algorithm `alg : (S, ω) ↦ θ_{S,ω}`, `ω` of the expectation `E` for every sample,
is **stable in expectation** with constant `γ`: replacing one prompt of the sample changes the
expected objective at each prompt by at most `γ`, `|E_ω[J_x(θ_{S,ω}) - J_x(θ_{S',ω})]| ≤ γ` for all
`x` and all `S`, `S'` that differ in one entry. `E_ω |J_x(θ_{S,ω}) - J_x(θ_{S',ω})| ≤ γ` implies it
(`Problem.StableInExpectation.of_abs`); for a certain outcome it is `Problem.UniformlyStable`
(`Problem.stableInExpectation_pure`). -/
def Problem.StableInExpectation (P : Problem R N m d) (E : Expect R Ω)
    (alg : (Fin n → Fin N) → Ω → Vec R d) (γ : R) : Prop :=
  ∀ (S : Fin n → Fin N) (i : Fin n) (x' x : Fin N),
    abs (E fun ω => P.objectiveAt x (alg S ω) - P.objectiveAt x (alg (replaceAt S i x') ω)) ≤ γ

/-- **Feature coverage** by the sample `S` at the parameter `θ` through the symmetric matrix `Π`
(cf. arXiv 2601.16403, Assumption 5): `Π` moves no feature by more than `ε`, and `σ Π² ≤ V_S(θ)` as
quadratic forms, in every direction and not only in those of the range of `Π`. For a projector that
commutes with `V_S(θ)` this says that `V_S(θ)` is at least `σ` on the range of `Π`; for one that
does not it says more; for other `Π` neither implies the other. The paper's case is the projector on
the column space of `V_S(θ)`, with `σ` its smallest nonzero eigenvalue. `Π = 0` with `ε = B` always
works. -/
structure Problem.Coverage (P : Problem R N m d) (S : Fin n → Fin N) (θ : Vec R d)
    (proj : Fin d → Vec R d) (σ ε : R) : Prop where
  /-- `Π` is symmetric. -/
  symm : ∀ i j, proj i j = proj j i
  /-- `‖φ(x, a) - Π φ(x, a)‖ ≤ ε` for every prompt, seen or not. -/
  residual_le : ∀ x a, norm (P.feature x a - mulVec proj (P.feature x a)) ≤ ε
  /-- `σ > 0`. -/
  eigenvalue_pos : 0 < σ
  /-- `σ ‖Π v‖² ≤ ⟨V_S(θ) v, v⟩` for every `v`. -/
  le_covariance : ∀ v, σ * (norm (mulVec proj v) * norm (mulVec proj v)) ≤
    inner (mulVec (P.covarianceOn S θ) v) v

/-- **Coverage of the differences of features**: as `Problem.Coverage`, with the same
`σ Π² ≤ V_S(θ)`, but `Π` moves no difference `φ(x, a) - φ(x, b)` of features at one prompt by more
than `ε`. Neither a policy, nor `V_S(θ)`, nor this coverage changes if `φ(x, a)` becomes
`φ(x, a) + c(x)`, while `Problem.Coverage` does: the part that the features of a prompt share need
not be covered.
`Coverage` with `ε` gives this with `2ε` (`Problem.Coverage.differences`). -/
structure Problem.DifferenceCoverage (P : Problem R N m d) (S : Fin n → Fin N) (θ : Vec R d)
    (proj : Fin d → Vec R d) (σ ε : R) : Prop where
  /-- `Π` is symmetric. -/
  symm : ∀ i j, proj i j = proj j i
  /-- `‖δ - Π δ‖ ≤ ε` for `δ = φ(x, a) - φ(x, b)`, for every prompt, seen or not. -/
  residual_le : ∀ x a b, norm (P.feature x a - P.feature x b -
    mulVec proj (P.feature x a - P.feature x b)) ≤ ε
  /-- `σ > 0`. -/
  eigenvalue_pos : 0 < σ
  /-- `σ ‖Π v‖² ≤ ⟨V_S(θ) v, v⟩` for every `v`. -/
  le_covariance : ∀ v, σ * (norm (mulVec proj v) * norm (mulVec proj v)) ≤
    inner (mulVec (P.covarianceOn S θ) v) v

end RLHF
