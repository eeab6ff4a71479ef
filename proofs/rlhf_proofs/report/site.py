"""Writing the site: every page is made in memory first, so that a failure leaves the old site as it was."""

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rlhf_proofs.errors import CannotRunError
from rlhf_proofs.lean.audit import LibraryReport
from rlhf_proofs.lean.census import MARKS
from rlhf_proofs.output import require_slugs
from rlhf_proofs.progress import Progress, silent
from rlhf_proofs.report import folder as site_folder
from rlhf_proofs.report.graph import dependency_graph
from rlhf_proofs.report.leftovers import campaign, experiments, mutants
from rlhf_proofs.report.reals import reals_page
from rlhf_proofs.resources import document
from rlhf_proofs.table import ClaimEntry

if TYPE_CHECKING:
    from jinja2 import Environment

    from rlhf_proofs.report.pages import Pages

__all__ = ["build_site"]

_STATIC = ("site.css", "site.js", "math-font.txt")
Files = dict[str, bytes]


def build_site(
    target: Path, ledger: Mapping[str, Any], report: LibraryReport, entries: Sequence[ClaimEntry], *,
    current: bool, campaign_folder: Path, experiments_folder: Path, progress: Progress = silent,
) -> int:  # fmt: skip
    """Write the site to a folder; return the number of files.

    Parameters
    ----------
    target
        A new or empty folder, or one that holds an older report.
    ledger
        Of the last full check, in its JSON form.
    report
        Of the Lean library.
    entries
        The claim table.
    current
        Whether the sources are still those that the ledger was made from.
    campaign_folder, experiments_folder
        Where `campaign` and `experiment` have left their results; may be missing.
    progress
        Called with (what, done, total) as pages are made.

    Raises
    ------
    CannotRunError
        If a library of the extra ``report`` is not installed, the folder holds something else, or an id is no slug.
    """
    site_folder.require_room(target)
    require_slugs("the stored ledger", [row["id"] for row in ledger["claims"]])
    require_slugs("the stored ledger", [found["derivation"] for found in ledger["derivations"]])
    try:
        made = _Site(
            ledger, current, *_prepared(ledger, report, entries, current, campaign_folder, experiments_folder, progress)
        )
        contents = made.render(progress)
    except ImportError as error:
        raise CannotRunError(f"{error.name} is missing: pip install 'rlhf-lemmas[report]'") from error
    site_folder.write(target, contents)
    return len(contents)


def _prepared(
    ledger: Mapping[str, Any], report: LibraryReport, entries: Sequence[ClaimEntry], current: bool,
    campaign_folder: Path, experiments_folder: Path, progress: Progress,
) -> tuple["Pages", Files, list[dict[str, Any]] | None]:  # fmt: skip
    from rlhf_proofs.report.html import markdown_with_figures
    from rlhf_proofs.report.pages import Pages

    copied: Files = {}
    shown = None
    if (run := experiments(experiments_folder)) is not None:
        shown = []
        for each in run:
            copied |= {f"experiments/{each.name}/{p.name}": p.read_bytes() for p in each.files}
            text, seen = markdown_with_figures(each.summary, each.figures)
            below = [where for where in dict.fromkeys(each.figures.values()) if where not in seen]
            shown.append({"name": each.name, "text": text, "figures": below, "rows": each.rows})
    pages = Pages(
        ledger, current, entries, report, dependency_graph(ledger, report), mutants(),
        campaign(campaign_folder, progress),
    )  # fmt: skip
    return pages, copied, shown


class _Site:
    """All files of a site."""

    def __init__(
        self, ledger: Mapping[str, Any], current: bool, pages: "Pages", copied: Files,
        experiments: list[dict[str, Any]] | None,
    ) -> None:  # fmt: skip
        self._ledger, self._current, self._pages = ledger, current, pages
        self._copied, self._experiments = copied, experiments

    def render(self, progress: Progress) -> Files:
        from rlhf_proofs.report.html import markdown, palette

        folder = files("rlhf_proofs.report") / "static"
        made = dict(self._copied) | {f"static/{name}": (folder / name).read_bytes() for name in _STATIC}
        made["static/lean.css"] = palette().encode()
        made["static/math.css"] = _font((folder / "math.woff").read_bytes())
        made["ledger.json"] = json.dumps(self._ledger, indent=1, ensure_ascii=False).encode()
        made["graph.json"] = self._pages.graph.as_json().encode()
        made["graph.dot"] = self._pages.graph.as_dot().encode()
        documents = {
            "divergences.html": ("Divergences", markdown(document("DIVERGENCES.md"), numbered=True)),
            "notation.html": ("Notation", markdown(document("NOTATION.md"))),
            "trust.html": ("Trust", markdown(document("TRUST.md"))),
        }
        jobs: list[tuple[str, str, dict[str, Any]]] = [
            ("index.html", "index.html", self._pages.index()),
            ("graph.html", "graph.html", self._pages.graph_page()),
            ("assumptions.html", "assumptions.html", self._pages.assumptions()),
            ("reals.html", "reals.html", reals_page(self._pages)),
            ("derivations.html", "derivations.html", self._pages.derivations()),
            ("experiments.html", "experiments.html", {"experiments": self._experiments}),
            *((name, "document.html", {"title": title, "text": text}) for name, (title, text) in documents.items()),
        ]
        environment = _environment()
        for name, template, context in jobs:
            made[name] = self._page(environment, template, context, page=name, root="")
        todo: list[tuple[str, str, Callable[[str], dict[str, Any]]]] = [
            *(("statement", id, self._pages.statement) for id in self._pages.rows),
            *(("derivation", id, self._pages.derivation) for id in self._pages.further),
            *(("source", name, self._pages.module) for name in self._pages.modules),
        ]
        for i, (kind, id, make) in enumerate(todo):
            progress(id, i, len(todo))
            page = f"{kind}/{id}.html"
            made[page] = self._page(environment, f"{kind}.html", make(id), page=page, root="../")
        return made

    def _page(
        self, environment: "Environment", template: str, context: dict[str, Any], *, page: str, root: str
    ) -> bytes:
        shared = {"ledger": self._ledger, "current": self._current, "marks": MARKS, "page": page, "root": root}
        return environment.get_template(template).render(**shared, **context).encode()


def _font(data: bytes) -> bytes:
    """Return a style sheet that holds the font of the mathematics: browsers load no fonts from disks."""
    packed = base64.b64encode(data).decode()
    rule = f'@font-face {{ font-family: "Report Math"; src: url(data:font/woff;base64,{packed}) format("woff") }}'
    return rule.encode()


def _environment() -> "Environment":
    from jinja2 import Environment, PackageLoader, StrictUndefined

    from rlhf_proofs.report.html import soft

    made = Environment(
        loader=PackageLoader("rlhf_proofs.report"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    made.filters["soft"] = soft
    return made
