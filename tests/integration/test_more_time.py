"""More time to rectify is given by an officer with reasons, told to its subject, and moves the reminder and the re-check with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from inspector.domain.case import Outcome
from inspector.domain.consequence import Agreement, Consequence, ConsequenceState, MoreTime, Stage
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.proposal import Proposal
from inspector.domain.serving import NoticeState, SubjectNotice, SubjectWord
from inspector.flows import rectifying, spoken
from inspector.flows import serving as links
from inspector.store.store import Store
from tests.edge import serving
from tests.house import Hand, settle
from tests.integration.test_forms import logged_in
from tests.integration.test_proceeding_page import send
from tests.proceedings import Proceeding, decided

pytestmark = pytest.mark.alike


@pytest.fixture
def case(store: Store, hand: Hand) -> Proceeding:
    """A case of which 李四 has found that it could be cured, on Monday 2 March 2026."""
    return decided(store, hand, Outcome.UNTRUE_CURABLE)


@pytest.fixture
def order(case: Proceeding) -> Consequence:
    """An order in force to rectify by Monday 16 March, which has come to its subject."""
    return case.impose(case.the(Proposal.ORDER_RECTIFY))


def longer(case: Proceeding, order: Consequence, days: int = 7, name: str = "李四", **more: Any) -> Consequence:
    """An officer gives more time, counted from the present date."""
    now = case.the(Proposal.ORDER_RECTIFY).rectification
    assert now is not None
    told: dict[str, Any] = {"reasons": "供货延误，非其本人原因", "law": "行政处罚法第28条"} | more
    given = MoreTime(signed=case.by(name), until=now.until.date() + timedelta(days=days), was=case.hand(), **told)
    return case.act(lambda tx: rectifying.more_time(case.office, tx, order.id, given, case.hand()))


def until(held: Consequence) -> date:
    """The date that counts."""
    assert held.rectification is not None
    return held.rectification.until.date()


def notice(case: Proceeding, name: str) -> SubjectNotice:
    """A notice of the case."""
    with case.office.store.read() as tx:
        return tx.servings.get(name)


def asking(case: Proceeding, **asked: bool) -> Proceeding:
    """The case by a pack whose row of an order asks for others."""
    packs = tuple(
        replace(
            pack,
            consequences={
                **pack.consequences,
                Proposal.ORDER_RECTIFY: replace(pack.consequences[Proposal.ORDER_RECTIFY], **asked),  # type: ignore[arg-type]
            },
        )
        if Proposal.ORDER_RECTIFY in pack.consequences
        else pack
        for pack in case.office.book.packs
    )
    return replace(case, office=replace(case.office, book=replace(case.office.book, packs=packs)))


def test_more_time_is_told_by_a_notice_and_the_former_date_stays_visible(
    case: Proceeding, order: Consequence, hand: Hand
) -> None:
    hand.on(days=3)
    done = longer(case, order)
    assert (until(order), until(done), done.stage) == (date(2026, 3, 16), date(2026, 3, 23), Stage.RECHECK)
    told = notice(case, f"{order.id}:longer-1")
    assert ("2026-03-23" in told.facts[0], "2026-03-16" in told.facts[0]) == (True, True)
    assert (told.reasons, "行政处罚法第28条" in told.basis) == ("供货延误，非其本人原因", True)
    with case.office.store.read() as tx:
        path = f"/subject/{order.id}:decision/{links.token(case.office, tx, f'{order.id}:decision')}"
    with serving(case.office) as edge, edge.client() as browser, edge.client() as phone:
        logged_in(edge, browser)
        for page in (browser.get(f"/consequences/{order.id}").text, phone.get(path).text):
            assert ("2026-03-16" in page, "2026-03-23" in page) == (True, True)


def test_the_reminder_and_the_re_check_move_with_it(case: Proceeding, order: Consequence, hand: Hand) -> None:
    hand.on(days=3)
    done = longer(case, order)
    assert done.due_at is not None
    assert order.due_at is not None
    assert done.due_at > order.due_at
    hand.on(days=8)
    settle(case.office)
    assert not case.events("consequence.reminded"), "nobody is reminded of a date that counts no more"
    hand.on(days=6)
    settle(case.office)
    assert len(case.events("consequence.reminded")) == 1
    hand.on(days=1)
    assert case.look(order, good=True, on=date(2026, 3, 20)).state is ConsequenceState.RECTIFIED, "in time, by the new date"


def test_who_was_reminded_of_the_former_date_is_reminded_of_the_new_one(case: Proceeding, order: Consequence, hand: Hand) -> None:
    hand.on(days=10)
    settle(case.office)
    assert len(case.events("consequence.reminded")) == 1
    longer(case, order)
    assert notice(case, f"{order.id}:reminder").state is NoticeState.CANCELLED
    hand.on(days=9)
    settle(case.office)
    assert len(case.events("consequence.reminded")) == 2
    assert notice(case, f"{order.id}:reminder-1").state.open


def test_more_time_has_reasons_a_basis_and_the_limits_of_an_order(case: Proceeding, order: Consequence) -> None:
    for days in (0, -3, 90):
        with pytest.raises(Invalid, match="more_time_out_of_range"):
            longer(case, order, days)
    for silent in ({"reasons": " "}, {"law": " "}):
        with pytest.raises(Invalid, match="consequence_words_missing"):
            longer(case, order, 7, "李四", **silent)


def test_nobody_gets_more_time_for_an_order_that_has_not_come_or_is_over(case: Proceeding, hand: Hand) -> None:
    held = case.the(Proposal.ORDER_RECTIFY)
    case.noticed(held)
    order = case.rule(held, until=hand().date() + timedelta(days=14), brought=False)
    with pytest.raises(Refusal, match="rectification_unserved"):
        longer(case, order)
    case.bring(order)
    case.look(order, good=True, on=hand().date())
    with pytest.raises(Refusal, match="consequence_not_ordered"):
        longer(case, order)


def test_where_the_pack_asks_two_for_the_order_two_give_more_time(case: Proceeding, order: Consequence, hand: Hand) -> None:
    case = asking(case, second=True)
    waits = longer(case, order)
    assert (waits.stage, until(waits)) == (Stage.EXTEND, date(2026, 3, 16)), "nothing is moved yet"
    with pytest.raises(Refusal, match="consequence_same_person"):
        case.agree(order, Agreement.SECOND, "李 四")
    done = case.agree(order, Agreement.SECOND, "王五")
    assert (done.stage, until(done)) == (Stage.RECHECK, date(2026, 3, 23))
    assert notice(case, f"{order.id}:longer-1").state.open


def test_its_subject_asks_for_it_by_the_link_and_an_officer_answers_on_the_page(
    case: Proceeding, order: Consequence, hand: Hand
) -> None:
    hand.on(days=2)
    name = f"{order.id}:decision"
    with case.office.store.read() as tx:
        path = f"/subject/{name}/{links.token(case.office, tx, name)}"
    with serving(case.office) as edge, edge.client() as browser, edge.client() as phone:
        assert "申请延长整改期限" in phone.get(path).text
        with case.office.store.begin() as tx:
            spoken.say(case.office, tx, name, SubjectWord.MORE_TIME, "设备到货晚，请延至23日", (), hand())
        (matter,) = case.matters("subject_spoke")
        assert (matter["word"], bool(matter["due_at"])) == ("MORE_TIME", True), "it stands on the list with a date"
        logged_in(edge, browser)
        page = browser.get(f"/consequences/{order.id}").text
        assert "设备到货晚，请延至23日" in page
        told = {"until": "2026-03-23", "law": "行政处罚法第28条", "reasons": "确有困难"}
        assert send(browser, f"/consequences/{order.id}", "more_time", **told).status_code == 303
    assert not case.matters("subject_spoke"), "answered"
    assert until(case.the(Proposal.ORDER_RECTIFY)) == date(2026, 3, 23)


def test_nobody_asks_for_more_time_once_the_date_is_over(case: Proceeding, order: Consequence, hand: Hand) -> None:
    hand.on(days=15)
    with case.office.store.begin() as tx, pytest.raises(Refusal, match="word_unfit"):
        spoken.say(case.office, tx, f"{order.id}:decision", SubjectWord.MORE_TIME, "请延期", (), hand())


def test_a_look_that_failed_leaves_no_more_time_waiting(case: Proceeding, order: Consequence, hand: Hand) -> None:
    case = asking(case, legal=True)
    longer(case, order, 10)
    hand.on(days=16)
    assert case.look(order, good=False).state is ConsequenceState.FAILED
    with pytest.raises(Refusal, match="consequence_not_ruled"):
        case.agree(order, Agreement.LEGAL, "赵六")
