"""What becomes of an alert now: sent, held back until later, or skipped. Pure functions."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo

from nantrace.severity import IncidentSeverity

ASKED_AGAIN = timedelta(minutes=1)  # of a mute or a maintenance, which a person may end at any time


@dataclass(frozen=True)
class RouteRule:
    """What a route takes. `cause` empty: all. Quiet hours are times of the day in `zone`, both or none, and may
    pass midnight; critical incidents pass them.
    """

    least_severity: IncidentSeverity
    cause: str = ""
    quiet_from: time | None = None
    quiet_until: time | None = None
    zone: tzinfo = UTC


@dataclass(frozen=True)
class AlertFacts:
    """The incident as it is now. `stale`: why nobody needs the message any more."""

    severity: IncidentSeverity
    cause: str
    stale: str = ""
    is_muted: bool = False
    in_maintenance: bool = False


@dataclass(frozen=True)
class SendNow:
    """It goes into the next message."""


@dataclass(frozen=True)
class HoldBack:
    """To be asked again at `until`."""

    until: datetime
    reason: str


@dataclass(frozen=True)
class SkipAlert:
    """Never to be sent."""

    reason: str


RoutingDecision = SendNow | HoldBack | SkipAlert


def decide_alert(rule: RouteRule, facts: AlertFacts, now: datetime) -> RoutingDecision:
    """Whether the route wants it comes first, then mute, maintenance and quiet hours."""
    if facts.severity.rank < rule.least_severity.rank:
        return SkipAlert(f"severity {facts.severity} is below the route's {rule.least_severity}")
    if rule.cause and facts.cause != rule.cause:
        return SkipAlert("the route is for another cause")
    if facts.stale:
        return SkipAlert(facts.stale)
    if facts.is_muted:
        return HoldBack(now + ASKED_AGAIN, "the incident is muted")
    if facts.in_maintenance:
        return HoldBack(now + ASKED_AGAIN, "the project is in maintenance")
    quiet_until = None if facts.severity is IncidentSeverity.CRITICAL else end_of_quiet(rule, now)
    return SendNow() if quiet_until is None else HoldBack(quiet_until, "quiet hours of the route")


def end_of_quiet(rule: RouteRule, now: datetime) -> datetime | None:
    """The moment (UTC) at which the quiet hours around `now` end; None outside of them."""
    if rule.quiet_from is None or rule.quiet_until is None:
        return None
    today = now.astimezone(rule.zone).date()
    nights = int(rule.quiet_until <= rule.quiet_from)
    for day in (today - timedelta(days=1), today):
        begins = datetime.combine(day, rule.quiet_from, rule.zone).astimezone(UTC)
        ends = datetime.combine(day + timedelta(days=nights), rule.quiet_until, rule.zone).astimezone(UTC)
        if begins <= now < ends:
            return ends
    return None
