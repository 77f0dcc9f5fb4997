"""Numbers that the model file holds: weights, and what normalisation layers keep of the data they were trained on."""

from collections.abc import Iterator
from typing import Any

from nantrace.audit.artifact_facts import ArtifactFacts
from nantrace.audit.audit_finding import RETRAIN, AuditFinding, Severity, number
from nantrace.diagnosis.shared_advice import layer_code

STATISTICS = ("moving_variance", "variance", "moving_mean", "mean")
ADAPT = (
    "Compute the statistics again from finite training rows: layer.adapt(rows[np.isfinite(rows).all(axis=1)]) for a "
    "Normalization; for a BatchNormalization load an earlier checkpoint, or reset its averages and train further."
)
EPSILON = "Give the layer an epsilon (Keras' default is 1e-3) and save the model again."
FLOOR = 1e-7
"""What Keras' Normalization divides by where the standard deviation is 0."""


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


def impossible_statistics(facts: ArtifactFacts) -> Iterator[AuditFinding]:
    """Means and variances that are no numbers, and variances below 0."""
    for one in facts.artifact.get("statistics", []):
        which = f"of {one['size']} values of the {one['name'].replace('_', ' ')} of {one['layer']}"
        if one["nonfinite"]:
            message = f"{one['nonfinite']} {which} are NaN or infinite: it was adapted or trained on such values."
            yield AuditFinding("normalization_nonfinite", Severity.ERROR, message, ADAPT, one["layer"])
        elif "variance" in one["name"] and one["negative"]:
            yield _negative_variance(facts, one, which)


def zero_variance(facts: ArtifactFacts) -> Iterator[AuditFinding]:
    """A variance of 0 divides by 0, or by next to nothing."""
    for one in facts.artifact.get("statistics", []):
        if "variance" not in one["name"] or not one["zero"] or one["nonfinite"] or one["negative"]:
            continue
        zeros = f"{one['zero']} of {one['size']} stored variances of {one['layer']} are 0"
        if one["class"] == "Normalization":
            message = (
                f"{zeros}: Keras divides by {FLOOR:g} there, so another value than training's is multiplied by 1e7."
            )
            remedy = "Drop the constant features, or adapt the layer on rows in which they vary."
            yield AuditFinding("normalization_zero_variance", Severity.WARNING, message, remedy, one["layer"])
        elif _epsilon(facts, one["layer"]) == 0:
            message = f"{zeros} and its epsilon is 0: it divides by 0."
            yield AuditFinding("normalization_zero_variance", Severity.ERROR, message, EPSILON, one["layer"])


def zero_epsilon(facts: ArtifactFacts) -> Iterator[AuditFinding]:
    """Layers that normalise each row by its own variance, with nothing to keep a constant row from 0/0."""
    stored = {one["layer"] for one in facts.artifact.get("statistics", [])}
    for layer in facts.artifact.get("layers", []):
        own = layer["class"].endswith("Normalization") and layer["epsilon"] == 0 and layer["layer"] not in stored
        if own:
            message = (
                f"The epsilon of {layer['layer']} ({layer['class']}) is 0: a row that is constant there becomes 0/0."
            )
            yield AuditFinding("normalization_zero_epsilon", Severity.WARNING, message, EPSILON, layer["layer"])


def never_adapted(facts: ArtifactFacts) -> Iterator[AuditFinding]:
    """A Normalization that still holds what it started with (mean 0, variance 1) passes its input on as it is."""
    by_layer: dict[str, dict[str, Any]] = {}
    for one in facts.artifact.get("statistics", []):
        if one["class"] == "Normalization":
            by_layer.setdefault(one["layer"], {})[one["name"]] = one
    for layer, stored in by_layer.items():
        mean, variance = stored.get("mean"), stored.get("variance")
        fresh = mean and variance and mean["zero"] == mean["size"] and variance["one"] == variance["size"]
        if fresh:
            standardised = _looks_standardised(facts)
            severity = Severity.WARNING if standardised is False else Severity.INFO
            message = f"{layer} holds mean 0 and variance 1 throughout, as before adapt(): it changes nothing."
            code = layer_code(layer, {known["layer"]: known["class"] for known in facts.artifact.get("layers", [])})
            remedy = f"Adapt it on the training rows before training: {code}.adapt(rows)"
            yield AuditFinding("normalization_not_adapted", severity, message, remedy, layer)


def _negative_variance(facts: ArtifactFacts, one: dict[str, Any], which: str) -> AuditFinding:
    lowest, epsilon = one["min"], _epsilon(facts, one["layer"]) or 0.0
    outcome = (
        f"the root of {number(lowest + epsilon)} is NaN"
        if lowest + epsilon < 0
        else f"only the epsilon of {number(epsilon)} keeps it from NaN"
    )
    message = f"{one['negative']} {which} are negative, the lowest is {number(lowest)}: {outcome}."
    return AuditFinding("normalization_negative_variance", Severity.ERROR, message, ADAPT, one["layer"])


def _epsilon(facts: ArtifactFacts, layer: str) -> float | None:
    found = (one["epsilon"] for one in facts.artifact.get("layers", []) if one["layer"] == layer)
    return next(found, None)


def _looks_standardised(facts: ArtifactFacts) -> bool | None:
    """Whether the reference has about mean 0 and deviation 1 already; None without one."""
    if facts.reference is None:
        return None
    features = [one for known in facts.reference.inputs.values() for one in known.features]
    spread = [(one.mean, one.std) for one in features if one.mean is not None and one.std is not None]
    return all(abs(mean) < 10 and std < 10 for mean, std in spread)


def _size(shape: list[int]) -> int:
    size = 1
    for length in shape:
        size *= length
    return size
