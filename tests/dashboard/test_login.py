"""Passwords cannot be guessed in any number."""

from typing import Any

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.models import User
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def person() -> User:
    return User.objects.create_user("ada", password="right")


def log_in(password: str, address: str = "10.0.0.1") -> Any:
    return Client(REMOTE_ADDR=address).post("/login", {"username": "ada", "password": password})


def test_ten_wrong_passwords_lock_the_user_out_for_a_while_from_that_address() -> None:
    answers = [log_in("wrong") for _ in range(10)]

    assert [answer.status_code for answer in answers] == [200] * 9 + [429]
    locked = log_in("right")
    assert locked.status_code == 429
    assert "for 15 minutes" in locked.content.decode()
    assert log_in("right", "10.0.0.2").status_code == 302


def test_behind_a_socket_without_addresses_too() -> None:
    assert [log_in("wrong", "").status_code for _ in range(10)] == [200] * 9 + [429]


def test_the_right_password_forgets_the_wrong_ones() -> None:
    for _ in range(9):
        log_in("wrong")

    assert log_in("right").status_code == 302
    assert not AccessAttempt.objects.exists()


def test_no_password_is_kept() -> None:
    log_in("hunter2hunter2")

    (attempt,) = AccessAttempt.objects.values()
    assert "hunter2" not in str(attempt)
