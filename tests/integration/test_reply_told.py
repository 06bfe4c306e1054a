"""What the page of a request tells its agency: a date by the clock and not by the state alone, and what the common superior has decided."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from inspector.domain.assistance import AssistanceState, Past, Quarrel, Request
from inspector.domain.decision import OrderKind
from inspector.flows import assist, replylink
from inspector.flows.office import Office
from inspector.labels import label
from inspector.store.store import Store
from tests.edge import Edge, serving
from tests.house import Hand, settle
from tests.integration.test_letters import an_office, opened, request_of
from tests.integration.test_way import Post


def page(edge: Edge, office: Office, request: Request, purpose: str = replylink.LINK, path: str = "assist") -> str:
    """The page of a request, by the link of one of its readers."""
    with office.store.read() as tx:
        secret = replylink.token(office, tx, purpose, request.id)
    with edge.client() as client:
        answer = client.get(f"/{path}/{request.id}/{secret}", params={"lang": "en"})
    assert answer.status_code == 200
    return str(answer.text)


def now(text: str) -> str:
    """The sentence that says how things stand."""
    return text.partition('class="now">')[2].partition("</p>")[0]


@pytest.mark.alike
def test_a_date_is_told_as_coming_near_or_over_by_the_clock(store: Store, hand: Hand) -> None:
    office = an_office(store, hand, {"civil-affairs": Post("civil-affairs")})
    with serving(office) as edge:
        case_id = opened(office)
        settle(office)
        request = request_of(store, case_id)
        steps = {rung.kind: rung.at for rung in request.rungs}
        assert now(page(edge, office, request)).startswith("Please answer by")
        urged = Past(at=hand(), rule="assistance.acknowledge", who="civil-affairs")
        with store.begin() as tx:
            tx.assistance.put(replace(request, state=AssistanceState.REMINDED, history=(*request.history, urged)))
        told = now(page(edge, office, request))
        assert told.startswith("Nobody has taken it on yet"), "that nobody took it on says nothing of its date"
        hand.now = steps[OrderKind.ASSIST_REMIND]
        settle(office)
        assert now(page(edge, office, request)).startswith("The date is near")
        hand.now = request_of(store, case_id).due_at - timedelta(minutes=1)
        assert now(page(edge, office, request)).startswith("The date is near")
        hand.now += timedelta(minutes=1)
        assert now(page(edge, office, request)) == label("ui.assist_past_due", "en")


@pytest.mark.alike
@pytest.mark.parametrize("helps", [True, False])
def test_what_the_superior_has_decided_stands_on_its_own_page_and_on_the_agencys(store: Store, hand: Hand, helps: bool) -> None:
    office = an_office(store, hand, {"civil-affairs": Post("civil-affairs"), "county-office": Post("county-office")})
    with serving(office) as edge:
        case_id = opened(office)
        settle(office)
        request = request_of(store, case_id)
        with store.begin() as tx:
            assist.contest(office, tx, request.id, Quarrel.COMPETENCE, "不归我局", "王五", hand())
        settle(office)
        for purpose, path in ((replylink.LINK, "assist"), (replylink.OVERSEE, "oversee")):
            before = page(edge, office, request, purpose, path)
            assert "<dt>Reasons of whoever disputes it</dt>" in before
            assert "不归我局" in before
            assert "<dt>Decision</dt>" not in before
        with store.begin() as tx:
            assist.decide(office, tx, request.id, helps, "属住建局职权", "县府办", hand())
        settle(office)
        for purpose, path in ((replylink.LINK, "assist"), (replylink.OVERSEE, "oversee")):
            text = page(edge, office, request, purpose, path)
            assert f"<dt>Decision</dt><dd>{'It is to help' if helps else 'It need not'}</dd>" in text
            assert '<dt>Decided by</dt><dd dir="auto" class="typed">区 – 县府办</dd>' in text
            behind = text.partition("<dt>Reasons of the decision</dt>")[2].partition("</dd>")[0]
            assert "属住建局职权" in behind
