"""A purge of a former release is believed as that release believed it: it said not of which case its parts were (decision 215)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa

from inspector.domain.decision import Because
from inspector.domain.purge import gone
from inspector.domain.retention import Record, RetentionRow, Since
from inspector.domain.taking import PURGED
from inspector.domain.visit import Visit
from inspector.flows import caseless, purges, purging
from inspector.flows.office import Office
from inspector.flows.purges import Amiss
from inspector.store.store import Store
from inspector.store.tables import ledger
from tests.house import Hand, settle
from tests.integration.test_purging import answered, let_go
from tests.integration.test_purging_notes import noted, noted_of_parts
from tests.integration.test_purging_visits import supervised, visited

pytestmark = pytest.mark.alike
__all__ = ("answered", "visited")
Gone = Callable[[RetentionRow, str, datetime, date, Mapping[str, object]], Because]


def before(row: RetentionRow, pack: str, since: datetime, until: date, facts: Mapping[str, object]) -> Because:
    """What a former release said."""
    return gone(row, pack, since, until, {name: told for name, told in facts.items() if name != "of"})


@pytest.fixture
def former(monkeypatch: pytest.MonkeyPatch) -> None:
    for flow in (purging, caseless):
        monkeypatch.setattr(flow, "gone", before)


def seen(office: Office) -> tuple[str | None, set[tuple[Amiss, str]]]:
    with office.store.read() as tx:
        return tx.ledger.verify()[1], {(one.amiss, one.about) for one in purges.audit(office, tx).troubles}


def said(office: Office) -> list[dict[str, object]]:
    with office.store.read() as tx:
        return [json.loads(row["body"])["facts"] for row, _ in tx.ledger.by_rules([PURGED])]


@pytest.mark.usefixtures("former")
def test_what_went_with_a_case_under_a_name_of_its_own_went_lawfully(
    answered: tuple[Office, str], store: Store, hand: Hand
) -> None:
    office, case_id = answered
    hand.on(days=1)
    noted_of_parts(store, hand, case_id)
    hand.on(days=3_700)
    settle(office)
    let_go(office, case_id)
    told = said(office)
    assert len(told) > 1
    assert not any("of" in one for one in told)
    assert seen(office) == (None, set())


@pytest.mark.slow
@pytest.mark.usefixtures("former")
@pytest.mark.parametrize("since", [Since.CASE_ENDED, Since.RECORDED])
def test_a_visit_of_which_was_spoken_after_its_case_went_lawfully(
    visited: tuple[Office, str, str], store: Store, hand: Hand, since: Since
) -> None:
    office, case_id, _ = visited
    with store.read() as tx:
        (visit,) = tx.visits.of_case(case_id)
        pack = tx.cases.get(case_id).pack
    rows = tuple(
        replace(one, since=since) if one.record is Record.ENFORCEMENT else one for one in office.book.get(pack).retentions
    )
    packs = tuple(replace(one, retentions=rows) if one.label == pack else one for one in office.book.packs)
    office = replace(office, book=replace(office.book, packs=packs))
    hand.on(days=1)
    noted(store, hand, "visit_unfiled", visit.id)
    noted(store, hand, "visit_short", f"{visit.id}:{visit.agency}")
    hand.on(days=3_700)
    settle(office)
    let_go(office, case_id)
    assert any("restated" in one for one in said(office))
    assert seen(office) == (None, set())


@pytest.mark.usefixtures("former")
def test_a_visit_without_a_case_and_what_was_said_of_its_team_went_lawfully(store: Store, hand: Hand) -> None:
    office, visit = over(store, hand)
    noted(store, hand, "visit_short", f"{visit.id}:{visit.agency}")
    hand.on(days=3_700)
    with store.begin() as tx:
        caseless.let_go(office, tx, visit.id, "王五", hand())
    assert seen(office) == (None, set())


def over(store: Store, hand: Hand) -> tuple[Office, Visit]:
    office, _, visit = supervised(store, hand)
    settle(office)
    return office, visit


@pytest.mark.parametrize(
    "changed",
    [{}, {"since": "2001-01-01T00:00:00+00:00"}, {"digest": "d"}, {"record": "ANSWER"}],
    ids=["moment", "since", "whole", "class"],
)
@pytest.mark.usefixtures("former")
def test_it_takes_nothing_along_that_no_such_purge_of_that_moment_let_go(
    answered: tuple[Office, str], store: Store, hand: Hand, changed: dict[str, str]
) -> None:
    office, case_id = answered
    hand.on(days=3_700)
    settle(office)
    with store.begin() as tx:
        purging.case(office, tx, case_id, "王五", hand())
    whole = next(one for one in said(office) if "digest" in one)
    hand.on(days=1)
    noted(store, hand, "notice_unserved", "notice-1")
    at = hand() if not changed else hand() - timedelta(days=1)
    with store.begin() as tx:
        (entry,) = tx.ledger.about("notice-1")
        tx.ledger.erase([entry["id"]])
        kept = {name: value for name, value in whole.items() if name in ("record", "row", "keep", "since", "until", "by")}
        row = tx.connection.execute(sa.select(ledger.c.body).where(ledger.c.about == case_id, ledger.c.rule == PURGED)).first()
        assert row is not None
        told = json.loads(row.body)
        facts = {**kept, "entries": [entry["digest"]], **changed}
        purging.said(tx, "notice-1", Because(rule=PURGED, basis=tuple(told["basis"]), pack=told["pack"], facts=facts), at)
    assert seen(office)[0] is not None
