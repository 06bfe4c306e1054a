"""`check` and `migrate`: what is wrong is said in both languages, with the way to mend it."""

from __future__ import annotations

import re
import shutil
import socket
import sqlite3
from datetime import UTC, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from inspector import bootstrap, settings
from inspector.cli.terminal import plain
from inspector.cli.words import told as told_of
from inspector.domain.errors import Invalid
from inspector.settings import load
from inspector.store.tables import metadata
from inspector.store.tx import Tx
from inspector.testing.peer import peer
from inspector.testing.tls import authority
from tests import house
from tests.operator import Operator, process

pytestmark = [pytest.mark.alike, pytest.mark.slow]


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    return Operator(tmp_path, f"sqlite:///{tmp_path / 'inspector.sqlite3'}").settle_in()


def states(operator: Operator, *more: str) -> dict[str, str]:
    return {one["name"]: one["state"] for one in operator.say("check", "--json", *more).json}


def test_a_sound_installation_has_no_failure(database_url: str, tmp_path: Path) -> None:
    operator = Operator(tmp_path, database_url).settle_in('[web]\nport = 0\nbase_url = "https://inspector.example"\n')
    operator.well("migrate")
    told = operator.say("check")
    assert told.code == 0, told.out
    assert set(states(operator).values()) <= {"OK", "WARN"}
    assert {"settings", "policies.demo@1", "calendar", "database", "database.revision", "clock", "agencies"} <= set(
        states(operator)
    )


def test_a_house_whose_silence_nobody_hears_is_warned_of_until_a_switch_is_named(operator: Operator) -> None:
    operator.well("migrate")
    (told,) = [one for one in operator.well("check", "--json").json if one["name"] == "pulse"]
    assert (told["state"], "[pulse]" in told["mend"], "[pulse]" in told["mend_zh"]) == ("WARN", True, True)
    assert re.search("[\u4e00-\u9fff]", told["message_zh"])
    operator.settle_in('\n[pulse]\nkind = "http"\nurl = "http://127.0.0.1:9/ping"\n')
    assert "pulse" not in states(operator)
    assert settings.load(house.ROOT / "config" / "demo.toml").pulse is not None, "the demo has one"


def test_a_house_whose_ledger_no_witness_keeps_is_warned_of(operator: Operator) -> None:
    operator.well("migrate")
    (told,) = [one for one in operator.well("check", "--json").json if one["name"] == "witnesses"]
    assert (told["state"], "[witnesses.NAME]" in told["mend"], "存证方" in told["message_zh"]) == ("WARN", True, True)
    assert settings.load(house.ROOT / "config" / "demo.toml").witnesses, "the demo has one"


def test_a_database_that_is_not_there_is_named_and_not_made(operator: Operator) -> None:
    told = operator.say("check")
    assert told.code == 1
    assert "FAIL" in told.out
    assert "migrate" in told.out
    assert operator.say("case", "list").code == 5
    assert not (operator.folder / "inspector.sqlite3").exists()


def test_without_a_chosen_language_each_line_is_in_both(operator: Operator) -> None:
    told = process("check", "--config", str(operator.config))
    assert told.code == 1
    (line,) = [one for one in told.out.splitlines() if one.startswith("FAIL")]
    assert "There is no database" in line
    assert "没有数据库" in line


def test_an_empty_database_fails_until_it_is_migrated(operator: Operator) -> None:
    sqlite3.connect(operator.folder / "inspector.sqlite3").close()
    (operator.folder / "inspector.sqlite3").touch()
    assert states(operator)["database.revision"] == "FAIL"
    assert operator.say("case", "list").code == 4
    operator.well("migrate")
    assert states(operator)["database.revision"] == "OK"


