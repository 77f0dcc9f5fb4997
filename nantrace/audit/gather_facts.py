"""Asks the locked child what an audit wants to know."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nantrace.audit.artifact_facts import ArtifactFacts, ProbeRows, Seen
from nantrace.audit.probe_rows import infinite_cells, limits, reference_rows, rows_within, unit_rows
from nantrace.feature import FeatureNames
from nantrace.reference import Reference
from nantrace.replay.replay_errors import RefusedModelError, ReplayError
from nantrace.replay.replayer import Replayer
from nantrace.tensors.tensor import Tensors

Json = Mapping[str, Any]
SECONDS = 3.0
"""For which each set of rows may run; a model that takes longer is audited without them."""


@dataclass(frozen=True)
class TrainingInputs:
    """Training inputs and their statistics."""

    tensors: Tensors
    reference: Reference


def gather(replayer: Replayer, artifact: Path, training: TrainingInputs | None, metadata: Json) -> ArtifactFacts:
    """Everything that the checks look at; raises ReplayError."""
    questions = _Questions(replayer, artifact)
    reference = training.reference if training is not None else None
    bounds = limits(reference, replayer.inputs(artifact))
    bounded = questions.ask("bounds", bounds) if bounds is not None else {}
    answers = {rows: questions.ask("rows", tensors) for rows, tensors in _samples(replayer, artifact, training)}
    own = questions.ask("artifact", Tensors())
    misfit = answers.get(ProbeRows.REFERENCE, {}).get("misfit", False)
    stopped = [one["stopped"] for one in (bounded, own, *answers.values()) if "stopped" in one]
    return ArtifactFacts(
        model=replayer.describe(artifact),
        artifact=own,
        bounded=bounded.get("bounded", []),
        seen=[_seen(rows, one) for rows, one in answers.items() if "stopped" not in one],
        reference=reference,
        infinite=infinite_cells(training.tensors) if training is not None else [],
        feature_names=FeatureNames.of(metadata, [spec.name for spec in replayer.inputs(artifact)]),
        misfit=answers[ProbeRows.REFERENCE]["stopped"] if misfit else "",
        unfinished=[] if misfit else [*dict.fromkeys(stopped)],
    )


@dataclass(frozen=True)
class _Questions:
    replayer: Replayer
    artifact: Path

    def ask(self, about: str, tensors: Tensors) -> dict[str, Any]:
        """A model on which the child dies or hangs is audited without that answer, not left without an audit."""
        request = {"method": "audit", "about": about, "path": str(self.artifact), "seconds": SECONDS}
        try:
            answer, _ = self.replayer.ask(self.artifact, "default", request, tensors)
        except RefusedModelError:
            raise
        except ReplayError as error:
            return {"stopped": str(error)}
        return answer


def _samples(
    replayer: Replayer, artifact: Path, training: TrainingInputs | None
) -> Iterator[tuple[ProbeRows, Tensors]]:
    """The same rows for the same artifact each time."""
    generator, specs = np.random.default_rng(0), replayer.inputs(artifact)
    if training is None:
        samples = {ProbeRows.UNIT: unit_rows(specs, generator)}
    else:
        samples = {
            ProbeRows.REFERENCE: reference_rows(training.tensors, generator),
            ProbeRows.RANGE: rows_within(training.reference, specs, generator),
        }
    for rows, tensors in samples.items():
        if tensors is not None:
            yield rows, tensors


def _seen(rows: ProbeRows, answer: Json) -> Seen:
    return Seen(
        rows=rows,
        count=answer["rows"],
        reached=answer["reached"],
        magnitudes=answer["magnitudes"],
        overflows=answer["overflows"],
        groups=answer["groups"],
        cured_by_float32=frozenset(answer["cured_by_float32"]),
    )
