"""Judging what Lean reported: which theorems the kernel accepted, from which axioms, with which statement."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import cached_property

from rlhf_proofs.lean.events import Diagnostic, Event, diagnostic, prefix
from rlhf_proofs.lean.gates import faults, idle_fields, name_faults
from rlhf_proofs.lean.library import Library, sha256
from rlhf_proofs.lean.scan import refusals

__all__ = ["ALLOWED_AXIOMS", "FORBIDDEN", "AuditedTheorem", "Constants", "Cost", "LibraryReport", "judge"]

ALLOWED_AXIOMS = frozenset({"propext", "Quot.sound", "Classical.choice"})
# What `sorry` and `native_decide` leave in a proof.
FORBIDDEN = frozenset({"sorryAx", "Lean.ofReduceBool", "Lean.ofReduceNat", "Lean.trustCompiler"})


@dataclass(frozen=True)
class Cost:
    """What elaborating one declaration took: wall time, and heartbeats, which do not depend on the machine's load."""

    module: str
    name: str
    milliseconds: int
    heartbeats: int


@dataclass(frozen=True)
class AuditedTheorem:
    """A theorem of the library, with what it rests on.

    Attributes
    ----------
    name, module
        Full Lean name and the module that proves it.
    statement
        The elaborated statement as Lean prints it.
    statement_sha256
        Hash of the elaborated statement and of every definition of the library that it unfolds to; binder names,
        comments and layout do not count.
    axioms
        Axioms of the library's own, ``sorryAx`` and compiler trust, anywhere below the theorem. Empty when clean.
    core_axioms
        Axioms of Lean's core that the theorem uses; None when the back end cannot see them.
    unused
        Hypotheses that the proof never mentions.
    """

    name: str
    module: str
    statement: str
    statement_sha256: str
    axioms: tuple[str, ...]
    core_axioms: tuple[str, ...] | None
    unused: tuple[str, ...]

    @property
    def clean(self) -> bool:
        """Whether nothing but the three allowed axioms was found below the theorem."""
        return not self.axioms and (self.core_axioms is None or set(self.core_axioms) <= ALLOWED_AXIOMS)


@dataclass(frozen=True)
class Constants:
    """The constants of the library as the kernel holds them."""

    by_name: Mapping[str, Event]

    def uses(self, name: str) -> list[str]:
        """Return every constant that the type or the body of ``name`` mentions."""
        constant = self.by_name[name]
        return [*constant.get("type_uses", ()), *constant.get("value_uses", ())]  # a missing constant has neither

    def closure(self, name: str) -> set[str]:
        """Return all names, the library's and core's, that ``name`` rests on, itself included."""
        seen: set[str] = set()
        pending = [name]
        while pending:
            current = pending.pop()
            if current not in seen:
                seen.add(current)
                if current in self.by_name:
                    pending.extend(self.uses(current))
        return seen

    def own_axioms(self, name: str) -> tuple[str, ...]:
        """Return the library's axioms, ``sorryAx`` and compiler trust in the closure of ``name``."""
        below = self.closure(name)
        own = {n for n in below if n in self.by_name and self.by_name[n]["kind"] == "axiom"}
        return tuple(sorted(own | (below & FORBIDDEN)))

    def statement_hash(self, name: str) -> str:
        """Return the hash of a statement and of all that its words mean (see `AuditedTheorem`)."""
        parts = [self.by_name[name]["type"]]
        for used in sorted(self.meaning(name)):
            parts += self._words(used)
        return sha256(*parts)

    def definitions(self, name: str) -> dict[str, str]:
        """Return the hash of every definition of the library that a statement unfolds to, by name."""
        return {used: sha256(*self._words(used)) for used in sorted(self.meaning(name))}

    def _words(self, name: str) -> list[str]:
        constant = self.by_name[name]
        return [name, constant["kind"], constant.get("type") or "", constant.get("value") or ""]

    def meaning(self, name: str) -> set[str]:
        """Return the library's definitions and structures that a statement unfolds to; proofs are not meaning."""
        seen: set[str] = set()
        pending = list(self.by_name[name]["type_uses"])
        while pending:
            current = pending.pop()
            if current in self.by_name and current not in seen:
                seen.add(current)
                is_proof = self.by_name[current]["kind"] == "theorem"
                pending.extend(self.by_name[current]["type_uses"] if is_proof else self.uses(current))
                pending.extend(self._constructors.get(current, ()))
        return seen

    @cached_property
    def _constructors(self) -> Mapping[str, list[str]]:
        """Constructors by their type: a structure means what its fields are."""
        table: dict[str, list[str]] = {}
        for name, constant in self.by_name.items():
            if constant["kind"] == "constructor":
                table.setdefault(prefix(name), []).append(name)
        return table


