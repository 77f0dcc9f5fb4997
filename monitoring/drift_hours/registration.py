"""The uploaded training inputs become the reference of drift; the model itself says what it answers to them."""

import logging

import numpy as np

from monitoring.drift_hours.stored_profiles import store_profile, stored_profile
from monitoring.models import ProfileOrigin
from nantrace.drift.columns import evenly_spaced
from nantrace.laboratory.laboratory import ReplayLaboratory
from nantrace.replay.replayer import ReplayError
from nantrace.tensors.tensor import Tensor, Tensors

MOST_ROWS = 100_000
MOST_CELLS = 16_000_000  # of all inputs: seconds for an ordinary model, two hundred photographs

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
    """The model's outputs as served, of the rows that it takes; None where that are not all."""
    try:
        outcome = laboratory.replay(rows, "default")
    except ReplayError as error:
        logger.warning("version %s did not answer its training inputs: %s", version_id, error)
        return None
    if outcome.refused:
        return None
    return Tensors.of(*(Tensor(name, values) for name, values in outcome.outputs.items()))
