"""Closed forms of arXiv 2601.16403."""
