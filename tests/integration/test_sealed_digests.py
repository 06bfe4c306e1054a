"""What can be tried out lies under no plain digest of it where the office has keys: an officer's phone, and whose number a bar is about."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
import sqlalchemy as sa

from inspector.domain.case import SubjectKind
from inspector.domain.decision import Because
from inspector.domain.errors import Conflict
from inspector.domain.evidence import Verdict
from inspector.domain.gate import OutsideBar
from inspector.domain.outside import OutsideFinding
from inspector.domain.roster import Way
from inspector.flows import eligibility
from inspector.flows.bars import bar_id
from inspector.store import keys
from inspector.store.keyring import CODE_MARK
from inspector.store.pushes import Off
from inspector.store.pushtables import channel_off
from inspector.store.sealed import bare
from inspector.store.store import Store
from inspector.store.tables import ledger
from tests import house
from tests.house import START, Hand, open_office, post
from tests.integration.test_sealed import keyed, taken_in, told_of
from tests.sealing import RING, TURNED, at_rest, found, sealed_store, used

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
PLAIN, TEXT = hashlib.sha256(b"a message").hexdigest(), "关于欧阳暗记的协助请求"
FOUND = OutsideFinding(
    system="tax", number="T-1", agency="bureau", kind=SubjectKind.PERSON, code=NUMBER, verdict=Verdict.MATCH, on=date(2026, 1, 5)
)


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


def test_what_a_whole_message_said_is_confirmed_by_no_digest_on_the_disk_and_the_same_message_is_still_the_same(
    store: Store, hand: Hand
) -> None:
    office, case_id = taken_in(store, hand)
    with store.begin() as tx:
        tx.inbox.keep("api:sender", "m1", PLAIN, {"case": case_id}, hand())
        tx.tips.found(FOUND, hand())
        tx.assistance.file("r1", "e1", TEXT, hand())
        digest, salts = tx.cases.digest(case_id), tx.connection.execute(sa.select(ledger.c.salt)).scalars().all()
    plain = {digest, PLAIN, FOUND.fingerprint(), hashlib.sha256(TEXT.encode()).hexdigest()}
    assert {len(one) for one in (*plain, *salts)} == {64, 32}
    assert found(at_rest(store), {*plain, *salts}) == set()
    with house.closing(keyed(store, TURNED)) as turned:
        keys.rotate(turned, lambda _table, _count: None)
        keys.settle_codes(turned)
        with turned.begin() as tx:
            assert tx.cases.digest(case_id) == digest
            assert tx.inbox.seen("api:sender", "m1", PLAIN) == {"case": case_id}
            assert tx.tips.found(FOUND, hand()) == FOUND.fingerprint()
            with pytest.raises(Conflict, match="message_id_reused"):
                tx.inbox.seen("api:sender", "m1", digest)
            assert tx.ledger.verify()[1] is None
        again = open_office(turned, hand, sources=dict(office.connectors.sources))
        assert post(again, told_of(2)) == case_id, "the same application is the same case"


def test_digests_and_salts_of_before_are_sealed_by_key_rotate_and_an_erased_entry_has_none(database_url: str, hand: Hand) -> None:
    with house.closing(house.open_store(database_url)) as plain:
        with plain.begin() as tx:
            tx.inbox.keep("api:sender", "m1", PLAIN, {}, hand())
            for name in ("e1", "e2"):
                tx.ledger.append(name, "case-1", Because(rule="nothing", basis=(), pack=""), {}, hand())
        with plain.begin() as tx:
            tx.ledger.erase(["e2"])
            salt = tx.ledger.about("case-1")[0]["salt"]
        assert found(at_rest(plain), {PLAIN, salt}) == {PLAIN, salt}
        with house.closing(keyed(plain, RING)) as held:
            assert used(held)[""] > 0
            keys.settle_codes(held)
            keys.rotate(held, lambda _table, _count: None)
            assert used(held)[""] == 0
            with held.read() as tx:
                assert [row["salt"] for row in tx.ledger.about("case-1")] == [salt, ""]
                there = sa.select(ledger.c.id).where(ledger.c.salt != "")
                assert tx.connection.execute(there).scalars().all() == ["e1"], "a database still tells the erased one"
            assert found(at_rest(held), {PLAIN, salt}) == set()
