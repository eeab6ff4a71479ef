import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rlhf_numeric.arithmetic import kinds as ar
from rlhf_numeric.arithmetic.dual import Dual

points = st.floats(0.5, 2.0)

FUNCTIONS = {
    "polynomial": (lambda x: 3 * x * x - x + 2, lambda x: 6 * x - 1, lambda x: 6 + 0 * x),
    "reciprocal": (lambda x: 1 / x, lambda x: -1 / x**2, lambda x: 2 / x**3),
    "quotient": (lambda x: (1 - x) / (1 + x), lambda x: -2 / (1 + x) ** 2, lambda x: 4 / (1 + x) ** 3),
    "exp": (lambda x: ar.exp(-x), lambda x: -np.exp(-x), lambda x: np.exp(-x)),
    "log": (lambda x: ar.log(2 * x), lambda x: 1 / x, lambda x: -1 / x**2),
}


@pytest.mark.parametrize(("function", "first", "second"), FUNCTIONS.values(), ids=FUNCTIONS)
@given(points)
def test_tangents_are_the_derivatives_of_calculus(function, first, second, x):
    x = np.array([x])
    once = function(Dual(x, np.ones(1)))
    twice = function(Dual(Dual(x, np.ones(1)), Dual(np.ones(1), np.zeros(1))))
    np.testing.assert_allclose(once.tangent, first(x), rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(twice.tangent.tangent, second(x), rtol=1e-11, atol=1e-12)


@given(points, points)
def test_sums_and_indexing_carry_tangents_along(x, y):
    both = Dual(np.array([x, y]), np.array([1.0, 10.0]))
    assert both.sum(-1).tangent == 11
    assert both[..., 1].tangent == 10
    assert (np.array([2.0, 3.0]) - both).tangent.tolist() == [-1.0, -10.0]


def test_log_sum_exp_has_the_softmax_as_derivative():
    value = np.array([1000.0, 1001.0])
    derivative = ar.log_sum_exp(Dual(value, np.array([0.0, 1.0]))).tangent
    assert derivative == pytest.approx(1 / (1 + np.exp(-1)))
