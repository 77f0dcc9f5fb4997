"""The forms of the settings page that make alert channels and their routes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db import transaction
from django.db.models import Count, Q

from ingest.models import Model, Project
from monitoring.alerting.direct import ChannelKind, find_kinds
from monitoring.alerting.direct.encryption import seal
from monitoring.models import AlertChannel, AlertRoute, QueuedAlertState
from nantrace import vocabulary
from nantrace.severity import SEVERITIES, IncidentSeverity

MOST_CHANNELS = 50  # of a project
REMINDERS = [("", "never"), ("4", "every 4 hours"), ("24", "every day"), ("168", "every week")]
CAUSES = [("", "every cause"), *((identifier, label) for identifier, (label, _) in vocabulary.CAUSES.items())]


class RouteForm(forms.Form):
    """Which incidents of the project a channel gets."""

    model = forms.ModelChoiceField(Model.objects.none(), required=False, empty_label="all models")
    least_severity = forms.ChoiceField(
        choices=[(one, one) for one in SEVERITIES], initial=IncidentSeverity.WARNING, label="Severity, at least"
    )
    cause = forms.ChoiceField(choices=CAUSES, required=False)
    quiet_from = forms.TimeField(required=False, widget=forms.TimeInput({"type": "time"}), label="Quiet from (UTC)")
    quiet_until = forms.TimeField(required=False, widget=forms.TimeInput({"type": "time"}), label="until (UTC)")

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


class ChannelNameForm(forms.Form):
    """What people of the project call it."""

    name = forms.CharField(max_length=100, label="Name")

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


@dataclass(frozen=True)
class NewChannel:
    """The three forms that make a channel of one kind; bound to what was posted, or empty."""

    kind: str
    label: str
    name: ChannelNameForm
    settings: forms.Form
    route: RouteForm

    @classmethod
    def of(cls, kind: str, how: ChannelKind, project: Project, data: Mapping[str, Any] | None = None) -> "NewChannel":
        settings = how.form(data, auto_id=False)
        return cls(kind, how.label, ChannelNameForm(project, data), settings, RouteForm(project, data))

    @property
    def forms(self) -> list[forms.Form]:
        return [self.name, self.settings, self.route]

    @property
    def is_bound(self) -> bool:
        return self.name.is_bound

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
                name=self.name.cleaned_data["name"],
                sealed_settings=seal(plain),
                shown=how.shown(plain),
            )
            self.route.save(channel)
        return channel, made.get("secret", "")


@dataclass(frozen=True)
class ShownChannel:
    """A channel with its kind in words; `waiting` and `given_up` are counts of alerts."""

    stored: AlertChannel
    label: str
    waiting: int
    given_up: int


def alerts_context(project: Project, bound: NewChannel | None = None) -> dict[str, Any]:
    """What the settings page shows of alerts; `bound` is the form that was refused."""
    kinds = find_kinds()
    empty = [NewChannel.of(kind, how, project) for kind, how in kinds.items()]
    return {
        "channels": _channels(project, kinds),
        "new_channels": [bound if bound is not None and one.kind == bound.kind else one for one in empty],
        "route_form": RouteForm(project),
    }


def _channels(project: Project, kinds: Mapping[str, ChannelKind]) -> list[ShownChannel]:
    counted = project.alert_channels.annotate(
        waiting=Count("alerts", filter=Q(alerts__state=QueuedAlertState.WAITING)),
        given_up=Count("alerts", filter=Q(alerts__state=QueuedAlertState.GIVEN_UP)),
    ).prefetch_related("routes__model")
    return [ShownChannel(one, kinds[one.kind].label, one.waiting, one.given_up) for one in counted]
