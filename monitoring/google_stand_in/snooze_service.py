"""Snoozes: for a while, alerts of some policies open and close without a notification.

https://cloud.google.com/monitoring/api/ref_v3/rest/v3/projects.snoozes
"""

from typing import Any

import grpc
from google.cloud.monitoring_v3.types import (
    CreateSnoozeRequest,
    ListSnoozesRequest,
    ListSnoozesResponse,
    Snooze,
    UpdateSnoozeRequest,
)

from monitoring.google_stand_in.cloud import CloudStandIn
from monitoring.google_stand_in.grpc_server import Method, updated

MOST_POLICIES, MOST_SNOOZES = 16, 1000


def _list(cloud: CloudStandIn, _request: Any, _context: Any) -> ListSnoozesResponse:
    return ListSnoozesResponse(snoozes=[*cloud.snoozes.values()])


def _create(cloud: CloudStandIn, request: CreateSnoozeRequest, context: Any) -> Snooze:
    cloud.writes += 1
    if len(cloud.snoozes) >= MOST_SNOOZES:
        context.abort(grpc.StatusCode.RESOURCE_EXHAUSTED, "Quota of snoozes is exceeded")
    return _stored(cloud, Snooze(request.snooze, name=f"{request.parent}/snoozes/{cloud.writes}"), context)


def _update(cloud: CloudStandIn, request: UpdateSnoozeRequest, context: Any) -> Snooze:
    if request.snooze.name not in cloud.snoozes:
        context.abort(grpc.StatusCode.NOT_FOUND, f"Could not find snooze {request.snooze.name}.")
    known = cloud.snoozes[request.snooze.name]
    return _stored(cloud, updated(known, request.snooze, request.update_mask.paths, context), context)


def _stored(cloud: CloudStandIn, snooze: Snooze, context: Any) -> Snooze:
    if refusal := _wrong(cloud, snooze):
        context.abort(grpc.StatusCode.INVALID_ARGUMENT, f"Field snooze had an invalid value: {refusal}")
    cloud.snoozes[snooze.name] = snooze
    return snooze


def _wrong(cloud: CloudStandIn, snooze: Snooze) -> str:
    policies, interval = list(snooze.criteria.policies), snooze.interval
    if not snooze.display_name:
        return "display_name is required"
    if not 1 <= len(policies) <= MOST_POLICIES or set(policies) - set(cloud.policies):
        return f"criteria.policies are 1 to {MOST_POLICIES} policies that exist"
    if not (interval.start_time and interval.end_time and interval.start_time < interval.end_time):
        return "interval must start before it ends"
    return "" if interval.end_time > cloud.clock() else "interval must end in the future"


SNOOZE_SERVICE = {
    "ListSnoozes": Method(ListSnoozesRequest, ListSnoozesResponse.serialize, _list),
    "CreateSnooze": Method(CreateSnoozeRequest, Snooze.serialize, _create),
    "UpdateSnooze": Method(UpdateSnoozeRequest, Snooze.serialize, _update),
}
