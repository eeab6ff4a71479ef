module
public import RLHF.Papers.Generalisation.Ascent.Noisy

/-!
# Rates in the paper's form

What is modelled: the exponents `-1/4` and `-1/8` of the paper, which the sharper rates imply.

## Main results
* `Problem.exists_iterate_le_fourth_root`: gradient ascent, `T^{-1/4}`.
* `Problem.average_gap_le_eighth_root`: stochastic gradient ascent, `T^{-1/8}`.

## References
arXiv 2601.16403, rates of gradient ascent and stochastic gradient ascent.
-/

public section

namespace RLHF

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R] {N m d n : Nat}

/-- A smaller positive denominator gives a larger quotient. -/
theorem div_le_div_left {w a b : R} (hw : 0 ≤ w) (ha : 0 < a) (hab : a ≤ b) : w / b ≤ w / a := by
  have h := mul_le_mul_left hab (div_nonneg hw ha)
  have e : w / a * a = w := by grind
  rw [div_le_iff (by grind)]
  grind

/-- `√x ≤ x` for `x ≥ 1`. -/
theorem sqrt_le_self {x : R} (hx : 1 ≤ x) : sqrt x ≤ x := by
  have h := mul_le_mul_left (one_le_sqrt hx) (sqrt_nonneg x)
  rw [sqrt_mul_self (by grind)] at h
  grind

namespace Problem

variable (P : Problem R N m d) (S : Fin n → Fin N) (θ0 : Vec R d) {B C : R}

private theorem rate_nonneg (B ρ : R) : 0 ≤ B * B / P.klCoef * (ρ * ρ) :=
  mul_nonneg (P.cocoercivity_constant_nonneg B) (mul_self_nonneg ρ)

private theorem norm_le_div_sqrt {g K ρ T : R} (hK : 0 ≤ K) (hρ : 0 ≤ ρ) (hg : 0 ≤ g)
    (hT : 1 ≤ T) (h : g * g ≤ K * (K * (ρ * ρ) / T)) : g ≤ K * ρ / sqrt T := by
  have hs := one_le_sqrt hT
  have hT2 := sqrt_mul_self (by grind : 0 ≤ T)
  have hq := div_nonneg (mul_nonneg hK hρ) (by grind : 0 < sqrt T)
  rw [← mul_self_le_iff hg hq]
  generalize sqrt T = q at *
  subst hT2
  have e : K * ρ / q * (K * ρ / q) = K * (K * (ρ * ρ) / (q * q)) := by grind
  rw [e]
  exact h

/-- Gradient ascent at `η = λ/B²`: some iterate before `T` has a gap of at most
`C (B²/λ) ρ² T^{-1/4}` and a gradient of norm at most `(B²/λ) ρ T^{-1/4}`. -/
theorem exists_iterate_le_fourth_root (hB : P.FeatureBound B) (hn : 0 < n)
    (hC : ExpBound (2 * (B * norm (P.trueParam - θ0)) / P.klCoef) C) (hC0 : 0 ≤ C) {T : Nat}
    (hT : 0 < T) : ∃ t, t < T ∧ P.objective S P.trueParam -
        P.objective S (P.gradientAscent S θ0 (P.klCoef / (B * B)) t) ≤
      C * (B * B / P.klCoef * (norm (P.trueParam - θ0) * norm (P.trueParam - θ0)) /
        sqrt (sqrt (T : R))) ∧
    norm (P.gradient S (P.gradientAscent S θ0 (P.klCoef / (B * B)) t)) ≤
      B * B / P.klCoef * norm (P.trueParam - θ0) / sqrt (sqrt (T : R)) := by
  have hT1 := one_le_natCast (R := R) hT
  have hs1 := one_le_sqrt hT1
  have hss1 := one_le_sqrt hs1
  have hss := sqrt_le_self hs1
  obtain ⟨t, ht, hgap, hg⟩ := P.exists_iterate_le S θ0 hB hn hC hT
  have hK := P.cocoercivity_constant_nonneg B
  refine ⟨t, ht, Std.le_trans hgap (mul_le_mul_left (div_le_div_left
    (P.rate_nonneg B _) (by grind) (Std.le_trans hss (sqrt_le_self hT1))) hC0), ?_⟩
  exact Std.le_trans (norm_le_div_sqrt hK (norm_nonneg _) (norm_nonneg _) hT1 hg)
    (div_le_div_left (mul_nonneg hK (norm_nonneg _)) (by grind) hss)

/-- Stochastic gradient ascent at `η = λ/B²`: the average over `t < T` of the expected gap is at
most `C (B²/λ) ρ² T^{-1/8}`. -/
theorem average_gap_le_eighth_root (hB : P.FeatureBound B) (hn : 0 < n)
    (hC : ExpBound (2 * (B * norm (P.trueParam - θ0)) / P.klCoef) C) (hC0 : 0 ≤ C) {T : Nat}
    (hT : 0 < T) :
    (average fun t : Fin T => expectSample uniform fun draws : Fin t → Fin n =>
      P.objective S P.trueParam -
        P.objective S (P.stochasticAscent S θ0 (P.klCoef / (B * B)) draws)) ≤
    C * (B * B / P.klCoef * (norm (P.trueParam - θ0) * norm (P.trueParam - θ0)) /
      sqrt (sqrt (sqrt (T : R)))) := by
  have hT1 := one_le_natCast (R := R) hT
  have hs1 := one_le_sqrt hT1
  have hss1 := one_le_sqrt hs1
  have hsss1 := one_le_sqrt hss1
  have hle := Std.le_trans (sqrt_le_self hss1)
    (Std.le_trans (sqrt_le_self hs1) (sqrt_le_self hT1))
  exact Std.le_trans (P.average_expectSample_gap_le S θ0 hB hn hC hT)
    (mul_le_mul_left (div_le_div_left (P.rate_nonneg B _) (by grind) hle) hC0)

end Problem

end RLHF
