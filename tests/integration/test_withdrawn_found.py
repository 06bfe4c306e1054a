"""Whoever was found false, and stands entered so, takes that back by no click (the plan, items 2, 7 and 9; decision 157)."""

from __future__ import annotations

import pytest

from inspector.domain.case import CaseState, Outcome
from inspector.domain.consequence import ConsequenceState
from inspector.domain.creditrecord import RecordState
from inspector.domain.proposal import Proposal
from inspector.domain.serving import NoticeKind, SubjectNotice, SubjectWord
from inspector.flows import spoken
from inspector.labels import label
from inspector.store.store import Store
from tests.edge import Edge, serving
from tests.house import Hand, settle
from tests.integration.test_forms import hidden, logged_in
from tests.proceedings import Proceeding, decided

pytestmark = pytest.mark.alike


def entered(store: Store, hand: Hand) -> tuple[Proceeding, str]:
    """Found false before the matter is concluded, and entered by an officer."""
    case = decided(store, hand, Outcome.FALSE_KNOWING, concluded=False)
    entry = case.impose(case.the(Proposal.RECORD_CREDIT)).entry
    settle(case.office)
    return case, entry


def stands(case: Proceeding, entry: str) -> tuple[CaseState, Outcome | None, RecordState, ConsequenceState]:
    with case.office.store.read() as tx:
        held, mine = tx.cases.get(case.case), tx.records.get(entry)
    return held.state, held.outcome, mine.state, case.the(Proposal.RECORD_CREDIT).state


def test_a_click_leaves_the_officers_entry_as_it_is_and_is_a_matter_for_an_officer(store: Store, hand: Hand) -> None:
    case, entry = entered(store, hand)
    before = stands(case, entry)
    name = f"{case.the(Proposal.RECORD_CREDIT).id}:decision"
    with store.begin() as tx:
        said = spoken.say(case.office, tx, name, SubjectWord.WITHDRAWAL, "不办了", (), hand())
    assert said.receipt
    assert stands(case, entry) == before
    assert before[0] is CaseState.CLOSED
    assert [(one["case"], one["entry"]) for one in case.matters("withdrawal_asked")] == [(case.case, entry)]


def test_the_approving_system_takes_it_back_no_more_than_the_subject(store: Store, hand: Hand) -> None:
    case, entry = entered(store, hand)
    before = stands(case, entry)
    with serving(case.office) as edge, edge.as_("system", name="hall") as system:
        told = system.post(f"/v1/cases/{case.case}/withdraw", json={"reason": "不办了"})
        assert (told.status_code, told.json()["state"], told.json()["heard"]) == (200, "CLOSED", "withdrawal_asked")
    assert stands(case, entry) == before
    assert len(case.matters("withdrawal_asked")) == 1


def test_before_the_entry_is_decided_a_withdrawal_is_carried_out_and_nothing_is_entered(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.FALSE_KNOWING, concluded=False)
    with serving(case.office) as edge, edge.as_("system", name="hall") as system:
        told = system.post(f"/v1/cases/{case.case}/withdraw", json={"reason": "不办了"}).json()
        assert (told["state"], told["heard"]) == ("WITHDRAWN", None)
    assert case.the(Proposal.RECORD_CREDIT).state is ConsequenceState.DROPPED
    assert case.matters("withdrawal_asked") == []


@pytest.mark.parametrize("proposal", [Proposal.TERMINATE, Proposal.PENALTY])
def test_what_an_officer_has_ended_or_penalised_is_taken_back_by_no_word_and_what_the_subject_was_heard_about_goes_on(
    store: Store, hand: Hand, proposal: Proposal
) -> None:
    case = decided(store, hand, Outcome.FALSE_KNOWING, concluded=False)
    case.serve(case.give(case.the(Proposal.RECORD_CREDIT)))
    ended = case.impose(case.the(proposal))
    with serving(case.office) as edge:
        with edge.as_("system", name="hall") as system:
            said = system.post(f"/v1/cases/{case.case}/withdraw", json={"reason": "不办了"}).json()
            assert (said["state"], said["outcome"], said["heard"]) == ("CLOSED", "FALSE_KNOWING", "withdrawal_asked")
        assert case.events("commitment.withdrawn") == []
        assert case.the(Proposal.RECORD_CREDIT).state is ConsequenceState.NOTICED
        assert case.the(proposal).state is ConsequenceState.IMPOSED
        with edge.client() as browser:
            logged_in(edge, browser)
            shown = browser.get(f"/review/{case.case}/withdrawal").text
            assert f"/consequences/{ended.id}" in shown, "which decision stands"
            assert "/credit/records/" not in shown
        with edge.as_("officer", name="钱七") as officer:
            path = f"/v1/cases/{case.case}/withdrawal/answer"
            assert officer.post(path, json={"answer": "DECLINED", "reasons": "已作出决定"}).status_code == 200
    (notice,) = told(case)
    assert notice.about == ended.id
    assert any(label(f"Proposal.{proposal.value}", "zh-Hans") in fact for fact in notice.facts), "the subject reads what stands"


def asks(case: Proceeding, edge: Edge) -> None:
    """The subject takes it back by the system through which it came."""
    with edge.as_("system", name="hall") as system:
        assert system.post(f"/v1/cases/{case.case}/withdraw", json={"reason": "不办了"}).status_code == 200


