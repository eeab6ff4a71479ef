"""The proofs as a data set: theorems, tactics with the goals before and after, premises; JSON lines."""

import importlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rlhf_numeric.files import replace_file
from rlhf_proofs.dojo.extract import Extraction

if TYPE_CHECKING:
    from lean_dojo import TracedRepo, TracedTactic, TracedTheorem
    from lean_dojo.data_extraction.ast import IdentNode, Node

    from rlhf_proofs.dojo.graph import Edge

__all__ = ["PREMISES", "STATEMENTS", "THEOREMS", "Premise", "Tactic", "Theorem", "read", "theorems", "write"]

THEOREMS, PREMISES, STATEMENTS = "theorems.jsonl", "premises.jsonl", "statements.jsonl"


@dataclass(frozen=True)
class Tactic:
    """One step of a proof.

    Attributes
    ----------
    tactic
        Its text, comments removed.
    annotated
        The same as it stands in the source, with ``<a> </a>`` around the premises that the library itself defines.
    state_before, state_after
        The goals as Lean prints them, a blank line between two; ``"no goals"`` where none is left.
    start, end
        Line and column, both from 1, as LeanDojo counts.
    """

    tactic: str
    annotated: str
    state_before: str
    state_after: str
    start: tuple[int, int]
    end: tuple[int, int]


@dataclass(frozen=True)
class Premise:
    """A constant that the source of a theorem mentions, and where: in the statement, in the proof, or in both."""

    name: str
    module: str
    in_statement: bool
    in_proof: bool


@dataclass(frozen=True)
class Theorem:
    """One theorem as LeanDojo sees it.

    Attributes
    ----------
    constant
        Its name in the kernel: ``name``, with a prefix where the theorem is private.
    name, module, path
        Name in the source, module, file.
    private
        Whether other modules cannot see it.
    claims
        Ids of the claim table that it proves.
    start, end
        Line and column, both from 1.
    statement, proof
        Source text without comments; ``proof`` is None where the proof is a term.
    tactics
        The steps in the order of the source, without repetitions.
    premises
        In the order in which they first occur.
    """

    constant: str
    name: str
    module: str
    path: str
    private: bool
    claims: tuple[str, ...]
    start: tuple[int, int]
    end: tuple[int, int]
    statement: str
    proof: str | None
    tactics: tuple[Tactic, ...]
    premises: tuple[Premise, ...]


def theorems(repo: "TracedRepo", extraction: Extraction, claims: Mapping[str, Sequence[str]]) -> tuple[Theorem, ...]:
    """Return every theorem of a traced repository, in import order and then in the order of the source.

    ``claims`` maps the name of a theorem to the ids that it proves.
    """
    modules = {m.name.replace(".", "/") + ".lean": m.name for m in extraction.library.modules}
    return tuple(
        _theorem(traced, modules[str(file.path)], claims)
        for file in repo.traced_files
        for traced in file.get_traced_theorems()
    )


def _theorem(traced: "TracedTheorem", module: str, claims: Mapping[str, Sequence[str]]) -> Theorem:
    name = traced.theorem.full_name
    constant = f"_private.{module}.0.{name}" if traced.is_private else name
    return Theorem(
        constant=constant,
        name=name,
        module=module,
        path=str(traced.file_path),
        private=bool(traced.is_private),
        claims=tuple(claims.get(constant, ())),
        start=_pair(traced.start),
        end=_pair(traced.end),
        statement=traced.get_theorem_statement().removesuffix(":=").rstrip(),
        proof=traced.get_tactic_proof(),
        tactics=tuple(_tactic(step) for step in traced.get_traced_tactics()),
        premises=tuple(_premises(traced)),
    )


def _pair(position: Iterable[int]) -> tuple[int, int]:
    line, column = position
    return line, column


def _tactic(step: "TracedTactic") -> Tactic:
    return Tactic(
        tactic=step.tactic,
        annotated=step.get_annotated_tactic()[0],
        state_before=step.state_before,
        state_after=step.state_after,
        start=_pair(step.start),
        end=_pair(step.end),
    )


def _premises(traced: "TracedTheorem") -> Iterator[Premise]:
    """Yield the constants that the identifiers of a theorem stand for."""
    ident = importlib.import_module("lean_dojo.data_extraction.ast").IdentNode
    proof = traced.get_proof_node().get_closure()[0]
    found: dict[tuple[str, str], set[bool]] = {}

    def visit(node: "IdentNode", _parents: "list[Node]") -> None:
        if node.full_name is not None:
            found.setdefault((node.full_name, node.mod_name), set()).add(proof <= node.start)

    traced.ast.traverse_preorder(visit, node_cls=ident)
    for (name, module), places in found.items():
        yield Premise(name, module, in_statement=False in places, in_proof=True in places)


def write(rows: Sequence[Theorem], edges: "Iterable[Edge]", folder: Path) -> tuple[Path, Path, Path]:
    """Write theorems, premises and the graph of the statements, one object a line; the same gives the same bytes.

    The files are ``theorems.jsonl``, ``premises.jsonl`` and ``statements.jsonl``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    premises = ({"theorem": row.constant, "from": row.module, **asdict(p)} for row in rows for p in row.premises)
    return (
        _lines(folder / THEOREMS, map(asdict, rows)),
        _lines(folder / PREMISES, premises),
        _lines(folder / STATEMENTS, (edge._asdict() for edge in edges)),
    )


def _lines(path: Path, objects: Iterable[Mapping[str, Any]]) -> Path:
    """Write in one move: an interrupted run leaves the old file."""
    replace_file(path, "".join(json.dumps(o, ensure_ascii=False) + "\n" for o in objects))
    return path


def read(folder: Path) -> tuple[Theorem, ...]:
    """Read the theorems that `write` wrote.

    Raises
    ------
    FileNotFoundError
        If the folder has no ``theorems.jsonl``.
    """
    with (folder / THEOREMS).open(encoding="utf-8") as file:
        return tuple(_row(json.loads(line)) for line in file)


def _row(raw: dict[str, Any]) -> Theorem:
    """Make a row of its JSON, where tuples are lists."""
    for place in (raw, *raw["tactics"]):
        place |= {"start": tuple(place["start"]), "end": tuple(place["end"])}
    raw["claims"] = tuple(raw["claims"])
    raw["tactics"] = tuple(Tactic(**step) for step in raw["tactics"])
    raw["premises"] = tuple(Premise(**premise) for premise in raw["premises"])
    return Theorem(**raw)
