"""``python -m docs.front [SITE]`` writes the README's numbers, and with a site of `rlhf-lemmas report` its pictures."""

import sys
from pathlib import Path

from docs.front.numbers import ROOT, current, written


def main(arguments: list[str]) -> None:
    """Write what the README shows of the project."""
    readme = ROOT / "README.md"
    readme.write_text(written(readme.read_text(encoding="utf-8"), current()), encoding="utf-8")
    if arguments:
        from docs.front import pictures  # matplotlib takes a second

        pictures.bound(ROOT / "docs/front/bound.svg")
        pictures.statement(Path(arguments[0]) / "statement/gradient-domination.html", ROOT / "docs/front/statement.png")


if __name__ == "__main__":
    main(sys.argv[1:])
