"""What one row of the table says of a TensorFlow operation."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

from nantrace.operations.domains import Domain
from nantrace.operations.guards import Array, Guard, tamed

LARGEST = {"float16": 65504.0, "bfloat16": 3.3895e38, "float32": 3.4028235e38, "float64": 1.7976931348623157e308}
"""Largest finite numbers (IEEE 754; bfloat16 as in ml_dtypes)."""


class Effect(Enum):
    """What becomes of a bad value (NaN or an infinity) that an operation reads, with unfused CPU kernels."""

    PROPAGATES = auto()
    """The answer is bad as well: NaN stays NaN, an infinity stays one or becomes NaN."""
    SHRINKS = auto()
    """As above; but the infinity may have been a large number in a wider dtype, of which this makes a small one."""
    SATURATES = auto()
    """NaN stays NaN; an infinity goes to a limit, the same that large finite numbers reach."""
    HIDES = auto()
    """A wrong finite number can come of a bad value."""
    EXTREME = auto()
    """NaN is passed over; of nothing but NaN comes the dtype's most extreme number."""
    RANKS = auto()
    """Positions with values: of bad values these are wrong and finite."""
    TESTS = auto()
    """The answer says whether a value is bad."""
    HANDLED = auto()
    """Picks parts, asks for a shape, or is made for bad values: nothing wrong comes of one."""


class Family(Enum):
    """By how an operation leaves the finite numbers, or why it cannot."""

    DOMAIN = auto()
    """Undefined or infinite for some finite inputs."""
    POWER = auto()
    """A power: undefined for some inputs, too large for others."""
    EXPONENTIAL = auto()
    """Grows exponentially, and overflows for moderate inputs."""
    STABLE_EXPONENTIAL = auto()
    """Exponentials in a form that does not overflow."""
    PRODUCTS = auto()
    """Sums of products with weights."""
    SUMS = auto()
    """Element-wise sums and products."""
    SQUARES = auto()
    """Squares, which overflow from the root of the dtype's maximum on."""
    LINEAR = auto()
    """Other sums and products, over elements of one tensor."""
    NORMALIZATION = auto()
    """Divides by the root of a variance."""
    BOUNDED = auto()
    """Answers finite numbers to finite ones."""
    LAYOUT = auto()
    """Moves or picks elements, and computes nothing."""
    PLUMBING = auto()
    """Hands one tensor on."""
    WEIGHT = auto()
    """Answers a weight or a constant as a whole."""
    LOOKUP = auto()
    """Picks rows of a weight."""
    DECODING = auto()
    """Reads numbers out of texts and messages, as they were sent."""
    ASKING = auto()
    """Answers a truth, a size or a position."""


class IntervalRule(Enum):
    """How bounds of the inputs become bounds of the outputs (Gowal et al. 2018, arXiv:1810.12715)."""

    ANYTHING = auto()  # no rule
    MONOTONE = auto()  # never answers less when an input grows: the kernel on both bounds
    PRODUCTS = auto()  # centre and radius
    KNOWN = auto()  # the same for all rows: it asks for shapes
    UNIT = auto()  # 0 to 1
    SIGNED_UNIT = auto()  # -1 to 1
    NOT_POSITIVE = auto()
    ANGLE = auto()  # 0 to pi
    UP_TO_TWO = auto()  # 0 to 2
    SELECTION = auto()
    LOOKUP = auto()
    RECIPROCAL = auto()
    QUOTIENT = auto()
    EINSUM = auto()
    BATCH_NORM = auto()
    NEGATIVE = auto()
    ABSOLUTE = auto()
    SQUARE = auto()
    SQUARED_DIFFERENCE = auto()
    INVERSE_ROOT = auto()
    DIFFERENCE = auto()
    PRODUCT = auto()
    POWER = auto()
    EXPONENTIAL = auto()
    SUM = auto()
    MAXIMUM = auto()
    CAST = auto()


@dataclass(frozen=True)
class Growth:
    """An exponential overflows `beyond` after the logarithm of the dtype's maximum, at both ends if `even`."""

    beyond: float = 0.0
    even: bool = False

    def limit(self, dtype: str) -> float | None:
        """The largest input that does not overflow (Exp in float32: 88.7)."""
        return math.log(LARGEST[dtype]) + self.beyond if dtype in LARGEST else None


@dataclass(frozen=True)
class Operation:
    """One row of the table. `guard` keeps inputs inside the domain, `stable` below overflow."""

    name: str
    effect: Effect
    family: Family
    rule: IntervalRule
    domain: Domain | None = None
    guard: Guard | None = None
    growth: Growth | None = None
    stable: Guard | None = None
    of_statistics: bool = False  # normalisation layers apply it to what they keep of the data

    @property
    def can_fail(self) -> bool:
        """Whether moderate finite inputs can make it answer a non-finite number."""
        return self.domain is not None or self.growth is not None

    @property
    def is_risky(self) -> bool:
        """Whether its answer is worth a look of its own inside a layer."""
        return self.can_fail or self.family in (Family.SQUARES, Family.STABLE_EXPONENTIAL)

    def guarded(self, arrays: Sequence[Array]) -> list[Array]:
        """Inputs on which the operation is defined and does not overflow."""
        if self.guard is None and self.stable is None:
            return tamed(arrays)
        for one in (self.guard, self.stable):
            arrays = arrays if one is None else one.apply(arrays)
        return list(arrays)

    def named(self, name: str) -> "Operation":
        """The same row for another name of the operation."""
        return replace(self, name=name)
