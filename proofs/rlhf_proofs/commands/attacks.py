"""Attacks on the numeric claims: campaigns, hunts, mutants, and the replay of what they stored."""

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from importlib.util import find_spec
from math import isfinite
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from rlhf_numeric import CLAIMS
from rlhf_numeric.attacks import mutate as mutation
from rlhf_numeric.attacks.campaign import BALL_ROWS, CampaignFileError, Finding, run_campaign, sources_digest
from rlhf_numeric.attacks.hunt import Quarry
from rlhf_numeric.attacks.hunt import hunt as hunt_down
from rlhf_numeric.attacks.mutants import UnknownMutantError, mutant
from rlhf_numeric.attacks.search import regenerate
from rlhf_numeric.attacks.throughput import joint_throughput
from rlhf_numeric.attacks.throughput import throughput as measure
from rlhf_numeric.evaluation.case_file import Case, CaseFileError, make_case, save_case
from rlhf_numeric.evaluation.case_file import replay as replay_case
from rlhf_numeric.evaluation.claim import Claim
from rlhf_numeric.evaluation.findings import InstanceSeed
from rlhf_numeric.evaluation.schemes import ROWS
from rlhf_numeric.evaluation.verdict import Verdict
from rlhf_numeric.parallel.workers import WorkerError, spread
from rlhf_proofs.completion import CLAIM_IDS
from rlhf_proofs.errors import CannotRunError, require_known
from rlhf_proofs.output import place, require_no_links
from rlhf_proofs.progress import bar
from rlhf_proofs.publish import plots as figures
from rlhf_proofs.records.outdated import without_reports
from rlhf_proofs.records.tightness import remember_tightness
from rlhf_proofs.resources import cache_directory, replace_text
from rlhf_proofs.tables import IdTable, print_table

__all__ = ["campaign", "hunt", "mutate", "register", "replay", "throughput"]

out = Console()
err = Console(stderr=True)

_Claims = Annotated[
    list[str] | None, typer.Option("--claim", help="Only this id; may be repeated.", autocompletion=CLAIM_IDS)
]
_Seed = Annotated[int, typer.Option(min=0, help="Seed; the result is a function of it.")]
_Workers = Annotated[int, typer.Option(min=1, help="Processes. Default: one for each core.")]
_Out = Annotated[Path | None, typer.Option(help="Folder for the results. Default: one in the cache.")]
_CORES = os.cpu_count() or 1
_VIOLATED = Verdict.VIOLATED.value
_CASES = ("worst", "counterexamples")  # folders of a campaign


def register(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    for command, example in _EXAMPLES.items():
        app.command(epilog=f"Example: rlhf-lemmas {example}")(command)


def campaign(
    instances: Annotated[
        int, typer.Option(min=1, help="Random instances; all claims are evaluated on each.")
    ] = 100_000,
    claim: _Claims = None,
    seed: _Seed = 0,
    ball_rows: Annotated[
        int, typer.Option(min=0, max=ROWS, help=f"Of {ROWS} instances, how many are settled in balls for each claim.")
    ] = BALL_ROWS,
    workers: _Workers = _CORES,
    ray: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Work on this Ray cluster; `local` starts one here.")
    ] = None,
    resume: Annotated[
        Path | None, typer.Option(help="File that keeps the progress. Default: one in the cache, removed at the end.")
    ] = None,
    out_dir: Annotated[
        Path | None, typer.Option("--out", help="Folder for the results. Default: one in the cache.")
    ] = None,
    plots: Annotated[Path | None, typer.Option(help="Folder for figures of the distribution of lhs/rhs.")] = None,
) -> None:
    """Test many claims on many random instances at once. Stop it at any time: the same command goes on."""
    claims = _chosen(claim)
    if ray is not None and find_spec("ray") is None:
        raise CannotRunError("--ray needs Ray: pip install 'rlhf-lemmas[ray]'")
    if plots is not None:
        figures.require_matplotlib()
        require_no_links(plots, [f"{name}.png" for name in (*(c.id for c in claims), "overview")])
    folder = out_dir or cache_directory() / "campaign"
    require_no_links(folder, ["campaign.json", *(f"{where}/{c.id}.json" for c in claims for where in _CASES)])
    kept = resume or _progress_file(claims, instances, seed, ball_rows)
    kept.parent.mkdir(parents=True, exist_ok=True)
    with _explained(), bar(err, f"the progress is kept in {kept}, and the same command goes on") as progress:
        found = run_campaign(
            claims, instances=instances, seed=seed, ball_rows=ball_rows, workers=workers, cluster=ray, resume=kept,
            progress=lambda done: progress("instances", done, instances),
        )  # fmt: skip
        progress("worst cases", instances, instances)
    print_table(out, _campaign_table(found))
    cases = _store_findings(found, folder)
    remember_tightness("campaign", {slug: _summary(finding) for slug, finding in found.items()})
    if resume is None:
        kept.unlink(missing_ok=True)
    if plots is not None:
        figures.plot_campaign(found, plots)
    refuted = [slug for slug, finding in found.items() if finding.tally.refuted_by is not None]
    for slug in refuted:
        out.print(f"{slug}: refuted; rlhf-lemmas replay {cases[slug]}", style="bold red", soft_wrap=True, markup=False)
    out.print(f"worst cases: {folder / 'worst'}", markup=False, soft_wrap=True)
    raise typer.Exit(1 if refuted else 0)


