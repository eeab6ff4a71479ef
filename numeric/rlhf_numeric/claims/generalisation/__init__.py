"""Claims of 2601.16403, a module for each group of its table; one that is long is in parts, ``<group>_<part>``."""
