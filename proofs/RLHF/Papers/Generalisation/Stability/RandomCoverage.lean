module
public import RLHF.Papers.Generalisation.Stability.Differences
public import RLHF.Papers.Generalisation.Stability.Population.Defs
public import RLHF.Probability.Occurrence.Missing

/-!
# Coverage by a random sample

What is modelled: a sample of `n` independent prompts inherits the coverage by the population. One
event, which depends on the shares of the prompts in the sample alone, gives coverage at every
parameter, by every matrix `Π`, at once: the parameter may be chosen after the sample was seen.

## Main results
* `Problem.PopulationCoverage.of_frequency`: a sample in which every prompt has at least `c` times
  its weight covers with `c σ`.
* `Problem.le_probSample_coverage_half`: with probability at least `1 - N exp(-n p / 8)` it covers
  with `σ / 2`.
* `Problem.le_probSample_coverage_all`: with probability at least `1 - N (1 - p)^n` it holds every
  prompt and covers with `σ / n`.
* `Problem.le_probSample_coverage_part`: the same for a set `G` of prompts that covers them all,
  with probability at least `1 - Σ_{x ∈ G} (1 - D x)^n`.

## References
arXiv 2601.16403, cf. Assumption 5 (feature coverage).
-/

public section

namespace RLHF

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R] {N m d n : Nat}

namespace Problem

variable {P : Problem R N m d} {S : Fin n → Fin N} {θ : Vec R d} {proj : Fin d → Vec R d}
  {w D : Fin N → R} {σ ε c p : R}

/-- `⟨V_w(θ) v, v⟩ = Σ_x w(x) Var_{π_θ}(⟨v, φ(x, ·)⟩)`. -/
theorem inner_mulVec_covarianceUnder (v : Vec R d) :
    inner (mulVec (P.covarianceUnder w θ) v) v =
      mean w fun x => var (P.policy x θ) fun a => inner v (P.feature x a) := by
  have e : mulVec (P.covarianceUnder w θ) v =
      meanVec w fun x => mulVec (P.covarianceAt x θ) v := funext fun i => by
    show (inner (fun j => mean w fun x => P.covarianceAt x θ i j) v) = _
    rw [inner_comm]
    exact (mean_inner v fun x => P.covarianceAt x θ i).symm.trans
      (mean_congr fun x => inner_comm _ _)
  rw [e, inner_comm, ← mean_inner]
  exact mean_congr fun x => by rw [inner_comm]; exact inner_mulVec_covariance _ v v

/-- If every prompt has in the sample at least `c` times its weight, then `V_S(θ) ≥ c V_w(θ)`. -/
theorem le_covarianceOn (h : ∀ x, c * w x ≤ frequency S x) (θ v : Vec R d) :
    c * inner (mulVec (P.covarianceUnder w θ) v) v ≤ inner (mulVec (P.covarianceOn S θ) v) v := by
  rw [inner_mulVec_covarianceUnder, inner_mulVec_covarianceOn,
    average_eq_mean_frequency S fun x => var (P.policy x θ) fun a => inner v (P.feature x a),
    ← mean_mul]
  refine sum_mono fun x => ?_
  have := mul_le_mul_right (h x)
    (var_nonneg (P.policy_isProb x θ).nonneg fun a => inner v (P.feature x a))
  grind

/-- A sample in which every prompt has at least `c` times its weight covers with `c σ`. -/
theorem PopulationCoverage.of_frequency (h : P.PopulationCoverage w θ proj σ ε) (hc : 0 < c)
    (hS : ∀ x, c * w x ≤ frequency S x) : P.Coverage S θ proj (c * σ) ε where
  symm := h.symm
  residual_le := h.residual_le
  eigenvalue_pos := mul_pos hc h.eigenvalue_pos
  le_covariance v := by
    have h1 := mul_le_mul_left (h.le_covariance v) (Std.le_of_lt hc)
    rw [← Semiring.mul_assoc] at h1
    exact Std.le_trans h1 (le_covarianceOn hS θ v)

/-- A sample in which every prompt of `G` has at least half of its expected share covers with
`σ / 2` whatever the prompts of `G`, with their weights, cover with `σ`. -/
theorem PopulationCoverage.half_of_part {G : Fin N → Prop}
    (h : P.PopulationCoverage (fun x => D x * indicator (G x)) θ proj σ ε)
    (hS : ∀ x, G x → D x / 2 ≤ frequency S x) : P.Coverage S θ proj (σ / 2) ε := by
  rw [show σ / 2 = 1 / 2 * σ by grind]
  refine h.of_frequency (by grind) fun x => ?_
  by_cases hx : G x
  · have := hS x hx
    rw [indicator_eq_one hx]
    grind
  · have : 0 ≤ frequency (R := R) S x := average_nonneg fun i => indicator_nonneg _
    rw [indicator_eq_zero hx]
    grind

