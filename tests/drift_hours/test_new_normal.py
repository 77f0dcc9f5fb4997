"""A person accepts drifted hours as normal: their features are judged against these from then on."""

import numpy as np
import pytest
from django.contrib.auth.models import User

from ingest.models import ModelVersion
from monitoring.drift_hours.judging import judge_changed
from monitoring.drift_hours.new_normal import accept, withdraw
from monitoring.models import DriftWindow, Incident, NewNormal
from nantrace.tensors.refusals import Refusal
from tests.drift_hours.conftest import Floats, ordinary, post, tensors
from tests.incidents.builders import NOON, hit, hours

pytestmark = pytest.mark.django_db
REASON = "the new sensor is in use everywhere"


def judged(version: ModelVersion, first: int, *rows: Floats) -> list[bool]:
    """One hour after the other from hour `first` on; whether each alarmed."""
    for late, values in enumerate(rows, first):
        post(version, values, NOON + hours(late))
    DriftWindow.objects.update(changed_at=NOON)
    judge_changed()
    last = NOON + hours(first + len(rows))
    found = DriftWindow.objects.filter(version=version, hour__gte=NOON + hours(first), hour__lt=last).order_by("hour")
    return [window.alarm for window in found]


def warmer(seed: int, by: float = 16.0) -> Floats:
    """Two standard deviations, most of it inside the range of the reference."""
    rows = ordinary(200, seed=seed)
    rows[:, 0] += by
    return rows


def gaps(seed: int, share: float) -> Floats:
    rows = ordinary(200, seed=seed)
    rows[: int(share * 200), 2] = np.nan
    return rows


def kelvin(seed: int, factor: float = 1.0) -> Floats:
    rows = ordinary(200, seed=seed)
    rows[:, 0] = (rows[:, 0] + 273.15) * factor
    return rows


@pytest.mark.parametrize("make", [warmer, lambda seed: gaps(seed, 0.3), kelvin])
def test_it_works(watched: ModelVersion, make: object) -> None:
    assert callable(make)
    assert judged(watched, 0, *(make(seed) for seed in range(6))) == [True] * 6
    incident = Incident.objects.get()
    accept(incident, None, REASON)
    incident.refresh_from_db()
    assert incident.state == "resolved"
    assert judged(watched, 6, *(make(seed) for seed in range(6, 30))) == [False] * 24
    assert (Incident.objects.count(), incident.hits.count()) == (1, 6)


@pytest.mark.parametrize(
    ("accepted", "then"),
    [
        (warmer, lambda seed: ordinary(200, seed=seed)),  # back to what was normal before
        (warmer, lambda seed: warmer(seed, by=40.0)),
        (lambda seed: gaps(seed, 0.1), lambda seed: gaps(seed, 0.9)),
        (kelvin, lambda seed: ordinary(200, seed=seed)),
        (kelvin, lambda seed: kelvin(seed, 1000.0)),
    ],
)
def test_another_change_of_the_same_feature_alarms_again(watched: ModelVersion, accepted: object, then: object) -> None:
    assert callable(accepted)
    assert callable(then)
    judged(watched, 0, *(accepted(seed) for seed in range(30)))
    incident = Incident.objects.get()
    accept(incident, None, REASON)
    assert True in judged(watched, 30, *(then(seed) for seed in range(30, 42)))
    told = DriftWindow.objects.latest("hour").verdict["alarms"][0]["told"]
    assert "compared with the hours from 2026-03-01 12:00 UTC on that were accepted as normal" in told


def test_other_features_are_judged_as_before(watched: ModelVersion) -> None:
    judged(watched, 0, *(warmer(seed) for seed in range(6)))
    accept(Incident.objects.get(), None, REASON)
    rows = warmer(7)
    rows[:, 1] *= 100
    assert judged(watched, 6, rows) == [True]
    incident = Incident.objects.get(state="open")
    assert incident.title.startswith("`pressure` is in another unit: 100 times larger since 2026-03-01 18:00 UTC")
    assert {one["name"] for one in incident.report["features"]} == {"pressure"}


def test_it_can_be_taken_back(watched: ModelVersion) -> None:
    ada = User.objects.create_user("ada")
    judged(watched, 0, *(kelvin(seed) for seed in range(3)))
    incident = Incident.objects.get()
    accept(incident, ada, REASON)
    withdraw(incident, ada, "the sensor was replaced")
    assert incident.state == "open"
    assert judged(watched, 3, kelvin(3)) == [True]
    events = [(event.kind, event.user, event.reason) for event in incident.events.all()[:2]]
    assert events == [("withdrawn", ada, "the sensor was replaced"), ("accepted", ada, REASON)]
    assert NewNormal.objects.get().withdrawn is not None


def test_what_cannot_be_accepted_says_why(watched: ModelVersion) -> None:
    judged(watched, 0, kelvin(0))
    incident = Incident.objects.get()
    with pytest.raises(Refusal, match="reason: must say why"):
        accept(incident, None, "  ")
    with pytest.raises(Refusal, match="is not accepted"):
        withdraw(incident, None, REASON)
    accept(incident, None, REASON)
    with pytest.raises(Refusal, match="accepted as the new normal already"):
        accept(incident, None, REASON)
    with pytest.raises(Refusal, match="only drift can become"):
        accept(hit(watched), None, REASON)


def test_answers_follow_the_accepted_inputs(watched: ModelVersion) -> None:
    """They would be blamed alone otherwise, once no input alarms any more."""
    for late in range(12):
        post(watched, warmer(late), NOON + hours(late), outputs=tensors(warmer(late)[:, :1], "outputs"))
        if late == 5:
            DriftWindow.objects.update(changed_at=NOON)
            judge_changed()
            accept(Incident.objects.get(), None, REASON)
    DriftWindow.objects.update(changed_at=NOON)
    judge_changed()
    assert Incident.objects.get().hits.count() == 6


def test_a_judge_that_began_before_writes_nothing(watched: ModelVersion, monkeypatch: pytest.MonkeyPatch) -> None:
    judged(watched, 0, kelvin(0), kelvin(1))
    post(watched, kelvin(2), NOON + hours(2))
    DriftWindow.objects.update(changed_at=NOON)
    from monitoring.drift_hours import judging

    verdict = judging._verdict

    def accepted_meanwhile(*given: object, **named: object) -> object:
        monkeypatch.setattr(judging, "_verdict", verdict)
        found = verdict(*given, **named)  # type: ignore[arg-type]
        accept(Incident.objects.get(), None, REASON)
        return found

    monkeypatch.setattr(judging, "_verdict", accepted_meanwhile)
    assert judge_changed() == 0
    assert judge_changed() == 1
    assert not DriftWindow.objects.latest("hour").alarm
