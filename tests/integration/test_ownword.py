"""No officer withdraws for a firm, or ends its time, alone: not by entering its words, and not by the link that it is to have."""

from __future__ import annotations

import base64
import re
from typing import Any

import httpx
import pytest

from inspector.domain.case import CaseState, Outcome
from inspector.domain.consequence import Consequence, ConsequenceState, StatementKind
from inspector.domain.proposal import Proposal
from inspector.domain.serving import NoticeKind, NoticeState, SubjectNotice, SubjectWord
from inspector.domain.withdrawal import Answering, WithdrawalAnswer
from inspector.flows import repairs, spoken, withdrawals
from inspector.flows import serving as links
from inspector.store.store import Store
from tests.edge import Edge, serving
from tests.house import Hand, settle
from tests.integration.test_creditrecords import place
from tests.integration.test_forms import logged_in
from tests.materials import png
from tests.proceedings import Proceeding, decided

pytestmark = pytest.mark.alike

PAPER = {"content": base64.b64encode(png()).decode()}


def noticed(store: Store, hand: Hand) -> tuple[Proceeding, Consequence]:
    case = decided(store, hand, Outcome.FALSE_KNOWING, concluded=False)
    return case, case.give(case.the(Proposal.RECORD_CREDIT))


def says(officer: httpx.Client, held: Consequence, **more: Any) -> httpx.Response:
    return officer.post(f"/v1/subject-notices/{held.id}:notice/words", json={"word": "WITHDRAWAL", "words": "不办了"} | more)


def state(case: Proceeding) -> CaseState:
    with case.office.store.read() as tx:
        return tx.cases.get(case.case).state


def told(case: Proceeding) -> list[SubjectNotice]:
    with case.office.store.read() as tx:
        return [one for one in tx.servings.of_case(case.case) if one.kind is NoticeKind.ENTERED]


def handed(edge: Edge, held: Consequence, name: str) -> str:
    """An officer takes the link of a notice at the desk, to pass it on: its path."""
    with edge.client() as browser:
        logged_in(edge, browser, name=name)
        page = browser.get(f"/notices/{held.id}:notice").text
        guard = re.findall(r'name="guard" value="([^"]+)"', page)[0]
        page = browser.post(f"/notices/{held.id}:notice", data={"do": "hand", "guard": guard}).text
        return str(re.findall(r"(/subject/[^<\s]+)</bdi>", page)[0])


def by_link(edge: Edge, path: str, word: str, words: str = "") -> None:
    """Somebody says something at the page of a link."""
    with edge.client() as phone:
        message = re.findall(r'name="message" value="([^"]+)"', phone.get(path).text)[0]
        answer = phone.post(path, data={"message": message, "word": word, "words": words})
        assert answer.status_code == 303, answer.text


def test_no_officer_withdraws_for_a_firm_without_its_paper_and_without_a_second_officer(store: Store, hand: Hand) -> None:
    case, held = noticed(store, hand)
    with (
        serving(case.office) as edge,
        edge.as_("officer", name="王五") as first,
        edge.as_("officer", name="钱七") as second,
    ):
        alone = says(first, held)
        assert (alone.status_code, alone.json()["error"]["code"]) == (422, "withdrawal_unsigned")
        assert not told(case)
        assert says(first, held, file=PAPER).status_code == 200
        assert says(first, held, file=PAPER, words="还是不办了").status_code == 200, "the same officer is no second one"
        assert (state(case), case.the(Proposal.RECORD_CREDIT).state) == (CaseState.CLOSED, ConsequenceState.PROPOSED)
        assert case.matters("subject_spoke")
        assert says(second, held, file=PAPER).status_code == 200
    assert state(case) is CaseState.WITHDRAWN
    first_notice, *_, last_notice = sorted(told(case), key=lambda one: one.id)
    assert ("王五" in first_notice.facts[0], len(first_notice.facts)) == (True, 2), "it says that it does not count yet"
    assert ("钱七" in last_notice.facts[0], len(last_notice.facts)) == (True, 1)
    assert all(one.state is not NoticeState.CANCELLED for one in told(case))


def test_what_a_firm_tells_where_it_has_applied_counts_at_once(store: Store, hand: Hand) -> None:
    case, held = noticed(store, hand)
    with serving(case.office) as edge, edge.as_("system", name="hall") as system:
        assert says(system, held).status_code == 200, "whom the firm tells where it has applied, passes on its own word"
    assert state(case) is CaseState.WITHDRAWN
    assert not told(case)


def test_whoever_was_handed_the_link_ends_no_time_by_it_and_the_firm_hears_of_it(store: Store, hand: Hand) -> None:
    case, held = noticed(store, hand)
    with serving(case.office) as edge:
        path = handed(edge, held, "李四")
        with edge.client() as phone:
            page = phone.get(path).text
            assert "记在该工作人员名下" in page
        by_link(edge, path, "WAIVER")
        with store.read() as tx:
            assert tx.servings.get(f"{held.id}:notice").served_by == "李四", "that it came is that officer's word"
        with edge.as_("officer", name="李四") as officer:
            read = {"turn": case.turn(held), "reasons": "清楚"}
            refused = officer.post(f"/v1/consequences/{held.id}/decision", json=read)
            assert (refused.status_code, refused.json()["error"]["code"]) == (409, "waiver_own")
    (notice,) = told(case)
    assert ("李四" in notice.facts[0], notice.about) == (True, held.id)
    assert case.rule(held, "王五").state is ConsequenceState.IMPOSED


