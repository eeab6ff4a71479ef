"""What a source may not contain, each word planted; comments and strings do not count."""

import pytest

from rlhf_proofs.lean import scan
from rlhf_proofs.lean.library import Library
from rlhf_proofs.lean.scan import code_of, refusals
from rlhf_proofs.ledger.gather import kernel_library
from rlhf_proofs.resources import proofs_directory

CASTS = "attribute [local instance] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast\n"
GOOD = (
    "module\n\npublic section\n\nnamespace L\n\nopen Lean.Grind\n"
    + CASTS
    + "\nset_option linter.unusedVariables false\n"
    "\n/-- One. -/\n@[expose] def one : Nat := 1\n\n/-- An instance. -/\ninstance : Add (Fin 2) := ⟨fun a _ => a⟩\n"
    "\nprivate theorem fine (θ : Nat) : θ + 0 = θ := open Classical in by\n  rfl\n\nend L\n"
)  # fmt: skip


@pytest.fixture
def said(write):
    """Return what is refused in a library of one file, given as its text, or in a headline file of it."""

    def scanned(text, name="L"):
        root = {"L": f"module\npublic import {name}\n"} if name != "L" else {}
        return refusals(write({**root, name: text}, root="L"))

    return scanned


def test_an_ordinary_source_is_not_refused(said):
    assert said(GOOD) == ()


@pytest.mark.parametrize(
    "library", [lambda: Library.load(proofs_directory()), kernel_library], ids=["own", "generated"]
)
def test_nothing_that_ships_is_refused(library):
    assert refusals(library()) == ()
    assert len(library().modules) > 20


@pytest.mark.parametrize("word", sorted(scan._WORDS))
@pytest.mark.parametrize(
    "form",
    ["theorem t : True := trivial {} x", "theorem t : True := by {}", "def x := Lean.{}", "def f :=\n {}\n", "({})"],
)
def test_a_word_that_runs_code_or_evades_the_kernel_is_refused_with_its_line(said, word, form):
    found = said(GOOD + form.format(word) + "\n")
    line = (GOOD + form.split("{}")[0]).count("\n") + 1
    assert any(said.startswith(f"L.lean:{line}: ") and "is not allowed in a source" in said for said in found)


@pytest.mark.parametrize(
    "text",
    [
        "#eval 1", "  #eval! 1", "theorem t : True := trivial #print t", "#reduce 1", "#check_failure x",
        "run_cmd x", " run_cmd x", "theorem t : True := trivial run_cmd x", "(run_cmd x)", "macro_rules | x => y",
        "elab \"x\" : term => y", "local notation \"x\" => y", "scoped infixl:65 \" + \" => f", "syntax \"x\" : term",
        "initialize x : Nat ← y", "deriving instance Repr for X", "structure X where\n  deriving Repr",
        "set_option debug.skipKernelTC true", "set_option debug.skipKernelTC true in",
        "set_option\n  debug.byAsSorry true",
        "set_option autoImplicit true", "set_option «debug».skipKernelTC true", "set_option Elab.async true",
        "@[implemented_by f] def x := 1", "@[extern \"f\"] def x := 1", "@[export f] def x := 1",
        "@[macro f] def x := 1", "@[command_elab f] def x := 1", "@[tactic f] def x := 1",
        "@[app_unexpander f] def x := 1",
        "@[simp, instance] def x := 1", "@[local instance] def x := 1", "@[\n  csimp] theorem x := 1",
        "@[init] def x := 1",
        "attribute [instance] x", "attribute [local instance] x", CASTS.rstrip() + " evil", CASTS + "  evil",
        "attribute [local instance] Lean.Grind.Semiring.natCast evil", "attribute [-instance] x",
        "attribute [reducible, local instance] x", "theorem t : 1 = 2 := by decide +native", "by native_decide",
        "open Lean", "open Lean Elab", "open Lean.Elab in theorem t : True := trivial", "open\n  Lean.Meta",
        "open private x from y",
        "theorem t : True := by run_tac x", "example := by_elab x", "unsafe def x := 1", "mystery_command x",
        "simproc x (_) := y",
        "def «x» := 1", "def «run_cmd» := 1", "«run_cmd» x", "def nοrm := 1", "def n\u0430me := 1",
        "def x\u200b := 1",
        "def ａ := 1", "def x := 1\u202e", "def é := 1", "def x := s!\"{run_cmd}\"", "def x := r\"a\"",
        "def x := r#\"a\"#",
        "def x := '\"'\nrun_cmd x --\"", "def x := m!\"a\"",
    ],
)  # fmt: skip
def test_what_runs_code_or_hides_it_is_refused(said, text):
    assert said(GOOD) == ()
    assert said(GOOD + text + "\n") != ()


