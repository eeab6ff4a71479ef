"""False variants of the claims, which the search must refute: some of every claim, and those of each paper's module."""

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from rlhf_numeric import CLAIMS

from .how import altered, reversed_sides, scaled

__all__ = ["PAPERS", "PLANTED", "altered", "reversed_sides", "scaled"]

PAPERS = {
    found.name: import_module(f"{__name__}.{found.name}")
    for found in iter_modules([str(Path(__file__).parent)])
    if found.name != "how"
}
# Not of the claims with the least constant, which have the sides of others: of these the papers' modules change C.
OWN = [claim for claim in CLAIMS.values() if claim.sharp_of is None]
PLANTED = {f"{c.id} reversed": reversed_sides(c) for c in OWN if c.kind == "inequality"}
PLANTED |= {f"{c.id} off by 2^-40": scaled(c, 1 + 2.0**-40) for c in OWN if c.kind == "identity"}
PLANTED |= {f"{c.id} sign flipped": scaled(c, -1) for c in OWN if c.id != "kl-nonneg"}
for paper in PAPERS.values():
    assert PLANTED.keys().isdisjoint(paper.PLANTED)  # none takes the place of another
    PLANTED |= paper.PLANTED
