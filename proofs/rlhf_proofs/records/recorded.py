"""The ledger of the release: a full check that somebody else ran, for those who have not run one, or have no Lean.

Two files lie in ``records/`` and ship in the wheel: ``ledger.json``, as that check stored it, and
``recorded.json``, which says by whom and from which commit, and holds of Lean's answer what report and graph read.
What is recorded is never passed off as checked here, and nothing of it holds for other sources.
"""

import json
import platform
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from rlhf_proofs.errors import CannotRunError
from rlhf_proofs.lean.audit import Constants, LibraryReport
from rlhf_proofs.lean.library import Library, sha256
from rlhf_proofs.resources import proofs_directory, recorded_folder, replace_text

__all__ = ["STALE", "chosen", "nothing_of_lean", "record", "recorded_ledger", "recorded_report", "remark", "unfit"]

STALE = "recorded for other sources than the installed ones, for which it says nothing"
_BAD = {"refuted", "vacuous", "stale", "open"}
_SCHEMA = 1
_USES = ("type_uses", "value_uses")
_FACTS = ("by", "commit", "modified", "platform")
Read = Callable[[Path], dict[str, Any]]


def unfit(ledger: Mapping[str, Any], sources: str) -> str | None:
    """Return why a ledger is not one to record for a release, or None if it is: full, current, and all in order."""
    if "recorded" in ledger:
        return "no check of your own is stored: rlhf-lemmas check"
    if ledger["sources_sha256"] != sources:
        return "the sources have changed since the last check: rlhf-lemmas check"
    if not ledger["lean"]["accepted"]:
        return "the last check did not run Lean, or Lean did not accept the library: rlhf-lemmas check"
    amiss = [row["id"] for row in ledger["claims"] if row["lean"]["status"] != "proved" or row["effective"] != "proved"]
    amiss += [each["derivation"] for each in ledger["derivations"] if each["status"] != "derived"]
    return f"the last check did not prove or derive {', '.join(amiss)}" if amiss else None


def record(
    stored: Path, report: LibraryReport, theorems: Sequence[str], folder: Path, *, by: str, commit: str | None,
    modified: bool | None,
) -> None:  # fmt: skip
    """Write the two files from the stored ledger of a full check and Lean's report.

    Parameters
    ----------
    stored
        The ledger as the check stored it.
    report
        Of the library that it checked.
    theorems
        Full names of the headline theorems; of all other constants those below them are kept.
    folder
        Where to write.
    by
        Who answers for the check.
    commit, modified
        Of the checkout, and whether its files differed from it.
    """
    text = stored.read_text(encoding="utf-8")
    body: dict[str, Any] = {
        "schema": _SCHEMA, "by": by, "commit": commit, "modified": modified, "platform": platform.platform(),
        "ledger_sha256": sha256(text), "library": _packed(report, theorems),
    }  # fmt: skip
    replace_text(folder / "recorded.json", json.dumps(body | {"sha256": _digest(body)}, ensure_ascii=False) + "\n")
    replace_text(folder / "ledger.json", text)


def _digest(body: Mapping[str, Any]) -> str:
    return sha256(json.dumps({k: v for k, v in body.items() if k != "sha256"}, sort_keys=True))


def _packed(report: LibraryReport, theorems: Sequence[str]) -> dict[str, Any]:
    """Return of a report what `recorded_report` needs; constants name each other by number."""
    constants = report.constants.by_name
    below = {c for t in theorems if t in constants for c in report.constants.closure(t) | report.constants.meaning(t)}
    names = sorted(below & constants.keys())
    number = {name: i for i, name in enumerate(names)}
    packed = [
        [constants[n].get("module", ""), constants[n]["kind"]]
        + [[number[u] for u in constants[n].get(use, ()) if u in number] for use in _USES]
        for n in names
    ]
    kept = ("module", "name", "first_line", "last_line")
    lines = [{key: each[key] for key in kept if key in each} for each in report.declarations]
    return {"names": names, "constants": packed, "declarations": lines, "census": dict(report.census)}


def recorded_ledger(read: Read, sources: str) -> dict[str, Any] | None:
    """Return the recorded ledger with who recorded it as ``recorded``; None if there is none.

    Every row of one that was recorded for other sources is stale.

    Parameters
    ----------
    read
        Reads a stored ledger, or raises `CannotRunError`.
    sources
        Digest of the installed sources.

    Raises
    ------
    CannotRunError
        If the files are damaged or do not belong together.
    """
    folder = recorded_folder()
    if folder is None:
        return None
    body = _body(folder)
    ledger = read(folder / "ledger.json")
    if ledger["sources_sha256"] != sources:
        for row in ledger["claims"]:
            row["effective"], row["why"] = "stale", STALE
            row["lean"]["status"] = "stale"
    return ledger | {"recorded": {key: body[key] for key in _FACTS}}


