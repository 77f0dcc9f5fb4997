"""What an operation's failure means, by its row in the table of operations."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from nantrace.operations import Family, guarded_form, operation, stable_form
from nantrace.tensors.plain_text import one_line

_FAILURES = {
    Family.DOMAIN: "domain",
    Family.EXPONENTIAL: "exponential",
    Family.STABLE_EXPONENTIAL: "exponential",
    Family.PRODUCTS: "linear",
    Family.SUMS: "linear",
    Family.SQUARES: "linear",
    Family.LINEAR: "linear",
}


def family(place: Mapping[str, Any]) -> str:
    """`exponential`, `domain` or `linear`, by the operation's type and, for powers, by what it was given."""
    row = operation(place.get("operation"))
    if row is not None and row.family is Family.POWER:
        return _family_of_power(place)
    by_value = "domain" if place.get("value") == "NaN" else "linear"
    return by_value if row is None else _FAILURES.get(row.family, by_value)


def _family_of_power(place: Mapping[str, Any]) -> str:
    operands = place.get("operands") or [0.0]
    base = operands[0]
    undefined = place.get("value") == "NaN" or (isinstance(base, (int, float)) and base == 0)
    return "domain" if undefined else "exponential"


def safe_form(places: Sequence[Mapping[str, Any]]) -> str:
    """Code that keeps the operations at these places defined and finite; comments name them where they are several."""
    by_code: dict[str, list[Mapping[str, Any]]] = {}
    for place in places:
        form = stable_form if family(place) == "exponential" else guarded_form
        code = form(place["operation"], place.get("operands") or (), place.get("dtype") or "float32")
        by_code.setdefault(code, []).append(place)
    if len(places) == 1:
        return next(iter(by_code))
    return "\n".join(f"# {one_line(' and '.join(named_places(some)))}\n{code}" for code, some in by_code.items())


def named_places(places: Sequence[Mapping[str, Any]]) -> list[str]:
    """`Log in entropy`, `Rsqrt in hops (3 places)`."""
    counts = Counter((place["operation"], place.get("layer")) for place in places)
    return [_named(*one, count) for one, count in counts.items()]


def _named(operation: str, layer: str | None, count: int) -> str:
    where = f" in {layer}" if layer else ""
    return f"{operation}{where} ({count} places)" if count > 1 else f"{operation}{where}"


def is_sent(place: Mapping[str, Any]) -> bool:
    """Whether what is bad there came with the rows: as a number, or in a text or message that is read there."""
    row = operation(place.get("operation"))
    return place["kind"] == "input" or (row is not None and row.family is Family.DECODING)


def is_too_large(place: Mapping[str, Any]) -> bool:
    """Whether a quotient is infinite because it is too large, and not because its denominator is 0."""
    row, operands = operation(place.get("operation")), place.get("operands") or []
    domain = row.domain if row is not None else None
    if domain is None or not domain.denominator or place.get("value") == "NaN":
        return False
    return bool(operands and operands[domain.operand])


def is_of_statistics(place: Mapping[str, Any]) -> bool:
    """Whether it is an operation that normalisation layers apply to what they keep of the data."""
    row = operation(place.get("operation"))
    return row is not None and row.of_statistics


def is_statistic(place: Mapping[str, Any]) -> bool:
    """Whether a weight or constant of a normalisation layer is what the data gave it, not what was trained."""
    return bool(place.get("normalises")) and not place.get("trainable")
