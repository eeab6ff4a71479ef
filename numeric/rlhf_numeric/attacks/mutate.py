"""Mutation test of the claims: a stored counterexample refutes each mutant, or a computed reason says why not.

Mutants of one claim are tried together on the same random instances; those that survive are hunted, where they differ
from the claim and unless the claim implies them, and tried on a few instances made by hand. A counterexample is then
looked for once more among instances of small integers, where hypothesis shrinks it to what a person can check; if there
is none, its numbers are rounded.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from rlhf_numeric.arithmetic.kinds import Array, balls
from rlhf_numeric.attacks.campaign import draw
from rlhf_numeric.attacks.hunt import hunt
from rlhf_numeric.attacks.mutant_relation import Relation, relation_of, where_changed
from rlhf_numeric.attacks.mutants import mutant, names_of_mutants
from rlhf_numeric.attacks.search import regenerate
from rlhf_numeric.attacks.shrink import find_simple, is_false_at, rounded
from rlhf_numeric.claims import CLAIMS
from rlhf_numeric.evaluation.case_file import (
    Case,
    CaseFileError,
    case_from,
    case_of_file,
    instance_of,
    make_case,
    read_json,
)
from rlhf_numeric.evaluation.case_json import record, schema_of, violation
from rlhf_numeric.evaluation.claim import Claim
from rlhf_numeric.evaluation.decide_together import decide_together
from rlhf_numeric.evaluation.findings import InstanceSeed, Tally, merge, tally_of
from rlhf_numeric.evaluation.record import R
from rlhf_numeric.evaluation.verdict import Verdict
from rlhf_numeric.files import replace_file
from rlhf_numeric.model.sharing import sharing

CHUNKS, ROWS = 16, 128  # many shapes: a mutant may differ only where there are three features, say
HUNT_STEPS = 70
HARDER_STEPS = (210, 210)  # of further hunts with other seeds, where lhs/rhs comes near 1
NEAR = 0.6
_BALL_ROWS = 1  # of each chunk and mutant
_EXAMPLES = 80
_FORMAT = "rlhf-lemmas mutants 1"
_VIOLATED = Verdict.VIOLATED.value
_SHRUNK = "hypothesis, shrunk"


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
        Mutants that do not evaluate to two sides of the shape of the claim's, or of which a comparison is never between
        numbers: not statements, hence not counted.
    """

    claim: str
    killed: tuple[Case, ...]
    survived: Mapping[str, str]
    stillborn: tuple[str, ...]


_REPORT = record(format={"const": _FORMAT}, **schema_of(MutationReport)["properties"])


