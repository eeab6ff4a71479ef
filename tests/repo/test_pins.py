"""Pins: a statement that is not the pinned one is stale, and only a deliberate command pins it anew."""

import json
import re
import shutil
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from rlhf_proofs import build_ledger, cli
from rlhf_proofs.commands import pin as command
from rlhf_proofs.errors import TableError
from rlhf_proofs.ledger import build as ledger_module
from rlhf_proofs.records.pins import difference, homes_of_pins, load_pins, store_pins, write_pins
from rlhf_proofs.resources import claims_folder, setting_file
from rlhf_proofs.table import ClaimEntry, load_table

from .conftest import pin_of, pins_of, validated
from .test_gather import run

ROW = ClaimEntry("one", "One", "group", "paper", "RLHF.one", None, "one", "$1$")
PIN = pin_of(ROW, statement="∀ x,\n  f x ≤ 1", definitions={"RLHF.f": "a"})


@pytest.fixture
def pins(table, tmp_path, monkeypatch):
    """The two statements of the test's table, pinned as the fake Lean reports them."""
    path = tmp_path / "pins/claims.json"
    write_pins(pins_of(load_table(table)), path)
    monkeypatch.setattr(command, "load_table", lambda: load_table(table))
    monkeypatch.setattr("rlhf_proofs.records.pins.pins_folder", lambda: path.parent)
    return path


@pytest.fixture
def changed(report):
    """A report in which the statement of the first theorem is another one."""
    found = report("log_ratio", "kl_nonneg")
    other = replace(found.theorems["RLHF.log_ratio"], statement="log_ratio : 0 < λ → …", statement_sha256="1" * 64)
    return replace(found, theorems={**found.theorems, "RLHF.log_ratio": other})


def pinned(*arguments):
    return CliRunner().invoke(cli.app, ["pin", *arguments])


def test_pins_are_read_as_they_were_written(tmp_path):
    path = write_pins({"b": PIN, "a": PIN}, tmp_path / "pins.json")
    assert load_pins(path) == {"a": PIN, "b": PIN}
    assert list(load_pins(path)) == ["a", "b"]
    assert [p.name for p in tmp_path.iterdir()] == ["pins.json"]


@pytest.mark.parametrize("text", ["", "[]", '{"a": 1}', '{"a": {"theorem": "x"}}'])
def test_a_file_that_holds_no_pins_is_named(tmp_path, text):
    path = tmp_path / "pins.json"
    path.write_text(text)
    with pytest.raises(TableError, match=r"pins\.json: expected the pins of the claim table, got .*pin --write"):
        load_pins(path)


@pytest.mark.parametrize(
    ("new", "lines"),
    [
        (PIN, []),
        (replace(PIN, sha256="1" * 64), ["~ the elaborated statement has changed, though it prints alike"]),
        (replace(PIN, sha256="1", definitions={"RLHF.f": "b"}), ["~ RLHF.f: redefined"]),
        (replace(PIN, sha256="1", definitions={"RLHF.g": "a"}), ["~ RLHF.f: no longer mentioned", "~ RLHF.g: new"]),
        (replace(PIN, sha256="1", statement="∀ x,\n  f x ≤ 2"), ["-   f x ≤ 1", "+   f x ≤ 2"]),
    ],
)
def test_the_difference_tells_what_has_changed(new, lines):
    assert [line for line in difference(PIN, new) if line[0] in "+-~"] == lines


def test_a_changed_statement_is_stale_and_fails_the_check(table, lean, changed):
    lean(changed)
    ledger = run()
    first, second = validated(ledger)["claims"]
    assert (first["lean"]["status"], first["effective"], second["effective"]) == ("stale", "stale", "proved")
    assert first["why"] == "lean: proved, but the statement is not the one that was pinned: rlhf-lemmas pin log-ratio"
    assert (first["pinned_sha256"], first["lean"]["statement_sha256"]) == ("0" * 64, "1" * 64)
    assert ledger.exit_code == 1


def test_a_statement_that_was_never_pinned_is_stale(table, lean, report, tmp_path):
    lean(report("log_ratio", "kl_nonneg"))
    ledger = run(pins=write_pins({"log-ratio": pin_of(load_table(table)[0])}, tmp_path / "other.json"))
    assert [row["effective"] for row in validated(ledger)["claims"]] == ["proved", "stale"]
    assert "was never pinned" in validated(ledger)["claims"][1]["why"]


def test_the_command_shows_the_difference_and_changes_nothing_by_itself(pins, lean, changed):
    before = pins.read_text()
    lean(changed)
    result = pinned()
    assert result.exit_code == 1, result.output
    assert "- log_ratio : …" in result.output
    assert "+ log_ratio : 0 < λ → …" in result.output
    assert "1 of 2 statements are as they were pinned" in result.output
    assert pins.read_text() == before


