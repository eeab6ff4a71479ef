"""What rests on what: as the sources say, beside what the kernel holds."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from rlhf_proofs.dojo.dataset import Theorem
from rlhf_proofs.lean.audit import Constants

__all__ = ["Edge", "premise_graph", "statement_edges"]


class Edge(NamedTuple):
    """Statement ``statement`` rests on statement ``rests_on``: by the sources, by the kernel, or by both."""

    statement: str
    rests_on: str
    in_source: bool
    in_kernel: bool


def premise_graph(rows: Iterable[Theorem], *, proofs_only: bool = False) -> dict[str, frozenset[str]]:
    """Return which constants the source of each theorem mentions, under the names that the kernel has for both.

    It is not the graph of what a proof rests on: what ``grind`` and ``simp`` find by themselves is missing, and what a
    ``simp`` call names without need is there. For that graph see `rlhf_proofs.lean.audit.Constants.uses`.

    Parameters
    ----------
    rows
        The theorems, from `rlhf_proofs.dojo.theorems` or `read`.
    proofs_only
        Leave out what only the statement mentions.
    """
    return {
        row.constant: frozenset(p.name for p in row.premises if p.in_proof or not proofs_only) for row in rows
    }  # fmt: skip


def statement_edges(rows: Sequence[Theorem], constants: Constants) -> tuple[Edge, ...]:
    """Return the dependency graph of the statements of the claim table, of the sources and of the kernel in one.

    A rests on B if everything that B rests on is below A, and more; B rests on something. (Headline theorems are proved
    from lemmas, so that one seldom names another.) Only theorems that a source declares by name count. By the sources
    is from each proof to what it names, to what the proofs of these name, and so on: less than what the kernel has,
    which holds what ``simp`` and ``grind`` found too.

    Parameters
    ----------
    rows
        All theorems of the library.
    constants
        Of the audit of the same sources.
    """
    graph = premise_graph(rows)
    source = _pairs(_by_id(rows, lambda name: _below(graph, name)))
    kernel = _pairs(_by_id(rows, constants.closure))
    return tuple(Edge(a, b, (a, b) in source, (a, b) in kernel) for a, b in sorted(source | kernel))


def _by_id(rows: Sequence[Theorem], below: Callable[[str], set[str]]) -> dict[str, frozenset[str]]:
    known = {row.constant for row in rows}
    return {slug: frozenset((below(row.constant) & known) - {row.constant}) for row in rows for slug in row.claims}


def _pairs(lemmas: Mapping[str, frozenset[str]]) -> set[tuple[str, str]]:
    return {(a, b) for a in lemmas for b in lemmas if lemmas[b] and lemmas[b] < lemmas[a]}


def _below(graph: Mapping[str, frozenset[str]], name: str) -> set[str]:
    seen: set[str] = set()
    pending = [name]
    while pending:
        new = graph.get(pending.pop(), frozenset()) - seen
        seen |= new
        pending += new
    return seen
