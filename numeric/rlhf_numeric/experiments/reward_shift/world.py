"""A synthetic deployment: a reward trained on labels, a policy trained on it imperfectly, rollouts at two levels.

The labels are 0 or 1 with mean r*, on items from Q = (uniform prompts) × (reference policy). r̂ is a ridge regression
on features that do not hold all of r*, cut to [0, 1]. The policy is π ∝ q·exp(r̂/λ + noise), noise of `NOISE` nats:
for π ∝ q·exp(r̂/λ) itself r̂ − λℓ has one value at each prompt, and a second rollout would say nothing.
"""

import math
from dataclasses import dataclass

import numpy as np

from rlhf_numeric.arithmetic.kinds import Array, log_softmax
from rlhf_numeric.claims.reward_shift.clipped_kl import clipped

PROMPTS, ACTIONS, DIM = 24, 8, 6
LABELS, RIDGE = 200, 1.0
KL_COEF, NOISE = 0.1, 1.5
SPREAD = 1.5  # deviation of the logits of the reference policy


@dataclass(frozen=True)
class World:
    """What a table of 2602.21765 needs, all of it known.

    Attributes
    ----------
    prompts
        D > 0, shape (n,).
    log_reference, log_policy
        log q and log π, in nats, shape (n, m).
    true, learned
        r* and r̂ in [0, 1], shape (n, m).
    """

    prompts: Array
    log_reference: Array
    log_policy: Array
    true: Array
    learned: Array

    @property
    def policy(self) -> Array:
        """Probabilities of π, shape (n, m)."""
        probs = np.exp(self.log_policy)
        exactly: Array = probs / probs.sum(-1, keepdims=True)
        return exactly

    @property
    def log_ratios(self) -> Array:
        """ℓ = log(π/q), in nats, shape (n, m)."""
        return self.log_policy - self.log_reference

    @property
    def met(self) -> Array:
        """P = D⊗π, shape (n, m)."""
        return self.prompts[:, None] * self.policy

    @property
    def training(self) -> Array:
        """Q, the law of the labelled items, shape (n, m)."""
        return training_law(self.log_reference)

    def values(self, threshold: float, /) -> Array:
        """r̂ − λ·clip_τ ℓ, shape (n, m)."""
        found: Array = self.learned - KL_COEF * clipped(threshold, self.log_ratios)
        return found


def draw_world(rng: np.random.Generator, /) -> World:
    """Draw prompts, policies and rewards, label items and train on them."""
    shape = (PROMPTS, ACTIONS)
    prompts = rng.dirichlet(np.full(PROMPTS, 2.0))
    features = rng.normal(size=(*shape, DIM)) / math.sqrt(DIM)
    direction = rng.normal(size=DIM)
    scores = 3 * (features @ direction) / math.sqrt(direction @ direction) + 0.7 * rng.normal(size=shape)
    true = 1 / (1 + np.exp(-scores))
    log_reference = log_softmax(SPREAD * rng.normal(size=shape))
    learned = _trained(rng, features, true, training_law(log_reference))
    log_policy = log_softmax(log_reference + learned / KL_COEF + NOISE * rng.normal(size=shape))
    return World(prompts, log_reference, log_policy, true, learned)


def training_law(log_reference: Array, /) -> Array:
    """Q = (uniform prompts) × q, shape (n, m)."""
    law: Array = np.exp(log_reference) / np.exp(log_reference).sum()
    return law


def rollout_counts(rng: np.random.Generator, prompts: Array, policy: Array, /, *, n: int, k: int, runs: int) -> Array:
    """How often each pair (x, a) comes up in n prompts from D with K rollouts of π each, shape (runs, ..., n, m).

    All that a mean over the sample needs: c draws of a prompt have c·K rollouts there. For policies of shape
    (..., n, m) the prompts of a run are the same for all.
    """
    drawn = rng.multinomial(n, prompts, size=runs)
    lead = (1,) * (policy.ndim - 2)
    trials = np.broadcast_to(k * drawn.reshape(runs, *lead, len(prompts)), (runs, *policy.shape[:-1]))
    return rng.multinomial(trials, policy)


def draw_rollouts(rng: np.random.Generator, world: World, /, *, n: int, k: int) -> tuple[Array, Array]:
    """Prompts from D and K rollouts of π at each, as places in the table, shapes (n, 1) and (n, K)."""
    prompts = rng.choice(len(world.prompts), size=(n, 1), p=world.prompts)
    levels = world.policy.cumsum(-1)[:, :-1]  # without the last, so that a draw above them all is the last action
    actions: Array = (rng.random((n, k, 1)) > levels[prompts]).sum(-1)
    return prompts, actions


def two_variances(prompts: Array, policy: Array, values: Array, /) -> tuple[float, float]:
    """σ_p² = Var_D g with g(x) = E_π f, and σ_r² = E_D Var_π f."""
    means = (policy * values).sum(-1)
    mean = prompts @ means
    return float(prompts @ (means - mean) ** 2), float(prompts @ (policy * (values - means[:, None]) ** 2).sum(-1))


def label_items(rng: np.random.Generator, true: Array, law: Array, labels: int, /) -> tuple[Array, Array]:
    """Items drawn from a law, as places in the flattened table, and labels 0 or 1 with mean r*, shapes (labels,)."""
    items = rng.choice(law.size, size=labels, p=law.ravel())
    return items, (rng.random(labels) < true.ravel()[items]).astype(float)


def _trained(rng: np.random.Generator, features: Array, true: Array, law: Array) -> Array:
    items, labels = label_items(rng, true, law, LABELS)
    seen = features.reshape(-1, DIM)[items]
    weights = np.linalg.solve(seen.T @ seen + RIDGE * np.eye(DIM), seen.T @ (labels - 0.5))
    learned: Array = np.clip(0.5 + features @ weights, 0, 1)
    return learned
