"""What is often done to data on its way to a model. Shared by diagnosis and drift.

Conversions of units, temperatures and pixels; sentinel values, the numbers that programs write where a value is
missing; and the scaler that was registered with the model.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

# Codebooks of surveys and credit bureaus; limits of C types; netCDF's, GRIB's and FITS' fill values
SENTINELS = (
    *(-9.0, -99.0, -999.0, -9999.0, -99999.0, -999999.0, 999.0, 9999.0, 99999.0, 999999.0, 99999999.0),
    *(-99.9, -999.9, -9999.9, 999.9, 9999.9, -88.0, -888.0, -8888.0, -77.0, -777.0, 888.0, 777.0),
    *(1e20, -1e20, 1e30, -1e30, 1e34, -1e34, 1e35, -1e35, 1e36, -1e36, 1e37, -1e37, 9.969209968386869e36),
    *(32767.0, -32768.0, 65535.0, 2147483647.0, -2147483648.0, 4294967295.0, 9.223372036854776e18),
    *(-9.223372036854776e18, float(np.finfo(np.float32).max), float(np.finfo(np.float32).min)),
)
AMBIGUOUS_SENTINELS = (-1.0, 0.0, 9.0, 99.0)  # ordinary numbers as well
_FLOAT32_SENTINELS = frozenset(np.float32(one) for one in SENTINELS)

SCALER_ENDS = {"standard": ("mean", "scale"), "minmax": ("min", "max")}


@dataclass(frozen=True)
class Conversion:
    """What was sent is `factor * right + offset`; `sentence` says it to a person.

    `least`, `most`: between them lies what is right, where the sentence says so.
    """

    factor: float
    offset: float
    sentence: str
    least: float = -np.inf
    most: float = np.inf

    def apply(self, right: Array) -> Array:
        """From what the model was trained on to what was sent."""
        return right * self.factor + self.offset

    def undo(self, sent: Array) -> Array:
        """From what was sent to what the model was trained on."""
        return (sent - self.offset) / self.factor

    @property
    def code(self) -> str:
        """The expression that undoes it, of `values`."""
        return self.undoing("values")

    def undoing(self, sent: str) -> str:
        """The expression that undoes it, of an array called `sent`."""
        if not self.offset:
            return f"{sent} / {self.factor!r}" if abs(self.factor) >= 1 else f"{sent} * {1 / self.factor!r}"
        return f"({sent} - {self.offset!r}) / {self.factor!r}"


COMMON_FACTORS = (1000.0, 100.0, 60.0, 3600.0, 10.0, 24.0, 86400.0, 1e6, 1e9)
# Then weeks, dozens, bytes, inches, feet, miles, pounds, ounces, gallons, pressures, angles
FACTORS = (
    *(*COMMON_FACTORS, 7.0, 12.0, 1024.0, 2.54, 0.3048),
    *(1.609344, 0.45359237, 3.6, 28.349523125, 3.785411784, 6.894757, 101.325, 133.322, 57.29577951),
)
UNITS = tuple(
    Conversion(one, 0.0, f"the values are {word} by {factor:g}: another unit")
    for factor in FACTORS
    for one, word in ((factor, "multiplied"), (1 / factor, "divided"))
)
FAHRENHEIT = Conversion(1.8, 32.0, "degrees Fahrenheit instead of Celsius")
TEMPERATURES = (
    FAHRENHEIT,
    Conversion(1 / 1.8, -32 / 1.8, "degrees Celsius instead of Fahrenheit"),
    Conversion(1.0, 273.15, "Kelvin instead of degrees Celsius"),
    Conversion(1.0, -273.15, "degrees Celsius instead of Kelvin"),
    Conversion(1 / 1.8, 273.15 - 32 / 1.8, "Kelvin instead of degrees Fahrenheit"),
    Conversion(1.8, 32 - 273.15 * 1.8, "degrees Fahrenheit instead of Kelvin"),
)
PIXELS = (
    Conversion(255.0, 0.0, "pixels of 0..255 instead of 0..1", 0.0, 1.0),
    Conversion(127.5, 127.5, "pixels of 0..255 instead of -1..1", -1.0, 1.0),
    Conversion(1 / 255, 0.0, "pixels of 0..1 instead of 0..255", 0.0, 255.0),
    Conversion(1 / 127.5, -1.0, "pixels of -1..1 instead of 0..255", 0.0, 255.0),
    Conversion(65535.0, 0.0, "values of 0..65535 instead of 0..1", 0.0, 1.0),
    Conversion(32768.0, 0.0, "16-bit samples instead of -1..1", -1.0, 1.0),
)
SHARES = (
    Conversion(0.5, 0.5, "values of 0..1 instead of -1..1"),
    Conversion(2.0, -1.0, "values of -1..1 instead of 0..1"),
    Conversion(100.0, 0.0, "percent instead of shares"),
    Conversion(0.01, 0.0, "shares instead of percent"),
    Conversion(1000.0, 0.0, "thousandths of the reference's unit"),
    Conversion(0.001, 0.0, "thousands of the reference's unit"),
)


def is_known_sentinel(value: float) -> bool:
    """Whether a number is one that programs write where a value is missing, in float64 or as float32 spells it."""
    with np.errstate(over="ignore"):  # 1e300 as float32 is an infinity, and no sentinel
        narrow = np.float32(value)
    return bool(value in SENTINELS or (np.isfinite(narrow) and narrow in _FLOAT32_SENTINELS))


@dataclass(frozen=True)
class RegisteredScaler:
    """From raw values to those that the model takes, for the features of an input's last axis.

    scaled = (raw - shift) / scale. `kind` is "standard" or "minmax". `shift` and `scale` are of shape (features,),
    finite, and no scale is 0.
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
        ends = SCALER_ENDS.get(str(scaler.get("kind")))
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
