"""Claims of 2602.21765 on reward shift, clipped divergence and sampling, a module for each group of the table."""
