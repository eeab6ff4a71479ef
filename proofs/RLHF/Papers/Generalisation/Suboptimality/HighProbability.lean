module
public import RLHF.Papers.Generalisation.Ascent.Rate
public import RLHF.Papers.Generalisation.Ascent.Stochastic
public import RLHF.Papers.Generalisation.Stability.Generalisation
public import RLHF.Probability.Hoeffding.BoundedDifferences
public import RLHF.Probability.Occurrence.Missing

/-!
# The population gap with high probability

What is modelled: the population gap `J(θ*) - J(θ_S)` for a sample `S` of `n` independent prompts,
with probability at least `1 - δ` over `S` instead of in expectation. `h` is a sub-Gaussian constant
(`HoeffdingBound`).

## Main results
* `Problem.expectSample_excess_le`: the excess of the population gap over the empirical one has mean
  at most `γ`, whatever the concentration of `J_S(θ*)`.
* `Problem.UniformlyStable.abs_excess_sub_le`: it changes by at most `2γ + H/n` with one prompt.
* `Problem.UniformlyStable.le_probSample_gap`: the population gap of a uniformly stable algorithm.
* `Problem.le_probSample_gap_of_frequency`: for any parameter whatsoever, at most twice the
  empirical gap, if no prompt is rare.
* `Problem.le_probSample_population_eq`: no gap at empirical optima, if no prompt is missing.
* `Problem.le_probSample_gap_gradientAscent`, `Problem.le_probSample_gap_stochasticAscent`: hence
  for the iterates of an ascent on the sample, without any assumption of coverage.

## References
arXiv 2601.16403, cf. Definition 3. Bousquet and Elisseeff (2002), stability and generalisation.
-/

public section

namespace RLHF

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R] {N m d n : Nat} {D : Fin N → R}

namespace Problem

/-! ### Uniformly stable algorithms -/

/-- `E_S J_S(θ) = J(θ)`. -/
theorem expectSample_objective (P : Problem R N m d) (hD : IsProb D) (hn : 0 < n) (θ : Vec R d) :
    expectSample D (fun S : Fin n → Fin N => P.objective S θ) = P.population D θ := by
  have h : expectSample D (fun S : Fin n → Fin N => P.objective S θ) =
      average fun i => expectSample D fun S : Fin n → Fin N => P.objectiveAt (S i) θ :=
    expectSample_average fun i S => P.objectiveAt (S i) θ
  rw [h, average_congr fun i => expectSample_apply hD (fun x => P.objectiveAt x θ) i,
    average_const hn]
  rfl

variable {P : Problem R N m d} {alg : (Fin n → Fin N) → Vec R d} {γ H h : R}

/-- The excess `[J(θ*) - J(θ_S)] - [J_S(θ*) - J_S(θ_S)]` of a uniformly stable algorithm has mean at
most `γ`: `J_S(θ*) - J(θ*)` has mean `0`. -/
theorem expectSample_excess_le (hγ : P.UniformlyStable alg γ) (hD : IsProb D) (hn : 0 < n) :
    expectSample D (fun S => P.population D P.trueParam - P.population D (alg S) -
      (P.objective S P.trueParam - P.objective S (alg S))) ≤ γ := by
  have h1 := (abs_le.mp (hγ.abs_expectSample_le hD hn)).2
  have h2 := P.expectSample_objective hD hn P.trueParam
  have e : ∀ S : Fin n → Fin N, P.population D P.trueParam - P.population D (alg S) -
      (P.objective S P.trueParam - P.objective S (alg S)) = P.population D P.trueParam -
      P.objective S P.trueParam + (P.objective S (alg S) - P.population D (alg S)) :=
    fun S => by grind
  rw [expectSample_congr e, expectSample_add, expectSample_sub, expectSample_const hD, h2]
  grind

private theorem gap_nonneg (P : Problem R N m d) (x : Fin N) (θ : Vec R d) :
    0 ≤ P.objectiveAt x P.trueParam - P.objectiveAt x θ := by
  have := P.objectiveAt_le x θ
  grind

/-- The population gap changes by at most `γ` with one prompt of the sample. -/
private theorem abs_population_sub_le (hγ : P.UniformlyStable alg γ) (hD : IsProb D)
    (S : Fin n → Fin N) (i : Fin n) (x : Fin N) :
    abs (P.population D (alg S) - P.population D (alg (replaceAt S i x))) ≤ γ := by
  unfold population
  rw [← mean_sub]
  exact abs_mean_le hD fun y => hγ S i x y

