"""Claims on gradient ascent: a few steps of the very update of `rlhf_numeric.model.ascent`."""

from collections.abc import Sequence

import numpy as np

from rlhf_numeric.arithmetic.kinds import Array, Numbers, amax, amin, exp, join, norm
from rlhf_numeric.claims.common.hypotheses import BOUNDED, SETTING
from rlhf_numeric.claims.generalisation.geometry import second_order
from rlhf_numeric.claims.generalisation.stability import trace
from rlhf_numeric.evaluation.claim import Constant, inequality, inequality_with_constant
from rlhf_numeric.evaluation.instance import Instance
from rlhf_numeric.model.ascent import gradient_step
from rlhf_numeric.model.gradient import covariance, gradient
from rlhf_numeric.model.objective import objective
from rlhf_numeric.model.problem import Problem, feature_bound, positive_bound


def steps_of(instance: Instance, /) -> int:
    """Largest T of the claims on ascents without draws."""
    return instance.extent.steps


@inequality(
    "ascent-engine",
    "‖u_{t+1}‖ ≤ ‖u_t‖ and Σ_{t<T}⟨g_t,u_t⟩ ≤ K‖u_0‖²",
    "u_{t+1} = u_t − g_t/K",
    "‖g_t‖² ≤ K⟨g_t,u_t⟩",
    "K ≥ 0",
    steps=steps_of,
)
def ascent_engine(instance: Instance) -> tuple[Numbers, Numbers]:
    """For g = K⟨w,u⟩w/(1 + ‖w‖²), which satisfies the hypothesis, with another feature as w at each step; K = λ.

    Comparisons: T of the first kind, then the second for every T.
    """
    scale = instance.problem.kl_coef
    errors, products = [instance.direction], []
    for t in range(instance.extent.steps):
        step = _rank_one_step(instance.problem, t, errors[t])
        products.append(scale * (step * errors[t]).sum(-1))
        errors.append(errors[t] - step)
    lengths = [norm(error) for error in errors]
    sums = [join(*products[: t + 1]).sum(-1) for t in range(len(products))]
    bounds = [scale * lengths[0] * lengths[0]] * len(products)
    return join(*lengths[1:], *sums), join(*lengths[:-1], *bounds)


@inequality(
    "ga-bounded",
    "‖θ* − θ_{t+1}‖ ≤ ‖θ* − θ_t‖ ≤ ‖θ* − θ_0‖ along gradient ascent",
    SETTING,
    BOUNDED,
    "0 ≤ η and ηB² ≤ 2λ",
    steps=steps_of,
)
def ga_bounded(instance: Instance) -> tuple[Numbers, Numbers]:
    """At the largest step, η = 2λ/B², and at an arbitrary smaller one; the second inequality from the second step."""
    problem = instance.problem
    bound = positive_bound(problem)
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
    steps=steps_of,
)
def ga_rate(instance: Instance, constant: Constant) -> tuple[Numbers, Numbers]:
    """Both bounds at one t, for every T: min_{t<T} max(gap/C, ‖∇J_S‖²/K) ≤ Kρ²/T with K = B²/λ; M = 2Bρ/λ."""
    problem = instance.problem
    bound = positive_bound(problem)
    scale, radius = bound * bound / problem.kl_coef, norm(problem.theta_star - instance.theta)
    factor, best = second_order(instance, radius, constant), objective(problem, problem.theta_star)
    thetas = iterates(problem, instance.theta, problem.kl_coef / (bound * bound), instance.extent.steps - 1)
    slopes = [gradient(problem, theta) for theta in thetas]
    gaps = [(best - objective(problem, theta)) / factor for theta in thetas]
    squares = [(slope * slope).sum(-1) / scale for slope in slopes]
    worse = [amax(join(gap, square), -1) for gap, square in zip(gaps, squares, strict=True)]
    smallest = [amin(join(*worse[: t + 1]), -1) for t in range(len(thetas))]
    return join(*smallest), join(*(scale * radius * radius / (t + 1) for t in range(len(thetas))))


@inequality(
    "ga-monotone",
    "J_S(θ*) − J_S(θ_{t+1}) ≤ J_S(θ*) − J_S(θ_t) along gradient ascent",
    SETTING,
    BOUNDED,
    "0 ≤ η and ηL ≤ 1, L = (B²/λ)(1 + M), M = 2Bρ/λ, ρ = ‖θ* − θ_0‖",
    steps=steps_of,
)
def ga_monotone(instance: Instance) -> tuple[Numbers, Numbers]:
    """At the largest step, η = 1/L, and at an arbitrary smaller one."""
    largest = 1 / _smoothness(instance)
    paths = [_gaps(instance, eta, instance.extent.steps - 1) for eta in (largest, largest * instance.probs[..., 0, 0])]
    return join(*(gap for gaps in paths for gap in gaps[1:])), join(*(gap for gaps in paths for gap in gaps[:-1]))


@inequality_with_constant(
    "ga-last-iterate",
    "J_S(θ*) − J_S(θ_T) ≤ Cρ²/(ηT) along gradient ascent",
    SETTING,
    BOUNDED,
    "0 < η and ηL ≤ 1, L = (B²/λ)(1 + M), M = 2Bρ/λ, ρ = ‖θ* − θ_0‖",
    "T ≥ 1",
    steps=steps_of,
)
def ga_last_iterate(instance: Instance, constant: Constant) -> tuple[Numbers, Numbers]:
    """At the largest step, η = 1/L, for every T."""
    smoothness, radius = _smoothness(instance), norm(instance.problem.theta_star - instance.theta)
    bound = second_order(instance, radius, constant) * radius * radius * smoothness
    gaps = _gaps(instance, 1 / smoothness, instance.extent.steps)
    return join(*gaps[1:]), join(*(bound / t for t in range(1, len(gaps))))


