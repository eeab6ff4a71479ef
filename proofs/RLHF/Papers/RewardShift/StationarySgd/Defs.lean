module
public import RLHF.Probability.Defs

/-!
# Gradient descent with noise on a quadratic, and its normal law

What is modelled: the matrices of the recursion `θ ← θ - η (H θ - ξ)`, and the divergence between
normal laws with independent coordinates, as the formula to which its integral evaluates.

## Conventions
* `H` is the Hessian, `η` the step, `ξ` the noise.

## Main definitions
* `matMul`, `stepMatrix`, `ldl`, `gaussKl`.

## Not covered
That `gaussKl` is the integral: the derivation `gauss-kl` of `symbolic/`, with its test, has that.

## References
arXiv 2602.21765, cf. its special case of stochastic gradient descent.
-/

@[expose] public section

namespace RLHF

universe u
variable {R : Type u} [ExpField R] {d : Nat}

/-- Product of matrices: `(A B)_ij = Σ_l A_il B_lj`. -/
noncomputable def matMul (A B : Fin d → Vec R d) : Fin d → Vec R d :=
  fun i j => sum fun l => A i l * B l j

/-- The matrix `I - η H` of one step of gradient descent. -/
noncomputable def stepMatrix (η : R) (H : Fin d → Vec R d) : Fin d → Vec R d :=
  fun i j => indicator (i = j) - η * H i j

/-- The matrix `L diag(D) Lᵀ`. -/
noncomputable def ldl (L : Fin d → Vec R d) (D : Vec R d) : Fin d → Vec R d :=
  fun i j => sum fun l => L i l * D l * L j l

/-- Divergence `½ Σ_i (t_i - 1 - log t_i + (μ_i - ζ_i)²/b_i)`, `t_i = v_i/b_i`, of the normal law
with independent coordinates, means `μ` and variances `v`, from that with means `ζ` and variances
`b`. It is meant for `v, b > 0`. -/
noncomputable def gaussKl (μ v ζ b : Vec R d) : R :=
  1 / 2 * sum fun i => v i / b i - 1 - log (v i / b i) + (μ i - ζ i) * (μ i - ζ i) / b i

end RLHF
