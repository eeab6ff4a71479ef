"""The command line: what it shows, what it writes, and its exit status."""

import json
import re
import subprocess
import sys
from types import SimpleNamespace

import jsonschema
import pytest
import typer
from typer.testing import CliRunner

from rlhf_numeric.evaluation.case_json import sealed
from rlhf_proofs import cli
from rlhf_proofs.errors import CannotRunError, LeanFailureError
from rlhf_proofs.ledger.build import remember
from rlhf_proofs.resources import schema_file

KL = ("check", "--only", "numeric", "--claim", "kl-nonneg", "--instances", "50")


def reseal(path, **fields):
    """Change a stored file as one would who knows of its digest."""
    body = {name: value for name, value in json.loads(path.read_text()).items() if name != "sha256"}
    path.write_text(json.dumps(sealed(body | fields)))


def command(*args):
    return CliRunner().invoke(cli.app, [str(a) for a in args])


def test_check_of_one_claim_writes_json_that_fits_the_schema(tmp_path):
    target = tmp_path / "out.json"
    result = command(*KL, "--seed", 7, "--json", target)
    assert result.exit_code == 0, result.output
    data = json.loads(target.read_text())
    jsonschema.validate(data, json.loads(schema_file().read_text()))
    (claim,) = data["claims"]
    assert (claim["id"], claim["effective"], claim["numeric"]["instances"]) == ("kl-nonneg", "tested", 50)
    assert claim["numeric"]["seed"] == 7
    assert "kl-nonneg" in result.output
    assert "ok" in result.output.splitlines()[-1]


def test_a_partial_check_is_not_remembered_as_the_last_full_one(cache):
    assert command(*KL).exit_code == 0
    assert not (cache / "ledger.json").exists()


def test_an_unknown_id_exits_2_and_names_those_that_are_like_it(run_main):
    status, out, errors = run_main("check", "--claim", "gradient-dominaton")
    assert status == 2
    assert out == ""
    assert "rlhf-lemmas: no statement 'gradient-dominaton'; did you mean gradient-domination" in errors
    assert len(errors.split()) < 20


def test_json_in_a_folder_that_is_not_there_is_refused_before_the_work(tmp_path, monkeypatch):
    monkeypatch.setattr(cli, "build_ledger", lambda **_: pytest.fail("the work has begun"))
    result = command(*KL, "--json", tmp_path / "absent/out.json")
    assert result.exit_code == 2
    assert "to write out.json to" in result.output


def test_the_ledger_is_shown_before_it_is_stored_and_a_full_disk_ends_with_a_sentence(table, no_lean, cache, run_main):
    code, out, errors = run_main("check", "--instances", 50, "--json", "/dev/full")
    assert "incomplete: something could not run" in out
    assert (code, errors.strip()) == (2, "rlhf-lemmas: cannot write /dev/full: No space left on device")
    assert (cache / "ledger.json").is_file()  # what could be stored is


def test_the_json_is_written_though_the_cache_cannot_be(table, no_lean, cache, run_main, tmp_path):
    cache.write_text("in the way")
    code, out, errors = run_main("check", "--instances", 50, "--json", tmp_path / "out.json")
    assert (code, "log-ratio" in out) == (2, True)
    assert "rlhf-lemmas: " in errors
    assert json.loads((tmp_path / "out.json").read_text())["claims"]


def test_the_json_is_replaced_at_once_also_behind_a_link(tmp_path):
    (tmp_path / "real.json").write_text("old")
    (tmp_path / "link.json").symlink_to(tmp_path / "real.json")
    assert command(*KL, "--json", tmp_path / "link.json").exit_code == 0
    assert (tmp_path / "link.json").is_symlink()
    assert json.loads((tmp_path / "real.json").read_text())["claims"]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["link.json", "real.json"]


PIPED = f"{sys.executable} -c 'from rlhf_proofs.cli import main; main()'"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("{} ledger | head -1 >&2; exit 0", 0),
        ("{} derive grad-objective | true; exit 0", 0),
        ("{} ledger > /dev/full", 2),
        ("{} derive grad-objective > /dev/full", 2),
        ("{} check --only numeric --claim kl-nonneg --instances 5 > /dev/full", 2),
    ],
)
def test_a_pipe_that_closes_or_a_disk_that_is_full_leaves_no_traceback(ledger_of, line, code):
    remember(ledger_of())
    ended = subprocess.run(["bash", "-c", line.format(PIPED)], capture_output=True, text=True, timeout=120)
    assert ended.returncode == code, ended.stderr
    for word in ("Traceback", "Exception ignored"):
        assert word not in ended.stderr
    assert code == 0 or "rlhf-lemmas: No space left on device" in ended.stderr


def test_an_error_of_the_file_system_anywhere_is_a_sentence_and_2(monkeypatch, run_main):
    def full(**_):
        raise OSError(28, "No space left on device", "/some/file")

    monkeypatch.setattr(cli, "build_ledger", full)
    code, _, errors = run_main("check")
    assert (code, errors.strip()) == (2, "rlhf-lemmas: /some/file: No space left on device")


