"""The OpenAPI document knows the wires."""

import json

from django.test import Client

ANSWERS = {"tensorflow-serving": "202", "kserve": "200", "vertex-ai": "202"}


def test_every_wire_is_described() -> None:
    answer = Client().get("/api/v1/schema", headers={"Accept": "application/vnd.oai.openapi+json"})

    paths = json.loads(answer.content)["paths"]
    types = {path: set(paths[f"/api/v1/samples/{path}"]["post"]["requestBody"]["content"]) for path in ANSWERS}
    assert types == {
        "tensorflow-serving": {"application/json"},
        "kserve": {"application/json", "application/octet-stream"},
        "vertex-ai": {"application/json", "application/x-ndjson", "application/jsonl", "application/x-jsonlines"},
    }
    for path, status in ANSWERS.items():
        described = paths[f"/api/v1/samples/{path}"]["post"]
        assert {status, "400", "404", "413", "422"} <= set(described["responses"])
    headers = {one["name"] for one in paths["/api/v1/samples/kserve"]["post"]["parameters"]}
    assert {"ce-id", "ce-type", "version", "model", "token"} <= headers
