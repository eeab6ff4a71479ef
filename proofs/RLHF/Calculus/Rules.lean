module
public import RLHF.Calculus.OneVariable
public import RLHF.Foundations.Weighted

/-!
# Rules for gradients

What is modelled: the calculus of the ε–δ gradient `HasGradient` on `R^d`. Products are reduced to
squares, and quotients, exponentials and logarithms to the composition rule.

## Main results
* `HasGradient.unique`: a function has at most one gradient at a point.
* `HasGradient.lipschitz`: near the point, `|f(θ + h) - f(θ)| ≤ K ‖h‖`.
* `hasGradient_const`, `hasGradient_inner_left`, `hasGradient_inner_right`.
* `HasGradient.add`, `.smul`, `.neg`, `.sub`, `.sum`, `.average`, `.mul`, `.div`.
* `HasGradient.comp` (chain rule with a function of one variable), `.exp`, `.log`, `.inv`.
-/

public section

namespace RLHF

open Lean.Grind
attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

universe u
variable {R : Type u} [ExpField R] {d n : Nat} {f f₁ f₂ : Vec R d → R} {g g₁ g₂ θ : Vec R d}

private theorem exists_pos_le {a b : R} (ha : 0 < a) (hb : 0 < b) :
    ∃ c, 0 < c ∧ c ≤ a ∧ c ≤ b := by
  by_cases h : a ≤ b
  · exact ⟨a, by grind⟩
  · exact ⟨b, by grind⟩

/-! ### Rewriting -/

theorem HasGradient.congr (h : HasGradient f₁ g₁ θ) (hf : ∀ θ, f₂ θ = f₁ θ)
    (hg : ∀ j, g₂ j = g₁ j) : HasGradient f₂ g₂ θ := by
  rw [funext hf, funext hg]
  exact h

private theorem HasGradient.sub_le {ε : R} (h₁ : HasGradient f g₁ θ) (h₂ : HasGradient f g₂ θ)
    (hε : 0 < ε) : ∃ δ : R, 0 < δ ∧ ∀ h, norm h ≤ δ → inner (g₁ - g₂) h ≤ ε * norm h := by
  obtain ⟨δ₁, p₁, b₁⟩ := h₁ (ε / 2) (by grind)
  obtain ⟨δ₂, p₂, b₂⟩ := h₂ (ε / 2) (by grind)
  obtain ⟨δ, p, l₁, l₂⟩ := exists_pos_le p₁ p₂
  refine ⟨δ, p, fun h hh => ?_⟩
  have a₁ := abs_le.mp (b₁ h (Std.le_trans hh l₁))
  have a₂ := abs_le.mp (b₂ h (Std.le_trans hh l₂))
  clear b₁ b₂
  rw [inner_sub_left]
  grind

/-- A function has at most one gradient at a point. -/
theorem HasGradient.unique (h₁ : HasGradient f g₁ θ) (h₂ : HasGradient f g₂ θ) : g₁ = g₂ := by
  by_cases hw : norm (g₁ - g₂) = 0
  · have h0 := eq_zero_of_norm hw
    refine Vec.ext fun i => ?_
    have h := congrFun h0 i
    rw [Vec.sub_apply, Vec.zero_apply] at h
    grind
  have hp : 0 < norm (g₁ - g₂) := by have := norm_nonneg (g₁ - g₂); grind
  obtain ⟨δ, hδ, key⟩ := h₁.sub_le h₂ (by grind : 0 < norm (g₁ - g₂) / 2)
  have h := key ((δ / norm (g₁ - g₂)) * (g₁ - g₂))
  rw [norm_smul, abs_of_nonneg (div_nonneg (Std.le_of_lt hδ) hp), inner_smul_right,
    ← norm_mul_self] at h
  generalize norm (g₁ - g₂) = w at *
  have h1 : δ / w * w = δ := by grind
  have h2 := h (by grind)
  have h3 : δ / w * (w * w) = δ * w := by grind
  have h4 := mul_pos hδ hp
  exfalso
  rw [h1, h3] at h2
  grind

/-- Near the point a differentiable function is Lipschitz with any constant above `‖g‖`. -/
theorem HasGradient.lipschitz (h : HasGradient f g θ) : ∃ δ : R, 0 < δ ∧
    ∀ h : Vec R d, norm h ≤ δ → abs (f (θ + h) - f θ) ≤ (norm g + 1) * norm h := by
  obtain ⟨δ, p, b⟩ := h 1 (by grind)
  refine ⟨δ, p, fun h hh => ?_⟩
  have h1 := b h hh
  have h2 := abs_add (f (θ + h) - f θ - inner g h) (inner g h)
  have h3 := abs_inner_le g h
  have e : f (θ + h) - f θ - inner g h + inner g h = f (θ + h) - f θ := by grind
  rw [e] at h2
  grind

/-! ### Linear functions -/

theorem hasGradient_const (c : R) (θ : Vec R d) : HasGradient (fun _ => c) 0 θ := by
  refine fun ε hε => ⟨1, by grind, fun h _ => ?_⟩
  have e : c - c - inner 0 h = 0 := by rw [inner_zero_left]; grind
  rw [e, abs_zero]
  exact mul_nonneg (by grind) (norm_nonneg h)

