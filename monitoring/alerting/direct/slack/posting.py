"""Posts, edits and replies through Slack's Web API."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from http.client import HTTPException

from django.conf import settings as service
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from monitoring.alerting.direct import NotDelivered, Secrets
from monitoring.alerting.direct.message import AlertMessage, IncidentChange, IncidentNotice
from monitoring.alerting.direct.notices import notices_of
from monitoring.alerting.direct.slack.blocks import blocks, fallback
from monitoring.models import AlertChannel, IncidentState, SlackPost

TIMEOUT = 10  # seconds a call
GONE = ("message_not_found", "cant_update_message", "edit_window_closed")


def post_or_edit(channel: AlertChannel, settings: Secrets, message: AlertMessage) -> None:
    """Incidents that it knows are edited where they stand; the others, and those that return, are one new message."""
    client = WebClient(settings["token"], service.NANWATCH_SLACK_URL, timeout=TIMEOUT, retry_handlers=[])
    known = {post.incident_id: post for post in _posts(channel, message.notices)}
    changed = [one for one in message.notices if one.incident_id in known]
    fresh = [one for one in message.notices if one.incident_id not in known]
    with _refusals():
        for post in {(one.conversation, one.timestamp): one for one in known.values()}.values():
            _edit(client, channel, post, message, changed)
        if fresh or not message.notices:
            _post(client, channel, settings["conversation"], replace(message, notices=fresh))


def _posts(channel: AlertChannel, notices: Sequence[IncidentNotice]) -> Iterable[SlackPost]:
    goes_on = [one.incident_id for one in notices if one.change is not IncidentChange.RETURNED]
    return SlackPost.objects.filter(channel=channel, incident__in=goes_on)


def _post(client: WebClient, channel: AlertChannel, conversation: str, message: AlertMessage) -> None:
    answer = client.chat_postMessage(
        channel=conversation, text=fallback(message), blocks=blocks(message), parse="none", unfurl_links=False
    )
    where = {"conversation": answer["channel"], "timestamp": answer["ts"]}
    for notice in message.notices:
        SlackPost.objects.update_or_create(channel=channel, incident_id=notice.incident_id, defaults=where)


def _edit(
    client: WebClient, channel: AlertChannel, post: SlackPost, message: AlertMessage, changed: Sequence[IncidentNotice]
) -> None:
    """All incidents of the post as they are now. What became worse is said in its thread too: nobody sees an edit."""
    same = SlackPost.objects.filter(channel=channel, conversation=post.conversation, timestamp=post.timestamp)
    related = same.select_related("incident__model", "incident__project", "incident__last_version")
    changes = {notice.incident_id: notice.change for notice in changed}
    notices = notices_of({one.incident: changes.get(one.incident_id, _state(one.incident.state)) for one in related})
    whole = AlertMessage.of(message.id, message.project, message.overview, notices)
    try:
        client.chat_update(
            channel=post.conversation, ts=post.timestamp, text=fallback(whole), blocks=blocks(whole), parse="none"
        )
    except SlackApiError as error:
        if error.response.get("error") in GONE:
            same.delete()  # the next attempt posts anew
        raise
    worse = [one for one in notices if one.change is IncidentChange.WORSENED]
    if worse:
        reply = replace(message, notices=worse)
        client.chat_postMessage(
            channel=post.conversation,
            thread_ts=post.timestamp,
            reply_broadcast=True,
            text=fallback(reply),
            parse="none",
        )


def _state(state: str) -> IncidentChange:
    return IncidentChange.OPENED if state == IncidentState.OPEN else IncidentChange.CLOSED


@contextmanager
def _refusals() -> Iterator[None]:
    """Slack's own code of an error is no secret; the texts of its client may quote a request."""
    try:
        yield
    except SlackApiError as error:
        raise NotDelivered(f"Slack refused it: {error.response.get('error', error.response.status_code)}") from None
    except (SlackClientError, HTTPException, OSError) as error:
        raise NotDelivered(f"Slack cannot be reached ({type(error).__name__})") from None
