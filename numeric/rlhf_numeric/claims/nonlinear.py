"""Claims on rewards that need not be linear: `rlhf_numeric.claims.variants.nonlinear_rewards` by its first name."""

from rlhf_numeric.claims.variants.nonlinear_rewards import (
    gap_general,
    nonlinear_gap,
    nonlinear_gradient,
    other_reward,
)

__all__ = ["gap_general", "nonlinear_gap", "nonlinear_gradient", "other_reward"]
