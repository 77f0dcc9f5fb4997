"""Served non-finite and replayed finite, on another device or machine."""

from nantrace.diagnosis.case import Case
from nantrace.diagnosis.cause import Cause, Environment
from nantrace.diagnosis.diagnosed_rows import DiagnosedRows
from nantrace.diagnosis.finding import Remedy
from nantrace.diagnosis.phrases import as_noted
from nantrace.diagnosis.shared_advice import serve_as_tested


def difference(case: Case) -> str | None:
    """A device that is no CPU, else a recorded type of machine: the replay's is another one."""
    device = str(case.environment.get("device") or "")
    if device and _kind_of_device(device) != "CPU":
        return f"served on {device} (replayed on a CPU)"
    machine = str(case.environment.get("machine_type") or "")
    return f"served on {machine} (replayed on another machine)" if machine else None


def _kind_of_device(name: str) -> str:
    """`GPU` of "GPU:NVIDIA L4", "/physical_device:GPU:0" or "/job:a/replica:0/task:0/device:GPU:0"."""
    parts = name.rsplit("/", 1)[-1].upper().split(":")
    return parts[1] if parts[0] in ("DEVICE", "PHYSICAL_DEVICE") and len(parts) > 1 else parts[0].strip()


def remedies(_diagnosed: DiagnosedRows) -> list[Remedy]:
    why = "The same rows are finite on a CPU: a kernel of the device, or the device itself, is the suspect."
    return [serve_as_tested(why)]


CAUSE = Cause(
    "hardware_mismatch",
    label="Other hardware in serving",
    sentence="Serving answered NaN, the replay does not, and the recorded devices differ.",
    because=as_noted,
    remedies=remedies,
    stages=(Environment(rank=20, confidence=0.6, difference=difference),),
    no_experiment="The replay does not have the device that served.",
)
