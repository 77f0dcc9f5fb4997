"""Posts notifications to the channels that are webhooks of this machine, and to no other address."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from queue import Full
from urllib.parse import urlsplit

import requests

from monitoring.google_stand_in.cloud import CloudStandIn, Notification, SentNotification

LOOPBACK = ("127.0.0.1", "::1", "localhost")
TIMEOUT = 10.0  # seconds
ATTEMPTS, PAUSE = 3, 2.0  # of one notification, and seconds between two


def send(cloud: CloudStandIn, notification: Notification) -> None:
    """Hands the notification to the thread that posts; where too many wait, it is dropped and the page says so."""
    if cloud.outbox.full():
        _remember(cloud, notification, "dropped: too many wait")
    else:
        cloud.outbox.put_nowait(notification)


@contextmanager
def posting(cloud: CloudStandIn) -> Iterator[None]:
    """A thread that posts what is handed to `send`, until the block ends."""
    over = threading.Event()
    thread = threading.Thread(target=_post_all, args=(cloud, over), name="notifications", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        with suppress(Full):  # then the thread is not waiting for one
            cloud.outbox.put_nowait(None)
        thread.join(timeout=1.0)


def _post_all(cloud: CloudStandIn, over: threading.Event) -> None:
    with requests.Session() as session:
        session.trust_env = False  # no proxy stands between programs of one machine
        while not over.is_set():
            notification = cloud.outbox.get()
            if notification is not None:
                _remember(cloud, notification, _outcome(session, notification, over))
            cloud.outbox.task_done()


def _remember(cloud: CloudStandIn, notification: Notification, outcome: str) -> None:
    sent = SentNotification(
        cloud.clock(), notification.alert, notification.state, notification.channel.display_name, outcome
    )
    cloud.sent.append(sent)


def _outcome(session: requests.Session, notification: Notification, over: threading.Event) -> str:
    channel = notification.channel
    if not channel.type_.startswith("webhook"):
        return f"not sent: the stand-in sends no {channel.type_}"
    if urlsplit(channel.labels["url"]).hostname not in LOOPBACK:
        return "not sent: the stand-in posts to this machine only"
    outcome = ""
    for _ in range(ATTEMPTS):
        outcome = _posted(session, notification)
        if outcome.startswith("2") or over.wait(PAUSE):
            break
    return outcome


def _posted(session: requests.Session, notification: Notification) -> str:
    labels = notification.channel.labels
    login = (labels["username"], labels["password"]) if "username" in labels else None
    try:
        answer = session.post(
            labels["url"], json=notification.document, auth=login, timeout=TIMEOUT, allow_redirects=False
        )
    except requests.RequestException as error:
        return f"no answer: {type(error).__name__}"
    return f"{answer.status_code} {answer.reason}"
