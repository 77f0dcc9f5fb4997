"""Served non-finite, replayed finite: what of the recorded environment differs from the replay's?"""

from collections.abc import Mapping
from typing import Any

SOFTWARE = ("tensorflow", "keras")
CONFIDENCE = {"software_mismatch": 0.6, "hardware_mismatch": 0.6, "not_reproduced": 0.4}


def mismatch(environment: Mapping[str, Any], replayed_with: Mapping[str, str]) -> tuple[str, str]:
    """The cause, and a clause that says what differs."""
    differing = [
        f"{name} {environment[name]} (replayed with {replayed_with[name]})"
        for name in SOFTWARE
        if environment.get(name) and str(environment[name]) != replayed_with.get(name)
    ]
    if environment.get("xla") is True:
        differing.append("compiled with XLA (which the artifact does not ask for)")
    if differing:
        return "software_mismatch", "served by " + " and ".join(differing)
    device = str(environment.get("device") or "")
    if device and _kind_of_device(device) != "CPU":
        return "hardware_mismatch", f"served on {device} (replayed on a CPU)"
    machine = str(environment.get("machine_type") or "")
    if machine:
        return "hardware_mismatch", f"served on {machine} (replayed on another machine)"
    return "not_reproduced", "nothing recorded about the serving environment differs from the replay's"


def _kind_of_device(name: str) -> str:
    """`GPU` of "GPU:NVIDIA L4", "/physical_device:GPU:0" or "/job:a/replica:0/task:0/device:GPU:0"."""
    parts = name.rsplit("/", 1)[-1].upper().split(":")
    return parts[1] if parts[0] in ("DEVICE", "PHYSICAL_DEVICE") and len(parts) > 1 else parts[0].strip()
