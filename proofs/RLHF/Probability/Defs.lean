module
public import RLHF.Foundations.Defs

/-!
# Divergence, samples, chains

What is modelled: the Kullback–Leibler divergence and the third cumulant on a finite set;
expectations over `n` independent draws `S = (x_1, …, x_n) ~ D^n` as finite product sums;
expectations along a Markov chain.

## Conventions
* A sample is a function `S : Fin n → Fin N`; draws may repeat.
* A probability is the expectation of an indicator.
* Where draws are independent with fixed weights, the expectation over them is `expectSample`.
  Where their weights depend on the current point, it is `expectIterate`, one step after the other.
  The two agree: `expectSample_iterateAlong`.

## Main definitions
* `klDiv`, `cumulant3`.
* `consSample`, `replaceAt`: prepend a draw, replace one draw.
* `expectSample D F`: `E_{S ~ D^n} F(S)`; `probSample D E`: the probability of an event.
* `iterateAlong`, `expectIterate`: a point moved along draws, and its expectation.

## Not covered
Sampling without replacement.
-/

@[expose] public section

namespace RLHF

attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R] {N m d n : Nat}

/-! ### One distribution -/

/-- Kullback–Leibler divergence `KL(p ‖ q) = Σ_a p_a log (p_a / q_a)` in nats. A term with `p_a = 0`
is `0`, whatever `log 0` is. -/
noncomputable def klDiv (p q : Fin m → R) : R := sum fun a => p a * log (p a / q a)

/-- Third joint cumulant `κ₃(f, g, h) = E_p[(f - E_p f)(g - E_p g)(h - E_p h)]`. -/
noncomputable def cumulant3 (p f g h : Fin m → R) : R :=
  mean p fun a => (f a - mean p f) * (g a - mean p g) * (h a - mean p h)

/-! ### Samples -/

/-- The sample `(x, S_1, …, S_n)`. -/
noncomputable def consSample (x : Fin N) (S : Fin n → Fin N) : Fin (n + 1) → Fin N :=
  fun i => Fin.cases x S i

/-- The sample `S` with its entry `i` replaced by the prompt `x`. -/
def replaceAt (S : Fin n → Fin N) (i : Fin n) (x : Fin N) : Fin n → Fin N :=
  fun j => if j = i then x else S j

/-- Expectation `E_{S ~ D^n} F(S) = Σ_S D(S_1)⋯D(S_n) F(S)` over `n` independent prompts with
weights `D`, one prompt after the other; for `n = 0` it is `F` at the empty sample. -/
noncomputable def expectSample (D : Fin N → R) : {n : Nat} → ((Fin n → Fin N) → R) → R
  | 0, F => F fun i => i.elim0
  | _ + 1, F => mean D fun x => expectSample D fun S => F (consSample x S)

/-- Indicator of a proposition: `1` if it holds, else `0`. -/
noncomputable def indicator (p : Prop) : R := open Classical in if p then 1 else 0

/-- Probability `P_{S ~ D^n}(E(S))` of an event, the expectation of its indicator. -/
noncomputable def probSample (D : Fin N → R) (E : (Fin n → Fin N) → Prop) : R :=
  expectSample D fun S => indicator (E S)

/-! ### Chains -/

/-- Uniform weights `1/n` on `n` outcomes. -/
noncomputable def uniform (_ : Fin n) : R := 1 / (n : R)

/-- Point `θ_t` reached from `θ_0 = θ0` by `θ_{s+1} = next(ω_s, θ_s)` along the draws
`ω_0, …, ω_{t-1}`; without draws it is `θ0`. -/
noncomputable def iterateAlong {Ω : Type} (next : Ω → Vec R d → Vec R d) (θ0 : Vec R d) :
    {t : Nat} → (Fin t → Ω) → Vec R d
  | 0, _ => θ0
  | t + 1, draws => next (draws (Fin.last t)) (iterateAlong next θ0 fun s => draws s.castSucc)

/-- Expectation `E[F(θ_t)]` along the Markov chain from `θ_0 = θ` whose transition operator is
`step`, `(step F)(θ) = E[F(θ_{s+1}) | θ_s = θ]`: the operator applied `t` times to `F`. -/
noncomputable def expectIterate (step : (Vec R d → R) → Vec R d → R) :
    Nat → (Vec R d → R) → Vec R d → R
  | 0, F, θ => F θ
  | t + 1, F, θ => step (expectIterate step t F) θ

end RLHF
