"""Requests without a prediction show on the page of their version."""

from django.test import Client

from ingest.models import Project
from tests.incidents.builders import make_batch, make_version


def test_the_version_page_tells_of_them(page_of: Client, shop: Project) -> None:
    version, other = make_version(shop), make_version(shop, version="8")
    make_batch(version)
    make_batch(version, unanswered=True)

    page = page_of.get(f"/models/churn/versions/{version.version}").content.decode()
    assert "40 rows without a prediction" in page
    assert page.count('<span class="quiet">no prediction</span>') == 1
    assert "without a prediction" not in page_of.get(f"/models/churn/versions/{other.version}").content.decode()
