module
public import RLHF.Model.Pinsker
public import RLHF.Papers.RewardShift.Coverage
public import RLHF.Probability.ChiSquare.Pairs

/-!
# Headline theorems: change of measure

Every statement of its group, under the name of its entry in the claim table, and nothing else.

## Conventions
* `R` is any exponential ordered field. `p`, `q` are probability vectors, `q` with mass wherever `p`
  has (`AbsCont`), and `χ² = χ²(p ‖ q)` (`chiSq`).
* The policy is trained on prompts with weights `D` and meets the pairs `P = D(x) π(a | x)`; the
  reward was learned on `Q = D'(x) μ(a | x)` (`meanPair`, `chiSqPair`, `AbsContPair`).
* `h` is a sub-Gaussian constant (`HoeffdingBound`): `1/5` is one in every field
  (`hoeffding_constant`), `1/8` where the field is Archimedean.

## References
cf. arXiv 2602.21765, reward shift term.
-/

public section

namespace RLHF

universe u
variable {R : Type u} [ExpField R] {N m : Nat}

/-- `Σ_a p_a²/q_a = 1 + χ²(p ‖ q)` for `χ²(p ‖ q) = Σ_a (p_a - q_a)²/q_a`. -/
theorem chi_square_moment {p q : Fin m → R} (hp : IsProb p) (hq : IsProb q) (hpq : AbsCont p q) :
    sum (fun a => p a * p a / q a) = 1 + chiSq p q := sum_mul_self_div hp hq hpq

/-- `(E_p f)² ≤ (1 + χ²) E_q f²`. cf. 2602.21765, reward shift term. -/
theorem change_of_measure {p q : Fin m → R} (hp : IsProb p) (hq : IsProb q) (hpq : AbsCont p q)
    (f : Fin m → R) : mean p f * mean p f ≤ (1 + chiSq p q) * mean q fun a => f a * f a :=
  mean_mul_self_le_chiSq hp hq hpq f

/-- `(E_p f - E_q f)² ≤ χ² Var_q f`, and `|E_p f| ≤ |E_q f| + √(χ² Var_q f) ≤ √((1 + χ²) E_q f²)`:
the bias under `q` counts once, only the spread is amplified. cf. 2602.21765, reward shift term. -/
theorem change_of_measure_centred {p q : Fin m → R} (hp : IsProb p) (hq : IsProb q)
    (hpq : AbsCont p q) (f : Fin m → R) :
    (mean p f - mean q f) * (mean p f - mean q f) ≤ chiSq p q * var q f ∧
    abs (mean p f) ≤ abs (mean q f) + sqrt (chiSq p q * var q f) ∧
    abs (mean q f) + sqrt (chiSq p q * var q f) ≤
      sqrt ((1 + chiSq p q) * mean q fun a => f a * f a) :=
  ⟨mean_sub_mul_self_le_chiSq hp hq hpq f, abs_mean_le_add_sqrt hp hq hpq f,
    abs_add_sqrt_chiSq_le hq f⟩

/-- If `p ≤ κ q`, then `1 + χ² ≤ κ`, and `E_p f² ≤ κ E_q f²` and `Var_p f ≤ κ Var_q f` for every
`f`. -/
theorem chi_square_ratio {p q : Fin m → R} (hp : IsProb p) (hq : IsProb q) {κ : R}
    (hκ : ∀ a, p a ≤ κ * q a) (f : Fin m → R) :
    1 + chiSq p q ≤ κ ∧
    mean p (fun a => f a * f a) ≤ κ * mean q (fun a => f a * f a) ∧
    var p f ≤ κ * var q f :=
  ⟨one_add_chiSq_le_of_le hp hq hκ, mean_le_of_weights_le hκ fun _ => mul_self_nonneg _,
    var_le_of_weights_le hp hκ f⟩

/-- `KL(p ‖ q) ≤ log(1 + χ²) ≤ χ²`. -/
theorem kl_chi_square {p q : Fin m → R} (hp : IsProb p) (hq : IsProb q) (hpq : AbsCont p q) :
    klDiv p q ≤ log (1 + chiSq p q) ∧ log (1 + chiSq p q) ≤ chiSq p q :=
  ⟨klDiv_le_log_one_add_chiSq hp hq hpq, log_one_add_chiSq_le hq⟩

