"""The diagnosis' laboratory, made of a Replayer and one artifact."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingest.tensors import Tensor, Tensors
from monitoring.diagnosis.case import ModelFacts, Outcome, Trail
from monitoring.replay.frames import HIDDEN, MAGNITUDES
from monitoring.replay.replayer import Replayer
from monitoring.replay.signature import InputSpec

Json = Mapping[str, Any]


@dataclass(frozen=True)
class ReplayLaboratory:
    """Replays rows of one registered artifact in the locked children of a Replayer."""

    replayer: Replayer
    artifact: Path

    def facts(self) -> ModelFacts:
        """What was learned when the model was loaded; raises RefusedModelError."""
        told = self.replayer.describe(self.artifact, "unfused")
        return ModelFacts(
            name=told["name"],
            inputs=told["inputs"],
            weights=told["weights"],
            software=told["software"],
            low_precision=told["low_precision"],
            taps=told["taps"],
        )

    def canonical(self, tensors: Tensors) -> Tensors:
        """Whole numbers and truth values for a floating input become float64: 1 means 1.0 there."""
        specs = {spec.name: spec for spec in self.replayer.inputs(self.artifact)}
        single = next(iter(specs.values())) if len(specs) == 1 and len(tensors) == 1 else None
        return Tensors.of(*(_canonical(tensor, single or specs.get(tensor.name)) for tensor in tensors))

    def replay_standing(self, rows: Tensors) -> tuple[Outcome, Outcome]:
        """See `Laboratory.replay_standing`. The two children work side by side."""
        with ThreadPoolExecutor(1) as beside:
            unfused = beside.submit(self.replay, rows, "unfused")
            return self.replay(rows, "default"), unfused.result()

    def replay(self, rows: Tensors, variant: str) -> Outcome:
        """See `Laboratory.replay`."""
        flags = "default" if variant == "default" else "unfused"
        kind = "graph" if variant in ("default", "unfused") else variant
        return self._ask(flags, {"method": "run", "variant": kind}, rows)

    def experiment(self, rows: Tensors, change: Json) -> Outcome:
        """See `Laboratory.experiment`."""
        return self._ask("unfused", {"method": "experiment", "change": dict(change)}, rows)

    def trace(self, rows: Tensors) -> list[Trail]:
        """See `Laboratory.trace`."""
        told, _ = self.replayer.ask(self.artifact, "unfused", {"method": "trace"}, rows)
        return [
            Trail(tuple(group["rows"]), tuple(group["sources"]), group["birth"], group["swallowed_by"])
            for group in told["groups"]
        ]

    def _ask(self, flags: str, request: dict[str, Any], rows: Tensors) -> Outcome:
        told, answers = self.replayer.ask(self.artifact, flags, request, rows)
        kept = np.asarray(told["kept"], np.intp)
        beside = {one.name: _spread(one.values, kept, rows.rows) for one in answers if one.name in (HIDDEN, MAGNITUDES)}
        outputs = Tensors.of(*(one for one in answers if one.name not in beside))
        finite = np.zeros(rows.rows, bool)
        finite[kept] = ~outputs.nonfinite_rows() if len(outputs) else True
        return Outcome(
            finite=finite,
            outputs={one.name.removeprefix("output/"): _spread(one.values, kept, rows.rows) for one in outputs},
            refused={int(row): str(why) for row, why in told["refused"].items()},
            hidden=beside[HIDDEN].astype(bool) if HIDDEN in beside else None,
            magnitudes=beside.get(MAGNITUDES),
        )


def _canonical(tensor: Tensor, spec: InputSpec | None) -> Tensor:
    wanted = spec.numpy_dtype if spec is not None else None
    if wanted is None or wanted.kind in "iub" or tensor.values.dtype.kind not in "iub":
        return tensor
    values = tensor.values.astype(np.float64)
    if tensor.sent is not None:
        values = np.where(tensor.missing(), np.nan, values)
    return Tensor(tensor.name, values, tensor.sent)


def _spread(values: NDArray[Any], kept: NDArray[np.intp], rows: int) -> NDArray[Any]:
    """Outputs at the rows they belong to; rows that the model refused hold NaN (an empty text)."""
    if len(kept) == rows:
        return values
    empty: Any = "" if values.dtype.kind == "U" else np.nan
    dtype = values.dtype if values.dtype.kind in "fU" else np.dtype(np.float64)
    spread = np.full((rows, *values.shape[1:]), empty, dtype)
    spread[kept] = values
    return spread
