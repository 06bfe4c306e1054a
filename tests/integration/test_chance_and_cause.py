"""Scenario 31: of fifty checks that chance chose and ten that a lead did, what is said of all firms comes from the fifty alone."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from fractions import Fraction

import pytest

from inspector.domain.case import SubjectKind
from inspector.domain.finding import Seen
from inspector.domain.inspection import CheckType
from inspector.domain.leadcheck import LeadState, Report
from inspector.domain.plan import Draw
from inspector.domain.policy import Policy
from inspector.domain.report import Estimate
from inspector.domain.tipoff import TipSource
from inspector.flows import dispatch, leads
from inspector.flows.office import Office, Plan
from inspector.flows.reporting import report
from inspector.flows.reportwords import markdown, tell
from inspector.store.store import Store
from tests.drawn import carried_out, drawing, visits
from tests.house import Hand, settle
from tests.integration.test_draw_rivals import announce
from tests.integration.test_exclusions import code, firm

pytestmark = [pytest.mark.alike, pytest.mark.slow]


def fifty(store: Store, hand: Hand) -> tuple[Office, Draw]:
    """A hundred firms of which chance draws fifty."""
    office, _, _ = drawing(store, hand, staff=9)

    def change(pack: Policy) -> Policy:
        rows = tuple(replace(row, ratio=Fraction(1, 2)) if row.stratum == "pool-U" else row for row in pack.samplings)
        return replace(pack, samplings=rows, bounds=replace(pack.bounds, sizes=()))

    plans = {"weekly": Plan(name="weekly", agency="bureau", trigger="every 7d", pool=True)}
    office = replace(office, plans=plans, book=replace(office.book, packs=tuple(map(change, office.book.packs))))
    with store.begin() as tx:
        tx.rosters.put_objects(firm(number) for number in range(100))
    held = announce(office, hand, "weekly")
    settle(office)
    return office, carried_out(office, hand, held.number)


def went(office: Office, hand: Hand, number: str, false: int) -> set[str]:
    """Every team has been there, and at so many of the firms it has found something; the codes of all that were drawn."""
    made = visits(office, number)
    for place, visit in enumerate(made):
        with office.store.begin() as tx:
            names = [seat.name for seat in tx.visits.team(visit.id)]
            for name in names:
                dispatch.accept(tx, name, hand())
            seen = Seen.FINDING if place < false else Seen.NOTHING
            words = "现场与承诺不符" if seen is Seen.FINDING else ""
            dispatch.report(office, tx, names[0], [], words, hand(), seen=seen)
    return {visit.code for visit in made}


def followed_up(office: Office, hand: Hand, codes: Collection[str]) -> None:
    """A complaint about each firm, a check for cause that a head has approved, and something found at each."""
    for one in codes:
        given = leads.Given(
            agency="bureau", source=TipSource.HOTLINE, kind=SubjectKind.FIRM, code=one, name="某公司", words="并未经营"
        )
        with office.store.begin() as tx:
            lead = leads.take(office, tx, given, "热线", hand())
            check = leads.propose(office, tx, lead.id, "现场是否经营", "线索具体", "李四", hand())
            leads.decide(office, tx, check.id, "王局长", "批〔2026〕1号", hand(), approved=True)
            done = Report(inspectors=("Z001", "Z002"), on=hand().date(), found=True, words="门店已关闭", by="李四")
            assert leads.report(office, tx, check.id, done, hand()).state is LeadState.DONE


def estimated(office: Office, number: str) -> tuple[Estimate, str]:
    """What the report says of the level, and the whole report as people read it."""
    with office.store.read() as tx:
        told = report(office, tx, number)
    (estimate,) = told.estimates
    assert (told.share.random, told.share.planned) == (50, 50), "a check for cause is none of the plan's"
    return estimate, markdown(tell(told, "en"))


def test_scenario_31_given_fifty_random_and_ten_lead_checks_the_false_rate_is_that_of_the_fifty(store: Store, hand: Hand) -> None:
    office, drawn = fifty(store, hand)
    codes = went(office, hand, drawn.number, false=5)
    assert len(codes) == 50
    before, words = estimated(office, drawn.number)
    assert (before.judged, before.found, before.open, before.share) == (50, 5, 0, Fraction(1, 10))
    assert (before.least is not None, before.greatest is not None) == (True, True), "with its interval"

    others = sorted({code(number) for number in range(100)} - codes)
    followed_up(office, hand, [*others[:5], *sorted(codes)[:5]])
    with store.read() as tx:
        checks = tx.inspections.of("bureau", (SubjectKind.FIRM, [code(number) for number in range(100)]))
    assert [one.check for one in checks] == [CheckType.LEAD] * 10
    assert estimated(office, drawn.number) == (before, words), "with the ten it would be 15 of 60, or 10 of 55"
