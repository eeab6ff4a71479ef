module
public import RLHF.Papers.Generalisation.Ascent.Defs
public import RLHF.Papers.Generalisation.Stability.Defs

/-!
# The first edition's problem is today's

What is modelled: the problem as the first edition of this library defined it, with linear rewards
only, and its translation into a `Problem`, which is a `Setting` with features. Every function of
the problem that the statements mention is, by definition, what it was. So a theorem of today says
of `P.toProblem` what the first edition's theorem said of `P`; nothing got weaker when the linear
reward became a special case.
-/

@[expose] public section

namespace RLHF.FirstEdition

universe u
variable {R : Type u} [ExpField R] {N m d n : Nat}

/-- A KL-regularised RLHF problem with linear reward, as it was defined in the first edition. -/
structure Problem (R : Type u) [ExpField R] (N m d : Nat) where
  /-- Feature vector `φ(x, a)`. -/
  feature : Fin N → Fin m → Vec R d
  /-- Reference policy `q(a | x)`. -/
  refPolicy : Fin N → Fin m → R
  /-- True reward parameter `θ*`. -/
  trueParam : Vec R d
  /-- KL coefficient `λ`. -/
  klCoef : R
  /-- `λ > 0`. -/
  klCoef_pos : 0 < klCoef
  /-- The reference policy gives every action positive probability. -/
  refPolicy_pos : ∀ x a, 0 < refPolicy x a
  /-- The reference policy sums to one. -/
  refPolicy_sum : ∀ x, sum (refPolicy x) = 1

namespace Problem

variable (P : Problem R N m d)

/-- The same problem today. -/
noncomputable def toProblem : RLHF.Problem R N m d where
  refPolicy := P.refPolicy
  klCoef := P.klCoef
  klCoef_pos := P.klCoef_pos
  refPolicy_pos := P.refPolicy_pos
  refPolicy_sum := P.refPolicy_sum
  feature := P.feature
  trueParam := P.trueParam

/-- The problem of the first edition that a problem of today is. -/
noncomputable def ofProblem (Q : RLHF.Problem R N m d) : Problem R N m d where
  feature := Q.feature
  refPolicy := Q.refPolicy
  trueParam := Q.trueParam
  klCoef := Q.klCoef
  klCoef_pos := Q.klCoef_pos
  refPolicy_pos := Q.refPolicy_pos
  refPolicy_sum := Q.refPolicy_sum

/-- The two are the same data: to today and back. -/
theorem ofProblem_toProblem : ofProblem P.toProblem = P := rfl

/-- From today to the first edition, and back. -/
theorem toProblem_ofProblem (Q : RLHF.Problem R N m d) : (ofProblem Q).toProblem = Q := rfl

/-- Partition function, first edition. -/
noncomputable def partition (x : Fin N) (θ : Vec R d) : R :=
  sum fun a => P.refPolicy x a * exp (inner θ (P.feature x a) / P.klCoef)

/-- Posterior Boltzmann policy, first edition. -/
noncomputable def policy (x : Fin N) (θ : Vec R d) (a : Fin m) : R :=
  P.refPolicy x a * exp (inner θ (P.feature x a) / P.klCoef) / P.partition x θ

/-- KL-regularised value, first edition. -/
noncomputable def value (x : Fin N) (π : Fin m → R) : R :=
  mean π (fun a => inner P.trueParam (P.feature x a)) - P.klCoef * klDiv π (P.refPolicy x)

/-- Objective at one prompt, first edition. -/
noncomputable def objectiveAt (x : Fin N) (θ : Vec R d) : R := P.value x (P.policy x θ)

/-- Gradient on a sample, first edition. -/
noncomputable def gradient (S : Fin n → Fin N) (θ : Vec R d) : Vec R d :=
  (1 / P.klCoef) * mulVec (fun i => averageVec fun k => covariance (P.policy (S k) θ)
    (P.feature (S k)) i) (P.trueParam - θ)

theorem partition_eq (x : Fin N) (θ : Vec R d) : P.toProblem.partition x θ = P.partition x θ := rfl

theorem policy_eq (x : Fin N) (θ : Vec R d) : P.toProblem.policy x θ = P.policy x θ := rfl

theorem value_eq (x : Fin N) (π : Fin m → R) : P.toProblem.value x π = P.value x π := rfl

theorem objectiveAt_eq (x : Fin N) (θ : Vec R d) :
    P.toProblem.objectiveAt x θ = P.objectiveAt x θ := rfl

theorem objective_eq (S : Fin n → Fin N) (θ : Vec R d) :
    P.toProblem.objective S θ = average fun i => P.objectiveAt (S i) θ := rfl

theorem population_eq (D : Fin N → R) (θ : Vec R d) :
    P.toProblem.population D θ = mean D fun x => P.objectiveAt x θ := rfl

theorem gradient_eq (S : Fin n → Fin N) (θ : Vec R d) :
    P.toProblem.gradient S θ = P.gradient S θ := rfl

theorem featureBound_eq (B : R) :
    P.toProblem.FeatureBound B = ∀ x a, norm (P.feature x a) ≤ B := rfl

end Problem

end RLHF.FirstEdition
