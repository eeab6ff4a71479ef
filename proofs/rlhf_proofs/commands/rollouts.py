"""What ``rlhf-lemmas audit`` does with rollouts: options, output, files."""

import json
from pathlib import Path
from typing import Annotated, NamedTuple, TypeAlias

import typer
from rich.console import Console

from rlhf_numeric.audit.certificate import at_most
from rlhf_numeric.rollouts.figure import FORMATS, NAMES, draw, encoded
from rlhf_numeric.rollouts.file import read_rollouts
from rlhf_numeric.rollouts.report import RolloutAudit, Settings, audit_rollouts
from rlhf_proofs.errors import CannotRunError
from rlhf_proofs.output import require_new, write_named
from rlhf_proofs.progress import Progress, bar
from rlhf_proofs.publish.plots import require_matplotlib
from rlhf_proofs.tables import IdTable

__all__ = ["RolloutOptions", "audit_file"]

_PANEL = "Rollouts: "
KlCoef: TypeAlias = Annotated[float | None, typer.Option(help=f"{_PANEL}λ > 0, rewards per nat. Needed.")]
Delta: TypeAlias = Annotated[float | None, typer.Option(help=f"{_PANEL}how often the bound may fail. Default 0.05.")]
Threshold: TypeAlias = Annotated[
    float | None, typer.Option(help=f"{_PANEL}τ ≥ 0 at which ℓ is clipped. Default: the best for them, an estimate.")
]
RewardRange: TypeAlias = Annotated[
    tuple[float, float] | None, typer.Option(help=f"{_PANEL}least and largest reward there can be. Default: theirs.")
]
Coverage: TypeAlias = Annotated[
    float | None, typer.Option(help=f"{_PANEL}𝒞 = √(1 + χ²) of the policy against the training data of the reward.")
]
RewardError: TypeAlias = Annotated[
    float | None, typer.Option(help=f"{_PANEL}mean squared error of the reward on the law of its training data.")
]
ClipBias: TypeAlias = Annotated[
    float | None, typer.Option(help=f"{_PANEL}a bound on E(|ℓ| − τ)₊. Default: their mean, an estimate.")
]
CostPrompt: TypeAlias = Annotated[
    float | None, typer.Option(help=f"{_PANEL}cost of a prompt beside its rollouts. Default 1.")
]
CostRollout: TypeAlias = Annotated[float | None, typer.Option(help=f"{_PANEL}cost of a rollout. Default 1.")]
Step: TypeAlias = Annotated[int | None, typer.Option(help=f"{_PANEL}which step of the training. Default: the last.")]
Figure: TypeAlias = Annotated[
    Path | None, typer.Option(help=f"{_PANEL}write a figure to this file, {', '.join(FORMATS)} by its name.")
]
_COLOUR = {"certified": "green", "given": "green", "estimated": "yellow", "unknown": "magenta"}


class RolloutOptions(NamedTuple):
    """Options that rollouts have and features have not; None where one was not given."""

    kl_coef: float | None
    delta: float | None
    threshold: float | None
    reward_range: tuple[float, float] | None
    coverage: float | None
    reward_error: float | None
    clip_bias: float | None
    cost_prompt: float | None
    cost_rollout: float | None
    step: int | None
    figure: Path | None

    def names(self) -> list[str]:
        """Return the names of those that were given."""
        return ["--" + name.replace("_", "-") for name, value in self._asdict().items() if value is not None]

    def settings(self) -> Settings:
        """Return what an audit of rollouts takes, with its defaults.

        Raises
        ------
        CannotRunError
            If λ is missing.
        """
        if self.kl_coef is None:
            raise CannotRunError("rollouts need --kl-coef, the λ in r − λ·log(π/π_ref), in rewards per nat")
        given = {name: value for name in Settings._fields if (value := getattr(self, name)) is not None}
        return Settings(**given)


def audit_file(out: Console, err: Console, data: Path, json_file: Path | None, options: RolloutOptions) -> None:
    """Audit rollouts, write what was asked for, and print the audit.

    Raises
    ------
    CannotRunError
        If the data cannot be used, or a file would be overwritten; nothing is written then.
    """
    _require_files(json_file, options.figure)
    with bar(err) as progress:
        found = _audited(data, options, progress)
        picture = None if options.figure is None else encoded(draw(found), options.figure.suffix[1:].lower())
    if json_file is not None:
        write_named(json_file, json.dumps(found.as_json(), indent=1, ensure_ascii=False, allow_nan=False) + "\n")
    if options.figure is not None and picture is not None:
        write_named(options.figure, picture)
    _print(out, found, was_asked_for=options.step is not None)


def _require_files(json_file: Path | None, figure: Path | None) -> None:
    if figure is not None:
        if figure.suffix[1:].lower() not in FORMATS:
            raise CannotRunError(f"{figure}: expected a name that ends in .{', .'.join(FORMATS)}")
        if json_file is not None and json_file.absolute() == figure.absolute():
            raise CannotRunError(f"{figure}: expected two files for --json and --figure")
        require_matplotlib()
    for path in (json_file, figure):
        if path is not None:
            require_new(path)


