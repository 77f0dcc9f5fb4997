"""How training was set up: a loss that does not fit the last layer, weights that start too large, other software."""

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from nantrace.audit.artifact_facts import ArtifactFacts
from nantrace.audit.audit_finding import AuditFinding, Severity, number

Json = Mapping[str, Any]
NAMES = {"keras": "Keras", "tensorflow": "TensorFlow"}
PROBABILITIES = ("softmax", "sigmoid")
LARGE_GAIN = 10.0
"""A layer that multiplies the spread of its input by more than this at the start."""


def loss_mismatches(facts: ArtifactFacts) -> Iterator[AuditFinding]:
    """Cross-entropies that take probabilities for logits or the other way round."""
    answering = facts.artifact.get("answering", [])
    for one, loss in zip(answering, _losses(facts, answering), strict=True):
        if loss is None or one["activation"] is None:
            continue
        name, from_logits = loss
        if from_logits and one["activation"] in PROBABILITIES:
            yield _probabilities_as_logits(one, name)
        elif not from_logits and one["activation"] == "linear":
            yield _logits_as_probabilities(one, name)


def softmax_of_one(facts: ArtifactFacts) -> Iterator[AuditFinding]:
    """A softmax over one unit."""
    for layer in facts.artifact.get("layers", []):
        over_last = layer["axis"] in (None, -1)
        if layer["activation"] == "softmax" and layer["units"] == 1 and over_last:
            message = f"{layer['layer']} is a softmax over a single unit: it answers 1 whatever comes in."
            remedy = 'Use activation="sigmoid" with one unit, or two units with a softmax, and retrain.'
            yield AuditFinding("softmax_of_one", Severity.ERROR, message, remedy, layer["layer"])


def large_initializers(facts: ArtifactFacts) -> Iterator[AuditFinding]:
    """Initialisers whose weights multiply the spread of the input many times over."""
    for layer in facts.artifact.get("layers", []):
        for weight, settings in layer["initializers"].items():
            gain = _gain(settings)
            if gain is not None and gain > LARGE_GAIN:
                yield _large_initializer(layer["layer"], weight.removesuffix("_initializer"), settings, gain)


def other_versions(facts: ArtifactFacts) -> Iterator[AuditFinding]:
    """Another major version, or a newer one than the replay's, may compute otherwise; an older minor one is `info`."""
    for package, saved in facts.artifact.get("saved_with", {}).items():
        replays = facts.model["software"].get(package, "")
        one, other = _release(saved), _release(replays)
        if one is None or other is None or one == other:
            continue
        severity = Severity.INFO if one[0] == other[0] and one < other else Severity.WARNING
        message = f"The model was saved with {NAMES[package]} {saved}, and is replayed with {replays}."
        remedy = "Compare its answers on a few rows with those that it gives where it was saved."
        yield AuditFinding(f"{package}_version", severity, message, remedy)


def _probabilities_as_logits(one: Json, loss: str) -> AuditFinding:
    message = (
        f"{loss} was compiled with from_logits=True, and {one['layer']} ends in a {one['activation']}. Keras on "
        f"TensorFlow mostly finds the values before the {one['activation']} and warns; a custom loop, a cast or "
        "another backend applies it twice, and the training stalls."
    )
    remedy = f"Compile with from_logits=False, or take the {one['activation']} out of {one['layer']}; then retrain."
    return AuditFinding("loss_from_logits", Severity.WARNING, message, remedy, one["layer"])


def _logits_as_probabilities(one: Json, loss: str) -> AuditFinding:
    message = (
        f"{loss} was compiled with from_logits=False, and {one['layer']} ends without an activation: the loss clips "
        "what it takes for probabilities to 0..1, and has no gradient beyond."
    )
    remedy = "Compile with from_logits=True, or give the last layer a softmax or sigmoid; then retrain."
    return AuditFinding("loss_from_logits", Severity.WARNING, message, remedy, one["layer"])


def _losses(facts: ArtifactFacts, answering: list[Json]) -> list[tuple[str, bool] | None]:
    """Name and `from_logits` of the cross-entropy of each output; None for other losses."""
    loss = facts.artifact.get("compiled", {}).get("loss")
    if isinstance(loss, Mapping) and "class_name" not in loss:
        return [_crossentropy(loss.get(one["output"])) for one in answering]
    if isinstance(loss, list) and len(loss) == len(answering):
        return [_crossentropy(one) for one in loss]
    return [_crossentropy(loss)] * len(answering)


def _crossentropy(loss: Any) -> tuple[str, bool] | None:
    """A loss as Keras writes it: a name, a function or an object with its settings."""
    if isinstance(loss, str):
        return (loss, False) if "crossentropy" in loss.lower() else None
    if not isinstance(loss, Mapping):
        return None
    name, config = loss.get("class_name"), loss.get("config")
    if name == "function":
        return _crossentropy(config)
    if not isinstance(name, str) or "crossentropy" not in name.lower():
        return None
    return name, bool(isinstance(config, Mapping) and config.get("from_logits"))


def _gain(settings: Json) -> float | None:
    """By how much random weights multiply the standard deviation of independent inputs."""
    spread = {
        "RandomNormal": settings.get("stddev"),
        "TruncatedNormal": settings.get("stddev"),
        "RandomUniform": max(abs(settings.get("minval", 0)), abs(settings.get("maxval", 0))) / math.sqrt(3),
    }.get(settings["class"])
    if settings["class"] == "VarianceScaling":
        return math.sqrt(settings.get("scale", 1.0))
    return None if spread is None else spread * math.sqrt(settings["fan_in"])


def _large_initializer(layer: str, weight: str, settings: Json, gain: float) -> AuditFinding:
    message = (
        f"The {weight} of {layer} starts from {settings['class']}, which multiplies the spread of its "
        f"{settings['fan_in']} inputs by {number(gain)}: trainings that start so diverge easily."
    )
    remedy = f'{weight}_initializer="glorot_uniform" (or "he_normal" before a relu) keeps the spread; then retrain.'
    return AuditFinding("initializer_large", Severity.WARNING, message, remedy, layer)


def _release(version: str) -> tuple[int, int] | None:
    found = re.match(r"(\d+)\.(\d+)", version)
    return (int(found[1]), int(found[2])) if found else None
