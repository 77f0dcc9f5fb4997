"""What an incident page shows with the report itself."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Sum

from monitoring.models import Incident


@dataclass(frozen=True)
class OriginStep:
    """A place on the way of a bad value through the model: its origin, or where NaN first arose."""

    heading: str
    place: dict[str, Any]


def origin_story(incident: Incident) -> list[OriginStep]:
    """Origin and first NaN in the order in which the values pass them; one step when they are one place."""
    origin, first_nan = incident.report.get("origin"), incident.report.get("nan_birth")
    if not origin:
        return [OriginStep("First NaN", first_nan)] if first_nan else []
    if incident.symptom == "near_overflow":
        return [OriginStep("The first layer that comes so close", origin)]
    if not first_nan or _same_place(origin, first_nan):
        return [OriginStep("Origin", origin)]
    return [OriginStep("Origin", origin), OriginStep("First NaN", first_nan)]


def _same_place(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return all(one.get(part) == other.get(part) for part in ("kind", "layer", "operation", "name", "iteration"))


@dataclass(frozen=True)
class VersionCount:
    """How often one version of the model hit the incident."""

    version: str
    batches: int
    rows: int
    last_seen: datetime


def versions_affected(incident: Incident) -> list[VersionCount]:
    """The versions that hit the incident, the latest first."""
    by_version = (
        incident.hits.order_by()
        .values("version__version")
        .annotate(batches=Count("pk"), hit_rows=Sum("rows"), last=Max("observed_at"))
    )
    found = [VersionCount(one["version__version"], one["batches"], one["hit_rows"], one["last"]) for one in by_version]
    return sorted(found, key=lambda one: one.last_seen, reverse=True)
