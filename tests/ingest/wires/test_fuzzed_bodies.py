"""Malformed bodies of every format: an answer that refuses or takes them whole, never a fault, never half a batch.

`python -m benchmarks.fuzz_bodies` does the same with many thousands.
"""

import random

import pytest
from django.db.models import Sum

from ingest.models import Batch, WaitingHalf
from tests.conftest import ApiClient
from tests.ingest.wires.collected import TARGETS
from tests.ingest.wires.format import Target
from tests.ingest.wires.fuzzing import damaged, survives

each_target = pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)


@each_target
def test_sound_bodies_are_taken(target: Target) -> None:
    assert all(survives(target, body) for body in target.seeds)


@each_target
def test_decoders(target: Target) -> None:
    one = random.Random(target.name)
    for _ in range(200):
        survives(target, damaged(one, target))


@each_target
@pytest.mark.usefixtures("churn")
def test_the_service(alice: ApiClient, target: Target) -> None:
    one = random.Random(f"{target.name} over HTTP")
    headers = dict(target.headers)
    kind = headers.pop("Content-Type")
    for _ in range(25):
        body = damaged(one, target)
        answer = alice.post(target.path, body, content_type=kind, headers=headers)

        stored = Batch.objects.aggregate(rows=Sum("rows"))["rows"]
        assert answer.status_code < 500, body
        if answer.status_code >= 400:
            assert stored is None
            assert not WaitingHalf.objects.exists()
            assert answer.json()["errors"]
        else:
            assert stored == answer.json().get("rows")
        Batch.objects.all().delete()
        WaitingHalf.objects.all().delete()
