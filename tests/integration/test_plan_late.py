"""An approved annual plan that nobody publishes is a year without draws: a person hears of it by the pack's term (handbook 1.2.3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from inspector.domain.calendar import Term, Unit
from inspector.flows import planning, unposted
from inspector.flows.office import Office
from inspector.store.store import Store
from tests.house import Hand
from tests.integration.test_annual_plan import an_office, approved, made, published
from tests.integration.test_tampered import daily

pytestmark = pytest.mark.alike


def saying(office: Office, within: Term | None) -> Office:
    """The office, whose packs say by when a plan is public."""
    packs = tuple(replace(pack, draw=replace(pack.draw, plan_within=within)) for pack in office.book.packs)
    return replace(office, book=replace(office.book, packs=packs))


def heard(office: Office) -> list[str]:
    with office.store.read() as tx:
        return [one.about for one in tx.attention.of_kind(unposted.MATTER) if one.open]


@pytest.mark.parametrize("withdrawn", [False, True])
def test_an_approved_plan_is_told_behind_its_date_until_it_is_published_or_withdrawn(
    store: Store, hand: Hand, withdrawn: bool
) -> None:
    office = saying(an_office(store, hand), Term(amount=10, unit=Unit.WORKING_DAY))
    made(office)
    daily(office)
    assert heard(office) == [], "what is not approved is owed by nobody"
    by = unposted.due_at(office, approved(office))
    assert by is not None
    assert office.calendar.local_date(by) == office.calendar.add_working_days(office.calendar.local_date(hand()), 10)
    hand.now = by
    daily(office)
    assert heard(office) == []
    hand.now = by + timedelta(seconds=1)
    daily(office)
    assert heard(office) == ["weekly:2026"]
    if withdrawn:
        with store.begin() as tx:
            planning.withdraw(office, tx, "weekly", 2026, by="赵科员", reason="改期", now=hand())
    else:
        published(office)
    assert heard(office) == []
    daily(office)
    assert heard(office) == []


def test_by_a_pack_without_a_term_nobody_is_told(store: Store, hand: Hand) -> None:
    office = an_office(store, hand)
    made(office)
    approved(office)
    hand.on(days=300)
    daily(office)
    assert heard(office) == []
