module
public import RLHF.Papers.Generalisation.Ascent.Stochastic
public import RLHF.Papers.Generalisation.Stability.Concentration

/-!
# The iterate of least gradient norm

What is modelled: stochastic gradient ascent on `J_S`, one prompt a step, step size `λ/B²`, that
returns the first of the iterates `θ_t`, `t < T`, at which `‖∇J_S(θ_t)‖` is least.

## Main results
* `Problem.exists_leastGradientIterate_eq`: along every sequence of draws the output is that.
* `Problem.expectSample_norm_mul_self_le`, `Problem.expectSample_norm_le`: in expectation its
  gradient has `E‖∇J_S‖² ≤ K²ρ²/T` and `E‖∇J_S‖ ≤ Kρ/√T`, `K = B²/λ`, `ρ = ‖θ* - θ_0‖`.

## References
arXiv 2601.16403, stochastic gradient ascent, cf. Theorem 7.
-/

public section

namespace RLHF

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R] {N m d n : Nat}

private theorem sum_castSucc (f : Fin (n + 1) → R) :
    sum f = (sum fun i : Fin n => f i.castSucc) + f (Fin.last n) := by
  induction n with
  | zero =>
    show f 0 + 0 = 0 + f 0
    grind
  | succ n ih =>
    rw [sum_succ, ih]
    show f 0 + ((sum fun i : Fin n => f i.succ.castSucc) + f (Fin.last (n + 1))) =
      f 0 + (sum fun i : Fin n => f i.succ.castSucc) + f (Fin.last (n + 1))
    grind

/-- What does not depend on the last draw. -/
private theorem expectSample_castSucc {D : Fin N → R} (hD : IsProb D) (F : (Fin n → Fin N) → R) :
    expectSample D (fun S : Fin (n + 1) → Fin N => F fun s => S s.castSucc) =
      expectSample D F := by
  induction n with
  | zero =>
    exact (mean_congr fun x => congrArg F (funext fun i => i.elim0)).trans (mean_const hD _)
  | succ n ih =>
    have e : ∀ x (S : Fin (n + 1) → Fin N), (fun s : Fin (n + 1) => consSample x S s.castSucc) =
        consSample x fun s => S s.castSucc := fun x S => funext fun s => by
      cases s using Fin.cases <;> rfl
    rw [expectSample_succ, expectSample_succ]
    exact mean_congr fun x => (expectSample_congr fun S => congrArg F (e x S)).trans
      (ih fun S => F (consSample x S))

namespace Problem

variable (P : Problem R N m d) (S : Fin n → Fin N) (θ0 : Vec R d) {B η : R}

/-- The output of one more step is a point already seen. -/
theorem leastGradientIterate_succ {T : Nat} (draws : Fin (T + 1) → Fin n) :
    P.leastGradientIterate S θ0 η draws =
        P.stochasticAscent S θ0 η (fun s : Fin T => draws s.castSucc) ∧
      norm (P.gradient S (P.stochasticAscent S θ0 η fun s : Fin T => draws s.castSucc)) <
        norm (P.gradient S (P.leastGradientIterate S θ0 η fun s : Fin T => draws s.castSucc)) ∨
    P.leastGradientIterate S θ0 η draws =
        P.leastGradientIterate S θ0 η (fun s : Fin T => draws s.castSucc) ∧
      norm (P.gradient S (P.leastGradientIterate S θ0 η fun s : Fin T => draws s.castSucc)) ≤
        norm (P.gradient S (P.stochasticAscent S θ0 η fun s : Fin T => draws s.castSucc)) := by
  by_cases h : norm (P.gradient S (P.stochasticAscent S θ0 η fun s : Fin T => draws s.castSucc)) <
      norm (P.gradient S (P.leastGradientIterate S θ0 η fun s : Fin T => draws s.castSucc))
  · exact .inl ⟨by rw [leastGradientIterate]; exact if_pos h, h⟩
  · exact .inr ⟨by rw [leastGradientIterate]; exact if_neg h, Std.not_lt.mp h⟩

