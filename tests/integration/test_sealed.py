"""What is personal lies sealed in the database: bound to its row, under a key that can be changed while the office runs (PIPL art. 51)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from inspector.domain.agreed import Contact
from inspector.domain.case import SubjectKind
from inspector.domain.errors import Refusal
from inspector.domain.roster import RosterObject
from inspector.flows.intake import Application
from inspector.flows.office import Office
from inspector.store import keys
from inspector.store.codec import dump
from inspector.store.keyring import Keyring
from inspector.store.sealed import bare
from inspector.store.servingtables import subject_contact
from inspector.store.store import Store
from inspector.store.tables import case_file, evidence, ledger, roster_object, subject, work
from tests import house
from tests.house import Hand, Table, open_office, post, settle
from tests.integration.test_way import HOUSEHOLD, person
from tests.sealing import CODES, NEW, OLD, RING, TURNED, at_rest, found, sealed_store, used

pytestmark = pytest.mark.alike

CODE = "110105194912310002"
MARKS = {CODE, "欧阳暗记", "13912345678", "暗记承诺书正文"}


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    with house.closing(sealed_store(database_url)) as held:
        yield held


def taken_in(store: Store, hand: Hand, number: int = 2) -> tuple[Office, str]:
    """A natural person's case whose first source has answered."""
    with store.begin() as tx:
        tx.office.found(hand(), hand(), 1.0, skip_closed=False)
    office = open_office(store, hand, sources={"registers": Table(default="="), "social": Table(name="social", default="=")})
    case_id = post(office, told_of(number))
    settle(office)
    return office, case_id


def told_of(number: int) -> Application:
    """What that person has handed in."""
    told: dict[str, Any] = {
        "subject_name": "欧阳暗记",
        "letter_text": "暗记承诺书正文",
        "contact": Contact(phone="13912345678", agreed=True),
    }
    return replace(person(number, "relief-household", HOUSEHOLD), **told)


def keyed(store: Store, ring: Keyring) -> Store:
    """The same database for a process that has other keys."""
    return Store(store.url.render_as_string(hide_password=False), synchronous="OFF", keys=ring)


def test_nothing_personal_stands_in_what_lies_on_the_disk_and_the_office_reads_all_of_it(store: Store, hand: Hand) -> None:
    office, case_id = taken_in(store, hand)
    told = MARKS | {office.secret.hex()}  # with it, who guesses a code finds whose pseudonym stands in a draw's frame
    assert found(at_rest(store), told) == set()
    with store.read() as tx:
        case, contact = tx.cases.get(case_id), tx.servings.contact(case_id)
        assert tx.docket.find(["bureau"], "阳暗", "", 9) == [case]
        assert tx.docket.find(["bureau"], CODE, CODE, 9) == [case]
        assert tx.inquiries.about(SubjectKind.PERSON, CODE, "", 9) == tx.inquiries.of_case(case_id) != []
        assert tx.ledger.verified(tx.ledger.mark_at(0)).problem is None
        assert tx.connection.execute(sa.select(subject_contact.c.body)).scalar_one() == dump(contact)
    assert {case.subject.code, case.subject.name, case.letter.text if case.letter else "", contact.phone} == MARKS
    with house.closing(keyed(store, Keyring())) as blind, blind.read() as tx, pytest.raises(Refusal, match="key_missing"):
        tx.cases.get(case_id)


def test_the_same_office_without_keys_holds_it_all_plainly(database_url: str, hand: Hand) -> None:
    """So the test above looks where something is to be found."""
    with house.closing(house.open_store(database_url)) as store:
        office, _ = taken_in(store, hand)
        assert found(at_rest(store), MARKS | {office.secret.hex()}) == MARKS | {office.secret.hex()}


def test_what_is_moved_to_another_row_or_column_or_changed_by_one_sign_is_refused(store: Store, hand: Hand) -> None:
    _, first = taken_in(store, hand)
    _, second = taken_in(store, hand, 10)
    held, plain = bare(case_file), bare(subject_contact)
    with store.begin() as tx:
        body = tx.connection.execute(sa.select(held.c.body).where(held.c.id == first)).scalar_one()
        contact = tx.connection.execute(sa.select(plain.c.body).where(plain.c.case_id == first)).scalar_one()
        tx.connection.execute(sa.update(held).where(held.c.id == second).values(body=body))
        tx.connection.execute(sa.update(plain).where(plain.c.case_id == second).values(body=contact[:-3] + "AA="))
    with store.read() as tx:
        assert tx.cases.get(first).id == first
        for read in (tx.cases.get, tx.servings.contact):
            with pytest.raises(Refusal, match="sealed_altered"):
                read(second)
    with store.begin() as tx:
        tx.connection.execute(sa.update(held).where(held.c.id == second).values(body=contact))
    with store.read() as tx, pytest.raises(Refusal, match="sealed_altered"):
        tx.cases.get(second)