theorem hasGradient_inner_right (v θ : Vec R d) : HasGradient (fun θ => inner v θ) v θ := by
  refine fun ε hε => ⟨1, by grind, fun h _ => ?_⟩
  have e : inner v (θ + h) - inner v θ - inner v h = 0 := by rw [inner_add_right]; grind
  rw [e, abs_zero]
  exact mul_nonneg (by grind) (norm_nonneg h)

theorem hasGradient_inner_left (v θ : Vec R d) : HasGradient (fun θ => inner θ v) v θ :=
  (hasGradient_inner_right v θ).congr (fun θ => inner_comm θ v) fun _ => rfl

/-! ### Sums and multiples -/

theorem HasGradient.add (h₁ : HasGradient f₁ g₁ θ) (h₂ : HasGradient f₂ g₂ θ) :
    HasGradient (fun θ => f₁ θ + f₂ θ) (g₁ + g₂) θ := by
  intro ε hε
  obtain ⟨δ₁, p₁, b₁⟩ := h₁ (ε / 2) (by grind)
  obtain ⟨δ₂, p₂, b₂⟩ := h₂ (ε / 2) (by grind)
  obtain ⟨δ, p, l₁, l₂⟩ := exists_pos_le p₁ p₂
  refine ⟨δ, p, fun h hh => ?_⟩
  have a₁ := b₁ h (by grind)
  have a₂ := b₂ h (by grind)
  have t := abs_add (f₁ (θ + h) - f₁ θ - inner g₁ h) (f₂ (θ + h) - f₂ θ - inner g₂ h)
  have e : f₁ (θ + h) + f₂ (θ + h) - (f₁ θ + f₂ θ) - inner (g₁ + g₂) h =
      f₁ (θ + h) - f₁ θ - inner g₁ h + (f₂ (θ + h) - f₂ θ - inner g₂ h) := by
    rw [inner_add_left]; grind
  rw [e]
  grind

private theorem abs_add_mul_le {r₁ r₂ c k n η ζ K ε : R} (hη : 0 ≤ η) (hn : 0 ≤ n)
    (h₁ : abs r₁ ≤ η * k) (h₂ : abs r₂ ≤ ζ * n) (hk : k ≤ K * n) (hηK : η * K ≤ ε / 2)
    (hζ : ζ * abs c ≤ ε / 2) : abs (r₁ + c * r₂) ≤ ε * n := by
  have t := abs_add r₁ (c * r₂)
  rw [abs_mul] at t
  have k₁ := mul_le_mul_left hk hη
  have k₂ := mul_le_mul_left h₂ (abs_nonneg c)
  have k₃ := mul_le_mul_right hηK hn
  have k₄ := mul_le_mul_right hζ hn
  generalize abs (r₁ + c * r₂) = r at *
  generalize abs r₁ = s at *
  generalize abs r₂ = s' at *
  generalize abs c = c' at *
  grind

