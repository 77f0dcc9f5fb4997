"""A laboratory for the diagnosis in which everything is really computed, in numpy and in milliseconds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nantrace.diagnosis.case import Case, ModelFacts, ReplayOutcome, TracedRows
from nantrace.diagnosis.diagnose import diagnose
from nantrace.diagnosis.finding import Finding
from nantrace.drift.take_reference import take_reference
from nantrace.tensors.tensor import Tensor, Tensors
from tests.diagnosis.network import Changes, Input, Network
from tests.diagnosis.tracing import RowTrace, place, trace_row

Array = NDArray[Any]
Json = Mapping[str, Any]
SOFTWARE = {"tensorflow": "2.21.0", "keras": "3.15.1"}
WIDE: Mapping[str, type[np.floating[Any]]] = {"float32": np.float32, "float64": np.float64}


@dataclass
class NumpyLaboratory:
    """Answers the diagnosis' questions about one network, and notes each: the door, and the rows behind it."""

    network: Network
    asked: list[tuple[str, int]] = field(default_factory=list)
    xla: type[np.floating[Any]] | None = None  # what its kernels compute in, if not in the network's dtype

    def replay(self, rows: Tensors, variant: str) -> ReplayOutcome:
        """See `Laboratory.replay`. The network as served fuses Dense with Relu."""
        self.asked.append((variant, rows.rows))
        dtype = self.xla if variant == "xla" else WIDE.get(variant)
        outcome = self._outcome(rows, Changes(fused=variant == "default", dtype=dtype))
        return outcome if variant == "tapped" else replace(outcome, magnitudes=None)

    def replay_each(self, rows: Tensors, variants: Sequence[str]) -> Mapping[str, ReplayOutcome]:
        """See `Laboratory.replay_each`."""
        return {variant: self.replay(rows, variant) for variant in variants}

    def experiment(self, rows: Tensors, change: Json) -> ReplayOutcome:
        """See `Laboratory.experiment`."""
        self.asked.append(("experiment", rows.rows))
        constants = dict.fromkeys(change.get("constants", []), "Const")
        weights, guards = self._weights(change), {**constants, **change.get("guard", {})}
        outcome = self._outcome(rows, Changes(weights, guards, dtype=WIDE.get(change.get("precision", ""))))
        return replace(outcome, idle=not (weights or guards))

    def trace(self, rows: Tensors, change: Json | None = None) -> list[TracedRows]:
        """See `Laboratory.trace`."""
        self.asked.append(("trace", rows.rows))
        feed, refused = self._feed(rows)
        assert not refused, "only rows that the model takes can be traced"
        guards = (change or {}).get("guard", {})
        wide = self.network.compute(feed, Changes(guards=guards, dtype=np.float64))[self.network.output]
        sent = rows.infinite_rows()
        found: dict[RowTrace, list[int]] = {}
        values = []
        for row in range(rows.rows):
            one = {name: x[[row]] for name, x in feed.items()}
            values.append(self.network.compute(one, Changes(guards=guards)))
            trail = trace_row(self.network, values[row], wide[[row]], sent=bool(sent[row]))
            if trail is not None:
                found.setdefault(trail, []).append(row)
        return [self._trail(trail, members, values[members[0]]) for trail, members in found.items()]

    def facts(self) -> ModelFacts:
        return ModelFacts(
            name="model",
            inputs=[{"name": one.name, "dtype": "float32", "shape": (None, *one.shape)} for one in self.network.inputs],
            weights=[{"path": path, "nonfinite": 0} for path in self.network.weights],
            software=SOFTWARE,
            low_precision=self.network.dtype is np.float16,
            taps=[
                {"layer": one.layer, "operation": one.kind, "dtype": np.dtype(self.network.dtype).name}
                for one in self.network.operations
            ],
        )

    def _trail(self, trail: RowTrace, rows: list[int], values: Mapping[str, Array]) -> TracedRows:
        described = [place(self.network, name, values) for name in trail.sources]
        first_nan = None if trail.first_nan is None else place(self.network, trail.first_nan, values)
        sink = None
        if trail.swallowed_by is not None:
            operation = next(one for one in self.network.operations if one.name == trail.swallowed_by)
            sink = {"operation": operation.kind, "name": operation.name, "layer": operation.layer}
        return TracedRows(tuple(rows), tuple(described), first_nan, sink)

    def _outcome(self, rows: Tensors, changes: Changes) -> ReplayOutcome:
        feed, refused = self._feed(rows)
        kept = [row for row in range(rows.rows) if row not in refused]
        finite = np.zeros(rows.rows, bool)
        outputs = np.full((rows.rows, 1), np.nan)
        magnitudes = np.full((rows.rows, len(self.network.operations)), np.nan)
        if kept:
            values = self.network.compute({name: x[kept] for name, x in feed.items()}, changes)
            answers = values[self.network.output].reshape(len(kept), -1)
            outputs = np.full((rows.rows, answers.shape[1]), np.nan)
            outputs[kept], finite[kept] = answers, np.isfinite(answers).all(axis=1)
            magnitudes[kept] = self._magnitudes(values, len(kept))
        return ReplayOutcome(finite, {"outputs": outputs}, refused, magnitudes=magnitudes)

    def _magnitudes(self, values: Mapping[str, Array], rows: int) -> Array:
        """The largest magnitude of every row behind every operation; one of weights alone counts for all rows."""
        found = []
        for operation in self.network.operations:
            value = np.abs(values[operation.name].astype(np.float64))
            by_row = value.reshape(rows, -1).max(axis=1) if value.shape[:1] == (rows,) else value.max()
            found.append(np.broadcast_to(by_row, rows))
        return np.stack(found, axis=1)

    def _feed(self, rows: Tensors) -> tuple[dict[str, Array], dict[int, str]]:
        refused: dict[int, str] = {}
        feed = {}
        for spec in self.network.inputs:
            tensor = rows.by_name[spec.name]
            if tensor.values.shape[1:] != spec.shape:
                wrong = f"the input {spec.name!r} takes {spec.shape}, the rows have {tensor.values.shape[1:]}"
                refused |= dict.fromkeys(range(rows.rows), wrong)
                continue
            feed[spec.name] = _cells(tensor, spec, refused)
        return feed, refused

    def _weights(self, change: Json) -> dict[str, Array]:
        kind, layer = change.get("weights"), change.get("layer")
        weights = self.network.weights
        if kind == "repair":
            bad = {path: w for path, w in weights.items() if not np.isfinite(w).all()}
            return {path: np.where(np.isfinite(w), w, change.get("filler", 0)) for path, w in bad.items()}
        if kind == "statistics":
            named = {path: w for path, w in weights.items() if path == f"{layer}/moving_variance" and (w <= 0).any()}
            return {path: np.where(w > 0, w, 1).astype(w.dtype) for path, w in named.items()}
        if kind == "scale":
            named = {path: w for path, w in weights.items() if path.startswith(str(layer)) and np.abs(w).max() > 1}
            return {path: w / np.abs(w).max() for path, w in named.items()}
        return {}