def test_an_entry_of_the_ledger_that_was_tampered_with_is_found_and_what_holds_is_read(store: Store, hand: Hand) -> None:
    _, case_id = taken_in(store, hand)
    held = bare(ledger)
    with store.begin() as tx:
        one, other = tx.connection.execute(sa.select(held.c.id, held.c.body).where(held.c.about == case_id).limit(2)).all()
        tx.connection.execute(sa.update(held).where(held.c.id == one.id).values(body=other.body))
    with store.read() as tx:
        problem = tx.ledger.verified(tx.ledger.mark_at(0)).problem
        assert problem is not None
        assert one.id in problem
        assert [row["id"] for row, holds in tx.ledger.checked(case_id)[0] if not holds] == [one.id]


def test_an_order_that_was_tampered_with_waits_for_a_person_and_stops_nobody_else(store: Store, hand: Hand) -> None:
    office, _ = taken_in(store, hand)
    for number in (2, 10):
        post(office, replace(person(number + 1, "relief-household", HOUSEHOLD), subject_name="欧阳暗记"))
    held = bare(work)
    with store.begin() as tx:
        ready = tx.connection.execute(sa.select(held.c.key, held.c.payload).where(held.c.state == "ready")).all()
        one, other = ready[:2]
        tx.connection.execute(sa.update(held).where(held.c.key == one.key).values(payload=other.payload))
    settle(office)
    with store.read() as tx:
        stopped = tx.work.page(state="quarantined")
        assert [(row["key"], row["error"]) for row in stopped] == [(one.key, "payload_unreadable")]
        assert tx.work.page(state="ready") == []


def test_who_writes_a_text_of_nobodys_row_has_made_a_mistake(store: Store, hand: Hand) -> None:
    _, case_id = taken_in(store, hand)
    with store.begin() as tx, pytest.raises(sa.exc.StatementError, match="of which row"):
        tx.connection.execute(sa.update(case_file).where(case_file.c.id == case_id).values(body="{} "))


@pytest.mark.slow
def test_rows_of_before_there_was_a_key_are_found_and_sealed_when_there_is_one(database_url: str, hand: Hand) -> None:
    with house.closing(house.open_store(database_url)) as plain:
        _, case_id = taken_in(plain, hand)
        with plain.begin() as tx:
            tx.rosters.put_objects([_object(CODE)])
        before = _read(plain, case_id)
    with house.closing(keyed(plain, RING)) as store:
        with pytest.raises(Refusal, match="keys_unsettled"):
            keys.refuse_unfit(store)
        assert keys.settle_codes(store) > 3
        assert keys.settle_codes(store) == 0, "once"
        keys.refuse_unfit(store)
        assert _read(store, case_id) == before, "texts of before are read as they are"
        assert used(store)[""] > 0
        keys.rotate(store, lambda _table, _count: None)
        assert set(used(store)) == {OLD.id, CODES.id}
        assert _read(store, case_id) == before
        if store.sqlite:
            assert found(at_rest(store), MARKS) == set(), "nor in the pages that were given free, nor in the log"


@pytest.mark.slow
def test_keys_are_changed_row_by_row_and_whoever_is_broken_off_goes_on(store: Store, hand: Hand) -> None:
    _, case_id = taken_in(store, hand)
    with store.begin() as tx:
        tx.rosters.put_objects([_object(CODE)])
    before = _read(store, case_id)
    with house.closing(keyed(store, TURNED)) as turned:
        assert keys.settle_codes(turned) > 3

        def broken(table: str, _count: int) -> None:
            if table == evidence.name:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            keys.rotate(turned, broken)
        half = used(turned)
        assert half[OLD.id] > 0 < half[NEW.id], "some lies under either"
        assert _read(turned, case_id) == before, "and all of it is read"
        taken_in(turned, hand, 10)
        keys.rotate(turned, lambda _table, _count: None)
        told = used(turned)
        assert set(told) == {NEW.id, *TURNED.lookup} - {CODES.id}
        assert keys.rotate(turned, lambda _table, _count: None) == 0
    alone = Keyring([NEW], list(TURNED.lookup.values())[:1])
    with house.closing(keyed(store, alone)) as last:
        keys.refuse_unfit(last)
        assert _read(last, case_id) == before, "the former keys may go"
    with house.closing(keyed(store, RING)) as former, pytest.raises(Refusal, match="key_missing"):
        keys.refuse_unfit(former)


def _object(code: str) -> RosterObject:
    return RosterObject(agency="bureau", kind=SubjectKind.PERSON, code=code, original=code, name="欧阳暗记", pool="east")


def _read(store: Store, case_id: str) -> list[object]:
    """What is told of the case, its subject and its entries, by each way by which it is looked up."""
    with store.read() as tx:
        rows = tx.connection.execute(sa.select(subject.c.code, subject.c.body).order_by(subject.c.id).limit(1)).all()
        entries = tx.connection.execute(sa.select(ledger.c.body).where(ledger.c.about == case_id).order_by(ledger.c.id)).all()
        objects = tx.connection.execute(sa.select(roster_object.c.code, roster_object.c.body)).all()
        asked = tx.inquiries.about(SubjectKind.PERSON, CODE, "", 9)
        where = tx.docket.find(["bureau"], CODE, CODE, 9)
        places = tx.rosters.places("bureau")
        return [*rows, *entries, *objects, *asked, *where, places, tx.cases.evidence(case_id), tx.servings.contact(case_id)]
