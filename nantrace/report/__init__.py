"""Findings as text, for a person at a terminal."""
