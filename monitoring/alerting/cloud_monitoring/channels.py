"""Who is notified: email addresses, webhooks and topics of Pub/Sub, as notification channels."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import SplitResult, unquote, urlsplit

from google.cloud.monitoring_v3.types import NotificationChannel

from nantrace.tensors.refusals import Refusal

TOPIC = re.compile(r"projects/[^/\s]+/topics/[^/\s]+")


@dataclass(frozen=True)
class Recipient:
    """`address` without a password, which Google keeps and never shows again; `title` where it says more."""

    kind: str
    address: str
    user: str = ""
    password: str = ""
    title: str = ""

    @property
    def labels(self) -> dict[str, str]:
        """What a channel of this recipient is known by."""
        if self.kind == "email":
            return {"email_address": self.address}
        if self.kind == "pubsub":
            return {"topic": self.address}
        return {"url": self.address, **({"username": self.user} if self.user else {})}

    def is_of(self, channel: NotificationChannel) -> bool:
        return channel.type_ == self.kind and self.labels.items() <= dict(channel.labels).items()

    def channel(self) -> NotificationChannel:
        secret = {"password": self.password} if self.password else {}
        return NotificationChannel(
            type_=self.kind,
            display_name=f"NaNWatch: {self.title or self.address}",
            labels={**self.labels, **secret},
            user_labels={"made_by": "nanwatch"},
        )


def recipients(emails: Sequence[str], webhooks: Sequence[str], topics: Sequence[str] = ()) -> list[Recipient]:
    """Of addresses as a person writes them; raises Refusal naming the option and what is wrong."""
    return [*map(_email, emails), *map(_webhook, webhooks), *map(_topic, topics)]


def _email(address: str) -> Recipient:
    user, at, host = address.rpartition("@")
    if not (user and at and "." in host) or any(char.isspace() for char in address):
        raise Refusal("--email", f"{address!r} is no address, such as oncall@example.com")
    return Recipient("email", address)


def _topic(name: str) -> Recipient:
    if not TOPIC.fullmatch(name):
        raise Refusal("--pubsub", f"{name!r} is no topic, such as projects/my-project/topics/alerts")
    return Recipient("pubsub", name)


def _of_stand_in(parts: SplitResult) -> bool:
    """What only a program of this machine can be sent to by a stand-in of Google on it."""
    return parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost", "::1")


def _webhook(url: str) -> Recipient:
    """User and password stand in the URL, as in https://user:password@host/path, and go where they are kept secret."""
    parts = urlsplit(url)
    if not parts.hostname or (parts.scheme != "https" and not _of_stand_in(parts)):
        raise Refusal("--webhook", "must be an https:// URL: Google sends to no other")
    address = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
    if parts.username is None:
        return Recipient("webhook_tokenauth", address)
    if not parts.password:
        raise Refusal("--webhook", "has a user and no password: https://user:password@host/path")
    return Recipient("webhook_basicauth", address, unquote(parts.username), unquote(parts.password))
