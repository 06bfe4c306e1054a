"""An office with keys works: what the other tests ask of an office without, once in one that seals. `INSPECTOR_TEST_SEALED=1` asks all.

Each step reads entries of the ledger that were sealed, and some of them words that went.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from inspector.domain.case import CaseState, Outcome
from inspector.domain.evidence import Verdict
from inspector.domain.finding import Finding
from inspector.domain.gazette import Fallen
from inspector.domain.objection import ObjectionState
from inspector.domain.proposal import Proposal
from inspector.domain.retention import Record
from inspector.flows import assist, dispatch, lookback, publication
from inspector.flows.draw import announce_now
from inspector.store.store import Store
from tests import house
from tests.drawn import announced, carried_out, drawing
from tests.house import Hand, post, settle
from tests.integration.test_draw_way import replayed, visits
from tests.integration.test_letters import Desk, an_office, request_of
from tests.integration.test_publications import look, said
from tests.integration.test_purging import due, holding, let_go, night, troubles
from tests.integration.test_way import HOUSEHOLD, person
from tests.proceedings import decided
from tests.sealing import at_rest, found, sealed_store

SEEN, REMARK, SIGNER, OBJECTED, NOTED = (
    "户主在场，出示了租约原件",
    "档案柜第三层原件已核",
    "赵六六",
    "登记在承诺之后才注销",
    "举报人欧阳暗记认错了门",
)


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    with house.closing(sealed_store(database_url)) as held:
        yield held


@pytest.mark.slow
def test_an_office_that_seals_asks_draws_visits_hears_and_lets_go(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    (seen,), draw = announced(office, hand, cases=1)
    carried_out(office, hand, draw.number)
    (visit,) = (one for one in visits(office, draw.number) if one.case_ids == (seen,))
    findings = [Finding(case_id=seen, claim=one.claim, verdict=Verdict.MATCH, note=SEEN) for one in visit.doubts]
    with store.begin() as tx:
        team = tx.visits.team(visit.id)
        for one in team:
            dispatch.accept(tx, one.name, hand())
        dispatch.report(office, tx, team[0].name, findings, "", hand())
    replayed(office, draw.number)
    look(office, hand)
    said(office, publication.publish, office.calendar.local_date(hand()), "公告栏")
    said(office, publication.recall, Fallen.MISTAKE, NOTED, "")

    asking = an_office(store, hand, {name: Desk(name) for name in ("civil-affairs", "county-office", "housing")})
    asked = post(asking, person(9, "relief-household", HOUSEHOLD))
    settle(asking)
    request = request_of(store, asked)
    with store.begin() as tx:
        value = str(request.question["claimed"])
        assist.answer(asking, tx, request.id, Verdict.MATCH, value, SIGNER, hand(), remark=REMARK)
    settle(asking)
    with store.read() as tx:
        assert {tx.cases.get(one).state for one in (seen, asked)} == {CaseState.CLOSED}

    case = decided(store, hand, Outcome.FALSE_KNOWING, number=5)
    entry = case.impose(case.the(Proposal.RECORD_CREDIT)).entry
    objection = case.object(entry, OBJECTED)
    assert case.answer(objection, case.by("赵六七"), upheld=True).state is ObjectionState.UPHELD

    with store.read() as tx:
        of = tx.cases.get(asked).subject
    words = {SEEN, REMARK, SIGNER, OBJECTED, NOTED, of.code}
    assert all(holding(store, word) for word in words), "who has the keys reads it"
    assert found(at_rest(store), words) == set()
    night(asking, hand, days=3_700)
    assert holding(store, REMARK) == set(), "what an agency said goes by itself"
    assert (asked, ()) in due(asking, Record.ENFORCEMENT)
    let_go(asking, asked)
    assert [(word, where) for word in (of.code, SIGNER) if (where := holding(store, word))] == []
    assert troubles(store) == set(), "its entries are blank, and nothing else is"
    with store.begin() as tx:
        assert tx.ledger.facts(["assistance.answer"], asked) == [], "which says nothing, to whoever asks"
        assert lookback.differing(office, tx, ("bureau",), hand()) == []
        assert announce_now(office, tx, "weekly", "clerk", hand()) is not None, "and the next draw is prepared as ever"