def test_a_server_that_does_not_answer_is_unreachable(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    operator = Operator(tmp_path, f"postgresql+psycopg://nobody:hidden@127.0.0.1:{port}/none").settle_in()
    said = operator.say("token", "list")
    assert said.code == 5
    assert "hidden" not in said.err
    assert states(operator)["database"] == "FAIL"


def test_a_database_that_is_not_served_is_told_which_are_in_the_readers_language(tmp_path: Path) -> None:
    operator = Operator(tmp_path, "mysql://somebody:hidden@127.0.0.1/none").settle_in()
    said = operator.say("work", "list")
    assert said.code == 2
    assert ("postgresql://" in said.err, "hidden" in said.err, "MySQLdb" in said.err) == (True, False, False)
    chinese = operator.say("--lang", "zh-Hans", "work", "list").err
    assert "are wanted" not in chinese


def test_a_misspelt_setting_is_named_with_the_nearest_one(operator: Operator) -> None:
    operator.settle_in("\n[web]\nprot = 1\n")
    said = operator.say("work", "list")
    assert said.code == 2
    assert "web.port" in said.err
    assert states(operator) == {"settings": "FAIL"}


def test_a_secret_that_others_may_read_fails(operator: Operator) -> None:
    secret = operator.folder / "phones.secret"
    secret.write_text("whsec_" + "A" * 43 + "=\n", encoding="utf-8")
    secret.chmod(0o600)
    told = f'\n[channels.phones]\nkind = "webhook"\nurl = "http://127.0.0.1:9/phones"\nsecret_file = "{secret}"\n'
    operator.settle_in(told)
    operator.well("migrate")
    assert states(operator)["channels.phones.secret_file"] == "OK"
    secret.chmod(0o644)
    assert "FAIL" in {state for name, state in states(operator).items() if name.startswith("channels.phones")}


@pytest.mark.parametrize(
    ("lease", "budget", "state"), [(4, 1.9, "OK"), (4, 2, "FAIL"), pytest.param(40, 20, "FAIL", marks=pytest.mark.slow)]
)
def test_a_connector_whose_call_may_take_half_of_its_lease_is_refused(
    operator: Operator, lease: float, budget: float, state: str
) -> None:
    wire = f'[credit.platform]\nkind = "http"\nurl = "http://127.0.0.1:9/credit"\nbudget_seconds = {budget}\n'
    operator.settle_in(f"\n[engine]\nlease_seconds = {lease}\n{wire}")
    operator.well("migrate")
    assert states(operator)["credit.platform"] == state
    listed = operator.well("connector", "list", "--json").json
    assert [row["error"] for row in listed] == [None if state == "OK" else "connector_longest"]
    if state == "FAIL":
        with pytest.raises(Invalid, match="connector_longest") as refused:
            bootstrap.connect(settings.load(operator.config))
        assert refused.value.facts["connector"] == "credit.platform"
        told = operator.say("check").out
        assert "budget_seconds" in told
        assert "engine.lease_seconds" in told


def test_a_connector_is_reached_only_when_asked_and_nothing_is_sent(operator: Operator) -> None:
    with socket.create_server(("127.0.0.1", 0)) as peer:
        port = peer.getsockname()[1]
        operator.settle_in(f'\n[witnesses.notary]\nkind = "http"\nurl = "http://127.0.0.1:{port}/notary"\n')
        operator.well("migrate")
        peer.settimeout(0.2)
        assert states(operator)["witnesses.notary"] == "OK"
        with pytest.raises(TimeoutError):
            peer.accept()
        assert states(operator, "--call")["witnesses.notary"] == "OK"
        told, _ = peer.accept()
        with told:
            told.settimeout(5)
            assert told.recv(10) == b""
    assert operator.say("connector", "check", "notary").code == 5
    assert operator.say("connector", "check", "no-such").code == 3


def test_a_certificate_that_the_connector_will_not_trust_fails_before_the_first_call(operator: Operator, tmp_path: Path) -> None:
    shown, context = authority(tmp_path)
    with peer(tls=context) as stranger, peer() as plain:
        known = f'[sources.known]\nkind = "http"\nurl = "{stranger.url}"\nca_file = "{shown}"\n'
        unknown = f'[sources.unknown]\nkind = "http"\nurl = "{stranger.url}"\n'
        no_tls = f'[sources.plain]\nkind = "http"\nurl = "{plain.url.replace("http:", "https:")}"\n'
        operator.settle_in("\n" + known + unknown + no_tls)
        operator.well("migrate")
        told = {row["name"]: row for row in operator.say("connector", "check", "--json").json}
        assert operator.say("connector", "check", "unknown").code == 1, "trying again helps nothing"
    assert {name: row["state"] for name, row in told.items()} == {
        "sources.known": "OK",
        "sources.unknown": "FAIL",
        "sources.plain": "FAIL",
    }
    assert "ca_file" in str(told["sources.unknown"])
    assert stranger.heard == plain.heard == []


def test_an_unknown_kind_of_connector_fails_by_name(operator: Operator) -> None:
    operator.settle_in('\n[sources.registers]\nkind = "htpp"\n')
    operator.well("migrate")
    assert states(operator)["sources.registers"] == "FAIL"
    assert operator.say("connector", "check").code == 1


def test_a_pack_that_decides_otherwise_than_its_examples_fails(operator: Operator) -> None:
    packs = operator.folder / "policies" / "demo"
    packs.mkdir(parents=True)
    for name in ("pack.toml", "examples.toml"):
        text = (house.ROOT / "policies" / "demo" / name).read_text(encoding="utf-8")
        (packs / name).write_text(
            text.replace('state = "CLOSED"', 'state = "REVIEW"') if name == "examples.toml" else text, encoding="utf-8"
        )
    calendars = operator.folder / "policies" / "calendars"
    calendars.symlink_to(house.ROOT / "policies" / "calendars")
    said = operator.say("policy", "check", "--folder", str(packs.parent))
    assert said.code == 1
    assert "REVIEW" in said.out
    assert operator.well("policy", "check").code == 0
    (packs / "pack.toml").write_text("id = 1", encoding="utf-8")
    assert operator.say("policy", "check", "--folder", str(packs.parent)).code == 1
    assert operator.say("policy", "list", "--folder", str(packs.parent)).code == 2


def test_a_dry_run_of_a_migration_shows_the_revisions_and_changes_nothing(database_url: str, tmp_path: Path) -> None:
    operator = Operator(tmp_path, database_url).settle_in()
    told = operator.well("migrate", "--dry-run", "--json").json
    assert told["pending"]
    assert operator.say("work", "list").code in (4, 5)
    assert operator.well("migrate", "--json").json["present"] == told["pending"][-1]
    assert operator.well("migrate", "--dry-run", "--json").json["pending"] == []
    with house.closing(operator.store()) as store, store.read() as tx:
        assert tx.work.page() == []
    assert metadata.tables


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ('\n[plans.odd]\nagency = "bureau"\ntrigger = "every day"\n', ("plans.odd.trigger", "every day")),
        pytest.param(
            '\n[plans.odd]\nagency = "nope"\ntrigger = "every 4h"\n',
            ("nope", "known are bureau, city, other"),
            marks=pytest.mark.slow,
        ),
        ('\n[plans.odd]\nagency = "burau"\ntrigger = "every 4h"\n', ("burau", "nearest name is bureau")),
        (
            '\n[agencies.lone]\nname = "x"\n[plans.odd]\nagency = "lone"\ntrigger = "every 4h"\n',
            ("[agencies.lone]", "no policy pack"),
        ),
        ('\n[schedules]\nroster = "daily"\n', ("schedules.roster", "daily")),
    ],
)
def test_check_fails_for_what_serve_refuses_and_both_say_the_same_cause(
    operator: Operator, told: str, words: tuple[str, str]
) -> None:
    operator.settle_in(told)
    operator.well("migrate")
    (line,) = [one for one in operator.say("check", "--json").json if one["state"] == "FAIL"]
    with house.closing(operator.store()) as store, pytest.raises(Invalid) as refused:
        bootstrap.house(load(operator.config), store)
    assert line["message"] == told_of(refused.value, "en")
    assert all(word in line["message"] for word in words)


