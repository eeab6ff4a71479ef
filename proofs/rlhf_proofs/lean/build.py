"""Checking a library: elaborate what changed, audit the whole, remember what was accepted."""

import contextlib
import json
import os
import shutil
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rlhf_proofs.errors import LeanFailureError
from rlhf_proofs.lean.audit import LibraryReport, judge
from rlhf_proofs.lean.backend import Backend
from rlhf_proofs.lean.events import Event, Follower
from rlhf_proofs.lean.library import Library, Module, sha256
from rlhf_proofs.lean.process import LeanProcess, Limits
from rlhf_proofs.lean.stage import workspace
from rlhf_proofs.resources import cache_directory, driver_source, proofs_directory, replace_text

__all__ = ["Progress", "check_library", "driver_context", "lay_out", "run_jobs", "schedule", "split"]

Progress = Callable[[str, int, int], None]
_KEPT = ("message", "declaration", "module")  # events that a module's cache entry holds
_START_COST = 45_000  # characters of Lean that elaborate in about the time that a process takes to start
# The 32-bit build cannot give back what a module imports. Core is read once and shared; one process has taken a
# library of 52 modules, and no larger one has been tried.
_MODULES_PER_PROCESS = 60

_LEAVE_TO_REPLAY = "debug.skipKernelTC"  # without a replay by the kernel nothing is accepted, see `audit.judge`


def _silent(_what: str, _done: int, _total: int) -> None:
    return None


def check_library(
    library: Library, backend: Backend, headlines: Sequence[str] = (), *,
    limits: Limits | None = None, progress: Progress = _silent, fresh: bool = False, replay_only: bool = False,
) -> LibraryReport:  # fmt: skip
    """Elaborate and audit a library; return what the kernel accepted.

    Unchanged modules come from the cache, keyed by their text, their imports, the driver and the toolchain; a library
    in which nothing changed is answered from the cache without starting Lean.

    Parameters
    ----------
    library
        What to check.
    backend
        Which Lean to run.
    headlines
        Theorems whose axioms in core are wanted, where the back end can see them.
    limits
        Time and memory for each process.
    progress
        Called with (what, done, total) as modules finish.
    fresh
        Ignore the cache, except for oleans of the libraries that this one builds on: `check_library` of each of those
        makes them anew. The kernel replays all constants either way.
    replay_only
        Send each constant to the kernel once, in the replay, and not when it is elaborated, too: for generated proofs,
        in which the kernel takes half of the time.

    Raises
    ------
    LeanFailureError
        If a Lean process crashed, was killed, hung or ran out of memory.
    """
    keys = library.keys(driver_context(backend))
    answer = cache_directory() / "libraries" / f"{sha256(keys[library.root], *sorted(headlines))}.json"
    if not fresh:
        remembered = _recall(answer)
        if remembered is not None:
            events, seconds = remembered
            return judge(library, events, backend=backend.name, seconds=seconds, cached=True)
    start = time.monotonic()
    events = _Build(library, backend, headlines, limits or Limits(), progress, keys, fresh, replay_only).run()
    seconds = time.monotonic() - start
    report = judge(library, events, backend=backend.name, seconds=seconds)
    if not [d for d in report.defects if "not reached" not in d]:
        _remember(answer, events, seconds)
    return report


def driver_context(backend: Backend) -> str:
    """Return what the compiled modules depend on besides the sources: the driver and the Lean that ran it."""
    return sha256(backend.name, backend.toolchain, driver_source().read_bytes())


