module
public import RLHF.Calculus.OneVariable
public import RLHF.Reals.Instance

/-!
# Bounds from derivatives on an interval of reals

What is modelled: what the sign of the derivative says of the function. For `ε > 0` the least upper
bound of the points `x` of `[a, b]` with `f x ≥ f a - ε (x - a)` is `b`; let `ε` tend to `0`.

## Main results
* `Real.le_of_hasDeriv_nonneg`: a derivative `≥ 0` on `[a, b]` gives `f a ≤ f b`.
* `Real.sub_bounds`: `L ≤ f' ≤ K` on `[a, b]` gives `L (b - a) ≤ f b - f a ≤ K (b - a)`.
* `Real.second_order_le`: `f'' ≤ K` on `[a, b]` gives `f b ≤ f a + f' a (b - a) + K/2 (b - a)²`.
-/

public section

namespace RLHF

open Lean.Grind

universe u
variable {R : Type u} [ExpField R]

/-! ### Rules -/

theorem HasDeriv.add {f g : R → R} {f' g' x : R} (hf : HasDeriv f f' x) (hg : HasDeriv g g' x) :
    HasDeriv (fun t => f t + g t) (f' + g') x := fun ε hε => by
  obtain ⟨δ, hδ, h⟩ := hf (ε / 2) (by grind)
  obtain ⟨γ, hγ, k⟩ := hg (ε / 2) (by grind)
  obtain ⟨η, hη, h1, h2⟩ : ∃ η, 0 < η ∧ η ≤ δ ∧ η ≤ γ := by
    rcases Std.le_total (a := δ) (b := γ) with l | l
    · exact ⟨δ, hδ, Std.le_refl _, l⟩
    · exact ⟨γ, hγ, l, Std.le_refl _⟩
  refine ⟨η, hη, fun t ht => ?_⟩
  have h3 := abs_le.1 (h t (Std.le_trans ht h1))
  have h4 := abs_le.1 (k t (Std.le_trans ht h2))
  exact abs_le.2 ⟨by grind, by grind⟩

