module
public import RLHF.Model.Variational

/-!
# Headline theorems: policy and objective

Every statement of the group "Policy and objective", under the name of its entry in the claim table,
and nothing else. Each is proved in a line or two from the parts. To audit the library, read the
definitions (the files `Defs.lean`) and the files in `Main/`.

## Conventions
* `R` is any exponential ordered field, `P` a problem, `x` a prompt.

## References
arXiv 2601.16403, cf. Definitions 1 to 3.
-/

public section

namespace RLHF

universe u
variable {R : Type u} [ExpField R] {N m d : Nat} (P : Problem R N m d)

/-- `Σ_a π_θ(a | x) = 1` and `π_θ(a | x) > 0`. 2601.16403, posterior Boltzmann policy. -/
theorem boltzmann_normalised (x : Fin N) (θ : Vec R d) :
    IsProb (P.policy x θ) ∧ ∀ a, 0 < P.policy x θ a :=
  ⟨P.policy_isProb x θ, P.policy_pos x θ⟩

/-- `log (π_θ / q) = ⟨θ, φ⟩ / λ - A_x(θ)`. 2601.16403, posterior Boltzmann policy. -/
theorem log_ratio (x : Fin N) (θ : Vec R d) (a : Fin m) :
    log (P.policy x θ a / P.refPolicy x a) = P.score x θ a - P.logPartition x θ :=
  P.log_policy_div x θ a

/-- `KL(p ‖ q) ≥ 0` for probability vectors, `q > 0`. 2601.16403, KL regulariser. -/
theorem kl_nonneg {p q : Fin m → R} (hp : IsProb p) (hq : IsProb q) (hq0 : ∀ a, 0 < q a) :
    0 ≤ klDiv p q :=
  klDiv_nonneg hp hq hq0

/-- `KL(p ‖ q) = 0` iff `p = q`. 2601.16403, KL regulariser. -/
theorem kl_zero_iff {p q : Fin m → R} (hp : IsProb p) (hq : IsProb q) (hq0 : ∀ a, 0 < q a) :
    klDiv p q = 0 ↔ p = q :=
  klDiv_eq_zero_iff hp hq hq0

/-- `J_x(π) = λ A_x(θ*) - λ KL(π ‖ π_θ*)` for every probability vector `π`, so `π_θ*` is the unique
maximiser of `J_x`. 2601.16403, KL-regularised objective. -/
theorem gibbs_variational (x : Fin N) {π : Fin m → R} (hπ : IsProb π) :
    P.value x π = P.klCoef * P.logPartition x P.trueParam -
      P.klCoef * klDiv π (P.policy x P.trueParam) ∧
    P.value x π ≤ P.objectiveAt x P.trueParam ∧
    (P.value x π = P.objectiveAt x P.trueParam ↔ π = P.policy x P.trueParam) :=
  ⟨P.gibbs x hπ, P.value_le x hπ, P.value_eq_iff x hπ⟩

/-- `J_x(θ*) - J_x(θ) = λ KL(π_θ ‖ π_θ*) = λ log E_{π_θ} exp Y` with
`Y = (⟨θ* - θ, φ⟩ - E_{π_θ} ⟨θ* - θ, φ⟩) / λ`. 2601.16403, cf. Definition 3 (suboptimality gap). -/
theorem gap_identity (x : Fin N) (θ : Vec R d) :
    P.objectiveAt x P.trueParam - P.objectiveAt x θ =
      P.klCoef * klDiv (P.policy x θ) (P.policy x P.trueParam) ∧
    P.objectiveAt x P.trueParam - P.objectiveAt x θ =
      P.klCoef * log (mean (P.policy x θ) fun a => exp (P.score x (P.trueParam - θ) a -
        mean (P.policy x θ) (P.score x (P.trueParam - θ)))) :=
  ⟨P.gap_eq_klDiv x θ, P.gap_eq_log_mean_exp x θ⟩

/-- `|J_x(θ*)| ≤ B ‖θ*‖`. 2601.16403, boundedness of the objective. -/
theorem objective_range {B : R} (hB : P.FeatureBound B) (x : Fin N) :
    abs (P.objectiveAt x P.trueParam) ≤ B * norm P.trueParam :=
  P.abs_objectiveAt_trueParam_le x hB

end RLHF