/-- `|E_P r - E_P s| ≤ √(1 + χ²(P ‖ Q)) √(E_Q (r - s)²)` for the true reward `r` and the learned one
`s`, `P = D(x) π(a | x)` and `Q = D'(x) μ(a | x)`. cf. 2602.21765, reward shift term of Theorem 1.
-/
theorem reward_shift {D D' : Fin N → R} {π μ : Fin N → Fin m → R} (hD : IsProb D)
    (hD' : IsProb D') (hπ : ∀ x, IsProb (π x)) (hμ : ∀ x, IsProb (μ x))
    (hPQ : AbsContPair D π D' μ) (r s : Fin N → Fin m → R) :
    abs (meanPair D π r - meanPair D π s) ≤ sqrt (1 + chiSqPair D π D' μ) *
      sqrt (meanPair D' μ fun x a => (r x a - s x a) * (r x a - s x a)) := by
  rw [← meanPair_sub]
  exact abs_meanPair_le hD hπ hD' hμ hPQ _

/-- `1 + χ²(π_r ‖ q) ≤ exp(2h (hi - lo)²/λ²)` for `lo ≤ r ≤ hi`: the Boltzmann policy of a reward
does not move further from its reference than this. cf. 2602.21765, coverage coefficient. -/
theorem coverage_boltzmann (E : Setting R N m) {h lo hi : R} (hh : HoeffdingBound h) (x : Fin N)
    {r : Fin m → R} (hr : ∀ a, lo ≤ r a ∧ r a ≤ hi) :
    1 + chiSq (E.boltzmann x r) (E.refPolicy x) ≤
      exp (2 * h * ((hi - lo) * (hi - lo)) / (E.klCoef * E.klCoef)) :=
  E.one_add_chiSq_boltzmann_le x hh hr

/-- `1 + χ²(P ‖ Q) = Σ_x (D(x)²/D'(x)) (1 + χ²(π_x ‖ μ_x))` for `P = D(x) π(a | x)` and
`Q = D'(x) μ(a | x)`. -/
theorem chi_square_disintegration {D D' : Fin N → R} {π μ : Fin N → Fin m → R} (hD : IsProb D)
    (hD' : IsProb D') (hπ : ∀ x, IsProb (π x)) (hμ : ∀ x, IsProb (μ x))
    (hPQ : AbsContPair D π D' μ) :
    1 + chiSqPair D π D' μ = sum fun x => D x * D x / D' x * (1 + chiSq (π x) (μ x)) :=
  one_add_chiSqPair_eq hD hπ hD' hμ hPQ

/-- `(E_p f - E_q f)² ≤ 4h (hi - lo)² KL(p ‖ q)` for `lo ≤ f ≤ hi`. -/
theorem mean_shift_kl {h lo hi : R} (hh : HoeffdingBound h) {p q f : Fin m → R} (hp : IsProb p)
    (hq : IsProb q) (hq0 : ∀ a, 0 < q a) (hf : ∀ a, lo ≤ f a ∧ f a ≤ hi) :
    (mean p f - mean q f) * (mean p f - mean q f) ≤
      4 * h * ((hi - lo) * (hi - lo)) * klDiv p q := mean_sub_mul_self_le hp hq hq0 hh hf

/-- `|log(π_r/q)| ≤ (hi - lo)/λ` for `lo ≤ r ≤ hi`. -/
theorem boltzmann_ratio (E : Setting R N m) (x : Fin N) {lo hi : R} {r : Fin m → R}
    (hr : ∀ a, lo ≤ r a ∧ r a ≤ hi) (a : Fin m) :
    abs (log (E.boltzmann x r a / E.refPolicy x a)) ≤ (hi - lo) / E.klCoef :=
  E.abs_log_boltzmann_div_le x hr a

/-- `KL(π_r ‖ q) ≤ h (hi - lo)²/λ²` for `lo ≤ r ≤ hi`. -/
theorem kl_budget (E : Setting R N m) {h lo hi : R} (hh : HoeffdingBound h) (x : Fin N)
    {r : Fin m → R} (hr : ∀ a, lo ≤ r a ∧ r a ≤ hi) :
    klDiv (E.boltzmann x r) (E.refPolicy x) ≤
      h * ((hi - lo) * (hi - lo)) / (E.klCoef * E.klCoef) := E.klDiv_boltzmann_le x hh hr

end RLHF
