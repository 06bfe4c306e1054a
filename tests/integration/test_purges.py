"""What is let go at the end of its days is an entry of the ledger, and the records are held to it both ways (PIPL art. 19)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
import sqlalchemy as sa

from inspector.daemon.schedules import schedules
from inspector.domain.agreed import Contact
from inspector.domain.altered import Altered
from inspector.domain.decision import Because
from inspector.domain.material import MaterialKind
from inspector.domain.purge import gone
from inspector.domain.retention import Record
from inspector.flows import leads, purges, recompute
from inspector.flows.office import Office
from inspector.flows.purges import AGED, Amiss
from inspector.flows.purging import row_of
from inspector.flows.weeding import CONTACT, INFORMANT, PROOF
from inspector.settings import Schedules
from inspector.store.materialtables import material
from inspector.store.pushes import Pushed
from inspector.store.pushtables import push
from inspector.store.sealed import NOTHING, own
from inspector.store.servingtables import subject_contact, tip_off
from inspector.store.sessions import Opened
from inspector.store.signintables import browser_session
from inspector.store.store import Store
from inspector.store.tables import inbox, ledger, tick, work
from tests.house import Hand, open_office, settle
from tests.integration.test_leads import good, tip

pytestmark = pytest.mark.alike

SHOWN = sha256(b"shown").hexdigest()


@pytest.fixture
def purged(store: Store, hand: Hand) -> tuple[Office, str, str]:
    """An office whose housekeeping has let go a file, a contact, an informant and old inquiries; the case, the tip-off."""
    office, case_id = good(store, hand)
    with store.begin() as tx:
        tx.materials.keep("proof", SHOWN, MaterialKind.PNG, b"shown", hand(), case_id)
        tx.servings.reached_by(case_id, Contact(phone="13800000000"))
        tip_id = tip(office, tx, hand)
        leads.close(office, tx, tip_id, "李四", "与事实不符", hand())
    assert told(store) == set(), "nothing is gone yet"
    hand.on(days=1_200)
    with store.begin() as tx:
        tx.work.order([schedules(Schedules(), {}, hand())["sweep:forget"].order(hand(), hand())], hand())
    settle(office)
    return office, case_id, tip_id


def told(store: Store) -> set[tuple[Amiss, str]]:
    office = open_office(store, Hand(now=datetime(2099, 1, 1, tzinfo=UTC)))  # whatever the purges are dated
    with store.read() as tx:
        return {(one.amiss, one.rule) for one in purges.audit(office, tx).troubles}


def test_each_purge_is_an_entry_that_the_records_agree_with_and_the_chain_holds(
    store: Store, purged: tuple[Office, str, str]
) -> None:
    office, case_id, tip_id = purged
    with store.read() as tx:
        audit = purges.audit(office, tx)
        assert tx.ledger.verified(tx.ledger.mark_at(0)).problem is None, "a lawful purge is no tampering"
    assert audit.troubles == ()
    assert {(one.rule, one.about) for one in audit.purges} >= {
        *((PROOF, case_id), (CONTACT, case_id), (INFORMANT, tip_id), (AGED, "retention:inquiry")),
    }
    assert all(one.count >= 1 for one in audit.purges)


@pytest.mark.parametrize(
    ("rule", "undo"),
    [
        (PROOF, sa.update(material).values(content=b"shown")),
        (INFORMANT, sa.update(tip_off).values(informant=NOTHING)),
    ],
    ids=["a file", "an informant"],
)
def test_what_an_entry_says_is_gone_and_somebody_brought_back_is_found(
    store: Store, purged: tuple[Office, str, str], rule: str, undo: sa.Update
) -> None:
    with store.begin() as tx:
        tx.connection.execute(undo)
    assert told(store) == {(Amiss.STILL, rule)}


@pytest.mark.parametrize("rule", [PROOF, CONTACT, INFORMANT])
def test_what_is_gone_without_an_entry_is_found(store: Store, purged: tuple[Office, str, str], rule: str) -> None:
    with store.begin() as tx:
        tx.connection.execute(sa.delete(ledger).where(ledger.c.rule == rule))
    assert told(store) == {(Amiss.UNSAID, rule)}


def test_an_entry_of_a_purge_that_was_changed_lets_nothing_go(store: Store, purged: tuple[Office, str, str]) -> None:
    with store.begin() as tx:
        for row in tx.connection.execute(sa.select(ledger).where(ledger.c.rule == PROOF)).all():
            changed = own(row.body + " ", row.id)
            tx.connection.execute(sa.update(ledger).where(ledger.c.id == row.id).values(body=changed))
    assert told(store) == {(Amiss.ALTERED, PROOF), (Amiss.UNSAID, PROOF)}


def test_a_purge_by_a_pack_s_days_that_says_too_early_or_a_moment_that_is_none_of_its_case_is_found(
    store: Store, purged: tuple[Office, str, str], hand: Hand
) -> None:
    office, case_id, _ = purged

    def forged(name: str, **facts: object) -> None:
        with store.begin() as tx:
            (row, *_) = (one for one in tx.ledger.about(case_id) if one["body"] and one["rule"] != "ledger.purge")
            tx.ledger.erase([row["id"]])
            told = {"record": "ANSWER", "row": "r", "keep": "6mo", "entries": [row["digest"]], "pieces": {}, "rows": {}, **facts}
            tx.ledger.append(name, case_id, Because(rule="ledger.purge", basis=(), pack="demo@1", facts=told), {}, hand())

    forged("~" * 32, since="2015-01-01T00:00:00+08:00", until="2015-07-01")
    with store.read() as tx:
        assert Amiss.EARLY in {one.amiss for one in purges.audit(office, tx).troubles}, "a moment that is none of the case"
        assert tx.ledger.verify()[1] is not None, "for it is of before there was a case"
    forged("~" * 31 + "0", since=hand().isoformat(), until="2999-01-01")
    with store.read() as tx:
        assert tx.ledger.verify()[1] is not None, "it says itself that it went too early"


def test_a_contact_that_is_said_again_after_the_purge_is_no_fault(store: Store, purged: tuple[Office, str, str]) -> None:
    with store.begin() as tx:
        tx.servings.reached_by(purged[1], Contact(phone="13900000000"))
        assert tx.connection.execute(sa.select(subject_contact.c.body)).scalar_one() is not None
    assert told(store) == set()


def test_whatever_the_housekeeping_lets_go_has_an_entry_that_says_how_much_and_since_when(store: Store, hand: Hand) -> None:
    office, _ = good(store, hand)
    with store.begin() as tx:
        tx.inbox.keep("hall", "m-1", "0" * 64, {"case": "R-1"}, hand())
        tx.pushes.add(a_push(hand))
        tx.sessions.begin(a_session(tx.machine_now() - timedelta(days=1_000)))
        assert tx.schedules.fired("sweep:forget", hand(), None, hand(), "test")
        assert tx.schedules.fired("sweep:forget", hand() + timedelta(days=1), None, hand(), "test")
    hand.on(days=1_200)
    with store.begin() as tx:
        tx.work.order([schedules(Schedules(), {}, hand())["sweep:forget"].order(hand(), hand())], hand())
    counts = {table.name: count(store, table) for table in GOING}
    settle(office)
    with store.read() as tx:
        rows = [row for table in GOING for row in tx.ledger.about(f"retention:{table.name}")]
        audit = purges.audit(office, tx)
    told = [json.loads(row["body"]) for row in rows]
    went = {one["facts"]["kind"]: one["facts"]["rows"] for one in told}
    assert went == {table.name: counts[table.name] - count(store, table) for table in GOING}, "each row that is gone is counted"
    assert min(went.values()) >= 1
    assert {one.about for one in audit.purges} >= {f"retention:{table.name}" for table in GOING}
    assert audit.troubles == ()
    by_row = {one["facts"]["kind"]: (one["pack"], one["facts"]["row"]) for one in told if "row" in one["facts"]}
    assert by_row.keys() == {"browser_session"}, "which is kept by the days of a pack"
    assert all(row_of(office.book.get(pack), Record.SECURITY).row == row for pack, row in by_row.values())  # type: ignore[union-attr]


GOING = (work, tick, inbox, push, browser_session)


def count(store: Store, table: sa.Table) -> int:
    with store.read() as tx:
        return int(tx.connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())


def a_push(hand: Hand) -> Pushed:
    whom = {"agency": "bureau", "inspector": "A-01", "channel": "phones", "mark": "m"}
    return Pushed(key="p-1", seat="test:1", word="test", reference="1", handed_at=hand(), **whom)  # type: ignore[arg-type]


def a_session(at: datetime) -> Opened:
    told = {"way": "token", "grounds": "t", "name": "李四", "agency": "bureau", "role": "officer"}
    return Opened(**told, begun_at=at, seen_at=at, expires_at=at)


@pytest.mark.parametrize(
    ("changes", "amiss"),
    [
        ({}, set()),
        ({"row": "keep-otherwise"}, {Amiss.UNROWED}),
        ({"keep": "1mo"}, {Amiss.UNROWED}),
        ({"pack": "demo@99"}, {Amiss.UNROWED}),
        ({"pack": ""}, {Amiss.UNROWED}),
        ({"basis": ("S1:1",)}, {Amiss.UNROWED}),
        ({"until": 170}, {Amiss.EARLY}),
        ({"days": 170, "until": 169}, {Amiss.EARLY}),
    ],
    ids=[
        "lawful",
        "another row",
        "other days",
        "another pack",
        "no pack",
        "another article",
        "another last day",
        "within its days",
    ],
)
def test_a_purge_that_came_earlier_than_its_row_allows_or_whose_pack_has_no_such_row_is_found(
    store: Store, hand: Hand, changes: dict[str, object], amiss: set[Amiss]
) -> None:
    office, case_id = good(store, hand)
    with store.read() as tx:
        case = tx.cases.get(case_id)
    assert case.ended_at is not None
    row = row_of(office.book.get(case.pack), Record.ANSWER)
    assert row is not None
    last = row.last(case.ended_at, office.calendar)
    assert last is not None
    begun = office.calendar.local_date(case.ended_at)
    hand.on(days=int(str(changes.get("days", 200))))
    until = begun + timedelta(days=int(str(changes["until"]))) if "until" in changes else last
    told = gone(
        row, str(changes.get("pack", case.pack)), case.ended_at, until, {"entries": [], "pieces": {}, "rows": {"evidence": 1}}
    )
    facts = {**told.facts, **{name: value for name, value in changes.items() if name in ("row", "keep")}}
    basis = changes.get("basis", told.basis)
    assert isinstance(basis, tuple)
    with store.begin() as tx:
        tx.ledger.append("~" * 32, case_id, replace(told, facts=facts, basis=basis), {}, hand())
    with store.read() as tx:
        assert {one.amiss for one in purges.audit(office, tx).troubles} == amiss
        found = [one.about for one in recompute.altered(office, tx, case_id) if one.what is Altered.PURGE]
        assert found == (["~" * 32] if amiss else []), "and the case's replay names it"


def test_housekeeping_that_was_done_within_the_days_of_its_row_is_found(store: Store, purged: tuple[Office, str, str]) -> None:
    office, _, _ = purged
    with store.begin() as tx:
        (row,) = tx.ledger.about("retention:inquiry")
        body = json.loads(row["body"])
        facts = {**body["facts"], "before": row["at"].isoformat()}
        told = Because(rule=AGED, basis=tuple(body["basis"]), pack=body["pack"], facts=facts)
        tx.ledger.append("~" * 32, "retention:inquiry", told, {}, row["at"])
    with store.read() as tx:
        assert [(one.amiss, one.about) for one in purges.audit(office, tx).troubles] == [(Amiss.EARLY, "retention:inquiry")]
