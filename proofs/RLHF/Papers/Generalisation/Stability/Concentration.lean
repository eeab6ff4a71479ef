module
public import RLHF.Model.Variational
public import RLHF.Probability.Sample

/-!
# Concentration of the empirical objective at the optimum

What is modelled: `J_S(θ*) - J(θ*)` for a sample `S` of `n` independent prompts, in second moment,
in mean and in probability.

## Main results
* `Problem.expectSample_objective_sub_mul_self`: the second moment is `Var_D(J_x(θ)) / n`.
* `Problem.var_objectiveAt_trueParam_le`: `Var_D(J_x(θ*)) ≤ (B ‖θ*‖)²`.
* `Problem.expectSample_abs_le`: `E_S |J_S(θ*) - J(θ*)| ≤ B ‖θ*‖ / √n`.
* `Problem.probSample_objective_le`: Chebyshev.

## References
arXiv 2601.16403, cf. Definition 3 (concentration term).
-/

public section

namespace RLHF

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R] {N m d n : Nat} {D : Fin N → R}

namespace Problem

variable (P : Problem R N m d)

/-- `E_S (J_S(θ) - J(θ))² = Var_D(J_x(θ)) / n`. -/
theorem expectSample_objective_sub_mul_self (hD : IsProb D) (hn : 0 < n) (θ : Vec R d) :
    expectSample D (fun S : Fin n → Fin N => (P.objective S θ - P.population D θ) *
      (P.objective S θ - P.population D θ)) =
    var D (fun x => P.objectiveAt x θ) / (n : R) :=
  expectSample_average_sub_mul_self hD hn fun x => P.objectiveAt x θ

/-- `Var_D(J_x(θ*)) ≤ (B ‖θ*‖)²`. -/
theorem var_objectiveAt_trueParam_le {B : R} (hB : P.FeatureBound B) (hD : IsProb D) :
    var D (fun x => P.objectiveAt x P.trueParam) ≤
      (B * norm P.trueParam) * (B * norm P.trueParam) := by
  refine Std.le_trans (var_le_mean_sub hD _ 0) (mean_le hD fun x => ?_)
  have h := P.abs_objectiveAt_trueParam_le x hB
  have h0 := abs_nonneg (P.objectiveAt x P.trueParam)
  have h1 := mul_le_mul h h (Std.le_trans h0 h) h0
  rw [abs_mul_abs] at h1
  grind

/-- `Var_D(J_x(θ*)) / n ≤ (B ‖θ*‖)² / n`. -/
theorem var_objectiveAt_trueParam_div_le {B : R} (hB : P.FeatureBound B) (hD : IsProb D)
    (hn : 0 < n) : var D (fun x => P.objectiveAt x P.trueParam) / (n : R) ≤
    (B * norm P.trueParam) * (B * norm P.trueParam) / (n : R) :=
  div_le_div_right (P.var_objectiveAt_trueParam_le hB hD) (natCast_pos hn)

/-- `E_S (J_S(θ*) - J(θ*))² ≤ (B ‖θ*‖)² / n`. -/
theorem expectSample_mul_self_le {B : R} (hB : P.FeatureBound B) (hD : IsProb D) (hn : 0 < n) :
    expectSample D (fun S : Fin n → Fin N =>
      (P.objective S P.trueParam - P.population D P.trueParam) *
      (P.objective S P.trueParam - P.population D P.trueParam)) ≤
    (B * norm P.trueParam) * (B * norm P.trueParam) / (n : R) := by
  rw [P.expectSample_objective_sub_mul_self hD hn]
  exact P.var_objectiveAt_trueParam_div_le hB hD hn

/-- `a² ≤ b²/c` implies `a ≤ b/√c`. -/
theorem le_div_sqrt {a b c : R} (ha : 0 ≤ a) (hb : 0 ≤ b) (hc : 0 < c)
    (h : a * a ≤ b * b / c) : a ≤ b / sqrt c := by
  have hs := sqrt_mul_self (Std.le_of_lt hc)
  have h0 := sqrt_nonneg c
  have hp : 0 < sqrt c := by
    have : sqrt c ≠ 0 := fun e => by rw [e] at hs; grind
    grind
  rw [le_div_iff hc] at h
  rw [le_div_iff hp, ← mul_self_le_iff (mul_nonneg ha h0) hb]
  have e : a * sqrt c * (a * sqrt c) = a * a * (sqrt c * sqrt c) := by grind
  rw [e, hs]
  exact h

/-- A function of the sample with second moment at most `b² / c` has mean absolute value at most
`b / √c`. -/
private theorem expectSample_abs_le_div_sqrt (hD : IsProb D) {F : (Fin n → Fin N) → R} {b c : R}
    (hb : 0 ≤ b) (hc : 0 < c) (h : expectSample D (fun S => F S * F S) ≤ b * b / c) :
    (expectSample D fun S => abs (F S)) ≤ b / sqrt c := by
  refine le_div_sqrt (expectSample_nonneg hD.nonneg fun S => abs_nonneg _) hb hc ?_
  have h1 := RLHF.expectSample_mul_self_le hD fun S => abs (F S)
  rw [expectSample_congr fun S => abs_mul_abs (F S)] at h1
  exact Std.le_trans h1 h

private theorem bound_nonneg {B : R} (hB : P.FeatureBound B) (hD : IsProb D) :
    0 ≤ B * norm P.trueParam := by
  obtain rfl | hN := Nat.eq_zero_or_pos N
  · have h := hD.sum_eq_one
    simp only [sum] at h
    grind
  · exact mul_nonneg (hB.nonneg ⟨0, hN⟩) (norm_nonneg _)

/-- `E_S |J_S(θ*) - J(θ*)| ≤ B ‖θ*‖ / √n`. -/
theorem expectSample_abs_le {B : R} (hB : P.FeatureBound B) (hD : IsProb D) (hn : 0 < n) :
    expectSample D (fun S : Fin n → Fin N =>
      abs (P.objective S P.trueParam - P.population D P.trueParam)) ≤
    B * norm P.trueParam / sqrt (n : R) :=
  expectSample_abs_le_div_sqrt hD (P.bound_nonneg hB hD) (natCast_pos hn)
    (P.expectSample_mul_self_le hB hD hn)

/-- `P_S(|J_S(θ*) - J(θ*)| ≥ t) ≤ (B ‖θ*‖)² / (n t²)`. -/
theorem probSample_objective_le {B t : R} (hB : P.FeatureBound B) (hD : IsProb D) (hn : 0 < n)
    (ht : 0 < t) : probSample D (fun S : Fin n → Fin N =>
      t ≤ abs (P.objective S P.trueParam - P.population D P.trueParam)) ≤
    (B * norm P.trueParam) * (B * norm P.trueParam) / ((n : R) * (t * t)) := by
  have ht2 := mul_pos ht ht
  have hp := natCast_pos (R := R) hn
  have h := div_le_div_right (P.expectSample_mul_self_le hB hD hn) ht2
  have e : (B * norm P.trueParam) * (B * norm P.trueParam) / (n : R) / (t * t) =
      (B * norm P.trueParam) * (B * norm P.trueParam) / ((n : R) * (t * t)) := by grind
  rw [e] at h
  exact Std.le_trans (probSample_le hD _ ht) h

end Problem

end RLHF
