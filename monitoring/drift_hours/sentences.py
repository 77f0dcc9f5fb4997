"""What happened to some features, as a sentence: made at the very end, from the facts of faults and alarms."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isclose
from typing import Any

from nantrace.diagnosis.phrases import listed
from nantrace.mistakes.conversions import TEMPERATURES
from nantrace.report.numbers import number, percent

Json = dict[str, Any]

CLAUSES: Mapping[str, str] = {
    "unscaled": "{be} not scaled as in training",
    "scaled_twice": "{be} scaled once more than in training",
    "unit_change": "{be} in {it.unit}",
    "sentinel": "{hold} {it.values}, which stands for missing{it.share}",
    "default_fill": "{have} gaps that were filled with {it.values}{it.share}",
    "swapped": "hold each other's values",
    "sign_flip": "{have} the opposite sign",
    "clipped": "{be} clipped at {it.values}",
    "constant": "{be} stuck at {it.values}",
    "unseen_category": "{hold} values that the reference does not know{it.share}",
    "rounded": "{be} rounded",
    "shift": "{have} moved away from {it.compared}",
    "missing": "{be} missing more often than in {it.compared}{it.share}",
    "nan": "{be} NaN more often than in {it.compared}{it.share}",
    "infinite": "{be} infinite{it.share}",
    "out_of_range": "{be} outside the reference's range{it.share}",
    "type": "{come} in another width or type than in {it.compared}",
    "jump": "{have} another distribution than in {it.compared}",
    "shape": "{have} deviated from {it.compared} more than in past hours",
}
SINGULAR = {"be": "is", "have": "has", "hold": "holds", "come": "comes"}
MOST_VALUES = 3
THE_REFERENCE = "the reference"


@dataclass(frozen=True)
class Happening:
    """Faults of one kind, or alarms of one kind, of the features that are called `names`."""

    kind: str
    names: Sequence[str]
    documents: Sequence[Json]

    @property
    def sentence(self) -> str:
        """`` `temperature` is in Kelvin instead of degrees Celsius ``."""
        verbs = SINGULAR if len(self.names) == 1 else {"be": "are", **{verb: verb for verb in SINGULAR if verb != "be"}}
        return f"{listed([f'`{name}`' for name in self.names])} {CLAUSES[self.kind].format(it=self, **verbs)}"

    @property
    def unit(self) -> str:
        """The names of both temperatures, else by how much the values are multiplied."""
        lines = [tuple(line) for one in self.documents for line in one.get("lines", ())]
        for known in TEMPERATURES:
            if lines and all(_same(line, (known.factor, known.offset)) for line in lines):
                return known.sentence
        factors = [line[0] for line in lines if not line[1]] or [one.get("factor") for one in self.documents]
        factor = next(iter(factors), None)
        if factor is None:  # as of temperatures, behind a scaler
            return "another unit"
        larger = abs(factor) >= 1
        times = number(float(f"{abs(factor) if larger else 1 / abs(factor):.4g}"))
        return f"another unit: {times} times {'larger' if larger else 'smaller'}"

    @property
    def values(self) -> str:
        found = list(dict.fromkeys(_spelled(value) for one in self.documents for value in one.get("values", ())))
        more = [f"{len(found) - MOST_VALUES} more"] if len(found) > MOST_VALUES else []
        return " and ".join(filter(None, [", ".join(found[:MOST_VALUES]), *more]))

    @property
    def share(self) -> str:
        """Of several features the largest. An alarm knows what was usual."""
        one = max(self.documents, key=_rate)
        usual = f", usually {percent(one['reference_rate'])}" if one.get("reference_rate") else ""
        return f" ({'up to ' if len(self.documents) > 1 else ''}{percent(_rate(one))} of the values{usual})"

    @property
    def compared(self) -> str:
        return next((one["compared_with"] for one in self.documents if "compared_with" in one), THE_REFERENCE)


def _rate(document: Json) -> float:
    return float(document.get("rate") or document.get("share") or 0.0)


def _same(one: Sequence[float], other: Sequence[float]) -> bool:
    return all(isclose(float(a), b, rel_tol=1e-6, abs_tol=1e-9) for a, b in zip(one, other, strict=True))


def _spelled(value: Any) -> str:
    return repr(value) if isinstance(value, str) else number(value)
