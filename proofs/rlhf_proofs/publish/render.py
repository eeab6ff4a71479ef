"""The ledger on the terminal. Everything shown is read from the ledger's JSON form."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from rlhf_proofs.lean import LibraryReport
from rlhf_proofs.lean.census import MARKS, AuditSurface, Reader
from rlhf_proofs.ledger.resolution import slack
from rlhf_proofs.tables import IdTable

__all__ = [
    "ledger_table",
    "print_conclusion",
    "print_derivations",
    "print_environment",
    "print_findings",
    "print_lean",
    "print_row",
    "print_stats",
    "print_surface",
    "print_tightness",
    "print_titles",
    "print_warnings",
]

_COLOUR = {
    "proved": "green", "derived": "cyan", "tested": "blue", "refuted": "bold red", "vacuous": "bold red",
    "stale": "bold red", "open": "yellow", "not-run": "magenta", "not-applicable": "dim",
}  # fmt: skip
_OWN_WORDS = {"symbolic": "derives", "numeric": "tests"}


def _status(status: str) -> str:
    return f"[{_COLOUR[status]}]{status if status != 'not-applicable' else 'n/a'}[/]"


def _lean_status(lean: Mapping[str, Any]) -> str:
    mark = MARKS.get(lean.get("holds_over") or "")
    return _status(lean["status"]) + (f" {mark}" if mark else "")


def ledger_table(data: dict[str, Any]) -> IdTable:
    """Return the table of all statements."""
    statuses = ("Lean", "sympy", "numpy", "EFFECTIVE")
    headings = ("statement", "Lean", "sympy", "numpy", "decided", "worst", "EFFECTIVE")
    table = IdTable(*headings, left=statuses, spare=("decided",))
    for row in data["claims"]:
        numeric = row["numeric"]
        table.add_row(
            row["id"], _lean_status(row["lean"]),
            *(_status(row[kind]["status"]) for kind in ("symbolic", "numeric")),
            "" if numeric["decided"] is None else f"{numeric['decided']}",
            _worst(numeric), _status(row["effective"]),
        )  # fmt: skip
    return table


def print_titles(console: Console, data: dict[str, Any]) -> None:
    """Print every id with its title and its strongest status; the title stands below the id, whatever the width."""
    for row in data["claims"]:
        console.print(f"{row['id']}  {_status(row['effective'])}", soft_wrap=True, highlight=False)
        console.print(f"  {row['title']}", markup=False, highlight=False, soft_wrap=True)


def _worst(numeric: dict[str, Any]) -> str:
    """Worst lhs/rhs of an inequality; worst relative difference of the sides of an identity."""
    if numeric["worst_ratio"] is not None:
        return f"{numeric['worst_ratio']:.4f}"
    return "" if numeric["worst_gap"] is None else f"={numeric['worst_gap']:.0e}"


def print_lean(console: Console, data: dict[str, Any]) -> None:
    """Say which Lean ran and what it accepted, or why it did not run, or how it failed."""
    lean = data["lean"]
    if lean["backend"] is None:
        failed = lean["accepted"] is False
        for defect in lean["defects"]:
            what = "Lean failed" if failed else "Lean not run"
            console.print(f"{what}: {defect}", markup=False, style="red" if failed else "magenta")
        return
    cached = ", from the cache" if lean["cached"] else ""
    console.print(
        f"{lean['toolchain']} by {lean['backend']}: {lean['modules']} modules, {lean['lines']} lines, "
        f"{lean['replayed']} constants replayed through the kernel, {lean['seconds']:.1f} s{cached}",
        markup=False, highlight=False,
    )  # fmt: skip
    for defect in lean["defects"]:
        console.print(f"  {defect}", markup=False, style="red")
    if surface := lean.get("audit_surface"):
        console.print(_to_read(surface), markup=False, highlight=False)


def print_environment(console: Console, data: dict[str, Any]) -> None:
    """Say which versions of what ran the check."""
    versions = data["environment"]
    names = {"Python": "python", "numpy": "numpy", "sympy": "sympy", "python-flint": "python_flint", "Node": "node"}
    known = [f"{name} {versions[key]}" for name, key in names.items() if versions[key] is not None]
    console.print(f"{', '.join(known)} on {versions['platform']}", markup=False, highlight=False)


def print_warnings(console: Console, data: dict[str, Any]) -> None:
    """Say what a reader must know beside the rows."""
    for warning in data["warnings"]:
        console.print(f"WARNING: {warning}", markup=False, highlight=False, style="bold red", soft_wrap=True)


def _to_read(surface: dict[str, Any]) -> str:
    missing = f", and {len(surface['unplaced'])} constants whose lines are not known" if surface["unplaced"] else ""
    return (
        f"to know what these theorems say, read {surface['lines']} of {surface['of']} lines of Lean: "
        f"{surface['statements']} of statements, {surface['definitions']} of definitions{missing}"
    )


def print_derivations(console: Console, data: dict[str, Any]) -> None:
    """Say what was derived besides the statements, and what of it Lean's kernel re-checked."""
    reached = [d for d in data["derivations"] if d["status"] == "derived"]
    if reached:
        checked = sum(d["kernel_checked"] is True for d in reached)
        console.print(
            f"{len(reached)} further closed forms derived, {checked} of them re-checked by Lean's kernel: "
            + ", ".join(d["derivation"] for d in reached),
            markup=False, highlight=False,
        )  # fmt: skip


