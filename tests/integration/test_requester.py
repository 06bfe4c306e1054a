"""The requester's desk: an officer agrees to what the page shows, sees every open request, and the agency is offered what it may do."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from inspector.domain.assistance import Request
from inspector.flows import assist
from inspector.store.store import Store
from inspector.web import requests
from tests.edge import Edge, serving
from tests.house import Hand, settle
from tests.integration.test_forms import hidden, logged_in
from tests.integration.test_letters import Desk, an_office, go, opened, request_of

pytestmark = pytest.mark.alike


def proposed(edge: Edge, request: Request, day: date) -> datetime:
    """The agency names another day; as the page shows it."""
    office = edge.office
    with office.store.begin() as tx:
        assist.propose_date(office, tx, request.id, day, "档案移交", "王五", office.now())
    return office.calendar.closing(day)


def test_an_officer_agrees_to_the_date_on_the_page_and_then_the_agency_is_not_offered_to_take_longer(
    store: Store, hand: Hand
) -> None:
    office = an_office(store, hand, {"civil-affairs": Desk("civil-affairs")})
    request = request_of(store, opened(office))
    settle(office)
    with serving(office) as edge, edge.client() as browser:
        link, path = f"/assist/{request.id}/{office.link_token('assist', request.id)}", f"/requests/{request.id}"
        assert 'value="extend"' in browser.get(link).text
        logged_in(edge, browser)
        seen = proposed(edge, request, date(2026, 3, 10))
        shown = browser.get(path).text
        form = {name: hidden(shown, name) for name in ("guard", "due_at")} | {"do": "agree", "message": "1"}
        assert datetime.fromisoformat(form["due_at"]) == seen
        proposed(edge, request, date(2026, 6, 30))
        changed = browser.post(path, data=form)
        assert changed.status_code == 409
        assert "2026-03-10T17:30:00+08:00" in changed.text
        assert "2026-06-30T17:30:00+08:00" in changed.text
        assert request_of(store, request.case_id).due_at == request.due_at
        assert browser.post(path, data=form | {"do": "keep", "reasons": "承诺人急需办结"}).status_code == 409
        again = form | {"due_at": hidden(changed.text, "due_at")}
        assert browser.post(path, data=again).status_code == 303
        assert request_of(store, request.case_id).due_at == datetime.fromisoformat(again["due_at"])
        assert 'value="extend"' not in browser.get(link).text, "what is agreed is not extended by one side"


def test_every_open_request_is_on_a_page_the_nearest_date_first(
    store: Store, hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(requests, "SHOWN", 2)
    office = an_office(store, hand, {"civil-affairs": Desk("civil-affairs")})
    cases = []
    for number in range(1, 6):
        cases.append(opened(office, number))
        go(office, letters=True)
        if number % 2:
            hand.on(days=1)
    with serving(office) as edge, edge.client() as browser:
        logged_in(edge, browser)
        path, found = "/requests?lang=en", []
        while path:
            text = browser.get(path).text
            found.append(re.findall(r'href="/requests/([^"?]+)', text))
            (path, *_) = [one.replace("&amp;", "&") for one in re.findall(r'<p><a href="(/requests\?after=[^"]+)"', text)] or [""]
    assert [len(page) for page in found] == [2, 2, 1]
    held = [request_of(store, case_id) for case_id in cases]
    assert [one for page in found for one in page] == [one.id for one in sorted(held, key=lambda one: (one.due_at, one.id))]


def test_open_requests_are_found_by_an_index_and_not_by_reading_all_there_ever_were(store: Store, hand: Hand) -> None:
    asked: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        asked.append((statement, parameters))

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        with store.read() as tx:
            tx.assistance.open_of(["bureau"], 10)
            tx.assistance.known_at("civil-affairs", [], hand() + timedelta(days=1), 10)
            tx.assistance.unfinished(10)
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)
    asked = [one for one in asked if "assistance" in one[0]]
    assert len(asked) == 4
    with store.read() as tx:
        if not store.sqlite:
            tx.connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        for statement, parameters in asked:
            explain = ("EXPLAIN QUERY PLAN " if store.sqlite else "EXPLAIN ") + statement
            plan = "\n".join(str(row[-1]) for row in tx.connection.exec_driver_sql(explain, parameters))
            assert not re.search(r"(SCAN|Seq Scan on) assistance", plan), (statement, plan)
            assert not store.sqlite or "ix_assistance_state_requested" in plan, (statement, plan)
