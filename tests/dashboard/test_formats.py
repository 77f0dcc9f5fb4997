"""Numbers, shares, moments and bars as a person reads them."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.html import escape
from hypothesis import given
from hypothesis import strategies as st

from ingest.models import Project
from monitoring.models import Incident, IncidentEvent, QueuedAlertState
from monitoring.web.labels import ALERT_STATES, EVENTS
from monitoring.web.pages.charts import SPARKLINE_HEIGHT, sparkline
from monitoring.web.pages.tags import ago, cause_explained, cause_name, explained, in_words
from nantrace.diagnosis.finding import Grade, Proof
from nantrace.report.numbers import number, percent
from nantrace.vocabulary import EVIDENCE, proof_in_words
from tests.incidents.builders import NOON, hit, hours, make_finding, make_version


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "\N{EN DASH}"),
        (0, "0"),
        (1234567, "1,234,567"),
        (41250.5, "41,250"),
        (159570.25, "159,570"),
        (0.1234567, "0.12346"),
        (1e-9, "1e-09"),
        (3.4e38, "3.4e+38"),
        (2.0, "2"),
        (float("nan"), "NaN"),
        (float("-inf"), "-Infinity"),
        ("Infinity", "Infinity"),
        (True, "True"),
    ],
)
def test_numbers(value: object, text: str) -> None:
    assert number(value) == text


@pytest.mark.parametrize(
    ("share", "text"), [(0, "0%"), (0.00001, "<0.1%"), (0.028, "2.8%"), (0.5, "50%"), (1.0, "100%")]
)
def test_shares(share: float, text: str) -> None:
    assert percent(share) == text


@pytest.mark.parametrize(
    ("passed", "text"),
    [
        (timedelta(seconds=5), ">just now<"),
        (timedelta(minutes=12, seconds=5), ">12 min ago<"),
        (timedelta(hours=3, minutes=5), ">3 h ago<"),
        (timedelta(days=1, hours=2), ">1 day ago<"),
        (timedelta(days=9), ">9 days ago<"),
        (timedelta(days=90), " UTC<"),
        (timedelta(days=-1), " UTC<"),
    ],
)
def test_moments(passed: timedelta, text: str) -> None:
    told = ago(timezone.now() - passed)
    assert text in told
    assert told.startswith('<time datetime="')


CAUSES = (
    *("input_missing", "input_infinite", "input_unscaled", "input_out_of_distribution", "mask_empty"),
    *("weights_nonfinite", "normalization_state", "weights_extreme", "activation_overflow", "undefined_operation"),
    *("precision_overflow", "software_mismatch", "hardware_mismatch", "not_reproduced", "shape_or_type"),
)
SYMPTOMS = ("nonfinite_output", "absorbed", "replay_failed", "drift", "near_overflow")


@pytest.mark.parametrize(
    ("identifier", "table"),
    [*((cause, "CAUSES") for cause in CAUSES), *((symptom, "SYMPTOMS") for symptom in SYMPTOMS)],
)
def test_every_identifier_of_the_contract_is_in_words(identifier: str, table: str) -> None:
    """What a page does not know, it shows as it is and without a sentence."""
    assert in_words(identifier, table)[0].isupper()
    assert explained(identifier, table).endswith(".")


@pytest.mark.parametrize("cause", CAUSES)
def test_the_page_of_an_incident_names_its_cause_in_words(page_of: Client, shop: Project, cause: str) -> None:
    hit(make_version(shop), NOON, [make_finding(cause=cause)])
    text = " ".join(page_of.get("/incidents/CHURN-1").content.decode().split())
    assert escape(in_words(cause, "CAUSES")) in text
    assert escape(explained(cause, "CAUSES")) in text


def test_other_identifiers_are_in_words() -> None:
    assert set(EVENTS) == set(IncidentEvent.Kind.values)
    assert set(ALERT_STATES) == set(QueuedAlertState.values)
    assert in_words("impute", "EVIDENCE") == EVIDENCE["impute"]
    assert in_words("a_new_test", "EVIDENCE") == "a new test"


@pytest.mark.parametrize(
    ("proof", "grade", "sentence"),
    [
        (Proof(Grade.PROVEN, 31, 31), "Proven on 31 of 31 rows", "cured every one of them."),
        (Proof(Grade.LIKELY, 31, 4), "Likely on 4 of 31 rows", "no experiment cured every failing row."),
        (Proof(Grade.LIKELY, 31, 0), "Likely", "Look at the failing rows before acting on it."),
        (Proof(Grade.OBSERVED, 31, 0), "Observed", "no experiment shows why."),
    ],
)
def test_no_experiment_is_claimed_that_was_not_made(proof: Proof, grade: str, sentence: str) -> None:
    words = proof_in_words(proof)
    assert words[0] == grade
    assert sentence in words[1]


@pytest.mark.parametrize(
    ("cause", "symptom", "name"),
    [
        ("input_missing", "absorbed", "Missing value in the input"),
        (None, "near_overflow", "Nothing has failed yet"),
        (None, "drift", "No cause claimed"),
        (None, "nonfinite_output", "No named cause"),
    ],
)
def test_what_has_no_cause_is_told_by_its_symptom(cause: str | None, symptom: str, name: str) -> None:
    incident = Incident(cause=cause or "", symptom=symptom)
    assert cause_name(incident) == name
    assert cause_explained(incident)


@pytest.mark.parametrize(
    "test",
    [
        *("impute", "replace_infinite", "rescale", "clip", "valid_position", "float16", "float32", "float64", "xla"),
        *("eager", "default", "unfused", "replay", "repair_weights", "repair_statistics", "rescale_weights"),
        *("guard_operation", "stable_activation", "retrain", "align_environment", "match_signature"),
    ],
)
def test_every_experiment_has_words(test: str) -> None:
    assert in_words(test, "EVIDENCE") == EVIDENCE[test]


@pytest.mark.parametrize("variant", ["default", "unfused", "eager", "float64", "float32", "float16", "xla"])
def test_every_variant_reads_on_in_a_sentence(variant: str) -> None:
    assert " " in in_words(variant, "VARIANTS")


counts = st.tuples(st.integers(0, 10**9), st.integers(0, 10**9))


@given(st.dictionaries(st.integers(0, 30), counts))
def test_bars_stay_inside_and_nothing_bad_is_invisible(hours_back: dict[int, tuple[int, int]]) -> None:
    day = sparkline({NOON - hours(back): pair for back, pair in hours_back.items()}, NOON)
    shown = [pair for back, pair in hours_back.items() if back < 24]
    assert (day.rows, day.bad_rows) == (sum(rows for rows, _ in shown), sum(bad for _, bad in shown))
    assert len(day.bars) == sum(1 for rows, _ in shown if rows)
    for bar in day.bars:
        assert 0 <= bar.y <= bar.bad_y <= SPARKLINE_HEIGHT
        assert bar.height <= SPARKLINE_HEIGHT
        assert bar.x + day.bar <= day.width
    assert sum(1 for bar in day.bars if bar.bad_height) == sum(1 for rows, bad in shown if rows and bad)


def test_a_large_float_that_a_database_gave_back_whole() -> None:
    assert number(92 * 10**36) == number(9.2e37) == "9.2e+37"
    assert number(123_456_789_012) == "123,456,789,012"
