module
public import RLHF.Geometry.Domination
public import RLHF.Probability.Hoeffding.Lemma

/-!
# The gap by the range of the residual

What is modelled: the gap of the policy of another reward `r'`, where the residual `f = r - r'` has
a range of at most `w`: no exponential enters. `h` is a sub-Gaussian constant (`HoeffdingBound`).

## Main results
* `Setting.gap_le_range`: the gap is at most `w`.
* `Setting.gap_le_range_mul_self`: it is at most `h w² / λ`.
* `Problem.DifferenceBound.gap_le_radius`, `Problem.DifferenceBound.gap_le_radius_mul_self`: `Δ ρ`
  and `h Δ² ρ² / λ` for `‖θ* - θ‖ ≤ ρ` and differences of features bounded by `Δ`.
* `Problem.gap_le_cocoercivity`: `C (B²/λ) ρ²`, `C` a second-order constant at `2Bρ/λ`.
-/

public section

namespace RLHF

open Lean.Grind

universe u
variable {R : Type u} [ExpField R] {N m d : Nat}

private theorem exists_min (hm : 0 < m) (f : Fin m → R) : ∃ a, ∀ b, f a ≤ f b := by
  induction m with
  | zero => omega
  | succ m ih =>
    obtain rfl | h := Nat.eq_zero_or_pos m
    · exact ⟨0, fun b => by rw [show b = 0 from Fin.ext (by omega)]; exact Std.le_refl _⟩
    · obtain ⟨a, ha⟩ := ih h fun i => f i.succ
      obtain h0 | h0 := Std.le_total (a := f 0) (b := f a.succ)
      · exact ⟨0, Fin.cases (Std.le_refl _) fun b => Std.le_trans h0 (ha b)⟩
      · exact ⟨a.succ, Fin.cases h0 ha⟩

namespace Setting

