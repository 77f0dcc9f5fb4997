"""What can go wrong on the way to Google, on order; and the command and the page that people see."""

import signal
import subprocess
import sys
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from google.api.metric_pb2 import MetricDescriptor
from google.api_core import exceptions

from monitoring.google_stand_in.faults import order_fault
from monitoring.google_stand_in.page import page_served
from monitoring.google_stand_in.server import METHODS
from nantrace.tensors.refusals import Refusal
from tests.google_stand_in.conftest import Google, Webhook, above
from tests.operations.running import ROOT, free_port


def order(google: Google, text: str) -> None:
    order_fault(google.cloud, text, METHODS)


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("UNAVAILABLE", exceptions.ServiceUnavailable),
        ("INTERNAL", exceptions.InternalServerError),
        ("RESOURCE_EXHAUSTED", exceptions.ResourceExhausted),
        ("PERMISSION_DENIED", exceptions.PermissionDenied),
        ("UNAUTHENTICATED", exceptions.Unauthenticated),
    ],
)
def test_a_write_fails_as_often_as_ordered(google: Google, code: str, error: type[Exception]) -> None:
    order(google, f"CreateTimeSeries={code}*2")
    for _ in range(2):
        with pytest.raises(error):
            google.write(google.gauge("gauge", 1, model="churn"))
    google.write(google.gauge("gauge", 1, model="churn"))
    assert len(google.cloud.points("gauge")) == 1


def test_an_answer_gets_lost_after_the_points_were_stored(google: Google) -> None:
    order(google, "CreateTimeSeries=DEADLINE_EXCEEDED+stored")
    with pytest.raises(exceptions.DeadlineExceeded):
        google.write(google.gauge("gauge", 1, model="churn"))
    assert len(google.cloud.points("gauge")) == 1


def test_an_internal_error_leaves_half_of_the_points(google: Google) -> None:
    order(google, "CreateTimeSeries=INTERNAL+partly")
    with pytest.raises(exceptions.InternalServerError, match="could not be written"):
        google.write(*[google.gauge("gauge", 1, model=str(number)) for number in range(4)])
    assert len(google.cloud.series) == 2


def test_every_method_can_be_refused(google: Google) -> None:
    order(google, "CreateNotificationChannel=PERMISSION_DENIED")
    with pytest.raises(exceptions.PermissionDenied):
        google.channel()
    assert google.channel()


@pytest.mark.parametrize(
    "text", ["CreateTimeSeries", "Fly=INTERNAL", "CreateTimeSeries=FINE", "GetAlertPolicy=INTERNAL+partly"]
)
def test_an_order_that_cannot_be_is_refused(google: Google, text: str) -> None:
    with pytest.raises(Refusal, match="--fault"):
        order(google, text)
    assert not google.cloud.faults


def get(url: str, **headers: str) -> str:
    with urlopen(Request(url, headers=headers), timeout=10) as answer:
        return str(answer.read().decode())


def test_the_page_shows_what_there_is_and_escapes_it(google: Google) -> None:
    google.describe("gauge", MetricDescriptor.GAUGE, MetricDescriptor.DOUBLE, "model")
    google.policy(above("gauge", "ALIGN_MAX"), display_name="<b>too many</b>")
    google.write(google.gauge("gauge", 7, model="churn"))
    with pytest.raises(exceptions.InvalidArgument):
        google.write(google.gauge("gauge", 7, model="churn"))
    with page_served(google.cloud, 0):
        page = get(f"http://{google.cloud.page}")
    assert "This is not Google" in page
    assert "&lt;b&gt;too many" in page
    assert "metric.label.model=churn" in page
    assert "older end time" in page


def test_the_page_is_for_this_machine_only(google: Google) -> None:
    with page_served(google.cloud, 0), pytest.raises(HTTPError, match="403"):
        get(f"http://{google.cloud.page}", Host="attacker.example")


def test_a_test_notification_goes_to_each_channel_and_not_for_another_site(google: Google, webhook: Webhook) -> None:
    google.channel("webhook_tokenauth", url=webhook.url)
    with page_served(google.cloud, 0):
        address = f"http://{google.cloud.page}"
        with pytest.raises(HTTPError, match="403"):
            urlopen(Request(address, method="POST", headers={"Origin": "https://attacker.example"}), timeout=10)
        urlopen(Request(address, method="POST", headers={"Origin": address}), timeout=10).close()
    assert webhook.next().document["version"] == "test"
    assert webhook.arrived.empty()


def test_the_command_listens_on_this_machine_until_it_is_stopped() -> None:
    command = [sys.executable, "manage.py", "fake_cloud_monitoring", "--port", str(free_port())]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        said = process.stdout.readline()
        assert "not Google" in said
        assert "This is not Google" in get(said.split("its page: ")[1].strip())
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
