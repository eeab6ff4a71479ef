module
public import RLHF.Geometry.Domination
public import RLHF.Probability.LogJensen

/-!
# The gap with its logarithm kept

What is modelled: the suboptimality gap at one prompt, on a sample and on the population, bounded
without replacing `log(1 + t)` by `t`, and its trivial range. `Δ` bounds the differences of features
(`Δ = 2B` does), `C` is a second-order constant of `exp` at `Δρ/λ`, `‖θ* - θ‖ ≤ ρ`.

## Main results
* `mean_exp_le`: `E_p exp Y ≤ 1 + C Var_p(Y)` for centred `Y`.
* `Problem.gap_nonneg`, `Problem.DifferenceBound.gap_le`: `0 ≤ J_x(θ*) - J_x(θ) ≤ Δ ‖θ* - θ‖`;
  `Problem.DifferenceBound.sample_gap_range`, `Problem.DifferenceBound.population_gap_range`.
* `Problem.DifferenceBound.gap_le_log`: `J_x(θ*) - J_x(θ) ≤ λ log(1 + (C/λ) ⟨∇J_x(θ), θ* - θ⟩)`;
  `Problem.DifferenceBound.sample_gap_le_log`, `Problem.DifferenceBound.population_gap_le_log`: the
  same for the averages, by Jensen.

## References
arXiv 2410.15610, cf. weak gradient domination; arXiv 2601.16403, cf. Lemma 6.
-/

public section

namespace RLHF

open Lean.Grind

universe u
variable {R : Type u} [ExpField R] {N m d n : Nat}

/-- `E_p exp Y ≤ 1 + C·Var_p(Y)` for centred `Y` with `|Y| ≤ M`. -/
theorem mean_exp_le {p Y : Fin m → R} {M C : R} (hp : IsProb p) (hY : mean p Y = 0)
    (hM : ∀ a, abs (Y a) ≤ M) (hC : ExpBound M C) :
    (mean p fun a => exp (Y a)) ≤ 1 + C * var p Y := by
  have h := mean_mono hp.nonneg fun a => hC (Y a) (hM a)
  rw [mean_add, mean_add, mean_mul, mean_const hp, hY] at h
  rw [var_eq hp, hY]
  grind

/-- `E_p exp Y ≥ 1` for centred `Y`. -/
theorem one_le_mean_exp {p Y : Fin m → R} (hp : IsProb p) (hY : mean p Y = 0) :
    1 ≤ mean p fun a => exp (Y a) := by
  have h := mean_mono hp.nonneg fun a => add_one_le_exp (Y a)
  rw [mean_add, mean_const hp, hY] at h
  grind

namespace Problem

variable {P : Problem R N m d} {θ : Vec R d} {Δ C ρ : R}

/-! ### Range -/

theorem DifferenceBound.score_sub_le (hΔ : P.DifferenceBound Δ) (x : Fin N) (v : Vec R d)
    (a b : Fin m) : P.score x v a - P.score x v b ≤ Δ * norm v / P.klCoef := by
  have h := div_le_div_right (inner_sub_le_of_norm_sub_le v (hΔ x a b)) P.klCoef_pos
  unfold score
  grind

theorem gap_nonneg (P : Problem R N m d) (x : Fin N) (θ : Vec R d) :
    0 ≤ P.objectiveAt x P.trueParam - P.objectiveAt x θ := by
  have := P.objectiveAt_le x θ
  grind

/-- `J_x(θ*) - J_x(θ) ≤ Δ ‖θ* - θ‖`. -/
theorem DifferenceBound.gap_le (hΔ : P.DifferenceBound Δ) (x : Fin N) (θ : Vec R d) :
    P.objectiveAt x P.trueParam - P.objectiveAt x θ ≤ Δ * norm (P.trueParam - θ) := by
  have hp := P.policy_isProb x θ
  have hY := P.mean_centred_score x θ (P.trueParam - θ)
  have hM := fun a => (abs_le.mp (abs_sub_mean_le hp (hΔ.score_sub_le x (P.trueParam - θ)) a)).2
  have h := log_le_log (by have := one_le_mean_exp hp hY; grind)
    (mean_le hp fun a => exp_le_exp (hM a))
  rw [log_exp] at h
  rw [gap_eq_log_mean_exp]
  have k := mul_le_mul_left h P.klCoef_nonneg
  have hl := P.klCoef_pos
  rw [show P.klCoef * (Δ * norm (P.trueParam - θ) / P.klCoef) = Δ * norm (P.trueParam - θ) by
    clear k h hM hY hp; grind] at k
  exact k

