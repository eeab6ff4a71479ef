module
public import RLHF.Archimedean.Sharp.SecondOrder
public import RLHF.Papers.Generalisation.Main.Ascent
public import RLHF.Papers.Generalisation.Main.Assembled
public import RLHF.Papers.Generalisation.Main.Decomposition
public import RLHF.Papers.Generalisation.Main.Geometry
public import RLHF.Papers.Generalisation.Main.LogForm
public import RLHF.Papers.Generalisation.Main.Stability

/-!
# Sharp constants: the theorems of the paper

What is modelled: in an Archimedean field every headline theorem of the paper that has a
second-order constant `C` of the exponential holds with `C = ψ(M)`, the least one
(`second_order_constant`). The name is that of the theorem with `_sharp`; nothing else differs.
-/

public section

namespace RLHF

attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R] {N m d n k : Nat} (P : Problem R N m d)
  {D : Fin N → R}

theorem log_mgf_bound_sharp (hR : Archimedean R) {p Y : Fin m → R} {M C : R} (hp : IsProb p)
    (hY : mean p Y = 0)
    (hM : ∀ a, abs (Y a) ≤ M) (hC : C = psi M) :
    log (mean p fun a => exp (Y a)) ≤ C * var p Y :=
  log_mgf_bound hp hY hM (expBound_of_eq_psi hR hC)

theorem gradient_domination_sharp (hR : Archimedean R) {B C : R} (hB : P.FeatureBound B)
    (S : Fin n → Fin N) (θ : Vec R d)
    (hC : C = psi (2 * (B * norm (P.trueParam - θ)) / P.klCoef)) :
    P.objective S P.trueParam - P.objective S θ ≤
      C * inner (P.gradient S θ) (P.trueParam - θ) ∧
    C * inner (P.gradient S θ) (P.trueParam - θ) ≤
      C * norm (P.trueParam - θ) * norm (P.gradient S θ) :=
  gradient_domination P hB S θ (expBound_of_eq_psi hR hC)

theorem pointwise_gap_sharp
    (hR : Archimedean R) {S : Fin n → Fin N} {θ : Vec R d} {proj : Fin d → Vec R d} {σ ε B C ρ : R}
    (hcov : P.Coverage S θ proj σ ε) (hB : P.FeatureBound B)
    (hρ : norm (P.trueParam - θ) ≤ ρ) (hC : C = psi (2 * (B * ρ) / P.klCoef))
    (x : Fin N) : P.objectiveAt x P.trueParam - P.objectiveAt x θ ≤
    C * (2 * (B * B) / σ * inner (P.gradient S θ) (P.trueParam - θ) +
      2 * (ε * ε) * (norm (P.trueParam - θ) * norm (P.trueParam - θ)) / P.klCoef) :=
  pointwise_gap P hcov hB hρ (expBound_of_eq_psi hR hC) (nonneg_of_eq_psi hC) x

