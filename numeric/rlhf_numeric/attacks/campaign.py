"""A campaign: every claim on many random instances, drawn in chunks that are a function of the seed alone.

Chunk k of seed s holds `ROWS` instances, the last tenth of them large in shape or extent (`evaluation.schemes`), and
is decided for all claims together. Chunks are merged in order, so the findings do not depend on how many processes took
part, nor on how often the campaign was stopped and resumed, nor on which other claims were asked for.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from rlhf_numeric.arithmetic.kinds import Array
from rlhf_numeric.claims import CLAIMS
from rlhf_numeric.evaluation.case_json import HASH, Form, StoredFileError, digest, read_stored, record, schema_of
from rlhf_numeric.evaluation.claim import Claim
from rlhf_numeric.evaluation.decide_together import decide_together
from rlhf_numeric.evaluation.family import Family
from rlhf_numeric.evaluation.findings import Counterexample, InstanceSeed, Tally, merge, tally_of
from rlhf_numeric.evaluation.instance_family import INSTANCES
from rlhf_numeric.evaluation.record import R, Sizes
from rlhf_numeric.evaluation.schemes import LARGE_SHARE, ROWS, drawn, parts
from rlhf_numeric.evaluation.verdict import FLOAT_RESOLUTION, Decision
from rlhf_numeric.files import replace_file
from rlhf_numeric.parallel.ray import spread_on_ray
from rlhf_numeric.parallel.workers import spread

BALL_ROWS = 4  # of each chunk and claim
BINS = 50
_FORMAT = "rlhf-lemmas campaign 1"


class CampaignFileError(StoredFileError):
    """A file with the progress of a campaign that cannot be used; the message says why and what to do."""


@dataclass(frozen=True)
class Plan:
    """What a campaign is: it may be resumed only by the same one."""

    claims: tuple[str, ...]
    instances: int
    seed: int
    ball_rows: int
    sources: str

    @property
    def chunks(self) -> int:
        """Number of chunks; the last one may be cut short."""
        return -(-self.instances // ROWS)

    def rows(self, chunk: int) -> int:
        """Instances that the campaign takes of a chunk."""
        return min(ROWS, self.instances - chunk * ROWS)


@dataclass(frozen=True)
class Finding:
    """What a campaign found on one claim: the tally, and the distribution of its tightness.

    ``histogram`` counts instances by their worst decided comparison in `BINS` equal bins: for an inequality of lhs/rhs
    over [0, 1] (what is below 0 counts as 0), for an identity of the decimal digits that agree, over [0, 50].
    """

    tally: Tally
    histogram: tuple[int, ...]


@dataclass
class Progress:
    """Findings of the chunks before ``merged``, and those of later chunks that are already there."""

    plan: Plan
    merged: int
    findings: tuple[Finding, ...]
    pending: dict[int, tuple[Finding, ...]]

    def missing(self) -> list[int]:
        """Chunks still to be done, in order."""
        return [chunk for chunk in range(self.merged, self.plan.chunks) if chunk not in self.pending]

    def add(self, chunk: int, findings: tuple[Finding, ...]) -> None:
        """Count a chunk in, once, in its turn."""
        self.pending[chunk] = findings
        while self.merged in self.pending:
            later = self.pending.pop(self.merged)
            self.findings = tuple(map(_merge, self.findings, later)) if self.merged else later
            self.merged += 1


_PROGRESS = Form(
    "the progress of a campaign",
    "this is a damaged or foreign file; delete it",
    record(sha256=HASH, format={"const": _FORMAT}, **schema_of(Progress)["properties"]),
)


def run_campaign(
    claims: Sequence[Claim[Any]],
    /,
    *,
    instances: int,
    seed: int = 0,
    ball_rows: int = BALL_ROWS,
    workers: int = 1,
    cluster: str | None = None,
    resume: Path | None = None,
    progress: Callable[[int], None] = lambda done: None,
) -> dict[str, Finding]:
    """Evaluate claims on random instances, all claims of one family on the same ones.

    Parameters
    ----------
    claims
        The claims, each at most once.
    instances
        How many, ≥ 1.
    seed
        Seed ≥ 0.
    ball_rows
        At most this many instances of each chunk and claim are settled in ball arithmetic, and a tenth as many large
        ones; what floats cannot decide beyond that is counted as unsettled. `ROWS` settles all.
    workers
        Processes ≥ 1; more than one only for claims of `CLAIMS`, which a process can look up.
    cluster
        Address of a Ray cluster, "local" for one of this machine alone: it does the work in place of ``workers``. Only
        for claims of `CLAIMS`.
    resume
        File that holds the progress: read if it exists, rewritten (atomically) after every chunk.
    progress
        Called with the number of instances finished so far.

    Returns
    -------
    dict[str, Finding]
        By id. ``seconds`` of the tallies is 0: it would not be a function of the seed.

    Raises
    ------
    ValueError
        If an argument is not as above.
    CampaignFileError
        If ``resume`` is damaged or belongs to another campaign.
    ImportError, ConnectionError
        If Ray is not installed, or no cluster is there.
    WorkerError
        If a process dies, or a cluster cannot do a chunk.

    Examples
    --------
    >>> found = run_campaign([CLAIMS["variance-bound"]], instances=100, seed=1)["variance-bound"].tally
    >>> found.instances, found.violated, found.refuted_by
    (100, 0, None)
    """
    _check(claims, instances, seed, ball_rows, workers if cluster is None else 2)
    plan = Plan(tuple(claim.id for claim in claims), instances, seed, ball_rows, sources_digest())
    state = load_progress(resume, plan) if resume is not None and resume.exists() else Progress(plan, 0, (), {})
    for chunk, found in _results(claims, state, workers, cluster):
        state.add(chunk, found)
        if resume is not None:
            save_progress(resume, state)
        progress(sum(plan.rows(chunk) for chunk in (*range(state.merged), *state.pending)))
    assert state.merged == plan.chunks, f"chunks {state.missing()} are missing"
    return dict(zip(plan.claims, state.findings, strict=True))


def draw(
    seed: int,
    chunk: int,
    /,
    *,
    rows: int = ROWS,
    family: Family[R] = INSTANCES,  # type: ignore[assignment]
) -> R:
    """Draw the first small instances of a chunk, laid out so that the batch varies fastest in memory.

    Examples
    --------
    >>> draw(0, 3, rows=5).batch_shape
    (5,)
    """
    return drawn("campaign", seed, chunk, family=family).take(np.arange(rows)).laid_out()


def measure_chunk(
    claims: Sequence[Claim[Any]], seed: int, chunk: int, rows: int, ball_rows: int = ROWS, /
) -> tuple[Finding, ...]:
    """Return the findings on the first instances of a chunk, one for each claim."""
    found: dict[str, Finding] = {}
    for family in dict.fromkeys(claim.family for claim in claims):
        own = [claim for claim in claims if claim.family is family]
        found |= zip((claim.id for claim in own), _measured_chunk(own, seed, chunk, rows, ball_rows), strict=True)
    return tuple(found[claim.id] for claim in claims)


def _measured_chunk(
    claims: Sequence[Claim[R]], seed: int, chunk: int, rows: int, ball_rows: int
) -> tuple[Finding, ...]:
    """Return the findings for claims of one family."""
    found: tuple[Finding, ...] = ()
    for part, origin in parts("campaign", seed, chunk, rows, family=claims[0].family):
        limit = -(-ball_rows // LARGE_SHARE) if found else ball_rows  # the first part is the small one
        more = _measured(claims, part.laid_out(), origin, limit)
        found = tuple(map(_merge, found, more)) if found else more
    return found


def _measured(claims: Sequence[Claim[R]], part: R, origin: InstanceSeed, ball_rows: int) -> tuple[Finding, ...]:
    decisions = decide_together(claims, part, ball_rows=ball_rows)
    return tuple(
        Finding(tally_of(claim, decision, part, origin), _histogram(claim, decision))
        for claim, decision in zip(claims, decisions, strict=True)
    )


def save_progress(path: Path, state: Progress, /) -> None:
    """Write the progress so that a kill at any moment leaves the old or the new file, never half of one."""
    body = {"format": _FORMAT, **asdict(state)}
    text = json.dumps({"sha256": digest(body), **body}, allow_nan=False)
    replace_file(path, text)


def load_progress(path: Path, plan: Plan, /) -> Progress:
    """Read the progress of this very campaign.

    Raises
    ------
    CampaignFileError
        If the file is damaged, or of a campaign with another seed, number of instances, claims or sources.
    """
    try:
        body = read_stored(path, _PROGRESS)
    except StoredFileError as error:
        raise CampaignFileError(*error.args) from error
    stored = Plan(**body["plan"] | {"claims": tuple(body["plan"]["claims"])})
    differing = [name for name, x in asdict(stored).items() if asdict(plan)[name] != x]
    if differing:
        raise CampaignFileError(
            f"{path}: belongs to a campaign with other {', '.join(differing)} (seed {stored.seed}, {stored.instances} "
            f"instances, {len(stored.claims)} claims): run that one, or choose another file"
        )
    pending = {int(chunk) if chunk.isdecimal() else -1: _findings(found) for chunk, found in body["pending"].items()}
    state = Progress(plan, body["merged"], _findings(body["findings"]), pending)
    if not _is_consistent(state):
        raise CampaignFileError(f"{path}: expected {_PROGRESS.what}, got findings on other chunks; {_PROGRESS.remedy}")
    return state


def _is_consistent(state: Progress) -> bool:
    """Whether the findings are on instances of the plan, each on all of its claims, in their order."""
    plan, expected = state.plan, [*([state.findings] if state.merged else []), *state.pending.values()]
    claims = all(tuple(finding.tally.claim for finding in found) == plan.claims for found in expected)
    bins = all(len(finding.histogram) == BINS for found in expected for finding in found)
    addresses = [at for found in expected for finding in found for at in _addresses(finding.tally)]
    drawn = all(at.seed == plan.seed and at.chunk in range(plan.chunks) and at.row in range(ROWS) for at in addresses)
    chunks = range(state.merged, plan.chunks)
    return claims and bins and drawn and 0 <= state.merged <= plan.chunks and all(c in chunks for c in state.pending)


def _addresses(tally: Tally) -> list[InstanceSeed]:
    refuted = None if tally.refuted_by is None else tally.refuted_by.origin
    return [address for address in (tally.worst_instance_seed, refuted) if address is not None]


@cache
def sources_digest() -> str:
    """Return a digest of the sources of this package: findings of other sources do not mix with new ones."""
    files = sorted(Path(__file__).parents[1].rglob("*.py"))
    return hashlib.sha256(b"".join(hashlib.sha256(file.read_bytes()).digest() for file in files)).hexdigest()


def _check(claims: Sequence[Claim[Any]], instances: int, seed: int, ball_rows: int, workers: int) -> None:
    least_of = (("instances", instances, 1), ("seed", seed, 0), ("ball_rows", ball_rows, 0), ("workers", workers, 1))
    for name, value, least in least_of:
        if value < least:
            raise ValueError(f"{name}: expected an integer ≥ {least}, got {value}")
    ids = [claim.id for claim in claims]
    if not ids or len(set(ids)) < len(ids):
        raise ValueError(f"claims: expected at least one, each once, got {ids}")
    if workers > 1 and any(CLAIMS.get(claim.id) is not claim for claim in claims):
        raise ValueError("workers: expected 1 for claims that are not in CLAIMS, which other processes cannot look up")


def _results(
    claims: Sequence[Claim[Any]], state: Progress, workers: int, cluster: str | None
) -> Iterable[tuple[int, tuple[Finding, ...]]]:
    missing, plan = state.missing(), state.plan
    if cluster is None and (workers == 1 or len(missing) < 2):
        return ((chunk, measure_chunk(claims, plan.seed, chunk, plan.rows(chunk), plan.ball_rows)) for chunk in missing)
    tasks = [(plan.claims, plan.seed, chunk, plan.rows(chunk), plan.ball_rows) for chunk in missing]
    if cluster is None:
        done = spread(_measure_by_id, tasks, workers=workers)
    else:
        done = spread_on_ray(_measure_by_id, tasks, sources_digest, address=cluster)
    return ((task[2], found) for task, found in done)


def _measure_by_id(task: tuple[tuple[str, ...], int, int, int, int], /) -> tuple[Finding, ...]:
    ids, *rest = task
    return measure_chunk([CLAIMS[slug] for slug in ids], *rest)


def _histogram(claim: Claim[R], decision: Decision) -> tuple[int, ...]:
    known = decision.decided
    with np.errstate(all="ignore"):
        if claim.kind == "inequality":
            measure, top = np.maximum(decision.ratio, 0.0), 1.0
        else:
            gap = decision.radius / np.maximum(np.abs(decision.lhs), np.abs(decision.rhs))
            measure, top = -np.log10(np.clip(gap, 1e-50, 1.0)), 50.0
            known = decision.refuted | (known & (gap <= FLOAT_RESOLUTION))  # where both sides vanish there is no gap
    known = known & np.isfinite(measure)
    worst: Array = np.where(known, measure, -np.inf).max(-1)
    if claim.kind == "identity":
        worst = np.where(known, measure, np.inf).min(-1)
    counts, _ = np.histogram(np.minimum(worst[known.any(-1)], top), bins=BINS, range=(0.0, top))
    return tuple(map(int, counts))


def _merge(first: Finding, second: Finding) -> Finding:
    histogram = tuple(map(sum, zip(first.histogram, second.histogram, strict=True)))
    return Finding(merge(first.tally, second.tally), histogram)


def _findings(stored: list[dict[str, Any]]) -> tuple[Finding, ...]:
    return tuple(Finding(_tally(finding["tally"]), tuple(finding["histogram"])) for finding in stored)


def _tally(stored: dict[str, Any]) -> Tally:
    worst, refuted, largest = stored["worst_instance_seed"], stored["refuted_by"], stored["largest"]
    if refuted is not None:
        refuted = Counterexample(**refuted | {"origin": InstanceSeed(*refuted["origin"])})
    origins = {"worst_instance_seed": worst and InstanceSeed(*worst), "refuted_by": refuted}
    return Tally(**stored | origins | {"largest": largest and Sizes(*largest)})
