"""Finite rows that became NaN or infinite when they were run through the model: what failed, and where."""

from collections.abc import Iterator, Mapping
from typing import Any

from nantrace.audit.artifact_facts import ArtifactFacts, ProbeRows, Seen
from nantrace.audit.audit_finding import RETRAIN, AuditFinding, Severity, number, place_words
from nantrace.diagnosis.causes.weights_extreme import LARGE
from nantrace.diagnosis.operations import family
from nantrace.operations import Domain, guarded_form, operation, stable_form

Json = Mapping[str, Any]
CODES = {"exponential": "activation_overflow", "domain": "undefined_operation", "linear": "weights_extreme"}
TOO_LARGE = f"The weights are far too large. {RETRAIN}"
GROWING = "No weight is large: scale the inputs, start with smaller weights, normalise between layers, or use float64."
STABLE = (
    "A softmax by hand: keras.ops.softmax(x), which does not overflow. An exponential head: keep its input bounded, "
    "keras.ops.exp(keras.ops.clip(x, -30.0, 30.0))"
)
ROUNDED = "float16 ends at 65504: to bar positions from a softmax, -3e4 does what -1e9 does."
MASK = "Let every row keep one valid position, or bar positions with -1e9 instead of -infinity."
EXPORT = "Save the model again with finite numbers: 1 / std of a column that never varied is the usual one."
FLOAT32 = 'Compute this layer in float32: keras.layers.Dense(..., dtype="float32"), or the same for another layer.'


def failing_rows(facts: ArtifactFacts) -> Iterator[AuditFinding]:
    """One finding per place; a place that training rows themselves reach is an error."""
    reported = set()
    for seen, group, place in failing_places(facts):
        key = (place["layer"], place["operation"])
        impossible = any(
            one["layer"] == place["layer"] for one in facts.artifact.get("statistics", []) if _impossible(one)
        )
        if key not in reported and not impossible:
            reported.add(key)
            yield _finding(facts, seen, group, place)


def overflowing_layers(facts: ArtifactFacts) -> Iterator[AuditFinding]:
    """Sums of products that overflow in a place that the walk back from a bad answer did not reach."""
    reported = {(place["layer"], place["operation"]) for _, _, place in failing_places(facts)}
    for seen in facts.seen:
        for one in seen.overflows:
            if (one["layer"], one["operation"]) not in reported:
                reported.add((one["layer"], one["operation"]))
                largest = " and ".join(number(size) for size in one["largest_inputs"])
                message = (
                    f"{one['operation']} in {place_words(one['layer'])} overflows {one['dtype']} on {seen.rows.value}; "
                    f"its inputs are finite, with magnitudes up to {largest}."
                )
                narrow = one["dtype"] in ("float16", "bfloat16")
                code, remedy = ("precision_overflow", FLOAT32) if narrow else ("weights_extreme", _smaller(facts))
                yield AuditFinding(code, _severity(seen), message, remedy, one["layer"])


def failing_places(facts: ArtifactFacts) -> Iterator[tuple[Seen, Json, Json]]:
    """Rows, group and operation; of made-up rows only overflows, since nobody knows which values the model is for."""
    for seen in facts.seen:
        for group in seen.groups:
            for place in group["sources"]:
                made_up = seen.rows is ProbeRows.UNIT and (family(place) == "domain" or place["value"] == "NaN")
                if place["kind"] == "operation" and not made_up:
                    yield seen, group, place


def constants(facts: ArtifactFacts) -> Iterator[AuditFinding]:
    """Constants of the graph that are not finite and that rows fail for; one finding for each."""
    reported = set()
    for seen, group, place in failing_constants(facts):
        if place["name"] not in reported:
            reported.add(place["name"])
            message = (
                f"The constant {place['name']} in {place_words(place['layer'])} holds {place['value']}, and "
                f"{len(group['rows'])} of {seen.count} {seen.rows.value} are answered with NaN or infinity for it."
            )
            masks = place["value"] == "-Infinity"
            rounded = masks and place["dtype"] == "float16"
            remedy = ROUNDED if rounded else MASK if masks else EXPORT
            code = "precision_overflow" if rounded else "constant_nonfinite"
            yield AuditFinding(code, _severity(seen), message, remedy, place["layer"])


