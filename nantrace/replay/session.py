"""What the child answers about its one model: describe, run, trace, experiment, audit."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from nantrace.replay import patches
from nantrace.replay.artifact_settings import about_artifact
from nantrace.replay.bounds import about_bounds
from nantrace.replay.float32_model import float32_twin, widened
from nantrace.replay.interpreter import FLOAT16, FLOAT32, FLOAT64, Patches, Precision
from nantrace.replay.layer_taps import Tap
from nantrace.replay.loading import LoadedModel
from nantrace.replay.model_inputs import feed
from nantrace.replay.narrow_answers import WIDEST
from nantrace.replay.observed import about_rows
from nantrace.replay.program import uses_low_precision
from nantrace.replay.protocol import HIDDEN, MAGNITUDES, XLA_BATCHES
from nantrace.replay.running import Ran, run
from nantrace.replay.trace import interpret, trace
from nantrace.tensors.tensor import Tensor, Tensors

Array = NDArray[Any]
Json = dict[str, Any]
PRECISIONS: Mapping[str | None, Precision | None] = {
    None: None,
    "float64": FLOAT64,
    "float32": FLOAT32,
    "float16": FLOAT16,
}


@dataclass(frozen=True)
class Session:
    """One loaded model, under the flags of this process."""

    model: LoadedModel
    tapped: bool = False

    @cached_property
    def _strip(self) -> Tap | None:
        """The whole layer strip; where fused kernels are on, a tap would part them, so that child has none."""
        return Tap(self.model, self.model.names, strip=True) if self.tapped else None

    @cached_property
    def _watch(self) -> Tap | None:
        """The few places where a bad value could be lost."""
        return Tap(self.model, self.model.names, strip=False) if self.tapped else None

    @cached_property
    def _float32_twin(self) -> LoadedModel | None:
        """The Keras model built anew in float32, so that its constants and epsilons are not rounded to float16."""
        return float32_twin(self.model)

    def describe(self) -> Json:
        """The signature, the layers, the weights' ranges and the software, as strict JSON."""
        return {
            "name": self.model.name,
            "inputs": [asdict(spec) for spec in self.model.inputs],
            "outputs": self.model.output_names,
            "layers": dict(self.model.layers),
            "weights": [_weight(self.model, path, v) for path, v in self.model.variables.items()],
            "taps": [asdict(point) for point in self._strip.points] if self._strip else [],
            "low_precision": uses_low_precision(self.model.concrete.graph),
            "software": {"tensorflow": tf.__version__, "keras": self.model.keras_version},
        }

    def run(self, tensors: Tensors, variant: str, width: int = WIDEST) -> tuple[Json, Tensors]:
        """One forward pass: `graph`, `tapped`, `eager`, `xla`, `interpreted`, or a precision of PRECISIONS.

        `width`: cells of a row's answer, see `narrow_answers`.
        """
        return _answer(run(tensors, self.model.inputs, self._forward(variant), width))

    def trace(self, tensors: Tensors, change: Json) -> tuple[Json, Tensors]:
        """Origins and sinks of the bad values of these rows, with operations and constants changed as in `experiment`.

        All of them must be rows that the model takes.
        """
        fed = feed(tensors, self.model.inputs)
        result = trace(self.model, fed.arrays, tensors.infinite_rows(), _patches(change))
        return {"groups": [asdict(group) for group in result.groups]}, _as_tensors(result.outputs)

    def experiment(self, tensors: Tensors, change: Json, width: int = WIDEST) -> tuple[Json, Tensors]:
        """A forward pass with the model changed as `change` says (see `_changed`)."""
        precision = PRECISIONS[change.get("precision")]
        guards = _patches(change)
        weights = self._weights(change)
        with patches.changed_weights(self.model, weights):
            changed = partial(self._interpret, guards, precision)
            answer, outputs = _answer(run(tensors, self.model.inputs, changed, width))
        return {**answer, "idle": not (weights or guards.inputs or guards.outputs)}, outputs

    def audit(self, tensors: Tensors, request: Json) -> Json:
        """`about` an artifact (at `path`), rows (for `seconds`), or bounds (two rows: lowest and highest values)."""
        match request["about"]:
            case "artifact":
                return about_artifact(self.model, Path(request["path"]))
            case "rows":
                return about_rows(self.model, tensors, request["seconds"])
            case _:
                return about_bounds(self.model, tensors, request["seconds"])

    def _forward(self, variant: str) -> Any:
        if variant in ("graph", "tapped"):
            return self._compiled if variant == "graph" else self._stripped
        if variant == "eager" and self.model.eager is not None:
            eager = self.model.eager
            return lambda arrays: eager([tf.constant(array) for array in arrays])
        if variant == "xla":
            return self._with_xla
        if variant == "float32" and self._float32_twin is not None:
            twin = self._float32_twin
            return lambda arrays: twin.call([tf.constant(widened(array)) for array in arrays])
        return partial(self._interpret, None, PRECISIONS.get(variant))

    def _compiled(self, arrays: Sequence[Array]) -> dict[str, Any]:
        """The compiled function; where it is watched, with the rows in which a bad value could have been lost."""
        feed = [tf.constant(array) for array in arrays]
        if self._watch is None:
            return self.model.call(feed)
        answer = self._watch.forward(feed)
        lost = ~np.isfinite(answer.magnitudes).all(axis=1) | bool(self.model.infinite_weights)
        return {**answer.outputs, HIDDEN: lost}

    @cached_property
    def _xla(self) -> Any:
        """The model compiled by XLA, which fuses otherwise and orders sums otherwise."""
        names = [spec.name for spec in self.model.inputs]

        def forward(*feed: Any) -> dict[str, Any]:
            if self.model.eager is not None:
                return dict(self.model.eager(feed))
            return dict(self.model.concrete(**dict(zip(names, feed, strict=True))))

        return tf.function(forward, jit_compile=True)

    def _with_xla(self, arrays: Sequence[Array]) -> dict[str, Any]:
        """Rows are repeated up to one of few batch sizes: each is a compilation of its own."""
        rows = len(arrays[0])
        size = next((size for size in XLA_BATCHES if size >= rows), rows)
        padded = [np.concatenate([array, np.repeat(array[-1:], size - rows, axis=0)]) for array in arrays]
        return {name: output[:rows] for name, output in self._xla(*map(tf.constant, padded)).items()}

    def _stripped(self, arrays: Sequence[Array]) -> dict[str, Any]:
        """The compiled function with the magnitudes of the whole layer strip."""
        feed = [tf.constant(array) for array in arrays]
        if self._strip is None:
            return self.model.call(feed)
        answer = self._strip.forward(feed)
        return {**answer.outputs, MAGNITUDES: answer.magnitudes}

    def _interpret(
        self, changes: Patches | None, precision: Precision | None, arrays: Sequence[Array]
    ) -> dict[str, Array]:
        return interpret(self.model, arrays, changes, precision)

    def _weights(self, change: Json) -> dict[str, Array]:
        kind = change.get("weights")
        if kind == "repair":
            return patches.without_nonfinite(self.model, change.get("filler", 0))
        if kind == "statistics":
            return patches.possible_statistics(self.model, change["layer"])
        if kind == "scale":
            return patches.scaled_down(self.model, change.get("layer"))
        return {}


