"""What has to be done so that alert policies are as they should be, without touching what a person changed."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from google.cloud.monitoring_dashboard_v1 import Dashboard
from google.cloud.monitoring_v3.types import AlertPolicy

KEY, SPEC, STORED = "nanwatch_policy", "nanwatch_spec", "nanwatch_stored"
"""Labels: which policy it is, digest of what was asked for, digest of what the server made of it."""
OF_THE_SERVER = ("name", "creation_record", "mutation_record", "enabled", "validity", "user_labels", "labels", "etag")
DIGEST = 32  # characters of hexadecimal: labels hold 63

Json = dict[str, Any]


class Deed(StrEnum):
    """What is done about one policy or channel."""

    CREATE = "create"
    UPDATE = "update"
    KEEP = "keep"
    LEAVE = "leave"  # a person edited it


@dataclass(frozen=True)
class Change:
    """One policy: what is done, and how it differs from what is there. `policy` is what is sent."""

    deed: Deed
    key: str
    policy: AlertPolicy
    differences: Sequence[str] = field(default=())


def plan(existing: Sequence[AlertPolicy], wanted: Mapping[str, AlertPolicy], *, force: bool) -> list[Change]:
    """One change for each wanted policy, in their order; policies of others are not looked at."""
    by_key = {policy.user_labels[KEY]: policy for policy in existing if KEY in policy.user_labels}
    return [_change(key, policy, by_key.get(key), force=force) for key, policy in wanted.items()]


def _change(key: str, wanted: AlertPolicy, there: AlertPolicy | None, *, force: bool) -> Change:
    if there is not None and not wanted.notification_channels:  # nobody was named: who is notified stays
        wanted = AlertPolicy(wanted, notification_channels=there.notification_channels)
    spec = digest(content_of(wanted))
    labelled = AlertPolicy(wanted, user_labels={KEY: key, SPEC: spec})
    if there is None:
        return Change(Deed.CREATE, key, labelled)
    differences = list(_differences(content_of(there), content_of(wanted)))
    is_edited = digest(content_of(there)) != there.user_labels.get(STORED)
    if not is_edited and there.user_labels.get(SPEC) == spec:
        return Change(Deed.KEEP, key, there)
    if is_edited and not force:
        return Change(Deed.LEAVE, key, there, differences)
    return Change(Deed.UPDATE, key, _in_place_of(there, labelled), differences)


def _in_place_of(there: AlertPolicy, wanted: AlertPolicy) -> AlertPolicy:
    """Conditions keep their names: one that disappears closes its open alerts."""
    updated = AlertPolicy(wanted, name=there.name)
    for condition, known in zip(updated.conditions, there.conditions, strict=False):
        condition.name = known.name
    return updated


def digest(content: Json) -> str:
    """As a label: 32 characters."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:DIGEST]


def content_of(message: AlertPolicy | Dashboard) -> Json:
    """All that a person can change, and not what the server adds by itself."""
    fields: Json = type(message).to_dict(message, always_print_fields_with_no_presence=False)
    for condition in fields.get("conditions", []):
        condition.pop("name", None)
    return {name: value for name, value in fields.items() if name not in OF_THE_SERVER}


def _differences(there: Any, wanted: Any, path: str = "") -> Iterator[str]:
    """`path: there → wanted` for each value that is wanted otherwise; what only the server has is no difference."""
    if isinstance(wanted, dict) and isinstance(there, dict):
        for name, value in wanted.items():
            yield from _differences(there.get(name), value, f"{path}.{name}".lstrip("."))
    elif isinstance(wanted, list) and isinstance(there, list) and len(wanted) == len(there):
        for i, pair in enumerate(zip(there, wanted, strict=True)):
            yield from _differences(*pair, f"{path}[{i}]")
    elif there != wanted:
        yield f"{path}: {json.dumps(there)} → {json.dumps(wanted)}"
