"""Large arrays of floats: the features are read once, in blocks that stay in cache while they are used again.

The gradient needs two products, φθ and φ(θ* − θ), and one weighted sum of φ; the plain formulas of `gradient` make
several arrays of the size of φ on the way. Here a block of prompts (or of whole small instances) is multiplied,
softmaxed and summed before the next one is touched, so nothing of the size of φ is made, and a memory-mapped φ stays on
disk. A block holds at least one prompt. Inside a block actions come first: numpy reduces a short last axis slowly.

Accuracy is that of the plain formulas. They subtract the first action's features from all others, so that a common
offset costs no digits. That subtraction is a pass over φ, and here it is made only where it matters. Where
‖φ(x,a₀)‖ ≤ 16‖φ(x,a) − φ(x,a₀)‖ for some a (maximum norms), every feature is at most 17 times the largest relative one,
and so are the bounds on the rounding errors of all products, which are linear in those norms.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import prod
from typing import TypeAlias

import numpy as np

from rlhf_numeric.arithmetic.kinds import Array, Numbers, has_safe_square, norm
from rlhf_numeric.parallel.threads import in_order, scratch

SMALLEST = 1 << 14  # elements of φ; for fewer the plain formulas are as fast
BLOCK_BYTES = 1 << 22  # of φ: fits a third-level cache, and is enough to make the calls of numpy cheap beside it
_LEAST_D = 8  # features of fewer coordinates fill a block as if they had so many: a block makes arrays of its actions
_TILE = 8192  # elements of φ in one product: BLAS starts no threads of its own for so few, which would meet ours
_OFFSET = 16

Rows: TypeAlias = tuple[int, int]


@dataclass(frozen=True)
class Part:
    """Instances ``rows`` of the flattened batch, and ``prompts`` of each: first, and one after the last."""

    rows: Rows
    prompts: Rows

    @property
    def at(self) -> tuple[slice, slice]:
        """The part of an array (B, n, ...)."""
        return slice(*self.rows), slice(*self.prompts)


@dataclass(frozen=True, eq=False)
class Flat:
    """A problem and θ with one batch axis: shapes (B or 1, n, m, d), (B, n, m), (B, d), (B,), (B, d).

    ``relative`` says whether features are to be taken relative to the first action's, see `has_large_offset`.
    """

    features: Array
    ref_probs: Array
    theta_star: Array
    kl_coef: Array
    theta: Array
    batch_shape: tuple[int, ...]
    relative: bool

    def parts(self) -> list[Part]:
        """Blocks in order: several small instances, or some prompts of a large one."""
        batch, n, _ = self.ref_probs.shape
        of_prompt = self.features[0, 0].nbytes * max(1, _LEAST_D / self.features.shape[-1])
        size = max(1, int(BLOCK_BYTES / (4 if self.relative else 1) / of_prompt))
        if n > size or len(self.features) < batch:
            return [Part((b, b + 1), (k, min(n, k + size))) for b in range(batch) for k in range(0, n, size)]
        return [Part((b, min(batch, b + size // n)), (0, n)) for b in range(0, batch, size // n)]

    def block(self, part: Part) -> Array:
        """Features (b, k, m, d) of a part, relative or as they are."""
        block = self._raw(part)
        return block - block[:, :, :1] if self.relative else block

    def offsets(self, part: Part) -> Array:
        """Return what `block` subtracts, (b, k, 1, d)."""
        block = self._raw(part)[:, :, :1]
        return block if self.relative else np.zeros_like(block)

    def log_reference(self, part: Part) -> Array:
        """Log q of a part, actions first: (m, b·k), in scratch."""
        values = self.ref_probs[part.at]
        ordered = scratch("log reference", (values.shape[-1], *values.shape[:-1]), values.dtype)
        ordered[...] = values.transpose(2, 0, 1)
        found: Array = np.log(ordered, out=ordered).reshape(len(ordered), -1)
        return found

    def coefficients(self, part: Part) -> Array:
        """Return λ of each prompt of a part, (b·k,)."""
        return np.repeat(self.kl_coef[slice(*part.rows)], part.prompts[1] - part.prompts[0])

    def _raw(self, part: Part) -> Array:
        rows, prompts = part.at
        return self.features[rows if len(self.features) > 1 else slice(None), prompts]


def applies(features: Numbers, batch_shape: tuple[int, ...], *vectors: Numbers) -> bool:
    """Whether φ is a large float array that can be cut into blocks, for vectors of floats."""
    if not all(isinstance(x, np.ndarray) and x.dtype.kind == "f" for x in (features, *vectors)):
        return False
    own = features.shape[:-3]
    fits = prod(own) == 1 or (own == batch_shape and features.flags.c_contiguous)
    return bool(fits and features.size >= SMALLEST)


def flatten(
    features: Array, ref_probs: Array, theta_star: Array, kl_coef: Array, theta: Array, *, relative: bool
) -> Flat:
    """Give all arrays one batch axis; nothing of the size of φ is copied where `applies`."""
    others = np.broadcast_shapes(ref_probs.shape[:-2], theta_star.shape[:-1], kl_coef.shape, theta.shape[:-1])
    batch = np.broadcast_shapes(features.shape[:-3], others)

    def one_batch_axis(x: Array, axes: int) -> Array:
        own = x.shape[x.ndim - axes :]
        return np.broadcast_to(x, batch + own).reshape(-1, *own)

    return Flat(
        features.reshape(-1, *features.shape[-3:]),
        one_batch_axis(ref_probs, 2),
        one_batch_axis(theta_star, 1),
        one_batch_axis(kl_coef, 0),
        one_batch_axis(theta, 1),
        batch,
        relative,
    )


def gradient(flat: Flat) -> Array:
    """∇J_S(θ), shape (..., d); see `gradient.gradient`."""
    vectors = _stacked(flat.theta, flat.theta_star - flat.theta)

    def summed(parts: Sequence[Part]) -> dict[Rows, Array]:
        sums: dict[Rows, Array] = {}
        for part in parts:
            block, weights = _weighted_block(flat, part, vectors)
            tiles = _tiles(block)
            found = (weights.reshape(*tiles.shape[:2], 1, -1) @ tiles).sum((1, 2))
            sums[part.rows] = sums[part.rows] + found if part.rows in sums else found
        return sums

    total = np.zeros(flat.theta.shape)  # in float64, or the sum of many blocks would lose digits of float32
    for sums in in_order(summed, flat.parts()):
        for rows, found in sums.items():
            total[slice(*rows)] += found
    mean = total / flat.ref_probs.shape[1]
    result: Array = mean.astype(vectors.dtype, copy=False).reshape(*flat.batch_shape, -1)
    return result


def gradient_per_prompt(flat: Flat) -> Array:
    """∇J_x(θ), shape (..., n, d); see `gradient.gradient_per_prompt`."""
    vectors = _stacked(flat.theta, flat.theta_star - flat.theta)

    def slope(part: Part) -> Array:
        block, weights = _weighted_block(flat, part, vectors)
        found: Array = (weights.reshape(*block.shape[:2], 1, -1) @ block).reshape(len(weights), -1)
        return found

    return _collected(flat, slope, flat.theta.shape[-1:])


def objective_per_prompt(flat: Flat) -> Array:
    """J_x(θ) at each prompt, shape (..., n); see `objective.objective_per_prompt`."""
    vectors = _stacked(flat.theta, flat.theta_star)

    def value(part: Part) -> Array:
        here = vectors[slice(*part.rows)]
        scores, rewards = _products(flat.block(part), here)
        # A reward, unlike a policy, keeps the offset.
        rewards += _products(flat.offsets(part), here[:, 1:], into="offsets")[0]
        kl_coef, log_reference = flat.coefficients(part), flat.log_reference(part)
        scores /= kl_coef
        scores -= scores.max(0)  # before log q comes in, as log q cancels from log(π/q)
        log_probs, log_partition = _log_softmax(scores + log_reference)
        found: Array = (np.exp(log_probs) * (rewards - kl_coef * (scores - log_partition))).sum(0)
        return found

    return _collected(flat, value, ())


def kl_to_optimum(flat: Flat) -> Array:
    """KL(π_θ‖π_θ*) at each prompt, shape (..., n); see `policy.kl_to_optimum`."""
    vectors = _stacked(flat.theta, flat.theta_star)

    def divergence(part: Part) -> Array:
        scores = _products(flat.block(part), vectors[slice(*part.rows)]) / flat.coefficients(part)
        here, best = (_log_softmax(score + flat.log_reference(part))[0] for score in scores)
        found: Array = (np.exp(here) * (here - best)).sum(0)
        return found

    return _collected(flat, divergence, ())


def products(flat: Flat) -> Array:
    """⟨θ, φ(x,a)⟩, or ⟨θ, φ(x,a) − φ(x,a₀)⟩ where relative, shape (..., n, m)."""

    def product(part: Part) -> Array:
        found: Array = _products(flat.block(part), flat.theta[slice(*part.rows), None])[0].T
        return found

    return _collected(flat, product, flat.ref_probs.shape[2:])


def has_large_offset(features: Array) -> bool:
    """Whether at some prompt all actions' features differ from the first one's by less than 1/16 of its size."""
    return features.shape[-2] > 1 and any(_is_offset(block) for block in blocks_of_prompts(features))


def largest_norm(features: Array) -> Array:
    """Largest ‖φ(x,a)‖ of each instance, shape (...)."""
    largest = [_largest_norm(block) for block in blocks_of_prompts(features)]
    result: Array = np.concatenate(largest).reshape(features.shape[:-2]).max(-1)
    return result


def _largest_norm(block: Array) -> Array:
    sizes: Array = np.sqrt(np.einsum("kmd,kmd->km", block, block))
    largest: Array = (sizes if has_safe_square(sizes).all() else norm(block)).max(1)
    return largest


def blocks_of_prompts(features: Array) -> Iterator[Array]:
    """Yield all prompts of all instances in blocks, (k, m, d)."""
    size = max(
        1, BLOCK_BYTES // (16 * features.itemsize * prod(features.shape[-2:]))
    )  # they make several arrays of a block
    prompts = features.reshape(-1, *features.shape[-2:])
    yield from (prompts[k : k + size] for k in range(0, len(prompts), size))


def _is_offset(block: Array) -> bool:
    size, gap = np.abs(block[:, 0]).max(-1), np.abs(block[:, 1] - block[:, 0]).max(-1)
    doubtful = _OFFSET * gap < size
    if doubtful.any():  # the second action is near the first: look at all
        rest = block[doubtful]
        gap = np.abs(rest - rest[:, :1]).max((-2, -1))
        return bool((_OFFSET * gap < size[doubtful]).any())
    return False


def _stacked(*vectors: Array) -> Array:
    """Vectors (B, d) as (B, v, d), in scratch of the calling thread."""
    out = scratch("vectors", (len(vectors[0]), len(vectors), vectors[0].shape[-1]), np.result_type(*vectors))
    return np.stack(vectors, -2, out=out)


def _weighted_block(flat: Flat, part: Part, vectors: Array) -> tuple[Array, Array]:
    """Return a part's features (b, k, m, d) and weights π(a)(e(a) − E_π e)/λ, e = ⟨θ* − θ, φ⟩, (b·k, m), in scratch."""
    block = flat.block(part)
    probs, error = _products(block, vectors[slice(*part.rows)])
    probs /= flat.coefficients(part)
    probs += flat.log_reference(part)
    probs -= probs.max(0)
    terms = scratch("terms", error.shape, error.dtype)
    terms.fill(-np.inf)
    np.copyto(terms, error, where=probs == 0)
    # First that of the likeliest, so that the variance of a nearly deterministic policy keeps its digits.
    error -= terms.max(0)
    np.exp(probs, out=probs)
    probs /= probs.sum(0)
    error -= np.multiply(probs, error, out=terms).sum(0)
    error *= probs
    error /= flat.coefficients(part)  # before φ comes in: φ² may underflow
    weights = scratch("weights", error.shape[::-1], error.dtype)
    weights[...] = error.T
    return block, weights


