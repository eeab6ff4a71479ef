"""Ids that the shell completes and ids that nobody has: what the command line suggests."""

import os
import subprocess
import sys

import pytest

from rlhf_numeric import CLAIMS
from rlhf_proofs.completion import CLAIM_IDS, STATEMENT_IDS
from rlhf_proofs.errors import UnknownClaimError, did_you_mean, require_known
from rlhf_proofs.table import load_table

from .conftest import REPOSITORY

STATEMENTS = [entry.id for entry in load_table()]


def completed(shell_words):
    """What bash offers for the last word of a command line."""
    words = shell_words.split(" ")
    run = subprocess.run(
        [sys.executable, "-c", "import sys; sys.argv[0] = 'rlhf-lemmas'; from rlhf_proofs.cli import main; main()"],
        env=os.environ | {"_RLHF_LEMMAS_COMPLETE": "complete_bash", "COMP_WORDS": shell_words,
                          "COMP_CWORD": str(len(words) - 1)},
        capture_output=True, text=True,
    )  # fmt: skip
    assert run.stderr == ""
    return run.stdout.split()


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("rlhf-lemmas show grad-o", ["grad-objective"]),
        ("rlhf-lemmas cite kl-nonneg kl-", [id for id in STATEMENTS if id.startswith("kl-")]),
        ("rlhf-lemmas pin grad-o", ["grad-objective"]),
        ("rlhf-lemmas check --claim grad-o", ["grad-objective"]),
        ("rlhf-lemmas campaign --claim kl-", [id for id in CLAIMS if id.startswith("kl-")]),
        ("rlhf-lemmas hunt kl-", [id for id in CLAIMS if id.startswith("kl-")]),
        ("rlhf-lemmas mutate variance-b", ["variance-bound"]),
        ("rlhf-lemmas derive psi-s", ["psi-sharp"]),
        ("rlhf-lemmas experiment co", ["convergence-profile", "coverage-ablation"]),
        ("rlhf-lemmas doc", ["doctor"]),
    ],
)  # fmt: skip
def test_the_shell_completes_ids_and_commands(words, offered):
    assert completed(words) == offered


def test_a_table_that_cannot_be_read_completes_nothing(monkeypatch):
    assert STATEMENT_IDS("") == STATEMENTS
    monkeypatch.setattr("rlhf_proofs.completion.load_table", lambda: load_table(REPOSITORY / "absent.toml"))
    assert STATEMENT_IDS("") == []
    assert CLAIM_IDS("") == list(CLAIMS)


@pytest.mark.parametrize(
    ("given", "meant"),
    [("gradient-dominatoin", "gradient-domination"), ("ga_rate", "ga-rate"), ("KL-nonneg", "kl-nonneg"),
     ("concentration-chebychev", "concentration-chebyshev"), ("suboptimality", "suboptimality-"), ("grad", "grad-")],
)  # fmt: skip
def test_an_id_like_another_one_is_suggested(given, meant):
    said = did_you_mean("statement", given, STATEMENTS)
    assert meant in said.partition("did you mean")[2]
    assert len(said) < 160


def test_few_ids_are_listed_whole_and_many_are_not():
    assert did_you_mean("experiment", "zzz", ["one", "two"]) == "no experiment 'zzz'; known: one, two"
    assert did_you_mean("statement", "zzz", STATEMENTS) == (
        f"no statement 'zzz'; `rlhf-lemmas ledger` lists all {len(STATEMENTS)}"
    )
    assert "did you mean" not in did_you_mean("statement", "", STATEMENTS)


def test_known_ids_pass_and_the_first_unknown_one_is_named():
    require_known("statement", ["kl-nonneg", "ga-rate"], STATEMENTS)
    with pytest.raises(UnknownClaimError, match="no statement 'ga-rat'"):
        require_known("statement", ["kl-nonneg", "ga-rat", "zzz"], STATEMENTS)


@pytest.mark.parametrize(
    "args",
    [("show", "ga-rat"), ("cite", "ga-rat"), ("check", "--claim", "ga-rat"), ("hunt", "ga-rat"), ("mutate", "ga-rat"),
     ("campaign", "--claim", "ga-rat"), ("throughput", "--claim", "ga-rat"), ("pin", "ga-rat"),
     ("derive", "psi-sharpp")],
)  # fmt: skip
def test_every_command_that_takes_an_id_suggests_one_and_exits_2(run_main, lean, report, monkeypatch, args):
    ledger = {"sources_sha256": "", "claims": [{"id": id} for id in STATEMENTS]}
    monkeypatch.setattr("rlhf_proofs.cli.recall", lambda: ledger)
    monkeypatch.setattr("rlhf_proofs.commands.cite.recall", lambda: ledger)
    lean(report("log_ratio"))
    status, out, errors = run_main(*args)
    assert (status, out) == (2, "")
    assert "did you mean " + ("psi-sharp" if args[0] == "derive" else "ga-rate") in errors
    assert "Traceback" not in errors


def test_the_version_is_that_of_the_package_and_of_its_lean(run_main):
    status, out, _ = run_main("--version")
    toolchain = (REPOSITORY / "proofs/lean-toolchain").read_text().strip()
    assert (status, out) == (0, f"rlhf-lemmas 0.1.0, for {toolchain}\n")


@pytest.mark.parametrize("args", [(), ("nosuch",), ("show",), ("hunt", "--steps", "x"), ("report",), ("--nosuch",)])
def test_a_wrong_use_exits_2(run_main, args):
    assert run_main(*args)[0] == 2