def test_check_tells_everything_that_is_wrong_with_agencies_and_plans_at_once(operator: Operator) -> None:
    operator.settle_in(
        '\n[agencies.a]\nname = "x"\nparent = "b"\npack = "none"\n[agencies.b]\nname = "x"\nparent = "a"\n'
        '[plans.odd]\nagency = "nobody"\ntrigger = "every day"\n[schedules]\nroster = "daily"\n'
    )
    operator.well("migrate")
    told = [one["message"] for one in operator.say("check", "--json").json if one["state"] == "FAIL"]
    wanted = ("pack none", "a stands above itself", "b stands above itself", "nobody", "plans.odd.trigger", "schedules.roster")
    assert [[word for word in wanted if word in one] for one in told] == [[word] for word in wanted]


def test_what_a_pack_asks_for_and_nobody_provides_is_a_warning_that_names_the_section(operator: Operator) -> None:
    operator.settle_in('\n[witnesses.notary]\nkind = "http"\nurl = "http://127.0.0.1:9/"\n')
    operator.well("migrate")
    told = operator.well("check", "--json").json
    mends = {one["mend"] for one in told if one["state"] == "WARN"}
    assert {"add [seeds.dice] [seeds.justice] [seeds.audit]", "add [sources.registers]", "add [assistance.housing]"} <= mends
    assert "add [witnesses.notary]" not in mends
    assert "credit" in {one["name"] for one in told if one["state"] == "WARN"}


