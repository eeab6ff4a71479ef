module
public import RLHF.Gradient.Defs
public import RLHF.Probability.Expect

/-!
# Gradient ascent

What is modelled: full-batch gradient ascent on the empirical objective; stochastic gradient ascent
that samples a prompt, a prompt and two actions, or a noisy gradient.

## Conventions
* `θ_t` is a function of the first `t` draws, `draws : Fin t → Ω`.

## Main definitions
* `Problem.gradientAscent`, `Problem.stochasticAscent`, `Problem.pairwiseAscent`,
  `projectedAscent`: the iterates `θ_t`. `Problem.leastGradientIterate`: the one to return.
* `Problem.pairwiseTransition`: one step in expectation.
* `projBall`, `Problem.NoisyOracle`; `Problem.SampledGradient`, `projectedTransition`, where the law
  of the estimates depends on `θ`.

## Not covered
Step sizes that vary with `t`.

## References
arXiv 2601.16403, gradient ascent and stochastic gradient ascent.
-/

@[expose] public section

namespace RLHF

attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R] {N m d n k : Nat}

/-- Iterates of **gradient ascent** on `J_S`: `θ_0 = θ0` and `θ_{t+1} = θ_t + η ∇J_S(θ_t)`. -/
noncomputable def Problem.gradientAscent (P : Problem R N m d) (S : Fin n → Fin N)
    (θ0 : Vec R d) (η : R) : Nat → Vec R d
  | 0 => θ0
  | t + 1 => P.gradientAscent S θ0 η t + η * P.gradient S (P.gradientAscent S θ0 η t)

/-- Projection onto the closed ball of radius `r` about `c`: `v` itself if `‖v - c‖ ≤ r`, else
`c + (r / ‖v - c‖)(v - c)`. -/
noncomputable def projBall (c : Vec R d) (r : R) (v : Vec R d) : Vec R d :=
  open Classical in if norm (v - c) ≤ r then v else c + (r / norm (v - c)) * (v - c)

namespace Problem

variable (P : Problem R N m d) (S : Fin n → Fin N) (θ0 : Vec R d) (η : R)

/-- Iterate `θ_t` of **stochastic gradient ascent** on `J_S` that samples one prompt a step and
takes the full expectation over actions: `θ_{s+1} = θ_s + η ∇J_{x_i}(θ_s)` with `i` the draw
`i_s` and `x_i` the prompt `S i`. -/
noncomputable def stochasticAscent {t : Nat} (draws : Fin t → Fin n) : Vec R d :=
  iterateAlong (fun i θ => θ + η * P.gradientAt (S i) θ) θ0 draws

/-- Output of stochastic gradient ascent: of the iterates `θ_t`, `t < T`, the first one at which
`‖∇J_S(θ_t)‖` is least, found by keeping the best so far. The last draw leads to `θ_T` and does not
matter; for `T = 0` it is `θ_0`. -/
noncomputable def leastGradientIterate : {T : Nat} → (Fin T → Fin n) → Vec R d
  | 0, _ => θ0
  | T + 1, draws => open Classical in
    if norm (P.gradient S (P.stochasticAscent S θ0 η fun s : Fin T => draws s.castSucc)) <
        norm (P.gradient S (leastGradientIterate fun s : Fin T => draws s.castSucc)) then
      P.stochasticAscent S θ0 η fun s : Fin T => draws s.castSucc
    else leastGradientIterate fun s : Fin T => draws s.castSucc

/-- Iterate `θ_t` of **pairwise stochastic gradient ascent** along given prompts and pairs of
actions: `θ_{s+1} = θ_s + η g_s` with `g_s = ⟨δ, θ* - θ_s⟩ / (2λ) · δ`, `δ = φ(x_i, a) - φ(x_i, b)`,
for the draw `(i, a, b)` of step `s`. -/
noncomputable def pairwiseAscent {t : Nat} (draws : Fin t → Fin n × Fin m × Fin m) : Vec R d :=
  iterateAlong (fun ω θ => θ + η * P.pairGradient (S ω.1) θ ω.2.1 ω.2.2) θ0 draws

