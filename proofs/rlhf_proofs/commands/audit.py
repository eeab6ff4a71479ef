"""``rlhf-lemmas audit``: the theory on a user's own features."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from rlhf_numeric import Audit
from rlhf_numeric.audit_file import read_audit_data
from rlhf_proofs.errors import CannotRunError
from rlhf_proofs.output import require_named, write_named
from rlhf_proofs.tables import IdTable

__all__ = ["audit"]

_DATA = (
    "Arrays features (N,m,d), ref_probs (N,m), theta_star (d,), theta (d,), kl_coef (); maybe weights (N,) and "
    "sample (n,), the indices of the prompts of S."
)
_TOLERANCE = (
    "Eigenvalues of V_S up to this share of the largest count as 0. Default: max(nm, d) times 2^-52. A larger one "
    "trades a smaller κ for a larger ε."
)
_LEGEND = (
    "sample: on S. population: on all prompts, weights D. covered: S against all prompts, with σ and ε as above.",
    "undecided: the sides are closer than rounding, or the bound is too large for a float.",
)
_COLOUR = {"holds": "green", "equal": "green", "violated": "bold red", "undecided": "yellow", "vacuous": "magenta"}


def audit(
    data: Annotated[Path, typer.Argument(metavar="DATA.npz", help=_DATA)],
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the audit to this file, too.")] = None,
    rank_tol: Annotated[float | None, typer.Option(min=0, max=1, help=_TOLERANCE)] = None,
) -> None:
    """Audit your own features: the constants, which hypotheses hold, and every bound beside the truth.

    Prints B, M, the spectrum of V_S, κ and ε. Exits 1 if a bound is violated.
    """
    out, err = Console(), Console(stderr=True)
    if json_file is not None and not json_file.absolute().parent.is_dir():
        raise typer.BadParameter(f"no folder {json_file.absolute().parent} to write {json_file.name} to")
    if json_file is not None:
        require_named(json_file)
    with err.status("evaluating every bound"):
        found = _audited(data, rank_tol)
    if json_file is not None:
        encoded = json.dumps(found.as_json(), indent=1, ensure_ascii=False, allow_nan=False)
        write_named(json_file, encoded + "\n")
    _print(out, found)
    raise typer.Exit(1 if any(bound.verdict == "violated" for bound in found.bounds) else 0)


def _audited(path: Path, rank_tolerance: float | None) -> Audit:
    try:
        return read_audit_data(path).audit(rank_tolerance=rank_tolerance)
    except OSError as error:
        raise CannotRunError(f"cannot read {path}: {error.strerror or error}") from error
    except (TypeError, ValueError) as error:
        raise CannotRunError(str(error)) from error


def _print(out: Console, found: Audit) -> None:
    for text in _lines(found):
        out.print(text, markup=False, highlight=False)
    out.print()
    for name, holds, why in found.hypotheses:
        mark = {True: "[green]yes[/]", False: "[yellow]no [/]", None: "[dim]?  [/]"}[holds]
        out.print(f"{mark} {escape(name)}: [dim]{escape(why)}[/]", highlight=False)
    out.print(_table(found))
    for text in _LEGEND:
        out.print(text, style="dim", markup=False, highlight=False)
    unmapped = [slug for slug, why in found.not_evaluated.items() if why.startswith("no arrangement")]
    rest = len(found.not_evaluated) - len(unmapped)
    text = f"Not evaluated: {rest} statements: identities, not about the data, or sums over all samples or draws"
    out.print(text + (f"; and {', '.join(unmapped)}." if unmapped else "."), style="dim", markup=False)


def _lines(found: Audit) -> list[str]:
    first, last = found.spectrum[0], found.spectrum[found.rank - 1] if found.rank else 0.0
    return [
        f"N = {found.prompts} prompts, n = {found.sample_size} in S, m = {found.actions} actions, d = {found.dim}, "
        f"λ = {found.kl_coef:.4g}",
        f"B = {found.feature_bound:.4g}, ρ = ‖θ* − θ‖ = {found.radius:.4g}, M = 2Bρ/λ = {found.exponent:.4g}, "
        f"C = exp M = {_number(found.constant)}",
        f"V_S: rank {found.rank} of {found.dim} (eigenvalues above {found.rank_tolerance:.3g} times the largest), "
        f"from {first:.3g} down to σ = {last:.3g}",
        f"κ = 2B²/σ = {_number(found.kappa)}, ε = max ‖φ − Pφ‖ = {found.epsilon:.3g}, "
        f"‖∇J_S(θ)‖ = {found.gradient_norm:.3g}",
        f"gap in nats: population {found.population_gap:.4g}, sample {found.sample_gap:.4g}, "
        f"worst prompt {found.worst_gap:.4g}",
        f"decomposition: concentration {found.concentration:.3g} + optimisation {found.optimisation:.3g} + "
        f"generalisation {found.generalisation:.3g}",
    ]


def _table(found: Audit) -> IdTable:
    table = IdTable("statement", "on", "actual", "bound", "actual/bound", "verdict", left=("on", "verdict"))
    for bound in found.bounds:
        verdict = f"[{_COLOUR[bound.verdict]}]{bound.verdict}[/]"
        numbers = (_number(bound.lhs), _number(bound.rhs), _number(bound.ratio, digits=2))
        table.add_row(bound.claim, bound.arrangement, *numbers, verdict)
    return table


def _number(x: float | None, *, digits: int = 4) -> str:
    return "-" if x is None else f"{x:.{digits}g}"
