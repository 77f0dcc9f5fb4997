"""Whether the series may go on: only where the database is the one of the last write, at the same place.

A backup that was restored makes counters fall under one start time, and a copy of the installation is a second writer
of the same series; in the database both look as if nothing had happened. So the last write leaves a random token both
there and in a file of the data directory, and the file has a number that a copy does not have. The database knows of a
token before the file does, and of the one before, so that a writer that dies between the two has changed nothing:

- token and number are those of the database: the series go on;
- another token in the same file, or none in the database: it was restored. All series begin anew at 0, under a later
  start time;
- no such file, or another one: a copy. It begins as well, and is an installation of its own, with series of its own;
- a point was refused as older than the newest, although it was not: somebody else writes. The same as for a copy;
- no write for an hour (three intervals, where these are longer): database and file may both be those of an earlier day.
  All series begin anew.
"""

import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from monitoring.models import HOUR, MetricDelivery

CONTESTED = "contested:"
"""As what the database remembers: no file is like it."""
_FILE = "metric-writes"


@dataclass(frozen=True)
class Remembered:
    """What the file says. `token`: of the last write; `number`: of the file. Both are empty before the first write."""

    token: str = ""
    number: str = ""

    def is_known_by(self, memory: str) -> bool:
        tokens, _, number = memory.partition(":")
        return number == self.number and self.token in tokens.split(",")

    def and_then(self, token: str) -> str:
        """What the database remembers before the file is given the next token."""
        return f"{self.token},{token}:{self.number}"


def changes(delivery: MetricDelivery, last_end_time: datetime | None, end_time: datetime) -> dict[str, Any] | None:
    """What of `delivery` has to be written where the series begin anew at `end_time`, None where they go on."""
    known, found = delivery.memory, _found()
    if not known and not found.token:  # the first write
        return None
    if known and known.partition(":")[2] != found.number:
        return {"series_since": end_time, "installation": uuid.uuid4()}
    silence = max(HOUR, 3 * timedelta(seconds=settings.NANWATCH_MONITORING_INTERVAL))
    is_late = last_end_time is not None and end_time - last_end_time > silence
    return {"series_since": end_time} if not found.is_known_by(known) or is_late else None


def next_token() -> tuple[str, str]:
    """A fresh token, and what the database has to remember of this write before `remember` is called with it."""
    _path().touch(mode=0o600)
    token = secrets.token_hex(12)
    return token, _found().and_then(token)


def remember(token: str) -> None:
    """Writes it to the file in place of the last one, which is as long: in one step, and the number stays."""
    with _path().open("r+") as file:
        file.write(token)


def _found() -> Remembered:
    path = _path()
    try:
        return Remembered(path.read_text(), _number(path))
    except FileNotFoundError:
        return Remembered()


def _number(path: Path) -> str:
    """The same on every machine that mounts the directory."""
    return str(path.stat().st_ino)


def _path() -> Path:
    directory: Path = settings.CONFIGURATION.data_dir
    return directory / _FILE
