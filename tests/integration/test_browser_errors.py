"""What a browser meets that has no form: the page after logging in, and pages that say what is wrong."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from inspector.store.store import Store
from tests.edge import Edge, serving
from tests.house import Hand, open_office

pytestmark = pytest.mark.alike


@pytest.fixture
def edge(store: Store, hand: Hand) -> Iterator[Edge]:
    """The edge of an office without connectors."""
    with serving(open_office(store, hand)) as held:
        yield held


def test_whoever_logs_in_without_a_page_in_mind_comes_to_one_of_the_role(edge: Edge) -> None:
    for role, home in (("ops", "/ops"), ("officer", "/review"), ("auditor", "/review")):
        with edge.client() as browser:
            assert 'action="/login"' in browser.get("/login").text
            token = edge.token(role, "city", f"somebody-{role}")
            assert browser.post("/login", data={"token": token}).headers["location"] == home
            assert browser.get(home).status_code == 200


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/review/nope", 404),
        ("/nothing", 404),
        ("/login?next=https://elsewhere.example", 422),
        ("/logout", 405),
        ("/ops/draws/%20", 404),
    ],
)
def test_a_browser_gets_a_page_of_whatever_is_wrong_and_a_program_the_one_shape(edge: Edge, path: str, status: int) -> None:
    with edge.client(Accept="text/html,application/xhtml+xml,*/*;q=0.8", Accept_Language="en") as browser:
        shown = browser.get(path)
        programs = browser.get("/v1/nothing")
    with edge.client() as program:
        told = program.get(path)
    assert (shown.status_code, shown.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert "<h1>" in shown.text
    assert "^" not in shown.text, "no expression of a validator"
    assert (told.status_code, "error" in told.json()) == (status, True)
    assert programs.json()["error"]["code"] == "path_unknown", "the API has one shape for everybody"
