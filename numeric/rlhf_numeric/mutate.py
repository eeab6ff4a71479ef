"""Mutation test of the claims: a stored counterexample refutes each mutant, or a computed reason says why not.

Mutants of one claim are tried together on the same random instances; those that survive are hunted. A counterexample is
then looked for once more among instances of small integers, where hypothesis shrinks it to what a person can check.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from rlhf_numeric._arithmetic import balls
from rlhf_numeric.campaign import draw
from rlhf_numeric.claim import Claim
from rlhf_numeric.claims import CLAIMS
from rlhf_numeric.hunt import hunt
from rlhf_numeric.instance import Instance
from rlhf_numeric.instances import random_instances
from rlhf_numeric.joint import decide_together
from rlhf_numeric.mutants import mutant, names_of_mutants
from rlhf_numeric.simple import find_simple
from rlhf_numeric.stored import Case, CaseFileError, case_from, instance_of, load_case, make_case
from rlhf_numeric.tally import InstanceSeed, Tally, merge, tally_of
from rlhf_numeric.verdict import Verdict

CHUNKS = 4
_SHAPES = ((2, 3, 2), (1, 2, 1), (3, 4, 3))
HUNT_STEPS = 140
_BALL_ROWS = 32
_FORMAT = "rlhf-lemmas mutants 1"
_VIOLATED = Verdict.VIOLATED.value


@dataclass(frozen=True)
class MutationReport:
    """What became of the mutants of one claim.

    Attributes
    ----------
    claim
        Id.
    killed
        A counterexample for each refuted mutant.
    survived
        Reason by name, computed, for each mutant that is not refuted.
    stillborn
        Mutants that do not evaluate to two sides of the shape of the claim's: not statements, hence not counted.
    """

    claim: str
    killed: tuple[Case, ...]
    survived: Mapping[str, str]
    stillborn: tuple[str, ...]


def mutate(claim: Claim, /, *, seed: int = 0) -> MutationReport:
    """Try to refute every mutant of a claim; a function of the sources and the seed.

    Raises
    ------
    ImportError
        If hypothesis, which shrinks the counterexamples, is not installed.

    Examples
    --------
    >>> from rlhf_numeric import CLAIMS
    >>> report = mutate(CLAIMS["kl-nonneg"])
    >>> [case.mutant for case in report.killed], report.survived["rhs × 0.5"]
    (['reversed'], 'not tight: largest lhs/rhs 0 on 2048 instances and by 140 steps of hunt')
    """
    built = {name: replace(mutant(claim, name), id=name) for name in names_of_mutants(claim)}
    alive = {name: other for name, other in built.items() if _is_statement(claim, other)}
    tallies, same = _sampled(claim, list(alive.values()), seed)
    killed, survived = [], {}
    for name, other in alive.items():
        tally = tallies[name]
        hunted = None if tally.refuted_by or same[name] else hunt(other, seed=seed, steps=HUNT_STEPS).case
        found = _counterexample(other, tally, hunted, seed)
        if found is None:
            survived[name] = _reason(other, tally, hunted, same=same[name])
        else:
            killed.append(make_case(replace(other, id=claim.id), found[0], found_by=found[1], mutant=name))
    stillborn = tuple(name for name in built if name not in alive)
    return MutationReport(claim.id, tuple(killed), survived, stillborn)


def mutate_by_id(task: tuple[str, int], /) -> MutationReport:
    """`mutate` of the claim of an id with a seed, for a process of its own."""
    slug, seed = task
    return mutate(CLAIMS[slug], seed=seed)


def save_report(report: MutationReport, folder: Path, /) -> Path:
    """Write a report to ``folder/ID.json``."""
    path = folder / f"{report.claim}.json"
    body: dict[str, Any] = {"format": _FORMAT, "claim": report.claim, "killed": [asdict(c) for c in report.killed]}
    body |= {"survived": dict(report.survived), "stillborn": list(report.stillborn)}
    path.write_text(_compact(json.dumps(body, indent=1, ensure_ascii=False)) + "\n", encoding="utf-8")
    return path


def stored_reports() -> dict[str, MutationReport]:
    """Return the reports that ship with the package, by claim.

    Raises
    ------
    CaseFileError
        If one of them is damaged.
    """
    folder = files("rlhf_numeric") / "counterexamples"
    if not folder.is_dir():
        return {}
    texts = {f.name: f.read_text(encoding="utf-8") for f in folder.iterdir() if f.name.endswith(".json")}
    reports = (_report(json.loads(texts[name]), name) for name in sorted(texts))
    return {report.claim: report for report in reports}


def load_cases(path: Path, /) -> tuple[Case, ...]:
    """Read the case of a file, or all those of a report of `mutate`.

    Raises
    ------
    CaseFileError
        If the file cannot be read or holds something else.
    """
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CaseFileError(f"{path}: cannot be read as JSON: {error}") from error
    if isinstance(raw, dict) and raw.get("format") == _FORMAT:
        return _report(raw, str(path)).killed
    return (load_case(path),)


def is_explained(report: MutationReport, /) -> bool:
    """Whether every survivor is equivalent, or true as well; not so where nothing could be decided or tried."""
    return not any(reason.startswith(("undefined", "vacuous")) for reason in report.survived.values())


def _report(raw: dict[str, Any], where: str) -> MutationReport:
    if raw.get("format") != _FORMAT:
        raise CaseFileError(f"{where}: expected a report of mutate")
    killed = tuple(case_from(case, where) for case in raw["killed"])
    return MutationReport(raw["claim"], killed, raw["survived"], tuple(raw["stillborn"]))


def _is_statement(claim: Claim, other: Claim) -> bool:
    """Whether the sides of a mutant evaluate, in floats and in balls, to the shape of those of the claim."""
    rng = np.random.default_rng(0)
    for shape in _SHAPES:
        batch = random_instances(rng, batch=5, shape=shape)
        try:
            with np.errstate(all="ignore"):
                shapes = [np.broadcast_shapes(*(np.shape(x) for x in c.sides(batch))) for c in (claim, other)]
                other.sides(batch.enclosed(balls))
        except (TypeError, ValueError, AttributeError, IndexError, ZeroDivisionError):
            return False
        if shapes[0] != shapes[1]:
            return False
    return True


def _sampled(claim: Claim, others: list[Claim], seed: int) -> tuple[dict[str, Tally], dict[str, bool]]:
    """Tallies of mutants on a few chunks, and whether a mutant's sides were those of the claim everywhere."""
    tallies: dict[str, Tally] = {}
    same = dict.fromkeys((other.id for other in others), True)
    for chunk in range(CHUNKS):
        original, *decisions = decide_together([claim, *others], draw(seed, chunk), ball_rows=_BALL_ROWS)
        for other, decision in zip(others, decisions, strict=True):
            part = tally_of(other, decision, InstanceSeed(seed, chunk, 0))
            tallies[other.id] = merge(tallies[other.id], part) if other.id in tallies else part
            sides = ((original.lhs, decision.lhs), (original.rhs, decision.rhs), (original.code, decision.code))
            same[other.id] &= all(np.array_equal(x, y, equal_nan=True) for x, y in sides)
    return tallies, same


