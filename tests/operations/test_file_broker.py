"""The broker that needs no server: messages arrive once, whole, whoever polls meanwhile."""

import threading
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from kombu import Connection
from kombu.simple import SimpleQueue

MESSAGES = 400


@pytest.fixture
def connection(tmp_path: Path) -> Connection:
    folder = str(tmp_path)
    return Connection(
        transport="nanwatch.file_broker:Transport",
        transport_options={"data_folder_in": folder, "data_folder_out": folder, "polling_interval": 0.001},
    )


def take_all(queue: SimpleQueue, sent: threading.Event) -> list[Any]:
    """Takes messages until the queue stays empty after everything was sent."""
    taken: list[Any] = []
    while True:
        last_look = sent.is_set()
        try:
            message = queue.get(timeout=0.2)
        except Empty:
            if last_look:
                return taken
        else:
            message.ack()
            taken.append(message.payload)


def test_every_message_arrives_once_between_busy_consumers(connection: Connection, tmp_path: Path) -> None:
    arrived: list[Any] = []
    sent = threading.Event()
    sender = connection.SimpleQueue("replay")
    consumers = [
        threading.Thread(target=lambda: arrived.extend(take_all(connection.clone().SimpleQueue("replay"), sent)))
        for _ in range(3)
    ]
    for consumer in consumers:
        consumer.start()
    for number in range(MESSAGES):
        sender.put(number)
    sent.set()
    for consumer in consumers:
        consumer.join(timeout=60)
    assert sorted(arrived) == list(range(MESSAGES))
    assert not list(tmp_path.glob("*replay.msg*"))


def test_messages_come_oldest_first_and_only_from_their_queue(connection: Connection) -> None:
    mine, other = connection.SimpleQueue("mine"), connection.SimpleQueue("other")
    for number in range(3):
        mine.put(number)
        other.put("other")
    sent = threading.Event()
    sent.set()
    assert take_all(mine, sent) == [0, 1, 2]
