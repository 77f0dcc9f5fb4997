"""The forms of the settings page that make alert channels and their routes."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.db import transaction
from django.db.models import Count, Q

from ingest.models import Model, Project
from monitoring.alerting.direct import ChannelKind, find_kinds
from monitoring.alerting.direct.encryption import UnreadableSettingsError, seal, unseal
from monitoring.alerting.direct.outbox import queue_test
from monitoring.models import AlertChannel, AlertRoute, QueuedAlertState
from nantrace import vocabulary
from nantrace.severity import SEVERITIES, IncidentSeverity

MOST_CHANNELS = 50  # of a project
REMINDERS = [("", "never"), ("4", "every 4 hours"), ("24", "every day"), ("168", "every week")]
CAUSES = [("", "every cause"), *((identifier, label) for identifier, (label, _) in vocabulary.CAUSES.items())]


@cache
def zones() -> list[str]:
    """Names of all time zones; they are files, which are looked for once."""
    return sorted(available_timezones())


class RouteForm(forms.Form):
    """Which incidents of the project a channel gets."""

    model = forms.ModelChoiceField(Model.objects.none(), required=False, empty_label="all models")
    least_severity = forms.ChoiceField(
        choices=[(one, one) for one in SEVERITIES], initial=IncidentSeverity.WARNING, label="Severity, at least"
    )
    cause = forms.ChoiceField(choices=CAUSES, required=False)
    quiet_from = forms.TimeField(required=False, widget=forms.TimeInput({"type": "time"}), label="Quiet from")
    quiet_until = forms.TimeField(
        required=False,
        widget=forms.TimeInput({"type": "time"}),
        label="until",
        help_text="in the channel's time zone; critical incidents pass",
    )
    remind_hours = forms.TypedChoiceField(
        choices=REMINDERS, coerce=int, empty_value=None, required=False, label="Remind while open"
    )

    def __init__(self, project: Project, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, auto_id=False)
        models = self.fields["model"]
        if isinstance(models, forms.ModelChoiceField):
            models.queryset = project.models.order_by("name")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if (cleaned.get("quiet_from") is None) != (cleaned.get("quiet_until") is None):
            raise forms.ValidationError("Quiet hours need a beginning and an end; leave both empty for none.")
        return cleaned

    def save(self, channel: AlertChannel) -> AlertRoute:
        return channel.routes.create(**self.cleaned_data)


class ChannelForm(forms.Form):
    """What people of the project call it, and the time zone of their quiet hours."""

    name = forms.CharField(max_length=100, label="Name")
    zone = forms.CharField(
        max_length=50,
        required=False,
        label="Time zone of quiet hours",
        widget=forms.TextInput({"list": "zones", "placeholder": "UTC"}),
    )

    def __init__(self, project: Project, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, auto_id=False)
        self.project = project

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if self.project.alert_channels.filter(name=name).exists():
            raise forms.ValidationError("A channel of this name is there already: choose another name.")
        if self.project.alert_channels.count() >= MOST_CHANNELS:
            raise forms.ValidationError(f"A project has at most {MOST_CHANNELS} channels: remove one first.")
        return name

    def clean_zone(self) -> str:
        zone: str = self.cleaned_data["zone"] or "UTC"
        if zone not in zones():
            raise forms.ValidationError("Choose a time zone by its name in the tz database, such as Europe/Zurich.")
        return zone


@dataclass(frozen=True)
class NewChannel:
    """The three forms that make a channel of one kind; bound to what was posted, or empty."""

    kind: str
    label: str
    channel: ChannelForm
    settings: forms.Form
    route: RouteForm

    @classmethod
    def of(cls, kind: str, how: ChannelKind, project: Project, data: Mapping[str, Any] | None = None) -> "NewChannel":
        settings = how.form(data, auto_id=False)
        return cls(kind, how.label, ChannelForm(project, data), settings, RouteForm(project, data))

    @property
    def forms(self) -> list[forms.Form]:
        return [self.channel, self.settings, self.route]

    @property
    def is_bound(self) -> bool:
        return self.channel.is_bound

    def is_valid(self) -> bool:
        return all(form.is_valid() for form in self.forms)

    def save(self, project: Project, how: ChannelKind) -> tuple[AlertChannel, str]:
        """The channel, and what the service made for it, which is shown this once."""
        made = how.complete()
        plain = {**self.settings.cleaned_data, **made}
        with transaction.atomic():
            channel = AlertChannel.objects.create(
                project=project,
                kind=self.kind,
                **self.channel.cleaned_data,
                sealed_settings=seal(plain),
                shown=how.shown(plain),
            )
            self.route.save(channel)
            if how.is_tried_at_once:
                queue_test(channel)
        return channel, made.get("secret", "")


@dataclass(frozen=True)
class ShownChannel:
    """A channel with its kind in words; `waiting` and `given_up` are counts of alerts, `lacks` is what it needs yet."""

    stored: AlertChannel
    label: str
    waiting: int
    given_up: int
    lacks: str

    @classmethod
    def of(cls, channel: AlertChannel, kind: ChannelKind, waiting: int, given_up: int) -> "ShownChannel":
        try:
            lacks = kind.lacks(channel, unseal(channel.sealed_settings))
        except UnreadableSettingsError:
            lacks = ""  # its next message says so
        return cls(channel, kind.label, waiting, given_up, lacks)


def alerts_context(project: Project, bound: NewChannel | None = None) -> dict[str, Any]:
    """What the settings page shows of alerts; `bound` is the form that was refused."""
    kinds = find_kinds()
    empty = [NewChannel.of(kind, how, project) for kind, how in kinds.items()]
    return {
        "channels": _channels(project, kinds),
        "new_channels": [bound if bound is not None and one.kind == bound.kind else one for one in empty],
        "route_form": RouteForm(project),
        "zones": zones(),
    }


def _channels(project: Project, kinds: Mapping[str, ChannelKind]) -> list[ShownChannel]:
    counted = project.alert_channels.annotate(
        waiting=Count("alerts", filter=Q(alerts__state=QueuedAlertState.WAITING)),
        given_up=Count("alerts", filter=Q(alerts__state=QueuedAlertState.GIVEN_UP)),
    ).prefetch_related("routes__model")
    return [ShownChannel.of(one, kinds[one.kind], one.waiting, one.given_up) for one in counted]
