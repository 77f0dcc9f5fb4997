"""One fault seen from two sides: in rows that a replay failed on, and in the hours that drift judged."""

from collections.abc import Iterable, Sequence

from django.db.models import Q

from monitoring.models import Incident

DRIFT = "drift"


def related(incident: Incident) -> list[Incident]:
    """The incidents that show the same fault from the other side, newest first; see `related_to_each`."""
    return related_to_each([incident])[incident.pk]


def related_to_each(incidents: Sequence[Incident]) -> dict[int, list[Incident]]:
    """By the key of each incident those of the same fault: drift for failing rows, failing rows for drift.

    The same fault: the same model and named cause, a version that hit both, and a feature of an input that both name.
    """
    named = [one for one in incidents if one.cause]
    same = Q(pk__in=[])
    for model_id, cause in {(one.model_id, one.cause) for one in named}:
        same |= Q(model_id=model_id, cause=cause)
    candidates = list(Incident.objects.filter(same).select_related("model", "last_version"))
    versions = _versions([*named, *candidates])
    return {
        one.pk: [other for other in candidates if one.cause and _is_same_fault(one, other, versions)]
        for one in incidents
    }


def _is_same_fault(one: Incident, other: Incident, versions: dict[int, set[int]]) -> bool:
    return (
        (one.model_id, one.cause) == (other.model_id, other.cause)
        and (one.symptom == DRIFT) != (other.symptom == DRIFT)
        and not versions[one.pk].isdisjoint(versions[other.pk])
        and not _places(one).isdisjoint(_places(other))
    )


def _versions(incidents: Iterable[Incident]) -> dict[int, set[int]]:
    """By the key of each incident the versions that hit it."""
    found: dict[int, set[int]] = {one.pk: set() for one in incidents}
    hits = Incident.objects.filter(pk__in=found).values_list("pk", "hits__version").distinct()
    for key, version in hits:
        if version is not None:
            found[key].add(version)
    return found


def _places(incident: Incident) -> set[tuple[str, int]]:
    return {(one["input"], one["index"]) for one in incident.report.get("features", [])}
