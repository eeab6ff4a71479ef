module
public import RLHF.Papers.Generalisation.Suboptimality.WithoutCoverage
public import RLHF.Probability.Hoeffding.Mean

/-!
# Leave one out, with high probability

What is modelled: the mass of the prompts that a sample leaves open, in probability. A sample of
`b L` prompts is `L` samples of `b` prompts, and leaves no prompt open that one of them does not.

## Main definitions
* `appendSample`: one sample after another.

## Main results
* `Problem.probSample_leavesOpen_le`: that mass is at least `t` with probability at most
  `(k / (t (b + 1)))^L`, if `b L ≤ n`.
* `Problem.population_gap_le_leavesOpen`: the gap of a stationary point is at most that mass times
  the largest gap at a prompt.

## References
arXiv 2601.16403, cf. Assumption 5 (feature coverage).
-/

public section

namespace RLHF

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R] {N m d n b k : Nat} {D : Fin N → R}

/-! ### One sample after another -/

/-- The prompts of `T`, then those of `S`. -/
noncomputable def appendSample (S : Fin m → Fin N) :
    {b : Nat} → (Fin b → Fin N) → Fin (m + b) → Fin N
  | 0, _ => S
  | _ + 1, T => consSample (T 0) (appendSample S fun i => T i.succ)

private theorem expectSample_append (F : (Fin (m + b) → Fin N) → R) : expectSample D F =
    expectSample D fun T : Fin b → Fin N => expectSample D fun S : Fin m → Fin N =>
      F (appendSample S T) := by
  induction b with
  | zero => rfl
  | succ b ih => exact mean_congr fun x => ih fun U => F (consSample x U)

private theorem exists_append_left (S : Fin m → Fin N) (T : Fin b → Fin N) (i : Fin m) :
    ∃ j, appendSample S T j = S i := by
  induction b with
  | zero => exact ⟨i, rfl⟩
  | succ b ih =>
    obtain ⟨j, hj⟩ := ih fun l => T l.succ
    exact ⟨j.succ, hj⟩

private theorem exists_append_right (S : Fin m → Fin N) (T : Fin b → Fin N) (i : Fin b) :
    ∃ j, appendSample S T j = T i := by
  induction b with
  | zero => exact i.elim0
  | succ b ih =>
    cases i using Fin.cases with
    | zero => exact ⟨(0 : Fin (m + b + 1)), rfl⟩
    | succ i =>
      obtain ⟨j, hj⟩ := ih (fun l => T l.succ) i
      exact ⟨j.succ, hj⟩

namespace Problem

variable {M : Nat} {P : Problem R N M d} {t : R}

/-! ### The mass of the open prompts -/

