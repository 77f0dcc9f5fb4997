"""The one sentence of a finding that a person reads first."""

from nantrace.diagnosis.cause import Cause
from nantrace.diagnosis.diagnosed_rows import DiagnosedRows

SEEN = {
    "absorbed": "Rows are answered with finite but wrong numbers",
    "replay_failed": "The model refuses rows",
    "nonfinite_output": "Rows are answered with NaN or infinity",
}
LONGEST = 300


def title(symptom: str, cause: Cause, diagnosed: DiagnosedRows) -> str:
    """What happened, why, and where. No counts: an incident outlives the batch that it was first seen in."""
    return f"{SEEN[symptom]} because {cause.because(diagnosed)}."[:LONGEST]