def hunt(
    claim: Annotated[
        list[str] | None,
        typer.Argument(metavar="[ID]...", help="Ids of claims. Default: all.", autocompletion=CLAIM_IDS),
    ] = None,
    seed: _Seed = 0,
    steps: Annotated[int, typer.Option(min=1, help="Steps of a population of 256 instances.")] = 2000,
    seconds: Annotated[
        float | None, typer.Option(min=0, help="Stop each hunt after this long; then time, not only the seed, matters.")
    ] = None,
    out_dir: Annotated[
        Path | None, typer.Option("--out", help="Folder for the results. Default: one in the cache.")
    ] = None,
) -> None:
    """Search for the largest lhs/rhs of claims, adversarially. Exits 1 if one is violated."""
    folder, hunted = out_dir or cache_directory() / "hunt", _chosen(claim)
    require_no_links(folder, [f"{chosen.id}.json" for chosen in hunted])
    verdicts = [_hunt_one(chosen, seed, steps, seconds, folder) for chosen in hunted]
    raise typer.Exit(1 if _VIOLATED in verdicts else 0)


def _hunt_one(claim: Claim, seed: int, steps: int, seconds: float | None, folder: Path) -> str | None:
    total = steps if seconds is None else 0
    lost = f"this hunt is lost, those that had ended are in {folder}; --seconds or fewer --steps end one earlier"
    with bar(err, lost) as progress:
        quarry = hunt_down(
            claim, seed=seed, steps=steps, seconds=seconds,
            progress=lambda done, best: progress(f"{claim.id}: best certified {best:.9f}", done, total or steps),
        )  # fmt: skip
    if quarry.case is None:
        out.print(f"{claim.id}: no instance has rhs > 0; nothing to hunt")
        return None
    path = place(folder, f"{claim.id}.json")
    _print_case(quarry.case)
    _save(quarry.case, path)
    remember_tightness("hunt", {claim.id: _quarry_summary(quarry, seed)})
    out.print(f"best of the random start {quarry.start:.9g}; rlhf-lemmas replay {path}", markup=False, soft_wrap=True)
    return quarry.case.verdict


