"""Alerts in a simulated office, by the rules that ship: silent while all is well, and some of them each in its disaster alone."""

from __future__ import annotations

import re
import subprocess
from collections import defaultdict
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import yaml

from inspector.calendars import load_calendars
from inspector.daemon import sweeps
from inspector.demo.habits import Say
from inspector.domain.calendar import SHANGHAI
from inspector.domain.decision import OrderKind
from inspector.domain.errors import Refusal
from inspector.flows import attention, stopped
from inspector.flows.office import Office
from inspector.policybook import Policybook
from inspector.ports import Origin, Refused, Unavailable
from inspector.simulation import peers
from inspector.simulation.hand import Still
from inspector.simulation.peers import Peer
from inspector.simulation.scene import Scene
from inspector.simulation.year import live
from inspector.store.tables import work
from inspector.telemetry.metrics import Metrics
from tests import needs
from tests.house import ROOT, closing, open_store
from tests.unit.test_alerts import CALM, RULES, values

pytestmark = [pytest.mark.slow, pytest.mark.needs("promtool"), pytest.mark.timeout(1800)]

BOOK, CALENDAR = Policybook.load(ROOT / "policies"), load_calendars(ROOT / "policies" / "calendars")
HOURS = 2
"""Between two samples: an alert that waits for less fires at the second one."""
SCENE = Scene(cases=60, seed="alarms", first=date(2025, 3, 6), days=20, after=0, faults=False)
OF_THE_PROCESS = (
    *("up", "inspector_tick_", "inspector_http_", "inspector_settlements_", "inspector_pulse_", "inspector_snapshot_"),
    *("inspector_clock_ahead", "inspector_law_", "inspector_ledger_unsealed"),
)
"""What a process has, its machine or its wires, and no simulated office: told as on a good day. Its ledger is sealed when somebody asks."""

NEAR = "InspectorDeadlineTomorrow"
"""What is right of any life here: officers and inspectors of a simulated office do many a thing on its last days alone."""

Strike = Callable[[Office], object]


@dataclass
class Watcher:
    """Prometheus beside a simulated office: samples of all that it tells, a desk that sees to what comes, and what befalls it when."""

    strikes: list[tuple[datetime, Strike]]
    metrics: Metrics = field(default_factory=Metrics)
    series: dict[str, dict[int, float]] = field(default_factory=lambda: defaultdict(dict))
    taken: int = 0

    def __call__(self, office: Office, clock: Still, until: datetime) -> None:
        """Look at the office for as long as nothing happens in it."""
        began = datetime(2025, 3, 6, 8, tzinfo=SHANGHAI)
        while (moment := began + timedelta(hours=self.taken * HOURS)) < until:
            clock.at = max(clock.at, moment)
            while self.strikes and self.strikes[0][0] <= clock.at:
                self.strikes.pop(0)[1](office)
            sweeps.snapshot(office, self.metrics)
            sweeps.duties(office, self.metrics)
            for family in self.metrics.registry.collect():
                for sample in family.samples if family.type == "gauge" else ():
                    labels = ",".join(f'{name}="{value}"' for name, value in sorted(sample.labels.items()))
                    if not sample.name.startswith(OF_THE_PROCESS):
                        self.series[f"{sample.name}{{{labels}}}"][self.taken] = sample.value
            self.taken += 1

    def firing(self, folder: Path) -> Mapping[str, set[date]]:
        """On which days each alert has fired: promtool is told to expect none, and says which there are."""
        told = [
            {"series": one, "values": " ".join(str(held[at]) if at in held else "_" for at in range(self.taken))}
            for one, held in self.series.items()
        ]
        for one, calm in CALM.items():
            if one.startswith(OF_THE_PROCESS):
                grows = f"0+{HOURS * 3600}" if "tick" in one else calm
                told.append({"series": one, "values": values(grows, self.taken)})
        asked = [
            {"expr": 'ALERTS{alertstate="firing"}', "eval_time": f"{at * HOURS}h", "exp_samples": []} for at in range(self.taken)
        ]
        played = {"interval": f"{HOURS}h", "input_series": told, "promql_expr_test": asked}
        text = {"rule_files": [str(RULES)], "evaluation_interval": f"{HOURS}h", "tests": [played]}
        (folder / "tests.yaml").write_text(yaml.safe_dump(text), encoding="utf-8")
        words = [needs.require("promtool"), "test", "rules", str(folder / "tests.yaml")]
        ran = subprocess.run(words, capture_output=True, text=True, timeout=900, check=False)
        said = ran.stdout + ran.stderr
        assert ran.returncode == 0 or "got: " in said, said[:2000]
        found: dict[str, set[date]] = defaultdict(set)
        for weeks, days, hours, got in re.findall(
            r"time: (?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?[^\n]*\n(.*?)(?=expr: |\Z)", said, re.DOTALL
        ):
            passed = timedelta(weeks=int(weeks or 0), days=int(days or 0), hours=int(hours or 0))
            at = datetime(2025, 3, 6, 8, tzinfo=SHANGHAI) + passed
            for name in re.findall(r'alertname="(\w+)"', got):
                found[name].add(at.date())
        return found


