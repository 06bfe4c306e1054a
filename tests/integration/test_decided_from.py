"""Where people decide they find what the step needs: the notice to bring, the subject's words and files, the proofs."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest

from inspector.domain.case import Outcome
from inspector.domain.consequence import StatementKind
from inspector.domain.docket import DocketKind
from inspector.domain.errors import Refusal
from inspector.domain.proposal import Proposal
from inspector.domain.serving import SubjectWord
from inspector.flows import objections, spoken
from inspector.store.store import Store
from tests.edge import serving
from tests.house import Hand
from tests.integration.test_forms import logged_in
from tests.proceedings import Proceeding, decided

pytestmark = pytest.mark.alike
PAPER = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
DIGEST = hashlib.sha256(PAPER).hexdigest()


def says(case: Proceeding, notice: str, word: SubjectWord, words: str) -> None:
    with case.office.store.begin() as tx:
        spoken.say(case.office, tx, notice, word, words, (spoken.take(PAPER),), case.hand())


def test_an_order_that_has_not_come_stands_on_the_list_by_its_service_and_leads_to_the_notice_that_is_to_be_brought(
    store: Store, hand: Hand
) -> None:
    case = decided(store, hand, Outcome.UNTRUE_CURABLE)
    order = case.the(Proposal.ORDER_RECTIFY)
    case.serve(case.give(order))
    case.say(order, StatementKind.WAIVER, "我放弃陈述申辩")
    order = case.rule(order, brought=False, until=hand().date() + timedelta(days=14))

    def due() -> object:
        with store.read() as tx:
            return next(one.due_at for one in tx.docket.page(["bureau"], None, 50) if one.id == order.id)

    with store.read() as tx:
        service = tx.servings.get(f"{order.id}:decision").due_at
    assert service is not None
    assert (due(), service < order.due_at if order.due_at else None) == (service, True)
    with serving(case.office) as edge, edge.client() as browser:
        logged_in(edge, browser)
        link = f"/notices/{order.id}:decision"
        assert f'href="{link}"' in browser.get("/review").text
        assert 'name="proof"' in browser.get(link).text, "there the step can be done"
        shown = browser.get(f"/consequences/{order.id}").text
        status = shown[shown.index('role="status"') :].split("</p>")[0]
        assert link in status
        case.bring(order)
        assert f'href="/consequences/{order.id}"' in browser.get("/review").text
    assert due() == case.the(Proposal.ORDER_RECTIFY).due_at, "once it has come, by the re-check"


def test_whoever_decides_about_a_defence_reaches_the_subjects_file_and_the_proof_of_service(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.FALSE_KNOWING)
    entry = case.the(Proposal.RECORD_CREDIT)
    case.serve(case.give(entry))
    says(case, f"{entry.id}:notice", SubjectWord.DEFENCE, "登记在承诺之后才注销")
    with serving(case.office) as edge, edge.client() as browser:
        logged_in(edge, browser)
        shown, link = browser.get(f"/consequences/{entry.id}").text, f"/notices/{entry.id}:notice"
        assert f"{link}/materials/{DIGEST}" in shown
        assert browser.get(f"{link}/materials/{DIGEST}").content == PAPER
        for page in (shown, browser.get(f"/review/{case.case}").text):
            assert f'href="{link}"' in page, "a served notice is found from where people decide"
            assert "回证1" in page[page.index(link) :], "with its proof"


def test_whoever_decides_an_objection_reaches_its_file_and_the_record_leads_to_the_decision_and_its_notices(
    store: Store, hand: Hand
) -> None:
    case = decided(store, hand, Outcome.FALSE_KNOWING)
    done = case.impose(case.the(Proposal.RECORD_CREDIT))
    says(case, f"{done.id}:decision", SubjectWord.OBJECTION, "不属实")
    with store.read() as tx:
        (objection,) = tx.records.objections(case_id=case.case)
    with serving(case.office) as edge, edge.client() as browser:
        logged_in(edge, browser)
        shown = browser.get(f"/credit/objections/{objection.id}").text
        assert f"/notices/{done.id}:decision/materials/{DIGEST}" in shown
        record = browser.get(f"/credit/records/{done.entry}").text
        assert f"/consequences/{done.id}" in record, "and so to the evidence"
        assert f'href="/notices/{done.id}:decision"' in record


def test_an_objection_that_is_late_gets_no_longer_term_and_stays_late(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.FALSE_KNOWING)
    entry = case.impose(case.the(Proposal.RECORD_CREDIT))
    assert entry.entry is not None
    held = case.object(entry.entry)
    hand.on(days=8)
    with pytest.raises(Refusal, match="objection_late"), store.begin() as tx:
        objections.pass_on(case.office, tx, held.id, case.by("周八"), "需要核查", hand())
    with store.read() as tx:
        (row,) = [one for one in tx.docket.page(["bureau"], None, 50) if one.kind is DocketKind.OBJECTION]
    assert row.due_at == held.due_at
    assert row.due_at < hand()