def nonfinite_constants(facts: ArtifactFacts) -> Iterator[AuditFinding]:
    """NaN written into the graph: on purpose where it is only selected or compared, so it is only information."""
    reported = {place["name"] for _, _, place in failing_constants(facts)}
    for constant in facts.artifact.get("constants", []):
        if constant["name"] in reported:
            continue
        count = "1 value" if constant["nan"] == 1 else f"{constant['nan']} values"
        message = f"The constant {constant['name']} in {place_words(constant['layer'])} holds {count} of NaN."
        remedy = "Replace it by a number, unless the model only selects it on purpose."
        yield AuditFinding("constant_nonfinite", Severity.INFO, message, remedy, constant["layer"])


def failing_constants(facts: ArtifactFacts) -> Iterator[tuple[Seen, Json, Json]]:
    """Rows, group and constant, where nothing else makes the rows fail.

    Made-up rows may bar every position, which rows of the model's users never do: then they prove nothing about -Inf.
    """
    for seen in facts.seen:
        for group in seen.groups:
            alone = all(place["kind"] == "constant" for place in group["sources"])
            proves = seen.rows is ProbeRows.REFERENCE or len(group["rows"]) == seen.count
            for place in group["sources"] if alone and group["swallowed_by"] is None else []:
                if proves or place["value"] != "-Infinity":
                    yield seen, group, place


def domain_of(name: str) -> Domain | None:
    """Where an operation of this type is defined; None where the table knows no limit."""
    row = operation(name)
    return row.domain if row is not None else None


def _finding(facts: ArtifactFacts, seen: Seen, group: Json, place: Json) -> AuditFinding:
    code, remedy = _code_and_remedy(facts, seen, group, place)
    hidden = group["swallowed_by"]
    outcome = f" {hidden['operation']} swallows it, and the answer is finite and wrong." if hidden else ""
    message = (
        f"{place['operation']} in {place_words(place['layer'])} answers {place['value']} for {len(group['rows'])} of "
        f"{seen.count} {seen.rows.value}; its inputs are {_inputs(place)}{_rule(code, place)}.{outcome}"
    )
    return AuditFinding(code, _severity(seen), message, remedy, place["layer"])


def _severity(seen: Seen) -> Severity:
    return Severity.ERROR if seen.rows is ProbeRows.REFERENCE else Severity.WARNING


def _code_and_remedy(facts: ArtifactFacts, seen: Seen, group: Json, place: Json) -> tuple[str, str]:
    if set(group["rows"]) <= seen.cured_by_float32:
        return "precision_overflow", f"In float32 the same rows are finite. {FLOAT32}"
    if place["normalises"]:
        return "normalization_state", "Recompute the layer's statistics, or give it an epsilon."
    code, failed_at = CODES[family(place)], (place.get("operands") or [], place.get("dtype") or "float32")
    if code == "weights_extreme":
        return code, _smaller(facts)
    if code == "activation_overflow" and place["operation"] != "Exp":
        return code, f"Bound it: {stable_form(place['operation'], *failed_at)}"
    return (
        code,
        STABLE if code == "activation_overflow" else f"Guard it: {guarded_form(place['operation'], *failed_at)}",
    )


def _smaller(facts: ArtifactFacts) -> str:
    sizes = [max(abs(one.get("min") or 0), abs(one.get("max") or 0)) for one in facts.model["weights"]]
    return TOO_LARGE if any(size > LARGE for size in sizes) else GROWING


def _impossible(statistic: Json) -> bool:
    """A finding of its own reports it, with what is wrong in the layer."""
    return bool(statistic["nonfinite"] or ("variance" in statistic["name"] and statistic["negative"]))


def _rule(code: str, place: Json) -> str:
    domain = domain_of(place["operation"]) if code == "undefined_operation" else None
    return f", and {domain.sentence}" if domain else ""


def _inputs(place: Json) -> str:
    ranges = [f"{_text(one['min'])} to {_text(one['max'])}" for one in place["inputs"] if "min" in one]
    return " and ".join(ranges[:2]) or "finite"


def _text(value: float | str) -> str:
    return value if isinstance(value, str) else number(value)
