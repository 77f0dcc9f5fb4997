"""What an audit knows: everything that checks look at, without any model, file or process behind it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from nantrace.feature import FeatureNames
from nantrace.reference import Reference

Json = Mapping[str, Any]


class ProbeRows(Enum):
    """Which rows were run through the model, as a message names them."""

    REFERENCE = "rows of the reference"
    RANGE = "rows made of values within the reference's ranges"
    UNIT = "made-up rows with values between -1 and 1 (there is no reference)"


@dataclass(frozen=True)
class Seen:
    """What rows reached inside the model, as the locked child answers it (`replay.observed.about_rows`)."""

    rows: ProbeRows
    count: int
    reached: Sequence[Json] = ()
    magnitudes: Sequence[Json] = ()
    overflows: Sequence[Json] = ()
    groups: Sequence[Json] = ()
    cured_by_float32: frozenset[int] = frozenset()


@dataclass(frozen=True)
class InfiniteCells:
    """A feature of the reference that holds infinities."""

    input: str
    index: int
    cells: int


@dataclass(frozen=True)
class ArtifactFacts:
    """What the locked child answers: `model` by `Session.describe`, `artifact` by `about_artifact`, `bounded` by
    `about_bounds`.

    `misfit` says why the reference does not fit the model's inputs; `unfinished` what could not be looked at.
    """

    model: Json
    artifact: Json
    bounded: Sequence[Json] = ()
    seen: Sequence[Seen] = ()
    reference: Reference | None = None
    infinite: Sequence[InfiniteCells] = ()
    feature_names: FeatureNames = field(default_factory=FeatureNames)
    misfit: str = ""
    unfinished: Sequence[str] = ()

    def normalises(self, layer: str | None) -> bool:
        """Whether a layer is, or lies in, a normalisation layer that Keras shows."""
        kinds = {one["layer"]: one["class"] for one in self.artifact.get("layers", [])}
        parts = (layer or "").split("/")
        prefixes = ("/".join(parts[: i + 1]) for i in range(len(parts)))
        return any(kinds.get(prefix, "").endswith("Normalization") for prefix in prefixes)

    def feature(self, name: str, index: int) -> str:
        """What a person calls a feature."""
        known = self.reference.of(name) if self.reference is not None else None
        return self.feature_names.name(name, index, only=known is not None and len(known.features) == 1)
