"""``rlhf-lemmas new``: the stubs of a claim are found by themselves, and count for nothing until they are filled in."""

import os
import re
import shutil
import subprocess
import sys

import pytest

from rlhf_proofs.errors import CannotRunError
from rlhf_proofs.lean.library import Library
from rlhf_proofs.lean.root import root_text
from rlhf_proofs.lean.scan import refusals
from rlhf_proofs.stubs import plan
from rlhf_proofs.table import load_papers, load_table

from .conftest import REPOSITORY

PARTS = (
    "claims", "records/pins", "setting.toml", "numeric/rlhf_numeric", "symbolic/rlhf_symbolic", "proofs",
    "tests/planted",
)  # fmt: skip
FIRST = ("change-of-scale", "--paper", "example_paper", "--group", "change_of_scale")
TABLE = "claims/example_paper.toml"
BY_HAND = [
    TABLE, "numeric/rlhf_numeric/claims/example_paper/change_of_scale.py",
    "proofs/RLHF/Papers/ExamplePaper/Examples/ChangeOfScale.lean",
    "proofs/RLHF/Papers/ExamplePaper/Main/ChangeOfScale.lean", "tests/planted/example_paper.py",
]  # fmt: skip


@pytest.fixture
def checkout(tmp_path):
    """A copy of what a claim consists of, with its own command."""
    for part in PARTS:
        source, target = REPOSITORY / part, tmp_path / "copy" / part
        target.parent.mkdir(parents=True, exist_ok=True)
        leave = shutil.ignore_patterns("__pycache__", ".lake", "counterexamples")
        shutil.copytree(source, target, ignore=leave) if source.is_dir() else shutil.copy(source, target)
    return tmp_path / "copy"


@pytest.fixture
def command(checkout, cache):
    """Run the command of the copy; return exit status and all that it printed."""
    paths = os.pathsep.join(str(checkout / folder) for folder in ("numeric", "symbolic", "proofs", "tests"))
    environment = dict(os.environ, PYTHONPATH=paths, RLHF_LEMMAS_CACHE=str(cache), COLUMNS="200")

    def run(*args, code="from rlhf_lemmas import main; main()"):
        done = subprocess.run(
            [sys.executable, "-c", code, *map(str, args)], cwd=checkout, env=environment, capture_output=True, text=True
        )
        return done.returncode, done.stdout + done.stderr

    return run


def files(checkout):
    return {p.relative_to(checkout): p.read_bytes() for p in checkout.rglob("*") if p.is_file() and p.suffix != ".pyc"}


def edit(path, *changes):
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")


CHECK = ("check", "--only", "numeric", "--claim", "change-of-scale", "--instances", 50)
WORDS = [("…", "some words")]


def test_the_first_claim_of_a_new_paper_counts_for_nothing_until_it_is_filled_in_and_then_does(checkout, command):
    before = files(checkout)
    code, said = command("new", *FIRST)
    assert code == 0, said
    after = files(checkout)
    assert {name: after[name] for name in before if str(name) != "proofs/RLHF.lean"} == {
        name: text for name, text in before.items() if str(name) != "proofs/RLHF.lean"
    }
    whole = {"numeric/rlhf_numeric/claims/example_paper/__init__.py"}
    assert {str(name) for name in after.keys() - before.keys()} == {*BY_HAND, *whole}
    assert sorted(re.findall(r"^  (\S+)$", said, re.MULTILINE)) == sorted([*BY_HAND, *whole, "proofs/RLHF.lean"])
    code, said = command(*CHECK)
    assert (code, f"{checkout / TABLE}: paper: title, arxiv, url: still to be written" in said) == (2, True), said
    edit(checkout / TABLE, *WORDS)
    code, said = command(*CHECK)
    assert code == 1, said
    assert "change-of-scale: refuted: " in said
    assert "Traceback" not in said
    module = checkout / BY_HAND[1]
    edit(module, ("return zero + 1, zero", "return zero, instance.problem.kl_coef"), *WORDS)
    code, said = command(*CHECK)
    assert code == 1
    assert re.search(r"change-of-scale: stale: .*never pinned", said), said
    assert re.search(r"change-of-scale +not-run +n/a +tested +50 .* stale", said), said


def test_the_lean_library_reaches_a_stub_and_refuses_it(checkout, command):
    assert command("new", *FIRST)[0] == 0
    library = Library.load(checkout / "proofs")
    assert library.unreached == ()
    (stub,) = [m for m in library.modules if m.name == "RLHF.Papers.ExamplePaper.Main.ChangeOfScale"]
    assert "theorem change_of_scale : False" in stub.source
    assert any("sorry" in str(defect) for defect in refusals(library))
    (example,) = [m for m in library.modules if m.name == "RLHF.Papers.ExamplePaper.Examples.ChangeOfScale"]
    assert "theorem change_of_scale_instance : False := change_of_scale" in example.source


