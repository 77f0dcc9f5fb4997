"""Experiments with the model that several causes make."""

from collections.abc import Sequence

from nantrace.diagnosis.case import Json, Mask
from nantrace.diagnosis.cause import Suspect
from nantrace.diagnosis.trials import Bench, Trial


def guarded(bench: Bench, places: Sequence[Json], rows: Mask, test: str, note: str) -> Trial:
    """The rows with operations kept where they are defined and finite."""
    return bench.try_change(test, {"guard": {one["name"]: one["operation"] for one in places}}, rows, note)


def in_float64(bench: Bench, rows: Mask) -> Trial:
    return bench.try_variant("float64", rows, "computed in float64")


def alike(suspect: Suspect) -> list[Json]:
    """Sources of the same kind of operation in the same layer, as both halves of exp(x) / (1 + exp(x))."""
    first = suspect.source
    same = (first["operation"], first["layer"])
    return [one for one in suspect.sources if (one["operation"], one["layer"]) == same]
