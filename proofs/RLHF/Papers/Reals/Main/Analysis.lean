module
public import RLHF.Reals.Analysis.Derivative
public import RLHF.Reals.Analysis.Sequence

/-!
# Headline theorems: analysis on the reals

Every statement of its group, under the name of its entry in the claim table, and nothing else.

## Conventions
* `HasDeriv f f' x`: `f` has the derivative `f'` at `x`, from both sides, so `f` is given around
  the interval `[a, b]`, too.
* `TendsTo a l`: the sequence `a` has the limit `l`. `R` is any exponential ordered field.

## References
Textbook facts; no place in the papers.
-/

public section

namespace RLHF

universe u
variable {R : Type u} [ExpField R]

/-- A function whose derivative is nowhere negative on `[a, b]` is increasing there. -/
theorem reals_derivative_test {f f' : Real → Real} {a b : Real}
    (hf : ∀ x, a ≤ x → x ≤ b → HasDeriv f (f' x) x) (h0 : ∀ x, a ≤ x → x ≤ b → 0 ≤ f' x)
    {x y : Real} (hx : a ≤ x) (hxy : x ≤ y) (hy : y ≤ b) : f x ≤ f y :=
  Real.le_of_hasDeriv_nonneg hxy
    (fun z h1 h2 => hf z (Std.le_trans hx h1) (Std.le_trans h2 hy))
    fun z h1 h2 => h0 z (Std.le_trans hx h1) (Std.le_trans h2 hy)

/-- If `L ≤ f' ≤ K` on `[a, b]`, then `L (b - a) ≤ f b - f a ≤ K (b - a)`. With `L = K = 0`: a
function whose derivative is `0` has the same value at `a` and `b`. -/
theorem reals_mean_value {f f' : Real → Real} {a b L K : Real} (hab : a ≤ b)
    (hf : ∀ x, a ≤ x → x ≤ b → HasDeriv f (f' x) x)
    (hL : ∀ x, a ≤ x → x ≤ b → L ≤ f' x) (hK : ∀ x, a ≤ x → x ≤ b → f' x ≤ K) :
    L * (b - a) ≤ f b - f a ∧ f b - f a ≤ K * (b - a) :=
  Real.sub_bounds hab hf fun x ha hb => ⟨hL x ha hb, hK x ha hb⟩

/-- If `f'' ≤ K` on `[a, b]`, then `f b ≤ f a + f'(a) (b - a) + K (b - a)² / 2`. -/
theorem reals_second_order {f f' f'' : Real → Real} {a b K : Real} (hab : a ≤ b)
    (hf : ∀ x, a ≤ x → x ≤ b → HasDeriv f (f' x) x)
    (hf' : ∀ x, a ≤ x → x ≤ b → HasDeriv f' (f'' x) x) (hK : ∀ x, a ≤ x → x ≤ b → f'' x ≤ K) :
    f b ≤ f a + f' a * (b - a) + K / 2 * ((b - a) * (b - a)) :=
  Real.second_order_le hab hf hf' hK

/-- A sequence of reals that increases and is bounded above tends to its least upper bound. -/
theorem reals_monotone_limit {a : Nat → Real} {b : Real} (ha : ∀ n, a n ≤ a (n + 1))
    (hb : ∀ n, a n ≤ b) :
    ∃ l, TendsTo a l ∧ (∀ n, a n ≤ l) ∧ ∀ c, (∀ n, a n ≤ c) → l ≤ c :=
  Real.exists_tendsTo ha hb

/-- A sequence has at most one limit. -/
theorem limit_unique {a : Nat → R} {l m : R} (hl : TendsTo a l) (hm : TendsTo a m) : l = m :=
  hl.unique hm

/-- If `a n ≤ b n` for all `n` from some index on, then the limits obey `l ≤ m`. -/
theorem limit_order {a b : Nat → R} {l m : R} (hl : TendsTo a l) (hm : TendsTo b m) {N : Nat}
    (h : ∀ n, N < n → a n ≤ b n) : l ≤ m :=
  hl.le hm h

end RLHF
