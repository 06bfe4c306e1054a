"""What an officer is to decide because something fell, or a colleague asked, stands on the list of decisions with a date (plan, item 7)."""

from __future__ import annotations

from datetime import datetime

import pytest

from inspector.domain.annulled import Annulled
from inspector.domain.calendar import due
from inspector.domain.case import Outcome
from inspector.domain.docket import DocketKind
from inspector.domain.errors import Refusal
from inspector.domain.proposal import Proposal
from inspector.domain.timer import Timer
from inspector.flows import attention, shaken, upholding
from inspector.flows.office import Office
from inspector.store.deadlines import due_by
from inspector.store.store import Store
from tests.edge import serving
from tests.house import Hand, settle
from tests.integration.test_forms import logged_in
from tests.integration.test_sent_back import ask, decline
from tests.integration.test_withdrawal import Scene, open_asking, scene
from tests.proceedings import Proceeding, decided

__all__ = ["scene"]
pytestmark = pytest.mark.alike


def waiting(office: Office, kind: DocketKind) -> list[tuple[str, str, datetime]]:
    """The rows of a kind on the list of decisions: what it is about, its case, by when."""
    with office.store.read() as tx:
        return [(one.id, one.case_id, one.due_at) for one in tx.docket.page(list(office.tree), None, 100) if one.kind is kind]


def by_now(office: Office, case: str) -> datetime:
    """By when an officer decides what comes up now, by the pack's row."""
    with office.store.read() as tx:
        policy = office.book.get(tx.cases.get(case).pack)
    return due(office.now(), policy.term(Timer.REVIEW).term, office.calendar).at


def at_risk(office: Office, kind: str, at: datetime) -> int:
    with office.store.read() as tx:
        return due_by(tx, at)[kind]


def penalised(store: Store, hand: Hand) -> Proceeding:
    """Its revocation is annulled by a court while a penalty is in force."""
    case = decided(store, hand, Outcome.FALSE_KNOWING)
    revoke = case.impose(case.the(Proposal.REVOKE))
    case.impose(case.the(Proposal.PENALTY))
    settle(case.office)
    case.annul(revoke)
    settle(case.office)
    return case


def test_a_penalty_whose_ground_a_court_has_taken_away_is_due_to_be_decided_and_keeps_its_date(store: Store, hand: Hand) -> None:
    case = penalised(store, hand)
    penalty, by = case.the(Proposal.PENALTY), by_now(case.office, case.case)
    assert waiting(case.office, DocketKind.SHAKEN) == [(penalty.id, case.case, by)]
    assert (at_risk(case.office, "shaken", by), at_risk(case.office, "shaken", hand())) == (1, 0)
    hand.on(days=2)
    with store.begin() as tx:
        shaken.shake(case.office, tx, tx.cases.get(case.case), [penalty], "consequence.annulled", hand())
    assert waiting(case.office, DocketKind.SHAKEN) == [(penalty.id, case.case, by)], "what waits already waits no longer by it"
    with serving(case.office) as edge, edge.client() as browser:
        logged_in(edge, browser)
        text = browser.get("/review", headers={"Accept-Language": "zh"}).text
    assert f'href="/consequences/{penalty.id}' in text
    assert "所依据的结果已不成立、待处理的生效决定" in text
    case.annul(penalty, Annulled.CORRECTION, "更正1号")
    assert waiting(case.office, DocketKind.SHAKEN) == []
    assert at_risk(case.office, "shaken", by) == 0


def test_who_sees_that_it_stands_for_reasons_of_its_own_says_so_to_its_subject_and_not_in_passing(
    store: Store, hand: Hand
) -> None:
    case = penalised(store, hand)
    held = case.the(Proposal.PENALTY)
    with store.begin() as tx, pytest.raises(Refusal, match="shaken_unanswered"):
        attention.close(tx, f"consequence_shaken:{held.id}", "王五", hand(), note="另有违法事实")
    case.act(lambda tx: upholding.uphold(case.office, tx, held.id, "另有违法事实", case.by("孙七"), hand()))
    assert waiting(case.office, DocketKind.SHAKEN) == []


def test_a_grade_that_rests_on_a_finding_that_fell_is_due_once_by_the_step_that_waits_or_by_a_date_of_its_own(
    store: Store, hand: Hand
) -> None:
    first = decided(store, hand, Outcome.UNTRUE_INCURABLE)
    revoke = first.bring(first.impose(first.the(Proposal.REVOKE)))
    second = decided(store, hand, Outcome.UNTRUE_INCURABLE, office=first.office, reference="R-2")
    entered = second.impose(second.the(Proposal.RECORD_CREDIT))
    settle(first.office)
    first.annul(revoke)
    assert waiting(first.office, DocketKind.REGRADE) == [(entered.id, second.case, by_now(first.office, second.case))]
    steps = [about for about, _, _ in waiting(first.office, DocketKind.CONSEQUENCE)]
    assert steps.count(second.the(Proposal.REVOKE).id) == 1, "whoever takes its next step has the matter before him or her"
    with store.begin() as tx, pytest.raises(Refusal, match="shaken_unanswered"):
        attention.close(tx, f"consequence_regrade:{entered.id}", "李四", hand(), note="看过")
    second.act(lambda tx: upholding.uphold(first.office, tx, entered.id, "等级不变", second.by("王五"), hand()))
    assert waiting(first.office, DocketKind.REGRADE) == []


def test_a_case_that_an_officer_wants_sent_back_is_due_to_be_answered_by_another(scene: Scene) -> None:
    open_asking(scene)
    ask(scene)
    by = by_now(scene.office, scene.case_id)
    assert waiting(scene.office, DocketKind.SEND_BACK) == [(scene.case_id, scene.case_id, by)]
    assert at_risk(scene.office, "send_back", by) == 1
    with serving(scene.office) as edge, edge.client() as browser:
        logged_in(edge, browser)
        assert f'href="/review/{scene.case_id}/send-back' in browser.get("/review").text
    decline(scene)
    assert waiting(scene.office, DocketKind.SEND_BACK) == []


def test_a_decision_in_doubt_that_has_not_come_stands_on_the_list_once(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.UNTRUE_INCURABLE)
    revoke = case.impose(case.the(Proposal.REVOKE))
    case.speaks_for()
    assert [one["proposal"] for one in case.matters("consequence_shaken")] == ["REVOKE"]
    with store.read() as tx:
        rows = [one for one in tx.docket.page(list(case.office.tree), None, 100) if one.id == revoke.id]
        late = due_by(tx, datetime.max.replace(tzinfo=hand().tzinfo))
    assert [one.kind for one in rows] == [DocketKind.SHAKEN], "whether it stands is said before it is brought"
    assert (late["consequence"], late["shaken"]) == (0, 1)
    case.decide(Outcome.UNTRUE_INCURABLE)
    with store.begin() as tx:
        upholding.uphold(case.office, tx, revoke.id, "仍应撤销", case.by("王五"), hand())
    with store.read() as tx:
        kinds = [one.kind for one in tx.docket.page(list(case.office.tree), None, 100) if one.id == revoke.id]
    assert kinds == [DocketKind.CONSEQUENCE], "it is to be brought now"
