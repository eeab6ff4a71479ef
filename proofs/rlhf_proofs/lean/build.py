"""Checking a library: elaborate what changed, audit the whole, remember what was accepted."""

import contextlib
import os
import secrets
import shutil
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rlhf_proofs.errors import LeanFailureError
from rlhf_proofs.lean.audit import LibraryReport, judge
from rlhf_proofs.lean.backend import Backend
from rlhf_proofs.lean.events import Event, Follower
from rlhf_proofs.lean.gates import instance_of
from rlhf_proofs.lean.library import Library, Module, sha256
from rlhf_proofs.lean.process import LeanProcess, Limits
from rlhf_proofs.lean.scan import refusals
from rlhf_proofs.lean.stage import workspace
from rlhf_proofs.lean.store import below, keep, lay_out, oleans, ready, recall, remember
from rlhf_proofs.resources import audit_source, cache_directory, driver_source, proofs_directory

__all__ = ["Progress", "audit_job", "check_library", "driver_context", "lay_out", "run_jobs", "schedule", "split"]

Progress = Callable[[str, int, int], None]
STAGE = "stage-"  # how the folders begin that Lean works in
# What the process that elaborates may say. It runs code of the sources: nothing that counts as proof is among these.
_SAID = ("start", "message", "declaration", "module", "failed")
_START_COST = 45_000  # characters of Lean that elaborate in about the time that a process takes to start
# The 32-bit build cannot give back what a module imports. Core is read once and shared; one process has taken a
# library of nearly as many modules, and no larger one has been tried.
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
    in which nothing changed is answered from the cache without starting Lean. A source that contains what it may not
    (see `scan`) is refused before Lean starts.

    Parameters
    ----------
    library
        What to check.
    backend
        Which Lean to run.
    headlines
        Theorems to be held to what `gates` asks; their axioms in core are reported, where the back end can see them.
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
    if refusals(library):
        return judge(library, [], headlines, backend=backend.name, seconds=0.0)
    keys = library.keys(driver_context(backend))
    judged = sha256(keys[library.root], audit_source().read_bytes(), *sorted(headlines))
    answer = cache_directory() / "libraries" / f"{judged}.json"
    if not fresh:
        remembered = recall(answer)
        if remembered is not None:
            events, seconds = remembered
            return judge(library, events, headlines, backend=backend.name, seconds=seconds, cached=True)
    start = time.monotonic()
    events = _Build(library, backend, headlines, limits or Limits(), progress, keys, fresh, replay_only).run()
    seconds = time.monotonic() - start
    report = judge(library, events, headlines, backend=backend.name, seconds=seconds)
    if not [d for d in report.defects if "not reached" not in d]:
        remember(answer, events, seconds)
    return report