/-- What leaves a prompt open leaves it open with fewer prompts, too. -/
theorem LeavesOpen.mono {n' : Nat} {S : Fin n → Fin N} {S' : Fin n' → Fin N} {x : Fin N}
    (h : ∀ i, ∃ j, S' j = S i) (hx : P.LeavesOpen S' x) : P.LeavesOpen S x := by
  obtain ⟨u, hu, hab⟩ := hx
  refine ⟨u, fun i => ?_, hab⟩
  obtain ⟨j, hj⟩ := h i
  rw [← hj]
  exact hu j

private theorem mass_mono (hD : IsProb D) {n' : Nat} {S : Fin n → Fin N} {S' : Fin n' → Fin N}
    (h : ∀ i, ∃ j, S' j = S i) : (mean D fun x => indicator (P.LeavesOpen S' x)) ≤
      mean D fun x => indicator (P.LeavesOpen S x) :=
  mean_mono hD.nonneg fun _ => indicator_mono fun hx => hx.mono h

private theorem probSample_append_le (hD : IsProb D) (r : Nat) :
    probSample D (fun S : Fin (r + b) → Fin N =>
      t ≤ mean D fun x => indicator (P.LeavesOpen S x)) ≤
    probSample D (fun S : Fin r → Fin N => t ≤ mean D fun x => indicator (P.LeavesOpen S x)) *
      probSample D fun S : Fin b → Fin N => t ≤ mean D fun x => indicator (P.LeavesOpen S x) := by
  have each : ∀ (T : Fin b → Fin N) (S : Fin r → Fin N),
      indicator (R := R) (t ≤ mean D fun x => indicator (P.LeavesOpen (appendSample S T) x)) ≤
      indicator (t ≤ mean D fun x => indicator (P.LeavesOpen T x)) *
        indicator (t ≤ mean D fun x => indicator (P.LeavesOpen S x)) := fun T S => by
    by_cases h : t ≤ mean D fun x => indicator (P.LeavesOpen (appendSample S T) x)
    · rw [indicator_of h,
        indicator_of (Std.le_trans h (mass_mono hD (exists_append_right S T))),
        indicator_of (Std.le_trans h (mass_mono hD (exists_append_left S T)))]
      grind
    · rw [indicator_of_not h]
      exact mul_nonneg (by unfold indicator; grind) (by unfold indicator; grind)
  unfold probSample
  rw [expectSample_append]
  have h := expectSample_mono hD.nonneg fun T => expectSample_mono hD.nonneg (each T)
  simp only [expectSample_mul] at h
  generalize (expectSample D fun S : Fin r → Fin N =>
    indicator (R := R) (t ≤ mean D fun x => indicator (P.LeavesOpen S x))) = q at *
  rw [expectSample_congr fun T : Fin b → Fin N => CommSemiring.mul_comm _ q,
    expectSample_mul] at h
  exact h

/-- Markov's inequality. -/
private theorem probSample_leavesOpen_le_div {w : Fin k → Vec R d} (hw : P.SpanDifferences w)
    (hD : IsProb D) (ht : 0 < t) (b : Nat) : probSample D (fun S : Fin b → Fin N =>
      t ≤ mean D fun x => indicator (P.LeavesOpen S x)) ≤ (k : R) / (t * ((b : R) + 1)) := by
  have h := expectSample_mono hD.nonneg fun S : Fin b → Fin N =>
    (by
      have h0 : 0 ≤ mean D fun x => indicator (R := R) (P.LeavesOpen S x) :=
        mean_nonneg hD.nonneg fun x => by unfold indicator; grind
      by_cases h : t ≤ mean D fun x => indicator (P.LeavesOpen S x)
      · rw [indicator_of h]; grind
      · rw [indicator_of_not h]; grind :
      t * indicator (t ≤ mean D fun x => indicator (P.LeavesOpen S x)) ≤
        mean D fun x => indicator (P.LeavesOpen S x))
  rw [expectSample_mul] at h
  have k0 := Std.le_trans h (expectSample_leavesOpen_le hw hD b)
  have hb := natCast_nonneg (R := R) b
  have hb1 : 0 < (b : R) + 1 := by grind
  rw [le_div_iff hb1] at k0
  rw [le_div_iff (mul_pos ht hb1)]
  unfold probSample
  grind

/-- The mass that a sample of `n ≥ b L` prompts leaves open is at least `t` with probability at most
`(k / (t (b + 1)))^L`. -/
theorem probSample_leavesOpen_le {w : Fin k → Vec R d} (hw : P.SpanDifferences w) (hD : IsProb D)
    (ht : 0 < t) (b : Nat) {L : Nat} (hn : b * L ≤ n) : probSample D (fun S : Fin n → Fin N =>
      t ≤ mean D fun x => indicator (P.LeavesOpen S x)) ≤ ((k : R) / (t * ((b : R) + 1))) ^ L := by
  induction L generalizing n with
  | zero => rw [Semiring.pow_zero]; exact probSample_le_one hD _
  | succ L ih =>
    rw [Nat.mul_succ] at hn
    obtain ⟨r, rfl⟩ : ∃ r, n = r + b := ⟨n - b, by omega⟩
    rw [Semiring.pow_succ]
    have h1 := ih (n := r) (by omega)
    have h2 := probSample_leavesOpen_le_div hw hD ht b
    exact Std.le_trans (probSample_append_le hD r) (mul_le_mul h1 h2 (Std.le_trans
      (probSample_nonneg hD _) h1) (probSample_nonneg hD _))

/-- `J(θ*) - J(θ) ≤ G Σ_x D(x) 1(S leaves x open)` if `∇J_S(θ) = 0` and `J_x(θ*) - J_x(θ) ≤ G`. -/
theorem population_gap_le_leavesOpen {S : Fin n → Fin N} {θ : Vec R d}
    (hopt : P.gradient S θ = 0) {G : R}
    (hG : ∀ x, P.objectiveAt x P.trueParam - P.objectiveAt x θ ≤ G) (hD : IsProb D) :
    P.population D P.trueParam - P.population D θ ≤
      G * mean D fun x => indicator (P.LeavesOpen S x) := by
  unfold population
  rw [← mean_sub, ← mean_mul]
  refine mean_mono hD.nonneg fun x => ?_
  by_cases hx : P.LeavesOpen S x
  · rw [indicator_of hx]; have := hG x; grind
  · rw [indicator_of_not hx, objectiveAt_eq_of_not_leavesOpen hopt hx]; grind

/-- Every stationary point within reach of a pointwise bound `G`: with probability at least
`1 - (k / (t (b + 1)))^L` its gap is at most `G t`. -/
theorem le_probSample_gap_of_pointwise {w : Fin k → Vec R d} (hw : P.SpanDifferences w)
    (hD : IsProb D) (ht : 0 < t) (b : Nat) {L : Nat} (hn : b * L ≤ n) {near : Vec R d → Prop}
    {G : R} (hG : ∀ θ, near θ → ∀ x, P.objectiveAt x P.trueParam - P.objectiveAt x θ ≤ G) :
    1 - ((k : R) / (t * ((b : R) + 1))) ^ L ≤ probSample D fun S : Fin n → Fin N =>
      ∀ θ, P.gradient S θ = 0 → near θ →
        P.population D P.trueParam - P.population D θ ≤ G * t := by
  have h := one_sub_probSample_le hD (E := fun S : Fin n → Fin N =>
      t ≤ mean D fun x => indicator (P.LeavesOpen S x))
    (F := fun S : Fin n → Fin N => ∀ θ, P.gradient S θ = 0 → near θ →
      P.population D P.trueParam - P.population D θ ≤ G * t) fun S hS θ hopt hθ => by
    have hG0 : 0 ≤ G := by
      have h1 := hG θ hθ ⟨0, hD.size_pos⟩
      have h2 := P.objectiveAt_le ⟨0, hD.size_pos⟩ θ
      grind
    exact Std.le_trans (population_gap_le_leavesOpen hopt (hG θ hθ) hD)
      (mul_le_mul_left (by grind) hG0)
  have := probSample_leavesOpen_le (n := n) hw hD ht b hn
  grind

end Problem

end RLHF