def test_the_command_pins_what_it_was_asked_to_and_then_finds_no_difference(pins, lean, changed):
    lean(changed)
    assert pinned("kl-nonneg", "--write").exit_code == 0
    assert load_pins(pins)["log-ratio"].sha256 == "0" * 64
    assert pinned("log-ratio", "--write").exit_code == 0
    assert load_pins(pins)["log-ratio"].sha256 == "1" * 64
    assert pinned().exit_code == 0


def test_a_pin_without_a_row_is_reported_and_dropped_when_all_are_pinned(pins, lean, report):
    write_pins({**load_pins(pins), "gone": PIN}, pins)
    lean(report("log_ratio", "kl_nonneg"))
    result = pinned()
    assert (result.exit_code, "gone: pinned, but no longer in the table" in result.output) == (1, True)
    assert pinned("--write").exit_code == 0
    assert sorted(load_pins(pins)) == ["kl-nonneg", "log-ratio"]


def test_what_is_not_proved_cannot_be_pinned(pins, lean, report, run_main):
    lean(report("kl_nonneg"))
    code, _, errors = run_main("pin", "--write")
    assert code == 1
    assert "log-ratio is not proved and cannot be pinned: there is no theorem RLHF.log_ratio" in " ".join(
        errors.split()
    )


def test_an_id_that_is_not_in_the_table_is_named(pins, lean, report, run_main):
    lean(report("log_ratio", "kl_nonneg"))
    code, _, errors = run_main("pin", "nonsense")
    assert code == 2
    assert "no statement 'nonsense'; known: log-ratio, kl-nonneg" in " ".join(errors.split())


def test_every_row_of_the_shipped_table_with_a_theorem_is_pinned_to_it():
    theorems = {e.id: e.lean for e in load_table() if e.lean is not None}
    assert {claim: pin.theorem for claim, pin in load_pins().items()} == theorems


def edited(slug, field, value):
    """Change one field of one row of a text of the table, whatever stands there; without a value, drop it."""

    def edit(text):
        start = text.index(f"[{slug}]\n")
        end = text.find("\n[", start) % (len(text) + 1)
        row = text[start:end]
        kept = [line for line in row.splitlines() if not line.startswith(f"{field} = ")]
        said = [] if value is None else [f"{field} = {json.dumps(value)}"]
        return text[:start] + "\n".join([kept[0], *said, *kept[1:]]) + "\n" * (row[-1:] == "\n") + text[end:]

    return edit


def without(slug):
    return lambda text: re.sub(rf"\[{slug}\]\n(?:.+\n)+", "", text)


UNPINNED = '\n[psi-sharp]\ntitle = "P = NP"\ngroup = "policy"\nplace = "p"\nlean = false\nnumeric = false\n'
AGAIN = '\n[again]\ntitle = "P = NP"\ngroup = "policy"\nplace = "p"\nlean = "RLHF.kl_nonneg"\nnumeric = "kl-nonneg"\n'
SHIPPED = claims_folder() / "generalisation.toml"
ROW_OF_KL = next(r for r in re.findall(r"\[[a-z-]+\]\n(?:.+\n)+", SHIPPED.read_text()) if "[kl-nonneg]" in r)
HEAD = SHIPPED.read_text().partition("[boltz")[0]
STALE = {
    "another title": (edited("kl-nonneg", "title", "P = NP"), "title"),
    "another statement in LaTeX": (edited("kl-nonneg", "latex", "P = NP"), "latex"),
    "no statement in LaTeX": (edited("kl-nonneg", "latex", None), "latex"),
    "another place": (edited("kl-nonneg", "place", "Theorem 1"), "paper"),
    "another paper": (edited("kl-nonneg", "arxiv", "1705.06031"), "paper"),
    "another group": (edited("kl-nonneg", "group", "stability"), "group"),
    "no theorem": (edited("kl-nonneg", "lean", False), "lean"),
    "no claim": (edited("grad-objective", "numeric", False), "numeric"),
    "no derivation": (edited("grad-objective", "symbolic", False), "symbolic"),
}
REFUSED = {
    "the claim of another row": (edited("log-ratio", "numeric", "kl-nonneg"), "the claim kl-nonneg is about RLHF.kl"),
    "the derivation of another row": (
        edited("grad-objective", "symbolic", "log-ratio"), "grad-objective: the derivation log-ratio is about RLHF.log",
    ),
    "a derivation that is no row's": (edited("grad-objective", "symbolic", "psi"), "the derivation psi is about RLHF"),
    "the theorem of another row": (edited("log-ratio", "lean", "RLHF.kl_nonneg"), "is about RLHF.log_ratio, the row"),
    "a row deleted": (without("kl-nonneg"), "kl-nonneg: pinned, but no longer in the table"),
    "all but one deleted": (
        lambda text: HEAD + text[text.index("\n[paper-rates]") : text.index("\n# With C")], "pinned, but no longer in",
    ),
    "a row deleted from which another takes its words": (without("ga-rate"), "ga-rate-sharp: sharp_of: expected a row"),
    "another id": (lambda text: text.replace("[kl-nonneg]", "[kl-positive]"), "kl-nonneg: pinned, but no longer"),
    "a row twice": (lambda text: text + AGAIN, "generalisation.toml: kl-nonneg and .*again name the same theorem"),
    "nothing": (lambda text: "", "generalisation.toml: expected a table"),
    "no row": (lambda text: HEAD, "generalisation.toml: no statement"),
    "a comment only": (lambda text: "# P = NP\n", "expected a table .paper."),
}  # fmt: skip


