"""Kinds of numbers that one formula runs on: floats, intervals, balls, dual numbers."""
