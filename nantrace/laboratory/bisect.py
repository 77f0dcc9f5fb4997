"""Rows on which a model hangs, or takes its process down, are separated from the others by halving."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nantrace.diagnosis.case import ReplayOutcome
from nantrace.replay.replayer import ChildDiedError, ReplayTimeoutError
from nantrace.tensors.tensor import Tensors

Ask = Callable[[Tensors], ReplayOutcome]
MAX_FAILURES = 12  # so many parts may hang or die before the whole batch is given up


def separated(rows: Tensors, reason: str, ask: Ask) -> ReplayOutcome:
    """The outcome of all rows after the whole batch was not answered for `reason`.

    The whole is tried once more (somebody may have killed the process), then each part that is not answered is halved
    or, as a single row, refused. One bad row is found among 2 ** MAX_FAILURES; where more parts fail, the rows that are
    left are refused for the same reason. Raises ChildDiedError where the process died on every part: then it is not the
    rows.
    """
    waiting = [np.arange(rows.rows)]
    parts: list[tuple[NDArray[np.intp], ReplayOutcome]] = []
    failures, last = 0, None
    while waiting:
        index = waiting.pop()
        if failures > MAX_FAILURES:
            parts.append((index, refused(len(index), reason)))
            continue
        try:
            parts.append((index, ask(rows.take(index))))
        except (ReplayTimeoutError, ChildDiedError) as error:
            last = error
            failures += 1
            if len(index) == 1:
                parts.append((index, refused(1, str(error))))
            else:
                waiting += [index[len(index) // 2 :], index[: len(index) // 2]]
    if isinstance(last, ChildDiedError) and all(len(outcome.refused) == len(index) for index, outcome in parts):
        raise last
    return joined(rows.rows, parts)


def refused(rows: int, reason: str) -> ReplayOutcome:
    """No row was answered."""
    return ReplayOutcome(np.zeros(rows, bool), {}, dict.fromkeys(range(rows), reason), stopped=frozenset(range(rows)))


def joined(rows: int, parts: Sequence[tuple[NDArray[np.intp], ReplayOutcome]]) -> ReplayOutcome:
    """Outcomes of parts of a batch as one of the whole; refused rows hold NaN."""
    finite = np.zeros(rows, bool)
    reasons: dict[int, str] = {}
    for index, outcome in parts:
        finite[index] = outcome.finite
        reasons |= {int(index[row]): why for row, why in outcome.refused.items()}
    names = dict.fromkeys(name for _, outcome in parts for name in outcome.outputs)
    outputs = {name: _filled(rows, [(i, one.outputs.get(name)) for i, one in parts]) for name in names}
    hidden = _filled(rows, [(i, one.hidden) for i, one in parts])
    magnitudes = _filled(rows, [(i, one.magnitudes) for i, one in parts])
    return ReplayOutcome(
        finite=finite,
        outputs={name: values for name, values in outputs.items() if values is not None},
        refused=reasons,
        hidden=None if hidden is None else hidden == 1,
        magnitudes=magnitudes,
        stopped=frozenset(int(index[row]) for index, outcome in parts for row in outcome.stopped),
        unable=parts[0][1].unable if all(outcome.unable for _, outcome in parts) else "",
    )


def _filled(rows: int, parts: Sequence[tuple[NDArray[np.intp], NDArray[Any] | None]]) -> NDArray[Any] | None:
    known = [(index, values) for index, values in parts if values is not None]
    if not known:
        return None
    sample = known[0][1]
    text = sample.dtype.kind == "U"
    whole = np.full((rows, *sample.shape[1:]), "" if text else np.nan, sample.dtype if text else np.float64)
    for index, values in known:
        whole[index] = values
    return whole
