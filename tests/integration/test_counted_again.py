"""A past decision is computed again by the calendar that it was made with, whichever have come since (issue 8; `case replay`)."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from inspector.flows.office import Office
from inspector.store import backups, migrate
from inspector.store.calendartables import calendar_kept
from inspector.store.sealed import own
from inspector.store.store import Store
from inspector.store.tables import calendar_year, ledger
from tests.house import Hand, Table, application, open_office, post, settle
from tests.integration.test_recompute import named, told
from tests.integration.test_recount import CHRISTMAS, LONGER, RELIEF, amended, started, with_2027
from tests.integration.test_way import LICENCE, Post, person

pytestmark = pytest.mark.alike


def an_office(store: Store, hand: Hand) -> Office:
    """An office whose registers say nothing helpful, so that agencies are asked and officers get the cases; it has begun to count."""
    office = open_office(
        store, hand, sources={"registers": Table(default="吊销")}, agencies={"civil-affairs": Post("civil-affairs")}
    )
    started(office)
    return office


def counted(office: Office) -> list[str]:
    """Two cases whose dates lie in the year to come, and the dates of a letter and of a review."""
    cases = [post(office, application(1, "business-licence", LICENCE)), post(office, person(2, "relief-household", RELIEF))]
    settle(office)
    return cases


@pytest.fixture
def former(store: Store, hand: Hand) -> tuple[Office, list[str]]:
    """Cases that were decided on 25 December 2026, when nobody knew the notice of 2027."""
    hand.now = CHRISTMAS
    office = an_office(store, hand)
    return office, counted(office)


def newer(office: Office, hand: Hand) -> Office:
    """Three days later the notice has come, open dates were counted again, and the house goes on by it."""
    hand.on(days=3)
    after = with_2027(office, off=LONGER)
    started(after)
    settle(after)
    return after


def other(office: Office, cases: list[str]) -> list[tuple[str, str]]:
    """What does not come to the same, or cannot be said."""
    return [one for case in cases for one in told(office, case) if one[1] in ("DIFFERS", "UNSURE")]


def unnamed(store: Store) -> None:
    """As a former release wrote: no entry names its calendar."""
    with store.begin() as tx:
        for row in tx.connection.execute(sa.select(ledger.c.id, ledger.c.body)).all():
            body = json.loads(row.body)
            if body.pop("calendar", None) is not None:
                text = json.dumps(body, ensure_ascii=False, sort_keys=True)
                tx.connection.execute(sa.update(ledger).where(ledger.c.id == row.id).values(body=own(text, row.id)))


@pytest.mark.slow
def test_what_was_decided_before_a_notice_came_comes_to_the_same_after_it(
    former: tuple[Office, list[str]], store: Store, hand: Hand
) -> None:
    office, cases = former
    assert other(office, cases) == []
    after = newer(office, hand)
    rules = {rule for case in cases for rule, again in told(after, case) if again == "SAME"}
    assert rules >= {"strategy.choose", "calendar.recount", "assistance.open", "evidence.weigh"}, rules
    assert other(after, cases) == []
    assert [named(after, case) for case in cases] == [[], []]
    hand.on(days=1)
    last = replace(amended(after, off=("2026-12-31",)))
    started(last)
    settle(last)
    assert other(last, cases) == [], "and so it is after an amendment of the same year"


def test_entries_that_name_no_calendar_are_tried_by_each_that_was_ever_kept(
    former: tuple[Office, list[str]], store: Store, hand: Hand
) -> None:
    office, cases = former
    after = newer(office, hand)
    unnamed(store)
    assert other(after, cases) == []
    with store.begin() as tx:
        row = next(row for row in tx.ledger.about(cases[1]) if row["rule"] == "strategy.choose")
        text = row["body"].replace('"due_at": "2027-01-', '"due_at": "2027-02-')
        assert text != row["body"]
        tx.connection.execute(sa.update(ledger).where(ledger.c.id == row["id"]).values(body=own(text, row["id"])))
    assert ("strategy.choose", "DIFFERS") in other(after, cases), "a date that no calendar comes to is seen"


def test_an_office_of_a_former_release_is_computed_by_what_its_years_say_of_the_calendars_before(
    former: tuple[Office, list[str]], store: Store, hand: Hand
) -> None:
    office, cases = former
    unnamed(store)
    with store.begin() as tx:
        tx.connection.execute(sa.delete(calendar_kept))
        tx.connection.execute(sa.update(calendar_year).values(seen_at=hand()))
    after = newer(office, hand)
    assert other(after, cases) == [], "before 2027 was noted it was counted without"


def test_what_was_counted_by_days_that_nobody_has_kept_is_unsure_and_held_against_nobody(
    former: tuple[Office, list[str]], store: Store, hand: Hand
) -> None:
    office, cases = former
    hand.on(days=1)
    after = amended(office, off=("2026-12-31",))
    started(after)
    settle(after)
    unnamed(store)
    with store.begin() as tx:  # as a former release left it: of the former version of 2026 nothing
        tx.connection.execute(sa.delete(calendar_kept))
        tx.connection.execute(sa.update(calendar_year).values(seen_at=hand() - timedelta(days=1)))
        tx.connection.execute(sa.update(calendar_year).where(calendar_year.c.year == 2026).values(seen_at=hand()))
    started(after)
    assert {again for _, again in other(after, cases)} == {"UNSURE"}
    hand.on(hours=1)
    late = post(after, application(3, "business-licence", LICENCE))
    settle(after)
    assert other(after, [late]) == []
    with store.begin() as tx:
        row = next(row for row in tx.ledger.about(late) if row["rule"] == "strategy.choose")
        body = json.loads(row["body"])
        body["facts"]["due_at"] = "2027-03-01T17:30:00+08:00"
        body.pop("calendar")
        text = json.dumps(body, ensure_ascii=False, sort_keys=True)
        tx.connection.execute(sa.update(ledger).where(ledger.c.id == row["id"]).values(body=own(text, row["id"])))
    assert ("strategy.choose", "DIFFERS") in other(after, [late]), "since the calendars are kept nothing is excused by a lost one"


def test_a_kept_calendar_that_was_altered_or_taken_out_is_named(
    former: tuple[Office, list[str]], store: Store, hand: Hand
) -> None:
    office, cases = former
    after, name = newer(office, hand), office.calendar.digest
    with store.begin() as tx:
        of = calendar_kept.c.digest == name
        text = tx.connection.execute(sa.select(calendar_kept.c.body).where(of)).scalar_one()
        tx.connection.execute(sa.update(calendar_kept).where(of).values(body=text.replace("2026-10-01", "2026-10-09")))
    assert ("CALENDAR", name) in named(after, cases[0])
    assert {again for _, again in other(after, cases)} == {"UNSURE"}
    with store.begin() as tx:
        tx.connection.execute(sa.delete(calendar_kept).where(of))
    assert ("CALENDAR", name) in named(after, cases[0]), "one is kept before anything is counted by it"


def test_other_hours_of_the_office_are_another_calendar(former: tuple[Office, list[str]], hand: Hand) -> None:
    office, cases = former
    after = replace(office, calendar=replace(office.calendar, closes=office.calendar.closes.replace(hour=18)))
    started(after)
    assert other(after, cases) == []


@pytest.mark.slow
def test_the_calendars_go_along_into_a_backup_and_back(
    former: tuple[Office, list[str]], store: Store, hand: Hand, tmp_path: Path
) -> None:
    office, cases = former
    after = newer(office, hand)
    with store.read() as tx:
        before = tx.calendars.yearbook(after.calendar, hand())
    assert len(before.known) == 2
    backups.back_up(store, tmp_path / "copy", lambda *_: None)
    with closing(Store(f"sqlite:///{tmp_path / 'copy'}", keys=store.keys)) as copied:
        assert other(replace(after, store=copied), cases) == []
        with copied.read() as tx:
            assert tx.calendars.yearbook(after.calendar, hand()) == before


BEHIND = (
    "ALTER TABLE assistance DROP COLUMN badly_put",
    "DROP INDEX ix_publication_duty_anew",
    "DROP INDEX ix_ledger_owed",
    "ALTER TABLE publication_duty DROP COLUMN anew",
    "ALTER TABLE attention DROP COLUMN names",
    "ALTER TABLE office DROP COLUMN rests_until",
)
"""What later migrations brought, taken back."""


@pytest.mark.slow
def test_the_migration_makes_room_for_them(database_url: str, hand: Hand) -> None:
    with closing(Store(database_url)) as store:
        migrate.upgrade(store)
        hand.now = CHRISTMAS
        office = an_office(store, hand)
        with store.engine.begin() as connection:
            connection.execute(sa.text("DROP TABLE calendar_kept"))
            for later in BEHIND:
                connection.execute(sa.text(later))
            config = Config(attributes={"connection": connection})
            config.set_main_option("script_location", str(migrate.HERE))
            command.stamp(config, "0048")
            command.upgrade(config, "head")
        started(office)
        with store.read() as tx:
            assert [one.calendar for one in tx.calendars.yearbook(office.calendar, hand()).known] == [office.calendar]
