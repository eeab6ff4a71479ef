import flint
import numpy as np
import pytest
from hypothesis import given

import rlhf_numeric
from rlhf_numeric import Instance, Problem, feature_bound, kl_divergence, policy, value_of_policy
from rlhf_numeric.model import validation as _validation
from strategies import instances

FEATURES = np.arange(12.0).reshape(2, 3, 2)
REF_PROBS = np.full((2, 3), 1 / 3)
THETA_STAR = np.array([1.0, -1.0])

BAD_PROBLEMS = {
    "features with NaN": ({"features": np.full((2, 3, 2), np.nan)}, ValueError, "features: expected finite"),
    "features with infinity": ({"features": np.full((2, 3, 2), np.inf)}, ValueError, "features: expected finite"),
    "features without action axis": ({"features": np.ones((3, 2))}, ValueError, r"features: expected shape \(..., n"),
    "ragged features": ({"features": [[[1.0], [2.0, 3.0]]]}, ValueError, "features: expected a rectangular"),
    "integer features": ({"features": np.ones((2, 3, 2), int)}, TypeError, "features: expected float32.*int64"),
    "half precision": ({"features": FEATURES.astype(np.float16)}, TypeError, "features: expected float32.*float16"),
    "complex features": ({"features": FEATURES + 0j}, TypeError, "features: expected float32.*complex128"),
    "string features": ({"features": "abc"}, TypeError, "features: expected float32.*<U3"),
    "object features": ({"features": np.full((2, 3, 2), None)}, TypeError, "features: .*objects of type NoneType"),
    "no prompts": ({"features": np.ones((0, 3, 2))}, ValueError, r"features: .*no empty axis.*\(0, 3, 2\)"),
    "no actions": ({"features": np.ones((2, 0, 2))}, ValueError, "features: .*no empty axis"),
    "no coordinates": ({"features": np.ones((2, 3, 0))}, ValueError, "features: .*no empty axis"),
    "prompts disagree": ({"ref_probs": np.full((1, 3), 1 / 3)}, ValueError, "ref_probs: expected n = 2"),
    "actions disagree": ({"ref_probs": np.full((2, 2), 0.5)}, ValueError, "ref_probs: expected m = 3"),
    "zero reference": ({"ref_probs": np.tile([0.0, 0.5, 0.5], (2, 1))}, ValueError, "ref_probs: expected .* > 0"),
    "sum not one": ({"ref_probs": np.full((2, 3), 0.3)}, ValueError, "ref_probs: expected a sum of 1.*0.8999"),
    "theta_star of wrong d": ({"theta_star": np.ones(3)}, ValueError, "theta_star: expected d = 2"),
    "theta_star of ints": ({"theta_star": [1, 2]}, TypeError, "theta_star: expected float32"),
    "zero kl_coef": ({"kl_coef": 0.0}, ValueError, "kl_coef: expected numbers > 0, got 0.0"),
    "negative kl_coef": ({"kl_coef": -1.0}, ValueError, "kl_coef: expected numbers > 0, got -1.0"),
    "kl_coef NaN": ({"kl_coef": np.nan}, ValueError, "kl_coef: expected finite"),
    "kl_coef string": ({"kl_coef": "1"}, TypeError, "kl_coef: expected float32"),
    "kl_coef bool": ({"kl_coef": True}, TypeError, "kl_coef: expected float32"),
    "batches disagree": ({"kl_coef": np.ones(3), "theta_star": np.ones((2, 2))}, ValueError, "batch axes: .*kl_coef"),
    "balls and floats": ({"theta_star": np.array([flint.arb(1), flint.arb(2)])}, TypeError, "problem: .*mixture"),
}


def build(**changes):
    arguments = {"features": FEATURES, "ref_probs": REF_PROBS, "theta_star": THETA_STAR, "kl_coef": 0.5} | changes
    return Problem(**arguments)


@pytest.mark.parametrize(("changes", "error", "message"), BAD_PROBLEMS.values(), ids=BAD_PROBLEMS)
def test_a_bad_problem_is_refused_by_name(changes, error, message):
    with pytest.raises(error, match=message):
        build(**changes)


