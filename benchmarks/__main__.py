"""``python -m benchmarks``: measure, write results.json, and make RESULTS.md of it."""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
NEEDED = ("torch", "jax", "hypothesis")


def main() -> int:
    """Run the benchmarks; 2 if a peer is missing."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--out", type=Path, default=HERE, help="folder for results.json and RESULTS.md")
    parser.add_argument("--quick", action="store_true", help="tiny sizes: shows that it runs, measures nothing")
    parser.add_argument("--report", action="store_true", help="only make RESULTS.md anew from results.json")
    parser.add_argument("--note", default="", help="a sentence on the circumstances, kept with the results")
    arguments = parser.parse_args()
    if not arguments.report:
        if missing := [name for name in NEEDED if find_spec(name) is None]:
            print(f"benchmarks: {', '.join(missing)} missing: run `make bench`, or pip install -e '.[bench]'",
                  file=sys.stderr)  # fmt: skip
            return 2
        for results in measured(quick=arguments.quick, note=arguments.note):  # kept part by part: a stop loses little
            (arguments.out / "results.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    from benchmarks.report import report

    text = report(json.loads((arguments.out / "results.json").read_text(encoding="utf-8")))
    (arguments.out / "RESULTS.md").write_text(text, encoding="utf-8")
    return 0


def measured(*, quick: bool, note: str) -> Iterator[dict[str, Any]]:
    """Yield the results so far after each part, the last time all of them; what goes on is said on stderr."""
    from benchmarks import machine, measure
    from rlhf_numeric import CLAIMS

    sizes, seconds = (measure.TINY, 0.01) if quick else (measure.SIZES, 5.0)
    base, batch = ((8, 2, 4), (8, 2, 2, 2)) if quick else ((256, 16, 128), (1024, 8, 4, 8))
    names = list(CLAIMS)[:2] if quick else list(CLAIMS)
    parts: dict[str, Callable[[], Any]] = {
        "machine": machine.described,
        "gemm_GFlops": machine.gemm_rate,
        "problems": lambda: measure.all_gradients(sizes, seconds),
        "steps": lambda: measure.steps(sizes["medium"], seconds / 2),
        "exponents": lambda: measure.exponents(base, batch, seconds / 2),
        "campaigns": lambda: measure.campaigns(names, 5 if quick else 20),
        "derivations": lambda: measure.derivations(3 if quick else None),
        **({} if quick else {"lean": measure.lean}),
    }
    start = time.perf_counter()
    results: dict[str, Any] = {"schema": 1, "note": note, "quick": quick}
    for name, part in parts.items():
        print(f"{time.perf_counter() - start:6.1f} s  {name}", file=sys.stderr, flush=True)
        results[name] = part()
        yield results
    yield results | {"seconds": time.perf_counter() - start, "load_after": round(os.getloadavg()[0], 2)}


if __name__ == "__main__":
    sys.exit(main())