@dataclass(frozen=True)
class LibraryReport:
    """What a check of the library found.

    Attributes
    ----------
    backend, toolchain
        Which Lean said so.
    defects
        Why the library as a whole is not accepted; empty when it is. One defect anywhere and nothing reads as proved.
    theorems
        All theorems by full name.
    diagnostics
        Messages of Lean with file, line and column.
    milliseconds
        Elaboration time of each module.
    costs
        What each declaration took, in the order of the sources of each module.
    replayed
        Constants that the kernel accepted again from the oleans.
    lines
        Lines of Lean in each module.
    seconds
        Wall time of the Lean run (of the run that filled the cache, if ``cached``).
    cached
        Whether the answer was read from the cache, keyed by sources, driver and toolchain.
    constants
        What the kernel holds.
    census
        Binders and conclusion of the headline theorems and of the constructors of structures, by name.
    declarations
        Every declaration of the sources with its lines, those without a name included.
    sources
        Text of each module.
    """

    backend: str
    toolchain: str
    defects: tuple[str, ...]
    theorems: Mapping[str, AuditedTheorem]
    diagnostics: tuple[Diagnostic, ...]
    milliseconds: Mapping[str, int]
    costs: tuple[Cost, ...]
    replayed: int
    lines: Mapping[str, int]
    seconds: float
    cached: bool = False
    constants: Constants = field(default=Constants({}), repr=False)
    census: Mapping[str, Event] = field(default_factory=dict, repr=False)
    declarations: tuple[Event, ...] = field(default=(), repr=False)
    sources: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def accepted(self) -> bool:
        """Whether the library as a whole is accepted."""
        return not self.defects

    def refusal(self, theorem: str) -> str | None:
        """Return why ``theorem`` does not count as proved, or None if it does."""
        if self.defects:
            return f"the Lean library was not accepted: {self.defects[0]}"
        found = self.theorems.get(theorem)
        if found is None:
            return f"there is no theorem {theorem} in the Lean library"
        if not found.clean:
            foreign = set(found.core_axioms or ()) - ALLOWED_AXIOMS
            return f"{theorem} rests on {', '.join([*found.axioms, *sorted(foreign)])}"
        if found.unused:
            return f"the proof of {theorem} never uses the hypothesis {', '.join(found.unused)}"
        return None


