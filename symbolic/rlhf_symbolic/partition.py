"""The partition function Z_x(v) = Σ_b q·exp(⟨v,φ⟩/λ) and its logarithm A_x."""

import sympy as sp

from rlhf_symbolic.problem import b, inner, lam, m, q


def weight(v: sp.IndexedBase, prompt: sp.Expr, action: sp.Expr) -> sp.Expr:
    """Return the unnormalised weight q·exp(⟨v,φ⟩/λ)."""
    return q[prompt, action] * sp.exp(inner(v, prompt, action) / lam)


def partition(v: sp.IndexedBase, prompt: sp.Expr) -> sp.Expr:
    """Return the partition function Z_x(v) = Σ_b q·exp(⟨v,φ⟩/λ); the sum binds ``b``."""
    return sp.Sum(weight(v, prompt, b), (b, 1, m))


def log_partition(v: sp.IndexedBase, prompt: sp.Expr) -> sp.Expr:
    """Return the log-partition function A_x(v) = log Z_x(v)."""
    return sp.log(partition(v, prompt))