def test_who_is_said_to_need_no_hearing_hears_so(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.FALSE_KNOWING)
    held = case.serve(case.give(case.the(Proposal.PENALTY)))
    case.say(held, StatementKind.HEARING)
    case.enter(held, "waived", record="放弃听证书", digests=("ab",))
    (notice,) = told(case)
    assert ("李四" in notice.facts[0], "放弃听证书" in notice.facts[0]) == (True, True)


def test_a_withdrawal_by_the_link_that_an_officer_was_handed_waits_for_a_second_one_with_the_paper(
    store: Store, hand: Hand
) -> None:
    case, held = noticed(store, hand)
    with serving(case.office) as edge:
        by_link(edge, handed(edge, held, "王五"), "WITHDRAWAL", "不办了")
        assert (state(case), [one["word"] for one in case.matters("subject_spoke")]) == (CaseState.CLOSED, ["WITHDRAWAL"])
        with edge.as_("officer", name="王五") as same:
            assert says(same, held, file=PAPER).status_code == 200
            assert state(case) is CaseState.CLOSED, "who was handed the link is no second officer"
        with edge.as_("officer", name="钱七") as second:
            assert says(second, held, file=PAPER).status_code == 200
    assert state(case) is CaseState.WITHDRAWN


def test_by_the_subjects_own_link_and_by_one_that_the_system_brought_it_is_its_own_word(store: Store, hand: Hand) -> None:
    case, held = noticed(store, hand)
    name = f"{held.id}:notice"
    with serving(case.office) as edge:
        handed(edge, held, "李四")
        with store.begin() as tx:
            own = links.token(case.office, tx, name)
            brought = links.hand(case.office, tx, name, "hall", hand(), system=True)
            assert brought.endswith(own)
        by_link(edge, f"/subject/{name}/{own}", "WAIVER")
    assert not told(case)
    assert case.rule(held, "李四").state is ConsequenceState.IMPOSED


def test_a_link_that_was_called_back_is_in_nobodys_hands(store: Store, hand: Hand) -> None:
    case, held = noticed(store, hand)
    name = f"{held.id}:notice"
    with store.begin() as tx:
        links.hand(case.office, tx, name, "李四", hand())
        links.call_back(tx, name, "李四", "交错了人", hand())
        again = links.hand(case.office, tx, name, "王五", hand())
    with serving(case.office) as edge:
        by_link(edge, "/" + again.partition("//")[2].partition("/")[2], "WAIVER")
    assert case.rule(held, "李四").state is ConsequenceState.IMPOSED, "who had the former link did not say it"


def test_a_re_check_is_asked_for_again_in_the_same_words_once_the_first_was_answered(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.UNTRUE_CURABLE)
    name = f"{case.impose(case.the(Proposal.ORDER_RECTIFY)).id}:decision"
    receipts = [asked(case, name, SubjectWord.RECHECK)]
    hand.on(days=1)
    case.look(case.the(Proposal.ORDER_RECTIFY), good=False)
    hand.on(days=2)
    receipts.append(asked(case, name, SubjectWord.RECHECK))
    order = case.the(Proposal.ORDER_RECTIFY).rectification
    assert order is not None
    assert order.asked_at == hand(), "the time for the re-check runs from the second wish"
    assert len(set(receipts)) == 2
    assert asked(case, name, SubjectWord.RECHECK) in receipts, "while it waits the same words are the same wish"


def test_a_repair_is_asked_for_again_in_the_same_words_once_it_was_refused(store: Store, hand: Hand, tmp_path: Any) -> None:
    with place(store, hand, tmp_path) as here:
        entry = here.found(1)
        here.hand.on(days=96)
        settle(here.office)
        case = Proceeding(office=here.office, hand=hand, case=here.record(entry).case_id)
        first = asked(case, f"{entry}:repairable", SubjectWord.REPAIR, "请予修复")
        assert asked(case, f"{entry}:repairable", SubjectWord.REPAIR, "请予修复") == first
        with store.begin() as tx:
            repairs.decide(here.office, tx, entry, "王五", "材料不符", hand(), grant=False)
        here.hand.on(days=30)
        assert asked(case, f"{entry}:repairable", SubjectWord.REPAIR, "请予修复") != first
        repair = here.record(entry).repair
        assert repair is not None
        assert repair.asked_at == hand()


def test_a_withdrawal_is_said_again_in_the_same_words_once_nothing_stands_in_its_way(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.FALSE_KNOWING, concluded=False)
    held = case.impose(case.the(Proposal.RECORD_CREDIT))
    case.bring(held)
    name = f"{held.id}:decision"
    asked(case, name, SubjectWord.WITHDRAWAL, "不办了")
    asked(case, name, SubjectWord.WITHDRAWAL, "不办了")
    declined = Answering(answer=WithdrawalAnswer.DECLINED, reasons="无正当理由", by="钱七", token="", at=hand())
    with store.begin() as tx:
        withdrawals.answer(case.office, tx, case.case, declined, hand())
    case.annul(case.the(Proposal.RECORD_CREDIT))
    hand.on(days=3)
    asked(case, name, SubjectWord.WITHDRAWAL, "不办了")
    assert state(case) is CaseState.WITHDRAWN


def asked(case: Proceeding, name: str, kind: SubjectWord, words: str = "") -> str:
    """The subject says something by its own link: the receipt."""
    with case.office.store.begin() as tx:
        return spoken.say(case.office, tx, name, kind, words, (), case.hand()).receipt
