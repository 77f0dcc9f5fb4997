"""Makes the dashboard, as often as one likes, without touching one that a person changed."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from google.api_core.exceptions import Forbidden, MethodNotImplemented, NotFound
from google.cloud.monitoring_dashboard_v1 import (
    CreateDashboardRequest,
    Dashboard,
    DashboardsServiceClient,
    UpdateDashboardRequest,
)

from monitoring.alerting.cloud_monitoring.client import TIMEOUT, Destination, cloud_client
from monitoring.alerting.cloud_monitoring.dashboard import dashboard
from monitoring.alerting.cloud_monitoring.policy_plan import SPEC, STORED, Deed, content_of, digest

ID = "nanwatch"


def provision_dashboard(
    destination: Destination, say: Callable[[str], None], *, force: bool, dry_run: bool
) -> Deed | None:
    """What was done; None, and a sentence, where this account or this endpoint has no dashboards: alerts matter more.

    Raises GoogleAPICallError.
    """
    try:
        with _client(destination) as client:
            return _provision(client, f"{destination.name}/dashboards/{ID}", force=force, dry_run=dry_run)
    except (Forbidden, MethodNotImplemented) as error:
        say(f"no dashboard was made: {type(error).__name__}, {error.message} (roles/monitoring.dashboardEditor may)")
        return None


def _client(destination: Destination) -> AbstractContextManager[DashboardsServiceClient]:
    return cloud_client(destination, DashboardsServiceClient)


def _provision(client: DashboardsServiceClient, name: str, *, force: bool, dry_run: bool) -> Deed:
    wanted = dashboard()
    spec = digest(content_of(wanted))
    there = _found(client, name)
    deed = _deed(there, spec, force=force)
    if dry_run or deed in (Deed.KEEP, Deed.LEAVE):
        return deed
    wanted = Dashboard(wanted, name=name, labels={SPEC: spec}, etag=there.etag if there else "")
    if there is None:
        parent = name.rpartition("/dashboards/")[0]
        stored = client.create_dashboard(CreateDashboardRequest(parent=parent, dashboard=wanted), timeout=TIMEOUT)
    else:
        stored = client.update_dashboard(UpdateDashboardRequest(dashboard=wanted), timeout=TIMEOUT)
    noted = Dashboard(stored, labels={**stored.labels, STORED: digest(content_of(stored))})
    client.update_dashboard(UpdateDashboardRequest(dashboard=noted), timeout=TIMEOUT)
    return deed


def _found(client: DashboardsServiceClient, name: str) -> Dashboard | None:
    try:
        return client.get_dashboard(name=name, timeout=TIMEOUT)
    except NotFound:
        return None


def _deed(there: Dashboard | None, spec: str, *, force: bool) -> Deed:
    if there is None:
        return Deed.CREATE
    is_edited = digest(content_of(there)) != there.labels.get(STORED)
    if not is_edited and there.labels.get(SPEC) == spec:
        return Deed.KEEP
    return Deed.LEAVE if is_edited and not force else Deed.UPDATE
