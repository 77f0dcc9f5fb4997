"""`GET` and `PATCH` of incidents."""

import json
from urllib.parse import urlsplit

import numpy as np
import pytest
from django.test import Client

from ingest.models import Batch, ModelVersion, Scope
from monitoring.models import Incident
from nantrace.tensors.framing import pack_tensors
from nantrace.tensors.tensor import Sent, Tensor, Tensors
from tests.api.conftest import Caller
from tests.dashboard.stories import EXPONENTIAL, MISSING_INCOME
from tests.incidents.builders import NOON, hit, hours, make_batch, make_finding, make_version


@pytest.fixture
def version(shop: Caller) -> ModelVersion:
    return make_version(shop.project)


def test_an_incident_in_the_words_of_the_contract(shop: Caller, version: ModelVersion) -> None:
    hit(version, NOON - hours(1), [make_finding(row_indices=[5])])
    incident = hit(version, NOON, [MISSING_INCOME])
    batch = incident.hits.first()
    assert batch is not None
    found = shop.get("/incidents/CHURN-1")
    examples = found.pop("examples")
    report = {
        name: MISSING_INCOME.report()[name] for name in ("origin", "nan_birth", "features", "layers", "failing_rows")
    }
    report["features"][0]["values"].sort(key=json.dumps)  # of several batches, in an order that none of them decides
    assert found == {
        **report,
        "id": "CHURN-1",
        "model": "churn",
        "version": "7",
        "symptom": "absorbed",
        "state": "open",
        "severity": "warning",
        "cause": "input_missing",
        "confidence": 0.98,
        "title": MISSING_INCOME.title,
        "rows": 3,
        "first_seen": "2026-03-01T11:00:00Z",
        "last_seen": "2026-03-01T12:00:00Z",
        "row_indices": [0, 2],
        "reproduced_in": ["default", "unfused", "eager"],
        "proof": {"grade": "likely", "rows": 3, "cured": 2},
        "evidence": MISSING_INCOME.report()["evidence"],
        "remedies": MISSING_INCOME.report()["remedies"],
        "related": [],
        "new_normal": None,
        "alerts": [],
        "url": "http://127.0.0.1:8000/incidents/CHURN-1",
    }
    assert examples[0] == {
        "batch": batch.batch_id,
        "row": 0,
        "id": "req-0",
        "inputs": [0.0, None, 2.0],
        "outputs": ["NaN"],
        "answers": {"default": {"y": [0.0]}, "unfused": {"y": ["NaN"]}, "impute": {"y": [41.5]}},
        "cured_by": "impute",
    }
    assert [one["cured_by"] for one in examples] == ["impute", "impute", None]
    assert [(one["row"], one["id"]) for one in examples] == [(0, "req-0"), (2, "req-2"), (5, "req-5")]


def test_drift_has_no_cause(shop: Caller, version: ModelVersion) -> None:
    hit(version, NOON, [make_finding(symptom="drift", cause=None, origin=None)])
    found = shop.get("/incidents/CHURN-1")
    assert (found["cause"], found["origin"], found["nan_birth"]) == (None, None, None)


def test_examples_of_several_inputs_and_what_was_sent(shop: Caller, version: ModelVersion) -> None:
    sent = np.array([[Sent.VALUE, Sent.OVERFLOW]], np.uint8)
    inputs = Tensors.of(
        Tensor("numbers", np.array([[-np.inf, np.inf]], np.float32), sent),
        Tensor("word", np.array(["nan"])),
        Tensor("count", np.array([[0]], np.int32), np.array([[Sent.MISSING]], np.uint8)),
    )
    hit(version, NOON, [make_finding(row_indices=[0])], payload=pack_tensors(inputs=inputs), row_ids=[])
    (example,) = shop.get("/incidents/CHURN-1")["examples"]
    assert example["inputs"] == {"numbers": ["-Infinity", "Infinity"], "word": "nan", "count": [None]}
    assert (example["id"], example["outputs"]) == (None, None)


def test_examples_are_twenty_at_most_and_survive_removed_batches(shop: Caller, version: ModelVersion) -> None:
    hit(version, NOON, [EXPONENTIAL], payload=None)
    assert shop.get("/incidents/CHURN-1")["examples"] == []
    hit(version, NOON - hours(1), [EXPONENTIAL])
    assert [one["row"] for one in shop.get("/incidents/CHURN-1")["examples"]] == list(range(20))


def test_large_rows_are_fewer_examples(shop: Caller, version: ModelVersion) -> None:
    images = Tensors.of(Tensor("inputs", np.zeros((40, 200, 200, 1), np.float32)))
    hit(version, NOON, [EXPONENTIAL], payload=pack_tensors(inputs=images))
    assert len(shop.get("/incidents/CHURN-1")["examples"]) == 2


