module
public import RLHF.Papers.Generalisation.Main.Assembled

/-!
# The first edition's assembled theorems follow from today's

What is modelled: the statements of the group "Assembled theorems" as the first edition of this
library had them, word for word, with `B²/λ`, `2Bρ/λ`, `2B²/σ` and `λ/B²` spelled out. Each is
proved by today's theorem of the same name.
-/

public section

namespace RLHF.FirstEdition

attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R] {N m d n : Nat} (P : RLHF.Problem R N m d) {D : Fin N → R}

/-- `RLHF.suboptimality_empirical_optimum`, first edition. -/
theorem suboptimality_empirical_optimum {alg : (Fin n → Fin N) → Vec R d}
    {proj : (Fin n → Fin N) → Fin d → Vec R d} {σ ε B C ρ : R}
    (hcov : ∀ S, P.Coverage S (alg S) (proj S) σ ε) (hB : P.FeatureBound B)
    (hρ : ∀ S, norm (P.trueParam - alg S) ≤ ρ) (hopt : ∀ S, P.gradient S (alg S) = 0)
    (hC : ExpBound (2 * (B * ρ) / P.klCoef) C) (hC0 : 0 ≤ C) (hD : IsProb D) (hn : 0 < n) :
    expectSample D (fun S => P.population D P.trueParam - P.population D (alg S)) ≤
      B * norm P.trueParam / sqrt (n : R) + C * (2 * (ε * ε) * (ρ * ρ) / P.klCoef) :=
  RLHF.suboptimality_empirical_optimum P hcov hB hρ hopt hC hC0 hD hn

/-- `RLHF.suboptimality_ga`, first edition. -/
theorem suboptimality_ga {θ0 : Vec R d} {proj : (Fin n → Fin N) → Fin d → Vec R d} {σ ε B C ρ : R}
    (hcov : ∀ S, P.Coverage S P.trueParam (proj S) σ ε) (hB : P.FeatureBound B)
    (hρ : norm (P.trueParam - θ0) = ρ) (hC : ExpBound (2 * (B * ρ) / P.klCoef) C) (hC0 : 0 ≤ C)
    (hD : IsProb D) (hn : 0 < n) {T : Nat} (hT : 0 < T) :
    ∃ t : (Fin n → Fin N) → Nat, (∀ S, t S < T) ∧
    expectSample D (fun S => P.population D P.trueParam -
      P.population D (P.gradientAscent S θ0 (P.klCoef / (B * B)) (t S))) ≤
    B * norm P.trueParam / sqrt (n : R) + C * (B * B / P.klCoef * (ρ * ρ) / (T : R)) +
      C * (2 * (B * B) / (exp (-(2 * (B * ρ) / P.klCoef)) * σ) * ρ *
        (B * B / P.klCoef * ρ / sqrt (T : R)) + 2 * (ε * ε) * (ρ * ρ) / P.klCoef) :=
  RLHF.suboptimality_ga P hcov hB hρ hC hC0 hD hn hT

/-- `RLHF.suboptimality_direct`, first edition. -/
theorem suboptimality_direct {S : Fin n → Fin N} {θ : Vec R d} {proj : Fin d → Vec R d}
    {σ ε B C ρ : R} (hcov : P.Coverage S θ proj σ ε) (hB : P.FeatureBound B)
    (hρ : norm (P.trueParam - θ) ≤ ρ) (hC : ExpBound (2 * (B * ρ) / P.klCoef) C) (hC0 : 0 ≤ C)
    (hD : IsProb D) : P.population D P.trueParam - P.population D θ ≤
    C * (2 * (B * B) / σ * ρ * norm (P.gradient S θ) + 2 * (ε * ε) * (ρ * ρ) / P.klCoef) :=
  RLHF.suboptimality_direct P hcov hB hρ hC hC0 hD