theorem gradient_norm_stability_sharp (hR : Archimedean R) {S S' : Fin n → Fin N} {θ θ' : Vec R d}
    {proj proj' : Fin d → Vec R d} {σ ε B C ρ : R} (hcov : P.Coverage S θ proj σ ε)
    (hcov' : P.Coverage S' θ' proj' σ ε) (hB : P.FeatureBound B)
    (hρ : norm (P.trueParam - θ) ≤ ρ) (hρ' : norm (P.trueParam - θ') ≤ ρ)
    (hC : C = psi (2 * (B * ρ) / P.klCoef)) (x : Fin N) :
    abs (P.objectiveAt x θ - P.objectiveAt x θ') ≤
    C * (2 * (B * B) / σ * ρ * max (norm (P.gradient S θ)) (norm (P.gradient S' θ')) +
      2 * (ε * ε) * (ρ * ρ) / P.klCoef) :=
  gradient_norm_stability P hcov hcov' hB hρ hρ' (expBound_of_eq_psi hR hC) (nonneg_of_eq_psi hC) x

theorem stability_from_gradients_sharp (hR : Archimedean R) {alg : (Fin n → Fin N) → Vec R d}
    {proj : (Fin n → Fin N) → Fin d → Vec R d} {σ ε B C ρ G : R}
    (hcov : ∀ S, P.Coverage S (alg S) (proj S) σ ε) (hB : P.FeatureBound B)
    (hρ : ∀ S, norm (P.trueParam - alg S) ≤ ρ) (hG : ∀ S, norm (P.gradient S (alg S)) ≤ G)
    (hC : C = psi (2 * (B * ρ) / P.klCoef)) :
    P.UniformlyStable alg
      (C * (2 * (B * B) / σ * ρ * G + 2 * (ε * ε) * (ρ * ρ) / P.klCoef)) :=
  stability_from_gradients P hcov hB hρ hG (expBound_of_eq_psi hR hC) (nonneg_of_eq_psi hC)

theorem optimisation_error_sharp (hR : Archimedean R) {B C ρ : R} (hB : P.FeatureBound B)
    (S : Fin n → Fin N) {θ : Vec R d}
    (hρ : norm (P.trueParam - θ) ≤ ρ) (hC : C = psi (2 * (B * ρ) / P.klCoef)) :
    abs (P.objective S P.trueParam - P.objective S θ) ≤ C * ρ * norm (P.gradient S θ) :=
  optimisation_error P hB S hρ (expBound_of_eq_psi hR hC)

theorem ga_rate_sharp (hR : Archimedean R) {B C : R} (hB : P.FeatureBound B) (hn : 0 < n)
    (S : Fin n → Fin N) (θ0 : Vec R d)
    (hC : C = psi (2 * (B * norm (P.trueParam - θ0)) / P.klCoef)) {T : Nat} (hT : 0 < T) :
    ∃ t, t < T ∧ P.objective S P.trueParam -
        P.objective S (P.gradientAscent S θ0 (P.klCoef / (B * B)) t) ≤
      C * (B * B / P.klCoef * (norm (P.trueParam - θ0) * norm (P.trueParam - θ0)) / (T : R)) ∧
    norm (P.gradient S (P.gradientAscent S θ0 (P.klCoef / (B * B)) t)) *
        norm (P.gradient S (P.gradientAscent S θ0 (P.klCoef / (B * B)) t)) ≤ B * B / P.klCoef *
      (B * B / P.klCoef * (norm (P.trueParam - θ0) * norm (P.trueParam - θ0)) / (T : R)) :=
  ga_rate P hB hn S θ0 (expBound_of_eq_psi hR hC) hT

theorem ga_last_iterate_sharp (hR : Archimedean R) {B C η : R} (hB : P.FeatureBound B)
    (hn : 0 < n) (S : Fin n → Fin N)
    (θ0 : Vec R d) (hη0 : 0 < η)
    (hη : η * (B * B / P.klCoef * (1 + 2 * (B * norm (P.trueParam - θ0)) / P.klCoef)) ≤ 1)
    (hC : C = psi (2 * (B * norm (P.trueParam - θ0)) / P.klCoef)) {T : Nat}
    (hT : 0 < T) : P.objective S P.trueParam - P.objective S (P.gradientAscent S θ0 η T) ≤
      C * (norm (P.trueParam - θ0) * norm (P.trueParam - θ0) / (η * (T : R))) :=
  ga_last_iterate P hB hn S θ0 hη0 hη (expBound_of_eq_psi hR hC) (nonneg_of_eq_psi hC) hT

theorem ga_linear_sharp
    (hR : Archimedean R) {B C σ : R} {S : Fin n → Fin N} {θ0 : Vec R d} {proj : Fin d → Vec R d}
    (hcov : ∀ t, P.Coverage S (P.gradientAscent S θ0 (P.klCoef / (B * B)) t) proj σ 0)
    (hB : P.FeatureBound B) (hn : 0 < n)
    (hC : C = psi (2 * (B * norm (P.trueParam - θ0)) / P.klCoef)) (t : Nat) :
    norm (mulVec proj (P.trueParam - P.gradientAscent S θ0 (P.klCoef / (B * B)) (t + 1))) *
      norm (mulVec proj (P.trueParam - P.gradientAscent S θ0 (P.klCoef / (B * B)) (t + 1))) ≤
    (1 - σ / (B * B)) *
      (norm (mulVec proj (P.trueParam - P.gradientAscent S θ0 (P.klCoef / (B * B)) t)) *
        norm (mulVec proj (P.trueParam - P.gradientAscent S θ0 (P.klCoef / (B * B)) t))) ∧
    norm (mulVec proj (P.trueParam - P.gradientAscent S θ0 (P.klCoef / (B * B)) t)) *
      norm (mulVec proj (P.trueParam - P.gradientAscent S θ0 (P.klCoef / (B * B)) t)) ≤
    (1 - σ / (B * B)) ^ t *
      (norm (mulVec proj (P.trueParam - θ0)) * norm (mulVec proj (P.trueParam - θ0))) ∧
    P.objective S P.trueParam -
        P.objective S (P.gradientAscent S θ0 (P.klCoef / (B * B)) t) ≤
      C * (B * B / P.klCoef *
        (norm (mulVec proj (P.trueParam - P.gradientAscent S θ0 (P.klCoef / (B * B)) t)) *
          norm (mulVec proj (P.trueParam - P.gradientAscent S θ0 (P.klCoef / (B * B)) t)))) :=
  ga_linear P hcov hB hn (expBound_of_eq_psi hR hC) (nonneg_of_eq_psi hC) t

theorem sga_rate_sharp (hR : Archimedean R) {B C : R} (hB : P.FeatureBound B) (hn : 0 < n)
    (S : Fin n → Fin N)
    (θ0 : Vec R d) (hC : C = psi (2 * (B * norm (P.trueParam - θ0)) / P.klCoef)) {T : Nat}
    (hT : 0 < T) :
    (∀ draws : Nat → Fin n,
      (∀ t, norm (P.trueParam - P.stochasticAscent S θ0 (P.klCoef / (B * B))
          (fun s : Fin (t + 1) => draws s)) ≤
        norm (P.trueParam - P.stochasticAscent S θ0 (P.klCoef / (B * B))
          (fun s : Fin t => draws s))) ∧
      sum (fun t : Fin T => inner
        (P.gradientAt (S (draws t))
          (P.stochasticAscent S θ0 (P.klCoef / (B * B)) fun s : Fin t => draws s))
        (P.trueParam - P.stochasticAscent S θ0 (P.klCoef / (B * B)) fun s : Fin t => draws s)) ≤
      B * B / P.klCoef * (norm (P.trueParam - θ0) * norm (P.trueParam - θ0))) ∧
    sum (fun t : Fin T => expectSample uniform fun draws : Fin t → Fin n =>
      inner (P.gradient S (P.stochasticAscent S θ0 (P.klCoef / (B * B)) draws))
        (P.trueParam - P.stochasticAscent S θ0 (P.klCoef / (B * B)) draws)) ≤
      B * B / P.klCoef * (norm (P.trueParam - θ0) * norm (P.trueParam - θ0)) ∧
    (average fun t : Fin T => expectSample uniform fun draws : Fin t → Fin n =>
      P.objective S P.trueParam -
        P.objective S (P.stochasticAscent S θ0 (P.klCoef / (B * B)) draws)) ≤
    C * (B * B / P.klCoef * (norm (P.trueParam - θ0) * norm (P.trueParam - θ0)) / (T : R)) :=
  sga_rate P hB hn S θ0 (expBound_of_eq_psi hR hC) hT

theorem sga_pairwise_rate_sharp (hR : Archimedean R) {B C : R} (hB : P.FeatureBound B)
    (hn : 0 < n) (S : Fin n → Fin N)
    (θ0 : Vec R d) (hC : C = psi (2 * (B * norm (P.trueParam - θ0)) / P.klCoef)) {T : Nat}
    (hT : 0 < T) :
    (∀ draws : Nat → Fin n × Fin m × Fin m,
      (∀ t, norm (P.trueParam - P.pairwiseAscent S θ0 (P.klCoef / (2 * (B * B)))
          (fun s : Fin (t + 1) => draws s)) ≤
        norm (P.trueParam - P.pairwiseAscent S θ0 (P.klCoef / (2 * (B * B)))
          (fun s : Fin t => draws s))) ∧
      sum (fun t : Fin T => inner
        (P.pairGradient (S (draws t).1)
          (P.pairwiseAscent S θ0 (P.klCoef / (2 * (B * B))) fun s : Fin t => draws s)
          (draws t).2.1 (draws t).2.2)
        (P.trueParam -
          P.pairwiseAscent S θ0 (P.klCoef / (2 * (B * B))) fun s : Fin t => draws s)) ≤
      2 * (B * B) / P.klCoef * (norm (P.trueParam - θ0) * norm (P.trueParam - θ0))) ∧
    sum (fun t : Fin T => expectIterate (P.pairwiseTransition S (P.klCoef / (2 * (B * B)))) t
      (fun θ => inner (P.gradient S θ) (P.trueParam - θ)) θ0) ≤
      2 * (B * B) / P.klCoef * (norm (P.trueParam - θ0) * norm (P.trueParam - θ0)) ∧
    (average fun t : Fin T =>
      expectIterate (P.pairwiseTransition S (P.klCoef / (2 * (B * B)))) t
        (fun θ => P.objective S P.trueParam - P.objective S θ) θ0) ≤
    C * (2 * (B * B) / P.klCoef * (norm (P.trueParam - θ0) * norm (P.trueParam - θ0)) /
      (T : R)) :=
  sga_pairwise_rate P hB hn S θ0 (expBound_of_eq_psi hR hC) hT

theorem sga_noisy_rate_sharp (hR : Archimedean R) {B C s r : R} {S : Fin n → Fin N} {w : Fin k → R}
    {g : Fin k → Vec R d → Vec R d} {c θ0 : Vec R d} (horacle : P.NoisyOracle S w g c r s)
    (hB : P.FeatureBound B) (hstar : norm (P.trueParam - c) ≤ r) (hstart : norm (θ0 - c) ≤ r)
    (hC : C = psi (2 * (B * (2 * r)) / P.klCoef)) {T : Nat} (hT : 0 < T) :
    (∀ η : R, 0 < η → η * (B * B / P.klCoef) ≤ 1 →
      (average fun t : Fin T => expectSample w fun draws : Fin t → Fin k =>
        P.objective S P.trueParam - P.objective S (projectedAscent g c r θ0 η draws)) ≤
      C * (norm (P.trueParam - θ0) * norm (P.trueParam - θ0) / (η * (T : R)) + η * (s * s))) ∧
    ∀ α : R, 0 < α → α * (B * B / P.klCoef) ≤ 1 →
      (average fun t : Fin T => expectSample w fun draws : Fin t → Fin k =>
        P.objective S P.trueParam -
          P.objective S (projectedAscent g c r θ0 (α / sqrt (T : R)) draws)) ≤
      C * ((norm (P.trueParam - θ0) * norm (P.trueParam - θ0) / α + α * (s * s)) /
        sqrt (T : R)) :=
  sga_noisy_rate P horacle hB hstar hstart (expBound_of_eq_psi hR hC) (nonneg_of_eq_psi hC) hT

theorem paper_rates_sharp (hR : Archimedean R) {B C : R} (hB : P.FeatureBound B) (hn : 0 < n)
    (S : Fin n → Fin N)
    (θ0 : Vec R d) (hC : C = psi (2 * (B * norm (P.trueParam - θ0)) / P.klCoef)) {T : Nat}
    (hT : 0 < T) :
    (∃ t, t < T ∧ P.objective S P.trueParam -
        P.objective S (P.gradientAscent S θ0 (P.klCoef / (B * B)) t) ≤
      C * (B * B / P.klCoef * (norm (P.trueParam - θ0) * norm (P.trueParam - θ0)) /
        sqrt (sqrt (T : R))) ∧
      norm (P.gradient S (P.gradientAscent S θ0 (P.klCoef / (B * B)) t)) ≤
        B * B / P.klCoef * norm (P.trueParam - θ0) / sqrt (sqrt (T : R))) ∧
    (average fun t : Fin T => expectSample uniform fun draws : Fin t → Fin n =>
      P.objective S P.trueParam -
        P.objective S (P.stochasticAscent S θ0 (P.klCoef / (B * B)) draws)) ≤
    C * (B * B / P.klCoef * (norm (P.trueParam - θ0) * norm (P.trueParam - θ0)) /
      sqrt (sqrt (sqrt (T : R)))) :=
  paper_rates P hB hn S θ0 (expBound_of_eq_psi hR hC) (nonneg_of_eq_psi hC) hT

theorem suboptimality_empirical_optimum_sharp (hR : Archimedean R) {alg : (Fin n → Fin N) → Vec R d}
    {proj : (Fin n → Fin N) → Fin d → Vec R d} {σ ε B C ρ : R}
    (hcov : ∀ S, P.Coverage S (alg S) (proj S) σ ε) (hB : P.FeatureBound B)
    (hρ : ∀ S, norm (P.trueParam - alg S) ≤ ρ) (hopt : ∀ S, P.gradient S (alg S) = 0)
    (hC : C = psi (2 * (B * ρ) / P.klCoef)) (hD : IsProb D) (hn : 0 < n) :
    expectSample D (fun S => P.population D P.trueParam - P.population D (alg S)) ≤
      B * norm P.trueParam / sqrt (n : R) + C * (2 * (ε * ε) * (ρ * ρ) / P.klCoef) :=
  suboptimality_empirical_optimum P hcov hB hρ hopt (expBound_of_eq_psi hR hC)
    (nonneg_of_eq_psi hC) hD hn

theorem suboptimality_ga_sharp (hR : Archimedean R) {θ0 : Vec R d} {proj :
    (Fin n → Fin N) → Fin d → Vec R d} {σ ε B C ρ : R}
    (hcov : ∀ S, P.Coverage S P.trueParam (proj S) σ ε) (hB : P.FeatureBound B)
    (hρ : norm (P.trueParam - θ0) = ρ) (hC : C = psi (2 * (B * ρ) / P.klCoef))
    (hD : IsProb D) (hn : 0 < n) {T : Nat} (hT : 0 < T) :
    ∃ t : (Fin n → Fin N) → Nat, (∀ S, t S < T) ∧
    expectSample D (fun S => P.population D P.trueParam -
      P.population D (P.gradientAscent S θ0 (P.klCoef / (B * B)) (t S))) ≤
    B * norm P.trueParam / sqrt (n : R) + C * (B * B / P.klCoef * (ρ * ρ) / (T : R)) +
      C * (2 * (B * B) / (exp (-(2 * (B * ρ) / P.klCoef)) * σ) * ρ *
        (B * B / P.klCoef * ρ / sqrt (T : R)) + 2 * (ε * ε) * (ρ * ρ) / P.klCoef) :=
  suboptimality_ga P hcov hB hρ (expBound_of_eq_psi hR hC) (nonneg_of_eq_psi hC) hD hn hT

theorem suboptimality_direct_sharp
    (hR : Archimedean R) {S : Fin n → Fin N} {θ : Vec R d} {proj : Fin d → Vec R d}
    {σ ε B C ρ : R} (hcov : P.Coverage S θ proj σ ε) (hB : P.FeatureBound B)
    (hρ : norm (P.trueParam - θ) ≤ ρ) (hC : C = psi (2 * (B * ρ) / P.klCoef))
    (hD : IsProb D) : P.population D P.trueParam - P.population D θ ≤
    C * (2 * (B * B) / σ * ρ * norm (P.gradient S θ) + 2 * (ε * ε) * (ρ * ρ) / P.klCoef) :=
  suboptimality_direct P hcov hB hρ (expBound_of_eq_psi hR hC) (nonneg_of_eq_psi hC) hD

theorem suboptimality_direct_ga_sharp
    (hR : Archimedean R) {S : Fin n → Fin N} {θ0 : Vec R d} {proj : Fin d → Vec R d}
    {σ ε B C ρ : R} (hcov : P.Coverage S P.trueParam proj σ ε) (hB : P.FeatureBound B)
    (hρ : norm (P.trueParam - θ0) = ρ) (hC : C = psi (2 * (B * ρ) / P.klCoef))
    (hD : IsProb D) {T : Nat} (hT : 0 < T) :
    ∃ t, t < T ∧ P.population D P.trueParam -
      P.population D (P.gradientAscent S θ0 (P.klCoef / (B * B)) t) ≤
    C * (2 * (B * B) / (exp (-(2 * (B * ρ) / P.klCoef)) * σ) *
      (B * B / P.klCoef * (ρ * ρ) / (T : R)) + 2 * (ε * ε) * (ρ * ρ) / P.klCoef) :=
  suboptimality_direct_ga P hcov hB hρ (expBound_of_eq_psi hR hC) (nonneg_of_eq_psi hC) hD hT

theorem suboptimality_sga_sharp
    (hR : Archimedean R) {S : Fin n → Fin N} {θ0 : Vec R d} {proj : Fin d → Vec R d}
    {σ ε B C ρ : R} (hcov : P.Coverage S P.trueParam proj σ ε) (hB : P.FeatureBound B)
    (hρ : norm (P.trueParam - θ0) = ρ) (hC : C = psi (2 * (B * ρ) / P.klCoef))
    (hD : IsProb D) (hn : 0 < n) {T : Nat} (hT : 0 < T) :
    (average fun t : Fin T => expectSample uniform fun draws : Fin t → Fin n =>
      P.population D P.trueParam -
        P.population D (P.stochasticAscent S θ0 (P.klCoef / (B * B)) draws)) ≤
    C * (2 * (B * B) / (exp (-(2 * (B * ρ) / P.klCoef)) * σ) *
      (B * B / P.klCoef * (ρ * ρ) / (T : R)) + 2 * (ε * ε) * (ρ * ρ) / P.klCoef) :=
  suboptimality_sga P hcov hB hρ (expBound_of_eq_psi hR hC) (nonneg_of_eq_psi hC) hD hn hT

theorem suboptimality_sga_pairwise_sharp
    (hR : Archimedean R) {S : Fin n → Fin N} {θ0 : Vec R d} {proj : Fin d → Vec R d}
    {σ ε B C ρ : R} (hcov : P.Coverage S P.trueParam proj σ ε) (hB : P.FeatureBound B)
    (hρ : norm (P.trueParam - θ0) = ρ) (hC : C = psi (2 * (B * ρ) / P.klCoef))
    (hD : IsProb D) (hn : 0 < n) {T : Nat} (hT : 0 < T) :
    (average fun t : Fin T => expectIterate (P.pairwiseTransition S (P.klCoef / (2 * (B * B)))) t
      (fun θ => P.population D P.trueParam - P.population D θ) θ0) ≤
    C * (2 * (B * B) / (exp (-(2 * (B * ρ) / P.klCoef)) * σ) *
      (2 * (B * B) / P.klCoef * (ρ * ρ) / (T : R)) + 2 * (ε * ε) * (ρ * ρ) / P.klCoef) :=
  suboptimality_sga_pairwise P hcov hB hρ (expBound_of_eq_psi hR hC) (nonneg_of_eq_psi hC) hD hn hT

theorem coverage_threshold_sharp
    (hR : Archimedean R) {S : Fin n → Fin N} {θ : Vec R d} {proj : Fin d → Vec R d}
    {σ c α B C ρ : R} (hcov : P.Coverage S θ proj σ (c * exp (-(α * log (n : R)))))
    (hB : P.FeatureBound B) (hρ : norm (P.trueParam - θ) ≤ ρ)
    (hC : C = psi (2 * (B * ρ) / P.klCoef)) (hD : IsProb D) :
    P.population D P.trueParam - P.population D θ ≤
      C * (2 * (B * B) / σ * ρ * norm (P.gradient S θ) +
        2 * (c * c) * (ρ * ρ) / P.klCoef * exp (-(2 * α * log (n : R)))) ∧
    (0 < n → α = 1 / 4 → exp (-(2 * α * log (n : R))) = 1 / sqrt (n : R)) :=
  coverage_threshold P hcov hB hρ (expBound_of_eq_psi hR hC) (nonneg_of_eq_psi hC) hD

theorem gap_log_form_sharp (hR : Archimedean R) {Δ C ρ : R} (hΔ : P.DifferenceBound Δ)
    {θ : Vec R d} (hρ : norm (P.trueParam - θ) ≤ ρ) (hC : C = psi (Δ * ρ / P.klCoef))
    (x : Fin N) : P.objectiveAt x P.trueParam - P.objectiveAt x θ ≤
      P.klCoef * log (1 + C / P.klCoef * inner (P.gradientAt x θ) (P.trueParam - θ)) :=
  gap_log_form P hΔ hρ (expBound_of_eq_psi hR hC) x

theorem gap_log_form_sample_sharp (hR : Archimedean R) {Δ C ρ : R} (hΔ : P.DifferenceBound Δ)
    {θ : Vec R d} (hρ : norm (P.trueParam - θ) ≤ ρ) (hC : C = psi (Δ * ρ / P.klCoef)) :
    (∀ S : Fin n → Fin N, P.objective S P.trueParam - P.objective S θ ≤
      P.klCoef * log (1 + C / P.klCoef * inner (P.gradient S θ) (P.trueParam - θ))) ∧
    (IsProb D → P.population D P.trueParam - P.population D θ ≤ P.klCoef * log (1 +
      C / P.klCoef * mean D fun x => inner (P.gradientAt x θ) (P.trueParam - θ))) :=
  gap_log_form_sample P hΔ hρ (expBound_of_eq_psi hR hC)

theorem suboptimality_direct_log_sharp
    (hR : Archimedean R) {S : Fin n → Fin N} {θ : Vec R d} {proj : Fin d → Vec R d}
    {σ ε B C ρ : R} (hcov : P.Coverage S θ proj σ ε) (hB : P.FeatureBound B)
    (hρ : norm (P.trueParam - θ) ≤ ρ) (hC : C = psi (2 * (B * ρ) / P.klCoef)) (hD : IsProb D) :
    P.population D P.trueParam - P.population D θ ≤ P.klCoef * log (1 +
      C / (P.klCoef * P.klCoef) *
        ((sqrt (B * B / σ * (P.klCoef * (ρ * norm (P.gradient S θ)))) + ε * ρ) *
          (sqrt (B * B / σ * (P.klCoef * (ρ * norm (P.gradient S θ)))) + ε * ρ))) ∧
    P.population D P.trueParam - P.population D θ ≤ P.klCoef * log (1 + C / P.klCoef *
      (2 * (B * B) / σ * (ρ * norm (P.gradient S θ)) + 2 * (ε * ε) * (ρ * ρ) / P.klCoef)) :=
  suboptimality_direct_log P hcov hB hρ (expBound_of_eq_psi hR hC) (nonneg_of_eq_psi hC) hD

theorem suboptimality_direct_ga_log_sharp
    (hR : Archimedean R) {S : Fin n → Fin N} {θ0 : Vec R d} {proj : Fin d → Vec R d}
    {σ ε B C ρ : R} (hcov : P.Coverage S P.trueParam proj σ ε) (hB : P.FeatureBound B)
    (hρ : norm (P.trueParam - θ0) = ρ) (hC : C = psi (2 * (B * ρ) / P.klCoef)) (hD : IsProb D)
    {T : Nat} (hT : 0 < T) : ∃ t, t < T ∧
    P.population D P.trueParam -
        P.population D (P.gradientAscent S θ0 (P.klCoef / (B * B)) t) ≤
      P.klCoef * log (1 + C / (P.klCoef * P.klCoef) *
        ((sqrt (B * B / (exp (-(2 * (B * ρ) / P.klCoef)) * σ) *
          (P.klCoef * (B * B / P.klCoef * (ρ * ρ) / (T : R)))) + ε * ρ) *
        (sqrt (B * B / (exp (-(2 * (B * ρ) / P.klCoef)) * σ) *
          (P.klCoef * (B * B / P.klCoef * (ρ * ρ) / (T : R)))) + ε * ρ))) ∧
    P.population D P.trueParam -
        P.population D (P.gradientAscent S θ0 (P.klCoef / (B * B)) t) ≤
      P.klCoef * log (1 + C / P.klCoef *
        (2 * (B * B) / (exp (-(2 * (B * ρ) / P.klCoef)) * σ) *
          (B * B / P.klCoef * (ρ * ρ) / (T : R)) + 2 * (ε * ε) * (ρ * ρ) / P.klCoef)) :=
  suboptimality_direct_ga_log P hcov hB hρ (expBound_of_eq_psi hR hC) (nonneg_of_eq_psi hC) hD hT

theorem suboptimality_sga_log_sharp
    (hR : Archimedean R) {S : Fin n → Fin N} {θ0 : Vec R d} {proj : Fin d → Vec R d}
    {σ ε B C ρ : R} (hcov : P.Coverage S P.trueParam proj σ ε) (hB : P.FeatureBound B)
    (hρ : norm (P.trueParam - θ0) = ρ) (hC : C = psi (2 * (B * ρ) / P.klCoef)) (hD : IsProb D)
    (hn : 0 < n) {T : Nat} (hT : 0 < T) {s : R} (hs : 0 < s) :
    (average fun t : Fin T => expectSample uniform fun draws : Fin t → Fin n =>
      P.population D P.trueParam -
        P.population D (P.stochasticAscent S θ0 (P.klCoef / (B * B)) draws)) ≤
    P.klCoef * log (1 + C / (P.klCoef * P.klCoef) *
      ((1 + s) * (B * B / (exp (-(2 * (B * ρ) / P.klCoef)) * σ) *
        (P.klCoef * (B * B / P.klCoef * (ρ * ρ) / (T : R)))) +
        (1 + 1 / s) * (ε * ρ * (ε * ρ)))) :=
  suboptimality_sga_log P hcov hB hρ (expBound_of_eq_psi hR hC) (nonneg_of_eq_psi hC) hD hn hT hs

end RLHF
