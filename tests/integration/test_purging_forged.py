"""Issue 8, security: a purge is believed of nothing that its class of record does not let go, nor since a moment of before it all began."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from inspector.domain.decision import Because, Decision
from inspector.domain.purge import gone, unquoted
from inspector.domain.recompute import Again
from inspector.domain.retention import Record
from inspector.domain.serving import SubjectWord
from inspector.flows import casefile, purges, purging, recompute, spoken, weeding
from inspector.flows.office import Office
from inspector.flows.purges import Amiss
from inspector.flows.record import record
from inspector.store.materialtables import material
from inspector.store.store import Store
from tests.house import Hand, settle
from tests.integration.test_creditrecords import place
from tests.integration.test_disclosure import fined
from tests.integration.test_purging_visits import supervised
from tests.integration.test_repair_told import PAPER

pytestmark = pytest.mark.alike


def seen(office: Office) -> tuple[bool, set[Amiss]]:
    """Whether the chain holds, and what is told of the purges."""
    with office.store.read() as tx:
        return tx.ledger.verify()[1] is None, {one.amiss for one in purges.audit(office, tx).troubles}


def test_a_purge_of_answers_takes_no_decision_of_an_officer(store: Store, hand: Hand) -> None:
    case, _ = fined(store, hand)
    office = case.office
    hand.on(days=250)
    settle(office)
    assert seen(office) == (True, set())
    with store.begin() as tx:
        held = tx.cases.get(case.case)
        row = purging.row_of(office.book.get(held.pack), Record.ANSWER)
        assert row is not None
        assert held.ended_at is not None
        until = row.last(held.ended_at, office.calendar)
        assert until is not None
        victims = {one["id"]: one["digest"] for one in tx.ledger.about(case.case) if one["rule"] == "officer.review"}
        tx.ledger.erase(list(victims))
        facts: dict[str, object] = {"entries": list(victims.values()), "pieces": {}, "rows": {}}
        purging.said(tx, case.case, gone(row, held.pack, held.ended_at, until, facts), office.now())
    holds, told = seen(office)
    assert (holds, Amiss.BEYOND in told) == (False, True)
    with store.read() as tx:
        again = {one.rule: found for one, found in recompute.replay(office, tx, case.case)}
        assert again["officer.review"] is not Again.PURGED
    assert not casefile.case_file(office, case.case, "王五", "dossier").judged.holds


@pytest.mark.slow
@pytest.mark.parametrize("of", ["", "case-1", "own"])
def test_a_report_of_yesterday_goes_by_no_purge_that_counts_from_before_it(store: Store, hand: Hand, of: str) -> None:
    office, _, visit = supervised(store, hand)
    settle(office)
    hand.on(days=1)
    pack = office.policy("bureau", hand().date())
    row = purging.row_of(pack, Record.ENFORCEMENT)
    assert row is not None
    since = hand() - timedelta(days=365 * 21)
    until = row.last(since, office.calendar)
    assert until is not None
    with store.begin() as tx:
        (report,) = (one for one in tx.ledger.about(visit.id) if one["rule"] == "visit.report")
        tx.ledger.erase([report["id"]])
        left = unquoted("visit.report", json.loads(report["body"])) or json.loads(report["body"])
        facts: dict[str, object] = {"by": "王五", "entries": [report["digest"]], "restated": {report["digest"]: left}}
        facts |= {"of": visit.id if of == "own" else of} if of else {}
        purging.said(tx, visit.id, gone(row, pack.label, since, until, facts), office.now())
    holds, told = seen(office)
    assert (holds, Amiss.EARLY in told) == (False, True)


@pytest.mark.parametrize("days", [None, 0, 1, 183])
def test_a_file_of_today_goes_by_no_entry_that_says_that_it_was_old(
    store: Store, hand: Hand, tmp_path: Path, days: int | None
) -> None:
    with place(store, hand, tmp_path) as here:
        entry = here.found(1)
        hand.on(days=96)
        settle(here.office)
        with store.begin() as tx:
            spoken.say(here.office, tx, f"{entry}:repairable", SubjectWord.REPAIR, "已改正", (spoken.take(PAPER),), hand())
        digest, case_id = hashlib.sha256(PAPER).hexdigest(), here.record(entry).case_id
        with store.begin() as tx:
            before = tx.cases.get(case_id).ended_at
            assert before is not None
            own: dict[str, object] = {"digests": [], "since": before.isoformat(), "days": 1}
            for facts in (own, {"digests": [digest]} | ({"since": before.isoformat(), "days": days} if days is not None else {})):
                because = Because(rule=weeding.PROOF, basis=(), pack="", facts=facts)
                record(tx, case_id, Decision(state=None, because=because), hand(), {})
            tx.connection.execute(sa.update(material).where(material.c.digest == digest).values(content=None))
        assert seen(here.office)[1] == {Amiss.EARLY}
