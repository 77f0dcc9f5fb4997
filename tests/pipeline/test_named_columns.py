"""Columns by name, from the post to the incident: the reference's header names them where the metadata does not."""

import json

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from monitoring.pipeline import process_version
from monitoring.versions.profiling import profile_version
from tests.conftest import ApiClient
from tests.pipeline.conftest import Post, Register

pytestmark = pytest.mark.django_db(transaction=True)
NAMES = ["age", "income", "score"]
ROWS = {"id": [7, 8, 9], "score": [3, 5, 8], "age": [1, 3, 6], "income": [2, 4, None]}


def reference(names: list[str]) -> SimpleUploadedFile:
    rows = np.random.default_rng(0).uniform(1, 9, (200, len(names)))
    lines = [",".join(names), *(",".join(map(repr, row)) for row in rows.tolist())]
    return SimpleUploadedFile("reference.csv", "\n".join(lines).encode())


@pytest.mark.parametrize("profiled", [True, False], ids=["of a loaded model", "before it is loaded"])
def test_columns_in_another_order_blame_the_right_one(
    alice: ApiClient, register: Register, post: Post, profiled: bool
) -> None:
    version = register(reference=reference(NAMES))
    if profiled:
        profile_version(version.pk)
    batch = post(ROWS)

    process_version(version.pk)

    (incident,) = alice.get("/incidents").json()["results"]
    assert (incident["cause"], incident["row_indices"]) == ("input_missing", [2])
    assert [(one["name"], one["index"]) for one in incident["features"]] == [("income", 1)]
    answer = alice.get(f"/batches/{batch}").json()
    assert (answer["state"], answer["left_out"]) == ("replayed", ["id"])


def test_a_batch_that_lacks_a_column_fails_and_says_so(alice: ApiClient, register: Register, post: Post) -> None:
    version = register(metadata=json.dumps({"features": NAMES}))
    batch = post({"age": [1], "income": [2]})

    process_version(version.pk)

    answer = alice.get(f"/batches/{batch}").json()
    assert (answer["state"], answer["failure"]) == ("failed", "inputs: has no column 'score', which the model has")
    assert alice.get("/incidents").json()["results"] == []


def test_a_text_among_numbers_blames_its_cell(alice: ApiClient, register: Register, post: Post) -> None:
    version = register(metadata=json.dumps({"features": NAMES}), reference=reference(NAMES))
    post([[1, "abc", 3], [3, 4, 5], [6, "NA", 8]])

    process_version(version.pk)

    found = {one["cause"]: one for one in alice.get("/incidents").json()["results"]}
    assert found["shape_or_type"]["row_indices"] == [0]
    assert [(one["name"], one["values"]) for one in found["shape_or_type"]["features"]] == [("income", ["abc"])]
    assert found["input_missing"]["row_indices"] == [2]