@pytest.fixture
def shipped(tmp_path):
    """Check the shipped table after an edit, against the shipped pins."""

    def check(edit, **options):
        tables = shutil.copytree(claims_folder(), tmp_path / "claims")
        text, edited_text = SHIPPED.read_text(encoding="utf-8"), edit(SHIPPED.read_text(encoding="utf-8"))
        assert edit is unchanged or edited_text != text
        (tables / SHIPPED.name).write_text(edited_text, encoding="utf-8")
        return build_ledger(table=tables, only="numeric", instances=5, **options)

    return check


DAMAGED = {"[symbols]": "[sings]", "[[part]]": "[[part", "defines = [": "defines = [7, "}


@pytest.mark.parametrize("damage", DAMAGED.items(), ids=DAMAGED)
def test_a_damaged_setting_fails_the_check(tmp_path, monkeypatch, run_main, damage):
    text = setting_file().read_text(encoding="utf-8")
    assert text.count(damage[0])
    (tmp_path / "setting.toml").write_text(text.replace(*damage), encoding="utf-8")
    options = ("check", "--only", "numeric", "--claim", "kl-nonneg", "--instances", "5")
    assert run_main(*options)[0] == 0
    monkeypatch.setattr("rlhf_proofs.publish.setting.setting_file", lambda: tmp_path / "setting.toml")
    code, _, errors = run_main(*options)
    assert (code, "setting.toml: not a file of the setting" in " ".join(errors.split())) == (2, True)


def unchanged(text):
    return text


def test_the_shipped_table_is_as_it_was_pinned(shipped):
    ledger = shipped(unchanged, claims=["kl-nonneg", "grad-objective"])
    assert (ledger.exit_code, [row.changed for row in ledger.rows]) == (0, [(), ()])


@pytest.mark.parametrize(("edit", "field"), STALE.values(), ids=STALE)
def test_a_row_that_is_not_as_it_was_pinned_is_stale_whatever_is_checked(shipped, edit, field):
    ledger = shipped(edit, claims=["kl-nonneg", "grad-objective"])
    assert ledger.exit_code == 1
    rows = {row["id"]: row for row in validated(ledger)["claims"]}
    (found,) = [row for row in rows.values() if row["changed"]]
    assert (found["changed"], found["effective"]) == ([field], "stale")
    assert found["why"] == f"not as it was pinned: {field}: rlhf-lemmas pin"


@pytest.mark.parametrize(("edit", "said"), REFUSED.values(), ids=REFUSED)
def test_a_table_that_does_not_fit_itself_or_its_pins_is_an_error(shipped, edit, said):
    with pytest.raises(TableError, match=said):
        shipped(edit, claims=[])


def test_a_row_without_a_theorem_must_be_pinned_too(shipped):
    ledger = shipped(lambda text: text + UNPINNED, claims=["psi-sharp"])
    (row,) = validated(ledger)["claims"]
    assert (row["changed"], row["effective"], ledger.exit_code) == (None, "stale", 1)


def test_the_order_of_the_rows_is_free(shipped):
    ledger = shipped(lambda text: without("kl-nonneg")(text) + "\n" + ROW_OF_KL, claims=["kl-nonneg"])
    assert ledger.exit_code == 0


def test_the_command_line_ends_with_a_sentence_and_2_for_a_table_that_was_cut(table, monkeypatch, run_main):
    pins = pins_of(load_table(table))
    monkeypatch.setattr(ledger_module, "load_pins", lambda _: pins)
    table.write_text(table.read_text().partition("\n[kl-nonneg]")[0])
    code, out, errors = run_main("check", "--only", "numeric", "--instances", 5)
    assert (code, out) == (2, "")
    assert "kl-nonneg: pinned, but no longer in the table; put it back" in errors


