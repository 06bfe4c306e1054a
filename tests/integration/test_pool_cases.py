"""Who brought a certificate and stands in no register is as long in the pool of daily supervision as whoever does (scenario 5)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest

from inspector.domain.case import MatterKind, Route, SubjectKind
from inspector.domain.sampling import Window
from inspector.flows.draw import announce_now
from inspector.flows.odds import Rerun
from inspector.flows.office import Office
from inspector.store.store import Store
from tests.house import Hand, application, post, settle
from tests.integration.test_draw_rivals import pooled
from tests.integration.test_draw_way import carried_out, drawing, visits
from tests.operator import on_both, one_database

pytestmark = [pytest.mark.alike, pytest.mark.slow]

database_url = one_database
FIRMS = 12
"""That the register holds, none of them rated."""
UNSIGNED: dict[str, object] = {
    "letter_text": None,
    "letter_digest": None,
    "signed_by": None,
    "signed_on": None,
    "notice_version": None,
}


def ruled(office: Office) -> Office:
    """One in four of the unrated pool in a quarter, and two at least."""
    (pack,) = (one for one in office.book.packs if one.label == "demo@1")
    rows = tuple(
        replace(row, per=Window.QUARTER, minimum=2, ratio=Fraction(1, 4)) if row.stratum == "pool-U" else row
        for row in pack.samplings
    )
    bounds = replace(pack.bounds, floor=None, ceiling=None, staff=None, sizes=())
    return replace(office, book=replace(office.book, packs=(replace(pack, samplings=rows, bounds=bounds),)))


@on_both
def test_a_share_of_a_quarter_is_drawn_of_all_certificates_of_the_quarter_and_each_draw_takes_what_is_still_owed(
    store: Store, hand: Hand
) -> None:
    office, _, _ = drawing(store, hand, staff=60)
    office = pooled(ruled(office), "weekly")
    pack = office.book.get("demo@1")
    with store.begin() as tx:
        assert tx.schedules.fired("plan:weekly", hand(), hand() + timedelta(days=7), hand(), "test")
    drawn, numbers, came, taken = list[int](), list[str](), FIRMS, set[str]()
    for week in range(3):
        for person in range(1 if week == 0 else 8):
            came += 1
            post(
                office,
                application(
                    100 * (week + 1) + person,
                    "relief-household",
                    {},
                    route=Route.CERTIFICATE,
                    subject_kind=SubjectKind.PERSON,
                    matter=MatterKind.BENEFIT,
                    subject_code=f"P{week}{person:06d}",
                    **UNSIGNED,
                ),
            )
        settle(office)
        with store.begin() as tx:
            held = announce_now(office, tx, "weekly", "clerk", hand())
        assert held is not None
        settle(office)
        carried_out(office, hand, held.number)
        with store.read() as tx:
            quota = json.loads(tx.draws.file(held.number, "rules.json"))["derivation"]["quota"]
        assert quota["pool-U"][0] == came, "all of the quarter, drawn before or not, as a register has them"
        made = [one for one in visits(office, held.number) if one.stratum == "pool-U"]
        drawn.append(len(made))
        taken |= {one.object_id for one in made}
        numbers.append(held.number)
        hand.on(days=5)
        with store.begin() as tx:
            tx.schedules.fired("plan:weekly", hand(), hand() + timedelta(days=7), hand(), "test")
    # A quarter of 13, of 21 and of 29, rounded up, less what was drawn before.
    assert (drawn, len(taken)) == ([4, 2, 2], 8), "and nobody twice"
    for number in numbers:
        again = Rerun(office=office, candidate=pack, number=number)
        assert list(again.lines("demo")) is not None
        assert [(one.fault, one.drawn == one.would) for one in again.told] == [(False, True)], "a replay finds the same"
