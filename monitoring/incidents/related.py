"""One fault seen from two sides: in rows that a replay failed on, and in the hours that drift judged."""

from collections.abc import Collection, Sequence

from django.db.models import Q

from monitoring.models import Incident, IncidentHit

DRIFT = "drift"


def related(incident: Incident) -> list[Incident]:
    """The incidents that show the same fault from the other side, newest first; see `related_to_each`."""
    return related_to_each([incident])[incident.pk]


def related_to_each(incidents: Sequence[Incident]) -> dict[int, list[Incident]]:
    """By the key of each incident those of the same fault: drift for failing rows, failing rows for drift.

    The same fault: the same model and named cause, a version that hit both, and a feature of an input that both name.
    """
    same = Q(pk__in=[])
    for model_id, cause in {(one.model_id, one.cause) for one in incidents if one.cause}:
        same |= Q(model_id=model_id, cause=cause)
    candidates = list(Incident.objects.filter(same).select_related("model", "last_version"))
    alike = {one.pk: [other for other in candidates if _look_alike(one, other)] for one in incidents}
    pairs = [(one, other.pk) for one, others in alike.items() for other in others]
    versions = _versions({key for pair in pairs for key in pair})
    return {
        one: [other for other in others if not versions[one].isdisjoint(versions[other.pk])]
        for one, others in alike.items()
    }


def _look_alike(one: Incident, other: Incident) -> bool:
    """Whether they are about one named cause and a common feature, seen from two sides."""
    return (
        bool(one.cause)
        and (one.model_id, one.cause) == (other.model_id, other.cause)
        and (one.symptom == DRIFT) != (other.symptom == DRIFT)
        and not _places(one).isdisjoint(_places(other))
    )


def _versions(keys: Collection[int]) -> dict[int, set[int]]:
    """By the key of each incident the versions that hit it. Hits may be many: asked only where nothing else differs."""
    found: dict[int, set[int]] = {key: set() for key in keys}
    hits = IncidentHit.objects.order_by().filter(incident__in=keys)
    for key, version in hits.values_list("incident", "version").distinct():
        found[key].add(version)
    return found


def _places(incident: Incident) -> set[tuple[str, int]]:
    return {(one["input"], one["index"]) for one in incident.report.get("features", [])}
