"""Whoever is refused finds the request again, by its case and among those that are over, and disputes it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from inspector.flows import assist
from inspector.store.store import Store
from inspector.web import requests
from tests.edge import Edge, serving
from tests.house import Hand, open_office
from tests.integration.test_api_links import asked
from tests.integration.test_decided_above import explained
from tests.integration.test_forms import logged_in

pytestmark = pytest.mark.alike


@pytest.fixture
def edge(store: Store, hand: Hand) -> Iterator[Edge]:
    """The edge of an office that asks other agencies."""
    with serving(open_office(store, hand)) as held:
        yield held


def refused(edge: Edge, number: int) -> str:
    """A request that was refused."""
    request_id, _ = asked(edge, number)
    with edge.office.store.begin() as tx:
        assist.refuse(edge.office, tx, request_id, "没有这些档案", "赵六", edge.office.now())
    return request_id


def test_requests_that_are_over_are_listed_page_by_page_and_the_case_leads_to_its_own(
    edge: Edge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(requests, "SHOWN", 2)
    ids, (there, _) = [refused(edge, number) for number in (1, 2, 3)], asked(edge, 4)
    with edge.client() as browser:
        logged_in(edge, browser)
        start = browser.get("/requests?lang=en").text
        assert (there in start, ids[0] in start) == (True, False)
        way = re.search(r'href="(/requests\?state=over[^"]*)"', start)
        assert way is not None
        first = browser.get(way[1].replace("&amp;", "&")).text
        assert [one in first for one in (*ids, there)] == [False, True, True, False], "the newest first"
        more = re.search(r'href="(/requests\?after=[^"]*)"', first)
        assert more is not None
        second = browser.get(more[1].replace("&amp;", "&")).text
        assert [f'href="/requests/{one}' in second for one in ids] == [True, False, False]
        assert f"after={ids[0]}" not in second
        assert browser.get("/requests?state=gone").status_code == 422
        case_id = ids[0].partition(".")[0]
        page = browser.get(f"/review/{case_id}?lang=en").text
        assert f'href="/requests/{ids[0]}' in page
        desk = browser.get(f"/requests/{ids[0]}?lang=en").text
    assert 'value="refusal"' in desk, "and there it is disputed"
    assert f"request {ids[0]}" in explained(edge, case_id)
