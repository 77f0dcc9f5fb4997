"""+Infinity or -Infinity in the failing rows, as they were sent."""

from collections.abc import Iterator

from nantrace.diagnosis.case import Case, Json
from nantrace.diagnosis.cause import Cause, ModelChange, RowEdits
from nantrace.diagnosis.cells import INFINITE_TEXTS, infinite, is_word, typical
from nantrace.diagnosis.diagnosed_rows import DiagnosedRows
from nantrace.diagnosis.edit import Edit
from nantrace.diagnosis.finding import Reason, Remedy
from nantrace.diagnosis.operations import is_sent
from nantrace.diagnosis.phrases import also, subject
from nantrace.diagnosis.shared_advice import codes_code, replaced_texts
from nantrace.diagnosis.trials import Bench
from nantrace.tensors.tensor import Tensors

IDENTIFIER = "input_infinite"


def edits(bench: Bench) -> Iterator[Edit]:
    yield replace_infinite(bench.case, bench.rows, bench.healthy)


def replace_infinite(case: Case, rows: Tensors, healthy: Tensors) -> Edit:
    """Infinite cells become a typical value."""
    cells = {tensor.name: infinite(tensor) & ~is_word(case, tensor) for tensor in rows}
    values = {tensor.name: typical(case, tensor, healthy) for tensor in rows}
    note = "infinite cells became a typical value"
    return Edit("replace_infinite", IDENTIFIER, values, cells, note, replaces_nonfinite=True)


def is_infinite(source: Json) -> bool:
    """Whether an infinity came with the rows."""
    return is_sent(source) and source["value"] != "NaN"


def because(diagnosed: DiagnosedRows) -> str:
    return f"{subject(diagnosed.own(IDENTIFIER))} infinite{also(diagnosed.others(IDENTIFIER))}"


def remedies(diagnosed: DiagnosedRows) -> list[Remedy]:
    why = "An infinity in the rows usually is a division by zero, or a logarithm of zero, before the model."
    code = replaced_texts(diagnosed, INFINITE_TEXTS) if diagnosed.holds_text else _code(diagnosed)
    return [Remedy("replace_infinite", "Keep infinities out of the rows", why, code, diagnosed.proven, "rows")]


def _code(diagnosed: DiagnosedRows) -> str:
    names = ", ".join(repr(feature.name) for feature in diagnosed.features) or "the feature"
    logarithm = any("-Infinity" in feature.values for feature in diagnosed.features)
    lines = ["import numpy as np", "", f"# where {names} is computed, do not divide by zero:"]
    lines.append("#     ratio = np.divide(top, bottom, out=np.zeros_like(top), where=bottom != 0)")
    lines += ["# nor take the logarithm of zero:", "#     logarithm = np.log(np.maximum(x, 1e-7))"] if logarithm else []
    lines += ["# and as the last step before the model:"]
    lines += ["known = np.where(np.isfinite(training_rows), training_rows, np.nan)"]
    lines += ["means = np.nanmean(known.reshape(-1, known.shape[-1] if known.ndim > 1 else 1), axis=0, dtype=float)"]
    lines += codes_code(diagnosed, "means")
    lines += ["rows = np.where(np.isinf(rows), means, rows)"]
    return "\n".join(lines)


CAUSE = Cause(
    IDENTIFIER,
    label="Infinity in the input",
    sentence="The failing rows were sent with +Infinity or -Infinity in them.",
    because=because,
    remedies=remedies,
    stages=(
        RowEdits(
            rank=20,
            make=edits,
            reason=Reason("is infinite", "are infinite", IDENTIFIER),
            sources=("input", "operation"),
        ),
        ModelChange(rank=30, fits=is_infinite),
    ),
)