/-- One term of the empirical gap, when the entry `i` of the sample is replaced. -/
private theorem abs_term_sub_le (hγ : P.UniformlyStable alg γ)
    (hH : ∀ S x, P.objectiveAt x P.trueParam - P.objectiveAt x (alg S) ≤ H)
    (S : Fin n → Fin N) (i : Fin n) (x : Fin N) (j : Fin n) :
    abs (P.objectiveAt (S j) P.trueParam - P.objectiveAt (S j) (alg S) -
      (P.objectiveAt (replaceAt S i x j) P.trueParam -
        P.objectiveAt (replaceAt S i x j) (alg (replaceAt S i x)))) ≤
      γ + indicator (i = j) * H := by
  have h0 := Std.le_trans (abs_nonneg _) (hγ S i x (S i))
  by_cases hij : i = j
  · subst hij
    have a1 := gap_nonneg P (S i) (alg S)
    have a2 := gap_nonneg P (replaceAt S i x i) (alg (replaceAt S i x))
    have b1 := hH S (S i)
    have b2 := hH (replaceAt S i x) (replaceAt S i x i)
    rw [indicator_eq_one rfl, abs_le]
    grind
  · have e : replaceAt S i x j = S j := if_neg fun h => hij h.symm
    have k := abs_le.mp (hγ S i x (S j))
    rw [e, indicator_eq_zero hij, abs_le]
    grind

private theorem average_indicator (hn : 0 < n) (i : Fin n) (c : R) :
    (average fun j => γ + indicator (i = j) * c) = γ + c / (n : R) := by
  rw [average_add, average_const hn]
  unfold average
  rw [sum_indicator_eq_mul i fun _ => c]

/-- The empirical gap changes by at most `γ + H/n`. -/
private theorem abs_objective_sub_le (hγ : P.UniformlyStable alg γ) (hn : 0 < n)
    (hH : ∀ S x, P.objectiveAt x P.trueParam - P.objectiveAt x (alg S) ≤ H)
    (S : Fin n → Fin N) (i : Fin n) (x : Fin N) :
    abs (P.objective S P.trueParam - P.objective S (alg S) -
      (P.objective (replaceAt S i x) P.trueParam -
        P.objective (replaceAt S i x) (alg (replaceAt S i x)))) ≤ γ + H / (n : R) := by
  unfold objective
  rw [← average_sub, ← average_sub, ← average_sub, ← average_indicator hn i, abs_le]
  have k := fun j => abs_le.mp (abs_term_sub_le hγ hH S i x j)
  refine ⟨?_, average_mono fun j => (k j).2⟩
  have := average_mono fun j => (k j).1
  rw [show ∀ f : Fin n → R, (average fun j => -f j) = -average f from fun f => by
    unfold average; rw [sum_neg]; grind] at this
  exact this

/-- The excess of the population gap over the empirical gap changes by at most `2γ + H/n` when one
prompt of the sample is replaced. -/
theorem UniformlyStable.abs_excess_sub_le (hγ : P.UniformlyStable alg γ) (hD : IsProb D)
    (hn : 0 < n) (hH : ∀ S x, P.objectiveAt x P.trueParam - P.objectiveAt x (alg S) ≤ H)
    (S : Fin n → Fin N) (i : Fin n) (x : Fin N) :
    abs (P.population D P.trueParam - P.population D (alg S) -
        (P.objective S P.trueParam - P.objective S (alg S)) -
      (P.population D P.trueParam - P.population D (alg (replaceAt S i x)) -
        (P.objective (replaceAt S i x) P.trueParam -
          P.objective (replaceAt S i x) (alg (replaceAt S i x))))) ≤ 2 * γ + H / (n : R) := by
  have h1 := abs_le.mp (abs_population_sub_le hγ hD S i x)
  have h2 := abs_le.mp (abs_objective_sub_le hγ hn hH S i x)
  rw [abs_le]
  grind

/-- `√(h n c² l) = n c √(h l / n)`. -/
private theorem sqrt_eq_mul {c l : R} (hn : 0 < n) (hc : 0 ≤ c) (hl : 0 ≤ h * l) :
    sqrt (h * (sum fun _ : Fin n => c * c) * l) = (n : R) * c * sqrt (h * l / (n : R)) := by
  have hp := natCast_pos (R := R) hn
  have hs := sqrt_mul_self (div_nonneg hl hp)
  refine sqrt_eq (mul_nonneg (mul_nonneg (Std.le_of_lt hp) hc) (sqrt_nonneg _)) ?_
  rw [show ∀ r : R, (n : R) * c * r * ((n : R) * c * r) = (n : R) * c * ((n : R) * c) * (r * r) from
    fun r => by grind, hs, sum_const]
  grind

