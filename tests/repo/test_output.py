"""What commands write: below the folder that was named, through no link; and reports leave what they did not write."""

import hashlib
import json
import os
import stat

import pytest

from rlhf_proofs.errors import CannotRunError
from rlhf_proofs.output import place, require_slugs, write_named
from rlhf_proofs.report.folder import require_room, write

LIST = ".rlhf-lemmas-report"


@pytest.fixture
def folder(tmp_path):
    """A folder beside a file that is somebody else's."""
    (tmp_path / "thesis.tex").write_text("mine")
    (tmp_path / "site").mkdir()
    return tmp_path / "site"


def files(folder):
    return {str(p.relative_to(folder)): p.read_text() for p in folder.rglob("*") if p.is_file() and p.name != LIST}


@pytest.mark.parametrize(
    "name", ["../thesis.tex", "/etc/passwd", "a/../../thesis.tex", "..", ".", "", "a\\b", "C:x", "a\0b", "a\nb"]
)
def test_a_name_that_leads_out_of_the_folder_is_refused(folder, name):
    with pytest.raises(CannotRunError, match="is not the name of a file below"):
        place(folder, name)


def test_a_name_below_the_folder_is_a_path(folder):
    assert place(folder, "statement/ga-rate.html") == folder / "statement/ga-rate.html"
    assert place(folder, ".hidden..file") == folder / ".hidden..file"


@pytest.mark.parametrize("name", ["link", "link/page.html", "deep/link/page.html"])
def test_no_link_below_the_folder_is_followed(folder, name):
    (folder / "deep").mkdir()
    (folder / "link").symlink_to(folder.parent)
    (folder / "deep/link").symlink_to(folder.parent)
    with pytest.raises(CannotRunError, match="is a link, and links are not followed"):
        place(folder, name)


def test_a_link_to_nothing_is_a_link(folder):
    (folder / "index.html").symlink_to(folder / "nothing")
    with pytest.raises(CannotRunError, match="is a link"):
        place(folder, "index.html")


def test_the_folder_itself_may_be_a_link(folder):
    (folder.parent / "alias").symlink_to(folder)
    write(folder.parent / "alias", {"index.html": b"new"})
    assert files(folder) == {"index.html": "new"}


@pytest.mark.parametrize("bad", ["../x", "A", "a b", "", "a/b", "<b>", "a\n", "ä"])
def test_an_id_that_is_no_slug_is_refused(bad):
    require_slugs("here", ["ga-rate", "assumption-5"])
    with pytest.raises(CannotRunError, match="here: expected small letters, digits and hyphens"):
        require_slugs("here", ["ga-rate", bad])


def test_a_file_that_was_named_is_replaced_in_one_move(folder):
    write_named(folder / "a.tex", "old")
    (folder.parent / "kept.tex").hardlink_to(folder / "a.tex")
    write_named(folder / "a.tex", "new ä")
    assert (folder / "a.tex").read_text(encoding="utf-8") == "new ä"
    assert (folder.parent / "kept.tex").read_text() == "old"
    assert list(folder.iterdir()) == [folder / "a.tex"]


def test_a_link_that_was_named_is_meant_and_stays(folder):
    (folder / "a.tex").symlink_to(folder.parent / "thesis.tex")
    write_named(folder / "a.tex", "new")
    assert (folder / "a.tex").is_symlink()
    assert (folder.parent / "thesis.tex").read_text() == "new"


def test_a_file_that_was_named_and_is_a_folder_or_nowhere_is_refused(folder):
    with pytest.raises(CannotRunError, match="cannot write"):
        write_named(folder, "new")
    with pytest.raises(CannotRunError, match="no folder"):
        write_named(folder / "absent/a.tex", "new")