def test_the_stored_ledger_says_what_ran_and_exits_as_the_check_did(table, lean, report):
    lean(report("log_ratio", "kl_nonneg", defects=["RLHF/Main.lean:1:0: warning: unused"]))
    assert command("check", "--instances", 50).exit_code == 1
    shown = command("ledger")
    assert shown.exit_code == 1
    assert re.search(
        r"Python \d+\.\d+\.\d+, numpy \d\S*, sympy \d\S*, python-flint \d\S*(, Node v\d\S+)? on ", shown.output
    )
    assert "not in order" in shown.output


@pytest.mark.parametrize("bad", [("--only", "magic"), ("--instances", "0"), ("--seed", "-1"), ("--lean", "coq")])
def test_an_option_outside_its_range_exits_2(bad):
    result = command("check", *bad)
    assert result.exit_code == 2
    assert bad[0] in result.output


def test_a_full_check_without_lean_exits_2_says_how_to_get_it_and_is_remembered(table, no_lean):
    result = command("check", "--instances", 50)
    assert result.exit_code == 2
    assert "Lean not run: no Lean here: rlhf-lemmas lean setup" in result.output
    assert "incomplete: something could not run" in result.output
    shown = command("ledger")
    assert shown.exit_code == 2
    assert "log-ratio" in shown.output
    assert "derived" in shown.output
    assert "have changed" not in shown.output


def test_a_full_check_with_lean_exits_0_and_says_what_ran(table, lean, report):
    lean(report("log_ratio", "kl_nonneg"))
    result = command("check", "--instances", 50)
    assert result.exit_code == 0, result.output
    assert "Lean 4.28.0 by wasm: 2 modules, 34 lines, 3 constants replayed" in result.output
    assert len(re.findall(r"proved", result.output)) == 4
    statement = command("show", "log-ratio")
    assert statement.exit_code == 0
    for words in ("log_ratio : …", "statement_sha256", "EFFECTIVE proved", "worst_gap"):
        assert words in statement.output


def test_a_defect_of_the_library_is_shown_and_exits_1(table, lean, report):
    lean(report("log_ratio", "kl_nonneg", defects=["RLHF/Main.lean:1:0: warning: unused"]))
    result = command("check", "--only", "lean")
    assert result.exit_code == 1
    assert "  RLHF/Main.lean:1:0: warning: unused" in result.output
    assert "log-ratio: open: lean: the Lean library was not accepted" in result.output
    assert "not in order" in result.output


def test_a_crash_of_lean_exits_1_and_is_told(table, lean):
    lean(LeanFailureError("Lean ended without a complete answer (killed by SIGKILL)"))
    result = command("check", "--only", "lean", "--claim", "log-ratio")
    assert result.exit_code == 1
    assert "Lean failed: Lean ended without a complete answer (killed by SIGKILL)" in result.output
    assert "Lean not run" not in result.output


def test_ledger_and_show_warn_when_the_sources_have_changed(table, no_lean, cache):
    command("check", "--instances", 50)
    reseal(cache / "ledger.json", sources_sha256="0" * 64)
    for args, status in ((("ledger",), 2), (("show", "kl-nonneg"), 0)):
        result = command(*args)
        assert result.exit_code == status
        assert "sources have changed since this ledger was made: rlhf-lemmas check" in result.output


@pytest.mark.parametrize("args", [("ledger",), ("show", "kl-nonneg")])
def test_before_the_first_check_there_is_nothing_to_show(run_main, args):
    status, _, errors = run_main(*args)
    assert status == 2
    assert "no check has been run yet: rlhf-lemmas check" in errors


def test_show_keeps_the_brackets_of_a_formula(table, no_lean):
    table.write_text(table.read_text().replace("KL ≥ 0", "E_{π}[f] ≥ [/] [bold]0"))
    command("check", "--instances", 50)
    assert "E_{π}[f] ≥ [/] [bold]0" in command("show", "kl-nonneg").output


def test_show_of_an_unknown_id_exits_2_and_lists_the_known_ones(table, no_lean):
    command("check", "--instances", 50)
    result = command("show", "no-such-claim")
    assert result.exit_code == 2
    assert "no statement 'no-such-claim'; known: log-ratio, kl-nonneg" in " ".join(result.output.split())


def test_a_bad_table_exits_2_and_says_where(run_main, table):
    table.write_text(table.read_text() + "[one]\n")
    status, _, errors = run_main("check")
    assert status == 2
    assert "claims.toml: one: missing" in errors  # a path is not folded: it can be copied


def test_an_error_of_ours_is_not_passed_off_as_something_missing(monkeypatch):
    def bug(**_):
        raise KeyError("a bug")

    monkeypatch.setattr(cli, "build_ledger", bug)
    monkeypatch.setattr(sys, "argv", ["rlhf-lemmas", "check"])
    with pytest.raises(KeyError, match="a bug"):
        cli.main()


