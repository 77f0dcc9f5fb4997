"""Asks the locked child what an audit wants to know."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nantrace.audit.facts import ArtifactFacts, Rows, Seen
from nantrace.audit.rows import infinite_cells, limits, reference_rows, rows_within, unit_rows
from nantrace.feature import FeatureNames
from nantrace.reference import Reference
from nantrace.replay.replayer import RefusedModelError, Replayer, ReplayError
from nantrace.tensors.tensor import Tensors

Json = Mapping[str, Any]
SECONDS = 3.0
"""For which each set of rows may run; a model that takes longer is audited without them."""


@dataclass(frozen=True)
class Known:
    """Training inputs and their statistics."""

    tensors: Tensors
    reference: Reference


def gather(replayer: Replayer, artifact: Path, known: Known | None, metadata: Json) -> ArtifactFacts:
    """Everything that the checks look at; raises ReplayError."""
    asking = _Asking(replayer, artifact)
    reference = known.reference if known is not None else None
    bounds = limits(reference, replayer.inputs(artifact))
    bounded = asking.of("bounds", bounds) if bounds is not None else {}
    told = {rows: asking.of("rows", tensors) for rows, tensors in _samples(replayer, artifact, known)}
    own = asking.of("artifact", Tensors())
    misfit = told.get(Rows.REFERENCE, {}).get("misfit", False)
    stopped = [one["stopped"] for one in (bounded, own, *told.values()) if "stopped" in one]
    return ArtifactFacts(
        model=replayer.describe(artifact),
        artifact=own,
        bounded=bounded.get("bounded", []),
        seen=[_seen(rows, one) for rows, one in told.items() if "stopped" not in one],
        reference=reference,
        infinite=infinite_cells(known.tensors) if known is not None else [],
        feature_names=FeatureNames.of(metadata, [spec.name for spec in replayer.inputs(artifact)]),
        misfit=told[Rows.REFERENCE]["stopped"] if misfit else "",
        unfinished=[] if misfit else [*dict.fromkeys(stopped)],
    )


@dataclass(frozen=True)
class _Asking:
    replayer: Replayer
    artifact: Path

    def of(self, about: str, tensors: Tensors) -> dict[str, Any]:
        """A model on which the child dies or hangs is audited without that answer, not left without an audit."""
        request = {"method": "audit", "about": about, "path": str(self.artifact), "seconds": SECONDS}
        try:
            told, _ = self.replayer.ask(self.artifact, "default", request, tensors)
        except RefusedModelError:
            raise
        except ReplayError as error:
            return {"stopped": str(error)}
        return told


def _samples(replayer: Replayer, artifact: Path, known: Known | None) -> Iterator[tuple[Rows, Tensors]]:
    """The same rows for the same artifact each time."""
    generator, specs = np.random.default_rng(0), replayer.inputs(artifact)
    if known is None:
        samples = {Rows.UNIT: unit_rows(specs, generator)}
    else:
        samples = {
            Rows.REFERENCE: reference_rows(known.tensors, generator),
            Rows.RANGE: rows_within(known.reference, specs, generator),
        }
    for rows, tensors in samples.items():
        if tensors is not None:
            yield rows, tensors


def _seen(rows: Rows, told: Json) -> Seen:
    return Seen(
        rows=rows,
        count=told["rows"],
        reached=told["reached"],
        magnitudes=told["magnitudes"],
        overflows=told["overflows"],
        groups=told["groups"],
        cured_by_float32=frozenset(told["cured_by_float32"]),
    )
