"""All series fit into the budget, and what became `other` stays it."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from monitoring.metrics.series_budget import INCIDENTS_SHARE, OF_A_PROJECT, OF_A_VERSION, ActiveVersion, places
from monitoring.models import SeriesPlace

PLACES = [*SeriesPlace]


def decided(versions: Sequence[ActiveVersion], most: int, projects: int = 1) -> list[ActiveVersion]:
    changed = dict(places(versions, projects, most))
    return [
        ActiveVersion(one.version_id, one.model_id, one.project_id, changed.get(one.version_id, one.place))
        for one in versions
    ]


def series(versions: Sequence[ActiveVersion], projects: int = 1) -> int:
    groups: set[tuple[int, ...]] = set()
    for one in versions:
        key = {
            SeriesPlace.OWN: (0, one.version_id),
            SeriesPlace.OTHER_VERSION: (1, one.model_id),
            SeriesPlace.OTHER_MODEL: (2, one.project_id),
        }
        groups.add(key[one.place])
    return OF_A_VERSION * len(groups) + OF_A_PROJECT * projects


def new(models: int, versions: int) -> list[ActiveVersion]:
    return [
        ActiveVersion(model * versions + one, model, 0, SeriesPlace.UNDECIDED)
        for model in range(models)
        for one in range(versions)
    ]


@given(
    st.lists(st.tuples(st.integers(0, 9), st.sampled_from([SeriesPlace.UNDECIDED, SeriesPlace.OWN])), max_size=60),
    st.integers(60, 600),
)
def test_the_budget_is_kept(given_versions: list[tuple[int, SeriesPlace]], most: int) -> None:
    versions = [ActiveVersion(i, model, 0, place) for i, (model, place) in enumerate(given_versions)]
    after = decided(versions, most)
    assert all(one.place is not SeriesPlace.UNDECIDED for one in after)
    assert series(after) <= most * (1 - INCIDENTS_SHARE)
    assert list(places(after, 1, most)) == [], "what is decided is decided"


@given(st.lists(st.tuples(st.integers(0, 9), st.sampled_from(PLACES)), max_size=40), st.integers(60, 600))
def test_other_stays_other(given_versions: list[tuple[int, SeriesPlace]], most: int) -> None:
    versions = [ActiveVersion(i, model, 0, place) for i, (model, place) in enumerate(given_versions)]
    for before, after in zip(versions, decided(versions, most), strict=True):
        if before.place in (SeriesPlace.OTHER_VERSION, SeriesPlace.OTHER_MODEL):
            assert after.place is before.place


def test_the_oldest_have_series_of_their_own_and_the_others_those_of_their_model() -> None:
    after = decided(new(models=2, versions=100), 400)
    assert [one.place for one in after[:3]] == [SeriesPlace.OWN] * 3
    assert after[-1].place is SeriesPlace.OTHER_VERSION


def test_models_beyond_it_are_one() -> None:
    after = decided(new(models=200, versions=1), 400)
    assert after[-1].place is SeriesPlace.OTHER_MODEL
    assert {one.place for one in after} == {SeriesPlace.OWN, SeriesPlace.OTHER_VERSION, SeriesPlace.OTHER_MODEL}


def test_a_smaller_budget_takes_from_the_youngest() -> None:
    before = decided(new(models=50, versions=1), 1000)
    after = decided(before, 400)
    own = [one.version_id for one in after if one.place is SeriesPlace.OWN]
    assert own == list(range(len(own)))
    assert 0 < len(own) < 50