def mutate(claim: Claim[R], /, *, seed: int = 0) -> MutationReport:
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
    (['reversed'], 'not tight: largest lhs/rhs 0 on 2048 instances and by 70 steps of hunt')
    """
    built = {name: replace(mutant(claim, name), id=name) for name in names_of_mutants(claim)}
    alive = {name: where_changed(claim, other) for name, other in built.items() if _is_statement(claim, other, seed)}
    tallies, relations = _sampled(claim, {name: (built[name], alive[name]) for name in alive}, seed)
    killed, survived, pool = [], dict[str, str](), list[R]()
    for name, other in alive.items():
        tally, relation = tallies[name], relations[name]
        settled = tally.refuted_by is not None or relation.same or relation.implied
        hunted = _Hunted(None, 0) if settled else _hunted(other, seed)
        found = _counterexample(other, tally, hunted.case, pool, seed)
        if found is None:
            survived[name] = _reason(other, tally, hunted, relation)
        else:
            killed.append(make_case(replace(built[name], id=claim.id), found[0], found_by=found[1], mutant=name))
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
    replace_file(path, _compact(json.dumps(body, indent=1, ensure_ascii=False)) + "\n")
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
    shipped = sorted(f.name for f in folder.iterdir() if f.name.endswith(".json"))
    reports = (_report(read_json(Path(str(folder / name))), name) for name in shipped)
    return {report.claim: report for report in reports}


def load_cases(path: Path, /) -> tuple[Case, ...]:
    """Read the case of a file, or all those of a report of `mutate`.

    Raises
    ------
    CaseFileError
        If the file cannot be read or holds something else.
    """
    raw = read_json(path)
    if isinstance(raw, dict) and raw.get("format") == _FORMAT:
        return _report(raw, str(path)).killed
    return (case_of_file(raw, path),)


def is_explained(report: MutationReport, /) -> bool:
    """Whether every survivor is equivalent, or true as well; not so where nothing could be decided or tried."""
    return not any(reason.startswith(("undefined", "vacuous")) for reason in report.survived.values())


def _report(raw: Any, where: str) -> MutationReport:  # noqa: ANN401 - JSON
    if (problem := violation(raw, _REPORT)) is not None:
        raise CaseFileError(f"{where}: expected a report of mutate, got {problem}; make it anew: rlhf-lemmas mutate")
    killed = tuple(case_from(case, where) for case in raw["killed"])
    return MutationReport(raw["claim"], killed, raw["survived"], tuple(raw["stillborn"]))


def _is_statement(claim: Claim[R], other: Claim[R], seed: int) -> bool:
    """Whether the sides of a mutant evaluate, in floats and in balls, to numbers where those of the claim do."""
    rng = np.random.default_rng(0)
    try:
        with np.errstate(all="ignore"):
            for setting in claim.family.small:
                batch = claim.family.draw(rng, 20, setting)
                lhs, rhs = np.broadcast_arrays(*claim.sides(batch))
                left, right = np.broadcast_arrays(*other.sides(batch))
                if left.shape != lhs.shape or (_ever_numbers(lhs, rhs) & ~_ever_numbers(left, right)).any():
                    return False
                other.sides(batch.take(np.arange(5)).enclosed(balls))
            for chunk in range(CHUNKS):  # a parameter that is not a number is refused
                other.sides(draw(seed, chunk, rows=ROWS, family=claim.family))
    except (TypeError, ValueError, AttributeError, IndexError, ZeroDivisionError):
        return False
    return True


def _ever_numbers(lhs: Array, rhs: Array) -> Array:
    """Mask of the comparisons of which both sides are finite in some row."""
    return np.asarray((np.isfinite(lhs) & np.isfinite(rhs)).any(0))


class _Hunted(NamedTuple):
    """The best case of the hunts of a mutant, and how many steps they made."""

    case: Case | None
    steps: int


def _sampled(
    claim: Claim[R], others: Mapping[str, tuple[Claim[R], Claim[R]]], seed: int
) -> tuple[dict[str, Tally], dict[str, Relation]]:
    """Tallies of mutants, each whole and where it is changed, on chunks up to one that refutes it; their relations."""
    tallies: dict[str, Tally] = {}
    relations = dict.fromkeys(others, Relation(same=True, implied=claim.kind == "inequality", outside=(0, 0, 0)))
    for chunk in range(CHUNKS):
        alive = [name for name in others if chunk == 0 or tallies[name].refuted_by is None]
        instance = draw(seed, chunk, rows=ROWS, family=claim.family)
        decisions = (
            decide_together([others[name][1] for name in alive], instance, ball_rows=_BALL_ROWS) if alive else []
        )
        with sharing(instance), np.errstate(all="ignore"):
            sides, assumed = claim.sides(instance), claim.applicable(instance)
            for name, decision in zip(alive, decisions, strict=True):
                part = tally_of(others[name][1], decision, instance, InstanceSeed(seed, chunk, 0, "campaign"))
                tallies[name] = merge(tallies[name], part) if chunk else part
                relation = relation_of(sides, assumed, others[name][0], instance, decision)
                relations[name] = relations[name].both(relation)
    return tallies, relations


def _hunted(other: Claim[R], seed: int) -> _Hunted:
    """Hunt once; again with other seeds where lhs/rhs comes near 1 without a violation."""
    best, made = None, 0
    for i, steps in enumerate((HUNT_STEPS, *HARDER_STEPS)):
        quarry = hunt(other, seed=seed + i, steps=steps, large=False)
        made += quarry.steps
        case = quarry.case
        if case is not None and (best is None or case.verdict == _VIOLATED or case.ratio > best.ratio):
            best = case
        if best is None or best.verdict == _VIOLATED or other.kind == "identity" or not best.ratio > NEAR:
            break
    return _Hunted(best, made)


def _counterexample(
    other: Claim[R], tally: Tally, hunted: Case | None, pool: list[R], seed: int
) -> tuple[R, str] | None:
    """Return the simplest counterexample at hand; ``pool`` holds those of other mutants of the claim, and grows."""
    if tally.refuted_by is not None:
        origin = tally.refuted_by.origin
        known = regenerate(origin, family=other.family), f"random search, {tuple(origin[:3])}"
    elif hunted is not None and hunted.verdict == _VIOLATED:
        known = instance_of(hunted, family=other.family).flattened(), hunted.found_by
    else:
        probes = other.family.handmade().items()
        return next(((probe, f"by hand, {name}") for name, probe in probes if is_false_at(other, probe)), None)
    for simple in pool:
        if is_false_at(other, simple):
            return simple, f"{_SHRUNK} for another mutant"
    found = find_simple(other, seed=seed, examples=_EXAMPLES)
    if found is None:
        return rounded(other, known[0].take(np.array(0))), f"{known[1]}, rounded"
    pool.append(found)
    return found, _SHRUNK


def _reason(other: Claim[R], tally: Tally, hunted: _Hunted, relation: Relation) -> str:
    tried = tally.instances - tally.vacuous
    if not tried:
        return f"vacuous: none of {tally.instances} instances satisfies the hypotheses"
    if relation.same:
        return f"equivalent: both sides are those of the claim on all of {tally.instances} instances"
    if any(relation.outside):
        counts = "holds on {}, has an undefined side on {}, open on {}".format(*relation.outside)
        return f"outside the hypotheses: {counts} of {sum(relation.outside)} instances"
    if tally.undecided - tally.unsettled > tally.equal or tally.unsettled == tried:
        return f"undefined: {tally.undecided - tally.equal} of {tried} instances could not be decided"
    if other.kind == "identity":
        return f"still an identity on all of {tried} instances, {tally.equal} with both sides 0"
    if relation.implied:
        return f"weaker: the claim implies it on all of {tally.instances} instances"
    found = (tally.worst_ratio, None if hunted.case is None else hunted.case.ratio)
    ratios = [ratio for ratio in found if ratio is not None and np.isfinite(ratio)]
    if not ratios:
        return f"no ratio: lhs ≤ rhs on all of {tried} instances, and rhs is never positive"
    return f"not tight: largest lhs/rhs {_shown(max(ratios))} on {tried} instances and by {hunted.steps} steps of hunt"


def _shown(ratio: float) -> str:
    return f"{ratio:.6g}" if ratio < 0.99999 or ratio == 1 else f"1 − {1 - ratio:.0e}"


def _compact(text: str) -> str:
    """Put innermost lists on one line."""
    return re.sub(
        r"\[[^\[\]{}]*\]", lambda found: re.sub(r"\s+", " ", found[0]).replace("[ ", "[").replace(" ]", "]"), text
    )
