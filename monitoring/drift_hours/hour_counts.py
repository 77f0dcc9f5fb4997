"""Counts the rows of one replayed batch: the arithmetic before the transaction, the writing inside it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Self

import numpy as np
from numpy.typing import NDArray

from ingest.models import Batch
from monitoring.drift_hours import hours
from monitoring.drift_hours.reference_rows import gather
from monitoring.drift_hours.stored_profiles import StoredProfile, stored_profile
from monitoring.drift_hours.version_before import predecessor
from monitoring.models import hour_of
from monitoring.traffic.sampling_weights import Served
from nantrace.drift.columns import MAX_POSITIONS, columns_of
from nantrace.drift.profile import Profile
from nantrace.drift.window import Window
from nantrace.tensors.tensor import Tensor, Tensors


@dataclass(frozen=True)
class HourCounts:
    """Rows of a batch, and what they count to where their version had a reference before the transaction began.

    `inputs` and `outputs` as the model takes and answers them, an even sample of what was served; `positions` (rows,)
    of these rows in the batch. Outputs that serving did not send are not counted. `before`: the same rows in the bins
    of the version before, in a version's first day.
    """

    version_id: int
    hour: datetime
    positions: NDArray[np.intp]
    inputs: Tensors
    outputs: Tensors | None
    reference: StoredProfile | None
    counted: Window | None
    before: Window | None

    @classmethod
    def of(cls, batch: Batch, inputs: Tensors, outputs: Tensors | None) -> Self:
        bad = inputs.nonfinite_rows() if outputs is None else inputs.nonfinite_rows() | outputs.nonfinite_rows()
        even = _even_rows(batch, bad, np.random.default_rng())
        if len(even) < batch.rows:
            inputs, outputs = inputs.take(even), _taken(outputs, even)
        reference = stored_profile(batch.version_id)
        counted = None if reference is None else _counted(reference.profile, inputs, outputs)
        hour = hour_of(batch.observed_at)
        compared = None if reference is None else predecessor(batch.version_id, hour)
        before = None if compared is None else compared.count(hour, inputs, outputs)
        return cls(batch.version_id, hour, even, inputs, outputs, reference, counted, before)

    def write(self, refused: Collection[int]) -> None:
        """Adds the rows to their hour; without a reference puts them aside for one, those left out that were `refused`.

        Must run inside the transaction that marks the batch as replayed, so that a batch counts once.
        """
        if not len(self.positions):
            return
        if self.reference is not None and self.counted is not None:
            sampled = _sampled(self.reference.profile, self.inputs)
            hours.add(self.version_id, self.hour, self.counted, sampled, self.before)
            return
        taken = np.flatnonzero(~np.isin(self.positions, list(refused)))
        gathered = gather(self.version_id, self.inputs.take(taken), _taken(self.outputs, taken))
        rest, frozen = taken[gathered:], stored_profile(self.version_id)
        if frozen is not None and len(rest):
            inputs = self.inputs.take(rest)
            counted = _counted(frozen.profile, inputs, _taken(self.outputs, rest))
            hours.add(self.version_id, self.hour, counted, _sampled(frozen.profile, inputs))


def _even_rows(batch: Batch, nonfinite: NDArray[np.bool_], rng: np.random.Generator) -> NDArray[np.intp]:
    """An even sample out of an uneven one; `nonfinite` says which rows hold a non-finite or missing value, (rows,).

    A client keeps every row with such a value and a share of the others: counted as they come, rare NaN would look
    frequent. Every row stays where a sender did not sample.
    """
    served = Served.by(batch)
    if served.predictions <= batch.rows or not nonfinite.any():
        return np.arange(batch.rows)
    others = served.predictions - served.nonfinite
    share = int((~nonfinite).sum()) / others if others else 1.0
    stays = share * served.nonfinite / int(nonfinite.sum())
    return np.flatnonzero(~nonfinite | (rng.random(len(nonfinite)) < stays))


def _taken(outputs: Tensors | None, rows: NDArray[np.intp]) -> Tensors | None:
    return None if outputs is None else outputs.take(rows)


def _counted(profile: Profile, inputs: Tensors, outputs: Tensors | None) -> Window:
    """Answers in another form than the model's (a label for its probabilities) are another thing, and no drift."""
    layouts = [layout for layout in profile.tensors if layout.side == "outputs"]
    sent = {} if outputs is None else outputs.by_name
    if len(layouts) == len(sent) == 1:
        sent = {layouts[0].name: next(iter(sent.values()))}
    comparable = all(layout.name in sent and layout.fits(sent[layout.name]) for layout in layouts)
    return profile.count(inputs, outputs if comparable else None)


def _sampled(profile: Profile, inputs: Tensors) -> Tensors:
    """The watched cells of the rows whose tensors all fit; rows of another width are counted, and not kept."""
    layouts = {layout.name: layout for layout in profile.tensors if layout.side == "inputs"}
    named = list(inputs)
    if len(named) == len(layouts) == 1:
        named = [Tensor(next(iter(layouts)), named[0].values, named[0].sent)]
    if {tensor.name for tensor in named} != set(layouts) or not all(layouts[one.name].fits(one) for one in named):
        return Tensors()
    return Tensors.of(*(_watched(tensor) for tensor in named))


def _watched(tensor: Tensor) -> Tensor:
    """At most 64 positions of a row: an image is not kept where a few of its pixels show the same."""
    shape = tensor.values.shape
    if tensor.values.ndim < 3 or np.prod(shape[1:-1]) <= MAX_POSITIONS:
        return tensor
    columns = columns_of(tensor)
    cut = (tensor.rows, MAX_POSITIONS, len(columns.index))
    return Tensor(tensor.name, columns.values.reshape(cut), None if columns.sent is None else columns.sent.reshape(cut))
