"""Every folder of a wire is complete: an address that takes rows, a description, recorded bodies and formats."""

import json
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import resolve, reverse

from ingest import wires
from ingest.api.intake import Wire
from ingest.urls import find_wires, intake
from nanwatch.urls import urlpatterns
from tests.conftest import ApiClient
from tests.ingest.wires.recorded import fixture

REFUSALS = {"400", "404", "413", "422", "429", "503"}
each_wire = pytest.mark.parametrize("wire", find_wires(), ids=lambda wire: wire.folder)


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    answer = Client().get("/api/v1/schema", headers={"Accept": "application/vnd.oai.openapi+json"})
    paths: dict[str, Any] = json.loads(answer.content)["paths"]
    return paths


def test_every_folder_is_found() -> None:
    folders = {path.parent.name for path in Path(wires.__path__[0]).glob("*/__init__.py")}

    assert {wire.folder for wire in find_wires()} == folders
    assert {"samples", "kserve"} <= folders


def test_the_wires_are_looked_up_before_everything_else() -> None:
    first = urlpatterns[0]

    assert [pattern.name for pattern in first.url_patterns] == [pattern.name for pattern in intake]  # type: ignore[union-attr]
    assert [str(pattern.pattern) for pattern in intake] == sorted(str(pattern.pattern) for pattern in intake)
    assert str(intake[0].pattern) == "samples"


@each_wire
def test_its_address(wire: Wire) -> None:
    assert reverse(wire.name) == f"/api/v1/{wire.path}"
    assert resolve(f"/api/v1/{wire.path}").func.view_class is wire.view  # type: ignore[attr-defined]


@each_wire
def test_its_description(wire: Wire, described: dict[str, Any]) -> None:
    post = described[f"/api/v1/{wire.path}"]["post"]

    assert post["tags"] == ["samples"]
    assert post["requestBody"]["content"]
    assert set(post["responses"]) & {"200", "202"}
    assert set(post["responses"]) >= REFUSALS


@each_wire
def test_its_recorded_bodies_and_formats(wire: Wire) -> None:
    declared = import_module(f"tests.ingest.wires.{wire.folder}.formats")

    assert any(file.stat().st_size for file in fixture(f"{wire.folder}/").iterdir())
    assert declared.FORMATS
    assert {target.path.partition("?")[0] for target in declared.TARGETS} == {f"/{wire.path}"}


@each_wire
@pytest.mark.django_db
def test_it_asks_for_a_key(wire: Wire, client: Client, alice: ApiClient) -> None:
    assert client.post(f"/api/v1/{wire.path}").status_code == 401
    assert alice.get(f"/{wire.path}").status_code == 405
