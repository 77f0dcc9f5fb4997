"""Rows that were refused on their way in show with their batch, on the page of the version."""

import json
from typing import Any

import pytest
from django.test import Client

from ingest.models import ModelVersion, Project, Scope
from tests.conftest import ApiClient
from tests.incidents.builders import make_batch, make_version


@pytest.fixture
def churn(shop: Project) -> ModelVersion:
    return make_version(shop)


def posted(shop: Project, instances: list[Any]) -> str:
    """The id of the batch of a call of which some rows may be none."""
    key = ApiClient.of(shop, "key", [Scope.INGEST])
    body = {"model": "churn", "version": "7", "request": {"instances": instances}}
    answer = key.post("/samples/tensorflow-serving", json.dumps(body), content_type="application/json")
    assert answer.status_code == 202, answer.content
    return str(answer.json()["batch"])


def text_of(client: Client) -> str:
    return " ".join(client.get("/models/churn/versions/7").content.decode().split())


@pytest.mark.usefixtures("churn")
def test_count_row_and_reason_of_what_was_refused(page_of: Client, shop: Project) -> None:
    batch = posted(shop, [{"a": 1}, {"<b>": 1}, {"a": 2}, 7])

    page = text_of(page_of)

    assert "2 other rows or lines refused" in page
    assert "<code>request.instances</code> row 1 does not hold the names that most rows have: a" in page
    assert "<code>request.instances</code> row 3 is no object of inputs" in page
    assert f"<code>GET /api/v1/batches/{batch}</code>" in page
    assert "are kept" not in page


@pytest.mark.usefixtures("churn")
def test_many_are_counted_and_the_first_are_named(page_of: Client, shop: Project) -> None:
    posted(shop, [{"a": 1}] * 40 + [7] * 30)

    page = text_of(page_of)

    assert "30 other rows or lines refused" in page
    assert page.count("is no object of inputs") == 20
    assert "The first 20 are kept." in page


@pytest.mark.usefixtures("churn")
def test_rows_that_were_stored_apart_were_not_refused(page_of: Client, shop: Project) -> None:
    posted(shop, [[1, 2, 3], [4], [5, 6, 7]])

    page = text_of(page_of)

    assert "Rows of other shapes stored apart" in page
    assert "row 1 has shape [1], most rows have [3]: stored apart" in page
    assert "refused" not in page


def test_a_batch_whose_rows_are_all_there_says_nothing_of_it(page_of: Client, churn: ModelVersion) -> None:
    make_batch(churn)
    assert "GET /api/v1/batches/" not in text_of(page_of)
