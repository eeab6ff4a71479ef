"""Every public function on wrong and on extreme input: a finite, correct result, or an error that names the argument.

Warnings are errors here, as everywhere in the tests: an overflow that only warns fails.
"""

import inspect
from decimal import Decimal
from fractions import Fraction
from itertools import product

import flint
import numpy as np
import pytest

import rlhf_numeric as rn
from rlhf_numeric import Problem
from rlhf_numeric.arithmetic.kinds import absolute, amax, balls

from .targets import EVEN, FEATURES, OF_PROBLEM, OF_THETA, STAR, TARGETS, THETA

WRONG_ARRAYS = {
    "masked": np.ma.masked_less,
    "a list of masked ones": lambda good, _: [np.ma.masked_array(part) for part in good],
    "a masked constant in a list": lambda good, _: [np.ma.masked] * len(good),
    "objects": lambda good, _: good.astype(object),
    "text": lambda good, _: good.astype(str),
    "bytes": lambda good, _: good.astype("S"),
    "NaN": lambda good, _: good * np.nan,
    "infinity": lambda good, _: np.full(good.shape, np.inf),
    "complex": lambda good, _: good + 0j,
    "bool": lambda good, _: good > 0,
    "integers": lambda good, _: good.astype(int),
    "float16": lambda good, _: good.astype(np.float16),
    "long double": lambda good, _: good.astype(np.longdouble),
    "byte-swapped": lambda good, _: good.astype(">f8"),
    "dates": lambda good, _: good.astype(int).astype("M8[s]"),
    "record": lambda good, _: np.zeros(good.shape, dtype=[("x", float)]),
    "no numbers": lambda good, _: good[..., :0],
    "an axis too few": lambda good, _: good[..., 0] if good.ndim > 1 else good[0],
    "an entry too many": lambda good, _: np.concatenate([good, good], -1),
    "ragged": lambda good, _: [[1.0], [1.0, 2.0]],
    "nothing": lambda good, _: {},
    "a set": lambda good, _: {1.0},
    "a generator": lambda good, _: (x for x in good),
    "a class": lambda good, _: float,
    "a masked list": lambda good, _: [good.tolist(), np.ma.masked],
    "a string": lambda good, _: "0.5",
}
WRONG_NUMBERS = {
    "text": "1", "NaN": np.nan, "infinity": np.inf, "negative": -1.0, "complex": 1j, "empty": [], "nothing": {},
    "object": object(), "huge integer": 10**400, "bool": True, "masked": np.ma.masked_array(1.0, True), "date":
    np.datetime64(1, "s"), "fraction": Fraction(1, 2), "decimal": Decimal("0.5"), "float16": np.float16(1),
    "int64": np.int64(1), "long double": np.longdouble(1), "masked constant": np.ma.masked,
}  # fmt: skip
WRONG_COUNTS = {"text": "1", "NaN": np.nan, "float": 2.0, "negative": -1, "none": None, "bool": True, "empty": [],
                "fraction": Fraction(2), "array": np.array([1, 2])}  # fmt: skip
HARMLESS = {
    "read-only": lambda good: np.frombuffer(good.tobytes()).reshape(good.shape),
    "not contiguous": lambda good: np.repeat(good, 2, axis=-1)[..., ::2],
    "falling strides": lambda good: good[..., ::-1].copy()[..., ::-1],
    "Fortran order": np.asfortranarray,
    "lists": lambda good: good.tolist(),
    "tuples": lambda good: tuple(map(tuple, good)) if good.ndim == 2 else tuple(good),
    "a matrix": lambda good: good.view(np.matrix) if good.ndim == 2 else good,
    "float32": lambda good: good.astype(np.float32),
}

ANY_SHAPE = {"an axis too few", "an entry too many"}  # no fault of log-ratios
OWN_TYPES = {"float16", "long double", "byte-swapped", "lists", "tuples", "float32", "a matrix"}  # of other libraries


def of_arrays(kinds):
    """Return all (call, argument, kind); a foreign problem is of one library, whose float types are its own."""
    return [
        (name, argument, kind)
        for name, target in TARGETS.items()
        for argument, kind in product(target.arrays, kinds)
        if not (name == "foreign_problem" and kind in OWN_TYPES)
        and not (argument == "log_ratios" and kind in ANY_SHAPE)
    ]


NUMBERS = [(name, argument) for name, target in TARGETS.items() for argument in target.numbers]
COUNTS = [(name, argument) for name, target in TARGETS.items() for argument in target.counts]


def refusal(target, argument, value, named):
    """Return the error of a call, which must be a TypeError or ValueError that begins with the argument's name."""
    with pytest.raises((TypeError, ValueError)) as caught:
        target.call(**{argument: value})
    assert named in str(caught.value).partition(": ")[0]
    return caught.value


