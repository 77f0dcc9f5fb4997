"""A stand-in of Google Cloud Monitoring on loopback, as strict as Google: for tests, and for who has no project."""

PROJECT = "google-stand-in"
"""The project of Google that `up --demo` writes to: whoever reads the name knows that it is none."""
