"""One process at a time works on a row: a lease in database time, taken, renewed and ended by conditional UPDATEs.

So it holds between threads, processes and machines, on SQLite as on PostgreSQL, whatever their clocks say. A process
that dies lets its lease run out.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Generic, TypeVar

from django.db import DatabaseError, connection
from django.db.models import Model, Q, QuerySet
from django.db.models.functions import Now

Row = TypeVar("Row", bound=Model)
RENEW_SECONDS = 10.0


@dataclass(frozen=True)
class LeaseColumns:
    """Where a table keeps its leases: who holds a row, until when, and the holder's value once nobody does."""

    holder: str
    until: str
    nobody: Any = ""


@dataclass(frozen=True)
class Lease(Generic[Row]):
    """The right to work on `row`, a query of one row that finds it as long as its work is not done.

    Each holder writes a `token` that no other one writes; an empty token holds nothing.
    """

    row: QuerySet[Row]
    columns: LeaseColumns
    token: Any

    def take(self, length: timedelta, *conditions: Q, **changes: Any) -> bool:
        """Takes the lease and writes `changes`; False where another process has it, or a condition does not hold."""
        held = {self.columns.holder: self.token, self.columns.until: Now() + length}
        return bool(self.row.filter(past(self.columns.until), *conditions).update(**held, **changes))

    def renew(self, length: timedelta, **changes: Any) -> bool:
        """Holds the row for `length` from now on; False when another process has it by now, or its work is done."""
        return self._write({self.columns.until: Now() + length, **changes})

    def end(self, **changes: Any) -> bool:
        """Lets the row go and writes what came of the work; False, and nothing is written, where `renew` is."""
        return self._write({self.columns.holder: self.columns.nobody, self.columns.until: None, **changes})

    def _write(self, changes: dict[str, Any]) -> bool:
        held = self.row.filter(**{self.columns.holder: self.token}) if self.token else self.row.none()
        return bool(held.update(**changes))


def past(column: str) -> Q:
    """Whether the moment in a column has come by the database's clock, or was never set."""
    return Q(**{f"{column}__isnull": True}) | Q(**{f"{column}__lte": Now()})


@contextmanager
def repeated(renew: Callable[[], object], seconds: float = RENEW_SECONDS) -> Iterator[None]:
    """Calls `renew` every so many seconds until the block ends, from a thread of its own."""
    over = threading.Event()
    thread = threading.Thread(target=_repeat, args=(renew, seconds, over), name="repeated", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _repeat(renew: Callable[[], object], seconds: float, over: threading.Event) -> None:
    try:
        while not over.wait(seconds):
            try:
                renew()
            except DatabaseError:
                connection.close()  # a database that was away for a moment: the next round asks anew
    finally:
        connection.close()
