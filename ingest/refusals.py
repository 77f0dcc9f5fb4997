"""Why a request is refused, for other reasons than its data."""

import math

from nantrace.tensors.refusals import Refusal


class Conflict(Refusal):
    """The name belongs to something else."""


class UnsupportedType(Refusal):
    """The service does not read this content type."""


class LengthRequired(Refusal):
    """The request must declare the length of its body."""


class TryLater(Refusal):
    """The service takes no more right now, and nothing was stored; `seconds` is when to try again."""

    def __init__(self, field: str, message: str, seconds: float) -> None:
        self.seconds = max(1, math.ceil(seconds))
        super().__init__(field, f"{message}; try again in {self.seconds} s")
