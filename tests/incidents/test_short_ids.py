"""Short ids: readable, unique in a project, never given twice."""

import threading

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from ingest.models import Project
from monitoring.incidents.identity import short_id_prefix
from monitoring.models import Incident
from tests.incidents.builders import NOON, hit, make_batch, make_finding, make_version, record


@pytest.mark.parametrize(
    ("name", "prefix"),
    [
        ("churn", "CHURN"),
        ("fraud_v2.eu", "FRAUD-V2-EU"),
        ("--a--", "A"),
        ("日本", "MODEL"),
        ("a" * 80, "A" * 30),
        ("a" * 29 + "-b", "A" * 29),
    ],
)
def test_prefix(name: str, prefix: str) -> None:
    assert short_id_prefix(name) == prefix


@given(st.text(max_size=100))
def test_every_prefix_is_plain_and_short(name: str) -> None:
    prefix = short_id_prefix(name)
    assert 1 <= len(prefix) <= 30
    assert prefix.isascii()
    assert all(part.isalnum() for part in prefix.split("-"))


@pytest.mark.django_db
def test_models_of_one_prefix_share_the_numbers() -> None:
    project = Project.objects.create(name="shop")
    ids = [hit(make_version(project, name)).short_id for name in ("a.b", "a_b", "A-B")]
    assert ids == ["A-B-1", "A-B-2", "A-B-3"]


@pytest.mark.django_db
def test_a_deleted_incident_leaves_its_number() -> None:
    version = make_version(Project.objects.create(name="shop"))
    hit(version).delete()
    assert hit(version).short_id == "CHURN-2"


@pytest.mark.django_db(transaction=True)
def test_workers_at_the_same_time_get_different_numbers_and_lose_no_row() -> None:
    project = Project.objects.create(name="shop")
    versions = [make_version(project, name) for name in ("a.b", "a_b")]
    batches = [make_batch(version) for version in versions for _ in range(4)]
    causes = ["input_missing", "input_infinite"]

    def work(index: int) -> None:
        try:
            record(batches[index], make_finding(cause=causes[index % 2]))
        finally:
            connection.close()

    workers = [threading.Thread(target=work, args=[index]) for index in range(len(batches))]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    found = Incident.objects.order_by("short_id")
    assert [(one.short_id, one.rows) for one in found] == [(f"A-B-{n}", 4) for n in (1, 2, 3, 4)]
    assert {one.first_seen for one in found} == {NOON}
