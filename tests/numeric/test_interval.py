"""Intervals enclose the exact result: checked against balls, so precise that sums and products of floats are exact."""

import math
from fractions import Fraction

import flint
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rlhf_numeric.arithmetic import kinds as ar
from rlhf_numeric.arithmetic.dual import Dual
from rlhf_numeric.arithmetic.interval import Interval, interval
from rlhf_numeric.arithmetic.kinds import balls
from rlhf_numeric.evaluation.verdict import by_balls, by_intervals

_abs_ball = np.frompyfunc(abs, 1, 1)
numbers = st.floats(-1e6, 1e6)
pairs = st.tuples(numbers, numbers)

BINARY = {
    "+": lambda x, y: x + y,
    "-": lambda x, y: x - y,
    "*": lambda x, y: x * y,
    "/": lambda x, y: x / y,
    "x - y/3": lambda x, y: x - y / 3,
    "3/(x·x + 1) - y": lambda x, y: 3 / (x * x + 1) - y,
    "1 - x": lambda x, y: 1 - x,
}
UNARY = {
    "exp": lambda x: ar.exp(x / 1e4),
    "log": lambda x: ar.log(x * x + 1),
    "sqrt": lambda x: ar.sqrt(x * x / 7),
    "absolute": lambda x: ar.absolute(x / 3),
}


def psi_by_definition(x):
    """(exp x − 1 − x)/x², by its series where x is small: at 4400 bits the rest of 30 terms is below any float."""
    small = (_abs_ball(x) < 1e-10).astype(bool)
    series = sum((x**k / math.factorial(k + 2) for k in range(1, 30)), start=x * 0 + flint.arb(1) / 2)
    safe = np.where(small, flint.arb(1), x)
    return np.where(small, series, (ar.exp(safe) - 1 - safe) / (safe * safe))


def assert_encloses(enclosure, exact):
    mid, rad = np.ravel(enclosure.mid)[0], np.ravel(enclosure.rad)[0]
    assert exact >= flint.arb(float(mid)) - flint.arb(float(rad))
    assert exact <= flint.arb(float(mid)) + flint.arb(float(rad))


@pytest.mark.parametrize("operation", BINARY.values(), ids=BINARY)
@given(pairs)
def test_arithmetic_encloses_the_exact_result(operation, pair):
    x, y = pair
    assume(abs(y) >= 1e-300)  # below, 1/y overflows, which decides nothing
    with flint.ctx.workprec(4096), np.errstate(all="ignore"):
        assert_encloses(operation(interval(x), interval(y)), operation(flint.arb(x), flint.arb(y)))


@pytest.mark.parametrize("function", UNARY.values(), ids=UNARY)
@given(numbers)
def test_functions_enclose_the_exact_result(function, x):
    with flint.ctx.workprec(4096):
        assert_encloses(function(interval(x)), function(flint.arb(x)))


@given(st.lists(numbers, min_size=1, max_size=50))
def test_sums_enclose_the_exact_sum_and_maxima_the_maximum(terms):
    x = interval(np.array(terms)) / 3
    with flint.ctx.workprec(4096):
        exact = [flint.arb(term) / 3 for term in terms]
        assert_encloses(x.sum(-1), sum(exact, start=flint.arb(0)))
        assert_encloses(x.amax(-1), flint.arb(max(terms)) / 3)


@given(numbers, numbers)
def test_radii_propagate(x, width):
    """Whatever the operand truly is inside its interval, the result encloses the result for it."""
    wide = Interval(np.array(x), np.array(abs(width)))
    corner = flint.arb(x) + flint.arb(abs(width))
    with flint.ctx.workprec(4096):
        corner = flint.arb(x) + flint.arb(abs(width))
        assert_encloses(wide * wide - wide, corner * corner - corner)
        assert_encloses(ar.exp(wide / 1e5), (corner / 100000).exp())
        if x > abs(width):
            assert_encloses(ar.log(wide), corner.log())
            assert_encloses(1 / ar.sqrt(wide), 1 / corner.sqrt())


