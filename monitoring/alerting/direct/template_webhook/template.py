"""A JSON document with `${names}` in its texts, filled in for one incident.

It is read as JSON first and filled in then, so that no name of a user can change its structure. `string.Template` knows
names and nothing else: what a person writes is no program.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from string import Template
from typing import Any
from urllib.parse import quote

from monitoring.alerting.direct.message import AlertMessage, IncidentChange, IncidentNotice

OPSGENIE = """{
  "message": "${headline}",
  "alias": "${key}",
  "description": "${details}",
  "priority": "${priority}",
  "source": "NaNWatch",
  "entity": "${model} ${version}",
  "details": {"severity": "${severity}", "cause": "${cause}", "url": "${url}", "mute": "${mute_url}"}
}"""
PRIORITIES = {"critical": "P1", "warning": "P3", "info": "P5"}
IN_URL = {"key", "id"}
NAMES = (
    *("headline", "details", "change", "key", "id", "project", "model", "version", "severity", "priority", "symptom"),
    *("cause", "verdict", "responsible", "rows", "first_seen", "remedy", "url", "mute_url"),
)


def values_of(notice: IncidentNotice) -> dict[str, str]:
    """Every name as text; `key` is one per incident and known to no other service."""
    own = {
        "key": f"nanwatch-{hashlib.sha256(notice.url.encode()).hexdigest()[:24]}",
        "id": notice.short_id,
        "details": "\n".join([*notice.details, notice.url]),
        "priority": PRIORITIES[notice.severity],
        "first_seen": notice.first_seen.isoformat(timespec="seconds"),
    }
    return {name: own.get(name) or str(getattr(notice, name, "")) for name in NAMES}


def values_of_test(message: AlertMessage) -> dict[str, str]:
    """The same of a test."""
    own = {"headline": message.headline, "key": f"nanwatch-{message.id}", "id": message.id, "change": "test"}
    about = {"severity": "info", "priority": PRIORITIES["info"], "project": message.project, "url": message.overview}
    return {**dict.fromkeys(NAMES, ""), **own, **about}


def is_closed(notice: IncidentNotice) -> bool:
    return notice.change is IncidentChange.CLOSED


def filled_in(template: str, values: Mapping[str, str]) -> str:
    """As JSON. Raises ValueError where the template is none."""
    return json.dumps(_each_text(json.loads(template), lambda text: Template(text).substitute(values)))


def address_of(url: str, values: Mapping[str, str]) -> str:
    """`${key}` and `${id}` in a URL, percent-encoded."""
    return Template(url).substitute({name: quote(values[name], safe="") for name in IN_URL})


def unknown_names(template: str) -> list[str]:
    """What stands in `${}` and is no name, or a `$` that begins none. Raises ValueError where it is no JSON object."""
    document = json.loads(template)
    if not isinstance(document, dict):
        raise ValueError("no object")
    found: list[str] = []
    _each_text(document, lambda text: found.extend(wrong_names(text, set(NAMES))))
    return sorted(set(found))


def wrong_names(text: str, known: set[str]) -> list[str]:
    """What stands in `${}` of one text and is not known; "$" where one begins no name."""
    template = Template(text)
    return [*(set(template.get_identifiers()) - known), *([] if template.is_valid() else ["$"])]


def _each_text(value: Any, change: Callable[[str], Any]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [_each_text(one, change) for one in value]
    if isinstance(value, dict):
        return {name: _each_text(one, change) for name, one in value.items()}
    return value
