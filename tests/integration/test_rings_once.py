"""A phone rings once for all that one settlement changes in an assignment, or one night; nothing that was said is lost (issue 6)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest

from inspector.domain.hush import Hush
from inspector.domain.manners import Window
from inspector.domain.push import Pushing
from inspector.domain.urgency import Urgency
from inspector.domain.visit import Visit
from inspector.flows.office import Office
from inspector.flows.seats import ADDED, CHANGED, SPARED, tell_changed, tell_dated, tell_off
from inspector.ports import Message, Receipt, Unavailable
from inspector.store.store import Store
from tests.house import Hand, settle
from tests.integration.test_called_off import leave
from tests.integration.test_draw_way import Phones
from tests.integration.test_spared import given

pytestmark = pytest.mark.alike


def say(office: Office, visit: Visit, words: Iterable[str]) -> None:
    """Things that change in one settlement, one after the other, each with a version of the visit of its own."""
    with office.store.begin() as tx:
        tx.cases.lock(visit.case_ids)
        for word in words:
            held = tx.visits.put(tx.visits.get(visit.id, lock=True))
            if word == "sooner":
                tell_dated(office, tx, held, office.now())
            else:
                tell_changed(office, tx, held, office.now(), word)


def rung(phones: Phones, visit: Visit) -> list[str]:
    """The titles of what was told of a visit since it was given, of one of its seats."""
    told = [one for one in phones.messages if one.data.get("changed")]
    seats = {str(one.data["seat"]) for one in told}
    by = [[one.title for one in told if one.data["seat"] == seat] for seat in sorted(seats)]
    assert all(one == by[0] for one in by), "each of the team hears the same"
    assert all(one.data["visit"] == visit.id for one in told)
    return by[0] if by else []


@pytest.mark.slow
def test_what_one_settlement_changes_is_one_push(store: Store, hand: Hand) -> None:
    office, phones, _, visit = given(store, hand)
    say(office, visit, [ADDED, SPARED])
    settle(office)
    assert rung(phones, visit) == ["检查：多项变动"]
    say(office, visit, [SPARED, SPARED])
    settle(office)
    assert rung(phones, visit)[1:] == ["检查：部分事项已查明"], "of one kind it is said as it is"
    say(office, visit, [ADDED, "sooner"])
    settle(office)
    assert rung(phones, visit)[2:] == ["检查：多项变动"]
    urgent = replace(office, pushing=Pushing(hush=Hush(urgent=frozenset({"off", "sooner"}))))
    say(urgent, visit, [ADDED, "sooner", CHANGED])
    settle(urgent)
    assert rung(phones, visit)[3:] == ["检查期限提前"], "the urgent one is what is said, and asks to read the page, too"
    with store.read() as tx:
        assert not [row for row in tx.attention.page(None) if row["kind"] == "work_stopped"]


@pytest.mark.slow
def test_what_a_night_has_gathered_rings_once_in_the_morning_and_a_call_off_takes_it_all_back(store: Store, hand: Hand) -> None:
    office, phones, _, visit = given(store, hand)
    windows = {Urgency.NORMAL: (Window(begins=time(21), ends=time(8)),)}
    office = replace(office, pushing=Pushing(hush=Hush(windows=windows, urgent=frozenset({"off"}))))
    hand.now = hand().replace(hour=22, minute=0)
    for word in (CHANGED, SPARED):
        say(office, visit, [word])
        settle(office)
    assert rung(phones, visit) == [], "nobody is woken for it"
    hand.now = (hand() + timedelta(days=1)).replace(hour=8, minute=0)
    settle(office)
    assert rung(phones, visit) == ["检查：多项变动"]
    hand.now = hand().replace(hour=22, minute=0)
    say(office, visit, [CHANGED])
    settle(office)
    leave(office, visit)
    settle(office)
    hand.now = (hand() + timedelta(days=1)).replace(hour=8, minute=0)
    settle(office)
    assert len(phones.off) == 2
    assert rung(phones, visit) == ["检查：多项变动"], "whose assignment was called off need not read it again"


class Doubtful(Phones):
    """Takes what comes, and its answer is lost."""

    lost = False

    def push(self, message: Message, *, key: str) -> Receipt:
        """Show it, and say nothing."""
        taken = super().push(message, key=key)
        if self.lost:
            raise Unavailable("timeout")
        return taken


@pytest.mark.slow
def test_what_was_tried_may_be_on_the_phone_and_is_not_told_as_unsaid(store: Store, hand: Hand) -> None:
    office, phones, _, visit = given(store, hand)
    doubtful = Doubtful(phones.messages, phones.off)
    doubtful.lost = True
    office = replace(office, connectors=replace(office.connectors, channels={"phones": doubtful}))
    say(office, visit, [ADDED])
    settle(office)
    assert {*rung(phones, visit)} == {"检查：合并办理"}, "nobody knows whether it came"
    doubtful.lost = False
    say(office, visit, [SPARED])
    settle(office)
    assert {*rung(phones, visit)} == {"检查：合并办理", "检查：部分事项已查明"}, "the first goes on by itself, under its own key"


@pytest.mark.slow
def test_what_corrects_or_calls_off_says_until_when_it_matters(store: Store, hand: Hand) -> None:
    office, phones, _, visit = given(store, hand)
    say(office, visit, [CHANGED])
    settle(office)
    leave(office, visit)
    settle(office)
    told = [*(one for one in phones.messages if one.data.get("changed")), *phones.off]
    assert len(told) == 4
    assert {datetime.fromisoformat(str(one.data["until"])) for one in told} == {visit.due_at}


def test_of_a_visit_that_is_overdue_nobody_says_until_when(store: Store, hand: Hand) -> None:
    office, phones, _, visit = given(store, hand)
    hand.now = visit.due_at
    hand.on(hours=1)
    with store.begin() as tx:
        held = tx.visits.get(visit.id, lock=True)
        tell_off(office, tx, held, tx.visits.team(held.id), hand())
    settle(office)
    assert [one.data.get("until") for one in phones.off] == [None, None], "as long as the channel keeps anything"
