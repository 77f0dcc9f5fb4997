"""What an audit finds, in the contract's words."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """`info` says what could not be ruled out, and alone does not fail an audit."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True)
class AuditFinding:
    """One finding; `message` is a sentence with the numbers, `remedy` advice or short code."""

    code: str
    severity: Severity
    message: str
    remedy: str
    layer: str | None = None

    def as_json(self) -> dict[str, Any]:
        fields = asdict(self)
        return {**fields, "severity": self.severity.value}


RETRAIN = (
    "Deploy an earlier checkpoint. Retrain on scaled inputs with keras.optimizers.Adam(1e-4, clipnorm=1.0), and with "
    "keras.callbacks.TerminateOnNaN() among the callbacks."
)


def number(value: float) -> str:
    """A number with as many digits as a person reads."""
    return f"{value:.4g}"


def place_words(layer: str | None) -> str:
    return layer or "the model"
