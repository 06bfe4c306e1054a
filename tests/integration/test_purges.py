"""What is let go at the end of its days is an entry of the ledger, and the records are held to it both ways (PIPL art. 19)."""

from __future__ import annotations

from hashlib import sha256

import pytest
import sqlalchemy as sa

from inspector.daemon.schedules import schedules
from inspector.domain.decision import Because
from inspector.domain.material import MaterialKind
from inspector.domain.wayto import Contact
from inspector.flows import leads, purges
from inspector.flows.office import Office
from inspector.flows.purges import AGED, CONTACT, INFORMANT, PROOF, Amiss
from inspector.settings import Schedules
from inspector.store.materialtables import material
from inspector.store.sealed import NOTHING, own
from inspector.store.servingtables import subject_contact, tip_off
from inspector.store.store import Store
from inspector.store.tables import ledger
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
    office = open_office(store, Hand())
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
        assert tx.ledger.verify()[1] is None, "which the entry alone does not show"
    forged("~" * 31 + "0", since=hand().isoformat(), until="2999-01-01")
    with store.read() as tx:
        assert tx.ledger.verify()[1] is not None, "it says itself that it went too early"


def test_a_contact_that_is_said_again_after_the_purge_is_no_fault(store: Store, purged: tuple[Office, str, str]) -> None:
    with store.begin() as tx:
        tx.servings.reached_by(purged[1], Contact(phone="13900000000"))
        assert tx.connection.execute(sa.select(subject_contact.c.body)).scalar_one() is not None
    assert told(store) == set()
