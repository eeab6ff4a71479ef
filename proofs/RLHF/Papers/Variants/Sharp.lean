module
public import RLHF.Archimedean.Sharp.SecondOrder
public import RLHF.Papers.Variants.Main.NonlinearRewards

/-!
# Sharp constants: the variants

What is modelled: in an Archimedean field every headline theorem of the paper that has a
second-order constant `C` of the exponential holds with `C = ψ(M)`, the least one
(`second_order_constant`). The name is that of the theorem with `_sharp`; nothing else differs.
-/

public section

namespace RLHF

attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R] {N m : Nat} (E : Setting R N m)

theorem nonlinear_gap_sharp (hR : Archimedean R) (x : Fin N) (r s : Fin m → R) {M C : R}
    (hM : ∀ a b, (r a - s a) - (r b - s b) ≤ E.klCoef * M) (hC : C = psi M) :
    E.value x r (E.boltzmann x r) - E.value x r (E.boltzmann x s) =
      E.klCoef * klDiv (E.boltzmann x s) (E.boltzmann x r) ∧
    E.value x r (E.boltzmann x r) - E.value x r (E.boltzmann x s) ≤
      C / E.klCoef * var (E.boltzmann x s) (fun a => r a - s a) :=
  nonlinear_gap E x r s hM (expBound_of_eq_psi hR hC)

end RLHF
