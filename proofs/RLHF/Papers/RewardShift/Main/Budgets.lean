module
public import RLHF.Papers.RewardShift.Budgets.Preferences
public import RLHF.Papers.RewardShift.Budgets.Threshold

/-!
# Headline theorems: clipping threshold and sampling budget

Every statement of its group, under the name of its entry in the claim table, and nothing else.

## Conventions
* `R` is any exponential ordered field.
* `Z` is a function on the outcomes, `|ℓ|` for instance, and `c` what a unit of the threshold costs.
* `c` and `d` are the costs of a prompt and of a rollout, or of a prompt and of a preference.
* `r` is a number of rollouts for each prompt, `j` one of prompts, `i` one of preferences: any
  positive numbers. `K` is a natural number of rollouts.

## References
cf. arXiv 2602.21765, choice of the threshold and of the sampling budget.
-/

public section

namespace RLHF

universe u
variable {R : Type u} [ExpField R] {m : Nat}

attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

/-- `c t + E_p (Z - t)₊ ≤ c τ + E_p (Z - τ)₊` for every `τ ≥ 0` if `P_p(Z > t) ≤ c`, and
`c ≤ P_p(Z ≥ t)` or `t = 0`. -/
theorem clip_threshold_optimal {p : Fin m → R} (hp : IsProb p) (Z : Fin m → R) {c t τ : R}
    (h1 : (mean p fun a => indicator (t < Z a)) ≤ c)
    (h2 : (c ≤ mean p fun a => indicator (t ≤ Z a)) ∨ t = 0) (hτ : 0 ≤ τ) :
    (c * t + mean p fun a => posPart (Z a - t)) ≤ c * τ + mean p fun a => posPart (Z a - τ) :=
  threshold_optimal hp h1 h2 hτ

/-- `(c + r d)(1 + 1/√r)² ≥ (∛c + ∛d)³`, with equality exactly if `r = (c/d)^{2/3}`; of all `r ≥ 1`
the larger one of `1` and `(c/d)^{2/3}` is best. -/
theorem budget_bound {c d r : R} (hc : 0 < c) (hd : 0 < d) (hr : 0 < r) :
    (cbrt c + cbrt d) ^ 3 ≤ (c + r * d) * (1 + 1 / sqrt r) ^ 2 ∧
      ((cbrt c + cbrt d) ^ 3 = (c + r * d) * (1 + 1 / sqrt r) ^ 2 ↔ r = cbrt (c / d) ^ 2) ∧
      (1 ≤ r →
        (c + max 1 (cbrt (c / d) ^ 2) * d) * (1 + 1 / sqrt (max 1 (cbrt (c / d) ^ 2))) ^ 2 ≤
          (c + r * d) * (1 + 1 / sqrt r) ^ 2) :=
  ⟨boundCost_ge hc hd hr, boundCost_eq_iff hc hd hr, boundCost_max_le hc hd⟩

/-- A natural number `K ≥ 1` of rollouts minimises `(c + K d)(v + w/K)` exactly if
`K(K - 1) ≤ c w/(d v) ≤ K(K + 1)`. -/
theorem budget_variance_integer {c d v w : R} (hc : 0 ≤ c) (hd : 0 < d) (hv : 0 < v) (hw : 0 ≤ w)
    {K : Nat} (hK : 1 ≤ K) :
    (∀ j : Nat, 1 ≤ j → (c + K * d) * (v + w / K) ≤ (c + j * d) * (v + w / j)) ↔
      K * (K - 1) ≤ c * w / (d * v) ∧ c * w / (d * v) ≤ K * (K + 1) :=
  integer_optimal_iff hc hd hv hw hK

/-- `(a/√j + b/√i)² (c j + d i) ≥ (∛(a² c) + ∛(b² d))³`, with equality exactly if
`j/i = (a d/(b c))^{2/3}`. -/
theorem budget_preferences {a b c d j i : R} (ha : 0 < a) (hb : 0 < b) (hc : 0 < c) (hd : 0 < d)
    (hj : 0 < j) (hi : 0 < i) :
    (cbrt (a ^ 2 * c) + cbrt (b ^ 2 * d)) ^ 3 ≤
        (a / sqrt j + b / sqrt i) ^ 2 * (c * j + d * i) ∧
      ((cbrt (a ^ 2 * c) + cbrt (b ^ 2 * d)) ^ 3 =
          (a / sqrt j + b / sqrt i) ^ 2 * (c * j + d * i) ↔
        j / i = cbrt (a * d / (b * c)) ^ 2) :=
  ⟨cube_roots_le (Std.le_of_lt ha) (Std.le_of_lt hb) (Std.le_of_lt hc) (Std.le_of_lt hd) hj hi,
    cube_roots_eq_iff ha hb hc hd hj hi⟩

