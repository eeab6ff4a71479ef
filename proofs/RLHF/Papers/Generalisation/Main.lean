module
public import RLHF.Geometry.Comparison
public import RLHF.Papers.Generalisation.Ascent.Rate
public import RLHF.Papers.Generalisation.Suboptimality.Decomposition

/-!
# Headline theorems

Every statement of the theory, under the name of its entry in `claims.toml`, and nothing else.
Each is proved in a line or two from the parts. To audit the library, read the definitions
(the files `Defs.lean`) and this file with those in `Main/`.

## Conventions
* `R` is any exponential ordered field, `P` a problem, `x` a prompt, `S` a sample of `n` prompts.
* `C` is a second-order constant of the exponential (`ExpBound`); `exp M` is one (`expBound_exp`).

## References
arXiv 2601.16403, arXiv 2410.15610 (cf. weak gradient domination).
-/

public section

namespace RLHF

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R] {N m d n : Nat} (P : Problem R N m d)

/-! ### Policy and objective -/

/-- `Σ_a π_θ(a | x) = 1` and `π_θ(a | x) > 0`. 2601.16403, posterior Boltzmann policy. -/
theorem boltzmann_normalised (x : Fin N) (θ : Vec R d) :
    IsProb (P.policy x θ) ∧ ∀ a, 0 < P.policy x θ a :=
  ⟨P.policy_isProb x θ, P.policy_pos x θ⟩

/-- `log (π_θ / q) = ⟨θ, φ⟩ / λ - A_x(θ)`. 2601.16403, posterior Boltzmann policy. -/
theorem log_ratio (x : Fin N) (θ : Vec R d) (a : Fin m) :
    log (P.policy x θ a / P.refPolicy x a) = P.score x θ a - P.logPartition x θ :=
  P.log_policy_div x θ a

/-- `KL(p ‖ q) ≥ 0` for probability vectors, `q > 0`. 2601.16403, KL regulariser. -/
theorem kl_nonneg {p q : Fin m → R} (hp : IsProb p) (hq : IsProb q) (hq0 : ∀ a, 0 < q a) :
    0 ≤ klDiv p q :=
  klDiv_nonneg hp hq hq0

/-- `KL(p ‖ q) = 0` iff `p = q`. 2601.16403, KL regulariser. -/
theorem kl_zero_iff {p q : Fin m → R} (hp : IsProb p) (hq : IsProb q) (hq0 : ∀ a, 0 < q a) :
    klDiv p q = 0 ↔ p = q :=
  klDiv_eq_zero_iff hp hq hq0

/-- `J_x(π) = λ A_x(θ*) - λ KL(π ‖ π_θ*)` for every probability vector `π`, so `π_θ*` is the unique
maximiser of `J_x`. 2601.16403, KL-regularised objective. -/
theorem gibbs_variational (x : Fin N) {π : Fin m → R} (hπ : IsProb π) :
    P.value x π = P.klCoef * P.logPartition x P.trueParam -
      P.klCoef * klDiv π (P.policy x P.trueParam) ∧
    P.value x π ≤ P.objectiveAt x P.trueParam ∧
    (P.value x π = P.objectiveAt x P.trueParam ↔ π = P.policy x P.trueParam) :=
  ⟨P.gibbs x hπ, P.value_le x hπ, P.value_eq_iff x hπ⟩

/-- `J_x(θ*) - J_x(θ) = λ KL(π_θ ‖ π_θ*) = λ log E_{π_θ} exp Y` with
`Y = (⟨θ* - θ, φ⟩ - E_{π_θ} ⟨θ* - θ, φ⟩) / λ`. 2601.16403, cf. Definition 3 (suboptimality gap). -/
theorem gap_identity (x : Fin N) (θ : Vec R d) :
    P.objectiveAt x P.trueParam - P.objectiveAt x θ =
      P.klCoef * klDiv (P.policy x θ) (P.policy x P.trueParam) ∧
    P.objectiveAt x P.trueParam - P.objectiveAt x θ =
      P.klCoef * log (mean (P.policy x θ) fun a => exp (P.score x (P.trueParam - θ) a -
        mean (P.policy x θ) (P.score x (P.trueParam - θ)))) :=
  ⟨P.gap_eq_klDiv x θ, P.gap_eq_log_mean_exp x θ⟩

