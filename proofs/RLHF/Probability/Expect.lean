module
public import RLHF.Foundations.Weighted
public import RLHF.Probability.Defs

/-!
# Expectations

What is modelled: an expectation as what every proof uses of one, a functional on the functions of
an outcome that is linear, monotone and normalised. Outcomes form any type; none is counted.

## Conventions
* `E F`, for an expectation `E` and a function `F`, is the expectation of `F`.
* A probability is the expectation of an indicator.

## Main definitions
* `Expect`; `Expect.prob`, `Expect.variance`.
* `Expect.ofWeights`: the mean under probability weights. `Expect.pure`: one certain outcome.
* `Expect.bind`: one outcome, then another whose law depends on it. `Expect.map`: a function of the
  outcome. `Expect.pi`, `Expect.sample`: independent outcomes. `Expect.twoLevel`: a sample, and for
  each of its entries a sample of its own. All of these are expectations: nesting is closed.

## References
arXiv 2602.21765, cf. its sampling term (prompts, and rollouts for each prompt).
-/

@[expose] public section

namespace RLHF

open Lean.Grind

universe u v w
variable {R : Type u} [ExpField R] {Ω : Type v} {Ω' : Type w} {m n k : Nat}

/-- An **expectation** on the outcomes `Ω`: a linear, monotone, normalised functional on the
functions `Ω → R`. -/
structure Expect (R : Type u) [ExpField R] (Ω : Type v) where
  /-- The expectation of a function. -/
  fn : (Ω → R) → R
  /-- `E[F + G] = E F + E G`. -/
  add' : ∀ F G, fn (fun ω => F ω + G ω) = fn F + fn G
  /-- `E[c F] = c E F`. -/
  mul' : ∀ c F, fn (fun ω => c * F ω) = c * fn F
  /-- `F ≤ G` gives `E F ≤ E G`. -/
  mono' : ∀ F G, (∀ ω, F ω ≤ G ω) → fn F ≤ fn G
  /-- `E 1 = 1`. -/
  one' : fn (fun _ => 1) = 1

namespace Expect

noncomputable instance : CoeFun (Expect R Ω) fun _ => (Ω → R) → R := ⟨fn⟩

/-- Probability `P(A) = E[indicator of A]`. -/
noncomputable def prob (E : Expect R Ω) (A : Ω → Prop) : R := E fun ω => indicator (A ω)

/-- Variance `E[(F - E F)²]`. -/
noncomputable def variance (E : Expect R Ω) (F : Ω → R) : R :=
  E fun ω => (F ω - E F) * (F ω - E F)

/-- The certain outcome `ω`. -/
noncomputable def pure (ω : Ω) : Expect R Ω where
  fn F := F ω
  add' _ _ := rfl
  mul' _ _ := rfl
  mono' _ _ h := h ω
  one' := rfl

/-- The mean under probability weights. -/
noncomputable def ofWeights {p : Fin m → R} (hp : IsProb p) : Expect R (Fin m) where
  fn := mean p
  add' := mean_add
  mul' := mean_mul
  mono' _ _ h := mean_mono hp.nonneg h
  one' := mean_const hp 1

/-- The law of `f` of an outcome. -/
noncomputable def map (E : Expect R Ω) (f : Ω → Ω') : Expect R Ω' where
  fn F := E fun ω => F (f ω)
  add' _ _ := E.add' _ _
  mul' _ _ := E.mul' _ _
  mono' _ _ h := E.mono' _ _ fun ω => h (f ω)
  one' := E.one'

/-- An outcome `ω`, then one of the expectation `K ω` that depends on it. -/
noncomputable def bind (E : Expect R Ω) (K : Ω → Expect R Ω') : Expect R (Ω × Ω') where
  fn F := E fun ω => K ω fun ω' => F (ω, ω')
  add' _ _ := (congrArg E.fn (funext fun ω => (K ω).add' _ _)).trans (E.add' _ _)
  mul' c _ := (congrArg E.fn (funext fun ω => (K ω).mul' c _)).trans (E.mul' c _)
  mono' _ _ h := E.mono' _ _ fun ω => (K ω).mono' _ _ fun ω' => h (ω, ω')
  one' := (congrArg E.fn (funext fun ω => (K ω).one')).trans E.one'

/-- Independent outcomes, the `i`-th of the expectation `E i`, one after the other. -/
noncomputable def pi : {n : Nat} → (Fin n → Expect R Ω) → Expect R (Fin n → Ω)
  | 0, _ => pure fun i => i.elim0
  | _ + 1, E => ((E 0).bind fun _ => pi fun i => E i.succ).map fun ω => Fin.cases ω.1 ω.2

/-- `n` independent outcomes of one expectation. -/
noncomputable def sample (E : Expect R Ω) (n : Nat) : Expect R (Fin n → Ω) := pi fun _ => E

/-- A **two-level sample**: `x_1, …, x_n` of `E`, independent, and given these, for each `i`, `k`
outcomes of `K x_i`, independent. -/
noncomputable def twoLevel (E : Expect R Ω) (K : Ω → Expect R Ω') (n k : Nat) :
    Expect R ((Fin n → Ω) × (Fin n → Fin k → Ω')) :=
  (E.sample n).bind fun x => pi fun i => (K (x i)).sample k

end Expect

end RLHF
