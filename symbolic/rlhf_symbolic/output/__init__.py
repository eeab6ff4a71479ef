"""Closed forms as sympy expressions, numpy functions and LaTeX documents."""