/-- `RLHF.suboptimality_direct_ga`, first edition. -/
theorem suboptimality_direct_ga {S : Fin n → Fin N} {θ0 : Vec R d} {proj : Fin d → Vec R d}
    {σ ε B C ρ : R} (hcov : P.Coverage S P.trueParam proj σ ε) (hB : P.FeatureBound B)
    (hρ : norm (P.trueParam - θ0) = ρ) (hC : ExpBound (2 * (B * ρ) / P.klCoef) C) (hC0 : 0 ≤ C)
    (hD : IsProb D) {T : Nat} (hT : 0 < T) :
    ∃ t, t < T ∧ P.population D P.trueParam -
      P.population D (P.gradientAscent S θ0 (P.klCoef / (B * B)) t) ≤
    C * (2 * (B * B) / (exp (-(2 * (B * ρ) / P.klCoef)) * σ) *
      (B * B / P.klCoef * (ρ * ρ) / (T : R)) + 2 * (ε * ε) * (ρ * ρ) / P.klCoef) :=
  RLHF.suboptimality_direct_ga P hcov hB hρ hC hC0 hD hT

/-- `RLHF.suboptimality_sga`, first edition. -/
theorem suboptimality_sga {S : Fin n → Fin N} {θ0 : Vec R d} {proj : Fin d → Vec R d}
    {σ ε B C ρ : R} (hcov : P.Coverage S P.trueParam proj σ ε) (hB : P.FeatureBound B)
    (hρ : norm (P.trueParam - θ0) = ρ) (hC : ExpBound (2 * (B * ρ) / P.klCoef) C) (hC0 : 0 ≤ C)
    (hD : IsProb D) (hn : 0 < n) {T : Nat} (hT : 0 < T) :
    (average fun t : Fin T => expectSample uniform fun draws : Fin t → Fin n =>
      P.population D P.trueParam -
        P.population D (P.stochasticAscent S θ0 (P.klCoef / (B * B)) draws)) ≤
    C * (2 * (B * B) / (exp (-(2 * (B * ρ) / P.klCoef)) * σ) *
      (B * B / P.klCoef * (ρ * ρ) / (T : R)) + 2 * (ε * ε) * (ρ * ρ) / P.klCoef) :=
  RLHF.suboptimality_sga P hcov hB hρ hC hC0 hD hn hT

/-- `RLHF.suboptimality_sga_pairwise`, first edition. -/
theorem suboptimality_sga_pairwise {S : Fin n → Fin N} {θ0 : Vec R d} {proj : Fin d → Vec R d}
    {σ ε B C ρ : R} (hcov : P.Coverage S P.trueParam proj σ ε) (hB : P.FeatureBound B)
    (hρ : norm (P.trueParam - θ0) = ρ) (hC : ExpBound (2 * (B * ρ) / P.klCoef) C) (hC0 : 0 ≤ C)
    (hD : IsProb D) (hn : 0 < n) {T : Nat} (hT : 0 < T) :
    (average fun t : Fin T => expectIterate (P.pairwiseTransition S (P.klCoef / (2 * (B * B)))) t
      (fun θ => P.population D P.trueParam - P.population D θ) θ0) ≤
    C * (2 * (B * B) / (exp (-(2 * (B * ρ) / P.klCoef)) * σ) *
      (2 * (B * B) / P.klCoef * (ρ * ρ) / (T : R)) + 2 * (ε * ε) * (ρ * ρ) / P.klCoef) :=
  RLHF.suboptimality_sga_pairwise P hcov hB hρ hC hC0 hD hn hT

/-- `RLHF.coverage_threshold`, first edition. -/
theorem coverage_threshold {S : Fin n → Fin N} {θ : Vec R d} {proj : Fin d → Vec R d}
    {σ c α B C ρ : R} (hcov : P.Coverage S θ proj σ (c * exp (-(α * log (n : R)))))
    (hB : P.FeatureBound B) (hρ : norm (P.trueParam - θ) ≤ ρ)
    (hC : ExpBound (2 * (B * ρ) / P.klCoef) C) (hC0 : 0 ≤ C) (hD : IsProb D) :
    P.population D P.trueParam - P.population D θ ≤
      C * (2 * (B * B) / σ * ρ * norm (P.gradient S θ) +
        2 * (c * c) * (ρ * ρ) / P.klCoef * exp (-(2 * α * log (n : R)))) ∧
    (0 < n → α = 1 / 4 → exp (-(2 * α * log (n : R))) = 1 / sqrt (n : R)) :=
  RLHF.coverage_threshold P hcov hB hρ hC hC0 hD

end RLHF.FirstEdition
