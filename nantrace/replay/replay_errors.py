"""Why a question to a replayed model has no answer; what each class says decides what becomes of the rows."""

from nantrace.tensors.limits import readable_bytes


class ReplayError(Exception):
    """The child could not answer; the text says what happened to it.

    `last_words`: the end of a sentence with what the model itself wrote, in the text but for no log that all projects
    share; `ours` is the text without it.
    """

    def __init__(self, ours: str, last_words: str = "") -> None:
        super().__init__(ours + last_words)
        self.ours = ours


class RefusedModelError(ReplayError):
    """The artifact cannot be loaded (or not be locked in); trying again would not help.

    `reason` and `way_out`: why, and what to do, empty where nobody knows.
    """

    def __init__(self, reason: str, way_out: str = "", last_words: str = "") -> None:
        super().__init__(f"{reason}. {way_out}" if way_out else reason, last_words)
        self.reason, self.way_out = reason + last_words, way_out


class NoReplayError(ReplayError):
    """Nothing can be replayed at the moment, whatever the model and the rows; the next question may be answered."""


class CannotLockError(RefusedModelError):
    """This machine cannot lock in the process that loads a model; the text says why, and the way out."""


class CannotSetUpError(RefusedModelError):
    """The replay could not be set up for these rows, which says nothing about them; the text says what is lacking."""


class TooLargeError(CannotSetUpError):
    """Rows, or what the model makes of them, need more memory than there is; fewer of them may do."""


class AnswerTooLargeError(TooLargeError):
    """What the model answers is more than the worker takes."""

    def __init__(self, size: int, limit: int, rows: int) -> None:
        super().__init__(
            f"the answer to {_rows(rows)} takes {readable_bytes(size)}; the limit is {readable_bytes(limit)}",
            "Post fewer rows at once, or register the model with fewer or smaller outputs",
        )


class OutOfMemoryError(TooLargeError):
    """What the model computes is more than its process may hold."""

    def __init__(self, rows: int, limit: int) -> None:
        super().__init__(
            f"{_rows(rows)} need more memory in the model than the {readable_bytes(limit)} that a replay has",
            "Post fewer rows at once (operators: NANWATCH_REPLAY_MEMORY_BYTES)",
        )


class ReplayTimeoutError(ReplayError):
    """The model did not answer within the limit; the child was killed."""


class UnforeseenError(ReplayError):
    """The replay ran into an error of its own code, which says nothing about the model or the rows."""


class ChildDiedError(ReplayError):
    """The child died while it was asked: the model took it down, or somebody killed it."""


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"
