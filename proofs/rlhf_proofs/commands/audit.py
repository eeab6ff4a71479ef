"""``rlhf-lemmas audit``: the theory on a user's own features, or rollouts."""

import json
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from rlhf_numeric import Audit
from rlhf_numeric.audit.certificate import at_least, at_most
from rlhf_numeric.audit.file import AuditData, read_audit_data
from rlhf_numeric.rollouts.file import is_rollouts
from rlhf_proofs.commands import rollouts
from rlhf_proofs.errors import CannotRunError
from rlhf_proofs.output import require_named, write_named
from rlhf_proofs.progress import Progress, bar, silent, stoppable
from rlhf_proofs.tables import IdTable

__all__ = ["audit"]

_DATA = (
    "An .npz file with the arrays features (N,m,d), ref_probs (N,m), theta_star (d,), kl_coef (); maybe theta (d,), "
    "default 0, weights (N,) and sample (n,), the indices of the prompts of S. Or a folder with one .npy file for each "
    "(kl_coef also as .txt): it is mapped, not loaded. Or rollouts, a row for each: .npz, .parquet or .csv with the "
    "columns log_policy, log_reference, reward, prompt, maybe step."
)
_TOLERANCE = (
    "Eigenvalues of V_S up to this share of the largest count as 0. Default: what rounding can do, for the type of the "
    "features. A larger one trades a smaller κ for a larger ε."
)
_LEGEND = (
    "sample: on S. population: on all prompts, weights D. covered: S against all prompts, with σ and ε as above.",
    "ratio: actual/bound. holds: certain, rounding included. undecided: the sides are closer than rounding.",
)
_COLOUR = {
    "holds": "green", "equal": "green", "violated": "bold red", "undecided": "yellow", "vacuous": "magenta",
    "infinite": "magenta",
}  # fmt: skip


def audit(
    data: Annotated[Path, typer.Argument(metavar="DATA", help=_DATA)],
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the audit to this file, too.")] = None,
    rank_tol: Annotated[float | None, typer.Option(min=0, max=1, help=_TOLERANCE)] = None,
    kl_coef: rollouts.KlCoef = None,
    delta: rollouts.Delta = None,
    threshold: rollouts.Threshold = None,
    reward_range: rollouts.RewardRange = None,
    coverage: rollouts.Coverage = None,
    reward_error: rollouts.RewardError = None,
    clip_bias: rollouts.ClipBias = None,
    cost_prompt: rollouts.CostPrompt = None,
    cost_rollout: rollouts.CostRollout = None,
    step: rollouts.Step = None,
    figure: rollouts.Figure = None,
) -> None:
    """Audit your own features: the constants, which hypotheses hold, and every bound beside the truth.

    Prints B, M, the spectrum of V_S, κ and ε. Exits 1 if a bound is violated.

    Of rollouts: the three terms of the bound on |Ĵ − J*|, what clipping costs, the best τ and K. Then no file is
    overwritten.
    """
    options = rollouts.RolloutOptions(
        kl_coef, delta, threshold, reward_range, coverage, reward_error, clip_bias, cost_prompt, cost_rollout, step,
        figure,
    )  # fmt: skip
    if is_rollouts(data):
        if rank_tol is not None:
            raise typer.BadParameter(f"--rank-tol is for features, and {data.name} holds rollouts")
        rollouts.audit_file(Console(), Console(stderr=True), data, json_file, options)
    else:
        if names := options.names():
            raise typer.BadParameter(f"{', '.join(names)}: for rollouts, and {data.name} holds none")
        _audit_features(data, json_file, rank_tol)


def _audit_features(data: Path, json_file: Path | None, rank_tol: float | None) -> None:
    out, err = Console(), Console(stderr=True)
    if json_file is not None and not json_file.absolute().parent.is_dir():
        raise typer.BadParameter(f"no folder {json_file.absolute().parent} to write {json_file.name} to")
    if json_file is not None:
        require_named(json_file)
    kept = "an audit keeps nothing until it is finished"
    shown = bar(err, kept) if err.is_terminal else nullcontext(silent)
    with stoppable(err, kept), shown as progress:
        arrays, found = _audited(data, rank_tol, progress)
    if json_file is not None:
        encoded = json.dumps(found.as_json(), indent=1, ensure_ascii=False, allow_nan=False)
        write_named(json_file, encoded + "\n")
    _print(out, found, is_reference=arrays.is_reference)
    raise typer.Exit(1 if any(bound.verdict == "violated" for bound in found.bounds) else 0)


def _audited(path: Path, rank_tolerance: float | None, progress: Progress) -> tuple[AuditData, Audit]:
    try:
        progress("reading", 0, 1)
        data = read_audit_data(path)
        return data, data.audit(rank_tolerance=rank_tolerance, progress=progress)
    except OSError as error:
        raise CannotRunError(f"cannot read {path}: {error.strerror or error}") from error
    except MemoryError as error:
        raise CannotRunError(f"{path.name}: not enough memory for {error}") from error
    except (TypeError, ValueError) as error:
        raise CannotRunError(str(error)) from error


