"""What each page shows: plain data for the templates, read from the ledger, the Lean report and the derivations."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from markupsafe import Markup, escape

from rlhf_numeric.attacks.mutate import MutationReport
from rlhf_numeric.evaluation.case_file import Case
from rlhf_proofs.lean.audit import LibraryReport
from rlhf_proofs.lean.census import Reader
from rlhf_proofs.publish.citation import as_bibtex, as_latex, cite
from rlhf_proofs.publish.setting import load_setting
from rlhf_proofs.report.code import Listing
from rlhf_proofs.report.graph import Graph
from rlhf_proofs.report.html import block, mixed
from rlhf_proofs.report.layout import HEIGHT, WIDTH, lay_out
from rlhf_proofs.report.leftovers import histogram
from rlhf_proofs.report.numbers import sizes, tightness
from rlhf_proofs.report.theorem import Theorems, in_words
from rlhf_proofs.table import ClaimEntry
from rlhf_symbolic import DERIVATIONS
from rlhf_symbolic.engine.printing import latex, latex_words

__all__ = ["Pages"]

_ARXIV = re.compile(r"\b\d{4}\.\d{4,5}\b")


@dataclass(frozen=True)
class Pages:
    """Makes the contexts of the templates.

    Attributes
    ----------
    ledger
        Of the last full check, in its JSON form.
    current
        Whether the sources are still those that it was made from.
    entries
        The claim table.
    report
        Of the Lean library.
    graph
        Of the statements.
    mutants
        What became of the mutants of each claim, by id.
    campaign
        Findings of a campaign by id, in their JSON form.
    """

    ledger: Mapping[str, Any]
    current: bool
    entries: Sequence[ClaimEntry]
    report: LibraryReport
    graph: Graph
    mutants: Mapping[str, MutationReport]
    campaign: Mapping[str, Any]

    @cached_property
    def theorems(self) -> Theorems:
        """Shows theorems and definitions."""
        return Theorems(Reader(self.report))

    @cached_property
    def modules(self) -> list[str]:
        """Modules of the library that declare something."""
        return [name for name in self.report.sources if name in {e["module"] for e in self.report.declarations}]

    def module(self, name: str) -> dict[str, Any]:
        """Return what the page of a module shows."""
        return self.theorems.module(name, self.rows)

    @cached_property
    def rows(self) -> dict[str, dict[str, Any]]:
        """Rows of the ledger by id, each with its statement as HTML."""
        return {row["id"]: row | {"math": self._math(row)} for row in self.ledger["claims"]}

    def _math(self, row: Mapping[str, Any]) -> Markup:
        written = next((e.latex for e in self.entries if e.id == row["id"]), None)
        return mixed(row["title"].replace("$", "") if written is None else written)

    def index(self) -> dict[str, Any]:
        """Return what the overview shows."""
        statuses = list(dict.fromkeys(row["effective"] for row in self.ledger["claims"]))
        counts = {s: sum(row["effective"] == s for row in self.ledger["claims"]) for s in statuses}
        groups = list(dict.fromkeys(row["group"] for row in self.ledger["claims"]))
        return {"rows": list(self.rows.values()), "counts": counts, "groups": groups}

    def graph_page(self) -> dict[str, Any]:
        """Return what the graph shows."""
        return {"layout": lay_out(self.graph), "graph": self.graph, "box": (WIDTH, HEIGHT), "titles": self._titles()}

    def _titles(self) -> dict[str, str]:
        return {slug: row["title"] for slug, row in self.rows.items()}

    def statement(self, claim: str) -> dict[str, Any]:
        """Return what the page of one statement shows."""
        row = self.rows[claim]
        said = self._citation(claim)
        tally = self.campaign[claim]["tally"] if claim in self.campaign else None
        return {
            "row": row,
            "place": _with_links(row["paper"]),
            "theorem": self.theorems.shown(row["lean"]["theorem"]),
            "assumes": _grouped(row["lean"]["hypotheses"], None if said is None else said["latex"]),
            "laws": self._laws(row["lean"]["hypotheses"] or ()),
            "sizes": sizes(row["numeric"]),
            "tightness": tightness(row["numeric"], [*row["tightness"].values(), tally]),
            "steps": self._steps(row["symbolic"]["derivation"]),
            "tally": tally,
            "bars": self._bars(claim),
            "mutants": self._mutants(claim),
            "rests_on": self._told(self.graph.rests_on(claim)),
            "used_by": self._told(self.graph.used_by(claim)),
            "citation": said,
            "bibtex": None if said is None else as_bibtex([said]),
            "verified": None if said is None else as_latex([said]),
        }

    def _citation(self, claim: str) -> dict[str, Any] | None:
        known = any(e.id == claim and e.latex is not None for e in self.entries)
        return cite(self.ledger, self.entries, claim, current=self.current) if known else None

    def _laws(self, hypotheses: Sequence[Mapping[str, Any]]) -> dict[str, str]:
        """Return where each structure that gives hypotheses is shown: what has no laws of its own, in its source."""
        found = {}
        for name in {h["of"] for h in hypotheses} - {None}:
            place = self.theorems.place(name)
            if self.definition(name) is not None and name in self._assumed:
                found[name.removeprefix("RLHF.")] = f"assumptions.html#{name.removeprefix('RLHF.')}"
            elif place is not None:
                found[name.removeprefix("RLHF.")] = f"source/{place.module}.html#{place.name}"
        return found

    def _told(self, ids: Sequence[str]) -> list[dict[str, Any]]:
        return [self.rows[id] for id in ids]

    @cached_property
    def further(self) -> dict[str, dict[str, Any]]:
        """Derivations that no statement names, by id, with what the check found."""
        return {found["derivation"]: found for found in self.ledger["derivations"]}

    def derivations(self) -> dict[str, Any]:
        """Return what the page of all derivations shows: those of statements, and the further ones."""
        own = {slug: row["symbolic"] for slug, row in self.rows.items() if row["symbolic"]["derivation"] is not None}
        further = [(found, self._closed_form(id)) for id, found in self.further.items()]
        return {"further": further, "own": own}

    def derivation(self, id: str) -> dict[str, Any]:
        """Return what the page of one derivation shows."""
        title, _ = self._closed_form(id)
        return {"found": self.further[id], "title": title, "steps": self._steps(id)}

    def _closed_form(self, id: str) -> tuple[str, Markup]:
        """Return the title of a derivation, and what it derives; empty where this version no longer has it."""
        if id not in DERIVATIONS:
            return "", Markup("")
        steps = DERIVATIONS[id].steps
        return DERIVATIONS[id].title, block(f"{latex(steps[0].before)} = {latex(steps[-1].after)}")

    def _steps(self, derivation: str | None) -> list[dict[str, Any]] | None:
        if derivation is None or derivation not in DERIVATIONS:
            return None
        steps = DERIVATIONS[derivation].steps
        first = {"math": block(latex(steps[0].before)), "name": "definition", "reason": ""}
        return [first] + [
            {
                "math": block("= " + latex(s.after)),
                "name": mixed(latex_words(s.name)),
                "reason": mixed(latex_words(s.reason)),
            }
            for s in steps
        ]

    def _bars(self, claim: str) -> dict[str, Any] | None:
        drawn = histogram(claim, self.campaign[claim]["histogram"]) if claim in self.campaign else None
        return None if drawn is None else dict(zip(("bars", "what", "end"), drawn, strict=True))

    def _mutants(self, claim: str) -> dict[str, Any] | None:
        if claim not in self.mutants:
            return None
        found = self.mutants[claim]
        return {"killed": [_case(each) for each in found.killed], "survived": found.survived}

    @cached_property
    def _assumed(self) -> dict[str, list[str]]:
        """Definitions that hypotheses are made of, by name, each with the statements that assume it."""
        assumed: dict[str, list[str]] = {}
        for slug, row in self.rows.items():
            for name in self._predicates(row["lean"]["theorem"]):
                assumed.setdefault(name, []).append(slug)
        return assumed

    def assumptions(self) -> dict[str, Any]:
        """Return the definitions that hypotheses are made of, each with the statements that assume it."""
        shown = []
        for name, by in sorted(self._assumed.items(), key=lambda item: -len(item[1])):
            if (source := self.definition(name)) is not None:
                shown.append({"name": name.removeprefix("RLHF."), "source": source, "by": by})
        setting = [mixed(part) for part in load_setting().parts]
        return {"assumed": shown, "total": len(self.rows), "setting": setting}

    def definition(self, name: str) -> Listing | None:
        """Return a definition ready to be shown, or None where the check has not seen it."""
        place = self.theorems.place(name)
        return None if place is None else self.theorems.code.listing(place)

    def _predicates(self, theorem: str | None) -> list[str]:
        """Structures that a theorem ranges over, and predicates of the library that it assumes."""
        binders = self.report.census.get(theorem or "", {}).get("binders", ())
        own = (b["head"] for b in binders if b["head"] in self.report.constants.by_name)
        return [name for name in dict.fromkeys(own) if self._is_assumption(name, binders)]

    def _is_assumption(self, name: str, binders: Sequence[Mapping[str, str]]) -> bool:
        carries_laws = any(
            b["kind"] == "hypothesis" for b in self.report.census.get(f"{name}.mk", {}).get("binders", ())
        )
        return carries_laws or any(b["head"] == name and b["kind"] == "hypothesis" for b in binders)


def _grouped(
    hypotheses: Sequence[Mapping[str, Any]] | None, latex: str | None
) -> dict[str, list[dict[str, Any]]] | None:
    """Return hypotheses by the structure that they come from; the empty name stands for the statement itself."""
    if hypotheses is None:
        return None
    said = in_words(hypotheses, latex)
    structures = dict.fromkeys(h["of"] or "" for h in said)
    return {of.removeprefix("RLHF."): [h for h in said if (h["of"] or "") == of] for of in structures}


def _with_links(place: str) -> Markup:
    """Return the place of a statement with each number of arXiv as a link."""
    return Markup(_ARXIV.sub(r'<a href="https://arxiv.org/abs/\g<0>">\g<0></a>', str(escape(place))))


def _case(case: Case) -> dict[str, Any]:
    """Return a stored case with its numbers in decimals, as many digits as tell them apart."""
    sides = {side: float.fromhex(getattr(case, side)) for side in ("lhs", "rhs")}
    instance = {name: _decimal(values) for name, values in case.instance.items()}
    return {"name": case.mutant, "found_by": case.found_by, "instance": instance} | sides


def _decimal(values: Any) -> str:  # noqa: ANN401 - nested lists of hexadecimal floats
    if isinstance(values, str):
        return repr(float.fromhex(values))
    return f"[{', '.join(map(_decimal, values))}]"