@pytest.mark.parametrize(("name", "argument", "kind"), of_arrays(WRONG_ARRAYS))
def test_a_wrong_array_is_refused_by_the_name_of_the_argument(name, argument, kind):
    target = TARGETS[name]
    held = argument == "features" and kind == "an entry too many" and name != "spectral_coverage"
    named = "theta_star" if held else argument  # features set the sizes that the others are held to
    refusal(target, argument, WRONG_ARRAYS[kind](target.arrays[argument], 0.5), named)


@pytest.mark.parametrize(("name", "argument", "kind"), of_arrays(HARMLESS))
def test_the_layout_of_an_array_does_not_matter(name, argument, kind):
    target = TARGETS[name]
    changed = target.call(**{argument: HARMLESS[kind](target.arrays[argument])})
    same = target.call(**{argument: target.arrays[argument]})
    for found, wanted in zip(np.atleast_1d(changed), np.atleast_1d(same), strict=True):
        np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-6)
        assert np.isfinite(found).all()


@pytest.mark.parametrize("kind", WRONG_NUMBERS)
@pytest.mark.parametrize(("name", "argument"), NUMBERS)
def test_a_wrong_number_is_refused_by_the_name_of_the_argument(name, argument, kind):
    refusal(TARGETS[name], argument, WRONG_NUMBERS[kind], argument)


@pytest.mark.parametrize("kind", WRONG_COUNTS)
@pytest.mark.parametrize(("name", "argument"), COUNTS)
def test_a_wrong_count_is_refused_by_the_name_of_the_argument(name, argument, kind):
    refusal(TARGETS[name], argument, WRONG_COUNTS[kind], argument)


@pytest.mark.parametrize(
    "stranger", [None, 1.0, FEATURES, Problem, "problem"], ids=["None", "1", "array", "class", "text"]
)
@pytest.mark.parametrize("name", [*OF_THETA, *OF_PROBLEM, "value_of_policy", "gradient_ascent", "Instance"])
def test_what_is_no_problem_is_refused(name, stranger):
    rest = {"value_of_policy": (EVEN,), "reward": (), "feature_bound": ()}.get(name, (THETA,))
    steps = {"steps": 1} if name == "gradient_ascent" else {}
    with pytest.raises(TypeError, match="problem: expected a Problem, got"):
        getattr(rn, name)(stranger, *rest, **steps)


def test_the_table_names_every_public_function():
    functions = {name for name in rn.__all__ if inspect.isfunction(getattr(rn, name))}
    elsewhere = {"audit", "merge", "random_instances", "regenerate"}  # test_audit, test_search, test_instances
    assert functions - elsewhere == set(TARGETS) - {"Problem", "Instance", "foreign_problem"} | set(OF_PROBLEM)


# Extreme sizes: what the formulas give in exact arithmetic, or an error.


def exactly(name, features, probs, star, theta, kl_coef):
    """The definition in balls, at one prompt, and the size of the terms that it adds up."""
    phi, q, star, theta = map(balls, (features[0], probs[0], star, theta))
    kl = flint.arb(kl_coef)
    scores, rewards = (phi * theta).sum(-1) / kl, (phi * star).sum(-1)
    shifted = scores - amax(scores, -1)
    weights = q * exp(shifted)
    pi, log_sum = weights / weights.sum(), weights.sum().log()
    divergence = (pi * (shifted - log_sum)).sum()
    centred = phi - (pi[:, None] * phi).sum(0)
    error = (centred * (star - theta)).sum(-1)
    gradient = ((pi * error)[:, None] * centred).sum(0) / kl
    sizes = [amax(absolute(x).ravel(), -1) for x in (scores, rewards, error, phi)]
    return {
        "log_policy": (log(q) + shifted - log_sum, 1 + sizes[0]),
        "policy": (pi, flint.arb(1)),
        "kl_to_reference": (divergence, flint.arb(745)),
        "objective": ((pi * rewards).sum() - kl * divergence, sizes[1] + kl * 745),
        "gradient": (gradient, sizes[2] * sizes[3] / kl),
    }[name]


exp, log = (np.frompyfunc(function, 1, 1) for function in (flint.arb.exp, flint.arb.log))
SIZES = (1e-160, 1e-20, 1.0, 1e160, 1e308)
COEFS = (5e-324, 1e-310, 1e-300, 1e-3, 1.0, 1e290, 1e300)
REFERENCES = {"even": [0.25, 0.25, 0.5], "denormal": [5e-324, 0.5, 0.5]}
DIRECTION = np.array([[[1.0, -0.5], [0.25, 1.0], [-1.0, 0.125]]])


