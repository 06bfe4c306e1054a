"""The edge over a test office: a real server on a free port, tokens for every role, and clients that carry them."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import httpx

from inspector.flows.office import Office
from inspector.settings import Web
from inspector.telemetry.metrics import Metrics
from inspector.web.app import build
from inspector.web.health import Health
from inspector.web.roles import Role
from inspector.web.server import Server, listen

WENT = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
"""What a browser sends of itself when somebody goes to a page; what only fetches it does not."""
WEB = Web(port=0, max_body_bytes=200_000)


_CERTIFICATES = ssl.create_default_context()
"""Read once: nobody speaks TLS here, and each client would read them all."""


@dataclass
class Edge:
    """A running server. `health` and `live` may be changed; `announced` are the keys of work made ready."""

    office: Office
    url: str
    server: Server
    metrics: Metrics
    health: list[Health] = field(default_factory=lambda: [Health()])
    live: list[bool] = field(default_factory=lambda: [True])
    announced: list[str] = field(default_factory=list)

    def token(self, role: Role | str, agency: str = "bureau", name: str = "", *, days: int = 1) -> str:
        """A token's text."""
        now = datetime.now(UTC)
        with self.office.store.begin() as tx:
            return tx.tokens.issue(name or str(role), agency, str(role), now, now + timedelta(days=days))

    @contextmanager
    def as_(self, role: Role | str, agency: str = "bureau", name: str = "") -> Iterator[httpx.Client]:
        """A client with a token of this role."""
        with self.client(Authorization=f"Bearer {self.token(role, agency, name)}") as client:
            yield client

    def client(self, **headers: str) -> httpx.Client:
        """A client with these headers."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return httpx.Client(base_url=self.url, headers=named, trust_env=False, timeout=60, verify=_CERTIFICATES)


@contextmanager
def serving(office: Office, web: Web = WEB) -> Iterator[Edge]:
    """An edge for the length of a block."""
    metrics, health, live, announced = Metrics(), [Health()], [True], list[str]()
    server = Server(build(office, metrics, lambda: health[0], lambda: live[0], web), listen(web))
    office.store.announce_to(lambda _tx, keys: announced.extend(keys))
    server.start()
    try:
        url = f"http://127.0.0.1:{server.port}"
        yield Edge(office=office, url=url, server=server, metrics=metrics, health=health, live=live, announced=announced)
    finally:
        server.stop()
        office.store.announce_to(None)


def a_case(number: int = 1, **changes: object) -> dict[str, object]:
    """A case as a system posts it."""
    held: dict[str, object] = {
        "agency": "bureau",
        "reference": f"R-{number:06d}",
        "route": "COMMITMENT",
        "matter": "LICENCE",
        "item": "business-licence",
        "subject": {"kind": "FIRM", "code": f"TEST{number:014d}", "name": "某某有限公司"},
        "claims": [{"key": "c1", "fact": "registration-status", "value": "存续", "on": "2026-02-27"}],
        "letter": {"text": "本单位承诺", "notice_version": "2025-01", "signed_by": "张三", "signed_on": "2026-03-01"},
    }
    return held | changes
