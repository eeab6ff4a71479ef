module
public import RLHF.Papers.Generalisation.Stability.Coverage

/-!
# Coverage with a free split

What is modelled: the variance of a feature direction at any prompt is that of a sum, one part along
what the sample covers and one in the residual. The two are put together by Minkowski's inequality,
or with any split `1 + t`, `1 + 1/t` of the square; `t = 1` is `Problem.Coverage.var_le`.

## Main results
* `var_add_le_mul_self`: `Var_p(f + g) ≤ (a + b)²` if `Var_p(f) ≤ a²` and `Var_p(g) ≤ b²`.
* `add_mul_self_le_split`: `(a + b)² ≤ (1 + t) a² + (1 + 1/t) b²`.
* `Problem.DifferenceCoverage.var_le_mul_self`:
  `Var_π(⟨v, φ⟩) ≤ (√((Δ²/σ) ⟨V_S v, v⟩) + ε ‖v‖)² / 4`.
* `Problem.Coverage.var_le_mul_self`: `Var_π(⟨v, φ⟩) ≤ (√((B²/σ) ⟨V_S v, v⟩) + ε ‖v‖)²`.

## References
arXiv 2601.16403, cf. Assumption 5.
-/

public section

namespace RLHF

open Lean.Grind

universe u
variable {R : Type u} [ExpField R] {N m d n : Nat}

/-- Minkowski for the standard deviation: `Var_p(f + g) ≤ (a + b)²`. -/
theorem var_add_le_mul_self {p : Fin m → R} (hp : ∀ a, 0 ≤ p a) {f g : Fin m → R} {a b : R}
    (ha : 0 ≤ a) (hb : 0 ≤ b) (hf : var p f ≤ a * a) (hg : var p g ≤ b * b) :
    var p (fun i => f i + g i) ≤ (a + b) * (a + b) := by
  have h1 := cov_mul_self_le hp f g
  have h2 := mul_le_mul hf hg (Std.le_trans (var_nonneg hp f) hf) (var_nonneg hp g)
  have h3 := abs_le_of_mul_self_le (mul_nonneg ha hb)
    (show cov p f g * cov p f g ≤ a * b * (a * b) by grind)
  have h4 := (abs_le.mp h3).2
  have e : var p (fun i => f i + g i) = var p f + 2 * cov p f g + var p g := by
    unfold var
    rw [cov_add_left, cov_comm f fun i => f i + g i, cov_comm g fun i => f i + g i, cov_add_left,
      cov_add_left, cov_comm g f]
    grind
  rw [e]
  grind

/-- `(a + b)² ≤ (1 + t) a² + (1 + 1/t) b²`: the difference is `(t a - b)² / t`. -/
theorem add_mul_self_le_split {t : R} (ht : 0 < t) (a b : R) :
    (a + b) * (a + b) ≤ (1 + t) * (a * a) + (1 + 1 / t) * (b * b) := by
  have h := div_nonneg (mul_self_nonneg (t * a - b)) ht
  have e : (1 + t) * (a * a) + (1 + 1 / t) * (b * b) =
      (a + b) * (a + b) + (t * a - b) * (t * a - b) / t := by clear h; grind
  rw [e]
  grind

/-- `√(4y) = 2√y`. -/
theorem sqrt_four_mul {y : R} (hy : 0 ≤ y) : sqrt (4 * y) = 2 * sqrt y := by
  have h := sqrt_mul_self hy
  have h0 := sqrt_nonneg y
  exact sqrt_eq (by grind) (by grind)

namespace Problem

variable {P : Problem R N m d} {S : Fin n → Fin N} {θ : Vec R d} {proj : Fin d → Vec R d}
  {σ ε B Δ : R}

theorem DifferenceCoverage.residual_nonneg (h : P.DifferenceCoverage S θ proj σ ε) (x : Fin N) :
    0 ≤ ε :=
  Std.le_trans (norm_nonneg _) (h.residual_le x ⟨0, P.action_pos x⟩ ⟨0, P.action_pos x⟩)

theorem Coverage.residual_nonneg (h : P.Coverage S θ proj σ ε) (x : Fin N) : 0 ≤ ε :=
  Std.le_trans (norm_nonneg _) (h.residual_le x ⟨0, P.action_pos x⟩)

theorem covarianceOn_nonneg (P : Problem R N m d) (S : Fin n → Fin N) (θ v : Vec R d) :
    0 ≤ inner (mulVec (P.covarianceOn S θ) v) v := by
  rw [inner_mulVec_covarianceOn]
  exact average_nonneg fun i => var_nonneg (P.policy_isProb (S i) θ).nonneg _

