"""Runs every row of the table of operations against TensorFlow's CPU kernels; prints by operation what is wrong.

A program of its own: the process that runs the tests imports no TensorFlow.
"""

import itertools
import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from nantrace.operations import TABLE, Effect, Family, IntervalRule, Operation
from tests.replay.check_bounds import wrong_bounds
from tests.replay.kernel_calls import CALLS, Array, Call

BAD = (math.nan, math.inf, -math.inf)
MOST = float(np.finfo(np.float32).max)
NUMBERS = (-2.5, -2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0, 3.0)
RANGES = {
    IntervalRule.UNIT: (0.0, 1.0),
    IntervalRule.SIGNED_UNIT: (-1.0, 1.0),
    IntervalRule.UP_TO_TWO: (0.0, 2.0),
    IntervalRule.ANGLE: (0.0, math.pi),
    IntervalRule.NOT_POSITIVE: (-math.inf, 0.0),
}
GROWS_BY_SIZE = (Family.PRODUCTS, Family.SUMS, Family.SQUARES, Family.LINEAR)
GENERATOR = np.random.default_rng(5)
RAISES = (tf.errors.InvalidArgumentError, tf.errors.NotFoundError, tf.errors.UnimplementedError)


def answers(call: Call, *inputs: Array) -> list[Array] | None:
    """None where the kernel raises, or where there is none for the dtype."""
    try:
        return call(*inputs)
    except RAISES:
        return None


def finite(found: Sequence[Array] | None) -> bool:
    return found is not None and all(np.isfinite(one).all() for one in found if one.dtype.kind in "fc")


def has_nan(found: Sequence[Array] | None) -> bool:
    return found is None or any(np.isnan(one).any() for one in found if one.dtype.kind in "fc")


def same(one: Sequence[Array] | None, other: Sequence[Array] | None) -> bool:
    if one is None or other is None:
        return one is other
    return all(
        a.shape == b.shape and np.allclose(a, b, rtol=1e-3, atol=1e-6, equal_nan=True)
        for a, b in zip(one, other, strict=True)
    )


def changed(inputs: Sequence[Array], which: int, place: int, value: float) -> list[Array]:
    copies = [one.copy() for one in inputs]
    copies[which].reshape(-1)[place] = value
    return copies


@dataclass(frozen=True)
class Probe:
    """What a kernel answers to one bad value at one place that it reads."""

    value: float
    which: int
    place: int
    answer: list[Array] | None

    def __str__(self) -> str:
        return f"{self.value} at {self.place} of input {self.which} becomes {self.answer}"


def probes(call: Call) -> Iterator[Probe]:
    plain = answers(call, *call.inputs)
    for which, given in enumerate(call.inputs):
        for place in {0, 1, given.size // 2, given.size - 1}:
            others = [answers(call, *changed(call.inputs, which, place, x)) for x in (0.05, 0.95, 2.0, 7.0, -3.0)]
            if not all(same(plain, other) for other in others):
                for value in BAD:
                    yield Probe(value, which, place, answers(call, *changed(call.inputs, which, place, value)))


def _not_propagated(row: Operation, call: Call, found: Sequence[Probe]) -> Iterator[str]:
    for one in found:
        if finite(one.answer) or (math.isnan(one.value) and not has_nan(one.answer)):
            yield str(one)
    small = _shrinks(call)
    if small is not None and small != (row.effect is Effect.SHRINKS):
        yield f"1e40 {'becomes' if small else 'does not become'} a number of float32"


def _not_saturated(_row: Operation, call: Call, found: Sequence[Probe]) -> Iterator[str]:
    lost = [one for one in found if finite(one.answer)]
    if not lost:
        yield "no infinity has a limit"
    for one in lost:
        extreme = answers(call, *changed(call.inputs, one.which, one.place, math.copysign(MOST, one.value)))
        if math.isnan(one.value) or not same(one.answer, extreme):
            yield f"{one}, and the largest number of that sign {extreme}"


def _not_hidden(_row: Operation, _call: Call, found: Sequence[Probe]) -> Iterator[str]:
    if not any(finite(one.answer) for one in found):
        yield "no bad value is lost"


def _not_extreme(_row: Operation, call: Call, found: Sequence[Probe]) -> Iterator[str]:
    """Of nothing but NaN some processors' kernels make NaN (MaxPool3D of oneDNN), and none an ordinary number."""
    everywhere = answers(call, *(np.full_like(one, np.nan) for one in call.inputs))
    if not any(finite(one.answer) for one in found if math.isnan(one.value)):
        yield "a NaN among numbers is not passed over"
    if everywhere is None or np.abs(everywhere[0]).min() < 1e38:
        yield f"of nothing but NaN comes {everywhere}"


def _not_ranked(_row: Operation, call: Call, _found: Sequence[Probe]) -> Iterator[str]:
    kinds = {one.dtype.kind for one in answers(call, *call.inputs) or ()}
    if not kinds >= {"f", "i"}:
        yield f"its answers are of the kinds {kinds}"


def _not_tested(_row: Operation, call: Call, _found: Sequence[Probe]) -> Iterator[str]:
    plain = answers(call, *call.inputs)
    if all(same(plain, answers(call, *changed(call.inputs, 0, 0, value))) for value in BAD):
        yield "it answers the same for bad values"


def _not_handled(_row: Operation, call: Call, _found: Sequence[Probe]) -> Iterator[str]:
    everything = itertools.product(range(len(call.inputs)), range(call.inputs[0].size), BAD)
    if not any(finite(answers(call, *changed(call.inputs, *one))) for one in everything):
        yield "every bad value reaches the answer"


EFFECTS = {
    Effect.PROPAGATES: _not_propagated,
    Effect.SHRINKS: _not_propagated,
    Effect.SATURATES: _not_saturated,
    Effect.HIDES: _not_hidden,
    Effect.EXTREME: _not_extreme,
    Effect.RANKS: _not_ranked,
    Effect.TESTS: _not_tested,
    Effect.HANDLED: _not_handled,
}


def wrong_effect(row: Operation, call: Call) -> Iterator[str]:
    yield from EFFECTS[row.effect](row, call, list(probes(call)))


def _shrinks(call: Call) -> bool | None:
    """Whether of a number beyond float32 comes one of float32; None where that cannot be seen."""
    found = []
    for which, given in enumerate(call.inputs):
        ends = []
        for value in (1e40, math.inf):
            wide = [one.astype(np.float64) for one in call.inputs]
            wide[which] = np.full(given.shape, value)
            ends.append(answers(call, *wide))
        huge, infinite = ends
        if huge and infinite and infinite[0].dtype == np.float64 and np.isinf(infinite[0]).all() and finite(huge):
            found.append(bool(np.abs(huge[0]).max() < MOST))
    return any(found) if found else None


def wrong_domain(row: Operation, call: Call) -> Iterator[str]:
    """On a grid of numbers, each combination by itself."""
    if row.domain is None:
        return
    if not row.domain.of_elements:
        yield from _wrong_matrix(row, call)
        return
    outside = 0
    for numbers in itertools.product(NUMBERS, repeat=len(call.inputs)):
        arrays = [np.full(1, number, np.float32) for number in numbers]
        leaves, answer = row.domain.leaves([(number, number) for number in numbers]), answers(call, *arrays)
        outside += leaves and not finite(answer)
        if not leaves and not finite(answer):
            yield f"{numbers} lie inside the domain, and the answer is {answer}"
        if leaves and finite(answer) and len(numbers) == 1:
            yield f"{numbers} lie outside of the domain, and the answer is {answer}"
        if not finite(answer):
            yield from _wrong_guard(row, call, arrays)
    if not outside:
        yield "no number of the grid lies outside of the domain"


def _wrong_matrix(row: Operation, call: Call) -> Iterator[str]:
    singular = np.array([[1, 1], [1, 1]] if row.name != "MatrixTriangularSolve" else [[1, 0], [1, 0]], np.float32)
    arrays = [singular, *call.inputs[1:]]
    if not finite(answers(call, *call.inputs)):
        yield "a regular matrix lies outside of the domain"
    if finite(answers(call, *arrays)):
        yield f"a singular matrix lies inside the domain: {answers(call, *arrays)}"
    yield from _wrong_guard(row, call, arrays)


def _wrong_guard(row: Operation, call: Call, arrays: Sequence[Array]) -> Iterator[str]:
    """The guard cures, in every dtype that it speaks of, and its code answers the same."""
    guard = row.guard or row.stable
    if guard is None:
        yield "there is no guard"
        return
    numbers = [one.ravel().tolist() for one in arrays]
    guarded = answers(call, *(np.asarray(one, np.float32) for one in row.guarded(arrays)))
    if not finite(guarded):
        yield f"the guard leaves {numbers} at {guarded}"
    narrow = answers(
        call, *(np.asarray(one, np.float16) for one in row.guarded([x.astype(np.float16) for x in arrays]))
    )
    if narrow is not None and not finite(narrow):
        yield f"in float16 the guard leaves {numbers} at {narrow}"
    operands = [float(one.ravel()[0]) for one in arrays]
    code = guard.code("float32", operands)
    pasted = run_code(code, getattr(guard, "names", "xyz"), arrays)
    if not finite(pasted):
        yield f"{code} answers {pasted} for {numbers}"
    elif not same(pasted, guarded) and row.family is Family.DOMAIN:
        yield f"{code} answers {pasted} for {numbers}, the guard {guarded}"


def run_code(code: str, names: str, arrays: Sequence[Array]) -> list[Array]:
    """What the last expression of a remedy's code answers."""
    line = next(one for one in reversed(code.splitlines()) if not one.startswith("#"))
    tensors = [tf.constant(one) for one in arrays]
    known = {"matrix": tensors[0], "n": int(arrays[0].shape[-1]), "b": tensors[-1], "p": tensors[-1]}
    known |= dict(zip(names, tensors, strict=False))
    found = eval(line.split("  #")[0].split(" = ")[-1], {"keras": keras, "tf": tf}, known)  # noqa: S307
    return [np.asarray(one) for one in (found if isinstance(found, (list, tuple)) else [found])]


def wrong_growth(row: Operation, call: Call) -> Iterator[str]:
    if row.growth is None:
        return
    for dtype in (np.float16, np.float32, np.float64):
        limit = math.log(float(np.finfo(dtype).max)) + row.growth.beyond
        for sign in (1, -1) if row.growth.even else (1,):
            below, beyond = (answers(call, np.full(2, sign * x, dtype)) for x in (limit - 0.02, limit + 0.02))
            if below is not None and (not finite(below) or finite(beyond)):
                yield f"in {dtype.__name__} it does not end at {sign * limit}: {below}, {beyond}"
        arrays = [np.array([limit * 1.1, 1.0], dtype)]
        if row.stable is None or not finite(answers(call, *(one.astype(dtype) for one in row.guarded(arrays)))):
            yield f"in {dtype.__name__} the stable form overflows"
    code = row.stable.code("float32", [90.0]) if row.stable else ""
    if not finite(run_code(code.split("\n# log(cosh")[0], "x", [np.array([95.0, 1.0], np.float32)])):
        yield f"{code} overflows"


def wrong_family(row: Operation, call: Call) -> Iterator[str]:
    """Which families overflow, and for what."""
    moderate = [np.resize(np.array([-3.0, 0.0, 2.0, 40.0], np.float32), one.shape) for one in call.inputs]
    if row.domain is None and row.family is not Family.EXPONENTIAL and not finite(answers(call, *moderate)):
        yield f"moderate numbers become {answers(call, *moderate)}"
    if row.family is Family.EXPONENTIAL and row.growth is None:
        yield "an exponential without a limit"
    if row.family in (Family.DOMAIN, Family.POWER) and row.domain is None:
        yield "there is no domain"
    largest = [[np.full_like(one, sign * MOST) for one in call.inputs] for sign in (1, -1)]
    mixed = [*largest, [a if i else b for i, (a, b) in enumerate(zip(*largest, strict=True))]]
    mixed.append([np.resize(np.array([MOST, -MOST, MOST, MOST], np.float32), one.shape) for one in call.inputs])
    overflows = not all(finite(answers(call, *one)) for one in mixed)
    if row.family in GROWS_BY_SIZE and not overflows:
        yield "the largest numbers do not overflow"


def wrong_rule(row: Operation, call: Call) -> Iterator[str]:
    """For rules that the kernel alone can be asked about; bounds that come of the others have a test of their own."""
    if row.rule in (IntervalRule.MONOTONE, IntervalRule.SUM, IntervalRule.MAXIMUM, IntervalRule.EXPONENTIAL):
        yield from _not_monotone(row, call)
    if row.rule is IntervalRule.KNOWN and not same(answers(call, *call.inputs), answers(call, *_drawn(row, call)[0])):
        yield "it does not answer the same for other numbers"
    if row.rule in RANGES:
        least, most = RANGES[row.rule]
        for some in (call.inputs, [np.resize(np.array(NUMBERS, np.float32) * 30, one.shape) for one in call.inputs]):
            found = [one[np.isfinite(one)] for one in answers(call, *some) or ()]
            if not all((one >= least).all() and (one <= most + 1e-5).all() for one in found):
                yield f"{found} lie beyond {least} and {most}"


def _drawn(row: Operation, call: Call) -> list[list[Array]]:
    """Three inputs inside the domain, each at least as large as the one before, element by element."""
    beyond = 1 if row.name == "Acosh" else 0
    drawn = [np.sort(GENERATOR.uniform(0.02, 0.98, (3, *one.shape)), axis=0) + beyond for one in call.inputs]
    return [[one[i].astype(np.float32) for one in drawn] for i in range(3)]


def _not_monotone(row: Operation, call: Call) -> Iterator[str]:
    for _ in range(5):
        low, middle, high = (answers(call, *some) or [] for some in _drawn(row, call))
        for a, b, c in zip(low, middle, high, strict=True):
            if not ((a <= b + 1e-5).all() and (b <= c + 1e-5).all()):
                yield f"it is not monotone: {a}, {b}, {c}"


def wrong(row: Operation) -> list[str]:
    """Everything that is wrong with a row."""
    call = CALLS.get(row.name)
    if call is None:
        return ["nothing calls its kernel"]
    if not finite(answers(call, *call.inputs)):
        return [f"ordinary numbers become {answers(call, *call.inputs)}"]
    checks: Any = (wrong_effect, wrong_domain, wrong_growth, wrong_family, wrong_rule, wrong_bounds)
    try:
        return [one for check in checks for one in check(row, call)]
    except Exception as error:  # noqa: BLE001 - listed as wrong with this row
        return [repr(error)]


if __name__ == "__main__":
    print(json.dumps({name: wrong(row) for name, row in TABLE.items()}))  # noqa: T201
