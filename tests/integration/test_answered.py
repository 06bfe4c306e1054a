"""Whatever the ledger says to be public, or owed, is answered by its row: what is gone, or stands otherwise, is told, and not built."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from inspector.domain import disclosing as domain
from inspector.domain.errors import Refusal
from inspector.domain.gazette import CheckResult, Fallen
from inspector.domain.publicationduty import PublicationDuty, PublicationState
from inspector.domain.purge import gone, unnamed
from inspector.domain.retention import Record
from inspector.flows import disclosing, gazette, printed, publication, purging
from inspector.flows.office import Office
from inspector.store.publicationtables import publication_duty
from inspector.store.store import Store
from inspector.store.tables import visit
from tests.house import Hand, open_office
from tests.integration.test_disclosure import built, duty, fined, rule
from tests.integration.test_lead_published import made
from tests.integration.test_printed import public
from tests.integration.test_publications import office
from tests.proceedings import Proceeding

__all__ = ["office"]
pytestmark = pytest.mark.alike
Change = Callable[[PublicationDuty], PublicationDuty]


def refused(office: Office) -> None:
    """Nobody builds a register."""
    found = []
    for gather in (gazette.gather, disclosing.gather):
        try:
            gather(office, office.now(), post=True)
        except Refusal as error:
            found.append(error.code)
    assert "publication_contradicted" in found


def changed(office: Office, held: PublicationDuty, change: Change) -> list[str]:
    """What is told of a duty after somebody has changed its row, which is put back."""
    with office.store.begin() as tx:
        tx.publications.put(change(held))
    found = [one.partition(": ")[2] for one in printed.look(office.store)]
    if found:
        refused(office)
    with office.store.begin() as tx:
        tx.publications.put(held)
    assert printed.look(office.store) == []
    return found


@pytest.mark.parametrize("which", ["penalty", "lead"])
def test_a_duty_whose_row_is_deleted_or_led_astray_is_told(store: Store, hand: Hand, tmp_path: Path, which: str) -> None:
    if which == "penalty":
        case, held = fined(store, hand)
        rule(case, held)
        built(case, tmp_path / "site")
        house, name, about = case.office, domain.name(held.id), case.case
    else:
        house = open_office(store, hand)
        lead = made(house, hand, found=False)
        gazette.say(house, gazette.gather(house, hand(), post=True), "https://example.org", "李四", hand())
        name, about = lead.id, lead.lead
    mine = publication_duty.c.id == name
    lost = [f"publication_duty {about}: gone"]
    with store.begin() as tx:
        kept = tx.connection.execute(sa.select(publication_duty).where(mine)).mappings().one()
        tx.connection.execute(sa.delete(publication_duty).where(mine))
    assert printed.look(store) == lost
    refused(house)
    with store.begin() as tx:
        tx.connection.execute(sa.insert(publication_duty).values(**kept))
    assert printed.look(store) == []
    for column, value in (("visit", "x"), ("draw", "x"), ("state", "REMOVED"), ("agency", "x")):
        with store.begin() as tx:
            tx.connection.execute(sa.update(publication_duty).where(mine).values({column: value}))
        assert printed.look(store) == [f"publication_duty {name}: row", *(lost if column in {"visit", "draw"} else ())]
        with store.begin() as tx:
            tx.connection.execute(sa.update(publication_duty).where(mine).values({column: kept[column]}))


def test_a_result_goes_with_its_row_or_its_visit_for_nobody(office: Office, hand: Hand) -> None:
    held = public(office, hand)
    for table, where in ((publication_duty, publication_duty.c.id == held.id), (visit, visit.c.id == held.visit)):
        with office.store.begin() as tx:
            kept = tx.connection.execute(sa.select(table).where(where)).mappings().one()
            tx.connection.execute(sa.delete(table).where(where))
        assert printed.look(office.store) == [f"publication_duty {held.visit}: gone"]
        refused(office)
        with office.store.begin() as tx:
            tx.connection.execute(sa.insert(table).values(**kept))


def test_what_is_owed_is_no_more_owed_by_its_own_entry_alone(store: Store, hand: Hand) -> None:
    case, held = fined(store, hand)
    house, owed = case.office, duty(case, held)
    assert changed(house, owed, lambda one: replace(one, state=PublicationState.NOT_PUBLIC)) == ["state"]
    rule(case, held)
    owed = duty(case, held)
    assert owed.penalty is not None
    penalty, ruled = owed.penalty, owed.penalty.ruled
    assert ruled is not None
    for state in (PublicationState.REMOVED, PublicationState.NOT_PUBLIC):
        assert changed(house, owed, lambda one, state=state: replace(one, state=state, why=Fallen.VOID)) == ["state"]  # type: ignore[misc]
    for bad in (replace(ruled, amount=100), replace(ruled, kinds=()), replace(ruled, public=False), None):
        assert changed(house, owed, lambda one, bad=bad: replace(one, penalty=replace(penalty, ruled=bad))) == ["ruled"]  # type: ignore[misc]
    sooner = replace(penalty, until=penalty.until - timedelta(days=300))
    assert changed(house, owed, lambda one: replace(one, penalty=sooner)) == ["ruled"]
    rule(case, held, public=False, kinds=(), amount=None)
    assert changed(house, duty(case, held), lambda _: owed) == ["state", "ruled"]


def test_a_result_that_was_ruled_on_is_public_as_it_was_ruled(store: Store, hand: Hand) -> None:
    house = open_office(store, hand)
    held = made(house, hand, found=True)
    with store.begin() as tx:
        publication.rule(house, tx, held.id, CheckResult.PROBLEM, "属实", "李四", hand())
        held = tx.publications.get(held.id)
    ruled = held.ruled
    assert ruled is not None
    assert changed(house, held, lambda one: replace(one, ruled=replace(ruled, found=CheckResult.NOTHING))) == ["ruled"]
    assert changed(house, held, lambda one: replace(one, ruled=None)) == ["ruled"]


@pytest.mark.slow
def test_a_published_result_was_not_never_public(office: Office, hand: Hand) -> None:
    held = public(office, hand)
    never = replace(held, state=PublicationState.REMOVED, posted=None, shown=None, why=Fallen.VOID)
    assert changed(office, held, lambda _: never) == ["state"]


def test_the_line_that_was_wrong_does_not_come_back_in_the_place_of_the_right_one(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    case, held = fined(store, hand)
    rule(case, held, amount=300_000_000)
    built(case, tmp_path / "site")
    before = duty(case, held).penalty
    assert before is not None
    with store.begin() as tx:
        publication.recall(case.office, tx, domain.name(held.id), Fallen.MISTAKE, "", "更正1", "李四", hand())
    built(case, tmp_path / "site")
    hand.on(days=30)
    rule(case, held)
    built(case, tmp_path / "site")
    right = duty(case, held)
    assert right.penalty is not None
    wrong = replace(right, penalty=replace(right.penalty, shown=before.shown))
    assert changed(case.office, right, lambda _: wrong) == ["line"]


def purge(case: Proceeding, record: Record) -> None:
    """An entry says that something of a case went; nothing does."""
    with case.office.store.begin() as tx:
        held = tx.cases.get(case.case)
        row = purging.row_of(case.office.book.get(held.pack), record)
        assert row is not None
        assert held.ended_at is not None
        until = row.last(held.ended_at, case.office.calendar)
        assert until is not None
        facts: dict[str, object] = {"entries": [], "pieces": {}, "rows": {}}
        purging.said(tx, held.id, gone(row, held.pack, held.ended_at, until, facts), case.office.now())


@pytest.mark.parametrize("record", [Record.ANSWER, Record.ENFORCEMENT])
def test_a_name_goes_with_its_case_alone(store: Store, hand: Hand, tmp_path: Path, record: Record) -> None:
    case, held = fined(store, hand)
    rule(case, held)
    built(case, tmp_path / "site")
    hand.on(days=250)
    purge(case, record)
    assert changed(case.office, duty(case, held), unnamed) == ["line"], "the case is there"


def test_the_name_of_a_check_for_cause_goes_by_a_purge_alone(store: Store, hand: Hand) -> None:
    house = open_office(store, hand)
    lead = made(house, hand, found=False)
    gazette.say(house, gazette.gather(house, hand(), post=True), "https://example.org", "李四", hand())
    with store.begin() as tx:
        held = tx.publications.get(lead.id)
        tx.connection.execute(sa.text("DELETE FROM lead_check"))
        tx.publications.put(unnamed(held))
    assert printed.look(store) == [f"publication_duty {lead.id}: line"]
