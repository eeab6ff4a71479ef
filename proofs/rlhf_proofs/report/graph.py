"""What rests on what among the headline theorems, read from the proof terms that the kernel holds."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rlhf_proofs.lean.audit import LibraryReport

__all__ = ["ORDER", "Graph", "dependency_graph"]

# From the worst to the best.
ORDER = ("refuted", "vacuous", "stale", "open", "not-run", "tested", "derived", "proved")
_DOT_COLOUR = {
    "proved": "palegreen", "derived": "paleturquoise", "tested": "lightblue", "not-run": "lightgrey", "open": "khaki",
    "stale": "orange", "vacuous": "tomato", "refuted": "tomato",
}  # fmt: skip


@dataclass(frozen=True)
class Graph:
    """A directed graph without cycles.

    Attributes
    ----------
    status
        Effective status of each statement, by id, in the order of the table.
    below
        Worst status among a statement and everything below it.
    edges
        (A, B): A rests on B. Those that follow from others are left out.
    recorded
        Who recorded the ledger, if it is not of a check made here.
    """

    status: Mapping[str, str]
    below: Mapping[str, str]
    edges: tuple[tuple[str, str], ...]
    recorded: Mapping[str, Any] | None = None

    def rests_on(self, claim: str) -> list[str]:
        """Return the statements right below one."""
        return [b for a, b in self.edges if a == claim]

    def used_by(self, claim: str) -> list[str]:
        """Return the statements right above one."""
        return [a for a, b in self.edges if b == claim]

    def as_json(self) -> str:
        """Return nodes and edges as JSON."""
        nodes = [{"id": n, "status": s, "below": self.below[n]} for n, s in self.status.items()]
        edges = [{"from": a, "rests_on": b} for a, b in self.edges]
        mark = {} if self.recorded is None else {"recorded": dict(self.recorded)}
        return json.dumps({"nodes": nodes, "edges": edges} | mark, indent=1)

    def as_dot(self) -> str:
        """Return the graph in the language of Graphviz; arrows point from what is used to what uses it."""
        nodes = [f'  "{n}" [fillcolor={_DOT_COLOUR[self.below[n]]}];' for n in self.status]
        edges = [f'  "{b}" -> "{a}";' for a, b in self.edges]
        head = ["digraph statements {", "  rankdir=LR;", "  node [shape=box, style=filled, fontname=sans];"]
        mark = [] if self.recorded is None else [f"// recorded by {self.recorded['by']}; not checked here"]
        return "\n".join([*mark, *head, *nodes, *edges, "}"])


def dependency_graph(ledger: Mapping[str, Any], report: LibraryReport) -> Graph:
    """Return the graph of the statements of a ledger.

    A rests on B if the proof of A contains everything that the proof of B is made of, and more: each lemma of the
    library below B is below A. (Headline theorems are stated once, from lemmas; proofs use these lemmas, so that one
    headline theorem seldom names another.) This leaves out what shares only a part of B.

    Parameters
    ----------
    ledger
        In its JSON form; gives the statements and their status.
    report
        Of the Lean library, with its constants.
    """
    status = {row["id"]: row["effective"] for row in ledger["claims"]}
    lemmas = {row["id"]: _lemmas(report, row["lean"]["theorem"]) for row in ledger["claims"]}
    under = {a: [b for b in status if lemmas[b] and lemmas[b] < lemmas[a]] for a in status}  # transitive, as < is
    below = {a: min((status[b] for b in (a, *under[a])), key=ORDER.index) for a in status}
    edges = tuple((a, b) for a in status for b in under[a] if not any(b in under[c] for c in under[a]))
    return Graph(status, below, edges, ledger.get("recorded"))


def _lemmas(report: LibraryReport, theorem: str | None) -> frozenset[str]:
    """Return the theorems of the library below a theorem, itself and what the elaborator split off it left out."""
    constants = report.constants
    if theorem is None or theorem not in constants.by_name:
        return frozenset()
    below = constants.closure(theorem) - {theorem}
    written = (n for n in below if n in constants.by_name and not n.rpartition(".")[2].startswith("_"))
    return frozenset(n for n in written if constants.by_name[n]["kind"] == "theorem")
