"""Whether the bounds that interval arithmetic gives hold for rows between two given ones, operation by operation."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf

from nantrace.operations import IntervalRule, Operation
from nantrace.replay.bound_arithmetic import Bounds
from nantrace.replay.bound_rules import bounds_after
from nantrace.replay.interpreter import Interpreter, Site, Value
from nantrace.replay.program import prepare
from tests.replay.kernel_calls import Array, Call

UNASKED = (IntervalRule.ANYTHING, IntervalRule.KNOWN)
UNTRACED = {"Identity", "ResourceGather"}  # the interpreter leaves the one out; the other reads a variable


@dataclass
class _Bounding:
    """An observer that marks every value with its bounds."""

    def observe(self, site: Site, inputs: Sequence[Value], outputs: Sequence[Any]) -> Sequence[Bounds | None]:
        if all(value.mark is None for value in inputs):
            return [None] * len(outputs)
        return bounds_after(site.step, inputs, outputs)


def wrong_bounds(row: Operation, call: Call) -> Iterator[str]:
    """Draws rows inside, at and around the domain; a row outside of it may answer anything."""
    if row.rule in UNASKED or row.name in UNTRACED:
        return
    generator = np.random.default_rng(3)
    specs = [tf.TensorSpec(one.shape, tf.float32) for one in call.inputs]
    program = prepare(tf.function(call.kernel).get_concrete_function(*specs).graph)
    for scale in (0.1, 1.0, 5.0):
        ends = [
            np.sort(generator.normal(0.5, scale, (2, *one.shape)).astype(np.float32), axis=0) for one in call.inputs
        ]
        middles = [one.mean(axis=0) for one in ends]
        marks = [Bounds(*one.astype(np.float64)) for one in ends]
        values = [Value(tf.constant(one), mark) for one, mark in zip(middles, marks, strict=True)]
        (found, *_) = Interpreter(observer=_Bounding()).run(program, values)
        for weight in (0.0, 0.25, 0.5, 1.0):
            inside: list[Array] = [(low * (1 - weight) + high * weight).astype(np.float32) for low, high in ends]
            yield from _beyond(found.mark, call(*inside)[0])


def _beyond(bounds: Bounds | None, answer: Array) -> Iterator[str]:
    if bounds is None:
        yield "there are no bounds"
        return
    slack = 1e-4 * (1 + np.abs(answer))
    outside = (answer < bounds.low - slack) | (answer > bounds.high + slack)
    if (outside & np.isfinite(answer)).any():
        yield f"{answer} is not between {bounds.low} and {bounds.high}"
