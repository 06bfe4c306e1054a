"""Whether the dead-man's switch outside hears a daemon is written beside the daemon and said on the ops page."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from connectors.pulses import http as pulse
from inspector import __version__, bootstrap
from inspector.bootstrap import House
from inspector.daemon import sweeps
from inspector.settings import load
from inspector.store.room import Row
from inspector.store.store import Store
from inspector.telemetry.metrics import Metrics
from inspector.testing.peer import Line, Step, answer, lost, peer
from tests.edge import WEB, Edge, serving
from tests.engine import lines, listening, until
from tests.house import Hand, closing, open_office
from tests.operator import settled

OPEN = WEB.model_copy(update={"open_ops": True})


@contextmanager
def outside(url: str, folder: Path, *steps: Step, more: str = "") -> Iterator[House]:
    """A house whose switch answers so, one step a beat."""
    with peer(*steps) as switch:
        operator = settled(url, folder, f'\n[pulse]\nkind = "http"\nurl = "{switch.url}"\ntries = 1\n{more}')
        with closing(operator.store()) as store:
            house = bootstrap.house(load(operator.config), store)
            yield house
            heart: Any = house.daemon._heart
            heart.pulse.close()


def beats(store: Store) -> list[Row]:
    with store.read() as tx:
        return tx.replicas.all()


def row(store: Store) -> Row:
    (held,) = beats(store)
    return held


def sections(edge: Edge, lang: str) -> dict[str, str]:
    """The ops page by heading; a loud one has an exclamation mark before it."""
    with edge.client() as browser:
        page = browser.get("/ops", params={"lang": lang}).text
    found = re.findall(r"<section( class=\"loud\")?>\s*<h2>(.*?)</h2>(.*?)</section>", page, re.DOTALL)
    return {("!" if loud else "") + title: re.sub(r"&#39;", "'", re.sub("<[^>]+>", "", text)) for loud, title, text in found}


def test_each_beat_writes_down_whether_the_switch_took_it_and_a_sign_of_life_leaves_that_alone(
    database_url: str, tmp_path: Path
) -> None:
    with outside(database_url, tmp_path, answer(503), answer(), lost) as house:
        store, daemon = house.office.store, house.daemon
        daemon._beat()
        first = row(store)
        assert (first["pulse_heard_at"], first["pulse_error"]) == (None, "http_503")
        assert first["pulse_failed_at"] >= first["seen_at"]
        daemon._beat()
        second = row(store)
        assert (second["pulse_failed_at"], second["pulse_error"]) == (first["pulse_failed_at"], None)
        assert second["pulse_heard_at"] >= second["seen_at"] > first["seen_at"]
        daemon._beat()
        third = row(store)
        assert third["pulse_heard_at"] == second["pulse_heard_at"]
        assert third["pulse_failed_at"] > second["pulse_heard_at"]
        assert third["pulse_error"] not in (None, "http_503")
        sweeps.Life(replica=daemon.worker.owner, started_at=datetime.now(UTC)).seen(store)
        after = row(store)
        assert after["seen_at"] > third["seen_at"]
        assert all(after[name] == third[name] for name in after if name.startswith("pulse_"))
        house.server.stop()


def test_a_daemon_that_starts_under_a_former_ones_name_says_nothing_of_its_pings(database_url: str, tmp_path: Path) -> None:
    operator = settled(database_url, tmp_path)
    with closing(operator.store()) as store:
        house = bootstrap.house(load(operator.config), store)
        owner = house.daemon.worker.owner
        with store.begin() as tx:
            now = tx.machine_now()
            tx.replicas.seen(owner, "0.1", now - timedelta(days=2), now)
            tx.replicas.pulsed(owner, now, "http_503")
        house.daemon.start()
        try:
            until(lambda: [one["version"] for one in beats(store)] == [__version__])
            held = row(store)
        finally:
            house.daemon.stop()
            house.server.stop()
    assert [held[name] for name in held if name.startswith("pulse_")] == [None] * 3


def test_a_switch_that_does_not_hear_a_daemon_is_at_risk_in_words_until_it_hears_it_again(store: Store, hand: Hand) -> None:
    with serving(open_office(store, hand), OPEN) as edge:
        with store.begin() as tx:
            now = tx.machine_now()
            for name in ("lively", "quiet"):
                tx.replicas.seen(name, "0.1", now - timedelta(days=3), now)
            tx.replicas.pulsed("lively", now - timedelta(seconds=70), None)
        english, chinese = sections(edge, "en"), sections(edge, "zh-Hans")
        assert "switch" not in english["At risk"]
        assert re.search(r"lively: the dead-man's switch heard it \d+ s ago\n", english["Daemons"])
        assert re.search(r"lively：外部失联监测在 \d+ 秒前收到其心跳\n", chinese["服务进程"])
        assert "quiet: " not in english["Daemons"], "where no switch is configured nothing is said of one"

        with store.begin() as tx:
            tx.replicas.pulsed("lively", now - timedelta(seconds=10), "http_503")
            tx.replicas.pulsed("quiet", now - timedelta(seconds=10), "unreachable")
        english, chinese = sections(edge, "en"), sections(edge, "zh-Hans")
        assert (
            "The dead-man's switch outside does not hear lively: it may wake people although the daemon runs"
            in english["!At risk"]
        )
        assert "外部失联监测收不到 lively 的心跳：服务虽在运行，仍可能触发报警" in chinese["!风险提示"]
        assert re.search(
            r"lively: .* not hear it \d+ s ago: the other side was out of service \(HTTP 503\); last heard \d+ s ago",
            english["Daemons"],
        )
        assert re.search(r"quiet: .* not hear it \d+ s ago: could not be reached; not once since its start", english["Daemons"])
        assert re.search(
            r"lively：.*\d+ 秒前未收到其心跳：对方停止服务（HTTP 503）；最后一次收到在 \d+ 秒前", chinese["服务进程"]
        )
        assert re.search(r"quiet：.*\d+ 秒前未收到其心跳：无法连接；启动以来从未收到", chinese["服务进程"])

        with store.begin() as tx:
            tx.replicas.pulsed("lively", now, None)
            tx.replicas.gone("quiet")
        english, chinese = sections(edge, "en"), sections(edge, "zh-Hans")
        assert "switch" not in english["At risk"]
        for told in (
            re.search(r"heard it (\d+) s ago; it last failed to (\d+) s ago", english["Daemons"]),
            re.search(r"在 (\d+) 秒前收到其心跳，最近一次未收到在 (\d+) 秒前", chinese["服务进程"]),
        ):
            assert told is not None, (english["Daemons"], chinese["服务进程"])
            assert int(told[2]) - int(told[1]) in (9, 10, 11), "ten seconds apart, however slow this machine is"


def test_a_daemon_that_is_silent_itself_is_not_said_to_be_unheard_by_its_switch(store: Store, hand: Hand) -> None:
    with serving(open_office(store, hand), OPEN) as edge:
        with store.begin() as tx:
            then = tx.machine_now() - timedelta(minutes=10)
            tx.replicas.seen("vanished", "0.1", then, then)
            tx.replicas.pulsed("vanished", then, "http_503")
        told = sections(edge, "en")
    assert "vanished 0.1: not running?" in told["!Daemons"]
    assert "switch" not in told["At risk"] + told["!Daemons"]


def test_a_stop_ends_claiming_at_once_though_a_ping_is_under_way(tmp_path: Path) -> None:
    begun, go = threading.Event(), threading.Event()

    def held(line: Line) -> bool:
        begun.set()
        go.wait(60)
        return answer()(line)

    longer = "read_seconds = 60\nbudget_seconds = 60\n"  # than any patience here: the ping stays under way
    with outside(f"sqlite:///{tmp_path / 'inspector.sqlite3'}", tmp_path, held, more=longer) as house:
        house.daemon.start()
        assert begun.wait(60)
        stopping = threading.Thread(target=house.daemon.stop)
        stopping.start()
        try:
            until(lambda: not house.daemon.worker.alive)
        finally:
            go.set()
            stopping.join()
            house.server.stop()


def test_a_house_in_shadow_pings_nobody_and_opens_no_connection_to_look(tmp_path: Path) -> None:
    with peer(answer()) as switch:
        told = f'\n[shadow]\non = true\n[pulse]\nkind = "http"\nurl = "{switch.url}"\ntries = 1\n'
        operator = settled(f"sqlite:///{tmp_path / 'shadow.sqlite3'}", tmp_path, told)
        with closing(Store(operator.url, synchronous="OFF")) as store:
            house = bootstrap.house(load(operator.config), store)
            house.daemon._beat()
            house.server.stop()
        assert "takes connections" not in operator.well("connector", "check", "pulse").out
        assert switch.heard == []


def test_a_dead_mans_switch_that_does_not_hear_us_is_counted_and_said_once_an_outage() -> None:
    metrics = Metrics()
    steps = (answer(503), lost, answer(403), answer(), answer(503))
    with listening() as stream, peer(*steps) as held:
        switch = pulse.connect("pulse", {"url": held.url, "tries": 1})
        heart = sweeps.Heart(switch, metrics)
        for _ in steps:
            heart.beat()
        switch.close()
    told = [(line["event"], line.get("error")) for line in lines(stream) if line["event"].startswith("pulse.")]
    assert told == [("pulse.failed", "http_503"), ("pulse.recovered", None), ("pulse.failed", "http_503")]
    assert metrics.registry.get_sample_value("inspector_pulse_failures_total") == 4
