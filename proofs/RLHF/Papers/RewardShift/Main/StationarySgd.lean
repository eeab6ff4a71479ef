module
public import RLHF.Papers.RewardShift.StationarySgd.Gaussian
public import RLHF.Papers.RewardShift.StationarySgd.SecondMoments

/-!
# Headline theorems: stochastic gradient descent as an autoregressive process

Every statement of its group, under the name of its entry in the claim table, and nothing else.

## Conventions
* `R` is any exponential ordered field, `η` the step, `H` or `h` the curvature, `ξ` the noise.
* `A` is the matrix of second moments of `θ`, `S` that of the noise.
* `μ`, `v` are the means and variances of a normal law with independent coordinates, `ζ`, `b` those
  of the prior.

## References
cf. arXiv 2602.21765, special case of stochastic gradient descent.
-/

public section

namespace RLHF

universe u v
variable {R : Type u} [ExpField R] {Ω : Type v} {d n : Nat}

attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

/-- `A = (I - η H) A (I - η H) + η² S` exactly if `H A + A H = η (S + H A H)`, entry by entry. -/
theorem lyapunov_discrete {η : R} (hη : 0 < η) (H S A : Fin d → Vec R d) :
    (∀ i j, A i j =
        matMul (matMul (stepMatrix η H) A) (stepMatrix η H) i j + η * η * S i j) ↔
      ∀ i j, matMul H A i j + matMul A H i j = η * (S i j + matMul (matMul H A) H i j) :=
  stationary_iff hη H S A

/-- Along `θ_{t+1} = θ_t - η (h θ_t - ξ_t)` with `E[θ_t ξ_t] = 0` and `E[ξ_t²] = s` the second
moment differs from `σ² = η s/(h (2 - η h))` by `(1 - η h)^{2t}` times what it does at the start,
and `(1 - η h)² < 1`. -/
theorem ar1_stationary (E : Expect R Ω) {θ ξ : Nat → Ω → R} {η h s : R} (hη : 0 < η) (hh : 0 < h)
    (h2 : η * h < 2) (hstep : ∀ t ω, θ (t + 1) ω = θ t ω - η * (h * θ t ω - ξ t ω))
    (h0 : ∀ t, (E fun ω => θ t ω * ξ t ω) = 0) (hs : ∀ t, (E fun ω => ξ t ω * ξ t ω) = s)
    (t : Nat) :
    (E fun ω => θ t ω * θ t ω) - η * s / (h * (2 - η * h)) =
        ((1 - η * h) * (1 - η * h)) ^ t *
          ((E fun ω => θ 0 ω * θ 0 ω) - η * s / (h * (2 - η * h))) ∧
      (1 - η * h) * (1 - η * h) < 1 :=
  ⟨second_moment_sub E hh h2 hstep h0 hs t, contraction_lt_one hη hh h2⟩

/-- `u = v (1 - η h/2)` for `v` with `v = (1 - η h)² v + η² s` and `u` with `2 h u = η s`. -/
theorem ou_vs_ar1 {η h s v u : R} (hη : 0 < η) (hh : 0 < h)
    (hv : v = (1 - η * h) * (1 - η * h) * v + η * η * s) (hu : 2 * h * u = η * s) :
    u = v * (1 - η * h / 2) :=
  continuous_eq hη hh hv hu

/-- The divergence between normal laws with independent coordinates is at least `0`, is `0` exactly
if they are the same, and is at most `½ Σ ((t_i - 1)²/t_i + (μ_i - ζ_i)²/b_i)`, `t_i = v_i/b_i`. -/
theorem gauss_kl_diagonal {μ v ζ b : Vec R d} (hv : ∀ i, 0 < v i) (hb : ∀ i, 0 < b i) :
    0 ≤ gaussKl μ v ζ b ∧ (gaussKl μ v ζ b = 0 ↔ v = b ∧ μ = ζ) ∧
      gaussKl μ v ζ b ≤ 1 / 2 * sum fun i =>
        (v i / b i - 1) * (v i / b i - 1) / (v i / b i) + (μ i - ζ i) * (μ i - ζ i) / b i :=
  ⟨gaussKl_nonneg hv hb, gaussKl_eq_zero_iff hv hb, gaussKl_le hv hb⟩

/-- Of all priors with one variance in each of `n ≥ 1` coordinates, that with
`w = Σ (v_i + (μ_i - ζ_i)²)/n` is best, and no other is. -/
theorem gauss_prior_optimal {μ v ζ : Vec R n} (hv : ∀ i, 0 < v i) (hn : 0 < n) {t w : R}
    (ht : 0 < t) (hw : w = (sum fun i => v i + (μ i - ζ i) * (μ i - ζ i)) / n) :
    gaussKl μ v ζ (fun _ => w) ≤ gaussKl μ v ζ (fun _ => t) ∧
      (gaussKl μ v ζ (fun _ => w) = gaussKl μ v ζ (fun _ => t) ↔ t = w) :=
  gaussKl_const_le hv hn ht hw

/-- `Σ log D_i ≤ tr(L diag(D) Lᵀ) - d` for `D > 0` and `L` with ones on its diagonal. -/
theorem logdet_trace {L : Fin d → Vec R d} {D : Vec R d} (hL : ∀ i, L i i = 1)
    (hD : ∀ i, 0 < D i) : (sum fun i => log (D i)) ≤ (sum fun i => ldl L D i i) - d :=
  sum_log_le hL hD

end RLHF
