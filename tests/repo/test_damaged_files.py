"""Whatever a stored file holds, a command that reads it ends with a sentence and status 2, never with a traceback."""

import copy
import json
import shutil
from dataclasses import asdict

import numpy as np
import pytest

from rlhf_numeric import CLAIMS
from rlhf_numeric.attacks.campaign import run_campaign
from rlhf_numeric.attacks.mutate import save_report, stored_reports
from rlhf_numeric.evaluation.case_file import make_case, save_case
from rlhf_numeric.evaluation.case_json import sealed
from rlhf_numeric.evaluation.handmade import probes
from rlhf_proofs import build_ledger
from rlhf_proofs.commands import heartbeats as heartbeats_command
from rlhf_proofs.commands import pin as pin_command
from rlhf_proofs.ledger.build import remember
from rlhf_proofs.records.heartbeats import recorded, write_record
from rlhf_proofs.records.pins import write_pins
from rlhf_proofs.records.tightness import remember_tightness
from rlhf_proofs.report import leftovers
from rlhf_proofs.table import load_table

from .conftest import pins_of

pytestmark = pytest.mark.deep

FIGURES = {
    "instances": 5, "vacuous": 0, "equal": 1, "undecided": 1, "unsettled": 0, "worst_ratio": 0.5, "worst_gap": None,
    "worst_instance_seed": [0, 0, 1, "campaign"], "seed": 0,
}  # fmt: skip
CAMPAIGN = ("campaign", "--claim", "kl-nonneg", "--instances", 5, "--workers", 1)


@pytest.fixture(scope="module")
def intact(tmp_path_factory):
    """Where the first test leaves the intact files for those that follow."""
    return tmp_path_factory.mktemp("intact") / "room"