/-- `|J_x(θ*)| ≤ B ‖θ*‖`. 2601.16403, boundedness of the objective. -/
theorem objective_range {B : R} (hB : P.FeatureBound B) (x : Fin N) :
    abs (P.objectiveAt x P.trueParam) ≤ B * norm P.trueParam :=
  P.abs_objectiveAt_trueParam_le x hB

/-! ### Gradient-norm geometry -/

/-- `Var_{π_θ}(⟨v, φ⟩) ≤ B² ‖v‖²`. 2601.16403, covariance of the features. -/
theorem variance_bound {B : R} (hB : P.FeatureBound B) (x : Fin N) (θ v : Vec R d) :
    var (P.policy x θ) (fun a => inner v (P.feature x a)) ≤ B * B * (norm v * norm v) :=
  var_inner_le (P.policy_isProb x θ) (hB x) v

/-- `⟨∇J_S(θ), θ* - θ⟩ = (1/λ) · mean_i Var_{π_θ}(⟨θ* - θ, φ(x_i, ·)⟩) ≥ 0`. 2601.16403, gradient of
the objective. -/
theorem gradient_alignment (S : Fin n → Fin N) (θ : Vec R d) :
    inner (P.gradient S θ) (P.trueParam - θ) = 1 / P.klCoef * (average fun i =>
      var (P.policy (S i) θ) fun a => inner (P.trueParam - θ) (P.feature (S i) a)) ∧
    0 ≤ inner (P.gradient S θ) (P.trueParam - θ) :=
  ⟨P.inner_gradient_error S θ, P.inner_gradient_error_nonneg S θ⟩

/-- `‖∇J(θ)‖² ≤ (B²/λ) ⟨∇J(θ), θ* - θ⟩`, for `J_S` and for each single prompt. 2601.16403,
gradient-norm controlled stability. -/
theorem gradient_cocoercive {B : R} (hB : P.FeatureBound B) (θ : Vec R d) :
    (∀ S : Fin n → Fin N, norm (P.gradient S θ) * norm (P.gradient S θ) ≤
      B * B / P.klCoef * inner (P.gradient S θ) (P.trueParam - θ)) ∧
    ∀ x, norm (P.gradientAt x θ) * norm (P.gradientAt x θ) ≤
      B * B / P.klCoef * inner (P.gradientAt x θ) (P.trueParam - θ) :=
  ⟨fun S => P.gradient_cocoercive S θ hB, fun x => P.gradientAt_cocoercive x θ hB⟩

/-- `log E_p exp Y ≤ C·Var_p(Y)` for centred `Y` with `|Y| ≤ M`. 2601.16403, cf. Lemma 6 (its
analytic core). -/
theorem log_mgf_bound {p Y : Fin m → R} {M C : R} (hp : IsProb p) (hY : mean p Y = 0)
    (hM : ∀ a, abs (Y a) ≤ M) (hC : ExpBound M C) :
    log (mean p fun a => exp (Y a)) ≤ C * var p Y :=
  log_mean_exp_le hp hY hM hC

