"""What waits for a person, a letter or a date looks again by office time: where that runs fast, no step of a ladder loses days."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from inspector.domain.decision import OrderKind
from inspector.flows import assist
from inspector.flows.office import Office
from inspector.ports import NotYet
from inspector.store.store import Store
from tests.house import Hand, carry_out, claim
from tests.integration.test_letters import Desk, an_office, climbing, go, opened, request_of

pytestmark = pytest.mark.alike


def at_rate(rate: float) -> Callable[[datetime, datetime], timedelta]:
    """Machine time between two moments of office time that runs so many times as fast."""
    return lambda since, until: (until - since) / rate


def put_off(office: Office) -> dict[str, float]:
    """For how many machine seconds each step that has to wait is put off, by why."""
    found = {}
    for work in claim(office):
        try:
            carry_out(office, work)
        except NotYet as error:
            found[error.code] = error.retry_after or 0.0
    return found


@pytest.mark.parametrize(("rate", "seconds"), [(1.0, 3600.0), (240.0, 15.0), (100_000.0, 2.0)])
def test_a_step_that_waits_for_a_word_of_ours_looks_again_after_an_hour_of_office_time(
    store: Store, hand: Hand, rate: float, seconds: float
) -> None:
    desks = {"civil-affairs": Desk("civil-affairs"), "county-office": Desk("county-office")}
    office = replace(climbing(an_office(store, hand, desks)), waited=at_rate(rate))
    case_id = opened(office)
    go(office, letters=True)
    with store.begin() as tx:
        assist.propose_date(office, tx, request_of(store, case_id).id, date(2026, 3, 24), "需调阅纸质档案", "王五", hand.now)
    hand.now = next(one.at for one in request_of(store, case_id).rungs if one.kind is OrderKind.ASSIST_LIAISON)
    assert put_off(office).get("date_waits") == seconds


def test_no_look_comes_sooner_than_machines_need(store: Store, hand: Hand) -> None:
    office = replace(an_office(store, hand, {}), waited=at_rate(1e9))
    assert office.after(timedelta(days=1)) == 2.0
    assert replace(office, waited=at_rate(0.5)).after(timedelta(minutes=15)) == 1800.0
