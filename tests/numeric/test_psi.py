"""ψ(M) = (exp M − 1 − M)/M², in floats, intervals and balls, also where the quotient cancels."""

import flint
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rlhf_numeric.arithmetic.dual import Dual
from rlhf_numeric.arithmetic.interval import Interval, interval
from rlhf_numeric.arithmetic.kinds import balls, psi
from rlhf_numeric.arithmetic.psi import PSI_ERROR

POINTS = np.concatenate(
    [[0.0, 5e-324, 1e-300, 1.0, np.nextafter(1, 0), np.nextafter(1, 2)], np.geomspace(1e-20, 709, 900)]
)


def quotient(x, bits=4096):
    """The definition, at a precision that leaves enough digits after the cancellation."""
    with flint.ctx.workprec(bits):
        ball = flint.arb(x)
        return (ball.exp() - 1 - ball) / (ball * ball) if x else flint.arb(0.5)


@given(st.floats(0, 700))
def test_balls_agree_with_the_definition(x):
    with flint.ctx.workprec(256):
        assert psi(balls(x)).overlaps(quotient(x))
        assert psi(balls(x)).rel_accuracy_bits() > 200


def test_the_error_of_floats_is_within_the_bound_that_intervals_use():
    with flint.ctx.workprec(200):
        exact = psi(balls(POINTS))
        errors = [
            abs(float((flint.arb(float(value)) - ball) / ball)) for value, ball in zip(psi(POINTS), exact, strict=True)
        ]
    assert max(errors) <= PSI_ERROR
    assert max(errors) > 2.0**-55  # the control: an error is measured at all


def test_an_interval_encloses_the_values_at_its_ends():
    radii = np.minimum(POINTS, 1) * np.geomspace(1e-16, 1, len(POINTS))
    enclosed = psi(Interval(POINTS, radii))
    with flint.ctx.workprec(400):
        for sign in (-1, 1):
            ends = psi(balls(POINTS) + sign * balls(radii))
            distance = [abs(ball - flint.arb(float(mid))) for ball, mid in zip(ends, enclosed.mid, strict=True)]
            assert all(d <= flint.arb(float(rad)) for d, rad in zip(distance, enclosed.rad, strict=True))


def test_the_value_at_zero_is_one_half_in_every_kind():
    assert psi(np.zeros(1)).item() == 0.5
    assert psi(interval(0.0)).mid == 0.5
    assert psi(balls(0.0)) == flint.arb(0.5)


def test_an_overflow_is_infinite_and_decides_nothing():
    assert np.isinf(psi(np.array(800.0)))
    with np.errstate(all="ignore"):
        assert not np.isfinite(psi(interval(800.0)).rad)
    assert psi(balls(1e6)).is_finite()


@given(st.floats(0, 30), st.floats(-1, 1))
def test_it_bounds_the_exponential_to_second_order(radius, share):
    y = radius * share
    assert np.exp(y) <= (1 + y + psi(np.array(radius)) * y * y) * (1 + 1e-12) + 1e-12


@pytest.mark.parametrize("radius", [1e-3, 0.5, 3.0])
def test_no_smaller_constant_does(radius):
    with flint.ctx.workprec(200):
        ball = flint.arb(radius)
        assert ball.exp() > 1 + ball + psi(balls(radius)) * (1 - flint.arb(2) ** -60) * ball * ball


@pytest.mark.parametrize("x", [0.01, 0.5, 1.0, 2.0, 30.0])
def test_the_derivative_of_duals_is_that_of_differences(x):
    step = 1e-5 * x
    slope = psi(Dual(np.array(x), np.array(2.0))).tangent
    assert slope == pytest.approx(2 * (psi(np.array(x + step)) - psi(np.array(x - step))) / (2 * step), rel=1e-6)
