"""What LeanDojo sees against what the kernel and the elaborator hold: names, premises, goals.

LeanDojo reads names off the syntax, with a reader made for an older Lean: it can be wrong without an error. Each row is
therefore held against the audit, which walks the kernel's constants and knows nothing of syntax trees.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rlhf_proofs.dojo.dataset import Premise, Theorem
from rlhf_proofs.dojo.extract import Extraction
from rlhf_proofs.lean.audit import Constants, LibraryReport
from rlhf_proofs.lean.library import Library

__all__ = ["Agreement", "compare"]


@dataclass(frozen=True)
class Agreement:
    """Result of a comparison.

    Attributes
    ----------
    theorems, tactics, premises
        How many rows, steps, and pairs of a theorem and a premise.
    unused
        Those pairs whose premise the source mentions but the kernel's term does not contain: what is unfolded or
        rewritten away, and the names of cases.
    goals
        Theorems whose first goal was compared with the statement in the kernel: the public ones with a tactic proof.
    disagreements
        In words; empty if LeanDojo and the elaborator agree.
    """

    theorems: int
    tactics: int
    premises: int
    unused: int
    goals: int
    disagreements: tuple[str, ...]


def compare(rows: Sequence[Theorem], extraction: Extraction, headlines: Sequence[str]) -> Agreement:
    """Compare the rows with the audit of the same sources, over the modules that were traced.

    1. The theorems are those that the kernel has and that a source declares by name.
    2. Every headline theorem is there, with a premise in its proof.
    3. A premise is a constant of the module it is said to be of, and the theorem uses it, or its source names it.
    4. The first goal of a tactic proof is the conclusion of the statement, namespaces left aside.
    """
    view = _View(extraction.library, extraction.report)
    goals = [(row, statement) for row in rows if (statement := view.comparable(row)) is not None]
    found = [
        *_names(rows, extraction),
        *(f"{name} is a headline theorem and was not traced" for name in _missed(rows, extraction, headlines)),
        *(f"{row.constant}: {what}" for row in rows for what in view.wrong_premises(row)),
        *(f"{row.constant}: {what}" for row, statement in goals if (what := view.wrong_goal(row, statement))),
    ]
    pairs = [(row, premise) for row in rows for premise in row.premises]
    return Agreement(
        theorems=len(rows),
        tactics=sum(len(row.tactics) for row in rows),
        premises=len(pairs),
        unused=sum(premise.name not in view.used(row.constant) for row, premise in pairs),
        goals=len(goals),
        disagreements=tuple(found),
    )


def _missed(rows: Sequence[Theorem], extraction: Extraction, headlines: Sequence[str]) -> Iterator[str]:
    """Yield the headline theorems that have no row with a premise, those of other modules left aside."""
    found = {row.constant for row in rows if any(p.in_proof for p in row.premises)}
    held = extraction.report.constants.by_name
    yield from (n for n in headlines if n not in found and (n not in held or held[n]["module"] in extraction.traces))


def _names(rows: Sequence[Theorem], extraction: Extraction) -> Iterator[str]:
    traced = [row.constant for row in rows]
    held = set(_declared_theorems(extraction))
    yield from (
        f"{name} was traced {traced.count(name)} times" for name in sorted({n for n in traced if traced.count(n) > 1})
    )
    yield from (f"{name} was traced, and the kernel has no such theorem" for name in sorted(set(traced) - held))
    yield from (f"{name} is a theorem, and was not traced" for name in sorted(held - set(traced)))


def _declared_theorems(extraction: Extraction) -> Iterator[str]:
    """Yield the theorems that a source declares by name, not those that Lean makes beside a definition."""
    report = extraction.report
    declared = {(cost.module, cost.name) for cost in report.costs if cost.module in extraction.traces}
    for name, constant in report.constants.by_name.items():
        module = constant["module"]
        if constant["kind"] == "theorem" and (module, name.removeprefix(f"_private.{module}.0.")) in declared:
            yield name


class _View:
    """The audit, asked about one theorem at a time."""

    def __init__(self, library: Library, report: LibraryReport) -> None:
        self._sources = {m.name: m.source.splitlines() for m in library.modules}
        self._constants = report.constants
        self._statements = {name: theorem.statement for name, theorem in report.theorems.items()}
        self._namespace = _namespaces(report.constants)
        self._used: dict[str, set[str]] = {}

    def used(self, name: str) -> set[str]:
        """Return the constants in the statement and the proof, those inside the auxiliary ones of Lean included."""
        if name not in self._used:
            found: set[str] = set()
            pending = [name] if name in self._constants.by_name else []
            while pending:
                new = set(self._constants.uses(pending.pop())) - found
                found |= new
                pending += [n for n in new if n.startswith(f"{name}.") and n in self._constants.by_name]
            self._used[name] = found
        return self._used[name]

    def wrong_premises(self, row: Theorem) -> Iterator[str]:
        for premise in row.premises:
            constant = self._constants.by_name.get(premise.name)
            if (premise.module in self._sources) != (constant is not None):
                yield f"its premise {premise.name} is no constant of {premise.module}"
            elif constant is not None and constant["module"] != premise.module:
                yield f"its premise {premise.name} is of {constant['module']}, not of {premise.module}"
            elif premise.name not in self.used(row.constant) and not self._mentions(row, premise):
                yield f"it neither uses nor mentions its premise {premise.name}"

    def _mentions(self, row: Theorem, premise: Premise) -> bool:
        """Whether the last word of the name stands in the source of the theorem."""
        source = "\n".join(self._sources.get(row.module, [])[row.start[0] - 1 : row.end[0]])
        return re.search(rf"(?<!\w){re.escape(premise.name.rpartition('.')[2])}(?!\w)", source) is not None

    def comparable(self, row: Theorem) -> str | None:
        """Return the statement in the kernel, if there is a first goal to compare with it."""
        return self._statements.get(row.constant) if row.proof is not None and row.tactics else None

    def wrong_goal(self, row: Theorem, statement: str) -> str | None:
        first = min(row.tactics, key=lambda step: step.start)
        goal = self._plain(first.state_before.partition("⊢ ")[2])
        held = self._plain(statement)
        if goal and any(held.endswith(form) for form in (goal, f"({goal})", goal.removeprefix("∀ "))):
            return None
        return f"its first goal is {goal!r}, its statement {held!r}"

    def _plain(self, text: str) -> str:
        """Leave out layout and namespaces: goals are printed inside the namespace, the audit's statements are not."""
        return " ".join(self._namespace.sub("", text).split())


def _namespaces(constants: Constants) -> re.Pattern[str]:
    kinds: Mapping[str, str] = {name: constant["kind"] for name, constant in constants.by_name.items()}
    parts = (name.split(".") for name in kinds if not name.startswith("_private."))
    prefixes = {".".join(words[:i]) for words in parts for i in range(1, len(words))} | {"Lean.Grind"}
    # A definition can be a prefix too (`problem.klCoef`), and is a word of the statement then.
    spaces = sorted((p for p in prefixes if kinds.get(p) not in ("definition", "theorem")), key=len, reverse=True)
    return re.compile(rf"(?<![\w.])(?:{'|'.join(map(re.escape, spaces))})\.")