def driver_context(backend: Backend) -> str:
    """Return what the compiled modules depend on besides the sources: the program that elaborates, and its Lean."""
    return sha256(backend.name, backend.toolchain, driver_source().read_bytes())


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
    """One run of Lean over one library: elaborate, then judge what was compiled in processes that elaborate nothing."""

    library: Library
    backend: Backend
    headlines: Sequence[str]
    limits: Limits
    progress: Progress
    keys: dict[str, str]
    fresh: bool
    replay_only: bool

    def run(self) -> list[Event]:
        # Below the cache, of which Lean is shown this folder and nothing else.
        with workspace(cache_directory(), STAGE) as stage:
            events, sealed = self._elaborate(stage)
            if any(not sealed.get(m.name) for m in self.library.modules):
                return events  # nothing to judge: what is missing is a defect
            self.progress("replaying", len(sealed), len(sealed))
            # Made only now, when no process that ran code of the sources is left.
            with workspace(cache_directory(), STAGE) as judge:
                for module, digests in sealed.items():
                    _copy_sealed(stage / "out", judge / "out", module, digests)
                return [*events, *self._judge(judge)]

    def _elaborate(self, stage: Path) -> tuple[list[Event], dict[str, dict[str, str]]]:
        """Compile what is not in the cache; return what was said, and the hashes of the compiled files by module."""
        events = lay_out(self.library, self.keys, stage, fresh=self.fresh)
        total = len(self.library.modules)
        # Taken as soon as a module is there: a later one cannot change it unseen.
        sealed = {e["module"]: oleans(stage / "out", e["module"]) for e in events if e["event"] == "module"}
        plans = schedule(self.library.modules, set(sealed), min(2, os.cpu_count() or 1))
        lanes = [[self._job(stage, part) for part in split(plan)] for plan in plans if plan]
        self.progress("starting Lean", len(sealed), total)
        # Closed before the stage goes: on Ctrl-C the traceback would keep the generator, and Lean, alive.
        with contextlib.closing(run_jobs(self.backend, lanes, stage, self.limits)) as reported:
            for event in reported:
                if event["event"] not in _SAID or event.get("module") in sealed:
                    continue  # neither proof nor news
                events.append(event)
                if event["event"] == "module":
                    event["ok"] = event["ok"] and bool(oleans(stage / "out", event["module"]))
                    sealed[event["module"]] = self._seal(stage, event, events)
                    self.progress(event["module"], len(sealed), total)
        return events, sealed

    def _seal(self, stage: Path, event: Event, events: Sequence[Event]) -> dict[str, str]:
        """Store a module that was built, and let those that wait for it go on (they fail if it failed)."""
        name = event["module"]
        digests = oleans(stage / "out", name) if event["ok"] and name in self.keys else {}
        if digests:
            keep(self.keys[name], stage / "out", name, events)
        ready(stage, name).touch()
        return digests

    def _job(self, stage: Path, plan: Sequence[Module]) -> list[str]:
        lines = [f"path\t{stage / 'out'}", *([f"set\t{_LEAVE_TO_REPLAY}"] if self.replay_only else [])]
        own = {m.name for m in plan}  # built in order by this process: nothing to wait for
        for module in plan:
            lines += [f"wait\t{ready(stage, i)}" for i in module.imports if i not in own]
            source, olean = below(stage / "src", module.name, ".lean"), below(stage / "out", module.name, ".olean")
            lines.append(f"module\t{module.name}\t{source}\t{olean}")
        return lines

    def _judge(self, folder: Path) -> list[Event]:
        large = sum(len(m.source) for m in self.library.modules) >= 2 * _START_COST
        parts = min(2, os.cpu_count() or 1) if large else 1
        lanes = [[audit_job(self.library, self.headlines, folder / "out", part, parts)] for part in range(parts)]
        nonce = secrets.token_hex(16)
        with contextlib.closing(
            run_jobs(self.backend, lanes, folder, self.limits, audit_source(), nonce=nonce)
        ) as reported:
            return list(reported)


def audit_job(library: Library, headlines: Sequence[str], out: Path, part: int, parts: int) -> list[str]:
    """Return the instructions to audit one part of the library that is compiled below ``out``."""
    lines = [f"path\t{out}", *(f"own\t{m.name}" for m in library.modules)]
    if part == 0:
        lines += [f"headline\t{h}" for h in headlines]
        lines += [f"instance\t{instance_of(h)}\t{h}" for h in headlines]
    return [*lines, f"audit\t{library.root}\t{part}\t{parts}"]


def _copy_sealed(out: Path, target: Path, module: str, digests: Mapping[str, str]) -> None:
    """Copy a module's compiled files, which must be what they were when it had just been compiled."""
    built, copy = below(out, module, ".olean"), below(target, module, ".olean")
    copy.parent.mkdir(parents=True, exist_ok=True)
    for suffix in digests:
        with contextlib.suppress(FileNotFoundError):
            shutil.copy(built.with_name(built.stem + suffix), copy.with_name(copy.stem + suffix))
    if oleans(target, module) != digests or oleans(out, module).keys() != digests.keys():
        raise LeanFailureError(f"the compiled files of {module} are not what Lean had written: something changed them")


Job = Sequence[str]


def run_jobs(
    backend: Backend, lanes: Sequence[Sequence[Job]], folder: Path, limits: Limits, program: Path | None = None, *,
    nonce: str | None = None,
) -> Generator[Event, None, None]:  # fmt: skip
    """Run the jobs of each lane one after the other, the lanes side by side, and yield events as they come.

    ``program`` is the Lean program that reads the jobs; the driver if it is not given. With ``nonce`` each event must
    carry that text, which stands in the job.
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
                    running[i] = _start(backend, folder, name, job, nonce, stack)
            for event in _poll(running, limits):
                yield event
                if event["event"] == "failed":
                    return
            time.sleep(0.1)


_Running = tuple[LeanProcess, Follower]


def _start(
    backend: Backend, folder: Path, name: str, job: Job, nonce: str | None, stack: contextlib.ExitStack
) -> _Running:
    follower = Follower(folder / f"events-{name}.jsonl", nonce)
    follower.path.touch()
    path = folder / f"job-{name}"
    carried = [] if nonce is None else [f"nonce\t{nonce}"]
    path.write_text("\n".join([f"events\t{follower.path}", *carried, *job]) + "\n")
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
