"""At the edge a person's browser gets pages, the log-in takes no other site's form, and whoever falls silent amid a message is told so."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator

import pytest

from inspector.store.store import Store
from inspector.web import connection
from tests.edge import Edge, serving
from tests.house import Hand, open_office

pytestmark = pytest.mark.alike
PAGE = {"Accept": "text/html"}


@pytest.fixture
def edge(store: Store, hand: Hand) -> Iterator[Edge]:
    with serving(open_office(store, hand)) as held:
        yield held


@pytest.mark.parametrize(
    ("method", "path", "status"), [("POST", "/login", 413), ("POST", "/assist/x/y", 413), ("GET", "/seat/%00/%ff", 404)]
)
def test_a_person_whose_request_is_refused_by_its_head_alone_gets_a_page(edge: Edge, method: str, path: str, status: int) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"} if method == "POST" else {}
    with edge.client() as client:
        body = b"token=" + b"x" * 4_200_000 if method == "POST" else b""
        seen = client.request(method, path, content=body, headers=PAGE | form)
        told = client.request(method, path, content=body, headers=form)
    assert (seen.status_code, seen.headers["content-type"].split(";")[0]) == (status, "text/html")
    assert "<h1" in seen.text
    assert (told.status_code, told.headers["content-type"]) == (status, "application/json"), "a program gets what it did"


@pytest.mark.parametrize(
    ("headers", "fine"),
    [
        ({}, True),
        ({"Origin": "null"}, True),
        ({"Origin": "null", "Sec-Fetch-Site": "same-origin"}, True),
        ({"Origin": "https://elsewhere.example"}, False),
        ({"Origin": "null", "Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "same-site"}, False),
    ],
)
def test_nobody_is_logged_in_by_another_sites_page(edge: Edge, headers: dict[str, str], fine: bool) -> None:
    token = edge.token("officer")
    with edge.client() as client:
        said = client.post("/login", data={"token": token}, headers=headers, follow_redirects=False)
        own = client.post(
            "/login", data={"token": token}, headers={"Origin": str(client.base_url).rstrip("/")}, follow_redirects=False
        )
    assert (said.status_code, "set-cookie" in said.headers) == ((303, True) if fine else (403, False))
    assert own.status_code == 303


def test_whoever_falls_silent_amid_a_message_is_told_so(edge: Edge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "SILENCE", 0.5)
    with edge.client() as client:
        host, port = client.base_url.host, client.base_url.port
    with socket.create_connection((host, port or 80), timeout=60) as line:
        head = f"POST /v1/cases HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {edge.token('system')}\r\n"
        line.sendall(f"{head}Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{{".encode())
        heard = b""
        while part := line.recv(4096):
            heard += part
    told, _, body = heard.partition(b"\r\n\r\n")
    assert told.startswith(b"HTTP/1.1 408 ")
    assert json.loads(body)["error"]["code"] == "message_late"
