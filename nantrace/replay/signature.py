"""The inputs of a model in words that need no TensorFlow."""

from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class InputSpec:
    """One input: `dtype` as TensorFlow names it, shape with the batch axis first, None for axes of any size."""

    name: str
    dtype: str
    shape: tuple[int | None, ...] | None

    @property
    def numpy_dtype(self) -> np.dtype[Any] | None:
        """The dtype of arrays for this input, None for text. bfloat16 comes from ml_dtypes."""
        if self.dtype == "string":
            return None
        if self.dtype == "bfloat16":
            import ml_dtypes

            bfloat16: np.dtype[Any] = np.dtype(ml_dtypes.bfloat16)
            return bfloat16
        return np.dtype(self.dtype)
