"""Derivations by paper: each module here, or in a folder of a paper, has ``DERIVATIONS`` and is found by itself."""
