"""Elaborate single files of Lean against the compiled library, as somebody does who imports it."""

from rlhf_proofs.lean.backend import find_backend
from rlhf_proofs.lean.build import driver_context, lay_out, run_jobs
from rlhf_proofs.lean.library import Library
from rlhf_proofs.lean.process import Limits
from rlhf_proofs.lean.stage import workspace
from rlhf_proofs.ledger.gather import run_lean
from rlhf_proofs.resources import cache_directory, proofs_directory
from rlhf_proofs.table import load_table


def elaborate(**sources):
    """Return what Lean says of each file: (severity, text) in order. Imports are of the library."""
    assert run_lean(load_table(), "auto", lambda *_: None).accepted  # from the cache, where nothing changed
    library, backend = Library.load(proofs_directory()), find_backend("auto")
    said = {name: [] for name in sources}
    with workspace(cache_directory(), "stage-") as stage:
        lay_out(library, library.keys(driver_context(backend)), stage)
        job = [f"path\t{stage / 'out'}"]
        for name, text in sources.items():
            (stage / "src" / f"{name}.lean").write_text(text, encoding="utf-8")
            job.append(f"module\t{name}\t{stage / 'src' / name}.lean\t{stage / 'out' / name}.olean")
        for event in run_jobs(backend, [[job]], stage, Limits()):
            assert event["event"] != "failed", event
            if event["event"] == "message":
                said[event["module"]].append((event["severity"], event["text"]))
    return said
