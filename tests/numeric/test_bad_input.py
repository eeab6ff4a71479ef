"""Bad arguments of the public functions: one table of a call, what it raises, and what the message must say."""

import flint
import numpy as np
import pytest

import rlhf_numeric as rn
from rlhf_numeric import CLAIMS, Instance, Problem, Verdict

PROBLEM = Problem(np.arange(12.0).reshape(2, 3, 2), np.full((2, 3), 1 / 3), [1.0, -1.0], kl_coef=0.5)
BATCH = Problem(np.ones((4, 2, 3, 2)), np.full((2, 3), 1 / 3), [1.0, -1.0], kl_coef=0.5)
THETA = np.array([0.5, 0.25])
EVEN = np.full((2, 3), 1 / 3)
RNG = np.random.default_rng(0)
NAN, INF = [np.nan, 0.0], [0.0, np.inf]


def problem(**changes):
    arguments = {"features": np.ones((2, 3, 2)), "ref_probs": EVEN, "theta_star": THETA, "kl_coef": 0.5} | changes
    return Problem(
        arguments.pop("features"), arguments.pop("ref_probs"), arguments.pop("theta_star"), kl_coef=arguments["kl_coef"]
    )


def noisy(theta0=THETA, **changes):
    arguments = {"steps": 1, "rng": RNG, "noise": [[1.0, 0.0], [-1.0, 0.0]], "centre": THETA, "radius": 5.0} | changes
    return rn.noisy_gradient_ascent(PROBLEM, theta0, **arguments)


def stochastic(theta0=THETA, **changes):
    return rn.stochastic_gradient_ascent(PROBLEM, theta0, **({"steps": 1, "rng": RNG} | changes))


def instance(**changes):
    arguments = {"theta": THETA} | changes
    return Instance(PROBLEM, arguments.pop("theta"), **arguments)


HALF, SOME = np.log(np.full((2, 3), 0.5)), np.linspace(0, 1, 6).reshape(2, 3)


def certificate(log_policy=HALF, log_reference=HALF, rewards=SOME, **changes):
    return rn.generalisation_certificate(log_policy, log_reference, rewards, **({"kl_coef": 0.1} | changes))


def threshold(log_ratios=HALF, **changes):
    return rn.optimal_clip_threshold(log_ratios, **({"n": 2, "k": 3, "delta": 0.1} | changes))


def budget(**changes):
    arguments = {"cost_prompt": 1.0, "cost_rollout": 1.0, "var_prompt": 1.0, "var_rollout": 1.0} | changes
    return rn.optimal_rollouts(**arguments)


OF_THETA = {
    function.__name__: function
    for function in (
        rn.policy,
        rn.log_policy,
        rn.log_partition,
        rn.kl_to_reference,
        rn.kl_to_optimum,
        rn.objective,
        rn.objective_per_prompt,
        rn.gradient,
        rn.gradient_per_prompt,
        rn.covariance,
        rn.covariance_per_prompt,
    )
}

