"""Bars of other authorities, and what their subjects said against them, go at the end of their days, by an entry that proves it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from inspector.domain.case import SubjectKind
from inspector.domain.errors import Refusal
from inspector.domain.gate import OutsideBar
from inspector.domain.purge import Hold
from inspector.flows import attention, eligibility
from inspector.flows.office import Office
from inspector.flows.purges import Amiss
from inspector.store.recordtables import outside_bar
from inspector.store.store import Store
from tests.house import Hand, open_office
from tests.integration.test_purging import holding, troubles
from tests.integration.test_purging_leads import due, let_go

pytestmark = pytest.mark.alike

WORDS, DOCUMENT = "该处罚系同名他人", "税罚〔2026〕7号"
ENDS = timedelta(days=1_000)


@pytest.fixture
def office(store: Store, hand: Hand) -> Office:
    return open_office(store, hand)


def barred(office: Office, hand: Hand, *, ends: bool = True) -> str:
    """A bar that another authority's document names, which its subject contested and an officer upheld; its name in the ledger."""
    day = hand().date()
    made = OutsideBar(
        id="bar-1",
        kind=SubjectKind.FIRM,
        code="TEST00000000000005",
        agency="bureau",
        authority="某市税务局",
        document=DOCUMENT,
        ground="虚开发票",
        since=day,
        until=day + ENDS if ends else None,
    )
    with office.store.begin() as tx:
        (held,) = eligibility.enter(office, tx, [made], "李四", hand()).held
    with office.store.begin() as tx:
        eligibility.contest(office, tx, held.id, WORDS, (), "link", hand())
    return held.id


def upheld(office: Office, hand: Hand, bar: str) -> None:
    with office.store.begin() as tx:
        attention.close(tx, f"{eligibility.CONTESTED}:{bar}", "李四", hand(), note="经核实")


def test_a_bar_goes_with_what_its_subject_said_once_it_has_long_ended(office: Office, store: Store, hand: Hand) -> None:
    bar = barred(office, hand)
    upheld(office, hand, bar)
    name = f"bar:{bar}"
    hand.on(days=366 * 10 + 5)
    assert due(office) == {name: (Hold.RECORD,)}, "its days count from its end, and no word in the ledger says that"
    with pytest.raises(Refusal, match="retention_held"):
        let_go(office, name)
    hand.now += ENDS
    assert due(office) == {name: ()}
    let_go(office, name)
    assert (holding(store, WORDS), holding(store, DOCUMENT), troubles(store), due(office)) == (set(), set(), set(), {})


def test_a_bar_that_still_bars_or_is_contested_is_kept(office: Office, hand: Hand) -> None:
    bar = barred(office, hand, ends=False)
    hand.on(days=366 * 40)
    assert due(office) == {f"bar:{bar}": (Hold.MATTER, Hold.RECORD)}
    upheld(office, hand, bar)
    hand.on(days=366 * 40)
    assert due(office) == {f"bar:{bar}": (Hold.RECORD,)}


def test_one_that_is_gone_without_an_entry_or_there_in_spite_of_one_is_named(office: Office, store: Store, hand: Hand) -> None:
    bar = barred(office, hand)
    upheld(office, hand, bar)
    with store.begin() as tx:
        held = tx.records.bar(bar)
        assert held is not None
        tx.connection.execute(sa.delete(outside_bar))
    assert troubles(store) == {(Amiss.UNSAID, f"bar:{bar}")}
    with store.begin() as tx:
        tx.records.keep_bar(held)
    hand.on(days=366 * 14)
    let_go(office, f"bar:{bar}")
    with store.begin() as tx:
        tx.records.keep_bar(replace(held, ground="另案"))
    assert troubles(store) == {(Amiss.STILL, f"bar:{bar}")}
