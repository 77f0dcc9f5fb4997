"""What the locked child tells about its model for the audit at registration."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from ingest.tensors import Tensors
from monitoring.replay.bounds import Bounds, reachable
from monitoring.replay.feeding import UnfeedableError, feed
from monitoring.replay.loading import LoadedModel
from monitoring.replay.observed import OutOfTimeError, Ranges, Watched
from monitoring.replay.running import MODEL_ERRORS, first_line
from monitoring.replay.saved_file import training_facts
from monitoring.replay.trace import arguments, interpret_observed, names_of, trace

Json = dict[str, Any]
STATISTICS = {"moving_variance", "variance", "moving_mean", "mean"}
NEUTRAL = {"dropout", "reshape", "flatten", "identity", "activityregularization"}
MAX_CONSTANT = 10_000_000
"""Values of a statistic that are looked at; no normalisation layer has more."""


def about_artifact(model: LoadedModel, path: Path) -> Json:
    """Layers, stored statistics, what the file says of its training, and non-finite constants; strict JSON."""
    layers = dict(_layers(model.keras_model, "")) if model.keras_model is not None else {}
    return {
        "layers": [_layer(name, layer) for name, layer in layers.items()],
        "statistics": list(_statistics(model)),
        "last": _last_layers(model),
        "handles_nan": any(step.kind in {"IsNan", "IsFinite"} for step in model.program.steps),
        **training_facts(path),
    }