def test_without_a_radius_the_enclosure_would_fail():
    """The control of `assert_encloses`: a midpoint alone is not an enclosure."""
    with flint.ctx.workprec(256), pytest.raises(AssertionError, match="assert"):
        assert_encloses(Interval(np.array(0.1 * 3), np.array(0.0)), flint.arb("0.1") * 3)


@pytest.mark.parametrize(
    "undefined", [lambda: interval(1.0) / 0.0, lambda: ar.log(interval(0.0)), lambda: ar.exp(interval(1e6)) * 0.0]
)
def test_an_overflow_or_a_pole_decides_nothing(undefined):
    with np.errstate(all="ignore"):
        result = undefined()
        assert np.isposinf(result.rad)
        for kind in ("inequality", "identity"):
            for sides in ((result[None], 0.0), (0.0, result[None]), (result[None], result[None])):
                assert by_intervals(*sides, kind).open.all()


def test_exact_operations_stay_exact():
    x = interval(np.array([1.5, 0.0, -2.0]))
    assert (((x - x) * x).rad == 0).all()


def test_an_indicator_is_open_only_where_enclosures_cannot_tell():
    x, level = Interval(np.array([2.0, 0.0, 1.0, 1.0]), np.array([0.5, 0.5, 0.5, 0.0])), np.ones(4)
    indicator = ar.at_least(x, level)
    assert (indicator.mid.tolist(), indicator.rad.tolist()) == ([1.0, 0.0, 0.5, 1.0], [0.0, 0.0, 0.5, 0.0])
    uncertain = ar.at_least(np.array([flint.arb(1, 0.5)], dtype=object), 1.0)[0]
    assert uncertain.contains(0)
    assert uncertain.contains(1)
    assert ar.at_least(np.array([0.0, 1.0]), 1.0).tolist() == [0.0, 1.0]


# The adversary: every pair of a midpoint and a radius at which a bound may slip, against exact points of the interval.

MIDPOINTS = [0.0, 5e-324, 1.5e-323, 2.5e-308, 1e-300, 1e-160, 2.0**-53, 0.1, 1 - 2.0**-53, 1.0, 1 + 2.0**-52, 1.5, 3.0,
             37.0, 708.0, 1e10, 2.0**53 + 2, 1e160, 2.0**1022 * (1 - 2.0**-53), 1.1e308, 1.7e308]  # fmt: skip
EXPONENTS = [-745.1, -744.4, -740.0, -710.0, -708.4, -1e-310, -5e-324]
RELATIVE = [0.0, 2.0**-53, 1e-9, 0.5, 1 - 1e-9, 1 - 2.0**-52, 1 - 2.0**-53, 1.0, 1 + 2.0**-52, 3.0, 1e300]
ABSOLUTE = [5e-324, 1e-310, 1e-20, 1.0, 40.0, 700.0, 1e308, np.inf]
BITS = 4400  # the product of two floats and a sum of products are exact in so many


def adversarial(count, seed=0):
    """Intervals of both signs: all pairs of the lists above, and random ones whose radius is near the midpoint."""
    rng = np.random.default_rng(seed)
    mid = np.array([m for m in MIDPOINTS + EXPONENTS for _ in RELATIVE + ABSOLUTE])
    with np.errstate(all="ignore"):
        rad = np.concatenate([[m * r for r in RELATIVE] + ABSOLUTE for m in map(abs, MIDPOINTS + EXPONENTS)])
        random = rng.uniform(1, 2, count) * 2.0 ** rng.integers(-1074, 1024, count)
        near = random * (1 - rng.integers(0, 9, count) * 2.0 ** -rng.integers(20, 54, count).astype(float))
    mid, rad = np.concatenate([mid, random]), np.concatenate([rad, near])
    sign = rng.choice([-1.0, 1.0], len(mid))
    return Interval(np.concatenate([mid, mid * sign]), np.concatenate([rad, rad]))


def points(x):
    """Both ends and the midpoint of every bounded interval, exactly; of an unbounded one the midpoint."""
    rad = balls(np.where(np.isfinite(x.rad), x.rad, 0))
    return [balls(x.mid) + side * rad for side in (-1, 0, 1)]


