"""Findings for a person and for a program: HTML in a notebook, text in a terminal, the JSON of the contract."""
