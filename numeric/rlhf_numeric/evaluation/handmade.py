"""Instances made by hand, in corners that random instances and hunts, of few prompts, do not reach."""

import numpy as np

from rlhf_numeric.evaluation.instance import Instance
from rlhf_numeric.model.problem import Problem


def probes() -> dict[str, Instance]:
    """Return the instances, with batch shape (), by what they are.

    Examples
    --------
    >>> sorted(probes())
    ['five prompts', 'steep ascent', 'steep ascent from −θ*']
    """
    return {
        "steep ascent": _steep(start=0.0),
        "steep ascent from −θ*": _steep(start=-1.0),
        "five prompts": _five_prompts(),
    }


def _steep(*, start: float) -> Instance:
    """Take λ ≪ ρ ≪ 1: a short step makes the policy, uniform at θ_0, nearly deterministic."""
    scale, kl_coef = 2.0**-10, 2.0**-13
    odds = np.exp(np.array([0.0, -start * scale / kl_coef]))
    problem = Problem([[[0.0], [1.0]]], [odds / odds.sum()], [scale], kl_coef=kl_coef)
    return Instance(problem, [start * scale])


def _five_prompts() -> Instance:
    """Three prompts are seen, two are not, and J differs on these only: with n = 3, n^{−2α} is smaller than 1/4."""
    features = [[[1.0, 0.0], [-1.0, 0.0]]] * 3 + [[[0.0, 1.0], [0.0, -1.0]]] * 2
    problem = Problem(features, [[0.5, 0.5]] * 5, [0.0, 0.125], kl_coef=1.0)
    return Instance(problem, [0.0, 0.0], weights=[0.0, 0.0, 0.0, 0.5, 0.5])
