"""A backup that comes to nothing leaves nothing: what it had written by then is as private as the office."""

from __future__ import annotations

from pathlib import Path

import pytest

from inspector.domain.errors import Invalid
from inspector.store import backups
from inspector.store.store import Store
from tests.house import Hand, application, open_office, post
from tests.operator import one_database

database_url = one_database


class FullError(Exception):
    """The disk is full."""


@pytest.mark.slow
def test_a_backup_that_fails_halfway_leaves_no_file_behind_and_the_next_one_is_whole(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    post(open_office(store, hand), application(1, "business-licence", {"registration-status": "存续"}))
    folder = tmp_path / "backups"
    folder.mkdir()
    told: list[str] = []

    def fails(*step: object) -> None:
        told.append(str(step[0]))
        assert list(folder.iterdir()), "it has begun to write"
        raise FullError

    with pytest.raises(FullError):
        backups.back_up(store, folder / "office.sqlite3", fails)
    assert (bool(told), list(folder.iterdir())) == (True, [])
    held = backups.back_up(store, folder / "office.sqlite3", lambda *_: None)
    assert ([one.name for one in folder.iterdir()], held.content["case_file"][0]) == (["office.sqlite3"], 1)


def test_a_backup_makes_no_folder_of_its_own(store: Store, tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="backup_folder_missing"):
        backups.back_up(store, tmp_path / "not-mounted" / "office.sqlite3", lambda *_: None)
    assert not (tmp_path / "not-mounted").exists()