def _body(folder: Path) -> dict[str, Any]:
    path = folder / "recorded.json"
    try:
        body: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        text = (folder / "ledger.json").read_text(encoding="utf-8")
        if body["sha256"] == _digest(body) and body["schema"] == _SCHEMA and body["ledger_sha256"] == sha256(text):
            return body
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        pass
    raise CannotRunError(f"{path}: not the record of the ledger beside it: rlhf-lemmas check makes one of your own")


def recorded_report(ledger: Mapping[str, Any], sources: str) -> LibraryReport:
    """Return what report and graph read of Lean's answer, as it was recorded beside a ledger.

    Raises
    ------
    CannotRunError
        If it was recorded for other sources, or is damaged.
    """
    folder = recorded_folder()
    if folder is None or ledger["sources_sha256"] != sources:
        raise CannotRunError(f"the ledger of the release was {STALE}: rlhf-lemmas check")
    lean, packed = ledger["lean"], _body(folder)["library"]
    names: list[str] = packed["names"]
    constants = {
        name: {"name": name, "module": module, "kind": kind, "type": name}
        | {use: [names[i] for i in found] for use, found in zip(_USES, uses, strict=True)}
        for name, (module, kind, *uses) in zip(names, packed["constants"], strict=True)
    }
    texts = {m.name: m.source for m in Library.load(proofs_directory()).modules}
    return LibraryReport(
        backend=lean["backend"], toolchain=lean["toolchain"], defects=(), theorems={}, diagnostics=(), milliseconds={},
        costs=(), replayed=lean["replayed"], lines={name: text.count("\n") for name, text in texts.items()},
        seconds=lean["seconds"], cached=True, constants=Constants(constants), census=packed["census"],
        declarations=tuple(packed["declarations"]), sources=texts,
    )  # fmt: skip


def nothing_of_lean(ledger: Mapping[str, Any]) -> tuple[dict[str, Any], LibraryReport]:
    """Return a ledger that was recorded for other sources without what Lean said then, and an empty answer of Lean."""
    gone = {"why": STALE, "statement": None, "hypotheses": None, "holds_over": None}
    rows = [row | {"lean": row["lean"] | gone} for row in ledger["claims"]]
    report = LibraryReport(
        backend=ledger["lean"]["backend"], toolchain=ledger["lean"]["toolchain"], defects=(STALE,), theorems={},
        diagnostics=(), milliseconds={}, costs=(), replayed=0, lines={}, seconds=0.0,
    )  # fmt: skip
    return {**ledger, "claims": rows}, report


def chosen(
    own: dict[str, Any] | None, released: dict[str, Any] | None, sources: str
) -> dict[str, Any] | None:  # fmt: skip
    """Return the ledger that counts: an own check replaces what was recorded.

    What was recorded for the installed sources counts all the same where the own check was of other sources, or found
    nothing wrong and had no Lean.
    """
    if own is None or released is None or released["sources_sha256"] != sources:
        return released if own is None else own
    return released if own["sources_sha256"] != sources or _without_lean(own) else own


def _without_lean(ledger: Mapping[str, Any]) -> bool:
    reached = [*(row["effective"] for row in ledger["claims"]), *(each["status"] for each in ledger["derivations"])]
    ran = ledger["lean"]["backend"] is not None or ledger["lean"]["accepted"] is not None
    return not ran and _BAD.isdisjoint(reached)


def remark(ledger: Mapping[str, Any], *, current: bool) -> str | None:
    """Return the sentence that must stand beside everything that a ledger says, if there is one."""
    if "recorded" not in ledger:
        return None if current else "The sources have changed since this ledger was made: rlhf-lemmas check"
    facts, lean = ledger["recorded"], ledger["lean"]
    commit = f"commit {facts['commit'][:16]}" if facts["commit"] else "an unknown commit"
    local = " with local changes" if facts["modified"] else ""
    said = (
        f"recorded by {facts['by']} on {ledger['made'][:10]} with {lean['toolchain'].partition(', commit')[0]} "
        f"({lean['backend']}) from {commit}{local}"
    )
    if current:
        return f"{said}; not checked here"
    return f"NOT OF THESE SOURCES: {said}. Nothing of it holds for what is installed: rlhf-lemmas check"
