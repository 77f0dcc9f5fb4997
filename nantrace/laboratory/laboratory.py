"""The diagnosis' laboratory, made of a Replayer and one artifact."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nantrace.diagnosis.case import STANDING, ModelFacts, ReplayOutcome, TracedRows
from nantrace.feature import FeatureNames
from nantrace.laboratory.bisect import joined, refused, separated
from nantrace.replay.model_inputs import InputSpec
from nantrace.replay.protocol import HIDDEN, MAGNITUDES
from nantrace.replay.replayer import CannotSetUpError, ChildDiedError, Replayer, ReplayTimeoutError
from nantrace.tensors.named_columns import MatchedColumns, WantedTensor, match_columns
from nantrace.tensors.tensor import Table, Tensor, Tensors
from nantrace.tensors.text_numbers import with_numbers

Json = Mapping[str, Any]
PART_CELLS = 8_000_000
_waiting = ThreadPoolExecutor(thread_name_prefix="replay")  # its threads only wait for a child's answer
_NOT_FOR_XLA: set[Path] = set()  # found out once for each process, since every try costs a child
SEPARATING_LIMIT = 5.0  # seconds for a part of a batch that was not answered as a whole


@dataclass(frozen=True)
class ReplayLaboratory:
    """Replays rows of one registered artifact in the locked children of a Replayer."""

    replayer: Replayer
    artifact: Path

    def facts(self) -> ModelFacts:
        """What was learned when the model was loaded; raises RefusedModelError."""
        described = self.replayer.describe(self.artifact)
        return ModelFacts(
            name=described["name"],
            inputs=described["inputs"],
            weights=described["weights"],
            software=described["software"],
            low_precision=described["low_precision"],
            layers=described["layers"],
            taps=described["taps"],
        )

    def wanted(self, metadata: Json) -> list[WantedTensor]:
        """The inputs of the model, and the columns that `metadata` says they are made of; raises RefusedModelError."""
        specs = self.replayer.inputs(self.artifact)
        names = FeatureNames.of(metadata, [spec.name for spec in specs]).by_input
        return [_wanted(spec, names.get(spec.name, ())) for spec in specs]

    def matched(self, given: Table, metadata: Json) -> MatchedColumns:
        """Rows by the names of their columns, canonical; raises TooLarge, and RefusedModelError."""
        found = match_columns(given, self.wanted(metadata))
        return replace(found, table=replace(found.table, tensors=self.canonical(found.table.tensors)))

    def canonical(self, tensors: Tensors) -> Tensors:
        """Cells as the inputs mean them: whole numbers and truth values for a floating input become float64, since 1
        means 1.0 there; texts for a numeric input become the numbers they spell (see `with_numbers`).
        """
        specs = {spec.name: spec for spec in self.replayer.inputs(self.artifact)}
        single = next(iter(specs.values())) if len(specs) == 1 and len(tensors) == 1 else None
        return Tensors.of(*(_canonical(tensor, single or specs.get(tensor.name)) for tensor in tensors))

    def replay(self, rows: Tensors, variant: str) -> ReplayOutcome:
        """See `Laboratory.replay`. XLA fuses as it likes, under any flags.

        Raises CannotSetUpError where the rows cannot be replayed as they were served, for no fault of theirs.
        """
        if variant == "xla":
            return self._compiled_by_xla(rows)
        flags = "default" if variant == "default" else "unfused"
        kind = "graph" if variant in STANDING else variant
        outcome = self._ask(flags, {"method": "run", "variant": kind}, rows)
        if outcome.unable and variant in STANDING:
            raise CannotSetUpError(f"the rows cannot be replayed: {outcome.unable}")
        return outcome

    def replay_each(self, rows: Tensors, variants: Sequence[str]) -> Mapping[str, ReplayOutcome]:
        """See `Laboratory.replay_each`. The children of the two flag sets work at the same time."""
        first, *others = variants
        asked = {variant: _waiting.submit(self.replay, rows, variant) for variant in others}
        return {first: self.replay(rows, first)} | {variant: answer.result() for variant, answer in asked.items()}

    def experiment(self, rows: Tensors, change: Json) -> ReplayOutcome:
        """See `Laboratory.experiment`."""
        return self._ask("unfused", {"method": "experiment", "change": dict(change)}, rows)

    def trace(self, rows: Tensors, change: Json | None = None) -> list[TracedRows]:
        """See `Laboratory.trace`."""
        request = {"method": "trace", "change": dict(change or {})}
        traced, _ = self.replayer.ask(self.artifact, "unfused", request, rows)
        return [
            TracedRows(tuple(group["rows"]), tuple(group["sources"]), group["birth"], group["swallowed_by"])
            for group in traced["groups"]
        ]

    def _compiled_by_xla(self, rows: Tensors) -> ReplayOutcome:
        """A compilation that takes too long, or takes its process down, says nothing about the rows."""
        if self.artifact in _NOT_FOR_XLA:
            return refused(rows.rows, "XLA cannot compile this model")
        request = {"method": "run", "variant": "xla"}
        try:
            answers = [
                (index, _outcome(part, *self.replayer.ask(self.artifact, "default", request, part)))
                for index in _parts(rows)
                for part in [rows.take(index)]
            ]
        except (ReplayTimeoutError, ChildDiedError) as error:
            _NOT_FOR_XLA.add(self.artifact)
            return refused(rows.rows, str(error))
        return answers[0][1] if len(answers) == 1 else joined(rows.rows, answers)

    def _ask(self, flags: str, request: dict[str, Any], rows: Tensors) -> ReplayOutcome:
        """An answer for all rows, asked in parts that any model should answer within the limit."""
        parts = _parts(rows)
        if len(parts) == 1:
            return self._ask_part(flags, request, rows)
        return joined(rows.rows, [(index, self._ask_part(flags, request, rows.take(index))) for index in parts])

    def _ask_part(self, flags: str, request: dict[str, Any], rows: Tensors) -> ReplayOutcome:
        """Rows on which the model hangs or dies are separated out and refused."""
        try:
            return _outcome(rows, *self.replayer.ask(self.artifact, flags, request, rows))
        except (ReplayTimeoutError, ChildDiedError) as error:
            return separated(rows, str(error), partial(self._ask_once, flags, request))

    def _ask_once(self, flags: str, request: dict[str, Any], rows: Tensors) -> ReplayOutcome:
        return _outcome(rows, *self.replayer.ask(self.artifact, flags, request, rows, SEPARATING_LIMIT))


def _parts(rows: Tensors) -> list[NDArray[np.intp]]:
    """Positions of all rows in runs of at most PART_CELLS input cells."""
    cells = sum(int(np.prod(tensor.values.shape[1:])) for tensor in rows) or 1
    size = max(1, PART_CELLS // cells)
    return [np.arange(start, min(start + size, rows.rows)) for start in range(0, max(rows.rows, 1), size)]


def _outcome(rows: Tensors, answer: dict[str, Any], answers: Tensors) -> ReplayOutcome:
    kept = np.asarray(answer["kept"], np.intp)
    measured = {one.name: _spread(one.values, kept, rows.rows) for one in answers if one.name in (HIDDEN, MAGNITUDES)}
    outputs = Tensors.of(*(one for one in answers if one.name not in measured))
    finite = np.zeros(rows.rows, bool)
    finite[kept] = ~outputs.nonfinite_rows() if len(outputs) else True
    return ReplayOutcome(
        finite=finite,
        outputs={one.name.removeprefix("output/"): _spread(one.values, kept, rows.rows) for one in outputs},
        refused={int(row): str(why) for row, why in answer["refused"].items()},
        hidden=measured[HIDDEN].astype(bool) if HIDDEN in measured else None,
        magnitudes=measured.get(MAGNITUDES),
        idle=bool(answer.get("idle")),
        unable=answer["unable"],
    )


def _wanted(spec: InputSpec, columns: Sequence[str]) -> WantedTensor:
    flat = spec.shape is not None and len(spec.shape) < 3
    width = (*spec.shape, 1)[1] if flat and spec.shape else None
    return WantedTensor(spec.name, list(columns), width, "texts" if spec.numpy_dtype is None else "numbers")


def _canonical(tensor: Tensor, spec: InputSpec | None) -> Tensor:
    wanted = spec.numpy_dtype if spec is not None else None
    if wanted is None:
        return tensor
    tensor = with_numbers(tensor)
    if wanted.kind in "iub" or tensor.values.dtype.kind not in "iub":
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