def test_an_agency_whose_connector_is_not_there_is_refused_with_the_nearest_there_is(operator: Operator) -> None:
    operator.settle_in(
        '\n[agencies.houses]\nname = "区住建局"\nparent = "city"\nconnector = "housin"\n'
        '[assistance.housing]\nkind = "http"\nurl = "http://127.0.0.1:9/"\n'
    )
    (told,) = [one for one in operator.say("check", "--json").json if one["state"] == "FAIL" and one["name"] == "agencies"]
    assert "Letters to agency houses go through housin" in told["message"]
    assert "the nearest name is housing" in told["message"]
    assert "housing" in told["message_zh"]


def test_agencies_without_a_pack_and_callbacks_without_a_token_are_warned_of_when_they_matter(operator: Operator) -> None:
    operator.settle_in(
        '\n[agencies.lone]\nname = "x"\n[agencies.asked]\nname = "y"\n'
        '[callbacks.hall]\nkind = "webhook"\nurl = "http://127.0.0.1:9/"\nsecret_file = "x"\n'
    )
    operator.well("migrate")
    operator.well("token", "issue", "window", "--agency", "lone", "--role", "system")
    told = states(operator)
    assert told["agencies.lone"] == "WARN"
    assert "agencies.asked" not in told, "an agency that is only asked needs no pack"
    lines = operator.say("check", "--json").json
    assert any(one["name"] == "callbacks.hall" and "no valid system token" in one["message"] for one in lines)
    operator.well("token", "issue", "hall", "--agency", "bureau", "--role", "system")
    lines = operator.say("check", "--json").json
    assert not any("no valid system token" in one["message"] for one in lines)


def test_a_paused_connector_and_an_open_breaker_are_said_with_since_when_and_the_last_error(operator: Operator) -> None:
    operator.settle_in(
        '\n[sources.registers]\nkind = "http"\nurl = "http://127.0.0.1:9/"\n[sources.social]\nkind = "http"\nurl = "http://127.0.0.1:9/"\n'
    )
    operator.well("migrate")
    operator.well("connector", "pause", "social", "--reason", "moved")
    with house.closing(operator.store()) as store, store.begin() as tx:
        tx.lanes.ensure(["registers"])
        cool = timedelta(hours=1)
        now = tx.machine_now()
        tx.lanes.failed(
            "registers", "connect_timeout", now - timedelta(days=2), threshold=9, pause=lambda _failures, _threshold: cool
        )
        tx.lanes.failed("registers", "connect_timeout", now, threshold=1, pause=lambda _failures, _threshold: cool)
    told = {one["name"]: one["message"] for one in operator.well("check", "--json").json if one["state"] == "WARN"}
    assert "paused since 20" in told["sources.social"]
    assert "2 in a row" in told["sources.registers"]
    assert "connect_timeout" in told["sources.registers"]
    assert f"since {plain(now - timedelta(days=2))}" in told["sources.registers"]


LITTLE, LEAST = 2_000_000_000, 200_000_000


