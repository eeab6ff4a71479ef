module
public import RLHF.Foundations.Sum
public import RLHF.Papers.RewardShift.StationarySgd.Defs
public import RLHF.Probability.Expect
public import RLHF.Probability.Occurrence.Basic

/-!
# Second moments of gradient descent with noise

What is modelled: `θ_{t+1} = θ_t - η (H θ_t - ξ_t)` with noise that is centred and not correlated
with `θ_t`, in one direction, and for all directions at once the matrix of second moments.

## Main results
* `second_moment_succ`, `second_moment_sub`: one step, and all steps, in one direction.
* `stationary_iff`: the matrices that one step leaves as they are.
* `continuous_eq`: what the equation in continuous time leaves out.

## References
arXiv 2602.21765, cf. its special case of stochastic gradient descent.
-/

public section

namespace RLHF

open Lean.Grind

universe u v
variable {R : Type u} [ExpField R] {Ω : Type v} {d : Nat}

/-! ### One direction -/

/-- `E[θ'²] = (1 - η h)² E[θ²] + η² E[ξ²]` if `E[θ ξ] = 0`. -/
theorem second_moment_succ (E : Expect R Ω) {θ ξ θ' : Ω → R} {η h : R}
    (hstep : ∀ ω, θ' ω = θ ω - η * (h * θ ω - ξ ω)) (h0 : (E fun ω => θ ω * ξ ω) = 0) :
    (E fun ω => θ' ω * θ' ω) =
      (1 - η * h) * (1 - η * h) * (E fun ω => θ ω * θ ω) + η * η * E fun ω => ξ ω * ξ ω := by
  have e : (fun ω => θ' ω * θ' ω) = fun ω => (1 - η * h) * (1 - η * h) * (θ ω * θ ω) +
      (2 * (1 - η * h) * η * (θ ω * ξ ω) + η * η * (ξ ω * ξ ω)) := by
    funext ω
    rw [hstep ω]
    grind
  rw [e, E.add', E.add', E.mul', E.mul', E.mul', h0]
  grind

/-- The second moment that one step leaves as it is. -/
theorem fixed_point {η h s : R} (hh : 0 < h) (h2 : η * h < 2) :
    (1 - η * h) * (1 - η * h) * (η * s / (h * (2 - η * h))) + η * η * s =
      η * s / (h * (2 - η * h)) := by
  have := mul_pos hh (by grind : 0 < 2 - η * h)
  have e : η * s / (h * (2 - η * h)) * (h * (2 - η * h)) = η * s := by grind
  generalize η * s / (h * (2 - η * h)) = x at *
  grind

theorem second_moment_sub (E : Expect R Ω) {θ ξ : Nat → Ω → R} {η h s : R} (hh : 0 < h)
    (h2 : η * h < 2) (hstep : ∀ t ω, θ (t + 1) ω = θ t ω - η * (h * θ t ω - ξ t ω))
    (h0 : ∀ t, (E fun ω => θ t ω * ξ t ω) = 0) (hs : ∀ t, (E fun ω => ξ t ω * ξ t ω) = s)
    (t : Nat) :
    (E fun ω => θ t ω * θ t ω) - η * s / (h * (2 - η * h)) =
      ((1 - η * h) * (1 - η * h)) ^ t *
        ((E fun ω => θ 0 ω * θ 0 ω) - η * s / (h * (2 - η * h))) := by
  have hf := fixed_point (s := s) hh h2
  generalize η * s / (h * (2 - η * h)) = x at *
  induction t with
  | zero => rw [Semiring.pow_zero]; grind
  | succ t ih =>
    rw [second_moment_succ E (hstep t) (h0 t), hs t, Semiring.pow_succ]
    generalize ((1 - η * h) * (1 - η * h)) ^ t = q at *
    grind

theorem contraction_lt_one {η h : R} (hη : 0 < η) (hh : 0 < h) (h2 : η * h < 2) :
    (1 - η * h) * (1 - η * h) < 1 := by
  have := mul_pos (mul_pos hη hh) (by grind : 0 < 2 - η * h)
  grind

/-- The stationary variance of the equation in continuous time is smaller by a factor. -/
theorem continuous_eq {η h s v u : R} (hη : 0 < η) (hh : 0 < h)
    (hv : v = (1 - η * h) * (1 - η * h) * v + η * η * s) (hu : 2 * h * u = η * s) :
    u = v * (1 - η * h / 2) := by
  have e : η * (h * (2 - η * h) * v - η * s) = 0 := by grind
  have e1 : h * (2 - η * h) * v = η * s := by grind
  rw [← hu] at e1
  have e2 : h * (2 * u - (2 - η * h) * v) = 0 := by grind
  have e3 : 2 * u - (2 - η * h) * v = 0 := by grind
  grind

/-! ### All directions -/

theorem sum_delta_right (j : Fin d) (f : Fin d → R) :
    (sum fun l => f l * indicator (l = j)) = f j := by
  have e : ∀ l, f l * indicator (l = j) = indicator (j = l) * f l := fun l => by
    rw [show (l = j) = (j = l) from propext eq_comm]
    grind
  rw [sum_congr e, sum_indicator_eq_mul]

/-- `((I - η H) A)_ij = A_ij - η (H A)_ij`. -/
theorem stepMatrix_matMul (η : R) (H A : Fin d → Vec R d) (i j : Fin d) :
    matMul (stepMatrix η H) A i j = A i j - η * matMul H A i j := by
  unfold matMul stepMatrix
  have e : ∀ l, (indicator (i = l) - η * H i l) * A l j =
      indicator (i = l) * A l j - η * (H i l * A l j) := fun l => by grind
  rw [sum_congr e, sum_sub, sum_mul, sum_indicator_eq_mul i fun l => A l j]

/-- `(A (I - η H))_ij = A_ij - η (A H)_ij`. -/
theorem matMul_stepMatrix (η : R) (H A : Fin d → Vec R d) (i j : Fin d) :
    matMul A (stepMatrix η H) i j = A i j - η * matMul A H i j := by
  unfold matMul stepMatrix
  have e : ∀ l, A i l * (indicator (l = j) - η * H l j) =
      A i l * indicator (l = j) - η * (A i l * H l j) := fun l => by grind
  rw [sum_congr e, sum_sub, sum_mul, sum_delta_right j fun l => A i l]

/-- `(((I - η H) Σ) H)_ij = (Σ H)_ij - η (H Σ H)_ij`. -/
theorem stepMatrix_matMul_matMul (η : R) (H A : Fin d → Vec R d) (i j : Fin d) :
    matMul (matMul (stepMatrix η H) A) H i j = matMul A H i j - η * matMul (matMul H A) H i j := by
  show (sum fun l => matMul (stepMatrix η H) A i l * H l j) =
    (sum fun l => A i l * H l j) - η * sum fun l => matMul H A i l * H l j
  have e : ∀ l, matMul (stepMatrix η H) A i l * H l j =
      A i l * H l j - η * (matMul H A i l * H l j) := fun l => by
    rw [stepMatrix_matMul]; grind
  rw [sum_congr e, sum_sub, sum_mul]

/-- `Σ = (I - η H) Σ (I - η H) + η² S` exactly if `H Σ + Σ H = η (S + H Σ H)`. -/
theorem stationary_iff {η : R} (hη : 0 < η) (H S A : Fin d → Vec R d) :
    (∀ i j, A i j =
        matMul (matMul (stepMatrix η H) A) (stepMatrix η H) i j + η * η * S i j) ↔
      ∀ i j, matMul H A i j + matMul A H i j = η * (S i j + matMul (matMul H A) H i j) := by
  have key : ∀ i j, (A i j =
      matMul (matMul (stepMatrix η H) A) (stepMatrix η H) i j + η * η * S i j) ↔
      matMul H A i j + matMul A H i j = η * (S i j + matMul (matMul H A) H i j) := fun i j => by
    rw [matMul_stepMatrix, stepMatrix_matMul, stepMatrix_matMul_matMul]
    generalize matMul H A i j = a
    generalize matMul A H i j = b
    generalize matMul (matMul H A) H i j = c
    generalize A i j = x
    generalize S i j = s
    constructor
    · intro h
      have : η * (a + b - η * (s + c)) = 0 := by grind
      have : a + b - η * (s + c) = 0 := by grind
      grind
    · intro h
      have : η * (a + b) = η * (η * (s + c)) := by rw [h]
      grind
  exact ⟨fun h i j => (key i j).mp (h i j), fun h i j => (key i j).mpr (h i j)⟩

end RLHF
