"""What the report takes words in Lean sources for, held against what Lean itself says that they name."""

import re

import pytest

from rlhf_proofs.dojo.extract import extract
from rlhf_proofs.lean.backend import find_backend
from rlhf_proofs.lean.library import Library
from rlhf_proofs.report import names as module_of_names
from rlhf_proofs.report.names import Names, line_starts, plain
from rlhf_proofs.resources import proofs_directory
from rlhf_proofs.table import load_table

pytestmark = [pytest.mark.deep, pytest.mark.lean, pytest.mark.slow]

HEADLINES = [entry.lean for entry in load_table() if entry.lean is not None]
FURTHER = (
    "RLHF.Model.Defs", "RLHF.Geometry.Domination", "RLHF.Reals.Field", "RLHF.Probability.Expect",
    "RLHF.Papers.Generalisation.Stability.Coverage", "RLHF.Papers.Generalisation.Suboptimality.Assembled",
)  # fmt: skip


@pytest.fixture(scope="module")
def traced():
    """Traces of the modules with headline theorems, and of some others."""
    library = Library.load(proofs_directory())
    modules = [m.name for m in library.modules if ".Main." in m.name or m.name in FURTHER]
    return extract(library, find_backend(), HEADLINES, modules=modules)


@pytest.fixture(scope="module")
def names(traced):
    return Names(traced.report)


def said_by_lean(traced, module):
    """Start, end and name of each word that Lean resolved, positions in letters."""
    text, trace = traced.report.sources[module], traced.traces[module]
    offsets, at = {}, 0
    for i, letter in enumerate(text):
        offsets[at] = i
        at += len(letter.encode())
    offsets[at] = len(text)
    found = ((offsets[s], offsets[e], plain(name)) for s, e, name, *_ in (*trace["premises"], *trace["declared"]))
    return {(s, e, name) for s, e, name in found if re.fullmatch(r"[\w.'!?«»]+", text[s:e])}


def contradicted(names, traced):
    """Links to another declaration than Lean's, at words that Lean resolved."""
    found = []
    for module in traced.traces:
        by_end = {}
        for _, end, name in said_by_lean(traced, module):
            by_end.setdefault(end, set()).add(name)
        found += [m for m in names.mentions(module) if m.name not in by_end.get(m.end, {m.name})]
    return found


def test_no_link_contradicts_lean(names, traced):
    assert sum(len(names.mentions(module)) for module in traced.traces) > 4000
    assert contradicted(names, traced) == []


def test_a_reading_that_forgets_variables_and_the_order_of_declarations_contradicts_lean(traced, monkeypatch):
    monkeypatch.setattr(module_of_names, "bound", lambda _: frozenset())
    monkeypatch.setattr(Names, "_is_before", lambda *_: True)
    assert contradicted(Names(traced.report), traced)


def test_every_name_of_the_library_in_a_headline_theorem_and_its_proof_has_a_link(names, traced):
    lacking, seen = [], 0
    for theorem in HEADLINES:
        place = names.known[theorem]
        starts = line_starts(traced.report.sources[place.module])
        first, last = starts[place.first - 1], starts[place.last]
        links = [m for m in names.mentions(place.module) if first <= m.start < last]
        for start, end, name in said_by_lean(traced, place.module):
            if first <= start < last and name in names.known:
                seen += 1
                if not any(m.name == name and start < m.end and m.start < end for m in links):
                    lacking.append((theorem, name))
    assert seen > 3000
    assert lacking == []
