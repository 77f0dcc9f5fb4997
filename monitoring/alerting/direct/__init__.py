"""One short message to the right person: an outbox over incident events, one folder a kind of channel."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules

from django import forms

from monitoring.alerting.direct.message import AlertMessage
from monitoring.models import AlertChannel

Secrets = Mapping[str, str]
"""The settings of a channel, decrypted: most of them give the right to write there."""


class NotDelivered(Exception):  # noqa: N818 - the other side, or the way there, failed
    """Why, as a sentence for the settings page. It never holds an address, a token or an answer's text.

    `may_have_arrived`: all or some of it, for what is known. It is then sent again as it was, under the same id.
    """

    def __init__(self, reason: str, *, may_have_arrived: bool = False) -> None:
        super().__init__(reason)
        self.may_have_arrived = may_have_arrived


@dataclass(frozen=True)
class ChannelKind:
    """How a kind of channel is set up, and how a message gets there.

    `form` asks a person for the settings and checks them. `complete` adds what the service makes itself, to be shown
    once. `shown` is what of them may be read by everybody in the project; `lacks` says what the channel needs yet.
    `send` raises NotDelivered, whose sentence holds no secret; called again with the same message it should do no harm.
    """

    label: str
    form: type[forms.Form]
    shown: Callable[[Secrets], str]
    send: Callable[[AlertChannel, Secrets, AlertMessage], None]
    complete: Callable[[], Secrets] = dict
    lacks: Callable[[AlertChannel, Secrets], str] = lambda *_: ""
    most_alerts: int = 1000  # in one message
    is_tried_at_once: bool = False  # a test is queued when it is added


def find_kinds() -> dict[str, ChannelKind]:
    """Every kind of channel by the name of its folder."""
    folders = [module.name for module in iter_modules(__path__) if module.ispkg]
    return {name: import_module(f"{__name__}.{name}").KIND for name in folders}
