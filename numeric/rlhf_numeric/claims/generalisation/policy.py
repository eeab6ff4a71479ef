"""Claims on the policy, the KL divergence and the objective."""

from rlhf_numeric.arithmetic import kinds as ar
from rlhf_numeric.arithmetic.kinds import Numbers
from rlhf_numeric.claims.common.hypotheses import SETTING
from rlhf_numeric.evaluation.claim import identity, inequality
from rlhf_numeric.evaluation.instance import Instance
from rlhf_numeric.model.gradient import centred_scores
from rlhf_numeric.model.objective import objective_per_prompt, value_of_policy
from rlhf_numeric.model.policy import (
    kl_divergence,
    kl_to_optimum,
    log_partition,
    log_policy,
    policy,
    relative_entropy,
)
from rlhf_numeric.model.problem import feature_bound


@identity("boltzmann-normalised", "Σ_a π_θ(a|x) = 1 and π_θ ≥ 0", SETTING)
def boltzmann_normalised(instance: Instance) -> tuple[Numbers, Numbers]:
    """Σπ = 1 and Σ|π| = 1, which together say that π is non-negative and sums to 1."""
    probs = policy(instance.problem, instance.theta)
    sums = ar.join(probs.sum(-1), ar.absolute(probs).sum(-1))
    return sums, ar.zeros_like(sums) + 1


@identity("log-ratio", "log π_θ − log q = ⟨θ,φ⟩/λ − A_x(θ), with a log π_θ that is found without A_x", SETTING)
def log_ratio(instance: Instance) -> tuple[Numbers, Numbers]:
    """Take the left side from `log_policy`, which never forms A_x."""
    problem, theta = instance.problem, instance.theta
    scores = (problem.features * theta[..., None, None, :]).sum(-1) / problem.kl_coef[..., None, None]
    return log_policy(problem, theta) - ar.log(problem.ref_probs), scores - log_partition(problem, theta)[..., None]


@inequality("kl-nonneg", "KL(p‖q) ≥ 0", "p and q are probability vectors", "q > 0")
def kl_nonneg(instance: Instance) -> tuple[Numbers, Numbers]:
    """For the arbitrary policy p, which may have zeros, and the reference q."""
    divergence = kl_divergence(instance.probs, instance.problem.ref_probs)
    return ar.zeros_like(divergence), divergence


@inequality("kl-zero-iff", "KL(p‖q) = 0 if and only if p = q", "p and q are probability vectors", "q > 0")
def kl_zero_iff(instance: Instance) -> tuple[Numbers, Numbers]:
    """Quantitative form of both directions: Σ(√p − √q)² ≤ KL(p‖q) ≤ Σ(p − q)²/q.

    The outer terms vanish exactly when p = q. The left one also gives KL > 0 for p ≠ q, strictly.
    """
    p, q = instance.probs, instance.problem.ref_probs
    divergence = kl_divergence(p, q)
    root, difference = ar.sqrt(p) - ar.sqrt(q), p - q
    hellinger, chi_square = (root * root).sum(-1), (difference * difference / q).sum(-1)
    return ar.join(hellinger, divergence), ar.join(divergence, chi_square)


@identity(
    "gibbs-variational", "J_x(π) = λA_x(θ*) − λKL(π‖π_θ*)", SETTING, "π(·|x) is a probability vector at every prompt"
)
def gibbs_variational(instance: Instance) -> tuple[Numbers, Numbers]:
    """For an arbitrary policy; with `kl-nonneg` it makes π_θ* the unique maximiser."""
    problem = instance.problem
    to_optimum = relative_entropy(instance.probs, log_policy(problem, problem.theta_star))
    free_energy = log_partition(problem, problem.theta_star) - to_optimum
    return value_of_policy(problem, instance.probs), problem.kl_coef[..., None] * free_energy


@identity("gap-identity", "J_x(θ*) − J_x(θ) = λKL(π_θ‖π_θ*) = λ log E_{π_θ}[exp Y]", SETTING)
def gap_identity(instance: Instance) -> tuple[Numbers, Numbers]:
    """Both equalities, with Y = (⟨u,φ⟩ − E_{π_θ}⟨u,φ⟩)/λ and u = θ* − θ."""
    problem, theta = instance.problem, instance.theta
    gap = objective_per_prompt(problem, problem.theta_star) - objective_per_prompt(problem, theta)
    divergence = ar.join(kl_to_optimum(problem, theta), log_mgf(instance))
    return ar.join(gap, gap), problem.kl_coef[..., None, None] * divergence


@inequality("objective-range", "|J_x(θ*)| ≤ B‖θ*‖", SETTING, "‖φ(x,a)‖ ≤ B")
def objective_range(instance: Instance) -> tuple[Numbers, Numbers]:
    """With B the largest feature norm of the sample."""
    problem = instance.problem
    bound = feature_bound(problem) * ar.norm(problem.theta_star)
    return ar.absolute(objective_per_prompt(problem, problem.theta_star)), bound[..., None]


def scaled_error(instance: Instance) -> Numbers:
    """Y = ⟨u, φ(x,a) − E_{π_θ}φ(x,·)⟩/λ with u = θ* − θ, shape (..., n, m); centred under π_θ."""
    problem = instance.problem
    error = problem.theta_star - instance.theta
    return centred_scores(problem, instance.theta, error) / problem.kl_coef[..., None, None]


def log_mgf(instance: Instance) -> Numbers:
    """Return log E_{π_θ}[exp Y], shape (..., n), for Y of `scaled_error`."""
    return ar.log_sum_exp(log_policy(instance.problem, instance.theta) + scaled_error(instance))
