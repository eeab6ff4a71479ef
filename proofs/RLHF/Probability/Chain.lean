module
public import RLHF.Probability.Defs
public import RLHF.Probability.Sample

/-!
# Ascent as a Markov chain

What is modelled: expectations `E[F(θ_t)]` along a Markov chain given by its transition operator,
and the drift inequality from which every rate in expectation follows.

## Main definitions
* `IsTransition`: a transition operator that keeps a set.

## Main results
* `expectSample_iterateAlong`: for independent draws, the expectation over the draws is the
  transition operator applied `t` times.
* `IsTransition.sum_expectIterate_le`: `Σ_{t<T} E[F(θ_t)] ≤ V(θ_0) + T c` from the drift
  `E[V(θ_1)] ≤ V(θ_0) - F(θ_0) + c`.

## References
arXiv 2601.16403, stochastic gradient ascent.
-/

public section

namespace RLHF

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R] {d k : Nat}

omit [ExpField R] in
theorem iterateAlong_cons (next : Fin k → Vec R d → Vec R d) (θ0 : Vec R d) {t : Nat} (ω : Fin k)
    (draws : Fin t → Fin k) : iterateAlong next θ0 (consSample ω draws) =
      iterateAlong next (next ω θ0) draws := by
  induction t with
  | zero => rfl
  | succ t ih =>
    have h : (fun s : Fin (t + 1) => consSample ω draws s.castSucc) =
        consSample ω fun s => draws s.castSucc := by
      funext s
      cases s using Fin.cases with
      | zero => rfl
      | succ s => rfl
    show next _ (iterateAlong next θ0 fun s => consSample ω draws s.castSucc) = _
    rw [h, ih]
    rfl

/-- Expectation over independent draws, one step at a time. -/
theorem expectSample_iterateAlong (w : Fin k → R) (next : Fin k → Vec R d → Vec R d)
    (F : Vec R d → R) (t : Nat) (θ : Vec R d) :
    expectSample w (fun draws : Fin t → Fin k => F (iterateAlong next θ draws)) =
      expectIterate (fun F θ => mean w fun ω => F (next ω θ)) t F θ := by
  induction t generalizing θ with
  | zero => rfl
  | succ t ih =>
    rw [expectSample, expectIterate]
    exact mean_congr fun ω => by simp only [iterateAlong_cons, ih]

/-- A **transition operator** that keeps the set `I`: `(step F)(θ) = E[F(θ_1) | θ_0 = θ]`. -/
structure IsTransition (step : (Vec R d → R) → Vec R d → R) (I : Vec R d → Prop) : Prop where
  /-- Additive. -/
  add : ∀ F G θ, step (fun θ => F θ + G θ) θ = step F θ + step G θ
  /-- Homogeneous. -/
  mul : ∀ c F θ, step (fun θ => c * F θ) θ = c * step F θ
  /-- Keeps constants. -/
  const : ∀ c θ, step (fun _ => c) θ = c
  /-- Monotone on `I`; the chain does not leave `I`. -/
  mono : ∀ F G θ, I θ → (∀ θ, I θ → F θ ≤ G θ) → step F θ ≤ step G θ

/-- Independent draws with weights `w` that keep `I` give a transition operator. -/
theorem isTransition_mean {w : Fin k → R} (hw : IsProb w) {next : Fin k → Vec R d → Vec R d}
    {I : Vec R d → Prop} (hI : ∀ ω θ, I θ → I (next ω θ)) :
    IsTransition (fun F θ => mean w fun ω => F (next ω θ)) I where
  add _ _ _ := mean_add _ _
  mul _ _ _ := mean_mul _ _
  const c _ := mean_const hw c
  mono _ _ θ hθ h := mean_mono hw.nonneg fun ω => h _ (hI ω θ hθ)

namespace IsTransition

variable {step : (Vec R d → R) → Vec R d → R} {I : Vec R d → Prop} {θ : Vec R d}

theorem expectIterate_mono (h : IsTransition step I) {F G : Vec R d → R}
    (hFG : ∀ θ, I θ → F θ ≤ G θ) (t : Nat) (hθ : I θ) :
    expectIterate step t F θ ≤ expectIterate step t G θ := by
  induction t generalizing θ with
  | zero => exact hFG θ hθ
  | succ t ih => exact h.mono _ _ θ hθ fun θ hθ => ih hθ

theorem expectIterate_mul (h : IsTransition step I) (c : R) (F : Vec R d → R) (t : Nat)
    (θ : Vec R d) :
    expectIterate step t (fun θ => c * F θ) θ = c * expectIterate step t F θ := by
  induction t generalizing θ with
  | zero => rfl
  | succ t ih => rw [expectIterate, funext ih, h.mul, expectIterate]

theorem expectIterate_affine (h : IsTransition step I) (c b : R) (F : Vec R d → R) (t : Nat)
    (θ : Vec R d) :
    expectIterate step t (fun θ => c * F θ + b) θ = c * expectIterate step t F θ + b := by
  induction t generalizing θ with
  | zero => rfl
  | succ t ih => rw [expectIterate, funext ih, h.add, h.mul, h.const, expectIterate]

theorem step_sum (h : IsTransition step I) {T : Nat} (F : Fin T → Vec R d → R) (θ : Vec R d) :
    step (fun θ => sum fun t => F t θ) θ = sum fun t => step (F t) θ := by
  induction T with
  | zero => simp only [sum, h.const]
  | succ T ih => simp only [sum, h.add, ih]

/-- Drift: if `E[V(θ_1)] ≤ V(θ_0) - F(θ_0) + c` from each point of `I` and `V ≥ 0`, then
`Σ_{t<T} E[F(θ_t)] ≤ V(θ_0) + T c`. -/
theorem sum_expectIterate_le (h : IsTransition step I) {F V : Vec R d → R} {c : R}
    (hV : ∀ θ, I θ → 0 ≤ V θ) (hdrift : ∀ θ, I θ → step V θ ≤ V θ - F θ + c) (T : Nat)
    (hθ : I θ) : sum (fun t : Fin T => expectIterate step t F θ) ≤ V θ + (T : R) * c := by
  induction T generalizing θ with
  | zero =>
    have := hV θ hθ
    simp only [sum]
    grind
  | succ T ih =>
    have h1 := h.mono _ _ θ hθ fun θ hθ => ih hθ
    have h2 := hdrift θ hθ
    rw [h.step_sum, h.add, h.const] at h1
    simp only [sum_succ, Fin.val_zero, Fin.val_succ, expectIterate]
    grind

end IsTransition

end RLHF
