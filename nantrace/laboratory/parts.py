"""A batch is asked about in parts of a size that the model answers in seconds, whatever a row costs it.

What one row cost is measured by the process that answers. A part that is not answered in time is asked again as smaller
ones; rows on which a model hangs, or takes its process down, end up alone.
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nantrace.diagnosis.case import ReplayOutcome
from nantrace.replay.replay_errors import (
    AnswerTooLargeError,
    ChildDiedError,
    NoReplayError,
    ReplayTimeoutError,
    TooLargeError,
)
from nantrace.tensors.limits import MIB
from nantrace.tensors.tensor import Tensors

Rows = NDArray[np.intp]
Answer = tuple[dict[str, Any], Tensors]
Ask = Callable[[Tensors, float], Answer]
FIRST_CELLS, MOST_CELLS = 1_000_000, 8_000_000
"""Of the inputs: in a part whose cost nobody knows, and in any part."""
PART_SECONDS, WHOLE_SECONDS = 6.0, 20.0
"""That a part should take; and that FIRST_CELLS may take, since a model may compute over the whole of a batch."""
PATIENCE, LONGEST = 20.0, 600.0  # a part may take so many times what its rows cost, and so many seconds
SEPARATING_SECONDS = 5.0  # or these, where another part was not answered in time
LAST_TRY = 4.0  # a row alone, as long as nothing is measured, may take so many times the usual limit
MOST_ANSWER_BYTES = 128 * MIB  # of all parts together
MOST_FAILURES = 12  # parts that may hang or die; one bad row is found among 2 ** MOST_FAILURES


@dataclass
class Pace:
    """Seconds that a row costs at one kind of question: `guess` until that is measured, None without any.

    `sizes`: of which a part should have one, where each costs a compilation that would spoil what is measured.
    """

    guess: float | None = None
    sizes: Sequence[int] = ()
    measured: float | None = None
    answered: bool = False

    @property
    def seconds(self) -> float | None:
        """The best that is known."""
        return self.guess if self.measured is None else self.measured

    def note(self, rows: int, seconds: float) -> None:
        """A part was answered. The first one pays for what is done once: if it was quick, it says nothing of a row."""
        if not self.sizes and (self.answered or seconds > PART_SECONDS):
            self.measured = seconds / max(rows, 1)
        self.answered = True

    def rows(self, cells: int) -> int:
        """How many rows of so many cells make a part."""
        first, most = FIRST_CELLS // cells, MOST_CELLS // cells
        if self.seconds is None:
            most = first
        elif self.seconds > 0:
            most = int(min(most, max(PART_SECONDS / self.seconds, min(first, WHOLE_SECONDS / self.seconds))))
        return max([1, *(size for size in self.sizes if size <= most)] if self.sizes else [1, most])

    def limit(self, rows: int, usual: float, *, separating: bool) -> float:
        """Seconds to wait for a part: they grow with what the rows of this model cost."""
        if self.measured is None and rows == 1:
            usual *= LAST_TRY
        if self.seconds is None:
            return usual
        least = SEPARATING_SECONDS if separating and rows > 1 else usual
        return max(least, min(LONGEST, PATIENCE * self.seconds * rows))


@dataclass
class Asked:
    """Answers by the rows they are for, rows without one, and why parts were not answered at first."""

    answers: list[tuple[Rows, Answer]] = field(default_factory=list)
    unanswered: list[tuple[Rows, Exception]] = field(default_factory=list)
    failures: list[Exception] = field(default_factory=list)


def ask_in_parts(
    rows: Tensors, pace: Pace, ask: Ask, usual: float, *, least: int = 1, failures: int = MOST_FAILURES
) -> Asked:
    """Asks about all rows; a part of at most `least` rows is not made smaller.

    `usual`: the limit in seconds where nothing speaks for another. After more than `failures` parts without an answer
    the rows that are left stay without one. Raises AnswerTooLargeError where all answers are more than can be held.
    """
    cells = sum(int(np.prod(tensor.values.shape[1:])) for tensor in rows) or 1
    waiting, asked = deque([np.arange(rows.rows)]), Asked()
    held = 0
    while waiting:
        index = _next_part(waiting, max(least, pace.rows(cells)))
        limit = pace.limit(len(index), usual, separating=bool(asked.failures))
        try:
            answer = ask(rows.take(index), limit)
        except TooLargeError as error:
            if len(index) > least:
                waiting.extendleft(_halves(index))
            else:
                asked.unanswered.append((index, error))
        except (ReplayTimeoutError, ChildDiedError, NoReplayError) as error:
            waiting.extendleft(_asked_again(index, error, asked, least))
            if len(asked.failures) > failures:
                asked.unanswered += [(left, error) for left in waiting]
                break
        else:
            pace.note(len(index), answer[0]["seconds"])
            asked.answers.append((index, answer))
            held += sum(one.values.nbytes for one in answer[1])
            if held > MOST_ANSWER_BYTES:
                raise AnswerTooLargeError(held, MOST_ANSWER_BYTES, rows.rows)
    return asked


def _next_part(waiting: deque[Rows], size: int) -> Rows:
    index = waiting.popleft()
    if len(index) > size:
        waiting.appendleft(index[size:])
    return index[:size]


def _asked_again(index: Rows, error: Exception, asked: Asked, least: int) -> list[Rows]:
    """What to ask instead of a part that was not answered, the last first."""
    asked.failures.append(error)
    if isinstance(error, ChildDiedError | NoReplayError) and len(asked.failures) == 1:
        return [index]  # somebody may have killed the process
    if isinstance(error, NoReplayError):
        raise error
    if len(index) <= least:
        asked.unanswered.append((index, error))
        return []
    return _halves(index)


def _halves(index: Rows) -> list[Rows]:
    """The second half, then the first."""
    return [index[len(index) // 2 :], index[: len(index) // 2]]


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
        narrowed=frozenset(name for _, outcome in parts for name in outcome.narrowed),
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