/-- One step of pairwise stochastic gradient ascent in expectation: the prompt `x_i` uniform on the
sample, two actions independent from `π_θ(· | x_i)`. -/
noncomputable def pairwiseTransition (F : Vec R d → R) (θ : Vec R d) : R :=
  average fun i => mean (P.policy (S i) θ) fun a => mean (P.policy (S i) θ) fun b =>
    F (θ + η * P.pairGradient (S i) θ a b)

/-- A **noisy gradient oracle** for `J_S` on the ball of radius `r` about `c`: `k` outcomes with
weights `w`, the same at each `θ`, and estimates `g_ω(θ)` with `E_ω g_ω(θ) = ∇J_S(θ)` and
`E_ω ‖g_ω(θ) - ∇J_S(θ)‖² ≤ s²` for `‖θ - c‖ ≤ r`. With `s = 0` the estimates that have positive
weight are exact. -/
structure NoisyOracle (w : Fin k → R) (g : Fin k → Vec R d → Vec R d) (c : Vec R d) (r s : R) :
    Prop where
  /-- The weights are probabilities. -/
  isProb : IsProb w
  /-- `E_ω g_ω(θ) = ∇J_S(θ)` on the ball. -/
  unbiased : ∀ θ, norm (θ - c) ≤ r → meanVec w (fun ω => g ω θ) = P.gradient S θ
  /-- `E_ω ‖g_ω(θ) - ∇J_S(θ)‖² ≤ s²` on the ball. -/
  variance_le : ∀ θ, norm (θ - c) ≤ r → mean w (fun ω => norm (g ω θ - P.gradient S θ) *
    norm (g ω θ - P.gradient S θ)) ≤ s * s

/-- A **sampled gradient** of `J_S` on the ball of radius `r` about `c`: at each `θ` a law of
estimates `g`, from outcomes of any kind, with `E⟨g, u⟩ = ⟨∇J_S(θ), u⟩` and
`E‖g‖² ≤ L ⟨∇J_S(θ), u⟩ + s²` for `‖θ - c‖ ≤ r`, `u = θ* - θ`. What is due to sampled prompts and
actions is in `L`, and `s²` bounds the noise that is left at `θ*`. -/
structure SampledGradient (law : Vec R d → Expect R (Vec R d)) (c : Vec R d) (r L s : R) :
    Prop where
  /-- `E⟨g, u⟩ = ⟨∇J_S(θ), u⟩` on the ball. -/
  unbiased : ∀ θ, norm (θ - c) ≤ r → (law θ fun g => inner g (P.trueParam - θ)) =
    inner (P.gradient S θ) (P.trueParam - θ)
  /-- `E‖g‖² ≤ L ⟨∇J_S(θ), u⟩ + s²` on the ball. -/
  moment_le : ∀ θ, norm (θ - c) ≤ r → (law θ fun g => norm g * norm g) ≤
    L * inner (P.gradient S θ) (P.trueParam - θ) + s * s

end Problem

/-- One step of projected ascent in expectation, along an estimate `g` of the law at `θ`:
`E[F(θ_{t+1})]`, where `θ_{t+1}` is the projection of `θ + η g` onto the ball. -/
noncomputable def projectedTransition (law : Vec R d → Expect R (Vec R d)) (c : Vec R d) (r η : R)
    (F : Vec R d → R) (θ : Vec R d) : R := law θ fun g => F (projBall c r (θ + η * g))

/-- Iterate `θ_t` of **projected stochastic ascent** along given draws: `θ_{s+1}` is the projection
of `θ_s + η g_ω(θ_s)` onto the ball of radius `r` about `c`, `ω` the draw of step `s`. -/
noncomputable def projectedAscent (g : Fin k → Vec R d → Vec R d) (c : Vec R d) (r : R)
    (θ0 : Vec R d) (η : R) {t : Nat} (draws : Fin t → Fin k) : Vec R d :=
  iterateAlong (fun ω θ => projBall c r (θ + η * g ω θ)) θ0 draws

end RLHF
