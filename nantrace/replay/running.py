"""One forward pass over rows of which some may make the model raise: those are separated out."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from nantrace.replay.model_inputs import InputSpec, UnfeedableError, UnnamedInputError, feed
from nantrace.replay.narrow_answers import WIDEST, narrowed
from nantrace.replay.protocol import HIDDEN, MAGNITUDES
from nantrace.tensors.tensor import Tensors

Array = NDArray[Any]
Forward = Callable[[Sequence[Array]], dict[str, Any]]

MODEL_ERRORS = (tf.errors.OpError, ValueError, TypeError, NotImplementedError, IndexError, RuntimeError, MemoryError)
CHUNK_CELLS = 20_000_000
PROBES = 8
MEMORY = "it needs more memory than a replay has (operators: NANWATCH_REPLAY_MEMORY_BYTES)"
LACKING: dict[type[Exception], str] = {
    tf.errors.ResourceExhaustedError: MEMORY,
    MemoryError: MEMORY,
    tf.errors.PermissionDeniedError: "it reaches for files or the network; export it with its files as assets",
    tf.errors.NotFoundError: "it needs a file or a kernel that is not here; export it with its files as assets",
    tf.errors.UnimplementedError: "the replay's CPU has no such kernel; save it with channels_last",
    tf.errors.FailedPreconditionError: "a table or variable was saved empty; save it after initialising",
    tf.errors.UnavailableError: "it calls something that is not here; export it without that call",
}
"""Where the machine is what is lacking, whatever the rows hold: their dtypes and ranks are those of the inputs by then.
See the classes of `tf.errors` and their canonical codes, https://grpc.io/docs/guides/status-codes/.
"""
# Around what TensorFlow and Keras have to say: colours, names of wrapped functions, where in the code.
_TECHNICAL = re.compile(r"\x1b\[[0-9;]*m|\{\{function_node [^}]*\}\}|\[Op:[^\]]*\]$")
_ASSERTED = re.compile(r"^assertion failed: \[(.*)\]$")
_ABOUT_CODE = ("Exception encountered", "Graph execution error", "Detected at node", "<stack traces", 'File "')


@dataclass(frozen=True)
class Ran:
    """Outputs of the rows `kept`, and of the others why the model cannot take them.

    `unable`: why not one row could be run here, though the model may well take them; empty where any could.
    `narrowed`: outputs that are too wide to be sent as they are, see `narrow_answers`.
    """

    kept: NDArray[np.intp]
    outputs: dict[str, Array]
    refused: dict[int, str] = field(default_factory=dict)
    unable: str = ""
    narrowed: frozenset[str] = frozenset()


def run(tensors: Tensors, specs: Sequence[InputSpec], forward: Forward, width: int = WIDEST) -> Ran:
    """Feeds all rows that fit; a row on which the model raises is refused, the others are still answered.

    `width`: cells of a row's answer, beyond which it is narrowed.
    """
    wide: set[str] = set()

    def answers(arrays: Sequence[Array]) -> dict[str, Array]:
        found, names = _sendable(forward(arrays), width)
        wide.update(names)
        return found

    try:
        fed = feed(tensors, specs)
    except UnfeedableError as error:
        unable = str(error) if isinstance(error, UnnamedInputError) else ""
        return Ran(np.zeros(0, np.intp), {}, dict.fromkeys(range(tensors.rows), str(error)), unable)
    rows = np.setdiff1d(np.arange(tensors.rows), list(fed.refused)) if fed.refused else np.arange(tensors.rows)
    raised: dict[int, Exception] = {}
    parts = []
    for chunk in _chunks(rows, fed.arrays):
        parts += _separated(chunk, fed.arrays, answers, raised)
    kept = np.concatenate([part for part, _ in parts]) if parts else np.zeros(0, np.intp)
    names = parts[0][1] if parts else {}
    outputs = {name: np.concatenate([out[name] for _, out in parts]) for name in names}
    refused = {**fed.refused, **{row: first_line(error) for row, error in raised.items()}}
    unable = "" if parts or fed.refused else _lacking(list(raised.values()))
    return Ran(kept, outputs, refused, unable, frozenset(wide))


def _sendable(outputs: dict[str, Any], width: int) -> tuple[dict[str, Array], list[str]]:
    measured = {name: np.asarray(outputs[name]) for name in (HIDDEN, MAGNITUDES) if name in outputs}
    found, wide = narrowed({name: one for name, one in outputs.items() if name not in measured}, width)
    return {**found, **measured}, wide


def _lacking(raised: Sequence[Exception]) -> str:
    """What is lacking here, where that is all that was raised."""
    kinds = [next((kind for kind in LACKING if isinstance(error, kind)), None) for error in raised]
    if not kinds or kinds[0] is None or None in kinds:
        return ""
    return f"{first_line(raised[0])}: {LACKING[kinds[0]]}"


def _chunks(rows: NDArray[np.intp], arrays: Sequence[Array]) -> list[NDArray[np.intp]]:
    if not len(rows):
        return []
    cells = sum(int(np.prod(array.shape[1:])) for array in arrays) or 1
    size = max(1, min(4096, CHUNK_CELLS // cells))
    return [rows[start : start + size] for start in range(0, len(rows), size)]


def _separated(
    rows: NDArray[np.intp], arrays: Sequence[Array], forward: Forward, raised: dict[int, Exception]
) -> list[tuple[NDArray[np.intp], dict[str, Array]]]:
    """Halves a failing chunk until the rows that fail stand alone, with the error in `raised`."""
    whole = len(rows) == len(arrays[0])  # then nothing needs to be copied
    try:
        return [(rows, forward(arrays if whole else [array[rows] for array in arrays]))]
    except MODEL_ERRORS as error:
        why: Exception = error
    if len(rows) == 1 or _all_fail(rows, arrays, forward):
        raised.update(dict.fromkeys(rows.tolist(), why))
        return []
    middle = len(rows) // 2
    return [
        *_separated(rows[:middle], arrays, forward, raised),
        *_separated(rows[middle:], arrays, forward, raised),
    ]


def _all_fail(rows: NDArray[np.intp], arrays: Sequence[Array], forward: Forward) -> bool:
    """Whether a sample of single rows fails throughout: then it is not the content of some rows."""
    if len(rows) <= PROBES:
        return False
    for row in rows[:: max(1, len(rows) // PROBES)]:
        try:
            forward([array[[row]] for array in arrays])
        except MODEL_ERRORS:
            continue
        return False
    return True


def first_line(error: BaseException) -> str:
    """The first line of an exception's text that says something to a person."""
    lines = [_TECHNICAL.sub("", line).strip() for line in str(error).splitlines()]
    useful = [line for line in lines if line and not line.startswith(_ABOUT_CODE)]
    first = (useful or [line for line in lines if line] or [type(error).__name__])[0]
    return _ASSERTED.sub(r"\1", first).replace('\\"', '"')[:300]
