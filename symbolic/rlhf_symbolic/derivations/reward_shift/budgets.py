"""Sampling budgets: what a product of cost and bound, or variance, exceeds its least value by.

Square and cube roots are letters: √K = s, √c = A, ∛c = u, and so on. What is checked exactly is that the product
exceeds a constant by a square times what is positive; the best size is where that square is 0.
"""

import sympy as sp

from rlhf_symbolic.engine.derivation import derive
from rlhf_symbolic.engine.rules import Algebra
from rlhf_symbolic.engine.statement import Statement

c, d, j, s, t, u, h, e, f, g, A, B, K = sp.symbols("c d j s t u h e f g A B K", positive=True)

HOLDER = Statement(
    "holder-two",
    "(f³ + g³)(u³ + h³)² − (fu² + gh²)³ = (fh − gu)²[u³(2fh + gu) + h³(fh + 2gu)]",
    (f**3 + g**3) * (u**3 + h**3) ** 2 - (f * u**2 + g * h**2) ** 3,
    (f * h - g * u) ** 2 * (u**3 * (2 * f * h + g * u) + h**3 * (f * h + 2 * g * u)),
)
BOUND = Statement(
    "budget-bound",
    "(c + Kd)(1 + 1/√K)² − (u + h)³ = (u − hs)²(u(1 + 2s) + hs(s + 2))/s², u = ∛c, h = ∛d, s = √K",
    (u**3 + s**2 * h**3) * (1 + 1 / s) ** 2 - (u + h) ** 3,
    (u - h * s) ** 2 * (u * (1 + 2 * s) + h * s * (s + 2)) / s**2,
    assumptions=("s > 0",),
)
PREFERENCES = Statement(
    "budget-preferences",
    "(a/√n + b/√k)²(cn + dk) − (∛(a²c) + ∛(b²d))³ as in holder-two, fs², gt², u/s, h/t for f, g, u, h; a = u³, √n = s³",
    (u**3 / s**3 + h**3 / t**3) ** 2 * (f**3 * s**6 + g**3 * t**6) - (u**2 * f + h**2 * g) ** 3,
    HOLDER.closed_form.subs({f: f * s**2, g: g * t**2, u: u / s, h: h / t}, simultaneous=True),
    assumptions=("s > 0", "t > 0"),
)
VARIANCE = Statement(
    "budget-variance",
    "(c + Kd)(σ² + ρ²/K) = (√cσ + √dρ)² + (√(Kd)σ − √(c/K)ρ)², √c = A, √d = B, √K = s, σ = u, ρ = h",
    (A**2 + s**2 * B**2) * (u**2 + h**2 / s**2),
    (A * u + B * h) ** 2 + (s * B * u - A / s * h) ** 2,
    assumptions=("s > 0",),
)
INTEGER = Statement(
    "budget-variance-integer",
    "(c + jd)(h + e/j) − (c + Kd)(h + e/K) = (j − K)(jKdh − ce)/(jK)",
    (c + j * d) * (h + e / j) - (c + K * d) * (h + e / K),
    (j - K) * (j * K * d * h - c * e) / (j * K),
    assumptions=("j > 0", "K > 0"),
)
FAST = Statement(
    "budget-preferences-fast",
    "(a/n + b/k)(cn + dk) − (A + B)² = (Adk − Bcn)²/(cn·dk), a = A²/c, b = B²/d, cn = f, dk = g",
    (A**2 / f + B**2 / g) * (f + g) - (A + B) ** 2,
    (A * g - B * f) ** 2 / (f * g),
    assumptions=("f > 0", "g > 0"),
)

DERIVATIONS = tuple(
    derive(statement, (name, statement.closed_form, why, Algebra()), shaped=False)
    for statement, name, why in (
        (HOLDER, "factor", "both sides expanded"),
        (BOUND, "factor", "common denominator s²"),
        (PREFERENCES, "factor", "over a common denominator"),
        (VARIANCE, "complete the square", "both sides expanded"),
        (INTEGER, "factor", "common denominator jK"),
        (FAST, "factor", "common denominator fg"),
    )
)
