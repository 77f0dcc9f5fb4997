"""The worker's side: starts the zygote, keeps a child per artifact and flag set warm, and asks it questions.

Imports no TensorFlow. Threads may share a Replayer; one child answers one question at a time.
"""

import contextlib
import json
import socket
import subprocess
import sys
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from nantrace.replay.last_words import LastWords
from nantrace.replay.model_inputs import InputSpec
from nantrace.replay.protocol import ANSWER, FrameTooLargeError, HungUpError, receive, send
from nantrace.replay.replay_errors import (
    AnswerTooLargeError,
    CannotLockError,
    ChildDiedError,
    NoReplayError,
    OutOfMemoryError,
    RefusedModelError,
    ReplayError,
    ReplayTimeoutError,
    UnforeseenError,
)
from nantrace.replay.sandbox import bare_environment, usual_memory
from nantrace.replay.warm_child import NeverLoaded, WarmChild
from nantrace.tensors.limits import readable_bytes
from nantrace.tensors.tensor import Tensors

Json = dict[str, Any]
Seconds = float | None
_ChildKey = tuple[Path, str, str]  # an artifact, a flag set, and a signature
FLAG_SETS: Mapping[str, Json] = {"default": {"remapping": True}, "unfused": {"remapping": False}}
START_TIMEOUT, ANSWER_TIMEOUT = 180.0, 30.0
WARM_CHILDREN = 6
SMALLER = "Register a version that does less while it is loaded; this one is tried again in an hour, or by a new worker"
TRUST_THE_MODEL = (
    "If you trust this model like your own code, pass trust_model=True, or --trust-model on the command line"
)


