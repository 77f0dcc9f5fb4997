"""An incident says what all of its batches say together, in whatever order they came."""

from collections.abc import Sequence
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.models import ModelVersion, Project
from monitoring.incidents.adding_up import added_up
from monitoring.incidents.examples import examples
from monitoring.models import Incident
from nantrace.diagnosis.finding import Evidence, Finding, Reason, ResponsibleFeature
from tests.incidents.builders import NOON, hit, hours, make_finding, make_version

MISSING = Reason("is missing")


@pytest.fixture
def version() -> ModelVersion:
    return make_version(Project.objects.create(name="shop"))


def missing(name: str, rows: int, **changes: Any) -> Finding:
    feature = ResponsibleFeature("inputs", name, len(name), MISSING, rows, ["NaN"])
    given = {"title": f"{name} is missing", "row_indices": list(range(rows)), "features": [feature], "cured": rows}
    return make_finding(**{**given, "evidence": [Evidence("impute", rows, rows)], **changes})


BATCHES = [(missing("age", 3), 0), (missing("income", 4), 1), (missing("age", 3, cured=1), 2)]


@pytest.mark.django_db
@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_order_of_batches_does_not_matter(version: ModelVersion, order: Sequence[int]) -> None:
    for i in order:
        finding, hour = BATCHES[i]
        hit(version, NOON + hours(hour), [finding])

    incident = Incident.objects.get()

    assert (incident.title, incident.rows) == ("age is missing", 10), "most rows miss age"
    report = incident.report
    assert [(one["name"], one["rows"]) for one in report["features"]] == [("age", 6), ("income", 4)]
    assert [(one["test"], one["rows"], one["cured"]) for one in report["evidence"]] == [("impute", 10, 10)]
    assert report["proof"] == {"grade": "likely", "rows": 10, "cured": 8}
    assert report["row_indices"] == [0, 1, 2], "those of the newest batch"


@pytest.mark.django_db
def test_examples_are_of_all_batches_by_their_share(version: ModelVersion) -> None:
    hit(version, NOON, [missing("age", 30)])
    hit(version, NOON + hours(1), [missing("income", 10)])

    found = examples(Incident.objects.get())

    assert [sum(one.batch == name for one in found) for name in dict.fromkeys(one.batch for one in found)] == [5, 15]


@pytest.mark.django_db
def test_few_rows_of_many_batches_are_all_shown(version: ModelVersion) -> None:
    for hour in range(3):
        hit(version, NOON + hours(hour), [missing("age", 1)])

    assert len({one.batch for one in examples(Incident.objects.get())}) == 3


@pytest.mark.django_db
def test_findings_of_one_batch_are_added_up(version: ModelVersion) -> None:
    hit(version, NOON, [missing("age", 2), missing("income", 5)])

    incident = Incident.objects.get()

    assert incident.title == "income is missing"
    assert {one["name"] for one in incident.report["features"]} == {"age", "income"}


def report(name: str, rows: int, values: list[Any], grade: str) -> dict[str, Any]:
    positions = [rows, rows + 1] if rows % 2 else None
    feature = {"input": "inputs", "name": name, "index": len(name), "reason": "is missing", "reference": None}
    return {
        "features": [{**feature, "rows": rows, "values": values, "positions": positions}],
        "evidence": [{"test": "impute", "rows": rows, "cured": rows // 2, "note": ""}],
        "proof": {"grade": grade, "rows": rows, "cured": rows // 2},
        "reproduced_in": ["unfused"] if rows % 2 else ["default", "eager"],
    }


REPORTS = st.builds(
    report,
    st.sampled_from(["age", "pay", "income"]),
    st.integers(1, 9),
    st.lists(st.sampled_from(["NaN", -999.0, 1e20, "missing", 0.5, 7]), max_size=4),
    st.sampled_from(["proven", "likely", "observed"]),
)


@given(st.lists(REPORTS, min_size=2, max_size=6), st.randoms())
def test_adding_up_is_associative_and_commutative(reports: list[dict[str, Any]], random: Any) -> None:
    whole = added_up(reports)
    random.shuffle(reports)
    cut = random.randrange(1, len(reports))

    parts = [added_up(reports[:cut]), added_up(reports[cut:])]

    assert added_up(parts) == added_up(reports) == whole
    assert sum(one["rows"] for one in whole["features"]) == sum(one["proof"]["rows"] for one in reports)
