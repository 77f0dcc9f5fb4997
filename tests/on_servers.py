"""`python -m tests.on_servers`: tests that meet a database, on PostgreSQL and Redis on 127.0.0.1.

It takes options of pytest. A browser sees the same pages on every database: `make test` leaves it out here.

Where CI is set both servers must answer:
there, a suite that left this half out has failed.
"""

import os
import sys

import psycopg2
import redis

DATABASE_URL = "postgres://root@127.0.0.1:5432/postgres"
REDIS_URL = "redis://127.0.0.1:6379/15"


def main() -> int:
    problems = [problem for ask in (ask_postgres, ask_redis) if (problem := ask())]
    if not problems:
        os.environ.update(DATABASE_URL=DATABASE_URL, REDIS_URL=REDIS_URL)
        os.execv(sys.executable, [sys.executable, "-m", "pytest", "-m", "servers", *sys.argv[1:]])  # noqa: S606 - ourselves
    in_ci = bool(os.environ.get("CI"))
    sys.stderr.write(f"{'FAILED' if in_ci else 'not run'}: the tests on PostgreSQL and Redis: {'; '.join(problems)}\n")
    return 1 if in_ci else 0


def ask_postgres() -> str:
    """What keeps the tests from PostgreSQL, or ""."""
    try:
        psycopg2.connect(DATABASE_URL, connect_timeout=5).close()
    except psycopg2.OperationalError as error:
        return f"PostgreSQL: {str(error).strip().splitlines()[0]}"
    return ""


def ask_redis() -> str:
    """What keeps the tests from Redis, or ""."""
    try:
        redis.Redis.from_url(REDIS_URL, socket_connect_timeout=5).ping()
    except redis.RedisError as error:
        return f"Redis: {error}"
    return ""


if __name__ == "__main__":
    sys.exit(main())