def _counterexample(other: Claim, tally: Tally, hunted: Case | None, seed: int) -> tuple[Instance, str] | None:
    if tally.refuted_by is not None:
        origin = tally.refuted_by.origin
        known = draw(origin.seed, origin.chunk).take(np.array([origin.row])), f"random search, {tuple(origin)}"
    elif hunted is not None and hunted.verdict == _VIOLATED:
        known = instance_of(hunted), hunted.found_by
    else:
        return None
    simple = find_simple(other, seed=seed)
    if simple is not None and make_case(other, simple, found_by="").verdict == _VIOLATED:
        return simple, "hypothesis, shrunk"
    return known


def _reason(other: Claim, tally: Tally, hunted: Case | None, *, same: bool) -> str:
    tried = tally.instances - tally.vacuous
    if not tried:
        return f"vacuous: none of {tally.instances} instances satisfies the hypotheses"
    if same:
        return f"equivalent: both sides are those of the claim on all of {tally.instances} instances"
    if tally.undecided - tally.unsettled > tally.equal or tally.unsettled == tried:
        return f"undefined: {tally.undecided - tally.equal} of {tried} instances could not be decided"
    if other.kind == "identity":
        return f"still an identity on all of {tried} instances, {tally.equal} with both sides 0"
    found = (tally.worst_ratio, None if hunted is None else hunted.ratio)
    ratios = [ratio for ratio in found if ratio is not None and np.isfinite(ratio)]
    if not ratios:
        return f"weaker: lhs ≤ rhs on all of {tried} instances, and rhs is never positive"
    return f"not tight: largest lhs/rhs {_shown(max(ratios))} on {tried} instances and by {HUNT_STEPS} steps of hunt"


def _shown(ratio: float) -> str:
    return f"{ratio:.6g}" if ratio < 0.99999 or ratio == 1 else f"1 − {1 - ratio:.0e}"


def _compact(text: str) -> str:
    """Put innermost lists on one line."""
    return re.sub(
        r"\[[^\[\]{}]*\]", lambda found: re.sub(r"\s+", " ", found[0]).replace("[ ", "[").replace(" ]", "]"), text
    )
