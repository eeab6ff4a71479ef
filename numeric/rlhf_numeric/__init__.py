"""Numerical side of rlhf-lemmas: the KL-regularised objective, its gradient, and every claim about them, tested."""

from rlhf_numeric.attacks.search import regenerate, run
from rlhf_numeric.audit.report import Audit, audit
from rlhf_numeric.audit.spectral import SpectralCoverage, coverage_of, spectral_coverage
from rlhf_numeric.claims import CLAIMS, SHARP_CLAIMS
from rlhf_numeric.evaluation.claim import Claim, Evaluation
from rlhf_numeric.evaluation.findings import Counterexample, InstanceSeed, Tally, merge
from rlhf_numeric.evaluation.instance import Instance
from rlhf_numeric.evaluation.instances import random_instances
from rlhf_numeric.evaluation.verdict import Verdict
from rlhf_numeric.model.ascent import StopReason, Trajectory, gradient_ascent, stochastic_gradient_ascent
from rlhf_numeric.model.gradient import covariance, covariance_per_prompt, gradient, gradient_per_prompt
from rlhf_numeric.model.objective import objective, objective_per_prompt, reward, value_of_policy
from rlhf_numeric.model.policy import kl_divergence, kl_to_optimum, kl_to_reference, log_partition, log_policy, policy
from rlhf_numeric.model.problem import Problem, feature_bound
from rlhf_numeric.model.projected import noisy_gradient_ascent
from rlhf_numeric.rollouts.budget import optimal_rollouts
from rlhf_numeric.rollouts.certificate import CertificateTerm, GeneralisationCertificate, generalisation_certificate
from rlhf_numeric.rollouts.clipping import ClippedKL, KLEstimates, clipped_kl, kl_estimators
from rlhf_numeric.rollouts.coverage import coverage_coefficient
from rlhf_numeric.rollouts.threshold import optimal_clip_threshold

__all__ = [
    "CLAIMS",
    "SHARP_CLAIMS",
    "Audit",
    "CertificateTerm",
    "Claim",
    "ClippedKL",
    "Counterexample",
    "Evaluation",
    "GeneralisationCertificate",
    "Instance",
    "InstanceSeed",
    "KLEstimates",
    "Problem",
    "SpectralCoverage",
    "StopReason",
    "Tally",
    "Trajectory",
    "Verdict",
    "audit",
    "clipped_kl",
    "covariance",
    "covariance_per_prompt",
    "coverage_coefficient",
    "coverage_of",
    "feature_bound",
    "generalisation_certificate",
    "gradient",
    "gradient_ascent",
    "gradient_per_prompt",
    "kl_divergence",
    "kl_estimators",
    "kl_to_optimum",
    "kl_to_reference",
    "log_partition",
    "log_policy",
    "merge",
    "noisy_gradient_ascent",
    "objective",
    "objective_per_prompt",
    "optimal_clip_threshold",
    "optimal_rollouts",
    "policy",
    "random_instances",
    "regenerate",
    "reward",
    "run",
    "spectral_coverage",
    "stochastic_gradient_ascent",
    "value_of_policy",
]
