module
public import RLHF.Archimedean.Sharp.SecondOrder
public import RLHF.Papers.RewardShift.Preferences.Policy

/-!
# Headline theorems: from preferences to the policy

Every statement of its group, under the name of its entry in the claim table, and nothing else.

## Conventions
* `R` is any exponential ordered field. `r t` is the true one of `n` rewards `r j`; an item is a
  prompt with two actions, labelled by the Bradley–Terry model (`preferenceLaw`).
* `affinity` is that of two labels, and `1 - E_law affinity` how far a reward is from the true one.
* `g` is a lower constant of `sinh²` (`SinhBound`): `1/4` is one in every field
  (`sinhBound_quarter`), `1` where the field is Archimedean (`sinhBound_one`).

## References
cf. arXiv 2602.21765, reward shift: where the error of the reward comes from.
-/

public section

namespace RLHF

attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R] {N m n k : Nat}

/-- `affinity(u, v)² = 1 / (1 + sinh²((u - v)/4) / cosh²((u + v)/4))`. -/
theorem preference_affinity (u v : R) : affinity u v * affinity u v =
    1 / (1 + sinh ((u - v) / 4) * sinh ((u - v) / 4) /
      (cosh ((u + v) / 4) * cosh ((u + v) / 4))) :=
  affinity_mul_self u v

/-- `g (u - v)² / (32 cosh²(U/2)) ≤ 1 - affinity(u, v)` for `|u| ≤ U` and `|v| ≤ U`. -/
theorem preference_affinity_lower {g U u v : R} (hg : SinhBound g) (hu : abs u ≤ U)
    (hv : abs v ≤ U) : g * ((u - v) * (u - v)) / (32 * (cosh (U / 2) * cosh (U / 2))) ≤
      1 - affinity u v :=
  le_one_sub_affinity hg hu hv

/-- With probability at least `1 - δ` over `k` labelled items every reward of the class that is at
least as likely as the true one has `1 - E_law affinity ≤ log(n/δ) / k`. -/
theorem preference_mle (law : Expect R (Item N m)) (r : Fin n → Fin N → Fin m → R) (t : Fin n)
    (hk : 0 < k) {δ : R} (hδ : 0 < δ) :
    1 - δ ≤ ((preferenceLaw law (r t)).sample k).prob fun S =>
      ∀ j, logLikelihood (r t) S ≤ logLikelihood (r j) S →
        1 - law (fun z => affinity (margin (r j) z) (margin (r t) z)) ≤
          log ((n : R) / δ) / (k : R) :=
  le_prob_likely law r t hk hδ

/-- With probability at least `1 - δ` over `k` labelled items, their prompts from `D` and their
actions from the reference policy, every reward of the class that is at least as likely as the true
one has a policy of gap at most `(16 C κ cosh²(U/2) / (g λ)) log(n/δ) / k` in the mean over `D`:
`U` bounds the range of every reward at every prompt, `κ = exp(U/λ)`, and `C` is a second-order
constant at `2U/λ`. -/
theorem preference_to_policy (E : Setting R N m) {D : Fin N → R} (hD : IsProb D)
    (r : Fin n → Fin N → Fin m → R) (t : Fin n) {U C g : R}
    (hU : ∀ j x a b, r j x a - r j x b ≤ U) (hC : ExpBound (2 * U / E.klCoef) C) (hC0 : 0 ≤ C)
    (hg : SinhBound g) (hg0 : 0 < g) (hk : 0 < k) {δ : R} (hδ : 0 < δ) :
    1 - δ ≤ ((preferenceLaw (E.itemLaw hD) (r t)).sample k).prob fun S =>
      ∀ j, logLikelihood (r t) S ≤ logLikelihood (r j) S →
        (mean D fun x => E.value x (r t x) (E.boltzmann x (r t x)) -
            E.value x (r t x) (E.boltzmann x (r j x))) ≤
          16 * C * exp (U / E.klCoef) * (cosh (U / 2) * cosh (U / 2)) / (g * E.klCoef) *
            (log ((n : R) / δ) / (k : R)) :=
  E.le_prob_mean_gap_le hD r t hU hC hC0 hg hg0 hk hδ

/-- The same with `C = ψ(2U/λ)` in an Archimedean field. -/
theorem preference_to_policy_sharp (hR : Archimedean R) (E : Setting R N m) {D : Fin N → R}
    (hD : IsProb D) (r : Fin n → Fin N → Fin m → R) (t : Fin n) {U C g : R}
    (hU : ∀ j x a b, r j x a - r j x b ≤ U) (hC : C = psi (2 * U / E.klCoef))
    (hg : SinhBound g) (hg0 : 0 < g) (hk : 0 < k) {δ : R} (hδ : 0 < δ) :
    1 - δ ≤ ((preferenceLaw (E.itemLaw hD) (r t)).sample k).prob fun S =>
      ∀ j, logLikelihood (r t) S ≤ logLikelihood (r j) S →
        (mean D fun x => E.value x (r t x) (E.boltzmann x (r t x)) -
            E.value x (r t x) (E.boltzmann x (r j x))) ≤
          16 * C * exp (U / E.klCoef) * (cosh (U / 2) * cosh (U / 2)) / (g * E.klCoef) *
            (log ((n : R) / δ) / (k : R)) :=
  preference_to_policy E hD r t hU (expBound_of_eq_psi hR hC) (nonneg_of_eq_psi hC) hg hg0 hk hδ

end RLHF
