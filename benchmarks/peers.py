"""The same objective and gradient in plain numpy, PyTorch and JAX, each as its users write it.

Everyone starts from the same arrays φ (..., n, m, d), q (..., n, m), θ*, θ (..., d) and the number λ; log q is part of
the work. PyTorch shares numpy's memory; JAX has its own copy, made before the clock starts.
"""

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from benchmarks.timing import Action
from rlhf_numeric import Problem, gradient, objective

Array = Any


@dataclass(frozen=True)
class Inputs:
    """What every peer gets."""

    features: Array
    ref_probs: Array
    theta_star: Array
    theta: Array
    kl_coef: float

    def problem(self) -> Problem:
        """Return the same as `rlhf_numeric` takes it, looked at once: an ascent makes many gradients of one problem."""
        dtype = self.features.dtype
        problem = Problem(self.features, self.ref_probs, self.theta_star, kl_coef=np.asarray(self.kl_coef, dtype))
        gradient(problem, self.theta)
        return problem


def drawn(shape: tuple[int, ...], dtype: type = np.float64, *, seed: int = 0) -> Inputs:
    """Draw normal features, a Dirichlet reference policy, and θ, θ* of length about 1."""
    rng = np.random.default_rng(seed)
    *batch, n, m, d = shape
    theta_star, theta = rng.standard_normal((2, *batch, d), dtype) / np.asarray(np.sqrt(d), dtype)
    ref_probs = rng.dirichlet(np.ones(m), (*batch, n)).astype(dtype)
    return Inputs(rng.standard_normal(shape, dtype), ref_probs, theta_star, theta, 0.5)


def plain_gradient(x: Inputs) -> Array:
    """Return the closed form, by `einsum` and a softmax."""
    scores = np.einsum("...nmd,...d->...nm", x.features, x.theta) / x.kl_coef + np.log(x.ref_probs)
    probs = np.exp(scores - scores.max(-1, keepdims=True))
    probs /= probs.sum(-1, keepdims=True)
    error = np.einsum("...nmd,...d->...nm", x.features, x.theta_star - x.theta)
    weights = probs * (error - (probs * error).sum(-1, keepdims=True))
    return np.einsum("...nm,...nmd->...d", weights, x.features) / (x.kl_coef * weights.shape[-2])


def plain_objective(x: Inputs) -> Array:
    """E_π[r*] − λ·KL(π‖q) with `einsum` and a log-softmax."""
    scores = np.einsum("...nmd,...d->...nm", x.features, x.theta) / x.kl_coef
    joint = scores + np.log(x.ref_probs)
    joint -= joint.max(-1, keepdims=True)
    log_probs = joint - np.log(np.exp(joint).sum(-1, keepdims=True))
    rewards = np.einsum("...nmd,...d->...nm", x.features, x.theta_star)
    return (np.exp(log_probs) * (rewards - x.kl_coef * (log_probs - np.log(x.ref_probs)))).sum(-1).mean(-1)


def torch_objective(x: Inputs) -> Array:
    """Return the objective, of tensors."""
    import torch

    log_q = torch.log(x.ref_probs)
    log_probs = torch.log_softmax(torch.einsum("...nmd,...d->...nm", x.features, x.theta) / x.kl_coef + log_q, -1)
    rewards = torch.einsum("...nmd,...d->...nm", x.features, x.theta_star)
    return (log_probs.exp() * (rewards - x.kl_coef * (log_probs - log_q))).sum(-1).mean(-1)


def torch_autograd(x: Inputs) -> Array:
    """Its gradient by autograd."""
    theta = x.theta.detach().clone().requires_grad_(True)
    torch_objective(replace(x, theta=theta)).sum().backward()
    return theta.grad


def torch_by_hand(x: Inputs) -> Array:
    """Return the closed form, of tensors."""
    import torch

    scores = torch.einsum("...nmd,...d->...nm", x.features, x.theta) / x.kl_coef
    probs = torch.softmax(scores + torch.log(x.ref_probs), -1)
    error = torch.einsum("...nmd,...d->...nm", x.features, x.theta_star - x.theta)
    weights = probs * (error - (probs * error).sum(-1, keepdim=True))
    return torch.einsum("...nm,...nmd->...d", weights, x.features) / (x.kl_coef * weights.shape[-2])


def jax_functions(kl_coef: float) -> tuple[Any, Any]:
    """Return the compiled objective and its compiled gradient, functions of (θ, φ, q, θ*)."""
    import jax
    import jax.numpy as jnp

    def value(theta: Array, features: Array, ref_probs: Array, theta_star: Array) -> Array:
        log_q = jnp.log(ref_probs)
        log_probs = jax.nn.log_softmax(jnp.einsum("...nmd,...d->...nm", features, theta) / kl_coef + log_q, -1)
        rewards = jnp.einsum("...nmd,...d->...nm", features, theta_star)
        return (jnp.exp(log_probs) * (rewards - kl_coef * (log_probs - log_q))).sum(-1).mean(-1)

    return jax.jit(value), jax.jit(jax.grad(lambda *x: value(*x).sum()))


def as_tensors(x: Inputs) -> Inputs:
    """Share the arrays with PyTorch."""
    import torch

    tensors = (torch.from_numpy(a) for a in (x.features, x.ref_probs, x.theta_star, x.theta))
    return Inputs(*tensors, x.kl_coef)


def jax_arguments(x: Inputs) -> tuple[Array, ...]:
    """Arguments of `jax_functions`, in JAX's memory."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    return tuple(map(jnp.asarray, (x.theta, x.features, x.ref_probs, x.theta_star)))


def gradients(x: Inputs) -> dict[str, Action]:
    """Everyone's gradient of the same inputs."""
    problem, tensors, arguments = x.problem(), as_tensors(x), jax_arguments(x)
    compiled = jax_functions(x.kl_coef)[1]
    return {
        "rlhf_numeric": lambda: gradient(problem, x.theta),
        "plain numpy": partial(plain_gradient, x),
        "PyTorch autograd": partial(torch_autograd, tensors),
        "PyTorch by hand": partial(torch_by_hand, tensors),
        "JAX jit grad": lambda: compiled(*arguments).block_until_ready(),
    }


def objectives(x: Inputs) -> dict[str, Action]:
    """Everyone's objective of the same inputs."""
    problem, tensors, arguments = x.problem(), as_tensors(x), jax_arguments(x)
    compiled = jax_functions(x.kl_coef)[0]
    return {
        "rlhf_numeric": lambda: objective(problem, x.theta),
        "plain numpy": partial(plain_objective, x),
        "PyTorch": partial(torch_objective, tensors),
        "JAX jit": lambda: compiled(*arguments).block_until_ready(),
    }


def check_agreement(actions: dict[str, Action], dtype: type, /) -> float:
    """Return the largest difference from ours, relative to max(1, largest entry); raise if it is more than rounding."""
    values = {name: np.asarray(action()) for name, action in actions.items()}
    ours = values["rlhf_numeric"]
    differences = {name: np.abs(x - ours).max() / max(1.0, np.abs(ours).max()) for name, x in values.items()}
    tolerance = 1e-11 if dtype == np.float64 else 1e-4
    if not all(x <= tolerance for x in differences.values()):
        raise AssertionError(f"the peers do not agree within {tolerance}: {differences}")
    return float(max(differences.values()))
