"""What is said of a version once it was loaded, and of one that cannot be."""

from typing import Any

import pytest

from ingest.models import BatchState
from monitoring.models import Incident, PredictionCounter
from monitoring.pipeline import process_version
from monitoring.versions.profiling import profile_version
from tests.conftest import ApiClient
from tests.pipeline.conftest import Post, Register

pytestmark = pytest.mark.django_db(transaction=True)
VERSION = "/models/tutorial/versions/1"


def test_a_good_model_passes(alice: ApiClient, register: Register) -> None:
    version = register()
    assert alice.get(VERSION).json()["audit"]["state"] == "pending"

    profile_version(version.pk)
    profile_version(version.pk)

    assert alice.get(VERSION).json()["audit"]["state"] in ("passed", "findings")


def test_weights_that_are_nan_are_found_without_a_row(alice: ApiClient, register: Register) -> None:
    profile_version(register("nested.keras").pk)

    audit = alice.get(VERSION).json()["audit"]

    assert audit["state"] == "findings"
    assert any("projection" in str(one["layer"]) and "NaN" in one["message"] for one in audit["findings"])


def test_a_refused_model_fails_its_batches_with_the_reason(alice: ApiClient, register: Register, post: Post) -> None:
    version = register("lambda.keras")
    batch = post([[1.0]])

    assert process_version(version.pk) == 1

    answer = alice.get(f"/batches/{batch}").json()
    assert answer["state"] == BatchState.FAILED
    audit = alice.get(VERSION).json()["audit"]
    assert audit["state"] == "refused"
    assert "ambda" in audit["findings"][0]["message"]
    stored = version.batches.get()
    assert "ambda" in stored.failure
    assert stored.payload is not None, "the rows are kept"
    assert not Incident.objects.exists()
    assert not PredictionCounter.objects.filter(value__gt=0).exists()


@pytest.mark.parametrize(
    ("inputs", "outputs", "why"),
    [
        ({"age": [1.0], "income": [2.0]}, None, "nothing says their order"),
        ([[1, 2, 3, 4]], [[0.5]], "serving answered these rows"),
    ],
)
def test_what_only_the_replay_cannot_set_up_is_no_incident(
    alice: ApiClient, register: Register, post: Post, inputs: Any, outputs: Any, why: str
) -> None:
    version = register("mlp.keras")
    batch = post(inputs, **({"outputs": outputs} if outputs else {}))

    assert process_version(version.pk) == 1

    answer = alice.get(f"/batches/{batch}").json()
    assert (answer["state"], answer["incidents"]) == (BatchState.FAILED, [])
    assert why in answer["failure"]
    assert not Incident.objects.exists()
