"""What is public is held to the ledger: a line that somebody has altered in the database is built by nobody, and is told."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from inspector.domain.errors import Invalid, Refusal
from inspector.domain.gazette import CheckResult, Fallen
from inspector.domain.publicationduty import PublicationDuty, PublicationState
from inspector.flows import attention, gazette, printed, publication
from inspector.flows.office import Office
from inspector.store.publicationtables import publication_duty
from inspector.store.tables import ledger
from inspector.store.tx import Tx
from tests.house import Hand
from tests.integration.test_gazette import over
from tests.integration.test_publications import look, office, said
from tests.integration.test_tampered import daily

__all__ = ["office"]
pytestmark = pytest.mark.alike


def public(office: Office, hand: Hand) -> PublicationDuty:
    """The one result of the office, as it is public."""
    look(office, hand)
    over(office)
    now = office.now()
    gazette.say(office, gazette.gather(office, now, post=True), "https://example.org", "李四", now)
    with office.store.read() as tx:
        (held,) = tx.publications.page(("bureau",), None, "", 5)
    assert held.shown is not None
    return held


def altered(office: Office, change: Callable[[PublicationDuty], PublicationDuty]) -> list[str]:
    """What is told of the one duty after somebody has changed its row; it is put back."""
    with office.store.begin() as tx:
        (held,) = tx.publications.page(("bureau",), None, "", 5)
        tx.publications.put(change(held))
    found = printed.look(office.store)
    for post in (False, True):
        if found:
            with pytest.raises(Refusal, match="publication_contradicted") as told:
                gazette.gather(office, office.now(), post=post)
            assert held.id in str(told.value.facts["rows"])
        else:
            gazette.gather(office, office.now(), post=post)
    with office.store.begin() as tx:
        tx.publications.put(held)
    return found


def test_a_public_line_that_was_altered_in_the_database_is_built_by_nobody(office: Office, hand: Hand) -> None:
    held = public(office, hand)
    row, shown = f"publication_duty {held.id}", held.shown
    assert shown is not None
    assert altered(office, lambda one: one) == []
    assert altered(office, lambda one: replace(one, shown=replace(shown, found=CheckResult.PROBLEM))) == [f"{row}: line"]
    assert altered(office, lambda one: replace(one, shown=replace(shown, name="另一家公司"))) == [f"{row}: line"]
    assert altered(office, lambda one: replace(one, shown=replace(shown, name="", code="", counted=True))) == [f"{row}: line"]
    assert altered(office, lambda one: replace(one, shown=None)) == [f"{row}: line"]
    owed = altered(office, lambda one: replace(one, state=PublicationState.OWED, posted=None, shown=None))
    assert owed == [f"{row}: state"], "what is public is not worked out anew"


def test_a_draws_lines_that_read_the_same_are_not_taken_apart_by_the_next_look_and_changed_ones_are(
    office: Office, hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, taken, whole = public(office, hand), list[str](), printed.suspects

    def counted(tx: Tx, duties: Sequence[PublicationDuty]) -> list[str]:
        taken.extend(one.id for one in duties)
        return whole(tx, duties)

    monkeypatch.setattr(printed, "suspects", counted)
    assert (printed.look(office.store), printed.look(office.store), taken) == ([], [], [held.id])
    with office.store.begin() as tx:
        tx.connection.execute(sa.update(ledger).where(ledger.c.rule == printed.DONE).values(salt="00"))
    for _ in range(2):
        assert [one for one in printed.look(office.store) if one.startswith("ledger ")], (
            "an entry that was altered behind it is found"
        )
    assert taken == [held.id] * 3


def test_what_was_taken_back_stays_so_and_an_entry_that_was_altered_names_no_line(office: Office, hand: Hand) -> None:
    held = public(office, hand)
    row = f"publication_duty {held.id}"
    said(office, publication.recall, Fallen.REVOKED, "", "")
    assert altered(office, lambda one: replace(one, state=PublicationState.PUBLISHED)) == [f"{row}: state"]
    hand.on(days=2)
    assert altered(office, lambda one: one) == []
    said(office, publication.remove, office.calendar.local_date(hand()), "截图")
    assert altered(office, lambda one: one) == []
    assert altered(office, lambda one: replace(one, why=Fallen.CHANGED)) == [f"{row}: why"]
    gone = altered(
        office, lambda one: replace(one, removed=one.removed and replace(one.removed, on=one.removed.on - timedelta(days=1)))
    )
    assert gone == [f"{row}: removed"]
    assert altered(office, lambda one: replace(one, state=PublicationState.PUBLISHED, removed=None)) == [
        *(f"{row}: state", f"{row}: removed"),
    ]
    with office.store.begin() as tx:
        done = ledger.c.rule == printed.DONE
        body, entry = tx.connection.execute(sa.select(ledger.c.body, ledger.c.id).where(done)).one()
        tx.connection.execute(sa.update(ledger).where(done).values(body=body.replace("false", "true")))
    assert f"ledger {entry}: body" in printed.look(office.store)


@pytest.mark.slow
def test_what_is_public_is_gone_on_no_day_before_it_was_said_that_it_is_to_go(office: Office, hand: Hand) -> None:
    public(office, hand)
    hand.on(days=5)
    said(office, publication.recall, Fallen.REVOKED, "", "")
    recalled = office.calendar.local_date(hand())
    hand.on(days=1)
    with pytest.raises(Invalid, match="publication_day") as told:
        said(office, publication.remove, recalled - timedelta(days=1), "截图")
    assert told.value.facts["first"] == recalled.isoformat()
    assert said(office, publication.remove, recalled, "截图").state is PublicationState.REMOVED


@pytest.mark.slow
@pytest.mark.parametrize("why", [Fallen.MISTAKE, Fallen.CHANGED])
def test_a_result_that_was_taken_back_for_a_slip_is_owed_anew_once_and_can_be_public_again(
    office: Office, hand: Hand, why: Fallen
) -> None:
    held = public(office, hand)
    said(office, publication.recall, why, "", "")
    hand.on(days=1)
    said(office, publication.remove, office.calendar.local_date(hand()), "截图")
    look(office, hand)
    hand.on(days=1)
    look(office, hand)
    with office.store.read() as tx:
        (anew,) = [
            one for one in tx.publications.page(("bureau",), None, "", 50) if one.id != held.id and one.visit == held.visit
        ]
    assert (anew.id, anew.state, anew.formed_at < hand()) == (f"{held.id}.2", PublicationState.OWED, True)
    assert anew.due_at > hand()
    with office.store.begin() as tx:
        publication.publish(office, tx, anew.id, office.calendar.local_date(hand()), "公告栏", "李四", hand())
    assert printed.look(office.store) == []
    with office.store.begin() as tx:
        fell, mine = tx.publications.get(held.id), tx.publications.get(anew.id)
        tx.publications.put(replace(fell, renewed=False))
        tx.publications.put(replace(mine, renewed=True))
    assert set(printed.look(office.store)) == {f"publication_duty {one}: renewed" for one in (held.id, anew.id)}


@pytest.mark.slow
def test_what_fell_and_is_said_to_be_owed_anew_already_is_built_by_nobody(office: Office, hand: Hand) -> None:
    held = public(office, hand)
    said(office, publication.recall, Fallen.MISTAKE, "", "")
    assert altered(office, lambda one: one) == []
    assert altered(office, lambda one: replace(one, renewed=True)) == [f"publication_duty {held.id}: renewed"]


@pytest.mark.slow
def test_the_daily_look_finds_an_altered_line_and_is_done_with_it_once_it_is_put_back(office: Office, hand: Hand) -> None:
    held = public(office, hand)
    assert held.shown is not None

    def after(one: PublicationDuty) -> list[str]:
        """What a person of the house hears after the daily look at the duty as it lies there."""
        with office.store.begin() as tx:
            tx.publications.put(one)
        daily(office)
        with office.store.read() as tx:
            waits = tx.attention.get(f"{printed.MATTER}:{office.house}")
        return [attention.told(printed.MATTER, waits["body"], "en")] if waits is not None and not waits["closed_at"] else []

    assert after(held) == []
    altered = replace(held, shown=replace(held.shown, found=CheckResult.PROBLEM))
    assert after(altered) == [f"publication_duty {held.id}: line"]
    assert after(held) == []


@pytest.mark.slow
def test_whether_something_is_to_be_owed_anew_stands_beside_it_as_it_says_and_one_of_before_is_read_once(
    office: Office, hand: Hand
) -> None:
    held = public(office, hand)
    said(office, publication.recall, Fallen.UNLAWFUL, "", "")
    beside(office, True)
    assert printed.look(office.store) == [f"publication_duty {held.id}: row"]
    beside(office, None)
    assert printed.look(office.store) == [], "a release before had no such column"
    with office.store.read() as tx:
        assert [one.id for one in tx.publications.fallen()] == [held.id]
    hand.on(days=1)
    look(office, hand)
    with office.store.read() as tx:
        assert tx.publications.fallen() == [], "what is gone for good is read no more, however much there is"
    assert printed.look(office.store) == []


@pytest.mark.slow
@pytest.mark.differs
def test_what_is_owed_is_found_by_an_index_of_it_and_not_by_reading_the_ledger(office: Office, hand: Hand) -> None:
    public(office, hand)
    if not office.store.sqlite:
        return  # of a table of some rows PostgreSQL reads all
    plans, engine = list[str](), sa.engine.Engine

    def explain(_connection: object, cursor: object, statement: str, parameters: object, *_: object) -> None:
        if "publication.owe" in statement or "anew IS NULL" in statement:
            asked = sqlite3.connect(str(office.store.url.database)).execute(f"EXPLAIN QUERY PLAN {statement}", parameters)  # type: ignore[arg-type]
            plans.extend(str(row[-1]) for row in asked)

    sa.event.listen(engine, "before_cursor_execute", explain)
    with office.store.read() as tx:
        assert (tx.publications.lost(), tx.publications.fallen()) == ([], [])
    sa.event.remove(engine, "before_cursor_execute", explain)
    assert [one for one in plans if "ix_ledger_owed" in one], plans
    assert [one for one in plans if "ix_publication_duty_anew" in one], plans
    assert not [one for one in plans if one == "SCAN ledger"]


def beside(office: Office, anew: bool | None) -> None:
    with office.store.begin() as tx:
        tx.connection.execute(sa.update(publication_duty).values(anew=anew))
