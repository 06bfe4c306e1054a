"""Whoever has promised something by a day to come is guided before that day, by itself and once (clause 9.2 of the plan)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest

from inspector.domain.agreed import Contact
from inspector.domain.case import Claim, Outcome
from inspector.domain.duty import Follow
from inspector.domain.serving import NoticeKind, NoticeState, SubjectNotice, SubjectWord
from inspector.flows import intake, review, spoken
from inspector.flows.intake import Application
from inspector.flows.office import Office
from inspector.ports import Origin, Unavailable
from inspector.store.store import Store
from tests.house import TREE, Hand, Table, application, open_office, post, settle
from tests.reached import PHONE, Wire

pytestmark = pytest.mark.alike

DAY = date(2026, 3, 20)
AGREED = Contact(phone=PHONE, agreed=True)


def promise(*days: date, number: int = 1) -> Application:
    """A commitment that speaks of these days, one fact for each."""
    facts = ("registration-status", "social-insurance")
    given = application(number, "business-licence", {})
    claims = tuple(Claim(key=fact, fact=fact, value="存续", on=day) for fact, day in zip(facts, days, strict=False))
    return replace(given, claims=claims, contact=AGREED)


def place(store: Store, hand: Hand, *, guided: bool = True, says: str | Exception = "存续") -> tuple[Office, Wire]:
    sms = Wire()
    office = open_office(store, hand, sources={"registers": Table(default=says)}, channels={"sms": sms})
    packs = office.book.packs
    if not guided:
        packs = tuple(
            replace(one, follows={step: row for step, row in one.follows.items() if step is not Follow.GUIDANCE}) for one in packs
        )
    tree = {**TREE, "bureau": replace(TREE["bureau"], subjects_by_phone="sms")}
    return replace(office, tree=tree, book=replace(office.book, packs=packs)), sms


def guided(store: Store, case: str) -> list[SubjectNotice]:
    with store.read() as tx:
        return [one for one in tx.servings.of_case(case) if one.kind is NoticeKind.GUIDANCE]


def until(office: Office, hand: Hand, day: date) -> None:
    """The days pass, each with its work, until the noon of this one."""
    while hand().date() < day:
        hand.on(days=1)
        settle(office)


def test_who_has_promised_by_a_day_to_come_is_guided_five_working_days_before_by_itself_and_once(
    store: Store, hand: Hand
) -> None:
    office, sms = place(store, hand)
    case = post(office, promise(DAY))
    until(office, hand, date(2026, 3, 12))
    assert guided(store, case) == []
    until(office, hand, date(2026, 3, 13))
    (told,) = guided(store, case)
    assert told.facts == ("市场主体登记状态：存续，承诺日期 2026-03-20",)
    assert [message.to for _, message in sms.pushed] == [PHONE]
    with store.read() as tx:
        made = [json.loads(row["body"]) for row in tx.ledger.about(case) if row["rule"] == "notice.make"]
        assert [(one["facts"]["notice_kind"], one["basis"]) for one in made] == [("GUIDANCE", ["S0:9;H:60", "H:51;H:52"])]
        may = spoken.may_say(office, tx.cases.get(case), told, hand())
    assert may == (SubjectWord.RECEIVED, SubjectWord.WITHDRAWAL), "and who cannot keep it may still withdraw"
    until(office, hand, date(2026, 3, 30))
    assert len(guided(store, case)) == 1
    assert guided(store, case)[0].state is NoticeState.CANCELLED, "once the day is over nobody brings it any more"


def test_a_correction_moves_the_day_and_what_was_told_already_is_not_told_again(store: Store, hand: Hand) -> None:
    office, _ = place(store, hand)
    case = post(office, promise(DAY))
    with store.begin() as tx:
        intake.correct(office, tx, case, promise(date(2026, 3, 10)), "hall", hand())
    until(office, hand, date(2026, 3, 4))
    (told,) = guided(store, case)
    assert told.answer_by is not None
    assert told.answer_by.date() == date(2026, 3, 10)
    until(office, hand, date(2026, 3, 24))
    assert len(guided(store, case)) == 1, "nothing is said of the day that is promised no more"


def test_guidance_that_is_on_its_way_is_called_off_by_a_correction_of_its_day(store: Store, hand: Hand) -> None:
    office, _ = place(store, hand, says=Unavailable("timeout", origin=Origin.THEM, attempts=1))
    case = post(office, promise(date(2026, 3, 4)))
    settle(office)
    (told,) = guided(store, case)
    assert told.state is NoticeState.HANDED_OVER, "the day is near, so it goes at once"
    with store.begin() as tx:
        intake.correct(office, tx, case, promise(DAY), "hall", hand())
    assert [one.state for one in guided(store, case)] == [NoticeState.CANCELLED]


@pytest.mark.parametrize("judged", [True, False])
def test_nobody_is_guided_about_what_is_judged_or_was_withdrawn(store: Store, hand: Hand, *, judged: bool) -> None:
    office, _ = place(store, hand)
    case = post(office, promise(DAY))
    settle(office)
    with store.begin() as tx:
        if judged:
            review.decide(office, tx, case, Outcome.UNVERIFIABLE, "李四", "到期前无法核实", (), hand())
        else:
            review.withdraw(office, tx, case, "不办了", "张三", hand())
    until(office, hand, date(2026, 3, 17))
    assert guided(store, case) == []


def test_a_promise_of_today_and_a_pack_without_the_row_ask_for_no_guidance(store: Store, hand: Hand) -> None:
    office, _ = place(store, hand)
    today = post(office, promise(hand().date()))
    without, _ = place(store, hand, guided=False)
    later = post(without, promise(DAY, number=2))
    until(without, hand, date(2026, 3, 17))
    assert guided(store, today) == guided(store, later) == []
