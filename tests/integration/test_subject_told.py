"""What was asked by the subject's link is read where it is answered, and its page says truly what became of it."""

from __future__ import annotations

import pytest

from inspector.domain.case import Case, CaseState, Outcome
from inspector.domain.consequence import Stage
from inspector.domain.proposal import Proposal
from inspector.domain.serving import SubjectWord
from inspector.domain.withdrawal import Answering, WithdrawalAnswer
from inspector.flows import rectifying, spoken, withdrawals
from inspector.flows import serving as links
from inspector.labels import label
from inspector.store.store import Store
from tests.edge import serving
from tests.house import Hand
from tests.integration.test_forms import logged_in
from tests.materials import png
from tests.proceedings import Proceeding, decided

pytestmark = pytest.mark.alike


def link(case: Proceeding, notice: str) -> str:
    with case.office.store.read() as tx:
        return f"/subject/{notice}/{links.token(case.office, tx, notice)}"


def test_a_wish_for_the_re_check_is_read_with_its_words_and_its_file_where_the_re_check_is_entered(
    store: Store, hand: Hand
) -> None:
    case = decided(store, hand, Outcome.UNTRUE_CURABLE)
    order = case.impose(case.the(Proposal.ORDER_RECTIFY))
    notice = f"{order.id}:decision"
    with serving(case.office) as edge, edge.client() as browser:
        logged_in(edge, browser)
        assert "当事人已申请复查" not in browser.get("/review").text
    with store.begin() as tx:
        file = spoken.take(png())
        spoken.say(case.office, tx, notice, SubjectWord.RECHECK, "登记已恢复，请复查", (file,), hand())
    (digest,) = spoken.digests_of((file,))
    with serving(case.office) as edge, edge.client() as browser:
        logged_in(edge, browser)
        assert "当事人已申请复查" in browser.get("/review").text, "its step stands on the list, by the nearer date"
        page = browser.get(f"/consequences/{order.id}").text
        assert "登记已恢复，请复查" in page
        assert f'href="/notices/{notice}/materials/{digest}"' in page
        assert page.index("登记已恢复，请复查") < page.index('value="recheck"'), "beside the step that answers it"


def test_a_wish_that_an_officer_has_entered_is_read_there_too(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.UNTRUE_CURABLE)
    order = case.impose(case.the(Proposal.ORDER_RECTIFY))
    case.act(lambda tx: rectifying.ask(case.office, tx, order.id, "当面要求复查", "赵六", hand()))
    with serving(case.office) as edge, edge.client() as browser:
        logged_in(edge, browser)
        page = browser.get(f"/consequences/{order.id}").text
    assert ("当面要求复查" in page, "赵六" in page) == (True, True)


def test_an_early_look_that_found_it_not_yet_done_is_told_by_the_subjects_link(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.UNTRUE_CURABLE)
    order = case.impose(case.the(Proposal.ORDER_RECTIFY))
    path = link(case, f"{order.id}:decision")
    with serving(case.office) as edge, edge.client() as phone:
        told = f"· {label('ui.subject_look_not', 'zh-Hans')} ·"
        assert told not in phone.get(path).text
        assert case.look(order, good=False).stage is Stage.RECHECK
        page = phone.get(path).text
        assert told in page
        assert "届满前改正的可以再次申请复查" in page
        hand.on(days=1)
        case.look(order, good=True, on=hand().date())
        page = phone.get(path).text
        assert (label("ui.subject_look_good", "zh-Hans") in page, "再次申请复查" in page) == (True, False)


def test_with_a_termination_in_force_the_page_promises_nothing_back_and_tells_what_becomes_of_the_word(
    store: Store, hand: Hand
) -> None:
    case = decided(store, hand, Outcome.FALSE_KNOWING, concluded=False)
    held = case.impose(case.the(Proposal.TERMINATE))
    notice = f"{held.id}:decision"
    path = link(case, notice)
    promised = "撤回后仍可以按一般程序办理"
    with serving(case.office) as edge, edge.client() as phone:
        before = phone.get(path).text
        assert (promised in before, "撤回不能使其失效" in before) == (False, True)
        with store.begin() as tx:
            spoken.say(case.office, tx, notice, SubjectWord.WITHDRAWAL, "不办了", (), hand())
        after = phone.get(path).text
        assert (promised in after, "您的撤回申请待工作人员答复" in after) == (False, True)
        hand.on(minutes=5)
        answer = Answering(answer=WithdrawalAnswer.DECLINED, reasons="已终止", by="王五", token="t-王五", at=hand())
        with store.begin() as tx:
            answered: Case = withdrawals.answer(case.office, tx, case.case, answer, hand())
        assert answered.state is CaseState.CLOSED
        assert "您的撤回申请待工作人员答复" not in phone.get(path).text
    with store.read() as tx:
        facts = [one.facts for one in tx.servings.of_case(case.case) if one.id.startswith("withdrawal:")]
    assert len(facts) == 1
    assert not any("继续办理" in one for one in facts[0]), "an application that is ended does not go on"


def test_who_takes_back_what_nobody_decided_against_reads_that_the_ordinary_way_stays_open(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.FALSE_KNOWING, concluded=False)
    held = case.give(case.the(Proposal.RECORD_CREDIT))
    with serving(case.office) as edge, edge.client() as phone:
        page = phone.get(link(case, f"{held.id}:notice")).text
    assert ("撤回后仍可以按一般程序办理" in page, "撤回不能使其失效" in page) == (True, False)
