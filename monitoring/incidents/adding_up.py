"""What several reports of one incident say together, whatever the order in which they came."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from nantrace.diagnosis.finding import Grade

Json = Mapping[str, Any]
MOST_VALUES, MOST_EVIDENCE = 5, 50
SUMMED = ("rows", "values", "positions")  # of a feature; the rest describes it
VARIANTS = ("default", "unfused", "eager", "xla", "float16", "float32", "float64")


def added_up(reports: Sequence[Json]) -> dict[str, Any]:
    """Features and experiments with the rows of all reports, the proof of all, and every variant that failed.

    To add one more report to what others say together is to add up all of them. Old reports may lack values and places.
    """
    return {
        "features": _merged([one for report in reports for one in report["features"]], _feature_key, _feature),
        "evidence": _merged([one for report in reports for one in report["evidence"]], _evidence_key, _experiment)[
            :MOST_EVIDENCE
        ],
        "proof": _proof([report["proof"] for report in reports]),
        "reproduced_in": sorted({one for report in reports for one in report["reproduced_in"]}, key=_variant),
    }


def _merged(
    entries: Sequence[Json], key: Callable[[Json], str], merge: Callable[[Sequence[Json]], Json]
) -> list[dict[str, Any]]:
    """Entries of one key as one, those that cured most first, then those of most rows."""
    groups: dict[str, list[Json]] = {}
    for one in entries:
        groups.setdefault(key(one), []).append(one)
    merged = {name: dict(merge(group)) for name, group in groups.items()}
    return [one for _, one in sorted(merged.items(), key=lambda item: (*_weight(item[1]), item[0]))]


def _weight(one: Json) -> tuple[int, int]:
    return -one.get("cured", 0), -one["rows"]


def _feature_key(one: Json) -> str:
    return json.dumps([one["input"], f"{one['index']:09}", one["reason"]])


def _feature(same: Sequence[Json]) -> Json:
    """Versions may know another name or reference: the first in alphabetical order."""
    described = min(({name: one[name] for name in one if name not in SUMMED} for one in same), key=_spelled)
    values = sorted({_spelled(value): value for one in same for value in one.get("values", [])}.items())
    places = [place for one in same for place in one.get("positions") or ()]
    return {
        **described,
        "rows": sum(one["rows"] for one in same),
        "values": [value for _, value in values[:MOST_VALUES]],
        "positions": [min(places), max(places)] if places else None,
    }


def _evidence_key(one: Json) -> str:
    return json.dumps([one["test"], one["note"]])


def _experiment(same: Sequence[Json]) -> Json:
    return {**same[0], "rows": sum(one["rows"] for one in same), "cured": sum(one["cured"] for one in same)}


def _proof(proofs: Iterable[Json]) -> dict[str, Any]:
    """Proven where every part of it is, observed where no part is more."""
    known = list(proofs)
    grades = {one["grade"] for one in known}
    return {
        "grade": grades.pop() if len(grades) == 1 else Grade.LIKELY.value,
        "rows": sum(one["rows"] for one in known),
        "cured": sum(one["cured"] for one in known),
    }


def _variant(name: str) -> tuple[int, str]:
    return VARIANTS.index(name) if name in VARIANTS else len(VARIANTS), name


def _spelled(value: Any) -> str:
    return json.dumps(value, sort_keys=True)
