"""A TensorFlow function graph, prepared once so that it can be run op by op many times.

Nothing here depends on Keras: a SavedModel signature, a traced `.keras` model and the body of a loop are all
function graphs.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from tensorflow.python.eager import context
from tensorflow.python.framework import dtypes, tensor_util
from tensorflow.python.framework.function_def_to_graph import function_def_to_graph

CALLS = {"PartitionedCall", "StatefulPartitionedCall"}
LOOPS = {"While", "StatelessWhile"}
BRANCHES = {"If", "StatelessIf", "Case", "StatelessCase"}
StaticShape = tuple[int | None, ...] | None  # None for a size, or for the whole shape, that depends on what is fed
IGNORED = {"NoOp", "Placeholder", "PlaceholderWithDefault", "Assert", "PrintV2", "CheckNumericsV2"}


class UntraceableGraphError(Exception):
    """The graph holds control flow of TensorFlow 1, which cannot be run op by op."""


@dataclass(frozen=True)
class GraphStep:
    """One operation: where its inputs stand, where its outputs go, and which values nobody needs afterwards."""

    kind: str
    name: str
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    attributes: dict[str, Any]
    bodies: tuple["GraphProgram", ...] = ()
    constant: Any = None
    shapes: tuple[StaticShape, ...] = ()  # of the outputs
    frees: tuple[int, ...] = ()


@dataclass(frozen=True)
class GraphProgram:
    """The steps of one function graph in an order in which they can run."""

    steps: tuple[GraphStep, ...]
    arguments: tuple[int, ...]
    results: tuple[int, ...]
    slots: int


@dataclass
class _Slots:
    numbers: dict[str, int] = field(default_factory=dict)

    def of(self, tensor: Any) -> int:
        return self.numbers.setdefault(tensor.name, len(self.numbers))


def prepare(graph: Any) -> GraphProgram:
    """Turns a FuncGraph into a GraphProgram; raises UntraceableGraphError for TensorFlow 1 control flow."""
    slots = _Slots()
    arguments = tuple(slots.of(tensor) for tensor in graph.inputs)
    operations = [op for op in graph.get_operations() if op.type not in IGNORED]
    results = tuple(slots.of(tensor) for tensor in graph.outputs)
    steps = [_step(op, slots) for op in operations]
    return GraphProgram(_with_frees(steps, set(results)), arguments, results, len(slots.numbers))


def uses_low_precision(graph: Any) -> bool:
    """Whether any operation of the graph, or of the functions it calls, computes in float16 or bfloat16."""
    low = (dtypes.float16, dtypes.bfloat16)
    for op in graph.get_operations():
        if any(tensor.dtype in low for tensor in op.outputs):
            return True
        if any(uses_low_precision(_function_graph(graph, name)) for name in _body_names(op)):
            return True
    return False


def operation_types(graph: Any) -> dict[str, str]:
    """The type of every operation of a graph and of the functions it calls, by name; plumbing is left out."""
    found: dict[str, str] = {}
    for op in graph.get_operations():
        for body in _body_names(op):
            found |= operation_types(_function_graph(graph, body))
        if op.type not in IGNORED | CALLS | {"Identity", "Const"}:
            found[op.name] = op.type
    return found


def _step(op: Any, slots: _Slots) -> GraphStep:
    if op.type in {"Switch", "Merge", "Enter", "Exit", "NextIteration", "LoopCond"}:
        raise UntraceableGraphError(f"{op.name} is TensorFlow 1 control flow ({op.type})")
    inputs = tuple(slots.of(tensor) for tensor in op.inputs)
    outputs = tuple(slots.of(tensor) for tensor in op.outputs)
    shapes = _static_shapes(op)
    if op.type == "Const":
        value = tensor_util.MakeNdarray(op.get_attr("value"))
        return GraphStep(op.type, op.name, inputs, outputs, {"dtype": op.outputs[0].dtype}, (), value, shapes)
    attributes = {spec.name: _attribute(op, spec) for spec in op.op_def.attr}
    return GraphStep(op.type, op.name, inputs, outputs, attributes, _bodies(op), shapes=shapes)


def _static_shapes(op: Any) -> tuple[StaticShape, ...]:
    return tuple(None if one.shape.rank is None else tuple(one.shape.as_list()) for one in op.outputs)


def _attribute(op: Any, spec: Any) -> Any:
    """An attribute as the eager runtime takes it; types stay DType, so that a precision can replace them."""
    value = op.node_def.attr[spec.name]
    convert = _ATTRIBUTES.get(spec.type)
    return convert(value) if convert else op.get_attr(spec.name)


def _shape(shape: Any) -> list[int] | None:
    return None if shape.unknown_rank else [dim.size for dim in shape.dim]


_ATTRIBUTES: dict[str, Callable[[Any], Any]] = {
    "func": lambda value: value.func.name,
    "list(func)": lambda value: [one.name for one in value.list.func],
    "shape": lambda value: _shape(value.shape),
    "list(shape)": lambda value: [_shape(one) for one in value.list.shape],
    "type": lambda value: dtypes.as_dtype(value.type),
    "list(type)": lambda value: [dtypes.as_dtype(one) for one in value.list.type],
}


def _bodies(op: Any) -> tuple[GraphProgram, ...]:
    return tuple(prepare(_function_graph(op.graph, name)) for name in _body_names(op))


def _body_names(op: Any) -> list[str]:
    """The functions that an operation calls, in the order in which the interpreter expects them."""
    if op.type in CALLS:
        return [op.get_attr("f").name]
    if op.type in LOOPS:
        return [op.get_attr("cond").name, op.get_attr("body").name]
    if op.type in {"If", "StatelessIf"}:
        return [op.get_attr("else_branch").name, op.get_attr("then_branch").name]
    return [branch.name for branch in op.get_attr("branches")] if op.type in BRANCHES else []


def _function_graph(graph: Any, name: str) -> Any:
    known = context.context()
    if known.has_function(name):
        return function_def_to_graph(known.get_function_def(name))
    return function_def_to_graph(graph._get_function(name).cached_definition)


def _with_frees(steps: list[GraphStep], kept: set[int]) -> tuple[GraphStep, ...]:
    """Marks where each value is used last, so that a long graph does not hold all its activations."""
    seen = set(kept)
    reversed_steps = []
    for step in reversed(steps):
        last = {slot for slot in (*step.inputs, *step.outputs) if slot not in seen}
        seen |= last
        reversed_steps.append(replace(step, frees=tuple(last)))
    return tuple(reversed(reversed_steps))
