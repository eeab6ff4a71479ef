"""``python -m docs.website DIR``: write the site, then look at every link of it."""

import argparse
import sys
import time
from importlib.util import find_spec
from pathlib import Path

from rlhf_proofs.interruption import unwinding

NEEDED = ("sphinx", "myst_parser", "numpydoc", "furo", "jinja2", "igraph")


def main(arguments: list[str]) -> int:
    """Write the site; return 0, 1 if a page or a link is not in order, 2 if it cannot be written."""
    parser = argparse.ArgumentParser(prog="python -m docs.website", description=__doc__)
    parser.add_argument("folder", type=Path, metavar="DIR", help="replaced if it is a site, made if it is not there")
    target = parser.parse_args(arguments).folder
    if missing := [name for name in NEEDED if find_spec(name) is None]:
        print(
            f"docs: {', '.join(missing)} missing: run `make docs`, or pip install -e '.[docs,report]'", file=sys.stderr
        )
        return 2
    from docs.website.build import BuildError, build

    start = time.monotonic()
    try:
        with unwinding():  # so that what was begun in a temporary folder goes, too
            for news in build(target):
                print(f"{time.monotonic() - start:5.1f} s  {news}", file=sys.stderr, flush=True)
    except BuildError as error:
        print(f"docs: {error}", file=sys.stderr)
        return error.status
    except OSError as error:
        print(f"docs: {error}; an older site is as it was", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("docs: stopped; an older site is as it was", file=sys.stderr)
        return 130
    print(f"open {target / 'index.html'}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
