"""The proofs through lean-dojo: a real ``TracedRepo``, made offline, and a data set of theorems, goals and premises.

    >>> from rlhf_proofs.dojo import trace_proofs                        # doctest: +SKIP
    >>> trace = trace_proofs()                                           # doctest: +SKIP
    >>> trace.rows[0].name, trace.agreement.disagreements                # doctest: +SKIP

What is lean-dojo's: the data model (`LeanGitRepo`, `TracedRepo`, `TracedFile`, `TracedTheorem`, `TracedTactic`) and the
reading of it. What is ours: the extractor, because lean-dojo's does not compile with Lean 4.28. `lean_dojo.trace`,
`Dojo` and `check_proof` do not work with Lean 4.28; do not call them.

Premises are the names that the source mentions. What ``grind``, ``simp`` and ``omega`` find by themselves does not
show; what a proof rests on, axioms above all, comes from the audit (`rlhf_proofs.lean.audit`), not from here. Where a
premise of Lean's core is defined is not known (Lean does not export it): `get_annotated_tactic` marks the library's own
only.
"""

from rlhf_proofs.dojo.agreement import Agreement, compare
from rlhf_proofs.dojo.dataset import Premise, Tactic, Theorem, read, theorems, write
from rlhf_proofs.dojo.extract import Extraction, extract
from rlhf_proofs.dojo.graph import Edge, premise_graph, statement_edges
from rlhf_proofs.dojo.loader import lean_dojo, traced_repo
from rlhf_proofs.dojo.run import Trace, trace_proofs

__all__ = [
    "Agreement",
    "Edge",
    "Extraction",
    "Premise",
    "Tactic",
    "Theorem",
    "Trace",
    "compare",
    "extract",
    "lean_dojo",
    "premise_graph",
    "read",
    "statement_edges",
    "theorems",
    "trace_proofs",
    "traced_repo",
    "write",
]
