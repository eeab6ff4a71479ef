module
public import RLHF.Papers.Generalisation.Stability.RandomCoverage

/-!
# Headline theorems: coverage of random samples

Every statement of the group "Coverage of random samples", under the name of its entry in the claim
table, and nothing else: feature coverage, which the paper assumes of a sample, follows with high
probability from the same property of the population.

## Conventions
* `R` is any exponential ordered field, `P` a problem, `D` the prompt weights, `S` a sample of `n`
  prompts from `D`.
* Probabilities and expectations over samples are finite product sums (`probSample`,
  `expectSample`).
* `P.PopulationCoverage w` is coverage with `V_w(θ) = Σ_x w(x) V_x(θ)` in place of `V_S(θ)`.

## References
arXiv 2601.16403, cf. Assumption 5.
-/

public section

namespace RLHF

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R] {N m d n : Nat} (P : Problem R N m d) {D : Fin N → R}

/-- With probability at least `1 - N (1 - p)^n` the sample holds every prompt, and then it covers
with `σ / n` and `ε` whatever the population covers with `σ` and `ε`; here `p ≤ D(x)` for every
prompt. 2601.16403, cf. Assumption 5 (feature coverage). -/
theorem coverage_random_sample {p : R} (hD : IsProb D) (hp : ∀ x, p ≤ D x) :
    1 - (N : R) * (1 - p) ^ n ≤
      probSample D (fun S : Fin n → Fin N => (∀ x, ∃ i, S i = x) ∧ ∀ θ proj σ ε,
        P.PopulationCoverage D θ proj σ ε → P.Coverage S θ proj (σ / (n : R)) ε) :=
  P.le_probSample_coverage_all hD hp

/-- With probability at least `1 - N exp(-n p / 8)` the sample covers with `σ / 2` and `ε` whatever
the population covers with `σ` and `ε`, at every parameter at once; here `p ≤ D(x)` for every
prompt. 2601.16403, cf. Assumption 5 (feature coverage). -/
theorem coverage_half {p : R} (hD : IsProb D) (hp : ∀ x, p ≤ D x) :
    1 - (N : R) * exp (-((n : R) * p / 8)) ≤
      probSample D (fun S : Fin n → Fin N => ∀ θ proj σ ε,
        P.PopulationCoverage D θ proj σ ε → P.Coverage S θ proj (σ / 2) ε) :=
  P.le_probSample_coverage_half hD hp

/-- For any set `G` of prompts: with probability at least `1 - Σ_{x ∈ G} (1 - D(x))^n` the sample
holds every prompt of `G`, and then it covers with `σ / n` and `ε` whatever `G` covers with `σ` and
`ε`, that is, with `σ ‖Π v‖² ≤ Σ_{x ∈ G} ⟨V_x(θ) v, v⟩` for every `v`. No weight need be bounded
from below. 2601.16403, cf. Assumption 5 (feature coverage). -/
theorem coverage_tail (hD : IsProb D) (hn : 0 < n) (G : Fin N → Prop) :
    1 - (sum fun x => indicator (G x) * (1 - D x) ^ n) ≤
      probSample D (fun S : Fin n → Fin N => (∀ x, G x → ∃ i, S i = x) ∧ ∀ θ proj σ ε,
        P.PopulationCoverage (fun x => indicator (G x)) θ proj σ ε →
          P.Coverage S θ proj (σ / (n : R)) ε) :=
  P.le_probSample_coverage_part hD hn G

/-- The prompts that the sample misses have the expected weight
`E_S[Σ_x D(x) 1{x ∉ S}] = Σ_x D(x) (1 - D(x))^n ≤ N (n/(n+1))^n / (n+1) ≤ N / (n+1)`, whatever `D`
is; the first bound is attained if `D(x) = 1/(n+1)` for every `x`. 2601.16403, cf. Assumption 5
(rate of the residual). -/
theorem coverage_rate (hD : IsProb D) (n : Nat) :
    expectSample D (fun S : Fin n → Fin N => sum fun x => D x * indicator (∀ i, S i ≠ x)) =
      (sum fun x => D x * (1 - D x) ^ n) ∧
    (sum fun x => D x * (1 - D x) ^ n) ≤
      (N : R) * (((n : R) / ((n : R) + 1)) ^ n / ((n : R) + 1)) ∧
    (N : R) * (((n : R) / ((n : R) + 1)) ^ n / ((n : R) + 1)) ≤ (N : R) / ((n : R) + 1) ∧
    ((∀ x, D x = 1 / ((n : R) + 1)) → (sum fun x => D x * (1 - D x) ^ n) =
      (N : R) * (((n : R) / ((n : R) + 1)) ^ n / ((n : R) + 1))) :=
  ⟨expectSample_missing hD, sum_missing_le hD n, missing_bound_le N n, sum_missing_eq⟩

end RLHF
