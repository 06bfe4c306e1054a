"""Whom a record of another authority bars here is told so: what bars, whose decision, since when, what ends it, whom to object to."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest

from inspector.domain.gate import BarAnnulment, BarFault
from inspector.domain.serving import NoticeKind, NoticeState, SubjectNotice, SubjectWord
from inspector.domain.wayto import ServiceWay
from inspector.flows import eligibility, reached, spoken
from inspector.flows.office import Office
from inspector.flows.unserved import TO_SERVE
from inspector.store.store import Store
from tests.drawn import drawing
from tests.house import Hand, application, post
from tests.integration.test_bars_again import BAR, CODE, DAY, entered
from tests.integration.test_way import LICENCE

pytestmark = pytest.mark.alike


def known(store: Store, hand: Hand) -> tuple[Office, str]:
    """An office that has a case of the barred firm."""
    office, _, _ = drawing(store, hand)
    return office, post(office, application(1, "business-licence", LICENCE, subject_code=CODE))


def told(office: Office, case_id: str) -> list[SubjectNotice]:
    with office.store.read() as tx:
        return sorted((one for one in tx.servings.of_case(case_id) if one.about == BAR.id), key=lambda one: one.made_at)


def annul(office: Office, hand: Hand) -> None:
    said = BarAnnulment(why=BarFault.WRONG_SUBJECT, document="", reasons="文书所载为同名另一企业", by="李四")
    with office.store.begin() as tx:
        eligibility.annul(office, tx, BAR.id, ["bureau"], said, hand())


def test_the_subject_reads_what_bars_it_whose_decision_it_is_since_when_what_ends_it_and_whom_to_object_to(
    store: Store, hand: Hand
) -> None:
    office, case_id = known(store, hand)
    entered(office, BAR)
    entered(office, BAR)
    (notice,) = told(office, case_id)
    what, since, end = notice.facts
    authority, wrong, _ = notice.rights
    assert (notice.kind, notice.state, notice.way) == (NoticeKind.BAR, NoticeState.MADE, ServiceWay.PAPER)
    assert ("省税务局" in what, "税稽罚〔2026〕3号" in what, "偷税" in what, "2026-01-05" in since) == (True,) * 4
    assert ("省税务局修复后解除" in end, "省税务局提出" in authority, "区市场监管局" in wrong, "个工作日" in wrong) == (True,) * 4
    assert notice.basis[0] == "S0:2"
    with office.store.read() as tx:
        assert [row["about"] for row in tx.attention.page(None, kind=TO_SERVE)] == [notice.id], "somebody brings it"


def test_what_is_annulled_or_repaired_is_told_and_nobody_brings_the_notice_of_before(store: Store, hand: Hand) -> None:
    office, case_id = known(store, hand)
    entered(office, BAR)
    hand.on(days=1)
    annul(office, hand)
    hand.on(days=1)
    with office.store.begin() as tx:
        eligibility.reinstate(office, tx, BAR.id, ["bureau"], "文书核对无误", "李四", hand())
    hand.on(days=1)
    with office.store.begin() as tx:
        eligibility.repair(office, tx, BAR.id, ["bureau"], date(2026, 3, 2), "修复〔2026〕1号", "李四", hand())
    first, over, again, repaired = told(office, case_id)
    assert [one.kind for one in (first, over, again, repaired)] == [
        NoticeKind.BAR,
        NoticeKind.ANNULMENT,
        NoticeKind.BAR,
        NoticeKind.REPAIRED,
    ]
    assert [one.state for one in (first, again)] == [NoticeState.CANCELLED] * 2
    assert ("同名另一企业" in over.reasons, "录错主体" in over.facts[1]) == (True, True)
    assert ("文书核对无误" in again.reasons, "2026-03-02" in repaired.facts[1]) == (True, True)


def test_by_its_link_the_subject_says_that_it_is_not_its_own_and_whoever_entered_it_looks_by_a_date(
    store: Store, hand: Hand
) -> None:
    office, case_id = known(store, hand)
    entered(office, BAR)
    (notice,) = told(office, case_id)
    with office.store.begin() as tx:
        spoken.say(office, tx, notice.id, SubjectWord.OBJECTION, "不是本公司", (), hand())
    with office.store.read() as tx:
        (matter,) = tx.attention.standing(eligibility.CONTESTED)
        rows = [json.loads(row["body"]) for row in tx.ledger.about(f"bar:{BAR.id}")]
        assert not tx.attention.standing("subject_spoke"), "it has its own door"
    assert (matter["case"], rows[-1]["facts"]["words"], matter["basis"]) == (case_id, "不是本公司", "S0:8;P:1.7.6;P:2.4")
    due_at = matter["due_at"]
    hand.on(days=1)
    with office.store.begin() as tx:
        reached.served(office, tx, notice.id, hand().date(), ServiceWay.PAPER, "回证1", "李四", hand())
        spoken.say(office, tx, notice.id, SubjectWord.OBJECTION, "再说一次", (), hand())
    with office.store.read() as tx:
        assert tx.attention.standing(eligibility.CONTESTED)[0]["due_at"] == due_at, "what waits already keeps its date"


def test_what_bars_nobody_and_whoever_has_no_case_here_are_told_nothing(store: Store, hand: Hand) -> None:
    office, case_id = known(store, hand)
    entered(office, replace(BAR, repaired_on=DAY, repaired_by="修复〔2026〕1号"))
    assert told(office, case_id) == []
    stranger = replace(BAR, id="f" * 32, code=application(7, "business-licence", LICENCE).subject_code)
    assert entered(office, stranger).added == 1
