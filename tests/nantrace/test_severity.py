"""How urgent an incident is: the rule, and that more failing rows never make it less."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from nantrace.severity import IncidentSeverity, severity_of, surely

SYMPTOMS = ("nonfinite_output", "absorbed", "replay_failed", "drift", "near_overflow")
counts = st.integers(1, 10**9)


@pytest.mark.parametrize(
    ("symptom", "cause", "failing", "served", "expected"),
    [
        ("nonfinite_output", "input_missing", 100, 1000, "critical"),
        ("absorbed", "input_missing", 100, 1000, "critical"),
        ("nonfinite_output", None, 3, 3, "critical"),
        ("nonfinite_output", "input_missing", 1, 8, "warning"),
        ("absorbed", "input_missing", 2, 1000, "warning"),
        ("replay_failed", "shape_or_type", 1000, 1000, "warning"),
        ("drift", "input_unscaled", 1000, 1000, "warning"),
        ("drift", None, 1000, 1000, "info"),
        ("near_overflow", None, 1000, 1000, "info"),
        ("nonfinite_output", "input_missing", 5, 0, "warning"),
    ],
)
def test_the_rule(symptom: str, cause: str | None, failing: int, served: int, expected: str) -> None:
    assert severity_of(symptom, cause, failing=failing, served=served) == expected


def test_what_comes_back_is_worth_a_warning() -> None:
    assert severity_of("drift", None, failing=1, served=1, has_returned=True) is IncidentSeverity.WARNING


@given(symptom=st.sampled_from(SYMPTOMS), served=counts, data=st.data())
def test_more_failing_rows_are_never_less_urgent(symptom: str, served: int, data: st.DataObject) -> None:
    fewer, more = sorted(data.draw(st.lists(st.integers(0, served), min_size=2, max_size=2)))
    ranks = [severity_of(symptom, None, failing=failing, served=served).rank for failing in (fewer, more)]
    assert ranks[0] <= ranks[1]


@given(served=st.integers(1, 10**6), data=st.data())
def test_the_share_is_wilsons_lower_bound(served: int, data: st.DataObject) -> None:
    failing = data.draw(st.integers(1, served))
    bound = binomtest(failing, served, alternative="greater").proportion_ci(0.95, method="wilson").low
    assert surely(failing, served) == pytest.approx(bound, abs=1e-4)
