"""Statements, and steps from a definition to a closed form."""
