"""Adds counted rows to their hour. Workers that add to one hour at once wait for each other and lose nothing."""

from datetime import datetime

import numpy as np
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from monitoring.drift_hours.reservoir import alike, draw
from monitoring.models import DriftSample, DriftWindow
from nantrace.drift.window import Window
from nantrace.tensors.framing import pack_tensors, unpack_tensors
from nantrace.tensors.tensor import Tensors


def hour_of(moment: datetime) -> datetime:
    """The hour (UTC) in which rows were observed."""
    return moment.replace(minute=0, second=0, microsecond=0)


def add(version_id: int, hour: datetime, counted: Window, inputs: Tensors) -> None:
    """Adds to the hour's counts and sample; must run inside a transaction.

    `inputs`: rows for the sample; none are kept for an hour whose shape was judged already.
    """
    DriftWindow.objects.get_or_create(
        version_id=version_id,
        hour=hour,
        defaults={"payload": b"", "changed_at": timezone.now()},
    )
    hours = DriftWindow.objects.filter(version_id=version_id, hour=hour)
    window = hours.select_for_update(no_key=True).get()  # SQLite: transactions begin with the write lock
    total = counted if not window.revision else Window.from_bytes(bytes(window.payload)) + counted
    hours.update(
        payload=total.to_bytes(),
        rows=total.rows,
        revision=F("revision") + 1,
        changed_at=Now(),
    )
    if window.closed_at is None and inputs.rows:
        _add_to_sample(version_id, hour, inputs)


def sample_of(version_id: int, hour: datetime) -> Tensors | None:
    """Rows of an hour that was not judged yet."""
    payload = DriftSample.objects.filter(version_id=version_id, hour=hour).values_list("payload", flat=True).first()
    return None if payload is None else unpack_tensors(bytes(payload))["inputs"]


def _add_to_sample(version_id: int, hour: datetime, inputs: Tensors) -> None:
    DriftSample.objects.get_or_create(version_id=version_id, hour=hour)
    samples = DriftSample.objects.filter(version_id=version_id, hour=hour)
    sample = samples.select_for_update(no_key=True).get()
    kept = None if sample.payload is None else unpack_tensors(bytes(sample.payload))["inputs"]
    if kept is not None and not alike(kept, inputs):
        return
    drawn = draw(kept, sample.seen, inputs, np.random.default_rng())
    grown = {} if drawn is None else {"payload": pack_tensors(inputs=drawn), "rows": drawn.rows}
    samples.update(seen=F("seen") + inputs.rows, **grown)
