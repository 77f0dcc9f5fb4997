"""NaN, null, a text that says so, or a number that stands for a missing value, in the failing rows."""

from collections.abc import Iterator, Sequence
from textwrap import dedent

import numpy as np

from nantrace.diagnosis.case import Case, Json
from nantrace.diagnosis.cause import Cause, ModelChange, RowEdits
from nantrace.diagnosis.cells import MISSING_TEXTS, is_word, middle_codes, missing, typical
from nantrace.diagnosis.diagnosed_rows import DiagnosedRows
from nantrace.diagnosis.edit import Edit
from nantrace.diagnosis.empty_sequences import is_padding
from nantrace.diagnosis.finding import Reason, Remedy, ResponsibleFeature
from nantrace.diagnosis.operations import is_sent
from nantrace.diagnosis.padded_steps import PADDING_CODE, mask_value, padded_steps, with_padding
from nantrace.diagnosis.phrases import also, is_plural, named, subject
from nantrace.diagnosis.sentinels import Sentinel, find_sentinels, sentinel_cells
from nantrace.diagnosis.shared_advice import codes_code, replaced_texts, tried_value
from nantrace.diagnosis.trials import Bench
from nantrace.tensors.tensor import Tensors

IDENTIFIER = "input_missing"
_FILL_BETWEEN_INFINITIES = "rows = np.where(np.isnan(rows), imputer.statistics_, rows)  # transform() refuses inf"


def edits(bench: Bench) -> Iterator[Edit]:
    """What is missing as such, then what numbers stand for: never padding, which is no place for a word."""
    case, rows, healthy = bench.case, bench.rows, bench.healthy
    yield impute(case, rows, healthy)
    found = find_sentinels(case, rows)
    sentinels = [one for one in found if not is_padding(case, rows, healthy, one.input, one.value)]
    if sentinels:
        yield impute_sentinels(case, rows, healthy, sentinels)


def impute(case: Case, rows: Tensors, healthy: Tensors) -> Edit:
    """Missing cells become the reference's mean, or the median of healthy rows where there is no reference.

    Padding in front of a Masking layer becomes what that skips.
    """
    cells = {tensor.name: missing(tensor) & ~is_word(case, tensor) for tensor in rows}
    values = {tensor.name: with_padding(case, tensor, typical(case, tensor, healthy)) for tensor in rows}
    texts = any(tensor.values.dtype.kind == "U" and cells[tensor.name].any() for tensor in rows)
    mean = case.reference is not None and not texts
    mean = mean and not any(middle_codes(case, tensor.name) for tensor in rows if cells[tensor.name].any())
    note = "missing cells became the reference's mean" if mean else "missing cells became a typical value"
    if any(padded_steps(case, tensor).any() for tensor in rows):
        note = f"{note}; whole steps at an end became what the Masking layer skips"
    return Edit("impute", IDENTIFIER, values, cells, note, replaces_nonfinite=True)


def impute_sentinels(case: Case, rows: Tensors, healthy: Tensors, known: Sequence[Sentinel]) -> Edit:
    """Cells that hold a number which stands for "missing" become a typical value."""
    cells = {tensor.name: sentinel_cells(case, tensor, known) for tensor in rows}
    values = {tensor.name: typical(case, tensor, healthy) for tensor in rows}
    numbers = ", ".join(sorted({f"{sentinel.value:g}" for sentinel in known}))
    note = f"cells that hold {numbers} became a typical value"
    return Edit("impute", IDENTIFIER, values, cells, note, sentinels=known)


def is_missing(source: Json) -> bool:
    """Whether NaN came with the rows."""
    return is_sent(source) and source["value"] == "NaN"


def because(diagnosed: DiagnosedRows) -> str:
    return f"{_gone(diagnosed.own(IDENTIFIER))}{also(diagnosed.others(IDENTIFIER))}"


def _gone(features: Sequence[ResponsibleFeature]) -> str:
    """Missing, or the numbers that stand for it."""
    values = list(dict.fromkeys(value for one in features for value in one.values))
    if not values or not all(isinstance(value, int | float) for value in values):
        return f"{subject(features)} missing"
    numbers = " or ".join(f"{value:g}" for value in values[:3])
    return f"{named(features)} {'hold' if is_plural(features) else 'holds'} {numbers}, which stands for missing"


