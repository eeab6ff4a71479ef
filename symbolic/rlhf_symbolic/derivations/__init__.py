"""The derivations, a folder for each paper."""
