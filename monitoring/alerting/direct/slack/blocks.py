"""Messages as Slack shows them: what comes from users in `plain_text`, which holds no markup and mentions nobody.

https://docs.slack.dev/reference/block-kit
"""

from typing import Any

from monitoring.alerting.direct.message import MOST_INCIDENTS, AlertMessage, IncidentNotice

LONGEST_TEXT = 3000  # of a section


def blocks(message: AlertMessage) -> list[dict[str, Any]]:
    """At most 21 blocks; Slack takes 50."""
    if not message.notices:
        return [_plain(message.headline), _links((message.overview, "Incidents"))]
    shown = [block for notice in message.notices[:MOST_INCIDENTS] for block in _incident(notice)]
    more = len(message.notices) - MOST_INCIDENTS
    return [*shown, *([_links((message.overview, f"And {more} more"))] if more > 0 else [])]


def fallback(message: AlertMessage) -> str:
    """For the notification. Slack reads markup in it, except for its three characters when they are escaped."""
    return message.headline.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _incident(notice: IncidentNotice) -> list[dict[str, Any]]:
    text = "\n".join([notice.headline, *notice.details])
    return [_plain(text), _links((notice.url, notice.short_id), (notice.mute_url, "Mute"))]


def _plain(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "plain_text", "text": text[:LONGEST_TEXT], "emoji": False}}


def _links(*links: tuple[str, str]) -> dict[str, Any]:
    """Their addresses and words are the service's own."""
    text = "  ".join(f"<{url}|{words}>" for url, words in links)
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": text}]}