def backend(name, *, there):
    """Stand in for a back end that is, or is not, installed."""

    def find():
        if not there:
            raise CannotRunError(f"{name} is missing: do this")
        return SimpleNamespace(name=name, toolchain="Lean (version 4.28.0)")

    return SimpleNamespace(find=find)


@pytest.mark.parametrize(("lake", "wasm"), [(True, True), (True, False), (False, True), (False, False)])
def test_the_doctor_exits_2_exactly_if_no_lean_can_run_and_says_what_is_missing(monkeypatch, lake, wasm):
    monkeypatch.setattr(cli, "LakeBackend", backend("lake", there=lake))
    monkeypatch.setattr(cli, "WasmBackend", backend("wasm", there=wasm))
    monkeypatch.setattr(cli, "find_node", lambda: None)
    monkeypatch.setattr(cli, "installation", lambda: "/where/it/is")
    result = command("doctor")
    assert result.exit_code == (0 if lake or wasm else 2)
    assert ("lake is missing: do this" in result.output) != lake
    assert ("wasm is missing: do this" in result.output) != wasm
    assert ("Lean (version 4.28.0)" in result.output) == lake
    assert ("/where/it/is" in result.output) == wasm
    for words in ("numpy", "sympy", "python-flint", "pip install 'rlhf-lemmas[lean]'"):
        assert words in result.output


def test_lean_setup_leaves_an_elan_alone_unless_forced(monkeypatch, tmp_path):
    said = []

    def install(progress):
        progress("unpacking")
        said.append("installed")
        return tmp_path / "lean"

    monkeypatch.setattr(cli, "install", install)
    monkeypatch.setattr(cli.shutil, "which", lambda _: "/usr/bin/lake")
    result = command("lean", "setup")
    assert (result.exit_code, said) == (0, [])
    assert "lake is there" in result.output
    assert command("lean", "setup", "--force").exit_code == 0
    assert said == ["installed"]
    monkeypatch.setattr(cli.shutil, "which", lambda _: None)
    result = command("lean", "setup")
    assert "the WebAssembly Lean is in" in result.output
    assert said == ["installed", "installed"]


def test_the_statistics_show_sizes_and_the_slowest_modules_and_declarations_first(lean, report):
    lean(report("quick", "middling", "slow"))
    result = command("lean", "stats", "--top", 2)
    assert result.exit_code == 0, result.output
    assert re.search(r"RLHF\.Main +1 +30 +3 +1\.5 s", result.output)
    assert re.search(r"all +2 +34 +3 +1\.5 s", result.output)
    assert re.findall(r"(\d+) ms  (RLHF\S*)", result.output) == [("1500", "RLHF.Main"), ("20", "RLHF")]
    slowest = re.findall(r"(\d+) ms +7 heartbeats  (\S+) \(RLHF\.Main\)", result.output)
    assert slowest == [("800", "RLHF.middling"), ("500", "RLHF.quick")]


def test_the_statistics_of_a_library_that_is_not_accepted_exit_1_with_its_defects(lean, report):
    lean(report("slow", defects=["RLHF/Main.lean:1:0: warning: unused"]))
    result = command("lean", "stats")
    assert result.exit_code == 1
    assert "RLHF/Main.lean:1:0: warning: unused" in result.output


def test_the_statistics_exit_1_if_lean_fails_and_2_if_it_cannot_run(lean, run_main):
    for error, status in ((LeanFailureError("Lean was killed"), 1), (CannotRunError("Lean is missing"), 2)):
        lean(error)
        code, _, errors = run_main("lean", "stats")
        assert code == status
        assert f"rlhf-lemmas: {error}" in errors


def leaves(group, *path):
    """Paths of all commands below a group."""
    for name, child in group.commands.items():
        if hasattr(child, "commands"):
            yield from leaves(child, *path, name)
        else:
            yield (*path, name)


COMMANDS = list(leaves(typer.main.get_command(cli.app)))


def has_example(text, path):
    return f"Example: rlhf-lemmas {' '.join(path)}" in " ".join(text.split())


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_has_help_with_an_example_of_itself(path):
    result = command(*path, "--help")
    assert result.exit_code == 0
    assert has_example(result.output, path)
    assert not has_example(command("--help").output, path)


def test_the_commands_are_found_and_none_is_the_help():
    assert {("check",), ("ledger",), ("show",), ("doctor",), ("lean", "setup")} <= set(COMMANDS)
    assert command().exit_code == 2
    assert "Usage" in command("--help").output


def options_in_examples():
    """Options that the examples use, each with its command."""
    for path in COMMANDS:
        example = " ".join(command(*path, "--help").output.split()).partition("Example: rlhf-lemmas ")[2]
        yield from ((path, option) for option in re.findall(r"--[a-z-]+", example))


def test_every_option_in_an_example_exists():
    found = list(options_in_examples())
    assert (("check",), "--claim") in found
    for path, option in found:
        child = typer.main.get_command(cli.app)
        for name in path:
            child = child.commands[name]
        assert option in {o for parameter in child.params for o in parameter.opts}, (path, option)
