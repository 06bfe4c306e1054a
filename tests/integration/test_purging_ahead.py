"""A purge that is dated in days to come excuses nothing today: it counts by the moment of its seal (decision 242).

Handbook 2.8; Personal Information Protection Law art. 19, 47.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from inspector.domain.altered import Altered
from inspector.domain.case import Outcome
from inspector.domain.purge import gone
from inspector.domain.recompute import Again
from inspector.domain.retention import Record
from inspector.flows import casefile, purges, purging, recompute
from inspector.flows.office import Office
from inspector.flows.purges import Amiss
from inspector.store.store import Store
from inspector.store.tables import attention, work
from inspector.store.tx import new_id
from tests.house import Hand, Table, application, open_office, post, settle
from tests.proceedings import decided

pytestmark = pytest.mark.alike

TO_COME = timedelta(days=366 * 11)


def sealed(office: Office) -> None:
    with office.store.begin() as tx:
        tx.ledger.take_seal_lock()
        tx.ledger.seal(office.now())
    with office.store.begin() as tx:
        tx.tree.grow()


@pytest.mark.parametrize("seals", [True, False])
def test_a_decision_of_today_is_not_excused_by_a_purge_of_the_future(store: Store, hand: Hand, *, seals: bool) -> None:
    case = decided(store, hand, Outcome.FALSE_KNOWING)
    office = case.office
    settle(office)
    sealed(office)
    with store.begin() as tx:
        held = tx.cases.get(case.case)
        row = purging.row_of(office.book.get(held.pack), Record.ENFORCEMENT)
        assert row is not None
        assert held.ended_at is not None
        mine = [one for one in tx.ledger.about(case.case) if one["body"] and one["rule"] == "officer.review"]
        until = row.last(held.ended_at, office.calendar)
        assert until is not None
        facts: dict[str, object] = {"entries": [one["digest"] for one in mine], "by": "王五", "of": case.case}
        told = gone(row, held.pack, held.ended_at, until, facts | {"rows": {"ledger": 1}, "digest": "0" * 64})
        tx.ledger.append(new_id(), case.case, told, {}, hand() + TO_COME)
        tx.ledger.erase([one["id"] for one in mine])
    if seals:
        settle(office)
        sealed(office)
    with store.read() as tx:
        assert (tx.ledger.verify()[1] is None) is not seals, "by whatever waits for its seal nothing is known yet"
        assert Amiss.EARLY in {one.amiss for one in purges.audit(office, tx).troubles}
        if not seals:
            return
        assert Altered.PURGE in {one.what for one in recompute.altered(office, tx, case.case)}
        assert Again.PURGED not in {
            again for one, again in recompute.replay(office, tx, case.case) if one.rule == "officer.review"
        }
    judged = casefile.case_file(office, case.case, "王五", "dossier").judged
    assert (judged.holds, {one.code for one in judged.troubles}) == (False, {"erasure_unproven"})


def test_a_case_that_ended_today_does_not_go_by_a_purge_of_the_future(store: Store, hand: Hand) -> None:
    office = open_office(store, hand, sources={"registers": Table(default="=")})
    case_id = post(office, application(1, "business-licence", {"registration-status": "存续"}))
    settle(office)
    with store.begin() as tx:
        tx.connection.execute(sa.update(work).where(work.c.case_id == case_id).values(state="done"))
        tx.connection.execute(sa.update(attention).values(closed_at=hand()))
        purging.case(office, tx, case_id, "王五", hand() + TO_COME)
    settle(office)
    sealed(office)
    with store.read() as tx:
        assert tx.ledger.verify()[1] is not None
        assert {(one.amiss, one.about) for one in purges.audit(office, tx).troubles} >= {(Amiss.EARLY, case_id)}


def test_a_seal_that_is_dated_ahead_with_it_helps_no_longer_than_until_the_next(store: Store, hand: Hand) -> None:
    office = open_office(store, hand, sources={"registers": Table(default="=")})
    case_id = post(office, application(1, "business-licence", {"registration-status": "存续"}))
    settle(office)
    sealed(office)
    with store.begin() as tx:
        tx.connection.execute(sa.update(work).where(work.c.case_id == case_id).values(state="done"))
        tx.connection.execute(sa.update(attention).values(closed_at=hand()))
        purging.case(office, tx, case_id, "王五", hand() + TO_COME)
        tx.ledger.seal(hand() + TO_COME)
    with store.begin() as tx:
        tx.tree.grow()
    post(office, application(2, "business-licence", {"registration-status": "存续"}))
    settle(office)
    sealed(office)
    with store.read() as tx:
        assert tx.ledger.verify()[1] is not None
