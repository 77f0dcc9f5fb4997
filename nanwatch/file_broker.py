"""kombu's filesystem transport, made safe between processes.

kombu 5.7 names a message's file before it is written: a worker that polls in between reads an empty file and
dies of it (9 of 3,000 messages under a busy poll). Here a message is written under another name, then renamed.
Its files of bindings have the same race when several processes start; here they are not needed.
"""

import time
import uuid
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.transport import filesystem
from kombu.utils.json import dumps, loads


class Channel(filesystem.Channel):
    """A folder of messages, oldest first; each exchange leads to the queue of its name, as Celery's do."""

    def get_table(self, exchange: str) -> list[filesystem.exchange_queue_t]:  # type: ignore[override]
        return [filesystem.exchange_queue_t(routing_key=exchange, pattern="", queue=exchange)]

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str | None, queue: str) -> None:
        """Nothing to remember."""

    def _put(self, queue: str, payload: dict[str, Any], **_: object) -> None:  # type: ignore[override]
        name = f"{time.time_ns()}_{uuid.uuid4().hex}.{queue}.msg"
        unfinished = Path(self.data_folder_out, f"{name}.unfinished")
        unfinished.write_text(dumps(payload))
        unfinished.rename(unfinished.with_suffix(""))

    def _get(self, queue: str, timeout: float | None = None) -> dict[str, Any]:  # noqa: ARG002 - kombu's
        for message in sorted(Path(self.data_folder_in).glob(f"*.{queue}.msg")):
            taken = message.with_suffix(".taken")
            try:
                message.rename(taken)
            except FileNotFoundError:  # another consumer was faster
                continue
            payload: dict[str, Any] = loads(taken.read_text())
            taken.unlink()
            return payload
        raise Empty


class Transport(filesystem.Transport):
    """Celery finds it by the setting `broker_transport`."""

    Channel = Channel
