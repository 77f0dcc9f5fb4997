"""Rows as arrays: what was sent, how it is read from files and written as JSON, and when it is refused."""
