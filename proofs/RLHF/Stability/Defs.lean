module
public import RLHF.Gradient.Defs

/-!
# Samples of prompts

What is modelled: expectations over `n` independent prompts `S = (x_1, …, x_n) ~ D^n` as finite
product sums, uniform stability of an algorithm that maps a sample to a policy parameter, and
coverage of all prompts by the features of a sample.

## Conventions
* A sample is a function `S : Fin n → Fin N`; prompts may repeat.
* A probability is the expectation of an indicator.

## Main definitions
* `consSample`, `replaceAt`: prepend a prompt, replace one prompt.
* `expectSample D F`: `E_{S ~ D^n} F(S)`; `probSample D E`: the probability of an event.
* `Problem.UniformlyStable`: replacing one prompt of the sample moves no `J_x` by more than `γ`.
* `Problem.Coverage`: the covariance on the sample sees every feature up to `ε`.

## Not covered
Sampling without replacement; algorithms with randomness of their own.

## References
arXiv 2601.16403, cf. Definition 3 (error decomposition), cf. Assumption 5 (feature
coverage).
-/

@[expose] public section

namespace RLHF

universe u
variable {R : Type u} [ExpField R] {N m d n : Nat}

/-- The sample `(x, S_1, …, S_n)`. -/
noncomputable def consSample (x : Fin N) (S : Fin n → Fin N) : Fin (n + 1) → Fin N :=
  fun i => Fin.cases x S i

/-- The sample `S` with its entry `i` replaced by the prompt `x`. -/
def replaceAt (S : Fin n → Fin N) (i : Fin n) (x : Fin N) : Fin n → Fin N :=
  fun j => if j = i then x else S j

/-- Expectation `E_{S ~ D^n} F(S) = Σ_S D(S_1)⋯D(S_n) F(S)` over `n` independent prompts with
weights `D`, one prompt after the other; for `n = 0` it is `F` at the empty sample. -/
noncomputable def expectSample (D : Fin N → R) : {n : Nat} → ((Fin n → Fin N) → R) → R
  | 0, F => F fun i => i.elim0
  | _ + 1, F => mean D fun x => expectSample D fun S => F (consSample x S)

/-- Indicator of a proposition: `1` if it holds, else `0`. -/
noncomputable def indicator (p : Prop) : R := open Classical in if p then 1 else 0

/-- Probability `P_{S ~ D^n}(E(S))` of an event, the expectation of its indicator. -/
noncomputable def probSample (D : Fin N → R) (E : (Fin n → Fin N) → Prop) : R :=
  expectSample D fun S => indicator (E S)

/-- The algorithm `alg : S ↦ θ_S` is **uniformly stable** with constant `γ`: replacing one prompt of
the sample changes the objective at each prompt by at most `γ`,
`|J_x(θ_S) - J_x(θ_{S'})| ≤ γ` for all `x` and all `S`, `S'` that differ in one entry. -/
def Problem.UniformlyStable (P : Problem R N m d) (alg : (Fin n → Fin N) → Vec R d) (γ : R) :
    Prop :=
  ∀ (S : Fin n → Fin N) (i : Fin n) (x' x : Fin N),
    abs (P.objectiveAt x (alg S) - P.objectiveAt x (alg (replaceAt S i x'))) ≤ γ

/-- **Feature coverage** by the sample `S` at the parameter `θ` through the symmetric matrix `Π`
(cf. arXiv 2601.16403, Assumption 5): `Π` moves no feature by more than `ε`, and the covariance
`V_S(θ)` is at least `σ` on the range of `Π`. The paper's case is the projector on the column space
of `V_S(θ)`, with `σ` its smallest nonzero eigenvalue. `Π = 0` with `ε = B` always works. -/
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

end RLHF
