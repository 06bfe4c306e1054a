"""`python -m inspector.demo --port N`: the outside world as a process of its own. Prints one line when it listens."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

from inspector.demo.people import Pace
from inspector.demo.world import Keys, Scene, World

PEOPLE = 32
"""How many people outside may be on the line with the office at once."""


def main(argv: list[str] | None = None) -> int:
    """Run until told to stop, or, when `--tied`, until the standard input ends: then whoever started us is gone."""
    given = _arguments().parse_args(argv)
    scene = Scene(
        office=given.office.rstrip("/"),
        today=given.today,
        pace=Pace(day=given.day, cases=given.cases, tries=given.tries, leaves=given.leaves),
        keys=Keys.read(given.keys) if given.keys else Keys(seed=given.seed),
        latency=given.latency,
        calm=given.calm,
        kept=given.kept,
        watched=given.watched,
    )
    try:
        asyncio.run(_run(World(scene), given.host, given.port, tied=given.tied, another=given.or_another))
    except OSError as error:
        sys.stderr.write(f"the outside world cannot listen on {given.host}:{given.port}: {error.strerror} 端口无法使用\n")
        return 1
    return 0


async def _run(world: World, host: str, port: int, *, tied: bool, another: bool) -> None:
    end = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(PEOPLE))
    for named in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(named, end.set)
    if tied:
        loop.add_reader(sys.stdin.fileno(), _until_eof, end)
    try:
        await world.start(host, port)
    except OSError:
        if not another:
            raise
        await world.start(host, 0)
    sys.stdout.write(f"listening {world.server.host}:{world.server.port}\n")
    sys.stdout.flush()
    with contextlib.suppress(asyncio.CancelledError):
        await end.wait()
    await world.stop()


def _until_eof(end: asyncio.Event) -> None:
    if not os.read(sys.stdin.fileno(), 4_096):
        asyncio.get_running_loop().remove_reader(sys.stdin.fileno())
        end.set()


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m inspector.demo", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--or-another", action="store_true", help="take another port when that one is gone")
    parser.add_argument("--office", default="", help="the office's address; without it nobody outside acts by himself")
    parser.add_argument("--keys", type=Path, help="file of tokens and secrets that a demo office has written")
    parser.add_argument("--kept", type=Path, help="file of what lasts from start to start; without it nothing does")
    parser.add_argument("--watched", action="store_true", help="leave an assignment, a letter and a case to whoever looks on")
    parser.add_argument("--today", type=date.fromisoformat, default=Scene().today, help="the office's first day")
    parser.add_argument("--day", type=float, default=Pace().day, help="machine seconds of one office day")
    parser.add_argument("--cases", type=float, default=Pace().cases, help="cases opened in a second; 0: none")
    parser.add_argument("--tries", type=int, default=Pace().tries, help="how often people try what does not get through")
    parser.add_argument("--leaves", type=float, default=Pace().leaves, help="share of the cases that the officer leaves lying")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds every peer takes to answer")
    parser.add_argument("--calm", action="store_true", help="no outages, no slow subjects, no passing failures")
    parser.add_argument("--seed", default="demo", help="from which all behaviour follows")
    parser.add_argument("--tied", action="store_true", help="end when the standard input ends")
    return parser


if __name__ == "__main__":
    sys.exit(main())