@pytest.mark.parametrize(
    "header",
    [
        "import Lean", "public import Lean.Elab", "public meta import Init", "import Std.Data", "import all Init",
        "import «Lean»",
        "module\nimport Lean", "prelude\nimport Init.Prelude", "import Mathlib", "/- x -/ import Lean",
        "import Init Lean",
    ],
)  # fmt: skip
def test_an_import_from_outside_the_library_is_refused(said, header):
    assert said(header + "\n") != ()


@pytest.mark.parametrize(
    "text",
    [
        "-- run_cmd #eval «nοrm»\n", "/- run_cmd /- #eval -/ set_option debug.x true -/\n",
        "/-- `initialize` or deriving. -/\n",
        'def x := "run_cmd #eval «» é"\n', 'def x := "a \\" run_cmd"\n', 'def x := "a\n  run_cmd"\n', "/-! -- -/\n",
        "/- a -- -/ def x := 1\n", '/- " -/ def x := 1\n', '-- "\ndef x := 1\n', "/- --/ def x := 1\n",
        "/- /-/ -/ -/\n",
        "def runCommand := 1\n", "def macroscopic := 1\n", "def x_init := 1\n", "theorem native' : True := trivial\n",
    ],
)  # fmt: skip
def test_comments_strings_and_longer_words_do_not_count(said, text):
    assert said(GOOD + text) == ()


@pytest.mark.parametrize(
    "text",
    [
        "/- a -/ run_cmd x", '/- " -/ run_cmd x --"', '-- "\nrun_cmd x --"', "/- --/ run_cmd x",
        "/- /- -/ -/ run_cmd x",
        '"a" run_cmd x "b"', '"\\\\" run_cmd x', '"/-" run_cmd x "-/"', "-- /-\nrun_cmd x", "/-/ -/ run_cmd x",
    ],
)  # fmt: skip
def test_comments_and_strings_end_where_lean_ends_them(text):
    code, unread = code_of(text)
    assert "run_cmd x" in code
    assert unread == []
    assert len(code) == len(text)
    assert code.count("\n") == text.count("\n")


@pytest.mark.parametrize(
    "text",
    [
        "instance : LE Nat := ⟨fun _ _ => True⟩", "local instance : LE Nat := x", "def x := 1", "structure X where",
        "class Nice (R : Type) where", "abbrev x := 1", 'notation "x" => 1', "attribute [instance] x", "export A (b)",
        "theorem t : letI := x; True := trivial", "set_option linter.x false",
        "theorem t : True := trivial instance : X := y",
        CASTS.rstrip() + " instance : X := y", "inductive X", "scoped instance : X := y",
    ],
)  # fmt: skip
def test_a_file_of_headline_theorems_holds_theorems_only(said, text):
    head = "module\n\nnamespace L\n" + CASTS + "\n"
    good = head + "theorem t (n : Nat) : n = n := rfl\n"
    for place in ("L.Main", "L.Main.Part", "L.Papers.P.Main", "L.Papers.P.Main.Part"):
        assert said(good, place) == ()
        assert said(good + text + "\n", place) != ()


def test_each_letter_in_use_is_allowed_and_none_of_them_is_a_letter_of_another_alphabet_that_looks_like_ascii():
    assert not scan.LETTERS & set("οιυνΑΒΕΖΗΙΚΜΝΟΡΤΥΧаеорсухіјѕԁ")
    assert all(ord(letter) > 126 for letter in scan.LETTERS)
