"""Drift in the contract's words."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np
from django.conf import settings

from ingest.models import ModelVersion
from monitoring.drift_hours.hours import HourSpan, hour_spans
from monitoring.drift_hours.new_normal import accepted_of_version, names_of
from monitoring.drift_hours.stored_profiles import stored_profile
from monitoring.drift_hours.version_before import Predecessor
from monitoring.models import DriftProfile, NewNormal, ProfileOrigin
from monitoring.web.api.documentation import (
    COUNT,
    LINK,
    MOMENT,
    NEW_NORMAL,
    TEXT,
    Schema,
    fields,
    list_of,
    one_of,
    or_null,
)
from monitoring.web.api.moments import moment
from nantrace.drift.feature_list import FeatureList
from nantrace.drift.judgement import with_judgement
from nantrace.drift.statistics import Form, Shown, TensorStatistics, measure, shown_in
from nantrace.tensors.strict_json import strict
from nantrace.vocabulary import DRIFT_ALARMS, FAULTS

BUDGET_DAYS = 30

_SHARE: Schema = {"type": "number", "minimum": 0, "maximum": 1}
_AT_LEAST_0: Schema = {"type": "number", "minimum": 0}
FEATURE = fields(
    side=one_of(["inputs", "outputs"]),
    input={**TEXT, "description": "the tensor"},
    name=TEXT,
    index={**COUNT, "description": "place on the last axis"},
    **{one.name: _SHARE if one.form is Form.SHARE else _AT_LEAST_0 for one in shown_in(Shown.DOCUMENT)},
    alarms=list_of(fields(kind=one_of(DRIFT_ALARMS), detail=TEXT)),
    faults=list_of(fields(kind=one_of(FAULTS), detail=TEXT, confidence=_SHARE)),
)
DRIFT = fields(
    model=TEXT,
    version=TEXT,
    reference={
        **or_null(
            fields(
                origin=one_of(ProfileOrigin.values), rows=COUNT, taken_at=MOMENT, features=COUNT, summary=list_of(TEXT)
            )
        ),
        "description": "null until there is one: training inputs, or else the first rows of the version's own traffic",
    },
    allowed_false_alarms={
        **fields(alarms=COUNT, days=COUNT),
        "description": "what clean traffic of this version may raise at most: one for the reference, and one for each "
        "of the new normals. Statistics such as PSI never alarm",
    },
    new_normals={
        **list_of(NEW_NORMAL),
        "description": "hours that a person accepted: their features are judged against the newest of these. The "
        "statistics are distances from the reference all the same",
    },
    version_before={
        **or_null(
            fields(
                version=TEXT,
                quiet_hours=COUNT,
                quiet_rows=COUNT,
                since=MOMENT,
                until=MOMENT,
                rows=COUNT,
                features=list_of(FEATURE),
            )
        ),
        "description": "rows of this version's first day (from `since` to `until`) next to the last quiet hours of the "
        "version that served before; the statistics are distances between these two",
    },
    windows=list_of(
        fields(
            start=MOMENT,
            end=MOMENT,
            rows=COUNT,
            alarm={"type": "boolean"},
            features={**list_of(FEATURE), "description": "those that moved most in the whole span come first"},
        )
    ),
    url=LINK,
)


def drift_document(version: ModelVersion, since: datetime, until: datetime, limit: int, search: str) -> dict[str, Any]:
    """The windows of a span with up to `limit` features, those that moved most in the span first."""
    reference = stored_profile(version.pk)
    document: dict[str, Any] = {"model": version.model.name, "version": version.version, "reference": None}
    windows: list[dict[str, Any]] = []
    if reference is not None:
        features = FeatureList.of(reference.profile, version.named_metadata)
        document["reference"] = _reference(DriftProfile.objects.defer("payload").get(pk=reference.key), features)
        found = list(hour_spans(version.pk, since, until))
        measured = [measure(reference.profile, one.window) for one in found]
        chosen = _most_moved(features, measured, limit, search)
        windows = [_window(one, features.documents(each, chosen)) for one, each in zip(found, measured, strict=True)]
    url = f"{settings.NANWATCH_BASE_URL}/models/{version.model.name}/versions/{version.version}/drift"
    normals = [new_normal_document(one) for one in accepted_of_version(version)]
    allowed = {"alarms": 1 + len(normals), "days": BUDGET_DAYS}
    return {
        **document,
        "allowed_false_alarms": allowed,
        "new_normals": normals,
        "version_before": _version_before(version, limit, search),
        "windows": windows,
        "url": url,
    }


def _version_before(version: ModelVersion, limit: int, search: str) -> dict[str, Any] | None:
    before = Predecessor.of(version.pk)
    if before is None:
        return None
    features = FeatureList.of(before.profile, version.named_metadata)
    measured = measure(before.profile, before.counted)
    chosen = _most_moved(features, [measured], limit, search)
    document: dict[str, Any] = strict(
        {
            "version": before.stored.before.version,
            "quiet_hours": before.stored.hours,
            "quiet_rows": before.stored.rows,
            "since": moment(before.stored.since),
            "until": moment(before.stored.until),
            "rows": before.counted.rows,
            "features": with_judgement(features.documents(measured, chosen), [], []),
        }
    )
    return document


def new_normal_document(normal: NewNormal) -> dict[str, Any]:
    """Of `new_normal.accepted_now` or `accepted_of_version`."""
    return {
        "incident": normal.incident.short_id,
        "version": normal.version.version,
        "since": moment(normal.since),
        "until": moment(normal.until),
        "hours": normal.hours,
        "rows": normal.rows,
        "features": names_of(normal),
        "reason": normal.accepted.reason,
        "accepted_at": moment(normal.accepted.at),
        "accepted_by": normal.accepted.user.get_username() if normal.accepted.user else None,
    }


def _reference(profile: DriftProfile, features: FeatureList) -> dict[str, Any]:
    return {
        "origin": profile.origin,
        "rows": profile.rows,
        "taken_at": moment(profile.created_at),
        "features": len(features.keys),
        "summary": [f"{one.name}: {one.summary}" for one in features.profile.tensors if one.summary],
    }


def _most_moved(
    features: FeatureList, measured: Sequence[Sequence[TensorStatistics]], limit: int, search: str
) -> list[int]:
    candidates = features.search(search)
    moved = np.zeros(len(features.keys))
    for one in measured:
        moved = np.maximum(moved, features.moved(one))
    order: list[int] = candidates[np.argsort(-moved[candidates], kind="stable")][:limit].tolist()
    return order


def _window(one: HourSpan, documents: Sequence[dict[str, Any]]) -> dict[str, Any]:
    document = {"start": moment(one.start), "end": moment(one.end), "rows": one.rows, "alarm": one.alarm}
    window: dict[str, Any] = strict({**document, "features": with_judgement(documents, one.alarms, one.faults)})
    return window
