"""The `metadata` of a version: checked by hand, so that every refusal names the very field."""

import math
from collections.abc import Mapping
from typing import Any

from nantrace.mistakes.conversions import SCALER_ENDS
from nantrace.tensors.limits import MAX_ENVIRONMENT_BYTES, MAX_METADATA_BYTES
from nantrace.tensors.refusals import Refusal
from nantrace.tensors.strict_json import check_plain

_FIELDS = ("features", "preprocessing", "environment", "description")


def check_metadata(metadata: Any) -> dict[str, Any]:
    """The decoded metadata as it is; raises Refusal naming `metadata` or the field inside it."""
    given = _object("metadata", metadata, _FIELDS)
    check_plain("metadata", given, MAX_METADATA_BYTES)
    _check_features(given.get("features"))
    _check_preprocessing(given.get("preprocessing"))
    if given.get("environment") is not None:
        _object("metadata.environment", given["environment"], None)
        check_plain("metadata.environment", given["environment"], MAX_ENVIRONMENT_BYTES)
    if not isinstance(given.get("description") or "", str):
        raise Refusal("metadata.description", "must be a text")
    return given


def with_features(metadata: Mapping[str, Any], names: object) -> dict[str, Any]:
    """The metadata, with these names of features where it names none itself; `names` may be empty."""
    return {**({"features": names} if names else {}), **metadata}


def _object(field: str, value: Any, known: tuple[str, ...] | None) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Refusal(field, "must be a JSON object")
    for name in value:
        if known is not None and name not in known:
            raise Refusal(f"{field}.{name}"[:200], f"is not known; the fields are {', '.join(known)}")
    return value


def _check_features(value: Any) -> None:
    if value is None:
        return
    by_input = value if isinstance(value, Mapping) else {"": value}
    for name, features in by_input.items():
        field = f"metadata.features.{name}".rstrip(".")[:200]
        if not isinstance(features, list) or not all(isinstance(one, str) for one in features):
            raise Refusal(field, "must be a list of feature names in the order of the model's input")
        if len(set(features)) < len(features):
            raise Refusal(field, "holds the same name twice")


def _check_preprocessing(value: Any) -> None:
    if value is None:
        return
    scaler = _object("metadata.preprocessing", value, ("scaler",)).get("scaler")
    if scaler is None:
        return
    field = "metadata.preprocessing.scaler"
    kind = scaler.get("kind") if isinstance(scaler, dict) else None
    if kind not in SCALER_ENDS:
        raise Refusal(f"{field}.kind", f"must be one of {', '.join(SCALER_ENDS)}")
    first, second = SCALER_ENDS[kind]
    _object(field, scaler, ("kind", first, second))
    lengths = [_check_numbers(f"{field}.{name}", scaler.get(name)) for name in (first, second)]
    if lengths[0] != lengths[1]:
        raise Refusal(f"{field}.{second}", f"has {lengths[1]} numbers, {first} has {lengths[0]}")


def _check_numbers(field: str, value: Any) -> int:
    """The length of a list of finite numbers."""
    if not isinstance(value, list) or not value:
        raise Refusal(field, "must be a list with one number per feature")
    for index, one in enumerate(value):
        if isinstance(one, bool) or not isinstance(one, int | float) or not _is_finite(one):
            raise Refusal(field, f"entry {index} must be a finite number")
    return len(value)


def _is_finite(number: float) -> bool:
    try:
        return math.isfinite(number)
    except OverflowError:  # an integer beyond float64
        return False
