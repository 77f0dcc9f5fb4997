"""Watched models and functions log what they answer; requests give their rows an id and remember their answer."""

import asyncio
import contextlib
import copy
import math
import pickle
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import nanwatch_client
import numpy as np
import pytest
from nanwatch_client import request_scope
from nanwatch_client.asgi import AsgiMiddleware
from nanwatch_client.wsgi import WsgiMiddleware

from tests.client.conftest import Start
from tests.client.recording_server import Batch, Recording

NAN = math.nan


def only(service: Recording) -> Batch:
    assert nanwatch_client.flush(10)
    (batch,) = service.batches
    return batch


def run_alone(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """In a thread of its own: a browser that another test drives keeps an event loop running in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()


class Model:
    """As much of a Keras model with two inputs and two outputs as the client looks at."""

    inputs = (SimpleNamespace(name="age"), SimpleNamespace(name="income"))
    outputs = (SimpleNamespace(name="churn"), SimpleNamespace(name="value"))
    dtype_policy = SimpleNamespace(name="mixed_float16")
    jit_compile = True
    built = True

    def __call__(self, inputs: Any, training: bool = False) -> Any:  # noqa: ARG002
        return [inputs[0], inputs[1] * NAN]

    def predict(self, x: Any, verbose: int = 1) -> Any:  # noqa: ARG002
        return self(x)


@pytest.mark.parametrize("how", ["call", "keyword", "predict", "predict keyword"])
def test_a_model_with_names(service: Recording, start: Start, how: str) -> None:
    start()
    model = nanwatch_client.watch(Model(), model="churn", version="7")
    rows = [np.array([[1.0], [2.0]]), np.array([[3.0], [4.0]])]
    calls: dict[str, Any] = {
        "call": lambda: model(rows, training=False),
        "keyword": lambda: model(inputs=rows),
        "predict": lambda: model.predict(rows, verbose=0),
        "predict keyword": lambda: model.predict(x=rows),
    }
    assert len(calls[how]()) == 2
    assert model.built

    batch = only(service)
    assert set(batch.arrays) == {"inputs.age", "inputs.income", "outputs.churn", "outputs.value"}
    np.testing.assert_array_equal(batch.arrays["inputs.income"], rows[1])
    assert (batch.fields["model"], batch.fields["counts"]["predictions"]) == ("churn", 2)
    assert (batch.fields["environment"]["precision"], batch.fields["environment"]["xla"]) == ("mixed_float16", True)


def test_one_axis_is_a_batch_to_a_model(service: Recording, start: Start) -> None:
    start()
    watched: Any = nanwatch_client.watch(np.negative, model="m", version="1")
    assert watched(np.array([1.0, NAN, 3.0])).shape == (3,)

    assert only(service).arrays["inputs"].shape == (3,)


def test_a_signature_takes_keywords(service: Recording, start: Start) -> None:
    start()

    def signature(a: Any) -> dict[str, Any]:
        return {"y": a}

    nanwatch_client.watch(signature, model="m", version="1")(a=np.array([[NAN]]))

    assert set(only(service).arrays) == {"inputs.a", "outputs.y"}


def test_a_model_that_raises(service: Recording, start: Start) -> None:
    def broken(rows: Any) -> Any:
        raise LookupError(f"a feature is missing in {rows}")

    start(sample_rate=0)
    with pytest.raises(LookupError, match="a feature is missing"):
        nanwatch_client.watch(broken, model="m", version="1")(np.array([[1.0]]))

    for _ in range(9):
        nanwatch_client.log([1.0], 0.5, model="m", version="1")

    assert nanwatch_client.flush(10)
    raised, counts = service.batches
    assert set(raised.arrays) == {"inputs"}
    assert raised.fields["environment"]["raised"] == "LookupError"
    told = [(one.fields["counts"]["predictions"], one.fields["counts"]["nonfinite"]) for one in (raised, counts)]
    assert told == [(1, 0), (9, 0)], "rows that raised are no sample of the others"


def test_a_watched_model_is_the_model_to_everybody_else(start: Start) -> None:
    start()
    model = Model()
    watched = nanwatch_client.watch(model, model="churn", version="7")

    assert isinstance(watched, Model)
    assert issubclass(watched.__class__, Model)
    watched.threshold = 0.5  # type: ignore[attr-defined]
    assert model.threshold == 0.5  # type: ignore[attr-defined]
    del watched.threshold  # type: ignore[attr-defined]
    assert not hasattr(model, "threshold")
    assert "predict" in dir(watched)
    assert type(copy.deepcopy(watched)) is Model
    assert type(pickle.loads(pickle.dumps(watched))) is Model  # noqa: S301 - bytes of its own


def test_a_model_has_one_argument_for_its_name_everywhere(service: Recording, start: Start) -> None:
    start()
    rows = np.array([[NAN]])
    nanwatch_client.watch(np.negative, model="one", version="1")(rows)
    nanwatch_client.watch(np.negative, name="one", version="1")(rows)
    nanwatch_client.log(rows, rows, model="one", version="1")

    assert only(service).fields["counts"]["predictions"] == 3
    with pytest.raises(TypeError, match="`model`"):
        nanwatch_client.watch(np.negative, version="1")


def test_a_watched_function_of_several_arguments(service: Recording, start: Start) -> None:
    def score(age: Any, income: Any, threshold: float = 0.5) -> Any:
        return age * income * threshold

    start()
    watched = nanwatch_client.watch(score, model="m", version="1")
    watched(np.array([1.0, 2.0]), np.array([3.0, NAN]), threshold=1.0)
    watched(np.array([5.0]), income=np.array([6.0]))

    batch = only(service)
    assert set(batch.arrays) == {"inputs.age", "inputs.income", "outputs"}
    np.testing.assert_array_equal(batch.arrays["inputs.age"], [2.0, 1.0, 5.0])
    np.testing.assert_array_equal(batch.arrays["inputs.income"], [NAN, 3.0, 6.0])
    assert nanwatch_client.statistics().unusable == 0


def test_options_of_a_watched_function_are_no_inputs(service: Recording, start: Start) -> None:
    def score(rows: Any, verbose: int) -> Any:  # noqa: ARG001
        return rows

    start()
    nanwatch_client.watch(score, model="m", version="1")(np.array([[NAN]]), 1)

    assert set(only(service).arrays) == {"inputs", "outputs"}


def test_a_strange_model_is_called_all_the_same(start: Start) -> None:
    """One array to a model of two inputs, an argument too many, no argument at all."""
    start()
    model = nanwatch_client.watch(Model(), model="churn", version="7")
    assert len(model([np.ones((1, 1)), np.ones((1, 1)), np.ones((1, 1))])) == 2
    with pytest.raises(TypeError, match="unexpected keyword"):
        Scorer().score(3.0, wealth=2.0)  # type: ignore[call-arg]
    assert nanwatch_client.watch(lambda: 1, model="m", version="1")() == 1

    assert nanwatch_client.statistics().unusable == 3


def test_without_init_a_watched_model_is_the_model() -> None:
    assert nanwatch_client.watch(abs, model="m", version="1")(-1) == 1


def test_another_init_is_noticed(service: Recording, start: Start) -> None:
    start()
    model: Any = nanwatch_client.watch(Model(), model="churn", version="7")
    for value in (1.0, 2.0):
        start(sample_rate=0)
        model([np.array([[value]]), np.array([[value]])])
        assert nanwatch_client.flush(10)

    assert [batch.arrays["inputs.age"].tolist() for batch in service.batches] == [[[1.0]], [[2.0]]]
    assert {batch.fields["environment"]["precision"] for batch in service.batches} == {"mixed_float16"}


class Scorer:
    @nanwatch_client.watched(model="m", version="1")
    def score(self, age: float, income: float = 2.0) -> float:
        return age * income

    @nanwatch_client.watched(model="m", version="1")
    async def score_later(self, features: list[float]) -> float:
        await asyncio.sleep(0)
        return sum(features)

    @nanwatch_client.watched(model="m", version="1")
    async def fail(self, features: list[float]) -> float:  # noqa: ARG002
        raise LookupError("a feature is missing")


def test_a_decorated_method(service: Recording, start: Start) -> None:
    start()
    assert math.isnan(Scorer().score(3.0, income=NAN))

    batch = only(service)
    assert set(batch.arrays) == {"inputs.age", "inputs.income", "outputs"}
    np.testing.assert_array_equal(batch.arrays["inputs.age"], [3.0])


def test_a_decorated_coroutine(service: Recording, start: Start) -> None:
    start()
    assert run_alone(Scorer().score_later([1.0, 2.0])) == 3.0

    np.testing.assert_array_equal(only(service).arrays["inputs"], [[1.0, 2.0]])


def test_a_decorated_coroutine_that_raises(service: Recording, start: Start) -> None:
    start(sample_rate=0)
    with pytest.raises(LookupError, match="missing"):
        run_alone(Scorer().fail([1.0]))

    assert only(service).fields["environment"]["raised"] == "LookupError"


def log(value: float = NAN) -> None:
    nanwatch_client.log([value], [0.5], model="m", version="1")


def test_wsgi_rows_have_the_id_of_their_request(service: Recording, start: Start) -> None:
    def app(environ: Any, start_response: Any) -> list[bytes]:
        log()
        start_response("503 Service Unavailable", [])
        return [environ["PATH_INFO"].encode()]

    start()
    statuses: list[str] = []
    answer = WsgiMiddleware(app)(
        {"PATH_INFO": "/p", "HTTP_X_REQUEST_ID": "req-1"}, lambda status, _: statuses.append(status)
    )

    batch = only(service)
    assert (list(answer), statuses) == ([b"/p"], ["503 Service Unavailable"])
    assert (batch.ids, batch.fields["environment"]["rows_answered_5xx"]) == (["req-1"], 1)
    assert request_scope.current.get() is None


def test_an_exception_is_a_500(service: Recording, start: Start) -> None:
    def app(environ: Any, start_response: Any) -> list[bytes]:  # noqa: ARG001
        log()
        raise ValueError("Out of range float values are not JSON compliant")

    start()
    with contextlib.suppress(ValueError):
        WsgiMiddleware(app)({}, lambda *_: None)

    batch = only(service)
    assert batch.fields["environment"]["rows_answered_5xx"] == 1
    assert len(batch.ids[0]) == 32, "a request without an id gets one"


def test_asgi_requests_at_once_keep_their_rows_apart(service: Recording, start: Start) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:  # noqa: ARG001
        await asyncio.sleep(0.01)
        log()
        await asyncio.get_running_loop().run_in_executor(None, log)  # no context: no request
        await asyncio.to_thread(log)
        await send({"type": "http.response.start", "status": int(scope["path"]), "headers": []})

    async def send(message: Any) -> None:
        assert message["type"] == "http.response.start"

    async def calls() -> None:
        wrapped = AsgiMiddleware(app)
        scopes = [
            {"type": "http", "path": status, "headers": [(b"X-Request-Id", f"r{status}".encode())]}
            for status in ("200", "404", "500")
        ]
        await asyncio.gather(*(wrapped(scope, None, send) for scope in scopes))  # type: ignore[arg-type]

    start()
    run_alone(calls())

    batch = only(service)
    assert sorted(batch.ids) == ["", "", "", "r200", "r200", "r404", "r404", "r500", "r500"]
    assert batch.fields["environment"]["rows_answered_5xx"] == 2


def test_asgi_passes_other_scopes_on_and_flushes_at_the_end(service: Recording, start: Start) -> None:
    seen: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:  # noqa: ARG001
        seen.append(scope["type"])
        if scope["type"] == "lifespan":
            seen.append((await receive())["type"])

    async def receive() -> dict[str, str]:
        return {"type": "lifespan.shutdown"}

    async def send(_: Any) -> None: ...

    start()
    log()
    for kind in ("websocket", "lifespan"):
        run_alone(AsgiMiddleware(app)({"type": kind}, receive, send))

    assert seen == ["websocket", "lifespan", "lifespan.shutdown"]
    assert service.rows == 1