@pytest.mark.parametrize("field", ["statement", "title", "sha256", "definitions", "theorem"])
def test_editing_a_pin_is_noticed(tmp_path, field):
    path = write_pins({"one": PIN}, tmp_path / "pins.json")
    body = json.loads(path.read_text())
    body["pins"]["one"][field] = {"RLHF.f": "b"} if field == "definitions" else "1" * 64
    path.write_text(json.dumps(body))
    with pytest.raises(TableError, match="content that its digest does not fit; restore it, or look"):
        load_pins(path)


@pytest.mark.parametrize("field", [{"statement": "log_ratio : 1 = 2"}, {"definitions": {"RLHF.klDiv": "0"}}])
def test_a_pin_whose_text_is_not_what_lean_says_is_stale_though_its_digest_fits(table, lean, report, tmp_path, field):
    lean(report("log_ratio", "kl_nonneg"))
    pins = pins_of(load_table(table))
    path = write_pins({**pins, "log-ratio": replace(pins["log-ratio"], **field)}, tmp_path / "other.json")
    rows = validated(run(pins=path))["claims"]
    assert [(row["effective"], row["changed"]) for row in rows] == [("stale", ["pinned statement"]), ("proved", [])]


def test_pins_are_the_same_whatever_the_order_and_however_often_they_are_written(tmp_path):
    first = write_pins({"b": PIN, "a": PIN}, tmp_path / "one.json").read_bytes()
    assert write_pins({"a": PIN, "b": PIN}, tmp_path / "two.json").read_bytes() == first
    assert write_pins(load_pins(tmp_path / "one.json"), tmp_path / "two.json").read_bytes() == first


def test_each_paper_has_its_own_file_of_pins_and_one_without_a_pin_goes(tmp_path):
    homes = {"a": "alpha", "b": "beta", "c": "alpha"}
    assert store_pins({"a": PIN, "b": PIN, "c": PIN}, homes, tmp_path) == tmp_path
    assert {p.name: list(load_pins(p)) for p in tmp_path.iterdir()} == {"alpha.json": ["a", "c"], "beta.json": ["b"]}
    assert (homes_of_pins(tmp_path), load_pins(tmp_path)) == (homes, {"a": PIN, "c": PIN, "b": PIN})
    store_pins({"a": PIN}, homes, tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["alpha.json"]


def test_an_id_that_two_files_pin_is_refused(tmp_path):
    for paper in ("alpha", "beta"):
        write_pins({"one": PIN}, tmp_path / f"{paper}.json")
    with pytest.raises(TableError, match=r"beta\.json: one: is pinned in alpha\.json, too; let one of them go"):
        load_pins(tmp_path)


def test_the_pins_of_each_paper_are_of_the_rows_of_its_table():
    assert homes_of_pins() == {entry.id: entry.papers[0] for entry in load_table()}


def test_a_row_that_moves_to_another_paper_takes_its_pin_along_when_it_is_pinned(pins, table, lean, report):
    lean(report("log_ratio", "kl_nonneg"))
    pins.rename(pins.with_name("other.json"))
    assert pinned("--write").exit_code == 0
    assert [p.name for p in pins.parent.iterdir()] == ["claims.json"]


def test_a_changed_title_is_shown_and_pinned_anew(pins, table, lean, report):
    lean(report("log_ratio", "kl_nonneg"))
    table.write_text(table.read_text().replace("KL ≥ 0", "KL ≥ −1"))
    shown = pinned()
    assert (shown.exit_code, "+ title: KL ≥ −1" in shown.output) == (1, True), shown.output
    assert pinned("--write").exit_code == 0
    assert load_pins(pins)["kl-nonneg"].title == "KL ≥ −1"
    assert pinned().exit_code == 0


def test_evidence_of_another_theorem_cannot_be_pinned(pins, table, lean, report):
    lean(report("log_ratio", "kl_nonneg"))
    table.write_text(table.read_text().replace('numeric = "log-ratio"', 'numeric = "kl-nonneg"'))
    result = pinned("--write")
    assert isinstance(result.exception, TableError)


def test_damaged_pins_are_only_replaced_where_all_are_pinned_anew(pins, lean, report):
    lean(report("log_ratio", "kl_nonneg"))
    pins.write_text("{}")
    for arguments in ((), ("kl-nonneg", "--write")):
        assert isinstance(pinned(*arguments).exception, TableError)
    assert pins.read_text() == "{}"
    assert pinned("--write").exit_code == 0
    assert pinned().exit_code == 0