theorem DifferenceBound.sample_gap_range (hΔ : P.DifferenceBound Δ) (hn : 0 < n)
    (S : Fin n → Fin N) (θ : Vec R d) : 0 ≤ P.objective S P.trueParam - P.objective S θ ∧
      P.objective S P.trueParam - P.objective S θ ≤ Δ * norm (P.trueParam - θ) := by
  rw [objective_sub]
  have h := average_mono fun i => hΔ.gap_le (S i) θ
  rw [average_const hn] at h
  exact ⟨average_nonneg fun i => P.gap_nonneg (S i) θ, h⟩

theorem DifferenceBound.population_gap_range (hΔ : P.DifferenceBound Δ) {D : Fin N → R}
    (hD : IsProb D) (θ : Vec R d) : 0 ≤ P.population D P.trueParam - P.population D θ ∧
      P.population D P.trueParam - P.population D θ ≤ Δ * norm (P.trueParam - θ) := by
  unfold population
  rw [← mean_sub]
  exact ⟨mean_nonneg hD.nonneg fun x => P.gap_nonneg x θ, mean_le hD fun x => hΔ.gap_le x θ⟩

/-! ### Logarithm -/

/-- `exp((J_x(θ*) - J_x(θ))/λ) ≤ 1 + (C/λ) ⟨∇J_x(θ), θ* - θ⟩`, and the left side is at least `1`. -/
theorem DifferenceBound.exp_gap_le (hΔ : P.DifferenceBound Δ) (hρ : norm (P.trueParam - θ) ≤ ρ)
    (hC : ExpBound (Δ * ρ / P.klCoef) C) (x : Fin N) :
    exp ((P.objectiveAt x P.trueParam - P.objectiveAt x θ) / P.klCoef) ≤
      1 + C / P.klCoef * inner (P.gradientAt x θ) (P.trueParam - θ) := by
  have hl := P.klCoef_pos
  have hp := P.policy_isProb x θ
  have hY := P.mean_centred_score x θ (P.trueParam - θ)
  have hM := div_le_div_right (mul_le_mul_left hρ (hΔ.nonneg x)) hl
  have h := mean_exp_le hp hY
    (fun a => Std.le_trans (abs_sub_mean_le hp (hΔ.score_sub_le x (P.trueParam - θ)) a) hM) hC
  have h1 := one_le_mean_exp hp hY
  rw [var_centred_score] at h
  rw [gap_eq_log_mean_exp, inner_gradientAt_error]
  generalize (mean (P.policy x θ) fun a => exp (P.score x (P.trueParam - θ) a -
    mean (P.policy x θ) (P.score x (P.trueParam - θ)))) = E at *
  generalize var (P.policy x θ) (fun a => inner (P.trueParam - θ) (P.feature x a)) = V at *
  rw [show P.klCoef * log E / P.klCoef = log E by clear h h1 hM; grind, exp_log E (by grind),
    show C / P.klCoef * (V / P.klCoef) = C * (V / (P.klCoef * P.klCoef)) by clear h h1 hM; grind]
  exact h

/-- What the logarithm is taken of is at least `1`, whatever the sign of `C`. -/
theorem DifferenceBound.one_le_log_argument (hΔ : P.DifferenceBound Δ)
    (hρ : norm (P.trueParam - θ) ≤ ρ) (hC : ExpBound (Δ * ρ / P.klCoef) C) (x : Fin N) :
    1 ≤ 1 + C / P.klCoef * inner (P.gradientAt x θ) (P.trueParam - θ) :=
  Std.le_trans (one_le_exp (div_nonneg (P.gap_nonneg x θ) P.klCoef_pos))
    (hΔ.exp_gap_le hρ hC x)

