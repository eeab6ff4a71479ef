"""Claims on gradient ascent: a few steps of the very update of `rlhf_numeric.ascent`."""

from collections.abc import Sequence

import numpy as np

from rlhf_numeric._arithmetic import Numbers, absolute, amax, amin, join, norm
from rlhf_numeric.ascent import gradient_step
from rlhf_numeric.claim import Constant, inequality, inequality_with_constant
from rlhf_numeric.claims.geometry import BOUNDED, second_order
from rlhf_numeric.claims.policy import SETTING
from rlhf_numeric.gradient import gradient
from rlhf_numeric.instance import Instance
from rlhf_numeric.objective import objective
from rlhf_numeric.problem import Problem, feature_bound

STEPS = 3


@inequality(
    "ascent-engine",
    "‖u_{t+1}‖ ≤ ‖u_t‖ and Σ_{t<T}⟨g_t,u_t⟩ ≤ K‖u_0‖²",
    "u_{t+1} = u_t − g_t/K",
    "‖g_t‖² ≤ K⟨g_t,u_t⟩",
    "K ≥ 0",
)
def ascent_engine(instance: Instance) -> tuple[Numbers, Numbers]:
    """For g = K⟨w,u⟩w/(1 + ‖w‖²), which satisfies the hypothesis, with another feature as w at each step; K = λ.

    Comparisons: T of the first kind, then the second for every T.
    """
    scale = instance.problem.kl_coef
    errors, products = [instance.direction], []
    for t in range(STEPS):
        step = _rank_one_step(instance.problem, t, errors[t])
        products.append(scale * (step * errors[t]).sum(-1))
        errors.append(errors[t] - step)
    lengths = [norm(error) for error in errors]
    sums = [join(*products[: t + 1]).sum(-1) for t in range(STEPS)]
    bounds = [scale * lengths[0] * lengths[0]] * STEPS
    return join(*lengths[1:], *sums), join(*lengths[:-1], *bounds)


@inequality(
    "ga-bounded",
    "‖θ* − θ_{t+1}‖ ≤ ‖θ* − θ_t‖ ≤ ‖θ* − θ_0‖ along gradient ascent",
    SETTING,
    BOUNDED,
    "0 ≤ η and ηB² ≤ 2λ",
)
def ga_bounded(instance: Instance) -> tuple[Numbers, Numbers]:
    """At the largest step, η = 2λ/B², and at an arbitrary smaller one; the second inequality from the second step."""
    problem = instance.problem
    bound = _positive_bound(problem)
    largest = 2 * problem.kl_coef / (bound * bound)
    sides = [_bounded(instance, eta) for eta in (largest, largest * instance.probs[..., 0, 0])]
    lhs, rhs = ([side for pair in sides for side in pair[which]] for which in (0, 1))
    return join(*lhs), join(*rhs)


@inequality_with_constant(
    "ga-rate",
    "some t < T has J_S(θ*) − J_S(θ_t) ≤ C·B²ρ²/(λT) and ‖∇J_S(θ_t)‖² ≤ (B²/λ)²ρ²/T",
    SETTING,
    BOUNDED,
    "η = λ/B²",
    "ρ = ‖θ* − θ_0‖",
    "T ≥ 1",
)
def ga_rate(instance: Instance, constant: Constant) -> tuple[Numbers, Numbers]:
    """Both bounds at one t, for every T: min_{t<T} max(gap/C, ‖∇J_S‖²/K) ≤ Kρ²/T with K = B²/λ; M = 2Bρ/λ."""
    problem = instance.problem
    bound = _positive_bound(problem)
    scale, radius = bound * bound / problem.kl_coef, norm(problem.theta_star - instance.theta)
    factor, best = second_order(instance, radius, constant), objective(problem, problem.theta_star)
    thetas = _iterates(problem, instance.theta, problem.kl_coef / (bound * bound), STEPS - 1)
    slopes = [gradient(problem, theta) for theta in thetas]
    gaps = [(best - objective(problem, theta)) / factor for theta in thetas]
    squares = [(slope * slope).sum(-1) / scale for slope in slopes]
    worse = [amax(join(gap, square), -1) for gap, square in zip(gaps, squares, strict=True)]
    smallest = [amin(join(*worse[: t + 1]), -1) for t in range(STEPS)]
    return join(*smallest), join(*(scale * radius * radius / (t + 1) for t in range(STEPS)))


def _positive_bound(problem: Problem) -> Numbers:
    """B, and 1 where all features vanish: a bound on them as well, by which λ/B² is a number."""
    size = amax(amax(absolute(problem.features).sum(-1), -1), -1)
    middle: Numbers = getattr(size, "mid", size)
    return feature_bound(problem) + np.where(np.equal(middle, 0).astype(bool), 1.0, 0.0)


def _rank_one_step(problem: Problem, t: int, error: Numbers) -> Numbers:
    """⟨w,u⟩w/(1 + ‖w‖²) with the t-th feature as w, in the order of the actions, then of the prompts."""
    prompt, action = divmod(t % (problem.n_prompts * problem.n_actions), problem.n_actions)
    w = problem.features[..., prompt, action, :]
    along = (w * error).sum(-1) / (1 + (w * w).sum(-1))
    return along[..., None] * w


def _iterates(problem: Problem, theta: Numbers, step_size: Numbers, steps: int) -> list[Numbers]:
    """θ_0, …, θ_steps of gradient ascent."""
    thetas = [theta]
    for t in range(steps):
        thetas.append(gradient_step(problem, thetas[t], step_size=step_size))
    return thetas


def _bounded(instance: Instance, step_size: Numbers) -> tuple[Sequence[Numbers], Sequence[Numbers]]:
    thetas = _iterates(instance.problem, instance.theta, step_size, STEPS)
    distances = [norm(instance.problem.theta_star - theta) for theta in thetas]
    later = distances[2:]
    return [*distances[1:], *later], [*distances[:-1], *(distances[0] for _ in later)]