def test_the_list_is_newest_first_in_pages(shop: Caller, version: ModelVersion) -> None:
    for i in range(60):
        hit(version, NOON + hours(i), [make_finding(cause=None, symptom=f"symptom {i}")], payload=None)
    first = shop.get("/incidents")
    link = urlsplit(first["next"])
    second = shop.get(f"{link.path.removeprefix('/api/v1')}?{link.query}")
    ids = [one["id"] for one in first["results"] + second["results"]]
    assert ids == [f"CHURN-{i}" for i in range(60, 0, -1)]
    assert second["next"] is None
    assert first["results"][0]["row_indices"] == [0, 2]


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("", ["FRAUD-1", "CHURN-2", "CHURN-1"]),
        ("model=churn", ["CHURN-2", "CHURN-1"]),
        ("model=nobody", []),
        ("version=8", ["CHURN-1"]),
        ("state=resolved", ["CHURN-2"]),
        ("cause=activation_overflow", ["CHURN-2"]),
        ("symptom=absorbed", ["FRAUD-1", "CHURN-1"]),
        ("severity=warning", ["FRAUD-1", "CHURN-2", "CHURN-1"]),
        ("severity=critical", []),
        ("symptom=absorbed&model=fraud&state=open", ["FRAUD-1"]),
    ],
)
def test_filters(shop: Caller, version: ModelVersion, query: str, ids: list[str]) -> None:
    hit(make_version(shop.project, version="8"), NOON - hours(2))
    hit(version, NOON - hours(3))
    hit(version, NOON - hours(1), [EXPONENTIAL])
    hit(make_version(shop.project, "fraud"))
    shop.patch("/incidents/CHURN-2", {"state": "resolved"})
    assert [one["id"] for one in shop.get(f"/incidents?{query}")["results"]] == ids


@pytest.mark.parametrize(
    "query", ["state=closed", "severity=high", "cause=gremlins", "symptom=nan", "model=%00", "version=a%00"]
)
def test_a_filter_that_cannot_be_is_named(shop: Caller, query: str) -> None:
    problem = shop.get(f"/incidents?{query}", 400)
    assert [one["field"] for one in problem["errors"]] == [query.partition("=")[0]]


def test_patch_changes_the_state_and_the_history(shop: Caller, version: ModelVersion) -> None:
    incident = hit(version)
    for state in ("resolved", "ignored", "open"):
        assert shop.patch("/incidents/CHURN-1", {"state": state})["state"] == state
    kinds = [event.kind for event in incident.events.all()]
    assert kinds == ["reopened", "ignored", "resolved", "opened"]


@pytest.mark.parametrize("body", [{}, {"state": "closed"}, {"state": None}, {"state": ["open"]}, [], "open"])
def test_patch_names_the_state_that_cannot_be(shop: Caller, version: ModelVersion, body: object) -> None:
    hit(version)
    problem = shop.patch("/incidents/CHURN-1", json.dumps(body), 422)
    assert problem["errors"][0]["field"] == "state"
    assert "open, resolved, ignored" in problem["detail"]


def test_charlie_finds_nothing(shop: Caller, version: ModelVersion, charlie: Caller) -> None:
    hit(version)
    assert shop.get("/incidents")["results"]
    assert charlie.get("/incidents")["results"] == []
    assert charlie.get("/incidents/CHURN-1", 404)["status"] == 404
    charlie.patch("/incidents/CHURN-1", {"state": "resolved"}, 404)
    assert Incident.objects.get().state == "open"


@pytest.mark.parametrize("path", ["/incidents", "/incidents/CHURN-1", "/models", "/models/churn", "/batches/x"])
def test_reading_needs_a_key_that_may_read(shop: Caller, path: str) -> None:
    assert Client().get(f"/api/v1{path}").status_code == 401
    ingest_only = Caller(shop.project, [Scope.INGEST, Scope.MODELS])
    assert ingest_only.get(path, 403)["status"] == 403


def test_nothing_stands_at_an_address_with_a_nul(shop: Caller) -> None:
    for path in ("/incidents/%00", "/models/%00", "/batches/a%00", "/models/a/versions/%00"):
        shop.get(path, 404)


def test_a_batch_names_its_incidents(shop: Caller, version: ModelVersion, charlie: Caller) -> None:
    hit(version)
    batch = make_batch(version)
    assert shop.get(f"/batches/{batch.pk}")["incidents"] == []
    hit_batch = Batch.objects.get(hits__incident=Incident.objects.get())
    found = shop.get(f"/batches/{hit_batch.pk}")
    assert (found["state"], found["rows"], found["incidents"]) == ("replayed", 40, ["CHURN-1"])
    charlie.get(f"/batches/{batch.pk}", 404)


def test_an_incident_from_before_there_were_layers_has_none(shop: Caller, version: ModelVersion) -> None:
    incident = hit(version)
    del incident.report["layers"]
    incident.save()
    assert shop.get("/incidents/CHURN-1")["layers"] == []
    assert "layers" not in shop.get("/incidents")["results"][0], "they may be hundreds"