def assert_contains(enclosure, exact):
    """Require |exact − mid| ≤ rad wherever the exact value is finite, and a radius that is never undefined."""
    assert not np.isnan(enclosure.rad).any()
    assert (enclosure.rad >= 0).all()
    assert np.isposinf(enclosure.rad[~np.isfinite(enclosure.mid)]).all()
    bounded = np.isfinite(enclosure.rad)
    mid, rad, exact = enclosure.mid[bounded], enclosure.rad[bounded], np.asarray(exact, dtype=object)[bounded]
    inside = (_abs_ball(exact - balls(mid)) <= balls(rad)).astype(bool)
    assert inside.all(), [*zip(mid[~inside], rad[~inside], exact[~inside], strict=True)][:5]


def bounded_share(enclosure):
    return np.isfinite(enclosure.rad).mean()


OF_ONE = {
    "exp": (ar.exp, ar.exp, lambda x: x.mid < 1e4),
    "log": (ar.log, ar.log, lambda x: x.mid - x.rad > 0),
    "sqrt": (ar.sqrt, ar.sqrt, lambda x: x.mid - x.rad >= 0),
    "absolute": (ar.absolute, ar.absolute, lambda x: x.rad < np.inf),
    "psi": (ar.psi, psi_by_definition, lambda x: (x.mid - x.rad >= 0) & (x.mid + x.rad < 800)),
    "reciprocal": (lambda x: 1 / x, lambda x: 1 / x, lambda x: x.rad < np.abs(x.mid)),
    "negative": (lambda x: -x, lambda x: -x, lambda x: x.rad < np.inf),
}


@pytest.mark.parametrize(("function", "exact", "domain"), OF_ONE.values(), ids=OF_ONE)
def test_no_adversarial_interval_escapes_a_function(function, exact, domain):
    with flint.ctx.workprec(BITS), np.errstate(all="ignore"):
        x = adversarial(4000)
        x = x[domain(x) & (x.mid + x.rad <= 1e300)] if exact in (ar.exp, psi_by_definition) else x[domain(x)]
        enclosure = function(x)
        assert len(x.mid) > 200
        assert bounded_share(enclosure) > 0.3
        for point in points(x):
            assert_contains(enclosure, exact(point))


def adversarial_pairs():
    """Shuffled pairs of all kinds, and every pair of midpoints without radii."""
    x, y = adversarial(300), adversarial(300, seed=1)
    order = np.random.default_rng(2).permutation(len(x.mid))
    for shifted in (order, order[::-1], np.roll(order, 7)):
        yield x, y[shifted]
    exact = interval(np.array([sign * mid for mid in MIDPOINTS + EXPONENTS for sign in (1, -1)]))
    yield tuple(exact[index.ravel()] for index in np.indices(exact.shape * 2))


@pytest.mark.parametrize("name", ["+", "-", "*", "/"])
def test_no_adversarial_pair_escapes_an_operation(name):
    operation = BINARY[name]
    with flint.ctx.workprec(BITS), np.errstate(all="ignore"):
        for left, right in adversarial_pairs():
            if name == "/":
                left, right = (part[np.abs(right.mid) > right.rad] for part in (left, right))
            enclosure = operation(left, right)
            assert bounded_share(enclosure) > 0.2
            for s in points(left):
                for t in points(right):
                    assert_contains(enclosure, operation(s, t))


@pytest.mark.parametrize("terms", [1, 2, 3, 33])
def test_no_adversarial_row_escapes_a_sum_a_maximum_or_a_product(terms):
    with flint.ctx.workprec(BITS), np.errstate(all="ignore"):
        x = adversarial(300)
        rows = np.random.default_rng(3).integers(len(x.mid), size=(200, terms))
        tiny = adversarial(300)[np.flatnonzero(np.abs(x.mid) + x.rad < 1e-300)]
        x, y = (part[rows % len(part.mid)] for part in (x, tiny))
        for table in (x, y, Interval(x.mid, np.zeros_like(x.rad)), Interval(y.mid, np.zeros_like(y.rad))):
            total, largest, product = table.sum(-1), table.amax(-1), (table * table[::-1]).sum(-1)
            assert bounded_share(total) > 0.5 / terms
            for point in points(table):
                assert_contains(total, point.sum(-1))
                assert_contains(largest, ar.amax(point, -1))
                assert_contains(product, (point * point[::-1]).sum(-1))


