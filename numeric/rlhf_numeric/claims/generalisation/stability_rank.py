"""Claims on what a coverage costs along directions that the sample nearly misses, or misses."""

import numpy as np

from rlhf_numeric.arithmetic.kinds import Array, Numbers, absolute, concat, norm, sqrt
from rlhf_numeric.claims.common.hypotheses import SETTING
from rlhf_numeric.claims.generalisation.stability import COVERED, cover, covering, first_half, image, is_covered, trace
from rlhf_numeric.evaluation.claim import inequality
from rlhf_numeric.evaluation.instance import Instance
from rlhf_numeric.model.gradient import covariance, covariance_per_prompt
from rlhf_numeric.model.problem import Problem


@inequality(
    "coverage-edge",
    "|⟨u,δ⟩| ≤ 2ε‖u‖ + ‖δ‖√(⟨V_S(θ)u,u⟩/σ) for every u and every difference δ = φ(x,a) − φ(x,b)",
    SETTING,
    COVERED,
    applicable=is_covered,
)
def coverage_edge(instance: Instance) -> tuple[Numbers, Numbers]:
    """At each prompt, half of them unseen, and for all actions a, b = 0, along the direction v."""
    problem, u = instance.problem, instance.direction
    seen = cover(problem, first_half(problem), instance.theta)
    root = sqrt((image(covariance(seen.sample, instance.theta), u) * u).sum(-1) / seen.sigma)
    differences = from_the_first_action(problem)
    parts = absolute((differences * u[..., None, None, :]).sum(-1))
    bounds = (2 * seen.epsilon * norm(u))[..., None, None] + norm(differences) * root[..., None, None]
    return _flat(parts), _flat(bounds)


def misses_a_direction(instance: Instance) -> Array:
    """Whether the two actions of `rank_deficiency` differ at the prompt of S, and d > 1."""
    pair = two_actions(instance.problem)
    mask: Array = trace(_covariance_at_first(pair, instance.theta)) > 0
    return np.broadcast_to(mask & (instance.problem.dim > 1), instance.batch_shape)


@inequality(
    "rank-deficiency",
    "|⟨u,δ⟩| ≤ 2ε‖u‖ for every difference δ = φ(x,a) − φ(x,b), u in the kernel of V_S(θ)",
    SETTING,
    COVERED,
    "u is orthogonal to the differences of features on S",
    applicable=misses_a_direction,
)
def rank_deficiency(instance: Instance) -> tuple[Numbers, Numbers]:
    """For the sample of the first prompt and two actions: u = ‖δ‖²v − ⟨v,δ⟩δ with δ their difference there."""
    pair, v = two_actions(instance.problem), instance.direction
    differences = from_the_first_action(pair)[..., 0, :]
    own = differences[..., 0, :]
    u = (own * own).sum(-1)[..., None] * v - (own * v).sum(-1)[..., None] * own
    _, epsilon = covering(pair.features, _covariance_at_first(pair, instance.theta))
    parts = absolute((differences * u[..., None, :]).sum(-1))
    return parts, (2 * epsilon * norm(u))[..., None]


def from_the_first_action(problem: Problem, /) -> Numbers:
    """φ(x,a) − φ(x,0) for the actions a > 0, shape (..., n, m − 1, d); of one action alone, 0."""
    features = problem.features
    return features[..., min(1, problem.n_actions - 1) :, :] - features[..., :1, :]


def two_actions(problem: Problem, /) -> Problem:
    """Keep the first and the last action, and their reference probabilities in proportion."""
    chosen = [0, problem.n_actions - 1]
    probs = problem.ref_probs[..., chosen]
    features = problem.features[..., chosen, :]
    return Problem.trusted(features, probs / probs.sum(-1)[..., None], problem.theta_star, kl_coef=problem.kl_coef)


def _covariance_at_first(problem: Problem, theta: Numbers) -> Numbers:
    return covariance_per_prompt(problem, theta)[..., 0, :, :]


def _flat(sides: Numbers) -> Numbers:
    """Merge the last two axes of comparisons."""
    return concat(*(sides[..., place, :] for place in range(sides.shape[-2])))
