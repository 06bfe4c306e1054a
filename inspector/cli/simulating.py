"""`simulate`: years of an office in minutes, for training, for the capacity of a machine, and to see what a pack comes to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from inspector.cli.command import Exit, command
from inspector.cli.terminal import Terminal

if TYPE_CHECKING:
    from inspector.simulation.scene import Scene


def register(app: typer.Typer) -> None:
    """Add the commands."""
    command(app, "simulate")(simulate)
    command(app, "simulate-many")(simulate_many)


Cases = Annotated[int, typer.Option("--cases", min=1, max=100_000, help="Cases that come in 办件数")]
Days = Annotated[int, typer.Option("--days", min=1, max=3660, help="Days in which they come 受理天数")]
After = Annotated[int, typer.Option("--after", min=0, max=3660, help="Days behind them, in which what is open goes on 此后天数")]


def simulate(
    terminal: Terminal,
    cases: Cases = 200,
    days: Days = 365,
    after: After = 120,
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
    from inspector.simulation.lives import each
    from inspector.simulation.scene import Scene

    terminal.quieten()
    scene = Scene(cases=cases, days=days, after=after, seed=seed, faults=not calm, floods=floods)
    scene = replace(scene, first=first.date()) if first is not None else scene
    ((_, told, seconds),) = each(terminal.settings, [scene])
    terminal.value({**asdict(told), "seconds": round(seconds, 1)})
    terminal.say("simulated", work=told.work, kills=told.kills, seconds=f"{seconds:.0f}")
    for counts in (told.cases, told.requests, told.draws, told.visits, told.consequences, told.refused, told.matters):
        terminal.line(_counted(counts))
    terminal.say("simulated_head", head=told.head, seals=told.seals)
    for one in told.wrong:
        terminal.line(one)
    return Exit.WRONG if told.wrong else None


def simulate_many(
    terminal: Terminal,
    lives: Annotated[int, typer.Option("--lives", min=1, max=100_000, help="How many, of the seeds SEED-1, SEED-2 … 次数")] = 20,
    skip: Annotated[int, typer.Option("--skip", min=0, help="So many of these were lived before 跳过前若干次")] = 0,
    seed: Annotated[str, typer.Option("--seed", help="Other seeds, other months 随机种子")] = "m",
    processes: Annotated[int, typer.Option("--processes", min=1, max=256, help="So many at a time 并行进程数")] = 1,
    cases: Cases = 50,
    days: Days = 42,
    after: After = 30,
) -> Exit | None:
    """Simulate an office's month many times, with faults, each of another seed, and look for what must not be. 多次模拟并查错。

    Thirty working days, by default. What is wrong is told with its seed: `simulate --seed` with the same options lives it again.
    """
    from inspector.simulation.lives import each
    from inspector.simulation.scene import Scene

    terminal.quieten()
    scene = Scene(cases=cases, days=days, after=after, seed=seed)
    ended: list[dict[str, object]] = []
    amiss = 0
    for one, told, seconds in each(terminal.settings, _seeds(scene, lives, skip), processes):
        ended.append({"seed": one.seed, **asdict(told), "seconds": round(seconds, 1)})
        terminal.say("life", seed=one.seed, seconds=f"{seconds:.0f}", kills=told.kills, head=told.head[:16])
        for wrong in told.wrong:
            terminal.line(f"    {wrong}")
        amiss += bool(told.wrong)
    terminal.value(ended)
    terminal.say("lives", count=len(ended), amiss=amiss)
    return Exit.WRONG if amiss else None


def _seeds(scene: Scene, lives: int, skip: int) -> Iterator[Scene]:
    return (replace(scene, seed=f"{scene.seed}-{number}") for number in range(skip + 1, lives + 1))


def _counted(counts: Mapping[str, int]) -> str:
    return " · ".join(f"{name} {count}" for name, count in counts.items()) or "—"
