"""A backup for whom it is meant alone, and one that is found when the office's own file is damaged."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import stat
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from inspector.store import backups, envelope
from tests.house import Hand, application, open_office, post
from tests.operator import Operator

pytestmark = pytest.mark.slow

NAME = "暗记有限公司"


@pytest.fixture
def clerk(tmp_path: Path) -> Operator:
    """An office with a case of somebody who is found wherever the name lies open."""
    held = Operator(tmp_path, f"sqlite:///{tmp_path / 'inspector.sqlite3'}").settle_in()
    held.well("migrate")
    with closing(held.store()) as store:
        post(open_office(store, Hand()), application(1, "business-licence", {"registration-status": "存续"}, subject_name=NAME))
    (tmp_path / "backups").mkdir()
    return held


def elsewhere(clerk: Operator) -> Operator:
    """Another machine, with an office that is still empty."""
    there = clerk.folder / "there"
    there.mkdir()
    return replace(clerk, folder=there, url=f"sqlite:///{there / 'inspector.sqlite3'}").settle_in()


def test_an_encrypted_backup_comes_back_by_its_key_alone_and_lies_open_nowhere(clerk: Operator, tmp_path: Path) -> None:
    made = clerk.well("key", "backup", str(tmp_path / "key"), "--json").json
    assert (stat.S_IMODE((tmp_path / "key").stat().st_mode), made["recipient"][:4]) == (0o600, "age1")
    clerk.settle_in(f'[backup]\nfolder = "backups"\nrecipients = ["{made["recipient"]}"]\n')
    told = clerk.well("backup", "--json").json
    file = Path(told["file"])
    assert (file.parent, file.name.endswith(".sqlite3.age"), stat.S_IMODE(file.stat().st_mode)) == (
        tmp_path / "backups",
        True,
        0o600,
    )
    assert ([one.name for one in file.parent.iterdir()], NAME.encode() in file.read_bytes()) == ([file.name], False)
    assert not list(tmp_path.glob(".inspector-*"))
    there = elsewhere(clerk)
    assert "is encrypted" in there.say("restore", str(file)).err
    back = there.well("restore", str(file), "--key", str(tmp_path / "key"), "--json").json
    assert (back["tables"], back["head"]) == (told["tables"], told["head"])
    assert sorted(one.name for one in there.folder.iterdir() if one.name.startswith(".")) == []
    with closing(there.store()) as store, store.read() as tx:
        assert [one.subject.name for one in tx.cases.page(agencies=None, after="", limit=9)] == [NAME]


def test_a_wrong_key_a_changed_file_and_one_that_is_cut_are_refused_before_anything_is_made(
    clerk: Operator, tmp_path: Path
) -> None:
    public = clerk.well("key", "backup", str(tmp_path / "key"), "--json").json["recipient"]
    clerk.well("key", "backup", str(tmp_path / "other"))
    file = tmp_path / "backups/whole"
    clerk.well("backup", str(file), "--recipient", public)
    content = file.read_bytes()
    (tmp_path / "cut").write_bytes(content[: len(content) // 2])
    (tmp_path / "changed").write_bytes(content[:-9] + bytes([content[-9] ^ 1]) + content[-8:])
    (tmp_path / "open").write_text((tmp_path / "key").read_text())
    (tmp_path / "open").chmod(0o644)
    there = elsewhere(clerk)
    for name, key, words in (
        ("backups/whole", "other", "does not open the backup"),
        ("cut", "key", "changed, cut or damaged"),
        ("changed", "key", "changed, cut or damaged"),
        ("backups/whole", "open", "only its owner may read"),
        ("backups/whole", "cut", "only its owner may read"),
    ):
        said = there.say("restore", str(tmp_path / name), "--key", str(tmp_path / key))
        assert (said.code, words in said.err) == (2, True), said.err
        assert [one.name for one in there.folder.iterdir()] == [there.config.name]


def test_what_is_no_recipient_and_a_folder_that_nobody_has_named_are_refused_by_name(clerk: Operator, tmp_path: Path) -> None:
    assert "age1nobody" in clerk.say("backup", str(tmp_path / "backups/x"), "--recipient", "age1nobody").err
    assert "backup.folder" in clerk.say("backup").err
    assert list((tmp_path / "backups").iterdir()) == []


def test_an_encrypted_backup_that_is_broken_off_leaves_nothing_in_either_folder(
    clerk: Operator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*_given: object) -> None:
        assert list(tmp_path.glob(".inspector-*/office")), "it has begun"
        raise KeyboardInterrupt

    monkeypatch.setattr(envelope, "enclose", dies)
    with closing(clerk.store()) as store, pytest.raises(KeyboardInterrupt):
        backups.back_up(store, tmp_path / "backups/office", lambda *_: None, [envelope.new()[1]])
    assert (list((tmp_path / "backups").iterdir()), list(tmp_path.glob(".inspector-*"))) == ([], [])


def damage(file: Path) -> None:
    with contextlib.closing(sqlite3.connect(file)) as wire:
        (page,) = wire.execute("SELECT rootpage FROM sqlite_master WHERE name = 'ix_case_file_state_outcome'").fetchone()
    held = file.read_bytes()
    file.write_bytes(held[: 4096 * (page - 1)] + b"\xff" * 4096 + held[4096 * page :])


def told_of_backup(clerk: Operator) -> dict[str, str]:
    found: dict[str, str] = {"state": "", "message": "", "mend": ""}
    for one in clerk.say("check", "--json").json:
        found = one if one["name"] == "backup" else found
    return found


def test_of_a_damaged_file_the_newest_whole_backup_is_named_with_the_command_that_brings_it_back(
    clerk: Operator, tmp_path: Path
) -> None:
    clerk.settle_in('[backup]\nfolder = "backups"\n')
    assert (told_of_backup(clerk)["state"], "there is none" in told_of_backup(clerk)["message"]) == ("WARN", True)
    file = Path(clerk.well("backup", "--json").json["file"])
    assert told_of_backup(clerk)["state"] == "OK"
    torn, other = tmp_path / "backups/torn.sqlite3", tmp_path / "backups/notes.txt"
    torn.write_bytes(file.read_bytes()[:9000])
    other.write_text("no backup")
    spoilt = tmp_path / "backups/spoilt.sqlite3"
    spoilt.write_bytes(file.read_bytes())
    damage(spoilt)
    office = tmp_path / "inspector.sqlite3"
    damage(office)
    told = told_of_backup(clerk)
    assert (told["state"], str(file) in told["message"]) == ("WARN", True), told
    command = told["mend"].rpartition("./run ")[2]
    office.unlink()
    clerk.well(*command.split())
    spoilt.unlink()
    os.utime(file, (0, 0))
    assert "is old" in told_of_backup(clerk)["message"]


def test_a_file_that_is_no_database_any_more_has_its_backup_named_too_and_none_is_said_to_be_none(
    clerk: Operator, tmp_path: Path
) -> None:
    office = tmp_path / "inspector.sqlite3"
    before = tmp_path / "inspector.sqlite3.before-0052"
    before.write_bytes(office.read_bytes())
    office.write_bytes(b"this is no database " * 1000)
    told = told_of_backup(clerk)
    assert (told["state"], str(before) in told["message"]) == ("WARN", True), told
    before.unlink()
    assert told_of_backup(clerk)["state"] == "FAIL"