class Replayer:
    """Warm children by artifact, flag set and signature; the least recently used ones are closed.

    `sandbox`: whether children are locked in. `way_out`: what to do where this machine cannot do that, for the message.
    `memory`: bytes that a locked child may take, by default a share of the machine's.
    """

    def __init__(
        self,
        sandbox: bool = True,
        answer_timeout: float = ANSWER_TIMEOUT,
        *,
        memory: int | None = None,
        way_out: str = TRUST_THE_MODEL,
    ) -> None:
        self.answer_timeout = answer_timeout
        self._memory = memory or usual_memory()
        self._sandbox, self._way_out = sandbox, way_out
        self._lock = threading.RLock()
        self._children: OrderedDict[_ChildKey, WarmChild] = OrderedDict()
        self._starting: dict[_ChildKey, threading.Lock] = {}
        self._zygote: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._words: LastWords | None = None  # of the zygote
        self._never_loaded = NeverLoaded()

    def warm_up(self) -> None:
        """Starts the zygote, which imports TensorFlow while the caller does something else."""
        with self._lock:
            self._running_zygote()

    def describe(self, artifact: Path, signature: str = "") -> Json:
        """What a signature of the model takes, its layers, taps, weights and software; raises RefusedModelError.

        The children of all flag sets load the model side by side.
        """
        if (known := self._warm((artifact, "unfused", signature))) is not None:
            return known.description
        with ThreadPoolExecutor(len(FLAG_SETS)) as pool:
            children = {flags: pool.submit(self._child, (artifact, flags, signature)) for flags in FLAG_SETS}
        return children["unfused"].result().description

    def inputs(self, artifact: Path, signature: str = "") -> list[InputSpec]:
        """The inputs of the model."""
        specs = self.describe(artifact, signature)["inputs"]
        return [
            InputSpec(one["name"], one["dtype"], None if one["shape"] is None else tuple(one["shape"])) for one in specs
        ]

    def ask(
        self, artifact: Path, flags: str, request: Json, tensors: Tensors, limit: Seconds = None, signature: str = ""
    ) -> tuple[Json, Tensors]:
        """One question to the child of `artifact` under `flags`; raises ReplayError and its kin.

        `limit`: seconds to wait for the answer, without one `answer_timeout`.
        """
        limit = limit or self.answer_timeout
        while True:
            child = self._child((artifact, flags, signature))
            with child.lock:
                if not child.closed:  # else it made room for another meanwhile, and the next one is new
                    return self._asked(child, request, tensors, limit)

    def _asked(self, child: WarmChild, request: Json, tensors: Tensors, limit: float) -> tuple[Json, Tensors]:
        try:
            child.words.forget()
            child.connection.settimeout(limit)
            send(child.connection, request, tensors)
            answer, outputs = receive(child.connection, ANSWER)
        except FrameTooLargeError as error:  # its own side would have said so
            self._discard(child)
            raise AnswerTooLargeError(error.size, error.limit, tensors.rows) from error
        except TimeoutError as error:
            self._discard(child)
            raise ReplayTimeoutError(f"the model did not answer within {limit:.0f} s and was stopped") from error
        except (HungUpError, OSError) as error:
            words, gone = child.words.sentence_end(), self._zygote_died()
            self._discard(child)
            if gone:
                raise NoReplayError("the process that starts replays ended, and its children with it") from error
            raise ChildDiedError("the process that replays the model died", words) from error
        if "too_large" in answer:
            raise AnswerTooLargeError(answer["too_large"], ANSWER.frame, tensors.rows)
        if "no_memory" in answer:
            raise OutOfMemoryError(tensors.rows, self._memory)
        if "unforeseen" in answer:
            raise UnforeseenError(f"the replay failed by an error of its own: {answer['unforeseen']}")
        return answer, outputs

    def close(self) -> None:
        """Ends all children and the zygote."""
        with self._lock:
            idle = not self._children
            for child in self._children.values():
                child.close()
            self._children.clear()
            if self._control is not None:
                self._control.close()
            if self._zygote is not None:
                if idle:  # it may still be importing TensorFlow, which a person with a misspelt path need not wait for
                    self._zygote.kill()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self._zygote.wait(5)
                self._zygote.kill()
                self._zygote.wait()
            self._zygote = self._control = None

    def _child(self, key: _ChildKey) -> WarmChild:
        with self._lock:
            starting = self._starting.setdefault(key, threading.Lock())
        with starting:  # two threads that want one child start it once; other children start meanwhile
            if (known := self._warm(key)) is not None:
                return known
            self._never_loaded.check(key[0], key[2])
            child = self._start(key)
            with self._lock:
                self._children[key] = child
                self._close_oldest()
            return child

    def _warm(self, key: _ChildKey) -> WarmChild | None:
        with self._lock:
            if key in self._children and self._children[key].is_gone():
                self._children.pop(key).close()
            if key in self._children:
                self._children.move_to_end(key)
            return self._children.get(key)

    def _start(self, key: _ChildKey) -> WarmChild:
        artifact, flags, signature = key
        with contextlib.ExitStack() as undo:
            ours, theirs = socket.socketpair()
            words, scratch = LastWords.listen(), _scratch_folder()
            undo.callback(ours.close)
            undo.callback(scratch.cleanup)
            order = {
                "path": str(artifact),
                "signature": signature,
                "scratch": scratch.name,
                "sandbox": self._sandbox,
                "memory": self._memory,
                **FLAG_SETS[flags],
            }
            ours.settimeout(START_TIMEOUT)
            try:
                with theirs, words.theirs, self._lock:
                    ends = [theirs.fileno(), words.theirs.fileno()]
                    socket.send_fds(self._running_zygote(), [json.dumps(order).encode()], ends)
                answer, _ = receive(ours, ANSWER)
            except TimeoutError as error:
                self._kill(scratch.name)
                refusal = RefusedModelError(f"it was not loaded within {START_TIMEOUT:.0f} s", SMALLER)
                self._never_loaded.note(artifact, signature, refusal)
                raise refusal from error
            except (HungUpError, OSError, FrameTooLargeError) as error:
                self._kill(scratch.name)
                raise self._not_started(words) from error
            if "ready" not in answer:
                raise self._refusal(answer)
            undo.pop_all()
            return WarmChild(ours, answer["pid"], answer["ready"], scratch, words)

    def _not_started(self, words: LastWords) -> ReplayError:
        if self._zygote_died():
            last = self._words.sentence_end() if self._words is not None else ""
            return NoReplayError("the process that starts replays ended", last)
        return RefusedModelError("the process that loads the model died", last_words=words.sentence_end())

    def _refusal(self, answer: Json) -> RefusedModelError:
        if "too_large" in answer:
            size = readable_bytes(answer["too_large"])
            return RefusedModelError(f"the names of its layers, weights and outputs alone take {size}")
        if "no_sandbox" in answer:
            return CannotLockError(f"models cannot be locked in here: {answer['no_sandbox']}", self._way_out)
        return RefusedModelError(answer["error"], answer["way_out"])

    def _running_zygote(self) -> socket.socket:
        if self._zygote is not None and self._zygote.poll() is None and self._control is not None:
            return self._control
        for child in self._children.values():
            child.close()
        self._children.clear()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._words = LastWords.listen()
        with theirs, self._words.theirs:
            self._zygote = subprocess.Popen(
                [sys.executable, "-m", "nantrace.replay.zygote", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                env=bare_environment(locked=self._sandbox),
                cwd=Path(__file__).resolve().parents[2],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._words.theirs,
            )
        self._control = ours
        return ours

    def _zygote_died(self) -> bool:
        """Whether it is dead or about to be: the last threads of a killed process take a moment to end."""
        if self._zygote is None:
            return True
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._zygote.wait(1)
        return self._zygote.poll() is not None

    def _kill(self, scratch: str) -> None:
        """Kills the child that works in this folder, if it still runs."""
        if self._control is not None:
            with contextlib.suppress(OSError):
                self._control.send(json.dumps({"kill": scratch}).encode())

    def _discard(self, child: WarmChild) -> None:
        with self._lock:
            for key in [key for key, known in self._children.items() if known is child]:
                del self._children[key]
            self._kill(child.scratch.name)
            child.close()

    def _close_oldest(self) -> None:
        """Closes children that nobody asks, the least recently used first, until few enough are left."""
        for key, child in list(self._children.items())[:-1]:
            if len(self._children) <= WARM_CHILDREN:
                return
            if child.lock.acquire(blocking=False):
                del self._children[key]
                child.close()
                child.lock.release()


def _scratch_folder() -> "tempfile.TemporaryDirectory[str]":
    return tempfile.TemporaryDirectory(prefix="nanwatch-replay-", ignore_cleanup_errors=True)