def judge(
    library: Library, events: Iterable[Event], headlines: Sequence[str] = (), *,
    backend: str, seconds: float, cached: bool = False,
) -> LibraryReport:  # fmt: skip
    """Turn events into a report; what is not positively there counts as a defect.

    ``headlines`` are held to what `gates` asks of them.
    """
    events = list(events)
    names = {m.name for m in library.modules}
    held = [e for e in events if e["event"] == "constant" and e["module"] in names]
    constants = Constants({e["name"]: e for e in held})
    diagnostics = tuple(
        diagnostic(e) for e in events if e["event"] == "message" and e["module"] in names and e["text"].strip()
    )
    declarations = tuple(e for e in events if e["event"] == "declaration" and e["module"] in names)
    replayed = {name for e in events if e["event"] == "replayed" and e["root"] == library.root for name in e["names"]}
    built = {e["module"]: e for e in events if e["event"] == "module"}
    return LibraryReport(
        backend=backend,
        toolchain=next((f"Lean {e['version']}" for e in events if e["event"] == "lean"), "unknown"),
        defects=(
            *_defects(library, constants, diagnostics, built, replayed, events),
            *name_faults(held),
            *_gates(headlines, constants, events),
        ),
        theorems=_theorems(constants, events),
        diagnostics=diagnostics,
        milliseconds={m: e["milliseconds"] for m, e in built.items() if m in names},
        costs=tuple(_cost(e) for e in declarations if e["name"]),
        replayed=len(replayed),
        lines={m.name: m.source.count("\n") for m in library.modules},
        seconds=seconds,
        cached=cached,
        constants=constants,
        census={e["name"]: e for e in events if e["event"] == "census" and e["name"] in constants.by_name},
        declarations=declarations,
        sources={m.name: m.source for m in library.modules},
    )


def _cost(event: Event) -> Cost:
    return Cost(event["module"], event["name"], event["milliseconds"], event["heartbeats"])


def _defects(
    library: Library, constants: Constants, diagnostics: Sequence[Diagnostic], built: Mapping[str, Event],
    replayed: AbstractSet[str], events: Sequence[Event],
) -> Iterable[str]:  # fmt: skip
    """Yield every reason not to accept the library, the most telling first."""
    yield from refusals(library)
    yield from (str(d) for d in diagnostics if d.severity != "information")
    for name in library.unreached:
        yield f"{name.replace('.', '/')}.lean is not reached from the root module {library.root}: nothing checked it"
    failed = {m.name for m in library.modules if not built.get(m.name, {}).get("ok", False)}
    for module in library.modules:
        if module.name in failed:
            blockers = [i for i in module.imports if i in failed]
            reason = f"not built, because {blockers[0]} was not" if blockers else "not built"
            yield f"{module.name.replace('.', '/')}.lean: {reason}"
    for event in events:
        if event["event"] == "failed" or (event["event"] == "rejected" and event["root"] == library.root):
            yield f"the Lean driver stopped: {event['text']}"
    for name, constant in constants.by_name.items():
        if constant["kind"] in ("axiom", "missing"):
            yield f"{constant['module']} declares the {constant['kind']} constant {name}"
        for banned in sorted(FORBIDDEN.intersection(constants.uses(name))):
            yield f"{name} uses {banned}"
    if not failed:
        yield from _not_replayed(constants.by_name.keys(), replayed)


def _gates(headlines: Sequence[str], constants: Constants, events: Sequence[Event]) -> Iterable[str]:
    known = [h for h in headlines if h in constants.by_name]
    yield from faults(known, constants.by_name, {h: constants.meaning(h) for h in known}, events)
    yield from idle_fields(known, constants.by_name, {h: constants.closure(h) for h in known}, events)


def _not_replayed(known: AbstractSet[str], replayed: AbstractSet[str]) -> Iterable[str]:
    """Yield what is amiss if the kernel was not sent exactly the constants that were reported."""
    if not known or known - replayed:
        yield f"the kernel accepted {len(known & replayed)} of {len(known)} constants on replay"
    if unreported := replayed - known:
        yield f"the driver said nothing of {min(unreported)}, which it sent to the kernel"


def _theorems(constants: Constants, events: Sequence[Event]) -> dict[str, AuditedTheorem]:
    core = {e["name"]: tuple(sorted(e["axioms"])) for e in events if e["event"] == "axioms"}
    return {
        name: AuditedTheorem(
            name,
            e["module"],
            e["statement"],
            constants.statement_hash(name),
            constants.own_axioms(name),
            core.get(name),
            tuple(e["unused"]),
        )
        for name, e in constants.by_name.items()
        if e["kind"] == "theorem" and e["statement"]
    }
