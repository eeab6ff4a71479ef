"""The library as a graph: what is imported, in which order, under which content key."""

import pytest

from rlhf_proofs.errors import CannotRunError
from rlhf_proofs.lean.build import check_library
from rlhf_proofs.lean.library import Library, sha256
from rlhf_proofs.resources import proofs_directory

TREE = {
    "L": "module\npublic import L.B\npublic import L.C\n",
    "L.A": "module\ntheorem a : True := trivial\n",
    "L.B": "module\npublic import L.A\n",
    "L.C": "module\nimport L.A\n",
}


def names(library):
    return [m.name for m in library.modules]


def imports(library):
    return library.modules[-1].imports


def test_each_module_comes_after_those_it_imports_and_only_once(write):
    library = write(TREE)
    assert names(library) == ["L.A", "L.B", "L.C", "L"]
    assert library.unreached == ()


@pytest.mark.parametrize(
    "header",
    [
        "import L.A",
        "module\n\npublic import L.A",
        "module\nimport all L.A",
        "module\npublic meta import L.A",
        "module\nmeta import L.A",
        "prelude\nimport L.A",
        "import Init.Data import L.A",
        "module -- the first line\n  public\n  import\n  L.A",
        "/- a /- nested -/ comment -/\nimport L.A -- why",
        "-- an opening /- in a line comment\nimport L.A",
        "/-! words -/import L.A\n\n/-- import L.Absent -/\ndef x := 1",
    ],
)
def test_every_way_to_write_an_import_is_seen(write, header):
    assert imports(write({"L": header + "\n", "L.A": ""})) == ("L.A",)


@pytest.mark.parametrize(
    "text",
    [
        "-- import L.A\n",
        "/- import L.A -/\n",
        "/-\nimport L.A\n-/\nmodule\n",
        "/- outer /- inner -/\nimport L.A\n-/\nmodule\n",
        "/- never closed\nimport L.A\n",
        "import LA\nimport M.L.A\n",
        'module\npublic section\ndef s := "\nimport L.A\n"\n',
        "def importance := 1\n",
        "",
    ],
)
def test_what_only_looks_like_an_import_is_not_one(write, text):
    library = write({"L": text, "L.A": ""})
    assert imports(library) == ()
    assert library.unreached == ("L.A",)


def test_a_module_below_the_root_that_nothing_imports_is_unreached(write):
    assert write(TREE | {"L.D.E": "module\n", "Other": "module\n"}).unreached == ("L.D.E",)


def test_a_cycle_of_imports_is_named(write):
    with pytest.raises(CannotRunError, match=r"cycle: L -> L\.A -> L\.B -> L\.A"):
        write({"L": "import L.A", "L.A": "import L.B", "L.B": "import L.A"})


def test_a_missing_module_is_named_with_its_importer(write):
    with pytest.raises(CannotRunError, match=r"L\.Absent has no file .*Absent\.lean \(imported by L\)"):
        write({"L": "import L.Absent"})


def test_a_missing_root_is_named(tmp_path):
    with pytest.raises(CannotRunError, match=r"Lean module L has no file .*L\.lean$"):
        Library.load(tmp_path, "L")


@pytest.mark.parametrize(
    ("changed", "stale"),
    [("L.A", {"L.A", "L.B", "L.C", "L"}), ("L.B", {"L.B", "L"}), ("L", {"L"})],
)
def test_a_key_changes_with_the_text_of_a_module_and_of_what_it_imports_and_of_nothing_else(write, changed, stale):
    before = write(TREE).keys("context")
    after = write(TREE | {changed: TREE[changed] + "-- changed\n"}).keys("context")
    assert {name for name in before if before[name] != after[name]} == stale


def test_every_key_changes_with_the_context(write):
    library = write(TREE)
    assert not set(library.keys("one").values()) & set(library.keys("two").values())


def test_keys_do_not_depend_on_where_the_library_lies_or_on_unreached_files(write, tmp_path):
    before = write(TREE).keys("context")
    (tmp_path / "src").rename(tmp_path / "moved")
    (tmp_path / "moved/L/New.lean").write_text("module\n")
    assert Library.load(tmp_path / "moved", "L").keys("context") == before


def test_two_lists_of_parts_never_share_a_hash():
    assert len({sha256("ab", "c"), sha256("a", "bc"), sha256("abc"), sha256("abc", "")}) == 4
    assert sha256("é") == sha256("é".encode())


def test_the_library_that_ships_reaches_all_its_files():
    library = Library.load(proofs_directory())
    assert library.unreached == ()
    assert "RLHF.Papers.Generalisation.Main.Policy" in names(library)


def folders(library):
    """Which folder of a library imports which: the place of a module is its name without the last part."""
    place = {m.name: m.name.rpartition(".")[0] for m in library.modules}
    pairs = {(place[m.name], place[i]) for m in library.modules for i in m.imports if i in place}
    return {(a, b) for a, b in pairs if a != b and a and b}


def circles(arrows):
    """Folders that import each other, directly or through others."""
    reach = set(arrows)
    while more := {(a, d) for a, b in reach for c, d in reach if b == c} - reach:
        reach |= more
    return sorted({a for a, b in reach if (b, a) in reach})


def upward(library):
    """Modules outside `Papers` that import one inside."""
    inside = {m.name for m in library.modules if ".Papers." in m.name}
    return [m.name for m in library.modules if m.name not in inside and inside.intersection(m.imports)]


def test_folders_of_the_library_that_ships_import_each_other_without_circles():
    # A folder and what is below it count as one where a file of the same name stands above the folder.
    arrows = {
        (a, b) for a, b in folders(Library.load(proofs_directory())) if not b.startswith(a) and not a.startswith(b)
    }
    assert len(arrows) > 10
    assert circles(arrows) == []


def test_what_is_common_imports_no_paper():
    library = Library.load(proofs_directory())
    assert upward(library) == [library.root]


def test_a_circle_of_folders_and_an_import_of_a_paper_are_found(write):
    library = write({
        "L": "module\nimport L.A.One\nimport L.Papers.P.X\n", "L.A.One": "module\nimport L.B.Two\n",
        "L.B.Two": "module\nimport L.A.Three\n", "L.A.Three": "module\nimport L.Papers.P.X\n",
        "L.Papers.P.X": "module\n",
    })  # fmt: skip
    assert circles(folders(library)) == ["L.A", "L.B"]
    assert upward(library) == ["L.A.Three", "L"]


def test_modules_of_a_library_that_another_builds_on_come_first_and_are_told_apart(write, tmp_path):
    write({"L": "module\n", "L.A": "module\n", "LX": "module\nimport L.A\nimport Elsewhere\n"})
    library = Library.load(tmp_path / "src", "LX", builds_on=("L",))
    assert names(library) == ["L.A", "LX"]
    assert [library.owns(name) for name in names(library)] == [False, True]
    assert library.unreached == ()
    assert names(Library.load(tmp_path / "src", "LX")) == ["LX"]


def test_fresh_makes_a_library_anew_but_not_those_that_it_builds_on(write, fake, tmp_path):
    write({"L": "module\n", "L.A": "module\ntheorem low : True := trivial\n", "LX": "module\nimport L.A\n"})
    library = Library.load(tmp_path / "src", "LX", builds_on=("L",))
    assert check_library(library, fake).accepted
    assert fake.elaborated == ["L.A", "LX"]
    report = check_library(library, fake, fresh=True)
    assert report.accepted
    assert fake.elaborated == ["LX"]
    assert set(report.milliseconds) == {"L.A", "LX"}
