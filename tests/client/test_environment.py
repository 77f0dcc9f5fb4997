"""What is recorded of the software and hardware that serve."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import SimpleNamespace
from typing import Any

import nanwatch_client
import pytest
from nanwatch_client.environment import environment

from tests.client.conftest import Start
from tests.client.recording_server import Recording
from tests.client.serving import run

KERAS = """
import os, sys, json
import nanwatch_client
nanwatch_client.init(os.environ["NANWATCH_URL"], os.environ["NANWATCH_API_KEY"], sample_rate=1.0)
nanwatch_client.log([1.0], model="before", version="1")
nanwatch_client.flush(20)
assert not {"tensorflow", "keras"} & set(sys.modules), "the client imported them"

import keras, numpy as np, tensorflow as tf
keras.config.set_dtype_policy("mixed_float16")
age, kind = keras.Input((2,), name="age"), keras.Input((1,), name="kind")
out = keras.layers.Dense(1, name="score")(keras.layers.Concatenate()([age, kind]))
model = keras.Model([age, kind], out)
model.compile(jit_compile=False)
watched = nanwatch_client.watch(model, name="keras", version="1")
rows = [np.ones((2, 2), "float32"), np.array([[1.0], [np.nan]], "float32")]
watched(rows)
watched.predict(rows, verbose=0)

graph = tf.function(lambda x: tf.math.log(x))
wrapped = nanwatch_client.watch(graph, name="graph", version="1")
wrapped(tf.constant([[0.0], [1.0]]))
traced = tf.function(lambda x: wrapped(x) + 1)  # symbolic tensors are no predictions
traced(tf.constant([[1.0]]))
assert wrapped.get_concrete_function is not None
print(json.dumps({"tensorflow": tf.__version__, "keras": keras.__version__}))
"""


@pytest.mark.tensorflow
def test_keras(service: Recording) -> None:
    ended = run(KERAS, service.url, TF_ENABLE_ONEDNN_OPTS="0")

    assert ended.returncode == 0, ended.stderr
    by_model = {batch.fields["model"]: batch for batch in service.batches}
    assert set(by_model["before"].fields["environment"]) == {"python", "numpy"}
    expected = {**json.loads(ended.stdout), "device": "CPU", "onednn": False, "precision": "mixed_float16"}
    told = by_model["keras"].fields["environment"]
    assert {name: told[name] for name in expected} == expected
    assert told["xla"] is False
    keras_rows = [batch for batch in service.batches if batch.fields["model"] == "keras"]
    assert sum(batch.fields["counts"]["predictions"] for batch in keras_rows) == 4
    assert set(by_model["keras"].arrays) == {"inputs.age", "inputs.kind", "outputs"}
    graph = by_model["graph"]
    assert graph.fields["counts"]["predictions"] == 2
    assert graph.arrays["outputs"].tolist() == [[float("-inf")], [0.0]]


class Metadata(BaseHTTPRequestHandler):
    """Google Cloud's metadata server, as far as it is asked."""

    answer = b"projects/123/machineTypes/g2-standard-4"

    def do_GET(self) -> None:
        known = self.path == "/computeMetadata/v1/instance/machine-type"
        self.send_response(200 if known and self.headers["Metadata-Flavor"] == "Google" else 403)
        self.end_headers()
        self.wfile.write(self.answer)

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


@pytest.fixture
def metadata(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    server = HTTPServer(("127.0.0.1", 0), Metadata)
    monkeypatch.setenv("GCE_METADATA_HOST", f"127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield
    server.shutdown()
    server.server_close()
    thread.join()


def recorded(service: Recording) -> dict[str, Any]:
    nanwatch_client.log([1.0], model="m", version="1")
    assert nanwatch_client.flush(20)
    told: dict[str, Any] = service.batches[0].fields["environment"]
    return told


@pytest.mark.usefixtures("metadata")
@pytest.mark.parametrize("asked", [True, False])
def test_the_machine_type_only_when_asked_for(service: Recording, start: Start, asked: bool) -> None:
    start(ask_metadata_server=asked)
    assert recorded(service).get("machine_type") == ("g2-standard-4" if asked else None)


@pytest.mark.usefixtures("metadata")
def test_a_strange_metadata_server_tells_nothing(
    service: Recording, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Metadata, "answer", b"<html>Log in to the hotel's network</html>")
    start(ask_metadata_server=True)
    assert "machine_type" not in recorded(service)


def test_another_release_of_another_library_does_no_harm() -> None:
    class Broken:
        def __getattr__(self, name: str) -> Any:
            raise RuntimeError(name)

    told = environment({"tensorflow": Broken(), "keras": SimpleNamespace(__version__="3.15.1")})
    assert set(told) == {"python", "numpy"}
