"""What the token buckets of `rates.py` need from the place where they are kept."""

from typing import Protocol

LONGEST_SECONDS = 300.0
"""Nobody has to wait longer: not after one huge batch, nor because a clock was set back."""

Ahead = tuple[float, float]
"""Seconds by which the requests and the rows of a key are ahead of the clock."""


class Buckets(Protocol):
    """Keeps for each key the two times until which its requests and its rows are paid for."""

    def spend(self, key_id: int, seconds: Ahead, below: float) -> Ahead:
        """How far ahead the key was; adds the seconds, in one step for all processes, if neither is above `below`.

        Raises OSError when the place cannot be reached.
        """
