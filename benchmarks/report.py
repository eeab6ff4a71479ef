"""RESULTS.md from results.json: tables, and the targets with what was reached. No number is typed by hand."""

from collections.abc import Iterator
from typing import Any

Results = dict[str, Any]

READS = "read, "

# Reasons, without figures: those are measured.
LIMITS = """\
## What stands between us and the targets

- Three products use each block of features. Only the first reads it from memory, but the second reads it again from the
  second-level cache and the weighted sum from the third-level one, since the softmax comes between; numpy cannot fuse
  them.
- A block costs a few dozen calls of numpy, whatever its size, so blocks that fit the second-level cache lose more by
  calls than they gain; and two threads wait for Python's lock between calls. A compiled loop has neither cost.
- In batches of small problems about a third of the time goes into one BLAS call for each small product, and a tenth
  into copies that put actions first, without which numpy's reductions over a few actions are slower still.
- Claims that enumerate every sample or draw spend their time in arithmetic that batching does not save.
- The fitted exponents are below 1 because the smallest sizes are charged the fixed costs.
"""


def report(results: Results, /) -> str:
    """Return the text of RESULTS.md."""
    return "\n".join([*_head(results), *_targets(results), LIMITS, *_gradients(results), *_others(results)]) + "\n"


def targets(results: Results, /) -> Iterator[tuple[str, str, bool]]:
    """Yield each target, what was measured, and whether that reaches it."""
    problems = results["problems"]
    for size in ("medium", "large"):
        for peer in ("PyTorch autograd", "JAX jit grad"):
            ratio = problems[f"{size} float64"]["gradient"][peer]["times_ours"]
            yield f"gradient, {size}: at least 2× as fast as {peer}", f"{ratio:.2f}×", ratio >= 2
    small = problems["small float64"]["gradient"]
    for peer, least in (("PyTorch autograd", 3.0), ("JAX jit grad", 1.0)):
        ratio = small[peer]["times_ours"]
        yield f"gradient, batch of small: at least {least:g}× as fast as {peer}", f"{ratio:.2f}×", ratio >= least
    share = bandwidth_share(problems["large float64"]["gradient"])
    yield "gradient, large: at least 70 % of the read bandwidth", f"{100 * share:.0f} %", share >= 0.7
    peak = max(problems[f"large {dtype}"]["peak_share"] for dtype in ("float64", "float32"))
    yield "gradient, large: peak extra memory below 5 % of φ", f"{100 * peak:.2f} %", peak < 0.05
    campaigns = results["campaigns"]
    reached, total = campaigns["at_least_100"], len(campaigns["claims"])
    found = f"{reached} of {total} claims; least {campaigns['least_ratio']:.0f}×"
    yield "campaign: at least 100× one-at-a-time hypothesis for each claim", found, reached == total
    seconds = results.get("seconds")  # absent from a run that was stopped
    found = "stopped before its end" if seconds is None else f"{seconds / 60:.1f} minutes"
    yield "the whole run: below 10 minutes", found, seconds is not None and seconds < 600


def bandwidth_share(times: Results, /) -> float:
    """Return the time of one read of φ, the faster of one thread and all, over that of our gradient."""
    read = min(row["times_ours"] for name, row in times.items() if name.startswith(READS))
    return float(read)


def _head(results: Results) -> Iterator[str]:
    machine = results["machine"]
    yield "# Results of the benchmarks"
    yield ""
    yield "Made by `make bench` in one run; `results.json` holds all figures. What is compared was measured in turn,"
    yield "round after round; a ratio is the median of the ratios within a round: “2×” takes twice our time."
    yield ""
    if results["note"]:
        yield f"**{results['note']}**"
        yield ""
    yield (
        f"Machine: {machine['processor']}, {machine['processors']} processors, {machine['memory_GB']} GB, "
        f"{machine['system']}; Python {machine['python']}, numpy {machine['numpy']}, PyTorch {machine['torch']}, "
        f"JAX {machine['jax']}; {machine['threads']} threads for everyone. Load before the run "
        f"{machine['load_before']}, after it {results.get('load_after', 'unknown')}. "
        f"Matrix product {results['gemm_GFlops']:.0f} GFlop/s (float64, 1024²)."
    )
    yield ""


