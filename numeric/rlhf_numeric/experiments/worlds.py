"""Synthetic populations of prompts for the experiments, all with B = 1 and a uniform reference policy."""

import numpy as np

from rlhf_numeric.arithmetic.kinds import Array, norm
from rlhf_numeric.model.problem import Problem


def normalised(features: Array, /) -> Array:
    """Features divided by the largest norm among them, so that B = 1."""
    result: Array = features / norm(features).max()
    return result


def uniform_problem(features: Array, theta_star: Array, /, *, kl_coef: float) -> Problem:
    """Problem with a uniform reference policy."""
    n, m = features.shape[-3:-1]
    return Problem(features, np.full((n, m), 1 / m), theta_star, kl_coef=kl_coef)


def sample_of(problem: Problem, prompts: Array, /) -> Problem:
    """Sample S: the prompts with these indices, repetitions allowed."""
    return Problem(problem.features[prompts], problem.ref_probs[prompts], problem.theta_star, kl_coef=problem.kl_coef)


def random_frame(rng: np.random.Generator, /, *, dim: int, directions: int) -> Array:
    """Orthonormal rows, shape (directions, dim), uniformly distributed."""
    q, r = np.linalg.qr(rng.normal(size=(dim, directions)))
    frame: Array = (q * np.sign(np.diagonal(r))).T
    return frame


def gaussian_clusters(
    rng: np.random.Generator, /, *, prompts: int, actions: int, dim: int, decay: float, clusters: int = 5
) -> Array:
    """Features φ(x,a) = centre of a random cluster + noise whose j-th coordinate has deviation 0.4·j^(−decay), B = 1.

    Every action picks its cluster by itself. The centres have mean 0: a common offset changes no policy, but would
    count as a direction that no covariance can see.
    """
    centres = rng.normal(size=(clusters, dim)) / np.sqrt(dim)
    centres -= centres.mean(0)
    deviations = np.arange(1, dim + 1) ** -decay
    noise = rng.normal(size=(prompts, actions, dim)) * (0.4 * deviations / norm(deviations))
    return normalised(centres[rng.integers(clusters, size=(prompts, actions))] + noise)


def power_law_problem(rng: np.random.Generator, /, *, prompts: int, actions: int, dim: int) -> Problem:
    """Problem on which 1/T is nearly attained: eigenvalues of V_S about j⁻², θ* with j-th entry j^(−0.55), ‖θ*‖ = 1.

    From θ_0 = 0, steps of λ/B² leave Σ_j j^(−3.1) exp(−2T/j²), about T^(−1.05) until T is about d².
    """
    places = np.arange(1, dim + 1)
    features = normalised(rng.normal(size=(prompts, actions, dim)) / places)
    theta_star = places**-0.55 * rng.choice([-1.0, 1.0], size=dim)
    return uniform_problem(features, theta_star / norm(theta_star), kl_coef=1.0)
