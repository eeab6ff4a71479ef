"""A small run of policy gradients that logs its rollouts to a table, for ``rlhf-lemmas audit``.

A prompt is one of 40 vectors z ∈ R³, an answer is a sequence of three tokens out of three, 27 in all. The reference
policy is a softmax in the features of prompt and answer. The true reward r* ∈ [0, 1] is not of that form: a logistic
function of the features and of whether the answer repeats a token. Its model r̂ = σ(⟨w,φ⟩) is fitted, by the model of
Bradley and Terry, to 2,000 preferences between two answers of the reference policy.

The policy is π_θ ∝ π_ref·exp(⟨θ,φ⟩) (`rlhf_numeric.log_policy` with λ = 1). Each step draws 250 prompts and four
answers to each, and goes along the gradient of E r̂ − λ·E ℓ as these answers show it (REINFORCE, with the mean of the
other answers to the prompt as the baseline). Every rollout is logged. Those of one step are drawn afresh from the
policy as it is then, and the reward was fitted on other data, as Theorem 1 wants it.

As the world is small, what the theorem takes from elsewhere is computed exactly here: 𝒞, E_Q e², b(τ), and |Ĵ − J*|.

Run: python examples/policy_gradient.py ROLLOUTS.parquet [SEED, default 0]
"""

import sys
from itertools import product
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rlhf_numeric import Problem, clipped_kl, coverage_coefficient, log_policy

Array = NDArray[np.float64]
PROMPTS, TOKENS, LENGTH, WIDTH = 40, 3, 3, 3
PAIRS, BATCH, ROLLOUTS, STEPS, RATE, KL_COEF, THRESHOLD = 2000, 250, 4, 120, 0.5, 0.05, 1.5


class World(NamedTuple):
    """φ (N, m, d), log π_ref, r* and r̂, each (N, m)."""

    features: Array
    log_reference: Array
    truth: Array
    reward: Array


def main(path: Path, seed: int = 0) -> None:
    """Train, write the table, and say what the audit cannot know."""
    rng = np.random.default_rng(seed)
    world = make_world(rng)
    columns, theta = train(world, rng)
    write(path, columns)
    print(f"{path.name}: {len(columns['reward'])} rollouts of {STEPS} steps")
    report(world, theta, columns)


def make_world(rng: np.random.Generator) -> World:
    """Draw prompts and rewards, and fit the model of the reward to preferences."""
    answers = np.array(list(product(range(TOKENS), repeat=LENGTH)))
    counts = np.stack([(answers == token).mean(1) for token in range(TOKENS)], axis=1)
    z = rng.normal(size=(PROMPTS, WIDTH))
    features = np.einsum("xp,ac->xapc", z, counts - 1 / TOKENS).reshape(PROMPTS, len(answers), -1)
    reference = Problem(features, np.full(features.shape[:2], 1 / len(answers)), rng.normal(size=9), kl_coef=1.0)
    log_reference = log_policy(reference, rng.normal(size=9) / 2)
    repeats = (answers[:, 1:] == answers[:, :-1]).mean(1)
    truth = logistic(2 * features @ rng.normal(size=9) - repeats)
    return World(features, log_reference, truth, fit(features, log_reference, truth, rng))


def fit(features: Array, log_reference: Array, truth: Array, rng: np.random.Generator) -> Array:
    """Return r̂ = σ(⟨w,φ⟩) with w by Newton's method on preferences, with probabilities σ(logit r* − logit r*)."""
    prompts = rng.integers(PROMPTS, size=PAIRS)
    first, second = (draw(log_reference[prompts], rng) for _ in range(2))
    scores = np.log(truth / (1 - truth))
    wins = rng.uniform(size=PAIRS) < logistic(scores[prompts, first] - scores[prompts, second])
    rows = features[prompts, first] - features[prompts, second]
    w = np.zeros(features.shape[-1])
    for _ in range(30):
        p = logistic(rows @ w)
        curvature = (rows * (p * (1 - p))[:, None]).T @ rows + np.eye(len(w))
        w += np.linalg.solve(curvature, rows.T @ (wins - p) - w)
    return logistic(features @ w)


