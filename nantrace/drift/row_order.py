"""What the order of rows says about how many of them count as independent: known by a caller, or assumed by a decision.

Rows of one hour, place or customer resemble each other, so that they show less than as many independent ones (design
effect, Kish 1965). Only rows in the order in which they came show by how much.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from nantrace.tensors.refusals import Refusal

IID = "The option iid takes rows to be independent."
INDEPENDENT = "Rows count as independent; what all of them share, such as one hour or place, counts as drift."
TIME = "The option time sorts both sides by a column."


@dataclass(frozen=True)
class RowOrder:
    """What a caller knows: that rows are independent, or that they are sorted by the column `time`. Neither: nothing.

    Raises Refusal where both are claimed.
    """

    iid: bool = False
    time: str | None = None

    def __post_init__(self) -> None:
        if self.iid and self.time is not None:
            raise Refusal("iid", "says that rows are independent, and time that their order matters; give one of them")


UNKNOWN_ORDER = RowOrder()


class Basis(StrEnum):
    """What says whether rows resemble each other: the caller, an order that does or does not, or all features alike."""

    CALLER = "iid"
    REFERENCE = "reference_order"
    COMPARED_ROWS = "current_order"
    TOGETHER = "features_together"
    NO_ORDER = "no_order"
    TOO_FEW_ROWS = "too_few_rows"


@dataclass(frozen=True)
class AssumedOrder:
    """What a decision about `rows` rows rests on: `independent_rows`, 1 to `rows`, is theirs in the median feature."""

    basis: Basis
    rows: int
    independent_rows: float
    given: RowOrder = field(default_factory=RowOrder)

    @property
    def sentence(self) -> str:
        """What was assumed, why, and the option that changes it."""
        return " ".join((self._assumption(), *self._ways_out()))

    def document(self) -> dict[str, Any]:
        """Strict JSON."""
        return {
            "basis": self.basis.value,
            "sorted_by": self.given.time,
            "independent_rows": round(self.independent_rows),
            "detail": self.sentence,
        }

    def _assumption(self) -> str:
        fewer = f"{self.rows:,} rows count as about {self.independent_rows:,.0f} independent ones."
        by_time = self.given.time is not None
        known = f"Sorted by {self.given.time!r}, the reference" if by_time else "The order of the reference"
        return {
            Basis.CALLER: "Rows count as independent, as the option iid says.",
            Basis.REFERENCE: f"{known} shows that neighbours resemble each other: {fewer}",
            Basis.COMPARED_ROWS: f"{known} shows nothing; compared rows resemble their neighbours: {fewer}",
            Basis.TOGETHER: f"{known} shows nothing; rows deviate in most features, as of one stretch: {fewer}",
            Basis.NO_ORDER: f"{known} shows nothing, nor does that of the compared rows. {INDEPENDENT}",
            Basis.TOO_FEW_ROWS: f"{known} shows nothing, and the compared rows are too few to show it. {INDEPENDENT}",
        }[self.basis]

    def _ways_out(self) -> list[str]:
        if self.basis is Basis.CALLER:
            return []
        clustered = self.basis in (Basis.REFERENCE, Basis.COMPARED_ROWS, Basis.TOGETHER)
        return [*([IID] if clustered else []), *([TIME] if self.given.time is None else [])]