/-- `(c + r d)(σ² + ρ²/r) = (√c σ + √d ρ)² + (√(r d) σ - √(c/r) ρ)²`, and the second square vanishes
exactly if `r = √(c ρ²/(d σ²))`. -/
theorem budget_variance {c d r σ ρ : R} (hc : 0 ≤ c) (hd : 0 < d) (hr : 0 < r) (hσ : 0 < σ)
    (hρ : 0 ≤ ρ) :
    (c + r * d) * (σ * σ + ρ * ρ / r) =
        (sqrt c * σ + sqrt d * ρ) * (sqrt c * σ + sqrt d * ρ) +
          (sqrt (r * d) * σ - sqrt (c / r) * ρ) * (sqrt (r * d) * σ - sqrt (c / r) * ρ) ∧
      ((sqrt (r * d) * σ - sqrt (c / r) * ρ) * (sqrt (r * d) * σ - sqrt (c / r) * ρ) = 0 ↔
        r = sqrt (c * (ρ * ρ) / (d * (σ * σ)))) :=
  ⟨variance_split hc (Std.le_of_lt hd) hr σ ρ, variance_split_zero_iff hc hd hr hσ hρ⟩

/-- `(x p² + y q²)³ ≤ (x³ + y³)(p³ + q³)²`, for numbers `≥ 0`, with equality exactly if
`x q = y p`. -/
theorem holder_two {x y p q : R} (hx : 0 ≤ x) (hy : 0 ≤ y) (hp : 0 ≤ p) (hq : 0 ≤ q) :
    (x * p ^ 2 + y * q ^ 2) ^ 3 ≤ (x ^ 3 + y ^ 3) * (p ^ 3 + q ^ 3) ^ 2 ∧
      ((x * p ^ 2 + y * q ^ 2) ^ 3 = (x ^ 3 + y ^ 3) * (p ^ 3 + q ^ 3) ^ 2 ↔ x * q = y * p) :=
  ⟨holder_cubes hx hy hp hq, holder_cubes_eq_iff hx hy hp hq⟩

/-- For every `c ≥ 0` there is a threshold `t ≥ 0`, one of the values of `Z` or `0`, with
`P_p(Z > t) ≤ c`, and `c ≤ P_p(Z ≥ t)` or `t = 0`. -/
theorem clip_threshold_exists {p : Fin m → R} (hp : IsProb p) (Z : Fin m → R) {c : R}
    (hc : 0 ≤ c) :
    ∃ t, 0 ≤ t ∧ (t = 0 ∨ ∃ b, t = Z b) ∧ (mean p fun a => indicator (t < Z a)) ≤ c ∧
      ((c ≤ mean p fun a => indicator (t ≤ Z a)) ∨ t = 0) :=
  exists_threshold hp hc Z

/-- Of two thresholds that satisfy this for `c < c'`, the one for `c'` is not larger. -/
theorem clip_threshold_monotone {p : Fin m → R} (hp : IsProb p) (Z : Fin m → R) {c c' t t' : R}
    (hc : c < c') (h1 : (mean p fun a => indicator (t < Z a)) ≤ c) (ht : 0 ≤ t)
    (h2 : (c' ≤ mean p fun a => indicator (t' ≤ Z a)) ∨ t' = 0) : t' ≤ t :=
  threshold_antitone hp hc h1 ht h2

/-- `(c + r d)(1 + 1/√r)²` does not fall from `(c/d)^{2/3}` on, and does not rise before. -/
theorem budget_bound_unimodal {c d r r' : R} (hc : 0 < c) (hd : 0 < d) (hr : 0 < r)
    (h : r ≤ r') :
    (cbrt (c / d) ^ 2 ≤ r →
        (c + r * d) * (1 + 1 / sqrt r) ^ 2 ≤ (c + r' * d) * (1 + 1 / sqrt r') ^ 2) ∧
      (r' ≤ cbrt (c / d) ^ 2 →
        (c + r' * d) * (1 + 1 / sqrt r') ^ 2 ≤ (c + r * d) * (1 + 1 / sqrt r) ^ 2) :=
  ⟨boundCost_mono_of_le hc hd hr h, boundCost_anti_of_le hc hd hr h⟩

/-- `(a/j + b/i)(c j + d i) ≥ (√(a c) + √(b d))²`, with equality exactly if
`j/i = √(a d/(b c))`. -/
theorem budget_preferences_fast {a b c d j i : R} (ha : 0 < a) (hb : 0 < b) (hc : 0 < c)
    (hd : 0 < d) (hj : 0 < j) (hi : 0 < i) :
    (sqrt (a * c) + sqrt (b * d)) ^ 2 ≤ (a / j + b / i) * (c * j + d * i) ∧
      ((sqrt (a * c) + sqrt (b * d)) ^ 2 = (a / j + b / i) * (c * j + d * i) ↔
        j / i = sqrt (a * d / (b * c))) :=
  ⟨square_roots_le ha hb hc hd hj hi, square_roots_eq_iff ha hb hc hd hj hi⟩

end RLHF
