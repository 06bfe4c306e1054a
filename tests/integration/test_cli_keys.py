"""`key secret`, `key rotate`, `key status` and what `check` says of them, in one office; and what its backup holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from inspector.store.replicas import KEYS
from inspector.store.store import Store
from tests import house
from tests.operator import Operator, one_database
from tests.sealing import at_rest, found

pytestmark = [pytest.mark.alike, pytest.mark.slow]

database_url = one_database
MARK = "明文标记有限公司"


def privacy(*names: str) -> str:
    sealing, lookup = names[::2], names[1::2]
    return f"\n[privacy]\nkey_files = {list(sealing)}\nlookup_key_files = {list(lookup)}\n".replace("'", '"')


def said_of(operator: Operator) -> tuple[str, str]:
    (one,) = [one for one in operator.say("check", "--json").json if one["name"] == "privacy"]
    return one["state"], one["message"]


def test_an_office_gets_keys_changes_them_and_is_backed_up_sealed(database_url: str, tmp_path: Path) -> None:
    operator = Operator(tmp_path, database_url).settle_in()
    operator.well("migrate")
    with house.closing(operator.store()) as store:
        office = house.open_office(store, house.Hand())
        case_id = house.post(office, house.application(1, "business-licence", {"registration-status": MARK}, letter_text=MARK))
    assert said_of(operator)[0] == "WARN", "what lies open is warned of"
    assert operator.say("key", "rotate").code != 0, "without keys there is nothing to seal by"
    for name in ("a", "b", "c", "d"):
        operator.well("key", "secret", str(tmp_path / f"{name}.key"))
    operator.settle_in(privacy("a.key", "b.key"))
    assert "key rotate" in operator.say("case", "show", case_id).err, "codes are not under the key yet"
    done = operator.well("key", "rotate", "--json").json
    assert done["rows"] > 0 < done["codes"]
    assert said_of(operator)[0] == "OK"
    assert MARK in operator.well("case", "show", case_id).out
    with house.closing(Store(operator.url)) as store:
        assert not store.sqlite or found(at_rest(store), {MARK}) == set()
    copy = tmp_path / "copy.sqlite3"
    operator.well("backup", str(copy))
    assert found(copy.read_bytes(), {MARK}) == set(), "a backup is sealed as the office is"
    with house.closing(Store(f"sqlite:///{copy}")) as blind, blind.read() as tx:
        assert tx.cases.known(case_id)
    other = Operator(tmp_path / "restored", f"sqlite:///{tmp_path / 'restored' / 'office.sqlite3'}")
    other.folder.mkdir()
    assert "key_files" in other.settle_in().say("restore", str(copy)).err, "without its keys nobody could read it"
    other.settle_in(privacy(*(str(tmp_path / name) for name in ("a.key", "b.key")))).well("restore", str(copy))
    assert MARK in other.well("case", "show", case_id).out
    operator.settle_in(privacy("c.key", "d.key", "a.key", "b.key"))
    states = [(one["purpose"], one["state"]) for one in operator.well("key", "status", "--json").json["keys"]]
    assert {("text", "FORMER"), ("code", "FORMER")} <= set(states)
    operator.well("key", "rotate")
    rows = operator.well("key", "status", "--json").json["keys"]
    assert {(one["purpose"], one["state"]) for one in rows} == {
        *(("text", "CURRENT"), ("text", "UNUSED"), ("code", "CURRENT"), ("code", "UNUSED")),
    }
    assert "UNUSED" not in operator.well("key", "status").out, "people read words"
    operator.settle_in(privacy("c.key", "d.key"))
    assert MARK in operator.well("case", "show", case_id).out, "the former keys may go"
    operator.settle_in(privacy("a.key", "b.key"))
    assert said_of(operator)[0] == "FAIL", "without the keys that seal nothing runs"
    assert "d.key" not in operator.say("case", "show", case_id).err
    (tmp_path / "c.key").chmod(0o644)
    operator.settle_in(privacy("c.key", "d.key"))
    assert "chmod 600" in operator.say("case", "show", case_id).err


def test_keys_are_rotated_beside_no_daemon_that_could_not_read_what_lies_under_the_new_one(
    database_url: str, tmp_path: Path
) -> None:
    operator = Operator(tmp_path, database_url).settle_in()
    for name in ("a", "b", "c"):
        operator.well("key", "secret", str(tmp_path / f"{name}.key"))
    operator.settle_in(privacy("a.key", "b.key"))
    operator.well("migrate")
    with house.closing(operator.store()) as store:
        case = house.post(
            house.open_office(store, house.Hand()), house.application(1, "business-licence", {"registration-status": MARK})
        )

    def given() -> list[str]:
        told = operator.well("key", "status", "--json").json["keys"]
        return [one["key"] for one in told if one["purpose"] == "text" and one["key"]]

    (former,) = given()
    operator.settle_in('\n[privacy]\nkey_files = ["c.key", "a.key"]\nlookup_key_files = ["b.key"]\n')
    current, _ = given()

    def runs(told: dict[str, str]) -> None:
        with house.closing(Store(operator.url)) as store, store.begin() as tx:
            tx.replicas.seen("machine-1", "0", tx.machine_now(), tx.machine_now(), told)

    def states() -> dict[str, str]:
        return {one["key"]: one["state"] for one in operator.well("key", "status", "--json").json["keys"]}

    runs({KEYS: former})
    refused = operator.say("key", "rotate")
    assert (refused.code != 0, "machine-1" in refused.err, "restart" in refused.err) == (True, True, True)
    assert states()[former] == "FORMER", "nothing was sealed anew"
    runs({"another": "release"})
    assert "RESTART THE DAEMON FIRST: machine-1" in operator.well("key", "rotate").out, "it does not tell by which keys it reads"
    runs({KEYS: former})
    assert states()[former] == "RUNNING", "what a running daemon seals by may not go"
    runs({KEYS: f"{current},{former}"})
    operator.well("key", "rotate")
    assert states()[former] == "UNUSED"
    operator.well("case", "show", case)
