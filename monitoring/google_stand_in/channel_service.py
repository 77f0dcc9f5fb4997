"""Notification channels: who is notified. Secrets are kept and never shown again."""

import re
from typing import Any
from urllib.parse import urlsplit

import grpc
from google.cloud.monitoring_v3.types import (
    CreateNotificationChannelRequest,
    DeleteNotificationChannelRequest,
    ListNotificationChannelsRequest,
    ListNotificationChannelsResponse,
    NotificationChannel,
    UpdateNotificationChannelRequest,
)
from google.protobuf.empty_pb2 import Empty
from google.protobuf.wrappers_pb2 import BoolValue

from monitoring.google_stand_in.cloud import CloudStandIn
from monitoring.google_stand_in.grpc_server import Method
from monitoring.google_stand_in.webhooks import LOOPBACK

SECRETS = ("password", "auth_token", "service_key")
LABELS = {
    "email": {"email_address"},
    "webhook_tokenauth": {"url"},
    "webhook_basicauth": {"url", "username", "password"},
    "pubsub": {"topic"},
    "slack": {"channel_name", "auth_token"},
    "pagerduty": {"service_key"},
}
USER_LABEL = re.compile(r"[a-z0-9_-]{1,63}")
MOST_CHANNELS = 4000


def _list(cloud: CloudStandIn, _request: Any, _context: Any) -> ListNotificationChannelsResponse:
    return ListNotificationChannelsResponse(notification_channels=[_redacted(one) for one in cloud.channels.values()])


def _redacted(channel: NotificationChannel) -> NotificationChannel:
    labels = {name: "**" if name in SECRETS else value for name, value in channel.labels.items()}
    return NotificationChannel(channel, labels=labels)


def _create(cloud: CloudStandIn, request: CreateNotificationChannelRequest, context: Any) -> NotificationChannel:
    cloud.writes += 1
    if len(cloud.channels) >= MOST_CHANNELS:
        context.abort(grpc.StatusCode.RESOURCE_EXHAUSTED, "Quota of notification channels is exceeded")
    name = f"{request.name}/notificationChannels/{cloud.writes}"
    return _stored(cloud, name, request.notification_channel, context)


def _update(cloud: CloudStandIn, request: UpdateNotificationChannelRequest, context: Any) -> NotificationChannel:
    cloud.writes += 1
    name = request.notification_channel.name
    if name not in cloud.channels:
        context.abort(grpc.StatusCode.NOT_FOUND, f"Could not find notification channel {name}.")
    return _stored(cloud, name, request.notification_channel, context)


def _stored(cloud: CloudStandIn, name: str, sent: NotificationChannel, context: Any) -> NotificationChannel:
    if refusal := _wrong(sent):
        context.abort(grpc.StatusCode.INVALID_ARGUMENT, f"Field notification_channel had an invalid value: {refusal}")
    enabled = BoolValue(value=sent.enabled is not False)
    cloud.channels[name] = NotificationChannel(sent, name=name, enabled=enabled)
    return _redacted(cloud.channels[name])


def _wrong(channel: NotificationChannel) -> str:
    wanted = LABELS.get(channel.type_)
    if wanted is None:
        return f"unknown channel type {channel.type_!r}"
    if missing := sorted(wanted - set(channel.labels)):
        return f"required labels {missing} are missing"
    if unknown := sorted(set(channel.labels) - wanted):
        return f"unknown labels {unknown}"
    if not all(USER_LABEL.fullmatch(text) for pair in channel.user_labels.items() for text in pair):
        return "a key or value of user_labels"
    url = urlsplit(channel.labels.get("url", "https://-"))
    return "" if url.scheme == "https" or url.hostname in LOOPBACK else "url must be https"


def _delete(cloud: CloudStandIn, request: DeleteNotificationChannelRequest, context: Any) -> Empty:
    if request.name not in cloud.channels:
        context.abort(grpc.StatusCode.NOT_FOUND, f"Could not find notification channel {request.name}.")
    used = any(request.name in policy.notification_channels for policy in cloud.policies.values())
    if used and not request.force:
        context.abort(grpc.StatusCode.FAILED_PRECONDITION, "The notification channel is referenced by alert policies.")
    del cloud.channels[request.name]
    return Empty()


CHANNEL_SERVICE = {
    "ListNotificationChannels": Method(
        ListNotificationChannelsRequest, ListNotificationChannelsResponse.serialize, _list
    ),
    "CreateNotificationChannel": Method(CreateNotificationChannelRequest, NotificationChannel.serialize, _create),
    "UpdateNotificationChannel": Method(UpdateNotificationChannelRequest, NotificationChannel.serialize, _update),
    "DeleteNotificationChannel": Method(DeleteNotificationChannelRequest, Empty.SerializeToString, _delete),
}
