"""The page of one batch: what became of it, what was sent, what was answered, and what was found row by row."""

import numpy as np
from django.test import Client

from ingest.models import BatchState, Project
from nantrace.tensors.framing import pack_tensors
from nantrace.tensors.tensor import Tensor, Tensors
from tests.dashboard.conftest import text_of
from tests.dashboard.stories import FEATURES, MISSING_INCOME
from tests.incidents.builders import NOON, hit, make_batch, make_version

WIDTH = len(FEATURES)


def rows(count: int) -> bytes:
    cells = np.arange(count * WIDTH, dtype=np.float32).reshape(count, WIDTH)
    cells[0, 1] = np.nan
    answers = np.zeros((count, 1), np.float32)
    return pack_tensors(inputs=Tensors.of(Tensor("inputs", cells)), outputs=Tensors.of(Tensor("outputs", answers)))


def test_each_row_leads_to_what_was_found_in_it(page_of: Client, shop: Project) -> None:
    version = make_version(shop)
    incident = hit(version, NOON, [MISSING_INCOME], rows=3, payload=rows(3), row_ids=["a-0", "a-1", "a-2"])
    batch = incident.hits.get().batch
    assert batch is not None

    text = text_of(page_of, f"/batches/{batch.pk}")

    assert f"<code>{batch.pk}</code>" in text
    assert '<td>0 <code>a-0</code></td> <td><a class="id" href="/incidents/CHURN-1">CHURN-1</a> </td>' in text
    assert "<td>1 <code>a-1</code></td> <td></td>" in text
    assert '<td class="n bad">NaN</td>' in text
    assert f'<a href="/batches/{batch.pk}">' in text_of(page_of, "/incidents/CHURN-1")
    assert f'<a href="/batches/{batch.pk}">' in text_of(page_of, "/models/churn/versions/7")


def test_many_rows_come_page_by_page(page_of: Client, shop: Project) -> None:
    batch = make_batch(make_version(shop), NOON, rows=120, payload=rows(120))
    assert "51&ndash;100 of 120" in text_of(page_of, f"/batches/{batch.pk}?page=2")


def test_what_is_not_kept_and_what_failed_is_said(page_of: Client, shop: Project) -> None:
    version = make_version(shop)
    healthy = make_batch(version, NOON, payload=None)
    assert "The rows are not kept" in text_of(page_of, f"/batches/{healthy.pk}")
    assert "None: nothing is wrong with these rows." in text_of(page_of, f"/batches/{healthy.pk}")
    failed = make_batch(version, NOON, state=BatchState.FAILED, failure="the model <does> not load")
    assert "the model &lt;does&gt; not load" in text_of(page_of, f"/batches/{failed.pk}")


def test_a_batch_that_was_given_up_is_replayed_again(page_of: Client, shop: Project) -> None:
    version = make_version(shop)
    failed = make_batch(version, NOON, state=BatchState.FAILED, failure="the model does not load")
    fine = make_batch(version, NOON)
    assert "Replay it again" in text_of(page_of, f"/batches/{failed.pk}")
    assert "Replay it again" not in text_of(page_of, f"/batches/{fine.pk}")
    for batch in (failed, fine):
        assert page_of.post(f"/batches/{batch.pk}/requeue").status_code == 302
        batch.refresh_from_db()
    assert (failed.state, failed.failure, fine.state) == ("pending", "", "replayed")


def test_a_batch_of_another_project_is_not_there(page_of: Client, shop: Project) -> None:
    other = make_batch(make_version(Project.objects.create(name="others")), NOON)
    mine = make_batch(make_version(shop), NOON)
    assert page_of.get(f"/batches/{mine.pk}").status_code == 200
    assert page_of.get(f"/batches/{other.pk}").status_code == 404
    assert page_of.post(f"/batches/{other.pk}/requeue").status_code == 404
