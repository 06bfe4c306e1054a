"""What is said of a word, of a way and of a law is what it was: words leave the list that go on, the way is the one the link came by."""

from __future__ import annotations

from datetime import timedelta

import pytest

from inspector.domain.agreed import Contact
from inspector.domain.case import Outcome
from inspector.domain.consequence import Consequence, StatementKind
from inspector.domain.proposal import Proposal
from inspector.domain.serving import NoticeState, SubjectWord
from inspector.domain.wayto import ServiceWay
from inspector.flows import serving, spoken, wording
from inspector.store.store import Store
from tests.edge import serving as serving_edge
from tests.house import Hand, settle
from tests.integration.test_forms import logged_in
from tests.proceedings import Proceeding, decided
from tests.reached import PHONE, opened

pytestmark = pytest.mark.alike


def say(case: Proceeding, held: Consequence, kind: SubjectWord, words: str = "") -> None:
    with case.office.store.begin() as tx:
        spoken.say(case.office, tx, f"{held.id}:notice", kind, words, (), case.hand())


def test_words_said_before_the_receipt_go_on_to_the_proceeding_and_leave_the_list(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.FALSE_KNOWING)
    held = case.give(case.the(Proposal.REVOKE))
    say(case, held, SubjectWord.DEFENCE, "登记系误录")
    say(case, held, SubjectWord.HEARING, "请求听证")
    assert [one["word"] for one in case.matters("subject_spoke")] == ["HEARING"]
    say(case, held, SubjectWord.RECEIVED)
    assert (case.matters("subject_spoke"), len(case.matters("statement_unread"))) == ([], 1)
    assert [one.words for one in case.the(Proposal.REVOKE).statements] == ["登记系误录", "请求听证"]


@pytest.mark.parametrize("took", [False, True])
def test_the_way_of_a_word_is_that_by_which_the_link_came(store: Store, hand: Hand, took: bool) -> None:
    house = opened(store, hand, Contact(phone=PHONE, agreed=True), approving={"hall": object()})
    notice = house.give()
    settle(house.office)
    assert len(house.sms.pushed) == 1
    notice = house.get(notice.id)
    assert (notice.way, notice.state) == (ServiceWay.SYSTEM, NoticeState.MADE), "a message of ours lets the subject know, no more"
    with store.begin() as tx:
        if took:
            serving.hand(house.office, tx, notice.id, "hall", hand(), system=True)
        spoken.say(house.office, tx, notice.id, SubjectWord.RECEIVED, "", (), hand())
    assert house.get(notice.id).served_way is (ServiceWay.SYSTEM if took else ServiceWay.PHONE)


def test_the_law_of_a_decision_is_cited_in_words_and_what_an_officer_has_written_stays(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.FALSE_KNOWING)
    policy = case.office.book.get(case.the(Proposal.PENALTY).pack)
    source, title = next((code, name) for code, name in policy.sources.items() if "法" in name)
    told = wording.law(policy, f"{source}:79；某条例第8条", "zh-Hans")
    assert (f"{source}:79" in told, title[:4] in told, told.endswith("；某条例第8条")) == (False, True, True)


def test_no_way_of_a_hearings_notice_is_tried_beyond_the_last_day_in_time_and_then_the_page_says_to_move_it(
    store: Store, hand: Hand
) -> None:
    case = decided(store, hand, Outcome.FALSE_KNOWING)
    held = case.serve(case.give(case.the(Proposal.REVOKE)))
    case.say(held, StatementKind.HEARING, "请求听证")
    sitting = case.fix(held)
    with store.read() as tx:
        notice = tx.servings.get(f"{held.id}:hearing-1")
    assert notice.come_by is not None
    assert notice.due_at is not None
    assert notice.due_at <= notice.come_by < sitting.begins
    with serving_edge(case.office) as edge, edge.client() as browser:
        logged_in(edge, browser)
        assert "送达的最后日期已过" not in browser.get(f"/consequences/{held.id}").text
        hand.now = notice.come_by + timedelta(minutes=1)
        assert "送达的最后日期已过" in browser.get(f"/consequences/{held.id}").text
        settle(case.office)
    with store.read() as tx:
        later = tx.servings.get(notice.id)
    assert later.due_at is not None
    assert later.due_at > hand(), "behind that day a way has its own time again"
