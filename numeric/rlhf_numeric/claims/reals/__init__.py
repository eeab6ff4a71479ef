"""Claims on the real numbers and on what holds of them alone, a module for each group of the table."""
