"""The table of statistics that say how far a window lies from its profile: one row each.

The document of the API and of the command, the pages and the report in the terminal show what the table says. A feature
without finite cells in the window or in the reference has no shape to compare: its distances are 0, and its rates show
what happened. No result is NaN or infinite.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, Flag, auto

import numpy as np
from numpy.typing import NDArray

from nantrace.drift.compared_tensor import ComparedTensor
from nantrace.drift.distances import chi_square, js, ks, l_infinity, psi, wasserstein
from nantrace.drift.profile import Profile
from nantrace.drift.window import OtherProfileError, Window

Floats = NDArray[np.float64]
TensorStatistics = Mapping[str, Floats]
"""By name, of one tensor's features: each of shape (features,)."""


class Form(Enum):
    """What a value is: a number >= 0 without unit, a number >= 0 in the unit of the feature, a share from 0 to 1."""

    NUMBER = auto()
    IN_UNIT = auto()
    SHARE = auto()


class Shown(Flag):
    """Where a statistic of one feature is shown."""

    DOCUMENT = auto()  # of the API and of the command
    LIST = auto()  # a column of a list of features, on pages and in the terminal
    PAGE = auto()  # of the feature


@dataclass(frozen=True)
class Chart:
    """The statistic over time on the page of a feature; the top of the chart never stands for less than `top`."""

    title: str
    top: float


@dataclass(frozen=True)
class Statistic:
    """One row of the table; a field that is left out means: not there.

    `measure` gives float64 of shape (features,). `order`: what the choice of orders of a list calls it. `chart` is for
    features of numbers, `category_chart` for categories and texts. `moves`: features whose value changed most count as
    moved most, see `FeatureList.moved`.
    """

    name: str
    label: str
    measure: Callable[[ComparedTensor], Floats]
    form: Form
    shown: Shown = Shown.DOCUMENT
    order: str = ""
    chart: Chart | None = None
    category_chart: Chart | None = None
    moves: bool = False


def _psi(tensor: ComparedTensor) -> Floats:
    return np.where(tensor.comparable, psi(*tensor.grouped_shares), 0.0)


def _ks(tensor: ComparedTensor) -> Floats:
    """Within 0.005; texts have no order, theirs is 0."""
    return np.where(tensor.ordered, ks(*tensor.shares, tensor.layout.atoms), 0.0)


def _js(tensor: ComparedTensor) -> Floats:
    return np.where(tensor.comparable, js(*tensor.grouped_shares), 0.0)


def _wasserstein(tensor: ComparedTensor) -> Floats:
    """Texts have no order, theirs is 0."""
    found = wasserstein(tensor.layout, *tensor.shares, tensor.reference, tensor.current)
    return np.where(tensor.ordered, found, 0.0)


def _chi_square(tensor: ComparedTensor) -> Floats:
    return tensor.of_categories(chi_square, tensor.reference.bins, tensor.current.bins)


def _l_infinity(tensor: ComparedTensor) -> Floats:
    return tensor.of_categories(l_infinity, *tensor.shares)


def _outside(tensor: ComparedTensor) -> Floats:
    """What is beyond the range of a category is none of its values either, and counts once."""
    return np.where(tensor.category, tensor.unseen_rate, tensor.out_of_range_rate) + tensor.infinite_rate


_ALL = Shown.DOCUMENT | Shown.LIST | Shown.PAGE
_SUM = Shown.LIST | Shown.PAGE
_PSI_CHART = Chart("Population stability index (PSI)", 0.2)
_ABSENT_CHART = Chart("Missing or NaN", 0.01)

STATISTICS = (
    Statistic("psi", "PSI", _psi, Form.NUMBER, _ALL, "PSI", _PSI_CHART, _PSI_CHART),
    Statistic("ks", "KS", _ks, Form.NUMBER, _ALL, "KS", Chart("Kolmogorov-Smirnov distance", 0.2), moves=True),
    Statistic("js", "Jensen-Shannon", _js, Form.NUMBER, Shown.DOCUMENT | Shown.PAGE),
    Statistic(
        "wasserstein",
        "Wasserstein",
        _wasserstein,
        Form.IN_UNIT,
        Shown.DOCUMENT | Shown.PAGE,
        "Wasserstein",
        Chart("Wasserstein distance", 0.0),
    ),
    Statistic("chi_square", "Chi-square", _chi_square, Form.NUMBER, category_chart=Chart("Chi-square", 1.0)),
    Statistic(
        "l_infinity",
        "L-infinity",
        _l_infinity,
        Form.NUMBER,
        category_chart=Chart("Largest change of a share (L-infinity)", 0.2),
        moves=True,
    ),
    Statistic("missing_rate", "Missing", lambda tensor: tensor.missing_rate, Form.SHARE, moves=True),
    Statistic("nan_rate", "NaN", lambda tensor: tensor.nan_rate, Form.SHARE, moves=True),
    Statistic("inf_rate", "Infinite", lambda tensor: tensor.infinite_rate, Form.SHARE, moves=True),
    Statistic(
        "out_of_range_rate", "Outside the range", lambda tensor: tensor.out_of_range_rate, Form.SHARE, moves=True
    ),
    Statistic("unseen_rate", "Unknown category", lambda tensor: tensor.unseen_rate, Form.SHARE, moves=True),
    Statistic(
        "missing",
        "Missing, NaN",
        lambda tensor: tensor.missing_rate + tensor.nan_rate,
        Form.SHARE,
        _SUM,
        "missing or NaN",
        _ABSENT_CHART,
        _ABSENT_CHART,
    ),
    Statistic(
        "outside",
        "Outside",
        _outside,
        Form.SHARE,
        _SUM,
        "outside the reference",
        Chart("Outside the reference, or infinite", 0.01),
        Chart("Unknown to the reference, or infinite", 0.01),
    ),
)


def shown_in(place: Shown) -> list[Statistic]:
    """The statistics that are shown there, in the order of the table."""
    return [one for one in STATISTICS if place in one.shown]


def measure(profile: Profile, window: Window) -> Sequence[TensorStatistics]:
    """All statistics of `window` against its profile's reference, in the order of `profile.tensors`.

    Raises OtherProfileError where the window was counted with another profile.
    """
    if window.identity != profile.identity:
        raise OtherProfileError(
            f"this window was counted with profile {window.identity.hex()}, not with {profile.identity.hex()}: "
            "count its rows again"
        )
    parts = zip(profile.tensors, profile.reference.tensors, window.tensors, strict=True)
    compared = [ComparedTensor(*part) for part in parts]
    return [{one.name: one.measure(tensor) for one in STATISTICS} for tensor in compared]
