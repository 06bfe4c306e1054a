"""The database is away, full or takes no writes: that is said as such, by requests, by readiness and in one line of the log."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from errno import EMFILE
from pathlib import Path

import httpx
import pytest

from inspector import bootstrap, labels
from inspector.daemon import sweeps
from inspector.daemon.worker import Worker
from inspector.domain.errors import Away, Refusal
from inspector.settings import load
from inspector.store.opening import sole_owner
from inspector.store.store import Store
from inspector.telemetry.metrics import Metrics
from inspector.web import pages
from inspector.web.roles import Role
from tests.edge import Edge, a_case, serving
from tests.engine import FAST, lines, listening, until
from tests.house import Hand, closing, open_office, open_store, running
from tests.operator import settled
from tests.postgres import Server


@pytest.fixture
def edge(tmp_path: Path) -> Iterator[Edge]:
    with closing(open_store(f"sqlite:///{tmp_path / 'inspector.sqlite3'}")) as store, serving(open_office(store, Hand())) as held:
        yield held


def pragma(store: Store, told: str) -> None:
    with store.engine.connect() as connection:
        connection.exec_driver_sql(f"PRAGMA {told}")


def test_a_full_disk_is_a_503_that_says_so_and_the_same_message_goes_through_when_there_is_room(edge: Edge) -> None:
    letter = {"text": "本单位承诺" * 20_000, "notice_version": "2025-01", "signed_by": "张三", "signed_on": "2026-03-01"}
    with edge.as_("system") as system, listening() as stream:
        pragma(edge.office.store, "max_page_count = 1")  # SQLite takes the present size instead
        told = [system.post("/v1/cases", json=a_case(n, letter={**letter, "text": "承诺" * 15_000})) for n in range(2)]
        pragma(edge.office.store, "max_page_count = 1000000")
        again = system.post("/v1/cases", json=a_case(0, letter={**letter, "text": "承诺" * 15_000}))
    for one in told:
        away(one)
    assert again.status_code == 201
    edge.office.store.well()
    events = [line["event"] for line in lines(stream)]
    assert events.count("database.unavailable") == 1, "once an outage, not once a request"
    assert "request.failed" not in events


def test_an_outage_is_told_by_words_that_were_read_before_for_without_descriptors_no_file_opens(
    edge: Edge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(labels, "_HELD", {})
    monkeypatch.setattr(pages, "_ENVIRONMENT", pages._ENVIRONMENT.overlay(cache_size=400))  # that has read none
    with serving(edge.office) as held, held.as_("system") as system:

        def none_left(*_: object, **__: object) -> None:
            raise OSError(EMFILE, "Too many open files")

        pragma(edge.office.store, "query_only = 1")
        monkeypatch.setattr(Path, "read_text", none_left)
        monkeypatch.setattr("builtins.open", none_left)
        away(system.post("/v1/cases", json=a_case(1)))
        page = system.post("/forms/case", headers={"Accept": "text/html"})
    assert page.headers["content-type"].startswith("text/html")


def away(one: httpx.Response) -> None:
    error = one.json()["error"]
    assert (one.status_code, error["code"]) == (503, "database_unavailable")
    assert int(one.headers["Retry-After"]) > 0
    assert "数据库" in error["message_zh"]


def test_readiness_is_red_as_soon_as_a_write_fails_and_green_as_soon_as_one_succeeds(tmp_path: Path) -> None:
    operator = settled(f"sqlite:///{tmp_path / 'inspector.sqlite3'}", tmp_path, "\n[web]\nport = 0\n")
    with closing(operator.store()) as store:
        house = bootstrap.house(load(operator.config), store)
        daemon = house.daemon

        life = sweeps.Life(replica="one", started_at=datetime.now(UTC))

        def told() -> list[str]:
            return [reason for reason in daemon.reasons() if reason.startswith("database")]

        assert told() == []
        pragma(store, "query_only = 1")
        with pytest.raises(Away), store.begin() as tx:
            tx.lanes.ensure(["registers"])
        assert told() == ["database_unwritable:SQLITE_READONLY"]
        with pytest.raises(Away):
            sweeps.recover(store, life)
        assert told() == ["database_unwritable:SQLITE_READONLY"], "reading works, and yet it is not ready"
        store.engine.dispose()  # new connections may write
        sweeps.recover(store, life)
        assert told() == []
        kept = (tmp_path / "inspector.sqlite3").rename(tmp_path / "elsewhere")
        assert told() == ["database_displaced"], "what to do about it is another thing than for a server that is down"
        kept.rename(tmp_path / "inspector.sqlite3")
        sweeps.recover(store, life)
        assert told() == []
        house.server.stop()


@pytest.mark.parametrize("how", ["moved away", "deleted", "exchanged"])
def test_a_file_taken_away_under_a_daemon_is_an_outage_though_sqlite_goes_on_in_it(edge: Edge, tmp_path: Path, how: str) -> None:
    file = tmp_path / "inspector.sqlite3"
    kept = tmp_path / "elsewhere"
    with edge.as_("system") as system, listening() as stream:
        assert system.post("/v1/cases", json=a_case(1)).status_code == 201
        file.unlink() if how == "deleted" else file.rename(kept)
        if how == "exchanged":
            file.write_bytes(kept.read_bytes())
        away(system.post("/v1/cases", json=a_case(2)))
        assert edge.office.store.fault == "FILE_DISPLACED"
        if how != "deleted":
            kept.replace(file)
            assert system.post("/v1/cases", json=a_case(2)).status_code == 201
    events = [line for line in lines(stream) if line["event"].startswith("database.")]
    assert events[0] | {"event": "database.unavailable", "problem": "FILE_DISPLACED"} == events[0]


def test_an_office_whose_database_is_gone_is_not_begun_anew_in_silence(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'inspector.sqlite3'}"
    with sole_owner(url), closing(open_store(url)):
        pass
    (tmp_path / "inspector.sqlite3").unlink()
    with pytest.raises(Refusal, match="database_gone"), sole_owner(url):
        pass
    (tmp_path / "inspector.sqlite3.lock").unlink()
    with sole_owner(url):
        pass


@pytest.mark.postgres
def test_without_its_server_requests_are_503_and_the_metrics_still_tell_what_is_known(postgres_server: Server) -> None:
    url = postgres_server.create()
    with (
        closing(open_store(url)) as store,
        serving(open_office(store, Hand())) as held,
        held.as_(Role.OPS, "city") as scraper,
        held.as_("system") as system,
        held.client(Authorization="Bearer unknown") as stranger,
    ):
        assert scraper.get("/metrics").status_code == 200
        postgres_server.drop(url)
        away(system.get("/v1/events"))
        away(system.post("/v1/cases", json=a_case(1)))
        away(stranger.get("/metrics"))
        told = scraper.get("/metrics")
    assert told.status_code == 200
    assert "inspector_snapshot_age_seconds" in told.text


def test_a_statement_that_is_wrong_is_a_bug_and_no_outage(edge: Edge) -> None:
    with pytest.raises(Exception, match="no such table") as caught, edge.office.store.read() as tx:
        tx.connection.exec_driver_sql("select * from no_such_table")
    assert not isinstance(caught.value, Away)
    assert edge.office.store.fault is None


def test_a_claim_that_fails_again_and_again_is_a_line_or_two_and_not_five_a_second(tmp_path: Path) -> None:
    failed: list[str] = []

    def fault(point: str) -> None:
        failed.append(point)
        raise Away("database_unavailable", problem="gone")

    with closing(open_store(f"sqlite:///{tmp_path / 'inspector.sqlite3'}")) as store, listening(level="WARNING") as stream:
        worker = Worker(open_office(store, Hand()), Metrics(), replace(FAST, poll=0.001), "one", fault=fault)
        with running(worker):
            until(lambda: len(failed) > 30)
    said = [line for line in lines(stream) if line["event"] == "claim.failed"]
    assert said[0]["times"] == 1
    assert len(said) < 4, "5 s pass before it is said again"
