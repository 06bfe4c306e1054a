"""Migrations: an empty database becomes exactly what the tables say, and nobody else's is touched."""

from __future__ import annotations

import hashlib
import json
import shutil
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from inspector.domain.decision import Because
from inspector.domain.errors import Refusal
from inspector.domain.ledger import said
from inspector.store import migrate, opening
from inspector.store.store import Store
from inspector.store.tables import metadata
from tests.house import Hand, Table, application, closing, open_office, post

NEWEST = migrate.newest()
TOMORROW = f"{int(NEWEST) + 1:04}"

FIRST = "2d9900a00f029a21624c87a8a14493e1d431ee02ab61725c6bc59bde9244ceed"
"""The SHA-256 of 0001. Databases are at its mark: whatever changes goes into a new file with the next number, never into this one."""

PULSE = ("pulse_heard_at", "pulse_failed_at", "pulse_error")
"""What 0002 brings."""

SEEN = datetime(2026, 3, 2, 1, tzinfo=UTC)
ROWS: dict[str, dict[str, object]] = {
    "replica": {"id": "r1", "started_at": SEEN, "seen_at": SEEN, "version": "1", "schedules": "{}"},
    "case_file": {
        "id": "c1",
        "agency": "bureau",
        "sender": "hall",
        "reference": "2026-1",
        "digest": "d",
        "route": "COMMITMENT",
        "item": "business-licence",
        "subject_kind": "FIRM",
        "subject_code": "91000000MA0000001R",
        "state": "VERIFYING",
        "wants_visit": False,
        "pack": "demo@1",
        "opened_at": SEEN,
        "provisional": False,
        "version": 1,
        "body": "{}",
    },
    "assistance": {
        "id": "c1.f.0",
        "case_id": "c1",
        "requested": "housing",
        "state": "ANSWERED",
        "due_at": SEEN,
        "version": 1,
        "body": json.dumps(
            {"state": "ANSWERED", "opened_at": f"{SEEN:%FT%TZ}", "due_at": f"{SEEN:%FT%TZ}", "ended_at": f"{SEEN:%FT%TZ}"}
        ),
    },
}
"""Rows as they lie in a database of 0001."""


def migrated(url: str) -> Store:
    """A store as the migrations make it, not as the other tests copy it."""
    store = Store(url)
    migrate.upgrade(store)
    return store


def version(store: Store, told: str) -> None:
    """Say that the database is at another revision."""
    with store.begin() as tx:
        tx.connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{told}'")


def differences(store: Store) -> list[object]:
    """What the database has otherwise than the tables say."""
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        return list(compare_metadata(context, metadata))


@pytest.fixture
def first(database_url: str) -> Iterator[Store]:
    """A database at 0001 that a daemon has worked on: one replica, one case."""
    with closing(Store(database_url)) as store:
        with store.engine.begin() as connection:
            config = Config(attributes={"connection": connection})
            config.set_main_option("script_location", str(migrate.HERE))
            command.upgrade(config, "0001")
        with store.begin() as tx:
            for name, told in ROWS.items():
                tx.connection.execute(sa.insert(metadata.tables[name]), told)
        yield store


def kept(store: Store) -> None:
    """What a daemon had written is there, what is new of it says nothing yet, and can be written."""
    with store.begin() as tx:
        for name, told in ROWS.items():
            row = tx.connection.execute(sa.select(metadata.tables[name])).one()._asdict()
            assert {key: row[key] for key in told} == told
        score = tx.assistance.score(SEEN)
        assert [tuple(row) for row in score] == [("housing", None, "ANSWERED", None, True, True, False, None, False, 1)], (
            "what 0007 and 0050 read from a body"
        )
        assert {row[key] for row in tx.replicas.all() for key in PULSE} == {None}
        tx.replicas.pulsed("r1", SEEN, None)
        tx.replicas.pulsed("r1", SEEN, "refused")
        assert [tuple(row[key] for key in PULSE) for row in tx.replicas.all()] == [(SEEN, SEEN, "refused")]