def _audited(path: Path, options: RolloutOptions, progress: Progress) -> RolloutAudit:
    settings = options.settings()
    try:
        progress("reading", 0, 2)
        data = read_rollouts(path, step=options.step)
        progress("evaluating", 1, 2)
        return audit_rollouts(data, settings)
    except OSError as error:
        raise CannotRunError(f"cannot read {path}: {error.strerror or error}") from error
    except MemoryError as error:
        raise CannotRunError(f"{path.name}: not enough memory for {error}") from error
    except (TypeError, ValueError, ModuleNotFoundError) as error:
        raise CannotRunError(str(error)) from error


def _print(out: Console, found: RolloutAudit, *, was_asked_for: bool) -> None:
    for text in _head(found, was_asked_for=was_asked_for):
        out.print(text, markup=False, highlight=False)
    out.print(_table(found))
    for text in _reasons(found):
        out.print(text, style="dim", markup=False, highlight=False)
    out.print()
    for text in (_conclusion(found), *_choices(found)):
        out.print(text, markup=False, highlight=False)
    for text in _remarks(found):
        out.print(text, style="dim", markup=False, highlight=False)


def _head(found: RolloutAudit, *, was_asked_for: bool) -> list[str]:
    one, kl = found.certificate, found.divergence
    step = "" if found.step is None else f"; step {found.step}{'' if was_asked_for else ', the last'}"
    size = f"n = {one.prompts} prompts, K = {one.rollouts} rollouts each"
    low, high = one.reward_range
    k3 = "∞ (overflow)" if kl.k3 is None else f"{kl.k3:.4g}"
    origin = "the best for these rollouts" if one.threshold_chosen else "as given"
    return [
        f"{size}, λ = {one.kl_coef:.4g}, δ = {one.delta:.4g}{step}",
        f"rewards in [{low:.4g}, {high:.4g}], w = hi − lo + 2λτ = {one.value_range:.4g}",
        f"KL(π‖π_ref) in nats, from ℓ = log(π/π_ref): k1 {kl.k1:.4g}, k2 {kl.k2:.4g}, k3 {k3}; largest |ℓ| "
        f"{kl.largest:.4g}",
        f"τ = {one.threshold:.4g}, {origin}: cuts off {kl.share_cut_off:.1%} of the rollouts; "
        f"clipped {kl.clipped:.4g}, bias {kl.bias:.4g}, b(τ) = {kl.bias_bound:.4g}",
        f"Ĵ = {one.estimate:.4g}, the mean of r̂ − λ·clip_τ ℓ",
    ]


def _table(found: RolloutAudit) -> IdTable:
    table = IdTable("term", "at most", "status", left=("status",))
    for name, term in found.certificate.terms.items():
        value = "-" if term.value is None else at_most(term.value, 4)
        table.add_row(NAMES[name], value, f"[{_COLOUR[term.status]}]{term.status}[/]")
    return table


def _reasons(found: RolloutAudit) -> list[str]:
    return [f"{NAMES[name]}: {term.status}, {term.because}" for name, term in found.certificate.terms.items()]


def _conclusion(found: RolloutAudit) -> str:
    one = found.certificate
    largest = f"the largest term is {NAMES[one.dominant]}"
    if one.total is None:
        known = f"the known terms are {at_most(one.known, 4)} together; {largest} of these"
        return f"no bound on |Ĵ − J*| without --coverage and --reward-error; {known}"
    if one.certified:
        return f"|Ĵ − J*| ≤ {at_most(one.total, 4)} with probability at least {1 - one.delta:.4g}; {largest}"
    return f"|Ĵ − J*| ≤ {at_most(one.total, 4)} if the estimates are right, which no theorem says; {largest}"


def _choices(found: RolloutAudit) -> list[str]:
    best, budget, one = found.best_threshold, found.budget, found.certificate
    both = best.sampling + best.clipping
    costs = f"costs {budget.cost_prompt:.4g} a prompt, {budget.cost_rollout:.4g} a rollout"
    bound = f"{budget.for_bound} for the sampling term"
    if budget.for_variance is None:
        return [_best_threshold(best.threshold, both), f"best K: {bound} ({costs}); for the variance: {budget.because}"]
    spread = f"σ_p² = {budget.var_prompt:.3g}, σ_r² = {budget.var_rollout:.3g}, both estimated"
    return [
        _best_threshold(best.threshold, both),
        f"best K: {budget.for_variance} for the variance of Ĵ ({spread}), {bound}; here K = {one.rollouts} ({costs})",
    ]


def _best_threshold(threshold: float, both: float) -> str:
    together = f"where sampling and clipping are {at_most(both, 4)} together"
    return f"best τ: {threshold:.4g}, {together}; an estimate, for new rollouts"


def _remarks(found: RolloutAudit) -> list[str]:
    said = [
        "The theorem: π, τ and r̂ do not depend on these rollouts; prompts independent, rollouts independent at each."
    ]
    one = found.certificate
    if one.sampling.value is not None and one.sampling.value >= one.value_range > 0:
        said.append(f"The sampling term says nothing: Ĵ is anyway within w = {one.value_range:.4g} of its mean.")
    if one.reward_shift.value is None and found.coverage_estimate is not None:
        said.append(
            f"𝒞 ≈ {found.coverage_estimate:.3g} for a reward trained on answers of π_ref to such prompts: √(mean "
            "exp ℓ), which a few rollouts decide; it is not used."
        )
    if found.unread:
        said.append(f"not read: {', '.join(found.unread)}")
    return said
