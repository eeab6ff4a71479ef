"""The commands that attack the numeric claims: what they write, and their exit status."""

import json
from dataclasses import replace

import jsonschema
import pytest
from typer.testing import CliRunner

from rlhf_numeric import CLAIMS, InstanceSeed, regenerate
from rlhf_numeric.attacks.mutate import stored_reports
from rlhf_numeric.evaluation.case_file import load_case, make_case
from rlhf_proofs import cli
from rlhf_proofs.commands import attacks
from rlhf_proofs.errors import CannotRunError, UnknownClaimError
from rlhf_proofs.publish import plots
from rlhf_proofs.records.outdated import without_reports
from rlhf_proofs.records.tightness import recall_tightness, remember_tightness
from rlhf_proofs.resources import schema_file

SMALL = ("campaign", "--claim", "variance-bound", "--claim", "gap-identity", "--instances", 600, "--workers", 1)


def command(*args):
    return CliRunner().invoke(cli.app, [str(a) for a in args])


def test_a_table_in_a_pipe_is_as_wide_as_it_must_be(tmp_path, cache, monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    claim = ("--claim", "suboptimality-empirical-optimum")
    result = command("campaign", *claim, "--instances", 50, "--workers", 1, "--out", tmp_path)
    assert "suboptimality-empirical-optimum " in result.output


@pytest.fixture
def falsehood(monkeypatch):
    claim = CLAIMS["variance-bound"]
    false = replace(claim, sides=lambda instance: claim.sides(instance)[::-1])
    monkeypatch.setattr(attacks, "CLAIMS", {**CLAIMS, "variance-bound": false})


def test_a_campaign_stores_worst_cases_that_replay_and_is_remembered(tmp_path, cache):
    result = command(*SMALL, "--out", tmp_path / "out")
    assert result.exit_code == 0, result.output
    found = json.loads((tmp_path / "out/campaign.json").read_text())
    assert found["variance-bound"]["tally"]["instances"] == 600
    again = command("replay", tmp_path / "out/worst/variance-bound.json")
    assert (again.exit_code, again.output.splitlines()[0]) == (0, "variance-bound: holds")
    assert recall_tightness("variance-bound")["campaign"]["instances"] == 600
    assert list(cache.glob("campaign-*.json")) == []


def test_a_refuted_claim_exits_1_and_its_counterexample_is_stored(tmp_path, falsehood):
    result = command(*SMALL, "--out", tmp_path)
    assert result.exit_code == 1, result.output
    assert "variance-bound: refuted" in result.output
    file = tmp_path / "counterexamples/variance-bound.json"
    assert json.loads(file.read_text())["verdict"] == "violated"
    assert command("replay", file).exit_code == 0


def test_a_counterexample_to_a_claim_that_is_now_true_does_not_reproduce(tmp_path, falsehood, monkeypatch):
    command(*SMALL, "--out", tmp_path)
    monkeypatch.setattr(attacks, "CLAIMS", CLAIMS)
    result = command("replay", tmp_path / "counterexamples/variance-bound.json")
    assert result.exit_code == 1
    assert "does not reproduce: stored as violated" in result.output


def test_ray_is_named_where_it_is_missing(monkeypatch):
    monkeypatch.setattr(attacks, "find_spec", lambda _: None)
    result = command(*SMALL, "--ray", "local")
    assert isinstance(result.exception, CannotRunError)
    assert "pip install 'rlhf-lemmas[ray]'" in str(result.exception)


@pytest.mark.slow
def test_a_campaign_on_ray_writes_what_one_process_writes(tmp_path):
    pytest.importorskip("ray", reason="Ray is not installed, `campaign --ray` is NOT tested: pip install ray")
    for place, more in (("here", ()), ("ray", ("--ray", "local"))):
        result = command(*SMALL, "--out", tmp_path / place, *more)
        assert result.exit_code == 0, result.output
    here, there = ((tmp_path / place / "campaign.json").read_text() for place in ("here", "ray"))
    assert here == there


def test_an_address_without_a_cluster_is_told():
    pytest.importorskip("ray", reason="Ray is not installed, `campaign --ray` is NOT tested: pip install ray")
    result = command(*SMALL, "--ray", "127.0.0.1:1")
    assert isinstance(result.exception, CannotRunError)
    assert "no Ray cluster at '127.0.0.1:1'" in str(result.exception)


def test_a_resume_file_of_another_campaign_is_refused(tmp_path):
    file = tmp_path / "progress.json"
    assert command(*SMALL, "--resume", file).exit_code == 0
    assert file.exists()
    assert command(*SMALL, "--resume", file).exit_code == 0
    result = command(*SMALL, "--resume", file, "--seed", 1)
    assert isinstance(result.exception, CannotRunError)
    assert "other seed" in str(result.exception)


def test_figures_are_drawn_for_each_claim(tmp_path):
    pytest.importorskip("matplotlib")
    assert command(*SMALL, "--plots", tmp_path / "figures").exit_code == 0
    names = {p.name for p in (tmp_path / "figures").iterdir() if p.stat().st_size > 5000}
    assert names == {"variance-bound.png", "gap-identity.png", "overview.png"}


def test_without_matplotlib_the_command_says_so_before_it_starts(monkeypatch, tmp_path):
    def absent():
        raise CannotRunError("figures need matplotlib")

    monkeypatch.setattr(plots, "require_matplotlib", absent)
    result = command(*SMALL, "--plots", tmp_path)
    assert isinstance(result.exception, CannotRunError)


def test_a_hunt_stores_its_case_and_show_shows_it(tmp_path, cache):
    result = command("hunt", "pointwise-gap", "--steps", 20, "--out", tmp_path)
    assert result.exit_code == 0, result.output
    assert command("replay", tmp_path / "pointwise-gap.json").exit_code == 0
    assert recall_tightness("pointwise-gap")["hunt"]["steps"] == 20


def test_the_ledger_holds_what_campaign_and_hunt_found_with_the_instances(tmp_path, cache):
    command(*SMALL, "--out", tmp_path)
    for slug in ("variance-bound", "gap-identity"):
        command("hunt", slug, "--steps", 5, "--out", tmp_path)
    known = {slug: recall_tightness(slug) for slug in ("variance-bound", "gap-identity")}
    ids = [*known, "kl-nonneg"]
    command(
        "check",
        "--only",
        "numeric",
        "--instances",
        50,
        *(x for i in ids for x in ("--claim", i)),
        "--json",
        tmp_path / "l",
    )
    ledger = json.loads((tmp_path / "l").read_text(), parse_constant=pytest.fail)
    jsonschema.validate(ledger, json.loads(schema_file().read_text()))
    rows = {row["id"]: row["tightness"] for row in ledger["claims"]}
    assert rows == known | {"kl-nonneg": {"campaign": None, "hunt": None}}
    case = load_case(tmp_path / "variance-bound.json")
    assert rows["variance-bound"]["hunt"]["instance"] == case.instance
    origin = InstanceSeed(*rows["variance-bound"]["campaign"]["worst_instance_seed"])
    again = make_case(CLAIMS["variance-bound"], regenerate(origin), found_by="")
    assert again.ratio == pytest.approx(rows["variance-bound"]["campaign"]["worst_ratio"], rel=1e-9)


def test_tightness_is_a_table_of_what_was_run_and_says_what_was_not(tmp_path, cache):
    assert isinstance(command("tightness").exception, CannotRunError)
    command(*SMALL, "--out", tmp_path)
    command("hunt", "variance-bound", "pointwise-gap", "--steps", 5, "--out", tmp_path)
    rows = {line.split("`")[1]: line.split(" | ")[1:] for line in command("tightness").output.splitlines()[2:]}
    assert set(rows) == set(CLAIMS)
    known = recall_tightness("variance-bound")
    assert rows["variance-bound"][0] == "600"
    assert rows["variance-bound"][5] == f"{known['campaign']['worst_ratio']:.9g}"
    assert rows["variance-bound"][-1] == f"{known['hunt']['worst_ratio']:.9g} |"
    assert rows["gap-identity"][5].startswith("= within ")
    assert rows["pointwise-gap"][:-1] == ["–"] * 7
    assert set(rows["kl-nonneg"]) == {"–", "– |"}
    assert command("tightness", "--out", tmp_path / "page.md", "--note", "By hand.").exit_code == 0
    page = (tmp_path / "page.md").read_text()
    assert "By hand." in page
    assert command("tightness").output.strip() in page


def test_a_hunt_of_a_falsehood_exits_1(falsehood):
    assert command("hunt", "variance-bound", "--steps", 5).exit_code == 1


def test_mutate_writes_a_report_that_replays(tmp_path):
    result = command("mutate", "kl-nonneg", "--out", tmp_path, "--workers", 1)
    assert result.exit_code == 0, result.output
    assert "kl-nonneg: survives: rhs × 0.9: not tight" in result.output
    assert command("replay", tmp_path / "kl-nonneg.json").exit_code == 0


def test_throughput_is_measured():
    result = command("throughput", "--claim", "kl-nonneg", "--examples", 3)
    assert result.exit_code == 0, result.output
    assert "times" in result.output


def test_only_claims_whose_stored_report_is_of_others_are_mutated_again_if_asked(tmp_path, monkeypatch):
    assert command("mutate", "kl-nonneg", "--outdated", "--out", tmp_path, "--workers", 1).exit_code == 0
    assert list(tmp_path.iterdir()) == []  # the stored one is as good as new
    stored = stored_reports()
    monkeypatch.setattr("rlhf_proofs.records.outdated.stored_reports", dict)
    assert command("mutate", "kl-nonneg", "--outdated", "--out", tmp_path, "--workers", 1).exit_code == 0
    assert [path.name for path in tmp_path.iterdir()] == ["kl-nonneg.json"]
    assert without_reports([CLAIMS["kl-nonneg"]]) == [CLAIMS["kl-nonneg"]]
    fewer, report = replace(stored["kl-nonneg"], killed=()), stored["kl-zero-iff"]
    wrong = replace(report, killed=(replace(report.killed[0], lhs="0x1p9"), *report.killed[1:]))
    monkeypatch.setattr("rlhf_proofs.records.outdated.stored_reports", lambda: {fewer.claim: fewer, wrong.claim: wrong})
    both = [CLAIMS["kl-nonneg"], CLAIMS["kl-zero-iff"]]
    assert without_reports(both) == both


@pytest.mark.parametrize("args", [("campaign", "--claim", "no"), ("hunt", "no"), ("mutate", "no")])
def test_an_unknown_claim_is_an_error(args):
    assert isinstance(command(*args).exception, UnknownClaimError)


def test_a_file_that_is_no_case_cannot_be_replayed(tmp_path):
    (tmp_path / "x.json").write_text("{}")
    for name in ("x.json", "absent.json"):
        assert isinstance(command("replay", tmp_path / name).exception, CannotRunError)


def test_figures_of_other_sources_are_forgotten(cache, monkeypatch):
    hunt = {"worst_ratio": 0.5, "verdict": "holds", "steps": 1, "seed": 0, "instance": {}}
    counts = dict.fromkeys(("instances", "vacuous", "equal", "undecided", "unsettled", "seed"), 1)
    campaign = counts | {"worst_ratio": 0.25, "worst_gap": None, "worst_instance_seed": None}
    remember_tightness("hunt", {"kl-nonneg": hunt})
    remember_tightness("campaign", {"kl-nonneg": campaign})
    assert recall_tightness("kl-nonneg") == {"hunt": hunt, "campaign": campaign}
    monkeypatch.setattr("rlhf_proofs.records.tightness.sources_digest", lambda: "0" * 64)
    assert recall_tightness("kl-nonneg") == {}
