"""Claims on data too large to be one array of intervals: sides from enclosures that were computed in blocks.

A claim is evaluated by its own function. What that takes of the whole data (B, J_S, ∇J_S, V_S u, all J_x) is given
from a `Stream`; a claim on single prompts is evaluated on one block of prompts after another. Anything else would read
a feature that is NaN, and decide nothing.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from rlhf_numeric.arithmetic.interval import Interval, interval
from rlhf_numeric.arithmetic.kinds import Array, Numbers, is_zero
from rlhf_numeric.audit.streaming import Block, Stream
from rlhf_numeric.evaluation.claim import Claim
from rlhf_numeric.evaluation.instance import Instance
from rlhf_numeric.evaluation.verdict import Decision, by_intervals
from rlhf_numeric.model.problem import Problem
from rlhf_numeric.model.sharing import sharing

PER_PROMPT = frozenset(
    {"variance-bound", "gradient-cocoercive", "log-mgf-bound", "covariance-comparison", "coverage-transfer"}
)
Given = Mapping[tuple[int, str], Callable[..., Any]]


class Streamed(NamedTuple):
    """An instance without its features, the sample S as a problem without its features, and what is given of both."""

    instance: Instance
    sample: Problem
    given: Given


def whole(owner: Stream, seen: Stream, theta: Array, weights: Array) -> Streamed:
    """Instance of all prompts of ``owner``, for claims that make no use of single features."""
    shape = (1, *owner.problem.features.shape)
    first = next(owner.blocks("first"))
    return _streamed(owner, seen, theta, _absent(shape), first.ref_probs[None, :1], weights, everything=True)


def block_by_block(owner: Stream, seen: Stream, theta: Array, what: str) -> Iterator[Streamed]:
    """Instances of some prompts after the other, for claims on single prompts."""
    for block in owner.blocks(what):
        count = len(block.prompts)
        yield _streamed(
            owner, seen, theta, interval(block.features[None]), block.ref_probs[None], np.full(count, 1 / count),
            values=_rewards(block, owner), everything=False,
        )  # fmt: skip


def decision_of(claim: Claim, streamed: Streamed) -> Decision:
    """Decide a claim by intervals on one instance."""
    objects = (streamed.instance, streamed.instance.problem, streamed.sample)
    with np.errstate(all="ignore"), sharing(*objects, given=streamed.given):
        return by_intervals(*claim.sides(streamed.instance), claim.kind)


def _streamed(
    owner: Stream, seen: Stream, theta: Array, features: Interval, probs: Interval, weights: Array,
    *, everything: bool, values: Array | None = None,
) -> Streamed:  # fmt: skip
    shares = interval(weights)[None]
    numbers = {
        "features": features, "ref_probs": probs, "theta_star": owner.theta_star[None], "kl_coef": owner.kl_coef[None],
        "theta": interval(theta)[None], "values": interval(np.zeros((1, 1, 1)) if values is None else values[None]),
        "weights": shares / shares.sum(-1)[..., None],
    }  # fmt: skip
    instance, sample = Instance.unchecked(numbers), Instance.unchecked(numbers).problem
    given = {**_given(instance.problem, owner, everything=everything), **_given(sample, seen, everything=False)}
    return Streamed(instance, sample, {**given, **_given_product(instance, sample, seen)})


def _given(problem: Problem, stream: Stream, *, everything: bool) -> dict[tuple[int, str], Callable[..., Any]]:
    """Functions of the whole data, by the problem that stands for it; with a batch axis."""

    def positive_bound() -> Interval:
        bound = stream.feature_bound()[None]
        return bound + is_zero(bound)

    functions: dict[str, Callable[..., Any]] = {
        "feature_bound": lambda: stream.feature_bound()[None],
        "positive_bound": positive_bound,
        "objective": lambda theta: stream.objective(theta[0])[None],
        "gradient": lambda theta: stream.gradient(theta[0])[None],
    }
    if everything:
        functions["objective_per_prompt"] = lambda theta: stream.objective_per_prompt(theta[0])[None]
    return {(id(problem), name): function for name, function in functions.items()}


def _given_product(instance: Instance, sample: Problem, stream: Stream) -> dict[tuple[int, str], Callable[..., Any]]:
    """V_S(θ) as far as a claim needs it: an absent matrix with a product, V_S(θ)u = λ∇J_S(θ) for u = θ* − θ.

    At another parameter, or along another direction, that decides nothing.
    """
    shape = (1, stream.problem.dim, stream.problem.dim)
    matrix = _absent(shape)

    def product(vector: Numbers) -> Interval:
        along = vector is instance.direction
        return (stream.gradient(instance.theta[0]) * stream.kl_coef)[None] if along else _absent(vector.shape)

    return {
        (id(sample), "covariance"): lambda theta: matrix if theta is instance.theta else _absent(shape),
        (id(matrix), "image"): product,
    }


def _absent(shape: tuple[int, ...]) -> Interval:
    missing = np.broadcast_to(np.nan, shape)  # takes no memory
    return Interval(missing, missing)


def _rewards(block: Block, owner: Stream) -> Array:
    """Return an arbitrary function of prompt and action, for claims about one: nearly the reward."""
    values: Array = block.features @ owner.theta_star.mid
    return values
