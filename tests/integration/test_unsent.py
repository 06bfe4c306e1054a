"""Our own outage is never held against an agency: its time begins when somebody outside has the letter (handbook 1.5.5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.agencies import paper
from inspector.domain.assistance import AssistanceState, Door, Request
from inspector.domain.evidence import Verdict
from inspector.domain.letter import LetterKind
from inspector.domain.said import Said, Saying
from inspector.domain.scoreboard import ended_as
from inspector.flows import assist, hearing, past, posted, review
from inspector.flows.dossier import dossier
from inspector.flows.explain import explain
from inspector.flows.narrative import render
from inspector.flows.office import Office
from inspector.flows.posting import Lost, lost
from inspector.flows.requests import policy_of
from inspector.flows.scoreboard import scoreboard
from inspector.store.store import Store
from tests.edge import serving
from tests.house import Hand, settle
from tests.integration.test_letters import Desk, an_office, opened, request_of

pytestmark = pytest.mark.alike


def test_after_an_outage_of_ours_the_first_letter_tells_a_date_ahead_and_nobody_above_hears(store: Store, hand: Hand) -> None:
    civil, county = Desk("civil-affairs"), Desk("county-office")
    office = an_office(store, hand, {"civil-affairs": civil, "county-office": county})
    case_id = opened(office)
    before = request_of(store, case_id)
    hand.now = before.escalate_at + timedelta(hours=1)
    settle(office)
    request = request_of(store, case_id)
    assert (civil.kinds, county.kinds, request.state) == ([LetterKind.REQUEST], [], AssistanceState.SENT)
    assert civil.letters[0].due_at == request.due_at > hand.now
    hand.now = request.escalate_at
    settle(office)
    assert county.kinds == [LetterKind.ESCALATION], "a term of its own, and then the superior"


def test_a_letter_that_leaves_an_hour_before_its_date_has_its_whole_term_and_no_reminder_beside_it(
    store: Store, hand: Hand
) -> None:
    civil = Desk("civil-affairs")
    office = an_office(store, hand, {"civil-affairs": civil, "county-office": Desk("county-office")})
    case_id = opened(office)
    hand.now = request_of(store, case_id).due_at - timedelta(hours=1)
    settle(office)
    request = request_of(store, case_id)
    assert (civil.kinds, civil.letters[0].due_at) == ([LetterKind.REQUEST], request.due_at)
    hand.on(hours=16)
    with store.begin() as tx:
        assist.answer(office, tx, request.id, Verdict.MATCH, "", "王五", hand())
    with store.read() as tx:
        (score,) = scoreboard(office, tx)
    assert (score.heard_in_time, score.punctual, score.answer_days) == (1, 1, [1])


@pytest.mark.parametrize(("key", "state"), [("further", AssistanceState.ORDERED), ("first", AssistanceState.UNANSWERED)])
def test_a_further_letter_that_nobody_takes_ends_no_request_whose_first_one_is_still_to_leave(
    store: Store, hand: Hand, key: str, state: AssistanceState
) -> None:
    office = an_office(store, hand, {"civil-affairs": Desk("civil-affairs"), "county-office": Desk("county-office")})
    request = request_of(store, opened(office))
    with store.begin() as tx:
        tx.assistance.put(replace(request, again=("further",)))
        told = Lost(request_id=request.id, kind=LetterKind.REQUEST, via="civil-affairs", key=key, code="http_422", unsure=False)
        lost(tx, office, told, hand())
    assert request_of(store, request.case_id).state is state


def told(office: Office, case_id: str) -> str:
    """The dossier as a superior would have it."""
    request = request_of(office.store, case_id)
    with office.store.read() as tx:
        return dossier(office, policy_of(office, tx, request), request, LetterKind.ESCALATION, "zh-Hans")


def test_a_letter_on_paper_has_left_when_a_person_says_that_it_was_posted(store: Store, hand: Hand, tmp_path: Path) -> None:
    office = an_office(
        store,
        hand,
        {"civil-affairs": paper.connect("civil-affairs", {"folder": str(tmp_path)}), "county-office": Desk("county-office")},
    )
    case_id = opened(office)
    settle(office)
    request = request_of(store, case_id)
    assert (request.state, request.sent_at) == (AssistanceState.ORDERED, None)
    assert "待打印寄送" in told(office, case_id)
    assert "发出" not in told(office, case_id)
    hand.on(days=2)
    settle(office)
    with store.begin() as tx:
        (matter,) = [row["id"] for row in tx.attention.page(None) if row["kind"] == "letter_to_post"]
        posted.seen_to(office, tx, matter, "李四", hand(), note="已挂号寄出")
    request = request_of(store, case_id)
    assert (request.state, request.sent_at) == (AssistanceState.SENT, hand())
    assert request.due_at.date() > date(2026, 3, 5), "the term of three days runs from the posting"
    assert "函件已寄出" in told(office, case_id)


def shown(office: Office, case_id: str) -> str:
    """The agency's page, as whoever has its link reads it."""
    request = request_of(office.store, case_id)
    with serving(office) as edge, edge.client() as client:
        return client.get(f"/assist/{request.id}/{office.link_token('assist', request.id)}").text


