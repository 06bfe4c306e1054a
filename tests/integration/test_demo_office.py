"""The demo office's folder, cast, applications and screen."""

from __future__ import annotations

import ast
import io
import os
import re
import socket
import stat
import subprocess
import sys
import threading
import time
import tomllib
from datetime import date, timedelta
from pathlib import Path

import pytest
from rich.console import Console

from inspector import bootstrap, settings
from inspector.cli import serve, words
from inspector.demo import cast, start
from inspector.demo.approving import CLAIMS, SHARES, application
from inspector.demo.habits import Chance
from inspector.demo.office import HOLDERS, PACE, VARIABLE, configure, furnish, pace, template, where
from inspector.demo.screen import Figures, Screen
from inspector.demo.start import prepare
from inspector.domain.annual import AnnualState
from inspector.domain.case import MatterKind, SubjectKind
from inspector.domain.decision import Because
from inspector.domain.errors import Invalid
from inspector.domain.evidence import Verdict
from inspector.domain.fence import fence
from inspector.domain.identity import IdentityKind, identify
from inspector.flows.draw import announce_now
from inspector.labels import Lang, told
from inspector.policybook import Policybook
from inspector.ports import AnswerStatus
from inspector.store.opening import owned
from inspector.testing.peer import answer, peer, raw
from inspector.web.messages import CaseIn
from inspector.web.roles import Role
from tests.house import closing, open_store
from tests.operator import process

TODAY = date(2025, 3, 3)
ROOT = Path(__file__).resolve().parents[2]

SCRAPE = """# HELP inspector_cases Cases.
# TYPE inspector_cases gauge
inspector_cases{outcome="",state="VERIFYING"} 7.0
inspector_cases{outcome="TRUE",state="CLOSED"} 12.0
inspector_cases{outcome="UNVERIFIABLE",state="CLOSED"} 3.0
inspector_cases{outcome="",state="REVIEW"} 0.0
inspector_office_timestamp_seconds 1741155120
"""


def exposition(text: str) -> bytes:
    body = text.encode()
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body


FEED = {
    "events": [
        {
            "position": 4,
            "id": "e4",
            "type": "verification.result",
            "at": "2025-03-05T14:10:00+08:00",
            "case_id": "c1",
            "reference": "DEMO-7",
            "data": {"outcome": "TRUE"},
        }
    ],
    "next": 4,
}


def test_what_is_secret_is_written_for_the_owners_eyes_only(tmp_path: Path) -> None:
    made = furnish(tmp_path / "demo")
    configure(made, world=1, web=2)
    files = [file for file in made.folder.iterdir() if file.is_file()]
    secret = {"keys.json", "demo.toml", "phones.secret", "approving.secret", "house.key"}
    assert {file.name for file in files} == {*secret, "house.key.pub"}
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert stat.S_IMODE(made.folder.stat().st_mode) == 0o700


def test_a_second_start_finds_the_keys_of_the_first_and_another_folder_has_others(tmp_path: Path) -> None:
    first = furnish(tmp_path / "one")
    assert furnish(tmp_path / "one") == first
    assert {token.text for token in furnish(tmp_path / "two").tokens}.isdisjoint(token.text for token in first.tokens)


def test_damaged_keys_are_named_with_what_to_do(tmp_path: Path) -> None:
    furnish(tmp_path).keys.write_text("{")
    with pytest.raises(Invalid, match=r"demo_keys_unreadable.*keys\.json") as caught:
        furnish(tmp_path)
    assert "delete the folder" in told(caught.value, "en")
    assert "删除该文件夹" in told(caught.value, "zh-Hans")


def test_the_folder_is_the_one_that_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert where() == ROOT / "var" / "demo"
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    assert where() == tmp_path


def test_the_written_configuration_is_one_that_serves(tmp_path: Path) -> None:
    made = furnish(tmp_path / "演 示")
    told = settings.load(configure(made, world=45_678, web=45_679))
    assert told.web.port == 45_679
    assert told.policies == ROOT / "policies"
    connectors = bootstrap.connect(told)
    pack = next(pack for pack in Policybook.load(told.policies).packs if pack.id == "demo")
    facts = [fact for item in pack.items.values() for fact in item.facts]
    assert {fact.source for fact in facts if fact.source} <= set(connectors.sources)
    assert {fact.agency for fact in facts if fact.agency} <= set(connectors.agencies)
    assert {*pack.draw.seeds, *pack.draw.further} <= set(connectors.seeds)
    assert pack.draw.witness in connectors.witnesses
    assert {node.connector for node in told.agencies.values()} - {None} == set(connectors.agencies)
    assert {plan.agency for plan in told.plans.values()} == {cast.AGENCY}
    assert set(told.callbacks) <= {token.name for token in made.tokens if token.role == Role.SYSTEM}


