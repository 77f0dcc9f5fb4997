"""Acceptance cases: a file a case, in the format that `runner/casekit.py` describes. `runner/` builds and scores them."""