/-- With probability at least `1 - δ`, `J(θ*) - J(θ_S) ≤ G + γ + 2 (2γn + H) √(h log(1/δ) / n)`,
where `G` bounds the empirical gaps of the outputs and `H` their gaps at every prompt. -/
theorem UniformlyStable.le_probSample_gap {G δ : R} (hh : HoeffdingBound h)
    (hγ : P.UniformlyStable alg γ) (hD : IsProb D) (hn : 0 < n)
    (hG : ∀ S, P.objective S P.trueParam - P.objective S (alg S) ≤ G)
    (hH : ∀ S x, P.objectiveAt x P.trueParam - P.objectiveAt x (alg S) ≤ H) (hδ : 0 < δ) :
    1 - δ ≤ probSample D (fun S => P.population D P.trueParam - P.population D (alg S) ≤
      G + γ + 2 * (2 * γ * (n : R) + H) * sqrt (h * log (1 / δ) / (n : R))) := by
  by_cases hδ1 : δ ≤ 1
  · have hp := natCast_pos (R := R) hn
    have k := le_probSample_sub hh hD (hγ.abs_excess_sub_le hD hn hH) hδ
    have hl : 0 ≤ log (1 / δ) := log_nonneg (by rw [le_div_iff hδ]; grind)
    have x0 : Fin N := ⟨0, hD.size_pos⟩
    have hc := Std.le_trans (abs_nonneg _)
      (hγ.abs_excess_sub_le hD hn hH (fun _ => x0) ⟨0, hn⟩ x0)
    rw [sqrt_eq_mul hn hc (mul_nonneg (Std.le_of_lt hh.pos) hl),
      show (n : R) * (2 * γ + H / (n : R)) = 2 * γ * (n : R) + H by grind] at k
    refine Std.le_trans k (probSample_mono hD fun S hS => ?_)
    have h1 := expectSample_excess_le hγ hD hn
    have h2 := hG S
    grind
  · have := probSample_nonneg hD fun S => P.population D P.trueParam - P.population D (alg S) ≤
      G + γ + 2 * (2 * γ * (n : R) + H) * sqrt (h * log (1 / δ) / (n : R))
    grind

/-! ### Any parameter -/

/-- If every prompt has in the sample at least half of its expected share, the population gap of any
parameter is at most twice its empirical gap: no gap at a prompt is negative. -/
theorem population_gap_le_of_frequency (P : Problem R N m d) {S : Fin n → Fin N}
    (hS : ∀ x, D x / 2 ≤ frequency S x) (θ : Vec R d) :
    P.population D P.trueParam - P.population D θ ≤
      2 * (P.objective S P.trueParam - P.objective S θ) := by
  have e : P.objective S P.trueParam - P.objective S θ =
      mean (frequency S) fun x => P.objectiveAt x P.trueParam - P.objectiveAt x θ := by
    rw [← average_eq_mean_frequency, average_sub]
    rfl
  rw [e, ← mean_mul]
  unfold population
  rw [← mean_sub]
  refine sum_mono fun x => ?_
  have := mul_le_mul_right (hS x) (gap_nonneg P x θ)
  grind

/-- With probability at least `1 - N exp(-n p / 8)`, `p ≤ D`, at every parameter at once
`J(θ*) - J(θ) ≤ 2 (J_S(θ*) - J_S(θ))`. -/
theorem le_probSample_gap_of_frequency (P : Problem R N m d) (hD : IsProb D) {p : R}
    (hp : ∀ x, p ≤ D x) : 1 - (N : R) * exp (-((n : R) * p / 8)) ≤
      probSample D (fun S : Fin n → Fin N => ∀ θ, P.population D P.trueParam - P.population D θ ≤
        2 * (P.objective S P.trueParam - P.objective S θ)) :=
  Std.le_trans (le_probSample_frequency hD hp)
    (probSample_mono hD fun _ hS => P.population_gap_le_of_frequency hS)

/-! ### Empirical optima -/

