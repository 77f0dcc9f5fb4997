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
        differing.append("compiled with XLA (replayed without)")
    if differing:
        return "software_mismatch", "served by " + " and ".join(differing)
    device = str(environment.get("device") or "")
    if device and not device.upper().startswith("CPU"):
        return "hardware_mismatch", f"served on {device} (replayed on a CPU)"
    return "not_reproduced", "nothing recorded about the serving environment differs from the replay's"
