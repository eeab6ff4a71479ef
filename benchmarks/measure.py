"""What is measured: gradients, objectives, steps, exponents, memory, campaigns, Lean, sympy."""

import time
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from benchmarks import machine, peers
from benchmarks.timing import interleaved, summary
from rlhf_numeric import CLAIMS, Problem, gradient
from rlhf_numeric.attacks.throughput import joint_throughput, throughput
from rlhf_numeric.model.ascent import gradient_step, prompt_estimate

Results = dict[str, Any]

SIZES = {"small": (4096, 8, 4, 8), "medium": (512, 64, 256), "large": (4096, 32, 1024)}
TINY = {"small": (64, 4, 3, 2), "medium": (16, 8, 4), "large": (32, 8, 8)}


def all_gradients(sizes: dict[str, tuple[int, ...]], seconds: float) -> Results:
    """Time everyone's gradient and objective at every size, float64 and float32, beside one read of the features."""
    found: Results = {}
    for name, shape in sizes.items():
        for dtype in (np.float64, np.float32):
            inputs = peers.drawn(shape, dtype)
            row: Results = {"shape": shape, "megabytes": inputs.features.nbytes / 1e6}
            actions = peers.gradients(inputs)
            row["disagreement"] = peers.check_agreement(actions, dtype)
            times = interleaved(actions | machine.reads(inputs.features), seconds=seconds)
            row["gradient"] = summary(times)
            row["peak_share"] = _peak(lambda x=inputs: gradient(x.problem(), x.theta)) / inputs.features.nbytes
            if dtype == np.float64:
                actions = peers.objectives(inputs)
                peers.check_agreement(actions, dtype)
                row["objective"] = summary(interleaved(actions, seconds=seconds / 2))
            found[f"{name} {np.dtype(dtype).name}"] = row
    return found


def steps(shape: tuple[int, ...], seconds: float) -> Results:
    """Time one step of gradient ascent, and one of stochastic gradient ascent with a drawn prompt."""
    x = peers.drawn(shape)
    problem, tensors, eta = x.problem(), peers.as_tensors(x), np.asarray(0.01)
    drawn, one = np.asarray(3), slice(3, 4)
    picked = replace(tensors, features=tensors.features[one], ref_probs=tensors.ref_probs[one])
    ascent = {
        "rlhf_numeric": lambda: gradient_step(problem, x.theta, step_size=eta),
        "plain numpy": lambda: x.theta + 0.01 * peers.plain_gradient(x),
        "PyTorch autograd": lambda: tensors.theta + 0.01 * peers.torch_autograd(tensors),
    }
    stochastic = {
        "rlhf_numeric": lambda: x.theta + 0.01 * prompt_estimate(problem, x.theta, drawn),
        "PyTorch autograd": lambda: tensors.theta + 0.01 * peers.torch_autograd(picked),
    }
    return {
        "gradient ascent": summary(interleaved(ascent, seconds=seconds)),
        "stochastic, one prompt": summary(interleaved(stochastic, seconds=seconds / 2)),
    }


def exponents(base: tuple[int, int, int], batch: tuple[int, int, int, int], seconds: float) -> Results:
    """Fit the slope of log time against log n, log m, log d and log batch, over factors 1 to 8."""
    shapes = {
        name: [tuple(size * (factor if i == axis else 1) for i, size in enumerate(base)) for factor in (1, 2, 4, 8)]
        for axis, name in enumerate("nmd")
    }
    shapes["batch"] = [(batch[0] * factor, *batch[1:]) for factor in (1, 2, 4, 8)]
    found: Results = {}
    for name, several in shapes.items():
        inputs = {str(shape): peers.drawn(shape) for shape in several}
        actions = {key: _our_gradient(x) for key, x in inputs.items()}
        least = [1e3 * min(times) for times in interleaved(actions, seconds=seconds).values()]
        slope = np.polyfit(np.log([1, 2, 4, 8]), np.log(least), 1)[0]
        found[name] = {"shapes": several, "least_ms": least, "exponent": float(slope)}
    return found


def campaigns(claims: list[str], examples: int) -> Results:
    """Instances a second of a campaign against one-at-a-time hypothesis, for each claim, and all claims together."""
    throughput(CLAIMS[claims[0]], examples=1)  # hypothesis' own start-up
    rows = [throughput(CLAIMS[name], examples=examples) for name in claims]
    ratios = sorted(row.ratio for row in rows)
    together = joint_throughput([CLAIMS[name] for name in claims])
    return {
        "claims": {r.claim: {"hypothesis": r.hypothesis, "campaign": r.campaign, "ratio": r.ratio} for r in rows},
        "least_ratio": ratios[0],
        "median_ratio": ratios[len(ratios) // 2],
        "at_least_100": sum(ratio >= 100 for ratio in ratios),
        "together": together,
        "together_times_claims": together * len(claims),
    }


def lean() -> Results:
    """Check the Lean library cold (nothing read from the cache) and warm; where there is no Lean, say so."""
    from rlhf_proofs.errors import CannotRunError
    from rlhf_proofs.ledger.gather import run_lean
    from rlhf_proofs.table import load_table

    found: Results = {}
    for name, fresh in (("cold", True), ("warm", False)):
        start = time.perf_counter()
        try:
            report = run_lean(load_table(), "auto", lambda *_: None, fresh=fresh)
        except CannotRunError as error:
            return {"not_run": str(error)}
        found[f"{name}_seconds"] = time.perf_counter() - start
        found |= {"backend": report.backend, "toolchain": report.toolchain, "accepted": report.accepted}
    found["elaboration_seconds"] = sum(report.milliseconds.values()) / 1e3
    found["modules"], found["theorems"] = len(report.milliseconds), len(report.theorems)
    found["slowest"] = [
        {"name": c.name, "milliseconds": c.milliseconds, "heartbeats": c.heartbeats}
        for c in sorted(report.costs, key=lambda c: -c.heartbeats)[:5]
    ]
    return found


def derivations(most: int | None = None) -> Results:
    """Run sympy's derivations, one after the other."""
    from rlhf_symbolic import DERIVATIONS

    names = list(DERIVATIONS)[:most]
    seconds = {name: _seconds(DERIVATIONS[name].run) for name in names}
    slowest = max(seconds, key=lambda name: seconds[name])
    return {
        "derivations": len(names),
        "seconds": sum(seconds.values()),
        "slowest": slowest,
        "slowest_seconds": seconds[slowest],
    }


def _our_gradient(x: peers.Inputs) -> Callable[[], Any]:
    problem: Problem = x.problem()
    return lambda: gradient(problem, x.theta)


def _seconds(action: Callable[[], Any]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def _peak(action: Callable[[], Any]) -> int:
    """Peak of what Python and numpy allocate in a gradient, the problem's checks included."""
    tracemalloc.start()
    action()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak
