"""Where operations are defined and finite, decided from bounds of their inputs.

Sources: the kernels' own answers (a test compares each domain with them), Abramowitz and Stegun chapter 6 (gamma),
23.2 (zeta) and 26.5 (beta).
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Range = tuple[float, float]
Leaves = Callable[[Sequence[Range]], bool]


@dataclass(frozen=True)
class Domain:
    """`sentence` ends "..., and it ..."; `leaves` says whether inputs between bounds reach outside."""

    sentence: str
    leaves: Leaves
    operand: int = 0  # the input that a message shows
    denominator: bool = False  # that input is divided by
    of_elements: bool = True  # bounds of single elements decide; they say nothing of a whole matrix


def above(limit: float, at: int = 0) -> Domain:
    return Domain(f"it is finite above {limit:g} only", lambda inputs: inputs[at][0] <= limit, at)


def since(limit: float) -> Domain:
    return Domain(f"it is defined from {limit:g} on", lambda inputs: inputs[0][0] < limit)


def within(low: float, high: float) -> Domain:
    """Both limits belong to it, and rounding beyond them is no fault."""
    slack = 1e-6
    return Domain(
        f"it is defined from {low:g} to {high:g}",
        lambda inputs: inputs[0][0] < low - slack or inputs[0][1] > high + slack,
    )


def between(low: float, high: float) -> Domain:
    return Domain(
        f"it is finite between {low:g} and {high:g}", lambda inputs: inputs[0][0] <= low or inputs[0][1] >= high
    )


def not_zero(at: int) -> Domain:
    sentence = "its denominator may not be 0"
    return Domain(sentence, lambda inputs: inputs[at][0] <= 0 <= inputs[at][1], at, denominator=True)


def no_quotient() -> Domain:
    """Of xdivy: 0 / 0 is 0."""
    plain = not_zero(1)
    return Domain(plain.sentence, lambda inputs: inputs[0] != (0, 0) and plain.leaves(inputs), 1, denominator=True)


def second_log(limit: float) -> Domain:
    """Of xlogy and xlog1py: with a factor of 0 the answer is 0."""
    return Domain(
        f"the logarithm in it is finite above {limit:g} only",
        lambda inputs: inputs[0] != (0, 0) and inputs[1][0] <= limit,
        operand=1,
    )


def no_pole() -> Domain:
    """Of the gamma function's logarithm and derivative: whole numbers from 0 down."""
    return Domain("it is infinite at 0 and at negative whole numbers", lambda inputs: _reaches_pole(inputs[0]))


def _reaches_pole(reached: Range) -> bool:
    low, high = reached[0], min(reached[1], 0.0)
    return low <= high and (math.isinf(low) or math.floor(high) >= math.ceil(low))


def power() -> Domain:
    return Domain("a negative base has no fractional power, and 0 no negative one", _power_leaves)


def _power_leaves(inputs: Sequence[Range]) -> bool:
    (base, _), (low, high) = inputs
    whole = low == high and low % 1 == 0
    return (base < 0 and not whole) or (base <= 0 and low < 0 and inputs[0][1] >= 0)


def zeta() -> Domain:
    return Domain(
        "it is finite for an exponent above 1 and a shift above 0 only",
        lambda inputs: inputs[0][0] <= 1 or inputs[1][0] <= 0,
    )


def polygamma() -> Domain:
    return Domain("it takes a whole order from 0 on, and a number above 0", _polygamma_leaves, operand=1)


def _polygamma_leaves(inputs: Sequence[Range]) -> bool:
    (low, high), (least, _) = inputs
    return low != high or low < 0 or low % 1 != 0 or least <= 0


def incomplete_gamma() -> Domain:
    return Domain(
        "it takes a shape above 0 and a number from 0 on", lambda inputs: inputs[0][0] <= 0 or inputs[1][0] < 0
    )


def incomplete_beta() -> Domain:
    return Domain("it takes shapes above 0 and a number from 0 to 1", _beta_leaves, operand=2)


def _beta_leaves(inputs: Sequence[Range]) -> bool:
    shape, other, number = inputs
    return shape[0] <= 0 or other[0] <= 0 or number[0] < 0 or number[1] > 1


def matrix(sentence: str) -> Domain:
    """Bounds of single elements never rule out that a matrix is singular."""
    return Domain(sentence, lambda _: True, of_elements=False)
