"""The drift pages name what was found, and show the statistics of the table."""

from django.test import Client

from ingest.models import Project
from nantrace.drift.statistics import STATISTICS, Shown, shown_in
from tests.dashboard.drift_stories import two_days

DRIFT = "/models/weather/versions/1/drift"
PRESSURE = f"{DRIFT}/feature?side=inputs&tensor=inputs&index=4&span=3d"


def test_windows_that_alarmed_name_their_faults_and_features(page_of: Client, shop: Project) -> None:
    two_days(shop)

    page = page_of.get(f"{DRIFT}?span=3d").content.decode()

    assert '<span class="pill fault">In another unit</span> pressure' in page
    for one in shown_in(Shown.LIST):
        assert f'<th class="n">{one.label}</th>' in page
    for one in STATISTICS:
        assert (f'<option value="{one.name}"' in page) == bool(one.order)


def test_the_page_of_a_feature_shows_its_statistics(page_of: Client, shop: Project) -> None:
    two_days(shop)

    page = page_of.get(PRESSURE).content.decode()

    for one in shown_in(Shown.PAGE):
        assert f"<dt>{one.label}</dt>" in page
    for one in STATISTICS:
        if one.chart is not None:
            assert f"<figcaption>{one.chart.title}</figcaption>" in page