/-- `J_S(θ*) - J_S(θ) ≤ C ⟨∇J_S(θ), θ* - θ⟩ ≤ C ‖θ* - θ‖ ‖∇J_S(θ)‖`, `C` at `M = 2B‖θ* - θ‖/λ`.
2410.15610, cf. weak gradient domination, for the policy class of 2601.16403. -/
theorem gradient_domination {B C : R} (hB : P.FeatureBound B) (S : Fin n → Fin N) (θ : Vec R d)
    (hC : ExpBound (2 * (B * norm (P.trueParam - θ)) / P.klCoef) C) :
    P.objective S P.trueParam - P.objective S θ ≤
      C * inner (P.gradient S θ) (P.trueParam - θ) ∧
    C * inner (P.gradient S θ) (P.trueParam - θ) ≤
      C * norm (P.trueParam - θ) * norm (P.gradient S θ) :=
  ⟨P.gap_le_inner_gradient S θ hB (Std.le_refl _) hC,
    P.inner_gradient_le_norm S θ hB (Std.le_refl _) hC⟩

/-- `∇J_S(θ) = 0` implies `J_S(θ) = J_S(θ*)`, and no choice of one policy for each prompt does
better on the sample. 2601.16403, empirical optima. -/
theorem stationary_is_optimal (S : Fin n → Fin N) {θ : Vec R d} (h : P.gradient S θ = 0) :
    P.objective S θ = P.objective S P.trueParam ∧
    ∀ π : Fin N → Fin m → R, (∀ x, IsProb (π x)) →
      (average fun i => P.value (S i) (π (S i))) ≤ P.objective S θ :=
  have e := P.objective_eq_of_stationary S θ h
  ⟨e, fun _ hπ => e ▸ P.average_value_le S hπ⟩

