module
public import RLHF.Archimedean.Sharp.Hoeffding
public import RLHF.Archimedean.Sharp.SecondOrder
public import RLHF.Model.Pinsker
public import RLHF.Probability.Hoeffding.BoundedDifferences

/-!
# Headline theorems: sharp constants

Every statement of its group, under the name of its entry in the claim table, and nothing else.

## Conventions
* `R` is any exponential ordered field. `Archimedean R`: every element is at most some natural
  number; the reals are Archimedean.
* `h` is a sub-Gaussian constant (`HoeffdingBound`): `1/5` is one in every field
  (`hoeffding_constant`), `1/8` where the field is Archimedean (`hoeffding_constant_archimedean`).

## References
Textbook facts; no place in the papers.
-/

public section

namespace RLHF

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R] {N m n : Nat}

/-- In an Archimedean field, for `M > 0`, `ψ(M) = (exp M - 1 - M) / M²` is the least number `C` with
`exp y ≤ 1 + y + C y²` for all `|y| ≤ M`. -/
theorem second_order_constant (hR : Archimedean R) {M : R} (hM : 0 < M) :
    ExpBound M (psi M) ∧ ∀ C, ExpBound M C → psi M ≤ C :=
  ⟨expBound_psi hR M, fun _ hC => psi_le hM hC⟩

/-- `p exp((1 - p) s) + (1 - p) exp(-p s) ≤ exp(s² / 5)` for `0 ≤ p ≤ 1` and all `s`, in every
exponential ordered field. -/
theorem hoeffding_constant : HoeffdingBound (1 / 5 : R) := hoeffdingBound_one_fifth

/-- The same with `1/8` for `1/5` in an Archimedean field. -/
theorem hoeffding_constant_archimedean (hR : Archimedean R) : HoeffdingBound (1 / 8 : R) :=
  hoeffdingBound_one_eighth hR

/-- Hoeffding's lemma: `E exp(s (f - E f)) ≤ exp(h s² (hi - lo)²)` under a probability vector, for
`lo ≤ f ≤ hi`. -/
theorem hoeffding_lemma {h lo hi : R} (hh : HoeffdingBound h) {p f : Fin m → R} (hp : IsProb p)
    (hf : ∀ a, lo ≤ f a ∧ f a ≤ hi) (s : R) :
    mean p (fun a => exp (s * (f a - mean p f))) ≤
      exp (h * (s * s * ((hi - lo) * (hi - lo)))) :=
  hh.mean_exp_le hp hf s

/-- Pinsker: `(Σ |p - q|)² ≤ 16h KL(p ‖ q)`, which for `h = 1/8` is `2 KL(p ‖ q)`. -/
theorem pinsker {h : R} (hh : HoeffdingBound h) {p q : Fin m → R} (hp : IsProb p) (hq : IsProb q)
    (hq0 : ∀ a, 0 < q a) :
    (sum fun a => abs (p a - q a)) * (sum fun a => abs (p a - q a)) ≤ 16 * h * klDiv p q :=
  pinsker_of_hoeffdingBound hp hq hq0 hh

/-- Hoeffding's inequality: for `n` independent draws from `D` and `lo ≤ f ≤ hi`,
`P(|mean - E_D f| ≥ t) ≤ 2 exp(-t² n / (4h (hi - lo)²))`. -/
theorem hoeffding_mean {h lo hi : R} (hh : HoeffdingBound h) {D : Fin N → R} (hD : IsProb D)
    {f : Fin N → R} (hf : ∀ x, lo ≤ f x ∧ f x ≤ hi) {t : R} (ht : 0 ≤ t) :
    probSample D (fun S : Fin n → Fin N => t ≤ abs ((average fun i => f (S i)) - mean D f)) ≤
      2 * exp (-(t * t * (n : R) / (4 * h * ((hi - lo) * (hi - lo))))) :=
  probSample_average_le hh hD hf ht

/-- McDiarmid: for a function `F` of `n` independent draws from `D` that changes by at most `c_i` if
the entry `i` is replaced, `P(F - E F ≥ t) ≤ exp(-t² / (4h Σ c_i²))`, and with probability at least
`1 - δ`, `F - E F ≤ 2 √(h Σ c_i² log(1/δ))`; `h = 1/8` gives `exp(-2t² / Σ c_i²)`. -/
theorem mcdiarmid {h : R} (hh : HoeffdingBound h) {D : Fin N → R} (hD : IsProb D)
    {F : (Fin n → Fin N) → R} {c : Fin n → R}
    (hF : ∀ S i x, abs (F S - F (replaceAt S i x)) ≤ c i) :
    (∀ t, 0 ≤ t → probSample D (fun S => t ≤ F S - expectSample D F) ≤
      exp (-(t * t / (4 * h * sum fun i => c i * c i)))) ∧
    ∀ δ, 0 < δ → 1 - δ ≤ probSample D (fun S =>
      F S - expectSample D F ≤ 2 * sqrt (h * (sum fun i => c i * c i) * log (1 / δ))) :=
  ⟨fun _ ht => probSample_sub_le hh hD hF ht, fun _ hδ => le_probSample_sub hh hD hF hδ⟩

end RLHF
