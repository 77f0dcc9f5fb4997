"""The diagnosis' laboratory, made of a Replayer and one artifact."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from nantrace.diagnosis.case import STANDING, ModelFacts, ReplayOutcome, TracedRows
from nantrace.feature import FeatureNames
from nantrace.laboratory.parts import MOST_FAILURES, Asked, Pace, ask_in_parts, joined, refused
from nantrace.metadata import with_features
from nantrace.replay.model_inputs import InputSpec
from nantrace.replay.narrow_answers import width_for
from nantrace.replay.protocol import HIDDEN, MAGNITUDES, XLA_BATCHES
from nantrace.replay.replay_errors import CannotSetUpError, ReplayTimeoutError, TooLargeError
from nantrace.replay.replayer import Replayer
from nantrace.tensors.named_columns import MatchedColumns, WantedTensor, match_columns
from nantrace.tensors.refusals import NotFound
from nantrace.tensors.tensor import Table, Tensor, Tensors
from nantrace.tensors.text_numbers import with_numbers

Json = Mapping[str, Any]
_waiting = ThreadPoolExecutor(thread_name_prefix="replay")  # its threads only wait for a child's answer
_Model = tuple[Path, str]  # and its signature
_NOT_FOR_XLA: set[_Model] = set()  # found out once for each process, since every try costs a child
DEARER = {"trace": 30.0, "xla": 20.0}
"""About how many times a forward pass these cost, before that is measured; the other questions cost about SLOWER."""
SLOWER = 4.0
TRACED_AT_ONCE = 11  # the least that a trace fills up to, so fewer rows cost no less
_paces: dict[tuple[_Model, str], Pace] = {}  # for as long as this process lives, as the models do not change


@dataclass(frozen=True)
class ReplayLaboratory:
    """Replays rows of one registered artifact in the locked children of a Replayer.

    `signature`: one of a SavedModel's own, "" for the one that it serves by default. `width`: cells of a row's answer,
    beyond which it is narrowed; without it as many as there is room for at each question.
    """

    replayer: Replayer
    artifact: Path
    signature: str = ""
    width: int | None = None

    def comparing(self, rows: int) -> Self:
        """A laboratory for up to so many rows, whose answers are narrowed alike and so can be compared."""
        return replace(self, width=width_for(rows))

    def facts(self) -> ModelFacts:
        """What was learned when the model was loaded; raises RefusedModelError."""
        described = self.replayer.describe(self.artifact, self.signature)
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
        specs = self.replayer.inputs(self.artifact, self.signature)
        names = FeatureNames.of(metadata, [spec.name for spec in specs]).by_input
        return [_wanted(spec, names.get(spec.name, ())) for spec in specs]

    def matched(self, given: Table, metadata: Json) -> MatchedColumns:
        """Rows by the names of their columns, canonical; raises TooLarge, and RefusedModelError."""
        found = match_columns(given, self.wanted(metadata))
        return replace(found, table=replace(found.table, tensors=self.canonical(found.table.tensors)))

    def named(self, metadata: Json, reference: Table | None, rows: Table) -> dict[str, Any]:
        """The metadata, with the header of the reference where it names no features itself.

        Of a reference with more columns than the only input has (an id, the label), those that the rows have too.
        """
        header = reference.header if reference else []
        wanted = self.wanted({})
        shared = [name for name in header if name in rows.header]
        fits = [names for names in (header, shared) if len(wanted) == 1 and len(names) == wanted[0].width]
        return with_features(metadata, fits[0] if fits else None)

    def taken(self, table: Table, metadata: Json, field: str) -> Table:
        """The tensors that the model takes, with a note on what is left out; raises Refusal naming `field`."""
        found = self.matched(table, metadata)
        owner = "the list of features" if metadata.get("features") else "the model"
        if found.missing:
            raise NotFound(field, found.lack(owner))
        return replace(found.table, notes=(*table.notes, *found.surplus(owner)))

    def canonical(self, tensors: Tensors) -> Tensors:
        """Cells as the inputs mean them: whole numbers and truth values for a floating input become float64, since 1
        means 1.0 there; texts for a numeric input become the numbers they spell (see `with_numbers`).
        """
        specs = {spec.name: spec for spec in self.replayer.inputs(self.artifact, self.signature)}
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
        outcome = self._ask(flags, {"method": "run", "variant": kind, "width": self._width(rows)}, rows)
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
        request = {"method": "experiment", "change": dict(change), "width": self._width(rows)}
        return self._ask("unfused", request, rows)

    def trace(self, rows: Tensors, change: Json | None = None) -> list[TracedRows]:
        """See `Laboratory.trace`."""
        request = {"method": "trace", "change": dict(change or {})}
        asked = self._asked("unfused", request, rows, least=TRACED_AT_ONCE, failures=1)
        found = [_traced(index, group) for index, (answer, _) in asked.answers for group in answer["groups"]]
        patient = ReplayTimeoutError | TooLargeError
        left = [(index, error) for index, error in asked.unanswered if isinstance(error, patient)]
        if len(left) < len(asked.unanswered):
            raise asked.failures[-1]
        return [*found, *(TracedRows(tuple(index.tolist()), (), None, unfinished=str(error)) for index, error in left)]

    def _compiled_by_xla(self, rows: Tensors) -> ReplayOutcome:
        """A compilation that takes too long, or takes its process down, says nothing about the rows."""
        if (self.artifact, self.signature) in _NOT_FOR_XLA:
            return refused(rows.rows, "XLA cannot compile this model")
        request = {"method": "run", "variant": "xla", "width": self._width(rows)}
        asked = self._asked("default", request, rows, failures=0)
        if asked.unanswered:
            _NOT_FOR_XLA.add((self.artifact, self.signature))
            return refused(rows.rows, str(asked.unanswered[0][1]))
        return _together(rows, asked)

    def _width(self, rows: Tensors) -> int:
        return self.width or width_for(rows.rows)

    def _ask(self, flags: str, request: dict[str, Any], rows: Tensors) -> ReplayOutcome:
        """An answer for all rows. A row on which the model hangs or dies, and others do not, is refused."""
        asked = self._asked(flags, request, rows)
        for _, error in asked.unanswered:
            if isinstance(error, TooLargeError):
                raise error  # that says nothing about the rows
        hung = any(isinstance(error, ReplayTimeoutError) for _, error in asked.unanswered)
        if not asked.answers or (hung and len(asked.failures) > MOST_FAILURES):
            raise asked.failures[-1]  # slow throughout: that is not the rows
        return _together(rows, asked)

    def _asked(
        self, flags: str, request: dict[str, Any], rows: Tensors, *, least: int = 1, failures: int = MOST_FAILURES
    ) -> Asked:
        """In parts that this model answers within their limits."""
        kind = request.get("variant", request["method"])
        ask = partial(self.replayer.ask, self.artifact, flags, request, signature=self.signature)
        usual = self.replayer.answer_timeout
        return ask_in_parts(rows, self._pace(flags, kind), ask, usual, least=least, failures=failures)

    def _pace(self, flags: str, kind: str) -> Pace:
        model = self.artifact, self.signature
        forward = _paces.setdefault((model, "graph"), Pace())
        if (flags, kind) == ("default", "graph"):
            return forward
        pace = _paces.setdefault((model, f"{flags} {kind}"), Pace(sizes=XLA_BATCHES if kind == "xla" else ()))
        if forward.measured is not None:
            pace.guess = forward.measured * DEARER.get(kind, SLOWER)
        return pace


def _traced(index: NDArray[np.intp], group: Json) -> TracedRows:
    """One group of rows, which the child counts within their part."""
    rows = tuple(index[group["rows"]].tolist())
    return TracedRows(rows, tuple(group["sources"]), group["birth"], group["swallowed_by"])


def _together(rows: Tensors, asked: Asked) -> ReplayOutcome:
    """The answers of all parts as one; rows without an answer are refused."""
    parts = [(index, _outcome(rows.take(index), *answer)) for index, answer in asked.answers]
    if len(parts) == 1 and not asked.unanswered:
        return parts[0][1]
    left = [(index, refused(len(index), str(error))) for index, error in asked.unanswered]
    return joined(rows.rows, [*parts, *left])


def _outcome(rows: Tensors, answer: dict[str, Any], answers: Tensors) -> ReplayOutcome:
    kept = np.asarray(answer["kept"], np.intp)
    measured = {one.name: _spread(one.values, kept, rows.rows) for one in answers if one.name in (HIDDEN, MAGNITUDES)}
    outputs = Tensors.of(*(one for one in answers if one.name not in measured))
    finite = np.zeros(rows.rows, bool)
    finite[kept] = ~outputs.nonfinite_rows() if len(outputs) else True
    return ReplayOutcome(
        finite=finite,
        outputs={one.name.removeprefix("output/"): _spread(one.values, kept, rows.rows) for one in outputs},
        refused={int(row): why for why, some in answer["refused"].items() for row in some},
        hidden=measured[HIDDEN].astype(bool) if HIDDEN in measured else None,
        magnitudes=measured.get(MAGNITUDES),
        idle=bool(answer.get("idle")),
        unable=answer["unable"],
        narrowed=frozenset(answer["narrowed"]),
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
