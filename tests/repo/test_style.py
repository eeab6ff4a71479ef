"""House style of the sources, each rule as a gate that is shown to close on a planted text."""

import re

import pytest

from rlhf_proofs.lean.library import _without_comments
from rlhf_proofs.resources import audit_source, driver_source, extractor_source, proofs_directory

from .conftest import REPOSITORY

MOST_LINES, MOST_COLUMNS = 350, 100
FORBIDDEN = re.compile(r"\b(sorry|sorryAx|admit|axiom|native_decide|skipKernelTC)\b")
STRING = re.compile(r'"(?:\\.|[^"\\])*"')
DEFINITION = re.compile(
    r"^(?:@\[[^\]]*\]\s*)*(?:(?:private|protected|public|noncomputable|partial|scoped|local)\s+)*"
    r"(?:def|abbrev|opaque|structure|inductive|class(?:\s+inductive)?)\s+(\S+)",
    re.MULTILINE,
)


def not_a_module(text):
    return [] if text.startswith("module\n") else [text.partition("\n")[0]]


def forbidden_words(text):
    return FORBIDDEN.findall(STRING.sub('""', _without_comments(text)))


def too_many_lines(text):
    return [text.count("\n")] if text.count("\n") > MOST_LINES else []


def long_lines(text):
    return [number for number, line in enumerate(text.splitlines(), 1) if len(line) > MOST_COLUMNS]


def undocumented(text):
    """Names of the definitions, structures and classes that no docstring precedes."""
    missing = []
    for found in DEFINITION.finditer(text):
        before = text[: found.start()].rstrip()
        if not (before.endswith("-/") and before[before.rfind("/-") :].startswith("/--")):
            missing.append(found.group(1))
    return missing


LIBRARY = [proofs_directory() / "RLHF.lean", *sorted((proofs_directory() / "RLHF").rglob("*.lean"))]
# The driver, the audit and the extractor are programs that Lean runs as one file each, and other files are generated:
# held to what makes them safe, not to the library's measures.
GENERATED = sorted((proofs_directory() / "RLHFSymbolic").rglob("*.lean"))
WRITTEN_BY_HAND = [path for path in LIBRARY if path.name != "Unconditional.lean"]  # that one has a theorem a headline
EVERYTHING = [*LIBRARY, driver_source(), audit_source(), extractor_source(), *GENERATED]
GATES = {
    not_a_module: EVERYTHING,
    forbidden_words: EVERYTHING,
    too_many_lines: WRITTEN_BY_HAND,
    long_lines: LIBRARY,
    undocumented: LIBRARY,
}


def faults(gate, files):
    found = {str(f.relative_to(REPOSITORY)): gate(f.read_text(encoding="utf-8")) for f in files}
    return {name: fault for name, fault in found.items() if fault}


@pytest.mark.parametrize("gate", GATES, ids=lambda gate: gate.__name__)
def test_every_lean_file_passes(gate):
    assert len(GATES[gate]) > 20
    assert faults(gate, GATES[gate]) == {}


DOCUMENTED = "module\n\n/-- One. -/\n@[expose] public def one := 1\n\n/-- Two,\nat length. -/\nstructure Two where\n"
PLANTED = {
    "no header": (not_a_module, "import Init\n", "module\nimport Init\n"),
    "a comment first": (not_a_module, "-- words\nmodule\n", "module\n-- words\n"),
    "sorry": (
        forbidden_words,
        "theorem t : 1 = 2 := by\n  sorry",
        "-- sorry\n/- axiom /- in -/ sorry -/\ndef sorryish := 1",
    ),
    "axiom": (forbidden_words, "/-- A wish. -/\naxiom wish : 1 = 2", 'def s := "an axiom \\" sorry"'),
    "native_decide": (forbidden_words, "example : 1 < 2 := by native_decide", "example : 1 < 2 := by decide"),
    "unchecked": (forbidden_words, "set_option debug.skipKernelTC true in", "set_option autoImplicit false in"),
    "lines": (too_many_lines, "\n" * 351, "\n" * 350),
    "columns": (long_lines, "x" * 101, "λ" * 100),
    "no docstring": (undocumented, "def one := 1\n", DOCUMENTED),
    "a comment for a docstring": (undocumented, "/- One. -/\ndef one := 1\n", DOCUMENTED),
    "a structure": (undocumented, DOCUMENTED + "\nstructure Three where\n", DOCUMENTED),
    "a class": (undocumented, DOCUMENTED + "\n@[simp]\nprivate class Three where\n", "theorem t : True := trivial"),
}


@pytest.mark.parametrize(("gate", "bad", "good"), PLANTED.values(), ids=PLANTED)
def test_each_gate_closes_on_a_planted_text_and_opens_for_its_neighbour(gate, bad, good):
    assert gate(bad) != []
    assert gate(good) == []


def test_each_gate_has_a_planted_text():
    assert {gate for gate, _, _ in PLANTED.values()} == set(GATES)


def test_no_python_file_is_too_long():
    folders = ("numeric", "symbolic", "proofs/rlhf_proofs", "tests")
    files = [f for folder in folders for f in sorted((REPOSITORY / folder).rglob("*.py"))]
    assert len(files) > 50
    assert faults(too_many_lines, files) == {}
