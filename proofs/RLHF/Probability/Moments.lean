module
public import RLHF.Probability.Expect

/-!
# Moments of an expectation

What is modelled: what holds of every expectation, whatever its outcomes.

## Main results
* Linearity, monotonicity, `Expect.const`, `Expect.sum`.
* `Expect.abs_le` and `Expect.mul_self_le`: Jensen for the absolute value and for the square.
* `Expect.mul_self_le_mul`: Cauchy–Schwarz.
* `Expect.variance_eq`, `Expect.variance_nonneg`, `Expect.variance_le`: the mean is the best
  constant.
* `Expect.markov`, `Expect.chebyshev`, `Expect.chebyshev_variance`.
* `Expect.bind_apply`, `Expect.pi_succ`, `Expect.twoLevel_apply`: a nested expectation is one inside
  the other; `Expect.bind_fst`, `Expect.pi_apply`: its marginals.
* `Expect.sample_ofWeights`: `expectSample` is one of them.
-/

public section

namespace RLHF

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u v w
variable {R : Type u} [ExpField R] {Ω : Type v} {Ω' : Type w} {m n k : Nat}

namespace Expect

variable (E : Expect R Ω)

/-! ### Linearity and order -/

theorem congr {F G : Ω → R} (h : ∀ ω, F ω = G ω) : E F = E G := by rw [funext h]

theorem add (F G : Ω → R) : E (fun ω => F ω + G ω) = E F + E G := E.add' F G

theorem mul (c : R) (F : Ω → R) : E (fun ω => c * F ω) = c * E F := E.mul' c F

theorem neg (F : Ω → R) : E (fun ω => -F ω) = -E F := by
  have h := E.mul (-1) F
  rw [E.congr (G := fun ω => -F ω) fun ω => by grind] at h
  grind

theorem sub (F G : Ω → R) : E (fun ω => F ω - G ω) = E F - E G := by
  have h := E.add F fun ω => -G ω
  rw [E.neg, E.congr (G := fun ω => F ω - G ω) fun ω => by grind] at h
  grind

theorem div (F : Ω → R) (c : R) : E (fun ω => F ω / c) = E F / c := by
  have h := E.mul c⁻¹ F
  rw [E.congr (G := fun ω => F ω / c) fun ω => by grind] at h
  grind

/-- The expectation of a constant. -/
theorem const (c : R) : E (fun _ => c) = c := by
  have h := E.mul c fun _ => 1
  rw [E.one', E.congr (G := fun _ => c) fun ω => by grind] at h
  grind

theorem sum (F : Fin m → Ω → R) :
    E (fun ω => RLHF.sum fun i => F i ω) = RLHF.sum fun i => E (F i) := by
  induction m with
  | zero => exact E.const 0
  | succ m ih => exact (E.add (F 0) _).trans (congrArg (E (F 0) + ·) (ih fun i => F i.succ))

theorem average (F : Fin m → Ω → R) :
    E (fun ω => RLHF.average fun i => F i ω) = RLHF.average fun i => E (F i) := by
  unfold RLHF.average
  rw [E.div, E.sum]

theorem mono {F G : Ω → R} (h : ∀ ω, F ω ≤ G ω) : E F ≤ E G := E.mono' F G h

theorem nonneg {F : Ω → R} (h : ∀ ω, 0 ≤ F ω) : 0 ≤ E F := E.const 0 ▸ E.mono h

theorem le_of_forall_le {F : Ω → R} {c : R} (h : ∀ ω, F ω ≤ c) : E F ≤ c := E.const c ▸ E.mono h

theorem le_of_forall_ge {F : Ω → R} {c : R} (h : ∀ ω, c ≤ F ω) : c ≤ E F := E.const c ▸ E.mono h

/-- `|E F| ≤ E |F|`. -/
theorem abs_le (F : Ω → R) : abs (E F) ≤ E fun ω => abs (F ω) := by
  have h1 := E.mono fun ω => le_abs (F ω)
  have h2 := E.mono fun ω => neg_le_abs (F ω)
  rw [E.neg] at h2
  rw [RLHF.abs_le]
  grind

/-! ### Second moments -/

/-- `E[(F - c)²] = E F² - 2 c E F + c²`. -/
theorem sub_mul_self (F : Ω → R) (c : R) : E (fun ω => (F ω - c) * (F ω - c)) =
    E (fun ω => F ω * F ω) - 2 * c * E F + c * c := by
  have e : ∀ ω, (F ω - c) * (F ω - c) = F ω * F ω - 2 * c * F ω + c * c := fun ω => by grind
  rw [E.congr e, E.add, E.sub, E.mul, E.const]

theorem variance_eq (F : Ω → R) : E.variance F = E (fun ω => F ω * F ω) - E F * E F := by
  unfold variance
  rw [E.sub_mul_self]
  grind

theorem variance_nonneg (F : Ω → R) : 0 ≤ E.variance F := E.nonneg fun _ => mul_self_nonneg _

/-- The mean is the best constant: `Var F ≤ E[(F - c)²]`. -/
theorem variance_le (F : Ω → R) (c : R) : E.variance F ≤ E fun ω => (F ω - c) * (F ω - c) := by
  have := mul_self_nonneg (E F - c)
  rw [E.variance_eq, E.sub_mul_self]
  grind

/-- Jensen for the square: `(E F)² ≤ E F²`. -/
theorem mul_self_le (F : Ω → R) : E F * E F ≤ E fun ω => F ω * F ω := by
  have := E.variance_nonneg F
  rw [E.variance_eq] at this
  grind

/-- Cauchy–Schwarz: `E[F G]² ≤ E F² · E G²`. -/
theorem mul_self_le_mul (F G : Ω → R) : E (fun ω => F ω * G ω) * E (fun ω => F ω * G ω) ≤
    E (fun ω => F ω * F ω) * E (fun ω => G ω * G ω) := by
  refine mul_self_le_mul_of_quadratic (E.nonneg fun _ => mul_self_nonneg _) fun s t => ?_
  have h := E.nonneg fun ω => mul_self_nonneg (s * F ω + t * G ω)
  have e : ∀ ω, (s * F ω + t * G ω) * (s * F ω + t * G ω) =
      (s * s) * (F ω * F ω) + (2 * s * t) * (F ω * G ω) + (t * t) * (G ω * G ω) := fun ω => by grind
  rw [E.congr e, E.add, E.add, E.mul, E.mul, E.mul] at h
  exact h

/-! ### Tails -/

/-- Markov: `P(F ≥ t) ≤ E F / t` for `F ≥ 0` and `t > 0`. -/
theorem markov {F : Ω → R} (hF : ∀ ω, 0 ≤ F ω) {t : R} (ht : 0 < t) :
    E.prob (fun ω => t ≤ F ω) ≤ E F / t := by
  unfold prob
  rw [← E.div]
  refine E.mono fun ω => ?_
  rw [le_div_iff ht]
  have := hF ω
  unfold indicator
  split <;> grind

/-- Chebyshev: `P(|F| ≥ t) ≤ E F² / t²` for `t > 0`. -/
theorem chebyshev (F : Ω → R) {t : R} (ht : 0 < t) :
    E.prob (fun ω => t ≤ abs (F ω)) ≤ E (fun ω => F ω * F ω) / (t * t) := by
  have h := E.markov (F := fun ω => F ω * F ω) (fun ω => mul_self_nonneg _) (mul_pos ht ht)
  refine Std.le_trans (E.mono fun ω => ?_) h
  have hi : t ≤ abs (F ω) ↔ t * t ≤ F ω * F ω := by
    rw [← abs_mul_abs (F ω), mul_self_le_iff (by grind) (abs_nonneg _)]
  show indicator (t ≤ abs (F ω)) ≤ indicator (t * t ≤ F ω * F ω)
  rw [hi]
  exact Std.le_refl _

/-- Chebyshev about the mean: `P(|F - E F| ≥ t) ≤ Var F / t²` for `t > 0`. -/
theorem chebyshev_variance (F : Ω → R) {t : R} (ht : 0 < t) :
    E.prob (fun ω => t ≤ abs (F ω - E F)) ≤ E.variance F / (t * t) :=
  E.chebyshev (fun ω => F ω - E F) ht

/-! ### Nesting -/

theorem bind_apply (K : Ω → Expect R Ω') (F : Ω × Ω' → R) :
    E.bind K F = E fun ω => K ω fun ω' => F (ω, ω') := rfl

/-- The first outcome has the first law. -/
theorem bind_fst (K : Ω → Expect R Ω') (g : Ω → R) : E.bind K (fun ω => g ω.1) = E g :=
  E.congr fun ω => (K ω).const (g ω)

theorem pi_succ (E : Fin (n + 1) → Expect R Ω) (F : (Fin (n + 1) → Ω) → R) :
    pi E F = E 0 fun ω => pi (fun i => E i.succ) fun S => F fun i => Fin.cases ω S i := rfl

/-- The `i`-th outcome has the `i`-th law. -/
theorem pi_apply (E : Fin n → Expect R Ω) (g : Ω → R) (i : Fin n) :
    pi E (fun S => g (S i)) = E i g := by
  induction n with
  | zero => exact i.elim0
  | succ n ih =>
    rw [pi_succ]
    cases i using Fin.cases with
    | zero => exact (E 0).congr fun ω => (pi fun i => E i.succ).const (g ω)
    | succ i => exact ((E 0).congr fun ω => ih (fun i => E i.succ) i).trans ((E 0).const _)

theorem twoLevel_apply (K : Ω → Expect R Ω') (F : (Fin n → Ω) × (Fin n → Fin k → Ω') → R) :
    E.twoLevel K n k F = E.sample n fun x => pi (fun i => (K (x i)).sample k) fun y => F (x, y) :=
  rfl

/-- `expectSample` is the expectation of a sample under probability weights. -/
theorem sample_ofWeights {D : Fin m → R} (hD : IsProb D) (F : (Fin n → Fin m) → R) :
    (ofWeights hD).sample n F = expectSample D F := by
  induction n with
  | zero => rfl
  | succ n ih => exact mean_congr fun x => ih _

end Expect

end RLHF