/-- Along every sequence of draws the output is the iterate `θ_t`, `t < T`, of least gradient norm,
the first one if there are several. -/
theorem exists_leastGradientIterate_eq (draws : Nat → Fin n) {T : Nat} (hT : 0 < T) :
    ∃ t, t < T ∧ P.leastGradientIterate S θ0 η (fun s : Fin T => draws s) =
        P.stochasticAscent S θ0 η (fun s : Fin t => draws s) ∧
      (∀ s, s < T → norm (P.gradient S (P.stochasticAscent S θ0 η fun i : Fin t => draws i)) ≤
        norm (P.gradient S (P.stochasticAscent S θ0 η fun i : Fin s => draws i))) ∧
      ∀ s, s < t → norm (P.gradient S (P.stochasticAscent S θ0 η fun i : Fin t => draws i)) <
        norm (P.gradient S (P.stochasticAscent S θ0 η fun i : Fin s => draws i)) := by
  have hstep := fun T => P.leastGradientIterate_succ S θ0 (η := η) fun s : Fin (T + 1) => draws s
  generalize hf : (fun t => P.stochasticAscent S θ0 η fun i : Fin t => draws i) = f at *
  have hf' : ∀ t, (P.stochasticAscent S θ0 η fun i : Fin t => draws i) = f t := congrFun hf
  generalize hb : (fun T => P.leastGradientIterate S θ0 η fun s : Fin T => draws s) = b
  have hb' : ∀ T, (P.leastGradientIterate S θ0 η fun s : Fin T => draws s) = b T := congrFun hb
  have hbase : b 0 = f 0 := by rw [← hb, ← hf]; rfl
  simp only [hf', hb', Fin.val_castSucc] at hstep ⊢
  clear hf hf' hb hb'
  induction T with
  | zero => exact absurd hT (Nat.lt_irrefl 0)
  | succ T ih =>
    obtain rfl | hT := Nat.eq_zero_or_pos T
    · refine ⟨0, hT, ?_, fun s hs => ?_, fun s hs => absurd hs (Nat.not_lt_zero s)⟩
      · obtain ⟨h, -⟩ | ⟨h, -⟩ := hstep 0
        · exact h
        · exact h.trans hbase
      · rw [Nat.lt_one_iff.mp hs]; exact Std.le_refl _
    · obtain ⟨t, ht, hbt, hle, hlt⟩ := ih hT
      have hs' : ∀ s, s < T + 1 → s < T ∨ s = T := fun s hs => by omega
      obtain ⟨h, k⟩ | ⟨h, k⟩ := hstep T <;> rw [hbt] at k
      · have hall : ∀ s, s < T → norm (P.gradient S (f T)) < norm (P.gradient S (f s)) :=
          fun s hs => Std.lt_of_lt_of_le k (hle s hs)
        refine ⟨T, Nat.lt_succ_self T, h, fun s hs => ?_, hall⟩
        obtain hs | rfl := hs' s hs
        · exact Std.le_of_lt (hall s hs)
        · exact Std.le_refl _
      · refine ⟨t, Nat.lt_succ_of_lt ht, h.trans hbt, fun s hs => ?_, hlt⟩
        obtain hs | rfl := hs' s hs
        · exact hle s hs
        · exact k

private theorem mul_le_of_or {T a b e : R} (hT : 0 ≤ T) (ha : 0 ≤ a) (hb : 0 ≤ b)
    (h : e = a ∧ a < b ∨ e = b ∧ b ≤ a) : (T + 1) * (e * e) ≤ T * (b * b) + a * a := by
  obtain ⟨rfl, h⟩ | ⟨rfl, h⟩ := h
  · have h1 := mul_le_mul_left (mul_le_mul (Std.le_of_lt h) (Std.le_of_lt h) hb ha) hT
    grind
  · have h1 := mul_le_mul h h ha hb
    grind