BAD_CALLS = {
    "theta of wrong d": (lambda p: policy(p, np.ones(3)), ValueError, "theta: expected d = 2"),
    "theta of ints": (lambda p: policy(p, [1, 2]), TypeError, "theta: expected float32.*int64"),
    "theta NaN": (lambda p: policy(p, [np.nan, 0.0]), ValueError, "theta: expected finite"),
    "theta scalar": (lambda p: policy(p, 1.0), ValueError, r"theta: expected shape \(..., d\)"),
    "theta batch": (
        lambda p: policy(build(kl_coef=np.ones(3)), np.ones((4, 2))),
        ValueError,
        r"batch axes: .*theta \(4,\)",
    ),
    "probs negative": (lambda p: value_of_policy(p, REF_PROBS - 0.5), ValueError, "probs: expected probabilities ≥ 0"),
    "probs shape": (lambda p: value_of_policy(p, np.ones((2, 1))), ValueError, "probs: expected m = 3"),
    "p sum": (lambda p: kl_divergence([0.5, 0.4], [0.5, 0.5]), ValueError, "p: expected a sum of 1"),
    "q zero": (lambda p: kl_divergence([0.5, 0.5], [1.0, 0.0]), ValueError, "q: expected probabilities > 0"),
    "p, q sizes": (lambda p: kl_divergence([1.0], [0.5, 0.5]), ValueError, "p, q: expected the same number"),
    "instance values": (lambda p: Instance(p, THETA_STAR, values=np.ones(3)), ValueError, "values: expected shape"),
    "instance weights": (lambda p: Instance(p, THETA_STAR, weights=np.ones(2)), ValueError, "weights: .*sum of 1"),
    "instance direction": (lambda p: Instance(p, THETA_STAR, direction=[1.0]), ValueError, "direction: expected d = 2"),
}


@pytest.mark.parametrize(("call", "error", "message"), BAD_CALLS.values(), ids=BAD_CALLS)
def test_a_bad_argument_is_refused_by_name(call, error, message):
    with pytest.raises(error, match=message):
        call(build())


def test_an_integer_kl_coef_is_a_number():
    assert build(kl_coef=2).kl_coef == 2.0


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_float_type_of_the_arrays_is_kept(dtype):
    problem = Problem(FEATURES.astype(dtype), REF_PROBS.astype(dtype), THETA_STAR.astype(dtype), kl_coef=0.5)
    arrays = (problem.features, problem.kl_coef, policy(problem, THETA_STAR.astype(dtype)))
    assert all(array.dtype == dtype for array in arrays)


def test_leading_axes_broadcast():
    problem = build(kl_coef=np.ones((4, 1)), theta_star=np.ones((5, 2)))
    assert problem.batch_shape == (4, 5)


def test_a_problem_is_immutable():
    with pytest.raises(AttributeError):
        build().kl_coef = np.float64(1.0)


@given(instances())
def test_feature_bound_is_attained_and_never_exceeded(instance):
    norms = np.linalg.norm(instance.problem.features, axis=-1)
    assert feature_bound(instance.problem) == pytest.approx(norms.max(), rel=1e-12)


PUBLIC = ("gradient", "gradient_per_prompt", "covariance", "covariance_per_prompt", "objective", "objective_per_prompt",
          "policy", "log_policy", "log_partition", "kl_to_reference", "kl_to_optimum")  # fmt: skip


@pytest.mark.parametrize("name", PUBLIC)
def test_a_public_function_checks_theta_once_and_its_formulas_do_not(name, monkeypatch):
    problem, theta, seen = Problem([[[1.0], [-1.0]]], [[0.5, 0.5]], [2.0], kl_coef=1.0), np.array([0.5]), []
    checked = _validation.checked_vector

    def counted(*args, **kwargs):
        seen.append(args)
        return checked(*args, **kwargs)

    monkeypatch.setattr(_validation, "checked_vector", counted)
    getattr(rlhf_numeric, name)(problem, theta)
    assert len(seen) == 1


@pytest.mark.parametrize("name", PUBLIC)
def test_a_score_beyond_floats_is_refused_whatever_is_computed_from_it(name):
    """Below, it is −∞ for the second action only, which would look like one that never occurs."""
    problem = Problem([[[0.0], [-1e300]]], [[0.5, 0.5]], [0.0], kl_coef=1e-8)
    with pytest.raises(ValueError, match="got an overflow"):
        getattr(rlhf_numeric, name)(problem, np.array([1e10]))
