"""Template filters of the pages."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django import template
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from monitoring.incidents.related import related_to_each
from monitoring.models import Incident
from monitoring.web import labels
from nantrace import vocabulary
from nantrace.diagnosis.finding import Proof
from nantrace.report.numbers import is_nonfinite, number, percent

register = template.Library()
CODE = re.compile(r"`([^`]+)`")
for shared in (number, percent, is_nonfinite):
    register.filter(shared)


@register.filter
def ago(moment: datetime | str) -> SafeString:
    """A `<time>` that says how long ago `moment` was; older than a month, the moment itself."""
    at = _as_utc(moment)
    return format_html('<time datetime="{}" title="{}">{}</time>', _iso(at), _plain(at), _distance(at))


@register.filter
def at(moment: datetime | str) -> SafeString:
    """A `<time>` with the moment itself, in UTC."""
    when = _as_utc(moment)
    return format_html('<time datetime="{}">{}</time>', _iso(when), _plain(when))


@register.filter
def unlocalized(share: float) -> str:
    """A share as an HTML attribute wants it."""
    return f"{share:.3f}"


@register.filter
def statistic(value: float) -> str:
    """A statistic of drift in three decimals; what is large in as many digits as mean something."""
    return f"{value:.3f}" if value < 100 else number(float(f"{value:.3g}"))


@register.filter
def same_faults(incidents: Iterable[Incident]) -> dict[int, list[Incident]]:
    """By the key of each incident those that show the same fault from the other side."""
    return related_to_each(list(incidents))


@register.filter
def coded(title: str) -> SafeString:
    """A title with what stands between backticks as code."""
    parts = CODE.split(title)
    return format_html_join(
        "", "{}", ((format_html("<code>{}</code>", one) if i % 2 else one,) for i, one in enumerate(parts))
    )


@register.filter
def of(table: Mapping[int, Sequence[Incident]], key: int) -> Sequence[Incident]:
    """What a table holds of one key: `{{ related|of:incident.pk }}`."""
    return table.get(key, ())


@register.filter
def plain(value: float) -> str:
    """A length of an SVG: never grouped, never localised."""
    return f"{value:g}"


@register.filter
def in_words(identifier: str, table: str) -> str:
    """The short name of an identifier: `{{ incident.symptom|in_words:"SYMPTOMS" }}`."""
    return _entry(identifier, table)[0]


@register.filter
def explained(identifier: str, table: str) -> str:
    """The sentence that explains an identifier."""
    return _entry(identifier, table)[1]


@register.filter
def cause_name(incident: Incident) -> str:
    """The short name of the cause, or what is to be said where there is none."""
    return vocabulary.cause_in_words(incident.cause, incident.symptom)[0]


@register.filter
def cause_explained(incident: Incident) -> str:
    """The sentence that explains it."""
    return vocabulary.cause_in_words(incident.cause, incident.symptom)[1]


@register.filter
def proof_in_words(proof: dict[str, Any]) -> tuple[str, str]:
    """How well the cause is known: `{{ report.proof|proof_in_words }}`."""
    return vocabulary.proof_in_words(Proof(**proof))


def _entry(identifier: str, table: str) -> tuple[str, str]:
    found = getattr(labels if hasattr(labels, table) else vocabulary, table).get(
        identifier, identifier.replace("_", " ")
    )
    return found if isinstance(found, tuple) else (found, "")


def _as_utc(moment: datetime | str) -> datetime:
    parsed = parse_datetime(moment) if isinstance(moment, str) else moment
    if parsed is None:
        raise ValueError(f"{moment!r} is no moment")
    return parsed.astimezone(UTC)


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")


def _plain(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


def _distance(at: datetime) -> str:
    passed = timezone.now() - at
    if passed < timedelta(0) or passed >= timedelta(days=30):
        return _plain(at)
    if passed < timedelta(minutes=1):
        return "just now"
    if passed < timedelta(hours=1):
        return f"{passed.seconds // 60} min ago"
    if passed < timedelta(days=1):
        return f"{passed.seconds // 3600} h ago"
    return "1 day ago" if passed.days == 1 else f"{passed.days} days ago"
