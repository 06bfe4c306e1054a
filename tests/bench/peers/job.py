"""The job as a peer does it: threads or asyncio. The call uses httpx's transports, one connection each, as our wire does."""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from functools import cache

import httpx
import psycopg
from psycopg_pool import ConnectionPool

from tests.bench import domain

DATABASE = os.environ.get("BENCH_DATABASE", "").replace("+psycopg", "")
STUB = os.environ.get("BENCH_STUB", "")
REDIS = os.environ.get("BENCH_REDIS", "")
LEASE = float(os.environ.get("BENCH_LEASE", "60"))
CONCURRENCY = 32
CONNECTIONS = 16

_HEADERS = {"Content-Type": "application/json", "Accept-Encoding": "identity"}
_BODY = b'{"fact":"area"}'
_thread = threading.local()


def request(case_id: str) -> httpx.Request:
    """The call, with its idempotency key."""
    headers = {**_HEADERS, "Idempotency-Key": f"ask:{case_id}"}
    return httpx.Request("POST", f"{STUB}/verify/{case_id}", headers=headers, content=_BODY)


def outcome(case_id: str, answer: str) -> tuple[str, str, str, float]:
    """The values of an outcome row."""
    return (case_id, domain.VERDICT, answer, time.time())


@cache
def _pool() -> ConnectionPool[psycopg.Connection]:
    return ConnectionPool(DATABASE, min_size=CONNECTIONS, max_size=CONNECTIONS, open=True)


def verify(case_id: str) -> None:
    """Blocking: a connection to the party for each thread, psycopg's pool for the rows."""
    if not hasattr(_thread, "line"):
        _thread.line = httpx.HTTPTransport(limits=httpx.Limits(max_connections=1, max_keepalive_connections=1))
    response = _thread.line.handle_request(request(case_id))
    answer = response.read().decode()
    response.close()
    if response.status_code != 200:
        raise RuntimeError(response.status_code)
    first, second, third, fourth = domain.PEER_SQL
    with _pool().connection() as connection:
        connection.execute(first, outcome(case_id, answer))
        connection.execute(second, (case_id,))
        connection.execute(third, (case_id, domain.TOLD))
        connection.execute(fourth, (case_id,))


class Lines:
    """asyncio: idle connections to the party, one for each call under way."""

    def __init__(self) -> None:
        self._idle: deque[httpx.AsyncHTTPTransport] = deque()

    async def ask(self, case_id: str) -> str:
        """The answer."""
        limits = httpx.Limits(max_connections=1, max_keepalive_connections=1)
        line = self._idle.pop() if self._idle else httpx.AsyncHTTPTransport(limits=limits)
        response = await line.handle_async_request(request(case_id))
        answer = (await response.aread()).decode()
        await response.aclose()
        self._idle.append(line)
        if response.status_code != 200:
            raise RuntimeError(response.status_code)
        return answer
