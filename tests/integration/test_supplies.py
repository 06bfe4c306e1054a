"""A folder that nobody fills, or that is gone, is told to a person though nobody asks; answers stay what they are."""

from __future__ import annotations

import os
import time
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from inspector.daemon import sweeps
from inspector.domain.calendar import SHANGHAI
from inspector.flows import attention, supplies
from inspector.flows.office import Office
from inspector.incoming import Supply
from inspector.ports import Answer, Question
from inspector.store.store import Store
from inspector.telemetry.metrics import Metrics
from inspector.web import opswords
from tests.deliveries import Exchange, csv
from tests.house import Hand, Table, open_office
from tests.outside import until


def matters(office: Office) -> list[tuple[str, object]]:
    """The sources of which a person is told, and why."""
    with office.store.read() as tx:
        return [(one.about, one.facts["why"]) for one in tx.attention.of_kind(supplies.LATE) if one.open]


def test_deliveries_that_do_not_come_are_a_matter_a_gauge_and_a_word_until_they_do(
    store: Store, hand: Hand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchange = Exchange(tmp_path)
    exchange.folder.mkdir()
    with closing(exchange.source(look_seconds=0, longest_age_hours=24)) as made:
        office = open_office(store, hand, sources={"register": made})
        supplies.look(office)
        until(lambda: made.supply(look=False).looked)
        supplies.look(office)
        assert matters(office) == [("register", "none")], "nobody has asked it anything"
        with store.begin() as tx:
            tx.lanes.ensure(["register", "front"])
        with store.read() as tx:
            lines = [one for one in opswords._lanes(office, tx, tx.machine_now(), "en") if one.startswith(("register", "front"))]
        assert lines == ["front: no failure known", "register: no good delivery lies there yet"], "well is what nobody knows"
        assert ("inspector_delivery_age_seconds", "+Inf") in gauges(office)

        old = datetime.now(UTC) - timedelta(hours=30)
        exchange.deliver(csv(), f"{old.astimezone(SHANGHAI):%Y%m%d}", as_of=old.isoformat(timespec="seconds"))
        until(lambda: made.supply(look=True).age_seconds is not None)
        supplies.look(office)
        assert matters(office) == [("register", "old")]
        told = dict(gauges(office))
        assert float(told["inspector_delivery_age_seconds"]) == pytest.approx(30 * 3600, abs=120)
        assert float(told["inspector_delivery_longest_seconds"]) == 86400.0
        with store.read() as tx:
            lines = [one for one in opswords._lanes(office, tx, tx.machine_now(), "zh-Hans") if "30 小时" in one]
        assert len(lines) == 1

        fresh = datetime.now(UTC) - timedelta(hours=1)
        exchange.deliver(csv(), f"{fresh.astimezone(SHANGHAI):%Y%m%d}", as_of=fresh.isoformat(timespec="seconds"))
        until(lambda: (made.supply(look=True).age_seconds or 1e9) < 7200)
        supplies.look(office)
        assert matters(office) == []

        exchange.folder.rename(tmp_path / "gone")
        until(lambda: made.supply(look=True).error == "unreachable")
        assert matters(office) == [], "a share may be mounted anew"
        monkeypatch.setattr(supplies, "PATIENCE", -1.0)
        supplies.look(office)
        assert matters(office) == [("register", "unseen")]
        assert float(dict(gauges(office))["inspector_delivery_unseen_seconds"]) >= 0


def test_a_file_that_is_not_used_is_told_once_though_the_last_good_one_still_answers(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    exchange = Exchange(tmp_path)
    exchange.folder.mkdir()
    exchange.deliver(csv())
    odd = exchange.folder / "QY20260107.csv"

    def put(name: str) -> None:
        file = exchange.folder / name
        file.write_bytes(csv())
        os.utime(file, (time.time() - 3600,) * 2)

    with closing(exchange.source(look_seconds=0)) as made:
        office = open_office(store, hand, sources={"register": made})

        def looked(*names: str) -> list[str]:
            """What the open matter tells once the source has seen just these."""

            def seen() -> bool:
                made.pick_up()  # once more where somebody was looking: what he saw may be of before
                return {one.file for one in made.supply(look=False).unused} == {*names}

            until(seen)
            supplies.look(office)
            with store.read() as tx:
                return [
                    attention.told(supplies.UNUSED, str(one["body"]), "en")
                    for one in tx.attention.page(None, kind=supplies.UNUSED)
                ]

        assert looked() == []
        put(odd.name)
        with capture_logs() as logs:
            first = looked(odd.name)
            assert looked(odd.name) == first
        assert first == [f"register: {odd.name} lies there under a name that is not as agreed (files)"]
        assert [(one["event"], one["count"]) for one in logs] == [("source.left_lying", 1)]
        assert matters(office) == [], "it is late by no promise"
        with store.read() as tx:
            lines = [one for one in opswords._lanes(office, tx, tx.machine_now(), "zh-Hans") if "delivery_unused" in one]
        assert lines == ["register：有 1 个文件未被采用，见事项 delivery_unused"]
        with store.begin() as tx:
            attention.close(tx, f"{supplies.UNUSED}:register", "赵一", hand(), note="已告知对方")
        assert looked(odd.name) == [], "whoever has seen to it is not asked again"
        exchange.deliver(csv(), "20260108", rows=9)
        (told,) = looked(odd.name, "qy-20260108.csv")
        assert told.startswith("register: qy-20260108.csv holds 3 rows where 9 were said")
        assert told.endswith(first[0].removeprefix("register: "))
        for file in (*exchange.folder.glob("qy-20260108*"), odd):
            file.unlink()
        assert looked() == [], "over when none lies there any more"


def gauges(office: Office) -> list[tuple[str, str]]:
    """What the metrics say of deliveries."""
    metrics = Metrics()
    sweeps.snapshot(office, metrics)
    lines = metrics.render().decode().splitlines()
    return [(line.partition("{")[0], line.rpartition(" ")[2]) for line in lines if line.startswith("inspector_delivery")]


def test_a_source_that_a_person_has_paused_is_left_alone(store: Store, hand: Hand, tmp_path: Path) -> None:
    exchange = Exchange(tmp_path)
    exchange.folder.mkdir()
    exchange.deliver(csv())
    with closing(exchange.source(look_seconds=0)) as made:
        office = open_office(store, hand, sources={"register": made})
        with store.begin() as tx:
            tx.lanes.ensure(["register"])
            tx.lanes.pause("register", office.now())
        supplies.look(office)
        time.sleep(0.2)
        assert made.supply(look=False).looked is False
        assert gauges(office) == []


class Told:
    """A source that says how its deliveries stand as it is told to; an error is raised."""

    def __init__(self, says: Supply | Exception) -> None:
        self.card, self.says = Table().card, says

    def ask(self, question: Question, *, key: str) -> Answer:
        """Nobody asks."""
        raise NotImplementedError

    def supply(self, *, look: bool) -> Supply:
        """What it was told."""
        if isinstance(self.says, Exception):
            raise self.says
        return self.says


@pytest.mark.alike
def test_two_daemons_that_see_different_things_do_not_open_and_close_a_matter_in_turn(store: Store, hand: Hand) -> None:
    here, there = Told(WELL), Told(replace(WELL, unseen_seconds=1e9))
    one = open_office(store, hand, sources={"register": here})
    other = replace(one, connectors=replace(one.connectors, sources={"register": there}))

    def alive(*names: str) -> None:
        with store.begin() as tx:
            tx.replicas.clear()
            for name in names:
                tx.replicas.seen(name, "1", tx.machine_now(), tx.machine_now(), {"connector:register": "1"})

    alive("one", "other")
    with capture_logs() as logs:
        for _ in range(3):
            supplies.look(one, "one")
            supplies.look(other, "other")
            assert matters(one) == [("register", "unseen")]
    assert [line["event"] for line in logs] == ["source.undelivered"]
    here.says = replace(WELL, looked=False)
    alive("one")
    supplies.look(one, "one")
    assert matters(one) == [("register", "unseen")], "who has not looked knows nothing better"
    here.says = WELL
    supplies.look(one, "one")
    assert matters(one) == [], "nobody else is there any more who says otherwise"


@pytest.mark.alike
def test_a_source_that_was_struck_from_the_settings_is_late_no_more(store: Store, hand: Hand) -> None:
    office = open_office(store, hand, sources={"register": Told(replace(WELL, age_seconds=None))})
    supplies.look(office, "one")
    assert matters(office) == [("register", "none")]
    supplies.look(replace(office, connectors=replace(office.connectors, sources={})), "one")
    assert matters(office) == []


def test_a_source_that_cannot_say_how_it_stands_keeps_nobody_from_seeing_the_others(store: Store, hand: Hand) -> None:
    sources = {"broken": Told(ValueError("x")), "register": Told(replace(WELL, age_seconds=None))}
    office = open_office(store, hand, sources=sources)
    supplies.look(office)
    assert sorted(matters(office)) == [("broken", "unseen"), ("register", "none")]
    assert ("inspector_delivery_age_seconds", "+Inf") in gauges(office)


WELL = Supply(age_seconds=3600.0, longest_seconds=None, unseen_seconds=0.0, looked=True)


@pytest.mark.parametrize(
    ("supply", "why"),
    [
        (WELL, ""),
        (replace(WELL, age_seconds=1e9), ""),
        (replace(WELL, longest_seconds=3600.0), ""),
        (replace(WELL, longest_seconds=3599.0), "old"),
        (replace(WELL, age_seconds=None), "none"),
        (replace(WELL, age_seconds=None, looked=False), ""),
        (replace(WELL, unseen_seconds=1800.0), ""),
        (replace(WELL, unseen_seconds=1801.0), "unseen"),
    ],
)
def test_what_is_wrong_is_told_by_what_was_promised(supply: Supply, why: str) -> None:
    assert supplies.wrong(supply) == why
