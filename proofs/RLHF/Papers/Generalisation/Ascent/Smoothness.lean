module
public import RLHF.Foundations.ExpUnit
public import RLHF.Geometry.Domination

/-!
# Smoothness of the objective

What is modelled: how far the objective falls behind its linear approximation when the parameter
moves by `h` with `2B‖h‖ ≤ λ`.

## Main results
* `Problem.objectiveAt_add_sub`: the exact change
  `J_x(θ + h) - J_x(θ) = ⟨u, E_q φ - E_p φ⟩ - λ KL(q ‖ p)`, `p = π_θ`, `q = π_{θ+h}`, `u = θ* - θ`.
* `Problem.le_objectiveAt_add`, `Problem.le_objective_add`:
  `J(θ + h) ≥ J(θ) + ⟨∇J(θ), h⟩ - L ‖h‖²` with `L = (B²/λ)(1 + 2Bρ/λ)` for `‖θ* - θ‖ ≤ ρ`.

## References
arXiv 2601.16403, smoothness of the objective (there an assumption).
-/

public section

namespace RLHF

open Lean.Grind

universe u
variable {R : Type u} [ExpField R] {N m d n : Nat}

/-- `E_p[e^Y X]` against its linear part, for centred `X`, `Y` with `|X| ≤ M`. -/
private theorem abs_mean_exp_mul_sub_le {p Y X : Fin m → R} {M : R} (hp : IsProb p)
    (hY : mean p Y = 0) (hX : mean p X = 0) (hM : ∀ a, abs (X a) ≤ M) :
    abs (mean p (fun a => exp (Y a) * X a) - mean p (fun a => Y a * X a)) ≤
      M * (mean p (fun a => exp (Y a)) - 1) := by
  have e : mean p (fun a => exp (Y a) * X a) - mean p (fun a => Y a * X a) =
      mean p fun a => (exp (Y a) - Y a - 1) * X a := by
    have h : ∀ a, (exp (Y a) - Y a - 1) * X a = exp (Y a) * X a - Y a * X a - X a :=
      fun a => by grind
    rw [mean_congr h, mean_sub, mean_sub, hX]
    grind
  have e' : ∀ c : R, mean p (fun a => c * (exp (Y a) - Y a - 1)) =
      c * (mean p (fun a => exp (Y a)) - 1) := fun c => by
    rw [mean_mul, mean_sub, mean_sub, hY, mean_const hp]
    grind
  have hpos : ∀ a, 0 ≤ exp (Y a) - Y a - 1 := fun a => by have := add_one_le_exp (Y a); grind
  rw [e, abs_le, ← e', (by grind : -mean p (fun a => M * (exp (Y a) - Y a - 1)) =
    (-1) * mean p (fun a => M * (exp (Y a) - Y a - 1))), ← mean_mul]
  constructor
  · refine mean_mono hp.nonneg fun a => ?_
    have := mul_le_mul_left (abs_le.mp (hM a)).1 (hpos a)
    grind
  · refine mean_mono hp.nonneg fun a => ?_
    have := mul_le_mul_left (abs_le.mp (hM a)).2 (hpos a)
    grind

/-- From `|E D - κ| ≤ M (E - 1)` to `D ≥ κ - M v`. -/
private theorem sub_le_of_tilt {E D κ M v : R} (hE : 1 ≤ E) (hM : 0 ≤ M) (hv : E - 1 ≤ 4 / 5 * v)
    (hκ : abs κ ≤ M / 4) (h : abs (E * D - κ) ≤ M * (E - 1)) : κ - M * v ≤ D := by
  have h1 := mul_le_mul_left (abs_le.mp hκ).2 (by grind : 0 ≤ E - 1)
  have h2 := (abs_le.mp h).1
  have h3 := mul_le_mul_left hv hM
  have h4 := mul_nonneg (mul_nonneg hM (by grind : 0 ≤ v)) (by grind : 0 ≤ E - 1)
  exact le_of_mul_le_mul_left (by grind : 0 < E) (by grind)

/-- Change of weights: `E · E_q f = E_p[w f]` if `q E = p w` pointwise. -/
private theorem mul_mean_of_tilt {p q w : Fin m → R} {E : R} (h : ∀ a, q a * E = p a * w a)
    (f : Fin m → R) : E * mean q f = mean p fun a => w a * f a := by
  rw [← mean_mul]
  exact sum_congr fun a => by have := h a; grind

namespace Problem