def test_the_first_migration_is_what_it_was() -> None:
    file = migrate.HERE / "versions" / "0001_the_house.py"
    assert hashlib.sha256(file.read_bytes()).hexdigest() == FIRST, "0001 is frozen: write a migration of the next number instead"


def test_a_database_of_an_earlier_release_keeps_its_rows_and_becomes_what_the_tables_say(first: Store) -> None:
    assert set(PULSE).isdisjoint(column["name"] for column in sa.inspect(first.engine).get_columns("replica"))
    assert migrate.upgrade(first) == "0001"
    assert migrate.present(first) == NEWEST
    kept(first)
    assert differences(first) == []


@pytest.mark.slow
def test_packs_that_decided_something_before_the_upgrade_count_as_used_and_one_that_was_announced_does_not(first: Store) -> None:
    because = {"demo@2": "officer.review", "demo@3": "pack.announced"}
    with first.begin() as tx:
        for label in ("demo@0", *because):
            tx.packs.note(label, "0" * 64, "", SEEN)
        for label, rule in because.items():
            row = {"id": label, "at": SEEN, "about": "case", "rule": rule, "salt": "", "body_digest": "", "digest": ""}
            body = said(Because(rule=rule, basis=(), pack=label), {})
            tx.connection.execute(sa.insert(metadata.tables["ledger"]), row | {"body": body})
    migrate.upgrade(first)
    with first.read() as tx:
        assert tx.packs.cited(["demo@0", *because]) == ["demo@2"]


@pytest.mark.slow
def test_a_seat_whose_push_no_channel_had_taken_at_the_upgrade_does_not_lapse(first: Store) -> None:
    waits, handed, back = "v:0:0", "v:1:0", "v:2:0"
    due = SEEN.replace(day=20)
    with first.begin() as tx:
        visit: dict[str, object] = {
            "id": "v",
            "draw": "d",
            "agency": "bureau",
            "object_id": "o",
            "check_type": "PLANNED",
            "replaces": "",
        }
        visit |= {"opened_at": SEEN, "state": "ASSIGNED", "version": 1, "body": json.dumps({"due_at": due.isoformat()})}
        tx.connection.execute(sa.insert(metadata.tables["visit"]), visit)
        for place, state in enumerate(("ORDERED", "HANDED_OVER", "ORDERED")):
            seat = {"visit": "v", "place": place, "turn": 0, "agency": "bureau", "inspector": "Z1", "state": state, "body": "{}"}
            tx.connection.execute(sa.insert(metadata.tables["seat"]), seat)
        for key in (f"push:{waits}", f"accept.due:{waits}", f"accept.due:{handed}", f"accept.due:{back}"):
            row: dict[str, object] = {
                "key": key,
                "kind": key.partition(":")[0],
                "lane": "",
                "payload": "{}",
                "state": "done" if key.endswith(back) else "waiting",
                "due_at": SEEN,
            }
            row |= {"urgent_by": SEEN, "expires_at": SEEN, "lease_until": SEEN, "fence": 0, "attempts": 0, "made_at": SEEN}
            tx.connection.execute(sa.insert(metadata.tables["work"]), row)
    migrate.upgrade(first)
    with first.read() as tx:
        rows = {row["key"]: row for row in tx.work.page()}
        bodies = [
            json.loads(body)
            for body in tx.connection.execute(
                sa.select(metadata.tables["seat"].c.body).order_by(metadata.tables["seat"].c.place)
            ).scalars()
        ]
    assert set(rows) == {f"push:{waits}", f"push.due:{waits}", f"accept.due:{handed}", f"accept.due:{back}"}
    assert (rows[f"push.due:{waits}"]["kind"], rows[f"push:{waits}"]["expires_at"]) == ("push.due", due)
    assert bodies == [{"tried": [""]}, {"tried": [""]}, {"tried": [""], "bounced": 1}], (
        "whatever is ordered next has a key of its own"
    )


