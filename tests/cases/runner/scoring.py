"""Which claims of a case's truth a report does not meet. See `casekit` for the truth's fields.

detected    the symptom, and exactly the failing rows
cause       one of the accepted causes
origin      its kind; for a weight or an operation a component of the layer's path (Keras' added `_1` does not matter)
operation   the TensorFlow operation type, upper and lower case alike
features    F1 of the responsible features, by name, input or place: at least 0.8
remedy      an accepted remedy is proven, or an accepted test cured all failing rows
clean       a control: no incident
quiet       nothing beyond the expected incidents
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean
from typing import Any

Json = Mapping[str, Any]
SIDE_SYMPTOMS = {"drift", "near_overflow"}  # true of many a failing batch as well
ENOUGH_F1 = 0.8
NONE = "none"


@dataclass
class Group:
    """Reported incidents of one symptom and cause: one fault may be reported by feature or by place."""

    symptom: str
    cause: str | None
    incidents: list[Json] = field(default_factory=list)

    def all(self, name: str) -> list[Json]:
        """The entries of a list that each incident has."""
        return [entry for incident in self.incidents for entry in incident[name]]

    @property
    def rows(self) -> set[int]:
        return {row for incident in self.incidents for row in incident["row_indices"]}


@dataclass(frozen=True)
class Score:
    """`failing`: names of the checks. `causes`: (true, reported) by incident, "none" where one has no other."""

    failing: list[str]
    causes: list[tuple[str, str]]


def accepted(value: Any) -> list[Any]:
    """A claim of the truth as the list of what is accepted; empty where it is not scored."""
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def score(truth: Json, incidents: Sequence[Json]) -> Score:
    """A case passes where nothing is failing."""
    if truth.get("clean"):
        return _score_of_control([one for one in incidents if one["symptom"] not in truth.get("tolerated", ())])
    expected = truth.get("incidents", [truth])
    groups = _grouped(one for one in incidents if one["symptom"] not in SIDE_SYMPTOMS)
    matched = _matched(expected, groups)
    shares = [_shares(one, matched.get(i)) for i, one in enumerate(expected)]
    failing = [check for check in CHECKS if not _passes(check, [one[check] for one in shares if check in one])]
    causes = [(accepted(one["cause"])[0], _cause(matched.get(i))) for i, one in enumerate(expected)]
    extra = [(NONE, _cause(group)) for group in groups if group not in matched.values()]
    return Score(failing + ["quiet"] * bool(extra), causes + extra)


def _score_of_control(incidents: Sequence[Json]) -> Score:
    causes = [(NONE, one["cause"] or one["symptom"]) for one in incidents]
    return Score(["clean"] if incidents else [], causes or [(NONE, NONE)])


def _grouped(incidents: Iterable[Json]) -> list[Group]:
    groups: dict[tuple[str, str | None], Group] = {}
    for one in incidents:
        group = groups.setdefault((one["symptom"], one["cause"]), Group(one["symptom"], one["cause"]))
        group.incidents.append(one)
    return list(groups.values())


def _matched(expected: Sequence[Json], groups: Sequence[Group]) -> dict[int, Group]:
    """Each expected incident with the group that agrees best, each group once."""
    pairs = [(_agreement(one, group), -i, -j) for i, one in enumerate(expected) for j, group in enumerate(groups)]
    matched: dict[int, Group] = {}
    for _, i, j in sorted(pairs, reverse=True):
        if -i not in matched and groups[-j] not in matched.values():
            matched[-i] = groups[-j]
    return matched


def _agreement(one: Json, group: Group) -> int:
    return 4 * _right_cause(one, group) + 2 * _right_rows(one, group) + int(group.symptom == one["symptom"])


def _cause(group: Group | None) -> str:
    return NONE if group is None else group.cause or group.symptom


def _right_cause(one: Json, group: Group) -> bool:
    return group.cause in accepted(one["cause"])


def _right_rows(one: Json, group: Group) -> bool:
    return group.rows == set(one["rows"])


def _detected(one: Json, group: Group) -> bool:
    return group.symptom == one["symptom"] and _right_rows(one, group)


def _right_origin(one: Json, group: Group) -> bool:
    return any(_place_fits(incident["origin"] or {}, one["origin"]) for incident in group.incidents)


def _place_fits(origin: Json, place: Json) -> bool:
    if origin.get("kind") not in accepted(place["kind"]):
        return False
    layers = [layer.lower() for layer in accepted(place.get("layer"))]
    if not layers or origin["kind"] in ("input", "constant"):
        return True
    path = str(origin.get("layer") or "").lower().split("/")
    return bool({*path, *(re.sub(r"_\d+$", "", part) for part in path)} & set(layers))


def _right_operation(one: Json, group: Group) -> bool:
    wanted = [name.lower() for name in accepted(one["origin"]["operation"])]
    origins = [incident["origin"] or {} for incident in group.incidents]
    return any(at.get("kind") != "operation" or str(at.get("operation")).lower() in wanted for at in origins)


def _features_f1(one: Json, group: Group) -> float:
    found = [{str(each["name"]), str(each["input"]), each["index"]} for each in group.all("features")]
    hits = [any(wanted in each for each in found) for wanted in one["features"]]
    right = [any(wanted in each for wanted in one["features"]) for each in found]
    if not any(hits):
        return 0.0
    recall, precision = fmean(hits), fmean(right)
    return 2 * precision * recall / (precision + recall)


def _cured(one: Json, group: Group) -> bool:
    ids = accepted(one["cured_by"])
    proven = any(each["proven"] and each["id"] in ids for each in group.all("remedies"))
    return proven or any(
        each["test"] in ids and (each["cured"] or 0) >= len(one["rows"]) for each in group.all("evidence")
    )


CHECKS: Mapping[str, Callable[[Json, Group], float]] = {
    "detected": _detected,
    "cause": _right_cause,
    "origin": _right_origin,
    "operation": _right_operation,
    "features": _features_f1,
    "remedy": _cured,
}


def _is_claimed(check: str, one: Json) -> bool:
    place = one.get("origin")
    claims = {
        "origin": place,
        "operation": place and accepted(place.get("operation")),
        "features": one.get("features"),
        "remedy": accepted(one.get("cured_by")),
    }
    return bool(claims.get(check, True))


def _shares(one: Json, group: Group | None) -> dict[str, float]:
    """How far each claimed check is met, from 0 to 1."""
    return {
        check: 0.0 if group is None else float(measure(one, group))
        for check, measure in CHECKS.items()
        if _is_claimed(check, one)
    }


def _passes(check: str, shares: Sequence[float]) -> bool:
    return not shares or fmean(shares) >= (ENOUGH_F1 if check == "features" else 1.0)
