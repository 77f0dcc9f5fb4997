"""Weights and constants that no training should have left."""

from collections.abc import Iterator

from nantrace.audit.facts import ArtifactFacts
from nantrace.audit.failures import failing_constants
from nantrace.audit.finding import RETRAIN, AuditFinding, Severity, place_words

STATISTICS = ("moving_variance", "variance", "moving_mean", "mean")


def nonfinite_weights(facts: ArtifactFacts) -> Iterator[AuditFinding]:
    """NaN or infinity in a weight (but for a mask's -Inf): whatever comes in, something wrong goes out."""
    for weight in facts.model["weights"]:
        statistic = weight["normalises"] and weight["path"].rsplit("/", 1)[-1] in STATISTICS
        if weight["nonfinite"] and not statistic and not weight.get("bars"):
            message = (
                f"{weight['nonfinite']} of {_size(weight['shape'])} values of {weight['path']} are NaN or infinite."
            )
            remedy = f"The training diverged. {RETRAIN}"
            yield AuditFinding("weights_nonfinite", Severity.ERROR, message, remedy, weight["layer"])


def nonfinite_constants(facts: ArtifactFacts) -> Iterator[AuditFinding]:
    """NaN written into the graph: on purpose where it is only selected or compared, so it is no more than told."""
    told = {place["name"] for _, _, place in failing_constants(facts)}
    for constant in facts.artifact.get("constants", []):
        if constant["name"] in told:
            continue
        count = "1 value" if constant["nan"] == 1 else f"{constant['nan']} values"
        message = f"The constant {constant['name']} in {place_words(constant['layer'])} holds {count} of NaN."
        remedy = "Replace it by a number, unless the model only selects it on purpose."
        yield AuditFinding("constant_nonfinite", Severity.INFO, message, remedy, constant["layer"])


def _size(shape: list[int]) -> int:
    size = 1
    for length in shape:
        size *= length
    return size
