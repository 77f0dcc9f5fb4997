"""The same Keras model, built anew to compute in float32."""

import json
import re
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from nantrace.replay.keras_versions import UnloadableModelError
from nantrace.replay.loading import LoadedModel, from_keras

LOW = re.compile(r'"(mixed_)?b?float16"')


def float32_twin(model: LoadedModel) -> LoadedModel | None:
    """None for models without a Keras config, or that need no twin or cannot be built from their config."""
    original = model.keras_model
    if original is None or not LOW.search(text := json.dumps(original.get_config(), default=_as_config)):
        return None
    try:
        twin = type(original).from_config(json.loads(LOW.sub('"float32"', text)))
        twin.set_weights([np.asarray(weight, np.float32) for weight in original.get_weights()])
        return from_keras(twin)
    except (ValueError, TypeError, KeyError, UnloadableModelError):
        return None


def _as_config(value: Any) -> Any:
    return keras.saving.serialize_keras_object(value)


def widened(array: NDArray[Any]) -> NDArray[Any]:
    """float16 and bfloat16 rows as float32."""
    low = array.dtype == np.float16 or array.dtype.name == "bfloat16"
    return array.astype(np.float32) if low else array
