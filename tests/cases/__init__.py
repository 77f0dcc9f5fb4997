"""Acceptance cases, a file a case, in the format of `runner/casekit.py`; `runner/` builds and scores them."""