/-- The direction `v` is `Π v` along what the sample covers: the variance of that part. -/
theorem DifferenceCoverage.var_covered_le (h : P.DifferenceCoverage S θ proj σ ε)
    (hΔ : P.DifferenceBound Δ) (x : Fin N) {π : Fin m → R} (hπ : IsProb π) (v : Vec R d) :
    var π (fun a => inner (mulVec proj v) (P.feature x a)) ≤
      Δ * Δ / σ * inner (mulVec (P.covarianceOn S θ) v) v / 4 := by
  have hσ := h.eigenvalue_pos
  have h1 := var_inner_le_of_differences hπ (hΔ x) (mulVec proj v)
  have h2 := mul_le_mul_left (h.le_covariance v) (div_nonneg (mul_self_nonneg Δ) hσ)
  generalize norm (mulVec proj v) * norm (mulVec proj v) = y at *
  rw [show Δ * Δ / σ * (σ * y) = Δ * Δ * y by clear h1 h2; grind] at h2
  grind

/-- The residual part of the direction `v`. -/
theorem DifferenceCoverage.var_residual_le (h : P.DifferenceCoverage S θ proj σ ε) (x : Fin N)
    {π : Fin m → R} (hπ : IsProb π) (v : Vec R d) :
    var π (fun a => inner v (P.feature x a - mulVec proj (P.feature x a))) ≤
      ε * norm v / 2 * (ε * norm v / 2) := by
  have h2 := var_inner_le_of_differences hπ
    (φ := fun a => P.feature x a - mulVec proj (P.feature x a)) (c := ε) (fun a b => by
      have := h.residual_le x a b
      rw [mulVec_sub] at this
      rw [show P.feature x a - mulVec proj (P.feature x a) - (P.feature x b -
          mulVec proj (P.feature x b)) = P.feature x a - P.feature x b -
          (mulVec proj (P.feature x a) - mulVec proj (P.feature x b)) from Vec.ext fun i => by
        simp only [Vec.sub_apply]; grind]
      exact this) v
  rw [show ε * norm v / 2 * (ε * norm v / 2) = ε * ε / 4 * (norm v * norm v) by clear h2; grind]
  exact h2

/-- `Var_π(⟨v, φ(x, ·)⟩) ≤ (√((Δ²/σ) ⟨V_S(θ) v, v⟩) + ε ‖v‖)² / 4`, at every prompt and under every
policy `π`. -/
theorem DifferenceCoverage.var_le_mul_self (h : P.DifferenceCoverage S θ proj σ ε)
    (hΔ : P.DifferenceBound Δ) (x : Fin N) {π : Fin m → R} (hπ : IsProb π) (v : Vec R d) :
    var π (fun a => inner v (P.feature x a)) ≤
      (sqrt (Δ * Δ / σ * inner (mulVec (P.covarianceOn S θ) v) v) + ε * norm v) *
      (sqrt (Δ * Δ / σ * inner (mulVec (P.covarianceOn S θ) v) v) + ε * norm v) / 4 := by
  have e : ∀ a, inner v (P.feature x a) = inner (mulVec proj v) (P.feature x a) +
      inner v (P.feature x a - mulVec proj (P.feature x a)) := fun a => by
    rw [inner_sub_right, inner_mulVec_of_symm h.symm]; grind
  have h1 := h.var_covered_le hΔ x hπ v
  have hs := sqrt_mul_self (mul_nonneg (div_nonneg (mul_self_nonneg Δ) h.eigenvalue_pos)
    (P.covarianceOn_nonneg S θ v))
  have hs0 := sqrt_nonneg (Δ * Δ / σ * inner (mulVec (P.covarianceOn S θ) v) v)
  have hb := mul_nonneg (h.residual_nonneg x) (norm_nonneg v)
  rw [funext e]
  generalize sqrt (Δ * Δ / σ * inner (mulVec (P.covarianceOn S θ) v) v) = s at *
  have hf := Std.le_trans h1 (by rw [← hs]; grind : Δ * Δ / σ *
    inner (mulVec (P.covarianceOn S θ) v) v / 4 ≤ s / 2 * (s / 2))
  have := var_add_le_mul_self hπ.nonneg (by grind : 0 ≤ s / 2)
    (by grind : 0 ≤ ε * norm v / 2) hf (h.var_residual_le x hπ v)
  grind

/-- `Var_π(⟨v, φ(x, ·)⟩) ≤ (√((B²/σ) ⟨V_S(θ) v, v⟩) + ε ‖v‖)²`, at every prompt and under every
policy `π`. -/
theorem Coverage.var_le_mul_self (h : P.Coverage S θ proj σ ε) (hB : P.FeatureBound B) (x : Fin N)
    {π : Fin m → R} (hπ : IsProb π) (v : Vec R d) :
    var π (fun a => inner v (P.feature x a)) ≤
      (sqrt (B * B / σ * inner (mulVec (P.covarianceOn S θ) v) v) + ε * norm v) *
      (sqrt (B * B / σ * inner (mulVec (P.covarianceOn S θ) v) v) + ε * norm v) := by
  have hd := h.differences.var_le_mul_self hB.differenceBound x hπ v
  have hy := mul_nonneg (div_nonneg (mul_self_nonneg B) h.eigenvalue_pos)
    (P.covarianceOn_nonneg S θ v)
  have e : ∀ g, 2 * B * (2 * B) / σ * g = 4 * (B * B / σ * g) := fun g => by
    have := h.eigenvalue_pos; grind
  rw [e, sqrt_four_mul hy] at hd
  grind

/-! ### A split -/

