"""A purge that counts its days from a moment that is none of its case is found, also once the case is gone (PIPL art. 19)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from inspector.domain.purge import gone
from inspector.domain.retention import Record
from inspector.flows import casefile, purges, purging
from inspector.flows.office import Office
from inspector.flows.purges import Amiss
from inspector.store.store import Store
from tests.house import Hand, settle
from tests.integration.test_purging import answered, let_go, night, troubles

pytestmark = pytest.mark.alike
__all__ = ("answered",)


def forged(office: Office, case_id: str, since: datetime) -> None:
    """Somebody lets a case go with an entry that counts from when he or she likes."""
    with office.store.begin() as tx:
        case = tx.cases.get(case_id)
        row = purging.row_of(office.book.get(case.pack), Record.ENFORCEMENT)
        assert row is not None
        until = row.last(since, office.calendar)
        assert until is not None
        erased = {name: purging.entries(tx, name) for name in (case_id, casefile.about(case_id))}
        taken = tx.purging.take(case_id, [entry for some in erased.values() for entry in some])
        for some in erased.values():
            tx.ledger.erase(list(some))
        facts = {"entries": list(erased[case_id].values()), "by": "王五", "rows": taken.rows, "digest": taken.digest}
        purging.said(tx, case_id, gone(row, case.pack, since, until, facts), office.now())
    settle(office)


def early(office: Office) -> set[tuple[Amiss, str]]:
    """What is told of the purges."""
    with office.store.read() as tx:
        return {(one.amiss, one.about) for one in purges.audit(office, tx).troubles}


@pytest.mark.slow
def test_a_case_that_went_the_day_after_its_end_is_found_when_it_is_gone(
    answered: tuple[Office, str], store: Store, hand: Hand
) -> None:
    office, case_id = answered
    night(office, hand, days=1)
    with store.read() as tx:
        ended = tx.cases.get(case_id).ended_at
    assert ended is not None
    forged(office, case_id, ended - timedelta(days=366 * 20))
    assert early(office) == {(Amiss.EARLY, case_id)}


@pytest.mark.slow
def test_a_case_that_is_counted_from_before_its_end_is_found(answered: tuple[Office, str], store: Store, hand: Hand) -> None:
    office, case_id = answered
    hand.on(days=3_652)
    settle(office)
    with store.read() as tx:
        ended = tx.cases.get(case_id).ended_at
    assert ended is not None
    forged(office, case_id, ended - timedelta(days=9))
    assert early(office) == {(Amiss.EARLY, case_id)}


@pytest.mark.slow
def test_a_lawful_purge_is_none(answered: tuple[Office, str], store: Store, hand: Hand) -> None:
    office, case_id = answered
    hand.on(days=3_700)
    settle(office)
    let_go(office, case_id)
    assert troubles(store) == set()
