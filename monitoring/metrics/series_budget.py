"""Which versions have series of their own, and which count as `other`: a budget, since every series costs money.

Rules: https://cloud.google.com/monitoring/quotas (200,000 active custom series a resource; billed by the sample).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from monitoring.models import SeriesPlace

INCIDENTS_SHARE = 0.25
"""Of the budget, for open incidents; the tenants and their versions have the rest."""
OF_A_PROJECT, OF_A_VERSION = 10, 8
"""Series at most: of a tenant itself, and of a version, a model's `other` or the model `other`."""
ALONE = 0.8
"""The share of versions' groups that may be of one version; the others are for `other` of models."""


@dataclass(frozen=True)
class ActiveVersion:
    """One that counted lately; `place` is what was decided of it so far."""

    version_id: int
    model_id: int
    project_id: int
    place: SeriesPlace


def places(versions: Sequence[ActiveVersion], projects: int, most_series: int) -> Iterator[tuple[int, SeriesPlace]]:
    """What has to be decided anew, so that all series of `versions` (in the order of their age) fit into the budget.

    A version that is `other` stays it. One with series of its own becomes `other` only where the budget has become
    smaller. Versions beyond the budget go to `other` of their model, those of models beyond it to the model `other`.
    """
    groups = max(0, int(most_series * (1 - INCIDENTS_SHARE)) - OF_A_PROJECT * projects) // OF_A_VERSION - projects
    alone = int(groups * ALONE)
    models = {one.model_id for one in versions if one.place is SeriesPlace.OTHER_VERSION}
    for one in sorted(versions, key=lambda one: one.place is not SeriesPlace.OWN):
        if one.place in (SeriesPlace.OTHER_VERSION, SeriesPlace.OTHER_MODEL):
            continue
        if alone > 0 and len(models) + 1 <= groups:
            place, alone, groups = SeriesPlace.OWN, alone - 1, groups - 1
        elif one.model_id in models or len(models) < groups:
            place = SeriesPlace.OTHER_VERSION
            models.add(one.model_id)
        else:
            place = SeriesPlace.OTHER_MODEL
        if place is not one.place:
            yield one.version_id, place
