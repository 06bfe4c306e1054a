"""`push`: a register of several ways, a test of them, and a way that is off; whoever reads who is reached stands in the ledger."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from inspector.domain.roster import Way
from inspector.store.pushes import Off, Pushed
from tests import house
from tests.operator import Operator, one_database, operated, settled, table

pytestmark = pytest.mark.alike

database_url = one_database

HEADS = ["id", "name", "certificate", "certificate_until", "channel", "address"]


@pytest.fixture
def operator(database_url: str, tmp_path: Path) -> Operator:
    return settled(database_url, tmp_path)


def officers(operator: Operator, channel: str, address: str) -> tuple[int, list[str]]:
    """The register is imported; (exit code, flaws)."""
    file = operator.file("staff.csv", table(HEADS, ["Z1", "赵一", "C-1", "2030-12-31", f'"{channel}"', f'"{address}"']))
    said = operator.say("roster", "import", "inspectors", file, "--agency", "bureau", "--json")
    return said.code, [one["code"] for one in said.json["flaws"]]


@pytest.mark.slow
def test_ways_are_entered_tested_shown_and_turned_on_again(operator: Operator) -> None:
    assert officers(operator, "wecom、wecom", "z1") == (2, ["channel_twice"])
    assert officers(operator, "wecom,sms,mail", "z1，138") == (2, ["addresses_differ"])
    assert officers(operator, "wecom,sms", ",138") == (2, ["addresses_differ"]), "no telephone number is a member of WeCom"
    assert officers(operator, "wecom、sms", "z1，138") == (0, [])
    told = operator.well("push", "test", "bureau", "Z1", "--json").json
    assert told["channels"] == ["wecom", "sms"]
    assert operator.say("push", "test", "bureau", "Z1", "--channel", "fax", "--json").code == 4
    with house.closing(operator.store()) as store, store.begin() as tx:
        rows = {row["lane"]: row["kind"] for row in tx.work.page()}
        way = Way(channel="wecom", address="z1")
        off = Off(agency="bureau", inspector="Z1", channel="wecom", mark=way.mark, code="recipient_refused", since=house.START)
        tx.pushes.turn_off(off)
    assert rows == {"wecom": "push.test", "sms": "push.test"}
    ways = operator.well("push", "ways", "bureau", "Z1", "--json").json
    assert [(one["channel"], one["off"], one["error"]) for one in ways] == [
        ("wecom", True, "recipient_refused"),
        ("sms", False, "channel_unknown"),
    ]
    assert "z1" not in str(ways)
    assert [one["channel"] for one in operator.well("push", "ways", "bureau", "--json").json] == ["wecom"]
    again = ("push", "on", "bureau", "Z1", "wecom", "--reason", "号码已恢复", "--json")
    assert (operator.well(*again).json["off"], operator.say(*again).code) == (False, 3)
    assert operator.well("push", "list", "--json").json == []
    with house.closing(operator.store()) as store, store.begin() as tx:
        lost = Pushed(
            key="push.test:1:fax",
            seat="test:1",
            word="test",
            agency="bureau",
            inspector="Z1",
            channel="fax",
            mark="0",
            reference="",
            handed_at=house.START,
            failed_at=house.START,
            code="channel_not_configured",
        )
        tx.pushes.add(lost)
        tx.pushes.add(replace(lost, key="push.test:1:wecom", channel="wecom", failed_at=None, code=""))
    listed = {
        one["channel"]: (one["handed_at"] is None, one["failed_at"] is None)
        for one in operator.well("push", "list", "--json").json
    }
    assert listed == {"fax": (True, False), "wecom": (False, True)}, "what no channel took was not handed over"
    with house.closing(operator.store()) as store:
        acts = [rule for rule, _ in operated(store) if rule.startswith("operator.push")]
    assert acts == [f"operator.push.{one}" for one in ("test", "ways", "ways", "on", "list", "list")]


@pytest.mark.slow
def test_an_address_that_is_nobody_s_and_robots_alone_are_told_at_the_import_by_check_and_beside_the_way(
    database_url: str, tmp_path: Path
) -> None:
    key = tmp_path / "robot.key"
    key.write_text("k" * 32, encoding="utf-8")
    key.chmod(0o600)
    robot = f'kind = "wecom-robot"\nowner = "企业微信"\nurl = "https://qyapi.weixin.qq.com"\nkey_file = "{key}"\n'
    chat = (
        f'kind = "wecom"\nowner = "企业微信"\nurl = "https://qyapi.weixin.qq.com"\ncorp = "ww0"\napp = 1\nsecret_file = "{key}"\n'
    )
    more = f"\n[channels.group]\n{robot}\n[channels.own]\n{robot}alone = true\n\n[channels.chat]\n{chat}"
    operator = settled(database_url, tmp_path, more)
    rows: tuple[tuple[str, str, str, list[str]], ...] = (
        ("Z1", "chat", "", ["address_missing"]),
        ("Z2", "", "z2", ["channel_missing"]),
        ("Z3", "chat", "@all", ["address_unfit"]),
        ("Z4", "group", "z4", ["link_unshown"]),
        ("Z5", "group,chat", "z5", []),
        ("Z6", "own", "z6", []),
        ("Z7", "group", "", ["link_unshown"]),
        ("Z8", "group,chat", "z8,@all", ["address_unfit"]),
        ("Z9", "group,chat", f"z9,{'s' * 600}", ["address_unfit"]),
    )
    lines = [[one, one, f"C-{one}", "2030-12-31", f'"{channel}"', f'"{address}"'] for one, channel, address, _ in rows]
    file = operator.file("staff.csv", table(HEADS, *lines))
    told = operator.say("roster", "import", "inspectors", file, "--agency", "bureau", "--json")
    assert told.code == 0
    said = {number: [one["code"] for one in told.json["warnings"] if one["row"] == number] for number in range(2, 11)}
    assert list(said.values()) == [codes for *_, codes in rows]
    ways = {one: operator.well("push", "ways", "bureau", one, "--json").json for one in ("Z3", "Z5")}
    assert [(one["channel"], one["error"]) for one in ways["Z5"]] == [("group", "link_unshown"), ("chat", "")]
    assert [(one["off"], one["error"]) for one in ways["Z3"]] == [(False, "address_unfit")]
    found = operator.say("check", "--json").json
    (lost,) = [one for one in found if "no way by which they can answer" in str(one)]
    assert "6 inspectors: Z1, Z3, Z4, Z7, Z8, …" in str(lost)


@pytest.mark.slow
def test_a_key_of_visit_codes_that_is_named_and_not_there_fails(operator: Operator) -> None:
    key = operator.folder / "visit.key"
    operator.settle_in(f'\n[agencies.south]\nname = "南所"\nparent = "bureau"\nvisit_key_file = "{key}"\n')
    said = operator.say("check")
    assert (said.code, "visit codes" in said.out) == (1, True), "neither serve nor an import would begin"
    operator.well("key", "new", str(key))
    assert {"name": "agencies.south.visit_key_file", "state": "OK"}.items() <= next(
        one for one in operator.say("check", "--json").json if one["name"].endswith("visit_key_file")
    ).items()


def test_a_browser_that_has_told_where_it_is_stays_while_the_register_s_files_ask_for_one(operator: Operator) -> None:
    def told() -> list[tuple[str, bool, str]]:
        rows = operator.well("push", "ways", "bureau", "Z1", "--json").json
        return [(one["channel"], one["off"], one["error"]) for one in rows]

    def imported(name: str, address: str) -> int:
        row = ["Z1", name, "C-1", "2030-12-31", '"web,sms"', f'"{address}"']
        file = operator.file("staff.csv", table(HEADS, row))
        return operator.say("roster", "import", "inspectors", file, "--agency", "bureau").code

    assert imported("赵一", "-,138") == 0
    assert told() == [("sms", False, "channel_unknown"), ("web", True, "browser_unheard")]
    assert "has registered no browser yet" in operator.well("push", "ways", "bureau", "Z1").out
    with house.closing(operator.store()) as store, store.begin() as tx:
        tx.rosters.put_inspectors(
            [replace(one, browser=Way(channel="web", address="there")) for one in tx.rosters.inspectors("bureau")]
        )
    assert imported("赵一一", "-,138") == 0
    with house.closing(operator.store()) as store, store.read() as tx:
        held = tx.rosters.inspector("bureau", "Z1")
    assert (held.name, held.ways[0].address) == ("赵一一", "there")
    assert told() == [("web", False, "channel_unknown"), ("sms", False, "channel_unknown")]
    assert imported("赵一一", "z1,138") == 0
    with house.closing(operator.store()) as store, store.read() as tx:
        assert tx.rosters.inspector("bureau", "Z1").browser is None, "the register has an address of its own"
