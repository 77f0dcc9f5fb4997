"""Makes Cloud Monitoring alert: metric descriptors, channels, policies and a dashboard, as often as one likes."""

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any, TypeVar

from google.api_core.exceptions import NotFound
from google.cloud.monitoring_v3 import AlertPolicyServiceClient, NotificationChannelServiceClient
from google.cloud.monitoring_v3.types import AlertPolicy, UpdateAlertPolicyRequest
from google.protobuf.field_mask_pb2 import FieldMask

from monitoring.alerting.cloud_monitoring.channels import Recipient
from monitoring.alerting.cloud_monitoring.client import TIMEOUT, Destination, cloud_client, metric_client
from monitoring.alerting.cloud_monitoring.descriptors import create_descriptors
from monitoring.alerting.cloud_monitoring.policies import POLICIES
from monitoring.alerting.cloud_monitoring.policy_plan import STORED, Change, Deed, content_of, digest, plan
from monitoring.alerting.cloud_monitoring.provision_dashboard import provision_dashboard
from nantrace.tensors.refusals import Refusal

PATIENCE, PAUSE = 600.0, 15.0  # seconds: a new metric is unknown to policies for up to ten minutes
NOT_YET = "(made by this call)"

T = TypeVar("T")
Say = Callable[[str], None]


@dataclass(frozen=True)
class Wish:
    """What is asked for. `force`: policies that a person edited are overwritten. `dry_run`: nothing is changed.

    `channels`: resource names of channels that somebody else made, as those of Slack and PagerDuty.
    """

    base_url: str
    recipients: Sequence[Recipient] = ()
    channels: Sequence[str] = ()
    force: bool = False
    dry_run: bool = False


@dataclass(frozen=True)
class Provisioned:
    """`channels`: a deed for the address of each recipient. `dashboard`: None where none can be made."""

    channels: dict[str, Deed] = field(default_factory=dict)
    policies: Sequence[Change] = ()
    dashboard: Deed | None = None

    @property
    def changes(self) -> int:
        """How many policies, channels and dashboards were made or changed."""
        deeds = [*self.channels.values(), *(change.deed for change in self.policies), self.dashboard]
        return sum(deed in (Deed.CREATE, Deed.UPDATE) for deed in deeds)

    def document(self) -> dict[str, Any]:
        policies = [
            {
                "policy": change.key,
                "deed": change.deed,
                "title": change.policy.display_name,
                "differences": change.differences,
            }
            for change in self.policies
        ]
        channels = [{"recipient": address, "deed": deed} for address, deed in self.channels.items()]
        return {"changes": self.changes, "channels": channels, "policies": policies, "dashboard": self.dashboard}


def provision(
    destination: Destination, wish: Wish, say: Say, wait: Callable[[float], None] = time.sleep
) -> Provisioned:
    """`say` hears of what takes long. Raises Refusal, GoogleAPICallError and google.auth's GoogleAuthError."""
    with ExitStack() as stack:
        policies = stack.enter_context(cloud_client(destination, AlertPolicyServiceClient))
        channels = stack.enter_context(cloud_client(destination, NotificationChannelServiceClient))
        if not wish.dry_run:
            with metric_client(destination) as metrics:
                create_descriptors(metrics, destination.name, TIMEOUT)
        names, deeds = _channels(channels, destination, wish)
        wanted = {spec.key: spec.policy(wish.base_url, names) for spec in POLICIES}
        existing = list(policies.list_alert_policies(name=destination.name, timeout=TIMEOUT))
        changes = plan(existing, wanted, force=wish.force)
        if not wish.dry_run:
            for change in changes:
                _apply(policies, destination, change, _Patience(say, wait))
    made = provision_dashboard(destination, say, force=wish.force, dry_run=wish.dry_run)
    return Provisioned(deeds, changes, made)


def _channels(
    client: NotificationChannelServiceClient, destination: Destination, wish: Wish
) -> tuple[list[str], dict[str, Deed]]:
    """Resource names of the channels that exist and of the recipients, in their order, and what was done about each."""
    existing = list(client.list_notification_channels(name=destination.name, timeout=TIMEOUT))
    if unknown := sorted({*wish.channels} - {channel.name for channel in existing}):
        there = ", ".join(channel.name for channel in existing) or "none"
        raise Refusal("--channel", f"there is no {unknown[0]} in {destination.name}; there are: {there}")
    names, deeds = list(wish.channels), dict.fromkeys(wish.channels, Deed.KEEP)
    for one in wish.recipients:
        known = next((channel for channel in existing if one.is_of(channel)), None)
        deeds[one.title or one.address] = Deed.CREATE if known is None else Deed.KEEP
        if known is None and not wish.dry_run:
            known = client.create_notification_channel(
                name=destination.name, notification_channel=one.channel(), timeout=TIMEOUT
            )
        names.append(NOT_YET if known is None else known.name)
    return names, deeds


@dataclass(frozen=True)
class _Patience:
    say: Say
    wait: Callable[[float], None]

    def until_known(self, call: Callable[[], T], title: str) -> T:
        """Calls again while a metric is unknown; raises NotFound after PATIENCE."""
        waited = 0.0
        while True:
            try:
                return call()
            except NotFound:
                if waited >= PATIENCE:
                    raise
                self.say(f"{title}: its metric is not known yet, which takes up to ten minutes ({waited:.0f} s so far)")
                self.wait(PAUSE)
                waited += PAUSE


def _apply(client: AlertPolicyServiceClient, destination: Destination, change: Change, patience: _Patience) -> None:
    """Makes the change, then notes what the server made of it, so that what a person edits is seen."""
    if change.deed is Deed.CREATE:
        stored = patience.until_known(
            lambda: client.create_alert_policy(name=destination.name, alert_policy=change.policy, timeout=TIMEOUT),
            change.policy.display_name,
        )
    elif change.deed is Deed.UPDATE:
        stored = patience.until_known(
            lambda: client.update_alert_policy(alert_policy=change.policy, timeout=TIMEOUT), change.policy.display_name
        )
    else:
        return
    noted = AlertPolicy(name=stored.name, user_labels={**stored.user_labels, STORED: digest(content_of(stored))})
    request = UpdateAlertPolicyRequest(alert_policy=noted, update_mask=FieldMask(paths=["user_labels"]))
    client.update_alert_policy(request, timeout=TIMEOUT)
