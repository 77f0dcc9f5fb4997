"""Guards: what an experiment does to the inputs of an operation, and the line of code that does the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Operands = Sequence[Any]
NARROW = ("float16", "bfloat16")


class Guard(Protocol):
    """`code` is for people: `operands` are the inputs where the operation failed, as far as they are known."""

    def apply(self, arrays: Sequence[Array]) -> list[Array]: ...

    def code(self, dtype: str, operands: Operands) -> str: ...


class Keep(Protocol):
    """Keeps one input where it may be."""

    def apply(self, array: Array) -> Array: ...

    def code(self, name: str, dtype: str) -> str: ...


def least(dtype: str) -> float:
    """The smallest positive number whose logarithm, root and reciprocal are harmless in this dtype."""
    return 1e-3 if dtype in NARROW else 1e-7


def room(dtype: str) -> float:
    """A large number that the dtype holds with room for sums of it."""
    return 1e3 if dtype == "float16" else 1e30


def _limit(limit: float, steps: int, dtype: str) -> str:
    """A limit moved by a number of the least steps, as code."""
    if not steps:
        return repr(limit)
    step = f"{abs(steps) * least(dtype):.0e}".replace("e-0", "e-")
    sign = "-" if steps < 0 else "+"
    return f"{limit:g} {sign} {step}" if limit else step


@dataclass(frozen=True)
class AtLeast:
    """At least `limit`, or a little above it where the operation is not finite there. NaN becomes the limit too."""

    limit: float
    steps: int = 1

    def apply(self, array: Array) -> Array:
        lowest = self.limit + self.steps * least(array.dtype.name)
        return np.where(array > lowest, array, lowest)

    def code(self, name: str, dtype: str) -> str:
        return f"keras.ops.maximum({name}, {_limit(self.limit, self.steps, dtype)})"


@dataclass(frozen=True)
class Between:
    """Between two limits, or a little inside them where the operation is not finite there."""

    low: float
    high: float
    steps: int = 0

    def apply(self, array: Array) -> Array:
        margin = self.steps * least(array.dtype.name)
        return np.clip(array, self.low + margin, self.high - margin)

    def code(self, name: str, dtype: str) -> str:
        low, high = _limit(self.low, self.steps, dtype), _limit(self.high, -self.steps, dtype)
        return f"keras.ops.clip({name}, {low}, {high})"


@dataclass(frozen=True)
class NotZero:
    """Numbers too close to 0, and NaN, become a small positive one."""

    def apply(self, array: Array) -> Array:
        smallest = least(array.dtype.name)
        return np.where(np.abs(array) > smallest, array, smallest)

    def code(self, name: str, dtype: str) -> str:
        step = _limit(0.0, 1, dtype)
        return f"keras.ops.where(keras.ops.abs({name}) > {step}, {name}, {step})"


@dataclass(frozen=True)
class Whole:
    """Whole numbers from 0 on."""

    def apply(self, array: Array) -> Array:
        return np.round(np.maximum(array, 0))

    def code(self, name: str, dtype: str) -> str:  # noqa: ARG002
        return f"keras.ops.round(keras.ops.maximum({name}, 0.0))"


@dataclass(frozen=True)
class Kept:
    """Inputs by position, each kept where it may be. `call` has their names in braces: "keras.ops.log({x})"."""

    call: str
    keeps: Mapping[int, Keep] = field(hash=False)
    names: str = "xyz"

    def apply(self, arrays: Sequence[Array]) -> list[Array]:
        return [self.keeps[i].apply(array) if i in self.keeps else array for i, array in enumerate(arrays)]

    def code(self, dtype: str, operands: Operands) -> str:  # noqa: ARG002
        known = {
            name: self.keeps[i].code(name, dtype) if i in self.keeps else name for i, name in enumerate(self.names)
        }
        return self.call.format(**known)


@dataclass(frozen=True)
class Ridge:
    """A little of the unit matrix makes a singular matrix regular (Tikhonov)."""

    call: str

    def apply(self, arrays: Sequence[Array]) -> list[Array]:
        matrix = arrays[0]
        largest = np.abs(np.where(np.isfinite(matrix), matrix, 0)).max(axis=(-2, -1), keepdims=True, initial=0)
        return [matrix + 1e-3 * np.maximum(largest, 1e-3) * np.eye(matrix.shape[-1]), *arrays[1:]]

    def code(self, dtype: str, operands: Operands) -> str:  # noqa: ARG002
        ridge = "matrix + 1e-3 * keras.ops.eye(n)"
        return f"{self.call.format(matrix=ridge)}  # a ridge; scale 1e-3 to the size of the entries"


_LIFTED = "# a ridge that makes the matrix positive definite; scale 1e-3 to the size of the entries\n"
_LIFT = "(1e-3 + keras.ops.maximum(-keras.ops.min(keras.ops.eigh(matrix)[0], axis=-1), 0.0))"


@dataclass(frozen=True)
class LiftedSpectrum:
    """A multiple of the unit matrix brings the least eigenvalue of a symmetric matrix a little above 0."""

    call: str

    def apply(self, arrays: Sequence[Array]) -> list[Array]:
        matrix = np.where(np.isfinite(arrays[0]), arrays[0], 0).astype(np.float64)
        spectrum = np.linalg.eigvalsh(matrix)
        largest = np.maximum(np.abs(matrix).max(axis=(-2, -1), initial=0), 1e-3)
        lift = np.maximum(-spectrum.min(axis=-1, initial=0), 0) + 1e-3 * largest
        return [matrix + lift[..., None, None] * np.eye(matrix.shape[-1]), *arrays[1:]]

    def code(self, dtype: str, operands: Operands) -> str:  # noqa: ARG002
        return _LIFTED + self.call.format(matrix=f"matrix + {_LIFT}[..., None, None] * keras.ops.eye(n)")


@dataclass(frozen=True)
class BoundedExponent:
    """Exponents up to a limit with room below overflow: 80 in float32, which ends at exp(88.7)."""

    call: str
    even: bool = False

    def apply(self, arrays: Sequence[Array]) -> list[Array]:
        top = _top_exponent(arrays[0].dtype.name)
        return [np.clip(arrays[0], -top if self.even else None, top), *arrays[1:]]

    def code(self, dtype: str, operands: Operands) -> str:  # noqa: ARG002
        top = _top_exponent(dtype)
        kept = f"keras.ops.clip(x, {-top}, {top})" if self.even else f"keras.ops.minimum(x, {top})"
        return self.call.format(x=kept)


def _top_exponent(dtype: str) -> float:
    return {"float16": 10.0, "float64": 700.0}.get(dtype, 80.0)


@dataclass(frozen=True)
class LargestSubtracted:
    """The largest exponent is brought to 0 where a row's exponents overflow, as a stable softmax does."""

    text: str

    def apply(self, arrays: Sequence[Array]) -> list[Array]:
        x = arrays[0].astype(np.float64)
        top = x.max(axis=-1, keepdims=True) if x.ndim else x
        limit = _top_exponent(arrays[0].dtype.name) / 2
        return [np.where(top > limit, x - top, x).astype(arrays[0].dtype), *arrays[1:]]

    def code(self, dtype: str, operands: Operands) -> str:  # noqa: ARG002
        return self.text.format(top=_top_exponent(dtype))


