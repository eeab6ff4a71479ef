"""The ledger as a static site, and the graph of what rests on what."""

from rlhf_proofs.report.graph import Graph, dependency_graph
from rlhf_proofs.report.site import build_site

__all__ = ["Graph", "build_site", "dependency_graph"]
