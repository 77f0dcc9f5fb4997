"""The rows that become the reference of a version: its uploaded training inputs, or the first rows of its traffic.

Where no training inputs were registered, the reference is frozen when 1,000 rows are together, or as many as fit into
4 MiB (16 at least); after a day a hundred will do. These rows are in no window: the windows are compared with them.
"""

import logging
from datetime import timedelta

import numpy as np
from django.db import transaction
from django.db.models.functions import Now
from numpy.typing import NDArray

from monitoring.drift_hours.reservoir import alike, capacity, joined
from monitoring.drift_hours.stored_profiles import store_profile, stored_profile
from monitoring.models import DriftSample, ProfileOrigin
from nantrace.drift.columns import evenly_spaced
from nantrace.laboratory.laboratory import ReplayLaboratory
from nantrace.replay.replay_errors import ReplayError
from nantrace.tensors.framing import pack_tensors, unpack_tensors
from nantrace.tensors.tensor import Tensor, Tensors

MOST_ROWS = 100_000
MOST_CELLS = 16_000_000  # of all inputs: seconds for an ordinary model, two hundred photographs
FEWER_ROWS = 2_000  # whose answers may have two thousand numbers each
WAIT = timedelta(days=1)
ENOUGH_AFTER_WAIT = 100
LEAST_ROWS = 16  # of images that do not fit

logger = logging.getLogger(__name__)


def keep_training_inputs(version_id: int, laboratory: ReplayLaboratory, rows: Tensors) -> None:
    """Stores the reference of a version from its training inputs, as the model takes them.

    Of very many rows an even sample is taken, in their order. The reference of the outputs is what the model answers
    to these rows: what serving answers can then be judged from the first hour on, and a fault of the first
    hours never becomes the norm. Where the model does not take the rows, outputs are not watched.
    """
    if stored_profile(version_id) is not None or not rows.rows:
        return
    cells = sum(int(np.prod(tensor.values.shape[1:])) for tensor in rows)
    watched = rows.take(evenly_spaced(rows.rows, min(MOST_ROWS, max(1, MOST_CELLS // max(cells, 1)))))
    answered = _answered(version_id, laboratory, watched)
    store_profile(version_id, ProfileOrigin.UPLOADED, watched, answered)


def _answered(version_id: int, laboratory: ReplayLaboratory, rows: Tensors) -> Tensors | None:
    """The model's outputs as served, of the rows that it takes; None where that are not all, or too many numbers."""
    try:
        outcome = laboratory.replay(rows, "default")
        if outcome.narrowed and rows.rows > FEWER_ROWS:
            outcome = laboratory.replay(rows.take(evenly_spaced(rows.rows, FEWER_ROWS)), "default")
    except ReplayError as error:
        logger.warning("version %s did not answer its training inputs: %s", version_id, error)
        return None
    if outcome.refused:
        return None
    answered = {name: values for name, values in outcome.outputs.items() if name not in outcome.narrowed}
    return Tensors.of(*(Tensor(name, values) for name, values in answered.items())) if answered else None


def gather(version_id: int, inputs: Tensors, outputs: Tensors | None) -> int:
    """Puts rows aside for the reference, inside a transaction; how many: the others come after the reference.

    Rows of another shape than the first ones are left out, and so are counted as gathered.
    """
    if not inputs.rows:
        return 0
    DriftSample.objects.get_or_create(version_id=version_id, hour=None)
    samples = DriftSample.objects.filter(version_id=version_id, hour=None)
    sample = samples.select_for_update(no_key=True).first()
    if sample is None or stored_profile(version_id) is not None:  # another worker has frozen it meanwhile
        samples.delete()
        return 0
    kept = {} if sample.payload is None else unpack_tensors(bytes(sample.payload))
    size = max(capacity(inputs), LEAST_ROWS)
    wanted = max(0, min(size - sample.rows, inputs.rows))
    together = _together(kept, inputs, outputs, np.arange(wanted))
    if together is None:
        return inputs.rows
    if together["inputs"].rows >= size:
        store_profile(version_id, ProfileOrigin.TRAFFIC, together["inputs"], together.get("outputs"))
        samples.delete()
    else:
        rows = together["inputs"].rows
        samples.update(payload=pack_tensors(**together), rows=rows, seen=rows)
    return wanted


def freeze_waiting() -> int:
    """Freezes the references that have waited for a day and have enough rows; returns how many."""
    waiting = DriftSample.objects.filter(hour=None, started_at__lt=Now() - WAIT, rows__gte=ENOUGH_AFTER_WAIT)
    return sum(_freeze(key) for key in waiting.values_list("pk", flat=True))


def _freeze(key: int) -> int:
    with transaction.atomic():
        sample = DriftSample.objects.select_for_update(no_key=True).filter(pk=key).first()
        if sample is None or sample.payload is None:
            return 0
        kept = unpack_tensors(bytes(sample.payload))
        store_profile(sample.version_id, ProfileOrigin.TRAFFIC, kept["inputs"], kept.get("outputs"))
        sample.delete()
        return 1


def _together(
    kept: dict[str, Tensors],
    inputs: Tensors,
    outputs: Tensors | None,
    chosen: NDArray[np.intp],
) -> dict[str, Tensors] | None:
    """What was kept and the chosen rows, by group; None where they do not fit together."""
    first = not kept
    if not first and not alike(kept["inputs"], inputs):
        return None
    together = {"inputs": inputs.take(chosen) if first else joined(kept["inputs"], inputs.take(chosen))}
    if outputs is not None and first:
        together["outputs"] = outputs.take(chosen)
    elif outputs is not None and "outputs" in kept and alike(kept["outputs"], outputs):
        together["outputs"] = joined(kept["outputs"], outputs.take(chosen))
    return together  # outputs that came with some of the rows only would be a reference of other rows
