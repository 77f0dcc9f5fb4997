"""What a version's traffic is compared with: read from the database once a process, since it never changes."""

import hashlib
from dataclasses import dataclass
from functools import lru_cache

from monitoring.models import DriftProfile, ProfileOrigin
from nantrace.drift.profile import Profile, take_profile
from nantrace.tensors.tensor import Tensors

CACHED = 32  # of a few hundred kilobytes at a thousand features


@dataclass(frozen=True)
class StoredProfile:
    """A stored reference; `key` is its row's."""

    key: int
    origin: ProfileOrigin
    profile: Profile


def stored_profile(version_id: int) -> StoredProfile | None:
    """The reference of a version, None while it has none."""
    found = DriftProfile.objects.filter(version_id=version_id).values_list("pk", "origin", "digest").first()
    if found is None:
        return None
    key, origin, digest = found
    return StoredProfile(key, ProfileOrigin(origin), _profile(key, digest))


@lru_cache(CACHED)
def _profile(key: int, digest: str) -> Profile:  # noqa: ARG001 - keys come again where a transaction was rolled back
    return Profile.from_bytes(bytes(DriftProfile.objects.values_list("payload", flat=True).get(pk=key)))


def store_profile(version_id: int, origin: ProfileOrigin, inputs: Tensors, outputs: Tensors | None) -> None:
    """Stores the statistics of these rows as the reference of a version that has none yet."""
    payload = take_profile(inputs, outputs).to_bytes()
    DriftProfile.objects.get_or_create(
        version_id=version_id,
        defaults={
            "origin": origin,
            "rows": inputs.rows,
            "payload": payload,
            "digest": hashlib.sha256(payload).hexdigest(),
        },
    )