def test_a_pipe_is_written_to_and_not_replaced(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    write_named(pipe, "text")
    assert os.read(reader, 9) == b"text"
    os.close(reader)
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_a_report_replaces_an_older_one_and_leaves_what_is_not_its_own(folder):
    write(folder, {"index.html": b"old", "statement/gone.html": b"old", "graph.html": b"same"})
    (folder / "mine.txt").write_text("mine")
    write(folder, {"index.html": b"new", "graph.html": b"same"})
    assert files(folder) == {"index.html": "new", "graph.html": "same", "mine.txt": "mine"}


def test_a_page_that_somebody_has_changed_is_not_deleted(folder):
    write(folder, {"index.html": b"old", "gone.html": b"old"})
    (folder / "gone.html").write_text("mine now")
    write(folder, {"index.html": b"new"})
    assert files(folder) == {"index.html": "new", "gone.html": "mine now"}


@pytest.mark.parametrize("before", [{}, {"index.html": b"old"}])
def test_a_file_in_the_way_that_no_report_has_written_is_not_replaced(folder, before):
    write(folder, {"other.html": b"old", **before})
    (folder / "index.html").write_text("mine")
    with pytest.raises(CannotRunError, match="no report has written it, or it was changed since"):
        write(folder, {"index.html": b"new", "other.html": b"new"})
    assert files(folder) == {"index.html": "mine", "other.html": "old"}


def test_a_report_that_was_interrupted_is_replaced_by_the_next_one(folder, monkeypatch):
    write(folder, {"a.html": b"old", "b.html": b"old", "c.html": b"old"})
    real, calls = write.__globals__["_move"], []

    def move(*arguments):
        calls.append(arguments)
        if len(calls) == 3:
            raise KeyboardInterrupt
        real(*arguments)

    monkeypatch.setitem(write.__globals__, "_move", move)
    with pytest.raises(KeyboardInterrupt):
        write(folder, {"a.html": b"new", "b.html": b"new"})
    monkeypatch.undo()
    assert files(folder) == {"a.html": "new", "b.html": "old"}
    write(folder, {"a.html": b"newer", "b.html": b"newer"})
    assert files(folder) == {"a.html": "newer", "b.html": "newer"}


def planted(folder, name, content="mine"):
    """A list as a report writes it, with a name that none would have written, and the right digest."""
    digest = hashlib.sha256(f"{len(content)}:{content}".encode()).hexdigest()
    (folder / LIST).write_text(json.dumps({"format": "rlhf-lemmas report 2", "files": {name: [digest]}}))


@pytest.mark.parametrize("name", ["../thesis.tex", "link/thesis.tex", "{parent}/thesis.tex"])
def test_a_list_that_names_files_elsewhere_deletes_nothing(folder, name):
    (folder / "link").symlink_to(folder.parent)
    planted(folder, name.format(parent=folder.parent))
    for act in (require_room, lambda target: write(target, {"index.html": b"new"})):
        with pytest.raises(CannotRunError):
            act(folder)
    assert (folder.parent / "thesis.tex").read_text() == "mine"
    assert files(folder) == {} or set(files(folder)) == {"link/thesis.tex"}


def test_the_planted_list_would_delete_a_file_in_the_folder(folder):
    (folder / "gone.html").write_text("mine")
    planted(folder, "gone.html")
    write(folder, {"index.html": b"new"})
    assert files(folder) == {"index.html": "new"}


def test_a_list_that_is_a_link_is_not_read(folder):
    write(folder, {"index.html": b"old"})
    (folder / LIST).rename(folder.parent / "list")
    (folder / LIST).symlink_to(folder.parent / "list")
    with pytest.raises(CannotRunError, match="is a link"):
        require_room(folder)


@pytest.mark.parametrize(
    "text", ["index.html\n", "", "[]", "{}", '{"format": "rlhf-lemmas report 2", "files": []}', "\u0000", "[" * 100000,
             '{"format": "rlhf-lemmas report 2", "files": {"index.html": "abc"}}']
)  # fmt: skip
def test_a_damaged_list_and_one_of_another_version_are_refused(folder, text):
    (folder / LIST).write_text(text)
    (folder / "index.html").write_text("mine")
    with pytest.raises(CannotRunError, match="damaged, or of another version"):
        require_room(folder)
    assert (folder / "index.html").read_text() == "mine"


COMMANDS = {
    "campaign": (("campaign", "--instances", 10, "--out"), ("campaign.json", "worst", "worst/kl-nonneg.json")),
    "figures of a campaign": (("campaign", "--instances", 10, "--plots"), ("kl-nonneg.png", "overview.png")),
    "hunt": (("hunt", "kl-nonneg", "--steps", 1, "--out"), ("kl-nonneg.json",)),
    "mutate": (("mutate", "kl-nonneg", "--workers", 1, "--out"), ("kl-nonneg.json",)),
    "experiment": (("experiment", "coverage-ablation", "--out"), (
        "coverage-ablation", "coverage-ablation/rows.csv", "coverage-ablation/summary.md",
        "coverage-ablation/coverage-ablation.svg",
    )),
    "trace": (("trace",), ("theorems.jsonl", "premises.jsonl", "statements.jsonl")),
}  # fmt: skip


@pytest.mark.parametrize(("command", "name"), [(c, name) for c, (_, names) in COMMANDS.items() for name in names])
def test_no_command_writes_through_a_link(folder, run_main, monkeypatch, command, name):
    def work(*_, **__):
        pytest.fail("the work has begun")

    for what in ("commands.attacks.run_campaign", "commands.attacks.hunt_down", "commands.attacks.spread",
                 "commands.experiment.run_experiment", "commands.trace.trace_proofs"):  # fmt: skip
        monkeypatch.setattr(f"rlhf_proofs.{what}", work)
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).symlink_to(folder.parent / ("thesis.tex" if "." in name else "."))
    status, _, errors = run_main(*COMMANDS[command][0], folder)
    assert (status, "links are not followed" in errors) == (2, True), errors
    assert (folder.parent / "thesis.tex").read_text() == "mine"
