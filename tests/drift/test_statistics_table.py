"""The table of statistics is complete: every row is measured, and shown where it says."""

import numpy as np

from monitoring.web.api.drift_document import FEATURE
from monitoring.web.pages.drift_report import COLUMNS, SORTS
from nantrace.drift.feature_list import FeatureList
from nantrace.drift.profile import take_profile
from nantrace.drift.statistics import STATISTICS, Form, Shown, measure, shown_in
from nantrace.tensors.tensor import Tensor, Tensors
from tests.drift.core_rows import compared

DOCUMENTED = [
    *("psi", "ks", "js", "wasserstein", "chi_square", "l_infinity"),
    *("missing_rate", "nan_rate", "inf_rate", "out_of_range_rate", "unseen_rate"),
]


def test_every_row_has_a_name_of_its_own_and_a_place_where_it_is_shown() -> None:
    assert len({one.name for one in STATISTICS}) == len(STATISTICS)
    assert all(one.shown or one.order or one.chart or one.category_chart for one in STATISTICS)
    assert all(one.label and one.name.isidentifier() for one in STATISTICS)


def test_every_row_is_measured_for_each_feature_in_the_form_that_it_promises() -> None:
    known = np.column_stack([np.arange(100.0), np.arange(100) % 3])
    current = np.array([[5.0, 1.0], [np.nan, 9.0], [np.inf, 9.0], [1e9, np.nan]])

    found = compared(known, current)

    assert list(found) == [one.name for one in STATISTICS]
    for one in STATISTICS:
        values = found[one.name]
        assert values.shape == (2,), one.name
        assert values.dtype == np.float64, one.name
        assert np.isfinite(values).all(), one.name
        assert (values >= 0).all(), one.name
        assert one.form is not Form.SHARE or (values <= 1).all(), one.name


def test_a_value_beyond_all_categories_is_outside_once() -> None:
    assert compared(np.arange(100.0) % 3, np.array([0.0, 1.0, 2.0, 9.0]))["outside"][0] == 0.25


def test_both_kinds_of_features_have_charts() -> None:
    of_numbers = {one.name for one in STATISTICS if one.chart}
    of_categories = {one.name for one in STATISTICS if one.category_chart}

    assert of_numbers >= {"psi", "ks", "wasserstein", "missing", "outside"}
    assert of_categories >= {"psi", "chi_square", "l_infinity", "missing", "outside"}


def test_documents_hold_what_the_contract_lists() -> None:
    profile = take_profile(Tensors.of(Tensor("inputs", np.arange(20.0)[:, None])))
    features = FeatureList.of(profile, {"features": ["age"]})

    (document,) = features.documents(measure(profile, profile.reference), [0])

    assert list(document) == ["side", "input", "name", "index", *DOCUMENTED]
    assert [one.name for one in shown_in(Shown.DOCUMENT)] == DOCUMENTED
    assert set(DOCUMENTED) < set(FEATURE["properties"])


def test_lists_show_and_order_by_the_rows_that_say_so() -> None:
    assert {one.label for one in COLUMNS} >= {"PSI", "KS", "Missing, NaN", "Outside"}
    assert list(SORTS) == ["moved", "name", *(one.name for one in STATISTICS if one.order)]
    assert set(SORTS) >= {"psi", "ks", "wasserstein", "missing", "outside"}
