module
public import RLHF.Foundations.Exp
public import RLHF.Foundations.Weighted
public import RLHF.Model.Setting
public import RLHF.Probability.Expect

/-!
# Preferences: the vocabulary

What is modelled: data of the Bradley–Terry model, a prompt, two actions and which of these is
preferred, from which one reward out of a finite class is chosen.

## Conventions
* An item is a prompt and two actions. The label `0` says that the first action is preferred.

## Main definitions
* `logistic`, `labelProb`, `affinity`.
* `Item`, `margin`; `preferenceLaw`, `logLikelihood`; `Setting.itemLaw`.

## References
arXiv 2602.21765, reward learning from preferences.
-/

@[expose] public section

namespace RLHF

open Lean.Grind

universe u
variable {R : Type u} [ExpField R] {N m k : Nat}

/-- Logistic function `σ(u) = 1 / (1 + exp(-u))`. -/
noncomputable def logistic (u : R) : R := 1 / (1 + exp (-u))

theorem logistic_pos (u : R) : 0 < logistic u :=
  div_pos (by grind) (by have := exp_pos (-u); grind)

theorem logistic_add (u : R) : logistic u + logistic (-u) = 1 := by
  have h := exp_neg_mul_exp u
  have h1 := exp_pos u
  have h2 := exp_pos (-u)
  unfold logistic
  rw [show - -u = u by grind]
  generalize exp (-u) = a at *
  generalize exp u = b at *
  grind

/-- Probability of a label at the margin `u`: `σ(u)` of `0`, `σ(-u)` of `1`. -/
noncomputable def labelProb (u : R) (o : Fin 2) : R := if o = 0 then logistic u else logistic (-u)

theorem labelProb_pos (u : R) (o : Fin 2) : 0 < labelProb u o := by
  have := logistic_pos u
  have := logistic_pos (-u)
  unfold labelProb
  split <;> grind

theorem labelProb_isProb (u : R) : IsProb (labelProb u) where
  nonneg o := Std.le_of_lt (labelProb_pos u o)
  sum_eq_one := by
    have := logistic_add u
    simp only [sum, labelProb]
    grind

/-- Affinity `√(σ(u) σ(v)) + √(σ(-u) σ(-v))` of the labels at the margins `u` and `v`. -/
noncomputable def affinity (u v : R) : R :=
  sqrt (logistic u * logistic v) + sqrt (logistic (-u) * logistic (-v))

/-- An item `z = (x, a, b)`: a prompt and two actions. -/
abbrev Item (N m : Nat) : Type := Fin N × Fin m × Fin m

/-- Margin `r(x, a) - r(x, b)` of a reward at an item. -/
noncomputable def margin (r : Fin N → Fin m → R) (z : Item N m) : R := r z.1 z.2.1 - r z.1 z.2.2

/-- Law of an item of the law `law` and its label under the reward `r`. -/
noncomputable def preferenceLaw (law : Expect R (Item N m)) (r : Fin N → Fin m → R) :
    Expect R (Item N m × Fin 2) :=
  law.bind fun z => Expect.ofWeights (labelProb_isProb (margin r z))

/-- Log-likelihood `Σ_i log P_r(o_i | z_i)` of a reward on `k` labelled items. -/
noncomputable def logLikelihood (r : Fin N → Fin m → R) (S : Fin k → Item N m × Fin 2) : R :=
  sum fun i => log (labelProb (margin r (S i).1) (S i).2)

/-- Law `D ⊗ q ⊗ q` of an item: a prompt with the weights `D`, and two independent actions of the
reference policy there. -/
noncomputable def Setting.itemLaw (E : Setting R N m) {D : Fin N → R} (hD : IsProb D) :
    Expect R (Item N m) :=
  (Expect.ofWeights hD).bind fun x => (Expect.ofWeights (E.refPolicy_isProb x)).bind fun _ =>
    Expect.ofWeights (E.refPolicy_isProb x)

end RLHF
