"""The command ``rlhf-lemmas``.

Exit status: 0 ok · 1 refuted, vacuous, stale or unproved · 2 something could not run · 130 stopped by Ctrl-C.
"""

import json
import os
import platform
import shutil
import sys
from contextlib import ExitStack
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console

from rlhf_numeric.evaluation.case_json import StoredFileError
from rlhf_proofs.commands import attacks
from rlhf_proofs.commands.audit import audit
from rlhf_proofs.commands.challenge import challenge
from rlhf_proofs.commands.cite import cite, formalization
from rlhf_proofs.commands.derive import derive
from rlhf_proofs.commands.experiment import experiment
from rlhf_proofs.commands.heartbeats import heartbeats
from rlhf_proofs.commands.new import imports, new
from rlhf_proofs.commands.pin import pin
from rlhf_proofs.commands.record import record_ledger
from rlhf_proofs.commands.report import graph, report
from rlhf_proofs.commands.tightness import tightness
from rlhf_proofs.commands.trace import trace
from rlhf_proofs.completion import STATEMENT_IDS
from rlhf_proofs.errors import CannotRunError, LeanFailureError, TableError, UnknownClaimError, did_you_mean
from rlhf_proofs.help import GroupedCommands
from rlhf_proofs.interruption import unwinding
from rlhf_proofs.lean.backend import LakeBackend, WasmBackend
from rlhf_proofs.lean.install import find_node, install, installation
from rlhf_proofs.ledger.build import build_ledger, recall, released, remember, sources_digest
from rlhf_proofs.ledger.gather import run_lean
from rlhf_proofs.ledger.verdict import exit_code_of
from rlhf_proofs.output import require_named, write_named
from rlhf_proofs.progress import KEPT_BY_LEAN, bar, stoppable
from rlhf_proofs.publish import render
from rlhf_proofs.publish.setting import load_setting
from rlhf_proofs.records.recorded import remark
from rlhf_proofs.records.tightness import recall_tightness
from rlhf_proofs.resources import cache_directory, proofs_directory
from rlhf_proofs.table import load_table


class _Commands(GroupedCommands):
    """The commands; one that says nothing better when it is stopped says that it was."""

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - as in typer
        with stoppable(err, ""):
            return super().invoke(ctx)