def test_many_small_radii_are_not_lost_in_a_sum():
    rad = np.full((5000, 2), 2.0**-54)
    rad[0] = 1.0
    total = Interval(np.zeros_like(rad), rad).sum(0)  # one after the other, not in pairs
    assert rad.sum(0).tolist() == [1.0, 1.0]
    assert total.rad[0] >= 1 + 4999 * Fraction(1, 2**54)


def test_nothing_is_said_of_psi_below_zero():
    assert np.isposinf(ar.psi(Interval(np.array([-50.0, -1e-9]), np.zeros(2))).rad).all()


def test_an_adversarial_comparison_is_decided_only_where_every_point_agrees():
    with flint.ctx.workprec(BITS), np.errstate(all="ignore"):
        x, y = adversarial(300), adversarial(300, seed=4)
        indicator = ar.at_least(x, y)
        for s in points(x):
            for t in points(y):
                assert_contains(indicator, ar.balls((s >= t).astype(float)))
        assert 0.2 < (indicator.rad == 0).mean() < 1
        decided = by_intervals(x, y, "inequality")
        certain = (points(x)[2] <= points(y)[0]).astype(bool) & np.isfinite(x.rad + y.rad)
        assert (certain | decided.open.ravel()).all()


INPUTS = {
    "beyond 2^53": (2**53 + 1, [2**53 + 1]),
    "a large integer": (3**600, [3**600]),
    "beyond floats": (-(10**400), [-(10**400)]),
    "integers": (np.array([2**53 + 1, -(2**62) - 1, 7]), [2**53 + 1, -(2**62) - 1, 7]),
    "unsigned": (np.array([2**64 - 1], dtype=np.uint64), [2**64 - 1]),
    "a list of integers and floats": ([2**53 + 1, 0.5], [2**53 + 1, 0.5]),
    "float32": (np.float32([0.1, 1e-45]), [float(np.float32(0.1)), float(np.float32(1e-45))]),
    "bools": (np.array([True, False]), [1, 0]),
    "infinite": (np.array([np.inf, -np.inf, np.nan]), [0, 0, 0]),
}


@pytest.mark.parametrize(("given", "exact"), INPUTS.values(), ids=INPUTS)
def test_whatever_becomes_an_interval_is_enclosed(given, exact):
    with flint.ctx.workprec(BITS):
        enclosure = interval(given)
        assert_contains(enclosure, np.reshape([flint.arb(number) for number in exact], enclosure.shape))


@pytest.mark.parametrize("given", ["1.5", 1j, None, Fraction(1, 3), np.longdouble(1), np.array(["1"]), [[1.0], [None]]])
def test_what_has_no_known_enclosure_is_refused(given):
    with pytest.raises(TypeError, match="interval: expected floats of at most 64 bits"):
        interval(given)


@pytest.mark.parametrize("loses", [np.asarray, np.max, bool, lambda x: np.einsum("i->", x), lambda x: x @ x, np.exp])
def test_an_interval_never_turns_into_a_plain_number(loses):
    with pytest.raises(TypeError):
        loses(Interval(np.ones(2), np.ones(2)))


def test_an_infinite_or_undefined_ball_decides_nothing():
    sides = [flint.arb("inf"), flint.arb("-inf"), flint.arb("nan"), flint.arb(1, "inf")]
    for side in sides:
        for kind in ("inequality", "identity"):
            decision = by_intervals(np.zeros(1), np.ones(1), kind)
            by_balls(decision, np.arange(1), np.array([side]), np.array([flint.arb(0)]), kind, 128, last=True)
            assert decision.open.all()
            assert not decision.equal.any()


def test_what_is_zero_only_nearly_is_not_replaced():
    nearly = Interval(np.zeros(1), np.array([5e-324]))
    assert ar.is_zero(nearly).tolist() == [0.0]
    assert ar.is_zero(Dual(nearly, nearly)).tolist() == [0.0]
    assert ar.is_zero(interval(np.zeros(1))).tolist() == [1.0]