def test_the_claim_and_its_falsehood_are_found_and_a_falsehood_that_is_none_is_seen(checkout, command):
    assert command("new", *FIRST)[0] == 0
    edit(checkout / BY_HAND[1], ("return zero + 1, zero", "return zero, instance.problem.kl_coef"), *WORDS)
    found = "from planted import PLANTED; from rlhf_numeric import run; "
    found += "print(run(PLANTED['change-of-scale …'], instances=50).refuted_by)"
    assert command(code=found) == (0, "None\n")  # what test_planted demands is a refutation


def test_a_second_claim_of_a_group_is_put_beside_the_first_and_changes_nothing_there(checkout, command):
    assert command("new", *FIRST)[0] == 0
    before = files(checkout)
    code, said = command("new", "change-of-moment", "--paper", "example_paper")
    assert code == 0, said
    after = files(checkout)
    assert after.keys() == before.keys()
    assert {str(name) for name in after if after[name] != before[name]} == set(BY_HAND)
    for name in map(checkout.joinpath, BY_HAND):
        text = name.read_text(encoding="utf-8")
        assert re.search("change.of.scale", text)
        assert re.search("change.of.moment", text)
    code, said = command(
        code="from rlhf_numeric import CLAIMS; print([id for id in CLAIMS if id[10:] in ('scale', 'moment')])"
    )
    assert said == "['change-of-scale', 'change-of-moment']\n"


def test_a_claim_of_a_new_group_in_an_old_paper_adds_the_group(checkout):
    found = plan(checkout, "some-bound", "variants", "lower_bounds")
    for path, text in {**found.by_hand, **found.whole}.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert load_papers(checkout / "claims")["variants"].groups == {
        "nonlinear_rewards": "Non-linear rewards", "lower_bounds": "Lower bounds",
    }  # fmt: skip
    edit(checkout / "claims/variants.toml", *WORDS)
    entry = load_table(checkout / "claims")[-1]
    assert (entry.id, entry.group, entry.lean, entry.numeric) == (
        "some-bound", "Lower bounds", "RLHF.some_bound", "some-bound",
    )  # fmt: skip


def test_an_old_module_gets_the_imports_that_a_stub_needs(checkout):
    found = plan(checkout, "some-bound", "generalisation", "assembled")
    (text,) = [text for path, text in found.by_hand.items() if path.name == "assembled.py"]
    assert re.search(r"^from \S+ import inequality$", text, re.MULTILINE)
    found = plan(checkout, "some-identity", "generalisation", "gradient")
    (text,) = [text for path, text in found.by_hand.items() if path.name == "gradient.py"]
    assert '@identity("some-identity", "", "…")' in text


REFUSED = {
    "a row": (("kl-nonneg", "variants", None), "claims/generalisation.toml has kl-nonneg already"),
    "a word of Python": (("lambda", "variants", None), "no word of Python, got 'lambda'"),
    "no id": (("../x", "variants", None), "as an id, and no word of Python, got '../x'"),
    "no paper": (("one", "../x", None), "as a paper, got '../x'"),
    "no group": (("one", "variants", "a-b"), "as a group, got 'a-b'"),
    "what papers share": (("one", "common", "g"), "common is the name of what papers share"),
    "a paper without a group": (("one", "example_paper", None), "in which group of example_paper .* known: none yet"),
    "one group of several": (("one", "generalisation", None), "--group; known: policy, gradient"),
}


@pytest.mark.parametrize(("args", "said"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_added_is_refused_with_a_sentence(args, said):
    with pytest.raises(CannotRunError, match=said):
        plan(REPOSITORY, *args)


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ("proofs/RLHF/Left.lean", "theorem some_bound : True := trivial\n"),
        ("proofs/RLHF/Left.lean", "theorem Demo.some_bound_instance : True := trivial\n"),
        ("numeric/rlhf_numeric/claims/variants/left.py", '@identity("some-bound", "")\n'),
        ("tests/planted/variants.py", 'PLANTED = {"x": CLAIMS["some-bound"]}\n'),
    ],
)
def test_a_part_that_was_left_behind_is_not_overwritten(checkout, place, text):
    plan(checkout, "some-bound", "variants")  # the control
    (checkout / place).write_text(text)
    with pytest.raises(CannotRunError, match=f"{place} has some-bound already; nothing was written"):
        plan(checkout, "some-bound", "variants")


def test_outside_a_checkout_nothing_is_written(tmp_path):
    with pytest.raises(CannotRunError, match="is no checkout of rlhf-lemmas"):
        plan(tmp_path, "some-bound", "variants")


def test_the_root_of_the_library_imports_what_is_in_the_folder(checkout, command):
    root = REPOSITORY / "proofs/RLHF.lean"
    assert root.read_text(encoding="utf-8") == root_text(root.parent)
    assert command("lean", "imports", "--check")[0] == 0
    (checkout / "proofs/RLHF/Zeta.lean").write_text("module\n")
    code, said = command("lean", "imports", "--check")
    assert (code, "not up to date: rlhf-lemmas lean imports" in said) == (1, True)
    assert command("lean", "imports")[0] == 0
    assert "public import RLHF.Zeta\n" in (checkout / "proofs/RLHF.lean").read_text()
    assert command("lean", "imports", "--check")[0] == 0