def _recall(answer: Path) -> tuple[list[Event], float] | None:
    """Return what was remembered; a damaged entry counts as absent."""
    try:
        stored = json.loads(answer.read_text())
        body = stored["events"]
        if stored["sha256"] != sha256(json.dumps(body)):
            return None
        return list(body), float(stored["seconds"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _remember(answer: Path, events: list[Event], seconds: float) -> None:
    replace_text(answer, json.dumps({"sha256": sha256(json.dumps(events)), "seconds": seconds, "events": events}))


def schedule(modules: Sequence[Module], cached: set[str], workers: int) -> list[list[Module]]:
    """Distribute the modules that must be elaborated over workers, each keeping the import order.

    A second worker is used only where it saves more than its start costs. List scheduling: each module goes to the
    worker that can finish it first, given when its imports are done.
    """
    missing = [m for m in modules if m.name not in cached]
    if sum(len(m.source) for m in missing) < 2 * _START_COST:
        workers = 1
    plans: list[list[Module]] = [[] for _ in range(workers)]
    free = [0] * workers
    done: dict[str, int] = {}
    for module in missing:
        ready = max((done.get(i, 0) for i in module.imports), default=0)
        best = min(range(workers), key=lambda w: (max(free[w], ready), w))
        free[best] = done[module.name] = max(free[best], ready) + len(module.source)
        plans[best].append(module)
    return [plans[0], *(p for p in plans[1:] if p)]


def split(plan: Sequence[Module]) -> list[Sequence[Module]]:
    """Cut a worker's modules into the fewest nearly equal parts that one process can take each."""
    parts = -(-len(plan) // _MODULES_PER_PROCESS)
    return [plan[len(plan) * i // parts : len(plan) * (i + 1) // parts] for i in range(parts)]


@dataclass
class _Build:
    """One run of Lean over one library."""

    library: Library
    backend: Backend
    headlines: Sequence[str]
    limits: Limits
    progress: Progress
    keys: dict[str, str]
    fresh: bool
    replay_only: bool

    def run(self) -> list[Event]:
        with workspace(cache_directory(), "stage-") as stage:
            events = lay_out(self.library, self.keys, stage, fresh=self.fresh)
            cached = {e["module"] for e in events if e["event"] == "module"}
            plans = schedule(self.library.modules, cached, min(2, os.cpu_count() or 1))
            lanes = [[self._job(stage, part) for part in split(plan)] for plan in plans]
            lanes = [
                [*lane[:-1], [*(lane[-1:] or [[]])[0], *self._audit(stage, part, len(lanes))]]
                for part, lane in enumerate(lanes)
            ]
            total = len(self.library.modules)
            finished = len(cached)
            self.progress("starting Lean", finished, total)
            # Closed before the stage goes: on Ctrl-C the traceback would keep the generator, and Lean, alive.
            with contextlib.closing(run_jobs(self.backend, lanes, stage, self.limits)) as reported:
                for event in reported:
                    events.append(event)
                    if event["event"] == "module":
                        finished += 1
                        self._keep(stage, event, events)
                        self.progress(event["module"], finished, total)
            return events

    def _job(self, stage: Path, plan: Sequence[Module]) -> list[str]:
        lines = [f"path\t{stage / 'out'}", *([f"set\t{_LEAVE_TO_REPLAY}"] if self.replay_only else [])]
        own = {m.name for m in plan}  # built in order by this process: nothing to wait for
        for module in plan:
            lines += [f"wait\t{_ready(stage, i)}" for i in module.imports if i not in own]
            source, olean = _below(stage / "src", module.name, ".lean"), _below(stage / "out", module.name, ".olean")
            lines.append(f"module\t{module.name}\t{source}\t{olean}")
        return lines

    def _audit(self, stage: Path, part: int, parts: int) -> list[str]:
        """Instructions to audit one part when everything is built; another start would cost more than they do."""
        lines = [f"path\t{stage / 'out'}"]
        lines += [f"wait\t{_ready(stage, m.name)}" for m in self.library.modules]
        lines += [f"own\t{m.name}" for m in self.library.modules]
        lines += [f"headline\t{h}" for h in self.headlines if part == 0]
        return [*lines, f"audit\t{self.library.root}\t{part}\t{parts}"]

    def _keep(self, stage: Path, event: Event, events: Sequence[Event]) -> None:
        """Store a module that was built, and let those that wait for it go on (they fail if it failed)."""
        name = event["module"]
        if event["ok"]:
            store = _store(self.keys[name])
            with workspace(store.parent, "new-") as folder:
                new = folder / "entry"
                new.mkdir()
                built = _below(stage / "out", name, ".olean")
                oleans: dict[str, str] = {}
                for olean in sorted(built.parent.glob(built.stem + ".olean*")):
                    copy = new / ("module" + olean.name.removeprefix(built.stem))
                    shutil.copy(olean, copy)
                    oleans[copy.name] = sha256(copy.read_bytes())
                mine = [e for e in events if e.get("module") == name and e["event"] in _KEPT]
                entry = [{"event": "stored", "oleans": oleans}, *mine]
                _remember(new / "entry.json", entry, event["milliseconds"] / 1000)
                shutil.rmtree(store, ignore_errors=True)
                with contextlib.suppress(OSError):  # another check has stored the same module meanwhile
                    new.rename(store)
        _ready(stage, name).touch()


def lay_out(library: Library, keys: Mapping[str, str], stage: Path, *, fresh: bool = False) -> list[Event]:
    """Lay out sources in ``stage/src`` and the compiled modules that are still good in ``stage/out``.

    Return the events of the compiled modules; with ``fresh`` only those of libraries that this one builds on.
    """
    events: list[Event] = []
    for module in library.modules:
        source = _below(stage / "src", module.name, ".lean")
        source.parent.mkdir(parents=True, exist_ok=True)
        source.write_text(module.source, encoding="utf-8")
        target = _below(stage / "out", module.name, ".olean")
        target.parent.mkdir(parents=True, exist_ok=True)
        store = _store(keys[module.name])
        anew = fresh and library.owns(module.name)
        kept = None if anew else _recall(store / "entry.json")
        if kept is not None and _unpack(store, kept[0][0], target):
            events += kept[0][1:]
            _ready(stage, module.name).touch()
    return events


def _unpack(store: Path, kept: Event, target: Path) -> bool:
    """Lay out the oleans of a cache entry; false if one of them is not what was stored."""
    for name, digest in kept["oleans"].items():
        olean = store / name
        if not olean.is_file() or sha256(olean.read_bytes()) != digest:
            return False
        shutil.copy(olean, target.with_name(target.stem + name.removeprefix("module")))
    return True


def _store(key: str) -> Path:
    return cache_directory() / "modules" / key


def _below(root: Path, module: str, suffix: str) -> Path:
    return root / (module.replace(".", "/") + suffix)


def _ready(stage: Path, module: str) -> Path:
    return stage / f"ready-{module}"


Job = Sequence[str]


def run_jobs(
    backend: Backend, lanes: Sequence[Sequence[Job]], folder: Path, limits: Limits, program: Path | None = None
) -> Generator[Event, None, None]:
    """Run the jobs of each lane one after the other, the lanes side by side, and yield events as they come.

    ``program`` is the Lean program that reads the jobs; the driver if it is not given.
    All are stopped as soon as one reports that it failed: the others may wait for what it will never build.

    Raises
    ------
    LeanFailureError
        If a process ends, or is stopped at a limit, before it has reported that it is done.
    """
    for name in ("lakefile.toml", "lean-toolchain"):  # what tells elan which Lean to run
        shutil.copy(proofs_directory() / name, folder / name)
    shutil.copy(program or driver_source(), folder / "Driver.lean")
    with contextlib.ExitStack() as stack:
        waiting = [[(f"{i}-{k}", job) for k, job in enumerate(lane)] for i, lane in enumerate(lanes)]
        running: list[_Running | None] = [None] * len(lanes)
        while any(waiting) or any(running):
            for i, lane in enumerate(waiting):
                if running[i] is None and lane:
                    name, job = lane.pop(0)
                    running[i] = _start(backend, folder, name, job, stack)
            for event in _poll(running, limits):
                yield event
                if event["event"] == "failed":
                    return
            time.sleep(0.1)


_Running = tuple[LeanProcess, Follower]


def _start(backend: Backend, folder: Path, name: str, job: Job, stack: contextlib.ExitStack) -> _Running:
    follower = Follower(folder / f"events-{name}.jsonl")
    follower.path.touch()
    path = folder / f"job-{name}"
    path.write_text("\n".join([f"events\t{follower.path}", *job]) + "\n")
    process = LeanProcess(
        # One thread for tasks: under WebAssembly each costs seconds to make, and elaboration waits for it anyway.
        backend.command("-j1", "--run", str(folder / "Driver.lean"), str(path)),
        cwd=folder,
        environment=backend.environment([folder]),
        log=folder / f"log-{name}",
    )
    return stack.enter_context(process), follower


def _poll(running: list[_Running | None], limits: Limits) -> Iterator[Event]:
    """Yield what is new; drop the processes that are done."""
    alive = False
    for i, entry in enumerate(running):
        if entry is None:
            continue
        process, follower = entry
        status = process.poll(limits)
        events = follower.new()
        yield from events
        alive = alive or bool(events)
        if any(e["event"] == "done" for e in events):
            running[i] = None
        elif status is not None:
            raise LeanFailureError(process.describe_end(status))
    if alive:
        # Processes wait for each other's modules: a sign of life of one is one of all.
        for entry in running:
            if entry is not None:
                entry[0].last_sign_of_life = time.monotonic()