app = typer.Typer(
    cls=_Commands,
    help="Machine-checked lemmas for the theory of RLHF generalization: proved in Lean, derived with sympy, tested "
    "with numpy.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command(epilog="Example: rlhf-lemmas derive grad-objective --latex")(derive)
lean_app = typer.Typer(help="The Lean that runs the proofs.", no_args_is_help=True)
app.add_typer(lean_app, name="lean")

app.command(epilog="Example: rlhf-lemmas experiment coverage-ablation --out results --seeds 3")(experiment)
app.command(epilog="Example: rlhf-lemmas audit data.npz --json audit.json")(audit)
app.command(epilog="Example: rlhf-lemmas tightness --out tightness.md")(tightness)

out = Console()
err = Console(stderr=True)

_KEPT = "Lean modules that are done and the last ledger are kept; the same command goes on"


def _version(wanted: bool) -> None:
    if wanted:
        lean = (proofs_directory() / "lean-toolchain").read_text(encoding="utf-8").strip()
        typer.echo(f"rlhf-lemmas {version('rlhf-lemmas')}, for {lean}")
        raise typer.Exit


@app.callback()
def _options(
    _wanted: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Take the options that stand before a command."""


class Only(StrEnum):
    """One kind of evidence."""

    LEAN = "lean"
    SYMBOLIC = "symbolic"
    NUMERIC = "numeric"


class LeanChoice(StrEnum):
    """Which Lean to run."""

    AUTO = "auto"
    LAKE = "lake"
    WASM = "wasm"


@app.command(epilog="Example: rlhf-lemmas check --only numeric --claim kl-nonneg --instances 10000")
def check(
    only: Annotated[Only | None, typer.Option(help="Only this kind of evidence.")] = None,
    claim: Annotated[
        list[str] | None, typer.Option(help="Only this id; may be repeated.", autocompletion=STATEMENT_IDS)
    ] = None,
    lean: Annotated[
        LeanChoice, typer.Option(help="Which Lean: lake (official), wasm, or what there is.")
    ] = LeanChoice.AUTO,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the ledger to this file, too.")] = None,
    instances: Annotated[int, typer.Option(min=1, help="Random instances for each claim.")] = 2000,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the random instances.")] = 0,
    fresh: Annotated[bool, typer.Option("--fresh", help="Do not read Lean's answers from the cache.")] = False,
) -> None:
    """Check every statement three ways, then show the ledger."""
    if json_file is not None and not json_file.absolute().parent.is_dir():
        raise typer.BadParameter(f"no folder {json_file.absolute().parent} to write {json_file.name} to")
    if json_file is not None:
        require_named(json_file)
    with bar(err, _KEPT + " without --fresh" * fresh) as progress:
        load_setting()  # what every statement is read in
        ledger = build_ledger(
            only=only.value if only else None, claims=claim or (), lean=lean.value,
            instances=instances, seed=seed, fresh=fresh, progress=progress,
        )  # fmt: skip
    data = ledger.as_json()
    with ExitStack() as at_the_end:  # last in, first out; each is done, even if another fails
        if json_file is not None:
            at_the_end.callback(write_named, json_file, json.dumps(data, indent=1) + "\n")
        if only is None and not claim:
            at_the_end.callback(remember, ledger)
        _show(data)
        render.print_conclusion(out, data, ledger.exit_code)
    raise typer.Exit(ledger.exit_code)


def _show(data: dict[str, Any]) -> None:
    out.print(render.ledger_table(data))
    render.print_derivations(out, data)
    render.print_lean(out, data)
    render.print_environment(out, data)
    render.print_warnings(err, data)


@app.command(epilog="Example: rlhf-lemmas ledger --titles")
def ledger(
    titles: Annotated[bool, typer.Option("--titles", help="Each id with its title, in place of the table.")] = False,
) -> None:
    """Show the ledger of the last full check, and exit as that check did."""
    data = _last()
    if titles:
        render.print_titles(out, data)
    else:
        _show(data)
    render.print_conclusion(out, data, exit_code_of(data))
    raise typer.Exit(exit_code_of(data))


@app.command(epilog="Example: rlhf-lemmas show grad-objective")
def show(
    claim: Annotated[str, typer.Argument(metavar="ID", help="Id of the statement.", autocompletion=STATEMENT_IDS)],
) -> None:
    """Show one statement of the last full check with all its evidence."""
    data = _last()
    rows = {row["id"]: row for row in data["claims"]}
    if claim not in rows:
        raise typer.BadParameter(did_you_mean("statement", claim, rows))
    render.print_row(out, rows[claim])
    render.print_tightness(out, recall_tightness(claim))


app.command(epilog="Example: rlhf-lemmas cite gradient-domination --latex --out verified.tex")(cite)
app.command(epilog="Example: rlhf-lemmas formalization --check")(formalization)
app.command(epilog="Example: rlhf-lemmas report site")(report)
app.command(epilog="Example: rlhf-lemmas graph --dot")(graph)
app.command(epilog="Example: rlhf-lemmas new three-term-bound --paper reward_shift --group sampling")(new)
app.command(epilog="Example: rlhf-lemmas pin grad-objective --write")(pin)
app.command(epilog="Example: rlhf-lemmas record-ledger --by 'A. Name'")(record_ledger)
app.command(epilog="Example: rlhf-lemmas trace build/trace")(trace)


@app.command(epilog="Example: rlhf-lemmas doctor")
def doctor() -> None:
    """Say what is installed, what is missing, and how to get it. Exits 2 if no Lean can run."""
    findings = [
        ("Python", True, platform.python_version()),
        ("rlhf-lemmas", True, version("rlhf-lemmas")),
        *((name, True, version(name)) for name in ("numpy", "sympy", "python-flint")),
        ("cache", True, str(cache_directory())),
        *_lean_findings(),
        _recorded_finding(),
    ]
    render.print_findings(out, findings)
    able = any(ok for name, ok, _ in findings if name in ("Lean by lake", "Lean by WebAssembly"))
    raise typer.Exit(0 if able else 2)


def _recorded_finding() -> tuple[str, bool, str]:
    try:
        found = released()
    except CannotRunError as error:
        return "recorded ledger", False, str(error)
    if found is None:
        return "recorded ledger", False, "none; a release needs one: rlhf-lemmas record-ledger"
    current = bool(found["sources_sha256"] == sources_digest())
    return "recorded ledger", current, remark(found, current=current) or ""


def _lean_findings() -> list[tuple[str, bool, str]]:
    node = find_node()
    found: list[tuple[str, bool, str]] = [
        ("Node >= 24", node is not None, str(node or "pip install 'rlhf-lemmas[lean]'"))
    ]
    for name, backend in (("Lean by lake", LakeBackend), ("Lean by WebAssembly", WasmBackend)):
        try:
            installed = backend.find()
            where = installed.toolchain if installed.name == "lake" else str(installation())
            found.append((name, True, where))
        except CannotRunError as error:
            found.append((name, False, str(error)))
    return found


@lean_app.command("setup", epilog="Example: rlhf-lemmas lean setup")
def lean_setup(
    force: Annotated[bool, typer.Option("--force", help="Install the WebAssembly Lean even if elan is there.")] = False,
) -> None:
    """Install the WebAssembly Lean, pinned by hash, where there is no elan."""
    if shutil.which("lake") is not None and not force:
        out.print("lake is there; nothing to do (--force installs the WebAssembly Lean beside it)")
        return
    with stoppable(err, "nothing was installed; the same command begins anew"), err.status("installing"):
        home = install(lambda what: err.print(what))
    out.print(f"the WebAssembly Lean is in {home}")


@lean_app.command("stats", epilog="Example: rlhf-lemmas lean stats")
def lean_stats(
    top: Annotated[int, typer.Option(min=1, help="How many of the slowest modules and declarations.")] = 10,
    lean: Annotated[
        LeanChoice, typer.Option(help="Which Lean: lake (official), wasm, or what there is.")
    ] = LeanChoice.AUTO,
) -> None:
    """Show the size of the Lean library, its slowest modules and declarations, and how much of it must be read."""
    table = load_table()
    with bar(err, KEPT_BY_LEAN) as progress:
        report = run_lean(table, lean.value, progress)
    render.print_stats(out, report, top, [e.lean for e in table if e.lean is not None])
    raise typer.Exit(0 if report.accepted else 1)


lean_app.command(epilog="Example: rlhf-lemmas lean heartbeats")(heartbeats)
lean_app.command(epilog="Example: rlhf-lemmas lean challenge build/challenge")(challenge)
lean_app.command(epilog="Example: rlhf-lemmas lean imports --check")(imports)
attacks.register(app)


def _last() -> dict[str, Any]:
    """Return the ledger that counts, after the sentence that must stand beside it."""
    data = recall()
    current = data["sources_sha256"] == sources_digest()
    if said := remark(data, current=current):
        stream = out if "recorded" in data else err  # who recorded it belongs to what it says
        stream.print(said, style="yellow" if current or stream is err else "bold red", markup=False, soft_wrap=True)
    return data


def main() -> None:
    """Run the command line; what a person can act on ends with a sentence and status 2, a failure of Lean with 1."""
    try:
        with unwinding():
            app()
    except (CannotRunError, TableError, UnknownClaimError, StoredFileError) as error:
        _end(str(error.args[0]), 2)
    except LeanFailureError as error:
        _end(str(error), 1)
    except OSError as error:  # a file or a folder, which the error names, or the output
        where = "" if error.filename is None else f"{error.filename}: "
        _end(f"{where}{error.strerror or error}", 2)


def _end(said: str, status: int) -> NoReturn:
    err.print(f"rlhf-lemmas: {said}", style="red", markup=False, soft_wrap=True)
    try:
        sys.stdout.flush()
    except OSError:  # the output is what failed: nothing more can be said there, at the end of Python neither
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(status)
