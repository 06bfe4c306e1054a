"""Who brought a certificate is as long in the pool of daily supervision as who committed and stands in it by a case alone (scenario 5)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest

from inspector.domain.case import MatterKind, Route, SubjectKind
from inspector.domain.sampling import Window
from inspector.flows.draw import announce_now
from inspector.flows.intake import Application
from inspector.flows.members import object_id
from inspector.flows.odds import Rerun
from inspector.flows.office import Office
from inspector.store.store import Store
from tests.drawn import carried_out, drawing, visits
from tests.house import Hand, application, post, settle
from tests.integration.test_draw_rivals import pooled
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


def certified(week: int, person: int) -> Application:
    """A person who brought a certificate: nothing is verified, and he or she is entered among those who are supervised."""
    return application(
        100 * (week + 1) + person,
        "relief-household",
        {},
        route=Route.CERTIFICATE,
        subject_kind=SubjectKind.PERSON,
        matter=MatterKind.BENEFIT,
        subject_code=f"P{week}{person:06d}",
        **UNSIGNED,
    )


def promised(number: int) -> Application:
    """A firm that has committed, about which an online answer suffices: it stands in no register, and in the pool by its case alone."""
    return application(number, "stable-jobs", {"contributions": "12"}, matter=MatterKind.BENEFIT)


def named(office: Office, number: int) -> str:
    """The name of such a firm in a frame."""
    return object_id(office.secret, SubjectKind.FIRM, promised(number).subject_code)


@on_both
def test_a_share_of_a_quarter_is_drawn_of_all_who_came_in_it_by_either_route_and_each_draw_takes_what_is_still_owed(
    store: Store, hand: Hand
) -> None:
    office, _, _ = drawing(store, hand, staff=60)
    office = pooled(ruled(office), "weekly")
    pack = office.book.get("demo@1")
    with store.begin() as tx:
        assert tx.schedules.fired("plan:weekly", hand(), hand() + timedelta(days=7), hand(), "test")
    drawn, numbers, came, taken = list[int](), list[str](), FIRMS, set[str]()
    by_case = set[str]()
    for week in range(3):
        for person in range(2 if week == 0 else 8):
            came += 1
            by_case |= {named(office, 100 * (week + 1) + person)} if person % 2 else set()
            post(office, promised(100 * (week + 1) + person) if person % 2 else certified(week, person))
        settle(office)
        with store.begin() as tx:
            held = announce_now(office, tx, "weekly", "clerk", hand())
        assert held is not None
        settle(office)
        carried_out(office, hand, held.number)
        with store.read() as tx:
            quota = json.loads(tx.draws.file(held.number, "rules.json"))["derivation"]["quota"]
        assert quota["pool-U"][0] == came - len(taken & by_case), (
            "all of the quarter, as a register has them, less whose visit is set"
        )
        made = [one for one in visits(office, held.number) if one.stratum == "pool-U"]
        drawn.append(len(made))
        taken |= {one.object_id for one in made}
        numbers.append(held.number)
        hand.on(days=5)
        with store.begin() as tx:
            tx.schedules.fired("plan:weekly", hand(), hand() + timedelta(days=7), hand(), "test")
    # A quarter of 14, of 22 and of 30, rounded up, less what was drawn before.
    assert (drawn, len(taken)) == ([4, 2, 2], 8), "and nobody twice"
    for number in numbers:
        again = Rerun(office=office, candidate=pack, number=number)
        assert list(again.lines("demo")) is not None
        assert [(one.fault, one.drawn == one.would) for one in again.told] == [(False, True)], "a replay finds the same"