@pytest.mark.parametrize(
    ("free", "state", "code", "english", "chinese"),
    [
        (LITTLE, "OK", 0, "2.0 GB free at", "剩余 2.0 GB"),
        pytest.param(LITTLE - 1, "WARN", 0, "2.0 GB free at", "剩余 2.0 GB", marks=pytest.mark.slow),
        pytest.param(LEAST, "WARN", 0, "0.2 GB free at", "剩余 0.2 GB", marks=pytest.mark.slow),
        (LEAST - 1, "FAIL", 1, "0.2 GB free at", "剩余 0.2 GB"),
    ],
)
def test_a_disk_that_fills_is_warned_of_and_one_that_is_full_fails(
    operator: Operator, monkeypatch: pytest.MonkeyPatch, free: int, state: str, code: int, english: str, chinese: str
) -> None:
    operator.well("migrate")
    asked: list[Path] = []

    def usage(folder: Path) -> SimpleNamespace:
        asked.append(folder)
        return SimpleNamespace(free=free)

    monkeypatch.setattr(shutil, "disk_usage", usage)
    said = operator.say("check", "--json")
    (told,) = [one for one in said.json if one["name"] == "disk"]
    mend = ("", "") if state == "OK" else ("make room, or move the database", "请清理空间或迁移数据库")
    assert (said.code, told["state"], told["mend"], told["mend_zh"]) == (code, state, *mend)
    assert told["message"].startswith(english)
    assert told["message_zh"].endswith(chinese)
    assert set(asked) == {operator.folder}, "the disk of the database, and no other"


@pytest.mark.parametrize(
    ("apart", "state", "code"),
    [
        *((3.0, "WARN", 0), (31.0, "FAIL", 1)),
        *(pytest.param(*one, marks=pytest.mark.slow) for one in ((1.5, "OK", 0), (-3.0, "WARN", 0), (29.0, "WARN", 0))),
    ],
)
def test_a_database_whose_clock_is_apart_from_the_machines_is_warned_of_and_then_fails(
    operator: Operator, monkeypatch: pytest.MonkeyPatch, apart: float, state: str, code: int
) -> None:
    operator.well("migrate")
    theirs = Tx.machine_now
    monkeypatch.setattr(Tx, "machine_now", lambda tx: theirs(tx) + timedelta(seconds=apart))
    said = operator.say("check", "--json")
    (told,) = [one for one in said.json if one["name"] == "clock"]
    assert (said.code, told["state"]) == (code, state)
    shown = re.fullmatch(r"machine and database are ([0-9.]+) s apart", told["message"])
    assert shown is not None
    assert abs(float(shown[1]) - abs(apart)) < 0.9
    assert told["message_zh"] == f"本机与数据库相差 {shown[1]} 秒"
    mend = ("", "") if state == "OK" else ("set the clock by NTP on both machines", "请在两台机器上用 NTP 校时")
    assert (told["mend"], told["mend_zh"]) == mend


def test_a_daemon_seen_at_a_time_yet_to_come_fails_with_its_moment(operator: Operator) -> None:
    operator.well("migrate")
    with house.closing(operator.store()) as store:
        with store.begin() as tx:
            now = tx.machine_now()
            tx.replicas.seen("one", "0.1", now, now + timedelta(seconds=20))
        assert states(operator)["clock"] == "OK", "two machines are never quite alike"
        with store.begin() as tx:
            tx.replicas.seen("one", "0.1", now, now + timedelta(hours=3))
    said = operator.say("check", "--json")
    (told,) = [one for one in said.json if one["name"] == "clock"]
    moment = f"{(now + timedelta(hours=3)).astimezone(UTC):%Y-%m-%d %H:%M:%S}Z"
    assert (said.code, told["state"]) == (1, "FAIL")
    assert told["message"] == f"a daemon was seen at {moment}, which is yet to come"
    assert told["message_zh"] == f"曾记录到未来的时间 {moment}"
    assert (told["mend"], told["mend_zh"]) == ("set the clock by NTP on both machines", "请在两台机器上用 NTP 校时")
    (line,) = [one for one in operator.say("check").out.splitlines() if " clock" in one]
    assert line.startswith("FAIL")
