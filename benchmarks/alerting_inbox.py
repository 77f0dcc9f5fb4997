"""A webhook that refuses some messages, and takes others without an answer."""

import json
import random
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from django.utils import timezone


@dataclass
class Inbox:
    """`messages`: what was taken, by its id: a receiver drops what it has.

    `faults`: the share of posts that is refused, and as much again that is taken without an answer.
    """

    url: str
    dice: random.Random
    faults: float
    messages: dict[str, dict[str, Any]] = field(default_factory=dict)
    taken_at: Counter[datetime] = field(default_factory=Counter)
    refused: int = 0
    lost: int = 0

    @property
    def most_a_minute(self) -> int:
        return max(self.taken_at.values(), default=0)

    def notices(self, changes: Sequence[str]) -> Iterator[tuple[str, str]]:
        """Model and symptom of each notice of these changes."""
        for message in self.messages.values():
            for one in message["data"]["incidents"]:
                if one["change"] in changes:
                    yield one["model"], one["symptom"]

    def take(self, id_: str, body: bytes) -> int:
        """The status to answer with; 0 for no answer."""
        if self.dice.random() < self.faults:
            self.refused += 1
            return 503
        self.messages.setdefault(id_, json.loads(body))
        self.taken_at[timezone.now().replace(second=0, microsecond=0)] += 1
        if self.dice.random() < self.faults:
            self.lost += 1
            return 0
        return 200


@contextmanager
def inbox(dice: random.Random, faults: float) -> Iterator[Inbox]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if status := received.take(self.headers["webhook-id"], body):
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Ten thousand lines would be of use to nobody."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        received = Inbox(f"http://127.0.0.1:{server.server_port}/", random.Random(dice.random()), faults)
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield received
        server.shutdown()