@pytest.mark.slow
def test_the_demos_people_publish_the_annual_plans_once_and_its_draws_take_place(tmp_path: Path) -> None:
    made = furnish(tmp_path)
    told = settings.load(configure(made, world=1, web=2))
    with closing(open_store(told.database.url)) as store:
        office = bootstrap.office(told, store)
        for _ in range(2):
            serve.furnish(office, made)
        with store.begin() as tx:
            plans = tx.annual.page(None)
            assert announce_now(office, tx, "licensing", "clerk-1", office.now()) is not None
    assert [held.content.year for held in plans] == list(range(2025, 2031))
    assert {(held.state, held.created_by, held.approved_by) for held in plans} == {(AnnualState.PUBLISHED, "clerk-1", "officer")}


def test_no_brace_of_the_template_is_left_open(tmp_path: Path) -> None:
    config = configure(furnish(tmp_path), world=1, web=2)
    values = str(tomllib.loads(config.read_text(encoding="utf-8")))
    assert not any(f"{{{brace}}}" in values for brace in ("folder", "project", "world"))
    assert "{folder}" in template().read_text(encoding="utf-8")


def test_every_role_of_the_demo_is_one_the_office_knows() -> None:
    assert {role for _, _, role in HOLDERS} <= {role.value for role in Role}


def test_the_cast_is_invented_distinct_and_carries_valid_check_digits() -> None:
    firms = [cast.firm(number) for number in range(1, cast.FIRMS + 1)]
    persons = [cast.person(number) for number in range(1, cast.PERSONS + 1)]
    for kind, people in ((IdentityKind.USCC, firms), (IdentityKind.CITIZEN_ID, persons)):
        assert len({held.code for held in people}) == len(people)
        assert [identify(kind, held.code, today=TODAY).warnings for held in people] == [()] * len(people)
        assert all("虚构" in held.name for held in people)
    assert len(cast.objects()) == 60
    assert {row.status(TODAY) for row in cast.inspectors()} == {"1"}
    assert len({row.address for row in cast.inspectors()}) == 8


def test_everything_the_demo_applies_for_is_open_in_its_pack() -> None:
    pack = next(pack for pack in Policybook.load(ROOT / "policies").packs if pack.id == "demo")
    assert set(CLAIMS) == set(SHARES) == set(pack.items)
    for code, (kind, matter, facts) in CLAIMS.items():
        item = pack.item(code)
        fence(item, pack.statutes)
        assert (SubjectKind(kind) in item.subjects, MatterKind(matter) in item.matters) == (True, True), code
        assert set(facts) == {fact.code for fact in item.facts}, code


def test_the_same_reference_is_the_same_case() -> None:
    chance = Chance(seed="a seed")
    told = [CaseIn.model_validate(application(chance, f"r{number}", TODAY)).application() for number in range(300)]
    again = [CaseIn.model_validate(application(chance, f"r{number}", TODAY)).application() for number in range(300)]
    assert [one.digest() for one in told] == [one.digest() for one in again]
    assert {one.item for one in told} == set(CLAIMS)
    assert max(one.signed_on for one in told if one.signed_on) == TODAY


def test_figures_are_summed_by_label_and_zeros_left_out() -> None:
    figures = Figures.read(SCRAPE)
    assert figures.by("inspector_cases", "state") == {"VERIFYING": 7, "CLOSED": 15}
    assert figures.by("inspector_cases", "outcome") == {"TRUE": 12, "UNVERIFIABLE": 3}
    assert figures.by("inspector_cases", "outcome", state="VERIFYING") == {}


def test_the_panel_keeps_its_height_whatever_has_happened() -> None:
    with peer(raw(exposition(SCRAPE)), answer(200, FEED), answer(503)) as office:
        screen = Screen(office.url, "tok", lang="zh-Hans", console=Console(file=io.StringIO(), force_terminal=True, width=100))
        before = shown(screen)
        screen.look()
        after = shown(screen)
        screen.look()
        assert shown(screen) == after, "while the office is away the last figures stay"
        assert office.heard[1].headers["authorization"] == "Bearer tok"
        assert office.heard[3].path == "/v1/events?after=4&limit=200"
    assert len(before.splitlines()) == len(after.splitlines())
    assert "随机抽取" in before
    assert "15" in after
    assert "DEMO-7" in after
    assert "2025-03-05 14:12" in after
    assert f"{office.url}/metrics" in after


