"""Where the Lean sources and the claim table are: in the checkout, or in an installed wheel."""

import os
from pathlib import Path

from rlhf_numeric.files import replace_file
from rlhf_proofs.errors import CannotRunError

__all__ = [
    "audit_source",
    "cache_directory",
    "claims_folder",
    "document",
    "driver_source",
    "extractor_source",
    "heartbeats_file",
    "pins_folder",
    "proofs_directory",
    "recorded_folder",
    "records_folder",
    "replace_text",
    "schema_file",
    "setting_file",
]

_PACKAGE = Path(__file__).resolve().parent


def _first_existing(what: str, *candidates: Path) -> Path:
    for candidate in candidates:
        if candidate.exists():
            return candidate
    tried = ", ".join(str(c) for c in candidates)
    raise CannotRunError(f"{what} is missing; looked at {tried}. Reinstall rlhf-lemmas, or work in a full checkout.")


def proofs_directory() -> Path:
    """Return the folder that holds ``RLHF.lean``, ``RLHF/`` and ``lakefile.toml``."""
    root = _first_existing("the Lean library", _PACKAGE / "data/proofs/RLHF.lean", _PACKAGE.parent / "RLHF.lean")
    return root.parent


def claims_folder() -> Path:
    """Return the folder ``claims/`` of the tables of statements; all that ships with them lies beside it."""
    return _first_existing("the folder claims", _PACKAGE / "data/claims", _PACKAGE.parents[1] / "claims")


def setting_file() -> Path:
    """Return the path of ``setting.toml``, what all statements share."""
    return _first_existing("setting.toml", _PACKAGE / "data/setting.toml", _PACKAGE.parents[1] / "setting.toml")


def records_folder() -> Path:
    """Return the folder ``records/``, in which commands keep what they have found out."""
    return _first_existing("the folder records", _PACKAGE / "data/records", _PACKAGE.parents[1] / "records")


def pins_folder() -> Path:
    """Return the folder ``records/pins/``, the statements of each paper as they were pinned."""
    return records_folder() / "pins"


def document(name: str) -> str:
    """Return the text of ``CITATION.cff``, ``DIVERGENCES.md``, ``NOTATION.md`` or ``TRUST.md``."""
    path = _first_existing(name, _PACKAGE / "data" / name, _PACKAGE.parents[1] / name)
    return path.read_text(encoding="utf-8")


def heartbeats_file() -> Path:
    """Return the path of ``records/heartbeats.json``, the recorded costs of the Lean declarations."""
    return records_folder() / "heartbeats.json"


def recorded_folder() -> Path | None:
    """Return the folder of ``ledger.json`` and ``recorded.json``, the ledger of the release; None if there is none."""
    folders = (_PACKAGE / "data/records", _PACKAGE.parents[1] / "records")
    return next((folder for folder in folders if (folder / "recorded.json").exists()), None)


def driver_source() -> Path:
    """Return the Lean program that elaborates the library."""
    return _first_existing("the Lean driver", _PACKAGE / "lean/Driver.lean")


def audit_source() -> Path:
    """Return the Lean program that judges what was compiled."""
    return _first_existing("the Lean audit", _PACKAGE / "lean/Audit.lean")


def extractor_source() -> Path:
    """Return the Lean program that traces the library for LeanDojo."""
    return _first_existing("the Lean extractor", _PACKAGE / "dojo/Extract.lean")


def schema_file() -> Path:
    """Return the JSON schema of ``rlhf-lemmas check --json``."""
    return _first_existing("the JSON schema", _PACKAGE / "check.schema.json")


def rollouts_schema_file() -> Path:
    """Return the JSON schema of ``rlhf-lemmas audit --json`` on rollouts."""
    return _first_existing("the JSON schema of rollouts", _PACKAGE / "rollouts.schema.json")


def cache_directory() -> Path:
    """Return ``$RLHF_LEMMAS_CACHE``, else ``$XDG_CACHE_HOME/rlhf-lemmas``, else ``~/.cache/rlhf-lemmas``.

    Raises
    ------
    CannotRunError
        If none of them is known: no variable is set, and the user has no home folder.
    """
    named = os.environ.get("RLHF_LEMMAS_CACHE")
    if named:
        return Path(named).resolve()
    base = os.environ.get("XDG_CACHE_HOME")
    try:
        return ((Path(base) if base else Path.home() / ".cache") / "rlhf-lemmas").resolve()
    except RuntimeError as error:
        raise CannotRunError("no home folder is known: set RLHF_LEMMAS_CACHE to a folder for the cache") from error


def replace_text(path: Path, text: str) -> None:
    """Write a file as `rlhf_numeric.files.replace_file` does, and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_file(path, text)
