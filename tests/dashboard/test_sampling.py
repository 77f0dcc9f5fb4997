"""Where a sender samples, pages tell what was served, how much of it was sent and what was dropped."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from ingest.models import Batch, ModelVersion, Project
from monitoring.models import HourlyCount
from tests.incidents.builders import make_version

pytestmark = pytest.mark.django_db


@pytest.fixture
def version(shop: Project) -> ModelVersion:
    return make_version(shop, "churn", "7")


def served(version: ModelVersion, hours_ago: int, **counts: int) -> None:
    hour = timezone.now().replace(minute=0, second=0, microsecond=0) - timedelta(hours=hours_ago)
    HourlyCount.objects.create(version=version, hour=hour, **counts)


def posted(version: ModelVersion, rows: int, **fields: Any) -> None:
    Batch.objects.create(
        project=version.model.project,
        version=version,
        rows=rows,
        nonfinite_rows=0,
        observed_at=timezone.now(),
        **fields,
    )


def page(client: Client) -> str:
    return " ".join(client.get("/models/churn/versions/7").content.decode().split())


def test_it_works(page_of: Client, version: ModelVersion) -> None:
    served(version, 0, predictions=90_000, replayed_rows=900)
    served(version, 23, predictions=10_000, replayed_rows=100, dropped_rows=12)
    served(version, 24, predictions=7, replayed_rows=7)
    posted(version, 900, counts={"predictions": 90_000, "nonfinite": 4}, environment={"rows_answered_5xx": 3})

    text = page(page_of)
    assert "100,000 predictions, 1,000 of them sent and replayed (1.0%)" in text
    assert "12 dropped by the sender" in text
    assert '900 <span class="quiet">of 90,000</span><br><span class="bad">3 answered 5xx</span>' in text
    assert '0 <span class="quiet">of 4</span>' in text


def test_a_sender_that_sends_everything_is_no_sample(page_of: Client, version: ModelVersion) -> None:
    served(version, 0, predictions=1, replayed_rows=1)
    posted(version, 1)

    text = page(page_of)
    assert "1 prediction</dd>" in text
    assert "sent and replayed" not in text


def test_counts_alone_are_no_batch_to_look_at(page_of: Client, version: ModelVersion) -> None:
    posted(version, 0, counts={"predictions": 5, "nonfinite": 0})

    assert "No rows were posted for this version yet." in page(page_of)


def test_what_a_sender_says_is_text(page_of: Client, version: ModelVersion) -> None:
    posted(version, 1, environment={"raised": "<script>", "rows_answered_5xx": "<b>"})

    text = page(page_of)
    assert "the model raised &lt;script&gt;" in text
    assert "&lt;b&gt; answered 5xx" in text
