"""Who resumes a connector hears at once what comes of it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from inspector.testing.peer import answer, peer
from tests import house
from tests.engine import clock, order
from tests.operator import Operator, one_database, settled

database_url = one_database


@pytest.fixture
def operator(database_url: str, tmp_path: Path) -> Operator:
    return settled(database_url, tmp_path, "")


def test_who_resumes_a_connector_hears_at_once_what_its_other_side_says_and_the_daemon_asks_at_once(operator: Operator) -> None:
    with peer(answer(200, {"code": 0, "data": {"value": "存续", "as_of": "2026-01-06"}})) as there:
        keys = 'kind = "http"\n'
        away = f'[sources.away]\n{keys}url = "http://127.0.0.1:1"\n'
        operator.settle_in(f'\n[sources.here]\n{keys}url = "{there.url}"\n{away}')
        operator.migrated()
        with house.closing(operator.store()) as store:
            with store.begin() as tx:
                tx.lanes.ensure(["away"])
                now = tx.machine_now()
                tx.lanes.failed("away", "timeout", now, threshold=1, pause=lambda *_: timedelta(hours=1))
            assert "takes connections" in operator.well("connector", "resume", "here").out
            told = operator.well("connector", "resume", "away", lang="zh-Hans").out
            assert ("无法连接" in told, "请检查网络" in told) == (True, True), told
            with store.read() as tx:
                (lane,) = [one for one in tx.lanes.all() if one.name == "away"]
                assert lane.open_until <= tx.machine_now(), "one call goes out to see"
            listed = {one["name"]: one for one in operator.well("connector", "list", "--json").json}
            assert (listed["away"]["waits"], listed["away"]["waits_until"]) == ("breaker", None), (
                "and no moment is said that moves on"
            )
        assert "takes connections" not in operator.well("connector", "resume", "here", "--no-call").out


def test_what_was_told_to_come_again_in_a_day_is_asked_at_once_and_what_is_due_later_stays(operator: Operator) -> None:
    operator.settle_in('\n[sources.away]\nkind = "http"\nurl = "http://127.0.0.1:1"\n')
    operator.migrated()
    with house.closing(operator.store()) as store:
        with store.begin() as tx:
            tx.lanes.ensure(["away"])
            now = tx.machine_now()
            tx.work.order([order("asked", lane="away"), order("later", lane="away", due_at=now + timedelta(days=9))], now)
            tx.work.promote(clock())
        with store.begin() as tx:
            (held,) = tx.work.claim("one", now, clock(), timedelta(minutes=1), 9)
            tx.work.postpone(held, now + timedelta(days=1), "http_429", counted=True)
            tx.lanes.failed("away", "http_429", now, threshold=9, pause=lambda *_: timedelta(0), asked=timedelta(days=1))
        operator.well("connector", "resume", "away", "--no-call")
        with store.read() as tx:
            due = {str(one["key"]): one["due_at"] for one in tx.work.page()}
    assert due["ask:asked"] <= now + timedelta(hours=1)
    assert due["ask:later"] == now + timedelta(days=9)