def _cells(tensor: Tensor, spec: Input, refused: dict[int, str]) -> Array:
    values = tensor.values
    if values.dtype.kind == "U":
        return _numbers(tensor, spec, refused)
    if spec.vocabulary is not None:
        beyond = ~((values >= 0) & (values < spec.vocabulary))
        refused |= {int(row): "an index is out of range" for row in np.flatnonzero(beyond.any(axis=1))}
    return values


def _numbers(tensor: Tensor, spec: Input, refused: dict[int, str]) -> Array:
    """Numbers that came as text, as the replay reads them."""
    numbers = np.zeros(tensor.values.shape, np.float32)
    for row in range(tensor.rows):
        try:
            numbers[row] = tensor.values[row].astype(np.float64)
        except ValueError:
            refused[row] = f"the numeric input {spec.name!r} holds a text"
    return numbers


def tensors(**arrays: Array) -> Tensors:
    """Arrays by input name; numbers with a point are float64, as the worker hands them to the diagnosis."""
    return Tensors.of(*(Tensor(name, x.astype(np.float64) if x.dtype.kind == "f" else x) for name, x in arrays.items()))


def make_case(
    lab: NumpyLaboratory,
    rows: Tensors | Array,
    reference: Tensors | Array | None = None,
    served: Array | None = None,
    **known: Any,
) -> Case:
    """Arrays are those of the only input; `known` is the metadata and the environment of the case."""
    return Case(
        inputs=rows if isinstance(rows, Tensors) else tensors(inputs=rows),
        served=None if served is None else Tensors.of(Tensor("outputs", served)),
        model=lab.facts(),
        reference=_reference(reference),
        **known,
    )


def _reference(rows: Tensors | Array | None) -> Any:
    if rows is None:
        return None
    return take_reference(rows if isinstance(rows, Tensors) else tensors(inputs=rows))


def diagnosed(
    network: Network, rows: Tensors | Array, reference: Tensors | Array | None = None, **known: Any
) -> list[Finding]:
    """The findings about rows of a network."""
    lab = NumpyLaboratory(network)
    return diagnose(make_case(lab, rows, reference, **known), lab)