def remedies(diagnosed: DiagnosedRows) -> list[Remedy]:
    """By what the input is: columns of numbers, a series or an image, whole numbers, text."""
    edit = diagnosed.trial.edit if diagnosed.trial is not None else None
    sentinels = sorted({sentinel.value for sentinel in edit.sentinels} if edit else ())
    if not sentinels and (padded := _padding_remedy(diagnosed)):
        return [padded]
    code = _code(diagnosed, sentinels)
    why = "Nothing can be computed with a missing value. Fill it before the model, as training filled it."
    return [Remedy("impute", "Fill missing values before the model", why, code, diagnosed.proven, "rows")]


def _padding_remedy(diagnosed: DiagnosedRows) -> Remedy | None:
    """The advice for sequences that end or begin with nothing, where the model skips padding; else None."""
    tensor = diagnosed.tensor
    value = mask_value(diagnosed.case, tensor.name) if tensor is not None else None
    if tensor is None or value is None:
        return None
    rows = tensor.take(np.asarray(diagnosed.rows, np.intp))
    padding = padded_steps(diagnosed.case, rows)
    if not padding.any():
        return None
    code = PADDING_CODE.format(value=value)
    if (missing(rows) & ~padding).any():
        code = f"{code}\n\n{_code(diagnosed, [])}"
    why = f"The model's Masking layer skips steps that hold {value:g} throughout. It does not skip missing ones."
    return Remedy("impute", f"Pad with {value:g}, which the Masking layer skips", why, code, diagnosed.proven, "rows")


def _code(diagnosed: DiagnosedRows, sentinels: list[float]) -> str:
    tensor = diagnosed.tensor
    if diagnosed.holds_text:
        return replaced_texts(diagnosed, MISSING_TEXTS)
    if tensor is not None and tensor.values.dtype.kind in "iub":
        return _of_whole_numbers(tried_value(diagnosed, tensor), sentinels)
    return (
        _of_channels(diagnosed, sentinels)
        if tensor is not None and tensor.values.ndim != 2
        else _of_columns(diagnosed, sentinels)
    )


def _of_columns(diagnosed: DiagnosedRows, sentinels: list[float]) -> str:
    lines = ["import numpy as np", "from sklearn.impute import SimpleImputer", ""]
    lines.append("imputer = SimpleImputer(strategy='mean').fit(training_rows)  # once, with the scaler")
    if sentinels:
        lines.append(f"rows = np.where(np.isin(rows, {sentinels}), np.nan, rows)  # these stand for missing")
    lines += codes_code(diagnosed, "imputer.statistics_")
    lines.append(_FILL_BETWEEN_INFINITIES if _has_infinity(diagnosed) else "rows = imputer.transform(rows)")
    means = {one.name: one.reference.mean for one in diagnosed.features if one.reference is not None}
    lines += [f"# means of the training data: {means}"] if means else []
    return "\n".join(lines)


def _has_infinity(diagnosed: DiagnosedRows) -> bool:
    """Whether any row of the batch holds one in the input, also rows that fail for that."""
    tensor = diagnosed.tensor
    return tensor is not None and tensor.values.dtype.kind == "f" and bool(np.isinf(tensor.values).any())


def _of_channels(diagnosed: DiagnosedRows, sentinels: list[float]) -> str:
    gone = f"np.isnan(rows) | np.isin(rows, {sentinels})" if sentinels else "np.isnan(rows)"
    lines = ["import numpy as np", ""]
    lines += ["flat = training_rows.reshape(-1, training_rows.shape[-1] if training_rows.ndim > 1 else 1)"]
    lines += ["means = np.nanmean(flat, axis=0, dtype=float)  # once, with the scaler"]
    lines += codes_code(diagnosed, "means")
    lines += [f"rows = np.where({gone}, means, rows)  # or, in a series: carry the last known value forward"]
    return "\n".join(lines)


def _of_whole_numbers(value: str, sentinels: list[float]) -> str:
    return dedent(f"""\
        import numpy as np

        rows = np.where(np.isin(rows, {[int(one) for one in sentinels]}), {value}, rows)""")


CAUSE = Cause(
    IDENTIFIER,
    label="Missing value in the input",
    sentence="The failing rows hold NaN, null or a stand-in for a missing value.",
    because=because,
    remedies=remedies,
    stages=(
        RowEdits(
            rank=10, make=edits, reason=Reason("is missing", "are missing", IDENTIFIER), sources=("input", "operation")
        ),
        ModelChange(rank=20, fits=is_missing),
    ),
)