/-- A sample in which every prompt has at least half of its expected share covers with `σ / 2`, at
every parameter. -/
theorem PopulationCoverage.half (h : P.PopulationCoverage D θ proj σ ε)
    (hS : ∀ x, D x / 2 ≤ frequency S x) : P.Coverage S θ proj (σ / 2) ε := by
  rw [show σ / 2 = 1 / 2 * σ by grind]
  exact h.of_frequency (by grind) fun x => by have := hS x; grind

/-- With probability at least `1 - N exp(-n p / 8)`, `p ≤ D`, a sample covers with `σ / 2` whatever
the population covers with `σ`, at every parameter at once. -/
theorem le_probSample_coverage_half (P : Problem R N m d) (hD : IsProb D) (hp : ∀ x, p ≤ D x) :
    1 - (N : R) * exp (-((n : R) * p / 8)) ≤
      probSample D (fun S : Fin n → Fin N => ∀ θ proj σ ε,
        P.PopulationCoverage D θ proj σ ε → P.Coverage S θ proj (σ / 2) ε) :=
  Std.le_trans (le_probSample_frequency hD hp) (probSample_mono hD fun _ hS _ _ _ _ h => h.half hS)

/-- A sample that holds every prompt of `G` covers with `σ / n` whatever `G` covers with `σ`. -/
theorem PopulationCoverage.of_contains {G : Fin N → Prop} (hn : 0 < n)
    (h : P.PopulationCoverage (fun x => indicator (G x)) θ proj σ ε)
    (hS : ∀ x, G x → ∃ i, S i = x) : P.Coverage S θ proj (σ / (n : R)) ε := by
  have hp := natCast_pos (R := R) hn
  rw [show σ / (n : R) = 1 / (n : R) * σ by grind]
  refine h.of_frequency (div_pos (by grind) hp) fun x => ?_
  by_cases hx : G x
  · have := one_div_le_frequency (R := R) (hS x hx)
    rw [indicator_eq_one hx]
    grind
  · have : 0 ≤ frequency (R := R) S x := average_nonneg fun i => indicator_nonneg _
    rw [indicator_eq_zero hx]
    grind

/-- A sample that holds every prompt covers with `σ / n` whatever the population covers with `σ`. -/
theorem PopulationCoverage.of_all (hD : IsProb D) (h : P.PopulationCoverage D θ proj σ ε)
    (hS : ∀ x, ∃ i, S i = x) : P.Coverage S θ proj (σ / (n : R)) ε := by
  obtain ⟨i, _⟩ := hS ⟨0, hD.size_pos⟩
  have hp := natCast_pos (R := R) (Nat.lt_of_le_of_lt (Nat.zero_le _) i.isLt)
  rw [show σ / (n : R) = 1 / (n : R) * σ by grind]
  refine h.of_frequency (div_pos (by grind) hp) fun x => ?_
  have h1 := one_div_le_frequency (R := R) (hS x)
  have h2 := mul_le_mul_left (hD.le_one x) (Std.le_of_lt (div_pos (by grind : 0 < (1 : R)) hp))
  grind

/-- With probability at least `1 - N (1 - p)^n`, `p ≤ D`, a sample holds every prompt, and then it
covers with `σ / n` whatever the population covers with `σ`. -/
theorem le_probSample_coverage_all (P : Problem R N m d) (hD : IsProb D) (hp : ∀ x, p ≤ D x) :
    1 - (N : R) * (1 - p) ^ n ≤
      probSample D (fun S : Fin n → Fin N => (∀ x, ∃ i, S i = x) ∧ ∀ θ proj σ ε,
        P.PopulationCoverage D θ proj σ ε → P.Coverage S θ proj (σ / (n : R)) ε) :=
  Std.le_trans (le_probSample_all hD hp)
    (probSample_mono hD fun _ hS => ⟨hS, fun _ _ _ _ h => h.of_all hD hS⟩)

/-- With probability at least `1 - Σ_{x ∈ G} (1 - D(x))^n` a sample holds every prompt of `G`, and
then it covers with `σ / n` whatever the prompts of `G` cover with `σ`. -/
theorem le_probSample_coverage_part (P : Problem R N m d) (hD : IsProb D) (hn : 0 < n)
    (G : Fin N → Prop) : 1 - (sum fun x => indicator (G x) * (1 - D x) ^ n) ≤
      probSample D (fun S : Fin n → Fin N => (∀ x, G x → ∃ i, S i = x) ∧ ∀ θ proj σ ε,
        P.PopulationCoverage (fun x => indicator (G x)) θ proj σ ε →
          P.Coverage S θ proj (σ / (n : R)) ε) :=
  Std.le_trans (le_probSample_contains hD G)
    (probSample_mono hD fun _ hS => ⟨hS, fun _ _ _ _ h => h.of_contains hn hS⟩)

end Problem

end RLHF
