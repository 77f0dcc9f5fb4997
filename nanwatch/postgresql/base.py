"""Django's PostgreSQL with a cheaper question whether a kept connection is alive.

Before the first statement of every request Django asks the server `SELECT 1`: a fifth of what a batch of one row costs.
A server that was restarted, or that ended the session, has closed the connection, and the socket says so by itself.
Only who vanished without a word has to be asked, and that once in a while is enough.
"""

import select
import time

from django.db.backends.postgresql import base

ASK_EVERY = 5.0  # seconds


class DatabaseWrapper(base.DatabaseWrapper):
    _answered_at = -ASK_EVERY

    def is_usable(self) -> bool:
        now = time.monotonic()
        if now - self._answered_at < ASK_EVERY and self._is_quiet():
            return True
        usable = super().is_usable()
        if usable:
            self._answered_at = now
        return usable

    def _is_quiet(self) -> bool:
        """Open, no statement failed on it, and nothing arrived that nobody asked for, which would be a farewell."""
        if self.connection is None or self.connection.closed or self.errors_occurred:
            return False
        poll = select.poll()
        poll.register(self.connection, select.POLLIN)
        return not poll.poll(0)
