"""Stored cases: an instance with the two sides of a claim at it, in a file that anyone can replay.

The numbers are hexadecimal floats, hence exact. A case is a counterexample to a claim or to a mutant of one, or the
worst case that a search has found.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from rlhf_numeric.evaluation.case_json import Form, StoredFileError, read_stored, record, schema_of, violation
from rlhf_numeric.evaluation.claim import Claim
from rlhf_numeric.evaluation.family import Family
from rlhf_numeric.evaluation.fields import hexadecimal
from rlhf_numeric.evaluation.instance_family import INSTANCES
from rlhf_numeric.evaluation.record import R
from rlhf_numeric.evaluation.verdict import FLOAT_RESOLUTION, PRECISIONS, Verdict
from rlhf_numeric.files import replace_file

_FORMAT = "rlhf-lemmas case 1"
_BALLS = PRECISIONS[2:]  # 256 bits and more: the sides are then the same on every machine


class CaseFileError(StoredFileError):
    """A file that holds no stored case; the message says why."""


@dataclass(frozen=True)
class Case:
    """A claim, or a mutant of it, at one instance.

    Attributes
    ----------
    claim
        Id of the claim.
    mutant
        Name of the mutant of the claim, or None for the claim itself.
    found_by
        How it was found, in words.
    instance
        Fields by name, nested lists of hexadecimal floats; a count where it is not the usual one.
    index
        Which comparison: the first that is violated, else the one with the largest lhs/rhs.
    lhs, rhs
        Its sides, as hexadecimal floats; "inf" and "nan" where they are beyond the range of float64.
    verdict
        Of the claim on this instance, by ball arithmetic.
    """

    claim: str
    mutant: str | None
    found_by: str
    instance: dict[str, Any]
    index: int
    lhs: str
    rhs: str
    verdict: str

    @property
    def ratio(self) -> float:
        """Return lhs/rhs; NaN unless rhs > 0."""
        lhs, rhs = float.fromhex(self.lhs), float.fromhex(self.rhs)
        return lhs / rhs if rhs > 0 else float("nan")


_CASE = schema_of(Case)
_CASE_FILE = record(format={"const": _FORMAT}, **_CASE["properties"])
# No digest: whoever reads a case evaluates it again. The schema is checked where it is known which one it must be.
_JSON = Form("a case stored by campaign, hunt or mutate", "make it anew by these commands", {}, sealed=False)


def make_case(claim: Claim[R], instance: R, /, *, found_by: str, mutant: str | None = None) -> Case:
    """Evaluate a claim in ball arithmetic at one instance, with batch shape () or (1,), and describe what came out.

    Examples
    --------
    >>> from rlhf_numeric import CLAIMS, Instance, Problem
    >>> instance = Instance(Problem([[[1.0], [-1.0]]], [[0.5, 0.5]], [2.0], kl_coef=1.0), [0.5])
    >>> case = make_case(CLAIMS["objective-range"], instance, found_by="hand")
    >>> case.verdict, round(case.ratio, 4)
    ('holds', 0.6625)
    """
    flat = instance.flattened()
    if flat.batch_shape != (1,):
        raise ValueError(f"instance: expected one, got batch shape {instance.batch_shape}")
    decision = claim.settle(flat, precisions=_BALLS)
    worst = np.where(np.isfinite(decision.ratio[0]), decision.ratio[0], -np.inf)
    index = int((decision.refuted[0] if decision.refuted.any() else worst).argmax())
    lhs, rhs = (hexadecimal(float(side[0, index])) for side in (decision.lhs, decision.rhs))
    return Case(claim.id, mutant, found_by, flat.to_hex(), index, lhs, rhs, decision.overall().value)


def instance_of(case: Case, /, *, family: Family[R] = INSTANCES) -> R:  # type: ignore[assignment]
    """Return the stored instance, without a batch axis; a field that is not stored takes its default.

    ``family`` is that of the claim.

    Raises
    ------
    CaseFileError
        If the numbers are not an instance.
    """
    try:
        return family.record.from_hex(case.instance)
    except (TypeError, ValueError, OverflowError) as error:
        raise CaseFileError(f"stored case of {case.claim}: not an instance: {error}") from error


def replay(case: Case, claim: Claim[R], /) -> tuple[Case, bool]:
    """Evaluate a stored case again; return what came out, and whether it is what was stored.

    The verdict and the comparison must be the same, and the sides agree to half of the bits of a float: mathematical
    functions may be coded anew.
    """
    now = make_case(claim, instance_of(case, family=claim.family), found_by=case.found_by, mutant=case.mutant)
    old, new = ([float.fromhex(each.lhs), float.fromhex(each.rhs)] for each in (case, now))
    agree = np.isclose(old, new, rtol=FLOAT_RESOLUTION, atol=0, equal_nan=True).all()
    noise = case.verdict == Verdict.UNDECIDED.value  # an equality: what is left of the sides may be noise
    return now, bool(agree or noise) and (case.verdict, case.index) == (now.verdict, now.index)


def save_case(case: Case, path: Path, /) -> None:
    """Write a case to a file."""
    replace_file(path, json.dumps({"format": _FORMAT, **asdict(case)}, indent=1) + "\n")


def load_case(path: Path, /) -> Case:
    """Read a case.

    Raises
    ------
    CaseFileError
        If the file cannot be read or holds something else.
    """
    return case_of_file(read_json(path), path)


def case_of_file(raw: object, path: Path, /) -> Case:
    """Return the case that a file's JSON holds.

    Raises
    ------
    CaseFileError
        If it is something else.
    """
    if not isinstance(raw, dict) or (problem := violation(raw, _CASE_FILE)) is not None:
        found = problem if isinstance(raw, dict) else "something else"
        raise CaseFileError(f"{path}: expected {_JSON.what}, got {found}; {_JSON.remedy}")
    return case_from({name: value for name, value in raw.items() if name != "format"}, str(path))


def read_json(path: Path, /) -> object:
    """Read a file of JSON.

    Raises
    ------
    CaseFileError
        If it cannot be read as such.
    """
    try:
        found: object = read_stored(path, _JSON)
    except StoredFileError as error:
        raise CaseFileError(*error.args) from error
    return found


def case_from(raw: Mapping[str, Any], where: str, /) -> Case:
    """Build a case from its JSON form.

    Raises
    ------
    CaseFileError
        If a field is missing, unknown or of the wrong type.
    """
    if (problem := violation(raw, _CASE)) is not None:
        raise CaseFileError(f"{where}: not a stored case: {problem}")
    try:
        case = Case(**raw)
        _ = case.ratio, Verdict(case.verdict)
    except (ValueError, OverflowError) as error:
        raise CaseFileError(f"{where}: not a stored case: {error}") from error
    return case