def mutate(
    claim: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="Id of the claim. Default: all.", autocompletion=CLAIM_IDS)
    ] = None,
    seed: _Seed = 0,
    workers: _Workers = _CORES,
    out_dir: Annotated[
        Path | None, typer.Option("--out", help="Also write the report of each claim to this folder, as ID.json.")
    ] = None,
    outdated: Annotated[bool, typer.Option("--outdated", help="Only claims whose stored report is of others.")] = False,
) -> None:
    """Perturb each claim and demand a counterexample. Exits 1 if a mutant survives without a reason."""
    _require_hypothesis()
    claims = _chosen([claim] if claim else None)
    if outdated:
        claims = without_reports(claims)
    tasks = [(c.id, seed) for c in claims]
    reports = []
    stopped = "nothing was written; with --out the reports of claims that are done are"
    if out_dir is not None:
        require_no_links(out_dir, [f"{c.id}.json" for c in claims])
        out_dir.mkdir(parents=True, exist_ok=True)
        stopped = f"the reports of the claims that are done are in {out_dir}; the same command begins anew"
    with _explained(), bar(err, stopped) as progress:
        progress("mutants of", 0, len(tasks))
        for task, report in spread(mutation.mutate_by_id, tasks, workers=max(1, min(workers, len(tasks)))):
            reports.append(report)
            progress(f"mutants of {task[0]}", len(reports), len(tasks))
            if out_dir is not None:
                mutation.save_report(report, out_dir)
    reports.sort(key=lambda report: report.claim)
    print_table(out, _mutation_table(reports))
    for report in reports:
        for name, reason in report.survived.items():
            out.print(f"{report.claim}: survives: {name}: {reason}", markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(0 if all(mutation.is_explained(report) for report in reports) else 1)


def replay(
    file: Annotated[Path, typer.Argument(help="A case stored by campaign, hunt or mutate, or a report of mutate.")],
) -> None:
    """Evaluate a stored case again in ball arithmetic. Exits 1 if something else comes out."""
    try:
        cases = mutation.load_cases(file)
        results = [(case, *replay_case(case, _claim_of(case))) for case in cases]
    except (CaseFileError, UnknownMutantError) as error:
        raise CannotRunError(str(error)) from error
    for case, now, reproduced in results:
        _print_case(now)
        if not reproduced:
            was = f"{case.verdict}, lhs {case.lhs}, rhs {case.rhs}, comparison {case.index}"
            out.print(f"does not reproduce: stored as {was}", style="bold red", markup=False)
    raise typer.Exit(0 if all(reproduced for *_, reproduced in results) else 1)


def throughput(
    claim: _Claims = None,
    examples: Annotated[int, typer.Option(min=1, help="Examples that hypothesis tries, one at a time.")] = 100,
) -> None:
    """Measure instances per second, one at a time by hypothesis and in a campaign, in one process."""
    _require_hypothesis()
    claims = _chosen(claim)
    table = IdTable("claim", "hypothesis /s", "campaign /s", "ratio")
    with bar(err) as progress:
        rows = []
        for i, each in enumerate(claims):
            progress(each.id, i, len(claims))
            rows.append(measure(each, examples=examples))
        together = joint_throughput(claims)
    for row in rows:
        table.add_row(row.claim, f"{row.hypothesis:.0f}", f"{row.campaign:.0f}", f"{row.ratio:.0f}")
    print_table(out, table)
    separately = 1 / sum(1 / row.hypothesis for row in rows)
    out.print(
        f"all claims on the same instances: {together:.0f} instances a second, "
        f"{together / separately:.0f} times hypothesis"
    )


_EXAMPLES: dict[Callable[..., None], str] = {
    campaign: "campaign --instances 1000000 --plots figures",
    hunt: "hunt gradient-domination --seconds 30",
    mutate: "mutate gradient-domination",
    replay: "replay worst/variance-bound.json",
    throughput: "throughput --claim variance-bound",
}


def _chosen(ids: Sequence[str] | None) -> list[Claim]:
    require_known("numeric claim", ids or (), CLAIMS)
    return [claim for slug, claim in CLAIMS.items() if not ids or slug in ids]


@contextmanager
def _explained() -> Iterator[None]:
    """Turn what a person can act on into an error of the command line."""
    try:
        yield
    except (CampaignFileError, WorkerError, ConnectionError) as error:
        raise CannotRunError(str(error)) from error


def _progress_file(claims: Sequence[Claim], *numbers: int) -> Path:
    plan = json.dumps([[c.id for c in claims], *numbers, sources_digest()])
    return cache_directory() / f"campaign-{hashlib.sha256(plan.encode()).hexdigest()[:16]}.json"


def _require_hypothesis() -> None:
    try:
        import hypothesis  # noqa: F401
    except ImportError as error:
        raise CannotRunError("hypothesis is missing: pip install 'rlhf-lemmas[test]'") from error


def _claim_of(case: Case) -> Claim:
    (claim,) = _chosen([case.claim])
    return claim if case.mutant is None else replace(mutant(claim, case.mutant), id=claim.id)


def _save(case: Case, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    save_case(case, path)


def _store_findings(found: dict[str, Finding], folder: Path) -> dict[str, Path]:
    """Write everything to the folder; return the files of the counterexamples."""
    replace_text(folder / "campaign.json", json.dumps({k: asdict(v) for k, v in found.items()}, indent=1) + "\n")
    counterexamples = {}
    for slug, finding in found.items():
        tally = finding.tally
        if tally.worst_instance_seed is not None:
            _save(_drawn(slug, tally.worst_instance_seed), folder / "worst" / f"{slug}.json")
        if tally.refuted_by is not None:
            counterexamples[slug] = folder / "counterexamples" / f"{slug}.json"
            _save(_drawn(slug, tally.refuted_by.origin), counterexamples[slug])
    return counterexamples


def _drawn(slug: str, origin: InstanceSeed) -> Case:
    found_by = f"{origin.scheme}, seed {origin.seed}, chunk {origin.chunk}, row {origin.row}"
    return make_case(CLAIMS[slug], regenerate(origin, family=CLAIMS[slug].family), found_by=found_by)


def _summary(finding: Finding) -> dict[str, Any]:
    tally = finding.tally
    counts = ("instances", "vacuous", "equal", "undecided", "unsettled")
    return {name: getattr(tally, name) for name in (*counts, "worst_ratio", "worst_gap", "worst_instance_seed", "seed")}


def _quarry_summary(quarry: Quarry, seed: int) -> dict[str, Any]:
    assert quarry.case is not None
    case = quarry.case
    ratio = case.ratio if isfinite(case.ratio) else None
    figures = {"worst_ratio": ratio, "verdict": case.verdict, "steps": quarry.steps, "seed": seed}
    return figures | {"instance": case.instance}


def _print_case(case: Case) -> None:
    what = case.claim if case.mutant is None else f"{case.claim} with {case.mutant}"
    lhs, rhs = float.fromhex(case.lhs), float.fromhex(case.rhs)
    out.print(f"{what}: {case.verdict}", markup=False, highlight=False, soft_wrap=True)
    out.print(
        f"  lhs {lhs!r}, rhs {rhs!r}, lhs/rhs {case.ratio!r} (comparison {case.index})", highlight=False, soft_wrap=True
    )
    for name, values in case.instance.items():
        out.print(f"  {name} {_readable(values)}", markup=False, highlight=False, soft_wrap=True)


def _readable(values: Any) -> str:  # noqa: ANN401 - nested lists of hexadecimal floats
    if isinstance(values, str):
        return f"{float.fromhex(values):.9g}"
    return f"[{', '.join(map(_readable, values))}]"


def _campaign_table(found: dict[str, Finding]) -> IdTable:
    table = IdTable("claim", "tried", "vacuous", "equal", "undecided", "unsettled", "violated", "worst")
    for slug, finding in found.items():
        tally = finding.tally
        worst = "" if tally.worst_ratio is None else f"{tally.worst_ratio:.9f}"
        if tally.worst_gap is not None:
            worst = f"={tally.worst_gap:.0e}"
        undecided = tally.undecided - tally.equal - tally.unsettled
        counts = (tally.instances - tally.vacuous, tally.vacuous, tally.equal, undecided, tally.unsettled)
        table.add_row(slug, *map(str, (*counts, tally.violated)), worst)
    return table


def _mutation_table(reports: Sequence[mutation.MutationReport]) -> IdTable:
    table = IdTable("claim", "killed", "survived", "stillborn")
    for report in reports:
        table.add_row(report.claim, *(str(len(x)) for x in (report.killed, report.survived, report.stillborn)))
    totals = (sum(len(getattr(report, name)) for report in reports) for name in ("killed", "survived", "stillborn"))
    table.add_row("all", *map(str, totals))
    return table
