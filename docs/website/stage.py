"""The pages as Sphinx reads them: made of the Markdown of the repository, of ``__all__`` and of the claim table."""

import inspect
import re
import shutil
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path

from docs.website.notebooks import as_markdown
from rlhf_proofs import ClaimEntry, load_table

__all__ = ["API", "ROOT", "StagingError", "public_names", "rewritten", "site_pages", "stage"]

ROOT = Path(__file__).resolve().parents[2]
# What lies outside `docs/`; every file of Markdown in `docs/` is a page besides.
_PAGES = {
    "README.md": "index",
    "NOTATION.md": "notation",
    "TRUST.md": "trust",
    "DIVERGENCES.md": "divergences",
    "CONTRIBUTING.md": "contributing",
    "CHANGELOG.md": "changelog",
    "benchmarks/RESULTS.md": "benchmarks",
}
# Modules of the API reference by page. A module without ``__all__`` shows what it defines in public.
API = {
    "rlhf_numeric": ("rlhf_numeric",),
    "rlhf_symbolic": ("rlhf_symbolic",),
    "rlhf_proofs": ("rlhf_proofs", "rlhf_proofs.dojo"),
    "rlhf_pytest": ("rlhf_pytest.plugin",),
}
_HOOKS = "Hooks"  # of a plugin, all that its users write against
_DATA = {  # where a name is bound to data, Python has no place for a docstring
    "CLAIMS": "All claims by id.",
    "SHARP_CLAIMS": "Those of `CLAIMS` in which a second-order constant C enters, with the least one, ψ(M), for exp M.",
    "DERIVATIONS": "The derivations by id.",
}
_FENCE = re.compile(r"^(```|~~~).*?^\1[^\n]*$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"(?<=\]\()([^()\s]+)(?=\))")


_ALL = """\
# Statements

Every statement has a page with its mathematics, its Lean source, what it assumes, its derivation, its figures and how
to cite it, at the permanent address `s/ID/` of this site. A title is for tables: the hypotheses are on the page.

Also: [the ledger, with search and filters](report:index.html), [what rests on what](report:graph.html),
[what is assumed](report:assumptions.html), [real numbers](report:reals.html), [derivations](report:derivations.html).
"""


class StagingError(Exception):
    """A page cannot be made as the repository has it; the message says which, and why."""


def site_pages(root: Path = ROOT) -> dict[str, str]:
    """Return the page of the site for each file of Markdown that is one."""
    return _PAGES | {f"docs/{path.name}": path.stem for path in sorted((root / "docs").glob("*.md"))}


def stage(target: Path, root: Path = ROOT) -> None:
    """Write the sources of the site to a new folder.

    Raises
    ------
    StagingError
        If a page links to a file that is not there.
    """
    target.mkdir(parents=True)
    pages = site_pages(root)
    for source, page in pages.items():
        text = rewritten((root / source).read_text(encoding="utf-8"), source, pages, root, target)
        (target / f"{page}.md").write_text(text + (_contents(pages, root) if page == "index" else ""), encoding="utf-8")
    for notebook in _notebooks(root):
        (target / f"{notebook.stem}.md").write_text(as_markdown(notebook, target), encoding="utf-8")
    (target / "statements.md").write_text(_statements(load_table()), encoding="utf-8")
    (target / "api").mkdir()
    for page, modules in API.items():
        (target / f"api/{page}.rst").write_text("\n".join(_reference(page, modules)), encoding="utf-8")


def _notebooks(root: Path) -> list[Path]:
    return sorted((root / "examples").glob("*.ipynb"))


def rewritten(text: str, source: str, pages: dict[str, str], root: Path, target: Path) -> str:
    """Return Markdown whose links to files of the repository are links of the site; other files are copied to it."""

    def replaced(found: re.Match[str]) -> str:
        return _linked(found[1], source, pages, root, target)

    parts, position = [], 0
    for fence in _FENCE.finditer(text):
        parts += [_LINK.sub(replaced, text[position : fence.start()]), fence[0]]
        position = fence.end()
    return "".join([*parts, _LINK.sub(replaced, text[position:])])


def _linked(link: str, source: str, pages: dict[str, str], root: Path, target: Path) -> str:
    name, hash_, fragment = link.partition("#")
    if not name or re.match(r"[a-z]+:", name):
        return link
    path = (root / source).parent.joinpath(name).resolve()
    if not (path.is_file() and path.is_relative_to(root)):
        raise StagingError(f"{source} links to {link}, which is no file of the repository")
    file = path.relative_to(root).as_posix()
    if file == "docs/playground/index.html":
        return "playground:index.html"
    if path in _notebooks(root):
        return f"{path.stem}.md"
    if file in pages:
        return f"{pages[file]}.md{hash_}{fragment}"
    copy = target / "files" / file
    copy.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, copy)
    return f"files/{file}{hash_}{fragment}"


def _contents(pages: dict[str, str], root: Path) -> str:
    """Return the tables of contents, which the sidebar shows: a page that no group names stands with the results."""
    groups = {
        "Tutorials": ["tutorials", *(path.stem for path in _notebooks(root))],
        "Results": ["statements", *sorted(p for p in pages.values() if p.startswith("paper-")), "questions"],
        "Reference": ["notation", "trust", "divergences", "trace"],
        "Python": [f"api/{page}" for page in API],
        "Project": ["contributing", "changelog", "benchmarks"],
    }  # fmt: skip
    named = {page for group in groups.values() for page in group}
    groups["Results"] += [page for page in pages.values() if page not in named | {"index"}]
    return "".join(
        f"\n\n```{{toctree}}\n:hidden:\n:caption: {caption}\n\n" + "\n".join(group) + "\n```\n"
        for caption, group in groups.items()
    )


def _statements(entries: Sequence[ClaimEntry]) -> str:
    """Return the page of all statements; the extension makes links of the ids."""
    groups: dict[str, list[str]] = {}
    for entry in entries:
        cells = (f"`{entry.id}`", entry.title.replace("|", r"\|").replace("*", r"\*").replace("_", r"\_"))
        groups.setdefault(entry.group, []).append(f"| {' | '.join(cells)} |")
    return _ALL + "".join(
        f"\n## {group}\n\n| id | title |\n| --- | --- |\n" + "\n".join(rows) + "\n" for group, rows in groups.items()
    )


def public_names(module: str) -> list[str]:
    """Return what the reference shows of a module: its ``__all__``, of a plugin its hooks."""
    return list(getattr(import_module(module), "__all__", [_HOOKS]))


def _reference(page: str, modules: Sequence[str]) -> Iterator[str]:
    """Yield the lines of a page of the API reference."""
    yield from (page, "=" * len(page), "")
    for module in modules:
        if module != page:
            yield from (module, "-" * len(module), "")
        yield from (f".. automodule:: {module}", "   :no-members:", "", f".. currentmodule:: {module}", "")
        for name in public_names(module):
            yield from (*_directive(module, name), "")


def _directive(module: str, name: str) -> list[str]:
    thing = getattr(import_module(module), name)
    if inspect.isclass(thing):
        return [f".. autoclass:: {module}.{name}"]
    if callable(thing):
        return [f".. autofunction:: {module}.{name}"]
    return [f".. autodata:: {module}.{name}", "   :no-value:", "", f"   {_DATA[name]}"]