@pytest.mark.parametrize("name", ["log_policy", "policy", "kl_to_reference", "objective", "gradient"])
@pytest.mark.parametrize("copies", [1, 3000], ids=["plain", "in blocks"])
@pytest.mark.parametrize("reference", REFERENCES)
def test_extreme_sizes_give_the_exact_result_or_a_clear_error(name, reference, copies):
    outcomes = {"right": 0, "refused": 0}
    for size, point, coef, best in product(SIZES, (0.0, *SIZES), COEFS, (1.0, 1e160)):
        arrays = DIRECTION * size, np.array([REFERENCES[reference]]), np.array([1.0, 0.5]) * best
        theta = np.array([0.25, -1.0]) * point
        try:
            many = [np.repeat(array, copies, axis=0) for array in arrays[:2]]
            found = getattr(rn, name)(Problem(*many, arrays[2], kl_coef=coef), theta)
            found = np.ravel(found[0] if len(found.shape) and len(found) == copies else found)
        except ValueError as error:
            assert "kl_coef" in str(error).partition(":")[0]  # noqa: PT017  (either outcome is right)
            outcomes["refused"] += 1
            continue
        with flint.ctx.workprec(8400):
            wanted, size_of_terms = exactly(name, *arrays, theta, coef)
            for ball, number in zip(np.ravel(wanted), found, strict=True):
                off = abs(ball - flint.arb(float(number)))
                assert off <= 1e-9 * abs(ball) + 1e-12 * size_of_terms + 1e-307, (size, point, coef, best)
        outcomes["right"] += 1
    assert min(outcomes.values()) >= 30, outcomes


@pytest.mark.parametrize("size", [5e-324, 1e-310, 1e-200, 1e-160, 1.0, 1e160, 1e200, 5e307])
@pytest.mark.parametrize("copies", [1, 3000], ids=["plain", "in blocks"])
def test_the_bound_on_the_features_has_its_digits_at_every_size(size, copies):
    features = np.repeat(np.array([[[3.0, 1.0], [0.0, 0.25]]]) * size, copies, axis=0)
    found = rn.feature_bound(Problem(features, np.full((copies, 2), 0.5), np.zeros(2), kl_coef=1.0))
    with flint.ctx.workprec(4400):
        exact = (balls(features[0]) ** 2).sum(-1)[0].sqrt()
        assert abs(flint.arb(float(found)) - exact) <= 1e-14 * exact + 5e-324


ASCENTS = {
    "gradient": rn.gradient_ascent,
    "prompt": lambda *given, **rest: rn.stochastic_gradient_ascent(*given, **rest, rng=np.random.default_rng(0)),
    "noisy": lambda given, start, **rest: rn.noisy_gradient_ascent(
        given, start, **rest, rng=np.random.default_rng(0), noise=np.zeros((1, 2)), centre=np.zeros(2), radius=1e308
    ),
}


@pytest.mark.parametrize("ascend", ASCENTS.values(), ids=ASCENTS)
def test_an_ascent_is_finite_or_says_what_overflows(ascend):
    outcomes = {"finite": 0, "refused": 0}
    for size, start, coef, step in product(SIZES, (0.0, 1.0, 1e160, 1e308), COEFS[2:-1], (None, 1e-3, 1e308)):
        try:
            made = Problem(DIRECTION * size, [REFERENCES["even"]], np.ones(2), kl_coef=coef)
            found = ascend(made, np.full(2, start), steps=3, step_size=step)
        except ValueError as error:
            assert str(error).partition(":")[0] in ("step_size", "radius", "features, theta, kl_coef")  # noqa: PT017
            outcomes["refused"] += 1
        else:
            outcomes["finite"] += 1
            for measured in (found.thetas, found.gap, found.gradient_norm, found.distance):
                assert np.isfinite(measured).all()
    assert min(outcomes.values()) >= 20, outcomes


def test_small_features_and_a_step_that_fits_climb_as_their_scaled_twins_do():
    """φ, θ and c·φ, θ/c have the same policies; λ/B² alone does not fit into float64."""
    even, tiny = np.full((1, 3), 1 / 3), 2.0**-532
    with pytest.raises(ValueError, match=r"step_size: the default λ/B² overflows float64 at B = .*scale features"):
        rn.gradient_ascent(Problem(DIRECTION * tiny, even, [1.0, 0.5], kl_coef=1.0), [0.0, 0.0], steps=3)
    small = Problem(DIRECTION * tiny, even, np.array([1.0, 0.5]) / tiny, kl_coef=2.0**-200)
    twin = Problem(DIRECTION, even, [1.0, 0.5], kl_coef=2.0**-200)
    found, wanted = (rn.gradient_ascent(given, [0.0, 0.0], steps=3) for given in (small, twin))
    np.testing.assert_allclose(found.thetas * tiny, wanted.thetas, rtol=1e-12)


@pytest.mark.parametrize("coef", [1e-300, 1e300])
def test_a_kl_coefficient_outside_of_the_type_of_the_arrays_is_refused(coef):
    single = [np.float32(array) for array in (FEATURES, EVEN, STAR)]
    with pytest.raises(ValueError, match="kl_coef: expected numbers"):
        Problem(*single, kl_coef=coef)
