"""Intervals enclose the exact result: checked against balls of 256 bits."""

import flint
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rlhf_numeric import _arithmetic as ar
from rlhf_numeric._interval import Interval, interval

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
    assert not result.mid >= result.rad
    assert not np.abs(result.mid) + result.rad < 1e300


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