BAD = {
    # Problem
    "features NaN": (problem, {"features": np.full((2, 3, 2), np.nan)}, ValueError, "features: expected finite"),
    "features flat": (problem, {"features": np.ones(2)}, ValueError, r"features: expected shape \(..., n, m, d\)"),
    "features int": (problem, {"features": np.ones((2, 3, 2), int)}, TypeError, "features: expected float32.*int64"),
    "features empty": (problem, {"features": np.ones((2, 0, 2))}, ValueError, "features: .*no empty axis"),
    "features ragged": (problem, {"features": [[[1.0], [1.0, 2.0]]]}, ValueError, "features: expected a rectangular"),
    "ref_probs zero": (problem, {"ref_probs": [[0.0, 0.5, 0.5]] * 2}, ValueError, "ref_probs: expected .* > 0"),
    "ref_probs negative": (problem, {"ref_probs": [[-0.5, 1.0, 0.5]] * 2}, ValueError, "ref_probs: expected .* > 0"),
    "ref_probs sum": (problem, {"ref_probs": [[0.5, 0.5, 0.5]] * 2}, ValueError, "ref_probs: expected a sum of 1"),
    "ref_probs actions": (problem, {"ref_probs": [[0.5, 0.5]] * 2}, ValueError, "ref_probs: expected m = 3"),
    "ref_probs prompts": (problem, {"ref_probs": EVEN[:1]}, ValueError, "ref_probs: expected n = 2"),
    "theta_star d": (problem, {"theta_star": [1.0]}, ValueError, "theta_star: expected d = 2"),
    "theta_star text": (problem, {"theta_star": ["a", "b"]}, TypeError, "theta_star: expected float32"),
    "kl_coef zero": (problem, {"kl_coef": 0}, ValueError, "kl_coef: expected numbers > 0, got 0.0"),
    "kl_coef negative": (problem, {"kl_coef": [0.5, -1.0]}, ValueError, "kl_coef: expected numbers > 0, got -1.0"),
    "kl_coef None": (problem, {"kl_coef": None}, TypeError, "kl_coef: .*objects of type NoneType"),
    "batch axes": (problem, {"kl_coef": np.ones(3), "theta_star": np.ones((4, 2))}, ValueError, "batch axes: expected"),
    # Instance
    "instance theta": (instance, {"theta": NAN}, ValueError, "theta: expected finite"),
    "theta_prime d": (instance, {"theta_prime": [1.0]}, ValueError, "theta_prime: expected d = 2"),
    "direction infinite": (instance, {"direction": INF}, ValueError, "direction: expected finite"),
    "probs negative": (instance, {"probs": [[-1.0, 1.0, 1.0]] * 2}, ValueError, "probs: expected probabilities ≥ 0"),
    "probs sum": (instance, {"probs": np.ones((2, 3))}, ValueError, "probs: expected a sum of 1"),
    "values shape": (instance, {"values": np.ones((2, 2))}, ValueError, "values: expected m = 3"),
    "values complex": (instance, {"values": np.ones((2, 3)) + 0j}, TypeError, "values: expected float32.*complex128"),
    "weights sum": (instance, {"weights": [0.5, 0.6]}, ValueError, "weights: expected a sum of 1"),
    "weights prompts": (instance, {"weights": [1.0]}, ValueError, "weights: expected n = 2"),
    # policies and divergences
    "value_of_policy sum": (rn.value_of_policy, (PROBLEM, np.ones((2, 3))), ValueError, "probs: expected a sum of 1"),
    "value_of_policy shape": (rn.value_of_policy, (PROBLEM, [[0.5, 0.5]] * 2), ValueError, "probs: expected m = 3"),
    "value_of_policy prompts": (rn.value_of_policy, (PROBLEM, EVEN[:1]), ValueError, "probs: expected n = 2"),
    "kl p": (rn.kl_divergence, ([1.5, -0.5], [0.5, 0.5]), ValueError, "p: expected probabilities ≥ 0"),
    "kl q": (rn.kl_divergence, ([0.5, 0.5], [1.0, 0.0]), ValueError, "q: expected probabilities > 0"),
    "kl sizes": (rn.kl_divergence, ([0.5, 0.5], [0.25, 0.25, 0.5]), ValueError, "p, q: expected the same number"),
    "kl NaN": (rn.kl_divergence, (NAN, [0.5, 0.5]), ValueError, "p: expected finite"),
    # ascents
    "ascent theta0": (rn.gradient_ascent, {"theta0": [1.0]}, ValueError, "theta0: expected d = 2"),
    "ascent theta0 balls": (rn.gradient_ascent, {"theta0": [flint.arb(1)] * 2}, TypeError, "theta0: expected floats"),
    "ascent steps": (rn.gradient_ascent, {"steps": -1}, ValueError, "steps: expected an integer ≥ 0, got -1"),
    "ascent steps float": (rn.gradient_ascent, {"steps": 2.0}, ValueError, "steps: expected an integer ≥ 0, got 2.0"),
    "ascent step size": (rn.gradient_ascent, {"step_size": -0.1}, ValueError, "step_size: expected numbers ≥ 0"),
    "ascent step size text": (rn.gradient_ascent, {"step_size": "big"}, TypeError, "step_size: expected float32"),
    "rng": (stochastic, {"rng": 0}, TypeError, "rng: expected a numpy.random.Generator, got int"),
    "estimator": (stochastic, {"estimator": "full"}, ValueError, "estimator: expected one of prompt, pairwise"),
    "stochastic steps": (stochastic, {"steps": None}, ValueError, "steps: expected an integer ≥ 0, got None"),
    "noisy rng": (noisy, {"rng": None}, TypeError, "rng: expected a numpy.random.Generator, got NoneType"),
    "noisy steps": (noisy, {"steps": -3}, ValueError, "steps: expected an integer ≥ 0, got -3"),
    "noise biased": (noisy, {"noise": [[1.0, 0.0], [-0.5, 0.0]]}, ValueError, "noise: expected vectors of mean 0"),
    "noise d": (noisy, {"noise": [[1.0], [-1.0]]}, ValueError, "noise: expected d = 2"),
    "noise flat": (noisy, {"noise": [0.0, 0.0]}, ValueError, r"noise: expected shape \(..., k, d\)"),
    "noise int": (noisy, {"noise": [[1, 0], [-1, 0]]}, TypeError, "noise: expected float32.*int64"),
    "noise_probs size": (noisy, {"noise_probs": [1.0]}, ValueError, "noise_probs: expected k = 2"),
    "noise_probs sum": (noisy, {"noise_probs": [0.9, 0.9]}, ValueError, "noise_probs: expected a sum of 1"),
    "centre d": (noisy, {"centre": [0.0]}, ValueError, "centre: expected d = 2"),
    "centre NaN": (noisy, {"centre": NAN}, ValueError, "centre: expected finite"),
    "radius zero": (noisy, {"radius": 0}, ValueError, "radius: expected numbers > 0, got 0.0"),
    "radius small": (noisy, {"radius": 1.0}, ValueError, "radius: expected a ball that contains theta_star"),
    "theta0 outside": (noisy, {"theta0": [9.0, 9.0]}, ValueError, "radius: expected a ball that contains theta0"),
    "radius text": (noisy, {"radius": "wide"}, TypeError, "radius: expected float32"),
    # rollouts
    "clipped_kl NaN": (rn.clipped_kl, (NAN, 1.0), ValueError, "log_ratios: expected finite"),
    "clipped_kl int": (rn.clipped_kl, ([1, 2], 1.0), TypeError, "log_ratios: expected float32.*int64"),
    "clipped_kl balls": (rn.clipped_kl, ([flint.arb(1)], 1.0), TypeError, "log_ratios: expected float32 or float64"),
    "clipped_kl number": (rn.clipped_kl, (1.0, 1.0), ValueError, r"log_ratios: expected shape \(..., k\)"),
    "clipped_kl threshold": (rn.clipped_kl, (THETA, -1.0), ValueError, "threshold: expected numbers ≥ 0, got -1.0"),
    "clipped_kl text": (rn.clipped_kl, (THETA, "one"), TypeError, "threshold: expected float32"),
    "clipped_kl thresholds": (rn.clipped_kl, (EVEN, np.ones(3)), ValueError, r"threshold: .* got shape \(3,\)"),
    "clipped_kl weights": (
        lambda: rn.clipped_kl(THETA, 1.0, weights=[0.5, 0.6]),
        (),
        ValueError,
        "weights: expected a sum of 1",
    ),
    "clipped_kl sizes": (lambda: rn.clipped_kl(THETA, 1.0, weights=[1.0]), (), ValueError, "weights: expected k = 2"),
    "estimators": (rn.kl_estimators, (INF,), ValueError, "log_ratios: expected finite"),
    "estimators text": (rn.kl_estimators, (["a"],), TypeError, "log_ratios: expected float32"),
    "coverage sum": (rn.coverage_coefficient, ([0.5, 0.4], [0.5, 0.5]), ValueError, "policy: expected a sum of 1"),
    "coverage negative": (
        rn.coverage_coefficient,
        ([0.5, 0.5], [1.5, -0.5]),
        ValueError,
        "training: expected probabilities ≥ 0",
    ),
    "coverage absent": (rn.coverage_coefficient, ([0.5, 0.5], [1.0, 0.0]), ValueError, "training: expected Q > 0"),
    "coverage sizes": (rn.coverage_coefficient, ([1.0], [0.5, 0.5]), ValueError, "policy, training: expected one size"),
    "coverage batch": (
        rn.coverage_coefficient,
        (np.full((2, 2), 0.5), np.full((3, 2), 0.5)),
        ValueError,
        "policy, training: .*shapes",
    ),
    "coverage overflow": (
        rn.coverage_coefficient,
        ([1.0, 0.0], [1e-320, 1.0]),
        ValueError,
        "training: .*got an overflow",
    ),
    "threshold n": (threshold, {"n": 0}, ValueError, "n: expected an integer ≥ 1, got 0"),
    "threshold k": (threshold, {"k": 1.5}, ValueError, "k: expected an integer ≥ 1, got 1.5"),
    "threshold delta": (threshold, {"delta": 1.0}, ValueError, "delta: expected a number between 0 and 1"),
    "threshold NaN": (threshold, {"log_ratios": NAN}, ValueError, "log_ratios: expected finite"),
    "threshold bound": (threshold, {"bound": "both"}, ValueError, "bound: expected one of union, joint, got 'both'"),
    "budget cost_prompt": (budget, {"cost_prompt": -1}, ValueError, "cost_prompt: expected a number ≥ 0, got -1"),
    "budget cost_rollout": (budget, {"cost_rollout": 0.0}, ValueError, "cost_rollout: expected a number > 0, got 0"),
    "budget var_prompt": (budget, {"var_prompt": 0.0}, ValueError, "var_prompt: expected a number > 0, got 0"),
    "budget var_rollout": (budget, {"var_rollout": np.nan}, ValueError, "var_rollout: expected finite"),
    "budget array": (budget, {"var_rollout": THETA}, ValueError, r"var_rollout: expected one number, .* \(2,\)"),
    "budget text": (budget, {"cost_prompt": "much"}, TypeError, "cost_prompt: expected float32"),
    "certificate probabilities": (
        certificate,
        {"log_policy": np.exp(HALF)},
        ValueError,
        "log_policy: expected logarithms of probabilities, ≤ 0",
    ),
    "certificate shapes": (
        certificate,
        {"rewards": EVEN[:1]},
        ValueError,
        r"rewards: expected one shape \(n, K\), got .*\(1, 3\)",
    ),
    "certificate flat": (certificate, {"rewards": THETA}, ValueError, r"rewards: expected shape \(..., n, K\)"),
    "certificate int": (certificate, {"rewards": np.ones((2, 3), int)}, TypeError, "rewards: expected float32"),
    "certificate kl_coef": (certificate, {"kl_coef": 0.0}, ValueError, "kl_coef: expected a number > 0, got 0"),
    "certificate delta": (certificate, {"delta": 0.0}, ValueError, "delta: expected a number between 0 and 1"),
    "certificate threshold": (certificate, {"threshold": -1.0}, ValueError, "threshold: expected a number ≥ 0"),
    "certificate range": (certificate, {"reward_range": (0.5, 1.0)}, ValueError, r"rewards: .* range \[0.5, 1.0\]"),
    "certificate no range": (
        certificate,
        {"rewards": EVEN},
        ValueError,
        "reward_range: expected .* where every reward is the same",
    ),
    "certificate order": (certificate, {"reward_range": (1.0, 0.0)}, ValueError, "reward_range: expected lo < hi"),
    "certificate pair": (certificate, {"reward_range": 1.0}, ValueError, "reward_range: expected a pair"),
    "certificate coverage": (certificate, {"coverage": 0.9}, ValueError, "coverage: expected a number ≥ 1, got 0.9"),
    "certificate error": (certificate, {"reward_error": -1}, ValueError, "reward_error: expected a number ≥ 0"),
    "certificate bias": (certificate, {"clip_bias": "no"}, TypeError, "clip_bias: expected float32"),
    "certificate prompts": (
        certificate,
        {"prompt_range": 1.0},
        ValueError,
        "threshold: expected a number where prompt_range is given",
    ),
    "certificate prompt_range": (
        certificate,
        {"prompt_range": 0.0, "threshold": 1.0},
        ValueError,
        "prompt_range: expected a number > 0",
    ),
    "certificate overflow": (
        certificate,
        {"kl_coef": 1e300, "threshold": 1e300},
        ValueError,
        "rewards, kl_coef, threshold: expected",
    ),
    # searches, claims, verdicts
    "instances": (rn.run, {"instances": 0}, ValueError, "instances: expected an integer ≥ 1, got 0"),
    "batch": (rn.run, {"batch": 0}, ValueError, "batch: expected an integer ≥ 1, got 0"),
    "merge": (
        lambda: rn.merge(*(rn.run(CLAIMS[slug], instances=1) for slug in ("kl-nonneg", "variance-bound"))),
        (),
        ValueError,
        "tallies: expected one claim, got 'kl-nonneg' and 'variance-bound'",
    ),
    "truth of a verdict": (lambda: bool(Verdict.HOLDS), (), TypeError, "verdict is Verdict.HOLDS"),
    "truth of an evaluation": (
        lambda: bool(CLAIMS["kl-nonneg"].evaluate(instance())),
        (),
        TypeError,
        "an evaluation has no truth value",
    ),
}
for _name, _function in OF_THETA.items():
    BAD |= {
        f"{_name} d": (_function, (PROBLEM, [1.0]), ValueError, "theta: expected d = 2"),
        f"{_name} NaN": (_function, (PROBLEM, NAN), ValueError, "theta: expected finite"),
        f"{_name} int": (_function, (PROBLEM, [1, 2]), TypeError, "theta: expected float32"),
        f"{_name} batch": (_function, (BATCH, np.ones((3, 2))), ValueError, r"batch axes: .*theta \(3,\)"),
    }


def call(function, arguments):
    """Call with a tuple of all arguments, or with changes to good ones."""
    if isinstance(arguments, tuple):
        return function(*arguments)
    if function is rn.gradient_ascent:
        rest = {"theta0": THETA, "steps": 1} | arguments
        return function(PROBLEM, rest.pop("theta0"), **rest)
    if function is rn.run:
        return function(CLAIMS["kl-nonneg"], **arguments)
    return function(**arguments)


def test_the_table_is_long_enough():
    assert len(BAD) >= 60


@pytest.mark.parametrize(("function", "arguments", "error", "message"), BAD.values(), ids=BAD)
def test_a_bad_argument_is_refused_with_its_name_and_what_was_expected(function, arguments, error, message):
    with pytest.raises(error, match=message):
        call(function, arguments)


@pytest.mark.parametrize("function", [problem, instance, noisy, stochastic, certificate, threshold, budget])
def test_without_the_bad_argument_the_call_succeeds(function):
    function()


@pytest.mark.parametrize("function", OF_THETA.values(), ids=OF_THETA)
def test_a_good_parameter_is_accepted(function):
    function(PROBLEM, THETA)