def _targets(results: Results) -> Iterator[str]:
    yield "## Targets"
    yield ""
    yield "| target | measured | reached |"
    yield "| --- | --- | --- |"
    for target, found, reached in targets(results):
        yield f"| {target} | {found} | {'yes' if reached else '**no**'} |"
    yield ""


def _gradients(results: Results) -> Iterator[str]:
    yield "## Gradient and objective"
    yield ""
    for name, row in results["problems"].items():
        shape = " × ".join(map(str, row["shape"]))
        yield f"### {name}: {shape}, {row['megabytes']:.0f} MB"
        yield ""
        for what in ("gradient", "objective"):
            if what in row:
                yield from _table(what, row[what])
        yield (
            f"Peak extra memory of our gradient, the problem's checks included: {100 * row['peak_share']:.2f} % of φ. "
            f"One read of φ takes {100 * bandwidth_share(row['gradient']):.0f} % of our time. Largest disagreement of "
            f"the gradients, relative to max(1, largest entry): {row['disagreement']:.1e}."
        )
        yield ""


def _table(what: str, times: Results) -> Iterator[str]:
    yield f"| {what} | median, ms | least, ms | × ours |"
    yield "| --- | --- | --- | --- |"
    for name, row in times.items():
        yield f"| {name} | {row['median_ms']:.3g} | {row['least_ms']:.3g} | {row['times_ours']:.2f} |"
    yield ""


def _others(results: Results) -> Iterator[str]:
    yield "## Ascents, one step (medium)"
    yield ""
    for name, times in results["steps"].items():
        yield from _table(name, times)
    yield "## How the cost grows"
    yield ""
    yield "Slope of log time against log size; 1 is linear, less is overhead that a larger problem shares out."
    yield ""
    yield "| in | sizes | least, ms | exponent |"
    yield "| --- | --- | --- | --- |"
    for name, row in results["exponents"].items():
        sizes = ", ".join("×".join(map(str, shape)) for shape in row["shapes"])
        yield f"| {name} | {sizes} | {', '.join(f'{x:.3g}' for x in row['least_ms'])} | {row['exponent']:.2f} |"
    yield ""
    yield from _campaigns(results["campaigns"])
    yield from _checks(results)


def _campaigns(campaigns: Results) -> Iterator[str]:
    yield "## Campaigns"
    yield ""
    yield (
        f"Instances a second, one process, ball arithmetic included. All {len(campaigns['claims'])} claims together: "
        f"{campaigns['together']:.0f} instances a second, {campaigns['together_times_claims']:.0f} decisions a second. "
        f"Alone against hypothesis: median {campaigns['median_ratio']:.0f}×, least {campaigns['least_ratio']:.0f}×."
    )
    yield ""
    yield "| claim, the ten with the least ratio | hypothesis | campaign | ratio |"
    yield "| --- | --- | --- | --- |"
    for name, row in sorted(campaigns["claims"].items(), key=lambda item: item[1]["ratio"])[:10]:
        yield f"| {name} | {row['hypothesis']:.0f} | {row['campaign']:.0f} | {row['ratio']:.0f}× |"
    yield ""


def _checks(results: Results) -> Iterator[str]:
    yield "## Lean and sympy"
    yield ""
    lean = results.get("lean", {"not_run": "the run was stopped before"})
    if "not_run" in lean:
        yield f"**Lean was not measured: {lean['not_run']}**"
        yield ""
    else:
        yield (
            f"{lean['theorems']} theorems in {lean['modules']} modules, {lean['toolchain']} ({lean['backend']}): "
            f"cold {lean['cold_seconds']:.0f} s (the sum over modules is {lean['elaboration_seconds']:.0f} s), "
            f"warm {lean['warm_seconds']:.1f} s. The most heartbeats:"
        )
        yield ""
        yield "| declaration | heartbeats | ms |"
        yield "| --- | --- | --- |"
        for row in lean["slowest"]:
            yield f"| `{row['name']}` | {row['heartbeats']} | {row['milliseconds']} |"
        yield ""
    found = results["derivations"]
    yield (
        f"{found['derivations']} derivations in {found['seconds']:.1f} s; the slowest, {found['slowest']}, takes "
        f"{found['slowest_seconds']:.1f} s."
    )
