"""The drift of a feature and the rows that fail because of it show each other."""

from typing import Any

import pytest

from ingest.models import ModelVersion, Project
from monitoring.incidents.related import related
from monitoring.models import Incident
from nantrace.diagnosis.finding import Reason, ResponsibleFeature
from tests.drift_hours.test_hits import drift, make_window
from tests.incidents.builders import hit, make_finding, make_version

pytestmark = pytest.mark.django_db


@pytest.fixture
def version() -> ModelVersion:
    return make_version(Project.objects.create(name="shop"))


def features(*places: int) -> list[ResponsibleFeature]:
    return [ResponsibleFeature("inputs", f"feature {place}", place, Reason("is wrong"), 1) for place in places]


def drifted(version: ModelVersion, *places: int, cause: str | None = "input_unscaled") -> Incident:
    return drift(make_window(version), cause=cause, features=features(*places))


def failed(version: ModelVersion, *places: int, **changes: Any) -> Incident:
    return hit(version, findings=[make_finding(cause="input_unscaled", features=features(*places), **changes)])


def test_it_works(version: ModelVersion) -> None:
    drift_seen, rows_seen = drifted(version, 1, 2), failed(version, 2, 3)
    assert related(drift_seen) == [rows_seen]
    assert related(rows_seen) == [drift_seen]


def test_what_shares_no_feature_or_version_or_cause_is_another_fault(version: ModelVersion) -> None:
    seen = drifted(version, 1)
    failed(version, 2)
    failed(make_version(version.model.project, version="8"), 1, symptom="nonfinite_output")
    hit(version, findings=[make_finding(cause="input_missing", features=features(1))])
    assert related(seen) == []


def test_two_incidents_of_failing_rows_are_two(version: ModelVersion) -> None:
    one = failed(version, 1)
    failed(version, 1, symptom="nonfinite_output")
    assert related(one) == []


def test_without_a_named_cause_nothing_is_the_same_fault(version: ModelVersion) -> None:
    seen = drifted(version, 1, cause=None)
    hit(version, findings=[make_finding(cause=None, features=features(1))])
    assert related(seen) == []


def test_another_project_is_never_related(version: ModelVersion) -> None:
    seen = drifted(version, 1)
    failed(make_version(Project.objects.create(name="bank")), 1)
    assert related(seen) == []
