module
public import RLHF.Calculus.Rules
public import RLHF.Model.Setting

/-!
# Gradients of tilted distributions, and of the value of a Boltzmann policy

What is modelled: derivatives in `w` of `tilt q s_w` where the scores `s_w` depend on a parameter,
and of the value `J^r_x(π_{s_w})` of the Boltzmann policy of a reward `s_w`, linear in `w` or not.

## Main results
* `hasGradient_log_tiltPartition`: `∇ log Z = E[∇s_w]`.
* `hasGradient_tilt`: `∇ tilt q s_w = tilt q s_w (∇s_w - E[∇s_w])`.
* `hasGradient_mean_tilt`: `∇ E f_w = E[∇f_w] + Cov(f_w, ∇s_w)`.
* `Setting.hasGradient_value_boltzmann`: `∇_w J^r_x(π_{s_w}) = Cov_{π_{s_w}}(r - s_w, ∇s_w) / λ`.

## References
cf. arXiv 2601.16403, Section 4, and its question on non-linear rewards.
-/

public section

namespace RLHF

open Lean.Grind

universe u
variable {R : Type u} [ExpField R] {N m d : Nat}

section

variable {q : Fin m → R} (hq : IsProb q) (hq0 : ∀ a, 0 < q a)
  {s : Vec R d → Fin m → R} {s' : Fin m → Vec R d} {w : Vec R d}
  (hs : ∀ a, HasGradient (fun w => s w a) (s' a) w)
include hq hq0 hs

theorem hasGradient_tiltPartition : HasGradient (fun w => tiltPartition q (s w))
    (tiltPartition q (s w) * meanVec (tilt q (s w)) s') w := by
  refine (HasGradient.sum fun a => ((hs a).exp).smul (q a)).congr (fun _ => rfl) fun j => ?_
  simp only [Vec.smul_apply]
  unfold meanVec mean
  rw [← sum_mul]
  refine sum_congr fun a => ?_
  have := tilt_mul_tiltPartition hq hq0 (s w) a
  grind

theorem hasGradient_log_tiltPartition : HasGradient (fun w => log (tiltPartition q (s w)))
    (meanVec (tilt q (s w)) s') w := by
  have hZ := tiltPartition_pos hq hq0 (s w)
  refine ((hasGradient_tiltPartition hq hq0 hs).log hZ).congr (fun _ => rfl) fun j => ?_
  simp only [Vec.smul_apply]
  grind

theorem hasGradient_log_tilt (a : Fin m) : HasGradient (fun w => log (tilt q (s w) a))
    (s' a - meanVec (tilt q (s w)) s') w := by
  refine ((hasGradient_const (log (q a)) w).add ((hs a).sub
    (hasGradient_log_tiltPartition hq hq0 hs))).congr (fun w => ?_) fun j => ?_
  · have h := log_tilt_div hq hq0 (s w) a
    rw [log_div (tilt_pos hq hq0 (s w) a) (hq0 a)] at h
    grind
  · simp only [Vec.add_apply, Vec.sub_apply, Vec.zero_apply]
    grind

theorem hasGradient_tilt (a : Fin m) : HasGradient (fun w => tilt q (s w) a)
    (tilt q (s w) a * (s' a - meanVec (tilt q (s w)) s')) w := by
  have h := (hasGradient_log_tilt hq hq0 hs a).exp
  rw [exp_log _ (tilt_pos hq hq0 _ a)] at h
  exact h.congr (fun w => (exp_log _ (tilt_pos hq hq0 _ a)).symm) fun _ => rfl

/-- `∇E f_w = E[∇f_w] + Cov(f_w, ∇s_w)` under the tilted law. -/
theorem hasGradient_mean_tilt {f : Vec R d → Fin m → R} {f' : Fin m → Vec R d}
    (hf : ∀ a, HasGradient (fun w => f w a) (f' a) w) :
    HasGradient (fun w => mean (tilt q (s w)) (f w)) (fun j => meanVec (tilt q (s w)) f' j +
      cov (tilt q (s w)) (f w) (fun a => s' a j)) w := by
  refine (HasGradient.sum fun a => (hasGradient_tilt hq hq0 hs a).mul (hf a)).congr
    (fun _ => rfl) fun j => ?_
  rw [cov_eq (tilt_isProb hq hq0 (s w))]
  have e : mean (tilt q (s w)) (f w) * mean (tilt q (s w)) (fun a => s' a j) =
      sum fun a => meanVec (tilt q (s w)) s' j * (tilt q (s w) a * f w a) := by
    rw [sum_mul]
    unfold meanVec mean
    grind
  rw [e]
  unfold meanVec mean
  rw [← sum_sub, ← sum_add]
  refine sum_congr fun a => ?_
  simp only [Vec.add_apply, Vec.smul_apply, Vec.sub_apply]
  grind

end

namespace Setting

variable (E : Setting R N m) (x : Fin N) {r : Fin m → R}

/-- `∇_w J^r_x(π_{s_w}) = Cov_{π_{s_w}}(r - s_w, ∇s_w) / λ`. -/
theorem hasGradient_value_boltzmann {s : Vec R d → Fin m → R} {s' : Fin m → Vec R d} {w : Vec R d}
    (hr : ∀ a, HasGradient (fun w => s w a) (s' a) w) :
    HasGradient (fun w => E.value x r (E.boltzmann x (s w)))
      (fun j => cov (E.boltzmann x (s w)) (fun a => r a - s w a) (fun a => s' a j) / E.klCoef)
      w := by
  have hl := E.klCoef_pos
  have hq := E.refPolicy_isProb x
  have hq0 := E.refPolicy_pos x
  have hs : ∀ a, HasGradient (fun w => s w a / E.klCoef) ((1 / E.klCoef) * s' a) w := fun a =>
    ((hr a).smul (1 / E.klCoef)).congr (fun w => by grind) fun _ => rfl
  have hf : ∀ a, HasGradient (fun w => r a - s w a) (-s' a) w := fun a =>
    ((hasGradient_const (r a) w).sub (hr a)).congr (fun _ => rfl) fun j => by
      rw [Vec.sub_apply, Vec.neg_apply, Vec.zero_apply]; grind
  refine (((hasGradient_log_tiltPartition hq hq0 hs).smul E.klCoef).add
    (hasGradient_mean_tilt hq hq0 hs hf)).congr (fun w => E.value_boltzmann_eq x r (s w))
      fun j => ?_
  have e1 : meanVec (E.boltzmann x (s w)) (fun a => (1 / E.klCoef) * s' a) j =
      (1 / E.klCoef) * mean (E.boltzmann x (s w)) fun a => s' a j := mean_mul _ _
  have e2 : meanVec (E.boltzmann x (s w)) (fun a => -s' a) j =
      -mean (E.boltzmann x (s w)) fun a => s' a j := mean_neg _
  have e3 : cov (E.boltzmann x (s w)) (fun a => r a - s w a)
      (fun a => 1 / E.klCoef * s' a j) = (1 / E.klCoef) *
        cov (E.boltzmann x (s w)) (fun a => r a - s w a) fun a => s' a j := by
    rw [cov_comm, cov_comm (g := fun a => s' a j)]
    exact cov_mul_left _ _ _
  unfold boltzmann at *
  simp only [Vec.add_apply, Vec.smul_apply]
  rw [e1, e2, e3]
  grind

end Setting

end RLHF
