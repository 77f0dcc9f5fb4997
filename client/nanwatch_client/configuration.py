"""What a client was told by `init`, checked."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from nanwatch_client.redaction import Redaction

MIB = 2**20
SMALLEST_QUEUE = MIB
LARGEST_BATCH = 16 * MIB  # the service takes 64 MiB at once

Sample = dict[str, Any]
BeforeSend = Callable[[Sample], "Sample | None"]


@dataclass(frozen=True)
class Configuration:
    """The key is not part of its representation, so that no log shows it."""

    url: str
    api_key: str = field(repr=False)
    sample_rate: float
    max_queue_bytes: int
    before_send: BeforeSend | None
    redact: tuple[Redaction, ...]
    ask_metadata_server: bool

    @property
    def batch_bytes(self) -> int:
        """The most that one batch of rows may take, and so one row."""
        return min(self.max_queue_bytes // 16, LARGEST_BATCH)

    @property
    def queued_bytes(self) -> int:
        """What rows may take that wait: the rest is for the batch that is being packed, which is copied thrice."""
        return self.max_queue_bytes - 4 * self.batch_bytes


def configured(
    url: str,
    api_key: str,
    sample_rate: float,
    max_queue_bytes: int,
    before_send: BeforeSend | None,
    redact: Iterable[object],
    ask_metadata_server: bool,
) -> Configuration:
    """Raises ValueError with a sentence for the log."""
    parts = urlsplit(str(url))
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"url must be that of a NaNWatch service, such as https://nanwatch.example, not {url!r}")
    if not isinstance(api_key, str) or not api_key.isascii() or not api_key.isprintable() or not api_key:
        raise ValueError("api_key must be a key of the service with the scope `ingest`")
    if not 0 <= float(sample_rate) <= 1:
        raise ValueError(f"sample_rate must be a share from 0 to 1, not {sample_rate!r}")
    if int(max_queue_bytes) < SMALLEST_QUEUE:
        raise ValueError(f"max_queue_bytes must be at least {SMALLEST_QUEUE}, not {max_queue_bytes!r}")
    if before_send is not None and not callable(before_send):
        raise ValueError("before_send must be a function that takes a sample and returns it, or None to drop it")
    return Configuration(
        url=str(url).rstrip("/"),
        api_key=api_key,
        sample_rate=float(sample_rate),
        max_queue_bytes=int(max_queue_bytes),
        before_send=before_send,
        redact=tuple(Redaction.of(one) for one in redact),
        ask_metadata_server=bool(ask_metadata_server),
    )
