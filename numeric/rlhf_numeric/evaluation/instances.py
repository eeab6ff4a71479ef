"""Seeded random instances that reach the corners of the theory.

Every row of a batch starts generic; each corner then overwrites one object in a random share of the rows, so that
corners also meet each other.
"""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from rlhf_numeric.arithmetic.kinds import Array
from rlhf_numeric.evaluation.instance import USUAL, Extent, Instance

Draws: TypeAlias = dict[str, Array]
Corner: TypeAlias = Callable[[np.random.Generator, Draws], Draws]

_MAX_SHAPE = (3, 4, 3)
_SHARE = 1 / 16  # of the rows, for each corner


def random_instances(
    rng: np.random.Generator, /, *, batch: int, shape: tuple[int, int, int] | None = None, extent: Extent = USUAL
) -> Instance:
    """Draw a batch of instances of one shape.

    Corners: tiny and huge λ, one action, large and zero features, tied actions, collinear features, repeated prompts,
    a missing coordinate, two opposite actions (where several bounds are attained), nearly deterministic policies, tiny
    reference probabilities, θ = θ*, θ near θ*, θ = θ* up to a direction that no feature sees, θ ≠ θ* only in
    coordinates that the first half of the prompts does not have, prompts with one coordinate each (rank-deficient
    samples, unseen prompts outside their span), policies with zeros, θ' between θ and θ*, a short direction,
    rewards near 0.

    Parameters
    ----------
    rng
        The only source of randomness.
    batch
        Number of rows ≥ 1.
    shape
        (n, m, d); default: random, at most (3, 4, 3).
    extent
        Sizes of enumerated samples and numbers of steps.

    Returns
    -------
    Instance
        float64, batch shape (batch,).

    Examples
    --------
    >>> random_instances(np.random.default_rng(0), batch=5, shape=(2, 3, 1)).batch_shape
    (5,)
    """
    shape = random_shape(rng) if shape is None else shape
    draws = _generic(rng, batch, *shape)
    for corner in _CORNERS:
        rows = rng.random(batch) < _SHARE
        changed = corner(rng, {name: array.copy() for name, array in draws.items()})
        draws = {name: _where(rows, changed[name], array) for name, array in draws.items()}
    return Instance.checked({**draws, "extent": extent})


def random_shape(rng: np.random.Generator, /) -> tuple[int, int, int]:
    """Draw a small shape (n, m, d)."""
    n, m, d = (int(rng.integers(1, largest + 1)) for largest in _MAX_SHAPE)
    if m == 1 and rng.random() < 0.5:  # one action makes every claim degenerate: keep it rarer
        m = _MAX_SHAPE[1]
    return n, m, d


def _generic(rng: np.random.Generator, batch: int, n: int, m: int, d: int) -> Draws:
    return {
        "features": rng.normal(size=(batch, n, m, d)) * 10 ** rng.uniform(-1, 1, (batch, 1, 1, 1)),
        "ref_probs": _simplex(rng.exponential(size=(batch, n, m)) + 1e-3),
        "theta_star": rng.normal(size=(batch, d)),
        "kl_coef": 10 ** rng.uniform(-1, 1, batch),
        "theta": rng.normal(size=(batch, d)),
        "theta_prime": rng.normal(size=(batch, d)),
        "direction": rng.normal(size=(batch, d)),
        "probs": _simplex(rng.exponential(size=(batch, n, m))),
        "values": rng.normal(size=(batch, n, m)),
        "weights": _simplex(rng.exponential(size=(batch, n))),
    }


def _tiny_kl(rng: np.random.Generator, draws: Draws) -> Draws:
    return draws | {"kl_coef": 10 ** rng.uniform(-6, -1, draws["kl_coef"].shape)}


def _huge_kl(rng: np.random.Generator, draws: Draws) -> Draws:
    return draws | {"kl_coef": 10 ** rng.uniform(1, 6, draws["kl_coef"].shape)}


def _large_features(rng: np.random.Generator, draws: Draws) -> Draws:
    return draws | {"features": draws["features"] * 1e3 + 1e3 * rng.normal(size=draws["features"].shape[-1])}


def _zero_features(_: np.random.Generator, draws: Draws) -> Draws:
    return draws | {"features": draws["features"] * 0.0}


def _tied_actions(_: np.random.Generator, draws: Draws) -> Draws:
    draws["features"][..., -1, :] = draws["features"][..., 0, :]
    draws["values"][..., -1] = draws["values"][..., 0]
    return draws


def _collinear_features(_: np.random.Generator, draws: Draws) -> Draws:
    return draws | {"features": draws["features"][..., :1] * draws["theta_star"][:, None, None, :]}


def _repeated_prompts(_: np.random.Generator, draws: Draws) -> Draws:
    draws["features"][:] = draws["features"][:, :1]
    draws["ref_probs"][:] = draws["ref_probs"][:, :1]
    return draws


