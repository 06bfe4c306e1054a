"""Whoever opens a page of the house without a session is sent to log in, and from there comes to that page."""

from __future__ import annotations

import re

import pytest
from fastapi.routing import APIRoute

from inspector.store.store import Store
from inspector.web.app import PAGES
from tests.edge import serving
from tests.house import Hand, open_office

pytestmark = pytest.mark.alike
ID = "0123456789abcdef0123456789abcdef"


def addresses(method: str) -> set[str]:
    """The address of every page of the house for a method, but those behind a link of their own, which nobody logs in for."""
    held = (route for room in PAGES for route in room.routes if isinstance(route, APIRoute) and method in (route.methods or ()))
    return {route.path for route in held if "{token}" not in route.path and "{rest:path}" not in route.path}


def filled(path: str) -> str:
    """An address, with a name in the place of each parameter, and a digest where one is asked for."""
    return re.sub(r"\{[^}]+\}", ID, path.replace("{digest}", ID * 2))


@pytest.mark.slow
def test_each_page_that_asks_to_log_in_is_come_back_to(store: Store, hand: Hand) -> None:
    office = open_office(store, hand)
    pages, sent = {filled(one) for one in addresses("GET")}, dict[str, str]()
    with serving(office) as edge, edge.client() as nobody:
        for method in ("GET", "POST"):
            for one in sorted(addresses(method)):
                to = nobody.request(method, filled(one)).headers.get("location", "")
                if to.startswith("/login?next="):
                    sent[one] = to
        ways = sorted(set(sent.values()))
        assert [to for to in ways if to.removeprefix("/login?next=") not in pages or nobody.get(to).status_code != 200] == []
    assert {"/review", "/oversight/returns", "/proofs/{proof_id}", "/review/{case_id}/dossier"} <= {*sent}, (
        "it has looked at them"
    )
