module

/-!
# Foundations: the vocabulary

What is modelled: a linearly ordered field with an exponential and a logarithm, finite sums and
averages, vectors with their inner product, and mean and covariance under weights.

## Conventions
* Everything is finite: indices range over `Fin n`, vectors are functions `Fin d → R`.
* Squares are written `x * x`. The real numbers are one exponential ordered field (`RLHF.Reals`);
  completeness is used there only.

## Main definitions
* `ExpField`: exponential ordered field.
* `sum`, `average`; `abs`, `sqrt`; `Vec`, `inner`, `norm`, `mulVec`.
* `IsProb`, `mean`, `cov`, `var`, `covariance`.
* `ExpBound`: the second-order bound `exp y ≤ 1 + y + C y²` on `[-M, M]`.

## Not covered
Limits, suprema, integrals.

## References
arXiv 2601.16403, section on notation.
-/

@[expose] public section

namespace RLHF

universe u

/-- An **exponential ordered field**: a linearly ordered field with two functions `exp` and `log`
and three laws. The reals with the usual `exp` and `log` are one; of `log` only its values at
positive arguments matter. -/
class ExpField (R : Type u) extends Lean.Grind.Field R, LE R, LT R, Std.LawfulOrderLT R,
    Std.IsLinearOrder R, Lean.Grind.OrderedRing R where
  /-- The exponential function. -/
  exp : R → R
  /-- The natural logarithm; its value at `x ≤ 0` is unspecified. -/
  log : R → R
  /-- `exp (x + y) = exp x · exp y`. -/
  exp_add (x y : R) : exp (x + y) = exp x * exp y
  /-- The graph of `exp` lies above its tangent at `0`: `x + 1 ≤ exp x`. -/
  add_one_le_exp (x : R) : x + 1 ≤ exp x
  /-- `exp (log x) = x` for `x > 0`. -/
  exp_log (x : R) : 0 < x → exp (log x) = x

export ExpField (exp log exp_add add_one_le_exp exp_log)

variable {R : Type u} [ExpField R] {n m d k : Nat}

attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

/-- Absolute value: `abs x = x` if `0 ≤ x`, else `-x`. -/
noncomputable def abs (x : R) : R := open Classical in if 0 ≤ x then x else -x

/-- Larger of two numbers. -/
noncomputable def max (x y : R) : R := open Classical in if x ≤ y then y else x

/-- Square root `exp (log x / 2)` for `x > 0`; `0` for `x ≤ 0`. -/
noncomputable def sqrt (x : R) : R := open Classical in if 0 < x then exp (log x / 2) else 0

/-- The **second-order bound of the exponential** on `[-M, M]` with constant `C`:
`exp y ≤ 1 + y + C·y²` whenever `|y| ≤ M`. It holds with `C = exp M` (`expBound_exp`); on the
reals the smallest constant is `(exp M - 1 - M) / M²`. -/
def ExpBound (M C : R) : Prop := ∀ y : R, abs y ≤ M → exp y ≤ 1 + y + C * (y * y)

/-- Finite sum `Σ_i f i`; the empty sum is `0`. -/
noncomputable def sum : {n : Nat} → (Fin n → R) → R
  | 0, _ => 0
  | _ + 1, f => f 0 + sum fun i => f i.succ

/-- Plain average `(1/n) Σ_i f i`. (For `n = 0` the value is `0 / 0 = 0`.) -/
noncomputable def average {n : Nat} (f : Fin n → R) : R := sum f / (n : R)

/-- Vectors of `R^d`. -/
abbrev Vec (R : Type u) (d : Nat) : Type u := Fin d → R

/-- Sum, coordinate by coordinate. -/
noncomputable instance : Add (Vec R d) := ⟨fun u v i => u i + v i⟩
/-- Difference, coordinate by coordinate. -/
noncomputable instance : Sub (Vec R d) := ⟨fun u v i => u i - v i⟩
/-- Opposite vector. -/
noncomputable instance : Neg (Vec R d) := ⟨fun u i => -u i⟩
/-- Scalar multiple. -/
noncomputable instance : HMul R (Vec R d) (Vec R d) := ⟨fun c v i => c * v i⟩
/-- The zero vector. -/
noncomputable instance : Zero (Vec R d) := ⟨fun _ => 0⟩

/-- Inner product `⟨u, v⟩ = Σ_i u_i v_i`. -/
noncomputable def inner (u v : Vec R d) : R := sum fun i => u i * v i

/-- Euclidean norm `‖v‖ = √⟨v, v⟩`. -/
noncomputable def norm (v : Vec R d) : R := sqrt (inner v v)

/-- Matrix times vector: `(A v)_i = Σ_j A_ij v_j`. -/
noncomputable def mulVec (A : Fin k → Vec R d) (v : Vec R d) : Vec R k := fun i => inner (A i) v

/-- `p` is a probability vector: `p ≥ 0` and `Σ p = 1`. There is none on the empty index set. -/
structure IsProb (p : Fin m → R) : Prop where
  /-- Every weight is nonnegative. -/
  nonneg : ∀ a, 0 ≤ p a
  /-- The weights sum to one. -/
  sum_eq_one : sum p = 1

/-- Weighted mean `E_p f = Σ_a p_a f_a`. -/
noncomputable def mean (p f : Fin m → R) : R := sum fun a => p a * f a

/-- Covariance `Cov_p(f, g) = E_p[(f - E_p f)(g - E_p g)]`. -/
noncomputable def cov (p f g : Fin m → R) : R :=
  mean p fun a => (f a - mean p f) * (g a - mean p g)

/-- Variance `Var_p(f) = E_p[(f - E_p f)²]`. -/
noncomputable def var (p f : Fin m → R) : R := cov p f f

/-- Mean of a vector-valued function: `(E_p φ)_j = E_p[φ_j]`. -/
noncomputable def meanVec (p : Fin m → R) (φ : Fin m → Vec R d) : Vec R d :=
  fun j => mean p fun a => φ a j

/-- Covariance matrix `V_ij = Cov_p(φ_i, φ_j)` of a vector-valued function. -/
noncomputable def covariance (p : Fin m → R) (φ : Fin m → Vec R d) : Fin d → Vec R d :=
  fun i j => cov p (fun a => φ a i) (fun a => φ a j)

end RLHF