@pytest.fixture
def room(tmp_path, intact, cache, table, lean, report, monkeypatch):
    """Every kind of stored file, intact, by name; everything is read from here."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(leftovers, "INSTANCES", 5)
    library = report("log_ratio", "kl_nonneg")
    lean(library)
    if not intact.exists():
        _fill(tmp_path, table, library)
        shutil.copytree(tmp_path, intact)
    shutil.copytree(intact, tmp_path, dirs_exist_ok=True)
    monkeypatch.setattr("rlhf_proofs.records.pins.pins_folder", lambda: tmp_path / "pins")
    monkeypatch.setattr("rlhf_proofs.records.heartbeats.heartbeats_file", lambda: tmp_path / "heartbeats.json")
    monkeypatch.setattr(pin_command, "load_table", lambda: load_table(table))
    monkeypatch.setattr(heartbeats_command, "load_table", lambda: load_table(table))
    return {path.name: path for path in (*tmp_path.rglob("*.json"), table)}


def _fill(tmp_path, table, library):
    remember(build_ledger(instances=20))
    remember_tightness("campaign", {"kl-nonneg": FIGURES})
    run_campaign([CLAIMS["kl-nonneg"]], instances=5, resume=tmp_path / "progress.json")
    found = run_campaign([CLAIMS["kl-nonneg"]], instances=5)
    (tmp_path / "run").mkdir()
    (tmp_path / "run/campaign.json").write_text(json.dumps({k: asdict(v) for k, v in found.items()}))
    save_case(make_case(CLAIMS["kl-nonneg"], next(iter(probes().values())), found_by="hand"), tmp_path / "case.json")
    save_report(stored_reports()["kl-nonneg"], tmp_path)
    write_pins(pins_of(load_table(table)), tmp_path / "pins/claims.json")
    write_record(recorded(library), tmp_path / "heartbeats.json")


@pytest.fixture
def with_own_pins(room, monkeypatch):
    """The check reads the pins of this room, too."""
    from rlhf_proofs.ledger import build as ledger
    from rlhf_proofs.records import pins

    monkeypatch.setattr(ledger, "load_pins", lambda other=None: pins.load_pins(other))


CHECK = ("check", "--only", "numeric", "--instances", 5)
READERS = {
    "ledger.json": [("ledger",), ("show", "kl-nonneg"), ("cite", "kl-nonneg"), ("report", "site"), ("graph",),
                    ("formalization", "--out", "f.yaml")],
    "tightness.json": [("tightness",), ("show", "kl-nonneg")],
    "campaign.json": [("report", "site", "--campaign", "run")],
    "progress.json": [(*CAMPAIGN, "--resume", "progress.json")],
    "case.json": [("replay", "case.json")],
    "kl-nonneg.json": [("replay", "kl-nonneg.json")],
    "claims.json": [("pin",), ("pin", "kl-nonneg", "--write"), CHECK],
    "heartbeats.json": [("lean", "heartbeats")],
    "claims.toml": [CHECK, ("pin",)],
}  # fmt: skip
EACH = [(name, args) for name, commands in READERS.items() for args in commands]
BAD = {
    "empty": b"", "cut off": None, "binary": bytes(range(256)), "NaN": b'{"schema": NaN}', "a list": b"[[]]",
    "a number": b"7" * 5000, "null": b"null", "text": b'"format"', "an empty object": b"{}",
    "a name twice": b'{"a": 1, "a": 2}', "levels": b"[" * 100_000, "a byte order mark": b"\xef\xbb\xbf{}",
    "an odd type": b'{"format": [], "sha256": {}, "pins": 3, "sources": 1, "plan": [], "kl-nonneg": 4}',
    "half a character": b'{"\\ud800": "\\udc00"}', "a large number": b'{"schema": 1e999}',
}  # fmt: skip


def by_name(argument):
    return " ".join(map(str, argument)) if isinstance(argument, tuple) else None


def ends_with_a_sentence(run_main, args):
    code, _, errors = run_main(*args)
    lines = [line for line in errors.splitlines() if line.startswith("rlhf-lemmas: ")]
    assert (code, len(lines)) == (2, 1), (code, errors)
    assert "Traceback" not in errors
    return lines[0]


@pytest.mark.no_cover
@pytest.mark.parametrize(("name", "args"), EACH, ids=by_name)
def test_a_malformed_file_is_named_with_what_to_do(room, with_own_pins, run_main, name, args):
    path, whole = room[name], room[name].read_bytes()
    for what, content in BAD.items():
        if (name, what) == ("campaign.json", "an empty object"):  # a campaign of no claim
            continue
        path.write_bytes(whole[: len(whole) // 2] if content is None else content)
        said = ends_with_a_sentence(run_main, args)
        assert str(name) in said, (what, said)


@pytest.mark.parametrize(("name", "args"), EACH, ids=by_name)
def test_what_is_no_file_is_named(room, with_own_pins, run_main, name, args):
    path = room[name]
    path.unlink()
    path.mkdir()
    assert str(name) in ends_with_a_sentence(run_main, args)
    path.rmdir()
    path.symlink_to(path.with_name("loop"))
    path.with_name("loop").symlink_to(path)
    assert run_main(*args)[0] in (0, 2)  # 0 where it is as good as none, and a new file takes its place


def places(data):
    """Every (container, key) of JSON, the outermost first."""
    pairs = list(data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ())
    yield from ((data, key) for key, _ in pairs)
    for _, value in pairs:
        yield from places(value)


ODD = (
    None,
    True,
    -1,
    0,
    10**30,
    1.5,
    "",
    "x",
    "0x1p5000",
    "nan",
    "../x",
    [],
    {},
    [1],
    [[[["0x1p0"]]]],
    {"a": 1},
    "9" * 60,
)


def damaged(data, rng):
    data = copy.deepcopy(data)
    found = list(places(data))
    place, key = found[rng.integers(len(found))]
    if rng.random() < 0.25:
        del place[key]
    else:
        place[key] = ODD[rng.integers(len(ODD))]
    if "sha256" in data and isinstance(data["sha256"], str):  # whoever forges knows of the digest
        data = sealed({name: value for name, value in data.items() if name != "sha256"})
    return data


@pytest.mark.no_cover
@pytest.mark.parametrize(("name", "args"), [e for e in EACH if e[0].endswith(".json")], ids=by_name)
def test_a_file_that_is_wrong_in_one_place_never_ends_in_a_traceback(room, with_own_pins, run_main, name, args):
    path, rng, codes = room[name], np.random.default_rng(0), []
    whole = json.loads(path.read_text())
    for _ in range(12 if "report" in args else 40):  # a report takes a while
        path.write_text(json.dumps(damaged(whole, rng)))
        code, _, errors = run_main(*args)
        assert code in (0, 1, 2)
        assert code != 2 or "rlhf-lemmas: " in errors or "Error: " in errors, errors
        codes.append(code)
        shutil.rmtree("site", ignore_errors=True)
    assert codes.count(2) > 3


@pytest.mark.parametrize(("name", "args"), EACH, ids=by_name)
def test_the_intact_file_is_read(room, with_own_pins, run_main, name, args):
    code, _, errors = run_main(*args)
    assert code == (0 if args[0] != "formalization" else 2), errors  # it needs a proof of the whole shipped table


@pytest.mark.parametrize(
    "args",
    [
        ("experiment", "coverage-ablation", "--seeds", 1, "--no-figures", "--out", "case.json"),
        (*CAMPAIGN, "--out", "case.json"),
        (*CAMPAIGN, "--resume", "case.json/progress"),
        ("hunt", "kl-nonneg", "--steps", 2, "--out", "case.json"),
        ("tightness", "--out", "run"),
        ("cite", "kl-zero-iff", "--out", "run"),
        (*CHECK, "--json", "run"),
    ],
    ids=by_name,
)
def test_what_cannot_be_written_ends_with_a_sentence(room, run_main, args):
    ends_with_a_sentence(run_main, args)


def test_a_damaged_file_does_not_lose_what_a_campaign_found(room, run_main):
    room["tightness.json"].write_text("{")
    assert run_main(*CAMPAIGN)[0] == 0
    assert json.loads(room["tightness.json"].read_text())["campaign"]["kl-nonneg"]["instances"] == 5