/-- `Var_π(⟨v, φ⟩) ≤ (1 + t) (Δ²/(4σ)) ⟨V_S(θ) v, v⟩ + (1 + 1/t) (ε²/4) ‖v‖²` for every `t > 0`. -/
theorem DifferenceCoverage.var_le_split (h : P.DifferenceCoverage S θ proj σ ε)
    (hΔ : P.DifferenceBound Δ) (x : Fin N) {π : Fin m → R} (hπ : IsProb π) (v : Vec R d) {t : R}
    (ht : 0 < t) : var π (fun a => inner v (P.feature x a)) ≤
      (1 + t) * (Δ * Δ / (4 * σ)) * inner (mulVec (P.covarianceOn S θ) v) v +
        (1 + 1 / t) * (ε * ε / 4) * (norm v * norm v) := by
  have hv := h.var_le_mul_self hΔ x hπ v
  have hs := sqrt_mul_self (mul_nonneg (div_nonneg (mul_self_nonneg Δ) h.eigenvalue_pos)
    (P.covarianceOn_nonneg S θ v))
  have k := div_le_div_right (add_mul_self_le_split ht
    (sqrt (Δ * Δ / σ * inner (mulVec (P.covarianceOn S θ) v) v)) (ε * norm v))
    (by grind : (0 : R) < 4)
  rw [hs] at k
  have hσ := h.eigenvalue_pos
  generalize inner (mulVec (P.covarianceOn S θ) v) v = g at *
  have e : ((1 + t) * (Δ * Δ / σ * g) + (1 + 1 / t) * (ε * norm v * (ε * norm v))) / 4 =
      (1 + t) * (Δ * Δ / (4 * σ)) * g + (1 + 1 / t) * (ε * ε / 4) * (norm v * norm v) := by
    clear k hs hv; grind
  rw [e] at k
  exact Std.le_trans hv k

/-- `Var_π(⟨v, φ⟩) ≤ (1 + t) (B²/σ) ⟨V_S(θ) v, v⟩ + (1 + 1/t) ε² ‖v‖²` for every `t > 0`. -/
theorem Coverage.var_le_split (h : P.Coverage S θ proj σ ε) (hB : P.FeatureBound B) (x : Fin N)
    {π : Fin m → R} (hπ : IsProb π) (v : Vec R d) {t : R} (ht : 0 < t) :
    var π (fun a => inner v (P.feature x a)) ≤
      (1 + t) * (B * B / σ) * inner (mulVec (P.covarianceOn S θ) v) v +
        (1 + 1 / t) * (ε * ε) * (norm v * norm v) := by
  have hd := h.differences.var_le_split hB.differenceBound x hπ v ht
  have hσ := h.eigenvalue_pos
  rw [show 2 * B * (2 * B) / (4 * σ) = B * B / σ by clear hd; grind,
    show 2 * ε * (2 * ε) / 4 = ε * ε by clear hd; grind] at hd
  exact hd

/-- With exact coverage `Var_π(⟨v, φ⟩) ≤ (Δ²/(4σ)) ⟨V_S(θ) v, v⟩`. -/
theorem DifferenceCoverage.var_le_of_exact (h : P.DifferenceCoverage S θ proj σ 0)
    (hΔ : P.DifferenceBound Δ) (x : Fin N) {π : Fin m → R} (hπ : IsProb π) (v : Vec R d) :
    var π (fun a => inner v (P.feature x a)) ≤
      Δ * Δ / (4 * σ) * inner (mulVec (P.covarianceOn S θ) v) v := by
  have hv := h.var_le_mul_self hΔ x hπ v
  have hσ := h.eigenvalue_pos
  have hs := sqrt_mul_self (mul_nonneg (div_nonneg (mul_self_nonneg Δ) hσ)
    (P.covarianceOn_nonneg S θ v))
  have e : ∀ s, (s + 0 * norm v) * (s + 0 * norm v) / 4 = s * s / 4 := fun s => by grind
  rw [e, hs] at hv
  generalize inner (mulVec (P.covarianceOn S θ) v) v = g at *
  rw [show Δ * Δ / σ * g / 4 = Δ * Δ / (4 * σ) * g by clear hv hs; grind] at hv
  exact hv

/-- With exact coverage `Var_π(⟨v, φ⟩) ≤ (B²/σ) ⟨V_S(θ) v, v⟩`. -/
theorem Coverage.var_le_of_exact (h : P.Coverage S θ proj σ 0) (hB : P.FeatureBound B) (x : Fin N)
    {π : Fin m → R} (hπ : IsProb π) (v : Vec R d) :
    var π (fun a => inner v (P.feature x a)) ≤
      B * B / σ * inner (mulVec (P.covarianceOn S θ) v) v := by
  have hd := h.differences
  rw [show (2 * 0 : R) = 0 by grind] at hd
  have hv := hd.var_le_of_exact hB.differenceBound x hπ v
  have hσ := h.eigenvalue_pos
  rw [show 2 * B * (2 * B) / (4 * σ) = B * B / σ by clear hv; grind] at hv
  exact hv

end Problem

end RLHF
