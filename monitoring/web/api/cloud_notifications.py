"""Where Google Cloud Monitoring reports its alerts, directly or through Pub/Sub."""

import base64
import binascii

import msgspec
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from ingest.api.bodies import read_body
from monitoring.alerting.cloud_monitoring.notification import read_notification
from monitoring.alerting.cloud_monitoring.reported import Recorded, record
from monitoring.web.api import documentation
from monitoring.web.api.notification_sender import MayReport, NotificationSender, SenderAuthentication
from nantrace.tensors.refusals import Malformed

LONGEST_BODY = 256 * 1024
WAY_OUT = "a notification of Cloud Monitoring is a few kilobytes"


class PubSubMessage(msgspec.Struct):
    """https://cloud.google.com/pubsub/docs/push#receive_push"""

    data: str


class PubSubPush(msgspec.Struct):
    """What wraps a notification that came through a subscription."""

    message: PubSubMessage


class CloudNotifications(APIView):
    """Notifications of the project that the credential belongs to."""

    authentication_classes = (SenderAuthentication,)
    permission_classes = (MayReport,)
    parser_classes = ()

    @extend_schema(**documentation.REPORT_ALERT)
    def post(self, request: Request) -> Response:
        """Records an alert of Cloud Monitoring at the incidents of its model and cause: one, however often it comes."""
        if not isinstance(request.user, NotificationSender):
            raise NotAuthenticated
        body = read_body(request._request, LONGEST_BODY, WAY_OUT)
        return Response(_document(record(request.user.project, read_notification(_unwrapped(body)))))


def _unwrapped(body: bytes) -> bytes:
    """The notification of a push; any other body as it is."""
    try:
        push = msgspec.json.decode(body, type=PubSubPush)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return body
    try:
        return base64.b64decode(push.message.data, validate=True)
    except binascii.Error as error:
        raise Malformed("message.data", "is not base64") from error


def _document(recorded: Recorded) -> dict[str, object]:
    alert = recorded.alert
    incidents = [one.short_id for one in alert.incidents.order_by("pk")] if alert else []
    return {"alert": alert.alert_id if alert else None, "incidents": incidents, "note": recorded.note}
