"""``python -m docs.front [SITE]`` writes the README's numbers, and with a site of `rlhf-lemmas report` its pictures."""

import sys
from collections.abc import Sequence
from pathlib import Path

from docs.front.numbers import ROOT, StaleError, current, written
from rlhf_numeric.files import replace_file


def main(arguments: Sequence[str]) -> int:
    """Write what the README shows; return 0, 1 if it could not be true, 2 if something could not be done."""
    if len(arguments) > 1:
        print("usage: python -m docs.front [SITE]", file=sys.stderr)
        return 2
    readme = ROOT / "README.md"
    try:
        replace_file(readme, written(readme.read_text(encoding="utf-8"), current()))
        if arguments:
            from docs.front import pictures  # matplotlib takes a second

            pictures.bound(ROOT / "docs/front/bound.svg")
            pictures.statement(
                Path(arguments[0]) / "statement/gradient-domination.html", ROOT / "docs/front/statement.png"
            )
    except StaleError as error:
        print(f"front: the README is as it was: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"front: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