def _missing_coordinate(_: np.random.Generator, draws: Draws) -> Draws:
    draws["features"][..., 0] = 0.0
    return draws


def _opposite_actions(rng: np.random.Generator, draws: Draws) -> Draws:
    """Actions ±c, reference nearly uniform, λ large: variance-bound and gradient-cocoercive are nearly attained."""
    signs = (-1.0) ** np.arange(draws["features"].shape[-2])
    draws["features"][:] = signs[:, None] * draws["features"][:, :1, :1]
    axis = draws["features"][:, 0, 0]
    even = _simplex(1 + 1e-3 * rng.random(draws["ref_probs"].shape))
    kl_coef = (axis * axis).sum(-1) * 10 ** rng.uniform(1, 4, draws["kl_coef"].shape) + 1e-3
    return draws | {"ref_probs": even, "kl_coef": kl_coef, "direction": axis, "theta_star": draws["theta"] + axis}


def _nearly_deterministic(_: np.random.Generator, draws: Draws) -> Draws:
    return draws | {"theta": draws["theta"] * 30}


def _tiny_reference(rng: np.random.Generator, draws: Draws) -> Draws:
    probs = draws["ref_probs"].copy()
    probs[..., -1] *= 10 ** rng.uniform(-299, -3, probs.shape[:-1])
    return draws | {"ref_probs": _simplex(probs)}


def _optimum(_: np.random.Generator, draws: Draws) -> Draws:
    return draws | {"theta": draws["theta_star"].copy()}


def _near_optimum(rng: np.random.Generator, draws: Draws) -> Draws:
    step = 10 ** rng.uniform(-9, -2, (len(draws["theta"]), 1))
    return draws | {"theta": draws["theta_star"] + step * draws["direction"], "theta_prime": draws["theta"]}


def _stationary(_: np.random.Generator, draws: Draws) -> Draws:
    draws["features"][..., 0] = 1.0
    theta = draws["theta_star"].copy()
    theta[:, 0] += draws["theta"][:, 0]
    return draws | {"theta": theta}


def _policy_with_zeros(rng: np.random.Generator, draws: Draws) -> Draws:
    keep = rng.random(draws["probs"].shape) < 0.5
    keep[..., 0] |= ~keep.any(-1)
    return draws | {"probs": _simplex(draws["probs"] * keep)}


def _policy_near_reference(rng: np.random.Generator, draws: Draws) -> Draws:
    step = 10 ** rng.uniform(-6, -1, (len(draws["probs"]), 1, 1))
    return draws | {"probs": (1 - step) * draws["ref_probs"] + step * draws["probs"]}


def _unseen_direction(_: np.random.Generator, draws: Draws) -> Draws:
    """Let θ differ from θ* only where the features of the first half of the prompts vanish: its gradient is 0."""
    features, theta = draws["features"], draws["theta"]
    features[:, : (features.shape[1] + 1) // 2, :, 1:] = 0.0
    theta[:, 0] = draws["theta_star"][:, 0]
    return draws | {"theta_prime": draws["theta_star"].copy()}


def _own_coordinates(_: np.random.Generator, draws: Draws) -> Draws:
    """Give each prompt one coordinate of its own, as long as there are any: samples are rank-deficient."""
    n, d = draws["features"].shape[1], draws["features"].shape[-1]
    draws["features"] *= (np.arange(d) == np.arange(n)[:, None] % d)[:, None, :]
    return draws


def _little_noise(_: np.random.Generator, draws: Draws) -> Draws:
    """Put θ' between θ and θ*, where their smallest common ball has its centre, and let v be small."""
    return draws | {
        "theta_prime": (draws["theta"] + draws["theta_star"]) / 2,
        "direction": draws["direction"] * 1e-3,
    }


def _small_optimum(rng: np.random.Generator, draws: Draws) -> Draws:
    return draws | {"theta_star": draws["theta_star"] * 10 ** rng.uniform(-4, -1, (len(draws["theta_star"]), 1))}


_CORNERS: tuple[Corner, ...] = (
    _tiny_kl,
    _huge_kl,
    _small_optimum,
    _large_features,
    _zero_features,
    _tied_actions,
    _collinear_features,
    _repeated_prompts,
    _missing_coordinate,
    _nearly_deterministic,
    _tiny_reference,
    _opposite_actions,
    _optimum,
    _near_optimum,
    _stationary,
    _policy_with_zeros,
    _policy_near_reference,
    _unseen_direction,
    _own_coordinates,
    _little_noise,
)


def _simplex(weights: Array) -> Array:
    result: Array = weights / weights.sum(-1, keepdims=True)
    return result


def _where(rows: Array, changed: Array, array: Array) -> Array:
    return np.where(rows.reshape(-1, *[1] * (array.ndim - 1)), changed, array)
