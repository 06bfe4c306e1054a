"""Where no way to a subject is left, a person hears so, puts the notice up in public, and the proceeding goes on when its days are over."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from inspector.domain.case import Outcome
from inspector.domain.consequence import ConsequenceState
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.proposal import Proposal
from inspector.domain.serving import NoticeState, SubjectNotice
from inspector.domain.wayto import ServiceWay
from inspector.flows import announcing, reached, serving
from inspector.flows.unserved import TO_SERVE, UNREACHED
from inspector.store.store import Store
from tests.edge import serving as at_the_edge
from tests.house import Hand, settle
from tests.integration.test_forms import hidden, logged_in
from tests.proceedings import Proceeding, decided

pytestmark = pytest.mark.alike

WHERE = "区政府网站公告〔2026〕3号"


def unreachable(case: Proceeding) -> str:
    """The notice of a proposal, of which an officer has said that no way is left."""
    held = case.give(case.the(Proposal.RECORD_CREDIT))
    notice = f"{held.id}:notice"
    with case.office.store.begin() as tx:
        serving.failed(case.office, tx, notice, "邮寄退回，住所无人，电话停机", "李四", case.hand())
    return notice


def put_up(case: Proceeding, notice: str, on: date, where: str = WHERE) -> SubjectNotice:
    with case.office.store.begin() as tx:
        return announcing.announce(case.office, tx, notice, on, where, "李四", case.hand())


def get(case: Proceeding, notice: str) -> SubjectNotice:
    with case.office.store.read() as tx:
        return tx.servings.get(notice)


def test_who_cannot_be_reached_is_served_in_public_and_then_has_the_whole_time_for_a_defence(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.UNTRUE_CURABLE)
    notice = unreachable(case)
    assert [one["about"] for one in case.matters(UNREACHED)] == [notice.removesuffix(":notice")]
    assert not case.matters(TO_SERVE)
    made = put_up(case, notice, hand().date())
    assert (made.state, made.way, case.matters(UNREACHED)) == (NoticeState.ANNOUNCED, ServiceWay.PUBLIC_NOTICE, [])
    assert made.announced is not None
    assert made.announced.last == date(2026, 4, 1), "thirty days behind the second of March"
    hand.on(days=30)
    settle(case.office)
    assert get(case, notice).state is NoticeState.ANNOUNCED, "the last day is the subject's still"
    hand.on(days=1)
    settle(case.office)
    served = get(case, notice)
    assert (served.state, served.served_on, served.served_by) == (NoticeState.SERVED, date(2026, 4, 1), "李四")
    assert (WHERE in served.proof, served.failed_for) == (True, "邮寄退回，住所无人，电话停机"), "why and how stands in the file"
    held = case.the(Proposal.RECORD_CREDIT)
    assert held.state is ConsequenceState.NOTICED
    assert held.notice is not None
    assert held.notice.defend_by is not None
    assert held.notice.defend_by.date() == date(2026, 4, 9), "five working days from then on, past the holidays"
    with pytest.raises(Refusal, match="consequence_defence_open"):
        case.rule(held)
    told = case.events("subject.announced")
    assert ([one["until"] for one in told], WHERE in str(told)) == (["2026-04-01"], False)
    with store.read() as tx:
        because = [one for one in tx.ledger.about(case.case) if one["rule"] == "notice.announced"]
    assert "S67:95" in str(because)


def test_whoever_is_found_meanwhile_is_served_as_everybody_and_no_public_day_counts_any_more(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.UNTRUE_CURABLE)
    notice = unreachable(case)
    put_up(case, notice, hand().date())
    hand.on(days=10)
    with store.begin() as tx:
        reached.served(case.office, tx, notice, hand().date(), ServiceWay.IN_PERSON, "张三签收", "李四", hand())
    hand.on(days=40)
    settle(case.office)
    assert get(case, notice).proof == "张三签收"


def test_nothing_is_put_up_before_every_way_was_tried_nor_backdated_nor_entered_as_a_proof(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.UNTRUE_CURABLE)
    early = f"{case.give(case.the(Proposal.ORDER_RECTIFY)).id}:notice"
    with pytest.raises(Refusal, match="announce_untried"):
        put_up(case, early, hand().date())
    hand.on(days=1)
    notice = unreachable(case)
    with pytest.raises(Invalid, match="served_out_of_range"):
        put_up(case, notice, hand().date() - timedelta(days=1))
    with pytest.raises(Invalid, match="proof_missing"):
        put_up(case, notice, hand().date(), " ")
    with store.begin() as tx, pytest.raises(Refusal, match="service_unannounced"):
        reached.served(case.office, tx, notice, hand().date(), ServiceWay.PUBLIC_NOTICE, "公告", "李四", hand())


def test_what_is_let_go_needs_no_public_notice(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.UNTRUE_CURABLE)
    unreachable(case)
    case.drop(case.the(Proposal.RECORD_CREDIT))
    assert case.matters(UNREACHED) == []


def test_on_the_notices_page_it_is_offered_once_no_way_is_left(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.UNTRUE_CURABLE)
    other = f"{case.give(case.the(Proposal.ORDER_RECTIFY)).id}:notice"
    notice = unreachable(case)
    with at_the_edge(case.office) as edge, edge.client() as browser:
        logged_in(edge, browser)
        assert 'value="announced"' not in browser.get(f"/notices/{other}").text
        page = browser.get(f"/notices/{notice}").text
        form = {"guard": hidden(page, "guard"), "message": hidden(page, "message"), "do": "announced"}
        bare = browser.post(f"/notices/{notice}", data=form)
        assert (bare.status_code, bare.text.count('aria-invalid="true"')) == (422, 2)
        done = browser.post(f"/notices/{notice}", data=form | {"announced_on": f"{hand():%Y-%m-%d}", "where": WHERE})
        assert done.status_code == 303
        assert WHERE in browser.get(f"/notices/{notice}").text
