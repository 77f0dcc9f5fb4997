"""The locked child: loads one model under one set of flags and answers questions about it until it is hung up on."""

import os
import socket
import tempfile
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nantrace.replay import sandbox
from nantrace.replay.protocol import HungUpError, receive, send
from nantrace.tensors.tensor import Tensors

if TYPE_CHECKING:
    from nantrace.replay.session import Session


def serve(connection: socket.socket, order: dict[str, Any]) -> None:
    """`order`: path of the artifact, its signature, scratch folder, sandbox (bool), remapping (bool)."""
    try:
        session = _locked_session(order)
    except sandbox.NoSandboxError as error:
        send(connection, {"no_sandbox": str(error), "pid": os.getpid()})
        return
    except _refusals() as error:
        way_out = getattr(error, "way_out", "")
        send(connection, {"error": str(error), "way_out": way_out, "pid": os.getpid()})
        return
    send(connection, {"ready": session.describe(), "pid": os.getpid()})
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
        sandbox.limit_resources()
        sandbox.deny_system_calls()
    return Session(load(path, order["signature"]), tapped=not order["remapping"])


def _answer(connection: socket.socket, session: "Session", request: dict[str, Any], tensors: Tensors) -> None:
    """With the seconds that it took. What no code foresaw is said as such: a process that died would be put down to the
    model, or to some rows.
    """
    started = time.monotonic()
    try:
        header, *outputs = _answered(session, request, tensors)
    except Exception as error:  # noqa: BLE001 - whatever it is, the caller waits for a reply
        traceback.print_exc()
        header, outputs = {"unforeseen": f"{type(error).__name__}: {str(error)[:300]}"}, []
    send(connection, {**header, "seconds": time.monotonic() - started}, *outputs)


def _answered(session: "Session", request: dict[str, Any], tensors: Tensors) -> tuple[Any, ...]:
    """A header, and tensors where there are any."""
    match request["method"]:
        case "run":
            return session.run(tensors, request["variant"])
        case "trace":
            return session.trace(tensors, request["change"])
        case "experiment":
            return session.experiment(tensors, request["change"])
        case "audit":
            return (session.audit(tensors, request),)
        case method:
            raise ValueError(f"no such method: {method}")
