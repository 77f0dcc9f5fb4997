"""Which cells make a model raise: a refused row with some cells replaced by those of a row that the model takes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nantrace.diagnosis.case import STANDING, Case, Laboratory, Mask
from nantrace.diagnosis.cells import missing, typical
from nantrace.diagnosis.edit import Array, Edit
from nantrace.diagnosis.finding import Reason
from nantrace.diagnosis.minimal_features import smallest_cure
from nantrace.diagnosis.trials import Rows
from nantrace.tensors.tensor import Tensor, Tensors

IDENTIFIER = "shape_or_type"
MISSING = Reason("is missing", "are missing", IDENTIFIER)
INFINITE = Reason("is infinite", "are infinite", IDENTIFIER)
TEXT = Reason("holds text", "hold text", IDENTIFIER)
UNKNOWN = Reason("holds a value that the model does not take", "hold values that the model does not take", IDENTIFIER)
MOST_CELLS = 4_000  # of a row; of larger ones, such as images, no cells are named
PROBES, ROUNDS = 62, 12  # values between two known ones that are tried at once, and how often


@dataclass(frozen=True)
class RefusedCell:
    """One cell that makes the model raise. `place`: in its flattened row.

    `limit`: of a whole number, the last one on the way to it that the model takes; None where that is not known.
    """

    input: str
    place: int
    reason: Reason
    limit: int | None = None


@dataclass(frozen=True)
class RefusedRow:
    """A refused row (a batch of 1) and `taken`, the same row with cells that the model takes throughout."""

    case: Case
    lab: Laboratory
    row: Tensors
    taken: Edit

    @classmethod
    def of(cls, case: Case, lab: Laboratory, row: int, others: Rows) -> "RefusedRow":
        """`others`: rows that the model takes; without any, what is typical of the reference stands in."""
        alone, healthy = case.inputs.take(np.array([row])), case.inputs.take(others[:1])
        values = {one.name: _instead(case, one, healthy) for one in alone}
        cells = {one.name: _other(one, values[one.name]) for one in alone}
        return cls(case, lab, alone, Edit("replace_cells", IDENTIFIER, values, cells))

    def cells(self) -> list[RefusedCell]:
        """The fewest cells that must be replaced; none where that does not help, or would take too long to find."""
        places = [(name, int(at)) for name, mask in self.taken.cells.items() for at in np.flatnonzero(mask)]
        if not places or len(places) > MOST_CELLS or not self._takes([places])[0]:
            return []
        return [self._described(*place) for place in smallest_cure(places, self._takes)]

    def _takes(self, changes: Sequence[Sequence[tuple[str, int]]]) -> list[bool]:
        copies = np.zeros(len(changes), np.intp)
        rows, change = self.row.take(copies), self.taken.take(copies)
        only: dict[str, Mask] = {one.name: np.zeros((one.rows, one.values[0].size), bool) for one in rows}
        for i, places in enumerate(changes):
            for name, at in places:
                only[name][i, at] = True
        shaped = {one.name: only[one.name].reshape(one.values.shape) for one in rows}
        return [bool(one) for one in takes(self.lab, change.apply(rows, shaped))]

    def _described(self, name: str, at: int) -> RefusedCell:
        tensor = self.row.by_name[name]
        if tensor.unread().ravel()[at]:
            return RefusedCell(name, at, TEXT)
        if missing(tensor).ravel()[at]:
            return RefusedCell(name, at, MISSING)
        if tensor.infinite().ravel()[at]:
            return RefusedCell(name, at, INFINITE)
        if tensor.values.dtype.kind == "U":
            return RefusedCell(name, at, TEXT if self.case.takes_numbers(name) else UNKNOWN)
        good = float(self.taken.values[name].ravel()[at])
        return RefusedCell(name, at, UNKNOWN, self._limit(name, at, good, float(tensor.values.ravel()[at])))

    def _limit(self, name: str, at: int, good: float, bad: float) -> int | None:
        """Narrowed from a taken and a refused whole number; what lies between may be anything where these are none.

        A number whose other neighbour is refused as well is no end of a range, but one of a vocabulary.
        """
        if not (good.is_integer() and bad.is_integer()):
            return None
        taken, refused = int(good), int(bad)
        for _ in range(ROUNDS):
            if abs(refused - taken) <= 1:
                return taken if self._takes_values(name, at, np.array([2 * taken - refused]))[0] else None
            tried = np.linspace(taken, refused, PROBES + 2).round().astype(np.int64)
            answers = [True, *self._takes_values(name, at, tried[1:-1]), False]
            first = answers.index(False)
            taken, refused = int(tried[first - 1]), int(tried[first])
        return None

    def _takes_values(self, name: str, at: int, values: Array) -> list[bool]:
        rows = self.row.take(np.zeros(len(values), np.intp))
        everything = self.taken.take(np.zeros(len(values), np.intp)).apply(rows)
        tensor = everything.by_name[name]
        cells = tensor.values.copy()
        cells.reshape(len(values), -1)[:, at] = values
        changed = {**everything.by_name, name: Tensor(name, cells, tensor.sent)}
        return [bool(one) for one in takes(self.lab, Tensors(changed))]


def takes(lab: Laboratory, rows: Tensors) -> Mask:
    """Rows that the model answers, as served and unfused, shape (rows,)."""
    found = np.ones(rows.rows, bool)
    for outcome in lab.replay_each(rows, STANDING).values():
        found[list(outcome.refused)] = False
    return found


def _instead(case: Case, tensor: Tensor, healthy: Tensors) -> Array:
    """What the cells are replaced by, shape of the tensor."""
    if not healthy.rows:
        return typical(case, tensor, healthy)
    return np.broadcast_to(healthy.by_name[tensor.name].values, tensor.values.shape)


def _other(tensor: Tensor, values: Array) -> Mask:
    """Cells that are not yet what they are replaced by; NaN is like nothing."""
    text = tensor.values.dtype.kind == "U"
    return np.asarray((tensor.values != (values.astype("U") if text else values)) | tensor.missing())
