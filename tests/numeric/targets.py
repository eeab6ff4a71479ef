"""Calls of every public function with good arguments, any of which a test may replace."""

from dataclasses import dataclass

import numpy as np

import rlhf_numeric as rn
from rlhf_numeric import CLAIMS, Instance, Problem
from rlhf_numeric.array_api import Foreign, foreign_problem

FEATURES = np.linspace(-1, 1, 24).reshape(2, 3, 4)
EVEN = np.array([[0.25, 0.25, 0.5]] * 2)  # exact in every type
STAR, THETA = np.array([1.0, -1.0, 0.5, 0.0]), np.array([0.5, 0.25, 0.0, 1.0])
PROBLEM = Problem(FEATURES, EVEN, STAR, kl_coef=0.5)
NOISE = np.array([[1.0, 0.0, 0.0, 0.0], [-1.0, 0.0, 0.0, 0.0]])


def problem(**changes):
    given = {"features": FEATURES, "ref_probs": EVEN, "theta_star": STAR, "kl_coef": 0.5} | changes
    made = Problem(given["features"], given["ref_probs"], given["theta_star"], kl_coef=given["kl_coef"])
    return rn.objective(made, THETA)


def foreign(**changes):
    given = {"features": FEATURES, "ref_probs": EVEN, "theta_star": STAR, "kl_coef": np.array(0.5)} | changes
    made = foreign_problem(given["features"], given["ref_probs"], given["theta_star"], kl_coef=given["kl_coef"])
    return rn.objective(made, Foreign(THETA)).array


def instance(**changes):
    given = {"theta": THETA} | changes
    made = Instance(PROBLEM, given.pop("theta"), **given)
    names = ("theta", "theta_prime", "direction", "values", "probs", "weights")
    return np.concatenate([getattr(made, name).ravel() for name in names])


def ascent(**changes):
    given = {"theta0": THETA, "steps": 2} | changes
    return rn.gradient_ascent(PROBLEM, given.pop("theta0"), **given).thetas


def stochastic(**changes):
    given = {"theta0": THETA, "steps": 2, "rng": np.random.default_rng(0)} | changes
    return rn.stochastic_gradient_ascent(PROBLEM, given.pop("theta0"), **given).thetas


def noisy(**changes):
    given = {
        "theta0": THETA,
        "steps": 2,
        "rng": np.random.default_rng(0),
        "noise": NOISE,
        "centre": STAR,
        "radius": 5.0,
    }
    given |= changes
    return rn.noisy_gradient_ascent(PROBLEM, given.pop("theta0"), **given).thetas


def spectral(**changes):
    given = {"matrix": np.eye(4), "features": FEATURES} | changes
    return rn.spectral_coverage(given.pop("matrix"), given.pop("features"), **given).projector


def certificate(**changes):
    given = {"log_policy": -EVEN, "log_reference": -FEATURES[..., 0] - 1, "rewards": FEATURES[..., 1]} | {
        "kl_coef": 0.5, "threshold": 1.0
    } | changes  # fmt: skip
    arrays = [given.pop(name) for name in ("log_policy", "log_reference", "rewards")]
    found = rn.generalisation_certificate(*arrays, **given)
    return np.array([found.estimate, found.known])


def threshold(log_ratios=-EVEN, **changes):
    return rn.optimal_clip_threshold(log_ratios, **({"n": 1000, "k": 3, "delta": 0.1} | changes))


def budget(**changes):
    given = dict.fromkeys(("cost_prompt", "cost_rollout", "var_prompt", "var_rollout"), 1.0) | changes
    return rn.optimal_rollouts(**given)


def of_theta(function):
    return lambda theta=THETA: function(PROBLEM, theta)


OF_THETA = ("policy", "log_policy", "log_partition", "kl_to_reference", "kl_to_optimum", "objective", "gradient",
            "objective_per_prompt", "gradient_per_prompt", "covariance", "covariance_per_prompt")  # fmt: skip
OF_PROBLEM = ("reward", "feature_bound")


@dataclass(frozen=True)
class Target:
    """A call with good arguments by default, and the names of those that are arrays, numbers or counts."""

    call: object
    arrays: dict
    numbers: tuple = ()
    counts: tuple = ()


_PROBLEM = {"features": FEATURES, "ref_probs": EVEN, "theta_star": STAR}
TARGETS = {
    **{name: Target(of_theta(getattr(rn, name)), {"theta": THETA}) for name in OF_THETA},
    "Problem": Target(problem, _PROBLEM, ("kl_coef",)),
    "foreign_problem": Target(foreign, _PROBLEM),
    "Instance": Target(instance, {"theta": THETA, "theta_prime": THETA, "direction": THETA, "probs": EVEN,
                                  "values": EVEN, "weights": np.array([0.5, 0.5])}),
    "value_of_policy": Target(lambda probs=EVEN: rn.value_of_policy(PROBLEM, probs), {"probs": EVEN}),
    "kl_divergence": Target(lambda p=EVEN, q=EVEN: rn.kl_divergence(p, q), {"p": EVEN, "q": EVEN}),
    "gradient_ascent": Target(ascent, {"theta0": THETA}, ("step_size",), ("steps",)),
    "stochastic_gradient_ascent": Target(stochastic, {"theta0": THETA}, ("step_size",), ("steps",)),
    "noisy_gradient_ascent": Target(noisy, {"theta0": THETA, "noise": NOISE, "centre": STAR,
                                            "noise_probs": np.array([0.5, 0.5])}, ("step_size", "radius"), ("steps",)),
    "spectral_coverage": Target(spectral, {"matrix": np.eye(4), "features": FEATURES}, ("rank_tolerance",), ("terms",)),
    "coverage_of": Target(lambda theta=THETA, **rest: rn.coverage_of(PROBLEM, PROBLEM, theta, **rest).projector,
                          {"theta": THETA}, ("rank_tolerance",)),
    "clipped_kl": Target(lambda log_ratios=-EVEN, threshold=0.25, weights=EVEN:
                         np.array(rn.clipped_kl(log_ratios, threshold, weights=weights)),
                         {"log_ratios": -EVEN, "weights": EVEN}, ("threshold",)),
    "kl_estimators": Target(lambda log_ratios=EVEN: np.array(rn.kl_estimators(log_ratios)), {"log_ratios": -EVEN}),
    "coverage_coefficient": Target(lambda policy=EVEN, training=EVEN: rn.coverage_coefficient(policy, training),
                                   {"policy": EVEN, "training": EVEN}),
    "optimal_clip_threshold": Target(threshold, {"log_ratios": -EVEN}, ("delta",), ("n", "k")),
    "optimal_rollouts": Target(budget, {}, ("cost_prompt", "cost_rollout", "var_prompt", "var_rollout")),
    "generalisation_certificate": Target(
        certificate, {"log_policy": -EVEN, "log_reference": -EVEN, "rewards": EVEN},
        ("kl_coef", "delta", "threshold", "prompt_range", "coverage", "reward_error", "clip_bias")),
    "run": Target(lambda **changes: rn.run(CLAIMS["kl-nonneg"], **({"instances": 1} | changes)).instances, {}, (),
                  ("instances", "batch")),
}  # fmt: skip