variable (P : Problem R N m d) (x : Fin N) (S : Fin n → Fin N) (θ θ' h : Vec R d) {B ρ : R}

/-- `J_x(θ') - J_x(θ) = λ (E_q X - E_p X - KL(q ‖ p))` with `X = ⟨θ* - θ, φ⟩ / λ`. -/
theorem objectiveAt_sub_objectiveAt : P.objectiveAt x θ' - P.objectiveAt x θ =
    P.klCoef * (mean (P.policy x θ') (P.score x (P.trueParam - θ)) -
      mean (P.policy x θ) (P.score x (P.trueParam - θ)) -
      klDiv (P.policy x θ') (P.policy x θ)) := by
  have h1 := P.gap_eq_klDiv x θ
  have h2 := P.gap_eq_klDiv x θ'
  rw [P.klDiv_policy_policy] at h1 h2
  rw [P.klDiv_policy_policy]
  have e : mean (P.policy x θ') (P.score x (P.trueParam - θ)) =
      mean (P.policy x θ') (P.score x (P.trueParam - θ')) -
        mean (P.policy x θ') (P.score x (θ - θ')) := by
    rw [← mean_sub]
    exact mean_congr fun a => by simp only [score_sub]; grind
  rw [e]
  grind

/-- Tilting: `π_θ'(a) E_{π_θ} e^Y = π_θ(a) e^{Y(a)}` with `Y = ⟨θ' - θ, φ⟩/λ - c`. -/
theorem policy_mul_mean_exp (c : R) (a : Fin m) : P.policy x θ' a *
    mean (P.policy x θ) (fun a => exp (P.score x (θ' - θ) a - c)) =
      P.policy x θ a * exp (P.score x (θ' - θ) a - c) := by
  have hZ := P.partition_pos x θ
  have hZ' := P.partition_pos x θ'
  have e : ∀ a, exp (P.score x (θ' - θ) a - c) = exp (-c) * exp (P.score x (θ' - θ) a) :=
    fun a => by rw [← exp_add]; congr 1; grind
  have e' : exp (P.score x θ' a) = exp (P.score x θ a) * exp (P.score x (θ' - θ) a) := by
    rw [← exp_add, score_sub]; congr 1; grind
  rw [mean_congr e, mean_mul, mean_policy_exp, e, policy_apply, policy_apply]
  rw [e']
  grind

/-- `Var_{π_θ}(⟨v, φ⟩ / λ) ≤ (B‖v‖/λ)²`. -/
theorem var_score_le (hB : P.FeatureBound B) (v : Vec R d) :
    var (P.policy x θ) (P.score x v) ≤ B * norm v / P.klCoef * (B * norm v / P.klCoef) := by
  have hl := P.klCoef_pos
  have h := div_le_div_right (var_inner_le (P.policy_isProb x θ) (hB x) v) (mul_pos hl hl)
  rw [← var_centred_score, var_sub_const (P.policy_isProb x θ)] at h
  have e : B * norm v / P.klCoef * (B * norm v / P.klCoef) =
      B * B * (norm v * norm v) / (P.klCoef * P.klCoef) := by grind
  rw [e]
  exact h

/-- `λ Cov_{π_θ}(⟨h, φ⟩/λ, ⟨u, φ⟩/λ) = ⟨∇J_x(θ), h⟩`. -/
theorem klCoef_mul_cov_score : P.klCoef * cov (P.policy x θ) (P.score x h)
    (P.score x (P.trueParam - θ)) = inner (P.gradientAt x θ) h := by
  have hl := P.klCoef_pos
  have e : ∀ v, P.score x v = fun a => (P.klCoef)⁻¹ * inner v (P.feature x a) := fun v =>
    funext fun a => by unfold score; grind
  rw [e, e, cov_mul_left, cov_comm, cov_mul_left, inner_gradientAt]
  grind

theorem abs_cov_score_le (hB : P.FeatureBound B) (hh : 2 * (B * norm h) ≤ P.klCoef) :
    abs (cov (P.policy x θ) (P.score x h) (P.score x (P.trueParam - θ))) ≤
      2 * (B * norm (P.trueParam - θ)) / P.klCoef / 4 := by
  have hl := P.klCoef_pos
  have hB0 := hB.nonneg x
  have hM := div_nonneg (mul_nonneg hB0 (norm_nonneg (P.trueParam - θ))) hl
  have hb := div_nonneg (mul_nonneg hB0 (norm_nonneg h)) hl
  have hb2 : B * norm h / P.klCoef ≤ 1 / 2 := by rw [div_le_iff hl]; grind
  have h1 := cov_mul_self_le (P.policy_isProb x θ).nonneg (P.score x h)
    (P.score x (P.trueParam - θ))
  have h2 := P.var_score_le x θ hB h
  have h3 := P.var_score_le x θ hB (P.trueParam - θ)
  have h4 := mul_le_mul h2 h3 (mul_self_nonneg _) (var_nonneg (P.policy_isProb x θ).nonneg _)
  have h5 := mul_le_mul_right (mul_le_mul hb2 hb2 (by grind) hb)
    (mul_self_nonneg (B * norm (P.trueParam - θ) / P.klCoef))
  refine abs_le_of_mul_self_le (by grind) ?_
  have e : 2 * (B * norm (P.trueParam - θ)) / P.klCoef / 4 =
      1 / 2 * (B * norm (P.trueParam - θ) / P.klCoef) := by grind
  rw [e]
  grind

theorem centred_score_le_one (hB : P.FeatureBound B) (hh : 2 * (B * norm h) ≤ P.klCoef)
    (a : Fin m) : abs (P.score x h a - mean (P.policy x θ) (P.score x h)) ≤ 1 := by
  refine Std.le_trans (P.abs_centred_score_le x θ h hB a) ?_
  rw [div_le_iff P.klCoef_pos]
  grind

/-- `KL(π_θ' ‖ π_θ) ≤ (4/5) (B‖θ' - θ‖/λ)²` for `2B‖θ' - θ‖ ≤ λ`. -/
theorem klDiv_policy_le (hB : P.FeatureBound B) (hh : 2 * (B * norm (θ' - θ)) ≤ P.klCoef) :
    klDiv (P.policy x θ') (P.policy x θ) ≤
      4 / 5 * (B * norm (θ' - θ) / P.klCoef * (B * norm (θ' - θ) / P.klCoef)) := by
  have hv := mul_le_mul_left (P.var_score_le x θ' hB (θ - θ')) (by grind : 0 ≤ (4 / 5 : R))
  rw [norm_sub_comm θ' θ] at hh ⊢
  rw [klDiv_eq_log_mean_exp]
  have h := log_mean_exp_le (P.policy_isProb x θ') (P.mean_centred_score x θ' (θ - θ'))
    (P.centred_score_le_one x θ' (θ - θ') hB hh) expBound_one
  rw [var_sub_const (P.policy_isProb x θ')] at h
  exact Std.le_trans h hv

/-- `E_{π_θ} e^Y` lies between `1` and `1 + (4/5) Var_{π_θ} Y`, `Y` the centred score of `h`. -/
theorem mean_exp_centred_score (hB : P.FeatureBound B) (hh : 2 * (B * norm h) ≤ P.klCoef) :
    1 ≤ mean (P.policy x θ)
      (fun a => exp (P.score x h a - mean (P.policy x θ) (P.score x h))) ∧
    mean (P.policy x θ) (fun a => exp (P.score x h a - mean (P.policy x θ) (P.score x h))) - 1 ≤
      4 / 5 * (B * norm h / P.klCoef * (B * norm h / P.klCoef)) := by
  have hp := P.policy_isProb x θ
  have hc := P.mean_centred_score x θ h
  have hv := P.var_score_le x θ hB h
  rw [← var_sub_const hp _ (mean (P.policy x θ) (P.score x h)), var_eq hp, hc] at hv
  have hlo := mean_mono hp.nonneg fun a =>
    add_one_le_exp (P.score x h a - mean (P.policy x θ) (P.score x h))
  have hup := mean_mono hp.nonneg fun a => expBound_one _ (P.centred_score_le_one x θ h hB hh a)
  rw [mean_add, mean_const hp, hc] at hlo
  rw [mean_add, mean_add, mean_mul, mean_const hp, hc] at hup
  grind

/-- `E_q X - E_p X ≥ Cov_p(s, X) - M (B‖h‖/λ)²` for `p = π_θ`, `q = π_θ'`, `h = θ' - θ`,
`s = ⟨h, φ⟩/λ`, `X = ⟨θ* - θ, φ⟩/λ`, `M = 2B‖θ* - θ‖/λ`. -/
theorem le_mean_score_sub (hB : P.FeatureBound B)
    (hh : 2 * (B * norm (θ' - θ)) ≤ P.klCoef) :
    cov (P.policy x θ) (P.score x (θ' - θ)) (P.score x (P.trueParam - θ)) -
      2 * (B * norm (P.trueParam - θ)) / P.klCoef *
        (B * norm (θ' - θ) / P.klCoef * (B * norm (θ' - θ) / P.klCoef)) ≤
    mean (P.policy x θ') (P.score x (P.trueParam - θ)) -
      mean (P.policy x θ) (P.score x (P.trueParam - θ)) := by
  have hM : 0 ≤ 2 * (B * norm (P.trueParam - θ)) / P.klCoef :=
    div_nonneg (by have := mul_nonneg (hB.nonneg x) (norm_nonneg (P.trueParam - θ)); grind)
      P.klCoef_pos
  have hE := P.mean_exp_centred_score x θ (θ' - θ) hB hh
  refine sub_le_of_tilt hE.1 hM hE.2 (P.abs_cov_score_le x θ (θ' - θ) hB hh) ?_
  have e : mean (P.policy x θ') (P.score x (P.trueParam - θ)) -
      mean (P.policy x θ) (P.score x (P.trueParam - θ)) = mean (P.policy x θ') fun a =>
        P.score x (P.trueParam - θ) a - mean (P.policy x θ) (P.score x (P.trueParam - θ)) := by
    rw [mean_sub, mean_const (P.policy_isProb x θ')]
  have hd := abs_mean_exp_mul_sub_le (P.policy_isProb x θ)
    (P.mean_centred_score x θ (θ' - θ)) (P.mean_centred_score x θ (P.trueParam - θ))
    (P.abs_centred_score_le x θ (P.trueParam - θ) hB)
  rw [e, mul_mean_of_tilt (P.policy_mul_mean_exp x θ θ' _)]
  exact hd

/-- `J_x(θ + h) ≥ J_x(θ) + ⟨∇J_x(θ), h⟩ - L ‖h‖²` with `L = (B²/λ)(1 + 2B‖θ* - θ‖/λ)`, for
`2B‖h‖ ≤ λ`. -/
theorem le_objectiveAt_add (hB : P.FeatureBound B) (hh : 2 * (B * norm h) ≤ P.klCoef) :
    P.objectiveAt x θ + inner (P.gradientAt x θ) h - B * B / P.klCoef *
      (1 + 2 * (B * norm (P.trueParam - θ)) / P.klCoef) * (norm h * norm h) ≤
    P.objectiveAt x (θ + h) := by
  have hl := P.klCoef_pos
  have eh : θ + h - θ = h := Vec.ext fun i => by rw [Vec.sub_apply, Vec.add_apply]; grind
  have h1 := P.le_mean_score_sub x θ (θ + h) hB (eh.symm ▸ hh)
  have h2 := P.klDiv_policy_le x θ (θ + h) hB (eh.symm ▸ hh)
  have h3 := P.objectiveAt_sub_objectiveAt x θ (θ + h)
  rw [eh] at h1 h2
  rw [← klCoef_mul_cov_score]
  generalize mean (P.policy x (θ + h)) (P.score x (P.trueParam - θ)) -
    mean (P.policy x θ) (P.score x (P.trueParam - θ)) = D at *
  generalize cov (P.policy x θ) (P.score x h) (P.score x (P.trueParam - θ)) = κ at *
  generalize klDiv (P.policy x (θ + h)) (P.policy x θ) = k at *
  generalize 2 * (B * norm (P.trueParam - θ)) / P.klCoef = M at *
  have hv := mul_self_nonneg (B * norm h / P.klCoef)
  have e : B * B / P.klCoef * (1 + M) * (norm h * norm h) =
    P.klCoef * ((1 + M) * (B * norm h / P.klCoef * (B * norm h / P.klCoef))) := by grind
  rw [e]
  generalize B * norm h / P.klCoef * (B * norm h / P.klCoef) = v at *
  have h4 := mul_le_mul_left (by grind : κ - (1 + M) * v ≤ D - k) P.klCoef_nonneg
  grind

/-- `J_S(θ + h) ≥ J_S(θ) + ⟨∇J_S(θ), h⟩ - L ‖h‖²` with `L = (B²/λ)(1 + 2Bρ/λ)`,
`‖θ* - θ‖ ≤ ρ`, for `2B‖h‖ ≤ λ`. -/
theorem le_objective_add (hB : P.FeatureBound B) (hn : 0 < n)
    (hρ : norm (P.trueParam - θ) ≤ ρ) (hh : 2 * (B * norm h) ≤ P.klCoef) :
    P.objective S θ + inner (P.gradient S θ) h - B * B / P.klCoef *
      (1 + 2 * (B * ρ) / P.klCoef) * (norm h * norm h) ≤ P.objective S (θ + h) := by
  have hav := average_mono fun i => P.le_objectiveAt_add (S i) θ h hB hh
  rw [average_sub, average_add, average_const hn, ← inner_gradient] at hav
  have h1 := div_le_div_right (mul_le_mul_left hρ (hB.nonneg (S ⟨0, hn⟩))) P.klCoef_pos
  have hK := div_nonneg (mul_self_nonneg B) P.klCoef_pos
  have h2 := mul_le_mul_right (mul_le_mul_left
    (by grind : 1 + 2 * (B * norm (P.trueParam - θ)) / P.klCoef ≤ 1 + 2 * (B * ρ) / P.klCoef) hK)
    (mul_self_nonneg (norm h))
  exact Std.le_trans (by show P.objective S θ + _ - _ ≤ P.objective S θ + _ - _; grind) hav

end Problem

end RLHF