def told(case: Proceeding) -> list[SubjectNotice]:
    """What the subject has read about its withdrawal."""
    with case.office.store.read() as tx:
        return [one for one in tx.servings.of_case(case.case) if one.kind is NoticeKind.WITHDRAWAL]


@pytest.mark.parametrize("answer", ["TERMINATE", "ORDINARY", "DECLINED"])
def test_a_named_officer_answers_with_reasons_and_outcome_and_record_stand_whatever_was_answered(
    store: Store, hand: Hand, answer: str
) -> None:
    case, entry = entered(store, hand)
    before, ending = stands(case, entry), case.the(Proposal.TERMINATE)
    with serving(case.office) as edge:
        asks(case, edge)
        (heard,) = case.events("withdrawal.asked")
        assert "不办了" not in str(heard), "no words of a person in an event"
        assert "不办了" not in str(case.matters("withdrawal_asked")), "nor in a matter"
        with edge.as_("officer", name="钱七") as officer:
            path = f"/v1/cases/{case.case}/withdrawal/answer"
            empty = officer.post(path, json={"answer": answer, "reasons": " "})
            assert empty.status_code == 422
            done = officer.post(path, json={"answer": answer, "reasons": "已核实，记录属实"})
            assert (done.status_code, done.json()["state"]) == (200, "CLOSED")
            again = officer.post(path, json={"answer": answer, "reasons": "再答一次"})
            assert again.json()["error"]["code"] == "withdrawal_unasked"
    assert stands(case, entry) == before
    assert case.matters("withdrawal_asked") == []
    (notice,) = told(case)
    assert (notice.reasons, notice.about, "不办了" in notice.facts[0]) == ("已核实，记录属实", entry, True)
    assert any("行政复议" in one for one in notice.rights), notice.rights
    (event,) = case.events("withdrawal.answered")
    wanted = {"TERMINATE": ("PROPOSED", ending.id), "ORDINARY": ("DROPPED", None), "DECLINED": ("PROPOSED", None)}[answer]
    assert (case.the(Proposal.TERMINATE).state, event.get("consequence")) == wanted
    assert event.get("next") == ("ordinary_procedure" if answer == "ORDINARY" else None)


def test_an_application_that_no_proceeding_ends_any_more_is_ended_by_a_new_one_on_the_evidence_of_the_entry(
    store: Store, hand: Hand
) -> None:
    case, _ = entered(store, hand)
    evidence = case.the(Proposal.RECORD_CREDIT).evidence
    case.drop(case.the(Proposal.TERMINATE))
    with serving(case.office) as edge:
        asks(case, edge)
        with edge.as_("officer", name="钱七") as officer:
            given = {"answer": "TERMINATE", "reasons": "当事人不办了"}
            assert officer.post(f"/v1/cases/{case.case}/withdrawal/answer", json=given).status_code == 200
    opened = case.the(Proposal.TERMINATE)
    assert (opened.state, opened.proposed_by, opened.evidence) == (ConsequenceState.PROPOSED, "钱七", evidence)
    assert opened.notice is None, "its subject is heard first, as in every proceeding"


def test_what_is_ended_does_not_go_the_ordinary_way_and_the_matter_ends_with_no_word_but_an_answer(
    store: Store, hand: Hand
) -> None:
    case, _ = entered(store, hand)
    case.impose(case.the(Proposal.TERMINATE))
    with serving(case.office) as edge:
        asks(case, edge)
        with edge.as_("officer", name="钱七") as officer:
            shut = officer.post(f"/v1/attention/withdrawal_asked:{case.case}/close", json={"note": "已阅"})
            assert shut.json()["error"]["code"] == "withdrawal_unanswered"
            given = {"answer": "ORDINARY", "reasons": "转一般程序"}
            tried = officer.post(f"/v1/cases/{case.case}/withdrawal/answer", json=given)
            assert tried.json()["error"]["code"] == "withdrawal_terminated"
    assert len(case.matters("withdrawal_asked")) == 1
    assert told(case) == []


def test_once_nothing_stands_who_takes_it_back_again_is_let_go_and_nothing_is_left_to_answer(store: Store, hand: Hand) -> None:
    case, _ = entered(store, hand)
    with serving(case.office) as edge:
        asks(case, edge)
        case.annul(case.the(Proposal.RECORD_CREDIT))
        asks(case, edge)
    with store.read() as tx:
        assert tx.cases.get(case.case).state is CaseState.WITHDRAWN
    assert case.matters("withdrawal_asked") == []


def test_the_officers_page_shows_the_words_and_takes_the_answer(store: Store, hand: Hand) -> None:
    case, entry = entered(store, hand)
    with serving(case.office) as edge:
        asks(case, edge)
        with edge.client() as browser:
            logged_in(edge, browser)
            link = f"/review/{case.case}/withdrawal"
            assert link in browser.get(f"/review/{case.case}").text
            assert link in browser.get("/credit").text, "it stands on the list of whoever decides"
            shown = browser.get(link).text
            assert "不办了" in shown
            assert entry in shown
            form = {"guard": hidden(shown, "guard"), "message": "m-1", "answer": "", "reasons": "记录属实"}
            half = browser.post(link, data=form)
            assert "请选择对申请的处理意见" in half.text or "Choose what becomes" in half.text
            browser.post(link, data=form | {"answer": "DECLINED", "message": "m-2", "guard": hidden(half.text, "guard")})
    (notice,) = told(case)
    assert notice.reasons == "记录属实"
