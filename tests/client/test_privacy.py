"""What must not leave the process does not."""

import math
from typing import Any

import nanwatch_client
import numpy as np
import pytest

from tests.client.conftest import Start
from tests.client.recording_server import Recording, recording_server

NAN = math.nan


def test_redacted_features_are_blank_and_still_failing(service: Recording, start: Start) -> None:
    start(redact=[1, ("wide", -1), "name", ("wide", 99)])
    nanwatch_client.log([[1.0, 4111.0], [2.0, NAN], [3.0, math.inf]], model="m", version="1")
    nanwatch_client.log({"wide": [7.0, 8.0], "name": "Ada", "other": 5.0}, model="m", version="2")

    assert nanwatch_client.flush(10)
    one, two = sorted(service.batches, key=lambda batch: str(batch.fields["version"]))
    rows = {tuple(row) for row in one.arrays["inputs"].tolist()}
    assert {(1.0, 0.0), (3.0, math.inf)} < rows
    assert one.fields["counts"]["nonfinite"] == 2
    assert two.arrays["inputs.wide"].tolist() == [[7.0, 0.0]]
    assert (two.arrays["inputs.name"].tolist(), two.arrays["inputs.other"].tolist()) == ([""], [5.0])
    assert two.fields["environment"]["redacted"] == ["inputs[1]", "wide[-1]", "name", "wide[99]"]


def test_what_cannot_be_read_is_not_repeated(start: Start, caplog: pytest.LogCaptureFixture) -> None:
    start()
    for rows in (["4111", 1.0], np.array([1.0, {"card": "4111"}], object), np.array(["4111"], object)):
        nanwatch_client.log(rows, object(), model="m", version="1")

    assert "4111" not in caplog.text


def test_many_redactions_fit_into_a_header(service: Recording, start: Start) -> None:
    start(redact=[f"{number:0150}" for number in range(500)])
    nanwatch_client.log([NAN], model="m", version="1")

    assert nanwatch_client.flush(10)
    assert service.rows == 1


def test_before_send_changes_what_is_sent(service: Recording, start: Start) -> None:
    def scrub(sample: dict[str, Any]) -> dict[str, Any]:
        sample["arrays"]["inputs"] = np.round(sample["arrays"]["inputs"])
        sample["ids"] = ["hidden"] * len(sample["ids"])
        return sample

    start(before_send=scrub)
    nanwatch_client.log([1.4, NAN], model="m", version="1", id="ada@example.org")

    assert nanwatch_client.flush(10)
    np.testing.assert_array_equal(service.batches[0].arrays["inputs"], [[1.0, NAN]])
    assert service.ids == ["hidden"]


def test_before_send_may_take_rows_out(service: Recording, start: Start) -> None:
    def first(sample: dict[str, Any]) -> dict[str, Any]:
        arrays = {name: rows[:1] for name, rows in sample["arrays"].items()}
        return {**sample, "arrays": arrays, "ids": sample["ids"][:1]}

    start(before_send=first)
    nanwatch_client.log([[NAN], [NAN]], [1.0, 2.0], model="m", version="1")

    assert nanwatch_client.flush(10)
    assert (service.rows, service.counted("predictions"), service.counted("nonfinite")) == (1, 2, 2)


def raises(sample: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG001
    raise RuntimeError("4111")


def pickles(sample: dict[str, Any]) -> dict[str, Any]:
    return {**sample, "arrays": {"inputs": np.array([object()])}}


@pytest.mark.parametrize("before_send", [lambda sample: None, raises, lambda sample: 7, lambda sample: {}, pickles])  # noqa: ARG005
def test_rows_that_before_send_does_not_allow_stay(
    service: Recording, start: Start, before_send: Any, caplog: pytest.LogCaptureFixture
) -> None:
    start(before_send=before_send)
    nanwatch_client.log([NAN, 4111.0], model="m", version="1")

    assert nanwatch_client.flush(10)
    assert service.rows == 0
    assert [service.counted(name) for name in ("predictions", "nonfinite", "dropped")] == [1, 1, 1]
    assert "4111" not in caplog.text


def test_the_key_goes_to_no_other_host(service: Recording, start: Start) -> None:
    """Redirects are not followed: the second host would get the key."""
    start()
    with recording_server() as other:
        service.answers = [(302, {"Location": f"{other.url}/elsewhere"})]
        nanwatch_client.log([NAN], model="m", version="1")
        assert nanwatch_client.flush(10)

    assert other.visits == []
    assert service.rows == 1
    assert len(set(service.posts)) == 1
