"""Notification channels: who is notified. Secrets are kept and never shown again."""

from typing import Any

from google.cloud.monitoring_v3.types import (
    CreateNotificationChannelRequest,
    ListNotificationChannelsRequest,
    ListNotificationChannelsResponse,
    NotificationChannel,
)
from google.protobuf.wrappers_pb2 import BoolValue

from monitoring.google_stand_in.cloud import CloudStandIn
from monitoring.google_stand_in.grpc_server import Method

SECRETS = ("password", "auth_token")


def _list(cloud: CloudStandIn, _request: Any, _context: Any) -> ListNotificationChannelsResponse:
    return ListNotificationChannelsResponse(notification_channels=[_redacted(one) for one in cloud.channels.values()])


def _redacted(channel: NotificationChannel) -> NotificationChannel:
    labels = {name: "**" if name in SECRETS else value for name, value in channel.labels.items()}
    return NotificationChannel(channel, labels=labels)


def _create(cloud: CloudStandIn, request: CreateNotificationChannelRequest, _context: Any) -> NotificationChannel:
    cloud.writes += 1
    name = f"{request.name}/notificationChannels/{len(cloud.channels) + 1}"
    cloud.channels[name] = NotificationChannel(request.notification_channel, name=name, enabled=BoolValue(value=True))
    return _redacted(cloud.channels[name])


CHANNEL_SERVICE = {
    "ListNotificationChannels": Method(
        ListNotificationChannelsRequest, ListNotificationChannelsResponse.serialize, _list
    ),
    "CreateNotificationChannel": Method(CreateNotificationChannelRequest, NotificationChannel.serialize, _create),
}