def _products(block: Array, vectors: Array, into: str = "products") -> Array:
    """⟨v, φ⟩ for vectors (b, v, d), actions first: (v, m, b·k), in scratch ``into``.

    All vectors meet a tile while it is in cache.
    """
    b, k, m, _ = block.shape
    v, tiles = vectors.shape[1], _tiles(block)
    t, r = tiles.shape[1:3]
    dtype = np.result_type(block, vectors)
    found = scratch("tiles", (b, t, v, r, 1), dtype)
    np.matmul(tiles[:, :, None], vectors[:, None, :, :, None], out=found)
    if r % m == 0:  # whole prompts
        by_action = found.reshape(b, t, v, r // m, m).transpose(2, 4, 0, 1, 3)
    else:
        by_action = found.reshape(b, k, m // r, v, r).transpose(3, 2, 4, 0, 1)
    ordered = scratch(into, by_action.shape, dtype)
    ordered[...] = by_action
    return ordered.reshape(v, m, b * k)


def _tiles(block: Array) -> Array:
    """Cut (b, k, m, d) into (b, t, r, d): tiles of r rows, at most `_TILE` elements if possible.

    A tile is some whole prompts, or an equal share of one.
    """
    b, k, m, d = block.shape
    most = max(1, _TILE // d)
    rows = m * _largest_divisor(k, most // m) if m <= most else _largest_divisor(m, most)
    return block.reshape(b, -1, rows, d)


def _largest_divisor(number: int, most: int) -> int:
    return next(r for r in range(min(number, most), 0, -1) if number % r == 0)


def _log_softmax(values: Array) -> tuple[Array, Array]:
    """Log-softmax along the first axis, and the logarithm of the sum of exponentials."""
    largest = values.max(0)
    log_partition = largest + np.log(np.exp(values - largest).sum(0))
    return values - log_partition, log_partition


def _collected(flat: Flat, function: Callable[[Part], Array], shape: tuple[int, ...]) -> Array:
    """Collect function(part), which has the elements of (b, k, *shape) in order, in shape (..., n, *shape)."""
    result = np.empty(flat.ref_probs.shape[:2] + shape, np.result_type(flat.features, flat.theta))

    def fill(parts: Sequence[Part]) -> None:
        for part in parts:
            result[part.at] = function(part).reshape(result[part.at].shape)

    for _ in in_order(fill, flat.parts()):
        pass
    return result.reshape(*flat.batch_shape, *result.shape[1:])