/-- A gap is at most `λ log y` if its exponential, over `λ`, is at most `y`. -/
theorem le_mul_log {l g y : R} (hl : 0 < l) (h : exp (g / l) ≤ y) : g ≤ l * log y := by
  have h1 := log_le_log (exp_pos _) h
  rw [log_exp] at h1
  have h2 := mul_le_mul_left h1 (Std.le_of_lt hl)
  rw [show l * (g / l) = g by clear h h1 h2; grind] at h2
  exact h2

/-- `J_x(θ*) - J_x(θ) ≤ λ log(1 + (C/λ) ⟨∇J_x(θ), θ* - θ⟩)`. -/
theorem DifferenceBound.gap_le_log (hΔ : P.DifferenceBound Δ) (hρ : norm (P.trueParam - θ) ≤ ρ)
    (hC : ExpBound (Δ * ρ / P.klCoef) C) (x : Fin N) :
    P.objectiveAt x P.trueParam - P.objectiveAt x θ ≤
      P.klCoef * log (1 + C / P.klCoef * inner (P.gradientAt x θ) (P.trueParam - θ)) :=
  le_mul_log P.klCoef_pos (hΔ.exp_gap_le hρ hC x)

/-- `J_S(θ*) - J_S(θ) ≤ λ log(1 + (C/λ) ⟨∇J_S(θ), θ* - θ⟩)`. -/
theorem DifferenceBound.sample_gap_le_log (hΔ : P.DifferenceBound Δ)
    (hρ : norm (P.trueParam - θ) ≤ ρ) (hC : ExpBound (Δ * ρ / P.klCoef) C) (S : Fin n → Fin N) :
    P.objective S P.trueParam - P.objective S θ ≤
      P.klCoef * log (1 + C / P.klCoef * inner (P.gradient S θ) (P.trueParam - θ)) := by
  rw [objective_sub, inner_gradient, ← average_mul]
  obtain rfl | hn := Nat.eq_zero_or_pos n
  · rw [average_empty, average_empty, Semiring.add_zero, log_one, Semiring.mul_zero]
    exact Std.le_refl _
  · refine Std.le_trans (average_mono fun i => hΔ.gap_le_log hρ hC (S i)) ?_
    have h := average_log_le hn fun i => (by
      have := hΔ.one_le_log_argument hρ hC (S i); grind :
        0 < 1 + C / P.klCoef * inner (P.gradientAt (S i) θ) (P.trueParam - θ))
    rw [average_add, average_const hn] at h
    rw [average_mul]
    exact mul_le_mul_left h P.klCoef_nonneg

/-- `J(θ*) - J(θ) ≤ λ log(1 + (C/λ) Σ_x D(x) ⟨∇J_x(θ), θ* - θ⟩)`. -/
theorem DifferenceBound.population_gap_le_log (hΔ : P.DifferenceBound Δ)
    (hρ : norm (P.trueParam - θ) ≤ ρ) (hC : ExpBound (Δ * ρ / P.klCoef) C) {D : Fin N → R}
    (hD : IsProb D) : P.population D P.trueParam - P.population D θ ≤
      P.klCoef * log (1 + C / P.klCoef *
        mean D fun x => inner (P.gradientAt x θ) (P.trueParam - θ)) := by
  unfold population
  rw [← mean_sub, ← mean_mul]
  refine Std.le_trans (mean_mono hD.nonneg fun x => hΔ.gap_le_log hρ hC x) ?_
  have h := mean_log_le hD fun x => (by
    have := hΔ.one_le_log_argument hρ hC x; grind :
      0 < 1 + C / P.klCoef * inner (P.gradientAt x θ) (P.trueParam - θ))
  rw [mean_add, mean_const hD] at h
  rw [mean_mul]
  exact mul_le_mul_left h P.klCoef_nonneg

end Problem

end RLHF
