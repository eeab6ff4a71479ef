module
public import RLHF.Probability.Hoeffding.Defs
public import RLHF.Probability.Moments

/-!
# Hoeffding's lemma

What is modelled: the moment generating function of a bounded function under any expectation,
compared with that of two points by the chord of the exponential.

## Main results
* `HoeffdingBound.pos`: such a constant is positive.
* `HoeffdingBound.expect_exp_le`: `E exp(s (f - E f)) ≤ exp(h s² (hi - lo)²)` for `lo ≤ f ≤ hi`;
  `HoeffdingBound.mean_exp_le`: the same of weights.
-/

public section

namespace RLHF

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u v
variable {R : Type u} [ExpField R] {Ω : Type v} {m : Nat}

/-- The chord of the exponential over `[0, z]` lies above it. -/
private theorem exp_chord {t : R} (h0 : 0 ≤ t) (h1 : t ≤ 1) (z : R) :
    exp (t * z) ≤ 1 - t + t * exp z := by
  have a1 := add_one_le_exp ((1 - t) * z)
  have a2 := add_one_le_exp (-(t * z))
  have hp := exp_pos (t * z)
  have b1 := mul_le_mul_left a1 (mul_nonneg h0 (Std.le_of_lt hp))
  have b2 := mul_le_mul_left a2 (mul_nonneg (by grind : 0 ≤ 1 - t) (Std.le_of_lt hp))
  have e1 : exp z = exp (t * z) * exp ((1 - t) * z) := by rw [← exp_add]; congr 1; grind
  have e2 := exp_neg_mul_exp (t * z)
  rw [e1]
  generalize exp (t * z) = a at *
  generalize exp ((1 - t) * z) = b at *
  generalize exp (-(t * z)) = c at *
  have e3 : (1 - t) * a * c = 1 - t := by grind
  rw [e3] at b2
  clear e2 e3 a1 a2
  grind

theorem HoeffdingBound.pos {h : R} (hh : HoeffdingBound h) : 0 < h := by
  have h1 := hh (1 / 2) 1 (by grind) (by grind)
  unfold twoPointMgf at h1
  rw [(by grind : (1 - 1 / 2) * 1 = (1 / 2 : R)), (by grind : -(1 / 2 * 1) = -(1 / 2 : R)),
    (by grind : h * (1 * 1) = h)] at h1
  have h2 := add_one_lt_exp (by grind : (1 / 2 : R) ≠ 0)
  have h3 := add_one_lt_exp (by grind : -(1 / 2 : R) ≠ 0)
  have h4 : exp 0 < exp h := by rw [exp_zero]; grind
  exact exp_lt_iff.mp h4

/-- The case `lo < hi`, in which the mean of `f` says which two-point law is compared. -/
private theorem expect_exp_le_of_lt {h lo hi : R} (hh : HoeffdingBound h) (E : Expect R Ω)
    {f : Ω → R} (hf : ∀ a, lo ≤ f a ∧ f a ≤ hi) (hlt : lo < hi) (s : R) :
    E (fun a => exp (s * (f a - E f))) ≤
      exp (h * (s * s * ((hi - lo) * (hi - lo)))) := by
  have m1 := E.le_of_forall_ge fun a => (hf a).1
  have m2 := E.le_of_forall_le fun a => (hf a).2
  generalize eμ : E f = μ at *
  obtain ⟨w, hw⟩ : ∃ w, w = hi - lo := ⟨_, rfl⟩
  rw [← hw]
  have hw0 : 0 < w := by grind
  have key := hh ((μ - lo) / w) (s * w) (div_nonneg (by grind) hw0)
    (by rw [div_le_iff hw0]; grind)
  rw [show s * w * (s * w) = s * s * (w * w) by grind] at key
  refine Std.le_trans ?_ key
  unfold twoPointMgf
  have hb : ∀ a, exp (s * (f a - μ)) ≤ exp (-((μ - lo) / w * (s * w))) *
      ((1 - (f a - lo) / w) + (f a - lo) / w * exp (s * w)) := fun a => by
    have t0 : 0 ≤ (f a - lo) / w := div_nonneg (by have := hf a; grind) hw0
    have t1 : (f a - lo) / w ≤ 1 := by rw [div_le_iff hw0]; have := hf a; grind
    have e : exp (s * (f a - μ)) =
        exp (-((μ - lo) / w * (s * w))) * exp ((f a - lo) / w * (s * w)) := by
      rw [← exp_add]; congr 1; grind
    rw [e]
    exact mul_le_mul_left (exp_chord t0 t1 (s * w)) (Std.le_of_lt (exp_pos _))
  refine Std.le_trans (E.mono hb) ?_
  have e2 : exp ((1 - (μ - lo) / w) * (s * w)) =
      exp (-((μ - lo) / w * (s * w))) * exp (s * w) := by rw [← exp_add]; congr 1; grind
  have e3 : ∀ a, exp (-((μ - lo) / w * (s * w))) *
      ((1 - (f a - lo) / w) + (f a - lo) / w * exp (s * w)) =
      exp (-((μ - lo) / w * (s * w))) * (1 + lo / w - lo / w * exp (s * w)) +
      exp (-((μ - lo) / w * (s * w))) * ((exp (s * w) - 1) / w) * f a := fun a => by grind
  rw [E.congr e3, E.add, E.const, E.mul, eμ, e2]
  generalize exp (-((μ - lo) / w * (s * w))) = a at *
  generalize exp (s * w) = b at *
  grind

/-- Hoeffding's lemma. -/
theorem HoeffdingBound.expect_exp_le {h lo hi : R} (hh : HoeffdingBound h) (E : Expect R Ω)
    {f : Ω → R} (hf : ∀ a, lo ≤ f a ∧ f a ≤ hi) (s : R) :
    E (fun a => exp (s * (f a - E f))) ≤ exp (h * (s * s * ((hi - lo) * (hi - lo)))) := by
  by_cases hlt : lo < hi
  · exact expect_exp_le_of_lt hh E hf hlt s
  · have m1 := E.le_of_forall_ge fun a => (hf a).1
    have m2 := E.le_of_forall_le fun a => (hf a).2
    have e : ∀ a, exp (s * (f a - E f)) = 1 := fun a => by
      have := hf a
      rw [← exp_zero (R := R)]; congr 1; grind
    have e0 : hi - lo = 0 := by grind
    rw [E.congr e, E.const, e0, ← exp_zero (R := R), exp_le_iff]
    grind

/-- Hoeffding's lemma for weights. -/
theorem HoeffdingBound.mean_exp_le {h lo hi : R} (hh : HoeffdingBound h) {p f : Fin m → R}
    (hp : IsProb p) (hf : ∀ a, lo ≤ f a ∧ f a ≤ hi) (s : R) :
    mean p (fun a => exp (s * (f a - mean p f))) ≤
      exp (h * (s * s * ((hi - lo) * (hi - lo)))) := hh.expect_exp_le (Expect.ofWeights hp) hf s

end RLHF
