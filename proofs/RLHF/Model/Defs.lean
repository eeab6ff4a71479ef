module
public import RLHF.Probability.Defs

/-!
# Policies and objectives

What is modelled: KL-regularised RLHF on a finite population of prompts with finitely many actions.
A `Setting` holds the reference policies and the KL coefficient; every reward `r` has its Boltzmann
policy `π_r ∝ q exp (r / λ)` and its value. A `Problem` adds features and the true parameter: its
rewards are linear.

## Conventions
* `x` is a prompt, `a` an action, `θ` a policy parameter, `S` a sample of prompts.
* The prompt comes before the parameter: `P.policy x θ a`, so that `P.objectiveAt x` is a function
  of `θ`.
* `f = r* - r` is the residual of the policy `π_r`; for linear rewards it is `⟨θ* - θ, φ⟩`.

## Main definitions
* `tilt`, `tiltPartition`: a distribution tilted by scores.
* `Setting`; `Setting.boltzmann`, `Setting.value` for any reward.
* `Problem`; `Problem.policy`, `Problem.logPartition`.
* `Problem.value` (any policy), `Problem.objectiveAt`, `Problem.objective` (sample),
  `Problem.population`.

## Not covered
Infinite action sets.

## References
arXiv 2601.16403, cf. Definitions 1 to 3.
-/

@[expose] public section

namespace RLHF

universe u
variable {R : Type u} [ExpField R] {N m d n : Nat}

/-- Partition function `Z = Σ_a q_a exp s_a` of the scores `s` under the weights `q`. -/
noncomputable def tiltPartition (q s : Fin m → R) : R := sum fun a => q a * exp (s a)

/-- The distribution `q` **tilted** by the scores `s`: `q_a exp s_a / Z` with `Z = Σ_b q_b exp s_b`.
-/
noncomputable def tilt (q s : Fin m → R) (a : Fin m) : R := q a * exp (s a) / tiltPartition q s

/-- A **setting** of KL-regularised RLHF: reference policies on `N` prompts and `m` actions, and the
KL coefficient. -/
structure Setting (R : Type u) [ExpField R] (N m : Nat) where
  /-- Reference policy `q(a | x)`, also written `π_ref`. -/
  refPolicy : Fin N → Fin m → R
  /-- KL coefficient `λ`. -/
  klCoef : R
  /-- `λ > 0`. -/
  klCoef_pos : 0 < klCoef
  /-- The reference policy gives every action positive probability. -/
  refPolicy_pos : ∀ x a, 0 < refPolicy x a
  /-- The reference policy sums to one; with `N > 0` this forces `m > 0`. -/
  refPolicy_sum : ∀ x, sum (refPolicy x) = 1

namespace Setting

variable (E : Setting R N m)

/-- Boltzmann policy `π_r ∝ q(· | x) exp (r / λ)` of a reward `r` on the actions at the prompt `x`.
-/
noncomputable def boltzmann (x : Fin N) (r : Fin m → R) : Fin m → R :=
  tilt (E.refPolicy x) fun a => r a / E.klCoef

/-- KL-regularised value `J^r_x(π) = E_π r - λ KL(π ‖ q)` of any policy `π` at the prompt `x` under
a reward `r` on its actions. -/
noncomputable def value (x : Fin N) (r π : Fin m → R) : R :=
  mean π r - E.klCoef * klDiv π (E.refPolicy x)

end Setting

/-- A **KL-regularised RLHF problem** with linear reward: `N` prompts, `m` actions, features in
`R^d`. The true reward is linear in the features (cf. 2601.16403, Definition 1). -/
structure Problem (R : Type u) [ExpField R] (N m d : Nat) extends Setting R N m where
  /-- Feature vector `φ(x, a)`. -/
  feature : Fin N → Fin m → Vec R d
  /-- True reward parameter `θ*`. -/
  trueParam : Vec R d

namespace Problem

variable (P : Problem R N m d)

/-- Reward `r*(x, a) = ⟨θ*, φ(x, a)⟩`. -/
noncomputable def reward (x : Fin N) (a : Fin m) : R := inner P.trueParam (P.feature x a)

/-- Scaled score `⟨θ, φ(x, a)⟩ / λ` of an action. -/
noncomputable def score (x : Fin N) (θ : Vec R d) (a : Fin m) : R :=
  inner θ (P.feature x a) / P.klCoef

/-- Partition function `Z_x(θ) = Σ_a q(a | x) exp(⟨θ, φ(x, a)⟩ / λ)`. -/
noncomputable def partition (x : Fin N) (θ : Vec R d) : R :=
  tiltPartition (P.refPolicy x) (P.score x θ)

/-- Log-partition function `A_x(θ) = log Z_x(θ)`. -/
noncomputable def logPartition (x : Fin N) (θ : Vec R d) : R := log (P.partition x θ)

/-- Posterior Boltzmann policy `π_θ(a | x) = q(a | x) exp(⟨θ, φ(x, a)⟩ / λ) / Z_x(θ)`: that of the
linear reward `⟨θ, φ⟩`. -/
noncomputable def policy (x : Fin N) (θ : Vec R d) : Fin m → R :=
  tilt (P.refPolicy x) (P.score x θ)

/-- KL-regularised value `J_x(π) = E_π[r*] - λ KL(π ‖ q)` of any policy `π` at the prompt `x`. -/
noncomputable def value (x : Fin N) (π : Fin m → R) : R :=
  P.toSetting.value x (P.reward x) π

/-- Objective at one prompt, `J_x(θ) = J_x(π_θ)`. -/
noncomputable def objectiveAt (x : Fin N) (θ : Vec R d) : R := P.value x (P.policy x θ)

/-- Empirical objective `J_S(θ) = (1/n) Σ_i J_{x_i}(θ)` on a sample `S = (x_1, …, x_n)`. -/
noncomputable def objective (S : Fin n → Fin N) (θ : Vec R d) : R :=
  average fun i => P.objectiveAt (S i) θ

/-- Population objective `J(θ) = Σ_x D(x) J_x(θ)` under prompt weights `D`. -/
noncomputable def population (D : Fin N → R) (θ : Vec R d) : R :=
  mean D fun x => P.objectiveAt x θ

/-- `B` bounds every feature: `‖φ(x, a)‖ ≤ B` for all `x`, `a`. -/
def FeatureBound (B : R) : Prop := ∀ x a, norm (P.feature x a) ≤ B

/-- `Δ` bounds every difference of features at one prompt: `‖φ(x, a) - φ(x, b)‖ ≤ Δ`. Adding a
vector that depends on the prompt alone to the features changes neither this nor any policy. -/
def DifferenceBound (Δ : R) : Prop := ∀ x a b, norm (P.feature x a - P.feature x b) ≤ Δ

end Problem

end RLHF
