"""Whatever arrives is an alert, a test of the channel, or refused by the name of a field."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.alerting.cloud_monitoring.notification import (
    LONGEST_ID,
    LONGEST_POLICY,
    LONGEST_SEVERITY,
    LONGEST_URL,
    ReportedAlert,
    read_notification,
)
from nantrace.tensors.refusals import Refusal

PLAIN = st.none() | st.booleans() | st.integers(-(2**80), 2**80) | st.floats() | st.text()
ANYTHING = st.recursive(PLAIN, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=5)
LABELS = st.fixed_dictionaries(
    {}, optional={"labels": ANYTHING | st.dictionaries(st.sampled_from(["model"]), ANYTHING)}
)
NAMES = ("state", "started_at", "ended_at", "policy_name", "severity", "url", "documentation", "condition")
INCIDENTS = st.fixed_dictionaries(
    {"incident_id": st.text(min_size=1)},
    optional={**dict.fromkeys(NAMES, ANYTHING), "metric": LABELS | ANYTHING, "resource": LABELS | ANYTHING},
)


def outcome(document: Any) -> ReportedAlert | str:
    """The alert, or the name of the field for which it is refused; "test" of a test."""
    try:
        read = read_notification(json.dumps(document).encode())
    except Refusal as refusal:
        return refusal.field
    return read if isinstance(read, ReportedAlert) else "test"


@given(incident=INCIDENTS, version=ANYTHING)
def test_every_incident_is_read_within_what_is_kept(incident: dict[str, Any], version: Any) -> None:
    read = outcome({"incident": incident, "version": version})
    if isinstance(read, str):
        assert read in ("incident.incident_id", "body", "test")
        return
    assert 0 < len(read.alert_id) <= LONGEST_ID
    assert 0 < len(read.policy) <= LONGEST_POLICY
    assert len(read.severity) <= LONGEST_SEVERITY
    assert len(read.url) <= LONGEST_URL
    assert "\x00" not in read.alert_id + read.policy + read.severity + read.url


@given(document=ANYTHING)
def test_every_document_is_read_or_refused(document: Any) -> None:
    read = outcome(document)
    assert isinstance(read, ReportedAlert) or read in ("incident", "incident.incident_id", "body", "test")


@pytest.mark.parametrize("state", ["closed", "CLOSED", "Closed", "resolved"])
def test_closed_is_closed_in_any_case(state: str) -> None:
    read = read_notification(json.dumps({"incident": {"incident_id": "1", "state": state}}).encode())
    assert isinstance(read, ReportedAlert)
    assert read.is_closed
