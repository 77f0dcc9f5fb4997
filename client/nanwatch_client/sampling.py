"""A uniform sample of healthy rows: each is chosen with the same probability, whatever came before it.

Instead of a random number for each row, one is drawn for the distance to the next chosen row, which is
geometrically distributed (Devroye, Non-Uniform Random Variate Generation, 1986, X.2.1).
"""

import math
import random

NEVER = 2**62

_log = math.log


class Sampler:
    """`gap` is how far the next chosen row is ahead: 1 chooses the very next one."""

    __slots__ = ("_log_passed", "_uniform", "gap")

    def __init__(self, rate: float, source: random.Random | None = None) -> None:
        self._uniform = (source or random.Random()).random  # noqa: S311 - a sample, not a secret
        self._log_passed = -math.inf if rate >= 1 else math.log1p(-rate)
        self.gap = NEVER
        if rate > 1 / NEVER:
            self.gap = 0  # as if the row before the first had been chosen
            self.choose(0)

    def choose(self, rows: int) -> list[int]:
        """Which of the next `rows` rows are chosen, as positions among them."""
        chosen, at = [], self.gap - 1
        uniform, log_passed = self._uniform, self._log_passed
        while at < rows:
            chosen.append(at)
            at += 1 + int(_log(1.0 - uniform()) / log_passed)
        self.gap = at - rows + 1
        return chosen
