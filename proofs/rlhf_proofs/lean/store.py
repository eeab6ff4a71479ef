"""What is remembered of earlier checks: compiled modules with what was said of them, and answers on whole libraries."""

import json
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from rlhf_proofs.lean.events import Event
from rlhf_proofs.lean.library import Library, sha256
from rlhf_proofs.lean.stage import workspace
from rlhf_proofs.resources import cache_directory, replace_text

__all__ = ["below", "keep", "lay_out", "oleans", "ready", "recall", "remember"]

_KEPT = ("message", "declaration", "module")  # events that a module's cache entry holds


def recall(answer: Path) -> tuple[list[Event], float] | None:
    """Return what was remembered; a damaged entry counts as absent."""
    try:
        stored = json.loads(answer.read_text())
        body = stored["events"]
        if stored["sha256"] != sha256(json.dumps(body)):
            return None
        return list(body), float(stored["seconds"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def remember(answer: Path, events: Sequence[Event], seconds: float) -> None:
    """Store events, so that a reader sees all of them or none."""
    replace_text(answer, json.dumps({"sha256": sha256(json.dumps(events)), "seconds": seconds, "events": events}))


def lay_out(library: Library, keys: Mapping[str, str], stage: Path, *, fresh: bool = False) -> list[Event]:
    """Lay out sources in ``stage/src`` and the compiled modules that are still good in ``stage/out``.

    Return the events of the compiled modules; with ``fresh`` only those of libraries that this one builds on.
    """
    events: list[Event] = []
    for module in library.modules:
        source = below(stage / "src", module.name, ".lean")
        source.parent.mkdir(parents=True, exist_ok=True)
        source.write_text(module.source, encoding="utf-8")
        target = below(stage / "out", module.name, ".olean")
        target.parent.mkdir(parents=True, exist_ok=True)
        store = _store(keys[module.name])
        anew = fresh and library.owns(module.name)
        kept = None if anew else recall(store / "entry.json")
        if kept is not None and _unpack(store, kept[0][0], target):
            events += kept[0][1:]
            ready(stage, module.name).touch()
    return events


def _unpack(store: Path, kept: Event, target: Path) -> bool:
    """Lay out the oleans of a cache entry; false if one of them is not what was stored."""
    for name, digest in kept["oleans"].items():
        olean = store / name
        if not olean.is_file() or sha256(olean.read_bytes()) != digest:
            return False
        shutil.copy(olean, target.with_name(target.stem + name.removeprefix("module")))
    return True


def oleans(out: Path, module: str) -> dict[str, str]:
    """Return the hash of each compiled file of a module below ``out``, by its ending; empty if there is none."""
    built = below(out, module, ".olean")
    found = sorted(built.parent.glob(built.stem + ".olean*"))
    return {olean.name.removeprefix(built.stem): sha256(olean.read_bytes()) for olean in found}


def keep(key: str, out: Path, module: str, events: Sequence[Event]) -> None:
    """Store the compiled files of a module and what was said of it."""
    store = _store(key)
    with workspace(store.parent, "new-") as folder:
        new = folder / "entry"
        new.mkdir()
        stored = {f"module{suffix}": digest for suffix, digest in oleans(out, module).items()}
        for name in stored:
            source = below(out, module, ".olean")
            shutil.copy(source.with_name(source.stem + name.removeprefix("module")), new / name)
        mine = [e for e in events if e.get("module") == module and e["event"] in _KEPT]
        took = next(e["milliseconds"] for e in mine if e["event"] == "module") / 1000
        remember(new / "entry.json", [{"event": "stored", "oleans": stored}, *mine], took)
        shutil.rmtree(store, ignore_errors=True)
        with suppress(OSError):  # another check has stored the same module meanwhile
            new.rename(store)


def _store(key: str) -> Path:
    return cache_directory() / "modules" / key


def below(root: Path, module: str, suffix: str) -> Path:
    """Return the file of a module in a tree of modules."""
    return root / (module.replace(".", "/") + suffix)


def ready(stage: Path, module: str) -> Path:
    """Return the file whose presence says that a module is compiled, or will not be."""
    return stage / f"ready-{module}"
