"""Pastes the code of remedies and runs it, in one process that keeps TensorFlow warm: does it do what is said of it?

    python -m tests.cases.runner.paste_remedies FOLDER NAME ...

`FOLDER/NAME` holds what `build_cases` wrote and `incidents.json`. Prints a line of JSON for each case: its name and
what is not true of its remedies. Of an incident the remedies that are called proven are run one after the other, as its
rows may need several changes; then all of its rows are answered, and those that are in no incident as before. A check
for refused rows raises on them, and not on the others. All other code is compiled at least.
"""

import json
import sys
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from nantrace.library.tables import table_of_rows
from nantrace.replay.loading import LoadedModel, from_keras, load
from nantrace.replay.model_inputs import feed
from nantrace.tensors.same_answers import OTHER_PRECISION, differing_rows
from nantrace.tensors.tensor import Tensor, Tensors

Array = NDArray[Any]
Arrays = dict[str, Array]
Json = Mapping[str, Any]
NAMES = ("rows", "tokens", "texts", "mask", "lengths")  # what code calls the array of a model's only input
IN_THE_MODEL = (
    "guard_operation",
    "stable_activation",
)  # lines for its author, with tests of their own


def main() -> None:
    tf.config.optimizer.set_experimental_options({"remapping": False})  # fused kernels hide NaN
    folder = Path(sys.argv[1])
    for name in sys.argv[2:]:
        with redirect_stdout(sys.stderr):
            untrue = [*_untrue(folder / name)]
        print(json.dumps({"case": name, "untrue": untrue}), flush=True)  # noqa: T201 - the parent reads it


def _untrue(case: Path) -> Iterator[str]:
    incidents = json.loads((case / "incidents.json").read_text())
    failing = {row for one in incidents for row in one["row_indices"]}
    for incident in incidents:
        try:
            yield from _Pasted(case, incident, failing).untrue()
        except Exception as error:  # noqa: BLE001 - code that raises is what is looked for
            traceback.print_exc()
            yield f"{incident['cause']}: {type(error).__name__}: {error}"


class _Pasted:
    """An incident with the files of its case. `failing`: rows of any incident."""

    def __init__(self, case: Path, incident: Json, failing: set[int]) -> None:
        self.incident, self.bad = incident, list(incident["row_indices"])
        (self.path,) = case.glob("model.*")
        self.loaded = load(self.path)
        self.model = self.loaded.keras_model
        if self.model is None:  # as a person loads it, with weights that are the signature's
            self.model = tf.saved_model.load(str(self.path))
            signatures = self.model.signatures
            concrete = signatures.get("serving_default") or next(iter(signatures.values()))
            self.loaded = replace(self.loaded, concrete=concrete)
        self.rows = _arrays(case / "rows.npz")
        reference = case / "reference.npz"
        self.training = _arrays(reference) if reference.exists() else self.rows
        count = len(next(iter(self.rows.values())))
        self.good = [row for row in range(count) if row not in failing]

    def untrue(self) -> Iterator[str]:
        for remedy in self.incident["remedies"]:
            compile(remedy["code"], remedy["id"], "exec")
            if remedy["proven"] and not remedy["code"].strip():
                yield f"{remedy['id']} is called proven and has no code"
            if remedy["id"] == "match_signature":
                yield from self._unchecked(remedy["code"])
        proven = [one for one in self.incident["remedies"] if one["proven"] and one["id"] not in IN_THE_MODEL]
        if proven and not any(one["proven"] and one["id"] in IN_THE_MODEL for one in self.incident["remedies"]):
            yield from self._uncured([one["code"] for one in proven])

    def _unchecked(self, code: str) -> Iterator[str]:
        for row in self.bad:
            if not _raises(code, self._names(_taken(self.rows, [row]))):
                yield f"the check does not raise on row {row}"
        good = _taken(self.rows, self.good) if self.good else self.training
        if _raises(code, self._names(good)):
            yield "the check raises on rows that the model takes"

    def _uncured(self, codes: Sequence[str]) -> Iterator[str]:
        names = self._names({name: values.copy() for name, values in self.rows.items()})
        before = self._answers(self.loaded, self.rows)
        for code in codes:
            _paste(code, names)
        changed = self._changed(names)
        loaded = self.loaded if self.loaded.keras_model is None else from_keras(names["model"])
        after = self._answers(loaded, changed)
        finite = np.all([np.isfinite(one).reshape(len(one), -1).all(axis=1) for one in after], axis=0)
        bad = [self._position(row) for row in self.bad]
        if not finite[bad].all():
            yield f"{self.incident['cause']}: pasted, rows {np.array(self.bad)[~finite[bad]].tolist()} stay bad"
        if self.incident["symptom"] == "absorbed" and not _differing(before, after)[bad].all():
            yield "pasted, rows are answered as before"
        good = [self._position(row) for row in self.good]
        if not any("model" in code for code in codes) and _differing(before, after)[good].any():
            yield "pasted, healthy rows are answered otherwise"

    def _names(self, rows: Arrays) -> dict[str, Any]:
        """What a person has where the code is pasted."""
        only = next(iter(rows.values()))
        given = dict.fromkeys(NAMES, only) if len(rows) == 1 else {}
        known = [*self.training.values()]
        training = {"training_inputs": self.training} if len(known) > 1 else {"training_rows": known[0]}
        model = {"model": self.model, "keras": keras}
        return {**model, **given, **training, "inputs": dict(rows)}

    def _changed(self, names: Mapping[str, Any]) -> Arrays:
        if len(self.rows) > 1:
            return dict(names["inputs"])
        ((name, before),) = self.rows.items()
        found = [names[one] for one in NAMES]
        return {name: next((one for one in found if not _same(one, before)), before)}

    def _position(self, row: int) -> int:
        return [*self.bad, *self.good].index(row)

    def _answers(self, loaded: LoadedModel, rows: Arrays) -> list[Array]:
        """Of the rows of the incident, then of those that are in none; others could spoil them."""
        some = _taken(rows, [*self.bad, *self.good])
        fed = feed(Tensors.of(*(Tensor(name, values) for name, values in some.items())), loaded.inputs)
        outputs = [np.asarray(one) for one in loaded.call([tf.constant(array) for array in fed.arrays]).values()]
        return [one.astype(np.float64) for one in outputs if one.dtype.kind in "fV"]


def _arrays(path: Path) -> Arrays:
    """As the commands read them: whole numbers for a floating input become such, text is unicode."""
    return {one.name: one.values for one in table_of_rows(path, "inputs").tensors}


def _taken(rows: Arrays, index: Sequence[int]) -> Arrays:
    return {name: values[list(index)] for name, values in rows.items()}


def _same(one: Array, other: Array) -> bool:
    return one.shape == other.shape and bool(np.array_equal(one, other, equal_nan=one.dtype.kind == "f"))


def _differing(before: Sequence[Array], after: Sequence[Array]) -> NDArray[np.bool_]:
    found = [differing_rows(*pair, OTHER_PRECISION) for pair in zip(before, after, strict=True)]
    return np.asarray(np.any(found, axis=0))


def _paste(code: str, names: dict[str, Any]) -> None:
    exec(code, names)  # noqa: S102 - it is our own


def _raises(code: str, names: dict[str, Any]) -> bool:
    try:
        _paste(code, names)
    except Exception:  # noqa: BLE001 - whatever stops the rows before the model
        return True
    return False


if __name__ == "__main__":
    main()