/-- A stationary point of `J_S` is optimal at every prompt of the sample. -/
private theorem objectiveAt_eq_of_stationary (P : Problem R N m d) {S : Fin n → Fin N}
    {θ : Vec R d} (h : P.gradient S θ = 0) (i : Fin n) :
    P.objectiveAt (S i) θ = P.objectiveAt (S i) P.trueParam := by
  have hp := natCast_pos (R := R) (Nat.lt_of_le_of_lt (Nat.zero_le _) i.isLt)
  have e := P.objective_eq_of_stationary S θ h
  unfold objective average at e
  have hs : (sum fun i => P.objectiveAt (S i) P.trueParam - P.objectiveAt (S i) θ) = 0 := by
    rw [sum_sub]
    generalize (sum fun i => P.objectiveAt (S i) P.trueParam) = a at *
    generalize (sum fun i => P.objectiveAt (S i) θ) = b at *
    grind
  have := sum_eq_zero (fun i => gap_nonneg P (S i) θ) hs i
  grind

/-- Empirical optima: with probability at least `1 - N (1 - p)^n`, `p ≤ D`, `J(θ_S) = J(θ*)`. -/
theorem le_probSample_population_eq (P : Problem R N m d) (hopt : ∀ S, P.gradient S (alg S) = 0)
    (hD : IsProb D) {p : R} (hp : ∀ x, p ≤ D x) : 1 - (N : R) * (1 - p) ^ n ≤
      probSample D (fun S => P.population D (alg S) = P.population D P.trueParam) := by
  refine Std.le_trans (le_probSample_all hD hp) (probSample_mono hD fun S hS => ?_)
  refine mean_congr fun x => ?_
  obtain ⟨i, hi⟩ := hS x
  rw [← hi]
  exact objectiveAt_eq_of_stationary P (hopt S) i

/-! ### Ascent -/

variable {θ0 : Vec R d} {p B C ρ : R} {T : Nat} (hD : IsProb D) (hp : ∀ x, p ≤ D x)
  (hB : P.FeatureBound B) (hn : 0 < n) (hρ : norm (P.trueParam - θ0) = ρ)
  (hC : ExpBound (2 * (B * ρ) / P.klCoef) C) (hT : 0 < T)
include hD hp hB hn hρ hC hT

/-- Gradient ascent with step `λ/B²` from `θ0`: with probability at least `1 - N exp(-n p / 8)` some
iterate before `T` has `J(θ*) - J(θ_t) ≤ 2 C (B²/λ) ρ² / T`. -/
theorem le_probSample_gap_gradientAscent : 1 - (N : R) * exp (-((n : R) * p / 8)) ≤
    probSample D (fun S : Fin n → Fin N => ∃ t, t < T ∧ P.population D P.trueParam -
      P.population D (P.gradientAscent S θ0 (P.klCoef / (B * B)) t) ≤
        2 * (C * (B * B / P.klCoef * (ρ * ρ) / (T : R)))) := by
  subst hρ
  refine Std.le_trans (P.le_probSample_gap_of_frequency hD hp) (probSample_mono hD fun S hS => ?_)
  obtain ⟨t, ht, h, _⟩ := P.exists_iterate_le S θ0 hB hn hC hT
  exact ⟨t, ht, Std.le_trans (hS _) (mul_le_mul_left h (by grind))⟩

/-- Stochastic gradient ascent, one uniform prompt of the sample a step: with probability at least
`1 - N exp(-n p / 8)` over the sample, the average over `t < T` of `E[J(θ*) - J(θ_t)]` is at most
`2 C (B²/λ) ρ² / T`, the expectation over the draws. -/
theorem le_probSample_gap_stochasticAscent : 1 - (N : R) * exp (-((n : R) * p / 8)) ≤
    probSample D (fun S : Fin n → Fin N =>
      (average fun t : Fin T => expectSample uniform fun draws : Fin t → Fin n =>
        P.population D P.trueParam -
          P.population D (P.stochasticAscent S θ0 (P.klCoef / (B * B)) draws)) ≤
      2 * (C * (B * B / P.klCoef * (ρ * ρ) / (T : R)))) := by
  subst hρ
  refine Std.le_trans (P.le_probSample_gap_of_frequency hD hp) (probSample_mono hD fun S hS => ?_)
  have hu := uniform_isProb (R := R) hn
  have k := average_mono fun t : Fin T => expectSample_mono (n := t) hu.nonneg fun draws =>
    hS (P.stochasticAscent S θ0 (P.klCoef / (B * B)) draws)
  simp only [expectSample_mul, average_mul] at k
  exact Std.le_trans k
    (mul_le_mul_left (P.average_expectSample_gap_le S θ0 hB hn hC hT) (by grind))

end Problem

end RLHF