@pytest.mark.slow
def test_a_visit_that_was_entered_before_the_upgrade_is_of_the_day_that_its_teams_told(first: Store) -> None:
    told = {
        "two": {"parts": [{"on": "2025-12-30"}, {"on": "2025-12-31"}]},
        "unsaid": {"parts": [{"on": None}]},
        "former": {"parts": [{}]},
        "unread": [],
    }
    row = {"draw": "d", "agency": "bureau", "object_id": "o", "check_type": "PLANNED", "replaces": "", "opened_at": SEEN}
    row |= {"done_at": SEEN, "state": "DONE", "version": 1}
    with first.begin() as tx:
        rows = [{**row, "id": name, "body": json.dumps(body)} for name, body in told.items()]
        tx.connection.execute(sa.insert(metadata.tables["visit"]), rows)
    migrate.upgrade(first)
    with first.read() as tx:
        days = {one["id"]: one["made_on"] for one in tx.visits.made()}
    assert days == {"two": date(2025, 12, 31), "unsaid": None, "former": None, "unread": None}


@pytest.mark.slow
def test_a_database_of_the_hours_in_which_0001_brought_them_keeps_its_columns(first: Store) -> None:
    with first.begin() as tx:
        moment = "DATETIME" if first.sqlite else "TIMESTAMP WITH TIME ZONE"
        for column, kind in zip(PULSE, (moment, moment, "VARCHAR(200)"), strict=True):
            tx.connection.exec_driver_sql(f"ALTER TABLE replica ADD COLUMN {column} {kind}")
        tx.connection.exec_driver_sql("UPDATE replica SET pulse_error = 'refused'")
    assert migrate.upgrade(first) == "0001"
    with first.read() as tx:
        assert [row["pulse_error"] for row in tx.replicas.all()] == ["refused"]
    assert differences(first) == []


@pytest.mark.slow
def test_a_file_of_an_earlier_release_is_brought_here_at_the_start_and_a_shared_server_is_left_to_people(first: Store) -> None:
    if first.sqlite:
        opening.ready(first)
        assert Path(f"{first.url.database}.before-{NEWEST}").exists()
    else:
        with pytest.raises(Refusal, match="database_not_migrated") as caught:
            opening.ready(first)
        assert caught.value.facts == {"present": "0001", "wanted": NEWEST}
        assert migrate.present(first) == "0001"
        migrate.upgrade(first)
        opening.ready(first)
    kept(first)


def test_an_empty_database_becomes_what_the_tables_say(database_url: str) -> None:
    with closing(Store(database_url)) as store:
        assert migrate.present(store) is None
        assert migrate.upgrade(store) is None
        assert migrate.present(store) == migrate.newest()
        assert differences(store) == []


def test_the_newest_migration_by_its_files_name_is_the_head_alembic_finds() -> None:
    config = Config()
    config.set_main_option("script_location", str(migrate.HERE))
    assert ScriptDirectory.from_config(config).get_heads() == [migrate.newest()]


@pytest.mark.slow
def test_every_table_has_the_indexes_the_tables_say_with_their_conditions(database_url: str) -> None:
    def shape(store: Store) -> set[str]:
        asked = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND substr(name, 1, 7) <> 'alembic'"
        if not store.sqlite:
            asked = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND left(tablename, 7) <> 'alembic'"
        with store.read() as tx:
            found = tx.connection.exec_driver_sql(asked).scalars().all()
        return {" ".join(text.split()) for text in found if "INDEX" in text}

    with closing(migrated(database_url)) as store:
        made = shape(store)
        with store.engine.begin() as connection:
            metadata.drop_all(connection)
            metadata.create_all(connection)
        assert made == shape(store)
        assert any("WHERE" in text for text in made)