def _print(out: Console, found: Audit, *, is_reference: bool) -> None:
    if is_reference:
        out.print("θ = 0, the reference policy: no theta was given", markup=False, highlight=False)
    for text in _lines(found):
        out.print(text, markup=False, highlight=False)
    out.print()
    out.print(_hypotheses(found))
    out.print(_table(found))
    for text in _LEGEND:
        out.print(text, style="dim", markup=False, highlight=False)
    for text in _trivial(found):
        out.print(text, markup=False, highlight=False)
    for reason, names in _reasons(found).items():
        out.print(f"{', '.join(names)}: {reason}", markup=False, highlight=False)
    unmapped = [slug for slug, why in found.not_evaluated.items() if why.startswith("no arrangement")]
    large = {slug: why for slug, why in found.not_evaluated.items() if "enumerated up to" in why}
    rest = len(found.not_evaluated) - len(unmapped) - len(large)
    for slug, why in large.items():
        out.print(f"Not evaluated: {slug}: {why}", style="dim", markup=False, highlight=False)
    kinds = "identities, with ψ(M), not about the data, or sums over all samples or draws"
    text = f"Not evaluated: {rest} statements: {kinds}"
    out.print(text + (f"; and {', '.join(unmapped)}." if unmapped else "."), style="dim", markup=False)


def _lines(found: Audit) -> list[str]:
    first, last = found.spectrum[0], found.spectrum[max(found.rank, 1) - 1]
    lost = found.above_tolerance - found.rank
    floor = "no σ > 0, so no κ"
    if found.sigma is not None:
        kappa = "∞ (overflow)" if found.kappa is None else at_most(found.kappa, 4)
        floor = f"σ ≥ {at_least(found.sigma, 4)}, κ = 2B²/σ ≤ {kappa}"
    uncertain = f", of {found.above_tolerance} {lost} not certainly positive" if lost else ""
    return [
        f"N = {found.prompts} prompts, n = {found.sample_size} in S, m = {found.actions} actions, d = {found.dim}, "
        f"λ = {found.kl_coef:.4g}",
        f"B = {found.feature_bound:.4g}, ρ = ‖θ* − θ‖ = {found.radius:.4g}, M = 2Bρ/λ = {found.exponent:.4g}, "
        f"C = exp M = {_number(found.constant, absent='∞ (overflow)')}",
        f"V_S: rank {found.rank} of {found.dim} (eigenvalues above {found.rank_tolerance:.3g} times the largest"
        f"{uncertain}), from {first:.3g} down to {last:.3g}",
        f"certified: {floor}, ε = max ‖φ − Πφ‖ ≤ {at_most(found.epsilon, 4)}",
        f"gap in nats: population {found.population_gap:.4g}, sample {found.sample_gap:.4g}, "
        f"worst prompt {found.worst_gap:.4g}",
        f"decomposition: concentration {found.concentration:.3g} + optimisation {found.optimisation:.3g} + "
        f"generalisation {found.generalisation:.3g}",
    ]


def _hypotheses(found: Audit) -> Table:
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column()
    colours = {True: "green", False: "yellow", None: "dim"}
    for name, holds, why, status in found.hypotheses:
        grid.add_row(f"[{colours[holds]}]{status}[/]", f"{escape(name)}: [dim]{escape(why)}[/]")
    return grid


def _table(found: Audit) -> IdTable:
    table = IdTable("statement", "on", "actual", "bound", "ratio", "verdict", left=("on", "verdict"))
    for bound in found.bounds:
        verdict = f"[{_COLOUR[bound.verdict]}]{bound.verdict}[/]"
        absent = "∞" if bound.verdict == "infinite" else "-"
        numbers = (_number(bound.lhs), _number(bound.rhs, absent=absent), _number(bound.ratio, digits=2))
        table.add_row(bound.claim, bound.arrangement, *numbers, verdict)
    return table


def _trivial(found: Audit) -> list[str]:
    """Say what no gap exceeds, and the bounds on gaps that are larger; nothing where it overflows."""
    known = [(bound, bound.trivial) for bound in found.bounds if bound.trivial is not None]
    if not known:
        return []
    larger = [bound.claim for bound, most in known if bound.rhs is None or bound.rhs > most]
    most = f"no gap exceeds 2B‖θ* − θ‖ ≤ {at_most(known[0][1], 4)} (gap-range)"
    return [f"{most}, which is smaller than the bounds of {', '.join(larger)}" if larger else most]


def _reasons(found: Audit) -> dict[str, list[str]]:
    """Why rows are vacuous, undecided or infinite, each reason with the statements that share it."""
    reasons: dict[str, list[str]] = {}
    for bound in found.bounds:
        if bound.reason is not None:
            reasons.setdefault(f"{bound.verdict}, {bound.reason}", []).append(bound.claim)
    return reasons


def _number(x: float | None, *, digits: int = 4, absent: str = "-") -> str:
    return absent if x is None else f"{x:.{digits}g}"
