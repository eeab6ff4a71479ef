"""Claims of the variants and of the open questions of 2601.16403, a module for each group of the table."""