def train(world: World, rng: np.random.Generator) -> tuple[dict[str, NDArray[np.generic]], Array]:
    """Return what a training loop logs, a number for each rollout, and the last θ that drew."""
    problem = Problem(world.features, np.exp(world.log_reference), np.zeros(9), kl_coef=1.0)
    theta, log = np.zeros(9), []
    for step in range(STEPS):
        log_probs = log_policy(problem, theta)
        prompts = np.repeat(rng.integers(PROMPTS, size=BATCH), ROLLOUTS)
        answers = draw(log_probs[prompts], rng)
        ratios = log_probs[prompts, answers] - world.log_reference[prompts, answers]
        rewards = world.reward[prompts, answers]
        rows = (np.full(len(prompts), step), np.arange(len(prompts)) // ROLLOUTS, prompts, answers,
                log_probs[prompts, answers], world.log_reference[prompts, answers], rewards)  # fmt: skip
        log.append(rows)
        if step < STEPS - 1:
            values = (rewards - KL_COEF * ratios).reshape(BATCH, ROLLOUTS)
            others = (values.sum(1, keepdims=True) - values) / (ROLLOUTS - 1)
            means = (np.exp(log_probs)[..., None] * world.features).sum(1)
            scores = world.features[prompts, answers] - means[prompts]
            theta = theta + RATE * ((values - others).ravel()[:, None] * scores).mean(0)
    names = ("step", "prompt", "text", "answer", "log_policy", "log_reference", "reward")
    return {name: np.concatenate(column) for name, column in zip(names, zip(*log, strict=True), strict=True)}, theta


def report(world: World, theta: Array, columns: dict[str, NDArray[np.generic]]) -> None:
    """Say what the theorem takes from elsewhere, and how far the estimate is from the truth, all exactly."""
    problem = Problem(world.features, np.exp(world.log_reference), np.zeros(9), kl_coef=1.0)
    log_probs = log_policy(problem, theta)
    probs, reference = np.exp(log_probs) / PROMPTS, np.exp(world.log_reference) / PROMPTS
    ratios = (log_probs - world.log_reference).ravel()
    coverage = float(coverage_coefficient(probs.ravel(), reference.ravel()))
    error = float((reference * (world.truth - world.reward) ** 2).sum())
    bias = float(clipped_kl(ratios, THRESHOLD, weights=probs.ravel()).bias_bound)
    last = columns["step"] == STEPS - 1
    seen = np.clip(columns["log_policy"][last] - columns["log_reference"][last], -THRESHOLD, THRESHOLD)
    estimate = float((columns["reward"][last] - KL_COEF * seen).mean())
    truth = float(probs.ravel() @ (world.truth.ravel() - KL_COEF * ratios))
    print(f"exactly: 𝒞 = {coverage:.6f}, E_Q e² = {error:.6f}, b({THRESHOLD}) = {bias:.6f}")
    print(f"Ĵ = {estimate:.4f}, J* = {truth:.4f}, |Ĵ − J*| = {abs(estimate - truth):.4f}")


def draw(log_probs: Array, rng: np.random.Generator) -> NDArray[np.int64]:
    """Draw an index from each row."""
    chosen: NDArray[np.int64] = np.argmax(log_probs + rng.gumbel(size=log_probs.shape), axis=-1)
    return chosen


def logistic(x: Array) -> Array:
    """1/(1 + exp(−x))."""
    return np.asarray(1 / (1 + np.exp(-x)))


def write(path: Path, columns: dict[str, NDArray[np.generic]]) -> None:
    """Write a new table."""
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError:
        sys.exit("this example needs pyarrow: pip install 'rlhf-lemmas[tables]'")
    try:
        with path.open("xb") as file:
            parquet.write_table(pa.table(columns), file)
    except FileExistsError:
        sys.exit(f"{path} is there, and nothing is overwritten")


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit("usage: python examples/policy_gradient.py ROLLOUTS.parquet [SEED]")
    main(Path(sys.argv[1]), *map(int, sys.argv[2:]))
