"""What can be said about an artifact without any sample."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from monitoring.models import AuditState

Json = dict[str, Any]


@dataclass(frozen=True)
class Audit:
    """The contract's audit, and the signature of the model."""

    state: AuditState
    findings: list[Json] = field(default_factory=list)
    signature: Json = field(default_factory=dict)


def audit_facts(told: Mapping[str, Any]) -> Audit:
    """Looks through what the replayer told when it loaded the model."""
    findings = [_nonfinite_weight(weight) for weight in told["weights"] if weight["nonfinite"]]
    state = AuditState.FINDINGS if findings else AuditState.PASSED
    signature = {name: told[name] for name in ("inputs", "outputs", "software")}
    return Audit(state, findings, signature)


def refused(reason: str) -> Audit:
    """The model cannot be loaded."""
    finding = {
        "code": "model_refused",
        "severity": "error",
        "layer": None,
        "message": f"The model cannot be loaded: {reason}",
        "remedy": "Save it again with the Keras version that built it, without Lambda layers or custom classes.",
    }
    return Audit(AuditState.REFUSED, [finding])


def _nonfinite_weight(weight: Mapping[str, Any]) -> Json:
    return {
        "code": "weights_nonfinite",
        "severity": "error",
        "layer": weight["layer"],
        "message": f"{weight['nonfinite']} values of {weight['path']} are NaN or infinite: training diverged.",
        "remedy": "Deploy an earlier checkpoint; retrain with scaled data and a smaller learning rate.",
    }