@dataclass(frozen=True)
class BaseAboveZero:
    """Of powers: a base above 0 where the exponent is a fraction or negative."""

    def apply(self, arrays: Sequence[Array]) -> list[Array]:
        dtype = arrays[0].dtype.name
        base, exponent = _wide(arrays)
        lowest = np.maximum(least(dtype), _lowest_base(exponent, dtype))
        bound = (exponent % 1 != 0) | (exponent < 0)
        return [np.where(bound & ~(base > lowest), lowest, base).astype(arrays[0].dtype), arrays[1]]

    def code(self, dtype: str, operands: Operands) -> str:
        exponent = _exponent(operands)
        lowest, power = _limit(0.0, 1, dtype), "p" if exponent is None else f"{exponent:g}"
        if exponent is not None and exponent < 0 and (limit := _root(dtype, exponent)) > least(dtype):
            lowest = f"{limit:.3g}"
        return f"keras.ops.power(keras.ops.maximum(x, {lowest}), {power})"


@dataclass(frozen=True)
class BoundedPower:
    """Of powers: a base whose power keeps room below overflow."""

    def apply(self, arrays: Sequence[Array]) -> list[Array]:
        dtype = arrays[0].dtype.name
        base, exponent = _wide(arrays)
        with np.errstate(over="ignore"):
            highest = np.where(exponent > 0, room(dtype) ** (1 / np.maximum(exponent, 1e-3)), np.inf)
        lowest = np.where(exponent < 0, _lowest_base(exponent, dtype), -highest)
        return [np.clip(base, lowest, highest).astype(arrays[0].dtype), arrays[1]]

    def code(self, dtype: str, operands: Operands) -> str:
        exponent = _exponent(operands)
        if not exponent:
            return "keras.ops.power(keras.ops.minimum(x, 1e4), p)  # for p up to 7"
        limit = _root(dtype, exponent)
        if exponent < 0:
            return f"keras.ops.power(keras.ops.maximum(x, {limit:.3g}), {exponent:g})  # for x > 0"
        return f"keras.ops.power(keras.ops.clip(x, {-limit:.3g}, {limit:.3g}), {exponent:g})  # up to {room(dtype):.0e}"


def _exponent(operands: Operands) -> float | None:
    return operands[1] if len(operands) == 2 and isinstance(operands[1], float) else None


def _root(dtype: str, exponent: float) -> float:
    """The base whose power keeps room below overflow."""
    with np.errstate(over="ignore"):
        return float(np.power(np.float64(room(dtype)), 1 / exponent))


def _wide(arrays: Sequence[Array]) -> tuple[Array, Array]:
    """Base and exponent in float64, of one shape."""
    base, exponent = np.broadcast_arrays(*(one.astype(np.float64) for one in arrays))
    return base, exponent


def _lowest_base(exponent: Array, dtype: str) -> Array:
    """The least base whose negative power keeps room below overflow."""
    return np.where(exponent < 0, room(dtype) ** (1 / np.minimum(exponent, -1e-3)), 0.0)


def tamed(arrays: Sequence[Array]) -> list[Array]:
    """Magnitudes far below the root of the dtype's maximum, for sums and products."""
    found = []
    for array in arrays:
        if array.dtype.kind != "f":
            found.append(array)
            continue
        limit = float(np.finfo(array.dtype).max) ** 0.25
        found.append(np.clip(np.nan_to_num(array, posinf=limit, neginf=-limit), -limit, limit))
    return found
