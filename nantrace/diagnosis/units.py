"""Features in another unit, each for itself: all far values of a feature move by one factor or one formula."""

from collections.abc import Mapping

import numpy as np

from nantrace.diagnosis.case import Case, Mask
from nantrace.diagnosis.cells import Limits
from nantrace.diagnosis.edit import Edit, Floats, ScaleMistake, Transform, edit_of
from nantrace.diagnosis.reference_fit import ENOUGH_CELLS, FAR, distance, looks_like
from nantrace.mistakes.conversions import TEMPERATURES, UNITS
from nantrace.tensors.plain_text import one_line
from nantrace.tensors.tensor import Tensor

UNIT_CELLS = 5
MOSTLY = 0.5
CLOSE = 0.5  # a logarithm brings all large numbers together: their spread must be right as well
ALIKE = 0.1  # of the spread: of conversions so near to each other, as by 1000 and by 1024, the common one is meant
RAW, LOGARITHM = "raw values instead of their logarithm", "logarithms instead of raw values"
LOGARITHMS = (
    Transform("unit", RAW, "np.log1p({0})", np.log1p),
    Transform("unit", RAW, "np.log({0})", np.log),
    Transform("unit", RAW, "np.log10({0})", np.log10),
    Transform("unit", LOGARITHM, "np.expm1({0})", np.expm1),
    Transform("unit", LOGARITHM, "np.exp({0})", np.exp),
)
CONVERSIONS = (Transform("unit", one.sentence, one.undoing("{0}"), one.undo) for one in (*TEMPERATURES, *UNITS))
CANDIDATES = (*CONVERSIONS, *LOGARITHMS)


def other_units(case: Case, tensor: Tensor, known: Limits, beyond: Mask, batch: int) -> Edit | None:
    """One edit of all features whose far cells (`beyond`, shape of the tensor) are in another unit, or None.

    `batch`: of how many rows, failing or not, these are.
    """
    width = case.width(tensor.name)
    undone = tensor.values.astype(np.float64).reshape(-1, width)
    far = beyond.reshape(-1, width)
    cells = np.zeros(far.shape, bool)
    found: dict[int, Transform] = {}
    for feature in np.flatnonzero(far.any(axis=0)).tolist():
        hit = far[:, feature]
        transform = _unit_of(undone[hit, feature], batch * len(far) // tensor.rows, known.of(feature))
        if transform is not None:
            found[feature], cells[:, feature] = transform, hit
            undone[hit, feature] = _undone(transform, undone[hit, feature])
    if not found:
        return None
    shape = tensor.values.shape
    undone = undone if tensor.values.dtype.kind == "f" else np.round(undone)
    return edit_of(tensor, undone.reshape(shape), cells.reshape(shape), _together(case, tensor, found))


def _unit_of(values: Floats, cells: int, known: Limits) -> Transform | None:
    """The conversion after which the far `values` of a feature of so many `cells` are most like the reference.

    A few far values can be divided into any range.
    """
    systematic = len(values) >= UNIT_CELLS or len(values) > MOSTLY * cells
    if not systematic or len(np.unique(values)) < ENOUGH_CELLS:
        return None
    fitting = []
    for i, one in enumerate(CANDIDATES):
        columns = _undone(one, values)[:, None]
        if looks_like(columns, known, CLOSE if one in LOGARITHMS else FAR):
            left = distance(columns, known, errors=0.0)
            fitting.append((distance(columns, known), round(left / ALIKE), i))
    return CANDIDATES[min(fitting)[2]] if fitting else None


def _undone(transform: Transform, values: Floats) -> Floats:
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        return transform.undo(values)


def _together(case: Case, tensor: Tensor, found: Mapping[int, Transform]) -> ScaleMistake:
    """The conversions of several features as one."""
    groups: dict[str, list[int]] = {}
    for feature, transform in found.items():
        groups.setdefault(transform.code, []).append(feature)
    made = [(found[features[0]], features, _names(case, tensor, features)) for features in groups.values()]
    note = made[0][0].note if len(made) == 1 else "; ".join(f"{names}: {one.note}" for one, _, names in made[:3])
    if len(made) == 1 and len(found) == case.width(tensor.name):
        lines = [f"rows = {made[0][0].code.format('rows')}"]
    else:
        lines = [
            f"rows[..., {where}] = {one.code.format(f'rows[..., {where}]')}  # {names}" for one, where, names in made
        ]
    if tensor.values.dtype.kind != "f":
        lines.append(f"rows = np.round(rows).astype({tensor.values.dtype.name!r})")
    imports = ["import numpy as np", ""] if any("np." in line for line in lines) else []
    return ScaleMistake("unit", note, "\n".join([*imports, *lines]))


def _names(case: Case, tensor: Tensor, features: list[int]) -> str:
    return one_line(", ".join(case.feature_name(tensor.name, feature) for feature in features))