/-- Chain rule: `∇(φ ∘ f)(θ) = φ'(f θ) ∇f(θ)`. -/
theorem HasGradient.comp {φ : R → R} {φ' : R} (hf : HasGradient f g θ) (hφ : HasDeriv φ φ' (f θ)) :
    HasGradient (fun θ => φ (f θ)) (φ' * g) θ := by
  intro ε hε
  have hK : 0 ≤ norm g + 1 := by have := norm_nonneg g; grind
  obtain ⟨η, q, -, qK⟩ := exists_pos_mul_le (by grind : 0 < ε / 2) hK hε
  obtain ⟨ζ, r, -, rK⟩ := exists_pos_mul_le (by grind : 0 < ε / 2) (abs_nonneg φ') hε
  obtain ⟨δ₁, p₁, b₁⟩ := hφ η q
  obtain ⟨δ₂, p₂, b₂⟩ := hf ζ r
  obtain ⟨δ₃, p₃, b₃⟩ := hf.lipschitz
  obtain ⟨δ₄, p₄, l₂, l₃⟩ := exists_pos_le p₂ p₃
  obtain ⟨δ, p, l₄, l₁⟩ := exists_pos_mul_le p₁ hK p₄
  refine ⟨δ, p, fun h hh => ?_⟩
  have a₂ := b₂ h (Std.le_trans hh (Std.le_trans l₄ l₂))
  have a₃ := b₃ h (Std.le_trans hh (Std.le_trans l₄ l₃))
  have a₁ := b₁ (f (θ + h) - f θ) (by
    refine Std.le_trans a₃ (Std.le_trans ?_ l₁)
    rw [CommSemiring.mul_comm]
    exact mul_le_mul_right hh hK)
  rw [(by grind : f θ + (f (θ + h) - f θ) = f (θ + h))] at a₁
  have e : φ (f (θ + h)) - φ (f θ) - inner (φ' * g) h = (φ (f (θ + h)) - φ (f θ) -
      φ' * (f (θ + h) - f θ)) + φ' * (f (θ + h) - f θ - inner g h) := by
    rw [inner_smul_left]; grind
  rw [e]
  exact abs_add_mul_le (Std.le_of_lt q) (norm_nonneg h) a₁ a₂ a₃ qK rK

private theorem hasDeriv_mul_left (c x : R) : HasDeriv (fun t => c * t) c x := by
  refine hasDeriv_of_quadratic (δ := 1) (K := 0) (by grind) (by grind) fun h _ => ?_
  have e : c * (x + h) - c * x - c * h = 0 := by grind
  rw [e, abs_zero]
  grind

theorem HasGradient.smul (c : R) (h : HasGradient f g θ) :
    HasGradient (fun θ => c * f θ) (c * g) θ := h.comp (hasDeriv_mul_left c _)

theorem HasGradient.neg (h : HasGradient f g θ) : HasGradient (fun θ => -f θ) (-g) θ :=
  (h.smul (-1)).congr (fun θ => by grind) fun j => by rw [Vec.neg_apply, Vec.smul_apply]; grind

theorem HasGradient.sub (h₁ : HasGradient f₁ g₁ θ) (h₂ : HasGradient f₂ g₂ θ) :
    HasGradient (fun θ => f₁ θ - f₂ θ) (g₁ - g₂) θ :=
  (h₁.add h₂.neg).congr (fun θ => by grind) fun j => by
    rw [Vec.sub_apply, Vec.add_apply, Vec.neg_apply]; grind

theorem HasGradient.sum {f : Fin n → Vec R d → R} {g : Fin n → Vec R d}
    (h : ∀ i, HasGradient (f i) (g i) θ) :
    HasGradient (fun θ => RLHF.sum fun i => f i θ) (fun j => RLHF.sum fun i => g i j) θ := by
  induction n with
  | zero => exact hasGradient_const 0 θ
  | succ n ih => exact (h 0).add (ih fun i => h i.succ)

theorem HasGradient.average {f : Fin n → Vec R d → R} {g : Fin n → Vec R d}
    (h : ∀ i, HasGradient (f i) (g i) θ) :
    HasGradient (fun θ => RLHF.average fun i => f i θ) (fun j => RLHF.average fun i => g i j) θ :=
  ((HasGradient.sum h).smul (n : R)⁻¹).congr
    (fun θ => by unfold RLHF.average; rw [Field.div_eq_mul_inv]; grind)
    fun j => by unfold RLHF.average; rw [Vec.smul_apply, Field.div_eq_mul_inv]; grind

/-! ### Products and quotients -/

/-- Product rule, by `f₁ f₂ = ((f₁ + f₂)² - f₁² - f₂²)/2`. -/
theorem HasGradient.mul (h₁ : HasGradient f₁ g₁ θ) (h₂ : HasGradient f₂ g₂ θ) :
    HasGradient (fun θ => f₁ θ * f₂ θ) (f₂ θ * g₁ + f₁ θ * g₂) θ := by
  have k := (h₁.add h₂).comp (hasDeriv_mul_self _)
  have k₁ := h₁.comp (hasDeriv_mul_self _)
  have k₂ := h₂.comp (hasDeriv_mul_self _)
  refine (((k.sub k₁).sub k₂).smul (1 / 2)).congr (fun θ => by grind) fun j => ?_
  simp only [Vec.add_apply, Vec.sub_apply, Vec.smul_apply]
  grind

theorem HasGradient.exp (h : HasGradient f g θ) :
    HasGradient (fun θ => ExpField.exp (f θ)) (ExpField.exp (f θ) * g) θ := h.comp (hasDeriv_exp _)

theorem HasGradient.log (h : HasGradient f g θ) (hf : 0 < f θ) :
    HasGradient (fun θ => ExpField.log (f θ)) ((f θ)⁻¹ * g) θ := h.comp (hasDeriv_log hf)

theorem HasGradient.inv (h : HasGradient f g θ) (hf : f θ ≠ 0) :
    HasGradient (fun θ => (f θ)⁻¹) (-(f θ * f θ)⁻¹ * g) θ := h.comp (hasDeriv_inv hf)

/-- Quotient rule: `∇(f₁/f₂) = (∇f₁ - (f₁/f₂) ∇f₂)/f₂`. -/
theorem HasGradient.div (h₁ : HasGradient f₁ g₁ θ) (h₂ : HasGradient f₂ g₂ θ) (hf : f₂ θ ≠ 0) :
    HasGradient (fun θ => f₁ θ / f₂ θ) ((f₂ θ)⁻¹ * (g₁ - (f₁ θ / f₂ θ) * g₂)) θ :=
  (h₁.mul (h₂.inv hf)).congr (fun θ => Field.div_eq_mul_inv _ _) fun j => by
    simp only [Vec.add_apply, Vec.sub_apply, Vec.smul_apply]
    generalize f₁ θ = a, f₂ θ = b at *
    rw [Field.div_eq_mul_inv, Field.inv_mul]
    generalize b⁻¹ = c
    grind

end RLHF
