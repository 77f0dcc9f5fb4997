"""Why a request cannot be taken right now or at all, beside what can be wrong with its data."""

import math

from nantrace.tensors.refusals import Refusal


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
