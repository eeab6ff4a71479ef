"""The parts of the site in order: pages of Sphinx, report, an address for each statement, a look at all of it."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from docs.website.links import broken, read
from docs.website.stage import API, ROOT, StagingError, public_names, stage
from rlhf_proofs import load_table

__all__ = ["BuildError", "build", "faults", "playground", "redirect", "with_way_back"]

_BUILT = ".buildinfo"  # Sphinx leaves it in what it has built
_BAR = re.compile(r"<header>\s*<nav\b[^>]*>")
_REDIRECT = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<script>location.replace("{page}" + location.hash)</script>
<noscript><meta http-equiv="refresh" content="0; url={page}"></noscript>
<link rel="canonical" href="{page}">
<link rel="icon" href="data:,">
<title>{id} · rlhf-lemmas</title>
</head>
<body><p>The statement <a href="{page}">{id}</a></p></body>
</html>
"""


class BuildError(Exception):
    """The site is not as it should be; ``status`` is 1, or 2 where it could not be made."""

    def __init__(self, message: str, status: int = 1) -> None:
        super().__init__(message)
        self.status = status


def build(target: Path, root: Path = ROOT) -> Iterator[str]:
    """Write the site to a folder, in place of an older one when all is in order; yield what is being done.

    Raises
    ------
    BuildError
        If the folder holds something else, a page cannot be made, or a link leads nowhere. Nothing has changed then.
    """
    _require_room(target)
    ids = [entry.id for entry in load_table()]
    with tempfile.TemporaryDirectory(prefix="rlhf-docs-") as folder:
        work, site = Path(folder), Path(folder) / "site"
        yield "pages"
        _pages(work, site, root)
        yield "statements"
        _statements(work, site, ids, root)
        yield "links"
        if found := faults(site, ids):
            raise BuildError("\n".join([f"{len(found)} faults", *found]))
        _take_place(site, target)


def _take_place(site: Path, target: Path) -> None:
    """Put a site where an older one may be, which is there until the new one is, on the same disk, as a whole."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{target.name}-", dir=target.parent) as beside:
        new, old = Path(beside) / "new", Path(beside) / "old"
        shutil.copytree(site, new)
        if target.exists():
            target.rename(old)
        try:
            new.rename(target)
        except OSError:
            if old.exists():
                old.rename(target)
            raise


def _require_room(target: Path) -> None:
    if target.exists() and not target.is_dir():
        raise BuildError(f"{target} is a file", 2)
    if target.is_dir() and any(target.iterdir()) and not (target / _BUILT).is_file():
        raise BuildError(f"{target} holds something else than a site; name a new or an empty folder", 2)


def _pages(work: Path, site: Path, root: Path) -> None:
    try:
        stage(work / "source", root)
    except StagingError as error:
        raise BuildError(str(error)) from error
    _run("sphinx", ["-q", "-b", "html", "-W", "--keep-going", "-j", "2", "-c", str(Path(__file__).parent),
                    "-d", f"{work}/doctrees", f"{work}/source", str(site)], root)  # fmt: skip


def _statements(work: Path, site: Path, ids: Sequence[str], root: Path) -> None:
    """Write the report, from an empty folder and with an empty cache, so that nothing of an earlier run gets in."""
    playground(site, ids, root)
    _run("rlhf_lemmas", ["report", str(site / "report"), "--recorded"], work, f"{work}/cache")
    for page in sorted((site / "report").rglob("*.html")):
        page.write_text(with_way_back(page, site), encoding="utf-8")
    (site / "report/.rlhf-lemmas-report").unlink()  # the digests of the pages as they were
    for id in ids:
        redirect(site, id)


def playground(site: Path, ids: Sequence[str], root: Path = ROOT) -> None:
    """Copy the interactive page, with a link to the start of the site, and its ids as links to the statements."""
    (site / "playground").mkdir()
    for path in sorted((root / "docs/playground").iterdir()):
        if path.suffix in (".js", ".css"):
            shutil.copyfile(path, site / "playground" / path.name)
    text = (root / "docs/playground/index.html").read_text(encoding="utf-8")
    text = text.replace("<header>", '<header>\n<p><a href="../index.html">Documentation</a></p>')
    for id in ids:
        text = text.replace(f"<code>{id}</code>", f'<code><a href="../s/{id}/index.html">{id}</a></code>')
    (site / "playground/index.html").write_text(text, encoding="utf-8")


def _run(module: str, arguments: Sequence[str], folder: Path, cache: str | None = None) -> None:
    """Run a module in a folder; what it says on standard error is for the reader."""
    environment = os.environ | ({} if cache is None else {"RLHF_LEMMAS_CACHE": cache})
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL)
    if (status := done.returncode) != 0:
        raise BuildError(f"python -m {module} ended with status {status}")


def with_way_back(page: Path, site: Path) -> str:
    """Return a page of the report with a link to the start of the site in its bar."""
    start = "../" * (len(page.relative_to(site).parts) - 1) + "index.html"
    text, n = _BAR.subn(lambda bar: f'{bar[0]}\n<a href="{start}">Documentation</a>', page.read_text(encoding="utf-8"))
    if n != 1:
        raise BuildError(f"{page}: expected one bar of links, found {n}")
    return text


def redirect(site: Path, id: str) -> None:
    """Write ``s/ID/``, the permanent address of a statement, which leads on to its page in the report."""
    page = site / "s" / id / "index.html"
    page.parent.mkdir(parents=True)
    page.write_text(_REDIRECT.format(id=id, page=f"../../report/statement/{id}.html"), encoding="utf-8")


def faults(site: Path, ids: Sequence[str]) -> list[str]:
    """Return what is wrong with a site: links to nowhere, statements without a page, names without a reference."""
    found = list(broken(site))
    found += [f"s/{id}/index.html: missing" for id in ids if not (site / "s" / id / "index.html").is_file()]
    for page, modules in API.items():
        names = read((site / "api" / f"{page}.html").read_text(encoding="utf-8")).names
        wanted = [f"{module}.{name}" for module in modules for name in public_names(module)]
        found += [f"api/{page}.html: nothing on {name}" for name in wanted if name not in names]
    return found
