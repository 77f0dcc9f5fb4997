"""Why a request or a file cannot be taken, as exceptions that name the part that is wrong.

Messages are for a person reading them at night: what is wrong, the limit, the way out.
"""

import math


class Refusal(ValueError):  # noqa: N818 - it says no; nothing went wrong on our side
    """`field` names the part of the request that is wrong."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field, self.message = field, message


class Malformed(Refusal):
    """The body is not what its content type says."""


class TooLarge(Refusal):
    """A limit of `ingest/limits.py` is exceeded."""


class UnusableFile(Refusal):
    """An uploaded file is not what its field asks for, or breaks a limit."""


class NotFound(Refusal):
    """The project holds nothing of that name."""


class Conflict(Refusal):
    """The name is taken by something else."""


class UnsupportedType(Refusal):
    """The content type is none that the service reads."""


class LengthRequired(Refusal):
    """The body must say its length beforehand."""


class TryLater(Refusal):
    """The service takes no more just now; `seconds` is when to try again. Nothing was stored."""

    def __init__(self, field: str, message: str, seconds: float) -> None:
        self.seconds = max(1, math.ceil(seconds))
        super().__init__(field, f"{message}; try again in {self.seconds} s")