def at(day: int, hour: int = 9) -> datetime:
    """A moment in March."""
    return datetime(2025, 3, day, hour, tzinfo=SHANGHAI)


def tidy(office: Office) -> None:
    """Somebody sees to every matter that is there."""
    with office.store.begin() as tx:
        for row in tx.attention.page(None, limit=500):
            with suppress(Refusal):  # what is to be decided is not closed by the way
                attention.close(tx, row["id"], "值班员", office.now(), note="已处理")
        for row in tx.work.page(state="quarantined", limit=500):
            stopped.retry(tx, row["id"], office.now())


def pause(name: str, *, paused: bool) -> Strike:
    """Somebody pauses a connector, or lets it go on."""

    def do(office: Office) -> None:
        with office.store.begin() as tx:
            tx.lanes.pause(name, office.now() if paused else None)

    return do


def deaf(peer: Callable[[Office], Any], error: Exception | None) -> Strike:
    """Somebody outside does not hear any more, or hears again."""

    def hear(*_: object) -> bool:
        assert error is not None
        raise error

    def do(office: Office) -> None:
        held: Peer = peer(office)
        if error is not None:
            vars(held)["hear"] = hear
        else:
            vars(held).pop("hear")

    return do


@dataclass
class Past:
    """A hand past the program: the clock of a case that waits is taken out of the database, and put back."""

    rows: list[dict[str, Any]] = field(default_factory=list)

    def taken(self, office: Office) -> None:
        """It is gone."""
        which = (work.c.kind == OrderKind.VERIFY_DUE.value) & (work.c.state == "waiting")
        with office.store.begin() as tx:
            self.rows = [dict(row) for row in tx.connection.execute(sa.select(work).where(which)).mappings()]
            tx.connection.execute(sa.delete(work).where(work.c.id.in_([row["id"] for row in self.rows])))
        assert self.rows

    def back(self, office: Office) -> None:
        """It is there again."""
        with office.store.begin() as tx:
            tx.connection.execute(sa.insert(work), self.rows)


def lived(folder: Path, monkeypatch: pytest.MonkeyPatch, strikes: list[tuple[datetime, Strike]]) -> Mapping[str, set[date]]:
    """What fired on which days: every promise is true, and somebody sees to matters each morning but for what befalls the office."""
    monkeypatch.setattr(peers, "SAYS", {Say.MATCH: 1})
    every = [(at(day, 10), tidy) for day in range(6, 26)] if not strikes else []
    watcher = Watcher(sorted([*every, *strikes], key=lambda one: one[0]))
    with closing(open_store(f"sqlite:///{folder / 'office.sqlite3'}")) as store:
        assert live(SCENE, store, BOOK, CALENDAR, watcher).wrong == ()
    return watcher.firing(folder)


def test_in_weeks_in_which_all_is_well_no_alert_fires(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert lived(tmp_path, monkeypatch, []).keys() == {NEAR}


def test_each_disaster_is_told_while_it_lasts_and_by_its_alert_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    past = Past()
    mornings = [(at(day, 10), tidy) for day in (*range(6, 19), 23, 24, 25)]
    away = Unavailable("unreachable", attempts=1)
    refused = Refused("notice_refused", origin=Origin.THEM, attempts=1)
    strikes: list[tuple[datetime, Strike]] = [
        *mornings,
        (at(7), pause("lottery", paused=True)),
        (at(9), pause("lottery", paused=False)),
        (at(10), deaf(lambda office: office.connectors.sources["registers"], away)),
        (at(11), deaf(lambda office: office.connectors.sources["registers"], None)),
        (at(12), past.taken),
        (at(13), past.back),
        (at(18, 11), deaf(lambda office: office.connectors.approving["hall"], refused)),
        (at(22), deaf(lambda office: office.connectors.approving["hall"], None)),
    ]
    fired = lived(tmp_path, monkeypatch, strikes)
    days = {name: sorted(day.day for day in told) for name, told in fired.items() if name != NEAR}
    assert days == {
        "InspectorConnectorPaused": [8, 9],
        "InspectorConnectorAway": [10, 11],
        "InspectorWorkLate": [10, 11, 23, 24],  # behind what is away; and sent round again on a Sunday
        "InspectorInvariantBroken": [12, 13],
        "InspectorWorkStopped": [18, 19, 20, 21, 22, 23],
        "InspectorMatterWaits": [21, 22, 23],
    }
