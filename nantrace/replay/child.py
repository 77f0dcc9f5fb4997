"""The locked child: loads one model under one set of flags and answers questions about it until it is hung up on."""

import os
import socket
import tempfile
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nantrace.replay import sandbox
from nantrace.replay.narrow_answers import WIDEST
from nantrace.replay.protocol import ANSWER, FrameTooLargeError, HungUpError, receive, send
from nantrace.tensors.tensor import Tensors

if TYPE_CHECKING:
    from nantrace.replay.session import Session


def serve(connection: socket.socket, order: dict[str, Any]) -> None:
    """`order`: path of the artifact, its signature, scratch folder, memory (bytes); sandbox and remapping (bool)."""
    try:
        sandbox.be_ended_first()
        session = _locked_session(order)
    except sandbox.NoSandboxError as error:
        send(connection, {"no_sandbox": str(error), "pid": os.getpid()})
        return
    except _refusals() as error:
        way_out = getattr(error, "way_out", "")
        send(connection, {"error": str(error), "way_out": way_out, "pid": os.getpid()})
        return
    _send(connection, {"ready": session.describe(), "pid": os.getpid()})
    while True:
        try:
            request, tensors = receive(connection)
        except HungUpError:
            return
        _answer(connection, session, request, tensors)


def _refusals() -> tuple[type[Exception], ...]:
    from nantrace.replay.keras_versions import UnloadableModelError
    from nantrace.replay.program import UntraceableGraphError

    return (UnloadableModelError, UntraceableGraphError)


def _no_memory() -> tuple[type[Exception], ...]:
    import tensorflow as tf

    return (MemoryError, tf.errors.ResourceExhaustedError)


def _locked_session(order: dict[str, Any]) -> "Session":
    path, scratch = Path(order["path"]), Path(order["scratch"])
    os.environ["TMPDIR"] = tempfile.tempdir = str(scratch)
    os.environ["KERAS_HOME"] = str(scratch)  # Keras 2 reads its settings while a model is loaded
    if order["sandbox"]:
        sandbox.restrict_files(path, scratch)
    import tensorflow as tf

    from nantrace.replay.loading import load
    from nantrace.replay.session import Session

    tf.config.optimizer.set_experimental_options({"remapping": order["remapping"]})
    # the replay as served and the unfused one work side by side: with all cores each, their threads would fight
    tf.config.threading.set_intra_op_parallelism_threads(max(1, len(os.sched_getaffinity(0)) // 2))
    tf.zeros(1).numpy()  # starts TensorFlow's threads, which the filter of system calls then covers
    if order["sandbox"]:
        sandbox.limit_resources(order["memory"])
        sandbox.deny_system_calls()
    return Session(load(path, order["signature"]), tapped=not order["remapping"])


def _answer(connection: socket.socket, session: "Session", request: dict[str, Any], tensors: Tensors) -> None:
    """With the seconds that it took. What no code foresaw is said as such: a process that died would be put down to the
    model, or to some rows.
    """
    started = time.monotonic()
    try:
        header, outputs = _answered(session, request, tensors)
    except _no_memory():
        header, outputs = {"no_memory": True}, None
    except Exception as error:  # noqa: BLE001 - whatever it is, the caller waits for a reply
        traceback.print_exc()
        header, outputs = {"unforeseen": f"{type(error).__name__}: {str(error)[:300]}"}, None
    _send(connection, {**header, "seconds": time.monotonic() - started}, outputs)


def _send(connection: socket.socket, header: dict[str, Any], outputs: Tensors | None = None) -> None:
    """What is too large to be taken is not sent: the child lives on, and the worker asks about fewer rows."""
    try:
        send(connection, header, outputs, ANSWER)
    except FrameTooLargeError as error:
        send(connection, {"too_large": error.size, "pid": os.getpid()})


def _answered(session: "Session", request: dict[str, Any], tensors: Tensors) -> tuple[dict[str, Any], Tensors | None]:
    """A header, and tensors where there are any."""
    match request["method"]:
        case "run":
            return session.run(tensors, request["variant"], request.get("width", WIDEST))
        case "trace":
            return session.trace(tensors, request["change"])[0], None  # its outputs may be large, and nobody asks
        case "experiment":
            return session.experiment(tensors, request["change"], request.get("width", WIDEST))
        case "audit":
            return session.audit(tensors, request), None
        case method:
            raise ValueError(f"no such method: {method}")