/-- `T E‖∇J_S(θ̂)‖² ≤ Σ_{t<T} E‖∇J_S(θ_t)‖²`. -/
private theorem mul_expectSample_le (hn : 0 < n) (T : Nat) :
    (T : R) * expectSample uniform (fun draws : Fin T → Fin n =>
      norm (P.gradient S (P.leastGradientIterate S θ0 η draws)) *
        norm (P.gradient S (P.leastGradientIterate S θ0 η draws))) ≤
    sum fun t : Fin T => expectSample uniform fun draws : Fin t → Fin n =>
      norm (P.gradient S (P.stochasticAscent S θ0 η draws)) *
        norm (P.gradient S (P.stochasticAscent S θ0 η draws)) := by
  have hu := uniform_isProb (R := R) hn
  induction T with
  | zero => simp only [sum]; grind
  | succ T ih =>
    have h := expectSample_mono hu.nonneg fun draws : Fin (T + 1) → Fin n =>
      mul_le_of_or (natCast_nonneg (R := R) T) (norm_nonneg _) (norm_nonneg _)
        ((P.leastGradientIterate_succ S θ0 (η := η) draws).imp
          (And.imp_left (congrArg fun v => norm (P.gradient S v)))
          (And.imp_left (congrArg fun v => norm (P.gradient S v))))
    rw [expectSample_mul, expectSample_add, expectSample_mul,
      expectSample_castSucc hu fun draws => norm (P.gradient S (P.leastGradientIterate S θ0 η
        draws)) * norm (P.gradient S (P.leastGradientIterate S θ0 η draws)),
      expectSample_castSucc hu fun draws => norm (P.gradient S (P.stochasticAscent S θ0 η draws)) *
        norm (P.gradient S (P.stochasticAscent S θ0 η draws))] at h
    rw [sum_castSucc]
    have e : ((T + 1 : Nat) : R) = (T : R) + 1 := by grind
    rw [e]
    refine Std.le_trans h ?_
    simp only [Fin.val_castSucc, Fin.val_last]
    clear h e
    grind

variable {T : Nat} (hB : P.FeatureBound B) (hn : 0 < n) (hT : 0 < T)
include hB hn hT

/-- `E‖∇J_S(θ̂)‖² ≤ K² ρ² / T`, `K = B²/λ`, `ρ = ‖θ* - θ_0‖`. -/
theorem expectSample_norm_mul_self_le :
    expectSample uniform (fun draws : Fin T → Fin n =>
      norm (P.gradient S (P.leastGradientIterate S θ0 (P.klCoef / (B * B)) draws)) *
        norm (P.gradient S (P.leastGradientIterate S θ0 (P.klCoef / (B * B)) draws))) ≤
    B * B / P.klCoef * norm (P.trueParam - θ0) * (B * B / P.klCoef * norm (P.trueParam - θ0)) /
      (T : R) := by
  have hu := uniform_isProb (R := R) hn
  have hK := P.cocoercivity_constant_nonneg B
  have h1 := P.mul_expectSample_le S θ0 (η := P.klCoef / (B * B)) hn T
  have h2 := sum_mono fun t : Fin T => expectSample_mono (n := t) hu.nonneg fun draws =>
    P.gradient_cocoercive S (P.stochasticAscent S θ0 (P.klCoef / (B * B)) draws) hB
  have h3 := mul_le_mul_left (P.sum_expectSample_inner_le S θ0 hB hn T) hK
  rw [sum_congr fun t : Fin T => expectSample_mul (n := t) _ _, sum_mul] at h2
  rw [le_div_iff (natCast_pos hT)]
  have h := Std.le_trans h1 (Std.le_trans h2 h3)
  grind

/-- `E‖∇J_S(θ̂)‖ ≤ K ρ / √T`, `K = B²/λ`, `ρ = ‖θ* - θ_0‖`. -/
theorem expectSample_norm_le : expectSample uniform (fun draws : Fin T → Fin n =>
      norm (P.gradient S (P.leastGradientIterate S θ0 (P.klCoef / (B * B)) draws))) ≤
    B * B / P.klCoef * norm (P.trueParam - θ0) / sqrt (T : R) := by
  have hu := uniform_isProb (R := R) hn
  exact le_div_sqrt (expectSample_nonneg hu.nonneg fun _ => norm_nonneg _)
    (mul_nonneg (P.cocoercivity_constant_nonneg B) (norm_nonneg _)) (natCast_pos hT)
    (Std.le_trans (RLHF.expectSample_mul_self_le hu _)
      (P.expectSample_norm_mul_self_le S θ0 hB hn hT))

end Problem

end RLHF