variable (E : Setting R N m) (x : Fin N) (r r' : Fin m → R) {w : R}

private theorem gap_le_of_exp_le {t : R} (h : (mean (E.boltzmann x r') fun a =>
      exp ((r a - r' a) / E.klCoef - mean (E.boltzmann x r') fun a => (r a - r' a) / E.klCoef)) ≤
      exp t) : E.value x r (E.boltzmann x r) - E.value x r (E.boltzmann x r') ≤ E.klCoef * t := by
  rw [E.gap_eq_log_mean_exp]
  refine mul_le_mul_left ?_ E.klCoef_nonneg
  have h1 := log_le_log (tiltPartition_pos (E.boltzmann_isProb x r') (E.boltzmann_pos x r') _) h
  rw [log_exp] at h1
  exact h1

private theorem scaled_range (hw : ∀ a b, (r a - r' a) - (r b - r' b) ≤ w) (a b : Fin m) :
    (r a - r' a) / E.klCoef - (r b - r' b) / E.klCoef ≤ w / E.klCoef := by
  have h := div_le_div_right (hw a b) E.klCoef_pos
  have := E.klCoef_pos
  grind

/-- `J^r(π_r) - J^r(π_r') ≤ w` if the residual has a range of at most `w`. -/
theorem gap_le_range (hw : ∀ a b, (r a - r' a) - (r b - r' b) ≤ w) :
    E.value x r (E.boltzmann x r) - E.value x r (E.boltzmann x r') ≤ w := by
  have hp := E.boltzmann_isProb x r'
  have h := E.gap_le_of_exp_le x r r' (mean_le hp fun a =>
    exp_le_exp (abs_le.1 (abs_sub_mean_le hp (E.scaled_range r r' hw) a)).2)
  have e : E.klCoef * (w / E.klCoef) = w := by have := E.klCoef_pos; grind
  rw [e] at h
  exact h

/-- `J^r(π_r) - J^r(π_r') ≤ h w² / λ` if the residual has a range of at most `w`. -/
theorem gap_le_range_mul_self {h : R} (hh : HoeffdingBound h)
    (hw : ∀ a b, (r a - r' a) - (r b - r' b) ≤ w) :
    E.value x r (E.boltzmann x r) - E.value x r (E.boltzmann x r') ≤ h * (w * w) / E.klCoef := by
  obtain ⟨b, hb⟩ := exists_min (E.action_pos x) fun a => (r a - r' a) / E.klCoef
  have k := hh.mean_exp_le (E.boltzmann_isProb x r') (f := fun a => (r a - r' a) / E.klCoef)
    (lo := (r b - r' b) / E.klCoef) (hi := (r b - r' b) / E.klCoef + w / E.klCoef)
    (fun a => ⟨hb a, by have := E.scaled_range r r' hw a b; grind⟩) 1
  rw [mean_congr fun a => congrArg exp (Semiring.one_mul _)] at k
  have g := E.gap_le_of_exp_le x r r' k
  generalize (r b - r' b) / E.klCoef = y at *
  have e : E.klCoef * (h * (1 * 1 * ((y + w / E.klCoef - y) * (y + w / E.klCoef - y)))) =
      h * (w * w) / E.klCoef := by have := E.klCoef_pos; clear k g hb hw; grind
  rw [e] at g
  exact g

end Setting

namespace Problem

variable {P : Problem R N m d} {θ : Vec R d} {Δ ρ : R}

/-- The residual `⟨θ* - θ, φ(x, ·)⟩` has a range of at most `Δ ρ`. -/
theorem DifferenceBound.residual_range (hΔ : P.DifferenceBound Δ)
    (hρ : norm (P.trueParam - θ) ≤ ρ) (x : Fin N) (a b : Fin m) :
    (P.reward x a - inner θ (P.feature x a)) - (P.reward x b - inner θ (P.feature x b)) ≤
      Δ * ρ := by
  have e : ∀ a, P.reward x a - inner θ (P.feature x a) =
      inner (P.trueParam - θ) (P.feature x a) := fun a => (inner_sub_left _ _ _).symm
  have h1 := inner_sub_le_of_norm_sub_le (P.trueParam - θ) (hΔ x a b)
  have h2 := mul_le_mul_right hρ (hΔ.nonneg x)
  rw [e, e]
  grind

theorem DifferenceBound.gap_le_radius (hΔ : P.DifferenceBound Δ)
    (hρ : norm (P.trueParam - θ) ≤ ρ) (x : Fin N) :
    P.objectiveAt x P.trueParam - P.objectiveAt x θ ≤ Δ * ρ :=
  P.toSetting.gap_le_range x (P.reward x) (fun a => inner θ (P.feature x a))
    (hΔ.residual_range hρ x)

theorem DifferenceBound.gap_le_radius_mul_self {h : R} (hh : HoeffdingBound h)
    (hΔ : P.DifferenceBound Δ) (hρ : norm (P.trueParam - θ) ≤ ρ) (x : Fin N) :
    P.objectiveAt x P.trueParam - P.objectiveAt x θ ≤
      h * (Δ * Δ) * (ρ * ρ) / P.klCoef := by
  have k := P.toSetting.gap_le_range_mul_self x (P.reward x) (fun a => inner θ (P.feature x a)) hh
    (hΔ.residual_range hρ x)
  have e : h * (Δ * ρ * (Δ * ρ)) = h * (Δ * Δ) * (ρ * ρ) := by grind
  rw [e] at k
  exact k

theorem gap_le_cocoercivity {B C : R} (hB : P.FeatureBound B) (hρ : norm (P.trueParam - θ) ≤ ρ)
    (hC : ExpBound (2 * (B * ρ) / P.klCoef) C) (hC0 : 0 ≤ C) (x : Fin N) :
    P.objectiveAt x P.trueParam - P.objectiveAt x θ ≤ C * (B * B / P.klCoef * (ρ * ρ)) := by
  refine Std.le_trans (P.gap_le_inner_gradientAt x θ hB hρ hC) (mul_le_mul_left ?_ hC0)
  have h0 := norm_nonneg (P.trueParam - θ)
  have h1 := var_inner_le (P.policy_isProb x θ) (hB x) (P.trueParam - θ)
  have h2 := mul_le_mul_left (mul_le_mul hρ hρ (Std.le_trans h0 hρ) h0) (mul_self_nonneg B)
  have h3 := div_le_div_right (Std.le_trans h1 h2) P.klCoef_pos
  have e : B * B / P.klCoef * (ρ * ρ) = B * B * (ρ * ρ) / P.klCoef := by grind
  rw [inner_gradientAt_error, e]
  exact h3

end Problem

end RLHF
