module
public import RLHF.Archimedean.Sharp.SecondOrder
public import RLHF.Papers.Generalisation.Main.Randomised

/-!
# Sharp constants: randomised algorithms

What is modelled: as in `RLHF.Papers.Generalisation.Sharp`, the headline theorems of
`Main.Randomised` that have a second-order constant `C`, with `C = ψ(M)` in an Archimedean field.
-/

public section

namespace RLHF

attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R] {N m d n k : Nat} (P : Problem R N m d)
  {D : Fin N → R}

theorem suboptimality_sga_three_terms_sharp (hR : Archimedean R) {θ0 : Vec R d}
    {proj : (Fin n → Fin N) → Fin d → Vec R d} {σ ε B C ρ : R}
    (hcov : ∀ S, P.Coverage S P.trueParam (proj S) σ ε) (hB : P.FeatureBound B)
    (hρ : norm (P.trueParam - θ0) = ρ) (hC : C = psi (2 * (B * ρ) / P.klCoef))
    (hD : IsProb D) (hn : 0 < n) {T : Nat} (hT : 0 < T) :
    (expectSample D fun S : Fin n → Fin N => expectSample uniform fun draws : Fin T → Fin n =>
      P.population D P.trueParam -
        P.population D (P.leastGradientIterate S θ0 (P.klCoef / (B * B)) draws)) ≤
    B * norm P.trueParam / sqrt (n : R) + C * (B * B / P.klCoef * (ρ * ρ) / sqrt (T : R)) +
      C * (2 * (B * B) / (exp (-(2 * (B * ρ) / P.klCoef)) * σ) * ρ *
        (B * B / P.klCoef * ρ / sqrt (T : R)) + 2 * (ε * ε) * (ρ * ρ) / P.klCoef) :=
  suboptimality_sga_three_terms P hcov hB hρ (expBound_of_eq_psi hR hC) (nonneg_of_eq_psi hC) hD hn
    hT

theorem suboptimality_sga_two_terms_sharp (hR : Archimedean R) {θ0 : Vec R d}
    {proj : (Fin n → Fin N) → Fin d → Vec R d} {σ ε B C ρ : R}
    (hcov : ∀ S, P.Coverage S P.trueParam (proj S) σ ε) (hB : P.FeatureBound B)
    (hρ : norm (P.trueParam - θ0) = ρ) (hC : C = psi (2 * (B * ρ) / P.klCoef))
    (hD : IsProb D) (hn : 0 < n) {T : Nat} (hT : 0 < T) :
    (expectSample D fun S : Fin n → Fin N => expectSample uniform fun draws : Fin T → Fin n =>
      P.population D P.trueParam -
        P.population D (P.leastGradientIterate S θ0 (P.klCoef / (B * B)) draws)) ≤
    C * (B * B / P.klCoef * (ρ * ρ) / sqrt (T : R)) +
      C * (2 * (B * B) / (exp (-(2 * (B * ρ) / P.klCoef)) * σ) * ρ *
        (B * B / P.klCoef * ρ / sqrt (T : R)) + 2 * (ε * ε) * (ρ * ρ) / P.klCoef) :=
  suboptimality_sga_two_terms P hcov hB hρ (expBound_of_eq_psi hR hC) (nonneg_of_eq_psi hC) hD hn hT

theorem suboptimality_noisy_sharp (hR : Archimedean R) {B C s r σ ε : R} {S : Fin n → Fin N}
    {w : Fin k → R} {g : Fin k → Vec R d → Vec R d} {c θ0 : Vec R d} {proj : Fin d → Vec R d}
    (horacle : P.NoisyOracle S w g c r s) (hcov : P.Coverage S P.trueParam proj σ ε)
    (hB : P.FeatureBound B) (hstar : norm (P.trueParam - c) ≤ r) (hstart : norm (θ0 - c) ≤ r)
    (hC : C = psi (2 * (B * (2 * r)) / P.klCoef)) (hD : IsProb D) {T : Nat} (hT : 0 < T) :
    (∀ η : R, 0 < η → η * (B * B / P.klCoef) ≤ 1 →
      (average fun t : Fin T => expectSample w fun draws : Fin t → Fin k =>
        P.population D P.trueParam - P.population D (projectedAscent g c r θ0 η draws)) ≤
      C * (2 * (B * B) / (exp (-(2 * (B * (2 * r)) / P.klCoef)) * σ) *
        (norm (P.trueParam - θ0) * norm (P.trueParam - θ0) / (η * (T : R)) + η * (s * s)) +
          2 * (ε * ε) * (2 * r * (2 * r)) / P.klCoef)) ∧
    ∀ α : R, 0 < α → α * (B * B / P.klCoef) ≤ 1 →
      (average fun t : Fin T => expectSample w fun draws : Fin t → Fin k =>
        P.population D P.trueParam -
          P.population D (projectedAscent g c r θ0 (α / sqrt (T : R)) draws)) ≤
      C * (2 * (B * B) / (exp (-(2 * (B * (2 * r)) / P.klCoef)) * σ) *
        ((norm (P.trueParam - θ0) * norm (P.trueParam - θ0) / α + α * (s * s)) / sqrt (T : R)) +
          2 * (ε * ε) * (2 * r * (2 * r)) / P.klCoef) :=
  suboptimality_noisy P horacle hcov hB hstar hstart (expBound_of_eq_psi hR hC)
    (nonneg_of_eq_psi hC) hD hT

theorem suboptimality_sampled_sharp (hR : Archimedean R) {B C L s r σ ε η : R} {S : Fin n → Fin N}
    {law : Vec R d → Expect R (Vec R d)} {c θ0 : Vec R d} {proj : Fin d → Vec R d}
    (hlaw : P.SampledGradient S law c r L s) (hcov : P.Coverage S P.trueParam proj σ ε)
    (hB : P.FeatureBound B) (hstar : norm (P.trueParam - c) ≤ r) (hstart : norm (θ0 - c) ≤ r)
    (hC : C = psi (2 * (B * (2 * r)) / P.klCoef)) (hD : IsProb D) {T : Nat} (hT : 0 < T)
    (hη0 : 0 < η) (hη : η * L ≤ 1) :
    (average fun t : Fin T => expectIterate (projectedTransition law c r η) t
      (fun θ => P.population D P.trueParam - P.population D θ) θ0) ≤
    C * (2 * (B * B) / (exp (-(2 * (B * (2 * r)) / P.klCoef)) * σ) *
      (norm (P.trueParam - θ0) * norm (P.trueParam - θ0) / (η * (T : R)) + η * (s * s)) +
        2 * (ε * ε) * (2 * r * (2 * r)) / P.klCoef) :=
  suboptimality_sampled P hlaw hcov hB hstar hstart (expBound_of_eq_psi hR hC)
    (nonneg_of_eq_psi hC) hD hT hη0 hη

end RLHF
