"""How tight the claims are, as a table."""

from pathlib import Path
from typing import Annotated

import typer

from rlhf_numeric import CLAIMS
from rlhf_proofs.errors import CannotRunError
from rlhf_proofs.output import write_named
from rlhf_proofs.records.tightness import recall_tightness, tightness_table

__all__ = ["tightness"]

_INTRODUCTION = """\
# How tight the inequalities are

Largest lhs/rhs that `rlhf-lemmas campaign` (random search) and `rlhf-lemmas hunt` (adversarial search) have found; for
identities, how closely the sides agree in the least exact arithmetic that decided.

- *vacuous*: instances outside the hypotheses of the claim.
- *equal*: neither holds nor is violated in balls of 1024 bits, and the sides agree to 512 bits: attained with equality.
- *undecided*: neither, after ball arithmetic.
- *unsettled*: floats cannot decide, and the limit on ball arithmetic (`--ball-rows` of each 512 instances) was reached.

An instance at (seed, chunk, row, scheme) is drawn again by `rlhf_numeric.regenerate`. "–": not run, or no ratio.

Where the larger of the two lhs/rhs is r, a right side smaller by a factor of up to 1/r would have passed as well: the
numbers could not see a constant too small by less than that.

`ID-sharp` is ID with the least second-order constant, C = ψ(M), for C = exp M. Near M = 0 these are 1/2 and 1: where C
limits the bound, ID comes near 1/2 and `ID-sharp` near 1; elsewhere the rest of the proof loses more, or the search
sees less. The ratio is the worst of all conclusions: where ID has 1, too, one without C is attained, and the row says
nothing about C.
"""


def tightness(
    out_file: Annotated[Path | None, typer.Option("--out", help="Write a page to this file instead.")] = None,
    note: Annotated[str, typer.Option(help="How it was obtained: a line for the page.")] = "",
) -> None:
    """Print what the last campaign and hunts with the present sources have found, as a Markdown table."""
    if not any(recall_tightness(slug) for slug in CLAIMS):
        raise CannotRunError("nothing is known of the present sources: run rlhf-lemmas campaign, then hunt")
    table = tightness_table(CLAIMS.values())
    if out_file is None:
        typer.echo(table)
        return
    write_named(out_file, "\n".join(filter(None, (_INTRODUCTION, note and f"{note}\n", table, ""))) + "\n")
