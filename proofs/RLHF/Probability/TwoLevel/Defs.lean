module
public import RLHF.Probability.Expect

/-!
# Two-level sampling: the vocabulary

What is modelled: the mean over a two-level sample, `n` prompts and `k` responses to each of them.

## Conventions
* A two-level sample is a pair `S` of the prompts `S.1 i` and of the responses `S.2 i j`.

## Main definitions
* `twoLevelMean`: the mean of a function of a prompt and a response over all pairs of the sample.
* `rollouts`: the two-level sample with prompts of weights `D` and responses of weights `π_x`.
-/

@[expose] public section

namespace RLHF

universe u v w
variable {R : Type u} [ExpField R] {Ω : Type v} {Ω' : Type w} {N m n k : Nat}

/-- Mean `(1/n) Σ_i (1/k) Σ_j f(x_i, y_ij)` of a function over a two-level sample; `0` if `n = 0` or
`k = 0`. -/
noncomputable def twoLevelMean (f : Ω → Ω' → R) (S : (Fin n → Ω) × (Fin n → Fin k → Ω')) : R :=
  average fun i => average fun j => f (S.1 i) (S.2 i j)

/-- The expectation over **rollouts**: `n` independent prompts with the weights `D`, and given
these, for each of them, `k` independent responses with the weights `π_x` of that prompt `x`. -/
noncomputable def rollouts {D : Fin N → R} {π : Fin N → Fin m → R} (hD : IsProb D)
    (hπ : ∀ x, IsProb (π x)) (n k : Nat) :
    Expect R ((Fin n → Fin N) × (Fin n → Fin k → Fin m)) :=
  (Expect.ofWeights hD).twoLevel (fun x => Expect.ofWeights (hπ x)) n k

end RLHF
