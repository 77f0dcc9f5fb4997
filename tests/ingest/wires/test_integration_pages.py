"""The programs and addresses of the integration pages, run against the real service; the serving stacks by fixture."""

import base64
import gzip
import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import numpy as np
import pytest
import yaml
from pytest_django.live_server_helper import LiveServer

from ingest.models import ApiKey, Batch, ModelVersion, Project, Scope
from tests.ingest.wires.recorded import fixture, groups_of, headers_of, recorded
from tests.operations.running import ROOT, free_port

PAGES = ROOT / "docs" / "integrations"
PATIENCE = 30

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("churn")]


def block(page: str, language: str) -> str:
    """The first program of a page in a language."""
    found = re.search(rf"```{language}\n(.*?)```", (PAGES / page).read_text(), re.DOTALL)
    assert found, page
    return found[1]


@pytest.fixture
def secret(project: Project) -> str:
    return ApiKey.issue(project, "sink", [Scope.INGEST.value])[1]


@pytest.fixture
def variables(live_server: LiveServer, secret: str) -> dict[str, str]:
    return {**os.environ, "NANWATCH_URL": live_server.url, "NANWATCH_API_KEY": secret, "PYTHONUNBUFFERED": "1"}


def run(script: str, variables: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        env=variables,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def posted(url: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
    try:
        with urlopen(Request(url, body, headers), timeout=PATIENCE) as answer:
            return answer.status, answer.read()
    except HTTPError as error:
        return error.code, error.read()


def until(found: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + PATIENCE
    while not (value := found()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return value


class Serving(BaseHTTPRequestHandler):
    """TensorFlow Serving by fixture: it knows two calls, a status, and gzip; its answer to a status comes in chunks."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.send_header("X-Served-By", self.path)
        self.end_headers()
        self.wfile.write(b'4\r\n{"st\r\n7\r\nate":1}\r\n0\r\n\r\n')

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        packed = self.headers.get("Content-Encoding") == "gzip"
        body = gzip.decompress(body) if packed else body
        known = {recorded(f"tensorflow_serving/{kind}_request.json"): kind for kind in ("row", "column")}
        name = f"{known[body]}_response.json" if body in known else "error_response.json"
        answer = recorded(f"tensorflow_serving/{name}")
        answer = gzip.compress(answer) if packed else answer
        self.send_response(200 if body in known else 400)
        if packed:
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Silent."""


@contextmanager
def tensorflow_serving() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Serving)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@contextmanager
def proxy(variables: dict[str, str]) -> Iterator[str]:
    """The proxy of the page as a process; its URL once it answers."""
    port = str(free_port())
    script = block("tensorflow-serving.md", "python")
    process = subprocess.Popen([sys.executable, "-c", script], env={**variables, "PORT": port})
    url = f"http://127.0.0.1:{port}"

    def answers() -> bool:
        assert process.poll() is None
        try:
            return posted(f"{url}/elsewhere", b"{}", {})[0] in (400, 502)
        except OSError:
            return False

    try:
        until(answers)
        yield url
    finally:
        process.terminate()
        process.wait(PATIENCE)


def test_tensorflow_serving(variables: dict[str, str], churn: ModelVersion) -> None:
    body = recorded("tensorflow_serving/row_request.json")
    with tensorflow_serving() as serving, proxy({**variables, "SERVING_URL": serving, "MODEL_VERSION": "7"}) as url:
        good = posted(f"{url}/v1/models/churn:predict", body, {})
        bad = posted(f"{url}/v1/models/churn/versions/7:predict", b'{"instances": [[1, 2]]}', {})
        batches = until(lambda: len(found := list(Batch.objects.order_by("received_at"))) == 2 and found)

    assert good == (200, recorded("tensorflow_serving/row_response.json"))
    assert bad == (400, recorded("tensorflow_serving/error_response.json"))
    assert [(batch.version, batch.unanswered) for batch in batches] == [(churn, False), (churn, True)]
    scores = groups_of(batches[0])["outputs"].by_name["score"].values
    np.testing.assert_array_equal(scores, [np.nan, -np.inf])


def test_the_proxy_passes_on_what_it_does_not_read(variables: dict[str, str], churn: ModelVersion) -> None:
    body = recorded("tensorflow_serving/row_request.json")
    settings = {"MODEL_VERSION": "6", "MODEL_LABELS": '{"stable": "7"}'}
    with tensorflow_serving() as serving, proxy({**variables, "SERVING_URL": serving, **settings}) as url:
        with urlopen(f"{url}/v1/models/churn", timeout=PATIENCE) as answer:
            assert (json.load(answer), answer.headers["X-Served-By"]) == ({"state": 1}, "/v1/models/churn")
        packed = Request(
            f"{url}/v1/models/churn/labels/stable:predict", gzip.compress(body), {"Content-Encoding": "gzip"}
        )
        with urlopen(packed, timeout=PATIENCE) as answer:
            assert answer.headers["Content-Encoding"] == "gzip"
            assert gzip.decompress(answer.read()) == recorded("tensorflow_serving/row_response.json")
        pieces = iter([body[:100], body[100:]])  # sent in chunks: an iterable has no length
        with urlopen(
            Request(f"{url}/v1/models/churn/versions/7:predict", pieces, method="POST"), timeout=PATIENCE
        ) as answer:
            assert answer.read() == recorded("tensorflow_serving/row_response.json")
        assert posted(f"{url}/v1/models/churn/labels/unknown:predict", body, {})[0] == 200
        batches = until(lambda: len(found := list(Batch.objects.order_by("received_at"))) == 2 and found)

    assert [(batch.version, batch.rows, batch.unanswered) for batch in batches] == [(churn, 2, False)] * 2


def test_the_proxy_answers_502_when_serving_is_away(variables: dict[str, str]) -> None:
    away = f"http://127.0.0.1:{free_port()}"
    with proxy({**variables, "SERVING_URL": away, "MODEL_VERSION": "7"}) as url:
        status, answer = posted(f"{url}/v1/models/churn:predict", recorded("tensorflow_serving/row_request.json"), {})
        (batch,) = until(lambda: list(Batch.objects.all()))

    assert (status, "cannot be reached" in json.loads(answer)["error"]) == (502, True)
    assert (batch.rows, batch.unanswered) == (2, True)


def logger_url(live_server: LiveServer, secret: str) -> str:
    """The URL of the InferenceService on the page, on this service."""
    service = yaml.safe_load(block("kserve.md", "yaml"))
    logger = service["spec"]["predictor"]["logger"]
    assert (service["metadata"]["name"], logger["mode"]) == ("churn", "all")
    url: str = logger["url"]
    return url.replace("https://key:SECRET@nanwatch.example", live_server.url.replace("://", f"://key:{secret}@"))


def test_the_rehearsal_of_kserve(variables: dict[str, str], live_server: LiveServer, secret: str) -> None:
    said = run(block("kserve.md", "python"), {**variables, "SINK_URL": logger_url(live_server, secret)})

    request, response = said.splitlines()
    assert request.startswith('request 200 {"batch": null')
    assert response.startswith("response 200")
    batch = Batch.objects.get()
    assert json.loads(response.removeprefix("response 200 "))["batch"] == batch.pk
    assert groups_of(batch)["inputs"].by_name["inputs"].missing().tolist() == [[False, True, False]]


def test_events_of_kserve(live_server: LiveServer, secret: str) -> None:
    scheme, _, rest = logger_url(live_server, secret).partition("://")
    credentials, _, address = rest.partition("@")
    basic = {"Authorization": "Basic " + base64.b64encode(credentials.encode()).decode()}
    for name in ("v2_binary_response.bin", "v2_binary_request.bin"):
        status, _ = posted(f"{scheme}://{address}", recorded(f"kserve/{name}"), headers_of(f"kserve/{name}") | basic)
        assert status == 200

    assert groups_of(Batch.objects.get()).keys() == {"inputs", "outputs"}


def test_a_push_of_vertex_ai(live_server: LiveServer, secret: str) -> None:
    found = re.search(r"--push-endpoint='https://nanwatch\.example([^']+)'", (PAGES / "vertex-ai.md").read_text())
    assert found
    url = live_server.url + found[1].replace("SECRET", secret)

    status, _ = posted(url, recorded("vertex_ai/push.json"), {"Content-Type": "application/json"})

    assert status == 202
    assert Batch.objects.get().rows == 2


def test_an_export_of_vertex_ai(variables: dict[str, str]) -> None:
    script = block("vertex-ai.md", "python")

    first, second = (run(script, variables, str(fixture("vertex_ai/rows.ndjson"))) for _ in range(2))

    assert first == second
    assert json.loads(first)["rows"] == 4
    assert Batch.objects.count() == 2


def test_an_export_with_bad_lines_goes_on(variables: dict[str, str], tmp_path: Path) -> None:
    good = b'{"request_payload": ["[%d, 2]"], "response_payload": ["[0.5]"]}\n'
    lines = [good % number for number in range(3000)]
    lines[10] = b"{\n"
    lines[1000:2000] = [b"[]\n"] * 1000
    export = tmp_path / "export.ndjson"
    export.write_bytes(b"".join(lines))
    command = [sys.executable, "-c", block("vertex-ai.md", "python"), str(export)]

    done = subprocess.run(command, env=variables, capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode == 1
    assert [json.loads(line)["rows"] for line in done.stdout.splitlines()] == [999, 0, 1000]
    assert "after line 0: line 11" in done.stderr
    assert "after line 1000: line 1 " in done.stderr
    assert done.stderr.splitlines()[-1] == "1001 lines could not be read; the others are stored"