def _patches(change: Json) -> Patches:
    return patches.without_bad_constants(patches.guard(change.get("guard", {})), change.get("constants", []))


def _answer(ran: Ran) -> tuple[Json, Tensors]:
    refused: dict[str, list[int]] = {}  # many rows for few reasons
    for row, why in ran.refused.items():
        refused.setdefault(why, []).append(row)
    answer = {"kept": ran.kept.tolist(), "refused": refused, "unable": ran.unable, "narrowed": sorted(ran.narrowed)}
    return answer, _as_tensors(ran.outputs)


def _as_tensors(outputs: Mapping[str, Array]) -> Tensors:
    """Outputs as `output/<name>`, and the tap's magnitudes."""
    return Tensors.of(
        *(Tensor(name if name in (MAGNITUDES, HIDDEN) else f"output/{name}", array) for name, array in outputs.items())
    )


def _weight(model: LoadedModel, path: str, variable: Any) -> Json:
    names = model.names
    values = np.asarray(variable.numpy())
    numbers = values.astype(np.float64) if variable.dtype.is_floating else np.zeros(0)
    finite = numbers[np.isfinite(numbers)]
    layer = names.layer_of_variable(path)
    return {
        "path": path,
        "layer": layer,
        "shape": list(values.shape),
        "dtype": variable.dtype if isinstance(variable.dtype, str) else variable.dtype.name,
        "nonfinite": int((~np.isfinite(numbers)).sum()),
        "bars": path not in model.infinite_weights and bool(np.isneginf(numbers).any() and (numbers < np.inf).all()),
        "min": float(finite.min()) if finite.size else None,
        "max": float(finite.max()) if finite.size else None,
        "normalises": names.normalises(layer),
    }