def test_after_a_restart_the_screen_goes_on_where_it_was_and_tells_the_offices_own_time(tmp_path: Path) -> None:
    scrape = SCRAPE + 'inspector_work_settled_total{kind="ask",outcome="found"} 5.0\n'
    file, none, after = tmp_path / "screen.json", {"events": [], "next": 4}, ""
    with peer(raw(exposition(scrape)), answer(200, FEED), raw(exposition(scrape)), answer(200, none)) as office:
        for _ in range(2):
            screen = Screen(office.url, "tok", kept=file, lang="en", console=Console(file=io.StringIO(), force_terminal=True))
            screen.look()
            after = shown(screen)
        assert [heard.path for heard in office.heard[1::2]] == ["/v1/events?after=0&limit=200", "/v1/events?after=4&limit=200"]
    assert "DEMO-7" not in after, "what was news before the restart is none after it"
    assert "2025-03-05 14:12" in after, "not the time of an event that was read"
    assert "Found 10" in after, "questions are counted on, as everything else is"


def test_the_screen_says_calmly_what_is_the_visitors_and_by_when() -> None:
    left = {"seat": {"url": "http://office/seat/v1:0:0/tok", "by": "2025-03-05T17:30:00+08:00"}, "case": {"url": "x", "by": ""}}
    with peer(raw(exposition(SCRAPE)), answer(200, FEED)) as office, peer(answer(200, left)) as outside:
        screen = Screen(office.url, "tok", world=outside.url, keys="var/demo/keys.json", lang="en", console=Console(width=100))
        screen.look()
        told = screen.line()
        assert f"this assignment is yours (by 03-05 17:30): {outside.url}/yours/seat" in told
        assert f"this case is yours: {outside.url}/yours/case" in told
        assert "tok" not in told, "links are for their holders"


def test_what_has_passed_its_date_is_offered_to_no_visitor() -> None:
    """The office's time in the scrape is 14:12 of March 5th."""
    left = {"letter": {"url": "x", "by": "2025-03-05T14:00:00+08:00"}, "seat": {"url": "y", "by": "2025-03-05T14:30:00+08:00"}}
    with peer(raw(exposition(SCRAPE)), answer(200, FEED)) as office, peer(answer(200, left)) as outside:
        screen = Screen(office.url, "tok", world=outside.url, lang="en", console=Console(width=100))
        screen.look()
        assert ("/yours/letter" in screen.line(), "/yours/seat" in screen.line()) == (False, True)


def test_a_visitor_who_wants_time_to_read_slows_the_office_down(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PACE, "60")
    made = furnish(tmp_path)
    told = settings.load(configure(made, world=1, web=2, day=pace()))
    assert (told.time.rate, pace()) == (540, 60), "nine open hours pass in a minute"
    assert settings.load(configure(made, world=1, web=2)).time.rate == 5400
    for nonsense in ("0", "soon", "nan"):
        monkeypatch.setenv(PACE, nonsense)
        with pytest.raises(Invalid, match="demo_day_unusable"):
            pace()


@pytest.mark.parametrize("lang", ["en", "zh-Hans"])
def test_however_a_question_ends_the_screen_has_words_for_it(lang: Lang) -> None:
    """The outcomes are read from the code that gives them, so that a new one cannot come without its words."""
    tree = ast.parse((ROOT / "inspector/daemon/failure.py").read_text("utf-8"))
    settles = {"settle", "_give_up", "_quarantine"}
    returned = {
        told.value.value
        for held in ast.walk(tree)
        if isinstance(held, ast.FunctionDef) and held.name in settles
        for told in ast.walk(held)
        if isinstance(told, ast.Return) and isinstance(told.value, ast.Constant)
    }
    assert {"postponed", "quarantined", "gave_up"} <= returned
    outcomes = sorted({*map(str, returned), "stale", "done", "late", *(one.value for one in (*AnswerStatus, *Verdict))})
    scrape = "".join(f'inspector_work_settled_total{{kind="ask",outcome="{one}"}} {n}.0\n' for n, one in enumerate(outcomes, 101))
    with peer(raw(exposition(SCRAPE + scrape)), answer(200, FEED)) as office:
        screen = Screen(office.url, "tok", lang=lang, console=Console(file=io.StringIO(), force_terminal=False))
        screen.look()
        line = screen.line()
    assert all(f" {n}" in line for n, _ in enumerate(outcomes, 101))
    plain = [name for name in outcomes if f"{name.replace('_', ' ')} 1" in line]
    assert plain == [], line
    if lang == "zh-Hans":
        assert re.search("[a-z_]{3,}", line) is None, line


