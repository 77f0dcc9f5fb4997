"""A channel of Slack through a bot: one message an incident, edited when the incident changes or is closed."""

from django import forms

from monitoring.alerting.direct import ChannelKind, Secrets
from monitoring.alerting.direct.message import AlertMessage
from monitoring.models import AlertChannel

MOST_INCIDENTS = 100  # in one message: each is looked up whenever it is edited


class SlackForm(forms.Form):
    """Who writes, and where."""

    token = forms.RegexField(
        r"^xoxb-[\w-]{10,250}\Z",
        label="Bot token",
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        error_messages={"invalid": "A bot token begins with xoxb-; other tokens cannot be used."},
    )
    conversation = forms.RegexField(
        r"^[CG][A-Z0-9]{5,20}\Z",
        label="Channel id",
        help_text="at the end of what the channel's details show",
        error_messages={"invalid": "A channel id is like C0123456789; it is not the channel's name."},
    )


def send(channel: AlertChannel, settings: Secrets, message: AlertMessage) -> None:
    """Slack's client is imported only where it is used."""
    from monitoring.alerting.direct.slack.posting import post_or_edit

    post_or_edit(channel, settings, message)


KIND = ChannelKind("Slack, bot", SlackForm, lambda settings: settings["conversation"], send, most_alerts=MOST_INCIDENTS)
