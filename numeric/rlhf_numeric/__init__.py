"""Numerical side of rlhf-lemmas: the KL-regularised objective, its gradient, and every claim about them, tested."""

from rlhf_numeric.ascent import StopReason, Trajectory, gradient_ascent, stochastic_gradient_ascent
from rlhf_numeric.audit import Audit, audit
from rlhf_numeric.claim import Claim, Evaluation
from rlhf_numeric.claims import CLAIMS, SHARP_CLAIMS
from rlhf_numeric.coverage import SpectralCoverage, coverage_of, spectral_coverage
from rlhf_numeric.gradient import covariance, covariance_per_prompt, gradient, gradient_per_prompt
from rlhf_numeric.instance import Instance
from rlhf_numeric.instances import random_instances
from rlhf_numeric.objective import objective, objective_per_prompt, reward, value_of_policy
from rlhf_numeric.policy import kl_divergence, kl_to_optimum, kl_to_reference, log_partition, log_policy, policy
from rlhf_numeric.problem import Problem, feature_bound
from rlhf_numeric.projected import noisy_gradient_ascent
from rlhf_numeric.search import regenerate, run
from rlhf_numeric.tally import Counterexample, InstanceSeed, Tally, merge
from rlhf_numeric.verdict import Verdict

__all__ = [
    "CLAIMS",
    "SHARP_CLAIMS",
    "Audit",
    "Claim",
    "Counterexample",
    "Evaluation",
    "Instance",
    "InstanceSeed",
    "Problem",
    "SpectralCoverage",
    "StopReason",
    "Tally",
    "Trajectory",
    "Verdict",
    "audit",
    "covariance",
    "covariance_per_prompt",
    "coverage_of",
    "feature_bound",
    "gradient",
    "gradient_ascent",
    "gradient_per_prompt",
    "kl_divergence",
    "kl_to_optimum",
    "kl_to_reference",
    "log_partition",
    "log_policy",
    "merge",
    "noisy_gradient_ascent",
    "objective",
    "objective_per_prompt",
    "policy",
    "random_instances",
    "regenerate",
    "reward",
    "run",
    "spectral_coverage",
    "stochastic_gradient_ascent",
    "value_of_policy",
]