def test_a_demo_left_off_overnight_goes_on_where_it_stopped(tmp_path: Path) -> None:
    told = settings.load(configure(furnish(tmp_path), world=1, web=0))
    with closing(open_store(told.database.url)) as store:
        house = bootstrap.house(told, store)
        house.server.stop()
        with store.begin() as tx:
            tx.ledger.append(
                "f" * 32, "case", Because(rule="timer.obsolete", basis=(), pack=""), {}, stopped := house.office.now()
            )
            row = tx.office.get()
            assert row is not None
            tx.office.repace(row.machine_anchor - timedelta(hours=12), row.office_anchor, row.rate, row.skip_closed)
        assert bootstrap.office(told, store).now() - stopped > timedelta(days=5_000), "as if twelve hours had passed"
        again = bootstrap.house(told, store)
        again.server.stop()
        assert timedelta() <= again.office.now() - stopped < timedelta(days=30)
        stamp = Figures.read(again.metrics.render().decode()).one("inspector_office_timestamp_seconds")
        assert abs(stamp - again.office.now().timestamp()) < timedelta(days=30).total_seconds()


def test_without_a_terminal_plain_lines_are_written() -> None:
    written = io.StringIO()
    stop = threading.Event()
    with peer(raw(exposition(SCRAPE)), answer(200, FEED)) as office:
        screen = Screen(office.url, "tok", lang="en", console=Console(file=written, force_terminal=False, width=60))
        watching = threading.Thread(target=screen.watch, args=(stop,))
        watching.start()
        while written.getvalue().count("\n") < 2:
            assert watching.is_alive()
            time.sleep(0.01)
        stop.set()
        watching.join()
    places, line, *_ = written.getvalue().splitlines()
    assert f"{office.url}/metrics" in places
    assert "15" in line
    assert "\x1b" not in written.getvalue()


@pytest.mark.slow
def test_a_prepared_demo_has_a_listening_world_that_goes_home_when_told(tmp_path: Path) -> None:
    held = prepare(tmp_path, cases=0.1)
    try:
        assert str(held.world_port) in held.config_path.read_text(encoding="utf-8")
        assert held.world.poll() is None
        assert {token.name for token in held.tokens} == {name for name, _, _ in HOLDERS}
    finally:
        held.stop()
    held.stop()
    assert held.world.returncode == 0


@pytest.mark.slow
def test_ports_that_somebody_has_are_passed_over_and_the_offices_own_is_held_until_it_serves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with peer() as first, peer() as second:
        ports = [int(taken.url.rpartition(":")[2]) for taken in (first, second)]
        monkeypatch.setattr(start, "WEB_PORT", ports[0])
        monkeypatch.setattr(start, "WORLD_PORT", ports[1])
        held = prepare(tmp_path, cases=0.1)
    try:
        own = int(held.base_url.rpartition(":")[2])
        assert not {own, held.world_port} & set(ports)
        with pytest.raises(OSError, match="in use"):
            socket.create_server(("127.0.0.1", own))
        told = settings.load(held.config_path)
        with closing(open_store(told.database.url)) as store:
            house = bootstrap.house(told, store, listener=held.listener)
            house.server.stop()
            assert house.server.port == own
    finally:
        held.stop()


def test_a_world_that_ends_without_a_word_is_told_with_its_exit_code_in_both_languages() -> None:
    with pytest.raises(Invalid) as failed:
        start.start_world(0, "--no-such-option")
    assert "it ended with exit code 2" in words.told(failed.value, "en")
    assert "退出码 2" in words.told(failed.value, "zh-Hans")


@pytest.mark.slow
def test_a_world_that_cannot_listen_says_so_and_fails() -> None:
    with peer() as taken:
        port = taken.url.rpartition(":")[2]
        command = [sys.executable, "-m", "inspector.demo", "--port", port]
        ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert ended.returncode == 1
    assert f"127.0.0.1:{port}" in ended.stderr


def shown(screen: Screen) -> str:
    console = Console(file=io.StringIO(), width=110, height=40)
    console.print(screen.panel())
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


@pytest.mark.slow
def test_a_second_start_beside_a_running_demo_says_that_it_runs_and_where(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    configure(furnish(folder), world=18322, web=18321)
    before = (folder / "demo.toml").read_bytes()
    with owned(folder / "demo.toml"):
        said = process(folder=tmp_path, environment={VARIABLE: str(folder)})
    assert said.code == 4
    assert "runs already" in said.err
    assert "http://127.0.0.1:18321" in said.err
    assert f"pid {os.getpid()}" in said.err
    assert (folder / "demo.toml").read_bytes() == before, "the first one's files are left alone"
