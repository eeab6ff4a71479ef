"""The partition function Z_x(v) = Σ_b q·exp(⟨v,φ⟩/λ) and its logarithm A_x; the same for any reward."""

from collections.abc import Callable

import sympy as sp

from rlhf_symbolic.engine.problem import b, inner, lam, m, q

Reward = Callable[[sp.Expr, sp.Expr], sp.Expr]


def tilted(reward: Reward, prompt: sp.Expr, action: sp.Expr) -> sp.Expr:
    """Return the unnormalised weight q·exp(r/λ) of a reward r(prompt, action)."""
    return q[prompt, action] * sp.exp(reward(prompt, action) / lam)


def normaliser(reward: Reward, prompt: sp.Expr) -> sp.Expr:
    """Return the partition function Σ_b q·exp(r/λ) of a reward; the sum binds ``b``."""
    return sp.Sum(tilted(reward, prompt, b), (b, 1, m))


def weight(v: sp.IndexedBase, prompt: sp.Expr, action: sp.Expr) -> sp.Expr:
    """Return the unnormalised weight q·exp(⟨v,φ⟩/λ)."""
    return tilted(_linear(v), prompt, action)


def partition(v: sp.IndexedBase, prompt: sp.Expr) -> sp.Expr:
    """Return the partition function Z_x(v) = Σ_b q·exp(⟨v,φ⟩/λ); the sum binds ``b``."""
    return normaliser(_linear(v), prompt)


def log_partition(v: sp.IndexedBase, prompt: sp.Expr) -> sp.Expr:
    """Return the log-partition function A_x(v) = log Z_x(v)."""
    return sp.log(partition(v, prompt))


def _linear(v: sp.IndexedBase) -> Reward:
    return lambda prompt, action: inner(v, prompt, action)