theorem HasDeriv.neg {f : R → R} {f' x : R} (hf : HasDeriv f f' x) :
    HasDeriv (fun t => -f t) (-f') x := fun ε hε => by
  obtain ⟨δ, hδ, h⟩ := hf ε hε
  refine ⟨δ, hδ, fun t ht => ?_⟩
  have h3 := abs_le.1 (h t ht)
  exact abs_le.2 ⟨by grind, by grind⟩

/-- `(p + q (t - a) + r (t - a)²)' = q + 2r (x - a)`. -/
theorem hasDeriv_quadratic (p q r a x : R) :
    HasDeriv (fun t => p + q * (t - a) + r * ((t - a) * (t - a))) (q + 2 * r * (x - a)) x := by
  refine hasDeriv_of_quadratic (δ := 1) (K := abs r) (by grind) (abs_nonneg r) fun h _ => ?_
  dsimp only
  rw [show p + q * (x + h - a) + r * ((x + h - a) * (x + h - a)) -
      (p + q * (x - a) + r * ((x - a) * (x - a))) - (q + 2 * r * (x - a)) * h =
      r * (h * h) by grind, abs_mul, abs_of_nonneg (mul_self_nonneg h)]
  exact Std.le_refl _

namespace Real

variable {f f' : Real → Real} {a b : Real}

/-- Every number below the least upper bound is below some element. -/
theorem IsLub.exists_gt {S : Real → Prop} {u v : Real} (h : IsLub S u) (hv : v < u) :
    ∃ x, S x ∧ v < x := Classical.byContradiction fun hn => by
  have := h.2 v fun x hx => Std.not_lt.1 fun l => hn ⟨x, hx, l⟩
  grind

/-- The points of `[a, b]` up to which `f` has not fallen faster than with slope `ε`. -/
def Slow (f : Real → Real) (a b ε x : Real) : Prop := a ≤ x ∧ x ≤ b ∧ f a - ε * (x - a) ≤ f x

/-- From a point of slope `≥ 0` the function falls with slope at most `ε`, for a while, and the
same to its left. -/
theorem exists_slope {s ε : Real} (hs : HasDeriv f (f' s) s) (h0 : 0 ≤ f' s) (hε : 0 < ε) :
    ∃ δ, 0 < δ ∧ ∀ x y, s - δ ≤ x → x ≤ s → s ≤ y → y ≤ s + δ →
      f x - ε * (s - x) ≤ f s ∧ f s - ε * (y - s) ≤ f y := by
  obtain ⟨δ, hδ, h⟩ := hs ε hε
  refine ⟨δ, hδ, fun x y h1 h2 h3 h4 => ⟨?_, ?_⟩⟩
  · have k := h (x - s) (abs_le.2 ⟨by grind, by grind⟩)
    rw [abs_le, show s + (x - s) = x by grind, abs_of_nonpos (by grind)] at k
    have := mul_nonneg h0 (show 0 ≤ s - x by grind)
    grind
  · have k := h (y - s) (abs_le.2 ⟨by grind, by grind⟩)
    rw [abs_le, show s + (y - s) = y by grind, abs_of_nonneg (by grind)] at k
    have := mul_nonneg h0 (show 0 ≤ y - s by grind)
    grind

/-- Their least upper bound is one of them, and it is `b`. -/
theorem slow_end {ε : Real} (hab : a ≤ b) (hf : ∀ x, a ≤ x → x ≤ b → HasDeriv f (f' x) x)
    (h0 : ∀ x, a ≤ x → x ≤ b → 0 ≤ f' x) (hε : 0 < ε) : Slow f a b ε b := by
  have hu := isLub_sup (S := Slow f a b ε) ⟨a, by unfold Slow; grind⟩ fun x hx => hx.2.1
  generalize sup (Slow f a b ε) = s at hu
  have hb := hu.2 b fun x hx => hx.2.1
  have ha := hu.1 a (by unfold Slow; grind)
  obtain ⟨δ, hδ, h⟩ := exists_slope (hf s ha hb) (h0 s ha hb) hε
  obtain ⟨x, hx, hxs⟩ := hu.exists_gt (show s - δ < s by grind)
  have hxs' := hu.1 x hx
  have hs : Slow f a b ε s := by
    have := (h x s (by grind) hxs' (Std.le_refl _) (by grind)).1
    exact ⟨ha, hb, by have := hx.2.2; grind⟩
  obtain ⟨y, h1, h2, h3, h4⟩ : ∃ y, s ≤ y ∧ y ≤ b ∧ y ≤ s + δ ∧ (y ≤ s → s = b) := by
    rcases Std.le_total (a := b) (b := s + δ) with l | l
    · exact ⟨b, by grind⟩
    · exact ⟨s + δ, by grind⟩
  have hy := hu.1 y ⟨by grind, h2, by
    have := (h s y (by grind) (Std.le_refl _) h1 h3).2
    have := hs.2.2
    grind⟩
  exact h4 hy ▸ hs

/-- The **derivative test**. -/
theorem le_of_hasDeriv_nonneg (hab : a ≤ b) (hf : ∀ x, a ≤ x → x ≤ b → HasDeriv f (f' x) x)
    (h0 : ∀ x, a ≤ x → x ≤ b → 0 ≤ f' x) : f a ≤ f b := by
  apply Std.not_lt.1
  intro k
  have hp : 0 < b - a + 1 := by grind
  have e : (f a - f b) / (b - a + 1) * (b - a + 1) = f a - f b := by grind
  have hε := div_pos (show 0 < f a - f b by grind) hp
  have := (slow_end hab hf h0 hε).2.2
  grind

/-- A derivative between `L` and `K` bounds the difference of two values. -/
theorem sub_bounds {L K : Real} (hab : a ≤ b) (hf : ∀ x, a ≤ x → x ≤ b → HasDeriv f (f' x) x)
    (h : ∀ x, a ≤ x → x ≤ b → L ≤ f' x ∧ f' x ≤ K) :
    L * (b - a) ≤ f b - f a ∧ f b - f a ≤ K * (b - a) := by
  have h1 := le_of_hasDeriv_nonneg hab
    (fun x ha hb => (hf x ha hb).add (hasDeriv_quadratic 0 (-L) 0 a x))
    fun x ha hb => by have := h x ha hb; grind
  have h2 := le_of_hasDeriv_nonneg hab
    (fun x ha hb => (hf x ha hb).neg.add (hasDeriv_quadratic 0 K 0 a x))
    fun x ha hb => by have := h x ha hb; grind
  exact ⟨by grind, by grind⟩

/-- With `f'' ≤ K`: `f' x - f' a ≤ K (x - a)`, so `f` lies below the quadratic with the value and
the slope of `f` at `a` and second derivative `K`. -/
theorem second_order_le {f'' : Real → Real} {K : Real} (hab : a ≤ b)
    (hf : ∀ x, a ≤ x → x ≤ b → HasDeriv f (f' x) x)
    (hf' : ∀ x, a ≤ x → x ≤ b → HasDeriv f' (f'' x) x) (h : ∀ x, a ≤ x → x ≤ b → f'' x ≤ K) :
    f b ≤ f a + f' a * (b - a) + K / 2 * ((b - a) * (b - a)) := by
  have h1 : ∀ x, a ≤ x → x ≤ b → f' x ≤ f' a + K * (x - a) := fun x ha hb => by
    have := le_of_hasDeriv_nonneg ha
      (fun y h1 h2 => (hf' y h1 (by grind)).neg.add (hasDeriv_quadratic 0 K 0 a y))
      fun y h1 h2 => by have := h y h1 (by grind); grind
    grind
  have h2 := le_of_hasDeriv_nonneg hab
    (fun x ha hb => (hf x ha hb).neg.add (hasDeriv_quadratic (f a) (f' a) (K / 2) a x))
    fun x ha hb => by have := h1 x ha hb; grind
  grind

end Real

end RLHF
