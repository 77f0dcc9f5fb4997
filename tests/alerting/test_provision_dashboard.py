"""The dashboard of `manage.py provision_alerts`: planned like a policy, and no alert fails for it."""

import json
import re

import grpc
import pytest
from google.cloud.monitoring_dashboard_v1 import Dashboard

from monitoring.alerting.cloud_monitoring.policies import POLICIES
from monitoring.google_stand_in.cloud import CloudStandIn, Trouble
from tests.alerting.test_provision_alerts import run


def the_dashboard(google: CloudStandIn) -> Dashboard:
    (found,) = google.dashboards.values()
    return found


def test_the_dashboard_shows_every_metric_once(google: CloudStandIn) -> None:
    run()
    tiles = the_dashboard(google).mosaic_layout.tiles
    filters = [one.widget.xy_chart.data_sets[0].time_series_query.time_series_filter.filter for one in tiles]
    shown = [re.findall(r'metric.type="([^"]+)"', text)[0] for text in filters]
    assert len(set(shown)) == len(shown)
    assert set(google.descriptors) - set(shown) == {"custom.googleapis.com/nanwatch/near_overflow_predictions"}


def test_a_dashboard_that_a_person_edited_is_left_alone_without_force(google: CloudStandIn) -> None:
    run()
    the_dashboard(google).display_name = "ours"
    assert json.loads(run("--json"))["dashboard"] == "leave"
    assert the_dashboard(google).display_name == "ours"
    assert json.loads(run("--json", "--force"))["dashboard"] == "update"
    assert the_dashboard(google).display_name == "NaNWatch"
    assert json.loads(run("--json"))["dashboard"] == "keep"


@pytest.mark.parametrize("trouble", [grpc.StatusCode.PERMISSION_DENIED, grpc.StatusCode.UNIMPLEMENTED])
def test_where_dashboards_cannot_be_made_the_alerts_are(
    google: CloudStandIn, trouble: grpc.StatusCode, capsys: pytest.CaptureFixture[str]
) -> None:
    google.faults["GetDashboard"] = [Trouble(trouble)]
    document = json.loads(run("--json"))
    assert (document["dashboard"], document["changes"]) == (None, len(POLICIES))
    assert "no dashboard was made" in capsys.readouterr().err
