"""Closed forms as Lean sources, which the kernel checks again; `files` makes them."""
