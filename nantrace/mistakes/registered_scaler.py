"""The scaler that was registered with a model: from raw values to those that the model takes, and back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

ENDS = {"standard": ("mean", "scale"), "minmax": ("min", "max")}


@dataclass(frozen=True)
class RegisteredScaler:
    """scaled = (raw - shift) / scale, for the features of an input's last axis.

    `kind` is "standard" or "minmax". `shift` and `scale` are of shape (features,), finite, and no scale is 0.
    """

    kind: str
    shift: Array
    scale: Array

    @classmethod
    def of(cls, metadata: Mapping[str, Any], width: int) -> Self | None:
        """The scaler in `metadata["preprocessing"]["scaler"]`, None where none is registered for `width` features.

        A feature that is constant in training has a scale of 0, which scikit-learn replaces by 1 (StandardScaler and
        MinMaxScaler, `_handle_zeros_in_scale`). A feature whose numbers are not finite is taken as it is.
        """
        scaler = (metadata.get("preprocessing") or {}).get("scaler") or {}
        ends = ENDS.get(str(scaler.get("kind")))
        if ends is None or not all(end in scaler for end in ends):
            return None
        first, second = (np.asarray(scaler[end], np.float64) for end in ends)
        if first.shape != (width,) or second.shape != (width,):
            return None
        with np.errstate(over="ignore", invalid="ignore"):
            scale = second if scaler["kind"] == "standard" else second - first
        usable = np.isfinite(first) & np.isfinite(scale)
        scale = np.where(usable & (scale != 0), scale, 1.0)
        return cls(scaler["kind"], np.where(usable, first, 0.0), scale)

    def scaled(self, raw: Array) -> Array:
        """Values (..., features) as the model takes them."""
        return (raw - self.shift) / self.scale

    def raw(self, scaled: Array) -> Array:
        """The inverse of `scaled`."""
        return scaled * self.scale + self.shift
