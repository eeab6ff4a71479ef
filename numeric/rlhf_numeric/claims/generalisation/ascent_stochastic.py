"""Claims on stochastic gradient ascent: every sequence of draws is enumerated, so that expectations are exact."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from rlhf_numeric.arithmetic.kinds import Numbers, amax, amin, concat, is_zero, join, norm, pairs, sqrt, zeros_like
from rlhf_numeric.claims.common.hypotheses import BOUNDED, SETTING
from rlhf_numeric.claims.common.samples import draw_tree, draws, spread_out
from rlhf_numeric.claims.generalisation.ascent import iterates, steps_of
from rlhf_numeric.claims.generalisation.geometry import second_order
from rlhf_numeric.evaluation.claim import Constant, inequality_with_constant
from rlhf_numeric.evaluation.instance import Instance
from rlhf_numeric.model.gradient import gradient
from rlhf_numeric.model.objective import objective
from rlhf_numeric.model.policy import policy
from rlhf_numeric.model.problem import Problem, positive_bound
from rlhf_numeric.model.projected import projected_step

DRAWS, PAIR_DRAWS = 3, 2  # at least; more where the instance asks for more steps and there are few branches
SAMPLED_PROMPT = "each step draws a prompt of S uniformly"


class PairwiseLevel(NamedTuple):
    """All points θ_t that draws of a prompt and two actions reach, and all that may happen next.

    Attributes
    ----------
    thetas, weights
        The points and their probabilities, shapes (..., c^t, d) and (..., c^t).
    probs, moves, products
        As in `pairwise_moves`, shapes (..., c^t, c), (..., c^t, c, d), (..., c^t, c).
    """

    thetas: Numbers
    weights: Numbers
    probs: Numbers
    moves: Numbers
    products: Numbers


def draws_of(instance: Instance, /) -> int:
    """Return the number of draws of a prompt."""
    return draws(instance.problem.n_prompts, instance.extent.steps, least=DRAWS)


def noise_draws_of(instance: Instance, /) -> int:
    """Return the number of draws of one of two outcomes."""
    return draws(2, instance.extent.steps, least=DRAWS)


def pair_draws_of(instance: Instance, /) -> int:
    """Return the number of draws of a prompt and two actions."""
    return draws(pairs_of_actions(instance.problem), instance.extent.steps - 1, least=PAIR_DRAWS)


def pairs_of_actions(problem: Problem, /) -> int:
    """Return c of `pairwise_moves`."""
    return problem.n_prompts * problem.n_actions * (problem.n_actions - 1) // 2 + 1


@inequality_with_constant(
    "sga-rate",
    "‖u_t‖ never increases, Σ_{t<T}⟨g_t,u_t⟩ ≤ Kρ² on every path, and E[gap] averaged over t < T is ≤ CKρ²/T",
    SETTING,
    BOUNDED,
    SAMPLED_PROMPT,
    "η = λ/B²",
    "K = B²/λ",
    "ρ = ‖θ* − θ_0‖",
    "T ≥ 1",
    steps=draws_of,
)
def sga_rate(instance: Instance, constant: Constant) -> tuple[Numbers, Numbers]:
    """Lengths squared, one comparison a draw; the largest sum over all paths; Σ_t E⟨∇J_S,u_t⟩; the mean gaps."""
    problem, energy, eta = instance.problem, *_energy(instance, pairs_drawn=False)
    tree = draw_tree(problem, instance.theta, eta, draws_of(instance))
    errors = [problem.theta_star[..., None, :] - thetas for thetas, _ in tree]
    products = [(slopes * error[..., None, :]).sum(-1) for error, (_, slopes) in zip(errors, tree, strict=True)]
    squares = [(error * error).sum(-1) for error in errors]
    sums = pairs(products[0], axis=-2)
    for product in products[1:]:
        sums = pairs(sums[..., None] + product, axis=-2)
    expected = join(*(_mean(pairs(product, axis=-2)) for product in products)).sum(-1)
    averages = running_means(_mean_gaps(problem, tree))
    factor = second_order(instance, norm(errors[0][..., 0, :]), constant)
    # the point before each draw, as often as there are prompts to draw
    before = [square[..., np.arange(square.shape[-1]).repeat(problem.n_prompts)] for square in squares[:-1]]
    lhs = concat(*squares[1:], join(amax(sums, -1), expected, *averages))
    return lhs, concat(*before, join(energy, energy, *(factor * energy / (t + 1) for t in range(len(tree)))))


@inequality_with_constant(
    "sga-pairwise-rate",
    "‖u_t‖ never increases, Σ_{t<T}⟨g_t,u_t⟩ ≤ Kρ² on every path, and E[gap] averaged over t < T is ≤ CKρ²/T",
    SETTING,
    BOUNDED,
    SAMPLED_PROMPT + " and two actions from π_θ",
    "η = λ/(2B²)",
    "K = 2B²/λ",
    "ρ = ‖θ* − θ_0‖",
    "T ≥ 1",
    steps=pair_draws_of,
)
def sga_pairwise_rate(instance: Instance, constant: Constant) -> tuple[Numbers, Numbers]:
    """Compare the largest ‖u_t‖² after any draw, the largest sum over all paths, Σ_t E⟨∇J_S,u_t⟩ and the mean gaps."""
    problem, energy, eta = instance.problem, *_energy(instance, pairs_drawn=True)
    tree = pairwise_tree(
        problem, instance.theta, lambda at, move: at + eta[..., None, None, None] * move, pair_draws_of(instance)
    )
    wide, error, later = spread_out(problem), problem.theta_star - instance.theta, tree[1:]
    errors = [problem.theta_star[..., None, :] - level.thetas for level in later]
    slopes = [(gradient(wide, level.thetas) * other).sum(-1) for level, other in zip(later, errors, strict=True)]
    expected = (gradient(problem, instance.theta) * error).sum(-1) + join(
        *((level.weights * slope).sum(-1) for level, slope in zip(later, slopes, strict=True))
    ).sum(-1)
    best = objective(problem, problem.theta_star)
    gaps = [best - objective(problem, instance.theta)]
    gaps += [(level.weights * (best[..., None] - objective(wide, level.thetas))).sum(-1) for level in later]
    averages, factor = running_means(gaps), second_order(instance, norm(error), constant)
    lengths = [_largest_where_moved((other * other).sum(-1), tree[0].probs.shape[-1]) for other in errors]
    bounds = [factor * energy / (t + 1) for t in range(len(tree))]
    return join(*lengths, _largest_sum(tree), expected, *averages), join(
        *((error * error).sum(-1) for _ in later), energy, energy, *bounds
    )


@inequality_with_constant(
    "sga-noisy-rate",
    "E[gap] averaged over t < T is ≤ C(ρ²/(ηT) + ηs²), and ≤ C(ρ²/α + αs²)/√T at η = α/√T",
    SETTING,
    BOUNDED,
    "unbiased gradients of variance at most s² on a ball of radius r that contains θ* and θ_0, projection onto it",
    "0 < η and ηB² ≤ λ, 0 < α and αB² ≤ λ",
    "C at M = 4Br/λ",
    "ρ = ‖θ* − θ_0‖",
    steps=noise_draws_of,
)
def sga_noisy_rate(instance: Instance, constant: Constant) -> tuple[Numbers, Numbers]:
    """Take the smallest ball about θ', two outcomes of noise along v; all T in the first bound, the last in the other.

    The noise is (1 − p)v with probability p, else −pv, of mean 0 and variance s² = p(1 − p)‖v‖².
    """
    problem = instance.problem
    bound, radius = positive_bound(problem), _smallest_ball(instance)
    p = instance.probs[..., 0, 0]
    probs = join(p, 1 - p)
    noise = (join(1 - p, -p))[..., None] * instance.direction[..., None, :]
    alpha = problem.kl_coef / (bound * bound)
    steps = noise_draws_of(instance)
    root = sqrt(zeros_like(alpha) + steps)
    means = _noisy_gaps(instance, alpha / root, noise, probs, radius)
    averages, error = running_means(means), problem.theta_star - instance.theta
    square, spread = (error * error).sum(-1), noise_variance(instance)
    factor = second_order(instance, 2 * radius, constant)
    first = [square * root / (alpha * (t + 1)) + alpha / root * spread for t in range(steps)]
    second = (square / alpha + alpha * spread) / root
    return join(*averages, averages[-1]), factor[..., None] * join(*first, second)


@inequality_with_constant(
    "paper-rates",
    "some t < T has gap ≤ CKρ²T^{−1/4} and ‖∇J_S(θ_t)‖ ≤ KρT^{−1/4}; for SGA, mean E[gap] ≤ CKρ²T^{−1/8}",
    SETTING,
    BOUNDED,
    SAMPLED_PROMPT,
    "η = λ/B²",
    "K = B²/λ",
    "ρ = ‖θ* − θ_0‖",
    "T ≥ 1",
    steps=steps_of,
)
def paper_rates(instance: Instance, constant: Constant) -> tuple[Numbers, Numbers]:
    """Gradient ascent: both bounds at one t, min_{t<T} max(gap/C, ρ‖∇J_S‖) ≤ Kρ²T^{−1/4}; then the stochastic one."""
    problem, energy, eta = instance.problem, *_energy(instance, pairs_drawn=False)
    radius = norm(problem.theta_star - instance.theta)
    factor, best = second_order(instance, radius, constant), objective(problem, problem.theta_star)
    thetas = iterates(problem, instance.theta, eta, instance.extent.steps - 1)
    gaps = [(best - objective(problem, theta)) / factor for theta in thetas]
    slopes = [radius * norm(gradient(problem, theta)) for theta in thetas]
    worse = [amax(join(gap, slope), -1) for gap, slope in zip(gaps, slopes, strict=True)]
    smallest = [amin(join(*worse[: t + 1]), -1) for t in range(len(thetas))]
    drawn = draws(problem.n_prompts, instance.extent.steps - 1, least=PAIR_DRAWS)
    averages = running_means(_mean_gaps(problem, draw_tree(problem, instance.theta, eta, drawn)))
    fourth = [sqrt(sqrt(zeros_like(energy) + t)) for t in range(1, len(thetas) + 1)]
    eighth = [sqrt(root) for root in fourth[:drawn]]
    bounds = (energy / root for root in fourth), (factor * energy / root for root in eighth)
    return join(*smallest, *averages), join(*bounds[0], *bounds[1])


def pairwise_moves(problem: Problem, theta: Numbers, /) -> tuple[Numbers, Numbers, Numbers]:
    """All estimates of one step with two sampled actions: probabilities, estimates g, products ⟨g,u⟩.

    (i,a,b) and (i,b,a) give the same g = δ⟨δ,u⟩/(2λ), hence one entry of twice the weight for a < b; all a = b give
    g = 0 and are the last entry. Shapes (..., c), (..., c, d), (..., c), c = n·m(m − 1)/2 + 1.
    """
    probs, (first, second) = policy(problem, theta), np.triu_indices(problem.n_actions, 1)
    delta = problem.features[..., first, :] - problem.features[..., second, :]
    weights = probs[..., first] * probs[..., second]
    along = (delta * (problem.theta_star - theta)[..., None, None, :]).sum(-1)
    half = along / (2 * problem.kl_coef)[..., None, None]
    stay = (probs * probs).sum(-1).sum(-1) / problem.n_prompts
    estimates = pairs(half[..., None] * delta, axis=-3)
    return (
        concat(pairs(2 * weights / problem.n_prompts, axis=-2), stay[..., None]),
        concat(estimates, zeros_like(problem.theta_star - theta)[..., None, :], axis=-2),
        concat(pairs(half * along, axis=-2), zeros_like(stay)[..., None]),
    )


def pairwise_tree(
    problem: Problem, theta: Numbers, step: Callable[[Numbers, Numbers], Numbers], steps: int, /
) -> list[PairwiseLevel]:
    """Ascent along every sequence of drawn prompts and pairs of actions, θ_0, …, θ_{steps − 1}.

    ``step`` takes points (..., c^t, 1, d) and moves (..., c^t, c, d) to the next points.
    """
    wide, thetas, weights = spread_out(problem), theta[..., None, :], zeros_like(theta[..., :1]) + 1
    tree: list[PairwiseLevel] = []
    for t in range(steps):
        if t:
            last = tree[-1]
            reached = step(last.thetas[..., None, :], last.moves)
            thetas, weights = pairs(reached, axis=-3), pairs(last.weights[..., None] * last.probs, axis=-2)
        tree.append(PairwiseLevel(thetas, weights, *pairwise_moves(wide, thetas)))
    return tree


def noise_variance(instance: Instance, /) -> Numbers:
    """s² = p(1 − p)‖v‖² of the noise of `sga_noisy_rate`, shape (...)."""
    p, v = instance.probs[..., 0, 0], instance.direction
    return p * (1 - p) * (v * v).sum(-1)


def running_means(terms: list[Numbers], /) -> list[Numbers]:
    """Averages of the first T terms, for every T ≥ 1."""
    return [join(*terms[: t + 1]).sum(-1) / (t + 1) for t in range(len(terms))]


def _energy(instance: Instance, *, pairs_drawn: bool) -> tuple[Numbers, Numbers]:
    """Kρ² and η = 1/K, shapes (...): K = B²/λ, twice that with sampled actions."""
    problem, error = instance.problem, instance.problem.theta_star - instance.theta
    bound = positive_bound(problem)
    scale = (2 if pairs_drawn else 1) * bound * bound / problem.kl_coef
    return scale * (error * error).sum(-1), 1 / scale


def _mean(x: Numbers) -> Numbers:
    return x.sum(-1) / x.shape[-1]


def _mean_gaps(problem: Problem, tree: list[tuple[Numbers, Numbers]]) -> list[Numbers]:
    """E[J_S(θ*) − J_S(θ_t)] for each t, shapes (...)."""
    wide, best = spread_out(problem), objective(problem, problem.theta_star)
    return [best - _mean(objective(wide, thetas)) for thetas, _ in tree]


def _largest_where_moved(squares: Numbers, branches: int) -> Numbers:
    """Largest ‖u_t‖² where the last of the draws moved θ: in its last branch, a = b, θ stays, and so does ‖u_t‖."""
    moved = np.arange(squares.shape[-1]) % branches < max(branches - 1, 1)
    return amax(squares[..., np.flatnonzero(moved)], -1)


def _largest_sum(tree: list[PairwiseLevel]) -> Numbers:
    """Largest Σ_t⟨g_t,u_t⟩ over all paths, shape (...)."""
    sums = tree[0].products[..., 0, :]
    for level in tree[1:]:
        sums = pairs(sums[..., None] + level.products, axis=-2)
    return amax(sums, -1)


def _noisy_gaps(
    instance: Instance, step_size: Numbers, noise: Numbers, probs: Numbers, radius: Numbers
) -> list[Numbers]:
    """E[J_S(θ*) − J_S(θ_t)] for every t along the projected ascent, shapes (...)."""
    problem, centre = instance.problem, instance.theta_prime
    wide, best = spread_out(problem), objective(problem, problem.theta_star)
    thetas, weights = instance.theta[..., None, :], (probs.sum(-1) * 0 + 1)[..., None]
    means = [best - objective(problem, instance.theta)]
    for _ in range(1, noise_draws_of(instance)):
        estimates = gradient(wide, thetas)[..., None, :] + noise[..., None, :, :]
        moved = projected_step(
            thetas[..., None, :],
            estimates,
            step_size=step_size[..., None, None],
            centre=centre[..., None, None, :],
            radius=radius[..., None, None],
        )
        thetas, weights = pairs(moved, axis=-3), pairs(weights[..., None] * probs[..., None, :], axis=-2)
        means.append(best - (weights * objective(wide, thetas)).sum(-1))
    return means


def _smallest_ball(instance: Instance) -> Numbers:
    """Return the least radius of a ball about θ' that holds θ* and θ_0; 1 where it is 0. Shape (...)."""
    points = instance.problem.theta_star, instance.theta
    radius = amax(join(*(norm(point - instance.theta_prime) for point in points)), -1)
    return radius + is_zero(radius)
