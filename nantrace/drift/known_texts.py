"""Which texts the reference of a feature holds, and the bin that counts each.

Few texts are counted one by one. Of many, only those are that stand in a fortieth of the cells; every other one is
known by its hash, and counted in a group that its hash chooses. Groups chosen by frequency would be biased: what is
frequent in one sample is less frequent in the next.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

MAX_TEXTS = 40  # that are counted one by one
GROUPS = 20  # of the others
MAX_HASHES = 65_536  # texts known by their hash, 256 KB; an unknown text passes for one of them once in 65,536 times

Texts = NDArray[np.str_]


@dataclass(frozen=True)
class KnownTexts:
    """`frequent`: ascending, each with a bin of its own. `hashes` (others,) int64 ascending, CRC-32 of UTF-8."""

    frequent: Sequence[str]
    hashes: NDArray[np.int64]

    @classmethod
    def of(cls, texts: Texts, counts: NDArray[np.intp]) -> Self:
        """Of all different texts of a reference (texts,) ascending, and how many cells hold each."""
        frequent = np.full(len(texts), True) if len(texts) <= MAX_TEXTS else counts * MAX_TEXTS >= counts.sum()
        others = np.flatnonzero(~frequent)
        kept = others[np.argsort(-counts[others], kind="stable")[:MAX_HASHES]]
        return cls(texts[frequent].tolist(), np.unique(_hashes(texts[kept])))

    @property
    def groups(self) -> int:
        return GROUPS if len(self.hashes) else 0

    @property
    def bins(self) -> int:
        """Of the frequent texts, then of the groups of the others."""
        return len(self.frequent) + self.groups

    def codes(self, column: Texts) -> NDArray[np.int64]:
        """The bin of each text (cells,), from 0; `bins` for a text that the reference does not hold."""
        known = np.array([*self.frequent, ""])
        places = known[:-1].searchsorted(column)
        codes = np.where(known[places] == column, places, self.bins)
        rest = np.flatnonzero(codes == self.bins) if len(self.hashes) else np.empty(0, np.intp)
        texts, which = np.unique(column[rest], return_inverse=True)
        hashes = _hashes(texts)
        grouped = np.where(np.isin(hashes, self.hashes), len(self.frequent) + hashes % GROUPS, self.bins)
        codes[rest] = grouped[which.ravel()]
        return codes

    def label(self, code: int) -> str:
        """What a bin counts, in words."""
        if code < len(self.frequent):
            return self.frequent[code]
        number = code - len(self.frequent) + 1
        return f"rarer texts of the reference, group {number}" if code < self.bins else "another text"


def _hashes(texts: Texts) -> NDArray[np.int64]:
    return np.array([crc32(text.encode("utf-8", "surrogatepass")) for text in texts.tolist()], np.int64)
