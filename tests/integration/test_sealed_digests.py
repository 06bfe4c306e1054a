"""What can be tried out lies under no plain digest of it where the office has keys: an officer's phone, and whose number a bar is about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
import sqlalchemy as sa

from inspector.domain.case import SubjectKind
from inspector.domain.gate import OutsideBar
from inspector.domain.roster import Way
from inspector.flows import eligibility
from inspector.flows.bars import bar_id
from inspector.store import keys
from inspector.store.keyring import CODE_MARK
from inspector.store.pushes import Off
from inspector.store.pushtables import channel_off
from inspector.store.sealed import bare
from inspector.store.store import Store
from tests import house
from tests.house import START, Hand, open_office
from tests.integration.test_sealed import keyed
from tests.sealing import TURNED, at_rest, found, sealed_store

pytestmark = pytest.mark.alike

WAY = Way(channel="sms", address="13611112222")
OFF = Off(agency="bureau", inspector="TEST-01", channel=WAY.channel, mark=WAY.mark, code="unknown", since=START)
NUMBER, AUTHORITY, DOCUMENT = "110105194912310002", "某市中级人民法院", "（2025）执1号"
BAR = OutsideBar(
    id=bar_id(SubjectKind.PERSON, NUMBER, AUTHORITY, DOCUMENT),
    kind=SubjectKind.PERSON,
    code=NUMBER,
    agency="bureau",
    authority=AUTHORITY,
    document=DOCUMENT,
    ground="拒不履行",
    since=date(2026, 1, 5),
)
OTHER = replace(BAR, id=bar_id(SubjectKind.PERSON, NUMBER, AUTHORITY, "另一文书"), document="另一文书")


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    with house.closing(sealed_store(database_url)) as held:
        yield held


def test_the_mark_of_an_officers_phone_is_found_by_its_own_and_guessed_by_nobody(store: Store) -> None:
    digest = WAY.mark.rpartition(":")[2]
    with store.begin() as tx:
        assert tx.pushes.turn_off(OFF)
    with store.begin() as tx:
        assert not tx.pushes.turn_off(OFF), "it is off already"
        assert [one.mark for one in tx.pushes.off(["bureau"])] == [WAY.mark]
    assert found(at_rest(store), {digest}) == set()


def test_a_mark_of_before_is_sealed_as_codes_are(store: Store) -> None:
    with store.begin() as tx:
        tx.connection.execute(sa.insert(bare(channel_off)).values(**{name: getattr(OFF, name) for name in Off.__slots__}))
    assert keys.settle_codes(store) == 1
    with store.begin() as tx:
        assert not tx.pushes.turn_off(OFF)
        held = tx.connection.execute(sa.select(bare(channel_off).c.mark)).scalars().all()
    assert [one.startswith(CODE_MARK) for one in held] == [True]


def test_nobody_works_out_from_a_bars_id_whose_it_is_and_the_same_again_is_one(store: Store, hand: Hand) -> None:
    office = open_office(store, hand)
    with store.begin() as tx:
        first = eligibility.enter(office, tx, [BAR], "os:clerk", hand())
    ((name, added),) = [(one.id, first.added) for one in first.held]
    assert (name != BAR.id, len(name), added) == (True, 32, 1)
    with store.begin() as tx:
        again = eligibility.enter(office, tx, [BAR, OTHER], "os:clerk", hand())
    assert (again.added, again.same, name in {one.id for one in again.held}) == (1, 1, True)
    assert found(at_rest(store), {BAR.id}) == set(), "neither the register nor the ledger has it"


def test_a_bar_is_the_same_under_the_next_key_and_one_of_before_keeps_its_id(store: Store, hand: Hand) -> None:
    office = open_office(store, hand)
    with store.begin() as tx:
        (first,) = eligibility.enter(office, tx, [BAR], "os:clerk", hand()).held
        assert tx.records.new_bar(OTHER) is None, "as a release of before has written it"
    with house.closing(keyed(store, TURNED)) as turned:
        keys.settle_codes(turned)
        office = open_office(turned, hand)
        with turned.begin() as tx:
            again = eligibility.enter(office, tx, [BAR, OTHER], "os:clerk", hand())
    assert (again.added, again.same, {one.id for one in again.held}) == (0, 2, {first.id, OTHER.id})
