"""What a demo model is made of: versions, and the batches that serving code would have posted."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

HOURS = 24


@dataclass(frozen=True)
class DemoBatch:
    """Rows served together, `hours_ago` before now; `inputs` is of shape (rows, ...)."""

    hours_ago: float
    inputs: Array
    ids: list[str]


@dataclass(frozen=True)
class TrainedVersion:
    """A trained version; `network` is a Keras model, `reference` the training inputs as it received them."""

    name: str
    version: str
    network: Any
    reference: Array
    metadata: dict[str, Any]
    batches: list[DemoBatch]


def write_version(trained: TrainedVersion, folder: Path) -> None:
    """Writes `model.keras`, `reference.npz`, `metadata.json` and `batches.json` under `folder`/name/version.

    A batch holds what the network answered as its served outputs, non-finite ones as bare tokens.
    """
    import keras
    import tensorflow as tf

    target = folder / trained.name / trained.version
    target.mkdir(parents=True)
    environment = {"tensorflow": tf.__version__, "keras": keras.__version__, "device": "CPU"}
    trained.network.save(target / "model.keras")
    np.savez(target / "reference.npz", inputs=trained.reference)
    (target / "metadata.json").write_text(json.dumps({**trained.metadata, "environment": environment}))
    serve = tf.function(lambda rows: trained.network(rows, training=False), reduce_retracing=True)
    batches = [
        {
            "hours_ago": batch.hours_ago,
            "inputs": batch.inputs.tolist(),
            "outputs": serve(batch.inputs).numpy().tolist(),
            "ids": batch.ids,
            "environment": environment,
        }
        for batch in trained.batches
    ]
    (target / "batches.json").write_text(json.dumps(batches))
