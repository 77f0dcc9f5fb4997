"""A person accepts the hours of a drift as normal, with a reason, or takes that back."""

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F, QuerySet

from ingest.models import ModelVersion
from monitoring.drift_hours.findings import accepted_with
from monitoring.drift_hours.normals import Normal
from monitoring.drift_hours.stored_profiles import stored_profile
from monitoring.incidents import decide
from monitoring.incidents.episode import hours_of, newest_episode
from monitoring.models import HOUR, DriftProfile, DriftWindow, Incident, IncidentEvent, IncidentState, NewNormal
from nantrace.drift.feature_list import FeatureList
from nantrace.drift.profile import Profile
from nantrace.drift.window import Window
from nantrace.feature import FeatureKey
from nantrace.tensors.refusals import Refusal


def accepted_now(incident: Incident) -> QuerySet[NewNormal]:
    """What is normal because of this incident, the last accepted first."""
    return _accepted().filter(incident=incident)


def accepted_of_version(version: ModelVersion) -> QuerySet[NewNormal]:
    """What is normal for this version where its reference is not, the last accepted first."""
    return _accepted().filter(version=version)


def names_of(normal: NewNormal) -> list[str]:
    """What people call the features that are judged against it."""
    reference = stored_profile(normal.version_id)
    if reference is None:
        return []
    features = FeatureList.of(reference.profile, normal.version.named_metadata)
    return [features.name(FeatureKey.from_json(one)) for one in normal.features]


def _accepted() -> QuerySet[NewNormal]:
    everything = NewNormal.objects.filter(withdrawn=None).defer("payload", "alarms")
    return everything.select_related("accepted__user", "version", "incident")


def accept(incident: Incident, user: User | None, reason: str) -> NewNormal:
    """Makes the newest episode of a drift what its features are judged against, and resolves the incident.

    Of the version that was seen last. Raises Refusal: without a reason, for what is no drift, where no hour of it is
    kept any more, and for hours that are accepted already.
    """
    _check_reason(reason)
    version = incident.last_version
    reference, episode = stored_profile(version.pk), newest_episode(incident)
    if reference is None or episode is None:
        raise Refusal("incident", "has no hours of drift that are still kept; only drift can become the new normal")
    with transaction.atomic():
        _interrupt_judges(version.pk)
        until = episode.last + HOUR
        if accepted_now(incident).filter(version=version, until__gte=until).exists():
            raise Refusal("incident", "is accepted as the new normal already")
        hours = list(hours_of(incident, episode).order_by("hour"))
        counts = reference.profile.total(_counts(one) for one in hours)
        normal = NewNormal(
            version=version,
            incident=incident,
            accepted=decide(incident, IncidentState.RESOLVED, IncidentEvent.Kind.ACCEPTED, user, reason),
            since=episode.first,
            until=until,
            hours=len(hours),
            rows=counts.rows,
            features=[key.as_json() for key in _features(incident, hours, reference.profile)],
            payload=counts.to_bytes(),
        )
        normal.alarms = _remembered(Normal.accepted(normal, reference.profile), hours)
        normal.save()
    return normal


def withdraw(incident: Incident, user: User | None, reason: str) -> NewNormal:
    """Takes back what was accepted last with this incident, and reopens it; raises Refusal where nothing is."""
    _check_reason(reason)
    with transaction.atomic():
        normal = accepted_now(incident).first()
        if normal is None:
            raise Refusal("incident", "is not accepted as the new normal")
        _interrupt_judges(normal.version_id)
        normal.withdrawn = decide(incident, IncidentState.OPEN, IncidentEvent.Kind.WITHDRAWN, user, reason)
        normal.save(update_fields=["withdrawn"])
    return normal


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise Refusal("reason", "must say why: those who come later will ask")


def _interrupt_judges(version_id: int) -> None:
    """A judge that began with what was normal before writes nothing, and begins again."""
    DriftProfile.objects.filter(version_id=version_id).update(judgements=F("judgements") + 1)


def _features(incident: Incident, hours: Sequence[DriftWindow], reference: Profile) -> list[FeatureKey]:
    features = FeatureList.of(reference, incident.last_version.named_metadata)
    found = {key for one in hours for key in accepted_with(incident.fingerprint, one.verdict, features)}
    return sorted(found, key=lambda key: (key.side, key.input, key.index))


def _remembered(normal: Normal, hours: Sequence[DriftWindow]) -> dict[str, Any]:
    """What the alarms know of the accepted hours: how far each of them is from their sum."""
    for one in hours:
        normal, _, _ = normal.shape(_counts(one), [], one.hour, seed=one.version_id)
    return normal.memory


def _counts(hour: DriftWindow) -> Window:
    return Window.from_bytes(bytes(hour.payload))