def print_conclusion(console: Console, data: dict[str, Any], exit_code: int) -> None:
    """Name each statement that is not in order, and say what the exit status means."""
    for row in data["claims"]:
        if row["effective"] in ("refuted", "vacuous", "stale", "open"):
            console.print(f"{row['id']}: {row['effective']}: {row['why']}", markup=False, style="red")
    for found in data["derivations"]:
        if found["status"] == "open":
            console.print(f"{found['derivation']}: open: {found['why']}", markup=False, style="red")
    if unseen := slack(data["claims"]):
        console.print(unseen, markup=False, highlight=False)
    meaning = {0: "ok", 1: "not in order (see above)", 2: "incomplete: something could not run (see above)"}
    console.print(meaning[exit_code], style={0: "green", 1: "red", 2: "magenta"}[exit_code])


def print_row(console: Console, row: dict[str, Any]) -> None:
    """Show one statement with all its evidence."""
    console.print(f"[bold]{row['id']}[/]  {escape(row['title'])}")
    console.print(f"{row['group']} · {row['paper']}", style="dim", markup=False)
    console.print(f"EFFECTIVE {_status(row['effective'])}")
    console.print(f"  {row['why']}", markup=False)
    for kind in ("lean", "symbolic", "numeric"):
        console.print(f"[bold]{kind}[/]  {_status(row[kind]['status'])}")
        if said := row.get(_OWN_WORDS.get(kind, "")):
            console.print(f"  {_OWN_WORDS[kind]}: {said}", markup=False, highlight=False)
        for key, value in row[kind].items():
            if key == "hypotheses":
                _print_hypotheses(console, value)
            elif key != "status" and value is not None:
                console.print(f"  {key}: {value}", markup=False, highlight=False)
    if "unseen" in row:
        console.print(f"  {row['unseen']}", markup=False, highlight=False)


def _print_hypotheses(console: Console, assumed: list[dict[str, Any]] | None) -> None:
    """List what a theorem assumes; fields of structures by their structure."""
    for of in dict.fromkeys(h["of"] for h in assumed or ()):
        console.print(f"  assumes{'' if of is None else f' of {of}'}:", markup=False, highlight=False)
        for h in assumed or ():
            if h["of"] == of:
                console.print(f"    {h['name']}: {h['type']}", markup=False, highlight=False)


def print_tightness(console: Console, figures: dict[str, dict[str, Any]]) -> None:
    """Show what campaign and hunt have found on a statement with the present sources."""
    for kind, found in figures.items():
        console.print(f"[bold]{kind}[/]")
        for key, value in found.items():
            if value is not None and key != "instance":  # long; it is in the JSON
                console.print(f"  {key}: {value}", markup=False, highlight=False)


def print_stats(console: Console, report: LibraryReport, top: int, headlines: Sequence[str] = ()) -> None:
    """Show the size of the library, folder by folder, and its slowest modules and declarations, and what to read."""
    folders: dict[str, list[str]] = {}
    for module in report.lines:
        folders.setdefault(".".join(module.split(".")[:2]), []).append(module)
    sizes = Table(box=SIMPLE_HEAD, pad_edge=False)
    for heading in ("folder", "modules", "lines", "theorems", "elaborated in"):
        sizes.add_column(heading, justify="left" if heading == "folder" else "right")
    for folder, modules in (*sorted(folders.items()), ("all", list(report.lines))):
        theorems = sum(t.module in modules for t in report.theorems.values())
        seconds = sum(report.milliseconds.get(m, 0) for m in modules) / 1000
        lines = sum(report.lines[m] for m in modules)
        sizes.add_row(folder, str(len(modules)), str(lines), str(theorems), f"{seconds:.1f} s")
    console.print(sizes)
    for module, milliseconds in sorted(report.milliseconds.items(), key=lambda m: -m[1])[:top]:
        console.print(f"{milliseconds:>7} ms  {module}", markup=False, highlight=False)
    console.print()
    for cost in sorted(report.costs, key=lambda c: -c.milliseconds)[:top]:
        console.print(
            f"{cost.milliseconds:>7} ms {cost.heartbeats:>11} heartbeats  {cost.name} ({cost.module})",
            markup=False, highlight=False, soft_wrap=True,
        )  # fmt: skip
    print_surface(console, Reader(report).surface(headlines), sum(report.lines.values()))
    for defect in report.defects:
        console.print(defect, markup=False, style="red")


def print_surface(console: Console, surface: AuditSurface, of: int) -> None:
    """Show where the definitions are that the headline theorems unfold to."""
    console.print()
    as_json = {"lines": surface.lines, "of": of, "unplaced": surface.unplaced}
    as_json |= {"statements": surface.statements, "definitions": surface.definitions}
    console.print(_to_read(as_json), markup=False, highlight=False)
    modules = sorted({place.module for place in surface.places})
    for module in modules:
        names = [
            p.name.removeprefix("RLHF.") or f"instance at line {p.first}" for p in surface.places if p.module == module
        ]
        console.print(f"  {module}: {', '.join(names)}", markup=False, highlight=False)


def print_findings(console: Console, findings: Sequence[tuple[str, bool, str]]) -> None:
    """Show what the doctor found."""
    table = Table(show_header=False, box=None, pad_edge=False)
    for name, ok, text in findings:
        table.add_row("[green]ok[/]" if ok else "[red]missing[/]", name, escape(text))
    console.print(table)