def test_migrating_again_changes_nothing(store: Store, hand: Hand) -> None:
    assert migrate.present(store) == migrate.newest()
    office = open_office(store, hand, sources={"registers": Table()})
    case_id = post(office, application(1, "business-licence", {"registration-status": "存续"}))
    assert migrate.upgrade(store) == migrate.newest()
    with store.read() as tx:
        assert tx.cases.get(case_id).id == case_id


@pytest.mark.parametrize("open_it", [migrate.upgrade, opening.ready])
def test_a_database_of_a_newer_release_is_refused_and_left_as_it_is(store: Store, tmp_path: Path, open_it: object) -> None:
    version(store, "9999")
    before = sorted(tmp_path.iterdir())
    with pytest.raises(Refusal, match=r"database_(foreign|not_migrated)") as caught:
        open_it(store)  # type: ignore[operator]
    assert caught.value.facts == {"present": "9999", "wanted": migrate.newest()}
    assert migrate.present(store) == "9999"
    assert sorted(tmp_path.iterdir()) == before


def test_before_an_upgrade_a_file_with_content_is_copied_whole(
    tmp_path: Path, hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "inspector.sqlite3"
    with closing(migrated(f"sqlite:///{file}")) as store:
        assert [found.name for found in tmp_path.glob("*.before-*")] == [], "an empty file needs no copy"
        post(
            open_office(store, hand, sources={"registers": Table()}),
            application(1, "business-licence", {"registration-status": "存续"}),
        )
        tomorrow = _release_of_tomorrow(tmp_path)
        monkeypatch.setattr(migrate, "HERE", tomorrow / "migrations")
        assert migrate.upgrade(store) == NEWEST
        assert migrate.present(store) == TOMORROW
    copy = file.with_name(f"inspector.sqlite3.before-{TOMORROW}")
    with closing(Store(f"sqlite:///{copy}")) as old, old.read() as tx:
        assert tx.cases.counts()
        assert "extra" not in sa.inspect(tx.connection).get_table_names()
    assert migrate.newest() == TOMORROW


def test_an_upgrade_that_fails_leaves_the_database_as_it_was(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(migrated(database_url)) as store:
        tomorrow = _release_of_tomorrow(tmp_path, then="    raise RuntimeError('half way')")
        monkeypatch.setattr(migrate, "HERE", tomorrow / "migrations")
        with pytest.raises(RuntimeError, match="half way"):
            migrate.upgrade(store)
        assert migrate.present(store) == NEWEST
        with store.read() as tx:
            assert "extra" not in sa.inspect(tx.connection).get_table_names()


def test_two_who_migrate_one_server_at_once_do_not_hurt_each_other(postgres_url: str) -> None:
    together = threading.Barrier(4)
    told: list[object] = []

    def hand() -> None:
        with closing(Store(postgres_url)) as store:
            together.wait(60)
            try:
                told.append(migrate.upgrade(store))
            except Exception as error:  # noqa: BLE001 - shown by the assertion
                told.append(error)

    hands = [threading.Thread(target=hand) for _ in range(4)]
    for one in hands:
        one.start()
    for one in hands:
        one.join()
    assert {error for error in told if error is not None} <= {migrate.newest()}
    with closing(Store(postgres_url)) as store:
        assert migrate.present(store) == migrate.newest()


def _release_of_tomorrow(tmp_path: Path, then: str = "") -> Path:
    """A copy of the migrations with one more of them."""
    folder = tmp_path / "tomorrow"
    shutil.copytree(migrate.HERE, folder / "migrations")
    (folder / "migrations" / "versions" / f"{TOMORROW}_extra.py").write_text(
        f"import sqlalchemy as sa\nfrom alembic import op\nrevision = '{TOMORROW}'\ndown_revision = '{NEWEST}'\n"
        "branch_labels = depends_on = None\n\n"
        f"def upgrade():\n    op.create_table('extra', sa.Column('id', sa.Integer, primary_key=True))\n{then}\n",
        encoding="utf-8",
    )
    return folder
