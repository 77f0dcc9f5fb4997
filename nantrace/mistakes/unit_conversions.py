"""What data often suffer on the way to a model: units, temperatures, pixels. Shared by drift and diagnosis."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Conversion:
    """What was sent is `factor * right + offset`; `sentence` says it to a person."""

    factor: float
    offset: float
    sentence: str

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
    Conversion(255.0, 0.0, "pixels of 0..255 instead of 0..1"),
    Conversion(127.5, 127.5, "pixels of 0..255 instead of -1..1"),
    Conversion(1 / 255, 0.0, "pixels of 0..1 instead of 0..255"),
    Conversion(1 / 127.5, -1.0, "pixels of -1..1 instead of 0..255"),
    Conversion(65535.0, 0.0, "values of 0..65535 instead of 0..1"),
    Conversion(32768.0, 0.0, "16-bit samples instead of -1..1"),
)
SHARES = (
    Conversion(0.5, 0.5, "values of 0..1 instead of -1..1"),
    Conversion(2.0, -1.0, "values of -1..1 instead of 0..1"),
    Conversion(100.0, 0.0, "percent instead of shares"),
    Conversion(0.01, 0.0, "shares instead of percent"),
    Conversion(1000.0, 0.0, "thousandths of the reference's unit"),
    Conversion(0.001, 0.0, "thousands of the reference's unit"),
)
