"""`GET` of the registry."""

import pytest

from monitoring.models import VersionProfile
from tests.api.conftest import Caller
from tests.dashboard.stories import describe
from tests.incidents.builders import hit, make_version


def test_a_version_before_a_worker_saw_it(shop: Caller) -> None:
    make_version(shop.project)
    found = shop.get("/models/churn/versions/7")
    assert (found["model"], found["version"]) == ("churn", "7")
    assert found["audit"] == {"state": "pending", "findings": []}
    assert (found["reference"], found["signature"]) == (None, None)
    assert found["artifact"] == {"format": "keras", "bytes": 183_000, "sha256": "a" * 64}


def test_a_version_with_its_profile(shop: Caller) -> None:
    version = make_version(shop.project, version="8")
    describe(version)
    found = shop.get("/models/churn/versions/8")
    assert found["audit"]["state"] == "findings"
    assert set(found["audit"]["findings"][0]) == {"code", "severity", "layer", "message", "remedy"}
    assert found["environment"]["tensorflow"] == "2.21.0"
    assert found["metadata"]["features"] == ["tenure", "income", "age"]
    assert found["reference"] == VersionProfile.objects.get().reference
    assert found["reference"]["rows"] == 500


def test_a_model_and_its_versions(shop: Caller) -> None:
    hit(make_version(shop.project, version="7"))
    describe(make_version(shop.project, version="8"))
    found = shop.get("/models/churn")
    assert [(one["version"], one["audit"]["state"]) for one in found["versions"]] == [
        ("8", "findings"),
        ("7", "pending"),
    ]
    assert found["open_incidents"] == 1
    assert shop.get("/models") == {"results": [found], "next": None}


def test_the_list_goes_by_name_in_pages(shop: Caller) -> None:
    for i in range(55):
        make_version(shop.project, f"model-{i:02}")
    first = shop.get("/models")
    second = shop.get("/models?" + first["next"].partition("?")[2])
    names = [one["name"] for one in first["results"] + second["results"]]
    assert names == [f"model-{i:02}" for i in range(55)]


@pytest.mark.parametrize("path", ["/models/churn", "/models/churn/versions/7"])
def test_charlie_finds_nothing(shop: Caller, charlie: Caller, path: str) -> None:
    make_version(shop.project)
    shop.get(path)
    assert charlie.get(path, 404)["detail"]
    assert charlie.get("/models")["results"] == []


def test_another_version_is_not_found(shop: Caller) -> None:
    make_version(shop.project)
    assert "no version 9" in shop.get("/models/churn/versions/9", 404)["detail"]