def is_exactly_covered(instance: Instance) -> Array:
    """Whether V_S(θ_0) is regular, by a margin beyond rounding: det V ≥ 2⁻⁴⁰τ^d > 0."""
    matrix = covariance(instance.problem, instance.theta)
    total = trace(matrix)
    mask: Array = (determinant(matrix) >= 2.0**-40 * total**instance.problem.dim) & (total > 0)
    return np.broadcast_to(mask, instance.batch_shape)


@inequality_with_constant(
    "ga-linear",
    "‖Πu_{t+1}‖² ≤ (1 − σ/B²)‖Πu_t‖², ‖Πu_t‖² ≤ (1 − σ/B²)^t‖Πu_0‖², J_S(θ*) − J_S(θ_t) ≤ C(B²/λ)‖Πu_t‖²",
    SETTING,
    BOUNDED,
    "η = λ/B²",
    "coverage of S by Π, σ and ε = 0 at every iterate",
    applicable=is_exactly_covered,
    steps=steps_of,
)
def ga_linear(instance: Instance, constant: Constant) -> tuple[Numbers, Numbers]:
    """With Π = I and σ = e^{−2M}σ_0, σ_0 = det V/(τ/(d−1))^{d−1} ≤ the least eigenvalue: it covers at every iterate.

    V = V_S(θ_0), τ = tr V: the other eigenvalues have a product of at most (τ/(d−1))^{d−1}. M = 2B‖θ* − θ_0‖/λ.
    """
    problem, bound = instance.problem, positive_bound(instance.problem)
    square = bound * bound
    thetas = iterates(problem, instance.theta, problem.kl_coef / square, instance.extent.steps - 1)
    errors = [problem.theta_star - theta for theta in thetas]
    squares = [(error * error).sum(-1) for error in errors]
    factor = 1 - _lasting_eigenvalue(instance) / square
    scale = second_order(instance, norm(errors[0]), constant) * square / problem.kl_coef
    best = objective(problem, problem.theta_star)
    gaps = [best - objective(problem, theta) for theta in thetas]
    powers = [factor * factor * squares[0]]  # t = 2; at t = 1 the first inequality says the same
    for _ in squares[3:]:
        powers.append(factor * powers[-1])
    return join(*squares[1:], *squares[2:], *gaps), join(
        *(factor * size for size in squares[:-1]), *powers, *(scale * size for size in squares)
    )


def determinant(matrix: Numbers, /) -> Numbers:
    """Return the determinant of small matrices of any number kind, by cofactors, shapes (..., d, d) to (...)."""
    size = matrix.shape[-1]
    if size == 1:
        return matrix[..., 0, 0]
    minors = matrix[..., 1:, :]
    others = [[column for column in range(size) if column != j] for j in range(size)]
    terms = [(-1.0) ** j * matrix[..., 0, j] * determinant(minors[..., others[j]]) for j in range(size)]
    return join(*terms).sum(-1)


def _rank_one_step(problem: Problem, t: int, error: Numbers) -> Numbers:
    """⟨w,u⟩w/(1 + ‖w‖²) with the t-th feature as w, in the order of the actions, then of the prompts."""
    prompt, action = divmod(t % (problem.n_prompts * problem.n_actions), problem.n_actions)
    w = problem.features[..., prompt, action, :]
    along = (w * error).sum(-1) / (1 + (w * w).sum(-1))
    return along[..., None] * w


def iterates(problem: Problem, theta: Numbers, step_size: Numbers, steps: int, /) -> list[Numbers]:
    """θ_0, …, θ_steps of gradient ascent."""
    thetas = [theta]
    for t in range(steps):
        thetas.append(gradient_step(problem, thetas[t], step_size=step_size))
    return thetas


def _bounded(instance: Instance, step_size: Numbers) -> tuple[Sequence[Numbers], Sequence[Numbers]]:
    thetas = iterates(instance.problem, instance.theta, step_size, instance.extent.steps)
    distances = [norm(instance.problem.theta_star - theta) for theta in thetas]
    later = distances[2:]
    return [*distances[1:], *later], [*distances[:-1], *(distances[0] for _ in later)]


def _smoothness(instance: Instance) -> Numbers:
    """L = (B²/λ)(1 + M), M = 2Bρ/λ, ρ = ‖θ* − θ_0‖, shape (...)."""
    problem = instance.problem
    bound, radius = positive_bound(problem), norm(problem.theta_star - instance.theta)
    return bound * bound / problem.kl_coef * (1 + 2 * bound * radius / problem.kl_coef)


def _gaps(instance: Instance, step_size: Numbers, steps: int) -> list[Numbers]:
    """J_S(θ*) − J_S(θ_t) for t = 0, …, steps."""
    problem = instance.problem
    best = objective(problem, problem.theta_star)
    return [best - objective(problem, theta) for theta in iterates(problem, instance.theta, step_size, steps)]


def _lasting_eigenvalue(instance: Instance) -> Numbers:
    """σ of `ga_linear`, shape (...)."""
    problem = instance.problem
    matrix, rest = covariance(problem, instance.theta), problem.dim - 1
    least, mean = determinant(matrix), trace(matrix) / max(rest, 1)
    for _ in range(rest):
        least = least / mean
    drift = 2 * feature_bound(problem) * norm(problem.theta_star - instance.theta) / problem.kl_coef
    return exp(-2 * drift) * least
