"""Migrations: an empty database becomes exactly what the tables say, and nobody else's is touched."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from inspector.domain.errors import Refusal
from inspector.store import migrate, opening
from inspector.store.store import Store
from inspector.store.tables import metadata
from tests.house import Hand, Table, application, closing, open_office, post


def migrated(url: str) -> Store:
    """A store as the migrations make it, not as the other tests copy it."""
    store = Store(url)
    migrate.upgrade(store)
    return store


def version(store: Store, told: str) -> None:
    """Say that the database is at another revision."""
    with store.begin() as tx:
        tx.connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{told}'")


def test_an_empty_database_becomes_what_the_tables_say(database_url: str) -> None:
    with closing(Store(database_url)) as store:
        assert migrate.present(store) is None
        assert migrate.upgrade(store) is None
        assert migrate.present(store) == migrate.newest()
        with store.engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
            assert compare_metadata(context, metadata) == []


def test_the_newest_migration_by_its_files_name_is_the_head_alembic_finds() -> None:
    config = Config()
    config.set_main_option("script_location", str(migrate.HERE))
    assert ScriptDirectory.from_config(config).get_heads() == [migrate.newest()]


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
        assert migrate.upgrade(store) == "0001"
        assert migrate.present(store) == "0002"
    copy = file.with_name("inspector.sqlite3.before-0002")
    with closing(Store(f"sqlite:///{copy}")) as old, old.read() as tx:
        assert tx.cases.counts()
        assert "extra" not in sa.inspect(tx.connection).get_table_names()
    assert migrate.newest() == "0002"


def test_an_upgrade_that_fails_leaves_the_database_as_it_was(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(migrated(database_url)) as store:
        tomorrow = _release_of_tomorrow(tmp_path, then="    raise RuntimeError('half way')")
        monkeypatch.setattr(migrate, "HERE", tomorrow / "migrations")
        with pytest.raises(RuntimeError, match="half way"):
            migrate.upgrade(store)
        assert migrate.present(store) == "0001"
        with store.read() as tx:
            assert "extra" not in sa.inspect(tx.connection).get_table_names()


def test_two_who_migrate_one_server_at_once_do_not_hurt_each_other(postgres_url: str) -> None:
    together = threading.Barrier(4)
    told: list[object] = []

    def hand() -> None:
        with closing(Store(postgres_url)) as store:
            together.wait(10)
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
    (folder / "migrations" / "versions" / "0002_extra.py").write_text(
        "import sqlalchemy as sa\nfrom alembic import op\nrevision = '0002'\ndown_revision = '0001'\n"
        "branch_labels = depends_on = None\n\n"
        f"def upgrade():\n    op.create_table('extra', sa.Column('id', sa.Integer, primary_key=True))\n{then}\n",
        encoding="utf-8",
    )
    return folder
