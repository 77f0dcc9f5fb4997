"""Dashboards, as strict as https://cloud.google.com/monitoring/api/ref_v3/rest/v1/projects.dashboards."""

import re
from typing import Any

import grpc
from google.cloud.monitoring_dashboard_v1 import (
    CreateDashboardRequest,
    Dashboard,
    GetDashboardRequest,
    UpdateDashboardRequest,
)

from monitoring.google_stand_in.cloud import CloudStandIn
from monitoring.google_stand_in.grpc_server import Method

MOST_DASHBOARDS = 1000
MOST_COLUMNS = 48


def _get(cloud: CloudStandIn, request: GetDashboardRequest, context: Any) -> Dashboard:
    if request.name not in cloud.dashboards:
        context.abort(grpc.StatusCode.NOT_FOUND, f"Could not find dashboard {request.name}.")
    return cloud.dashboards[request.name]


def _create(cloud: CloudStandIn, request: CreateDashboardRequest, context: Any) -> Dashboard:
    if request.dashboard.name in cloud.dashboards:
        context.abort(grpc.StatusCode.ALREADY_EXISTS, f"Dashboard {request.dashboard.name} exists already.")
    if len(cloud.dashboards) >= MOST_DASHBOARDS:
        context.abort(grpc.StatusCode.RESOURCE_EXHAUSTED, "Quota of dashboards is exceeded")
    return _stored(cloud, request.dashboard, context)


def _update(cloud: CloudStandIn, request: UpdateDashboardRequest, context: Any) -> Dashboard:
    known = cloud.dashboards.get(request.dashboard.name)
    if known is None or request.dashboard.etag != known.etag:
        context.abort(grpc.StatusCode.ABORTED, "The etag is not that of the dashboard.")
    return _stored(cloud, request.dashboard, context)


def _stored(cloud: CloudStandIn, sent: Dashboard, context: Any) -> Dashboard:
    """With the etag that the server fills in."""
    if refusal := _wrong(cloud, sent):
        context.abort(grpc.StatusCode.INVALID_ARGUMENT, f"Field dashboard had an invalid value: {refusal}")
    cloud.writes += 1
    cloud.dashboards[sent.name] = Dashboard(sent, etag=f"etag{cloud.writes}")
    return cloud.dashboards[sent.name]


def _wrong(cloud: CloudStandIn, sent: Dashboard) -> str:
    layout = sent.mosaic_layout
    if not sent.display_name:
        return "display_name is required"
    if not 1 <= layout.columns <= MOST_COLUMNS:
        return f"columns must be 1 to {MOST_COLUMNS}"
    if any(tile.x_pos + tile.width > layout.columns for tile in layout.tiles):
        return "a tile reaches beyond the columns"
    queries = [one.time_series_query for tile in layout.tiles for one in tile.widget.xy_chart.data_sets]
    return next((text for query in queries if (text := _unknown(cloud, query.time_series_filter.filter))), "")


def _unknown(cloud: CloudStandIn, filter_: str) -> str:
    kind = re.search(r'metric\.type="([^"]+)"', filter_)
    return "" if kind and kind[1] in cloud.descriptors else f"{filter_} names no metric that is known"


DASHBOARD_SERVICE = {
    "GetDashboard": Method(GetDashboardRequest, Dashboard.serialize, _get),
    "CreateDashboard": Method(CreateDashboardRequest, Dashboard.serialize, _create),
    "UpdateDashboard": Method(UpdateDashboardRequest, Dashboard.serialize, _update),
}
