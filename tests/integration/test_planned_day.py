"""Scenario 35: an inspector whose certificate ends before the day of the visit is not dealt it; the frame looks at the visits' day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from inspector.domain.calendar import Term
from inspector.domain.plan import Draw
from inspector.domain.timer import Timer
from inspector.flows.framing import frame
from inspector.flows.office import Office
from inspector.store.store import Store
from tests.drawn import announced, carried_out, drawing
from tests.house import START, Hand
from tests.integration.test_draw_way import inspectors, visits
from tests.integration.test_joint import AGENCIES, JOINT, together, waiting

pytestmark = pytest.mark.alike

LAST = date(2026, 3, 11)
"""The last day of a visit that is drawn on Monday, 2 March, by the pack's working days: a day each until all have promised, the seed is
due, the figures are typed and the last part is revealed, and then three for the visit."""


def certified(store: Store, hand: Hand, *until: date) -> tuple[Office, Draw]:
    """An announced draw of three visits; the first inspectors' certificates end on these days, those of three others in years."""
    office, _, _ = drawing(store, hand)
    staff = inspectors(len(until) + 3)
    lapsing = [replace(one, certificate_until=day) for one, day in zip(staff, until, strict=False)]
    with store.begin() as tx:
        tx.rosters.put_inspectors([*staff, *lapsing])
    _, held = announced(office, hand)
    return office, held


def frozen(office: Office, number: str) -> dict[str, str]:
    """Each inspector's status in the frozen frame."""
    with office.store.read() as tx:
        lines = tx.draws.files(number)["inspectors.tsv"].decode().splitlines()
    return {row[0]: row[4] for row in (line.split("\t") for line in lines)}


def test_scenario_35_who_is_certified_to_the_last_day_of_the_visits_is_drawable_and_a_day_less_is_not(
    store: Store, hand: Hand
) -> None:
    assert hand() == START
    today, given = START.date(), date(2026, 3, 5)  # the visits' three days, were they given today
    office, held = certified(store, hand, today - timedelta(days=1), today, given, LAST - timedelta(days=1), LAST)
    assert frozen(office, held.number) == {
        "Z001": "uncertified",
        "Z002": "uncertified",
        "Z003": "uncertified",
        "Z004": "uncertified",
        **dict.fromkeys(("Z005", "Z006", "Z007", "Z008"), "1"),
    }


def test_scenario_35_nobody_is_dealt_a_visit_that_may_be_made_after_his_certificate_has_ended(store: Store, hand: Hand) -> None:
    office, held = certified(store, hand, date(2026, 3, 5), date(2026, 3, 6), date(2026, 3, 8))
    carried_out(office, hand, held.number)
    made = visits(office, held.number)
    assert {office.calendar.local_date(visit.due_at) for visit in made} == {date(2026, 3, 9)}, (
        "every step came before its last day"
    )
    with store.read() as tx:
        ends = {one.id: one.certificate_until for one in tx.rosters.inspectors("bureau")}
        dealt = {(visit.id, seat.inspector) for visit in made for seat in tx.visits.team(visit.id)}
    assert len(dealt) == 6
    assert [(visit, staff) for visit, staff in dealt if ends[staff] < date(2026, 3, 9)] == []


def test_an_absence_is_held_to_the_day_on_which_the_visit_would_be_due_were_it_given_now(store: Store, hand: Hand) -> None:
    """Whoever is away now and back by the last day would be dealt a seat that passes on at once."""
    office, _, _ = drawing(store, hand)
    away, back = date(2026, 3, 2), date(2026, 3, 6)
    with store.begin() as tx:
        tx.rosters.put_inspectors([replace(inspectors(5)[0], leave_from=away, leave_until=back)])
    _, held = announced(office, hand)
    assert frozen(office, held.number)["Z001"] == "leave"


def test_the_officers_of_a_partner_are_held_to_the_day_by_the_pack_of_whoever_leads(store: Store, hand: Hand) -> None:
    office, _ = together(store, hand)
    waiting(office, *AGENCIES)
    with store.begin() as tx:
        staff = [replace(one, certificate_until=LAST) for one in tx.rosters.inspectors("other")]
        tx.rosters.put_inspectors(staff)
    pack = office.policy("bureau", START.date())
    longer = replace(pack, terms={**pack.terms, Timer.VISIT: replace(pack.terms[Timer.VISIT], term=Term.parse("10wd"))})
    for lead, status in ((pack, "1"), (longer, "uncertified")):
        with store.begin() as tx:
            made = frame(office, tx, JOINT, lead, "bureau-2026-00001", hand())
        (theirs,) = (one for one in made.lists if one.agency == "other")
        assert {row.status for row in made.frames[theirs.name].inspectors} == {status}
