"""The core on other libraries' arrays: numpy's results, to rounding."""

import numpy as np
import pytest

from rlhf_numeric import Problem, feature_bound, gradient, kl_to_optimum, objective, policy
from rlhf_numeric.array_api import Foreign, foreign_problem
from rlhf_numeric.model.ascent import gradient_step

pytest.importorskip("array_api_compat", reason="the array API is NOT tested: pip install array-api-compat")
LIBRARIES = {"array_api_strict": "asarray", "torch": "as_tensor", "numpy": "asarray"}
FUNCTIONS = (policy, objective, gradient, kl_to_optimum, lambda problem, theta: feature_bound(problem))


@pytest.fixture(params=LIBRARIES)
def convert(request):
    name = request.param
    library = pytest.importorskip(name, reason=f"arrays of {name} are NOT tested: it is not installed")
    return getattr(library, LIBRARIES[name])


def drawn(shape, dtype):
    rng = np.random.default_rng(0)
    *batch, n, m, d = shape
    arrays = (rng.normal(size=shape), rng.dirichlet(np.ones(m), (*batch, n)), *rng.normal(size=(2, *batch, d)))
    return [x.astype(dtype) for x in arrays]


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-12), (np.float32, 1e-5)])
@pytest.mark.parametrize("shape", [(5, 4, 3), (2, 6, 3, 4)], ids=["one", "batch"])
def test_other_libraries_give_numpys_results(convert, shape, dtype, tolerance, function):
    features, ref_probs, theta_star, theta = drawn(shape, dtype)
    kl_coef = np.asarray(0.7, dtype)
    expected = function(Problem(features, ref_probs, theta_star, kl_coef=kl_coef), theta)
    foreign = foreign_problem(*map(convert, (features, ref_probs, theta_star)), kl_coef=convert(kl_coef))
    found = function(foreign, Foreign(convert(theta))).array
    assert type(found) in (type(convert(features)), dtype)  # numpy makes scalars of arrays without axes
    assert np.asarray(found).dtype == dtype
    np.testing.assert_allclose(np.asarray(found), expected, rtol=tolerance, atol=tolerance)


def test_a_step_of_gradient_ascent_is_numpys(convert):
    features, ref_probs, theta_star, theta = drawn((5, 4, 3), np.float64)
    problem = Problem(features, ref_probs, theta_star, kl_coef=0.7)
    expected = gradient_step(problem, theta, step_size=np.array(0.3))
    foreign = foreign_problem(*map(convert, (features, ref_probs, theta_star)), kl_coef=convert(np.array(0.7)))
    found = gradient_step(foreign, Foreign(convert(theta)), step_size=Foreign(convert(np.array(0.3))))
    np.testing.assert_allclose(np.asarray(found.array), expected, rtol=1e-12)


def test_a_common_offset_costs_no_digits(convert):
    features, ref_probs, theta_star, theta = drawn((5, 4, 3), np.float64)
    results = []
    for offset in (0.0, 2.0**20):
        rounded = np.round(features * 2**20) / 2**20 + offset
        foreign = foreign_problem(*map(convert, (rounded, ref_probs, theta_star)), kl_coef=convert(np.array(0.7)))
        results.append(np.asarray(gradient(foreign, Foreign(convert(theta))).array))
    np.testing.assert_allclose(results[0], results[1], rtol=1e-12)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"features": np.full((2, 3, 4), np.nan)}, "features: expected finite"),
        ({"ref_probs": np.zeros((2, 3))}, "ref_probs: expected numbers > 0"),
        ({"kl_coef": np.array(-1.0)}, "kl_coef: expected numbers > 0"),
        ({"theta_star": np.ones(3)}, r"theta_star: expected shape \(\.\.\., 4\), got \(3,\)"),
        ({"ref_probs": np.full((3, 2), 0.5)}, r"ref_probs: expected shape \(\.\.\., 2, 3\)"),
    ],
)
def test_bad_input_is_named(convert, change, message):
    good = {"features": np.ones((2, 3, 4)), "ref_probs": np.full((2, 3), 1 / 3), "theta_star": np.ones(4)}
    arrays = {name: convert(array) for name, array in ({"kl_coef": np.array(1.0)} | good | change).items()}
    kl_coef = arrays.pop("kl_coef")
    with pytest.raises(ValueError, match=message):
        foreign_problem(*arrays.values(), kl_coef=kl_coef)
