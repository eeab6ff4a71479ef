"""What all evidence together is worth: one judgement, for a ledger as it is made and for one that was stored.

A stored ledger is not believed: what it says of a row is judged again from the parts of the row, and the parts must fit
together.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from rlhf_proofs.lean.audit import ALLOWED_AXIOMS
from rlhf_proofs.ledger.evidence import Status

__all__ = ["contradictions", "exit_code", "exit_code_of", "verdict"]

_DONE = {"lean": Status.PROVED, "symbolic": Status.DERIVED, "numeric": Status.TESTED}
_NAMED = {"lean": "theorem", "symbolic": "derivation", "numeric": "claim"}
_BAD = frozenset({Status.REFUTED, Status.VACUOUS, Status.STALE, Status.OPEN})


def verdict(
    evidence: Mapping[str, tuple[Status, str]], promised: Collection[str], changed: Collection[str] | None
) -> tuple[Status, str]:
    """Return the effective status of a statement and the reason.

    A refutation, a vacuous test or a stale statement outweighs everything, and so does evidence that the table
    promises and that did not come about. Else the strongest kind that was reached counts: proved, derived, tested.

    Parameters
    ----------
    evidence
        Status and reason by kind, the strongest first.
    promised
        Kinds for which the table names something.
    changed
        What of the row is not as it was pinned; None if it was never pinned.
    """
    for bad in (Status.REFUTED, Status.VACUOUS, Status.STALE):
        for kind, (status, why) in evidence.items():
            if status is bad:
                return bad, f"{kind}: {why}"
    if changed is None:
        return Status.STALE, "the row was never pinned: rlhf-lemmas pin"
    if changed:
        return Status.STALE, f"not as it was pinned: {', '.join(changed)}: rlhf-lemmas pin"
    for kind, (status, why) in evidence.items():
        if kind in promised and status is Status.OPEN:
            return Status.OPEN, f"{kind}: {why}"
    reached = [kind for kind, (status, _) in evidence.items() if status is _DONE[kind]]
    missing = [f"{k} {status}" for k, (status, _) in evidence.items() if status in (Status.OPEN, Status.NOT_RUN)]
    if not reached:
        return Status.NOT_RUN, "; ".join(missing) or "no evidence"
    first = reached[0]
    return _DONE[first], "; ".join([f"{first}: {evidence[first][1]}", *missing])


def exit_code(statuses: Iterable[Status], *, accepted: bool | None, could_not_run: bool) -> int:
    """Return 0 for ok, 1 for refuted, vacuous, stale or unproved, 2 if something could not run.

    ``accepted`` says whether the Lean library was, None if Lean did not run.
    """
    if _BAD.intersection(statuses) or accepted is False:
        return 1
    return 2 if could_not_run else 0


def exit_code_of(data: Mapping[str, Any]) -> int:
    """Return the exit status of the check that made a ledger, in its JSON form."""
    lean = data["lean"]
    statuses = [*(row["effective"] for row in data["claims"]), *(found["status"] for found in data["derivations"])]
    return exit_code(
        map(Status, statuses),
        accepted=lean["accepted"],
        could_not_run=lean["accepted"] is None and bool(lean["defects"]),
    )


def contradictions(data: Mapping[str, Any]) -> Iterator[str]:
    """Yield what in a ledger, in its JSON form, does not follow from its parts."""
    for row in data["claims"]:
        evidence = {kind: (Status(row[kind]["status"]), row[kind]["why"]) for kind in _DONE}
        promised = [kind for kind, name in _NAMED.items() if row[kind][name] is not None]
        status, why = verdict(evidence, promised, row["changed"])
        if (status, why) != (row["effective"], row["why"]):
            yield f"{row['id']} reads {row['effective']}, its parts say {status}"
        if evidence["lean"][0] is Status.PROVED and not _is_proof(row, data["lean"]):
            yield f"{row['id']} reads proved by a theorem that is not"
        if evidence["symbolic"][0] is Status.DERIVED and not _is_derivation(row["symbolic"]):
            yield f"{row['id']} reads derived by a derivation that is not"
        if evidence["numeric"][0] is Status.TESTED and not _is_test(row["numeric"]):
            yield f"{row['id']} reads tested by a search that decided nothing"
    for found in data["derivations"]:
        if found["status"] == Status.DERIVED and not _is_derivation(found):
            yield f"{found['derivation']} reads derived and is not"
    missing = [name for name, value in data["lean"].items() if value is None]
    if data["lean"]["backend"] is not None and missing:
        yield f"it has a run of Lean without its {missing[0]}"
    if len({row["id"] for row in data["claims"]}) < len(data["claims"]):
        yield "it has a statement twice"


def _is_proof(row: Mapping[str, Any], library: Mapping[str, Any]) -> bool:
    lean = row["lean"]
    clean = lean["axioms"] == [] and set(lean["core_axioms"] or ()) <= ALLOWED_AXIOMS and lean["unused"] == []
    pinned = lean["statement_sha256"] is not None and lean["statement_sha256"] == row["pinned_sha256"]
    accepted = library["accepted"] is True and library["defects"] == []
    return bool(clean and pinned and accepted and lean["theorem"])


def _is_derivation(symbolic: Mapping[str, Any]) -> bool:
    return bool(symbolic["derivation"] and symbolic["steps"]) and symbolic["kernel_checked"] is not False


def _is_test(numeric: Mapping[str, Any]) -> bool:
    counts = [numeric[name] for name in ("instances", "vacuous", "undecided")]
    if None in counts or numeric["refuted_by"] is not None or not numeric["claim"]:
        return False
    instances, vacuous, undecided = counts
    return bool(numeric["decided"]) and numeric["decided"] == instances - vacuous - undecided
