"""How tight the claims are: the worst cases of campaigns and hunts, remembered as long as the sources stay the same."""

import json
import os
from collections.abc import Iterable
from functools import cache
from typing import Any

from rlhf_numeric.attacks.campaign import sources_digest
from rlhf_numeric.evaluation.case_json import HASH, Form, StoredFileError, read_stored, record, sealed
from rlhf_numeric.evaluation.claim import Claim
from rlhf_proofs.errors import CannotRunError
from rlhf_proofs.resources import cache_directory, replace_text, schema_file

__all__ = ["all_tightness", "recall_tightness", "remember_tightness", "tightness_table"]

_NAME = "tightness.json"
_COLUMNS = (
    *("claim", "instances", "vacuous", "equal", "undecided", "unsettled"),
    *("campaign: worst lhs/rhs", "at (seed, chunk, row, scheme)", "hunt: best lhs/rhs"),
)
_HEADER = f"| {' | '.join(_COLUMNS)} |"
_RULE = f"| --- |{' ---: |' * (len(_COLUMNS) - 1)}"


def remember_tightness(kind: str, figures: dict[str, dict[str, Any]]) -> None:
    """Store figures by claim under "campaign" or "hunt"; what is known of other claims stays.

    A damaged file is replaced: what was in it cannot be read, and what is new must not be lost.
    """
    try:
        stored = all_tightness()
    except CannotRunError:
        stored = {}
    stored[kind] = stored.get(kind, {}) | figures
    replace_text(cache_directory() / _NAME, json.dumps(sealed({"sources": sources_digest(), **stored}), indent=1))


def all_tightness() -> dict[str, dict[str, dict[str, Any]]]:
    """Return what "campaign" and "hunt" have found with the present sources, by claim.

    Raises
    ------
    CannotRunError
        If the file is damaged.
    """
    path = cache_directory() / _NAME
    if not os.path.lexists(path):
        return {}
    try:
        stored: dict[str, Any] = read_stored(path, _form())
    except StoredFileError as error:
        raise CannotRunError(*error.args) from error
    if stored["sources"] != sources_digest():
        return {}
    return {kind: figures for kind, figures in stored.items() if kind in ("campaign", "hunt")}


@cache
def _form() -> Form:
    """Return the form of the file; of its figures, that of the ledger, which shows them."""
    ledger = json.loads(schema_file().read_text(encoding="utf-8"))
    shown = ledger["$defs"]["tightness"]["properties"]
    figures = {kind: {"type": "object", "additionalProperties": shown[kind]["oneOf"][1]} for kind in shown}
    fields = record(sha256=HASH, sources=HASH, **figures)
    return Form(
        "what campaigns and hunts have found",
        "delete it, then run rlhf-lemmas campaign and rlhf-lemmas hunt",
        {**fields, "required": ["sha256", "sources"]},
    )


def recall_tightness(claim: str) -> dict[str, dict[str, Any]]:
    """Return what campaign and hunt have found on a claim with the present sources."""
    return {kind: figures[claim] for kind, figures in all_tightness().items() if claim in figures}


def tightness_table(claims: Iterable[Claim]) -> str:
    """Return what campaign and hunt have found with the present sources, as Markdown; "–" where neither was run."""
    known = all_tightness()
    return "\n".join((_HEADER, _RULE, *(_row(claim, known) for claim in claims)))


def _row(claim: Claim, known: dict[str, dict[str, dict[str, Any]]]) -> str:
    campaign, hunt = (known.get(kind, {}).get(claim.id) for kind in ("campaign", "hunt"))
    cells = [f"`{claim.id}`"]
    if campaign is None:
        cells += ["–"] * 7
    else:
        counted = campaign["equal"] + campaign["unsettled"]
        cells += [campaign["instances"], campaign["vacuous"], campaign["equal"], campaign["undecided"] - counted]
        cells += [campaign["unsettled"], _worst(claim, campaign), _address(campaign["worst_instance_seed"])]
    best = None if hunt is None or claim.kind == "identity" else hunt["worst_ratio"]
    cells.append("–" if best is None else f"{best:.9g}")
    return f"| {' | '.join(map(str, cells))} |"


def _worst(claim: Claim, campaign: dict[str, Any]) -> str:
    if claim.kind == "identity":
        return "–" if campaign["worst_gap"] is None else f"= within {campaign['worst_gap']:.0e}"
    return "–" if campaign["worst_ratio"] is None else f"{campaign['worst_ratio']:.9g}"


def _address(origin: list[int | str] | None) -> str:
    return "–" if origin is None else ", ".join(map(str, origin))
