"""Running the extractor inside Lean: one trace for each module, kept by content like the compiled modules."""

import contextlib
import gzip
import json
import os
import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rlhf_numeric.files import replace_file
from rlhf_proofs.errors import LeanFailureError
from rlhf_proofs.lean.audit import LibraryReport
from rlhf_proofs.lean.backend import Backend
from rlhf_proofs.lean.build import check_library, driver_context, lay_out, run_jobs, schedule, split
from rlhf_proofs.lean.events import Event, diagnostic
from rlhf_proofs.lean.library import Library, Module, sha256
from rlhf_proofs.lean.process import Limits
from rlhf_proofs.lean.stage import workspace
from rlhf_proofs.progress import Progress, silent
from rlhf_proofs.resources import cache_directory, extractor_source

__all__ = ["Extraction", "RawTrace", "extract"]

RawTrace = Mapping[str, Any]  # what Extract.lean writes; its docstring has the format


@dataclass(frozen=True)
class Extraction:
    """What Lean said of a library: the audit, and the trace of each module.

    Attributes
    ----------
    library
        The sources.
    report
        The audit of the same sources; they were accepted.
    traces
        The trace of each module that was asked for, in import order.
    elaborated
        Modules that were traced now; the others came from the cache.
    """

    library: Library
    report: LibraryReport
    traces: Mapping[str, RawTrace]
    elaborated: tuple[str, ...]


def extract(
    library: Library, backend: Backend, headlines: Sequence[str] = (), *,
    modules: Collection[str] | None = None, limits: Limits | None = None, progress: Progress = silent,
    fresh: bool = False,
) -> Extraction:  # fmt: skip
    """Check a library, then trace those of its modules that changed since they were traced last.

    Traces are kept one by one as they are made, keyed by the text of the module, its imports, the extractor and the
    toolchain: what is interrupted goes on where it was.

    Parameters
    ----------
    library, backend, headlines, limits
        As in `check_library`.
    modules
        Names of those to trace; by default all.
    progress
        Called with (what, done, total) as modules finish.
    fresh
        Trace everything anew; the compiled modules are still taken from the cache.

    Raises
    ------
    ValueError
        If the library has no module of such a name.
    LeanFailureError
        If the library is not accepted, or Lean crashed, hung or was stopped.
    """
    wanted = _wanted(library, modules)
    report = check_library(library, backend, headlines, limits=limits, progress=progress)
    if not report.accepted:
        raise LeanFailureError(f"nothing is traced: the Lean library was not accepted: {report.defects[0]}")
    keys = library.keys(sha256(backend.name, backend.toolchain, extractor_source().read_bytes()))
    missing = [m for m in wanted if fresh or _recall(keys[m.name]) is None]
    if missing:
        _run(library, backend, missing, keys, limits or Limits(), progress)
    traces = {m.name: _recall(keys[m.name]) for m in wanted}
    if lost := [name for name, trace in traces.items() if trace is None]:
        raise LeanFailureError(f"Lean reported no trace of {', '.join(lost)}")
    return Extraction(
        library, report, {n: t for n, t in traces.items() if t is not None}, tuple(m.name for m in missing)
    )


def _wanted(library: Library, names: Collection[str] | None) -> list[Module]:
    known = {m.name for m in library.modules}
    if unknown := sorted(set(names or ()) - known):
        raise ValueError(f"modules: expected modules of {library.root}, got {', '.join(unknown)}")
    return [m for m in library.modules if names is None or m.name in names]


def _run(
    library: Library, backend: Backend, missing: Sequence[Module], keys: Mapping[str, str],
    limits: Limits, progress: Progress,
) -> None:  # fmt: skip
    """Trace modules, each stored as soon as it is there; a second process only where it saves more than its start."""
    done, total = 0, len(missing)
    progress("starting Lean", done, total)
    with workspace(cache_directory(), "stage-") as stage:
        _lay_out_compiled(library, backend, stage, limits, progress)
        kept = {m.name for m in library.modules} - {m.name for m in missing}
        plans = schedule(library.modules, kept, min(2, os.cpu_count() or 1))
        lanes = [[_job(stage, part) for part in split(plan)] for plan in plans]
        # Closed before the stage goes, as in `build`.
        with contextlib.closing(run_jobs(backend, lanes, stage, limits, extractor_source())) as events:
            for event in _successes(events):
                name = event["module"]
                _remember(keys[name], json.loads(_target(stage, name).read_text(encoding="utf-8")))
                done += 1
                progress(name, done, total)


def _lay_out_compiled(
    library: Library, backend: Backend, stage: Path, limits: Limits, progress: Progress
) -> None:  # fmt: skip
    keys = library.keys(driver_context(backend))
    compiled = [e for e in lay_out(library, keys, stage) if e["event"] == "module"]
    if len(compiled) < len(library.modules):  # the audit is remembered longer than what it was made from
        check_library(library, backend, limits=limits, progress=progress, fresh=True)
        lay_out(library, keys, stage)


def _job(stage: Path, modules: Sequence[Module]) -> list[str]:
    lines = [f"path\t{stage / 'out'}"]
    for module in modules:
        source = stage / "src" / (module.name.replace(".", "/") + ".lean")
        lines.append(f"trace\t{module.name}\t{source}\t{_target(stage, module.name)}")
    return lines


def _target(stage: Path, name: str) -> Path:
    return stage / f"{name}.trace.json"


def _successes(events: Iterator[Event]) -> Iterator[Event]:
    """Yield the modules that were traced; the first failure ends it."""
    said: list[str] = []
    for event in events:
        if event["event"] == "message" and event["severity"] == "error":
            said.append(str(diagnostic(event)))
        if event["event"] == "failed":
            raise LeanFailureError(f"the extractor stopped: {event['text']}")
        if event["event"] == "module":
            if not event["ok"]:
                raise LeanFailureError(f"{event['module']} cannot be traced: {'; '.join(said)}")
            yield event


def _path(key: str) -> Path:
    return cache_directory() / "traces" / f"{key}.json.gz"


def _remember(key: str, trace: RawTrace) -> None:
    body = json.dumps(trace, ensure_ascii=False)
    _path(key).parent.mkdir(parents=True, exist_ok=True)
    replace_file(_path(key), gzip.compress(f"{sha256(body)}\n{body}".encode(), compresslevel=6, mtime=0))


def _recall(key: str) -> RawTrace | None:
    """Return what was remembered; a damaged entry counts as absent."""
    try:
        digest, body = gzip.decompress(_path(key).read_bytes()).decode().split("\n", 1)
        trace: RawTrace = json.loads(body)
    except (OSError, ValueError, EOFError, zlib.error):
        return None
    return trace if digest == sha256(body) else None
