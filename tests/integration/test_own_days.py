"""Scenario 35 where each agency has a list of its own: a visit is due by the pack of whoever goes first, so by any of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

import pytest

from inspector.domain.calendar import Term, due
from inspector.domain.frame import Frame
from inspector.domain.timer import Timer
from inspector.flows import supplement
from inspector.flows.framing import frame
from inspector.flows.office import Office
from inspector.flows.remainder import remainder
from inspector.store.store import Store
from tests.house import START, Hand
from tests.integration.test_joint import drawn, enlist, waiting
from tests.integration.test_own_lists import FIRE, MARKET, OWN, departments, firms
from tests.integration.test_planned_day import LAST

pytestmark = pytest.mark.alike

LONG = Term.parse("40wd")
CASES = [(MARKET, FIRE), (FIRE, MARKET)]
IDS = ["the lead's", "a partner's"]


def longer(office: Office, of: str) -> Office:
    """The office with visits that are due in forty working days by the pack of one of the two agencies."""
    pack = office.policy(of, START.date())
    made = replace(pack, terms={**pack.terms, Timer.VISIT: replace(pack.terms[Timer.VISIT], term=LONG)})
    packs = tuple(made if one.label == pack.label else one for one in office.book.packs)
    return replace(office, book=replace(office.book, packs=packs))


def registers(store: Store, hand: Hand, of: str) -> Office:
    """Both agencies with firms."""
    office = longer(departments(store, hand)[0], of)
    for agency in (MARKET, FIRE):
        firms(office, agency, range(1, 13))
    return office


def lapsing(office: Office, agency: str, day: date) -> None:
    """The certificates of all of an agency's officers end."""
    with office.store.begin() as tx:
        tx.rosters.put_inspectors([replace(one, certificate_until=day) for one in tx.rosters.inspectors(agency)])


def statuses(frames: Mapping[str, Frame], agency: str) -> dict[str, str]:
    """What each of an agency's officers is in its frame; a list is named as its agency is."""
    return {row.id: row.status for row in frames[agency].inspectors}


@pytest.mark.parametrize(("of", "other"), CASES, ids=IDS)
def test_a_certificate_lasts_to_the_day_of_the_longest_pack_by_which_a_visit_may_be_due(
    store: Store, hand: Hand, of: str, other: str
) -> None:
    """The lead goes first, and by its reserve it may come in where a partner goes already."""
    office = registers(store, hand, of)
    lapsing(office, other, LAST)
    with store.begin() as tx:
        made = frame(office, tx, OWN, office.policy(MARKET, START.date()), "bureau-2026-00001", hand())
    assert {*statuses(made.frames, other).values()} == {"uncertified"}
    assert {*statuses(made.frames, of).values()} == {"1"}


def test_an_absence_is_held_to_the_day_of_each_pack_by_which_a_visit_may_be_due(store: Store, hand: Hand) -> None:
    office = registers(store, hand, MARKET)
    far = office.calendar.local_date(due(hand(), LONG, office.calendar).at)
    with store.begin() as tx:
        first, second, *_ = tx.rosters.inspectors(FIRE)
        away = replace(first, leave_from=far, leave_until=far)
        tx.rosters.put_inspectors([away, replace(second, leave_from=START.date(), leave_until=date(2026, 3, 6))])
        made = frame(office, tx, OWN, office.policy(MARKET, START.date()), "bureau-2026-00001", hand())
    assert {name for name, one in statuses(made.frames, FIRE).items() if one == "leave"} == {first.id, second.id}


@pytest.mark.slow
def test_so_is_it_where_a_visit_is_dealt_anew_and_where_more_are_drawn(store: Store, hand: Hand) -> None:
    office = longer(departments(store, hand, {MARKET: 4, FIRE: 2})[0], MARKET)
    waiting(office, MARKET, FIRE)
    done, _ = drawn(office, hand)
    enlist(office, {FIRE: 6})
    with store.read() as tx:
        assert supplement.outlook(office, tx, "joint", hand()).helped
    lapsing(office, FIRE, office.calendar.local_date(hand()) + timedelta(days=20))
    with store.read() as tx:
        assert not supplement.outlook(office, tx, "joint", hand()).helped
        rest = remainder(office, tx, done, office.policy(MARKET, START.date()), "number", hand())
    frames = {name: held for part in rest.parts for name, held in part.staffed.frames.items()}
    assert {*statuses(frames, FIRE).values()} == {"uncertified"}
