"""What of an incident, as JSON, contradicts another part of it. Empty for a true one, whatever it is about."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Incident = Mapping[str, Any]
SENT = {"input_missing": "impute", "input_infinite": "replace_infinite"}
BAD = {"NaN", "missing", "Infinity", "-Infinity"}


def contradictions(incident: Incident) -> list[str]:
    """Sentences, one for each contradiction between title, origin, first NaN, features, evidence and remedies."""
    return [*_of_origin(incident), *_of_first_nan(incident), *_of_features(incident), *_of_proof(incident)]


def _of_origin(incident: Incident) -> Iterator[str]:
    origin, features = incident["origin"], incident["features"]
    if _sent(incident) and (origin is None or origin["kind"] != "input"):
        yield "the cure of cells as sent is proven, and the origin is no input"
    if origin is None or origin["kind"] != "input":
        return
    inputs = {one["input"] for one in features}
    if len(inputs) > 1 and origin["name"] not in inputs:
        yield "the origin is an input without a responsible feature"
    values = [value for one in features for value in one["values"]]
    if _sent(incident) and origin["value"] != "NaN" and origin["value"] not in values:
        yield f"the origin is {origin['value']}, which no feature holds"
    if _sent(incident) and origin["value"] == "NaN" and not {"NaN", "missing"} & set(map(str, values)):
        yield "the origin is NaN, which no feature holds"


def _of_first_nan(incident: Incident) -> Iterator[str]:
    origin, first = incident["origin"], incident["nan_birth"]
    if origin is not None and origin["value"] == "NaN" and origin["kind"] == "input" and first != origin:
        yield "NaN was sent, and is said to arise later"
    if first is not None and first["kind"] == "input" and first != origin:
        yield "the first NaN was sent, and is not the origin"


def _of_features(incident: Incident) -> Iterator[str]:
    cause, features = incident["cause"], incident["features"]
    if _sent(incident) and not features:
        yield "cells as sent are the cause, and no feature is named"
    for one in features[:3]:
        if cause in SENT and one["name"] not in incident["title"]:
            yield f"{one['name']} is not in the title"


def _of_proof(incident: Incident) -> Iterator[str]:
    cured = {one["test"] for one in incident["evidence"] if one["cured"]}
    for remedy in incident["remedies"]:
        if remedy["proven"] and not cured:
            yield f"{remedy['id']} is proven, and no experiment cured a row"
    proven = any(one["proven"] for one in incident["remedies"])
    if proven and SENT.get(incident["cause"]) not in (None, *cured):
        yield f"{incident['cause']} is proven without its own experiment"


def _sent(incident: Incident) -> bool:
    """Whether a replay without NaN and infinities that were sent is what cured."""
    cause: str | None = incident["cause"]
    values: Sequence[Any] = [value for one in incident["features"] for value in one["values"]]
    proven = any(one["proven"] for one in incident["remedies"])
    return cause in SENT and proven and bool(BAD & set(map(str, values)))