/-- `e^{-M} Var_{π_θ'}(f) ≤ Var_{π_θ}(f) ≤ e^M Var_{π_θ'}(f)` for `‖θ - θ'‖ ≤ ρ`, `M = 2Bρ/λ`.
2601.16403, cf. Assumption 5 (moves coverage between parameters). -/
theorem covariance_comparison {B ρ : R} (hB : P.FeatureBound B) (x : Fin N) {θ θ' : Vec R d}
    (hρ : norm (θ - θ') ≤ ρ) (f : Fin m → R) :
    exp (-(2 * (B * ρ) / P.klCoef)) * var (P.policy x θ') f ≤ var (P.policy x θ) f ∧
    var (P.policy x θ) f ≤ exp (2 * (B * ρ) / P.klCoef) * var (P.policy x θ') f :=
  ⟨P.le_var_policy x hB hρ f, P.var_policy_le x hB hρ f⟩

/-- `Var_{π_θ}⟨v, φ⟩ = 0` iff `⟨v, φ(x, ·)⟩` is constant, a condition without `θ`. 2601.16403,
cf. Assumption 5 (column space of the covariance). -/
theorem kernel_invariant (x : Fin N) (θ v : Vec R d) :
    var (P.policy x θ) (fun a => inner v (P.feature x a)) = 0 ↔
      ∀ a b, inner v (P.feature x a) = inner v (P.feature x b) :=
  P.var_policy_eq_zero_iff x θ v

/-! ### Error decomposition -/

/-- `J(θ*) - J(θ) ≤ |J_S(θ*) - J(θ*)| + |J_S(θ*) - J_S(θ)| + |J_S(θ) - J(θ)|`: concentration,
optimisation, generalisation. 2601.16403, cf. Definition 3. -/
theorem error_decomposition (D : Fin N → R) (S : Fin n → Fin N) (θ : Vec R d) :
    P.population D P.trueParam - P.population D θ ≤
      abs (P.objective S P.trueParam - P.population D P.trueParam) +
      abs (P.objective S P.trueParam - P.objective S θ) +
      abs (P.objective S θ - P.population D θ) :=
  P.population_gap_le D S θ

/-- `|J_S(θ*) - J_S(θ)| ≤ C ρ ‖∇J_S(θ)‖` for `‖θ* - θ‖ ≤ ρ`, `C` at `M = 2Bρ/λ`. 2601.16403,
optimisation error. -/
theorem optimisation_error {B C ρ : R} (hB : P.FeatureBound B) (S : Fin n → Fin N) {θ : Vec R d}
    (hρ : norm (P.trueParam - θ) ≤ ρ) (hC : ExpBound (2 * (B * ρ) / P.klCoef) C) :
    abs (P.objective S P.trueParam - P.objective S θ) ≤ C * ρ * norm (P.gradient S θ) :=
  P.abs_objective_sub_le S θ hB hρ hC

/-! ### Gradient ascent -/

/-- If `u_{t+1} = u_t - g_t / K` and `‖g_t‖² ≤ K ⟨g_t, u_t⟩`, then `‖u_t‖` never increases and
`Σ_{t<T} ⟨g_t, u_t⟩ ≤ K ‖u_0‖²`. 2601.16403, gradient ascent (its abstract core). -/
theorem ascent_engine {K : R} (hK : 0 ≤ K) {u g : Nat → Vec R d}
    (hstep : ∀ t, u (t + 1) = u t - (1 / K) * g t)
    (hco : ∀ t, norm (g t) * norm (g t) ≤ K * inner (g t) (u t)) :
    (∀ t, norm (u (t + 1)) ≤ norm (u t)) ∧
    ∀ T, sum (fun t : Fin T => inner (g t) (u t)) ≤ K * (norm (u 0) * norm (u 0)) := by
  simp only [norm_mul_self] at hco ⊢
  exact ⟨fun t => hstep t ▸ norm_step_le hK (one_div_nonneg hK) one_div_mul_le (hco t),
    fun T => sum_inner_le hK T hstep hco⟩

/-- For `0 ≤ η` and `η B² ≤ 2λ` the distance of the iterates to `θ*` never increases, so they never
leave the ball `‖θ* - θ‖ ≤ ‖θ* - θ_0‖`. 2601.16403 assumes boundedness; here it is a theorem. -/
theorem ga_bounded {B η : R} (hB : P.FeatureBound B) (S : Fin n → Fin N) (θ0 : Vec R d)
    (hη0 : 0 ≤ η) (hη : η * (B * B) ≤ 2 * P.klCoef) (t : Nat) :
    norm (P.trueParam - P.gradientAscent S θ0 η (t + 1)) ≤
      norm (P.trueParam - P.gradientAscent S θ0 η t) ∧
    norm (P.trueParam - P.gradientAscent S θ0 η t) ≤ norm (P.trueParam - θ0) :=
  ⟨P.error_succ_le S θ0 hB hη0 hη t, P.error_le S θ0 hB hη0 hη t⟩

/-- At `η = λ/B²` some iterate before `T` has `J_S(θ*) - J_S(θ_t) ≤ C (B²/λ) ρ² / T` and
`‖∇J_S(θ_t)‖² ≤ (B²/λ)² ρ² / T`, with `ρ = ‖θ* - θ_0‖` and `C` at `M = 2Bρ/λ`. 2601.16403, rate of
gradient ascent (there `T^{-1/4}`). -/
theorem ga_rate {B C : R} (hB : P.FeatureBound B) (hn : 0 < n) (S : Fin n → Fin N) (θ0 : Vec R d)
    (hC : ExpBound (2 * (B * norm (P.trueParam - θ0)) / P.klCoef) C) {T : Nat} (hT : 0 < T) :
    ∃ t, t < T ∧ P.objective S P.trueParam -
        P.objective S (P.gradientAscent S θ0 (P.klCoef / (B * B)) t) ≤
      C * (B * B / P.klCoef * (norm (P.trueParam - θ0) * norm (P.trueParam - θ0)) / (T : R)) ∧
    norm (P.gradient S (P.gradientAscent S θ0 (P.klCoef / (B * B)) t)) *
        norm (P.gradient S (P.gradientAscent S θ0 (P.klCoef / (B * B)) t)) ≤ B * B / P.klCoef *
      (B * B / P.klCoef * (norm (P.trueParam - θ0) * norm (P.trueParam - θ0)) / (T : R)) :=
  P.exists_iterate_le S θ0 hB hn hC hT

end RLHF