def listed(request: Request) -> str:
    """How the command line says it."""
    return past.stands(request.state, ended_as(request), "zh-Hans")


@pytest.mark.slow
def test_a_letter_on_paper_that_nobody_posts_ends_as_one_that_reached_nobody(store: Store, hand: Hand, tmp_path: Path) -> None:
    county = Desk("county-office")
    office = an_office(
        store, hand, {"civil-affairs": paper.connect("civil-affairs", {"folder": str(tmp_path)}), "county-office": county}
    )
    case_id = opened(office)
    for _ in range(4):
        settle(office)
        hand.on(days=5)
    settle(office)
    assert (request_of(store, case_id).state, county.kinds) == (AssistanceState.UNANSWERED, [])
    assert len(list(tmp_path.glob("*.html"))) == 1, "nobody hears of the end of what it never knew"
    with store.read() as tx:
        (score,) = scoreboard(office, tx)
        assert (score.unreached, score.unanswered, score.escalated) == (1, 0, 0)
        why = render(explain(office, tx, case_id), "zh-Hans")
    for where in (why, shown(office, case_id), listed(request_of(store, case_id))):
        assert "函件未送达，不作未答复论" in where, "nobody reads that the agency was silent"
    with store.read() as tx:
        assert [row for row in tx.attention.page(None) if row["kind"] == "letter_to_post"] == []
        assert [(one.verdict, one.note) for one in tx.cases.evidence(case_id) if one.via == "civil-affairs"] == [
            (Verdict.NO_ANSWER, "not_sent")
        ]


def test_a_case_that_is_withdrawn_after_its_letter_has_reached_nobody_was_not_called_off(store: Store, hand: Hand) -> None:
    office = an_office(store, hand, {"civil-affairs": Desk("civil-affairs"), "county-office": Desk("county-office")})
    request = request_of(store, opened(office))
    hand.on(days=3)
    with store.begin() as tx:
        told = Lost(
            request_id=request.id, kind=LetterKind.REQUEST, via="civil-affairs", key="first", code="unreachable", unsure=True
        )
        lost(tx, office, told, hand())
    hand.on(days=2)
    with store.begin() as tx:
        review.withdraw(office, tx, request.case_id, "改为提交证明", "hall", hand())
        (score,) = scoreboard(office, tx)
    assert (score.unreached, score.cancelled, score.open, score.asked) == (1, 0, 0, 1)


def test_a_word_of_the_agency_leaves_to_be_posted_the_letter_that_tells_by_when_to_answer(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    agencies = {
        "civil-affairs": paper.connect("civil-affairs", {"folder": str(tmp_path)}),
        "county-office": Desk("county-office"),
    }
    office = an_office(store, hand, agencies)
    request = request_of(store, opened(office))
    settle(office)

    def to_post() -> list[str]:
        with store.read() as tx:
            return [str(row["id"]) for row in tx.attention.page(None) if row["kind"] == "letter_to_post"]

    def word(do: Saying, **said: Any) -> None:
        door = Door(by="paper", token="李四", written="来函原文")
        with store.begin() as tx:
            hearing.hear(office, tx, request.id, Said(do=do, signer="区民政局 王五", **said), hand(), door)

    word(Saying.CONTEST, reasons="不属本局职权")
    assert to_post() == [], "it knows what was asked"
    with store.begin() as tx:
        assist.decide(office, tx, request.id, True, "属于其职权，应予协助", "区政府 钱七", hand())
    settle(office)
    word(Saying.PARTLY, value="一处", rest="另一处")
    (matter,) = to_post()
    assert ":decided:" in matter, "of the new date it knows nothing"
    word(Saying.ANSWER, verdict=Verdict.MATCH)
    assert to_post() == [], "whoever has answered needs no date"
