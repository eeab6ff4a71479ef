"""How tight the claims are: the worst cases of campaigns and hunts, remembered as long as the sources stay the same."""

import json
from typing import Any

from rlhf_numeric.campaign import sources_digest
from rlhf_proofs.resources import cache_directory, replace_text

__all__ = ["recall_tightness", "remember_tightness"]

_NAME = "tightness.json"


def remember_tightness(kind: str, figures: dict[str, dict[str, Any]]) -> None:
    """Store figures by claim under "campaign" or "hunt"; what is known of other claims stays."""
    stored = _load()
    stored[kind] = stored.get(kind, {}) | figures
    replace_text(cache_directory() / _NAME, json.dumps(stored | {"sources": sources_digest()}, indent=1))


def recall_tightness(claim: str) -> dict[str, dict[str, Any]]:
    """Return what campaign and hunt have found on a claim with the present sources."""
    return {kind: figures[claim] for kind, figures in _load().items() if kind != "sources" and claim in figures}


def _load() -> dict[str, Any]:
    try:
        stored: dict[str, Any] = json.loads((cache_directory() / _NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stored if stored.get("sources") == sources_digest() else {}
