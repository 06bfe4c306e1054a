"""`simulate`: years of an office in minutes, for training, for the capacity of a machine, and to see what a pack comes to."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from inspector.cli.command import Exit, command
from inspector.cli.terminal import Terminal


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(app, "simulate")(simulate)


def simulate(
    terminal: Terminal,
    cases: Annotated[int, typer.Option("--cases", min=1, max=100_000, help="Cases that come in 办件数")] = 200,
    days: Annotated[int, typer.Option("--days", min=1, max=3660, help="Days in which they come 受理天数")] = 365,
    seed: Annotated[str, typer.Option("--seed", help="Another seed, another year 随机种子")] = "1",
    first: Annotated[
        datetime | None, typer.Option("--first", help="Its first day; default: 2025-03-03 起始日", formats=["%Y-%m-%d"])
    ] = None,
    floods: Annotated[
        int, typer.Option("--floods", min=0, max=9, help="Days that bring a tenth of the cases each 集中受理日数")
    ] = 0,
    calm: Annotated[bool, typer.Option("--calm", help="Nothing is away and no daemon dies 不模拟故障")] = False,
) -> Exit | None:
    """Simulate a year of an office, with the demo's pack and invented people; nothing leaves it. 模拟机关全年运行。

    The same code as in earnest, on one thread, with a clock that is moved. The same seed gives the same ledger, to the last bit.
    """
    from inspector.lawbook import calendar_of
    from inspector.policybook import Policybook
    from inspector.simulation.scene import Scene
    from inspector.simulation.year import live
    from inspector.store import migrate
    from inspector.store.store import Store

    terminal.quieten()
    scene = Scene(cases=cases, days=days, seed=seed, faults=not calm, floods=floods)
    scene = replace(scene, first=first.date()) if first is not None else scene
    book, calendar = Policybook.load(terminal.settings.policies), calendar_of(terminal.settings)
    with (
        tempfile.TemporaryDirectory(prefix="inspector-") as folder,
        closing(Store(f"sqlite:///{Path(folder) / 'simulated.sqlite3'}", synchronous="OFF")) as store,
    ):
        migrate.upgrade(store)
        began = time.monotonic()
        told = live(scene, store, book, calendar)
        seconds = time.monotonic() - began
    terminal.value({**asdict(told), "seconds": round(seconds, 1)})
    terminal.say("simulated", cases=cases, work=told.work, kills=told.kills, seconds=f"{seconds:.0f}")
    for counts in (told.cases, told.requests, told.refused):
        terminal.line(_counted(counts))
    terminal.say("simulated_head", head=told.head, seals=told.seals)
    for one in told.wrong:
        terminal.line(one)
    return Exit.WRONG if told.wrong else None


def _counted(counts: Mapping[str, int]) -> str:
    return " · ".join(f"{name} {count}" for name, count in counts.items()) or "—"
