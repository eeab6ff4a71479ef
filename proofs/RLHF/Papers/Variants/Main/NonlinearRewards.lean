module
public import RLHF.Archimedean.Sharp.SecondOrder
public import RLHF.Gradient.Tilt

/-!
# Headline theorems: rewards that are not linear

Every statement of its group, under the name of its entry in the claim table, and nothing else.

## Conventions
* `R` is any exponential ordered field, `E` a setting, `x` a prompt, `r` any reward on the actions.
* `π_s ∝ q exp (s / λ)` is the Boltzmann policy of a reward `s`, `J^r(π) = E_π r - λ KL(π ‖ q)`,
  and `r - s` the residual of `π_s`.
* `C` is a second-order constant of the exponential (`ExpBound`) at the radius named.

## References
cf. arXiv 2601.16403, which leaves non-linear rewards open.
-/

public section

namespace RLHF

universe u
variable {R : Type u} [ExpField R] {N m d : Nat} (E : Setting R N m)

/-- For every reward `r` and every policy `π`: `J^r(π_r) - J^r(π) = λ KL(π ‖ π_r)`. -/
theorem gap_general (x : Fin N) (r : Fin m → R) {π : Fin m → R} (hπ : IsProb π) :
    E.value x r (E.boltzmann x r) - E.value x r π = E.klCoef * klDiv π (E.boltzmann x r) :=
  E.value_boltzmann_sub_value x r hπ

/-- For a reward `s_w` that depends on a parameter, with gradients `s'` at `w`:
`∇_w J^r(π_{s_w}) = Cov_{π_{s_w}}(r - s_w, ∇s_w) / λ`, as an ε–δ derivative. -/
theorem nonlinear_gradient (x : Fin N) {r : Fin m → R} {s : Vec R d → Fin m → R}
    {s' : Fin m → Vec R d} {w : Vec R d} (hs : ∀ a, HasGradient (fun w => s w a) (s' a) w) :
    HasGradient (fun w => E.value x r (E.boltzmann x (s w)))
      (fun j => cov (E.boltzmann x (s w)) (fun a => r a - s w a) (fun a => s' a j) / E.klCoef) w :=
  E.hasGradient_value_boltzmann x hs

/-- The gap of the policy of another reward `s` is of second order in the residual `f = r - s`: if
`f_a - f_b ≤ λ M` for all actions and `C` is a second-order constant of `exp` at `M`, then
`J^r(π_r) - J^r(π_s) = λ KL(π_s ‖ π_r) ≤ (C / λ) Var_{π_s}(f)`. -/
theorem nonlinear_gap (x : Fin N) (r s : Fin m → R) {M C : R}
    (hM : ∀ a b, (r a - s a) - (r b - s b) ≤ E.klCoef * M) (hC : ExpBound M C) :
    E.value x r (E.boltzmann x r) - E.value x r (E.boltzmann x s) =
      E.klCoef * klDiv (E.boltzmann x s) (E.boltzmann x r) ∧
    E.value x r (E.boltzmann x r) - E.value x r (E.boltzmann x s) ≤
      C / E.klCoef * var (E.boltzmann x s) (fun a => r a - s a) :=
  ⟨E.value_boltzmann_sub_value x r (E.boltzmann_isProb x s), E.gap_le_var x r s hM hC⟩

/-- `J^r(π_r) - J^r(π_s) = λ KL(π_s ‖ π_r) ≤ (ψ(M)/λ) Var_{π_s}(r - s)`, `M` the range of `r - s`
over `λ`. 2601.16403, cf. the open question on non-linear rewards. -/
theorem nonlinear_gap_sharp (hR : Archimedean R) (x : Fin N) (r s : Fin m → R) {M C : R}
    (hM : ∀ a b, (r a - s a) - (r b - s b) ≤ E.klCoef * M) (hC : C = psi M) :
    E.value x r (E.boltzmann x r) - E.value x r (E.boltzmann x s) =
      E.klCoef * klDiv (E.boltzmann x s) (E.boltzmann x r) ∧
    E.value x r (E.boltzmann x r) - E.value x r (E.boltzmann x s) ≤
      C / E.klCoef * var (E.boltzmann x s) (fun a => r a - s a) :=
  nonlinear_gap E x r s hM (expBound_of_eq_psi hR hC)

end RLHF
